/** Whole stories over many turns: the rules together keep what the design promises. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/rules/decide.ts';
import { awaken, type Start } from '../../src/rules/state.ts';
import type { Circumstance, RemedyRule, Wish } from '../../src/rules/types.ts';
import {
  badStreak,
  checks,
  circumstances,
  deepFreeze,
  finding,
  goodStreak,
  incident,
  input,
  limits,
  member,
  policy,
  state,
  water,
} from './builders.ts';
import { grow, live, type Tree, turn } from './tree.ts';

const HOUR = 3600;

/** Well until 300, and bad from the look at 330 on. */
function failing(changes: Partial<Tree> = {}, check = 'rot'): Tree {
  const tree = live(grow(changes), 300);
  tree.answers[check] = 'bad';
  return tree;
}

function lost(why: string): Circumstance<never> {
  return { known: false, asked: true, why };
}

function patient(changes: Partial<typeof limits> = {}) {
  return policy({ limits: { ...limits, breakerTries: 99, ...changes } });
}

const press: Wish = { kind: 'restart', by: 'Ada', reason: 'It creaks.' };

describe('an outage that a restart cures', () => {
  it('is opened, ordered within its time, cured and resolved, each told once', () => {
    const tree = live(failing(), 3 * HOUR);
    expect(tree.told).toEqual(['opened@390', 'restart_ordered@390', 'cured@480', 'resolved@480']);
    expect(tree.state.breakers).toEqual({});
    expect(tree.state.cures).toEqual([]);
  });

  it('says in every turn how things stand', () => {
    const tree = failing();
    const seen: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      const { verdict, cause, orders, vetoes, startsLastHour } = turn(tree);
      const held = vetoes.map((veto) => veto.guard).join(' ');
      const stage = tree.state.pursuit?.stage ?? 'none';
      seen.push(
        `${tree.now}: ${verdict}, ${cause?.check ?? '-'}, ${orders.length}, ${startsLastHour}, ${stage}, ${held}`,
      );
    }
    expect(seen).toEqual([
      '330: healthy, -, 0, 0, none, ',
      '360: healthy, -, 0, 0, none, ',
      '390: unhealthy, rot, 1, 1, ordered, ',
      '420: starting, rot, 0, 1, restarted, unconfirmed starting in_progress',
      '450: starting, rot, 0, 1, answering, unconfirmed starting in_progress',
      '480: starting, -, 0, 1, none, ',
    ]);
  });

  it('is ordered with all that the door needs', () => {
    const tree = live(failing(), 400);
    expect(tree.orders).toEqual([
      {
        id: 'tree-390',
        at: 390,
        remedy: 'water',
        signature: 'tree:rot',
        cause: { check: 'rot', layer: 'trunk', member: null },
        by: 'warden',
        force: false,
        reason: 'rot is bad',
        incidentId: 'tree-390-1',
      },
    ]);
  });

  it('is announced with incident, cause, severity and order', () => {
    const { announcements, orders } = live(failing(), 480);
    const about = { incidentId: 'tree-390-1', cause: { check: 'rot', layer: 'trunk', member: null }, guard: null };
    expect(announcements).toEqual([
      {
        ...about,
        id: 'tree-390-2',
        type: 'opened',
        at: 390,
        severity: 'unhealthy',
        sentence: 'rot is bad',
        order: null,
      },
      {
        ...about,
        id: 'tree-390-3',
        type: 'restart_ordered',
        at: 390,
        severity: null,
        sentence: 'rot is bad',
        order: orders[0],
      },
      {
        ...about,
        id: 'tree-480-4',
        type: 'cured',
        at: 480,
        severity: null,
        sentence: 'The new instance answers and what failed is good again.',
        order: orders[0],
      },
      {
        ...about,
        id: 'tree-480-5',
        type: 'resolved',
        at: 480,
        severity: 'unhealthy',
        sentence: 'It is good again after 2 minutes.',
        order: null,
      },
    ]);
  });

  it('is over by itself before it is confirmed: nothing is told', () => {
    const tree = live(failing(), 360);
    tree.answers.rot = 'ok';
    expect(live(tree, HOUR).told).toEqual([]);
  });

  it('is over by itself while it is held back: resolved without a restart', () => {
    const tree = live(failing({ world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 600);
    tree.answers.rot = 'ok';
    expect(live(tree, HOUR).told).toEqual(['opened@390', 'refused@390', 'resolved@690']);
  });

  it('is not ordered before the Warden has looked twice', () => {
    const remembered = state({ streaks: { rot: badStreak(0) } });
    const tree = grow({ state: remembered, answers: { rot: 'bad' } });
    expect(turn(tree).vetoes.map((veto) => veto.guard)).toEqual(['unconfirmed']);
    expect(turn(tree).orders).toHaveLength(1);
  });

  it('is not ordered while nobody can see it any more', () => {
    const tree = live(failing({ world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 600);
    tree.answers.rot = 'unknown';
    live(tree, 700);
    tree.world = {};
    expect(turn(tree).vetoes.map((veto) => veto.guard)).toEqual(['unconfirmed']);
    expect(tree.last?.verdict).toBe('unhealthy');
  });
});

describe('a restart that does not cure', () => {
  it('is tried twice, then the breaker opens, rests and allows one trial at a time', () => {
    const tree = live(failing({ cures: false }), 120_000);
    expect(tree.told).toEqual([
      'opened@390',
      'restart_ordered@390',
      'ineffective@990',
      'restart_ordered@990',
      'ineffective@1590',
      'breaker_opened@1590',
      'refused@1590',
      'refused@3990',
      'restart_ordered@5190',
      'ineffective@5790',
      'breaker_opened@5790',
      'restart_ordered@27390',
      'ineffective@27990',
      'breaker_opened@27990',
      'restart_ordered@114390',
      'ineffective@114990',
      'breaker_opened@114990',
    ]);
    const refusals = tree.announcements.filter((one) => one.type === 'refused');
    expect(refusals.map((one) => one.guard)).toEqual(['budget', 'breaker']);
  });

  it('counts as none of the tries when it was not carried out', () => {
    const tree = live(failing({ door: 'refused' }), 2 * HOUR);
    const told = [
      'opened@390',
      'restart_ordered@390',
      'failed@420',
      'refused@420',
      'restart_ordered@1320',
      'failed@1350',
    ];
    expect(tree.told.slice(0, 6)).toEqual(told);
    expect(tree.state.breakers).toEqual({});
    // It asks again after a rest, within the budget, and never calls that chronic.
    expect(tree.orders.map((one) => one.at)).toEqual([390, 1320, 3990, 4920]);
    expect(tree.state.chronicSince).toBeNull();
  });

  it('is not tried again while the new instance may still come', () => {
    const tree = live(failing({ cures: false, restartSeconds: 9000 }), 980);
    expect(tree.told).toEqual(['opened@390', 'restart_ordered@390']);
  });

  it('is not given up when what failed has become good just before', () => {
    const tree = live(failing({ cures: false }), 960);
    tree.answers.rot = 'ok';
    expect(live(tree, 2000).told.slice(2)).toEqual(['cured@1020', 'resolved@1050']);
  });

  it('is given up only after two hours when nothing is bad and nothing proves it good', () => {
    const tree = live(failing({ cures: false }), 390);
    tree.answers.rot = 'unknown';
    live(tree, 390 + 2 * HOUR - 30);
    expect(tree.told).toEqual(['opened@390', 'restart_ordered@390']);
    expect(live(tree, 390 + 2 * HOUR).told.slice(2)).toEqual(['ineffective@7590']);
  });

  it('is undone by a relapse within two hours, and counts then', () => {
    const tree = live(failing(), 2000);
    tree.answers.rot = 'bad';
    tree.cures = false;
    live(tree, 3000);
    expect(tree.told.slice(2)).toEqual([
      'cured@480',
      'resolved@480',
      'ineffective@2070',
      'flapping@2070',
      'restart_ordered@2070',
      'ineffective@2670',
      'breaker_opened@2670',
      'refused@2670',
    ]);
  });

  it('is not undone by a relapse after that', () => {
    const tree = live(failing(), 480 + 2 * HOUR);
    tree.answers.rot = 'bad';
    live(tree, 480 + 2 * HOUR + 90);
    expect(tree.told.slice(4)).toEqual(['flapping@7770', 'restart_ordered@7770']);
    expect(tree.state.breakers).toEqual({});
  });

  it('opens the breaker at once for a check that is tried once', () => {
    const tree = live(failing({ cures: false }, 'pale'), 1500);
    expect(tree.told).toEqual([
      'opened@450',
      'restart_ordered@450',
      'ineffective@1050',
      'breaker_opened@1050',
      'refused@1050',
    ]);
  });
});

describe('the breaker and the daily limit', () => {
  it('are reset by a person: the next restart is ordered when the budget allows', () => {
    const tree = live(failing({ cures: false }), 4200);
    turn(tree, [{ kind: 'reset_breaker', by: 'Ada' }]);
    expect(tree.told.slice(-2)).toEqual(['breaker_reset@4230', 'restart_ordered@4230']);
    expect(tree.announcements.at(-2)?.sentence).toBe('A person has reset the breaker and the daily limit.');
  });

  it('allow two starts an hour and six a day, then it is chronic, told once', () => {
    const tree = live(failing({ cures: false, policy: patient() }), 2 * 86_400);
    const orders = tree.orders.map((one) => one.at);
    expect(orders).toEqual([390, 990, 3990, 4590, 7590, 8190]);
    expect(tree.told.filter((one) => one.startsWith('chronic'))).toEqual(['chronic@8790']);
    expect(tree.state.chronicSince).toBe(8790);
    expect(tree.last?.vetoes.map((veto) => veto.guard)).toEqual(['budget']);
    expect(tree.last?.nextAttemptAt).toBeNull();
    expect(tree.announcements.find((one) => one.type === 'chronic')).toEqual({
      id: 'tree-8790-16',
      type: 'chronic',
      at: 8790,
      incidentId: 'tree-390-1',
      cause: { check: 'rot', layer: 'trunk', member: null },
      severity: 'unhealthy',
      guard: null,
      sentence: 'The daily limit of restarts is reached without a lasting cure. No more until a person resets it.',
      order: null,
    });
  });

  it('stay reset though the day is still full: it goes on when the day allows', () => {
    const tree = live(failing({ cures: false, policy: patient() }), 9000);
    turn(tree, [{ kind: 'reset_breaker', by: 'Ada' }]);
    expect(tree.state.chronicSince).toBeNull();
    expect(tree.last?.vetoes).toEqual([
      { guard: 'budget', sentence: 'The budget of 6 starts in 24 hours is used up.', until: 390 + 86_400 },
    ]);
    live(tree, 390 + 86_400);
    expect(tree.told.slice(-2)).toEqual(['breaker_reset@9030', `restart_ordered@${390 + 86_400}`]);
  });

  it('are reached once, also over a relapse', () => {
    const tree = live(failing({ cures: false, policy: patient() }), 9000);
    tree.answers.rot = 'ok';
    live(tree, 9300);
    tree.answers.rot = 'bad';
    live(tree, 9600);
    expect(tree.told.slice(-3)).toEqual(['resolved@9090', 'flapping@9390', 'refused@9390']);
    expect(tree.state.chronicSince).toBe(8790);
  });

  it('are not reached while no incident is open', () => {
    const starts: Start[] = [1, 2, 3, 4, 5, 6].map((n) => ({ at: -n * HOUR, by: 'other', orderId: null }));
    const tree = grow({ state: state({ starts }) });
    expect(live(tree, 600).told).toEqual([]);
    expect(tree.state.chronicSince).toBeNull();
  });

  it('are not reached by a full hour', () => {
    const tree = live(failing({ cures: false }), 3000);
    expect(tree.last?.vetoes[0]?.guard).toBe('budget');
    expect(tree.state.chronicSince).toBeNull();
  });

  it('count the starts of others', () => {
    const world = { ledger: { known: true, value: { times: [-1000, -2000], ours: [] } } } as const;
    const tree = live(failing({ world }), 600);
    expect(tree.told).toEqual(['opened@390', 'refused@390']);
    expect(tree.last).toMatchObject({ startsLastHour: 2, nextAttemptAt: 1600 });
    expect(tree.state.starts).toEqual([
      { at: -1000, by: 'ledger', orderId: null },
      { at: -2000, by: 'ledger', orderId: null },
    ]);
  });
});

describe('a restart that a person asks for', () => {
  it('is ordered without a cause', () => {
    const tree = live(grow(), 300);
    const { orders, announcements } = turn(tree, [press]);
    expect(orders).toMatchObject([
      { by: 'person', cause: null, reason: 'Ada asked for it: It creaks.', incidentId: null },
    ]);
    expect(announcements).toMatchObject([
      { type: 'restart_ordered', sentence: 'Ada asked for it: It creaks.', order: orders[0] },
    ]);
    expect(live(tree, 600).told).toEqual(['restart_ordered@330', 'cured@390']);
  });

  it('has nothing to do with an incident that is over', () => {
    const tree = live(failing(), 2000);
    expect(tree.told).toHaveLength(4);
    expect(turn(tree, [press]).orders).toMatchObject([{ incidentId: null, cause: null }]);
  });

  it('is refused with the first veto', () => {
    const tree = live(grow({ world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 300);
    expect(turn(tree, [press]).orders).toEqual([]);
    expect(tree.announcements).toEqual([
      {
        id: 'tree-330-1',
        type: 'refused',
        at: 330,
        incidentId: null,
        cause: null,
        severity: null,
        guard: 'unsafe_rollout',
        sentence: 'It would fall.',
        order: null,
      },
    ]);
  });

  it('is refused in an outage with its incident and cause', () => {
    const tree = live(failing({ world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 600);
    turn(tree, [press]);
    expect(tree.announcements.at(-1)).toMatchObject({
      type: 'refused',
      incidentId: 'tree-390-1',
      cause: { check: 'rot', layer: 'trunk', member: null },
      severity: 'unhealthy',
    });
  });

  it('is ordered though automatic restarts are off, and never twice in one turn', () => {
    const tree = live(failing({ policy: policy({ automatic: false }) }), 600);
    expect(tree.told).toEqual(['opened@390', 'refused@390']);
    const { orders, vetoes } = turn(tree, [press, { kind: 'force_restart', by: 'Bo', reason: null }]);
    expect(orders).toMatchObject([{ by: 'person', force: false, cause: { check: 'rot' } }]);
    expect(tree.told.slice(2)).toEqual(['restart_ordered@630', 'refused@630']);
    expect(tree.announcements.at(-1)).toMatchObject({ guard: 'in_progress', incidentId: 'tree-390-1' });
    expect(vetoes.map((veto) => veto.guard)).toEqual(['observe_only', 'in_progress']);
  });

  it('comes before the automatic one', () => {
    const tree = live(failing(), 360);
    const { orders } = turn(tree, [press]);
    expect(orders).toMatchObject([{ by: 'person' }]);
    expect(tree.told).toEqual(['opened@390', 'restart_ordered@390']);
  });

  it('that is forced goes over a hazard', () => {
    const tree = live(grow({ world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 300);
    expect(turn(tree, [{ kind: 'force_restart', by: 'Bo', reason: null }]).orders).toMatchObject([{ force: true }]);
  });

  it('is refused, every time, while the last one is not yet verified', () => {
    const tree = live(failing({ restartSeconds: 300 }), 420);
    turn(tree, [press]);
    turn(tree, [press]);
    const refusals = tree.announcements.filter((one) => one.type === 'refused');
    expect(refusals.map((one) => one.guard)).toEqual(['in_progress', 'in_progress']);
  });
});

describe('other wishes', () => {
  it.each<[string, Wish[], readonly string[]]>([
    [
      'a test is told, each one',
      [
        { kind: 'test_alert', by: 'Ada' },
        { kind: 'test_alert', by: 'Bo' },
      ],
      ['test', 'test'],
    ],
    ['a look is told to nobody', [{ kind: 'check_now', by: 'Ada' }], []],
    ['a reset is told', [{ kind: 'reset_breaker', by: 'Ada' }], ['breaker_reset']],
    ['a switch is told to nobody', [{ kind: 'automatic_restarts', by: 'Ada', on: false }], []],
  ])('%s', (_words, wishes, told) => {
    const tree = live(grow(), 300);
    const { announcements, orders } = turn(tree, wishes);
    expect(announcements.map((one) => one.type)).toEqual(told);
    expect(orders).toEqual([]);
  });

  it('a test says that nothing is wrong', () => {
    const { announcements } = turn(grow(), [{ kind: 'test_alert', by: 'Ada' }]);
    expect(announcements).toMatchObject([{ sentence: 'This is a test: nothing is wrong.' }]);
  });

  it('a switch binds in the same turn', () => {
    const tree = live(failing(), 360);
    turn(tree, [{ kind: 'automatic_restarts', by: 'Ada', on: false }]);
    expect(tree.told).toEqual(['opened@390', 'refused@390']);
    turn(tree, [{ kind: 'automatic_restarts', by: 'Ada', on: true }]);
    expect(tree.told.at(-1)).toBe('restart_ordered@420');
  });
});

describe('what holds an automatic restart back', () => {
  it('is told once for each incident and guard', () => {
    const tree = live(failing({ world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 600);
    tree.world = { clockJumpedAt: 600 };
    live(tree, 900);
    tree.world = { hazards: [{ sentence: 'It would fall.', against: null }] };
    live(tree, 1200);
    expect(tree.told).toEqual(['opened@390', 'refused@390', 'refused@630']);
    expect(tree.announcements.slice(1)).toMatchObject([
      { guard: 'unsafe_rollout', sentence: 'It would fall.', incidentId: 'tree-390-1', severity: 'unhealthy' },
      { guard: 'clock', cause: { check: 'rot', layer: 'trunk', member: null } },
    ]);
    expect(tree.state.incidents).toMatchObject([{ refused: ['unsafe_rollout', 'clock'] }]);
  });

  it('is a jump of the clock also when a clock that was opened anew has forgotten it', () => {
    const tree = live(failing({ world: { clockJumpedAt: 300 } }), 330);
    tree.world = {};
    live(tree, 3870);
    expect(tree.orders).toEqual([]);
    expect(tree.last?.vetoes).toMatchObject([{ guard: 'clock', until: 3900 }]);
    live(tree, 3900);
    expect(tree.orders).toHaveLength(1);
  });

  it('is remembered with the incident of the target, not with that of a member', () => {
    const tree = live(
      failing({
        world: { hazards: [{ sentence: 'It would fall.', against: null }] },
        answers: { rot: 'ok', 'storm/a': 'bad' },
      }),
      600,
    );
    expect(tree.told).toEqual(['opened@60', 'opened@390', 'refused@390']);
    expect(tree.state.incidents.map(({ member: whose, refused }) => [whose, refused])).toEqual([
      ['a', []],
      [null, ['unsafe_rollout']],
    ]);
  });

  it('is told once when somebody else’s rollout is under way', () => {
    const rollout = { known: true, value: { state: 'under_way', sentence: 'Somebody plants.' } } as const;
    const tree = live(failing({ world: { rollout } }), 600);
    expect(tree.told).toEqual(['opened@390', 'refused@390']);
    expect(tree.last?.vetoes).toEqual([{ guard: 'in_progress', sentence: 'Somebody plants.', until: null }]);
    expect(tree.state.incidents).toMatchObject([{ refused: ['in_progress'] }]);
  });

  it('is not told while our own restart is under way, though that starts', () => {
    const tree = live(failing({ cures: false, restartSeconds: 60, answerSeconds: 120 }), 900);
    expect(tree.told).toEqual(['opened@390', 'restart_ordered@390']);
    expect(tree.state.incidents).toMatchObject([{ refused: [] }]);
  });

  it.each<[string, Partial<Tree>, string, number | null]>([
    ['a known end', { world: { clockJumpedAt: 0 } }, 'clock', 3600],
    [
      'the last of two known ends',
      { world: { clockJumpedAt: 0, otherHealerAt: { known: true, value: 390 } } },
      'other_healer clock',
      3600,
    ],
    ['no known end', { world: { hazards: [{ sentence: 'It would fall.', against: null }] } }, 'unsafe_rollout', null],
    [
      'one known end of two',
      { world: { hazards: [{ sentence: 'It would fall.', against: null }], clockJumpedAt: 0 } },
      'unsafe_rollout clock',
      null,
    ],
  ])('with %s says when the next attempt is', (_words, changes, guards, expected) => {
    const tree = live(failing(changes), 400);
    expect(tree.last?.vetoes.map((veto) => veto.guard).join(' ')).toBe(guards);
    expect(tree.last?.nextAttemptAt).toBe(expected);
  });

  it('is nothing where nothing is bad: there is no next attempt', () => {
    const tree = live(grow({ world: { clockJumpedAt: 0 } }), 300);
    expect(tree.last).toMatchObject({ vetoes: [], nextAttemptAt: null, cause: null });
  });

  it.each<[string, Partial<Tree>, string]>([
    ['ground that cannot be seen', { answers: { dry: 'unknown', rot: 'ok' } }, 'The layer soil below cannot be seen.'],
    [
      'ground that was bad once',
      { answers: { dry: 'ok', rot: 'ok' } },
      'The layer soil below looks bad and is not yet confirmed.',
    ],
    [
      'a need that cannot be seen',
      { world: { seen: { can: lost('it is dark.') } } },
      'The can must be seen before a restart: it is dark.',
    ],
  ])('is %s', (_words, changes, sentence) => {
    const tree = live(failing(changes), 360);
    if (sentence.includes('not yet confirmed')) tree.answers.dry = 'bad';
    expect(turn(tree).vetoes.map((veto) => veto.sentence)).toEqual([sentence]);
    expect(tree.orders).toEqual([]);
  });

  it('is ground that is bad: the cause is told, and nothing is restarted', () => {
    const tree = failing({}, 'dry');
    tree.answers.rot = 'bad';
    live(tree, HOUR);
    expect(tree.told).toEqual(['opened@390', 'refused@390']);
    expect(tree.announcements[1]).toMatchObject({ guard: 'futile', cause: { check: 'dry', layer: 'soil' } });
    expect(tree.last?.cause).toMatchObject({ check: 'dry', detail: 'dry is bad', severity: 'unhealthy' });
  });

  it('is a check that forbids restarts wherever the cause lies', () => {
    const forbidding = checks.map((row) => (row.id === 'wilted' ? { ...row, forbids: 'all' as const } : row));
    const tree = failing({ policy: policy({ checks: forbidding }) });
    tree.answers.wilted = 'bad';
    expect(live(tree, 600).orders).toEqual([]);
    expect(tree.last?.vetoes.map((veto) => veto.sentence)).toEqual(['A restart could do harm while wilted is bad.']);
  });
});

describe('a change of the cause', () => {
  it('is told, refused anew, and all of it must be good to resolve', () => {
    const tree = live(failing({ world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 600);
    tree.answers.dry = 'bad';
    live(tree, 900);
    tree.answers.dry = 'ok';
    live(tree, 1200);
    tree.answers.rot = 'ok';
    live(tree, 1500);
    expect(tree.told).toEqual([
      'opened@390',
      'refused@390',
      'refused@630',
      'changed@690',
      'refused@690',
      'changed@990',
      'refused@990',
      'resolved@1290',
    ]);
  });

  it('from mild to grave is told', () => {
    const tree = live(failing({}, 'wilted'), 600);
    expect(tree.last?.verdict).toBe('degraded');
    tree.answers.pale = 'bad';
    live(tree, 750);
    expect(tree.told).toEqual(['opened@390', 'refused@390', 'changed@750', 'restart_ordered@750']);
  });
});

describe('a start', () => {
  const young = { startedAt: 0, answeredAt: null };

  it('is no outage: nothing is told while it starts, whatever its inside says', () => {
    const tree = grow({ ...young, answers: { dry: 'ok', rot: 'bad', wilted: 'bad', 'storm/a': 'bad' } });
    live(tree, 570);
    expect(tree.told).toEqual([]);
    expect(tree.last?.verdict).toBe('starting');
    expect(live(tree, 600).told).toEqual(['opened@600', 'restart_ordered@600']);
  });

  it('that is repeated in a storm is no outage either', () => {
    const tree = grow({ ...young, answers: { dry: 'ok', rot: 'bad' } });
    for (let i = 1; i <= 20; i += 1) {
      live(tree, i * 300);
      tree.startedAt = tree.now;
    }
    expect(tree.told).toEqual([]);
    expect(tree.orders).toEqual([]);
    expect(tree.state.chronicSince).toBeNull();
  });

  it('on bad ground is told with the ground', () => {
    const tree = live(grow({ ...young, answers: { dry: 'bad', rot: 'bad' } }), 570);
    expect(tree.told).toEqual(['opened@90', 'refused@90']);
    expect(tree.last).toMatchObject({ verdict: 'unhealthy', cause: { check: 'dry' } });
  });

  it('of a target that became well again is over', () => {
    const tree = live(grow({ ...young, answeredAt: 60, answers: { rot: 'ok', pale: 'ok' } }), 150);
    expect(tree.last?.verdict).toBe('healthy');
    expect(tree.state).toMatchObject({ wellAt: 150, verdictSince: 120, verdict: 'healthy' });
  });
});

describe('a crash between decision and act', () => {
  it.each<[string, Partial<Tree>, readonly string[]]>([
    [
      'after the act: the instance bears the order, and it is not ordered twice',
      { door: 'silence' },
      ['cured@480', 'resolved@480'],
    ],
    [
      'before the act: it is seen that nothing came, and it is ordered again',
      { door: 'lost' },
      ['failed@450', 'restart_ordered@450', 'failed@510', 'refused@510'],
    ],
  ])('%s', (_words, changes, expected) => {
    const tree = live(failing(changes), 390);
    tree.state = awaken(tree.state, tree.policy);
    live(tree, 540);
    expect(tree.told).toEqual(['opened@390', 'restart_ordered@390', ...expected]);
  });

  it('never loses what was spent', () => {
    const tree = failing({ door: 'lost' });
    for (let i = 0; i < 100; i += 1) {
      turn(tree);
      tree.state = awaken(tree.state, tree.policy);
      turn(tree);
    }
    const within = (at: number) => tree.orders.filter((one) => one.at > at - HOUR && one.at <= at).length;
    expect(tree.orders.length).toBeGreaterThan(2);
    expect(Math.max(...tree.orders.map((one) => within(one.at)))).toBe(2);
  });
});

describe('members', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const members = ids.map((id) => member(id));

  function twigs(bad: string, changes: Partial<Tree> = {}): Tree {
    const answers = Object.fromEntries(ids.map((id) => [`twig_bare/${id}`, 'ok' as const]));
    const tree = live(grow({ members, answers: { dry: 'ok', rot: 'ok', ...answers }, ...changes }), 300);
    for (const id of bad) tree.answers[`twig_bare/${id}`] = 'bad';
    return tree;
  }

  it('that fail in the majority are the target’s outage, and none of their own', () => {
    const tree = live(twigs('abc'), 1200);
    expect(tree.told).toEqual(['opened@540', 'restart_ordered@540', 'cured@900', 'resolved@930']);
    expect(tree.orders).toMatchObject([{ cause: { check: 'bare', layer: 'crown', member: null } }]);
  });

  it('that fail in the minority have outages of their own, and nothing is restarted', () => {
    const tree = live(twigs('ab'), 900);
    expect(tree.told).toEqual(['opened@510', 'opened@510']);
    expect(tree.state.incidents.map((one) => one.member)).toEqual(['a', 'b']);
    expect(tree.last).toMatchObject({
      verdict: 'degraded',
      cause: { check: 'twig_bare', layer: 'branch', member: 'a' },
      vetoes: [{ guard: 'futile', sentence: 'No configured remedy helps against twig_bare.' }],
      nextAttemptAt: null,
    });
    tree.answers['twig_bare/a'] = 'ok';
    expect(live(tree, 1300).told.slice(2)).toEqual(['resolved@1230']);
    expect(tree.last?.cause?.member).toBe('b');
    tree.answers['twig_bare/b'] = 'ok';
    expect(live(tree, 1800).last).toMatchObject({ verdict: 'healthy', cause: null, vetoes: [] });
  });

  it('stand behind what the whole has, and never hold it back', () => {
    const tree = live(twigs('ab'), 600);
    tree.answers.rot = 'bad';
    const verdicts: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { verdict, cause } = turn(tree);
      verdicts.push(`${verdict} ${cause?.check}`);
    }
    expect(verdicts).toEqual(['degraded twig_bare', 'degraded twig_bare', 'unhealthy rot']);
    expect(tree.orders).toMatchObject([{ cause: { check: 'rot', member: null } }]);
  });

  it('say nothing of the whole while they vote it down', () => {
    const tree = live(twigs('abc'), 510);
    expect(tree.last).toMatchObject({ verdict: 'healthy', cause: null });
    turn(tree);
    expect(tree.last).toMatchObject({ verdict: 'unhealthy', cause: { check: 'bare' } });
  });

  it('of which most are out for what lies below make the whole unhealthy, and restart nothing', () => {
    const tree = twigs('abc');
    for (const id of 'abc') tree.answers[`storm/${id}`] = 'bad';
    live(tree, 900);
    expect(tree.last).toMatchObject({
      verdict: 'unhealthy',
      cause: { check: 'storm', layer: 'wind', member: 'a', severity: 'degraded' },
    });
    expect(tree.orders).toEqual([]);
    expect(tree.told).toEqual(['opened@360', 'opened@360', 'opened@360']);
  });

  it('that are not looked at any more say nothing of the whole', () => {
    const tree = live(twigs('a'), 600);
    for (const id of ids) tree.answers[`twig_bare/${id}`] = 'unknown';
    const seen: string[] = [];
    for (let i = 0; i < 4; i += 1) seen.push(`${turn(tree).verdict} ${tree.last?.cause?.member ?? '-'}`);
    expect(seen).toEqual(['degraded a', 'degraded a', 'degraded a', 'unknown -']);
    expect(tree.state.incidents).toMatchObject([{ member: 'a', status: 'open' }]);
  });

  it('of a target that starts are explained by its start', () => {
    const tree = live(twigs('a', { startedAt: 450, answeredAt: 460 }), 540);
    expect(tree.last).toMatchObject({ verdict: 'starting', cause: null });
    expect(tree.told).toEqual([]);
  });

  it('that fail in the majority for a moment restart nothing when the majority is gone', () => {
    const tree = live(twigs('abc', { world: { hazards: [{ sentence: 'It would fall.', against: null }] } }), 600);
    tree.answers['twig_bare/c'] = 'ok';
    tree.world = {};
    turn(tree);
    expect(tree.orders).toEqual([]);
    expect(tree.last?.vetoes.map((veto) => veto.guard)).toContain('minority');
  });

  it('that never worked are not restarted', () => {
    const tree = live(twigs('abc', { members: ids.map((id) => member(id, { worked: false })) }), 900);
    expect(tree.told).toEqual(['opened@540', 'refused@540']);
    expect(tree.announcements[1]).toMatchObject({ guard: 'never_worked' });
  });

  it('that are gone resolve theirs; a lost list of them resolves nothing', () => {
    const tree = live(twigs('ab'), 600);
    const [, b, ...others] = members;
    if (!b) throw new Error('There is no b.');
    delete tree.answers['twig_bare/a'];
    delete tree.answers['twig_bare/b'];
    tree.members = [];
    expect(live(tree, 900).told.slice(2)).toEqual([]);
    tree.members = [...others, b];
    expect(live(tree, 960).told.slice(2)).toEqual(['resolved@930']);
    expect(tree.announcements.at(-1)?.sentence).toBe('a is no longer watched.');
    tree.members = [...others, { ...b, votes: 'disabled' }];
    expect(live(tree, 1020).told.slice(3)).toEqual(['resolved@990']);
    expect(tree.announcements.at(-1)?.sentence).toBe('b is no longer watched.');
  });

  it('vote with the time of their evidence', () => {
    const findings = [
      finding('twig_bare', 'ok', 40, { member: 'a' }),
      finding('twig_bare', 'bad', 70, { member: 'b' }),
      finding('twig_bare', 'not_observed', 90, { member: 'c' }),
      finding('rot', 'ok', 99),
    ];
    const decision = decide(policy(), state(), input(100, { findings, members: [member('a'), member('b')] }));
    expect(decision.findings).toEqual([
      ...findings,
      { check: 'bare', member: null, answer: 'ok', detail: '0 of 2 fail.', at: 70 },
    ]);
    expect(decision.state.streaks.bare).toMatchObject({ at: 70, good: 1, seenAt: 100 });
  });

  it('that nobody looked at vote now', () => {
    const decision = decide(policy(), state(), input(100));
    expect(decision.findings).toMatchObject([{ check: 'bare', answer: 'unknown', at: 100 }]);
  });
});

describe('a decision', () => {
  it('is the same for the same input, and leaves what it was given as it was', () => {
    const before = deepFreeze(state({ looks: 5, streaks: { rot: badStreak(1000) }, incidents: [incident()] }));
    const given = deepFreeze(input(1000, { findings: [finding('rot', 'bad', 1000)], wishes: [press] }));
    const rules = deepFreeze(policy());
    expect(decide(rules, before, given)).toEqual(decide(rules, before, given));
  });

  it('keeps its place: looks, time of the look, verdict and since when', () => {
    const tree = live(grow(), 90);
    expect(tree.state).toMatchObject({ looks: 3, lastLookAt: 90, verdict: 'healthy', verdictSince: 30, wellAt: 90 });
    tree.answers = { dry: 'ok', rot: 'ok', pale: 'unknown', wilted: 'unknown' };
    live(tree, 150);
    expect(tree.state).toMatchObject({ looks: 5, lastLookAt: 150, verdict: 'unknown', verdictSince: 120, wellAt: 90 });
  });

  it('knows since when a verdict holds also where nobody noted it', () => {
    const { state: after } = decide(policy(), state({ verdict: 'unknown' }), input(100));
    expect(after).toMatchObject({ verdict: 'unknown', verdictSince: 100 });
  });

  it('trusts an old verdict only after it has looked itself', () => {
    const once = { verdict: 'unhealthy' as const, streaks: {} };
    const given = input(1000, { findings: [finding('pale', 'bad', 1000)] });
    expect(decide(policy(), state({ ...once, looks: 0 }), given).verdict).toBe('unknown');
    expect(decide(policy(), state({ ...once, looks: 1 }), given).verdict).toBe('unhealthy');
  });

  it('shows the layers as they stand', () => {
    const { layers } = live(failing(), 400).last ?? { layers: {} };
    expect(layers).toEqual({
      soil: 'good',
      trunk: 'bad',
      leaf: 'good',
      crown: 'unknown',
      wind: 'not_observed',
      branch: 'not_observed',
    });
  });

  it('forgets streaks of what was not seen for two days', () => {
    const streaks = { 'twig_bare/x': goodStreak(1000), 'twig_bare/y': goodStreak(1001) };
    const { state: after } = decide(policy(), state({ streaks }), input(1000 + 172_800));
    expect(Object.keys(after.streaks)).toEqual(['twig_bare/y']);
  });

  it('numbers incidents and announcements in one row, in whole seconds', () => {
    const findings = [finding('storm', 'bad', 1000, { member: 'a' }), finding('storm', 'bad', 1000, { member: 'b' })];
    const streaks = { 'storm/a': badStreak(970), 'storm/b': badStreak(970) };
    const given = input(1000.9, { findings, members: [member('a'), member('b')] });
    const { announcements, state: after } = decide(policy(), state({ sequence: 7, streaks }), given);
    expect(announcements.map((one) => [one.id, one.incidentId, one.at])).toEqual([
      ['tree-1000-10', 'tree-1000-8', 1000.9],
      ['tree-1000-11', 'tree-1000-9', 1000.9],
    ]);
    expect(after.sequence).toBe(11);
  });

  it('tells in the order in which things follow from one another', () => {
    const tree = live(failing({ cures: false }), 960);
    turn(tree, [
      { kind: 'test_alert', by: 'Ada' },
      { kind: 'reset_breaker', by: 'Ada' },
    ]);
    expect(tree.told.slice(2)).toEqual(['breaker_reset@990', 'test@990', 'ineffective@990', 'restart_ordered@990']);
  });

  it('is refused to a table that does not know the check', () => {
    const given = input(100, { findings: [finding('moss', 'bad', 100)] });
    expect(() => decide(policy(), state(), given)).toThrow('The check moss is not in the table of tree.');
  });

  it('carries the remedy that the ladder has reached', () => {
    const strong = { ...water, id: 'graft' };
    const tree = live(failing({ cures: false, policy: policy({ remedies: [water, strong] }) }), 1500);
    expect(tree.orders.map((one) => one.remedy)).toEqual(['water', 'graft']);
  });

  it('counts the starts that it sees', () => {
    const given = input(5000, { circumstances: circumstances({ startedAt: { known: true, value: 4000 } }) });
    const { startsLastHour, state: after } = decide(policy(), state(), given);
    expect(startsLastHour).toBe(1);
    expect(after.lastStart).toEqual({ at: 4000, by: 'other', orderId: null });
  });
});

it('a target that is only observed refuses nothing aloud', () => {
  const tree = live(failing({ policy: policy({ remedies: [] }) }), 600);
  expect(tree.told).toEqual(['opened@390']);
  expect(tree.last?.vetoes[0]?.guard).toBe('futile');
});

it('a restart that cured its cause is no failure because of another fault that stays', () => {
  const tree = failing();
  tree.answers.wilted = 'bad';
  live(tree, 2000);
  expect(tree.told).toContain('cured@480');
  expect(tree.told.filter((one) => one.startsWith('ineffective'))).toEqual([]);
  expect(tree.state.breakers).toEqual({});
});

describe('a start that nobody here ordered', () => {
  /** Long bad, and another Warden leads, so that nothing is ordered here. */
  const sick = (answers: Tree['answers'] = { dry: 'ok', rot: 'bad', pale: 'ok', wilted: 'ok' }) =>
    live(grow({ answers, world: { leader: { known: true, value: { isUs: false, name: 'another' } } } }), 300);
  const restartedAt = (tree: Tree, at: number) => Object.assign(tree, { startedAt: at, answeredAt: at + 5 });

  it('counts in the budget and makes what was bad before it no evidence of what is bad after it', () => {
    const tree = sick();
    expect(tree.last?.vetoes.map(({ guard }) => guard)).toEqual(['not_leader']);
    restartedAt(tree, 310);
    turn(tree);
    expect(tree.last?.vetoes.map(({ guard }) => guard)).toEqual(['unconfirmed', 'starting', 'not_leader']);
    expect(tree.state.starts).toEqual([{ at: 310, by: 'other', orderId: null }]);
    live(tree, 390);
    expect(tree.last?.vetoes.map(({ guard }) => guard)).toEqual(['starting', 'not_leader']);
  });

  it('ends no incident: only what is seen to be good does', () => {
    const tree = sick();
    restartedAt(tree, 310);
    live(tree, 450);
    expect(tree.told.filter((one) => /^(?:opened|changed|resolved)/.test(one))).toEqual(['opened@90']);
    expect(tree.state.incidents).toMatchObject([{ status: 'open' }]);
    tree.answers.rot = 'ok';
    live(tree, 600);
    expect(tree.told.at(-1)).toMatch(/^resolved@/);
  });

  it('takes no evidence from ground that does not start with it', () => {
    const tree = sick({ dry: 'bad', rot: 'ok', pale: 'ok', wilted: 'ok' });
    restartedAt(tree, 310);
    turn(tree);
    expect(tree.last?.vetoes.map(({ guard }) => guard)).not.toContain('unconfirmed');
  });
});

describe('a restart after which it does not come back', () => {
  const alone: RemedyRule = { ...water, id: 'fell', proof: 'start', needsRevival: true };
  const NEVER = { known: false, asked: false, why: 'There is no forest.' } as const;
  const GONE = { known: false, asked: true, why: 'It does not answer.' } as const;
  const felled = () => {
    const world = { bears: NEVER, instance: NEVER, rollout: NEVER, ledger: NEVER };
    const tree = failing({ policy: policy({ remedies: [alone] }), world, cures: false });
    live(tree, 390);
    tree.world = { ...world, startedAt: GONE };
    return tree;
  };

  it('is not told by a Warden that has just started: it has not watched', () => {
    const tree = live(felled(), 900);
    tree.state = awaken(tree.state, tree.policy);
    live(tree, 1470);
    expect(tree.told.filter((one) => one.startsWith('ineffective'))).toEqual([]);
    live(tree, 1560);
    expect(tree.told.filter((one) => one.startsWith('ineffective'))).toHaveLength(1);
  });

  it('is told once, and none of its kind is ordered until a person resets it', () => {
    const tree = live(felled(), 8000);
    expect(tree.orders).toHaveLength(1);
    const ends = tree.announcements.filter(({ order }) => order !== null && order.id === tree.orders[0]?.id);
    expect(ends.map(({ type }) => type)).toEqual(['restart_ordered', 'ineffective']);
    expect(ends[1]?.sentence).toMatch(/^It was told to restart and has not come back/);
    expect(tree.state.switchedOff).toEqual({ fell: expect.stringMatching(/a person who resets the breaker/) });

    // Somebody started it by hand, and it is as sick as before.
    tree.world = { ...tree.world, startedAt: { known: true, value: 8000 } };
    tree.answeredAt = 8005;
    live(tree, 12_000);
    expect(tree.orders).toHaveLength(1);
    expect(tree.last?.vetoes.map(({ guard }) => guard)).toEqual(['unsafe_rollout']);
    turn(tree, [{ kind: 'restart', by: 'Ada', reason: null }]);
    expect(tree.orders).toHaveLength(1);

    turn(tree, [{ kind: 'reset_breaker', by: 'Ada' }]);
    expect(tree.orders).toHaveLength(2);
    expect(tree.state.switchedOff).toEqual({});
  });
});
