/**
 * A simulated Frigate as a function of time: which cameras send, what the detector does, what /api/stats says.
 * Numbers follow recordings of a live Frigate 0.17.2: first sample 25 s after the start, then one every 15 s,
 * a dead queue shows 5/0.2/4.8/0 on every camera, a dead camera keeps its old process_fps.
 */

/** `stuck`: each process that takes its place hangs too. */
export type DetectorFault = 'none' | 'slow' | 'stuck' | 'orphaned_queue';

export interface SimulatedCamera {
  name: string;
  /** When its stream went away; null: it sends. */
  downSince: number | null;
  /** Times without its stream that are over. */
  gaps: { from: number; to: number }[];
  /** Switched while it runs; its file has it on. A restart forgets it before 0.18. */
  enabled: boolean;
  records: boolean;
  /** Where its stream comes from, e.g. `192.168.30.14:554`; null: a device in the same box. */
  address: string | null;
}

/** The log is made of these. */
export interface Moment {
  at: number;
  what: 'start' | 'stop' | DetectorFault;
}

export interface SimulatedFrigate {
  version: string;
  /** Start of the present run; null: no process runs. */
  startedAt: number | null;
  cameras: SimulatedCamera[];
  /** `fromMs`: the mean at the time of its last change, from which it moves to `inferenceMs`. */
  detector: { fault: DetectorFault; fromMs: number; inferenceMs: number; since: number };
  /** A fault that a restart does not cure comes back with the next run. */
  faultSurvivesRestart: boolean;
  /** What became of it, oldest first. */
  past: Moment[];
  /** Since when nothing is written to the disk; null: all that the cameras send is. */
  recordsNothingSince: number | null;
  /** Seconds from the start until the API answers. */
  apiAfterSeconds: number;
  /** When it was asked to restart itself. */
  asked: number[];
  /** Ends it and starts it again, as a kubelet or Docker does; null: it only ends. */
  revive: (() => void) | null;
  /** It gives its signal and then no answer. */
  breaksOff: boolean;
  /** `hangs`: accepts and never answers. */
  api: 'answers' | 'hangs' | 'refuses';
}

const FPS = 5;
const HEALTHY_MS = 12;
const FIRST_SAMPLE_SECONDS = 25;
const SAMPLE_SECONDS = 15;
/** Frames that stopped are noticed by Frigate's camera watchdog after so long. */
const STALL_SECONDS = 20;
/** Seconds of a hung detector in a live Frigate: until it is noticed, until it is killed, until the next is noticed. */
export const HANG = { noticed: 11, killed: 41, cycle: 50 } as const;
const DETECTOR_PID = 296;

export function newFrigate(cameras: readonly string[], startedAt: number): SimulatedFrigate {
  return {
    version: '0.17.2-3d4dd3a',
    startedAt,
    cameras: cameras.map((name) => ({ name, downSince: null, gaps: [], enabled: true, records: true, address: null })),
    detector: { fault: 'none', fromMs: HEALTHY_MS, inferenceMs: HEALTHY_MS, since: startedAt },
    faultSurvivesRestart: false,
    past: [{ at: startedAt, what: 'start' }],
    recordsNothingSince: null,
    apiAfterSeconds: 8,
    asked: [],
    revive: null,
    breaksOff: false,
    api: 'answers',
  };
}

export function breakDetector(frigate: SimulatedFrigate, fault: DetectorFault, now: number, inferenceMs = HEALTHY_MS) {
  frigate.detector = { fault, fromMs: frigate.detector.inferenceMs, inferenceMs, since: now };
  frigate.past.push({ at: now, what: fault });
}

export function setCamera(frigate: SimulatedFrigate, name: string, state: 'up' | 'down', now: number) {
  const camera = frigate.cameras.find((one) => one.name === name);
  if (!camera) throw new Error(`The simulated Frigate has no camera ${name}.`);
  if (state === 'down') {
    camera.downSince ??= now;
    return;
  }
  if (camera.downSince !== null) camera.gaps.push({ from: camera.downSince, to: now });
  camera.downSince = null;
}

/** The process ends: with its pod, or by itself. Without a time nobody asks when that was. */
export function stop(frigate: SimulatedFrigate, now: number | null = null) {
  frigate.startedAt = null;
  if (now !== null) frigate.past.push({ at: now, what: 'stop' });
}

/** POST /api/restart: its process ends, and its container with it. */
export function restartItself(frigate: SimulatedFrigate, now: number) {
  frigate.asked.push(now);
  if (frigate.revive) frigate.revive();
  else stop(frigate, now);
}

/** A new run: what a restart cures is gone. */
export function start(frigate: SimulatedFrigate, now: number) {
  frigate.startedAt = now;
  frigate.api = 'answers';
  frigate.recordsNothingSince = null;
  for (const camera of frigate.cameras) Object.assign(camera, { enabled: true, records: true });
  frigate.past.push({ at: now, what: 'start' });
  if (frigate.faultSurvivesRestart) {
    frigate.past.push({ at: now + frigate.apiAfterSeconds, what: frigate.detector.fault });
    return;
  }
  frigate.detector = { fault: 'none', fromMs: HEALTHY_MS, inferenceMs: HEALTHY_MS, since: now };
}

export type ApiState = 'answers' | 'hangs' | 'refuses' | 'starting';

/** What a request meets: nothing listens, nginx alone (500), silence, or an answer. */
export function apiState(frigate: SimulatedFrigate, now: number): ApiState {
  if (frigate.startedAt === null || frigate.api === 'refuses') return 'refuses';
  if (frigate.api === 'hangs') return 'hangs';
  const age = now - frigate.startedAt;
  if (age < frigate.apiAfterSeconds / 2) return 'refuses';
  return age < frigate.apiAfterSeconds ? 'starting' : 'answers';
}

/** GET /api/stats at a time; the same body until the next sample. */
export function statsAt(frigate: SimulatedFrigate, now: number): Record<string, unknown> {
  const startedAt = frigate.startedAt ?? now;
  const sampledAt = sampleTime(startedAt, now);
  const isVirgin = sampledAt === startedAt;
  const inference = isVirgin ? 10 : round(inferenceAt(frigate, sampledAt));
  const cameras = frigate.cameras.map((camera, i) => [camera.name, cameraAt(frigate, camera, i, sampledAt, isVirgin)]);
  const stats = Object.fromEntries(cameras) as Record<string, CameraStats>;
  const sum = (key: 'camera_fps' | 'process_fps' | 'skipped_fps' | 'detection_fps') =>
    round(Object.values(stats).reduce((total, one) => total + one[key], 0));
  return {
    cameras: stats,
    detectors: { coral: { inference_speed: inference, detection_start: 0, pid: detectorPid(frigate, sampledAt) } },
    camera_fps: sum('camera_fps'),
    process_fps: sum('process_fps'),
    skipped_fps: sum('skipped_fps'),
    detection_fps: sum('detection_fps'),
    cpu_usages: pidsOf(frigate, sampledAt),
    service: {
      uptime: Math.max(0, Math.floor(sampledAt - startedAt)),
      version: frigate.version,
      latest_version: '0.17.2',
      storage: {},
      temperatures: {},
      last_updated: Math.floor(sampledAt),
    },
    processes: { recording: { pid: 330 } },
  };
}

/** GET /api/config, the part that a monitor reads. */
export function settingsAt(frigate: SimulatedFrigate): Record<string, unknown> {
  const cameras = frigate.cameras.map(({ name, enabled }) => [
    name,
    { enabled, enabled_in_config: true, detect: { enabled: true, fps: FPS, width: 1280, height: 720 } },
  ]);
  return { detectors: { coral: { type: 'edgetpu', device: 'usb' } }, cameras: Object.fromEntries(cameras) };
}

interface CameraStats {
  camera_fps: number;
  process_fps: number;
  skipped_fps: number;
  detection_fps: number;
  detection_enabled: boolean;
  pid: number;
  capture_pid: number;
  ffmpeg_pid: number;
}

function sampleTime(startedAt: number, now: number): number {
  const age = now - startedAt;
  if (age < FIRST_SAMPLE_SECONDS) return startedAt;
  return startedAt + FIRST_SAMPLE_SECONDS + Math.floor((age - FIRST_SAMPLE_SECONDS) / SAMPLE_SECONDS) * SAMPLE_SECONDS;
}

/** The mean follows the last inferences: most of the way within ten seconds, and it never stands quite still. */
function inferenceAt({ detector }: SimulatedFrigate, at: number): number {
  if (isDead(detector.fault)) return HEALTHY_MS + 1.08;
  const share = Math.exp(-Math.max(0, at - detector.since) / 8);
  return detector.inferenceMs + (detector.fromMs - detector.inferenceMs) * share + ripple(at);
}

function cameraAt(
  frigate: SimulatedFrigate,
  camera: SimulatedCamera,
  index: number,
  at: number,
  isVirgin: boolean,
): CameraStats {
  const pids = { pid: 400 + index * 3, capture_pid: 401 + index * 3, ffmpeg_pid: 402 + index * 3 };
  const fps = (arrive: number, processed: number, skipped: number, detections: number): CameraStats => ({
    camera_fps: round(arrive),
    process_fps: round(processed),
    skipped_fps: round(skipped),
    detection_fps: round(detections),
    detection_enabled: true,
    ...pids,
  });
  if (isVirgin) return fps(0, 0, 0, 0);
  const isGone = camera.downSince !== null && at - camera.downSince >= STALL_SECONDS;
  if (isGone) return fps(0, FPS, 0, 0);
  const { fault, inferenceMs, since } = frigate.detector;
  if (isDead(fault) && at > since) return fps(FPS, 0.2, FPS - 0.2, 0);
  const most = 1000 / inferenceMs / frigate.cameras.length;
  const processed = fault === 'slow' && at > since ? Math.min(FPS, most) : FPS;
  return fps(FPS, processed, FPS - processed, Math.min(most, FPS + 0.4 + ripple(at + index)));
}

/** Nothing gets through, and the mean stands still. */
function isDead(fault: DetectorFault): boolean {
  return fault === 'orphaned_queue' || fault === 'stuck';
}

/** So many detectors were killed in the present run. */
function killsUntil({ detector, startedAt, apiAfterSeconds }: SimulatedFrigate, at: number): number {
  if (!isDead(detector.fault)) return 0;
  const seconds = at - Math.max(detector.since, (startedAt ?? at) + apiAfterSeconds) - HANG.killed;
  if (seconds < 0) return 0;
  return detector.fault === 'stuck' ? Math.floor(seconds / HANG.cycle) + 1 : 1;
}

function detectorPid(frigate: SimulatedFrigate, at: number): number {
  return DETECTOR_PID + 1000 * killsUntil(frigate, at);
}

function pidsOf(frigate: SimulatedFrigate, at: number): Record<string, unknown> {
  const own = frigate.cameras.flatMap((_, i) => [400 + i * 3, 401 + i * 3, 402 + i * 3]);
  return Object.fromEntries(
    [detectorPid(frigate, at), 330, ...own].map((pid) => [String(pid), { cpu: '1.0', mem: '0.6' }]),
  );
}

/** A little movement that is the same in every run. */
function ripple(at: number): number {
  return Math.sin(at * 0.7) * 0.4;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
