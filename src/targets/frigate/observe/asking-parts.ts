/** What is asked of a Frigate that answers, when it is due. None of it keeps the stats waiting for long. */
import type { Doors, Failure, Reply, TcpDoor } from '../../../doors/ports.ts';
import { isFields } from '../../ground/fields.ts';
import type { LookContext } from '../../target.ts';
import { addressesToAsk } from '../follow/reach.ts';
import { camerasToAsk } from '../follow/recordings.ts';
import { areStreamsDue } from '../follow/streams.ts';
import { type FrigateMemory, newFrigateMemory } from '../memory.ts';
import { readNumber } from '../read/stats.ts';
import type { FrigateSettings } from '../settings.ts';
import { type FrigateAnswers, keepConfig, keepSegments, keepStreams } from './answers.ts';
import { openLane } from './lane.ts';
import type { Way } from './vantages.ts';

/** After so long nothing more is begun; what was left out is still due in the next look. */
const PARTS_SECONDS = 5;
/** Questions to one Frigate at the same time, so that being watched is no load for it. */
const MOST_AT_ONCE = 4;
/** Knocks go to the cameras, not to Frigate: so many at the same time. */
const KNOCKS_AT_ONCE = 32;
/** A camera's address answers within milliseconds, or not at all. */
const REACH_SECONDS = 3;
/** Both clocks may be a little off, and a segment is listed only when it is closed. */
const SPARE_SECONDS = 60;

type Parts = Pick<FrigateAnswers, 'config' | 'recordings' | 'streams' | 'reach'>;

/** While nobody answers. */
export const NO_PARTS: Parts = { config: null, recordings: {}, streams: null, reach: {} };

export interface Interview {
  settings: Pick<FrigateSettings, 'limits'>;
  /** The one that gave the stats. */
  way: Way;
  stats: Reply<unknown> | null;
  doors: Pick<Doors, 'tcp'>;
  memory: FrigateMemory | null;
  context: LookContext;
}

export async function askParts({ settings, way, stats, doors, memory, context }: Interview): Promise<Parts> {
  const { clock, signal } = context;
  const known = memory ?? newFrigateMemory();
  const now = clock.now();
  const lane = openLane(MOST_AT_ONCE);
  const knocks = openLane(KNOCKS_AT_ONCE);
  const isLate = () => signal.aborted || clock.now() - now >= PARTS_SECONDS;
  const ask = <T>(question: () => Promise<T>) => lane(async () => (isLate() ? null : question()));
  // Both ends are always named: Frigate's defaults are those of its own start.
  const theirs = Math.floor(now + known.skewSeconds);
  const after = theirs - 2 * settings.limits.segmentSeconds - SPARE_SECONDS;
  const query = `after=${after}&before=${theirs + SPARE_SECONDS}`;
  const { tcp } = doors;

  const [config, streams, recordings, reach] = await Promise.all([
    isConfigDue(memory, now) || isNewRun(stats, memory)
      ? ask(async () => keepConfig(await way.json('/api/config')))
      : null,
    areStreamsDue(known, now) ? ask(() => askStreams(way)) : null,
    byName(camerasToAsk(known, now), (camera) => [
      camera,
      ask(async () => keepSegments(await way.json(`/api/${encodeURIComponent(camera)}/recordings?${query}`))),
    ]),
    byName(tcp ? addressesToAsk(known, now) : [], ({ camera, ...place }) => [
      camera,
      knocks(async () => (isLate() ? null : knock(tcp, place, signal))),
    ]),
  ]);
  return { config, streams, recordings, reach };
}

/** What was asked in time, by name. */
async function byName<T, R>(
  list: readonly T[],
  ask: (one: T) => readonly [name: string, answer: Promise<R | null>],
): Promise<Record<string, R>> {
  const asked = list.map(ask).map(async ([name, answer]) => ({ name, answer: await answer }));
  const answered: [string, R][] = [];
  for (const { name, answer } of await Promise.all(asked)) {
    if (answer !== null) answered.push([name, answer]);
  }
  return Object.fromEntries(answered);
}

/** The path of 0.14 and later, and the one before. */
async function askStreams(way: Way): Promise<FrigateAnswers['streams']> {
  const reply = await way.json('/api/go2rtc/streams');
  return keepStreams(!reply.ok && reply.status === 404 ? await way.json('/api/go2rtc/api/streams') : reply);
}

async function knock(
  tcp: TcpDoor | null,
  place: { host: string; port: number },
  signal: AbortSignal,
): Promise<'ok' | Failure | null> {
  const reply = await tcp?.reach(place, { timeoutSeconds: REACH_SECONDS, signal });
  return reply === undefined ? null : reply.ok ? 'ok' : reply;
}

/** The configuration is large and changes seldom; a person may just have switched off what fails now. */
const CONFIG_SECONDS: Record<FrigateMemory['configDue'], number> = { now: 0, soon: 60, later: 300 };

function isConfigDue(memory: FrigateMemory | null, now: number): boolean {
  if (!memory || memory.configAskedAt === null) return true;
  return now - memory.configAskedAt >= CONFIG_SECONDS[memory.configDue];
}

/** A new run is asked for its configuration in the very look that finds it. */
function isNewRun(stats: Reply<unknown> | null, memory: FrigateMemory | null): boolean {
  const service = stats?.ok && isFields(stats.value) ? stats.value.service : null;
  const uptime = isFields(service) ? readNumber(service.uptime) : null;
  const before = memory?.run?.uptimeSeconds ?? null;
  return uptime !== null && before !== null && uptime < before;
}
