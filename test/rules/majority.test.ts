import { describe, expect, it } from 'vitest';
import { isMajority, type Vote, vote } from '../../src/rules/majority.ts';
import type { Streak } from '../../src/rules/state.ts';
import { streakKey } from '../../src/rules/streak.ts';
import type { Answer, CheckRule, Finding, Member } from '../../src/rules/types.ts';
import { checks, finding, layers, limits, member } from './builders.ts';

describe('A majority', () => {
  it.each<[number, number, number, boolean, string]>([
    [0, 0, 50, false, 'nobody is no majority'],
    [0, 0, 0, false, 'not even of nothing'],
    [1, 2, 50, false, 'exactly the share is none'],
    [2, 3, 50, true, 'more than the share is one'],
    [3, 5, 60, false, 'exactly another share is none'],
    [4, 5, 60, true, 'more than another share'],
    [1, 0, 50, false, 'nobody can be outvoted'],
    [1, 1, 50, true, 'all of one'],
    [0, 3, 50, false, 'none of three'],
    [29, 100, 29, false, 'no rounding at the border'],
    [30, 100, 29, true, 'one above the border'],
  ])('%d of %d at %d %%: %s, %s.', (part, whole, percent, wanted) => {
    expect(isMajority(part, whole, percent)).toBe(wanted);
  });
});

/** Under the voted row: one that only tells, one of another house, and a second row of the members' own layer. */
const rules: readonly CheckRule[] = [
  ...checks,
  { id: 'gust', layer: 'wind', severity: 'tells', forSeconds: 0, clearSeconds: 60, memberIncident: true },
  { id: 'moss', layer: 'trunk', severity: 'degraded', forSeconds: 0, clearSeconds: 60, memberIncident: true },
  { id: 'twig_bent', layer: 'branch', severity: 'degraded', forSeconds: 0, clearSeconds: 60, memberIncident: true },
  { id: 'twig_cut', layer: 'branch', severity: 'degraded', forSeconds: 0, clearSeconds: 60, memberIncident: true },
];

type Past = 'good' | 'bad once' | 'confirmed' | 'latched' | 'latched bad' | 'none';
type Row = readonly [check: string, answer: Answer, past: Past];

const PASTS: Record<Exclude<Past, 'none'>, Pick<Streak, 'bad' | 'good' | 'latched' | 'badSince'>> = {
  good: { bad: 0, good: 3, badSince: 0, latched: false },
  'bad once': { bad: 1, good: 0, badSince: 500, latched: false },
  confirmed: { bad: 9, good: 0, badSince: 0, latched: true },
  latched: { bad: 0, good: 1, badSince: 0, latched: true },
  'latched bad': { bad: 1, good: 0, badSince: 600, latched: true },
};

const BARE: Row = ['twig_bare', 'bad', 'confirmed'];
/** What can be said of a member, in a word. */
const WORDS: Record<string, { rows: readonly Row[]; is?: Partial<Member> }> = {
  ok: { rows: [['twig_bare', 'ok', 'good']] },
  bad: { rows: [BARE] },
  bent: {
    rows: [
      ['twig_bare', 'ok', 'good'],
      ['twig_bent', 'bad', 'confirmed'],
    ],
  },
  cut: {
    rows: [
      ['twig_bare', 'ok', 'good'],
      ['twig_cut', 'bad', 'confirmed'],
    ],
  },
  fresh: { rows: [['twig_bare', 'bad', 'bad once']] },
  unseen: { rows: [['twig_bare', 'unknown', 'good']] },
  unasked: { rows: [['twig_bare', 'not_observed', 'none']] },
  silent: { rows: [] },
  stale: { rows: [['twig_bare', 'unknown', 'confirmed']] },
  half_seen: {
    rows: [
      ['twig_bare', 'unknown', 'good'],
      ['twig_bent', 'ok', 'good'],
    ],
  },
  beside: { rows: [['twig_cut', 'ok', 'good']] },
  clearing: { rows: [['twig_bare', 'ok', 'latched']] },
  anew: { rows: [['twig_bare', 'bad', 'latched bad']] },
  blown: { rows: [BARE, ['storm', 'bad', 'confirmed']] },
  calming: { rows: [BARE, ['storm', 'ok', 'latched']] },
  windblind: { rows: [BARE, ['storm', 'unknown', 'confirmed']] },
  windless: { rows: [BARE, ['storm', 'not_observed', 'confirmed']] },
  airless: { rows: [BARE, ['storm', 'unknown', 'none']] },
  breeze: { rows: [BARE, ['storm', 'bad', 'bad once']] },
  calm: { rows: [BARE, ['storm', 'ok', 'good']] },
  gusty: { rows: [BARE, ['gust', 'bad', 'confirmed']] },
  mossy: { rows: [BARE, ['moss', 'bad', 'confirmed']] },
  disabled: { rows: [BARE], is: { votes: 'disabled' } },
  ignored: { rows: [BARE], is: { votes: 'ignored' } },
  stone: { rows: [BARE], is: { kind: 'stone' } },
  new: { rows: [BARE], is: { worked: false } },
  reached: { rows: [BARE], is: { reachable: true } },
  unreached: { rows: [BARE], is: { reachable: false } },
};

/** Members in words, called a, b, c …; the vote is about two rows of them. */
function poll(words: string, majorityPercent = 50): Vote {
  const members: Member[] = [];
  const findings: Finding[] = [];
  const streaks: Record<string, Streak> = {};
  for (const [place, word] of words.split(' ').entries()) {
    if (word === '') continue;
    const id = 'abcdefghij'.charAt(place);
    const said = WORDS[word];
    if (!said) throw new Error(`The word ${word} is not in the list.`);
    members.push(member(id, said.is));
    for (const [check, answer, past] of said.rows) {
      findings.push(finding(check, answer, 600, { member: id }));
      if (past === 'none') continue;
      const times = { goodSince: 0, at: 600, seenAt: 600, detail: '' };
      streaks[streakKey(check, id)] = { ...PASTS[past], ...times };
    }
  }
  const about = ['twig_bare', 'twig_bent'];
  const ballot = { kind: 'twig', checks: about, members, findings, streaks, rules, layers };
  return vote({ ...ballot, limits: { ...limits, majorityPercent } });
}

describe('The vote of the members', () => {
  it.each([
    ['', 'unknown', 'None is known that counts.', 'an empty set is no majority'],
    ['disabled ignored', 'not_observed', 'All are switched off or ignored.', 'then nobody is asked'],
    ['stone stone', 'unknown', 'None is known that counts.', 'another kind does not vote'],
    ['ok ok ok', 'ok', '0 of 3 fail.', 'all are well'],
    ['bad ok', 'ok', '1 of 2 fail.', 'exactly half is no majority'],
    ['bad bad ok', 'bad', '2 of 3 fail: a, b.', 'more than half is'],
    ['bad bad', 'bad', '2 of 2 fail: a, b.', 'all are bad'],
    ['bad ok ok ok', 'ok', '1 of 4 fail.', 'one weak member takes nobody down'],
    ['bad bent cut', 'bad', '2 of 3 fail: a, b.', 'any of the rows that are voted on, and no other'],
    ['bad fresh ok', 'ok', '1 of 3 fail.', 'bad, but not yet confirmed, is no vote against'],
    ['bad bad fresh', 'bad', '2 of 3 fail: a, b.', 'but the voter counts'],
    ['bad disabled ok ok', 'ok', '1 of 3 fail.', 'a disabled member is no voter'],
    ['bad bad disabled ignored ok', 'bad', '2 of 3 fail: a, b.', 'neither is an ignored one'],
    ['bad bad stone', 'bad', '2 of 2 fail: a, b.', 'nor one of another kind'],
    ['bad unseen ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'the unseen one could make the majority'],
    ['bad unseen ok ok', 'ok', '1 of 4 fail.', 'here it could not'],
    ['bad bad unseen', 'bad', '2 of 3 fail: a, b.', 'bad whatever the unseen one would say'],
    ['bad bad unseen unseen', 'unknown', '2 of 4 fail, and 2 cannot be seen.', 'an unseen voter is a voter'],
    ['unseen unseen ok', 'unknown', '0 of 3 fail, and 2 cannot be seen.', 'most are not seen'],
    ['unseen ok', 'ok', '0 of 2 fail.', 'half unseen could be half bad, and half is no majority'],
    ['bad unasked ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'who is not asked is not seen'],
    ['bad silent ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'who says nothing is not seen'],
    ['bad beside ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'an answer to another row is none'],
    ['bad stale ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'an old opinion is none'],
    [
      'bad clearing ok',
      'unknown',
      '1 of 3 fail, and 1 good again but not yet for long enough.',
      'good, but not yet cleared',
    ],
    [
      'bad clearing unseen',
      'unknown',
      '1 of 3 fail, and 1 good again but not yet for long enough, 1 cannot be seen.',
      'both',
    ],
    ['bad anew ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'bad behind a gap is not confirmed anew'],
    ['bad half_seen ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'one good row hides no other that is unseen'],
    ['bad blown ok ok', 'ok', '1 of 3 fail.', 'whose fault is explained below does not vote'],
    ['bad bad blown', 'bad', '2 of 2 fail: a, b.', 'nor count among the voters'],
    ['blown blown bad bad ok', 'bad', '2 of 3 fail: c, d.', 'less than half explained: the others decide'],
    [
      'blown blown ok ok',
      'unknown',
      '2 of 4 have a cause of their own: the fault lies below.',
      'half explained: the fault lies below',
    ],
    [
      'blown blown bad',
      'unknown',
      '2 of 3 have a cause of their own: the fault lies below.',
      'more than half: the fault lies below',
    ],
    [
      'blown bad disabled',
      'unknown',
      '1 of 2 have a cause of their own: the fault lies below.',
      'half of the enabled ones, not of all',
    ],
    ['bad calming ok ok', 'ok', '1 of 3 fail.', 'the ground just became good: what stands on it needs a while'],
    ['bad windblind ok ok', 'ok', '1 of 3 fail.', 'a lost view of the cause does not clear it'],
    ['bad windless ok', 'bad', '2 of 3 fail: a, b.', 'a cause that is not asked any more explains nothing'],
    ['windless blown bad ok ok', 'ok', '2 of 4 fail.', 'nor does it because it is asked of another member'],
    ['bad airless ok', 'bad', '2 of 3 fail: a, b.', 'nor ground of which nothing was ever seen'],
    ['bad breeze ok', 'unknown', '1 of 3 fail, and 1 cannot be seen.', 'what looks explained waits for it'],
    ['bad bad breeze', 'bad', '2 of 3 fail: a, b.', 'and need not be waited for where the others suffice'],
    ['bad calm ok', 'bad', '2 of 3 fail: a, b.', 'nor ground that is well'],
    ['bad gusty ok', 'bad', '2 of 3 fail: a, b.', 'a row that only tells explains nothing'],
    ['bad mossy ok', 'bad', '2 of 3 fail: a, b.', 'a layer that is not below explains nothing'],
    ['bad cut ok', 'ok', '1 of 3 fail.', 'a row of their own layer does not explain'],
    [
      'bad',
      'unknown',
      'a is the only one that counts, and it was not proven that it can be reached.',
      'a single voter that nobody tried to reach',
    ],
    [
      'unreached',
      'unknown',
      'a is the only one that counts, and it was not proven that it can be reached.',
      'a single voter that cannot be reached',
    ],
    ['reached', 'bad', '1 of 1 fail: a.', 'a single voter that is proven reachable counts'],
    [
      'disabled bad',
      'unknown',
      'b is the only one that counts, and it was not proven that it can be reached.',
      'a single one left',
    ],
    ['ok', 'ok', '0 of 1 fail.', 'a single voter that is well'],
    ['bad unreached', 'bad', '2 of 2 fail: a, b.', 'with two voters nobody needs proof'],
  ])('%j is %s, %j: %s.', (words, answer, detail) => {
    expect(poll(words)).toMatchObject({ answer, detail });
  });

  it.each([
    ['bad bad bad ok', 75, 'ok', 'exactly the share'],
    ['bad bad bad ok', 74, 'bad', 'more than the share'],
    ['bad bad unseen ok', 75, 'ok', 'the unseen one cannot make it more than the share'],
    ['bad bad unseen ok', 74, 'unknown', 'the unseen one could'],
  ])('%j with a share of %d %% is %s: %s.', (words, percent, answer) => {
    expect(poll(words, percent).answer).toBe(answer);
  });

  it('Names the voters, the bad ones, and those of them that worked before.', () => {
    expect(poll('bad new ok blown disabled unseen')).toMatchObject({
      voters: ['a', 'b', 'c', 'f'],
      bad: ['a', 'b'],
      badAndWorked: ['a'],
    });
  });

  it.each([
    ['blown blown ok', 50, true, 'out is out, whatever explains it'],
    ['blown bad ok', 50, true, 'explained and not explained together'],
    ['blown ok', 50, false, 'exactly half is not most'],
    ['blown blown ok', 67, false, 'the share is that of the vote'],
    ['bad bad ok', 50, true, 'also where they vote it down'],
    ['blown disabled disabled ok ok', 50, false, 'who is switched off is not counted'],
    ['bad disabled', 50, false, 'one alone is never many'],
    ['calming clearing fresh', 50, false, 'only what is confirmed in this look is out'],
    ['', 50, false, 'nobody is out'],
  ])('%j with a share of %d %%: most are out: %s, for %s.', (words, percent, isMostOut) => {
    expect(poll(words, percent).isMostOut).toBe(isMostOut);
  });

  it("Counts one member's cause for that member only.", () => {
    expect(poll('blown bad bad').voters).toEqual(['b', 'c']);
  });
});
