import { describe, expect, it } from 'vitest';
import type { Streak } from '../../src/rules/state.ts';
import { extend, isConfirmed, isFresh, isGoodFor, streakKey } from '../../src/rules/streak.ts';
import type { CheckRule, Finding } from '../../src/rules/types.ts';
import { finding, limits } from './builders.ts';

const rule = (forSeconds: number, clearSeconds: number): CheckRule => ({
  id: 'rot',
  layer: 'trunk',
  severity: 'unhealthy',
  forSeconds,
  clearSeconds,
});

/** Evidence is some seconds older than the turn that brings it. */
const EVIDENCE_AGE = 5;

/**
 * A sign a turn, one turn an interval: x bad, . ok, ? unknown, - not observed, ~ ok that proves nothing,
 * = the same answer with the same evidence as before, a space: no turn.
 */
const SIGNS: Record<string, Pick<Finding, 'answer' | 'proves'>> = {
  x: { answer: 'bad' },
  '.': { answer: 'ok' },
  '?': { answer: 'unknown' },
  '-': { answer: 'not_observed' },
  '~': { answer: 'ok', proves: false },
};

function live(timeline: string, row: CheckRule): Streak | undefined {
  let streak: Streak | undefined;
  let last: Finding | undefined;
  for (const [turn, sign] of [...timeline].entries()) {
    const now = turn * limits.intervalSeconds;
    if (sign === ' ') continue;
    const said = SIGNS[sign];
    const one = said ? { ...finding('rot', said.answer, now - EVIDENCE_AGE), ...said } : last;
    if (!one) throw new Error(`The timeline ${timeline} has no answer that could be the same.`);
    streak = extend(streak, one, row, { now, limits });
    last = one;
  }
  return streak;
}

function wordFor(streak: Streak | undefined, row: CheckRule): string {
  if (!streak) return 'untold';
  const latched = streak.latched ? ' latched' : '';
  if (isConfirmed(streak, row, limits)) return `confirmed${latched}`;
  return `${streak.bad > 0 ? 'bad' : 'good'}${latched}`;
}

describe('A streak that must only be long enough in answers', () => {
  it.each([
    ['x', 'bad', 'once is not confirmed'],
    ['xx', 'confirmed latched', 'twice in a row is'],
    ['xxx', 'confirmed latched', 'more often is too'],
    ['.', 'good', 'good is good'],
    ['.x', 'bad', 'good before does not count'],
    ['x.x', 'bad', 'good breaks a bad streak'],
    ['x.xx', 'confirmed latched', 'and it starts anew behind it'],
    ['.xx', 'confirmed latched', 'good first, then confirmed'],
    ['?', 'untold', 'blindness alone tells nothing'],
    ['-', 'untold', 'what is not asked tells nothing'],
    ['~', 'untold', 'what proves nothing tells nothing'],
    ['x?x', 'confirmed latched', 'blindness does not break a streak'],
    ['x??x', 'confirmed latched', 'three intervals between two answers are no gap'],
    ['x???x', 'bad', 'more than three intervals are a gap'],
    ['x?', 'bad', 'blindness does not lengthen a streak'],
    ['x-x', 'confirmed latched', 'a turn that did not ask does not break it'],
    ['x-', 'bad', 'a turn that did not ask does not lengthen it'],
    ['x~x', 'confirmed latched', 'an ok that proves nothing does not break it'],
    ['x~', 'bad', 'an ok that proves nothing does not lengthen it'],
    ['xx~~~~~', 'confirmed latched', 'silence does not clear it'],
    ['x  x', 'confirmed latched', 'two turns left out are no gap'],
    ['x   x', 'bad', 'three turns left out are a gap'],
    ['x   xx', 'confirmed latched', 'it is counted anew after a gap'],
    ['x=', 'bad', 'the same evidence is no second answer'],
    ['x=====', 'bad', 'however often it is shown'],
    ['x==x', 'confirmed latched', 'it does not break the streak either'],
    ['x====x', 'confirmed latched', 'it shows that somebody looked: no gap'],
    ['xx   x', 'bad latched', 'a gap takes the confirmation, not the latch'],
    ['xx   xx', 'confirmed latched', 'it is confirmed anew'],
    ['xx.', 'good latched', 'one good answer does not clear'],
    ['xx..', 'good latched', 'good for 30 of 60 s does not clear'],
    ['xx...', 'good', 'good for 60 s clears'],
    ['xx..?', 'good latched', 'blindness does not lengthen good'],
    ['xx..==', 'good latched', 'evidence that stands still does not lengthen good'],
    ['xx..?.', 'good', 'blindness does not break good'],
    ['xx..x', 'bad latched', 'bad again before it cleared: still latched'],
    ['xx..x..', 'good latched', 'good starts anew after it'],
    ['xx...x', 'bad', 'after it was cleared one bad answer is one bad answer'],
    ['xx   .', 'good latched', 'a gap does not clear'],
    ['xx.   .', 'good latched', 'good before a gap does not count'],
    ['xx.   ...', 'good', 'good behind a gap does'],
  ])('%j is %s: %s.', (timeline, word) => {
    const row = rule(0, 60);
    expect(wordFor(live(timeline, row), row)).toBe(word);
  });
});

describe('A streak that must last', () => {
  it.each([
    ['xx', 60, 'bad', 'twice within 30 s is not 60 s'],
    ['xxx', 60, 'confirmed latched', 'exactly 60 s is enough'],
    ['xxx', 61, 'bad', 'a second less is not'],
    ['x?x', 60, 'confirmed latched', 'unknown between two answers: the evidence spans 60 s'],
    ['x.xx', 60, 'bad', 'time before a good answer does not count'],
    ['x.xxx', 60, 'confirmed latched', 'the time runs from the first bad one of the row'],
    ['x   xx', 60, 'bad', 'time before a gap does not count'],
    ['xx??', 60, 'bad', 'the evidence counts, not the time of looking'],
    ['xx===', 60, 'bad', 'evidence that stands still lasts no longer'],
    ['x', 0, 'bad', 'no time to last still needs two answers'],
  ])('%j for %d s is %s: %s.', (timeline, forSeconds, word) => {
    const row = rule(forSeconds, 60);
    expect(wordFor(live(timeline, row), row)).toBe(word);
  });

  it.each([
    ['xx.', 0, 'good', 'with nothing to wait for one good answer clears'],
    ['xx..', 30, 'good', 'exactly 30 s clear'],
    ['xx..', 31, 'good latched', 'a second less does not'],
    ['xx', 0, 'confirmed latched', 'bad never clears'],
    ['xx   x', 0, 'bad latched', 'bad behind a gap is not good, however short the time to clear'],
  ])('%j that clears in %d s is %s: %s.', (timeline, clearSeconds, word) => {
    const row = rule(0, clearSeconds);
    expect(wordFor(live(timeline, row), row)).toBe(word);
  });

  it.each([
    [1, 'x', 'confirmed'],
    [3, 'xx', 'bad'],
    [3, 'xxx', 'confirmed'],
  ])('Where %d answers confirm, %j is %s.', (confirmFailures, timeline, word) => {
    const streak = live(timeline, rule(0, 60));
    expect(isConfirmed(streak, rule(0, 60), { ...limits, confirmFailures }) ? 'confirmed' : 'bad').toBe(word);
  });
});

/** Steps in words: "<now> <answer> at <evidence> [since <begin>]". */
function steps(words: readonly string[], row: CheckRule): Streak | undefined {
  return words.reduce<Streak | undefined>((streak, words) => {
    const [now = '', answer = '', , at = '', , since] = words.split(' ');
    const said = finding('rot', answer === 'bad' ? 'bad' : 'ok', Number(at), {
      detail: `${answer} ${now}`,
      ...(since === undefined ? {} : { since: Number(since) }),
    });
    return extend(streak, said, row, { now: Number(now), limits });
  }, undefined);
}

describe('The times of a streak', () => {
  it.each<[readonly string[], Partial<Streak>, string]>([
    [
      ['100 bad at 90'],
      { bad: 1, good: 0, badSince: 90, goodSince: 90, at: 90, seenAt: 100, latched: false, detail: 'bad 100' },
      'one bad answer, by its own time',
    ],
    [
      ['100 ok at 90'],
      { bad: 0, good: 1, badSince: 90, goodSince: 90, at: 90, seenAt: 100, latched: false, detail: 'ok 100' },
      'one good answer',
    ],
    [['100 bad at 90', '130 bad at 120'], { bad: 2, good: 0, badSince: 90, at: 120, seenAt: 130 }, 'bad goes on'],
    [['100 ok at 90', '130 ok at 120'], { bad: 0, good: 2, goodSince: 90, at: 120, seenAt: 130 }, 'good goes on'],
    [['100 bad at 90', '130 ok at 120'], { bad: 0, good: 1, goodSince: 120, at: 120 }, 'good begins'],
    [['100 ok at 90', '130 bad at 120'], { bad: 1, good: 0, badSince: 120, at: 120 }, 'bad begins'],
    [
      ['100 bad at 90', '130 bad at 90'],
      { bad: 1, badSince: 90, at: 90, seenAt: 130, detail: 'bad 130' },
      'the same evidence: only the look and its words are new',
    ],
    [
      ['100 ok at 90', '130 ok at 90'],
      { good: 1, at: 90, seenAt: 130, detail: 'ok 130' },
      'the same good evidence is not counted again',
    ],
    [['100 bad at 90', '130 ok at 90'], { bad: 0, good: 1, goodSince: 90 }, 'another answer is a new one at any time'],
    [['100 ok at 90', '130 bad at 90'], { bad: 1, good: 0, badSince: 90 }, 'in both directions'],
    [['100 bad at 90 since 20'], { bad: 1, badSince: 20, at: 90 }, 'the evidence says that it was bad before'],
    [['100 bad at 90', '130 bad at 120 since 40'], { bad: 2, badSince: 40 }, 'evidence may reach back further later'],
    [['100 bad at 90 since 20', '130 bad at 120'], { bad: 2, badSince: 20 }, 'and what it said holds'],
    [['100 bad at 90', '130 bad at 60'], { bad: 2, badSince: 60, at: 60 }, 'evidence that steps back lasts no longer'],
    [['100 ok at 90', '130 ok at 60'], { good: 2, goodSince: 60, at: 60 }, 'nor does good'],
    [['100 bad at 90', '190 bad at 180'], { bad: 2, badSince: 90 }, 'exactly three intervals are no gap'],
    [['100 bad at 90', '190.1 bad at 180'], { bad: 1, badSince: 180 }, 'a tenth of a second more is one'],
    [['100 ok at 90', '190 ok at 180'], { good: 2, goodSince: 90 }, 'no gap in good'],
    [['100 ok at 90', '190.1 ok at 180'], { good: 1, goodSince: 180 }, 'a gap in good'],
    [
      ['100 bad at 90', '250 bad at 90'],
      { bad: 1, badSince: 90, seenAt: 250 },
      'old evidence behind a gap begins anew',
    ],
  ])('%j: %j, %s.', (words, wanted) => {
    expect(steps(words, rule(60, 60))).toMatchObject(wanted);
  });

  it('Evidence that reaches far enough back confirms with the second answer, never with the first.', () => {
    const row = rule(60, 60);
    expect(wordFor(steps(['100 bad at 90 since 0'], row), row)).toBe('bad');
    expect(wordFor(steps(['100 bad at 90 since 0', '130 bad at 120 since 0'], row), row)).toBe('confirmed latched');
  });

  it('Blindness returns the very streak that was there.', () => {
    const before = live('xx', rule(0, 60));
    for (const answer of ['unknown', 'not_observed'] as const) {
      expect(extend(before, finding('rot', answer, 60), rule(0, 60), { now: 65, limits })).toBe(before);
    }
  });
});

describe('Small questions to a streak', () => {
  const streak: Streak = {
    bad: 0,
    good: 2,
    badSince: 0,
    goodSince: 100,
    at: 160,
    seenAt: 165,
    latched: false,
    detail: '',
  };

  it.each<[string, Streak | undefined, number, boolean]>([
    ['nobody ever looked', undefined, 0, false],
    ['good for exactly as long', streak, 60, true],
    ['good for less', streak, 60.1, false],
    ['one good answer, no time asked', { ...streak, good: 1, goodSince: 160 }, 0, true],
    ['bad, though its old good time is long', { ...streak, bad: 1, good: 0 }, 60, false],
  ])('Good for long enough: %s.', (_, one, seconds, wanted) => {
    expect(isGoodFor(one, seconds)).toBe(wanted);
  });

  it.each<[number, boolean]>([
    [165, true],
    [255, true],
    [255.1, false],
  ])('A streak that was last seen at 165 s is fresh at %d s: %s.', (now, wanted) => {
    expect(isFresh(streak, now, limits)).toBe(wanted);
  });

  it('A streak that nobody began is not confirmed.', () => {
    expect(isConfirmed(undefined, rule(0, 0), limits)).toBe(false);
  });

  it('There is one streak a check, or a check and a member.', () => {
    expect(streakKey('rot', null)).toBe('rot');
    expect(streakKey('rot', 'oak')).toBe('rot/oak');
  });
});

describe('A run that has begun', () => {
  const row = rule(60, 60);
  const seen = (streak: Streak | undefined, at: number, begunAt: number | null, changes: Partial<Finding> = {}) =>
    extend(streak, finding('rot', 'bad', at, changes), row, { now: at, limits, begunAt });
  const confirmed = [0, 30, 60].reduce<Streak | undefined>((streak, at) => seen(streak, at, null), undefined);

  it.each<[string, number | null, string]>([
    ['before all of it leaves what was bad confirmed', -1, 'confirmed latched'],
    ['in the moment of the last evidence too', 60, 'confirmed latched'],
    ['after the last evidence confirms nothing by it', 61, 'bad latched'],
    ['at a time that nobody knows leaves it as it is', null, 'confirmed latched'],
  ])('%s.', (_words, begunAt, word) => {
    expect(wordFor(seen(confirmed, 90, begunAt), row)).toBe(word);
  });

  it('Asks for as much evidence as at first.', () => {
    let streak = confirmed;
    const words = [90, 120, 149, 151].map((at) => {
      streak = seen(streak, at, 80);
      return wordFor(streak, row);
    });
    expect(words).toEqual(['bad latched', 'bad latched', 'bad latched', 'confirmed latched']);
  });

  it('Is no time before its beginning, whatever the evidence says of its own age.', () => {
    expect(seen(undefined, 90, 80, { since: 10 })?.badSince).toBe(80);
    expect(seen(undefined, 90, 80, { since: 85 })?.badSince).toBe(85);
    expect(seen(undefined, 90, null, { since: 10 })?.badSince).toBe(10);
    // Evidence of the run before is of its own time.
    expect(seen(undefined, 70, 80, { since: 10 })?.badSince).toBe(70);
  });

  it('Takes nothing from what was good.', () => {
    const good = (streak: Streak | undefined, at: number) =>
      extend(streak, finding('rot', 'ok', at), row, { now: at, limits, begunAt: 80 });
    expect(good(good(undefined, 60), 90)).toMatchObject({ good: 2, goodSince: 60 });
  });
});
