/** What follows from restarts: which starts count, what an outcome changes, what a relapse undoes. */
import { describe, expect, it } from 'vitest';
import { countStarts, followOrder, weighCures } from '../../src/rules/aftermath.ts';
import type { Breaker, Pursuit, Start, State } from '../../src/rules/state.ts';
import type { Circumstance, Circumstances, Receipt } from '../../src/rules/types.ts';
import { badStreak, circumstances, deepFreeze, finding, goodStreak, limits, order, policy, state } from './builders.ts';

const NOW = 100_000;

function known<T>(value: T): Circumstance<T> {
  return { known: true, value };
}

const lost: Circumstance<never> = { known: false, asked: true, why: 'it is dark.' };
const never: Circumstance<never> = { known: false, asked: false, why: 'Nobody may look.' };

function ours(at: number, by: 'warden' | 'person' = 'warden'): Start {
  return { at, by, orderId: `tree-${at}` };
}

function seen(at: number, seenStartAt: number): Start {
  return { ...ours(at), seenStartAt };
}

function unmarked(at: number): Start {
  return { ...ours(at), isUnmarked: true };
}

function other(at: number): Start {
  return { at, by: 'other', orderId: null };
}

function ledger(at: number): Start {
  return { at, by: 'ledger', orderId: null };
}

describe('the starts that count', () => {
  it.each<[string, readonly Start[], Partial<Circumstances>, readonly Start[]]>([
    ['one that was seen is another’s', [], { startedAt: known(99_000) }, [other(99_000)]],
    ['one that cannot be seen is none', [], { startedAt: lost }, []],
    ['one that is known is not counted again', [other(99_000)], { startedAt: known(99_000) }, [other(99_000)]],
    ['one a day ago is forgotten', [other(13_600), other(13_601)], {}, [other(13_601)]],
    [
      'those in the ledger count',
      [],
      { ledger: known({ times: [50_000, 60_000], ours: [] }) },
      [ledger(50_000), ledger(60_000)],
    ],
    ['a ledger that cannot be read says nothing', [other(99_000)], { ledger: lost }, [other(99_000)]],
    [
      'ours in the ledger is the same',
      [ours(60_000)],
      { ledger: known({ times: [60_000], ours: [] }) },
      [ours(60_000)],
    ],
    [
      'what bears our time was counted with our order',
      [ours(90_000)],
      { startedAt: known(90_040), bears: known(90_000) },
      [seen(90_000, 90_040)],
    ],
    [
      'however long it took',
      [ours(90_000)],
      { startedAt: known(95_000), bears: known(90_000) },
      [seen(90_000, 95_000)],
    ],
    [
      'the time that it bears may differ by a second',
      [ours(90_000)],
      { startedAt: known(95_000), bears: known(90_001) },
      [seen(90_000, 95_000)],
    ],
    [
      'what fails at its start and starts again is one start',
      [seen(90_000, 90_040)],
      { startedAt: known(90_640), bears: known(90_000) },
      [seen(90_000, 90_040)],
    ],
    [
      'what starts long after our order was another’s doing, though it still bears our time',
      [seen(90_000, 90_040)],
      { startedAt: known(90_641), bears: known(90_000) },
      [seen(90_000, 90_040), other(90_641)],
    ],
    [
      'an order that leaves no mark shows by the start that follows it',
      [unmarked(90_000)],
      { startedAt: known(90_009), bears: known(null) },
      [{ ...unmarked(90_000), seenStartAt: 90_009 }],
    ],
    [
      'though the instance bears an older order',
      [seen(80_000, 80_040), unmarked(90_000)],
      { startedAt: known(90_600), bears: known(80_000) },
      [seen(80_000, 80_040), { ...unmarked(90_000), seenStartAt: 90_600 }],
    ],
    [
      'not by one after its grace',
      [unmarked(90_000)],
      { startedAt: known(90_601), bears: known(null) },
      [unmarked(90_000), other(90_601)],
    ],
    [
      'nor by the one before it',
      [unmarked(90_000)],
      { startedAt: known(89_999), bears: known(null) },
      [unmarked(90_000), other(89_999)],
    ],
    [
      'nor by a second one',
      [{ ...unmarked(90_000), seenStartAt: 90_009 }],
      { startedAt: known(90_070), bears: known(null) },
      [{ ...unmarked(90_000), seenStartAt: 90_009 }, other(90_070)],
    ],
    [
      'the same start may be dated otherwise by another source',
      [{ ...unmarked(90_000), seenStartAt: 90_009 }],
      { startedAt: known(90_069), bears: never },
      [{ ...unmarked(90_000), seenStartAt: 90_009 }],
    ],
    [
      'what bears the time of another healer in the ledger counts anew after 15 minutes',
      [ledger(90_000)],
      { startedAt: known(92_400), bears: known(90_000) },
      [ledger(90_000), other(92_400)],
    ],
    [
      'but not by two',
      [ours(90_000)],
      { startedAt: known(95_000), bears: known(90_002) },
      [ours(90_000), other(95_000)],
    ],
    [
      'what bears no time was not ours',
      [ours(90_000)],
      { startedAt: known(90_040), bears: known(null) },
      [ours(90_000), other(90_040)],
    ],
    [
      'what bears no time is not that of the beginning of all times',
      [ours(0)],
      { startedAt: known(90_040), bears: known(null) },
      [other(90_040)],
    ],
    [
      'where nobody may see what it bears, one in the grace after our order was counted with it',
      [ours(90_000)],
      { startedAt: known(90_600), bears: never },
      [{ ...ours(90_000), seenStartAt: 90_600 }],
    ],
    [
      'one in the same second too',
      [ours(90_000, 'person')],
      { startedAt: known(90_000), bears: lost },
      [{ ...ours(90_000, 'person'), seenStartAt: 90_000 }],
    ],
    [
      'one after the grace was not',
      [ours(90_000)],
      { startedAt: known(90_601), bears: never },
      [ours(90_000), other(90_601)],
    ],
    [
      'one before our order was not',
      [ours(90_000)],
      { startedAt: known(89_999), bears: never },
      [ours(90_000), other(89_999)],
    ],
    [
      'one after another’s start counts by the rule for others',
      [other(90_000)],
      { startedAt: known(90_901), bears: never, graceSeconds: 1800 },
      [other(90_000), other(90_901)],
    ],
  ])('%s', (_words, before, world, expected) => {
    const counted = countStarts(deepFreeze(state({ starts: before })), deepFreeze(circumstances(world)), NOW);
    expect(counted.starts).toEqual(expected);
  });

  it.each<[string, readonly Start[], Start | null, Start | null]>([
    ['nobody knows one', [], null, null],
    ['the latest that counts', [other(98_000), ours(99_000), other(97_000)], null, ours(99_000)],
    ['the remembered one when it is later', [other(98_000)], other(99_000), other(99_000)],
    ['a later one than the remembered', [other(98_000)], other(97_000), other(98_000)],
    ['the remembered one when none counts any more', [other(1000)], other(1000), other(1000)],
    ['the first of two at one time', [ours(99_000), other(99_000)], null, ours(99_000)],
  ])('the last start is %s', (_words, starts, lastStart, expected) => {
    const counted = countStarts(state({ starts, lastStart }), circumstances({ startedAt: lost }), NOW);
    expect(counted.lastStart).toEqual(expected);
  });
});

const about = order(NOW - 700);

function pursued(changes: Partial<Pursuit> = {}, remembered: Partial<State> = {}): State {
  const streaks = { rot: goodStreak(NOW, { goodSince: NOW - 60 }) };
  return state({ streaks, pursuit: { order: about, stage: 'answering', keys: ['rot'], ...changes }, ...remembered });
}

const bad = { rot: badStreak(NOW) };

function follow(before: State, changes: { receipts?: readonly Receipt[]; tries?: number; of?: string } = {}) {
  const checks = policy().checks.map((row) =>
    row.id === (changes.of ?? 'rot') && changes.tries ? { ...row, tries: changes.tries } : row,
  );
  const world = circumstances({ bears: known(about.at), startedAt: known(about.at + 30) });
  const findings = (before.streaks.rot?.bad ?? 0) > 0 ? [finding('rot', 'bad', NOW)] : [];
  const input = { now: NOW, receipts: changes.receipts ?? [], circumstances: world, findings };
  return followOrder(deepFreeze(before), deepFreeze(input), policy({ checks }));
}

const refused: readonly Receipt[] = [{ orderId: about.id, answer: 'refused', detail: 'the door is shut.' }];
const CLOSED: Breaker = { failures: 1, openedAt: null, rests: 0, trialOrderId: null };
const TRIAL: Breaker = { failures: 2, openedAt: 90_000, rests: 0, trialOrderId: about.id };
const NOT_GOOD = 'The restart was carried out, but what failed did not become good in time.';

describe('the order under way', () => {
  it('is none: nothing changes', () => {
    const before = state();
    expect(follow(before)).toEqual({ state: before, events: [] });
  });

  it('goes on without a word', () => {
    const { state: after, events } = follow(pursued({ stage: 'accepted', order: order(NOW - 60) }));
    expect(events).toEqual([]);
    expect(after.pursuit?.stage).toBe('accepted');
    expect(after.lastOutcome).toBeNull();
  });

  it('goes on by a stage', () => {
    const restarted = follow(pursued({ stage: 'accepted' }, { streaks: { rot: goodStreak(NOW, { good: 1 }) } }));
    expect(restarted.state.pursuit).toEqual({ order: about, stage: 'answering', keys: ['rot'] });
  });

  it('cures: it is remembered until it has lasted, and no breaker moves', () => {
    const old = { order: order(1000), at: 2000 };
    const { state: after, events } = follow(pursued({}, { cures: [old], breakers: { 'tree:rot': CLOSED } }));
    const sentence = 'The new instance answers and what failed is good again.';
    expect(events).toEqual([{ type: 'cured', sentence, order: about }]);
    expect(after.pursuit).toBeNull();
    expect(after.lastOutcome).toEqual({ outcome: 'cured', at: NOW, sentence });
    expect(after.cures).toEqual([old, { order: about, at: NOW }]);
    expect(after.breakers).toEqual({ 'tree:rot': CLOSED });
  });

  it('was not carried out: nothing is learned of what helps, and a trial is given back', () => {
    const breakers = { 'tree:rot': TRIAL, 'tree:pale': CLOSED };
    const { state: after, events } = follow(pursued({ stage: 'ordered' }, { breakers }), { receipts: refused });
    const sentence = 'The restart was not carried out: the door is shut.';
    expect(events).toEqual([{ type: 'failed', sentence, order: about }]);
    expect(after.pursuit).toBeNull();
    expect(after.lastOutcome).toEqual({ outcome: 'failed', at: NOW, sentence });
    expect(after.breakers).toEqual({ 'tree:rot': { ...TRIAL, trialOrderId: null }, 'tree:pale': CLOSED });
    expect(after.cures).toEqual([]);
  });

  it.each([
    ['nothing of it is seen', lost, true],
    ['it is seen and runs on', known(true as const), false],
  ])('told to start anew, it may be on its way down where %s', (_, answer, isWaited) => {
    const { state: after } = followOrder(
      pursued({ stage: 'ordered', proof: 'start', order: order(NOW - 90) }),
      {
        now: NOW,
        receipts: [],
        circumstances: circumstances({ startedAt: known(NOW - 9000), seen: { ...circumstances().seen, can: answer } }),
        findings: [],
      },
      policy(),
    );
    expect(after.pursuit !== null).toBe(isWaited);
  });

  it('was not carried out: no breaker is made', () => {
    const { state: after } = follow(pursued({ stage: 'ordered' }), { receipts: refused });
    expect(after.breakers).toEqual({});
  });

  it('keeps what it has spent when it was not carried out', () => {
    const starts = [ours(about.at)];
    expect(follow(pursued({ stage: 'ordered' }, { starts }), { receipts: refused }).state.starts).toEqual([
      { ...ours(about.at), isVoid: true },
    ]);
  });

  it.each<[string, Record<string, Breaker>, { tries?: number; of?: string }, Breaker, string | null]>([
    ['the first time: the breaker counts', {}, {}, CLOSED, null],
    [
      'the second time: the breaker opens',
      { 'tree:rot': CLOSED },
      {},
      { ...CLOSED, failures: 2, openedAt: NOW },
      '2 restarts did not cure this: no more for now.',
    ],
    [
      'once, of a check that is tried once: the breaker opens',
      {},
      { tries: 1 },
      { ...CLOSED, openedAt: NOW },
      'One restart did not cure this: no more for now.',
    ],
    ['once, where another check is tried once: the breaker counts', {}, { tries: 1, of: 'pale' }, CLOSED, null],
    [
      'twice, of a check that is tried three times',
      { 'tree:rot': CLOSED },
      { tries: 3 },
      { ...CLOSED, failures: 2 },
      null,
    ],
    [
      'as a trial: the breaker opens for a longer rest',
      { 'tree:rot': TRIAL },
      {},
      { failures: 3, openedAt: NOW, rests: 1, trialOrderId: null },
      '3 restarts did not cure this: no more for now.',
    ],
  ])('does not help %s', (_words, breakers, changes, breaker, opened) => {
    const others = { 'tree:pale': TRIAL };
    const before = pursued({}, { streaks: bad, breakers: { ...others, ...breakers } });
    const { state: after, events } = follow(before, changes);
    expect(after.breakers).toEqual({ ...others, 'tree:rot': breaker });
    expect(after.lastOutcome).toEqual({ outcome: 'ineffective', at: NOW, sentence: NOT_GOOD });
    expect(after.cures).toEqual([]);
    expect(after.pursuit).toBeNull();
    const told = { type: 'breaker_opened', sentence: opened, order: about };
    expect(events).toEqual([{ type: 'ineffective', sentence: NOT_GOOD, order: about }, ...(opened ? [told] : [])]);
  });

  it('counts a person’s restart without a cause by the general limit', () => {
    const without = { ...about, cause: null, signature: 'tree:person' };
    const before = pursued({ order: without }, { streaks: bad, breakers: { 'tree:person': CLOSED } });
    expect(follow(before).events.map((event) => event.type)).toEqual(['ineffective', 'breaker_opened']);
  });
});

describe('a cure', () => {
  const cured = (secondsAgo: number, changes = {}) => ({ order: order(90_000, changes), at: NOW - secondsAgo });
  const breakers = { 'tree:rot': CLOSED, 'tree:pale': TRIAL };
  const ofMember = { cause: { check: 'rot', layer: 'trunk', member: 'a' } };

  it.each<[string, object, State['streaks'], number, readonly string[], boolean, Record<string, Breaker>]>([
    ['that holds is kept', {}, { rot: goodStreak(NOW) }, 7199, [], true, breakers],
    ['that lasted closes its breaker, and no other', {}, {}, 7200, [], false, { 'tree:pale': TRIAL }],
    [
      'that is undone was none',
      {},
      bad,
      7199,
      ['ineffective', 'breaker_opened'],
      false,
      { ...breakers, 'tree:rot': { ...CLOSED, failures: 2, openedAt: NOW } },
    ],
    ['is not undone by one bad answer', {}, { rot: badStreak(NOW, { bad: 1 }) }, 60, [], true, breakers],
    ['is not undone by a fault of another part', ofMember, bad, 60, [], true, breakers],
    [
      'is undone by a fault of the same part',
      ofMember,
      { 'rot/a': badStreak(NOW) },
      60,
      ['ineffective', 'breaker_opened'],
      false,
      { ...breakers, 'tree:rot': { ...CLOSED, failures: 2, openedAt: NOW } },
    ],
    [
      'of another check is not undone',
      { cause: { check: 'pale', layer: 'leaf', member: null } },
      bad,
      60,
      [],
      true,
      breakers,
    ],
    ['of nothing in particular cannot be undone', { cause: null }, bad, 60, [], true, breakers],
    [
      'of a check that is in no table any more cannot be undone',
      { cause: { check: 'gone', layer: 'trunk', member: null } },
      { ...bad, gone: badStreak(NOW) },
      60,
      [],
      true,
      breakers,
    ],
  ])('%s', (_words, changes, streaks, secondsAgo, told, isKept, expected) => {
    const cure = cured(secondsAgo, changes);
    const before = deepFreeze(state({ cures: [cure], breakers }));
    const { state: after, events } = weighCures(before, streaks, NOW, policy());
    expect(events.map((event) => event.type)).toEqual(told);
    expect(after.cures).toEqual(isKept ? [cure] : []);
    expect(after.breakers).toEqual(expected);
  });

  it('that is undone is told as ineffective, with its order', () => {
    const { state: after, events } = weighCures(state({ cures: [cured(60)] }), bad, NOW, policy());
    const sentence = 'What the restart had cured is back: the cure did not last.';
    expect(events).toEqual([{ type: 'ineffective', sentence, order: order(90_000) }]);
    expect(after.lastOutcome).toEqual({ outcome: 'ineffective', at: NOW, sentence });
  });

  it('is weighed apart from others', () => {
    const pale = { signature: 'tree:pale', cause: { check: 'pale', layer: 'leaf', member: null } };
    const cures = [cured(60), cured(60, pale), cured(9000, { ...pale, signature: 'tree:old' })];
    const before = state({ cures, breakers: { 'tree:old': CLOSED } });
    const { state: after, events } = weighCures(before, bad, NOW, policy({ limits: { ...limits, breakerTries: 3 } }));
    expect(events.map((event) => event.type)).toEqual(['ineffective']);
    expect(after.cures).toEqual([cures[1]]);
    expect(after.breakers).toEqual({ 'tree:rot': CLOSED });
  });
});

describe('a store that was lost', () => {
  it('is made up for by the ledger: each order of ours counts, however close', () => {
    const world = circumstances({ ledger: known({ times: [99_000, 99_300, 50_000], ours: [99_000, 99_300] }) });
    expect(countStarts(state(), { ...world, startedAt: lost }, NOW).starts).toEqual([
      { at: 99_000, by: 'warden', orderId: 'ledger-99000' },
      { at: 99_300, by: 'warden', orderId: 'ledger-99300' },
      ledger(50_000),
    ]);
  });

  it('does not count the instance that bears such an order once more', () => {
    const world = circumstances({
      ledger: known({ times: [99_000], ours: [99_000] }),
      bears: known(99_000),
      startedAt: known(99_030),
    });
    expect(countStarts(state(), world, NOW).starts).toHaveLength(1);
  });
});

describe('an order that the door did not take', () => {
  const stateAfter = (answer: Receipt['answer']) =>
    follow(pursued({ stage: 'ordered' }), { receipts: [{ orderId: about.id, answer, detail: 'No.' }] }).state;

  it('is remembered when it was refused, for it would be refused again', () => {
    expect(stateAfter('refused').refusal).toEqual({ at: NOW, sentence: 'The restart was not carried out: No.' });
  });

  it('is not held against the next one when there was only a conflict', () => {
    expect(stateAfter('conflict').refusal).toBeNull();
  });
});
