import { describe, expect, it } from 'vitest';
import { failed, isResting, restEnd, tried } from '../../src/rules/breaker.ts';
import type { Breaker } from '../../src/rules/state.ts';
import { limits } from './builders.ts';

const RESTS = limits.breakerRestSeconds;
const HOUR = 3600;

/** Failed restarts at these times, each trial under an order of its own. */
function failuresAt(times: readonly number[], tries: number): Breaker | undefined {
  return times.reduce<Breaker | undefined>((breaker, at) => failed(tried(breaker, `t-${at}`), at, tries), undefined);
}

describe('A breaker', () => {
  it.each<[readonly number[], number, string, string]>([
    [[], 2, 'closed', 'nothing failed'],
    [[100], 2, 'closed', 'one of two tries'],
    [[100, 200], 2, `open until ${200 + HOUR}`, 'the second did not cure: it rests an hour'],
    [[100], 1, `open until ${100 + HOUR}`, 'where only one try is allowed'],
    [[100, 200, 300], 4, 'closed', 'three of four'],
    [[100, 200, 5000], 2, `open until ${5000 + 6 * HOUR}`, 'the trial did not cure: it rests six hours'],
    [[100, 200, 5000, 40_000], 2, `open until ${40_000 + 24 * HOUR}`, 'nor did the second: a day'],
    [[100, 200, 5000, 40_000, 200_000], 2, `open until ${200_000 + 24 * HOUR}`, 'the last rest repeats'],
  ])('After failures at %j with %d tries: %s, %s.', (times, tries, wanted) => {
    const end = restEnd(failuresAt(times, tries), RESTS);
    expect(end === null ? 'closed' : `open until ${end}`).toBe(wanted);
  });

  it.each<[readonly number[], number, Breaker]>([
    [[100], 2, { failures: 1, openedAt: null, rests: 0, trialOrderId: null }],
    [[100, 200], 2, { failures: 2, openedAt: 200, rests: 0, trialOrderId: null }],
    [[100, 200, 5000], 2, { failures: 3, openedAt: 5000, rests: 1, trialOrderId: null }],
    [[100, 200, 5000, 40_000], 2, { failures: 4, openedAt: 40_000, rests: 2, trialOrderId: null }],
  ])('Failures at %j with %d tries are remembered as %j.', (times, tries, wanted) => {
    expect(failuresAt(times, tries)).toEqual(wanted);
  });

  it.each([
    [200, true],
    [3799, true],
    [3800, false],
    [9999, false],
  ])('That opened at 200 s rests at %d s: %s.', (now, wanted) => {
    expect(isResting(failuresAt([100, 200], 2), now, RESTS)).toBe(wanted);
  });

  it('That is closed, or that nobody has, does not rest.', () => {
    expect(isResting(undefined, 0, RESTS)).toBe(false);
    expect(isResting(undefined, -1, RESTS)).toBe(false);
    expect(isResting(failuresAt([100], 2), 0, RESTS)).toBe(false);
    expect(restEnd(undefined, RESTS)).toBeNull();
  });

  it('That opened at the very beginning of time rests like any other.', () => {
    const open = failuresAt([0], 1);
    expect(restEnd(open, RESTS)).toBe(3600);
    expect(tried(open, 'o-1')?.trialOrderId).toBe('o-1');
  });

  it('Without any rest in the list allows the next trial at once.', () => {
    expect(restEnd(failuresAt([200], 1), [])).toBe(200);
    expect(isResting(failuresAt([200], 1), 200, [])).toBe(false);
  });
});

describe('An order', () => {
  it('Under an open breaker is its one trial.', () => {
    const open = failuresAt([100, 200], 2);
    expect(tried(open, 'o-1')).toEqual({ ...open, trialOrderId: 'o-1' });
  });

  it('Under a closed breaker, or none, is no trial.', () => {
    const closed = failuresAt([100], 2);
    expect(tried(closed, 'o-1')).toEqual(closed);
    expect(closed).toEqual({ failures: 1, openedAt: null, rests: 0, trialOrderId: null });
    expect(tried(undefined, 'o-1')).toBeUndefined();
  });
});
