/** What of a look is drawn as a line over weeks. Pure. */
import type { Figures } from './doors/store/rollup.ts';
import type { View } from './publish/view.ts';
import type { MemberReading } from './targets/target.ts';

/** Of members that do not vote nothing counts: who is switched off or ignored sends what it likes. */
export function figuresOf({ decision, looked }: Pick<View, 'decision' | 'looked'>): Figures {
  const { members, detectionRate } = looked.readings;
  const voters = new Set(looked.members.filter(({ votes }) => votes === true).map(({ id }) => id));
  const cameras = members.filter(({ kind, id }) => kind === 'camera' && voters.has(id));
  const frames = cameras.flatMap(({ framesPerSecond }) => framesPerSecond ?? []);
  return {
    verdict: decision.verdict,
    inferenceMs: Object.fromEntries(
      members.flatMap(({ kind, id, inferenceMs }) =>
        kind === 'detector' && inferenceMs !== null ? [[id, inferenceMs]] : [],
      ),
    ),
    detectionRate,
    leastFps: frames.length > 0 ? Math.min(...frames) : null,
    skippedRatio: skippedShare(cameras),
  };
}

/** Of all frames together, so that a slow camera counts for as much as it sends. */
function skippedShare(cameras: readonly MemberReading[]): number | null {
  let [arriving, skipped] = [0, 0];
  for (const { framesPerSecond, skippedRatio } of cameras) {
    if (framesPerSecond === null || skippedRatio === null) continue;
    arriving += framesPerSecond;
    skipped += framesPerSecond * skippedRatio;
  }
  return arriving > 0 ? skipped / arriving : null;
}
