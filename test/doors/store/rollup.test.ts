import { describe, expect, it } from 'vitest';
import { bucketStart, EMPTY_BUCKET, type Figures, rollupOf, withFigures } from '../../../src/doors/store/rollup.ts';

const figures = (changes: Partial<Figures> = {}): Figures => ({
  verdict: 'healthy',
  inferenceMs: { coral: 20 },
  detectionRate: 4,
  leastFps: 5,
  skippedRatio: 0.1,
  ...changes,
});

function rolled(...looks: readonly Figures[]) {
  // A bucket is written down and read again between two looks.
  const bucket = looks.reduce((before, one) => JSON.parse(JSON.stringify(withFigures(before, one))), EMPTY_BUCKET);
  return rollupOf(600, bucket);
}

describe('five minutes in one row', () => {
  it('have means, extremes and the verdicts that there were', () => {
    const later = figures({ verdict: 'unhealthy', inferenceMs: { coral: 50, usb: 8 }, detectionRate: 1, leastFps: 2 });
    expect(rolled(figures(), figures({ inferenceMs: { coral: 80 }, skippedRatio: 0.4 }), later)).toEqual({
      at: 600,
      looks: 3,
      verdicts: { healthy: 2, unhealthy: 1 },
      inferenceMs: { coral: { mean: 50, max: 80 }, usb: { mean: 8, max: 8 } },
      detectionRate: { mean: 3, max: 4 },
      leastFps: 2,
      skippedRatio: { mean: expect.closeTo(0.2), max: 0.4 },
    });
  });

  it('count what was not said neither as nothing nor as zero', () => {
    const silent = figures({ inferenceMs: {}, detectionRate: null, leastFps: null, skippedRatio: null });
    expect(rolled(silent)).toMatchObject({ inferenceMs: {}, detectionRate: null, leastFps: null, skippedRatio: null });
    expect(rolled(figures(), silent, figures({ leastFps: 7 }))).toMatchObject({
      looks: 3,
      inferenceMs: { coral: { mean: 20, max: 20 } },
      detectionRate: { mean: 4, max: 4 },
      leastFps: 5,
    });
    expect(rolled(figures({ detectionRate: Number.NaN })).detectionRate).toBeNull();
  });

  it('know a detector by whatever name', () => {
    const odd = figures({ inferenceMs: { constructor: 7, toString: 9 }, verdict: 'valueOf' });
    expect(rolled(odd, odd)).toMatchObject({
      inferenceMs: { constructor: { mean: 7, max: 7 }, toString: { mean: 9, max: 9 } },
      verdicts: { valueOf: 2 },
    });
  });

  it.each([
    [600, 600],
    [899.9, 600],
    [900, 900],
  ])('that hold %d begin at %d', (at, start) => {
    expect(bucketStart(at)).toBe(start);
  });
});
