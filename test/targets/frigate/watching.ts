/** Looks at recorded and invented Frigates through the whole target, on a clock of their own. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Failure, Reply } from '../../../src/doors/ports.ts';
import type { Decision } from '../../../src/rules/decide.ts';
import { decide } from '../../../src/rules/decide.ts';
import { newState } from '../../../src/rules/state.ts';
import type { Answer, Circumstances, Finding } from '../../../src/rules/types.ts';
import { digest } from '../../../src/targets/frigate/digest.ts';
import type { FrigateFacts, SeenFacts } from '../../../src/targets/frigate/facts.ts';
import { policy } from '../../../src/targets/frigate/index.ts';
import type { LogFacts } from '../../../src/targets/frigate/log/types.ts';
import { look } from '../../../src/targets/frigate/looked.ts';
import type { FrigateMemory } from '../../../src/targets/frigate/memory.ts';
import {
  type FrigateAnswers,
  keepConfig,
  keepStats,
  keepVersion,
} from '../../../src/targets/frigate/observe/answers.ts';
import { FRIGATE_LIMITS, type FrigateSettings, KEPT_PATHS } from '../../../src/targets/frigate/settings.ts';
import type { GroundAnswers } from '../../../src/targets/ground/types.ts';
import type { CheckRow, Looked, LookedFinding } from '../../../src/targets/target.ts';
import { limits } from '../../rules/builders.ts';

export const START = 1_800_000_000;

export function settings(changes: Partial<FrigateSettings> = {}): FrigateSettings {
  return {
    id: 'frigate',
    name: 'Frigate',
    url: 'http://frigate:5000',
    login: null,
    tls: { verify: true, fingerprint: null },
    service: null,
    podPort: 5000,
    exec: false,
    camerasIgnored: [],
    restartWithCamerasOff: false,
    ground: null,
    limits: FRIGATE_LIMITS,
    rules: limits,
    remedies: ['rollout'],
    automatic: true,
    links: {},
    timeoutSeconds: 10,
    ...changes,
  };
}

export const WITH_CLUSTER: Partial<FrigateSettings> = {
  ground: {
    workload: { kind: 'deployment', namespace: 'cctv', name: 'frigate' },
    container: null,
    ledger: 'frigate-health-state',
    imageHint: 'frigate',
    dataPaths: KEPT_PATHS,
  },
};

export function failure(kind: Failure['kind'], changes: Partial<Failure> = {}): Failure {
  return { ok: false, kind, reason: `It failed: ${kind}.`, ...changes };
}

/** What is asked besides the stats, as it is recorded. */
type Parts = Pick<FrigateAnswers, 'log' | 'recordings' | 'streams' | 'reach' | 'mail' | 'vantages'>;

/** Bodies as Frigate would give them; a failure stands for itself, and null for stats that nobody asks for. */
export interface Said extends Partial<Parts> {
  stats?: unknown;
  config?: unknown;
  version?: string | Failure;
  serverTime?: number | null;
  ground?: GroundAnswers;
}

export function answers(
  at: number,
  { stats, config, version = '0.17.2-3d4dd3a', serverTime = null, ground, ...parts }: Said,
): FrigateAnswers {
  const reply = <T>(value: T): Reply<T> => ({ ok: true, value, status: 200, serverTime });
  const given = (value: unknown): Reply<unknown> => (isFailure(value) ? value : reply(value));
  const isAsked = stats !== null;
  return {
    at,
    version: !isAsked ? null : isFailure(version) ? version : keepVersion(reply(version)),
    stats: isAsked ? keepStats(given(stats ?? failure('refused'))) : null,
    config: config === undefined ? null : keepConfig(given(config)),
    ground: ground ?? null,
    vantage: isAsked ? 'direct' : null,
    vantages: {},
    log: null,
    recordings: {},
    streams: null,
    reach: {},
    mail: null,
    ...parts,
  };
}

/** What a log was found to say, as the checks are given it: seconds before `readAt`, by pattern and member. */
export function logFacts(
  readAt: number,
  said: Readonly<Record<string, readonly number[]>>,
  changes: Partial<LogFacts> = {},
): LogFacts {
  const kept: Record<string, [number, number][]> = {};
  for (const [key, ages] of Object.entries(said)) {
    for (const name of new Set([key, key.split('/')[0] ?? key])) {
      const times = ages.map((age): [number, number] => [readAt - age, 1]);
      kept[name] = [...(kept[name] ?? []), ...times].toSorted(([a], [b]) => a - b);
    }
  }
  return { state: 'read', why: null, readAt, since: readAt - 3600, startedAt: null, kept, texts: {}, ...changes };
}

/** The one answer of a row in a table of checks. */
export function ask(
  rows: readonly CheckRow<SeenFacts>[],
  check: string,
  facts: SeenFacts,
  member: string | null = null,
): LookedFinding {
  const found =
    rows
      .find(({ id }) => id === check)
      ?.look(facts)
      .filter((finding) => finding.member === member) ?? [];
  if (found.length !== 1 || !found[0]) throw new Error(`${check}/${member} was answered ${found.length} times.`);
  return found[0];
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && 'reason' in value;
}

export interface Seen {
  at: number;
  facts: FrigateFacts;
  looked: Looked;
  memory: FrigateMemory;
}

/** One look after the other, as the loop would: memory goes through JSON between them. */
export function watch(
  looks: readonly Said[],
  { every = 15, start = START, ...changes }: Partial<FrigateSettings> & { every?: number; start?: number } = {},
  remembered: FrigateMemory | null = null,
): readonly Seen[] {
  const fixed = settings(changes);
  let memory = remembered;
  return looks.map((said, index) => {
    const at = start + index * every;
    const step = digest(fixed, memory, answers(at, said), at);
    memory = JSON.parse(JSON.stringify(step.memory));
    return { at, facts: step.facts, looked: look(step.facts, at), memory: step.memory };
  });
}

export function last<T>(list: readonly T[]): T {
  const one = list.at(-1);
  if (one === undefined) throw new Error('The list is empty.');
  return one;
}

export function findingOf(seen: Seen, check: string, member: string | null = null): Finding {
  const finding = seen.looked.findings.find((one) => one.check === check && one.member === member);
  if (!finding) throw new Error(`${check}/${member} was not asked: ${JSON.stringify(seen.looked.findings)}`);
  return finding;
}

export function answersTo(seen: readonly Seen[], check: string, member: string | null = null): readonly Answer[] {
  return seen.map((one) => findingOf(one, check, member).answer);
}

/** Every answer of a check in one look, by member; the check's own answer stands under its empty name. */
export function answerTable(seen: Seen, check: string): Record<string, Answer> {
  return Object.fromEntries(
    seen.looked.findings.filter((one) => one.check === check).map((one) => [one.member ?? '', one.answer]),
  );
}

/** The engine over the looks, on ground that is known and well; the pod runs for a day. */
export function assess(seen: readonly Seen[], changes: Partial<Circumstances> = {}): readonly Decision[] {
  const rules = policy(settings(WITH_CLUSTER));
  let state = newState(rules);
  const longAgo = { known: true, value: (seen[0]?.at ?? START) - 86_400 } as const;
  return seen.map(({ at, looked }) => {
    const circumstances: Circumstances = {
      ...looked.circumstances,
      startedAt: longAgo,
      answeredAt: longAgo,
      bears: { known: true, value: null },
      rollout: { known: true, value: { state: 'idle', sentence: 'No rollout is under way.' } },
      groundReadyAt: longAgo,
      groundChangedAt: { known: true, value: null },
      seen: { workload: SEEN, pods: SEEN, node: SEEN, answer: SEEN },
      otherHealerAt: { known: true, value: null },
      ledger: { known: true, value: { times: [], ours: [] } },
      ...changes,
    };
    const { findings, members } = looked;
    const decision = decide(rules, state, { now: at, findings, members, circumstances, receipts: [], wishes: [] });
    state = decision.state;
    return decision;
  });
}

const SEEN = { known: true, value: true } as const;

/** Seconds from the first look to the first order; null: none. */
export function orderedAfter(seen: readonly Seen[], decisions: readonly Decision[]): number | null {
  const index = decisions.findIndex((decision) => decision.orders.length > 0);
  const [first, ordered] = [seen[0], seen[index]];
  return first && ordered ? ordered.at - first.at : null;
}

const CASES = new URL('../../cases/', import.meta.url);

/** The looks of a case folder; its one configuration holds for all of them. */
function caseLooks(folder: string): { looks: readonly Said[]; start: number; every: number } {
  const read = (name: string) => JSON.parse(readFileSync(new URL(`${folder}/${name}`, CASES), 'utf8'));
  const files = readdirSync(new URL(`${folder}/`, CASES)).filter((name) => /^stats-\d+\.json$/.test(name));
  const { start, every_seconds: every } = read('case.json');
  const config = read('frigate-config.json');
  const looks = files.sort().map((name) => ({ stats: read(name), config }));
  return { looks, start: Date.parse(start) / 1000, every };
}

export function watchCase(folder: string, changes: Partial<FrigateSettings> = {}): readonly Seen[] {
  const { looks, start, every } = caseLooks(folder);
  return watch(looks, { start, every, ...changes });
}

export function payload(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`payloads/${name}.json`, import.meta.url), 'utf8'));
}

/** A camera's part of the stats: camera, process, skipped and detection fps. */
export function camera(
  ...[camera_fps, process_fps, skipped_fps, detection_fps]: readonly unknown[]
): Record<string, unknown> {
  return { camera_fps, process_fps, skipped_fps, detection_fps, detection_enabled: true, pid: 300, capture_pid: 301 };
}

/** Stats of a Frigate 0.17 that is up for a day, `after` seconds into the watching. */
export function stats(
  cameras: Record<string, Record<string, unknown>>,
  { after = 0, inference = 20, start = 0, pid = 296, ...rest }: Record<string, unknown> & { after?: number } = {},
): Record<string, unknown> {
  return {
    cameras,
    detectors: { coral: { inference_speed: inference, detection_start: start, pid } },
    service: { uptime: 86_400 + after, version: '0.17.2-3d4dd3a', last_updated: START + after - 5 },
    ...rest,
  };
}

/** The configuration of cameras by name and whether they are on. */
export function config(cameras: Record<string, boolean>, type = 'edgetpu'): unknown {
  return {
    cameras: Object.fromEntries(
      Object.entries(cameras).map(([id, enabled]) => [
        id,
        {
          enabled,
          enabled_in_config: true,
          detect: { fps: 5, width: 640, height: 360 },
          ffmpeg: { inputs: [{ path: `rtsp://*:*@${id}/stream`, roles: ['detect'] }] },
        },
      ]),
    ),
    detectors: { coral: { type } },
  };
}
