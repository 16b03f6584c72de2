/**
 * A case folder as looks: what each of them would have brought back, in order, on the folder's own clock.
 * Forgiving of any subset of files. Pure; the files come through `CaseFiles`.
 */
import type { Letter, ObjectName, Reply } from '../../../doors/ports.ts';
import { NOTHING_KEPT, readKept, recordedGround, workloadNamed } from '../../ground/recorded.ts';
import { addressOf } from '../digest.ts';
import type { LogReading } from '../log/reader.ts';
import { type FrigateMemory, newFrigateMemory } from '../memory.ts';
import { type FrigateAnswers, keepConfig, type VantageId } from '../observe/answers.ts';
import type { FrigateSettings } from '../settings.ts';
import { type CaseFiles, linesOf, readCase, readHistory, readLetter, readVantages } from './files.ts';
import { logAnswers, readCaseLog } from './log.ts';
import { runAt, runsOf, type Survey, skewsOf, survey } from './survey.ts';
import { heldIn, recordingsIn, streamsIn } from './views.ts';

export interface RecordedCase {
  /** Epoch seconds. */
  startsAt: number;
  everySeconds: number;
  /** As `version.txt` says. */
  version: string | null;
  /** Whose it is in the cluster, or in the pretended one. */
  workload: ObjectName;
  /** Cameras that are known to have sent frames. */
  worked: readonly string[];
  /** What of the folder could not be used, a sentence each. */
  notes: readonly string[];
  /** To be gone through once. */
  looks: Iterable<{ at: number; answers: FrigateAnswers }>;
}

/** 2026-01-06T04:00:00Z, where nothing in a folder says when it was. */
const ANY_TIME = 1_767_672_000;
const EVERY_SECONDS = 30;
/** What is only known by its log, or by its cluster, is watched for so long after its last word. */
const AFTERWARDS_SECONDS = 300;
/** A log of many days is looked at more seldom, so that no more looks than these come of it. */
const MOST_LOOKS = 20_000;
const IMAGE = 'ghcr.io/blakeblackshear/frigate:stable';

/** Opens a case; `problem` is one sentence: there is nothing in it that could be judged. */
export function openCase(files: CaseFiles): RecordedCase | { problem: string } {
  const seen = survey(files);
  const said = files.has('case.json') ? files.json('case.json') : null;
  const given = readCase(said?.ok ? said.value : null);
  const everySeconds = given.everySeconds ?? rhythmOf(seen) ?? EVERY_SECONDS;
  const clock = { startsAt: given.start ?? beginningOf(seen, everySeconds), everySeconds };
  const hasLog = files.has('log.txt');
  const held = ['kubernetes', 'go2rtc', 'recordings', 'vantages'].flatMap((kind) => [
    ...files.numbered(kind, '.json').keys(),
  ]);
  if (seen.looks.length === 0 && !hasLog && held.length === 0) {
    return { problem: 'There is nothing to judge: no stats-001.json, no log.txt and no kubernetes-001.json.' };
  }
  const log = hasLog ? readCaseLog(files.chunks('log.txt')) : null;
  const plan = planOf(seen, log, { ...clock, last: Math.max(1, ...held) });
  const history = readHistory(jsonOf(files, 'history.json'));
  const config = files.has('frigate-config.json') ? keepConfig(files.json('frigate-config.json')) : null;
  const version = files.has('version.txt') ? files.text('version.txt') : null;
  const cluster = heldIn(files, 'kubernetes', (reply) => (reply.ok ? readKept(reply.value) : null));
  const [firstKept] = files.numbered('kubernetes', '.json').keys();
  const named = firstKept === undefined ? null : cluster(firstKept);
  const notes = [
    ...(said && !said.ok ? [said.reason] : []),
    ...(said?.ok && given.start === null
      ? ['case.json gives no start; the first stats, or any time, stand for it.']
      : []),
    ...(config && !config.ok ? [`frigate-config.json is not used: ${config.reason}`] : []),
    ...(plan.note === null ? [] : [plan.note]),
  ];
  const unseen = seen.looks.length > 0 ? [] : camerasOf(config);
  const scene: Scene = { files, seen, plan, log, restarts: history.restarts, config, firstKept: firstKept ?? null };
  const workload = workloadNamed(named?.value ?? NOTHING_KEPT);
  return {
    startsAt: plan.startsAt,
    everySeconds: plan.everySeconds,
    version: (version?.ok ? version.value.trim().split(/\s/)[0] : null) || null,
    workload,
    worked: [...new Set([...seen.worked, ...history.worked, ...unseen])],
    notes,
    looks: looksOf(scene, workload),
  };
}

/** A memory that knows what the folder says of before: this address has answered, and these cameras have worked. */
export function memoryOf(worked: readonly string[], settings: Pick<FrigateSettings, 'url' | 'service'>): FrigateMemory {
  return { ...newFrigateMemory(worked), answeredUrl: addressOf(settings) };
}

function jsonOf(files: CaseFiles, name: string): unknown {
  const reply = files.has(name) ? files.json(name) : null;
  return reply?.ok ? reply.value : null;
}

function camerasOf(config: FrigateAnswers['config']): readonly string[] {
  return config?.ok ? Object.keys(config.value.cameras) : [];
}

/** When look 1 was, by the first stats that say when they were made; null: none does. */
function beginningOf({ looks }: Survey, everySeconds: number): number | null {
  const dated = looks.find(({ lastUpdated }) => lastUpdated !== null);
  if (!dated || dated.lastUpdated === null) return null;
  return dated.lastUpdated - Math.max(0, dated.number - 1) * everySeconds;
}

/** The rhythm that the stats' own times show; null where they do not. Stats that stand still show none. */
function rhythmOf({ looks }: Survey): number | null {
  const dated = looks.flatMap(({ number, lastUpdated }) => (lastUpdated === null ? [] : [{ number, lastUpdated }]));
  const steps = dated.flatMap(({ number, lastUpdated }, index) => {
    const before = dated[index - 1];
    if (!before || lastUpdated <= before.lastUpdated) return [];
    return [(lastUpdated - before.lastUpdated) / (number - before.number)];
  });
  const middle = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)];
  if (middle === undefined) return null;
  const seconds = Math.round(middle);
  return seconds >= 5 && seconds <= 300 ? seconds : null;
}

interface PlannedLook {
  /** Files of this number are of this look. */
  number: number;
  at: number;
  /** There were stats, or a failure in their place. */
  hasStats: boolean;
}

interface Plan {
  startsAt: number;
  everySeconds: number;
  looks: readonly PlannedLook[];
  /** Added to the log's stamps. */
  logShift: number;
  note: string | null;
}

/** With stats their numbers are the looks; without, the log or the cluster is watched for as long as it lasts. */
function planOf(
  seen: Survey,
  log: LogReading | null,
  { startsAt, everySeconds, last }: { startsAt: number | null; everySeconds: number; last: number },
): Plan {
  const [first] = seen.looks;
  if (first) {
    const start = startsAt ?? ANY_TIME;
    // A folder that counts from 0 begins with it.
    const offset = first.number === 0 ? 0 : 1;
    const looks = seen.looks.map(({ number }) => ({
      number,
      at: start + (number - offset) * everySeconds,
      hasStats: true,
    }));
    const end = looks.at(-1)?.at ?? start;
    return { startsAt: start, everySeconds, looks, ...(log ? placed(log, start, end) : { logShift: 0, note: null }) };
  }
  const { firstAt = null, lastAt = null, placedBy = 'none' } = log ?? {};
  const isByCluster = placedBy === 'kubernetes' && firstAt !== null;
  const start = isByCluster ? startWithin(startsAt, firstAt, lastAt) : (startsAt ?? firstAt ?? ANY_TIME);
  // Without a stamp all of it stands at 0.
  const logShift = isByCluster ? 0 : start - (firstAt ?? 0);
  const end = Math.max(start + (last - 1) * everySeconds, (lastAt ?? start) + logShift) + AFTERWARDS_SECONDS;
  const step = Math.max(everySeconds, Math.ceil((end - start) / MOST_LOOKS));
  const count = Math.ceil((end - start) / step) + 1;
  const looks = Array.from({ length: count }, (_, index) => ({
    number: Math.floor((index * step) / everySeconds) + 1,
    at: start + index * step,
    hasStats: false,
  }));
  return { startsAt: start, everySeconds: step, looks, logShift, note: null };
}

/** A start that lies outside its own log is another clock's. */
function startWithin(startsAt: number | null, firstAt: number, lastAt: number | null): number {
  const fits = startsAt !== null && startsAt >= firstAt - APART_SECONDS && startsAt <= (lastAt ?? firstAt);
  return fits ? startsAt : firstAt;
}

const APART_SECONDS = 86_400;

/** Kubernetes' stamps stand as they are; a log with its own stamps ends with the case. */
function placed(
  { placedBy, firstAt, lastAt }: LogReading,
  start: number,
  end: number,
): Pick<Plan, 'logShift' | 'note'> {
  // Nobody knows when it was: at the beginning it is at least seen.
  if (firstAt === null || lastAt === null) return { logShift: start, note: null };
  const isNear = lastAt >= start - APART_SECONDS && firstAt <= end + APART_SECONDS;
  if (placedBy === 'kubernetes' && isNear) return { logShift: 0, note: null };
  const note =
    placedBy === 'kubernetes'
      ? 'The stamps of log.txt lie more than a day away from the case; its last line is taken for the end.'
      : null;
  return { logShift: end - lastAt, note };
}

interface Scene {
  files: CaseFiles;
  seen: Survey;
  plan: Plan;
  log: LogReading | null;
  restarts: readonly number[];
  config: FrigateAnswers['config'];
  /** Number of the first file about the cluster. */
  firstKept: number | null;
}

function* looksOf(scene: Scene, workload: ObjectName): Generator<{ at: number; answers: FrigateAnswers }> {
  const { files, seen, plan, log, restarts, config, firstKept } = scene;
  const { startsAt, everySeconds } = plan;
  const numbered = new Map(seen.looks.map((look) => [look.number, look]));
  const dated = plan.looks.map((look) => ({ ...look, lastUpdated: numbered.get(look.number)?.lastUpdated ?? null }));
  const skews = skewsOf(dated);
  const made = dated.map(({ number, at, lastUpdated }, index) => ({
    madeAt: lastUpdated === null ? at : Math.min(at, lastUpdated - (skews[index] ?? 0)),
    uptimeSeconds: plan.looks[index]?.hasStats ? (numbered.get(number)?.uptimeSeconds ?? null) : null,
  }));
  const runs = runsOf(made);
  const cluster = heldIn(files, 'kubernetes', (reply) => (reply.ok ? readKept(reply.value) : null));
  const vantages = heldIn(files, 'vantages', (reply) => (reply.ok ? readVantages(reply.value) : null));
  const [streams, recordings] = [streamsIn(files), recordingsIn(files)];
  const mail = files.has('mqtt.jsonl') ? lettersUntil(files) : null;
  const logAt = log ? logAnswers(log, plan.logShift) : null;
  for (const [index, { number, at, hasStats }] of plan.looks.entries()) {
    const skew = skews[index] ?? 0;
    const run = runAt(runs, at, startsAt);
    const { ways, reach } = vantages(number)?.value ?? { ways: {}, reach: {} };
    const stats = hasStats ? withServerTime(seen.stats(number), at + skew) : silenceOf(ways);
    const kept = cluster(Math.max(number, firstKept ?? number))?.value ?? NOTHING_KEPT;
    const moment = { at, workload, startedAt: run.startedAt, image: IMAGE, run: run.index, restarts };
    const answers: FrigateAnswers = {
      at,
      // Whatever did not give its stats was not asked for its version with more success.
      version: stats === null || stats.ok ? null : stats,
      stats,
      ...vantagesOf(stats, ways),
      log: logAt?.(at, run) ?? null,
      recordings: recordings({ number, theirs: at + skew, everySeconds }),
      streams: streams(number),
      reach,
      mail: mail && { connectedSince: startsAt - APART_SECONDS, letters: mail(at), dropped: 0 },
      config: config?.ok && (stats === null || stats.ok) ? config : null,
      ground: recordedGround(kept, moment),
    };
    yield { at, answers };
  }
}

/** Frigate's clock is told by its answers' own time. */
function withServerTime(stats: Reply<unknown>, serverTime: number): Reply<unknown> {
  return stats.ok ? { ...stats, serverTime } : stats;
}

/** Without stats only what the ways are said to have done tells that somebody was asked. */
function silenceOf(ways: FrigateAnswers['vantages']): Reply<unknown> | null {
  const said = WAYS.map((way) => ways[way]).filter((one) => one !== undefined);
  return said.includes('ok') ? null : (said.find((one) => one !== 'ok') ?? null);
}

const WAYS: readonly VantageId[] = ['direct', 'service_proxy', 'pod_proxy', 'exec'];

/** Whose the body is: that of the first way that was open. One that came in spite of all that is said came directly. */
function vantagesOf(
  stats: Reply<unknown> | null,
  ways: FrigateAnswers['vantages'],
): Pick<FrigateAnswers, 'vantage' | 'vantages'> {
  if (stats === null) return { vantage: null, vantages: ways };
  if (!stats.ok) return { vantage: null, vantages: { ...ways, direct: stats } };
  const open = WAYS.find((way) => ways[way] === 'ok');
  return open ? { vantage: open, vantages: ways } : { vantage: 'direct', vantages: { ...ways, direct: 'ok' } };
}

/** Most letters that are kept of one look, as the mailbox keeps them. */
const MOST_LETTERS = 500;

/** The letters that came since the look before; looks come in order. */
function lettersUntil(files: CaseFiles): (at: number) => readonly Letter[] {
  const lines = linesOf(files.chunks('mqtt.jsonl'))[Symbol.iterator]();
  let waiting: Letter | null = null;
  return (at) => {
    const letters: Letter[] = [];
    for (;;) {
      if (waiting === null) {
        const next = lines.next();
        if (next.done) break;
        waiting = readLetter(next.value);
        continue;
      }
      if (waiting.at > at) break;
      letters.push(waiting);
      if (letters.length > MOST_LETTERS) letters.shift();
      waiting = null;
    }
    return letters;
  };
}
