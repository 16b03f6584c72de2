/** A clock that runs faster than life, with the waits that go by it. All else in the demo is as in production. */
import { wait } from '../src/doors/clock.ts';
import type { Clock } from '../src/doors/ports.ts';

export interface FastClock extends Clock {
  /** Resolves after so many seconds of this clock, or as soon as the signal aborts. */
  wait(seconds: number, signal: AbortSignal): Promise<void>;
  /** A signal that aborts after so many seconds of this clock, or with the other one. */
  deadline(seconds: number, signal: AbortSignal): AbortSignal;
}

export interface ClockSettings {
  /** Epoch seconds at which it starts. */
  begin: number;
  /** Its seconds in one second of life. */
  speed: number;
  /** Seconds from anywhere, never jumps. */
  steady?: () => number;
}

/** A turn ends within a minute of this clock; a slow machine needs at least this long in life to see anything. */
const LEAST_DEADLINE_SECONDS = 5;

export function startClock({ begin, speed, steady = () => performance.now() / 1000 }: ClockSettings): FastClock {
  const started = steady();
  return {
    now: () => begin + (steady() - started) * speed,
    jumpedAt: () => null,
    wait: (seconds, signal) => wait(Math.max(0, seconds) / speed, signal),
    deadline: (seconds, signal) =>
      AbortSignal.any([signal, AbortSignal.timeout(Math.max(seconds / speed, LEAST_DEADLINE_SECONDS) * 1000)]),
  };
}
