import { expect, it } from 'vitest';
import { isFields } from '../../../src/targets/ground/fields.ts';

it('tells an object from every other value of JSON', () => {
  expect([{}, { a: null }].every(isFields)).toBe(true);
  expect([null, [], [{}], '', '{}', 0, true, undefined].some(isFields)).toBe(false);
});
