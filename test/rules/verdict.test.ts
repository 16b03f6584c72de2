import { describe, expect, it } from 'vitest';
import type { Cause, CheckRule, Finding, LayerState, Severity, Verdict } from '../../src/rules/types.ts';
import { isExplainedByStart, isWell, verdictOf } from '../../src/rules/verdict.ts';
import { circumstances, finding, layers, limits } from './builders.ts';

const NOW = 10_000;
const GRACE = 600;

interface Case {
  now?: number;
  causes?: string;
  /** Of members with incidents of their own. */
  members?: string;
  mostOut?: boolean;
  states?: string;
  before?: Verdict | null;
  /** Seconds since the start; null: nobody knows. */
  age?: number | null;
  /** Seconds since it was last well; null: never. */
  well?: number | null;
  /** Seconds since the first answer of this run; null: it has not answered. */
  answered?: number | null;
}

/** What a look found in a layer that is in such a state; `quiet` is good, and nothing proves it. */
const ANSWERS: Readonly<Record<string, Partial<Finding> & Pick<Finding, 'answer'>>> = {
  good: { answer: 'ok' },
  quiet: { answer: 'ok', proves: false },
  bad: { answer: 'bad' },
  pending: { answer: 'bad' },
  unknown: { answer: 'unknown' },
  not_observed: { answer: 'not_observed' },
};

/** A row of its own for each layer, and two whose causes are told by the target itself or not. */
const checks: readonly CheckRule[] = [
  ...layers.map(({ id }) => ({ id: `${id}_seen`, layer: id })),
  { id: 'crown_told', layer: 'crown', severity: 'tells' as const },
  { id: 'crown_plain', layer: 'crown', evident: true as const },
  { id: 'some', layer: 'trunk' },
  { id: 'plain', layer: 'trunk', evident: true as const },
].map((row) => ({ severity: 'unhealthy', forSeconds: 0, clearSeconds: 0, ...row }));

/** Causes as "severity layer", or "severity layer plain" for one that is evident, states as "layer state", by commas. */
function judge({
  now = NOW,
  causes = '',
  members = '',
  mostOut = false,
  states = '',
  before = null,
  age = 90_000,
  well = 30,
  answered = null,
}: Case): Verdict {
  const split = (text: string): [string, string, string?][] =>
    text
      .split(', ')
      .filter((one) => one !== '')
      .map((one) => one.split(' ') as [string, string, string?]);
  const causesIn = (text: string): Cause[] =>
    split(text).map(([severity, layer, check = 'some']) => ({
      check,
      layer,
      member: null,
      severity: severity as Severity,
      detail: '',
    }));
  return verdictOf({
    now,
    before,
    causes: causesIn(causes),
    memberCauses: causesIn(members),
    isMostOut: mostOut,
    checks,
    layers,
    findings: split(states).map(([layer, word]) => {
      const { answer, ...more } = ANSWERS[word] ?? { answer: 'unknown' };
      return finding(checks.some(({ id }) => id === layer) ? layer : `${layer}_seen`, answer, now, more);
    }),
    states: Object.fromEntries(
      split(states).map(([layer, word]) => [layer, word === 'quiet' ? 'good' : word]),
    ) as Record<string, LayerState>,
    circumstances: circumstances({
      graceSeconds: GRACE,
      startedAt: age === null ? { known: false, asked: true, why: 'Not seen.' } : { known: true, value: now - age },
      answeredAt: { known: true, value: answered === null ? null : now - answered },
    }),
    wellAt: well === null ? null : now - well,
    limits,
    isRestarting: false,
  });
}

describe('The verdict of a target that is long up', () => {
  it.each<[Case, Verdict, string]>([
    [{ states: 'leaf good, crown good' }, 'healthy', 'all is seen and good'],
    [{ states: 'leaf good, crown unknown' }, 'healthy', 'one vital layer is seen'],
    [{ states: 'leaf not_observed, crown good' }, 'healthy', 'whichever'],
    [{ states: 'leaf quiet, crown quiet' }, 'unknown', 'that no fault shows proves nothing'],
    [{ states: 'leaf quiet, trunk good' }, 'healthy', 'nothing vital is hidden, and what lies below is proven'],
    [{ states: 'leaf quiet, crown unknown, trunk good' }, 'unknown', 'something vital is hidden'],
    [{ states: 'leaf quiet, crown pending, trunk good' }, 'unknown', 'something vital looks bad'],
    [{ states: 'leaf quiet, trunk quiet' }, 'unknown', 'what lies below proves nothing either'],
    [{ states: 'leaf quiet, soil good' }, 'unknown', 'the ground is not the target'],
    [{ states: 'leaf unknown, crown_told good' }, 'unknown', 'what only tells proves nothing'],
    [{ states: 'leaf unknown, crown_plain good' }, 'unknown', 'that it does not say what it would say proves nothing'],
    [{ states: 'leaf not_observed, trunk good' }, 'unknown', 'nobody looks at what is vital'],
    [{ states: 'leaf bad' }, 'healthy', 'a vital layer is seen, and nothing in it counts as a cause'],
    [{ states: 'leaf unknown, crown unknown' }, 'unknown', 'no vital layer is seen'],
    [{ states: 'soil good, trunk good, branch good' }, 'unknown', 'only other layers are seen'],
    [{}, 'unknown', 'nothing is seen'],
    [{ states: 'leaf good', causes: 'degraded trunk' }, 'degraded', 'it harms'],
    [{ states: 'leaf good', causes: 'unhealthy trunk' }, 'unhealthy', 'its job is not done'],
    [{ states: 'leaf good', causes: 'unhealthy soil' }, 'unhealthy', 'because of the ground'],
    [{ causes: 'degraded trunk, unhealthy wind' }, 'unhealthy', 'the worst counts'],
    [{ causes: 'unhealthy trunk, degraded wind' }, 'unhealthy', 'in any order'],
    [{ causes: 'unhealthy trunk' }, 'unhealthy', 'a cause is enough, whatever is seen'],
    [{ causes: 'degraded trunk' }, 'degraded', 'a mild one too'],
    [{ states: 'leaf good', members: 'degraded branch' }, 'degraded', 'one member has something of its own'],
    [{ states: 'leaf good', members: 'degraded branch, unhealthy wind' }, 'unhealthy', 'the worst of the members'],
    [{ causes: 'unhealthy trunk', members: 'degraded branch' }, 'unhealthy', 'the target itself is worse'],
    [{ causes: 'degraded trunk', members: 'unhealthy branch' }, 'unhealthy', 'a member is worse'],
    [
      { states: 'leaf good', members: 'degraded wind', mostOut: true },
      'unhealthy',
      'each has its own, and most are out',
    ],
    [{ states: 'leaf good', causes: 'unknown soil' }, 'healthy', 'blindness below is not sickness'],
    [{ causes: 'unknown soil' }, 'unknown', 'nor health'],
    [{ states: 'leaf pending', before: 'healthy' }, 'healthy', 'not yet confirmed: what was known stands'],
    [{ states: 'leaf pending', before: 'degraded' }, 'degraded', 'whatever it was'],
    [{ states: 'leaf pending', before: 'unhealthy' }, 'unhealthy', 'also the worst'],
    [{ states: 'leaf pending', before: 'unknown' }, 'unknown', 'and when nothing was known'],
    [{ states: 'leaf pending', before: null }, 'unknown', 'nothing was known before the first look'],
    [{ states: 'leaf pending', before: 'starting' }, 'unknown', 'starting is over and says nothing now'],
    [{ states: 'soil pending, leaf unknown', before: 'healthy' }, 'healthy', 'pending in any layer'],
    [{ states: 'leaf pending, crown good', before: 'degraded' }, 'healthy', 'what is seen good outweighs it'],
    [{ states: 'leaf pending, crown good', before: null }, 'unknown', 'it may be bad, and nothing was known before'],
    [{ states: 'leaf pending, crown good', before: 'starting' }, 'unknown', 'nor what it came up with'],
    [{ states: 'leaf pending, crown good', before: 'unhealthy' }, 'unhealthy', 'a fault is not over for another'],
    [{ states: 'leaf unknown', before: 'healthy' }, 'unknown', 'blindness keeps no word'],
    [{ before: 'unhealthy' }, 'unknown', 'not the worst either'],
    [{ states: 'leaf good', before: 'unhealthy' }, 'healthy', 'good is good'],
  ])('%j: %s, %s.', (standing, wanted) => {
    expect(judge(standing)).toBe(wanted);
  });
});

describe('The verdict of a target that came up lately', () => {
  it.each<[Case, Verdict, string]>([
    [{ age: 0, states: 'leaf good' }, 'starting', 'just started'],
    [{ age: 119, states: 'leaf good' }, 'starting', 'younger than 120 s, whatever it says'],
    [{ age: 120, states: 'leaf good' }, 'healthy', 'old enough, and well now'],
    [{ age: 119, causes: 'unhealthy trunk' }, 'starting', 'what its inside says is covered'],
    [{ age: 119, causes: 'unhealthy soil' }, 'unhealthy', 'what the ground says is not'],
    [{ age: 119, causes: 'unhealthy trunk plain' }, 'unhealthy', 'nor what it says itself'],
    [{ age: 119, causes: 'unhealthy trunk, unhealthy trunk plain' }, 'unhealthy', 'not even beside another'],
    [{ age: 119, causes: 'unhealthy trunk, degraded soil' }, 'unhealthy', 'not even beside a cause inside'],
    [{ age: 119, members: 'degraded branch' }, 'starting', 'what a member has comes with the start'],
    [{ age: 119, members: 'degraded wind' }, 'starting', 'also what it has of below'],
    [{ age: 300, mostOut: true, well: null }, 'starting', 'most are not there yet'],
    [{ age: -5, states: 'leaf good' }, 'starting', 'its clock is ahead'],
    [{ age: 120, causes: 'unhealthy trunk', well: null }, 'starting', 'in its grace and never well'],
    [{ age: 599, causes: 'unhealthy trunk', well: null }, 'starting', 'to the end of the grace'],
    [{ age: 300, answered: 119, causes: 'unhealthy trunk', well: null }, 'starting', 'it answers only just now'],
    [{ age: 300, answered: 120, causes: 'unhealthy trunk', well: null }, 'unhealthy', 'it has answered for a while'],
    [{ age: 119, answered: 119, causes: 'unhealthy trunk', well: null }, 'starting', 'too young all the same'],
    [{ age: 600, causes: 'unhealthy trunk', well: null }, 'unhealthy', 'the grace is over'],
    [{ age: 599, causes: 'unhealthy soil', well: null }, 'unhealthy', 'the ground has no grace'],
    [{ age: 599, causes: 'unhealthy trunk', well: 600 }, 'starting', 'it was well, but before this start'],
    [{ age: 599, causes: 'unhealthy trunk', well: 599 }, 'unhealthy', 'it was well in this run'],
    [{ age: 599, causes: 'unhealthy trunk', well: 100 }, 'unhealthy', 'it was well since'],
    [{ age: 300, causes: 'degraded trunk', well: null }, 'degraded', 'degraded does its job: it is well now'],
    [{ age: 300, states: 'leaf unknown', well: null }, 'starting', 'nothing is seen yet'],
    [{ age: 600, states: 'leaf unknown', well: null }, 'unknown', 'nothing is seen after the grace'],
    [{ age: 300, states: 'leaf unknown', well: 100 }, 'unknown', 'it was seen in this run, and is not now'],
    [{ now: 300, age: 300, causes: 'unhealthy trunk', well: null }, 'starting', 'at the beginning of time'],
    [{ age: null, states: 'leaf good' }, 'healthy', 'nobody knows its start'],
    [{ age: null, causes: 'unhealthy trunk', well: null }, 'unhealthy', 'nobody knows its start, and it is bad'],
  ])('%j: %s, %s.', (standing, wanted) => {
    expect(judge(standing)).toBe(wanted);
  });
});

describe('Small questions', () => {
  it.each<[Verdict, boolean]>([
    ['healthy', true],
    ['degraded', true],
    ['starting', false],
    ['unhealthy', false],
    ['unknown', false],
  ])('Is a target that is %s well? %s.', (verdict, wanted) => {
    expect(isWell(verdict)).toBe(wanted);
  });

  it.each([
    ['trunk', true],
    ['soil', false],
    ['moon', false],
  ])('Does a start explain what the layer %s says? %s.', (layer, wanted) => {
    expect(isExplainedByStart({ check: 'some', layer }, { checks, layers })).toBe(wanted);
  });

  it('A start explains nothing that the target says itself.', () => {
    expect(isExplainedByStart({ check: 'plain', layer: 'trunk' }, { checks, layers })).toBe(false);
  });
});

describe('While an order is followed', () => {
  const standing = (isRestarting: boolean, state: LayerState): Verdict =>
    verdictOf({
      now: 10_000,
      before: 'healthy',
      causes: [],
      memberCauses: [],
      isMostOut: false,
      checks,
      layers,
      findings: [finding('leaf_seen', state === 'good' ? 'ok' : 'unknown', 10_000)],
      states: { leaf: state, crown: 'unknown' },
      circumstances: circumstances({ startedAt: { known: false, asked: true, why: 'No pod.' } }),
      wellAt: 9000,
      limits,
      isRestarting,
    });

  it.each<[boolean, LayerState, Verdict]>([
    [true, 'unknown', 'starting'],
    [false, 'unknown', 'unknown'],
    [true, 'good', 'healthy'],
  ])('(%s) what can be seen is %s: it is %s.', (isRestarting, state, wanted) => {
    expect(standing(isRestarting, state)).toBe(wanted);
  });
});
