/** From what one look brought to the files of a case folder. Pure; secrets are taken out by whoever writes. */

import type { Failure } from '../doors/ports.ts';
import { followFrom } from '../targets/frigate/log/position.ts';
import type { LogPosition } from '../targets/frigate/log/types.ts';
import type { FrigateAnswers } from '../targets/frigate/observe/answers.ts';
import { isFields } from '../targets/ground/fields.ts';
import { namesAsked, trimmed } from '../targets/ground/trimmed.ts';
import type { Asked, GroundAnswers, Part } from '../targets/ground/types.ts';
import { withoutCommands } from './redaction.ts';
import type { Catch } from './taps.ts';

/** `lines` are added to what the file holds; all else is a whole file. */
export type CaseFile = { name: string } & ({ json: unknown } | { text: string } | { lines: string });

/** What was written before, so that nothing is written twice. */
export interface Looking {
  hasConfig: boolean;
  hasVersion: boolean;
  hasHistory: boolean;
  /** The last of each kind that holds until its next number, as text. */
  vantages: string;
  cluster: string;
  reach: Readonly<Record<string, string>>;
  log: LogPosition | null;
  /** What is seldom asked holds until it is asked again. */
  seldom: Readonly<Record<string, unknown>>;
}

export function newLooking(): Looking {
  return {
    hasConfig: false,
    hasVersion: false,
    hasHistory: false,
    vantages: '',
    cluster: '',
    reach: {},
    log: null,
    seldom: {},
  };
}

interface Caught {
  number: number;
  answers: FrigateAnswers;
  caught: Catch;
  before: Looking;
}

interface Written {
  files: readonly CaseFile[];
  looking: Looking;
  /** Somebody answered. */
  isSeen: boolean;
  /** What came, in a few words. */
  says: string;
}

export function writtenBy({ number, answers, caught, before }: Caught): Written {
  const { stats, ground } = answers;
  const log = newLines(caught.logs, before.log);
  const [vantages, reach] = vantagesOf(answers, before.reach);
  const seldom = { ...before.seldom, ...(ground ? seldomOf(ground) : {}) };
  const cluster = ground && { ...keptOf(ground), ...seldom };
  const restarts = ground ? restartsIn(ground) : null;
  const version = versionOf(answers);
  const config = caught.bodies.get('/api/config');
  const streams = caught.bodies.get('/api/go2rtc/streams');
  const recordings = recordingsIn(caught.bodies);
  const looking: Looking = {
    hasConfig: before.hasConfig || config !== undefined,
    hasVersion: before.hasVersion || version !== null,
    hasHistory: before.hasHistory || restarts !== null,
    vantages: JSON.stringify(vantages),
    cluster: cluster ? JSON.stringify(cluster) : before.cluster,
    reach,
    log: log.position,
    seldom,
  };
  const whole = (kind: string, json: unknown): CaseFile => ({ name: numbered(kind, number), json });
  const files: readonly (CaseFile | null)[] = [
    stats?.ok ? whole('stats', withoutCommands(caught.bodies.get('/api/stats') ?? stats.value)) : null,
    stats && !stats.ok ? { name: numbered('stats', number, '.error.json'), json: failed(stats) } : null,
    before.hasConfig || config === undefined ? null : { name: 'frigate-config.json', json: config },
    before.hasVersion || version === null ? null : { name: 'version.txt', text: `${version}\n` },
    before.hasHistory || restarts === null ? null : { name: 'history.json', json: { restarts, worked: [] } },
    streams === undefined ? null : whole('go2rtc', streams),
    recordings === null ? null : whole('recordings', recordings),
    looking.vantages === before.vantages ? null : whole('vantages', vantages),
    cluster === null || looking.cluster === before.cluster ? null : whole('kubernetes', cluster),
    log.lines === '' ? null : { name: 'log.txt', lines: log.lines },
  ];
  const isAnswer = stats?.ok === true || (stats !== null && !stats.ok && stats.status !== undefined);
  return {
    files: files.filter((file) => file !== null),
    looking,
    isSeen: isAnswer || log.lines !== '',
    says: [stats?.ok ? 'stats' : `no stats: ${stats ? wordsFor(stats) : 'nobody to ask'}`]
      .concat(ground ? ['cluster'] : [])
      .join(', '),
  };
}

/** Three digits at least, so that names sort as numbers do for an afternoon. */
export function numbered(kind: string, number: number, ending = '.json'): string {
  return `${kind}-${String(number).padStart(3, '0')}${ending}`;
}

/** A failure in the words of a case folder. */
export function wordsFor({ kind, status }: Failure): string {
  if (status !== undefined && kind === 'status') return `http ${status}`;
  return kind.replaceAll('_', ' ');
}

function failed(failure: Failure): { error: string; body?: string } {
  const { body } = failure;
  return { error: wordsFor(failure), ...(body === undefined ? {} : { body }) };
}

function versionOf({ version, stats }: FrigateAnswers): string | null {
  if (version?.ok) return version.value;
  const service = stats?.ok && isFields(stats.value) ? stats.value.service : null;
  return isFields(service) && typeof service.version === 'string' && service.version !== '' ? service.version : null;
}

type Words = Readonly<Record<string, string>>;

function vantagesOf({ vantages, reach }: FrigateAnswers, known: Words): [vantages: unknown, reach: Words] {
  const cameras = { ...known, ...wordsOf(reach) };
  return [{ ...wordsOf(vantages), ...(Object.keys(cameras).length > 0 ? { cameras } : {}) }, cameras];
}

function wordsOf(said: Readonly<Record<string, 'ok' | Failure>>): Words {
  return Object.fromEntries(Object.entries(said).map(([id, one]) => [id, one === 'ok' ? 'ok' : wordsFor(one)]));
}

/** The lists of all cameras that were asked for theirs; null: none was. */
function recordingsIn(bodies: Catch['bodies']): Record<string, unknown> | null {
  const lists = [...bodies].flatMap(([path, body]) => {
    const camera = /^\/api\/([^/]+)\/recordings$/.exec(path)?.[1];
    return camera === undefined ? [] : [[decodeURIComponent(camera), body] as const];
  });
  return lists.length > 0 ? Object.fromEntries(lists) : null;
}

/** The lists that came in this look. */
function seldomOf({ workload, nodes, autoscalers }: GroundAnswers): Record<string, unknown> {
  return {
    ...(nodes ? { nodes: kept('nodes', nodes, workload) } : {}),
    ...(autoscalers ? { horizontalPodAutoscalers: kept('autoscalers', autoscalers, workload) } : {}),
  };
}

/** As far as it is read; a part that was refused says why. */
function kept(part: Part, asked: Asked | null, workload: Asked): unknown {
  if (!asked) return null;
  if (!asked.reply.ok) return { error: wordsFor(asked.reply) };
  return trimmed(part, asked.reply.value, namesAsked(workload.reply));
}

/** The cluster's objects of every look. */
function keptOf(answers: GroundAnswers): Record<string, unknown> {
  const { workload, pods, replicaSets, node, configMap } = answers;
  const object = workload.reply.ok && isFields(workload.reply.value) ? workload.reply.value : {};
  const kind = typeof object.kind === 'string' ? object.kind.toLowerCase() : 'deployment';
  const ledger =
    configMap.reply.ok || configMap.reply.status !== 404 ? { configMap: kept('configMap', configMap, workload) } : {};
  return {
    [kind]: kept('workload', workload, workload),
    pods: kept('pods', pods, workload),
    replicaSets: kept('replicaSets', replicaSets, workload),
    node: kept('node', node, workload),
    ...ledger,
  };
}

/** Times in the shared ledger; null: it could not be read. */
function restartsIn({ configMap: { reply } }: GroundAnswers): readonly number[] | null {
  if (!reply.ok) return reply.status === 404 ? [] : null;
  const times = isFields(reply.value) && isFields(reply.value.data) ? reply.value.data.last_restart_times : '';
  return typeof times === 'string'
    ? times
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(Number)
        .filter(Number.isFinite)
    : [];
}

/** Lines that were not written yet. Texts of two runs may come in one look: the older goes first. */
export function newLines(
  texts: readonly string[],
  from: LogPosition | null,
): { lines: string; position: LogPosition | null } {
  let position = from;
  const lines: string[] = [];
  for (const text of texts.toSorted((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1))) {
    const follower = followFrom(position);
    // What follows the last line break is a line that was cut.
    for (const line of text.split('\n').slice(0, -1)) {
      const stamp = stampOf(line);
      if (stamp !== '' && follower.note(stamp)) lines.push(line);
    }
    position = follower.end() ?? position;
  }
  return { lines: lines.map((line) => `${line}\n`).join(''), position };
}

/** The stamp that the kubelet puts before each line; empty where there is none. */
function stampOf(line: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/.exec(line)?.[0] ?? '';
}
