import { describe, expect, it } from 'vitest';
import { assessmentOf, type ReplayedLook, replay } from '../src/replay.ts';
import type { Answer } from '../src/rules/types.ts';
import { scriptedLooks, scriptedTarget } from './scripted-target.ts';

const START = 1_000_000;
const GOOD = { rot: 'ok', pale: 'ok' } as const;
const ROT = { ...GOOD, rot: 'bad' } as const;

function played(rows: readonly Readonly<Record<string, Answer>>[], target = scriptedTarget()): readonly ReplayedLook[] {
  return [...replay(target, scriptedLooks(rows))];
}

describe('a replay', () => {
  it('goes through the looks at their own times, one by one, with one memory', () => {
    const seen: number[] = [];
    const looks = (function* () {
      for (const look of scriptedLooks([GOOD, GOOD, GOOD])) {
        seen.push(look.at);
        yield look;
      }
    })();
    const iterator = replay(scriptedTarget(), looks, 7);
    iterator.next();
    // Nothing is read ahead: a recording may be larger than the memory.
    expect(seen).toEqual([START]);
    const rest = [...iterator];
    expect(rest.map(({ at }) => at - START)).toEqual([30, 60]);
    expect(rest.at(-1)?.decision.state.looks).toBe(3);
  });

  it('orders what the engine orders, and goes on as if it had not', () => {
    const looks = played([GOOD, GOOD, ROT, ROT, ROT, ROT, ROT]);
    const ordered = looks.map(({ decision }) => decision.orders.map(({ remedy }) => remedy));
    expect(ordered).toEqual([[], [], [], [], ['water'], ['water'], ['water']]);
    for (const { decision } of looks) expect(decision.vetoes.map(({ guard }) => guard)).not.toContain('in_progress');
    // Only the order of the very look is in its state: none was placed before it.
    expect(looks.at(-1)?.decision.state.starts.filter(({ by }) => by === 'warden')).toHaveLength(1);
    expect(looks.at(-1)?.decision.startsLastHour).toBe(1);
  });

  it('leaves nothing of an order behind: no start, no breaker, nobody who follows it', () => {
    const last = played([GOOD, GOOD, ROT, ROT, ROT, GOOD]).at(-1)?.decision.state;
    expect(last).toMatchObject({ pursuit: null, starts: [], lastStart: null, breakers: {} });
  });

  it('keeps the starts that it did not order', () => {
    const target = scriptedTarget({ ledger: { known: true, value: { times: [START - 500], ours: [] } } });
    const last = played([GOOD, GOOD, ROT, ROT, ROT, GOOD], target).at(-1)?.decision.state;
    expect(last?.starts).toMatchObject([{ at: START - 500, by: 'ledger' }]);
    expect(last?.lastStart).toMatchObject({ at: START - 500 });
  });

  it('is held back as production is', () => {
    const times = [START - 3000, START - 500];
    const target = scriptedTarget({ ledger: { known: true, value: { times, ours: [] } } });
    const last = played([GOOD, GOOD, ROT, ROT, ROT], target).at(-1)?.decision;
    expect(last?.orders).toEqual([]);
    expect(last?.vetoes.map(({ guard }) => guard)).toEqual(['budget']);
  });
});

describe('an assessment', () => {
  it('names the last look, the first order, and counts the looks', () => {
    const { looks, last, ordered, heldBack } = assessmentOf(played([GOOD, GOOD, ROT, ROT, ROT, ROT, GOOD]));
    expect(looks).toBe(7);
    expect((last?.at ?? 0) - START).toBe(180);
    expect((ordered?.at ?? 0) - START).toBe(120);
    expect(heldBack).toBe('The fault is gone, but not yet for long enough to be sure.');
  });

  it('shows every look to whoever wants to see them', () => {
    const seen: number[] = [];
    assessmentOf(played([GOOD, ROT]), ({ at }) => seen.push(at - START));
    expect(seen).toEqual([0, 30]);
  });

  it('of nothing is empty', () => {
    expect(assessmentOf([])).toEqual({ looks: 0, last: null, ordered: null, heldBack: null });
  });
});
