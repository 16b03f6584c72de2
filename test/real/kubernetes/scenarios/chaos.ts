/**
 * A Frigate that no restart cures, two Wardens, and whatever dice bring upon them and the API server. What happens in
 * between is anybody's guess; what must hold afterwards is not. `SEED=2` throws other dice.
 */
import assert from 'node:assert/strict';
import { type Dice, newDice } from '../../../sim/dice.ts';
import type { Deed } from '../audit.ts';
import type { Cluster, Story } from '../cluster.ts';
import { type Fate, type Gate, openGate } from '../gate.ts';
import type { ConfigMap } from '../objects.ts';
import { pause } from '../pause.ts';
import type { Scenario } from '../scenario.ts';
import type { Told } from '../warden.ts';
import { idsOf, openPair } from './leaders.ts';
import { comes, looks, shows } from './steps.ts';

/** A Warden and its own way to the API server. */
interface Side {
  story: Story;
  gate: Gate;
}

interface Scene {
  cluster: Cluster;
  dice: Dice;
  sides: readonly [Side, Side];
  note(line: string): void;
}

interface Fault {
  what: string;
  /** Shortest and longest time that it lasts. */
  seconds: readonly [number, number];
  begin(scene: Scene, sides: readonly Side[]): void | Promise<void>;
  end?(scene: Scene, sides: readonly Side[]): void | Promise<void>;
}

const weather = (what: string, fate: Fate): Fault => ({
  what,
  seconds: [5, 25],
  begin: (_scene, sides) => sides.forEach(({ gate }) => void gate.becomes(fate)),
  end: (_scene, sides) => sides.forEach(({ gate }) => void gate.becomes('through')),
});

/** TABLE: what may happen. A Lease runs out after 30 s, so the longer ones let the other Warden take over. */
const FAULTS: readonly Fault[] = [
  {
    what: 'kill -9 of the Warden',
    seconds: [0, 3],
    begin: (_scene, sides) => each(sides, killed),
  },
  {
    what: 'the Warden stays dead for a while',
    seconds: [20, 45],
    begin: (_scene, sides) => each(sides, ({ story }) => story.warden.kill()),
    end: (_scene, sides) => sides.forEach(started),
  },
  {
    what: 'the Warden is stopped in order and started again',
    seconds: [1, 10],
    begin: (_scene, sides) => each(sides, ({ story }) => story.warden.stop()),
    end: (_scene, sides) => sides.forEach(started),
  },
  {
    what: 'the Warden stands still',
    seconds: [5, 45],
    begin: (_scene, sides) => sides.forEach(({ story }) => void story.warden.freeze()),
    end: (_scene, sides) => sides.forEach(({ story }) => void story.warden.thaw()),
  },
  {
    what: 'the API server is killed and started',
    seconds: [0, 10],
    begin: ({ cluster }) => cluster.plane.kill(),
    end: ({ cluster }) => cluster.plane.revive(),
  },
  {
    what: 'the API server stands still',
    seconds: [3, 30],
    begin: ({ cluster }) => cluster.plane.freeze(),
    end: ({ cluster }) => cluster.plane.thaw(),
  },
  {
    what: 'the cable to the API server is out',
    seconds: [3, 30],
    begin: ({ cluster }) => cluster.plane.unplug(),
    end: ({ cluster }) => cluster.plane.plug(),
  },
  weather('the API server is too busy', 'busy'),
  weather('connections are reset', 'reset'),
  weather('what is done is not answered', 'unanswered'),
  {
    what: 'all connections to the broker are cut',
    seconds: [0, 2],
    begin: ({ sides }) => sides[0].story.warden.broker.dropClients(),
  },
];

async function each(sides: readonly Side[], act: (side: Side) => Promise<void>): Promise<void> {
  await Promise.all(sides.map(act));
}

async function killed(side: Side): Promise<void> {
  await side.story.warden.kill();
  started(side);
}

/** Unless another fault did so meanwhile. */
function started({ story: { warden } }: Side): void {
  if (!warden.isRunning()) warden.start();
}

/** TABLE: what may befall a write that matters; killed: the Warden, while it is on its way. */
const FATES: readonly (Fate | 'killed')[] = ['busy', 'reset', 'unanswered', 'killed'];
/** An order makes two of them, and some restarts are to succeed. */
const AMBUSHED_SHARE = 0.4;
const MATTERS = /\/configmaps\b|\/deployments\//;

/** There are few writes that matter, and dice alone would hardly ever hit one. */
function ambush({ dice, note }: Scene, side: Side): void {
  side.gate.ambush((method, path) => {
    if (method === 'GET' || !MATTERS.test(path)) return null;
    const fate = dice.chance(AMBUSHED_SHARE) ? dice.pick(FATES) : 'through';
    note(`${method} ${path.split('/').at(-1)} meets: ${fate}`);
    if (fate !== 'killed') return fate;
    void killed(side);
    return 'unanswered';
  });
}

const TIMES = 20;
const BREATH_SECONDS = [1, 8] as const;
const REST_SECONDS = 120;
/** Not more than that in all, whatever the dice say. */
const CHAOS_SECONDS = 330;

async function strike(scene: Scene): Promise<void> {
  const { dice, sides, note } = scene;
  let left = CHAOS_SECONDS;
  for (let time = 0; time < TIMES; time += 1) {
    const { what, seconds, begin, end } = dice.pick(FAULTS);
    const hit = dice.pick([[sides[0]], [sides[1]], sides]);
    // What is left is shared among those to come.
    const share = left / (TIMES - time);
    const lasts = Math.min(dice.lasting(seconds[0] + 1, seconds[1] + 1) - 1, Math.max(seconds[0], share * 3));
    const breath = dice.between(...BREATH_SECONDS);
    const begun = performance.now();
    note(`${what} (${hit.map((side) => sides.indexOf(side) + 1).join(' and ')}) for ${lasts.toFixed(0)} s`);
    await begin(scene, hit);
    try {
      await pause(lasts);
    } finally {
      await end?.(scene, hit);
    }
    await pause(breath);
    left -= (performance.now() - begun) / 1000;
  }
}

/** The first start of Frigate is one of them: two are left. */
const RULES = { restarts_per_hour: 3, restarts_per_day: 20, breaker_tries: 10 };
const MOST_RESTARTS = 2;

export const CHAOS: readonly Scenario[] = [
  {
    name: 'chaos',
    says: `${TIMES} random faults, two Wardens, and a Frigate that nothing cures: the budget holds, all is told once`,
    run: async (cluster, name) => {
      const seed = Number(process.env.SEED ?? '1');
      const begun = performance.now();
      const notes: string[] = [];
      const note = (line: string) => void notes.push(`${((performance.now() - begun) / 1000).toFixed(0)} s: ${line}`);
      const gates = [await openGate(cluster.plane, 'gate-1'), await openGate(cluster.plane, 'gate-2')] as const;
      const { first, second } = await openPair(cluster, name, { rules: RULES }, gates);
      const sides = [
        { story: first, gate: gates[0] },
        { story: second, gate: gates[1] },
      ] as const;
      await shows(first, 'healthy');
      await first.frigate.sufferForEver({ detector: 'orphaned_queue' });
      const scene = { cluster, dice: newDice(seed), sides, note };
      for (const side of sides) ambush({ ...scene, dice: newDice(seed + sides.indexOf(side) + 1000) }, side);
      try {
        await strike(scene);
        note('calm');
        await pause(REST_SECONDS);
        await isBack(sides);
        await holds(cluster, first);
      } catch (error) {
        const told = first.warden.heard().map((one) => `${one.at} ${one.event_type} ${one.event_id}`);
        const stories = [first, second].map(({ warden }) => warden.lines().slice(-120).join('\n'));
        const message = [`seed ${seed}`, ...notes, ...told, ...stories].join('\n');
        throw new Error(message, { cause: error });
      }
      const restarts = cluster.audit.restarts({ namespace: name, user: first.account.user }).length;
      const events = first.warden.chain().join(', ');
      process.stdout.write(`   seed ${seed}: ${restarts} restarts; ${events}\n`);
    },
  },
];

/** Both run and look, one of them leads, and what is shown is true. */
async function isBack([{ story: first }, { story: second }]: Scene['sides']): Promise<void> {
  for (const { warden } of [first, second]) {
    assert.ok(warden.isRunning(), 'a Warden has ended by itself');
    // An API server that has just started refuses everybody for a moment.
    assert.ok(!warden.lines().some((line) => line.includes('acts alone')), 'a Warden went on alone');
  }
  await looks(first, 6);
  const { warden } = first;
  await comes(first, 'the cluster is seen', () => warden.hub().cluster === 'ON', 30);
  await comes(first, 'somebody leads', () => warden.shown().held_back_by !== 'not_leader', 30);
  assert.equal(warden.broker.retained.get('frigate_warden/status'), 'online');
}

async function holds(cluster: Cluster, story: Story): Promise<void> {
  const { frigate, account, warden } = story;
  const of = { namespace: frigate.namespace, user: account.user };
  const restarts = cluster.audit.restarts(of);
  assert.ok(restarts.length <= MOST_RESTARTS, `${restarts.length} restarts`);
  // A server that is killed may have done what it could not write down.
  const { metadata } = await frigate.workload();
  assert.ok((metadata.generation ?? 0) - 1 <= MOST_RESTARTS, `the workload was changed ${metadata.generation} times`);
  const path = `/api/v1/namespaces/${frigate.namespace}/configmaps/frigate-health-state`;
  const kept = timesIn(await cluster.admin.get<ConfigMap>(path));
  const writes = cluster.audit.deeds(of).filter(({ resource, verb }) => resource === 'configmaps' && verb !== 'get');
  const orders = new Set(warden.heard().flatMap(({ order }) => (order ? [Date.parse(order.at) / 1000] : [])));
  // Dice may let every one of them miss; the budget is spent all the same.
  assert.ok(orders.size > 0, 'nothing was ordered, so nothing was shown');
  assert.ok(orders.size <= MOST_RESTARTS, `${orders.size} orders`);
  for (const restart of restarts) {
    const at = timeOf(restart);
    assert.ok(kept.includes(at), `the ledger does not hold ${at}: ${kept.join(', ')}`);
    const isReserved = writes.some((one) => one.at < restart.at && timesIn(one.body as ConfigMap).includes(at));
    assert.ok(isReserved, `${at} was not reserved before it was done`);
    assert.ok(orders.has(at), `the restart of ${at} was told to nobody`);
  }
  told(warden.heard());
}

/** The time that a restart wrote on the template. */
function timeOf({ body }: Deed): number {
  const { spec } = body as { spec: { template: { metadata: { annotations: Record<string, string> } } } };
  return Date.parse(spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt'] ?? '') / 1000;
}

function timesIn({ data }: ConfigMap): readonly number[] {
  return (data?.last_restart_times ?? '').split(',').map(Number);
}

const OUTCOMES = ['cured', 'ineffective', 'failed'];

/** Nothing twice; every incident opened once; every order has its outcome, but for the last one, which is under way. */
function told(heard: readonly Told[]): void {
  const ids = heard.flatMap(idsOf);
  assert.deepEqual(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
    'told twice',
  );
  // What is told as one message has the type of its last event, so only what came alone is counted by its type.
  const alone = heard.filter(({ events }) => events === undefined);
  const opened = alone.filter(({ event_type }) => event_type === 'opened');
  const whose = opened.map(({ member }) => member);
  assert.equal(new Set(whose).size, whose.length, `an incident was opened twice: ${whose.join(', ')}`);
  const incidents = new Set(heard.filter(({ member }) => member === null).map((one) => one.incident_id));
  incidents.delete(null);
  assert.ok(incidents.size <= 1, `one outage has ${incidents.size} incidents: ${[...incidents].join(', ')}`);
  const orders = new Set(heard.flatMap(({ order }) => order?.at ?? []));
  const outcomes = heard.filter(({ event_type }) => OUTCOMES.includes(event_type)).length;
  assert.ok(outcomes >= orders.size - 1, `${orders.size} orders and ${outcomes} outcomes`);
}
