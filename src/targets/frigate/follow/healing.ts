/** What Frigate heals by itself just now: a restart would only disturb it. */
import type { Healing } from '../../../rules/types.ts';
import type { SeenFacts } from '../facts.ts';
import { inThisRun, membersOf, timesOf } from '../log/query.ts';
import { own } from '../own.ts';

/** After the first "stuck" line Frigate waits 30 s, kills, and the replacement loads its model. */
const REPLACING_SECONDS = 90;
/** So long bad, a queue is confirmed dead. */
export const QUEUE_SECONDS = 60;
/** Lines of a camera that Frigate starts anew. */
const CAMERA_LINES = ['ffmpeg_crash', 'no_frames'];

export type HealingSigns = Pick<SeenFacts, 'now' | 'at' | 'limits' | 'log' | 'badSince'>;

export function healingOf(facts: HealingSigns): readonly Healing[] {
  const cameras = new Set(CAMERA_LINES.flatMap((pattern) => membersOf(facts.log, pattern, inThisRun(facts.log, 0))));
  return [healingDetector(facts), ...[...cameras].toSorted().map((camera) => healingCamera(facts, camera))].flatMap(
    (healing) => (healing !== null && facts.now < healing.until ? [healing] : []),
  );
}

/** From the first line of an episode on. A second one, or a queue that stays dead, shows that it does not heal. */
function healingDetector({ log, now, at, limits, badSince }: HealingSigns): Healing | null {
  const hangs = timesOf(log, 'stuck').filter(([time]) => time >= inThisRun(log, now - limits.stuckSeconds));
  const [first] = hangs;
  if (!first || hangs.reduce((sum, [, count]) => sum + count, 0) > 1) return null;
  const queue = own(badSince, 'detector_queue');
  const isDead = queue !== undefined && at - queue.since >= QUEUE_SECONDS;
  return {
    layer: 'detector',
    member: null,
    until: first[0] + (isDead ? REPLACING_SECONDS : limits.healingDetectorSeconds),
    sentence: 'Frigate replaces a detector that hung: that mostly heals within a minute.',
  };
}

function healingCamera({ log, limits }: HealingSigns, camera: string): Healing | null {
  const times = CAMERA_LINES.flatMap((pattern) => timesOf(log, pattern, camera))
    .map(([time]) => time)
    .filter((time) => time >= inThisRun(log, 0))
    .toSorted((a, b) => a - b);
  const last = times.at(-1);
  if (last === undefined) return null;
  const first = times.reduceRight((from, time) => (from - time <= limits.healingCameraSeconds ? time : from), last);
  return {
    layer: 'camera',
    member: camera,
    until: first + limits.healingCameraSeconds,
    sentence: `Frigate starts the stream of ${camera} anew by itself.`,
  };
}
