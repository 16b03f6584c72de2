/**
 * What each detector does from look to look: which process it has, and when it last finished an inference. Frigate's
 * watchdog replaces the process of one that hangs, and says so only in its log; the pid in the stats tells it anyway.
 */

import { own } from '../own.ts';
import type { DetectorStats } from '../read/stats.ts';
import { hasMoved, leastFpsOf, targetFpsOf, working } from './figures.ts';
import type { Following } from './following.ts';

/** One detector in the present run. Times are those of the evidence. */
export interface DetectorLife {
  pid: number | null;
  /** First evidence of this pid; null: nobody says a pid. */
  pidSince: number | null;
  /** When another process was seen than before, oldest first. */
  changes: readonly number[];
  inferenceMs: number | null;
  /** Last evidence in which its mean had moved. */
  movedAt: number | null;
  /** An inference was surely finished after this time: that of the evidence before. */
  movedAfter: number | null;
}

export interface LifeMemory {
  at: number | null;
  detectors: Readonly<Record<string, DetectorLife>>;
  /** Something was surely detected in this run after this time. */
  workedAfter: number | null;
  /** When any detector had another process than before, over the runs of a day. */
  replaced: readonly number[];
  /** Time of the last line of the log: up to then it is known to have been written. */
  logEndsAt: number | null;
}

export type LifeFacts = Omit<LifeMemory, 'at'>;

export const NEW_LIFE: LifeMemory = { at: null, detectors: {}, workedAfter: null, replaced: [], logEndsAt: null };

const DAY_SECONDS = 86_400;
/** A detector that hangs all day is replaced every 50 s; this many tell the story. */
const MOST_CHANGES = 100;

/** Detections count over 10 s, and their figure is written only when a frame is done, which may take as long again. */
const STALE_SECONDS = 20;

export function followLife(before: LifeMemory, following: Following): { memory: LifeMemory; facts: LifeFacts } {
  const { stats, isNewRun } = following;
  const kept = isNewRun ? { ...NEW_LIFE, replaced: before.replaced } : before;
  const known = { ...kept, logEndsAt: lastLineAt(following) ?? before.logEndsAt };
  const memory = stats?.detectors?.length ? followDetectors(known, stats.detectors, following) : known;
  const { at: _, ...facts } = memory;
  return { memory, facts };
}

function lastLineAt({ answers: { log } }: Following): number | null {
  return log?.current.ok ? log.current.value.lastAt : null;
}

/** A camera that is switched off, or whose process hangs, keeps its last figure for ever. */
function isDetecting({ stats, configured, settings }: Following): boolean {
  const cameras = (stats?.cameras ?? []).map((camera) => {
    const said = configured && own(configured.cameras, camera.id);
    const leastFps = leastFpsOf(targetFpsOf(camera, said), settings.limits);
    return { stats: camera, isEnabled: said?.enabled !== false && said?.enabledInFile !== false, leastFps };
  });
  return working(cameras).some(({ detectionFps }) => detectionFps !== null && detectionFps > 0);
}

function followDetectors(before: LifeMemory, detectors: readonly DetectorStats[], following: Following): LifeMemory {
  const { at } = following;
  const times = { at, before: before.at };
  const lives = detectors.map((one) => [one.id, lifeOf(own(before.detectors, one.id), one, times)] as const);
  const isChanged = before.at !== at && lives.some(([, { changes }]) => changes.at(-1) === at);
  const worked = [
    before.workedAfter,
    ...lives.map(([, { movedAfter }]) => movedAfter),
    isDetecting(following) ? at - STALE_SECONDS : null,
  ].filter((time) => time !== null);
  return {
    at,
    detectors: Object.fromEntries(lives),
    workedAfter: worked.length > 0 ? Math.max(...worked) : null,
    replaced: [...before.replaced, ...(isChanged ? [at] : [])]
      .filter((time) => at - time < DAY_SECONDS)
      .slice(-MOST_CHANGES),
    logEndsAt: before.logEndsAt,
  };
}

function lifeOf(
  known: DetectorLife | undefined,
  { pid, inferenceMs }: DetectorStats,
  times: { at: number; before: number | null },
): DetectorLife {
  const { at } = times;
  const isOther = pid !== null && known !== undefined && known.pid !== null && known.pid !== pid;
  const isFirst = pid !== null && (known === undefined || known.pid === null);
  const isMoving = hasMoved(known?.inferenceMs, inferenceMs);
  return {
    pid: pid ?? known?.pid ?? null,
    pidSince: isOther || isFirst ? at : (known?.pidSince ?? null),
    changes: isOther ? [...(known?.changes ?? []), at].slice(-MOST_CHANGES) : (known?.changes ?? []),
    inferenceMs: inferenceMs ?? known?.inferenceMs ?? null,
    movedAt: isMoving ? at : (known?.movedAt ?? null),
    movedAfter: isMoving ? times.before : (known?.movedAfter ?? null),
  };
}
