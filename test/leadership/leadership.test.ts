import { expect, it } from 'vitest';
import { leaderOf } from '../../src/leadership/leadership.ts';
import type { Role } from '../../src/leadership/record.ts';

it.each<[Role, object]>([
  ['leading', { known: true, value: { isUs: true, name: 'nuc-1' } }],
  ['following', { known: true, value: { isUs: false, name: 'nuc-1' } }],
  ['alone', { known: false, asked: false, why: 'So it is.' }],
  ['unknown', { known: false, asked: true, why: 'So it is.' }],
])('who is %s', (role, circumstance) => {
  expect(leaderOf({ role, holder: 'nuc-1', sentence: 'So it is.' })).toEqual(circumstance);
});
