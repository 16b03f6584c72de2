import { expect, it } from 'vitest';
import { FRIGATE_LIMITS } from '../../../src/targets/frigate/settings.ts';

it('Limits are as the design has them, and every ratio is a ratio.', () => {
  expect(FRIGATE_LIMITS).toMatchObject({
    inferenceMs: 100,
    inferenceCpuMs: 300,
    staleSeconds: 60,
    startupGraceSeconds: 600,
  });
  for (const [name, value] of Object.entries(FRIGATE_LIMITS)) {
    expect(value).toBeGreaterThan(0);
    if (name.endsWith('Ratio')) expect(value).toBeLessThan(1);
  }
});
