import { describe, expect, it } from 'vitest';
import { openClock, steadySeconds, wait } from '../../src/doors/clock.ts';

/** Both sources in seconds; what a test moves. */
function sources(wallSeconds: number) {
  const time = { wall: wallSeconds, steady: 500 };
  const pass = (seconds: number) => {
    time.wall += seconds;
    time.steady += seconds;
  };
  return { time, pass, wall: () => time.wall * 1000, steady: () => time.steady * 1000 };
}

describe('steady seconds', () => {
  it('pass as the wait does', async () => {
    const before = steadySeconds();
    await wait(0.05, new AbortController().signal);
    const passed = steadySeconds() - before;
    expect(passed).toBeGreaterThan(0.04);
    expect(passed).toBeLessThan(5);
  });
});

describe('the clock', () => {
  it('is anchored to wall time and then follows the steady one', () => {
    const world = sources(1_000_000);
    const clock = openClock({ lastTime: null, ...world });
    expect(clock.now()).toBe(1_000_000);
    world.pass(30);
    expect(clock.now()).toBe(1_000_030);
    expect(clock.jumpedAt()).toBeNull();
  });

  it('goes on from what was saved when wall time is behind it', () => {
    const world = sources(1_000_000);
    const clock = openClock({ lastTime: 1_000_050, ...world });
    expect(clock.now()).toBe(1_000_050);
    expect(clock.jumpedAt()).toBeNull();
    world.pass(10);
    expect(clock.now()).toBe(1_000_060);
  });

  it('knows that wall time was set back while it did not run', () => {
    const world = sources(1_000_000);
    expect(openClock({ lastTime: 1_000_061, ...world }).jumpedAt()).toBe(1_000_061);
    expect(openClock({ lastTime: 1_000_060, ...world }).jumpedAt()).toBeNull();
  });

  const jumps: [by: number, now: number, jumped: boolean, why: string][] = [
    [60, 1_000_000, false, 'a minute is drift'],
    [61, 1_000_061, true, 'forward: it follows'],
    [-60, 1_000_000, false, 'a minute back is drift'],
    [-61, 1_000_000, true, 'back: it stays, never backwards'],
    [86_400, 1_086_400, true, 'a day forward, as from a board without a battery'],
    [-7200, 1_000_000, true, 'two hours back'],
  ];
  it.each(jumps)('meets a jump of %i s with %i (jumped: %s): %s', (by, now, jumped) => {
    const world = sources(1_000_000);
    const clock = openClock({ lastTime: null, ...world });
    world.time.wall += by;
    expect(clock.now()).toBe(now);
    expect(clock.jumpedAt()).toBe(jumped ? now : null);
  });

  it('takes no slow drift for a jump, however far it goes', () => {
    const world = sources(1_000_000);
    const clock = openClock({ lastTime: null, ...world });
    for (let day = 0; day < 100; day += 1) {
      world.pass(86_400);
      world.time.wall -= 2;
      clock.now();
    }
    expect(clock.jumpedAt()).toBeNull();
  });

  it('tells one jump once, and the next one anew', () => {
    const world = sources(1_000_000);
    const clock = openClock({ lastTime: null, ...world });
    world.time.wall -= 7200;
    clock.now();
    world.pass(100);
    expect(clock.jumpedAt()).toBe(1_000_000);
    expect(clock.now()).toBe(1_000_100);
    world.time.wall += 7200;
    expect(clock.now()).toBe(1_000_100);
    expect(clock.jumpedAt()).toBe(1_000_100);
    world.pass(50);
    expect(clock.now()).toBe(1_000_150);
    expect(clock.jumpedAt()).toBe(1_000_100);
  });
});

describe('a wait', () => {
  it('ends after its time', async () => {
    const begun = performance.now();
    await wait(0.02, new AbortController().signal);
    expect(performance.now() - begun).toBeGreaterThan(15);
  });

  it('ends at once with its signal, before and while it waits', async () => {
    await wait(3600, AbortSignal.abort());
    const stop = new AbortController();
    const waiting = wait(3600, stop.signal);
    stop.abort();
    await waiting;
  });
});
