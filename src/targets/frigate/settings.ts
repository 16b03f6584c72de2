/** What is fixed for one watched Frigate while the program runs. */
import type { Limits } from '../../rules/types.ts';
import type { GroundLimits, GroundSettings } from '../ground/types.ts';

/** Where a figure of Frigate's becomes a fault. Ratios are 0 to 1. */
export interface FrigateLimits extends GroundLimits {
  /** Stats that stand still for longer than this, while the API answers, are dead. Frigate renews them every 15 s. */
  staleSeconds: number;
  /** Milliseconds for one inference. Frigate's own page turns red at 100. */
  inferenceMs: number;
  /** The same for detectors that are a plain CPU, where 75 ms is ordinary. */
  inferenceCpuMs: number;
  /** Above this the mean has swallowed a clock step or a hang: nonsense, not slowness. */
  inferenceNonsenseMs: number;
  /** A stalling camera passes through 0.1 and 0.7 before it says 0. */
  framesPerSecond: number;
  /** Share of the arriving frames that may be skipped on one camera. */
  skippedRatio: number;
  /** Share of the arriving frames that may be skipped on all cameras together while the detector works at its limit. */
  overloadSkippedRatio: number;
  /** Detections that are really done are some less than 1000 / inference_speed; from here on the detector is full. */
  overloadBusyRatio: number;
  /** Less than this share of the frames gets through a dead queue: one frame for each time-out of 5 s. */
  queueProcessedRatio: number;
  queueSkippedRatio: number;
  /** So young a Frigate has no figures of its own yet; its first stats stand still for 25 s. */
  newbornSeconds: number;
}

export const FRIGATE_LIMITS: FrigateLimits = {
  startupGraceSeconds: 600,
  movedGraceSeconds: 1800,
  staleSeconds: 60,
  inferenceMs: 100,
  inferenceCpuMs: 300,
  inferenceNonsenseMs: 60_000,
  framesPerSecond: 1,
  skippedRatio: 0.8,
  overloadSkippedRatio: 0.2,
  overloadBusyRatio: 0.7,
  queueProcessedRatio: 0.1,
  queueSkippedRatio: 0.8,
  newbornSeconds: 60,
};

/** Recordings, configuration and database, where Frigate keeps them in its container unless it is told otherwise. */
export const KEPT_PATHS: readonly string[] = ['/media/frigate', '/config', '/db'];

export interface FrigateSettings {
  /** `[a-z0-9_]+`, part of topics and unique ids. */
  id: string;
  /** For people. */
  name: string;
  /** Base URL without a path, e.g. `http://frigate:5000`. Never with credentials. */
  url: string;
  /** Cameras that neither vote nor open an incident. */
  camerasIgnored: readonly string[];
  /** The workload in the cluster; null: no cluster is configured, so nothing can be restarted. */
  ground: GroundSettings | null;
  limits: FrigateLimits;
  rules: Limits;
  /** The ladder: ids of remedies, mildest first. */
  remedies: readonly string[];
  automatic: boolean;
  links: Readonly<Record<string, string>>;
  timeoutSeconds: number;
}
