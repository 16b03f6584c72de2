/** The clock: wall time once, at the start, and steady from there on. The only place that reads it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './ports.ts';

/** Wall time may drift against a steady clock and be slewed by NTP; more than this is a jump. */
const JUMP_SECONDS = 60;

export interface ClockSources {
  /** Latest time that was ever saved: the clock does not run backwards over a restart. */
  lastTime: number | null;
  /** Epoch milliseconds, may jump. */
  wall?: () => number;
  /** Milliseconds from anywhere, never jumps. */
  steady?: () => number;
}

export function openClock({ lastTime, wall = Date.now, steady = () => performance.now() }: ClockSources): Clock {
  const seconds = (milliseconds: number) => milliseconds / 1000;
  const saved = lastTime ?? Number.NEGATIVE_INFINITY;
  let anchor = Math.max(seconds(wall()), saved) - seconds(steady());
  // Started behind what was saved: wall time has been set back while nobody looked.
  let jumpedAt: number | null = saved - seconds(wall()) > JUMP_SECONDS ? saved : null;
  let offset = seconds(wall()) - (anchor + seconds(steady()));

  const now = (): number => {
    const ours = anchor + seconds(steady());
    const apart = seconds(wall()) - ours;
    if (Math.abs(apart - offset) <= JUMP_SECONDS) {
      // Two good clocks drift apart by a minute in a month: that is no jump.
      offset = apart;
      return ours;
    }
    if (apart > 0) anchor += apart;
    offset = Math.min(apart, 0);
    jumpedAt = anchor + seconds(steady());
    return jumpedAt;
  };
  return {
    now,
    jumpedAt: () => {
      now();
      return jumpedAt;
    },
  };
}

/** Seconds from anywhere that pass evenly, whatever the wall clock is set to: for what has to be waited for. */
export function steadySeconds(): number {
  return performance.now() / 1000;
}

/** Resolves after so many seconds, or as soon as the signal aborts. */
export async function wait(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Aborts after so many seconds, or with the other one. */
export function deadline(seconds: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
}
