import { describe, expect, it } from 'vitest';
import { failed, notUsed, ok, type Probe, roleOf, rowsOf, warning } from '../../../src/cli/doctor/row.ts';

describe('a table of probes', () => {
  const probes: readonly Probe<number>[] = [
    { door: 'first', look: (n) => [ok(`It is ${n}.`), warning('Nearly.', null)] },
    { door: 'second', look: () => [] },
    { door: 'third', look: (n) => [n > 1 ? failed('Too much.', 'Take less.') : notUsed('None.')] },
  ];

  it('becomes its rows, in its order, each with its door', () => {
    expect(rowsOf(probes, 2)).toEqual([
      { door: 'first', state: 'ok', sentence: 'It is 2.', mend: null, missing: null },
      { door: 'first', state: 'warning', sentence: 'Nearly.', mend: null, missing: null },
      { door: 'third', state: 'failed', sentence: 'Too much.', mend: 'Take less.', missing: null },
    ]);
    expect(rowsOf(probes, 0).at(-1)).toMatchObject({ state: 'not_used', mend: null });
  });
});

describe('the role of a right', () => {
  it.each<[string | null, string]>([
    ['cctv', 'Role frigate-warden in the namespace cctv'],
    [null, 'ClusterRole frigate-warden-nodes'],
  ])('in the namespace %s is the %s', (namespace, role) => {
    expect(roleOf({ namespace })).toBe(role);
  });
});
