/**
 * Which of Frigate's own processes live, and which of them stand still. Frigate numbers them in its stats and lists
 * in the same stats what runs in its container (0.13 and newer).
 */

import { own } from '../own.ts';
import type { CameraStats, FrigateStats } from '../read/stats.ts';
import type { Following } from './following.ts';

/** Frames that arrive, are processed and are skipped, of one camera in one second. */
type Figures = readonly (number | null)[];

/** What was said of each camera in stats of one time. */
interface Progress {
  at: number;
  figures: Readonly<Record<string, Figures>>;
}

export interface ProcessesMemory {
  latest: Progress | null;
  previous: Progress | null;
}

export const NEW_PROCESSES: ProcessesMemory = { latest: null, previous: null };

/** `unknown`: the stats name it, but do not list what runs. `none`: the stats name no such process. */
export type Life = 'alive' | 'dead' | 'unknown' | 'none';

export interface CameraProcesses {
  /** Reads frames from ffmpeg. */
  capture: Life;
  /** Looks at them. */
  process: Life;
  ffmpeg: Life;
  capturePid: number | null;
  processPid: number | null;
  /** Its figure of processed frames stands at what it was; null: there is nothing to compare. */
  isFrozen: boolean | null;
  /** All its figures stand, and no ffmpeg runs for it: so does one that is switched off while Frigate runs. */
  isIdle: boolean;
}

export interface ProcessesFacts {
  /** Why nothing is known of it, a sentence; null: it is. */
  why: string | null;
  /** `none`: this layout of stats never says it. */
  isAsked: boolean;
  cameras: Readonly<Record<string, CameraProcesses>>;
  recording: Life;
  recordingPid: number | null;
}

export function followProcesses(
  before: ProcessesMemory,
  { stats, at, isNewRun }: Following,
): { memory: ProcessesMemory; facts: ProcessesFacts } {
  const known = isNewRun ? NEW_PROCESSES : before;
  const isAsked = stats === null || stats.layout === 'nested';
  if (!stats || !isAsked) {
    const why = stats ? 'This version of Frigate does not list its processes.' : 'There are no stats.';
    return { memory: known, facts: { why, isAsked, cameras: {}, recording: 'none', recordingPid: null } };
  }
  const memory = progressed(known, stats, at);
  const lives = livesOf(stats);
  const recordingPid = (stats.processes && own(stats.processes, 'recording')) ?? null;
  return {
    memory,
    facts: {
      why: null,
      isAsked,
      cameras: Object.fromEntries(
        (stats.cameras ?? []).map((camera) => [camera.id, readCamera(camera, lives, memory.previous)]),
      ),
      recording: lives(recordingPid),
      recordingPid,
    },
  };
}

function progressed(before: ProcessesMemory, stats: FrigateStats, at: number): ProcessesMemory {
  if (before.latest?.at === at) return before;
  const figures = Object.fromEntries((stats.cameras ?? []).map((camera) => [camera.id, figuresOf(camera)]));
  return { latest: { at, figures }, previous: before.latest };
}

function figuresOf({ cameraFps, processFps, skippedFps }: CameraStats): Figures {
  return [cameraFps, processFps, skippedFps];
}

function readCamera(
  camera: CameraStats,
  lives: (pid: number | null) => Life,
  previous: Progress | null,
): CameraProcesses {
  const past = (previous && own(previous.figures, camera.id)) ?? null;
  const [, processed = null] = past ?? [];
  const ffmpeg = lives(camera.ffmpegPid);
  return {
    capture: lives(camera.capturePid),
    process: lives(camera.pid),
    ffmpeg,
    capturePid: camera.capturePid,
    processPid: camera.pid,
    isFrozen: processed === null || camera.processFps === null ? null : processed === camera.processFps,
    isIdle: ffmpeg === 'dead' && past !== null && figuresOf(camera).every((figure, index) => figure === past[index]),
  };
}

/** With fewer others to compare with, a list that was cut looks like a process that died. */
const WITNESSES = 3;

/**
 * A process is dead if it is not in the list of what runs, and most of Frigate's other processes are. A list without
 * most of them was cut short by whoever handed it on, or is of another moment: it says nothing.
 */
function livesOf(stats: FrigateStats): (pid: number | null) => Life {
  const alive = new Set(stats.alivePids ?? []);
  const known = new Set(
    [
      ...(stats.cameras ?? []).flatMap(({ pid, capturePid }) => [pid, capturePid]),
      ...(stats.detectors ?? []).map(({ pid }) => pid),
      ...Object.values(stats.processes ?? {}),
    ].filter((pid) => pid !== null),
  );
  const listed = [...known].filter((pid) => alive.has(String(pid))).length;
  return (pid) => {
    if (pid === null) return 'none';
    if (alive.has(String(pid))) return 'alive';
    return listed >= WITNESSES && listed * 2 > known.size - 1 ? 'dead' : 'unknown';
  };
}
