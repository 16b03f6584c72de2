import { describe, expect, it } from 'vitest';
import { isLastingChange } from '../../src/rules/lasting.ts';
import type { State } from '../../src/rules/state.ts';
import { badStreak, goodStreak, incident, order, state } from './builders.ts';

const whole: Partial<State> = {
  looks: 9,
  lastLookAt: 270,
  wellAt: 240,
  verdict: 'unhealthy',
  verdictSince: 30,
  streaks: { rot: badStreak(270), pale: goodStreak(270) },
  incidents: [incident({ refused: ['budget'] })],
  starts: [{ at: 5, by: 'warden', orderId: 'tree-5' }],
  breakers: { 'tree:rot': { failures: 1, openedAt: null, rests: 0, trialOrderId: null } },
  pursuit: { order: order(5), stage: 'accepted', keys: ['rot'] },
};

describe('what a turn leaves behind', () => {
  it.each<[string, Partial<State>]>([
    ['nothing', {}],
    ['another look', { looks: 10, lastLookAt: 300, wellAt: 300 }],
    ['longer streaks', { streaks: { rot: badStreak(300, { bad: 21 }), pale: badStreak(300, { latched: false }) } }],
    ['a streak that is new or forgotten', { streaks: { rot: badStreak(270), dry: goodStreak(300) } }],
    ['the same incident anew', { incidents: [incident({ refused: ['budget'] })] }],
  ])('is nothing lasting: %s', (_what, changes) => {
    expect(isLastingChange(state(whole), state({ ...structuredClone(whole), ...changes }))).toBe(false);
  });

  it.each<[string, Partial<State>]>([
    ['another verdict', { verdict: 'healthy' }],
    ['an announcement number', { sequence: 1 }],
    ['a word of an incident', { incidents: [incident({ refused: ['budget', 'breaker'] })] }],
    ['one incident more', { incidents: [incident({ refused: ['budget'] }), incident({ id: 'tree-0-2' })] }],
    ['no incident', { incidents: [] }],
    ['a start', { starts: [{ at: 6, by: 'warden', orderId: 'tree-5' }] }],
    ['a mark that was not there', { starts: [{ at: 5, by: 'warden', orderId: 'tree-5', isVoid: true }] }],
    ['a breaker', { breakers: { 'tree:rot': { failures: 2, openedAt: null, rests: 0, trialOrderId: null } } }],
    [
      'a second breaker',
      { breakers: { ...whole.breakers, 'tree:dry': { failures: 1, openedAt: 2, rests: 0, trialOrderId: null } } },
    ],
    ['no pursuit', { pursuit: null }],
    ['a stage of it', { pursuit: { order: order(5), stage: 'restarted', keys: ['rot'] } }],
    ['a switch', { automatic: false }],
    ['what is confirmed', { streaks: { rot: badStreak(270), pale: badStreak(270) } }],
    ['what is cleared', { streaks: { rot: goodStreak(300), pale: goodStreak(270) } }],
    ['another thing confirmed', { streaks: { rot: goodStreak(300), pale: badStreak(270) } }],
    ['what was confirmed and is forgotten', { streaks: { pale: goodStreak(270) } }],
  ])('is lasting: %s', (_what, changes) => {
    const [before, after] = [state(whole), state({ ...whole, ...changes })];
    expect(isLastingChange(before, after)).toBe(true);
    expect(isLastingChange(after, before)).toBe(true);
  });
});
