/** What the answers and the memory say of one Frigate, typed. Checks read only this. */
import type { Failure } from '../../doors/ports.ts';
import type { Finding, Healing } from '../../rules/types.ts';
import type { GroundFacts } from '../ground/types.ts';
import type { LifeFacts } from './follow/detector-life.ts';
import type { RunMemory } from './follow/following.ts';
import type { MailFacts } from './follow/mail.ts';
import type { ProcessesFacts } from './follow/processes.ts';
import type { ReachFacts } from './follow/reach.ts';
import type { RecordingsFacts } from './follow/recordings.ts';
import type { StreamsFacts } from './follow/streams.ts';
import type { SwitchesFacts } from './follow/switches.ts';
import type { LogFacts } from './log/types.ts';
import type { FrigateMemory } from './memory.ts';
import type { FrigateAnswers, VantageId } from './observe/answers.ts';
import type { CameraStats, DetectorStats, FrigateStats } from './read/stats.ts';
import type { FrigateLimits } from './settings.ts';

export interface CameraFacts {
  id: string;
  /** Null: the stats of this look do not name it, or there are none. */
  stats: CameraStats | null;
  votes: true | 'disabled' | 'ignored';
  /** The configuration says that it is on; null: nobody knows. */
  isEnabled: boolean | null;
  /** A person has switched it off while Frigate runs; its file has it on. */
  isSwitchedOff: boolean;
  /** It is silent, and since it fell silent nobody could read whether it was switched off. */
  mayBeOff: boolean;
  /** It has sent frames with its present settings. */
  worked: boolean;
  /** Frames per second that it should send: what its stream promises, else what its configuration asks for. */
  targetFps: number | null;
  /** Under so many frames per second it counts as sending none. */
  leastFps: number;
  /** The stream of go2rtc that it comes through; null: none, or nobody knows. */
  stream: string | null;
}

export interface DetectorFacts {
  id: string;
  /** Null: the stats of this look do not name it. */
  stats: DetectorStats | null;
  /** It was there, and is no more, though others are. */
  isRetired: boolean;
  limitMs: number;
  /** What the look before said, by other evidence than this one's; null: nothing. */
  previousMs: number | null;
  /** Evidence of the last speed that counted, if it was good and no look since then found anything else; else null. */
  wellAt: number | null;
}

/**
 * `silent`: no frame arrives. `flowing`: at least one camera's frames are processed. `dead`: every camera receives,
 * skips nearly all and detects nothing. `uncounted`: it looks so, but this version counts no skipped frames.
 */
export type Flow = 'silent' | 'flowing' | 'dead' | 'uncounted' | 'unclear';

export interface QueueSigns {
  flow: Flow;
  /** An inference was finished since the sign was first seen. */
  isMoving: boolean;
  /** One and the same process began a second inference since then. */
  isFed: boolean;
  /** First evidence of the sign, with neither since then; null: there is none. */
  since: number | null;
}

/** Null where figures are missing. */
export interface Load {
  skippedRatio: number | null;
  detectionsPerSecond: number | null;
  /** What all detectors together could do at their present speed. */
  capacityPerSecond: number | null;
}

/** What the API said, apart from what it means. */
export interface ApiFacts {
  version: string | null;
  versionFailure: Failure | null;
  statsFailure: Failure | null;
  /** There is somebody to ask. */
  isAsked: boolean;
  /** A valid answer to the question for stats. */
  hasStats: boolean;
  /** It lives, and wants a login. */
  wantsLogin: boolean;
  /** Why ways through the cluster are closed to us, a sentence each. */
  closed: readonly string[];
  /** This very address has given a valid answer before. */
  hasAnsweredHere: boolean;
  /** The pod has, at its own port. */
  hasPodAnswered: boolean;
}

export interface FrigateFacts {
  name: string;
  now: number;
  /** When the evidence was made, in our clock. Looks at the same stats have the same time. */
  at: number;
  limits: FrigateLimits;
  api: ApiFacts;
  version: string | null;
  /** Null: none, or of a layout that is not understood. */
  stats: FrigateStats | null;
  /** Why there are none, a sentence. */
  blindness: string;
  /** Younger than its own figures. */
  isNewborn: boolean;
  /** How long the stats have stood still over looks without a gap; null: they do not say when they were made. */
  stood: { seconds: number; isNew: boolean } | null;
  cameras: readonly CameraFacts[];
  detectors: readonly DetectorFacts[];
  /** Detections per second of the cameras that really work; null: nobody says. */
  detectionRate: number | null;
  queue: QueueSigns;
  load: Load;
  isOverloaded: boolean;
  /** This Frigate was seen to count skipped frames; 0.12 does not. */
  countsSkipped: boolean;
  run: RunMemory;
  lastAnswerAt: number | null;
  isConfigured: boolean;
  /** Frigate says that it runs in safe mode; null: it does not say. */
  safeMode: boolean | null;
  /** Why the configuration was not read when it was last asked for, a sentence. */
  configFailure: string | null;
  /** Null: no cluster is configured. */
  ground: GroundFacts | null;
  badSince: FrigateMemory['badSince'];
  vantage: FrigateAnswers['vantage'];
  vantages: FrigateAnswers['vantages'];
  /** The way that is asked first; the others are asked when it fails. */
  firstWay: VantageId;
  /** Until then, what log and recordings say follows from a silence of the API; null: it never was silent. */
  aftermathUntil: number | null;
  log: LogFacts;
  processes: ProcessesFacts;
  recordings: RecordingsFacts;
  streams: StreamsFacts;
  reach: ReachFacts;
  mail: MailFacts;
  switches: SwitchesFacts;
  life: LifeFacts;
  healing: readonly Healing[];
  /** All answers of this look, but the votes. */
  findings: readonly Finding[];
}

/** What checks are asked about: all but their own answers. */
export type SeenFacts = Omit<FrigateFacts, 'findings'>;
