import { expect, it } from 'vitest';
import {
  duration,
  fps,
  LASTING,
  lasting,
  milliseconds,
  percent,
} from '../../../../src/targets/frigate/checks/wording.ts';

it.each([
  [0, '0 s'],
  [240, '240 s'],
  [599.6, '600 s'],
  [600, '10 min'],
  [7199, '120 min'],
  [7200, '2 h'],
  [90_000, '25 h'],
])('%d seconds are said as %s.', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

it('A sentence says for how long only when it has been so for a while.', () => {
  expect(lasting(`It fails${LASTING}.`, 0)).toBe('It fails.');
  expect(lasting(`It fails${LASTING}.`, 90)).toBe('It fails for 90 s.');
  expect(lasting('It is well.', 90)).toBe('It is well.');
});

it('Figures are as exact as a person needs them.', () => {
  expect([milliseconds(9.65), milliseconds(503.29), fps(0), fps(null), percent(0.784)]).toEqual([
    '9.7 ms',
    '503 ms',
    '0.0',
    'unknown',
    '78 %',
  ]);
});
