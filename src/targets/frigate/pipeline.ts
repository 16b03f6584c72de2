/** What the frames do between the cameras and the detectors, over all cameras at once. */
import type { CameraFacts, DetectorFacts, Flow, Load } from './facts.ts';
import { own, type QueueMemory } from './memory.ts';
import type { FrigateLimits } from './settings.ts';
import type { CameraStats, DetectorStats, FrigateStats } from './stats.ts';

/** Exactly this before the first inference (compiled into Frigate). */
export const VIRGIN_MS = 10;

/** Processed and skipped together never exceed what arrives by much, unless they are frozen. */
const STALE_RATIO = 1.5;

/** Cameras whose frames should go through a detector now, and whose figures are of now. */
export function working(cameras: readonly CameraFacts[], limits: FrigateLimits): readonly CameraStats[] {
  return cameras.flatMap(({ stats, isEnabled }) => {
    if (!stats || isEnabled === false || stats.detectionEnabled === false) return [];
    return stats.cameraFps !== null && stats.cameraFps >= limits.framesPerSecond && !isStale(stats) ? [stats] : [];
  });
}

/** A camera process that hangs leaves both figures at their full value. */
function isStale({ cameraFps, processFps, skippedFps }: CameraStats): boolean {
  return (processFps ?? 0) + (skippedFps ?? 0) > STALE_RATIO * (cameraFps ?? 0);
}

export function flowOf(
  cameras: readonly CameraFacts[],
  context: { limits: FrigateLimits; layout: FrigateStats['layout']; countsSkipped: boolean },
): Flow {
  const flows = working(cameras, context.limits).map((camera) => cameraFlow(camera, context));
  if (flows.includes('flowing')) return 'flowing';
  if (flows.length > 0) return flows.find((flow) => flow !== 'dead') ?? 'dead';
  const isSilent = cameras.every(
    ({ stats, isEnabled }) =>
      isEnabled === false ||
      stats?.detectionEnabled === false ||
      (typeof stats?.cameraFps === 'number' && stats.cameraFps < context.limits.framesPerSecond),
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
  if (processFps >= limits.queueProcessedRatio * arriving) return 'flowing';
  if (skippedFps === null || detectionFps === null) return 'unclear';
  if (skippedFps > limits.queueSkippedRatio * arriving) return 'dead';
  return layout === 'top_level' && !countsSkipped ? 'uncounted' : 'unclear';
}

/** Follows the sign of a dead queue: what moves while it lasts tells that the queue is alive. */
export function followQueue(
  before: QueueMemory | null,
  flow: Flow,
  detectors: readonly DetectorStats[],
): { memory: QueueMemory | null; isMoving: boolean; isFed: boolean } {
  if (flow !== 'dead') return { memory: null, isMoving: false, isFed: false };
  const isMoving = detectors.some((d) => hasMoved(before ? own(before.inferenceMs, d.id) : null, d.inferenceMs));
  const isFed = detectors.some((d) => {
    const last = before && own(before.begun, d.id);
    return isBusy(d) && last !== null && last !== undefined && last.pid === d.pid && last.at !== d.inflightSince;
  });
  const begun = detectors.filter(isBusy).map((d) => [d.id, { pid: d.pid, at: d.inflightSince ?? 0 }] as const);
  const memory = {
    inferenceMs: Object.fromEntries(detectors.map((d) => [d.id, d.inferenceMs])),
    begun: { ...before?.begun, ...Object.fromEntries(begun) },
  };
  return { memory, isMoving, isFed };
}

function isBusy(detector: DetectorStats): boolean {
  return detector.inflightSince !== null && detector.inflightSince > 0;
}

/** The mean moves with every finished inference; Frigate gives it two decimals. */
export function hasMoved(before: number | null | undefined, now: number | null): boolean {
  if (before === null || before === undefined || now === null) return false;
  return Math.abs(before - now) >= 0.005;
}

/** Detections a second of the cameras that work; the sum that Frigate gives where it names no camera. */
export function detectionRate(
  stats: FrigateStats | null,
  cameras: readonly CameraFacts[],
  limits: FrigateLimits,
): number | null {
  if (!stats) return null;
  const named = cameras.filter((camera) => camera.stats !== null);
  if (named.length === 0) return stats.detectionFps;
  const rates = working(named, limits).map((camera) => camera.detectionFps);
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
  const counted = working(cameras, limits).filter((camera) => camera.skippedFps !== null);
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
  if (detectors.some((detector) => (detector.stats?.inferenceMs ?? 0) > detector.limitMs)) return false;
  const busyRatio = limits.overloadBusyRatio * (wasFull ? EASED_RATIO : 1);
  return skippedRatio > limits.overloadSkippedRatio && detectionsPerSecond >= busyRatio * capacityPerSecond;
}

/** The first stats of a run are zeros and the virgin mean, and stand still for 25 s. */
export function isNewborn({ uptimeSeconds, cameras, detectors }: FrigateStats, limits: FrigateLimits): boolean {
  if (uptimeSeconds !== null) return uptimeSeconds < limits.newbornSeconds;
  const isVirgin = detectors !== null && detectors.length > 0 && detectors.every((d) => d.inferenceMs === VIRGIN_MS);
  return isVirgin && (cameras ?? []).every((camera) => camera.cameraFps === 0);
}
