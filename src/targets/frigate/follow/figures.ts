/** Which figures of cameras and detectors are of now, and not left behind by something that stopped. */

import type { CameraStats } from '../read/stats.ts';
import type { FrigateLimits } from '../settings.ts';

/** Exactly this before the first inference (compiled into Frigate). */
export const VIRGIN_MS = 10;

/** Processed and skipped together never exceed what arrives by much, unless they are frozen. */
const STALE_RATIO = 1.5;

/** What it is set to: by its stats, or by the configuration; null: neither says. Of neither is 0 a rate. */
export function targetFpsOf(
  stats: Pick<CameraStats, 'expectedFps'> | null,
  configured: { detectFps: number | null } | null | undefined,
): number | null {
  return stats?.expectedFps || configured?.detectFps || null;
}

/** A stalling camera passes through 0.1 and 0.7; one that is set to 1 fps may say 0.9 and be well. */
export function leastFpsOf(targetFps: number | null, limits: FrigateLimits): number {
  return targetFps === null ? limits.framesPerSecond : Math.min(limits.framesPerSecond, targetFps / 2);
}

/** Cameras whose frames should go through a detector now, and whose figures are of now. */
export function working(
  cameras: readonly { stats: CameraStats | null; isEnabled: boolean | null; leastFps: number }[],
): readonly CameraStats[] {
  return cameras.flatMap(({ stats, isEnabled, leastFps }) => {
    if (!stats || isEnabled === false || stats.detectionEnabled === false) return [];
    return stats.cameraFps !== null && stats.cameraFps >= leastFps && !isStale(stats) ? [stats] : [];
  });
}

/** A camera process that hangs leaves both figures at their full value. */
function isStale({ cameraFps, processFps, skippedFps }: CameraStats): boolean {
  return (processFps ?? 0) + (skippedFps ?? 0) > STALE_RATIO * (cameraFps ?? 0);
}

/** The mean moves with every finished inference; Frigate gives it two decimals. */
export function hasMoved(before: number | null | undefined, now: number | null): boolean {
  if (before === null || before === undefined || now === null) return false;
  return Math.abs(before - now) >= 0.005;
}
