/** What is remembered of one Frigate between turns and over restarts of the Warden. Plain JSON. */
import type { PodPlace } from '../ground/observe.ts';
import type { GroundMemory } from '../ground/types.ts';
import { type LifeMemory, NEW_LIFE } from './follow/detector-life.ts';
import type { RunMemory } from './follow/following.ts';
import { type MailMemory, NEW_MAIL } from './follow/mail.ts';
import { NEW_PROCESSES, type ProcessesMemory } from './follow/processes.ts';
import { NEW_REACH, type ReachMemory } from './follow/reach.ts';
import { NEW_RECORDINGS, type RecordingsMemory } from './follow/recordings.ts';
import { NEW_STREAMS, type StreamsMemory } from './follow/streams.ts';
import { NEW_SWITCHES, type SwitchesMemory } from './follow/switches.ts';
import { NEW_LOG } from './log/follow.ts';
import type { LogMemory } from './log/types.ts';
import type { Configured } from './read/configured.ts';

export interface CameraMemory {
  /** Last look at which the stats named it. */
  seenAt: number;
  /** Null: never seen to send frames. `settings` null: it did, with settings that nobody could read. */
  worked: { settings: string | null } | null;
  /** First look of an unbroken row that found it to send hardly a frame; null: it sends. */
  silentSince: number | null;
}

/** What is compared with the next look. Keys are detectors. */
export interface Sample {
  at: number;
  inferenceMs: Readonly<Record<string, number | null>>;
}

/** The last speed of a detector that counted, as a finding. */
export interface SpeedMemory {
  isGood: boolean;
  /** Time of its evidence. */
  at: number;
  /** Last look that found nothing else. */
  seenAt: number;
}

/** The sign of a dead detector queue, as long as it lasts. */
export interface QueueMemory {
  /** First and last evidence of an unbroken row of it, with no inference between. */
  since: number;
  at: number;
  inferenceMs: Readonly<Record<string, number | null>>;
  /** Last inference that was seen to begin, by detector. */
  begun: Readonly<Record<string, { pid: number | null; at: number }>>;
}

export interface FrigateMemory {
  ground: GroundMemory | null;
  /** Frigate's clock minus ours. */
  skewSeconds: number;
  /** The last `last_updated`, and its time in our clock. `stoodSince`: first look of an unbroken row that found it. */
  updated: { lastUpdated: number; at: number; stoodSince: number | null } | null;
  run: RunMemory | null;
  version: string | null;
  lastAnswerAt: number | null;
  /** Tells which address gave the last valid answer, and nothing else. */
  answeredUrl: string | null;
  /** The port of the pod that gave one through the API server. */
  answeredPodPort: number | null;
  /** The way that is asked first gave no stats when it was last asked. */
  isWayDown: boolean;
  /** Last look at which nothing came from the API, by whatever way. */
  silentAt: number | null;
  /** The newest living pod, so that its log can be asked for at once. */
  pod: PodPlace | null;
  /** Null: not read in this run. */
  configured: Configured | null;
  configuredAt: number | null;
  configAskedAt: number | null;
  /** Why it was not read when it was last asked for, a sentence. */
  configFailure: string | null;
  /** `now`: a camera fell silent since it was read. `soon`: something is bad, or it could not be read. */
  configDue: 'now' | 'soon' | 'later';
  cameras: Readonly<Record<string, CameraMemory>>;
  /** Last look at which the stats named it, by detector. */
  detectors: Readonly<Record<string, number>>;
  /** By detector. */
  speeds: Readonly<Record<string, SpeedMemory>>;
  latest: Sample | null;
  previous: Sample | null;
  queue: QueueMemory | null;
  isOverloaded: boolean;
  /** A skipped frame was ever counted; 0.12 never counts one. */
  countsSkipped: boolean;
  /** What is bad with no good answer between, by check or check and member; `since` is a time of the evidence. */
  badSince: Readonly<Record<string, { since: number; seenAt: number }>>;
  log: LogMemory;
  processes: ProcessesMemory;
  recordings: RecordingsMemory;
  streams: StreamsMemory;
  reach: ReachMemory;
  mail: MailMemory;
  switches: SwitchesMemory;
  life: LifeMemory;
}

/** A Frigate that was never looked at. `worked`: cameras that are known from elsewhere to have sent frames. */
export function newFrigateMemory(worked: readonly string[] = []): FrigateMemory {
  return {
    ground: null,
    skewSeconds: 0,
    updated: null,
    run: null,
    version: null,
    lastAnswerAt: null,
    answeredUrl: null,
    answeredPodPort: null,
    isWayDown: false,
    silentAt: null,
    pod: null,
    configured: null,
    configuredAt: null,
    configAskedAt: null,
    configFailure: null,
    configDue: 'now',
    cameras: Object.fromEntries(worked.map((id) => [id, { seenAt: 0, worked: { settings: null }, silentSince: null }])),
    detectors: {},
    speeds: {},
    latest: null,
    previous: null,
    queue: null,
    isOverloaded: false,
    countsSkipped: false,
    badSince: {},
    log: NEW_LOG,
    processes: NEW_PROCESSES,
    recordings: NEW_RECORDINGS,
    streams: NEW_STREAMS,
    reach: NEW_REACH,
    mail: NEW_MAIL,
    switches: NEW_SWITCHES,
    life: NEW_LIFE,
  };
}
