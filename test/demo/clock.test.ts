import { describe, expect, it } from 'vitest';
import { startClock } from '../../demo/clock.ts';
import { eventually } from '../eventually.ts';

const ALWAYS = new AbortController().signal;

describe("the demo's clock", () => {
  it('begins when it is told to, runs faster than life and never jumps', () => {
    let life = 500;
    const clock = startClock({ begin: 1000, speed: 45, steady: () => life });
    expect(clock.now()).toBe(1000);
    life += 2;
    expect(clock.now()).toBe(1090);
    expect(clock.jumpedAt()).toBeNull();
  });

  it('waits by its own time, and not at all for what is over', async () => {
    const clock = startClock({ begin: 0, speed: 1000 });
    await clock.wait(30, ALWAYS);
    expect(clock.now()).toBeGreaterThan(25);
    expect(clock.now()).toBeLessThan(2000);
    await clock.wait(-5, ALWAYS);
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const wait = startClock({ begin: 0, speed: 1 }).wait(3600, stop.signal);
    stop.abort();
    await wait;
  });

  it('gives a deadline that the other signal ends too', async () => {
    const stop = new AbortController();
    const deadline = startClock({ begin: 0, speed: 1000 }).deadline(60, stop.signal);
    expect(deadline.aborted).toBe(false);
    stop.abort();
    await eventually(() => deadline.aborted);
  });
});
