/** The false world with a Warden in it: the production loop over simulated doors, started again whenever it dies. */
import { openClock } from '../../src/doors/clock.ts';
import type { Clock, Log, Reply } from '../../src/doors/ports.ts';
import { type Loop, run, type Watched, type World, watch } from '../../src/loop.ts';
import { checkOptions, type Options } from '../../src/options.ts';
import type { View } from '../../src/publish/view.ts';
import type { State } from '../../src/rules/state.ts';
import type { Wish } from '../../src/rules/types.ts';
import { targetsOf } from '../../src/targets/index.ts';
import type { AnyTarget } from '../../src/targets/target.ts';
import { type Dice, newDice } from './dice.ts';
import { type Caller, type CallKind, httpDoor, kubernetesDoor } from './doors.ts';
import { addLook, type History, type Look, newHistory, type Sight, tell } from './history.ts';
import { type Nature, type NatureOptions, newNature } from './nature.ts';
import { type KeptStore, newStore } from './store.ts';
import { newTime, type VirtualTime } from './time.ts';

const INTERVAL = 30;

/** Where a process dies: at the n-th call of a kind, or at a save, before it or right after. */
export interface Ambush {
  at: CallKind | 'save';
  phase: 'before' | 'after';
  skip: number;
}

/** One process of the Warden. */
interface Life {
  number: number;
  dead: boolean;
  clock: Clock;
  watched: Watched;
  loop: Loop;
  stop: AbortController;
  deadlines: Set<AbortController>;
  look: Look | null;
  /** Given and not yet seen in a finished turn. */
  wishes: { wish: Wish }[];
  /** Decided, and not yet in a saved turn. */
  unsaved: Set<string>;
  /** Runs that this process has seen. */
  seenRuns: Set<number>;
  isSavedNow: boolean;
}

export interface SimWorld {
  time: VirtualTime;
  dice: Dice;
  nature: Nature;
  history: History;
  store: KeptStore;
  /** The living process; null: it is down. */
  life(): Life | null;
  /** The last thing shown. */
  view(): View | null;
  wish(wish: Wish): void;
  crash(): void;
  /** SIGTERM, and up again soon after. */
  stopInOrder(): void;
  ambush(ambush: Ambush | null): void;
  setWallClock(ahead: number): void;
  start(): void;
}

interface EventText {
  event_type: string;
  member: string | null;
  check: string | null;
}

export type Judge = (when: 'patch' | 'save' | 'turn') => void;

export interface WorldOptions extends Pick<NatureOptions, 'nodes' | 'throughService' | 'sharesNothing'> {
  seed: number;
  /** Called after whatever the promises are about. */
  judge?: Judge;
  /** Changes what is watched, for a story. */
  options?: Record<string, unknown>;
}

/** 2026-01-05, a Monday. */
const START = 1_767_571_200;

export function newWorld({ seed, judge = () => {}, options = {}, ...place }: WorldOptions): SimWorld {
  const dice = newDice(seed);
  const time = newTime(START);
  const history = newHistory();
  const nature = newNature({ time, dice, history, ...place });
  const target = targetFor(options);
  let life: Life | null = null;
  let lives = 0;
  let ambush: Ambush | null = null;
  let view: View | null = null;
  let automatic = target.policy.automatic;

  const store = newStore({
    isFull: () => nature.weather.diskFull,
    misfit: (sentence) => history.misfits.push(sentence),
    saved: (record, fresh) => {
      for (const entry of fresh) {
        const { event_type: type, ...told } = JSON.parse(entry.payload) as EventText;
        const { member, check } = told;
        const event = { id: entry.id, type, incidentId: entry.incidentId, member, check, at: time.now() };
        history.events.push(event);
        if (event.incidentId === null) continue;
        const known = history.byIncident.get(event.incidentId) ?? [];
        history.byIncident.set(event.incidentId, [...known, event]);
      }
      noteOrder(history, record.state as State, life?.look ?? null, time.now());
      judge('save');
    },
  });

  function die(why: string): void {
    if (!life || life.dead) return;
    life.dead = true;
    const pause = dice.lasting(1, 300);
    tell(history, time.now(), `The Warden dies (${why}), and is up again in ${Math.round(pause)} s.`);
    life = null;
    time.after(pause, start);
  }

  /** True: it dies here. */
  function springs(at: Ambush['at'], phase: Ambush['phase']): boolean {
    if (!ambush || ambush.at !== at || ambush.phase !== phase) return false;
    if (ambush.skip > 0) {
      ambush = { ...ambush, skip: ambush.skip - 1 };
      return false;
    }
    ambush = null;
    die(`${phase} a ${at}`);
    return true;
  }

  function start(): void {
    lives += 1;
    const number = lives;
    const wall = () => (time.now() + nature.weather.wallAhead) * 1000;
    const clock = openClock({ lastTime: store.lastTime(), wall, steady: () => time.now() * 1000 });
    const self: Life = {
      number,
      dead: false,
      clock,
      watched: watch(target, { store, clock }),
      loop: { ended: Promise.resolve(), wish: () => false },
      stop: new AbortController(),
      deadlines: new Set(),
      look: null,
      wishes: [],
      unsaved: new Set(),
      seenRuns: new Set(),
      isSavedNow: false,
    };
    life = self;
    const saved = store.stateText();
    automatic = saved === null ? automatic : (JSON.parse(saved) as State).automatic;
    tell(history, time.now(), `The Warden starts (life ${number}).`);
    self.loop = run([self.watched], worldOf(self), self.stop.signal);
    void self.loop.ended.then(
      () => ended(self),
      (error: unknown) => {
        if (self.dead) return;
        history.misfits.push(`The loop ended with an error: ${error instanceof Error ? error.stack : String(error)}`);
        judge('turn');
        die('of an error');
      },
    );
  }

  function ended(self: Life): void {
    if (self.dead) return;
    self.dead = true;
    life = null;
    time.after(dice.lasting(1, 60), start);
  }

  function worldOf(self: Life): World {
    const caller = callerOf(self);
    return {
      doors: {
        http: httpDoor(nature, caller),
        kubernetes: kubernetesDoor(nature, caller),
        tcp: null,
        mailbox: null,
      },
      clock: self.clock,
      store: {
        load: store.load,
        save: (record) => {
          if (self.dead || springs('save', 'before')) throw new Error('The process is gone.');
          self.isSavedNow = false;
          store.save(record);
          self.isSavedNow = true;
          const lost = [...self.unsaved].filter((id) => !record.outbox.some((entry) => entry.id === id));
          if (lost.length > 0)
            history.misfits.push(`${lost.join(', ')}: decided in a turn that could not be saved, and lost.`);
          self.unsaved.clear();
          for (const id of self.seenRuns) history.seenRuns.add(id);
          springs('save', 'after');
        },
      },
      log: logOf(self),
      publish: (shown) => {
        if (!self.dead) published(self, shown);
      },
      steady: () => time.now(),
      wait: (seconds, signal) => waitOf(self, seconds, signal),
      deadline: (seconds) => deadlineOf(self, seconds),
    };
  }

  function savedPursuit(): State['pursuit'] {
    const text = store.stateText();
    return text === null ? null : (JSON.parse(text) as State).pursuit;
  }

  function callerOf(self: Life): Caller {
    return {
      isDead: () => self.dead,
      calls: (kind, phase) => {
        if (phase === 'before' && self.look === null) beginLook(self);
        if (!springs(kind, phase)) springs('read', phase);
      },
      orderAt: () => savedPursuit()?.order.at ?? Number.NaN,
      acted: (orderAt, isTaken) => {
        const pursuit = savedPursuit();
        const order = history.orders.findLast((one) => one.orderAt === orderAt) ?? null;
        history.patches.push({
          at: time.now(),
          orderAt,
          taken: isTaken,
          order,
          wasSaved: pursuit?.order.at === orderAt,
          remedy: pursuit?.order.remedy ?? null,
        });
        tell(
          history,
          time.now(),
          `Restart ${orderAt} (${pursuit?.order.remedy}) by life ${self.number}, ${isTaken ? 'taken' : 'not taken'}.`,
        );
        judge('patch');
      },
      looked: (part, reply) => noteSight(self.look, part, reply),
    };
  }

  function beginLook(self: Life): void {
    const sight: Sight = { workload: 'ok', pods: 'ok', replicasets: 'ok', node: 'ok', configmap: 'ok' };
    const truth = nature.truth();
    const at = time.now();
    const isWhole = nature.road() === 'open';
    self.look = {
      life: self.number,
      at,
      truth,
      sight,
      isWhole,
      isAnswered: true,
      wishes: self.wishes.length,
      seen: null,
    };
    addLook(history, self.look);
    self.isSavedNow = false;
  }

  function published(self: Life, shown: View): void {
    const { decision, looked } = shown;
    const { look } = self;
    if (!look) return;
    history.turns += 1;
    view = shown;
    const { startedAt } = looked.circumstances;
    const started = startedAt.known ? startedAt.value - (self.clock.now() - time.now()) : null;
    look.seen = {
      at: time.now(),
      verdict: decision.verdict,
      vetoes: decision.vetoes,
      announcements: decision.announcements,
      orders: decision.orders.length,
      isPursuing: decision.state.pursuit !== null,
      automatic: decision.state.automatic,
      startOffBySeconds: started === null || !look.truth.run ? null : started - look.truth.run.at,
      isSaved: self.isSavedNow,
    };
    noteRun(self, look);
    for (const { id } of decision.announcements) {
      if (!self.isSavedNow) self.unsaved.add(id);
      else if (!history.events.some((event) => event.id === id))
        history.misfits.push(`${id}: decided, and not saved with its turn.`);
    }
    noteWishes(self, look);
    // Now and then the next turn begins with what has been through JSON; always would take a fifth of the time.
    if (history.turns % 16 === 0) {
      self.watched.state = JSON.parse(JSON.stringify(self.watched.state)) as State;
      self.watched.memory = JSON.parse(JSON.stringify(self.watched.memory));
    }
    deliver();
    judge('turn');
    self.look = null;
    self.deadlines.clear();
  }

  function noteRun(self: Life, { truth, sight, seen }: Look): void {
    if (sight.configmap === 'ok') history.checkerSeenAt = Math.max(history.checkerSeenAt, history.checkerWroteAt);
    const off = seen?.startOffBySeconds ?? null;
    if (!truth.run || off === null || Math.abs(off) > 10) return;
    self.seenRuns.add(truth.run.id);
    if (self.isSavedNow) history.seenRuns.add(truth.run.id);
  }

  /** A wish that came during the look may or may not have been heard in it. */
  function noteWishes(self: Life, look: Look): void {
    const heard = self.wishes.slice(0, look.wishes);
    const now = look.seen?.automatic ?? automatic;
    const wanted = self.wishes.flatMap(({ wish }, i) =>
      wish.kind === 'automatic_restarts' ? [{ on: wish.on, mayWait: i >= look.wishes }] : [],
    );
    const must = wanted.filter(({ mayWait }) => !mayWait).at(-1)?.on ?? automatic;
    if (now !== must && !wanted.some(({ on, mayWait }) => mayWait && on === now)) {
      history.misfits.push(`Automatic restarts are ${now ? 'on' : 'off'} though nobody switched them so.`);
    }
    automatic = now;
    const isPress = ({ wish }: Life['wishes'][number]) => wish.kind === 'restart' || wish.kind === 'force_restart';
    const asked = heard.filter(isPress).length;
    const told = look.seen?.announcements ?? [];
    // Automatic refusals are told in the same words.
    const answers = told.filter((one) => one.type === 'refused' || one.order?.by === 'person').length;
    if (answers < asked) history.misfits.push(`${asked} presses had ${answers} answers.`);
    let early = Math.max(0, answers - asked);
    self.wishes = self.wishes.slice(look.wishes).filter((wish) => {
      if (!isPress(wish) || early === 0) return wish.wish.kind !== 'automatic_restarts' || wish.wish.on !== now;
      early -= 1;
      return false;
    });
  }

  function deliver(): void {
    if (nature.weather.brokerDown || nature.weather.diskFull) return;
    const ids = store.outbox().map(({ id }) => id);
    if (ids.length > 0) store.delivered(ids);
  }

  function logOf(self: Life): Log {
    const say = (sentence: string) => {
      if (!self.dead) tell(history, time.now(), sentence);
    };
    return { debug: () => {}, info: say, warn: say, error: say };
  }

  function waitOf(self: Life, seconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        if (!self.dead) resolve();
      };
      const cancel = time.after(seconds, end);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  }

  /** The loop never asks for another signal than its own stop. */
  function deadlineOf(self: Life, seconds: number): AbortSignal {
    const one = new AbortController();
    self.look = null;
    self.deadlines.add(one);
    time.after(seconds, () => {
      if (self.deadlines.delete(one)) one.abort();
    });
    if (self.stop.signal.aborted) one.abort();
    return one.signal;
  }

  return {
    time,
    dice,
    nature,
    history,
    store,
    life: () => life,
    view: () => view,
    start,
    wish: (wish) => {
      if (!life) return;
      life.wishes.push({ wish });
      tell(history, time.now(), `A person asks: ${JSON.stringify(wish)}`);
      life.loop.wish(target.id, wish);
    },
    crash: () => die('of a crash'),
    stopInOrder: () => {
      if (!life) return;
      tell(history, time.now(), 'The Warden is stopped in order.');
      life.stop.abort();
      for (const one of life.deadlines) one.abort();
    },
    ambush: (next) => {
      ambush = next;
    },
    setWallClock: (ahead) => {
      const before = life?.clock.now() ?? 0;
      nature.weather.wallAhead = ahead;
      const leap = life ? life.clock.now() - before : 0;
      if (leap > 0) history.leaps.push({ at: time.now(), seconds: leap });
    },
  };
}

function noteSight(look: Look | null, part: string, reply: Reply<unknown>): void {
  if (!look) return;
  if (!reply.ok && part === 'frigate') look.isAnswered = false;
  else if (!reply.ok && reply.status !== 404) look.isWhole = false;
  if (!(part in look.sight)) return;
  const place = part as keyof Sight;
  if (reply.ok || (reply.status === 404 && place === 'configmap')) return;
  look.sight[place] = reply.status === 403 ? 'hidden' : 'failed';
}

function noteOrder(history: History, state: State, look: Look | null, now: number): void {
  const { pursuit, automatic, maintenanceUntil } = state;
  if (pursuit?.stage !== 'ordered' || history.orders.some(({ id }) => id === pursuit.order.id)) return;
  const { id, at, by, force, cause } = pursuit.order;
  history.orders.push({
    id,
    orderAt: at,
    at: now,
    by,
    force,
    cause,
    look,
    automatic,
    maintenance: maintenanceUntil !== null,
  });
}

function targetFor(given: Record<string, unknown>): AnyTarget {
  const answer = checkOptions(
    {
      interval_seconds: INTERVAL,
      kubernetes: { server: 'https://cluster', token: 'token' },
      frigates: [{ name: 'Frigate', url: 'http://frigate:5000', namespace: 'frigate' }],
      ...given,
    },
    'the simulation',
  );
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  const options: Options = answer.options;
  const [target] = targetsOf(options);
  if (!target) throw new Error('The options name no Frigate.');
  return target;
}
