import { describe, expect, it } from 'vitest';
import { whenSettled } from '../../../../src/targets/frigate/checks/aftermath.ts';
import { camera, last, START, stats, watch } from '../watching.ts';

const { facts } = last(watch([{ stats: stats({ a: camera(5, 5, 0, 1) }) }]));
const bad = { member: 'a', answer: 'bad' as const, detail: 'It is bad.', at: START };

describe('what is bad', () => {
  it.each<[string, number | null, 'bad' | 'unknown']>([
    ['stands where the API was never silent', null, 'bad'],
    ['is a consequence while the silence is fresh', START + 1, 'unknown'],
    ['stands from then on', START, 'bad'],
  ])('%s', (_, aftermathUntil, answer) => {
    expect(whenSettled({ ...facts, aftermathUntil }, bad)).toMatchObject({ member: 'a', at: START, answer });
  });

  it('is none in a run that has just started', () => {
    expect(whenSettled({ ...facts, aftermathUntil: null, isNewborn: true }, bad).answer).toBe('unknown');
  });
});

it('leaves what is good as it is, however fresh the silence', () => {
  const good = { ...bad, answer: 'ok' as const };
  expect(whenSettled({ ...facts, aftermathUntil: START + 60 }, good)).toBe(good);
});
