import { expect, it } from 'vitest';
import { whenGrown } from '../../../../src/targets/frigate/checks/newborn.ts';
import { camera, last, stats, watch } from '../watching.ts';

const { facts } = last(watch([{ stats: stats({ a: camera(5, 5, 0, 0) }) }]));
const finding = (answer: 'ok' | 'bad') => ({ member: 'a', answer, detail: 'So it is.', at: 7, threshold: 'over 1' });

it.each([
  [false, 'bad', 'bad'],
  [true, 'bad', 'unknown'],
  [true, 'ok', 'ok'],
] as const)('A newborn (%s) that looks %s is said to be %s.', (isNewborn, looks, said) => {
  const answer = whenGrown({ ...facts, isNewborn }, finding(looks));
  expect(answer).toMatchObject({ member: 'a', at: 7, answer: said });
});
