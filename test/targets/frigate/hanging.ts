/**
 * A Frigate 0.17 whose detector hangs, second by second: its watchdog waits, kills and replaces, its stats are made
 * every 15 s, its log says what it does. The figures are those of a live one under such faults.
 */
import type { LogAnswer, LogEvent } from '../../../src/targets/frigate/log/types.ts';
import { camera, type Said, START, stats } from './watching.ts';

export interface Hang {
  /** The first inference that is not answered begins then, in seconds from START. */
  begins: number;
  /** From then on inferences are answered again, by any process. */
  ends: number;
  /** The kill leaves the queue without a reader for ever. */
  isOrphaning?: boolean;
  /** What a new process needs before it works. */
  loadSeconds?: number;
  /** The lines that tell of it are not logged. */
  isQuiet?: boolean;
  /** There is a second detector that goes on working. */
  hasOther?: boolean;
  /** Seconds from START to the end. */
  until: number;
}

const STATS_SECONDS = 15;
/** Frames are counted over so long. */
const WINDOW_SECONDS = 10;
const NOTICE_SECONDS = 10;
const PATIENCE_SECONDS = 30;
/** After a kill the watchdog needs another round before it looks again. */
const ROUND_SECONDS = 20;

interface Kill {
  stuckAt: number;
  at: number;
}

/** Hang, notice, wait, kill, and once more while it hangs. `phase`: where in its round the watchdog is. */
function killsOf({ begins, ends, isOrphaning, until }: Hang, phase: number): readonly Kill[] {
  const kills: Kill[] = [];
  let stuckAt = begins + NOTICE_SECONDS + phase;
  while (stuckAt < until && (stuckAt < ends || kills.length === 0)) {
    if (stuckAt >= ends) break;
    const at = stuckAt + PATIENCE_SECONDS;
    kills.push({ stuckAt, at });
    if (isOrphaning) break;
    stuckAt = at + ROUND_SECONDS;
  }
  return kills;
}

function isWorking(hang: Hang, kills: readonly Kill[], time: number): boolean {
  const last = kills.findLast(({ at }) => at <= time);
  if (hang.isOrphaning && last) return false;
  if (last && time < last.at + (hang.loadSeconds ?? 3)) return false;
  return time < hang.begins || time >= hang.ends;
}

/** What looks see, `every` so many seconds from START on. `phase` shifts watchdog and stats against them. */
export function hanging(hang: Hang, every: number, phase: number): readonly Said[] {
  const kills = killsOf(hang, phase % 10);
  const count = Math.floor(hang.until / every) + 1;
  return Array.from({ length: count }, (_, k): Said => {
    const now = k * every;
    const made = Math.floor((now - (phase % STATS_SECONDS)) / STATS_SECONDS) * STATS_SECONDS + (phase % STATS_SECONDS);
    return { stats: statsAt(hang, kills, made), log: logAt(hang, kills, { from: now - every, to: now }) };
  });
}

function statsAt(hang: Hang, kills: readonly Kill[], made: number): unknown {
  const seconds = Array.from({ length: WINDOW_SECONDS }, (_, k) => made - k - 0.5);
  const share = seconds.filter((time) => isWorking(hang, kills, time)).length / WINDOW_SECONDS;
  const finished = Array.from({ length: made + 30 }, (_, k) => k - 30).filter((time) => isWorking(hang, kills, time));
  const processed = hang.hasOther ? 5 : Math.max(0.2, 5 * share);
  const mean = (count: number) => 20 + (count % 7) / 10;
  const detectors = {
    coral: {
      inference_speed: mean(finished.length),
      detection_start: 0,
      pid: 300 + kills.filter(({ at }) => at <= made).length,
    },
    ...(hang.hasOther ? { other: { inference_speed: mean(made + 3), detection_start: 0, pid: 200 } } : {}),
  };
  const row = camera(5, processed, 5 - processed, hang.hasOther ? 4 : 4 * share);
  return { ...stats({ front: row, yard: row }, { after: made + 5 }), detectors };
}

function logAt(hang: Hang, kills: readonly Kill[], { from, to }: { from: number; to: number }): LogAnswer {
  const lines = kills.flatMap(({ stuckAt, at }): readonly (readonly [number, string])[] => [
    [stuckAt, 'stuck'],
    [stuckAt + 0.001, 'waiting_exit'],
    [at, 'force_kill'],
    [at + 0.01, 'exited'],
  ]);
  const events = lines
    .filter(([time]) => !hang.isQuiet && time > from && time <= to)
    .map(
      ([time, pattern]): LogEvent => ({
        at: START + time,
        pattern,
        member: null,
        count: 1,
        text: `the line ${pattern}`,
      }),
    );
  const value = {
    events,
    position: null,
    lines: events.length,
    bytes: 0,
    firstAt: events[0]?.at ?? null,
    lastAt: START + to,
    isCut: false,
    skipped: null,
  };
  return { at: START + to, run: 'run-1', current: { ok: true, value, status: 200, serverTime: null }, previous: null };
}
