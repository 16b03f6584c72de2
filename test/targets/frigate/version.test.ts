import { describe, expect, it } from 'vitest';
import { isAtLeast } from '../../../src/targets/frigate/version.ts';

describe('a version', () => {
  it.each<[string | null, boolean]>([
    ['0.13.0', true],
    ['0.13.0-beta1', true],
    ['v0.17.2-3d4dd3a', true],
    ['0.12.1-367d724', false],
    ['0.9.4', false],
    ['1.0.0', true],
    ['dev', false],
    ['', false],
    [null, false],
  ])('%s is surely 0.13 or newer: %s', (version, expected) => {
    expect(isAtLeast(version, 13)).toBe(expected);
  });
});
