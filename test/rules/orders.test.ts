/** The only door to a restart: who gets an order, with which remedy, and what is written down for it. */
import { describe, expect, it } from 'vitest';
import { type Ground, judgeCauses, judgeWish, signatureOf, whyNotForMember } from '../../src/rules/orders.ts';
import type { Breaker, State } from '../../src/rules/state.ts';
import type { Cause, Circumstances, Policy, RemedyRule, Wish } from '../../src/rules/types.ts';
import { badStreak, cause, circumstances, deepFreeze, policy, state, water } from './builders.ts';

const NOW = 100_000.7;

const rot = cause('rot');
const dry = cause('dry');
const wilted = cause('wilted', { severity: 'degraded' });
const rotA = cause('rot', { member: 'a' });

function remembering(changes: Partial<State> = {}): State {
  const bad = badStreak(NOW);
  const streaks = { rot: bad, dry: bad, wilted: bad, pale: bad, bare: bad, 'rot/a': bad };
  return state({ looks: 9, streaks, ...changes });
}

function ground(changes: Partial<Ground> = {}): Ground {
  return {
    now: NOW,
    policy: policy(),
    circumstances: circumstances(),
    layers: { soil: 'good', trunk: 'good', leaf: 'good', crown: 'good', wind: 'good', branch: 'good' },
    findings: [],
    failing: [],
    votes: {},
    incidentId: 'tree-0-1',
    ...changes,
  };
}

function remedy(id: string, helps: RemedyRule['helps']): RemedyRule {
  return { id, helps, proof: 'mark', needs: [] };
}

function ladder(...remedies: RemedyRule[]): Partial<Ground> {
  const changes: Partial<Policy> = { remedies };
  return { policy: policy(changes) };
}

function closed(failures: number): Partial<State> {
  return { breakers: { 'tree:rot': { failures, openedAt: null, rests: 0, trialOrderId: null } } };
}

const open: Breaker = { failures: 2, openedAt: 0, rests: 0, trialOrderId: null };
type Press = Extract<Wish, { kind: 'restart' | 'force_restart' }>;

const press: Press = { kind: 'restart', by: 'Ada', reason: null };
const force: Press = { kind: 'force_restart', by: 'Ada', reason: 'It creaks.' };

describe('what a member has of its own', () => {
  const own = cause('rot', { member: 'a', severity: 'degraded' });

  it('is no reason for a restart, whatever a remedy says of its check', () => {
    const vetoes = whyNotForMember(remembering(), own, ground());
    expect(vetoes).toEqual([{ guard: 'futile', sentence: 'No configured remedy helps against rot.', until: null }]);
  });

  it('is held back by all that holds back', () => {
    const vetoes = whyNotForMember(remembering({ automatic: false }), own, ground());
    expect(vetoes.map((veto) => veto.guard)).toEqual(['observe_only', 'futile']);
  });

  it('needs no veto where there is nothing', () => {
    expect(whyNotForMember(remembering(), null, ground())).toEqual([]);
  });
});

describe('an automatic order', () => {
  it('is written down in full, in whole seconds, before anything is done', () => {
    const judged = judgeCauses(deepFreeze(remembering()), deepFreeze([rot]), deepFreeze(ground()));
    const order = {
      id: 'tree-100000',
      at: 100_000,
      remedy: 'water',
      signature: 'tree:rot',
      cause: { check: 'rot', layer: 'trunk', member: null },
      by: 'warden',
      force: false,
      reason: 'rot is bad',
      incidentId: 'tree-0-1',
    };
    const start = { at: 100_000, by: 'warden', orderId: 'tree-100000' };
    expect(judged).toEqual({
      order,
      vetoes: [],
      state: {
        ...remembering(),
        starts: [start],
        lastStart: start,
        pursuit: { order, stage: 'ordered', keys: ['rot'] },
      },
    });
  });

  it.each<[string, readonly Cause[], Partial<State>, string | null, readonly string[]]>([
    ['goes to the only cause', [rot], {}, 'rot', []],
    ['goes to nobody without a cause', [], {}, null, []],
    ['goes to the worst cause that no guard holds back', [dry, rot], {}, 'rot', []],
    ['goes to the worst of two', [rot, rotA], {}, 'rot', []],
    [
      'is held back with the words of the worst cause',
      [dry, wilted],
      {},
      null,
      ['A restart could do harm, and does not cure dry.'],
    ],
    [
      'is held back with the words of the worst cause, in either order',
      [wilted, dry],
      {},
      null,
      ['No configured remedy helps against wilted.'],
    ],
    [
      'is held back by what holds back every cause',
      [rot],
      { automatic: false },
      null,
      ['Automatic restarts are switched off.'],
    ],
  ])('%s', (_words, causes, remembered, expected, held) => {
    const before = remembering(remembered);
    const judged = judgeCauses(before, causes, ground());
    expect(judged.order?.cause?.check ?? null).toBe(expected);
    expect(judged.vetoes.map((veto) => veto.sentence)).toEqual(held);
    if (!judged.order) expect(judged.state).toBe(before);
  });

  it('asks the vote of its own check', () => {
    const nobody = { voters: [], bad: [], badAndWorked: [], isMostOut: false };
    const ballot = { answer: 'ok' as const, detail: 'Few fail.', ...nobody };
    const judged = judgeCauses(remembering(), [cause('bare')], ground({ votes: { bare: ballot } }));
    expect(judged.vetoes.map((veto) => veto.guard)).toEqual(['minority', 'never_worked']);
    const other = judgeCauses(remembering(), [rot], ground({ votes: { bare: ballot } }));
    expect(other.order?.cause?.check).toBe('rot');
  });

  it('is held back by ground below that is not good, whoever the person is', () => {
    const judged = judgeCauses(remembering(), [cause('pale')], ground({ layers: { trunk: 'unknown' } }));
    expect(judged.vetoes.map((veto) => veto.sentence)).toEqual(['The layer trunk below cannot be seen.']);
  });
});

describe('the ladder of remedies', () => {
  const mild = remedy('mild', { rot: 'may' });
  const strong = remedy('strong', { rot: 'cures' });
  const other = remedy('other', { pale: 'cures' });

  it.each<[string, readonly RemedyRule[], Partial<State>, string | null]>([
    ['begins with the first that helps', [other, mild, strong], {}, 'mild'],
    ['goes up by what did not help', [other, mild, strong], closed(1), 'strong'],
    ['ends with the last', [mild, other, strong], closed(9), 'strong'],
    ['has one rung if one helps', [other, mild], closed(1), 'mild'],
    ['has none if none helps', [other], {}, null],
    ['has none if nothing is configured', [], {}, null],
  ])('%s', (_words, remedies, remembered, expected) => {
    const judged = judgeCauses(remembering(remembered), [rot], ground(ladder(...remedies)));
    expect(judged.order?.remedy ?? null).toBe(expected);
  });

  const third = remedy('third', { rot: 'cures' });
  const deaf = { ...remedy('deaf', { rot: 'cures' }), needs: [{ seen: 'ear', optional: false }] };
  const against = (...ids: string[]): Partial<Circumstances> => ({
    hazards: ids.map((id) => ({ sentence: `No ${id} now.`, against: [id] })),
  });
  const gone: Partial<State> = { switchedOff: { mild: 'It did not come back.' } };

  it.each<[string, readonly RemedyRule[], Partial<State>, Partial<Circumstances>, string | null, string]>([
    ['passes over what does harm', [mild, strong], {}, against('mild'), 'strong', ''],
    ['passes over what cannot be seen to work', [deaf, strong], {}, {}, 'strong', ''],
    ['passes over what did not come back', [mild, strong], gone, {}, 'strong', ''],
    ['passes over several', [mild, deaf, strong], {}, against('mild'), 'strong', ''],
    ['takes the first that is left', [mild, strong, third], {}, against('mild'), 'strong', ''],
    ['goes up from the rung that it has reached', [mild, strong, third], closed(1), against('strong'), 'third', ''],
    ['never goes down again', [mild, strong], closed(1), against('strong'), null, 'No strong now.'],
    ['is held back in the words of its rung', [mild, strong], {}, against('strong', 'mild'), null, 'No mild now.'],
    ['is held back by what is missing', [deaf, strong], {}, against('strong'), null, 'The ear must be seen'],
    ['passes over nothing that speaks against none of it', [mild, strong], {}, against('other'), 'mild', ''],
  ])('%s', (_words, remedies, remembered, world, expected, held) => {
    const about = ground({ ...ladder(...remedies), circumstances: circumstances(world) });
    const judged = judgeCauses(remembering(remembered), [rot], about);
    expect(judged.order?.remedy ?? null).toBe(expected);
    expect(judged.vetoes.map((veto) => veto.sentence)).toEqual(held === '' ? [] : [expect.stringContaining(held)]);
  });

  it.each<[string, Press, Cause | null, Partial<Circumstances>, string | null]>([
    ['a person too', press, rot, against('mild'), 'strong'],
    ['a person without a cause too', press, null, against('mild'), 'strong'],
    ['who forces it too, for that is safer', force, rot, against('mild'), 'strong'],
    ['nobody who forces it, where all do harm', force, rot, against('mild', 'strong'), 'mild'],
    ['and refuses a person where all do harm', press, rot, against('mild', 'strong'), null],
  ])('serves %s', (_words, wish, about, world, expected) => {
    const scene = ground({ ...ladder(mild, strong), circumstances: circumstances(world) });
    expect(judgeWish(remembering(), wish, about, scene).order?.remedy ?? null).toBe(expected);
  });

  it('writes down what will show that an order was carried out, unless that is its mark', () => {
    const replaced: RemedyRule = { ...mild, proof: 'instance' };
    const { state: after, order } = judgeCauses(remembering(), [rot], ground(ladder(replaced)));
    expect(after.pursuit).toEqual({ order, stage: 'ordered', keys: ['rot'], proof: 'instance', instance: 'seedling' });
    expect(after.starts).toEqual([{ at: 100_000, by: 'warden', orderId: order?.id, isUnmarked: true }]);
    const dark = circumstances({ instance: { known: false, asked: true, why: 'It is dark.' } });
    const unseen = judgeCauses(remembering(), [rot], ground({ ...ladder(replaced), circumstances: dark }));
    expect(unseen.state.pursuit).toMatchObject({ instance: null });
  });

  it('counts only what did not help against this cause', () => {
    const breakers = { 'tree:pale': { ...open, openedAt: null } };
    const judged = judgeCauses(remembering({ breakers }), [rot], ground(ladder(mild, strong)));
    expect(judged.order?.remedy).toBe('mild');
  });

  it.each<[string, Cause | null, string]>([
    ['that helps, if one does', rot, 'water'],
    ['first of all, if none helps', wilted, 'mild'],
    ['first of all, without a cause', null, 'mild'],
  ])('gives a person the remedy %s', (_words, about, expected) => {
    const remedies = [remedy('mild', { pale: 'may' }), water];
    expect(judgeWish(remembering(), press, about, ground(ladder(...remedies))).order?.remedy).toBe(expected);
  });
});

describe('the breaker of a signature', () => {
  it.each<[string, Breaker, string | null]>([
    ['takes an order after its rest as its one trial', open, 'tree-100000'],
    ['takes no trial while it is closed', { ...open, failures: 1, openedAt: null }, null],
  ])('%s', (_words, breaker, trialOrderId) => {
    const others = { 'tree:pale': open };
    const before = remembering({ breakers: { ...others, 'tree:rot': breaker } });
    const { state: after } = judgeCauses(before, [rot], ground());
    expect(after.breakers).toEqual({ ...others, 'tree:rot': { ...breaker, trialOrderId } });
  });

  it('is not made by an order', () => {
    const { state: after } = judgeCauses(remembering({ breakers: { 'tree:pale': open } }), [rot], ground());
    expect(after.breakers).toEqual({ 'tree:pale': open });
  });

  it.each<[string, Cause | null, string]>([
    ['by target and check', rot, 'tree:rot'],
    ['the same for every member', rotA, 'tree:rot'],
    ['by the person where there is no cause', null, 'tree:person'],
  ])('is named %s', (_words, about, expected) => {
    expect(signatureOf('tree', about)).toBe(expected);
  });
});

describe('a person’s restart', () => {
  it.each<[string, Press, Cause | null, object]>([
    [
      'without a cause says who asked',
      press,
      null,
      { by: 'person', force: false, reason: 'Ada asked for it.', cause: null, signature: 'tree:person' },
    ],
    [
      'with a reason says the reason',
      { ...press, reason: 'It creaks.' },
      null,
      { by: 'person', force: false, reason: 'Ada asked for it: It creaks.' },
    ],
    [
      'names the cause of the moment',
      press,
      rotA,
      { cause: { check: 'rot', layer: 'trunk', member: 'a' }, signature: 'tree:rot' },
    ],
    ['that is forced says so', force, null, { by: 'person', force: true, reason: 'Ada asked for it: It creaks.' }],
  ])('%s', (_words, wish, about, expected) => {
    const judged = judgeWish(remembering(), wish, about, ground());
    expect(judged.order).toMatchObject(expected);
    expect(judged.vetoes).toEqual([]);
  });

  it('is written down as a person’s', () => {
    const { order, state: after } = judgeWish(deepFreeze(remembering()), press, null, ground());
    const start = { at: 100_000, by: 'person', orderId: 'tree-100000' };
    expect(after).toMatchObject({ starts: [start], lastStart: start, pursuit: { order, stage: 'ordered', keys: [] } });
  });

  it.each<[string, Press, Partial<Ground>, readonly string[]]>([
    [
      'is refused by a hazard',
      press,
      { circumstances: circumstances({ hazards: [{ sentence: 'It would fall.', against: null }] }) },
      ['unsafe_rollout'],
    ],
    [
      'is not refused by a hazard when forced',
      force,
      { circumstances: circumstances({ hazards: [{ sentence: 'It would fall.', against: null }] }) },
      [],
    ],
    ['is not refused by soft ground', press, { layers: { trunk: 'bad', leaf: 'bad' } }, []],
    ['is refused by what nobody can see', press, { circumstances: circumstances({ seen: {} }) }, ['blind']],
    ['is refused by hard ground', press, { layers: { soil: 'bad' } }, ['lower_layer']],
    ['is refused by hard ground also when forced', force, { layers: { soil: 'bad' } }, ['lower_layer']],
    ['is refused where nothing is configured', press, ladder(), ['futile']],
  ])('%s', (_words, wish, changes, guards) => {
    const before = remembering({ automatic: false });
    const judged = judgeWish(before, wish, cause('pale'), ground(changes));
    expect(judged.vetoes.map((veto) => veto.guard)).toEqual(guards);
    expect(judged.order === null).toBe(guards.length > 0);
    if (!judged.order) expect(judged.state).toBe(before);
  });

  it('says that nothing is configured', () => {
    expect(judgeWish(remembering(), force, rot, ground(ladder())).vetoes).toEqual([
      { guard: 'futile', sentence: 'No remedy is configured: this target is only observed.', until: null },
    ]);
  });
});
