import { describe, expect, it } from 'vitest';
import { awaken, type Breaker, newState, type State } from '../../src/rules/state.ts';
import type { Order } from '../../src/rules/types.ts';
import { policy, state } from './builders.ts';

const order: Order = {
  id: 'tree-100',
  at: 100,
  remedy: 'water',
  signature: 'tree:rot',
  cause: null,
  by: 'warden',
  force: false,
  reason: '',
  incidentId: null,
};

describe('A new state', () => {
  it('Knows nothing, has spent nothing and owes nothing.', () => {
    expect(newState(policy())).toEqual({
      looks: 0,
      lastLookAt: null,
      sequence: 0,
      verdict: 'unknown',
      verdictSince: null,
      wellAt: null,
      streaks: {},
      incidents: [],
      starts: [],
      lastStart: null,
      breakers: {},
      pursuit: null,
      cures: [],
      lastOutcome: null,
      automatic: true,
      automaticOption: true,
      maintenanceUntil: null,
      chronicSince: null,
      resetAt: null,
      refusal: null,
      switchedOff: {},
      clockJumpedAt: null,
    });
  });

  it.each([true, false])('Its switch starts from the option: %s.', (automatic) => {
    expect(newState(policy({ automatic }))).toMatchObject({ automatic, automaticOption: automatic });
  });
});

describe('The state when the Warden starts again', () => {
  it.each([
    ['on', 'on', 'on', 'on', 'nothing changed'],
    ['on', 'off', 'on', 'off', 'a person switched it off, and it stays off'],
    ['off', 'on', 'off', 'on', 'a person switched it on, and it stays on'],
    ['on', 'off', 'off', 'off', 'the option was changed to what the switch says'],
    ['off', 'on', 'on', 'on', 'the other way round too'],
    ['on', 'on', 'off', 'off', 'the option was switched off'],
    ['off', 'off', 'on', 'on', 'the option was switched on'],
  ])('The option was %s, the switch %s, the option is %s: the switch is %s, for %s.', (was, kept, is, wanted) => {
    const saved = state({ automaticOption: was === 'on', automatic: kept === 'on' });
    const woken = awaken(saved, policy({ automatic: is === 'on' }));
    expect(woken.automatic).toBe(wanted === 'on');
    expect(woken.automaticOption).toBe(is === 'on');
  });

  it('Has not looked yet, and forgets nothing else.', () => {
    const saved: State = state({
      looks: 77,
      lastLookAt: 900,
      sequence: 12,
      verdict: 'degraded',
      verdictSince: 800,
      wellAt: 900,
      streaks: {
        rot: { bad: 2, good: 0, badSince: 1, goodSince: 1, at: 60, seenAt: 60, latched: true, detail: 'rot is bad' },
      },
      starts: [{ at: 100, by: 'warden', orderId: 'tree-100' }],
      lastStart: { at: 100, by: 'warden', orderId: 'tree-100' },
      cures: [{ order, at: 500 }],
      lastOutcome: { outcome: 'cured', at: 500, sentence: 'Good again.' },
      maintenanceUntil: 5000,
      chronicSince: 400,
    });
    expect(awaken(saved, policy())).toEqual({ ...saved, looks: 0 });
  });

  it('Gets what a newer version remembers besides.', () => {
    const { chronicSince: _unknownThen, ...older } = state({ sequence: 5 });
    expect(awaken(older as State, policy())).toEqual(state({ sequence: 5 }));
  });

  it.each<[string, Partial<Breaker>, boolean, string | null]>([
    ['a trial that is still followed goes on', { trialOrderId: 'tree-100' }, true, 'tree-100'],
    ['a trial that nobody follows is simply an open breaker', { trialOrderId: 'tree-100' }, false, null],
    ['a trial of another order than the followed one too', { trialOrderId: 'tree-50' }, true, null],
    ['a breaker without a trial stays as it is', { trialOrderId: null }, true, null],
    ['also when nothing is followed', { trialOrderId: null }, false, null],
  ])('Half open or not: %s.', (_, changes, followed, wanted) => {
    const breaker: Breaker = { failures: 3, openedAt: 50, rests: 1, trialOrderId: null, ...changes };
    const saved = state({
      breakers: { 'tree:rot': breaker },
      pursuit: followed ? { order, stage: 'ordered', keys: ['rot'] } : null,
    });
    const woken = awaken(saved, policy());
    expect(woken.breakers).toEqual({ 'tree:rot': { ...breaker, trialOrderId: wanted } });
    expect(woken.pursuit).toEqual(saved.pursuit);
  });
});
