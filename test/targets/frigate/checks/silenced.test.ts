import { expect, it } from 'vitest';
import { silence } from '../../../../src/targets/frigate/checks/silenced.ts';

it.each([
  ['ignored', { answer: 'not_observed', detail: 'yard is ignored by an option.' }],
  ['disabled', { answer: 'not_observed', detail: 'yard is switched off in Frigate.' }],
  [true, null],
] as const)('a camera whose vote is %s', (votes, said) => {
  expect(silence({ id: 'yard', votes })).toEqual(said);
});
