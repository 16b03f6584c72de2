/** The life of one outage, told as stories: one letter is one turn of ten minutes. */
import { describe, expect, it } from 'vitest';
import {
  followIncidents,
  goodSecondsNeeded,
  type IncidentContext,
  type Told,
  type Trouble,
} from '../../src/rules/incident.ts';
import type { Incident, Streak } from '../../src/rules/state.ts';
import type { Finding } from '../../src/rules/types.ts';
import { badStreak, deepFreeze, finding, goodStreak, incident, limits } from './builders.ts';

const TURN_SECONDS = 600;

/** What a letter of a story says is bad: cause and severity. */
const TROUBLES: Record<string, Pick<Trouble, 'cause' | 'severity' | 'keys'>> = {
  b: { cause: { check: 'rot', layer: 'trunk', member: null }, severity: 'unhealthy', keys: ['rot'] },
  d: { cause: { check: 'rot', layer: 'trunk', member: null }, severity: 'degraded', keys: ['rot'] },
  o: { cause: { check: 'pale', layer: 'leaf', member: null }, severity: 'unhealthy', keys: ['pale'] },
  x: { cause: { check: 'rot', layer: 'trunk', member: 'x' }, severity: 'unhealthy', keys: ['rot/x'] },
  // Bad before, and not yet good for long enough: what the other one had caused.
  u: { cause: { check: 'pale', layer: 'leaf', member: null }, severity: 'unhealthy', keys: ['pale'] },
};

interface Story {
  told: Told[];
  incidents: readonly Incident[];
}

/**
 * `b` rot is bad, `d` the same but milder, `o` another check is bad, `x` the same check of a part of it,
 * `u` that other check is only not yet cleared, `g` all is good, `?` nobody can see it,
 * `L` good but not for long enough (latched), `n` not asked any more,
 * `_` a day without the Warden.
 */
function tell(story: string, member: string | null = null, isGone = (_id: string) => false): Story {
  const told: Told[] = [];
  let incidents: readonly Incident[] = [];
  let streaks: Record<string, Streak> = {};
  let now = 0;
  let ids = 0;
  for (const letter of story) {
    now += letter === '_' ? 86_400 : TURN_SECONDS;
    if (letter === '_') continue;
    const row = TROUBLES[letter];
    const trouble = row ? [{ ...row, member, detail: `${letter} is bad` }] : [];
    streaks = streaksAfter(streaks, letter, now);
    const findings = findingsOf(letter, now);
    const context: IncidentContext = {
      now,
      limits,
      streaks,
      findings,
      isGone,
      newId: () => {
        ids += 1;
        return `i${ids}`;
      },
    };
    const step = followIncidents(deepFreeze(incidents), deepFreeze(trouble), context);
    incidents = JSON.parse(JSON.stringify(step.incidents)) as Incident[];
    told.push(...step.told);
  }
  return { told, incidents };
}

function findingsOf(letter: string, now: number): Finding[] {
  if (letter === 'n') return [finding('rot', 'not_observed', now)];
  return letter === 'u' ? [finding('pale', 'unknown', now)] : [];
}

function streaksAfter(before: Record<string, Streak>, letter: string, now: number): Record<string, Streak> {
  const streaks = { ...before };
  for (const key of ['rot', 'pale', 'rot/x']) {
    if (letter === '?' || letter === 'n') continue;
    const isBad = TROUBLES[letter]?.keys.includes(key) ?? false;
    const last = streaks[key];
    const goodSince = last && last.good > 0 ? last.goodSince : now;
    streaks[key] = isBad ? badStreak(now) : goodStreak(now, { goodSince, latched: letter === 'L' });
  }
  return streaks;
}

/** `opened@1`: in the first turn. */
function turns({ told }: Story, story: string): string[] {
  return told.map(({ type, incident: about }) => {
    const at = type === 'resolved' ? about.resolvedAt : null;
    return at === null ? type : `${type}@${turnAt(at, story)}`;
  });
}

function turnAt(at: number, story: string): number {
  let now = 0;
  for (const [i, letter] of [...story].entries()) {
    now += letter === '_' ? 86_400 : TURN_SECONDS;
    if (now === at) return i + 1;
  }
  return 0;
}

describe('the incident of a target', () => {
  it.each<[string, string, readonly string[]]>([
    ['opens once for one outage', 'bbbb', ['opened']],
    ['resolves by the first cleared good', 'ggbbbggg', ['opened', 'resolved@6']],
    ['is not resolved by good that is not long enough', 'bbLLg', ['opened', 'resolved@5']],
    ['is not resolved by a lost view', 'bb????', ['opened']],
    ['goes on after a lost view as if nothing had been', 'bb??bb', ['opened']],
    ['is resolved by the good after a lost view', 'b??g', ['opened', 'resolved@4']],
    ['says a worse or milder severity once', 'bddbb', ['opened', 'changed', 'changed']],
    ['says another cause once', 'boob', ['opened', 'changed', 'changed']],
    ['says nothing of what the cause had caused and is only not yet cleared', 'buug', ['opened', 'resolved@4']],
    ['says it when that is bad again by itself', 'buob', ['opened', 'changed', 'changed']],
    ['is back also with what is only not yet cleared', 'bguu', ['opened', 'resolved@2', 'flapping']],
    ['says that another part of the same check is the cause', 'bxx', ['opened', 'changed']],
    ['waits until all that was bad in it is good', 'bo?g', ['opened', 'changed', 'resolved@4']],
    ['is flapping when it is back', 'bgb', ['opened', 'resolved@2', 'flapping']],
    ['is flapping once, however often it comes and goes', 'bgbgbgbgb', ['opened', 'resolved@2', 'flapping']],
    [
      'then needs an hour of good: 50 minutes are short',
      'bgb gggggg'.replace(' ', ''),
      ['opened', 'resolved@2', 'flapping'],
    ],
    [
      'then needs an hour of good: an hour is enough',
      'bgbggggggg',
      ['opened', 'resolved@2', 'flapping', 'resolved@10'],
    ],
    [
      'needs two hours after the second relapse',
      `bgbgb${'g'.repeat(13)}`,
      ['opened', 'resolved@2', 'flapping', 'resolved@18'],
    ],
    ['does not count the good before a relapse', `bgbggggggb${'g'.repeat(12)}`, ['opened', 'resolved@2', 'flapping']],
    [
      'is flapping again after it was resolved again',
      `bgb${'g'.repeat(7)}b${'g'.repeat(13)}`,
      ['opened', 'resolved@2', 'flapping', 'resolved@10', 'flapping', 'resolved@24'],
    ],
    ['says a new cause also while it is held open', 'bgbgo', ['opened', 'resolved@2', 'flapping', 'changed']],
    ['says a new severity also while it is held open', 'bgbgd', ['opened', 'resolved@2', 'flapping', 'changed']],
    ['comes back with another cause as the same incident', 'bgo', ['opened', 'resolved@2', 'flapping']],
    [
      'is not resolved by a lost view while it is held open',
      `bgbg${'?'.repeat(12)}`,
      ['opened', 'resolved@2', 'flapping'],
    ],
    ['is a new one a day after it was resolved', `bg_b`, ['opened', 'resolved@2', 'opened']],
    ['is a new one after a good day', `bg${'g'.repeat(144)}b`, ['opened', 'resolved@2', 'opened']],
    ['is the same one just before the day is over', `bg${'g'.repeat(142)}b`, ['opened', 'resolved@2', 'flapping']],
    ['stays open when its only check may not be looked at any more', 'bbnnn', ['opened']],
    ['does not wait for what may not be looked at any more', 'boon', ['opened', 'changed']],
    [
      'does not wait for the one not asked when the other is good',
      'bobgnn',
      ['opened', 'changed', 'changed', 'resolved@4'],
    ],
  ])('%s', (_words, story, expected) => {
    expect(turns(tell(story), story)).toEqual(expected);
  });

  it('keeps its name over every relapse and takes a new one only when it is new', () => {
    expect(tell('bgbgb').told.map((t) => t.incident.id)).toEqual(['i1', 'i1', 'i1']);
    expect(tell('bg_b').told.map((t) => t.incident.id)).toEqual(['i1', 'i1', 'i2']);
  });

  it('is forgotten a day after it was resolved', () => {
    expect(tell(`bg${'g'.repeat(143)}`).incidents).toHaveLength(1);
    expect(tell(`bg${'g'.repeat(144)}`).incidents).toHaveLength(0);
  });

  it.each<[string, string, readonly string[]]>([
    ['what is bad', 'bo', ['b is bad', 'o is bad']],
    ['how long it took, one minute at least', 'bg', ['b is bad', 'It is good again after 10 minutes.']],
    ['that it is back', 'bgb', ['b is bad', 'It is good again after 10 minutes.', 'It is back: b is bad']],
    [
      'how often it was back by now',
      `bgb${'g'.repeat(7)}b`,
      [
        'b is bad',
        'It is good again after 10 minutes.',
        'It is back: b is bad',
        'It is good again after 90 minutes.',
        'It is back, 2 times by now: b is bad',
      ],
    ],
  ])('says in a sentence %s', (_words, story, expected) => {
    expect(tell(story).told.map((t) => t.sentence)).toEqual(expected);
  });

  it.each([
    [0, '1 minute'],
    [29, '1 minute'],
    [89, '1 minute'],
    [90, '2 minutes'],
    [3600, '60 minutes'],
  ])('after %i s says that it took %s', (seconds, words) => {
    const context = { now: 1000 + seconds, limits, streaks: { rot: goodStreak(1000) }, findings: [] };
    const { told } = followIncidents([incident({ openedAt: 1000 })], [], {
      ...context,
      isGone: () => false,
      newId: () => 'i1',
    });
    expect(told.map((t) => t.sentence)).toEqual([`It is good again after ${words}.`]);
  });
});

describe('the incident of a member', () => {
  const gone = (id: string) => id === 'x';
  it.each<[string, string, (id: string) => boolean, readonly string[]]>([
    ['opens and resolves like that of a target', 'bbg', () => false, ['opened', 'resolved@3']],
    ['resolves when its member is gone', 'bb?', gone, ['opened', 'resolved@3']],
    ['stays when another member is gone', 'bb?', (id) => id !== 'x', ['opened']],
    [
      'resolves while it is held open when its member is gone',
      'bgbg',
      gone,
      ['opened', 'resolved@2', 'flapping', 'resolved@4'],
    ],
    ['is told once when its member stays away', 'bb???', gone, ['opened', 'resolved@3']],
  ])('%s', (_words, story, isGone, expected) => {
    expect(turns(tell(story, 'x', isGone), story)).toEqual(expected);
  });

  it('says that its member is no longer watched', () => {
    expect(tell('b?', 'x', gone).told.at(-1)?.sentence).toBe('x is no longer watched.');
  });

  it('is apart from that of the target and of other members', () => {
    const trouble = (member: string | null): Trouble => ({
      member,
      cause: { check: 'rot', layer: 'trunk', member },
      severity: 'degraded',
      keys: ['rot'],
      detail: `${member} is bad`,
    });
    let ids = 0;
    const context: IncidentContext = {
      now: 1000,
      limits,
      streaks: { rot: badStreak(1000) },
      findings: [],
      isGone: () => false,
      newId: () => {
        ids += 1;
        return `i${ids}`;
      },
    };
    const first = followIncidents([], [trouble(null), trouble('x')], context);
    expect(first.told.map((t) => [t.type, t.incident.id, t.incident.member])).toEqual([
      ['opened', 'i1', null],
      ['opened', 'i2', 'x'],
    ]);
    const second = followIncidents(first.incidents, [trouble('x'), trouble('y')], context);
    expect(second.told.map((t) => [t.type, t.incident.id, t.incident.member])).toEqual([['opened', 'i3', 'y']]);
    expect(second.incidents.map((i) => i.id)).toEqual(['i1', 'i2', 'i3']);
  });
});

describe('what an incident remembers', () => {
  const about = { cause: { check: 'rot', layer: 'trunk', member: null }, severity: 'unhealthy' } as const;
  const bad: Trouble = { ...about, member: null, keys: ['rot'], detail: 'It rots.' };
  const other: Trouble = { ...bad, cause: { check: 'pale', layer: 'leaf', member: null }, keys: ['pale'] };
  const full = { acknowledged: true, snoozedUntil: 5000, refused: ['budget'] };
  const resolved = { status: 'resolved', resolvedAt: 900, bad: false, relapses: 0 } as const;
  const held = { bad: false, relapses: 1, flappingTold: true } as const;

  it.each<[string, Partial<Incident>, Trouble | null, Partial<Incident>]>([
    ['the same trouble changes nothing', full, bad, { ...full, flappingTold: false, relapses: 0 }],
    ['a new cause is refused anew, and stays acknowledged', full, other, { ...full, refused: [] }],
    ['its keys are all that were bad in it, each once', { keys: ['wilted', 'rot'] }, bad, { keys: ['wilted', 'rot'] }],
    ['the keys of a new cause are added', {}, other, { keys: ['rot', 'pale'], cause: other.cause }],
    ['what resolves is no longer acknowledged or snoozed', full, null, { acknowledged: false, snoozedUntil: null }],
    ['what resolves is not bad any more', {}, null, { status: 'resolved', resolvedAt: 1000, bad: false }],
    ['what resolves may flap again', { ...held, keys: [] }, null, { flappingTold: false, relapses: 1 }],
    ['what is back is open', resolved, bad, { status: 'open', resolvedAt: null, bad: true, relapses: 1 }],
    ['what is back was opened then', { ...resolved, openedAt: 77 }, bad, { openedAt: 77 }],
    ['what is back is refused anew', { ...resolved, refused: ['budget'] }, bad, { refused: [] }],
    ['a relapse while held open is counted', held, bad, { bad: true, relapses: 2, flappingTold: true }],
    ['a relapse while held open is refused no second time', { ...held, ...full }, bad, full],
    ['a new cause while held open is refused anew', { ...held, ...full }, other, { ...full, refused: [] }],
  ])('%s', (_words, before, trouble, expected) => {
    const { incidents } = followIncidents(deepFreeze([incident(before)]), trouble ? [trouble] : [], {
      now: 1000,
      limits,
      streaks: { rot: goodStreak(1000, { goodSince: -10_000 }) },
      findings: [],
      isGone: () => false,
      newId: () => 'i9',
    });
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject(expected);
  });

  it('has a new cause in a part that is bad, though another part of the check is good', () => {
    const part = { ...bad, cause: { ...bad.cause, member: 'b' }, keys: ['rot/b'] };
    const { told } = followIncidents([incident()], [part], {
      now: 1000,
      limits,
      streaks: {},
      findings: [finding('rot', 'bad', 1000, { member: 'b' }), finding('rot', 'ok', 1000, { member: 'a' })],
      isGone: () => false,
      newId: () => 'i9',
    });
    expect(told.map((t) => t.type)).toEqual(['changed']);
  });

  it('opens with nothing acknowledged, snoozed, refused or told', () => {
    const { incidents } = followIncidents([], [bad], {
      now: 1000,
      limits,
      streaks: {},
      findings: [],
      isGone: () => false,
      newId: () => 'i1',
    });
    expect(incidents).toEqual([incident({ id: 'i1', openedAt: 1000 })]);
  });

  it.each([
    [0, 0],
    [1, 3600],
    [2, 7200],
    [3, 14_400],
    [4, 21_600],
    [5, 21_600],
    [2000, 21_600],
  ])('after %i relapses it needs %i s of good', (relapses, seconds) => {
    expect(goodSecondsNeeded(incident({ relapses }), limits)).toBe(seconds);
  });
});

describe('what an incident waits for', () => {
  const good = goodStreak(1000);
  const bad = badStreak(1000);
  const answer = (check: string, member: string | null, answer: Finding['answer']) =>
    finding(check, answer, 1000, { member });
  const all = () => true;
  const none = () => false;

  it.each<[string, readonly string[], Record<string, Streak>, readonly Finding[], (id: string) => boolean, boolean]>([
    ['all is good', ['rot', 'pale'], { rot: good, pale: good }, [], none, true],
    ['one is still bad', ['rot', 'pale'], { rot: good, pale: bad }, [], none, false],
    ['one is good, but not yet cleared', ['rot'], { rot: { ...good, latched: true } }, [], none, false],
    ['one is forgotten', ['rot', 'pale'], { rot: good }, [], none, true],
    ['all are forgotten', ['rot', 'pale'], {}, [], none, true],
    [
      'none was asked for a while, as during a restart',
      ['rot'],
      { rot: { ...bad, seenAt: 1000 - 3599 } },
      [answer('rot', null, 'not_observed')],
      none,
      false,
    ],
    [
      'none was asked for an hour',
      ['rot'],
      { rot: { ...bad, seenAt: 1000 - 3600 } },
      [answer('rot', null, 'not_observed')],
      none,
      true,
    ],
    [
      'one was not asked for an hour',
      ['rot', 'pale'],
      { rot: good, pale: { ...bad, seenAt: 1000 - 3600 } },
      [answer('dry', null, 'ok'), answer('pale', null, 'not_observed')],
      none,
      true,
    ],
    [
      'one was not asked for a while, as during a restart, and the other is good',
      ['rot', 'pale'],
      { rot: good, pale: { ...bad, seenAt: 1000 - 3599 } },
      [answer('dry', null, 'ok'), answer('pale', null, 'not_observed')],
      none,
      false,
    ],
    ['one cannot be seen', ['rot', 'pale'], { rot: good, pale: bad }, [answer('pale', null, 'unknown')], none, false],
    [
      'another may not be looked at any more',
      ['rot', 'pale'],
      { rot: good, pale: bad },
      [answer('wilted', null, 'not_observed')],
      none,
      false,
    ],
    [
      'one may not be looked at, and the rest is bad',
      ['rot', 'pale'],
      { rot: bad, pale: bad },
      [answer('pale', null, 'not_observed')],
      none,
      false,
    ],
    ['none may be looked at any more', ['rot'], { rot: bad }, [answer('rot', null, 'not_observed')], none, false],
    [
      'a part is gone and its check finds another good',
      ['rot/a'],
      { 'rot/a': bad },
      [answer('rot', 'b', 'ok')],
      all,
      true,
    ],
    [
      'a part is gone and its check finds no other good',
      ['rot/a'],
      { 'rot/a': bad },
      [answer('rot', 'b', 'unknown')],
      all,
      false,
    ],
    [
      'a part is gone and only another check is good',
      ['rot/a'],
      { 'rot/a': bad },
      [answer('pale', 'b', 'ok')],
      all,
      false,
    ],
    [
      'a part is silent but not gone',
      ['rot/a'],
      { 'rot/a': bad },
      [answer('rot', 'b', 'ok')],
      (id) => id !== 'a',
      false,
    ],
    [
      'a part is still asked for',
      ['rot/a'],
      { 'rot/a': bad },
      [answer('rot', 'b', 'ok'), answer('rot', 'a', 'unknown')],
      all,
      false,
    ],
    [
      'one part is gone, another is not asked',
      ['rot/a', 'pale'],
      { 'rot/a': bad, pale: bad },
      [answer('rot', 'b', 'ok'), answer('pale', null, 'not_observed')],
      all,
      false,
    ],
  ])('%s', (_words, keys, streaks, findings, isGone, resolves) => {
    const context = { now: 1000, limits, streaks, findings, isGone, newId: () => 'i1' };
    const { told } = followIncidents([incident({ keys })], [], context);
    expect(told.map((t) => t.type)).toEqual(resolves ? ['resolved'] : []);
  });
});
