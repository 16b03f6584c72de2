/** A time that runs faster than the wall's and is the same in every process that knows its figures. */
import { openClock, wait as waitOnClock } from '../../src/doors/clock.ts';
import type { Clock } from '../../src/doors/ports.ts';

/** Plain JSON: at `wallMs` of the wall it is `epoch`, and each second of the wall is `speed` seconds. */
export interface FastTime {
  wallMs: number;
  epoch: number;
  speed: number;
}

const EPOCH = Date.parse('2026-01-06T04:00:00Z') / 1000;

export function beginTime(speed: number): FastTime {
  return { wallMs: Date.now(), epoch: EPOCH, speed };
}

/** Epoch seconds. */
export function nowIn({ wallMs, epoch, speed }: FastTime): number {
  return epoch + ((Date.now() - wallMs) / 1000) * speed;
}

/** The product's own clock, over this time. */
export function clockIn(time: FastTime, lastTime: number | null): Clock {
  const milliseconds = () => nowIn(time) * 1000;
  return openClock({ lastTime, wall: milliseconds, steady: milliseconds });
}

export function waitIn({ speed }: FastTime): typeof waitOnClock {
  return (seconds, signal) => waitOnClock(seconds / speed, signal);
}
