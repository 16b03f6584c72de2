/** Whose incident is it: the target's, or a member's own, and when does nothing new open. */
import { describe, expect, it } from 'vitest';
import type { Incident, Streak } from '../../src/rules/state.ts';
import { streakKey } from '../../src/rules/streak.ts';
import { namedCause, ownCauses, troublesOf } from '../../src/rules/troubles.ts';
import type { Answer, Verdict } from '../../src/rules/types.ts';
import { badStreak, cause, checks, deepFreeze, finding, goodStreak, incident, policy } from './builders.ts';

/** One word a finding: `rot` or `twig_bare/a` is latched bad, `!` is bad for the first time, `~` is seen no more but latched, `-` is not asked, `+` is ok, `=` is ok and still latched. */
function troubles(words: string, verdict: Verdict, incidents: readonly Incident[] = []): string[] {
  const answers: Record<string, Answer> = { '~': 'unknown', '-': 'not_observed', '+': 'ok', '=': 'ok' };
  const streaks: Record<string, Streak> = {};
  const findings = words.split(' ').flatMap((word) => {
    if (word === '') return [];
    const answer = answers[word.slice(0, 1)] ?? 'bad';
    const [check = '', member = null] = word.replace(/^[~+=!-]/, '').split('/');
    const key = streakKey(check, member);
    const latched = !word.startsWith('!');
    const detail = `${key} is bad`;
    const good = word.startsWith('=') ? goodStreak(1000, { detail, latched: true }) : goodStreak(1000);
    streaks[key] = answer === 'ok' ? good : badStreak(1000, { detail, latched });
    return [finding(check, answer, 1000, { member })];
  });
  const found = troublesOf(deepFreeze({ policy: policy(), findings, streaks, incidents, verdict, now: 1000 }));
  return found.map((t) => {
    const whose = t.member ?? 'target';
    return `${whose}: ${streakKey(t.cause.check, t.cause.member)} in ${t.cause.layer}, ${t.severity}, of ${t.keys.join(' ')}, ${t.detail}`;
  });
}

const rot = 'target: rot in trunk, unhealthy, of rot, rot is bad';
const bareA = 'a: twig_bare/a in branch, degraded, of twig_bare/a, twig_bare/a is bad';
const stormA = 'a: storm/a in wind, degraded, of storm/a twig_bare/a, storm/a is bad';
const dry = 'target: dry in soil, unhealthy, of dry, dry is bad';
const wilted = 'target: wilted in leaf, degraded, of wilted, wilted is bad';
const openA = incident({ id: 'tree-0-2', member: 'a', keys: ['twig_bare/a'] });
const openTarget = incident();

describe('the troubles of a target and of its members', () => {
  it.each<[string, string, Verdict, readonly Incident[], readonly string[]]>([
    ['nothing is bad', '+rot +twig_bare/a', 'healthy', [], []],
    ['the target has a cause', 'rot', 'unhealthy', [], [rot]],
    ['a latched check that cannot be seen is still bad', '~rot', 'unhealthy', [], [rot]],
    ['nothing opens for what is good again', '=rot', 'unhealthy', [], []],
    ['what is open goes on until it is cleared', '=rot', 'unhealthy', [openTarget], [rot]],
    ['nothing opens for a member that is good again', '=twig_bare/a', 'healthy', [], []],
    ['an open one of a member goes on until it is cleared', '=twig_bare/a', 'healthy', [openA], [bareA]],
    [
      'what is good again goes with what is bad',
      '=rot wilted',
      'unhealthy',
      [],
      ['target: rot in trunk, unhealthy, of rot wilted, rot is bad'],
    ],
    ['what is not asked any more is no trouble', '-rot', 'healthy', [], []],
    ['what only tells is no trouble', 'rustle', 'healthy', [], []],
    [
      'all that is bad belongs to the one cause below',
      'rot wilted',
      'unhealthy',
      [],
      ['target: rot in trunk, unhealthy, of rot wilted, rot is bad'],
    ],
    ['a member has trouble of its own', 'twig_bare/a', 'healthy', [], [bareA]],
    ['a member has one trouble, with its lowest cause', 'twig_bare/a storm/a', 'healthy', [], [stormA]],
    [
      'every member has its own',
      'twig_bare/a twig_bare/b',
      'healthy',
      [],
      [bareA, 'b: twig_bare/b in branch, degraded, of twig_bare/b, twig_bare/b is bad'],
    ],
    [
      'a part of the target has no trouble of its own',
      'wilted/a',
      'degraded',
      [],
      ['target: wilted/a in leaf, degraded, of wilted/a, wilted/a is bad'],
    ],
    ['the member row without a member is nobody’s trouble', 'twig_bare', 'healthy', [], []],
    ['the target comes first, then the members', 'twig_bare/a wilted', 'degraded', [], [wilted, bareA]],
    ['members open nothing when a vote begins to fail', '!bare twig_bare/a', 'healthy', [], []],
    ['members open theirs when the vote is good', '+bare twig_bare/a', 'healthy', [], [bareA]],
    ['members open theirs when something else begins to fail', '!rot twig_bare/a', 'healthy', [], [bareA]],
    ['members open nothing while the target is out', 'rot twig_bare/a', 'unhealthy', [], [rot]],
    ['an open one goes on while the target is out', 'rot twig_bare/a', 'unhealthy', [openA], [rot, bareA]],
    [
      'one of another member does not help',
      'rot twig_bare/a',
      'unhealthy',
      [incident({ member: 'b', keys: ['twig_bare/b'] })],
      [rot],
    ],
    [
      'a resolved one does not come back while the target is out',
      'rot twig_bare/a',
      'unhealthy',
      [{ ...openA, status: 'resolved', resolvedAt: 10 }],
      [rot],
    ],
    ['members open nothing while the target starts', 'twig_bare/a', 'starting', [], []],
    ['an open one goes on while the target starts', 'twig_bare/a', 'starting', [openA], [bareA]],
    ['the inside of a starting target opens nothing', 'rot wilted', 'starting', [], []],
    ['the ground below a starting target does', 'dry rot', 'starting', [], [dry]],
    ['what is open already goes on while it starts', 'rot wilted', 'starting', [openTarget], [rot]],
    [
      'a resolved incident keeps nothing going while it starts',
      'rot',
      'starting',
      [incident({ status: 'resolved', resolvedAt: 10 })],
      [],
    ],
    [
      'a member’s open incident keeps nothing of the target going',
      'rot',
      'starting',
      [incident({ member: 'a', keys: ['rot'] })],
      [],
    ],
    ['the target’s open incident keeps no member going', 'twig_bare/a', 'starting', [openTarget], []],
    ['an unknown verdict hides no member', 'twig_bare/a', 'unknown', [], [bareA]],
  ])('%s', (_words, findings, verdict, incidents, expected) => {
    expect(troubles(findings, verdict, incidents)).toEqual(expected);
  });

  it('knows no trouble of a member that can only not be seen', () => {
    const blind = checks.map((row) => (row.id === 'twig_bare' ? { ...row, severity: 'unknown' as const } : row));
    const findings = [finding('twig_bare', 'bad', 9, { member: 'a' })];
    const streaks = { 'twig_bare/a': badStreak(9) };
    const context = { policy: policy({ checks: blind }), findings, streaks, incidents: [], now: 9 };
    expect(troublesOf({ ...context, verdict: 'healthy' })).toEqual([]);
  });

  it('names by a cause only what names it', () => {
    const context = { streaks: { rot: badStreak(9), 'twig_bare/a': badStreak(9) }, incidents: [openA], now: 9 };
    const findings = [finding('rot', 'bad', 9), finding('twig_bare', 'bad', 9, { member: 'a' })];
    const found = troublesOf({ ...context, policy: policy(), findings, verdict: 'unhealthy' });
    expect(found.map((t) => t.cause)).toEqual([
      { check: 'rot', layer: 'trunk', member: null },
      { check: 'twig_bare', layer: 'branch', member: 'a' },
    ]);
  });
});

describe('what members have of their own', () => {
  const findings = [finding('storm', 'bad', 1000, { member: 'b' }), finding('twig_bare', 'bad', 1000, { member: 'a' })];
  const streaks = { 'storm/b': badStreak(1000), 'twig_bare/a': badStreak(1000, { seenAt: 0 }) };

  it.each<[string, Answer, readonly string[]]>([
    ['counts while they vote for the whole', 'ok', ['storm/b']],
    ['counts while nobody knows how they vote', 'unknown', ['storm/b']],
    ['is the whole’s while they vote it down', 'bad', []],
  ])('%s, as far as it is looked at', (_words, answer, expected) => {
    const causes = ownCauses(policy(), { findings, streaks, votes: { bare: { answer } } }, 1000);
    expect(causes.map((one) => streakKey(one.check, one.member))).toEqual(expected);
  });
});

describe('the cause that is named', () => {
  const named = (verdict: Verdict, incidents: readonly Incident[] = [], checkIds = ['rot', 'dry']) =>
    namedCause(
      checkIds.map((id) => cause(id)),
      { verdict, incidents },
      policy(),
    )?.check ?? null;

  it('is the first', () => expect(named('unhealthy')).toBe('rot'));
  it('is none that a start explains', () => expect(named('starting', [], ['rot'])).toBeNull());
  it('is that of the ground, which no start explains', () => expect(named('starting')).toBe('dry'));
  it('is what was told before, also while it starts', () => expect(named('starting', [openTarget])).toBe('rot'));
  it('is not what was told of something else, or is over', () => {
    expect(named('starting', [incident({ keys: ['wilted'] })], ['rot'])).toBeNull();
    expect(named('starting', [incident({ status: 'resolved' })], ['rot'])).toBeNull();
  });
});
