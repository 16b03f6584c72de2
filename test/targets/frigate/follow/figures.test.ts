import { describe, expect, it } from 'vitest';
import { hasMoved, leastFpsOf, working } from '../../../../src/targets/frigate/follow/figures.ts';
import { readStats } from '../../../../src/targets/frigate/read/stats.ts';
import { FRIGATE_LIMITS } from '../../../../src/targets/frigate/settings.ts';
import { camera } from '../watching.ts';

describe('figures', () => {
  it.each([
    [12.54, 12.54, false],
    [12.54, 12.55, true],
    [null, 12.54, false],
    [12.54, null, false],
    [undefined, 12.54, false],
  ])('see the mean move from %s to %s only when an inference was finished', (before, now, moved) => {
    expect(hasMoved(before, now)).toBe(moved);
  });

  it.each<[string, Record<string, unknown>, boolean | null, boolean]>([
    ['that sends and is processed', camera(5, 5, 0, 4), true, true],
    ['of which nobody knows whether it is on', camera(5, 0.2, 4.8, 0), null, true],
    ['that sends hardly a frame', camera(0.9, 5, 0, 4), true, false],
    ['whose figures are frozen', camera(5, 5, 5, 5), true, false],
    ['that is switched off', camera(5, 5, 0, 5), false, false],
    ['that does not detect', { ...camera(5, 5, 0, 0), detection_enabled: false }, true, false],
  ])('of a camera %s', (_, row, isEnabled, isWorking) => {
    const cameras = readStats({ cameras: { a: row } })?.cameras ?? [];
    const leastFps = leastFpsOf(null, FRIGATE_LIMITS);
    const found = working([
      ...cameras.map((stats) => ({ stats, isEnabled, leastFps })),
      { stats: null, isEnabled, leastFps },
    ]);
    expect(found.map(({ id }) => id)).toEqual(isWorking ? ['a'] : []);
  });
});

describe('what counts as sending', () => {
  it.each<[number | null, number]>([
    [null, 1],
    [5, 1],
    [2, 1],
    [1, 0.5],
    [0.5, 0.25],
  ])('of a camera that should send %s fps is %s fps and more', (target, least) => {
    expect(leastFpsOf(target, FRIGATE_LIMITS)).toBe(least);
  });
});
