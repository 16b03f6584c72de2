import { describe, expect, it } from 'vitest';
import { observe, prune, recall, reserve, spent } from '../../src/rules/budget.ts';
import type { Start } from '../../src/rules/state.ts';
import { limits } from './builders.ts';

const DAY = 86_400;
/** Far from zero, so that a day before is a time too. */
const NOW = 1_000_000;

const start = (by: Start['by'], at: number): Start => ({
  at,
  by,
  orderId: by === 'warden' || by === 'person' ? `o-${at}` : null,
});
const ago = (...seconds: readonly number[]) => seconds.map((one) => start('warden', NOW - one));

describe('The budget', () => {
  it.each<[readonly number[], string, string]>([
    [[], '0 0 free', 'nothing was started'],
    [[10], '1 1 free', 'one start leaves one more'],
    [[10, 20], `2 2 hour until ${3600 - 20}`, 'two starts in an hour: until the first is an hour old'],
    [[20, 10], `2 2 hour until ${3600 - 20}`, 'in any order'],
    [[10, 3599], '2 2 hour until 1', 'a second less than an hour ago'],
    [[10, 3600], '1 2 free', 'exactly an hour ago is over'],
    [[10, 20, 30], `3 3 hour until ${3600 - 20}`, 'more than the limit: until only one is left'],
    [[4000, 8000, 12_000, 16_000, 20_000], '0 5 free', 'five in a day leave one more'],
    [[4000, 8000, 12_000, 16_000, 20_000, 24_000], `0 6 day until ${DAY - 24_000}`, 'six in a day'],
    [[4000, 8000, 12_000, 16_000, 20_000, 86_399], '0 6 day until 1', 'a second less than a day ago'],
    [[4000, 8000, 12_000, 16_000, 20_000, 86_400], '0 5 free', 'exactly a day ago is over'],
    [[4000, 8000, 12_000, 16_000, 20_000, 24_000, 28_000], `0 7 day until ${DAY - 24_000}`, 'seven: two must leave'],
    [[10, 20, 12_000, 16_000, 20_000, 24_000], `2 6 day until ${DAY - 24_000}`, 'both are full: the later end'],
    [[10, 20, 86_396, 86_397, 86_398, 86_399], `2 6 day until ${3600 - 20}`, 'both are full: the hour ends later'],
    [[-100, 10], '2 2 hour until 3590', 'a start with a time to come is spent'],
    [[-100, -50], '2 2 hour until 3650', 'two of them too'],
    [[0], '1 1 free', 'the one of this very moment counts'],
  ])('With starts %j s ago: %s, %s.', (seconds, wanted) => {
    const { lastHour, lastDay, exhausted, until } = spent(ago(...seconds), NOW, limits);
    const end = until === null ? 'free' : `${exhausted} until ${until - NOW}`;
    expect(`${lastHour} ${lastDay} ${end}`).toBe(wanted);
  });

  it('Is not exhausted while it is free.', () => {
    expect(spent(ago(10), NOW, limits)).toEqual({ lastHour: 1, lastDay: 1, exhausted: null, until: null });
  });

  it('Counts starts of anybody.', () => {
    const starts = [start('other', NOW - 10), start('ledger', NOW - 2000), start('person', NOW - 3000)];
    expect(spent(starts, NOW, limits)).toMatchObject({ lastHour: 3, exhausted: 'hour' });
  });
});

describe('A start that was seen', () => {
  it.each<[readonly Start[], 'other' | 'ledger', number, 'new' | 'known', string]>([
    [[], 'other', 5000, 'new', 'the first one'],
    [[], 'ledger', 5000, 'new', 'the first one in the ledger'],
    [[start('other', 5000)], 'other', 5000, 'known', 'it was seen before'],
    [[start('other', 5000)], 'other', 5900, 'known', 'exactly 15 min later: one event'],
    [[start('other', 5000)], 'other', 5901, 'new', 'more than 15 min later'],
    [[start('other', 5000)], 'other', 4100, 'known', 'exactly 15 min earlier: one event'],
    [[start('other', 5000)], 'other', 4099, 'new', 'more than 15 min earlier'],
    [[start('ledger', 5000)], 'other', 5060, 'known', 'somebody wrote into the ledger and then restarted'],
    [[start('other', 5060)], 'ledger', 5000, 'known', 'the start was seen before the ledger was read'],
    [[start('ledger', 5000)], 'ledger', 5900, 'known', 'another writer, one event'],
    [[start('ledger', 5000)], 'ledger', 5901, 'new', 'another writer, another event'],
    [[start('warden', 5000)], 'ledger', 5000, 'known', 'our own entry in the ledger'],
    [[start('person', 5000)], 'ledger', 5000, 'known', "a person's, that we entered"],
    [[start('warden', 5000.9)], 'ledger', 5000, 'known', 'the ledger cuts to whole seconds'],
    [[start('warden', 5000)], 'ledger', 5001, 'known', 'or rounds them'],
    [[start('warden', 5000)], 'ledger', 4999, 'known', 'in both directions'],
    [[start('warden', 5000)], 'ledger', 5002, 'new', 'two seconds away it is of another'],
    [[start('warden', 5000)], 'ledger', 4998, 'new', 'before ours too'],
    [[start('warden', 5000)], 'other', 5000, 'new', 'a start that does not bear our order is not ours'],
    [[start('person', 5000)], 'other', 5060, 'new', "nor is it the person's"],
    [[start('warden', 5000), start('other', 5030)], 'other', 5060, 'known', 'but it may be known as a foreign one'],
    [[start('other', 5000), start('other', 9000)], 'ledger', 9010, 'known', 'any known one'],
  ])('With %j, %s at %d is %s: %s.', (starts, by, at, wanted) => {
    const seen = observe(starts, at, by);
    expect(seen).toEqual(wanted === 'known' ? starts : [...starts, { at, by, orderId: null }]);
  });

  it('Is grouped by the first of its event, so that a long chain is not one event.', () => {
    const chain = [5000, 5800, 6600, 7400].reduce<readonly Start[]>((all, at) => observe(all, at, 'other'), []);
    expect(chain.map((one) => one.at)).toEqual([5000, 6600]);
  });
});

describe('Starts that are remembered', () => {
  it.each([
    [DAY - 1, true],
    [DAY, false],
    [-100, true],
  ])('One of %d s ago is kept: %s.', (seconds, wanted) => {
    expect(prune(ago(seconds, 10), NOW)).toEqual(wanted ? ago(seconds, 10) : ago(10));
  });

  it('A reserved order is added as it is, however close to another.', () => {
    const ours = start('warden', 5000);
    expect(reserve([ours], { ...ours, orderId: 'o-2' })).toEqual([ours, { ...ours, orderId: 'o-2' }]);
  });
});

describe('An order of ours that stands in the ledger', () => {
  const known: readonly Start[] = [{ at: 1000, by: 'person', orderId: 'a' }];

  it.each([
    [999, 1],
    [1001, 1],
    [1002, 2],
    [998, 2],
    [1300, 2],
  ])('At %i, beside one at 1000, it makes %i.', (at, count) => {
    expect(recall(known, at)).toHaveLength(count);
  });

  it('Counts by itself, however close to another start.', () => {
    const close: readonly Start[] = [{ at: 1000, by: 'other', orderId: null }];
    expect(recall(close, 1300)).toEqual([...close, { at: 1300, by: 'warden', orderId: 'ledger-1300' }]);
  });
});
