import { expect, it } from 'vitest';
import { own } from '../../../src/targets/frigate/own.ts';

it('finds own keys only', () => {
  expect(own({ a: 1 }, 'a')).toBe(1);
  expect(own<number>({}, 'constructor')).toBeUndefined();
});
