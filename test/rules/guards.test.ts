/** Every guard at its boundary, and whom it binds: the automatic, a person, a person who forces. */
import { describe, expect, it } from 'vitest';
import { GUARDS, type GuardContext, vetoesOf } from '../../src/rules/guards.ts';
import type { Vote } from '../../src/rules/majority.ts';
import type { Breaker, Start, State } from '../../src/rules/state.ts';
import type { Circumstance, Circumstances, LayerState, Limits, RemedyRule, Rollout } from '../../src/rules/types.ts';
import {
  badStreak,
  cause,
  checks,
  circumstances,
  deepFreeze,
  finding,
  goodStreak,
  limits,
  member,
  order,
  policy,
  state,
  water,
} from './builders.ts';

const NOW = 100_000;

function rule(id: string) {
  return checks.find((row) => row.id === id) ?? null;
}

/** A confirmed cause that a known remedy cures, on good ground: nothing vetoes. */
function calm(changes: Partial<GuardContext> = {}): GuardContext {
  return {
    now: NOW,
    policy: policy(),
    state: remembering(),
    circumstances: circumstances(),
    layers: { soil: 'good', trunk: 'bad', leaf: 'good', crown: 'good', wind: 'good', branch: 'good' },
    findings: [finding('rot', 'bad', NOW)],
    cause: cause('rot'),
    failing: [],
    rule: rule('rot'),
    vote: null,
    remedy: water,
    signature: 'tree:rot',
    person: false,
    ...changes,
  };
}

function remembering(changes: Partial<State> = {}): State {
  return state({ looks: 2, streaks: { rot: badStreak(NOW) }, ...changes });
}

function known<T>(value: T): Circumstance<T> {
  return { known: true, value };
}

function lost(why: string): Circumstance<never> {
  return { known: false, asked: true, why };
}

function never(): Circumstance<never> {
  return { known: false, asked: false, why: 'Nobody is permitted to look.' };
}

function world(changes: Partial<Circumstances>): Partial<GuardContext> {
  return { circumstances: circumstances(changes) };
}

function ground(changes: Record<string, LayerState>): Partial<GuardContext> {
  return { layers: { ...calm().layers, ...changes } };
}

function remembered(changes: Partial<State>): Partial<GuardContext> {
  return { state: remembering(changes) };
}

function voted(answer: Vote['answer'], voters: number, badAndWorked: number): Partial<GuardContext> {
  const ids = Array.from({ length: voters }, (_, i) => member(`m${i}`).id);
  const vote = {
    answer,
    detail: 'The vote.',
    voters: ids,
    bad: ids,
    badAndWorked: ids.slice(0, badAndWorked),
    isMostOut: true,
  };
  const streaks = { bare: badStreak(NOW) };
  return { cause: cause('bare'), rule: rule('bare'), vote, ...remembered({ streaks }), ...ground({ trunk: 'good' }) };
}

function limited(changes: Partial<Limits>): Partial<GuardContext> {
  return { policy: policy({ limits: { ...limits, ...changes } }) };
}

function starts(...ages: number[]): readonly Start[] {
  return ages.map((age) => ({ at: NOW - age, by: 'other', orderId: null }));
}

function breaker(failures: number, openedAt: number | null, rests = 0): Partial<GuardContext> {
  const row: Breaker = { failures, openedAt, rests, trialOrderId: null };
  return remembered({ breakers: { 'tree:rot': row } });
}

function rollout(stage: Rollout['state']): Partial<GuardContext> {
  return world({ rollout: known<Rollout>({ state: stage, sentence: `The rollout is ${stage}.` }) });
}

function healing(changes: { layer?: string; member?: string | null; until?: number }): Partial<Circumstances> {
  const one = { layer: 'trunk', member: null, until: NOW + 1, sentence: 'It heals itself.', ...changes };
  return { healing: [one] };
}

const forgetful: RemedyRule = { id: 'pray', helps: { rot: 'may' }, proof: 'mark', needs: [] };

/** Held back until a known time. */
function until(end: number, sentence: string) {
  return { sentence, until: end };
}

type Expected = string | { sentence: string; until: number } | null;
type Row = [guard: string, when: string, changes: Partial<GuardContext>, expected: Expected];

const JUST_STARTED = 'The Warden has just started and has not looked twice yet.';
const NOT_CONFIRMED = 'The fault is not confirmed: it was not seen in every look up to now.';
const NOT_CLEARED = 'The fault is gone, but not yet for long enough to be sure.';
const TOO_FEW_WORKED =
  'Too few of those that fail ever worked with their present settings: a restart does not mend settings.';
const HOUR_FULL = 'The budget of 2 starts an hour is used up.';
const DAY_FULL = 'The budget of 6 starts in 24 hours is used up.';
const NOT_CURED = 'did not cure this. Only a person can allow the next one earlier.';

const DRY_RULE = checks.filter((row) => row.id === 'dry');

const ROWS: readonly Row[] = [
  ['observe_only', 'automatic restarts are on', remembered({ automatic: true }), null],
  ['observe_only', 'they are off', remembered({ automatic: false }), 'Automatic restarts are switched off.'],

  ['maintenance', 'it is off', remembered({ maintenanceUntil: null }), null],
  ['maintenance', 'it is on', remembered({ maintenanceUntil: NOW + 1 }), until(NOW + 1, 'Maintenance is on.')],
  ['maintenance', 'it ends in this moment', remembered({ maintenanceUntil: NOW }), null],

  ['unconfirmed', 'the Warden has looked once', remembered({ looks: 1 }), JUST_STARTED],
  ['unconfirmed', 'the Warden has looked twice', remembered({ looks: 2 }), null],
  ['unconfirmed', 'there is no cause', { cause: null }, 'No fault is confirmed.'],
  ['unconfirmed', 'the cause is in no table', { rule: null }, 'No fault is confirmed.'],
  ['unconfirmed', 'nothing was ever counted', remembered({ streaks: {} }), NOT_CONFIRMED],
  ['unconfirmed', 'it was bad once', remembered({ streaks: { rot: badStreak(NOW, { bad: 1 }) } }), NOT_CONFIRMED],
  ['unconfirmed', 'it is good and not yet cleared', remembered({ streaks: { rot: goodStreak(NOW) } }), NOT_CLEARED],
  ['unconfirmed', 'it was bad twice', remembered({ streaks: { rot: badStreak(NOW, { bad: 2 }) } }), null],
  [
    'unconfirmed',
    'it is bad for 59 of 60 s',
    remembered({ streaks: { rot: badStreak(NOW, { badSince: NOW - 59 }) } }),
    NOT_CONFIRMED,
  ],
  [
    'unconfirmed',
    'it is bad for 60 of 60 s',
    remembered({ streaks: { rot: badStreak(NOW, { badSince: NOW - 60 }) } }),
    null,
  ],
  [
    'unconfirmed',
    'another part of the cause is the confirmed one',
    { cause: cause('rot', { member: 'a' }), ...remembered({ streaks: { rot: badStreak(NOW) } }) },
    NOT_CONFIRMED,
  ],
  [
    'unconfirmed',
    'the part that is the cause is confirmed',
    { cause: cause('rot', { member: 'a' }), ...remembered({ streaks: { 'rot/a': badStreak(NOW) } }) },
    null,
  ],
  [
    'unconfirmed',
    'it was bad a moment ago, and cannot be seen in this look',
    { findings: [finding('rot', 'unknown', NOW)], ...remembered({ streaks: { rot: badStreak(NOW - 30) } }) },
    NOT_CONFIRMED,
  ],
  [
    'unconfirmed',
    'nobody has looked for three intervals',
    { findings: [], ...remembered({ streaks: { rot: badStreak(NOW - 90) } }) },
    null,
  ],
  [
    'unconfirmed',
    'nobody has looked for longer',
    { findings: [], ...remembered({ streaks: { rot: badStreak(NOW - 91) } }) },
    NOT_CONFIRMED,
  ],
  [
    'unconfirmed',
    'it was bad a moment ago and says now that it is not, though that proves no recovery',
    {
      findings: [finding('dry', 'ok', NOW), finding('rot', 'ok', NOW, { proves: false })],
      ...remembered({ streaks: { rot: badStreak(NOW - 30) } }),
    },
    'The fault is gone, but not yet for long enough to be sure.',
  ],
  [
    'unconfirmed',
    'only another check has been looked at',
    { findings: [finding('pale', 'ok', NOW)], ...remembered({ streaks: { rot: badStreak(NOW - 91) } }) },
    NOT_CONFIRMED,
  ],
  [
    'unconfirmed',
    'only another part has been looked at',
    {
      findings: [finding('rot', 'ok', NOW, { member: 'b' })],
      ...remembered({ streaks: { rot: badStreak(NOW - 91) } }),
    },
    NOT_CONFIRMED,
  ],

  ['minority', 'the cause is not a vote', { vote: null }, null],
  ['minority', 'the majority fails', voted('bad', 3, 3), null],
  ['minority', 'there is no majority', voted('ok', 3, 3), 'The vote.'],
  ['minority', 'nobody knows', voted('unknown', 3, 3), 'The vote.'],
  ['minority', 'there was no vote', { ...voted('bad', 3, 3), vote: null }, 'There was no vote.'],

  [
    'futile',
    'the cause forbids restarts',
    { cause: cause('dry'), rule: rule('dry'), ...remembered({ streaks: { dry: badStreak(NOW) } }) },
    'A restart could do harm, and does not cure dry.',
  ],
  [
    'futile',
    'another failing check forbids them wherever the cause lies',
    { failing: [...DRY_RULE, ...DRY_RULE.map((row) => ({ ...row, id: 'flood', forbids: 'all' as const }))] },
    'A restart could do harm while flood is bad.',
  ],
  ['futile', 'another failing check forbids them only as a cause', { failing: DRY_RULE }, null],
  ['futile', 'no remedy helps against the cause', { remedy: null }, 'No configured remedy helps against rot.'],
  [
    'futile',
    'no remedy is configured',
    { remedy: null, policy: policy({ remedies: [] }) },
    'No remedy is configured: this target is only observed.',
  ],

  [
    'futile',
    'the door refused the last order a moment ago',
    remembered({ refusal: { at: NOW - 899, sentence: 'No right.' } }),
    until(NOW + 1, 'The last restart was refused. No right.'),
  ],
  ['futile', 'it refused one long ago', remembered({ refusal: { at: NOW - 900, sentence: 'No right.' } }), null],

  ['never_worked', 'the cause is not a vote', { vote: { ...(voted('bad', 2, 0).vote as Vote) } }, null],
  ['never_worked', 'more than half of the voters fail and worked before', voted('bad', 3, 2), null],
  ['never_worked', 'only half of them ever worked', voted('bad', 2, 1), TOO_FEW_WORKED],
  ['never_worked', 'none of them ever worked', voted('bad', 3, 0), TOO_FEW_WORKED],
  [
    'never_worked',
    'the share is set higher',
    { ...voted('bad', 3, 2), ...limited({ majorityPercent: 70 }) },
    TOO_FEW_WORKED,
  ],

  [
    'starting',
    'it is younger than its grace and has not answered',
    world({ startedAt: known(NOW - 599), answeredAt: known(null) }),
    until(NOW + 1, 'It is starting and has not answered yet.'),
  ],
  [
    'starting',
    'its grace is over and it has not answered',
    world({ startedAt: known(NOW - 600), answeredAt: known(null) }),
    null,
  ],
  [
    'starting',
    'this run has a longer grace',
    world({ startedAt: known(NOW - 600), answeredAt: known(null), graceSeconds: 1800 }),
    until(NOW + 1200, 'It is starting and has not answered yet.'),
  ],
  [
    'starting',
    'it answered 119 s ago',
    world({ startedAt: known(NOW - 300), answeredAt: known(NOW - 119) }),
    until(NOW + 1, 'It has only just begun to answer after its start.'),
  ],
  ['starting', 'it answered 120 s ago', world({ startedAt: known(NOW - 300), answeredAt: known(NOW - 120) }), null],
  [
    'starting',
    'whether it has answered cannot be seen',
    world({ answeredAt: lost('the log is gone.') }),
    'Whether it has answered yet is not known: the log is gone.',
  ],
  ['starting', 'nobody asks whether it has answered', world({ answeredAt: never() }), null],
  [
    'starting',
    'it has not answered and its start cannot be seen',
    world({ startedAt: lost('the house is dark.'), answeredAt: known(null) }),
    'It has not answered, and when it started is not known: the house is dark.',
  ],

  ['inner_healing', 'the layer of the cause heals itself', world(healing({})), until(NOW + 1, 'It heals itself.')],
  ['inner_healing', 'the time for that is over', world(healing({ until: NOW })), null],
  ['inner_healing', 'another layer heals itself', world(healing({ layer: 'leaf' })), null],
  ['inner_healing', 'one part heals itself and the whole is the cause', world(healing({ member: 'a' })), null],
  [
    'inner_healing',
    'the part that is the cause heals itself',
    {
      cause: cause('rot', { member: 'a' }),
      ...remembered({ streaks: { 'rot/a': badStreak(NOW) } }),
      ...world(healing({ member: 'a' })),
    },
    until(NOW + 1, 'It heals itself.'),
  ],
  [
    'inner_healing',
    'another part heals itself',
    {
      cause: cause('rot', { member: 'a' }),
      ...remembered({ streaks: { 'rot/a': badStreak(NOW) } }),
      ...world(healing({ member: 'b' })),
    },
    null,
  ],
  [
    'inner_healing',
    'the whole layer heals itself and a part of it is the cause',
    {
      cause: cause('rot', { member: 'a' }),
      ...remembered({ streaks: { 'rot/a': badStreak(NOW) } }),
      ...world(healing({ member: null })),
    },
    until(NOW + 1, 'It heals itself.'),
  ],

  ['lower_layer', 'the ground is bad', ground({ soil: 'bad' }), 'The layer soil below is bad.'],
  [
    'lower_layer',
    'the ground was bad once',
    ground({ soil: 'pending' }),
    'The layer soil below looks bad and is not yet confirmed.',
  ],
  ['lower_layer', 'the ground cannot be seen', ground({ soil: 'unknown' }), 'The layer soil below cannot be seen.'],
  ['lower_layer', 'nobody may look at the ground', ground({ soil: 'not_observed' }), null],
  ['lower_layer', 'a layer above is bad', ground({ leaf: 'bad' }), null],
  ['lower_layer', 'a layer apart is bad', ground({ wind: 'bad' }), null],
  [
    'lower_layer',
    'a layer between is bad',
    {
      cause: cause('pale'),
      rule: rule('pale'),
      ...remembered({ streaks: { pale: badStreak(NOW) } }),
      ...ground({ trunk: 'bad' }),
    },
    'The layer trunk below is bad.',
  ],
  [
    'lower_layer',
    'the cause stands apart from hard ground that is bad',
    {
      cause: cause('storm'),
      rule: rule('storm'),
      ...remembered({ streaks: { storm: badStreak(NOW) } }),
      ...ground({ soil: 'bad' }),
    },
    'The layer soil below is bad.',
  ],
  [
    'lower_layer',
    'the ground is ready for 299 s',
    world({ groundReadyAt: known(NOW - 299) }),
    until(NOW + 1, 'What it runs on became ready only a moment ago.'),
  ],
  ['lower_layer', 'the ground is ready for 300 s', world({ groundReadyAt: known(NOW - 300) }), null],
  ['lower_layer', 'nobody knows when the ground became ready', world({ groundReadyAt: lost('?') }), null],
  [
    'lower_layer',
    'the ground changed 899 s ago',
    world({ groundChangedAt: known(NOW - 899) }),
    until(NOW + 1, 'What it runs on was upgraded or rebooted only a moment ago.'),
  ],
  ['lower_layer', 'the ground changed 900 s ago', world({ groundChangedAt: known(NOW - 900) }), null],
  ['lower_layer', 'the ground never changed', { now: 100, ...world({ groundChangedAt: known(null) }) }, null],
  ['lower_layer', 'nobody knows when the ground changed', world({ groundChangedAt: lost('?') }), null],

  [
    'blind',
    'what the remedy needs cannot be seen',
    world({ seen: { can: lost('it is dark.'), map: known(true as const) } }),
    'The can must be seen before a restart: it is dark.',
  ],
  [
    'blind',
    'what the remedy needs may not be looked at',
    world({ seen: { can: never(), map: known(true as const) } }),
    'The can must be seen before a restart: Nobody is permitted to look.',
  ],
  [
    'blind',
    'nobody looked for what the remedy needs',
    world({ seen: { map: known(true as const) } }),
    'The can must be seen before a restart: it was not looked at.',
  ],
  [
    'blind',
    'an optional need may not be looked at',
    world({ seen: { can: known(true as const), map: never() } }),
    null,
  ],
  [
    'blind',
    'an optional need cannot be seen',
    world({ seen: { can: known(true as const), map: lost('it is dark.') } }),
    'The map must be seen before a restart: it is dark.',
  ],
  [
    'blind',
    'nobody looked for an optional need',
    world({ seen: { can: known(true as const) } }),
    'The map must be seen before a restart: it was not looked at.',
  ],
  ['blind', 'the remedy needs nothing', { remedy: forgetful, ...world({ seen: {} }) }, null],

  ['in_progress', 'nothing is under way', rollout('idle'), null],
  ['in_progress', 'a rollout is under way', rollout('under_way'), 'The rollout is under_way.'],
  ['in_progress', 'a rollout hangs', rollout('failed'), 'The rollout is failed.'],
  ['in_progress', 'nobody can see a rollout', world({ rollout: lost('it is dark.') }), null],
  [
    'in_progress',
    'our last order is not yet verified',
    remembered({ pursuit: { order: order(NOW - 5), stage: 'ordered', keys: [] } }),
    'Whether the last restart helped is not known yet.',
  ],

  ['unsafe_rollout', 'nothing speaks against it', world({ hazards: [] }), null],
  [
    'unsafe_rollout',
    'what speaks against another remedy only',
    world({ hazards: [{ sentence: 'It would fall.', against: ['axe'] }] }),
    null,
  ],
  [
    'unsafe_rollout',
    'what speaks against this remedy too',
    world({ hazards: [{ sentence: 'It would drown.', against: ['axe', 'water'] }] }),
    'It would drown.',
  ],
  [
    'unsafe_rollout',
    'it did not come back after a restart of this kind',
    remembered({ switchedOff: { water: 'It did not come back.' } }),
    'It did not come back.',
  ],
  [
    'unsafe_rollout',
    'it did not come back after one of another kind',
    remembered({ switchedOff: { axe: 'It did not come back.' } }),
    null,
  ],
  [
    'unsafe_rollout',
    'it would do harm',
    world({
      hazards: [
        { sentence: 'It would fall.', against: null },
        { sentence: 'It is late.', against: null },
      ],
    }),
    'It would fall.',
  ],

  [
    'other_healer',
    'somebody wrote to the ledger 899 s ago',
    world({ otherHealerAt: known(NOW - 899) }),
    until(NOW + 1, 'Another checker has just written to the shared restart ledger, and may be acting.'),
  ],
  ['other_healer', 'somebody wrote to the ledger 900 s ago', world({ otherHealerAt: known(NOW - 900) }), null],
  ['other_healer', 'nobody ever wrote to the ledger', { now: 100, ...world({ otherHealerAt: known(null) }) }, null],
  ['other_healer', 'nobody can tell', world({ otherHealerAt: lost('it is dark.') }), null],

  ['budget', 'nothing is spent', remembered({ starts: [] }), null],
  ['budget', 'one start lies within the hour', remembered({ starts: starts(10) }), null],
  ['budget', 'two starts lie within the hour', remembered({ starts: starts(3599, 10) }), until(NOW + 1, HOUR_FULL)],
  ['budget', 'the older of two is an hour old', remembered({ starts: starts(3600, 10) }), null],
  [
    'budget',
    'six starts lie within the day',
    remembered({ starts: starts(86_399, 70_000, 60_000, 50_000, 40_000, 30_000) }),
    until(NOW + 1, DAY_FULL),
  ],
  [
    'budget',
    'the oldest of six is a day old',
    remembered({ starts: starts(86_400, 70_000, 60_000, 50_000, 40_000, 30_000) }),
    null,
  ],
  [
    'budget',
    'one start an hour is allowed and it is spent',
    { ...remembered({ starts: starts(600) }), ...limited({ restartsPerHour: 1 }) },
    until(NOW + 3000, 'The budget of 1 start an hour is used up.'),
  ],
  [
    'budget',
    'the daily limit was reached before',
    remembered({ chronicSince: NOW - 90_000 }),
    'The daily limit was reached without a lasting cure: a person must reset it.',
  ],
  [
    'budget',
    'the shared ledger cannot be read',
    world({ ledger: lost('the page is torn.') }),
    'The shared ledger cannot be read: the page is torn.',
  ],
  ['budget', 'no shared ledger is permitted', world({ ledger: never() }), null],

  ['breaker', 'one restart did not cure', breaker(1, null), null],
  ['breaker', 'it opened 3599 s ago', breaker(2, NOW - 3599), until(NOW + 1, `2 restarts ${NOT_CURED}`)],
  ['breaker', 'its rest of an hour is over', breaker(2, NOW - 3600), null],
  ['breaker', 'its second rest is longer', breaker(3, NOW - 3600, 1), until(NOW + 18_000, `3 restarts ${NOT_CURED}`)],
  ['breaker', 'its second rest is over', breaker(3, NOW - 21_600, 1), null],
  ['breaker', 'its third rest is a day', breaker(4, NOW - 21_600, 2), until(NOW + 64_800, `4 restarts ${NOT_CURED}`)],
  ['breaker', 'one restart was enough to open it', breaker(1, NOW), until(NOW + 3600, `1 restart ${NOT_CURED}`)],
  ['breaker', 'that of another signature is open', { signature: 'tree:pale', ...breaker(2, NOW) }, null],

  ['not_leader', 'this one leads', world({ leader: known({ isUs: true, name: 'this one' }) }), null],
  [
    'not_leader',
    'another one leads',
    world({ leader: known({ isUs: false, name: 'that one' }) }),
    'Another Warden leads (that one): it holds the lease, and restarts are left to it.',
  ],
  ['not_leader', 'no lease is used', world({ leader: never() }), null],
  [
    'not_leader',
    'the lease cannot be seen',
    world({ leader: lost('it is dark.') }),
    'Whether this Warden leads is not known: it is dark.',
  ],

  ['clock', 'it never jumped', { now: 100, ...world({ clockJumpedAt: null }) }, null],
  [
    'clock',
    'it jumped 3599 s ago',
    world({ clockJumpedAt: NOW - 3599 }),
    until(NOW + 1, 'The wall clock has jumped, so times cannot be trusted.'),
  ],
  ['clock', 'it jumped an hour ago', world({ clockJumpedAt: NOW - 3600 }), null],
];

function vetoes(changes: Partial<GuardContext>, mode: 'automatic' | 'person' | 'force') {
  return vetoesOf(deepFreeze(calm({ person: mode !== 'automatic', ...changes })), mode);
}

describe('a guard', () => {
  it('has nothing to say when nothing speaks against a restart', () => {
    expect(vetoes({}, 'automatic')).toEqual([]);
  });

  it.each(ROWS)('%s when %s', (guard, _when, changes, expected) => {
    const own = vetoes(changes, 'automatic').filter((veto) => veto.guard === guard);
    const veto = typeof expected === 'string' ? { sentence: expected, until: null } : expected;
    expect(own).toEqual(veto === null ? [] : [{ guard, ...veto }]);
  });

  it('says that nothing is wrong when no remedy is sought for anything', () => {
    const own = vetoes({ cause: null, rule: null, remedy: null }, 'automatic').find((v) => v.guard === 'futile');
    expect(own?.sentence).toBe('Nothing is wrong that a remedy helps against.');
  });

  it('asks hard ground also where there is no cause', () => {
    const sentences = vetoes({ cause: null, ...ground({ soil: 'bad' }) }, 'automatic').map((v) => v.sentence);
    expect(sentences).toContain('The layer soil below is bad.');
    expect(sentences).not.toContain('The layer trunk below is bad.');
  });

  it('has nothing to heal where there is no cause', () => {
    const guards = vetoes({ cause: null, ...world(healing({})) }, 'automatic').map((v) => v.guard);
    expect(guards).not.toContain('inner_healing');
  });

  it('lets a missing remedy to the one who knows it: blind does not speak', () => {
    expect(vetoes({ remedy: null, ...world({ seen: {} }) }, 'automatic').map((v) => v.guard)).toEqual(['futile']);
  });

  it('asks hard ground also where the cause does not stand on it', () => {
    const layers = [
      { id: 'soil', standsOn: [], hard: true },
      { id: 'rock', standsOn: [], hard: true },
      { id: 'trunk', standsOn: ['soil'] },
    ];
    const own = vetoes({ policy: policy({ layers }), ...ground({ soil: 'good', rock: 'unknown' }) }, 'automatic');
    expect(own.map((v) => v.sentence)).toEqual(['The layer rock below cannot be seen.']);
  });
});

describe('whom a guard binds', () => {
  type Bound = [guard: string, person: boolean, force: boolean, changes: Partial<GuardContext>];
  const BOUND: readonly Bound[] = [
    ['observe_only', false, false, remembered({ automatic: false })],
    ['maintenance', false, false, remembered({ maintenanceUntil: NOW + 1 })],
    ['unconfirmed', false, false, remembered({ looks: 1 })],
    ['minority', false, false, voted('ok', 3, 3)],
    ['futile', false, false, { failing: DRY_RULE.map((row) => ({ ...row, forbids: 'all' as const })) }],
    ['never_worked', false, false, voted('bad', 3, 0)],
    ['starting', false, false, world({ answeredAt: known(NOW - 1) })],
    ['inner_healing', false, false, world(healing({}))],
    ['lower_layer', true, true, ground({ soil: 'bad' })],
    ['blind', true, true, world({ seen: {} })],
    ['in_progress', true, true, rollout('under_way')],
    ['unsafe_rollout', true, false, world({ hazards: [{ sentence: 'It would fall.', against: null }] })],
    ['other_healer', true, false, world({ otherHealerAt: known(NOW - 1) })],
    ['budget', true, true, remembered({ starts: starts(10, 20) })],
    ['breaker', true, true, breaker(2, NOW - 1)],
    ['not_leader', true, true, world({ leader: known({ isUs: false, name: 'that one' }) })],
    ['clock', true, true, world({ clockJumpedAt: NOW - 1 })],
  ];

  it('is said for every guard, in the order in which they are asked', () => {
    const word = (id: string, isBound: boolean) => (id === 'lower_layer' ? 'hard' : isBound ? 'always' : 'automatic');
    expect(GUARDS.map(({ id, person, force }) => [id, person, force])).toEqual(
      BOUND.map(([id, person, force]) => [id, word(id, person), word(id, force)]),
    );
  });

  it.each(BOUND)('%s: a person %s, a forcing person %s', (guard, person, force, changes) => {
    expect(vetoes(changes, 'automatic').map((v) => v.guard)).toEqual([guard]);
    expect(vetoes(changes, 'person').map((v) => v.guard)).toEqual(person ? [guard] : []);
    expect(vetoes(changes, 'force').map((v) => v.guard)).toEqual(force ? [guard] : []);
  });

  it.each<[string, Partial<GuardContext>, boolean]>([
    ['hard ground is bad', ground({ soil: 'bad' }), true],
    ['hard ground was bad once', ground({ soil: 'pending' }), true],
    ['hard ground cannot be seen', ground({ soil: 'unknown' }), true],
    ['hard ground became ready just now', world({ groundReadyAt: known(NOW - 1) }), true],
    ['hard ground changed just now', world({ groundChangedAt: known(NOW - 1) }), true],
    ['other ground below is bad', { cause: cause('pale'), ...ground({ trunk: 'bad' }) }, false],
  ])('lower_layer binds a person when %s: %s', (_when, changes, binds) => {
    expect(vetoes(changes, 'person').some((v) => v.guard === 'lower_layer')).toBe(binds);
    expect(vetoes(changes, 'force').some((v) => v.guard === 'lower_layer')).toBe(binds);
  });

  it('is answered by all that veto, the first in the table first', () => {
    const all = {
      ...world({ clockJumpedAt: NOW - 1, hazards: [{ sentence: 'It would fall.', against: null }], ...healing({}) }),
      ...remembered({ automatic: false, starts: starts(1, 2) }),
    };
    const guards = (mode: 'automatic' | 'person' | 'force') => vetoes(all, mode).map((v) => v.guard);
    expect(guards('automatic')).toEqual(['observe_only', 'inner_healing', 'unsafe_rollout', 'budget', 'clock']);
    expect(guards('person')).toEqual(['unsafe_rollout', 'budget', 'clock']);
    expect(guards('force')).toEqual(['budget', 'clock']);
  });
});

it('a rollout that has failed holds back the automatic alone: a person may have mended what it failed of', () => {
  const failed = rollout('failed');
  expect(vetoes(failed, 'automatic').map((veto) => veto.guard)).toEqual(['in_progress']);
  expect(vetoes({ ...failed, person: true }, 'person')).toEqual([]);
  expect(vetoes({ ...rollout('under_way'), person: true }, 'person').map((veto) => veto.guard)).toEqual([
    'in_progress',
  ]);
});
