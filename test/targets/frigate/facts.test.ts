import { expect, it } from 'vitest';
import { failure, watch, watchCase } from './watching.ts';

it('Facts are plain JSON, so that a turn can be shown and replayed as it was.', () => {
  const looks = [...watchCase('stuck-detector'), ...watch([{ stats: failure('timeout') }])];
  for (const { facts } of looks) expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
});
