import { describe, expect, it } from 'vitest';
import { print, simulate } from './simulate.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

describe('a day of faults', () => {
  it.each(SEEDS)('breaks no promise with seed %i', async (seed) => {
    const report = await simulate(seed, { days: 1 });
    expect(report.violations, print(report)).toEqual([]);
    expect(report.turns).toBeGreaterThan(2000);
  });

  it('is the same day for the same seed', async () => {
    const [one, other] = [await simulate(7, { days: 0.5 }), await simulate(7, { days: 0.5 })];
    expect(one).toEqual(other);
  });
});
