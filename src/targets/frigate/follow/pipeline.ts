/** What the frames do between the cameras and the detectors, over all cameras at once. */
import type { CameraFacts, DetectorFacts, Flow, Load, QueueSigns } from '../facts.ts';
import type { QueueMemory } from '../memory.ts';
import { own } from '../own.ts';
import type { CameraStats, DetectorStats, FrigateStats } from '../read/stats.ts';
import type { FrigateLimits } from '../settings.ts';
import { hasMoved, VIRGIN_MS, working } from './figures.ts';

export function flowOf(
  cameras: readonly CameraFacts[],
  context: { limits: FrigateLimits; layout: FrigateStats['layout']; countsSkipped: boolean },
): Flow {
  const flows = working(cameras).map((camera) => cameraFlow(camera, context));
  if (flows.includes('flowing')) return 'flowing';
  if (flows.length > 0) return flows.find((flow) => flow !== 'dead') ?? 'dead';
  const isSilent = cameras.every(
    ({ stats, isEnabled, leastFps }) =>
      isEnabled === false ||
      stats?.detectionEnabled === false ||
      (typeof stats?.cameraFps === 'number' && stats.cameraFps < leastFps),
  );
  return isSilent && cameras.length > 0 ? 'silent' : 'unclear';
}

function cameraFlow(
  { cameraFps, processFps, skippedFps, detectionFps }: CameraStats,
  { limits, layout, countsSkipped }: { limits: FrigateLimits; layout: FrigateStats['layout']; countsSkipped: boolean },
): Flow {
  const arriving = cameraFps ?? 0;
  if ((detectionFps ?? 0) > 0) return 'flowing';
  if (processFps === null) return 'unclear';
  // A dead queue lets one frame through for each time-out of 5 s, however few arrive.
  if (processFps > TIMED_OUT_FPS && processFps >= limits.queueProcessedRatio * arriving) return 'flowing';
  if (skippedFps === null || detectionFps === null) return 'unclear';
  const isSkipped = skippedFps >= arriving - processFps - TIMED_OUT_FPS;
  if (skippedFps > limits.queueSkippedRatio * arriving || isSkipped) return 'dead';
  return layout === 'top_level' && !countsSkipped ? 'uncounted' : 'unclear';
}

/** One frame for each time-out of 5 s (Frigate 0.17 source, object_detector_signaler.py). */
const TIMED_OUT_FPS = 0.2;

/** After a longer gap nobody knows whether it was dead all the time. */
const GAP_SECONDS = 90;

/** Follows the sign of a dead queue: what moves while it lasts tells that the queue is alive. */
export function followQueue(
  before: QueueMemory | null,
  flow: Flow,
  detectors: readonly DetectorStats[],
  at: number,
): { memory: QueueMemory | null } & Omit<QueueSigns, 'flow'> {
  if (flow !== 'dead') return { memory: null, isMoving: false, isFed: false, since: null };
  const isMoving = detectors.some((d) => hasMoved(before ? own(before.inferenceMs, d.id) : null, d.inferenceMs));
  const isFed = detectors.some((d) => {
    const last = before && own(before.begun, d.id);
    return isBusy(d) && last !== null && last !== undefined && last.pid === d.pid && last.at !== d.inflightSince;
  });
  const begun = detectors.filter(isBusy).map((d) => [d.id, { pid: d.pid, at: d.inflightSince ?? 0 }] as const);
  const isUnbroken = before !== null && !isMoving && !isFed && at - before.at <= GAP_SECONDS;
  const since = isUnbroken ? Math.min(before.since, at) : at;
  const memory = {
    since,
    at,
    inferenceMs: Object.fromEntries(detectors.map((d) => [d.id, d.inferenceMs])),
    begun: { ...before?.begun, ...Object.fromEntries(begun) },
  };
  return { memory, isMoving, isFed, since };
}

function isBusy(detector: DetectorStats): boolean {
  return detector.inflightSince !== null && detector.inflightSince > 0;
}

/** Detections a second of the cameras that work; the sum that Frigate gives where it names no camera. */
export function detectionRate(stats: FrigateStats | null, cameras: readonly CameraFacts[]): number | null {
  if (!stats) return null;
  const named = cameras.filter((camera) => camera.stats !== null);
  if (named.length === 0) return stats.detectionFps;
  const rates = working(named).map((camera) => camera.detectionFps);
  const known = rates.filter((rate) => rate !== null);
  if (rates.length > 0 && known.length === 0) return stats.detectionFps;
  return known.reduce((sum, rate) => sum + rate, 0);
}

export function loadOf(
  cameras: readonly CameraFacts[],
  detectors: readonly DetectorFacts[],
  detectionsPerSecond: number | null,
  limits: FrigateLimits,
): Load {
  const counted = working(cameras).filter((camera) => camera.skippedFps !== null);
  const arriving = counted.reduce((sum, camera) => sum + (camera.cameraFps ?? 0), 0);
  const skipped = counted.reduce((sum, camera) => sum + (camera.skippedFps ?? 0), 0);
  const speeds = detectors
    .filter((detector) => !detector.isRetired)
    .map((detector) => detector.stats?.inferenceMs ?? null);
  const usable = speeds.filter((ms) => ms !== null && ms > 0 && ms !== VIRGIN_MS && ms <= limits.inferenceNonsenseMs);
  return {
    skippedRatio: arriving > 0 ? skipped / arriving : null,
    detectionsPerSecond,
    capacityPerSecond:
      speeds.length > 0 && usable.length === speeds.length
        ? usable.reduce<number>((sum, ms) => sum + 1000 / (ms ?? VIRGIN_MS), 0)
        : null,
  };
}

/** A full detector hovers about its limit; once full, it must ease by this much to count as free. */
const EASED_RATIO = 0.7;

/** Frames are skipped because the detectors, quick as they should be, can do no more. */
export function isFull(
  load: Load,
  detectors: readonly DetectorFacts[],
  wasFull: boolean,
  limits: FrigateLimits,
): boolean {
  const { skippedRatio, detectionsPerSecond, capacityPerSecond } = load;
  if (skippedRatio === null || detectionsPerSecond === null || capacityPerSecond === null) return false;
  // A mean that swings about its limit is no sign that there is less to do.
  if (detectors.some((detector) => (detector.stats?.inferenceMs ?? 0) > detector.limitMs)) return wasFull;
  const busyRatio = limits.overloadBusyRatio * (wasFull ? EASED_RATIO : 1);
  return skippedRatio > limits.overloadSkippedRatio && detectionsPerSecond >= busyRatio * capacityPerSecond;
}

/**
 * So much is skipped that the cameras would count as down, yet of every one some frames get through and the detectors
 * have room: the host is too slow for all of it.
 */
export function isStarved(cameras: readonly CameraFacts[], { skippedRatio }: Load, limits: FrigateLimits): boolean {
  const counted = working(cameras);
  if (skippedRatio === null || skippedRatio <= limits.skippedRatio || counted.length === 0) return false;
  return counted.every(
    ({ cameraFps, processFps }) => (processFps ?? 0) >= limits.queueProcessedRatio * (cameraFps ?? 0),
  );
}

/** The first stats of a run are zeros and the virgin mean, and stand still for 25 s. */
export function isNewborn({ uptimeSeconds, cameras, detectors }: FrigateStats, limits: FrigateLimits): boolean {
  if (uptimeSeconds !== null) return uptimeSeconds < limits.newbornSeconds;
  const isVirgin = detectors !== null && detectors.length > 0 && detectors.every((d) => d.inferenceMs === VIRGIN_MS);
  return isVirgin && (cameras ?? []).every((camera) => camera.cameraFps === 0);
}
