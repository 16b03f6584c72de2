/** The segments that Frigate has written, camera by camera: who is asked for them, and how old the newest is. */
import type { Reply } from '../../../doors/ports.ts';
import { membersOf } from '../log/query.ts';
import type { LogMemory } from '../log/types.ts';
import type { Segment } from '../observe/answers.ts';
import { own } from '../own.ts';
import { type CameraStats, isReplay } from '../read/stats.ts';
import { leastFpsOf, targetFpsOf } from './figures.ts';
import type { Following, KnownCameras } from './following.ts';

/** What one camera was last seen to have recorded. */
interface Recorded {
  /** When it was last asked, with or without an answer. */
  triedAt: number | null;
  /** When it was last asked, in our clock; null: never with an answer. */
  askedAt: number | null;
  /** End of its newest segment, in Frigate's clock; null: none was ever seen. */
  newestEnd: number | null;
  /** Age of the newest segment when it was asked; null: there is none in the time that was asked for. */
  ageSeconds: number | null;
  /** Looks that found it to write regularly; no more are counted than prove it. */
  regular: number;
  /** Since when frames arrive and recording is on; null: since before anybody looked. */
  since: number | null;
  /** Frames arrive and recording is on, for all that is known. */
  isWriting: boolean;
  /** Without a new segment for so long that all cameras should be asked. */
  isLate: boolean;
  /** Why it was not read when it was last asked, a sentence. */
  failure: string | null;
}

export interface RecordingsMemory {
  cameras: Readonly<Record<string, Recorded>>;
  /** The last `last_updated`, and when it was first seen: with it Frigate's clock is told without a Date header. */
  clock: { lastUpdated: number; seenAt: number } | null;
  /** The configuration was last read; null: it was not, in this run. */
  configReadAt: number | null;
  /** It could not be read when it was last asked for. */
  isConfigUnread: boolean;
}

export const NEW_RECORDINGS: RecordingsMemory = {
  cameras: {},
  clock: null,
  configReadAt: null,
  isConfigUnread: false,
};

export interface CameraRecording {
  /** When it was last asked with an answer, in our clock; null: never. */
  askedAt: number | null;
  /** Age of its newest segment then; null: none in the time that was asked for. */
  ageSeconds: number | null;
  /** So long it should have written one and has not. Younger than the run, the frames and the switch it cannot be. */
  lateSeconds: number | null;
  /** It records round the clock; null: the configuration does not say. */
  isContinuous: boolean | null;
  /** It was seen to write again and again, whatever the configuration says. */
  isRegular: boolean;
  /** Frames arrive and recording is on, for all that is known. */
  isWriting: boolean;
  /** Since its newest segment nobody could read whether recording was switched off. */
  mayBeOff: boolean;
  failure: string | null;
}

export interface RecordingsFacts {
  /** One is late, and the configuration should be read anew before it is blamed. */
  wantsConfig: boolean;
  /** Somebody asks for them. */
  isAsked: boolean;
  cameras: Readonly<Record<string, CameraRecording>>;
}

/** In quiet times a camera is asked so seldom, and so many are asked in one look: each question costs Frigate, too. */
const EVERY_SECONDS = 300;
const AT_ONCE = 2;
/** When one is late it is asked in every look, and all others so often, but no more than this. */
const LATE_EVERY_SECONDS = 60;
const MOST = 64;
/** A camera of which the log said within this time that no new segment came is asked first, and as often. */
const SUSPECT_SECONDS = 300;
/** A newest segment younger than this shows that it writes; so often it must be seen to. Frigate writes every 10 s. */
const REGULAR_SECONDS = 120;
const REGULAR_LOOKS = 2;

/** Cameras whose newest segments should be asked for in this look. */
export function camerasToAsk(
  {
    recordings,
    log,
    configured,
    cameras,
  }: KnownCameras & { recordings: RecordingsMemory; log: Pick<LogMemory, 'kept'> },
  now: number,
): readonly string[] {
  const ids = Object.keys(configured?.cameras ?? cameras).filter((id) => {
    if (isReplay(id) || (own(cameras, id)?.silentSince ?? null) !== null) return false;
    const camera = configured && own(configured.cameras, id);
    return camera?.enabled !== false && camera?.enabledInFile !== false && camera?.recordsContinuously !== false;
  });
  const triedAt = (id: string) => own(recordings.cameras, id)?.triedAt ?? Number.NEGATIVE_INFINITY;
  const isLate = (id: string) => own(recordings.cameras, id)?.isLate === true;
  const suspects = new Set(membersOf(log, 'no_new_segments', now - SUSPECT_SECONDS));
  const isAnyLate = ids.some(isLate);
  const isDue = (id: string) => {
    const everySeconds = isAnyLate || suspects.has(id) ? LATE_EVERY_SECONDS : EVERY_SECONDS;
    return isLate(id) || now - triedAt(id) >= everySeconds;
  };
  return ids
    .filter(isDue)
    .toSorted((a, b) => Number(suspects.has(b)) - Number(suspects.has(a)) || triedAt(a) - triedAt(b))
    .slice(0, isAnyLate ? MOST : AT_ONCE);
}

export function followRecordings(
  before: RecordingsMemory,
  following: Following,
): { memory: RecordingsMemory; facts: RecordingsFacts } {
  const { answers, stats, isNewRun, now } = following;
  const config = answers.config;
  const clock = followClock(before.clock, following);
  const ids = new Set([
    ...Object.keys(before.cameras),
    ...Object.keys(answers.recordings),
    ...(stats?.cameras ?? []).map(({ id }) => id),
  ]);
  const named = new Map((stats?.cameras ?? []).map((camera) => [camera.id, camera]));
  const context = { ...following, named, frigateNow: clock.now };
  const memory: RecordingsMemory = {
    cameras: Object.fromEntries(
      [...ids]
        .filter((id) => !isReplay(id) && !isGone(id, context))
        .map((id): [string, Recorded] => [id, followCamera(own(before.cameras, id) ?? null, id, context)])
        .filter(([, recorded]) => isNotable(recorded)),
    ),
    clock: clock.memory,
    configReadAt: config?.ok ? now : isNewRun ? null : before.configReadAt,
    isConfigUnread: config ? !config.ok : before.isConfigUnread,
  };
  const known = [...new Set([...Object.keys(memory.cameras), ...Object.keys(following.configured?.cameras ?? {})])];
  const cameras = known.map((id) => {
    return [id, factsOf(id, own(memory.cameras, id) ?? NEW_RECORDED, memory, following)] as const;
  });
  return {
    memory,
    facts: {
      isAsked: Object.values(memory.cameras).some(({ triedAt }) => triedAt !== null),
      wantsConfig: cameras.some(
        ([, one]) =>
          one.mayBeOff && one.isWriting && (one.lateSeconds ?? 0) > following.settings.limits.segmentSeconds / 2,
      ),
      cameras: Object.fromEntries(cameras),
    },
  };
}

/** With the cameras of these stats by name. */
type Naming = Following & { named: ReadonlyMap<string, CameraStats> };

/** Neither the stats nor the configuration of this run name it. */
function isGone(id: string, { stats, configured, named }: Naming): boolean {
  if (!stats?.cameras || !configured) return false;
  return !named.has(id) && own(configured.cameras, id) === undefined;
}

/** What time it is for Frigate: by its own stats, which stand still for 15 s at most; else by its server; else ours. */
function followClock(
  before: RecordingsMemory['clock'],
  { stats, answers, now }: Following,
): { memory: RecordingsMemory['clock']; now: number } {
  const lastUpdated = stats?.lastUpdated ?? null;
  if (lastUpdated !== null) {
    const memory = before?.lastUpdated === lastUpdated ? before : { lastUpdated, seenAt: now };
    return { memory, now: lastUpdated + now - memory.seenAt };
  }
  if (before && !stats) return { memory: before, now: before.lastUpdated + now - before.seenAt };
  const reply = answers.stats;
  return { memory: null, now: reply?.ok && reply.serverTime !== null ? reply.serverTime : now };
}

/** It differs from one that nobody ever asked. */
function isNotable({ triedAt, since, isWriting }: Recorded): boolean {
  return triedAt !== null || since !== null || !isWriting;
}

const NEW_RECORDED: Recorded = {
  triedAt: null,
  askedAt: null,
  newestEnd: null,
  ageSeconds: null,
  regular: 0,
  since: null,
  isWriting: true,
  isLate: false,
  failure: null,
};

function followCamera(
  known: Recorded | null,
  id: string,
  { answers, stats, named, configured, settings, frigateNow, now }: Naming & { frigateNow: number },
): Recorded {
  const camera = named.get(id) ?? null;
  const set = configured && own(configured.cameras, id);
  const leastFps = leastFpsOf(targetFpsOf(camera, set), settings.limits);
  const hasFrames = stats ? (camera?.cameraFps ?? 0) >= leastFps : (known?.isWriting ?? true);
  const isWriting = hasFrames && set?.records !== false && set?.enabled !== false;
  const since = known && isWriting && !known.isWriting ? now : (known?.since ?? null);
  const before = { ...(known ?? NEW_RECORDED), isWriting, since };
  const reply: Reply<readonly Segment[]> | undefined = own(answers.recordings, id);
  if (!reply) return before;
  if (!reply.ok) return { ...before, triedAt: now, failure: reply.reason };
  // Without any the newest that was ever seen stands: none came since.
  const seen = reply.value.reduce<number | null>((newest, { end }) => Math.max(newest ?? end, end), null);
  const newestEnd = seen ?? before.newestEnd;
  const ageSeconds = newestEnd === null ? null : Math.max(0, frigateNow - newestEnd);
  const isRegular = ageSeconds !== null && ageSeconds < REGULAR_SECONDS;
  const mayLast = set?.recordsContinuously === true || before.regular >= REGULAR_LOOKS;
  return {
    ...before,
    triedAt: now,
    askedAt: now,
    newestEnd,
    ageSeconds,
    regular: Math.min(REGULAR_LOOKS, before.regular + (isRegular ? 1 : 0)),
    isLate: isWriting && mayLast && (ageSeconds === null || ageSeconds > settings.limits.segmentSeconds),
    failure: null,
  };
}

function factsOf(
  id: string,
  recorded: Recorded,
  { configReadAt, isConfigUnread }: RecordingsMemory,
  { settings, configured, run }: Following,
): CameraRecording {
  const { askedAt, ageSeconds, regular, since, isWriting, failure } = recorded;
  // Without any segment it is older than all that was asked for. Nothing is later than the run or the frames are old.
  const age = ageSeconds ?? 2 * settings.limits.segmentSeconds;
  const spans = [run.startedAt, since].flatMap((at) => spanOf(at, askedAt));
  const wroteAt = askedAt === null || ageSeconds === null ? null : askedAt - ageSeconds;
  return {
    askedAt,
    ageSeconds,
    lateSeconds: askedAt === null ? null : Math.min(age, ...spans),
    isContinuous: (configured && own(configured.cameras, id)?.recordsContinuously) ?? null,
    isRegular: regular >= REGULAR_LOOKS,
    isWriting,
    mayBeOff: isConfigUnread || (configReadAt !== null && wroteAt !== null && configReadAt < wroteAt),
    failure,
  };
}

function spanOf(from: number | null, to: number | null): readonly number[] {
  return from === null || to === null ? [] : [Math.max(0, to - from)];
}
