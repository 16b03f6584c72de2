import { describe, expect, it } from 'vitest';
import { causesOf, failingChecks, memberCausesOf, weightOf } from '../../src/rules/cause.ts';
import type { Streak } from '../../src/rules/state.ts';
import { streakKey } from '../../src/rules/streak.ts';
import type { CheckRule, Finding, LayerRule, Severity } from '../../src/rules/types.ts';
import { checks, finding, layers, limits } from './builders.ts';

const BAD: Streak = { bad: 2, good: 0, badSince: 0, goodSince: 0, at: 60, seenAt: 60, latched: true, detail: '' };

/** "check[/member] [how]", by commas; without a word it is confirmed bad. */
function failingOf(rows: string, table: readonly CheckRule[]) {
  const findings: Finding[] = [];
  const streaks: Record<string, Streak> = {};
  for (const row of rows.split(', ').filter((text) => text !== '')) {
    const [place = '', how = 'confirmed'] = row.split(' ');
    const [check = '', member = null] = place.split('/');
    const answer = { clearing: 'ok', blind: 'unknown', unasked: 'not_observed' } as const;
    findings.push(finding(check, answer[how as keyof typeof answer] ?? 'bad', 60, { member }));
    if (how === 'unheard') continue;
    const key = streakKey(check, member);
    streaks[key] = { ...BAD, latched: how !== 'once', detail: `${key} says so` };
  }
  return failingChecks(table, findings, streaks, { now: BAD.seenAt, limits });
}

describe('What fails', () => {
  it.each([
    ['', '', 'nothing'],
    ['rot', 'rot', 'a confirmed row'],
    ['rot once', '', 'not yet confirmed'],
    ['rot unheard', '', 'nobody has counted it'],
    ['rot clearing', 'rot', 'good, but not yet cleared'],
    ['rot blind', 'rot', 'a lost view does not clear it'],
    ['rot unasked', '', 'what is not asked any more does not fail'],
    ['fog', 'fog', 'blindness fails too: it may explain'],
    ['rustle', '', 'a row that only tells explains nothing'],
    ['storm/oak, twig_bare/oak', '', 'members with incidents of their own are not the target'],
    ['rot/oak, rot/elm once', 'rot/oak', 'one member of a row'],
    ['pale, rot, dry', 'dry, rot, pale', 'in the order of the table'],
  ])('%j fails as %j: %s.', (rows, wanted) => {
    const failing = failingOf(rows, checks);
    expect(failing.map((f) => streakKey(f.rule.id, f.member)).join(', ')).toBe(wanted);
  });

  it('Each with its row, its place in the table, and what its last answer said.', () => {
    expect(failingOf('rot, pale/oak', checks)).toEqual([
      { rule: checks[2], order: 2, member: null, detail: 'rot says so', isStanding: true },
      { rule: checks[3], order: 3, member: 'oak', detail: 'pale/oak says so', isStanding: true },
    ]);
  });
});

/** A house with two grounds and rows that differ in one thing each. */
const house: readonly LayerRule[] = [
  { id: 'deep', standsOn: [] },
  { id: 'wide', standsOn: [] },
  { id: 'wall', standsOn: ['deep', 'wide'] },
  { id: 'roof', standsOn: ['wall'] },
  { id: 'shed', standsOn: ['wide'] },
];

const row = (id: string, layer: string, severity: Severity, forbids?: 'own' | 'all'): CheckRule => ({
  id,
  layer,
  severity,
  forSeconds: 0,
  clearSeconds: 0,
  ...(forbids ? { forbids } : {}),
});

const table: readonly CheckRule[] = [
  row('hinge', 'shed', 'degraded'),
  row('tile', 'roof', 'degraded'),
  row('gap', 'roof', 'unhealthy'),
  row('hole', 'roof', 'unhealthy'),
  row('mould', 'roof', 'degraded', 'own'),
  row('leak', 'roof', 'degraded', 'all'),
  row('crack', 'wall', 'degraded'),
  row('damp', 'deep', 'degraded'),
  row('flood', 'deep', 'unhealthy'),
  row('mud', 'wide', 'degraded'),
  row('quake', 'wide', 'unhealthy', 'own'),
  row('door', 'shed', 'unhealthy'),
  row('dark', 'deep', 'unknown'),
];

describe('The cause', () => {
  it.each([
    ['', '', 'nothing fails'],
    ['tile', 'degraded tile', 'what fails alone is its own cause'],
    ['tile, crack', 'degraded crack', 'the lowest layer explains what stands on it'],
    ['gap, crack', 'unhealthy crack', 'a cause weighs as much as the worst that it explains'],
    ['tile, flood', 'unhealthy flood', 'or as much as itself'],
    ['gap, tile, crack', 'unhealthy crack', 'what comes later and is milder does not ease it'],
    ['tile, damp', 'degraded damp', 'through a layer that is well'],
    ['gap, crack, damp', 'unhealthy damp', 'the lowest of three'],
    ['gap, tile', 'unhealthy gap', 'in one layer the worse one'],
    ['gap, hole', 'unhealthy gap', 'in one layer and alike: the first in the table'],
    ['hole, gap', 'unhealthy gap', 'whatever the order of the findings'],
    ['gap, mould', 'unhealthy mould', 'in one layer a row that forbids restarts outranks a worse one'],
    ['mould, leak', 'degraded mould', 'both forbid: the first in the table'],
    ['gap, door', 'unhealthy door, unhealthy gap', 'two causes, alike: the lower layer first'],
    ['tile, door', 'unhealthy door, degraded tile', 'two causes: the worse first'],
    ['gap, crack, door', 'unhealthy door, unhealthy crack', 'a cause of high weight may be explained weight'],
    ['damp, door', 'unhealthy door, degraded damp', 'the worse first, though the other lies lower'],
    ['mud, door', 'unhealthy mud', 'the shed stands on the wide ground'],
    ['damp, mud', 'degraded damp, degraded mud', 'alike and as low: the first in the table'],
    ['hinge, damp, mud', 'degraded damp, degraded mud', 'whichever is found first'],
    ['flood, quake', 'unhealthy quake, unhealthy flood', 'alike and as low: the one that forbids'],
    ['gap, damp, mud', 'unhealthy damp, degraded mud', 'one of two grounds explains: the first in the table'],
    ['gap, flood, mud', 'unhealthy flood, degraded mud', 'one of two grounds explains: the worse'],
    ['gap, flood, quake', 'unhealthy quake, unhealthy flood', 'one of two grounds explains: the one that forbids'],
    ['dark', '', 'blindness is no failure of its own'],
    ['gap, dark', 'unhealthy dark', 'but it explains what stands on it'],
    ['door, dark', 'unhealthy door', 'and nothing else'],
    ['dark, damp', 'degraded damp', 'in one layer it is the mildest'],
    ['tile/oak, tile/elm', 'degraded tile/oak', 'members of one row: the first one found'],
    ['gap/oak, crack/elm', 'unhealthy crack/elm', 'the cause names its member'],
  ])('%j has the causes %j: %s.', (rows, wanted) => {
    const causes = causesOf(failingOf(rows, table), house);
    expect(causes.map((c) => `${c.severity} ${streakKey(c.check, c.member)}`).join(', ')).toBe(wanted);
  });

  it('Takes layer, member and words from the row that explains.', () => {
    expect(causesOf(failingOf('gap, crack/elm', table), house)).toEqual([
      {
        check: 'crack',
        layer: 'wall',
        member: 'elm',
        severity: 'unhealthy',
        detail: 'crack/elm says so',
      },
    ]);
  });

  it('In the common table the ground explains the crown.', () => {
    const causes = causesOf(failingOf('bare, pale, dry, fog', checks), layers);
    expect(causes.map((c) => c.check)).toEqual(['dry']);
  });
});

describe('What a member has of its own', () => {
  const own = [...checks, { ...row('split', 'branch', 'unhealthy'), memberIncident: true }];
  const NOW = 1000;

  /** "check/member", by commas; `~` was last seen long ago. */
  function found(rows: string): readonly string[] {
    const findings: Finding[] = [];
    const streaks: Record<string, Streak> = {};
    for (const word of rows.split(', ').filter((text) => text !== '')) {
      const [check = '', member = null] = word.replace('~', '').split('/');
      const key = streakKey(check, member);
      findings.push(finding(check, 'bad', NOW, { member }));
      streaks[key] = { ...BAD, seenAt: word.startsWith('~') ? 0 : NOW, detail: `${key} says so` };
    }
    const told = memberCausesOf(own, layers, findings, { streaks, now: NOW, limits });
    return told.map(({ member, cause, keys, isStanding }) => {
      return `${member}: ${cause.severity} ${cause.check}/${cause.member} of ${keys.join(' ')}${isStanding ? '' : ', old'}`;
    });
  }

  it.each<[string, readonly string[], string]>([
    ['', [], 'nothing'],
    ['rot, rot/a', [], 'rows of the target are not a member’s'],
    ['twig_bare', [], 'without a member it is nobody’s'],
    ['twig_bare/a', ['a: degraded twig_bare/a of twig_bare/a'], 'one row of one'],
    [
      'twig_bare/a, storm/a',
      ['a: degraded storm/a of storm/a twig_bare/a'],
      'the lowest of its own explains what stands on it',
    ],
    [
      'twig_bare/a, storm/b',
      ['b: degraded storm/b of storm/b', 'a: degraded twig_bare/a of twig_bare/a'],
      'the lower layer first, and none explains another member',
    ],
    [
      'storm/a, split/b',
      ['b: unhealthy split/b of split/b', 'a: degraded storm/a of storm/a'],
      'the worse first, though the other lies lower',
    ],
    ['~twig_bare/a', ['a: degraded twig_bare/a of twig_bare/a, old'], 'it is not looked at any more'],
    [
      '~storm/a, twig_bare/a',
      ['a: degraded twig_bare/a of storm/a twig_bare/a'],
      'what is not looked at explains nothing',
    ],
  ])('%j: %j, %s.', (rows, wanted) => {
    expect(found(rows)).toEqual(wanted);
  });
});

it('A severity weighs more, the worse it is.', () => {
  const worstFirst: readonly Severity[] = ['unhealthy', 'degraded', 'unknown', 'tells'];
  expect(worstFirst.toSorted((a, b) => weightOf(b) - weightOf(a))).toEqual(worstFirst);
  expect(new Set(worstFirst.map(weightOf)).size).toBe(4);
});

describe('What was confirmed and is not looked at any more', () => {
  const NOW = 1000;
  const streaks = (lowAge: number): Record<string, Streak> => ({
    wilted: { ...BAD, seenAt: NOW - lowAge, detail: 'it wilts' },
    bare: { ...BAD, seenAt: NOW, detail: 'it is bare' },
  });
  const findings = [finding('wilted', 'unknown', NOW), finding('bare', 'bad', NOW)];
  const causes = (lowAge: number) =>
    causesOf(failingChecks(checks, findings, streaks(lowAge), { now: NOW, limits }), layers);

  it.each([
    [90, ['wilted'], 'three intervals ago it was seen: it explains'],
    [91, ['bare', 'wilted'], 'longer ago: it explains nothing, and stands behind what is seen'],
  ])('%i s ago: %j, for %s.', (age, wanted) => {
    expect(causes(age).map((one) => one.check)).toEqual(wanted);
  });
});
