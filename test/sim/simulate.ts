/** One seed: so many days of faults, and then some quiet hours in which everything must come to rest. */
import type { State } from '../../src/rules/state.ts';
import { type Dice, newDice } from './dice.ts';
import { FAULTS, type Fault } from './faults.ts';
import { tell } from './history.ts';
import { PROMISES } from './promises.ts';
import { newWorld, type SimWorld } from './world.ts';

export interface Violation {
  promise: string;
  /** Seconds since the world began. */
  at: number;
  sentence: string;
  /** What happened last, oldest first. */
  lines: readonly string[];
}

export interface Report {
  seed: number;
  turns: number;
  orders: number;
  patches: number;
  starts: number;
  events: number;
  faults: number;
  /** The first of each promise. */
  violations: readonly Violation[];
}

const DAY = 86_400;
/** A flapping incident is held for 6 h, and clears a little earlier or later. */
const QUIET_SECONDS = 6.75 * 3600;
const LINES = 30;

export async function simulate(seed: number, { days }: { days: number }): Promise<Report> {
  const dice = newDice(seed + 1_000_003);
  const violations: Violation[] = [];
  const broken = new Set<string>();
  const note = (promise: string, sentence: string): void => {
    if (broken.has(promise)) return;
    broken.add(promise);
    const lines = world.history.lines.slice(-LINES).map(({ at, text }) => `${clockOf(at - begun)} ${text}`);
    violations.push({ promise, at: world.time.now() - begun, sentence, lines });
  };
  const ladder = ladderOf(newDice(seed + 2_000_003));
  const world: SimWorld = newWorld({
    seed,
    options: { remedies: ladder },
    sharesNothing: ladder.includes('delete_pod'),
    nodes: dice.chance(0.25) ? 2 : 1,
    throughService: dice.chance(0.4),
    judge: (when) => {
      for (const promise of PROMISES) {
        if (promise.when !== when) continue;
        const sentence = promise.broken(world.history, world.time.now());
        if (sentence !== null) note(promise.id, sentence);
      }
    },
  });
  const begun = world.time.now();
  const end = begun + days * DAY;
  if (dice.chance(0.2)) world.nature.setClusterClock(Math.round(dice.between(-7200, 7200)));
  if (dice.chance(0.2)) world.nature.setFrigateClock(Math.round(dice.between(-7200, 7200)));
  world.start();
  const faults = plan(world, dice, end - QUIET_SECONDS - begun);
  await world.time.runUntil(end);
  for (const sentence of unrest(world)) note('after all faults everything comes to rest', sentence);
  const { turns, orders, patches, runs, events } = world.history;
  return {
    seed,
    turns,
    orders: orders.length,
    patches: patches.length,
    starts: runs.length,
    events: events.length,
    faults,
    violations,
  };
}

/** Most have the default; of the others each remedy stands first now and then. */
function ladderOf(dice: Dice): readonly string[] {
  const ladders = [
    ['in_place'],
    ['delete_pod'],
    ['rollout', 'in_place'],
    ['in_place', 'rollout'],
    ['delete_pod', 'in_place', 'rollout'],
  ];
  return dice.chance(0.6) ? ['rollout'] : dice.pick(ladders);
}

/** Throws the faults of all the days, begins and ends them. */
function plan(world: SimWorld, dice: Dice, seconds: number): number {
  const perDay = dice.lasting(6, 90);
  const total = FAULTS.reduce((sum, fault) => sum + fault.weight, 0);
  const busyUntil = new Map<string, number>();
  let count = 0;
  for (let at = 300; ; ) {
    // Troubles like company: what is rare alone must also come together with the rest.
    at += dice.chance(0.4) ? dice.between(0, 240) : (-Math.log(1 - dice.next()) * DAY) / perDay;
    if (at >= seconds) break;
    const fault = throwFault(dice.next() * total);
    const lasts = fault.lasts ? dice.lasting(...fault.lasts) : 0;
    if ((busyUntil.get(fault.slot) ?? 0) > at) continue;
    const until = Math.min(at + lasts, seconds);
    busyUntil.set(fault.slot, until);
    world.time.after(at, () => begin(world, fault, dice, until - at));
    count += 1;
  }
  world.time.after(seconds, () => world.ambush(null));
  return count;
}

function throwFault(share: number): Fault {
  let left = share;
  for (const fault of FAULTS) {
    left -= fault.weight;
    if (left < 0) return fault;
  }
  return FAULTS[0] as Fault;
}

function begin(world: SimWorld, fault: Fault, dice: Dice, seconds: number): void {
  const { time, history } = world;
  tell(history, time.now(), `* ${fault.id}${seconds > 0 ? ` for ${Math.round(seconds)} s` : ''}`);
  const mend = fault.begin(world, dice);
  if (seconds === 0) {
    mend();
    return;
  }
  time.after(seconds, () => {
    mend();
    tell(history, time.now(), `* over: ${fault.id}`);
  });
}

function unrest({ life, view, store, nature }: SimWorld): readonly string[] {
  const text = store.stateText();
  const state = text === null ? null : (JSON.parse(text) as State);
  const open = life()?.watched.state.incidents.filter((incident) => incident.status === 'open') ?? [];
  return [
    ...(life() ? [] : ['No Warden runs.']),
    ...open.map(({ id, member, relapses }) => `Incident ${id} (${member ?? 'target'}, ${relapses} relapses) is open.`),
    ...(state?.pursuit ? [`The order ${state.pursuit.order.id} has no outcome.`] : []),
    ...(view()?.decision.verdict === 'healthy' ? [] : [`The verdict is ${view()?.decision.verdict}.`]),
    ...(store.outbox().length > 0 ? ['The outbox is not empty.'] : []),
    ...(nature.frigate.startedAt === null ? ['The simulation itself left no Frigate running.'] : []),
  ];
}

function clockOf(seconds: number): string {
  const whole = Math.floor(seconds);
  const part = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(whole / DAY)}d${part(Math.floor((whole % DAY) / 3600))}:${part(Math.floor((whole % 3600) / 60))}:${part(whole % 60)}`;
}

export function print({ seed, violations }: Report): string {
  return violations
    .map(({ promise, at, sentence, lines }) =>
      [`seed ${seed}, ${clockOf(at)}: "${promise}" is broken. ${sentence}`, ...lines.map((line) => `    ${line}`)].join(
        '\n',
      ),
    )
    .join('\n');
}
