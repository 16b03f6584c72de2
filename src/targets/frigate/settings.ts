/** What is fixed for one watched Frigate while the program runs. */
import type { TlsTrust } from '../../doors/ports.ts';
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
  /** More "appears to be stuck" than this within `stuckSeconds` is no hang that heals by itself. */
  stuckCount: number;
  stuckSeconds: number;
  /** After a detector was killed or has left, it must show a sign of life within this time. */
  goneSeconds: number;
  detectorErrorsPerMinute: number;
  /** More starts than this within `flappingSeconds`, or more hangs than `stuckPerDay`, each healed: worth knowing. */
  flappingStarts: number;
  flappingSeconds: number;
  stuckPerDay: number;
  /** More discarded segments than this within `backlogSeconds`: behind the detect pipeline, or for a slow storage. */
  backlogCount: number;
  backlogSeconds: number;
  /** A recording camera without a new segment for this long does not record. Frigate writes one every 10 s. */
  segmentSeconds: number;
  /** Share of its own detect fps below which a camera is slow. */
  slowCameraRatio: number;
  /** Processed and skipped frames together never exceed what arrives by this factor, unless they are frozen. */
  hungFactor: number;
  storageFullSeconds: number;
  databaseLockedSeconds: number;
  /** Frigate needs so long to replace a hung detector, and to bring a camera back. */
  healingDetectorSeconds: number;
  healingCameraSeconds: number;
  /** So long after the API was silent, lines about recordings and cameras are its consequences. */
  aftermathSeconds: number;
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
  stuckCount: 2,
  stuckSeconds: 300,
  goneSeconds: 60,
  detectorErrorsPerMinute: 10,
  flappingStarts: 2,
  flappingSeconds: 1800,
  stuckPerDay: 5,
  backlogCount: 5,
  backlogSeconds: 300,
  segmentSeconds: 300,
  slowCameraRatio: 0.5,
  hungFactor: 1.5,
  storageFullSeconds: 900,
  databaseLockedSeconds: 900,
  healingDetectorSeconds: 120,
  healingCameraSeconds: 180,
  aftermathSeconds: 60,
};

/** Recordings, configuration and database, where Frigate keeps them in its container unless it is told otherwise. */
export const KEPT_PATHS: readonly string[] = ['/media/frigate', '/config', '/db'];

export interface FrigateSettings {
  /** `[a-z0-9_]+`, part of topics and unique ids. */
  id: string;
  /** For people. */
  name: string;
  /** Base URL without a path, e.g. `http://frigate:5000`. Never with credentials. Null: only through the cluster. */
  url: string | null;
  /** For port 8971, where Frigate wants one. */
  login: { username: string; password: string } | null;
  tls: TlsTrust;
  /** The service in the cluster, asked through the API server; null: none is named. */
  service: { name: string; port: number } | null;
  /** Frigate's own port in its pod, asked through the API server. */
  podPort: number;
  /** Frigate may also be asked by a command in its container. */
  exec: boolean;
  /** Cameras that neither vote nor open an incident. */
  camerasIgnored: readonly string[];
  /** A restart may switch cameras on that are off, even where they cannot be switched off again. */
  restartWithCamerasOff: boolean;
  /** The workload in the cluster; null: no cluster is configured. */
  ground: GroundSettings | null;
  limits: FrigateLimits;
  rules: Limits;
  /** The ladder: ids of remedies, mildest first. */
  remedies: readonly string[];
  automatic: boolean;
  links: Readonly<Record<string, string>>;
  timeoutSeconds: number;
}
