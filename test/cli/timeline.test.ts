import { describe, expect, it } from 'vitest';
import { type Change, changesIn, changeText } from '../../src/cli/timeline.ts';
import { replay } from '../../src/replay.ts';
import type { Answer, Circumstances } from '../../src/rules/types.ts';
import { scriptedLooks, scriptedTarget } from '../scripted-target.ts';

const START = 1_000_000;
const GOOD = { rot: 'ok', pale: 'ok' } as const;
const ROT = { ...GOOD, rot: 'bad' } as const;

function changes(
  rows: readonly Readonly<Record<string, Answer>>[],
  said: Partial<Circumstances> = {},
): readonly Change[] {
  const target = scriptedTarget(said);
  const changed = changesIn(target);
  return [...replay(target, scriptedLooks(rows))].flatMap((look) => changed(look) ?? []);
}

describe('a timeline', () => {
  it('is silent while nothing changes', () => {
    expect(changes([GOOD, GOOD, GOOD]).map(({ at }) => at - START)).toEqual([0]);
  });

  it('shows each turn once: suspected, confirmed and ordered, good again', () => {
    const found = changes([GOOD, GOOD, ROT, ROT, ROT, ROT, GOOD]);
    expect(found.map(({ at }) => at - START)).toEqual([0, 60, 120, 180]);
    const [, suspected, confirmed, better] = found;
    expect(suspected).toMatchObject({
      verdict: null,
      ordered: null,
      turned: [{ id: 'rot', finding: 'bad', confirmed: false }],
    });
    expect(confirmed).toMatchObject({
      verdict: 'unhealthy',
      cause: { check: 'rot', layer: 'trunk', member: null },
      turned: [{ id: 'rot', confirmed: true }],
      told: [{ type: 'opened' }],
      ordered: { remedy: 'water', reason: 'rot is bad' },
    });
    expect(better).toMatchObject({ turned: [{ id: 'rot', finding: 'ok' }], heldBack: { guard: 'unconfirmed' } });
  });

  it('says which guard holds back, when it begins and when it ends', () => {
    const times = [START - 3000, START - 500];
    const found = changes([GOOD, GOOD, ROT, ROT, ROT, ROT], { ledger: { known: true, value: { times, ours: [] } } });
    expect(found.map(({ heldBack }) => heldBack)).toEqual([
      undefined,
      undefined,
      { guard: 'budget', sentence: 'The budget of 2 starts an hour is used up.' },
    ]);
  });

  it('does not call a look news for what was good and is not asked any more', () => {
    expect(changes([GOOD, { pale: 'ok' }, GOOD])).toHaveLength(1);
  });
});

describe('a change as text', () => {
  it('has a line for each thing that changed', () => {
    const [, , confirmed] = changes([GOOD, GOOD, ROT, ROT, ROT]);
    if (!confirmed) throw new Error('Nothing changed.');
    expect(changeText(confirmed, '120 s')).toBe(
      [
        '120 s is unhealthy; cause: rot, in the layer trunk',
        '  BAD     rot: rot is bad',
        '  opened: rot is bad',
        '  RESTART (water) would be ordered: rot is bad',
        '',
      ].join('\n'),
    );
  });

  it('says that there is no cause any more, and who holds back', () => {
    const change: Change = {
      at: START,
      verdict: 'healthy',
      cause: null,
      turned: [],
      told: [],
      ordered: null,
      heldBack: { guard: 'budget', sentence: 'It is used up.' },
    };
    expect(changeText(change, 'now')).toBe('now is healthy; no cause\n  held back by budget: It is used up.\n');
  });
});
