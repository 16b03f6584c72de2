import { describe, expect, it } from 'vitest';
import { openAudience } from '../../src/publish/audience.ts';

/** Steps in words; what it did about them, in order. */
function after(...steps: readonly string[]) {
  const told: string[] = [];
  const timers: { seconds: number; run(): void; isCancelled: boolean }[] = [];
  const audience = openAudience({
    dice: () => 0.5,
    later(seconds, run) {
      const timer = { seconds, run, isCancelled: false };
      timers.push(timer);
      return () => {
        timer.isCancelled = true;
      };
    },
    onPresence: (isThere) => told.push(isThere ? 'there' : 'away'),
    onReturn: () => told.push('returned'),
    onBirth: () => told.push('born'),
  });
  const run = (seconds: number) => {
    for (const timer of timers.splice(0)) {
      if (timer.seconds === seconds && !timer.isCancelled) timer.run();
      else if (!timer.isCancelled) timers.push(timer);
    }
  };
  for (const step of steps) {
    if (step === 'connected') audience.connected();
    else if (step === 'closed') audience.close();
    else if (step.endsWith(' s')) run(Number.parseFloat(step));
    else audience.hear(step);
  }
  return { told, isOnline: audience.isOnline(), waits: timers.filter((one) => !one.isCancelled).map((o) => o.seconds) };
}

describe('Home Assistant', () => {
  it.each<[string, string[], string[], boolean, number[]]>([
    ['is taken to be there at the first connection', ['connected'], ['there'], true, []],
    ['is away when its will says so', ['connected', 'offline'], ['there', 'away'], false, []],
    [
      'is there with its birth, before all is told again',
      ['connected', 'offline', 'online', '5.5 s'],
      ['there', 'away', 'returned', 'there', 'born'],
      true,
      [],
    ],
    ['that was not away has not returned', ['connected', 'online'], ['there', 'there'], true, [5.5]],
    [
      'that is born twice is told all once',
      ['connected', 'online', 'online'],
      ['there', 'there', 'there'],
      true,
      [5.5],
    ],
    [
      'is not thought to listen at once where the broker was away',
      ['connected', 'connected'],
      ['there', 'away'],
      true,
      [30],
    ],
    [
      'that says nothing is thought to listen again after a while',
      ['connected', 'connected', '30 s'],
      ['there', 'away', 'there'],
      true,
      [],
    ],
    [
      'that is born sooner is not waited for',
      ['connected', 'connected', 'online'],
      ['there', 'away', 'there'],
      true,
      [5.5],
    ],
    [
      'that goes meanwhile is not taken to be there',
      ['connected', 'connected', 'offline', '30 s'],
      ['there', 'away', 'away'],
      false,
      [],
    ],
    [
      'is waited for once, however often the broker goes',
      ['connected', 'connected', 'connected'],
      ['there', 'away', 'away'],
      true,
      [30],
    ],
    ['says nothing that is not understood', ['connected', 'unknown', ''], ['there'], true, []],
    ['is not waited for once we are closed', ['connected', 'connected', 'closed'], ['there', 'away'], true, []],
    [
      'is nobody to us once we are closed',
      ['connected', 'connected', 'online', 'closed'],
      ['there', 'away', 'there'],
      true,
      [],
    ],
  ])('%s', (_name, steps, told, isOnline, waits) => {
    expect(after(...steps)).toEqual({ told, isOnline, waits });
  });
});
