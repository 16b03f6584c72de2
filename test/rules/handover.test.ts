import { describe, expect, it } from 'vitest';
import { decide } from '../../src/rules/decide.ts';
import { adopt, type Handed, handedOver, type Untold } from '../../src/rules/handover.ts';
import type { Start, State } from '../../src/rules/state.ts';
import {
  badStreak,
  circumstances,
  deepFreeze,
  finding,
  goodStreak,
  incident,
  input,
  order,
  policy,
  state,
} from './builders.ts';

const NOW = 1_000_000;
const POLICY = policy();
const same = { policy: POLICY, now: NOW, aheadSeconds: 0 };

const theirs = (changes: Partial<State> = {}, untold: readonly Untold[] = []): Handed =>
  JSON.parse(JSON.stringify(handedOver(deepFreeze(state(changes)), untold)));
const ours = (changes: Partial<State> = {}) => deepFreeze(state(changes));
const start = (at: number, by: Start['by'] = 'warden'): Start => ({
  at,
  by,
  orderId: by === 'warden' || by === 'person' ? `tree-${at}` : null,
});

describe('what is handed over', () => {
  it('is what was decided and promised, and nothing of what was seen', () => {
    const handed = theirs({ looks: 9, streaks: { rot: badStreak(NOW) }, verdict: 'unhealthy', wellAt: 5 });
    for (const key of ['looks', 'streaks', 'verdict', 'wellAt', 'lastLookAt', 'clockJumpedAt']) {
      expect(handed).not.toHaveProperty(key);
    }
  });

  it('is not how long nothing was seen of an order: the next one watches for itself', () => {
    const pursuit = { order: order(NOW - 100), stage: 'accepted', keys: [], proof: 'start', silentSince: 5 } as const;
    expect(theirs({ pursuit }).pursuit).toEqual({ order: pursuit.order, stage: 'accepted', keys: [], proof: 'start' });
  });

  const told = incident({ id: 'i', flappingTold: true, relapses: 1 });
  it.each<[what: string, untold: readonly Untold[], incidents: readonly object[]]>([
    ['an incident that was told', [], [told]],
    ['one that nobody was told of', [{ incidentId: 'i', type: 'opened' }], []],
    [
      'one that was opened and resolved unheard',
      [
        { incidentId: 'i', type: 'opened' },
        { incidentId: 'i', type: 'resolved' },
      ],
      [],
    ],
    ['one whose change is untold', [{ incidentId: 'i', type: 'changed' }], [told]],
    [
      'one that is back, untold',
      [{ incidentId: 'i', type: 'flapping' }],
      [{ bad: false, flappingTold: false, relapses: 0 }],
    ],
    ['another one is untold', [{ incidentId: 'j', type: 'opened' }], [told]],
    ['something that belongs to none is untold', [{ incidentId: null, type: 'test' }], [told]],
  ])('%s', (_, untold, incidents) => {
    expect(theirs({ incidents: [told] }, untold).incidents).toMatchObject(incidents);
  });

  it('holds one open whose end nobody was told of', () => {
    const resolved = incident({ id: 'i', status: 'resolved', resolvedAt: NOW - 5, bad: false });
    expect(theirs({ incidents: [resolved] }).incidents).toEqual([resolved]);
    const untold = [{ incidentId: 'i', type: 'resolved' }] as const;
    expect(theirs({ incidents: [resolved] }, untold).incidents).toMatchObject([{ status: 'open', resolvedAt: null }]);
  });
});

describe('what is adopted', () => {
  const open = { failures: 2, openedAt: NOW - 60, rests: 1, trialOrderId: null };
  const pursuit = { order: order(NOW - 100), stage: 'accepted', keys: ['rot'] } as const;
  it.each<[what: string, changes: Partial<State>]>([
    ['maintenance that a person switched on', { maintenanceUntil: NOW + 3600 }],
    ['the switch that a person turned off', { automatic: false }],
    ['a breaker that is open', { breakers: { 'tree:rot': open } }],
    ['an order under way', { pursuit }],
    ['a cure that has yet to last', { cures: [{ order: order(NOW - 500), at: NOW - 300 }] }],
    ['incidents under their own names', { incidents: [incident({ id: 'theirs' })] }],
    ['the daily limit', { chronicSince: NOW - 5, resetAt: NOW - 90_000 }],
    ['the last outcome', { lastOutcome: { outcome: 'cured', at: NOW - 9, sentence: 'Good.' } }],
    ['an order that leaves no mark', { pursuit: { ...pursuit, proof: 'instance', instance: 'i' } }],
    ['a remedy after which it did not come back', { switchedOff: { water: 'It did not come back.' } }],
    ['a refusal', { refusal: { at: NOW - 3, sentence: 'No right.' } }],
  ])('%s', (_, changes) => {
    const own = ours({
      incidents: [incident({ id: 'own' })],
      breakers: {},
      looks: 4,
      streaks: { rot: badStreak(NOW) },
    });
    expect(adopt(own, deepFreeze(theirs(changes)), same)).toMatchObject({ ...changes, looks: 4, streaks: own.streaks });
  });

  it('leaves what each saw for itself', () => {
    const own = ours({ looks: 7, verdict: 'degraded', wellAt: 3, lastLookAt: NOW, clockJumpedAt: 5 });
    const after = adopt(own, theirs({ verdict: 'healthy' }), same);
    expect(after).toMatchObject({ looks: 7, verdict: 'degraded', wellAt: 3, lastLookAt: NOW, clockJumpedAt: 5 });
  });

  it.each([
    ['both have one option', true, true, false],
    ['ours was set to off meanwhile', true, false, false],
    ['ours was set to on meanwhile', false, true, true],
  ])('the switch follows our option: %s', (_, theirOption, ourOption, automatic) => {
    const handed = { ...theirs(), automatic: false, automaticOption: theirOption };
    const given = { ...same, policy: policy({ automatic: ourOption }) };
    expect(adopt(ours(), handed, given)).toMatchObject({ automatic, automaticOption: ourOption });
  });

  it('numbers go on above both', () => {
    expect(adopt(ours({ sequence: 7 }), theirs({ sequence: 4000 }), same).sequence).toBeGreaterThan(4000);
    expect(adopt(ours({ sequence: 70 }), theirs({ sequence: 40 }), same).sequence).toBeGreaterThan(70);
  });

  it('without a word, what we found and never told is found anew; all else stays ours', () => {
    const own = ours({ incidents: [incident()], starts: [start(NOW - 5)], automatic: false, sequence: 4 });
    expect(adopt(own, null, same)).toEqual({ ...own, incidents: [] });
  });
});

describe('the starts of both', () => {
  it.each<[what: string, theirs: readonly Start[], own: readonly Start[], times: readonly number[]]>([
    ['one that both know by the ledger', [start(900)], [{ ...start(900), orderId: 'ledger-900' }], [900]],
    ['one that only we know', [start(900)], [start(950)], [900, 950]],
    ['one that we saw as the outcome of an order of theirs', [start(900)], [start(940, 'other')], [900]],
    ['one that we saw before an order of theirs', [start(900)], [start(500, 'other')], [500, 900]],
    ['one that we saw, and they did not', [start(900)], [start(3900, 'other')], [900, 3900]],
    ['one that we lost', [start(900), start(990)], [], [900, 990]],
    ['a foreign one that both saw', [start(905, 'other')], [start(900, 'ledger')], [905]],
  ])('%s', (_, handed, own, times) => {
    const after = adopt(ours({ starts: own }), theirs({ starts: handed }), same);
    expect(after.starts.map(({ at }) => at)).toEqual(times);
  });

  it('have the later one as their last', () => {
    const last = (their: Start | null, own: Start | null) =>
      adopt(ours({ lastStart: own }), theirs({ lastStart: their }), same).lastStart?.at ?? null;
    expect(last(start(5), start(9))).toBe(9);
    expect(last(start(9), start(5))).toBe(9);
    expect(last(null, start(5))).toBe(5);
    expect(last(start(5), null)).toBe(5);
    expect(last(null, null)).toBeNull();
  });
});

describe('a clock that differs', () => {
  const HOUR = 3600;
  const changes: Partial<State> = {
    maintenanceUntil: NOW + HOUR + 600,
    resetAt: NOW + HOUR - 5,
    chronicSince: NOW + HOUR - 6,
    breakers: { a: { failures: 2, openedAt: NOW + HOUR - 60, rests: 0, trialOrderId: null } },
    incidents: [incident({ openedAt: NOW + HOUR - 70, resolvedAt: NOW + HOUR - 1, snoozedUntil: NOW + HOUR + 1 })],
    starts: [start(NOW + HOUR - 80)],
    lastStart: start(NOW + HOUR - 80),
    cures: [{ order: order(NOW + HOUR - 80), at: NOW + HOUR - 20 }],
    lastOutcome: { outcome: 'cured', at: NOW + HOUR - 20, sentence: '' },
    refusal: { at: NOW + HOUR - 9, sentence: '' },
    pursuit: { order: order(NOW + HOUR - 80), stage: 'accepted', keys: [] },
  };

  it('by an hour moves all that was promised into our time, and holds everything back for an hour', () => {
    const after = adopt(ours(), theirs(changes), { ...same, aheadSeconds: HOUR });
    expect(after).toMatchObject({
      maintenanceUntil: NOW + 600,
      resetAt: NOW - 5,
      chronicSince: NOW - 6,
      breakers: { a: { openedAt: NOW - 60 } },
      incidents: [{ openedAt: NOW - 70, resolvedAt: NOW - 1, snoozedUntil: NOW + 1 }],
      starts: [{ at: NOW - 80 }],
      lastStart: { at: NOW - 80 },
      cures: [{ at: NOW - 20 }],
      lastOutcome: { at: NOW - 20 },
      refusal: { at: NOW - 9 },
      clockJumpedAt: NOW,
    });
    // The instance bears the order's own time.
    expect(after.pursuit?.order.at).toBe(NOW + HOUR - 80);
  });

  it('moves an order that leaves no mark, and the start that it has made', () => {
    const [at, seenStartAt] = [NOW + HOUR - 80, NOW + HOUR - 60];
    const starts: Start[] = [{ at, by: 'warden', orderId: 'o', isUnmarked: true, seenStartAt }];
    const handed = theirs({ starts, pursuit: { order: order(at), stage: 'ordered', keys: [], proof: 'start' } });
    const after = adopt(ours(), handed, { ...same, aheadSeconds: HOUR });
    expect(after.pursuit?.order).toEqual({ ...order(at), at: NOW - 80 });
    expect(after.starts).toMatchObject([{ at: NOW - 80, seenStartAt: NOW - 60 }]);
  });

  it.each([
    [59, false],
    [-59, false],
    [60, true],
    [-60, true],
  ])('by %i s counts as another clock: %s', (aheadSeconds, isOther) => {
    const after = adopt(ours(), theirs({ maintenanceUntil: NOW }), { ...same, aheadSeconds });
    expect(after.clockJumpedAt === NOW).toBe(isOther);
    expect(after.maintenanceUntil).toBe(isOther ? NOW - aheadSeconds : NOW);
  });
});

describe('the first turn after that', () => {
  const findings = (at: number, rot: 'ok' | 'bad') => [
    finding('rot', rot, at),
    finding('dry', 'ok', at),
    finding('pale', 'ok', at),
  ];
  const bad = { looks: 5, streaks: { rot: badStreak(NOW - 30) }, lastLookAt: NOW - 30, verdict: 'unhealthy' } as const;

  it('tells no incident that was told, and tells its end once', () => {
    const handed = theirs({ incidents: [incident({ id: 'theirs', openedAt: NOW - 500 })], sequence: 9 });
    const adopted = adopt(ours({ ...bad, incidents: [incident({ id: 'own' })] }), handed, same);
    const first = decide(POLICY, adopted, input(NOW, { findings: findings(NOW, 'bad') }));
    expect(first.announcements.filter(({ type }) => type === 'opened')).toEqual([]);
    const well = { ...first.state, pursuit: null, streaks: { rot: goodStreak(NOW + 90) } };
    const second = decide(POLICY, well, input(NOW + 120, { findings: findings(NOW + 120, 'ok') }));
    expect(second.announcements.filter(({ type }) => type === 'resolved')).toMatchObject([{ incidentId: 'theirs' }]);
  });

  it('tells one that nobody was told of', () => {
    const adopted = adopt(ours({ ...bad, incidents: [incident({ id: 'own' })] }), theirs(), same);
    const { announcements } = decide(POLICY, adopted, input(NOW, { findings: findings(NOW, 'bad') }));
    expect(announcements[0]).toMatchObject({ type: 'opened' });
  });

  it('orders nothing while an order of theirs is followed, and follows it to its end', () => {
    const pursuit = { order: order(NOW - 200), stage: 'ordered', keys: ['rot'] } as const;
    const adopted = adopt(ours(bad), theirs({ pursuit, starts: [start(NOW - 200)] }), same);
    const bears = circumstances({
      bears: { known: true, value: NOW - 200 },
      answeredAt: { known: true, value: NOW - 150 },
    });
    const first = decide(POLICY, adopted, input(NOW, { findings: findings(NOW, 'bad'), circumstances: bears }));
    expect(first.orders).toEqual([]);
    expect(first.state.pursuit).toMatchObject({ order: { id: `tree-${NOW - 200}` }, stage: 'answering' });
    let { state: last } = first;
    const told: string[] = [];
    for (const at of [NOW + 30, NOW + 60, NOW + 90]) {
      const next = decide(POLICY, last, input(at, { findings: findings(at, 'ok'), circumstances: bears }));
      told.push(...next.announcements.map(({ type }) => type));
      last = next.state;
    }
    expect(told.filter((type) => type === 'cured')).toHaveLength(1);
  });

  it('holds to their budget', () => {
    const handed = theirs({ starts: [start(NOW - 900), start(NOW - 400)] });
    const { orders, vetoes } = decide(
      POLICY,
      adopt(ours(bad), handed, same),
      input(NOW, { findings: findings(NOW, 'bad') }),
    );
    expect(orders).toEqual([]);
    expect(vetoes.map(({ guard }) => guard)).toContain('budget');
  });
});
