/** One turn in five verbs: observe ▸ assess ▸ decide ▸ act ▸ publish. `run` owns the only timer. */
import { assess } from './assess.ts';
import type { Clock, Doors, Log, OutboxEntry, StoreDoor } from './doors/ports.ts';
import type { History } from './doors/store/history.ts';
import { figuresOf } from './figures.ts';
import { takenOver, whyNotNow, whyNotStill } from './leadership/in-turn.ts';
import { type Leadership, leaderOf } from './leadership/leadership.ts';
import { preflightOf } from './preflight.ts';
import { eventJson } from './publish/events.ts';
import type { View } from './publish/view.ts';
import type { Decision } from './rules/decide.ts';
import { isLastingChange } from './rules/lasting.ts';
import { awaken, newState, type State } from './rules/state.ts';
import type { Order, Receipt, Wish } from './rules/types.ts';
import type { AnyTarget, Looked } from './targets/target.ts';
import { tellChange, tellFirstLook, tellPreflight } from './voice.ts';

/** What the loop needs from outside. Simulation and production differ only in who made it. */
export interface World {
  doors: Doors;
  clock: Clock;
  store: Pick<StoreDoor, 'load' | 'save'>;
  log: Log;
  /** Shows what a turn found, and how long it took; must not block and must not throw for what the world does. */
  publish(view: View, turnSeconds: number): void;
  /** Keeps what the look brought back; as `publish`, it must not throw for what the world does. */
  history?: Pick<History, 'record'>;
  /** Which of several Wardens leads; without it there is only this one. */
  leadership?: Leadership;
  /** Seconds from anywhere that pass evenly: a process that was frozen learns from them how long. */
  steady(): number;
  /** Resolves after so many seconds, or earlier when the signal aborts. The only timer of the house. */
  wait(seconds: number, signal: AbortSignal): Promise<void>;
  /** A signal that aborts after so many seconds, or with the other one. */
  deadline(seconds: number, signal: AbortSignal): AbortSignal;
}

/** One target while the program runs. */
export interface Watched {
  target: AnyTarget;
  state: State;
  memory: unknown;
  wishes: Wish[];
  receipts: Receipt[];
  nextAt: number;
  underWay: boolean;
  /** The next look comes this soon; null: after the interval. */
  lookAgainSeconds: number | null;
  /** What was said of a restart before anybody needs one. */
  preflight: readonly string[];
  savedAt: number;
  /** Decided, and not yet on disk. */
  unsaved: readonly OutboxEntry[];
  canSave: boolean;
}

/** No turn takes longer than this: a door's own deadline ends what hangs well before. */
const TURN_SECONDS = 60;
const MOST_IN_FLIGHT = 8;
/** What changes with every look is written at least this often; what matters is written at once. */
const SAVE_SECONDS = 300;

/** A target with what was saved of it, or new. */
export function watch(target: AnyTarget, world: Pick<World, 'store' | 'clock'>): Watched {
  const saved = world.store.load(target.id);
  const state = saved ? awaken(saved.state as State, target.policy) : newState(target.policy);
  return {
    target,
    state,
    memory: saved?.memory ?? null,
    wishes: [],
    receipts: [],
    nextAt: world.clock.now(),
    underWay: false,
    lookAgainSeconds: null,
    preflight: [],
    savedAt: Number.NEGATIVE_INFINITY,
    unsaved: [],
    canSave: true,
  };
}

/** One pass over one target. An aborted one changes nothing. */
export async function turn(watched: Watched, world: World, stop: AbortSignal): Promise<void> {
  const { target } = watched;
  const signal = world.deadline(TURN_SECONDS, stop);
  const context = { clock: world.clock, signal };
  const begun = world.clock.now();
  const begunSteady = world.steady();
  const answers = await target.observe(world.doors, watched.memory, context);
  if (signal.aborted) return;

  const now = world.clock.now();
  const { leadership } = world;
  const presence = leadership?.presence() ?? null;
  const clockJumpedAt = world.clock.jumpedAt();
  if (leadership) watched.state = takenOver(watched.state, { target, leadership, log: world.log, now });
  const { memory, facts, looked, decision } = assess(target, watched, answers, {
    now,
    clockJumpedAt,
    ...(presence ? { leader: leaderOf(presence) } : {}),
    wishes: watched.wishes.splice(0),
    receipts: watched.receipts.splice(0),
  });

  const view = viewOf(target, decision, looked, now);
  const entries = decision.announcements.map((announcement) => ({
    id: announcement.id,
    target: target.id,
    incidentId: announcement.incidentId,
    at: announcement.at,
    payload: JSON.stringify(eventJson(announcement, view)),
  }));
  tellChange(watched.state, decision, target, world.log);
  if (decision.state.looks === 1) tellFirstLook(decision, looked, target, world.log);
  watched.preflight = tellPreflight(watched.preflight, view, world.log);
  // What a restart makes forgotten is saved together with its order.
  const foreseen = target.foresee?.(memory, facts, orderedIn(decision.state)) ?? memory;
  // What a follower finds out is told by whoever leads.
  const isTold = presence?.role !== 'following';
  if (!isTold) watched.unsaved = [];
  const told = isTold ? entries : [];
  const isSaved = save(watched, { state: decision.state, memory: foreseen, entries: told, now }, world);

  const ageSeconds = () => world.steady() - begunSteady;
  const hasJumped = () => world.clock.jumpedAt() !== clockJumpedAt;
  const acting = { ...context, whyNotStill: () => whyNotStill({ leadership, ageSeconds, hasJumped }) };
  const act = async (order: Order): Promise<Receipt> => {
    const why = await whyNotNow({ leadership, ageSeconds, signal });
    if (why !== null) return { orderId: order.id, answer: 'conflict', detail: why };
    return target.carryOut(order, facts, world.doors, acting);
  };
  for (const order of decision.orders) {
    const receipt = isSaved ? await act(order) : unsavedReceipt(order);
    watched.receipts.push(receipt);
    world.log.info(`${target.name}: the restart was ${receipt.answer}. ${receipt.detail}`, { order: order.id });
  }
  await postLetters(target, looked, world);
  watched.lookAgainSeconds = looked.lookAgainSeconds ?? null;
  world.publish(view, world.clock.now() - begun);
  world.history?.record(target.id, now, answers, figuresOf(view));
}

function orderedIn({ pursuit, lastOutcome }: State) {
  return { pursued: pursuit?.order ?? null, isVoid: lastOutcome?.outcome === 'failed' };
}

/** Whether anybody heard them is seen by the next look. */
async function postLetters({ name }: AnyTarget, { letters = [] }: Looked, { doors, log }: World): Promise<void> {
  const { mailbox } = doors;
  if (!mailbox) return;
  await Promise.all(
    letters.map(async ({ topic, payload, sentence }) => {
      const failure = await mailbox.post(topic, payload);
      if (failure) log.warn(`${name}: ${sentence} It could not be told so: ${failure.reason}`, { topic });
      else log.info(`${name}: ${sentence}`, { topic });
    }),
  );
}

function viewOf(target: AnyTarget, decision: Decision, looked: Looked, now: number): View {
  const { id, name, checks, links, policy } = target;
  const { automatic, maintenanceUntil } = decision.state;
  const { layers, remedies } = policy;
  const shown = { id, name, checks, layers, links, hasRemedy: remedies.length > 0 };
  const preflight = preflightOf({ looked, remedies });
  return { target: shown, now, decision, looked, preflight, automatic, maintenanceUntil };
}

/** An order that could not be made durable is not carried out: a crash would forget it. */
function unsavedReceipt(order: Order): Receipt {
  return { orderId: order.id, answer: 'refused', detail: 'The state could not be saved, so nothing was restarted.' };
}

interface Leaving {
  state: State;
  memory: unknown;
  entries: readonly OutboxEntry[];
  now: number;
}

/** State, order and announcements in one transaction, before anything is carried out. */
function save(watched: Watched, { state, memory, entries, now }: Leaving, world: World): boolean {
  const outbox = [...watched.unsaved, ...entries];
  const isNews = outbox.length > 0 || !watched.canSave || isLastingChange(watched.state, state);
  const isDue = isNews || now - watched.savedAt >= SAVE_SECONDS;
  if (isNews) world.leadership?.changed();
  watched.state = state;
  watched.memory = memory;
  watched.unsaved = outbox;
  if (!isDue) return true;
  try {
    world.store.save({ target: watched.target.id, at: now, state, memory, outbox });
  } catch (error) {
    if (watched.canSave)
      world.log.error(`${watched.target.name}: ${reasonOf(error)} Nothing is restarted until it can.`);
    watched.canSave = false;
    return false;
  }
  if (!watched.canSave) world.log.info(`${watched.target.name}: the state can be saved again.`);
  watched.canSave = true;
  watched.unsaved = [];
  watched.savedAt = now;
  return true;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface Loop {
  /** Resolves when it was stopped and no turn is under way; rejects when something impossible happened. */
  ended: Promise<void>;
  /** A person's wish: it waits for the turn, and the turn comes at once. False: there is no such target. */
  wish(targetId: string, wish: Wish): boolean;
}

/** Looks at every target at its own times until stopped: never two turns of one at once, at most eight in flight. */
export function run(watched: readonly Watched[], world: World, stop: AbortSignal): Loop {
  let wake = new AbortController();
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  stop.addEventListener('abort', () => wake.abort(), { once: true });

  const start = (one: Watched): void => {
    one.underWay = true;
    // The next look is planned from the start of this one, so that a slow answer does not stretch the interval.
    const begun = world.clock.now();
    const work = turn(one, world, stop)
      .catch((error: unknown) => {
        failures.push(error);
      })
      .then(() => {
        one.underWay = false;
        // A wish that came too late for this turn does not wait for the next interval.
        const { intervalSeconds } = one.target.policy.limits;
        const rest = Math.min(intervalSeconds, one.lookAgainSeconds ?? intervalSeconds);
        one.nextAt = one.wishes.length > 0 ? world.clock.now() : begun + rest;
        running.delete(work);
        wake.abort();
      });
    running.add(work);
  };

  const loop = async (): Promise<void> => {
    while (!stop.aborted && failures.length === 0) {
      wake = new AbortController();
      const now = world.clock.now();
      const due = watched.filter((one) => !one.underWay && one.nextAt <= now).toSorted((a, b) => a.nextAt - b.nextAt);
      for (const one of due.slice(0, MOST_IN_FLIGHT - running.size)) start(one);
      const idle = watched.filter((one) => !one.underWay).map((one) => one.nextAt);
      const isFull = running.size >= MOST_IN_FLIGHT;
      const seconds = isFull || idle.length === 0 ? TURN_SECONDS : Math.max(0, Math.min(...idle) - now);
      await world.wait(seconds, wake.signal);
    }
    await Promise.all(running);
    if (failures.length > 0) throw failures[0];
  };

  return {
    ended: loop(),
    wish: (targetId, wish) => {
      const one = watched.find(({ target }) => target.id === targetId);
      if (!one) return false;
      one.wishes.push(wish);
      one.nextAt = Math.min(one.nextAt, world.clock.now());
      wake.abort();
      return true;
    },
  };
}
