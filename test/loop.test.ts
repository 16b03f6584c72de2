import { describe, expect, it } from 'vitest';
import type { Failure, Log, StoreDoor, TurnRecord } from '../src/doors/ports.ts';
import type { Inheritance } from '../src/leadership/leadership.ts';
import type { Role } from '../src/leadership/record.ts';
import { run, turn, type Watched, type World, watch } from '../src/loop.ts';
import type { View } from '../src/publish/view.ts';
import { handedOver } from '../src/rules/handover.ts';
import { newState } from '../src/rules/state.ts';
import type { Circumstances, Finding, Order, Receipt } from '../src/rules/types.ts';
import type { AnyTarget } from '../src/targets/target.ts';
import { circumstances, finding, policy } from './rules/builders.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A target that answers what its script says, and a world whose clock only moves when the loop waits. */
function stage(script: (now: number) => readonly Finding[], changes: Partial<AnyTarget> = {}) {
  const steps: string[] = [];
  const saved: TurnRecord[] = [];
  const views: View[] = [];
  const orders: Order[] = [];
  const lines: string[] = [];
  const time = { now: 1_000_000 };
  let saving: () => void = () => steps.push('save');
  const target: AnyTarget = {
    id: 'tree',
    name: 'Tree',
    kind: 'tree',
    policy: policy(),
    checks: policy().checks.map((rule) => ({ ...rule, name: rule.id, nextSteps: [], runbook: '' })),
    links: {},
    observe: async () => {
      steps.push('observe');
      return null;
    },
    digest: (memory) => ({ memory: ((memory as number | null) ?? 0) + 1, facts: null }),
    look: (_facts, now) => ({
      findings: script(now),
      members: [],
      circumstances: circumstances(),
      readings: { version: null, members: [], detectionRate: null, lastAnswerAt: now, cluster: 'connected' },
      cannotSee: [],
    }),
    carryOut: async (order): Promise<Receipt> => {
      steps.push('act');
      orders.push(order);
      return { orderId: order.id, answer: 'accepted', detail: 'Yes.' };
    },
    ...changes,
  };
  const store: Pick<StoreDoor, 'load' | 'save'> = {
    load: (id) => {
      const last = saved.findLast((record) => record.target === id);
      return last ? structuredClone({ state: last.state, memory: last.memory }) : null;
    },
    save: (record) => {
      saving();
      saved.push(structuredClone(record));
    },
  };
  const world: World = {
    doors: { http: { json: fail, text: fail, cookies: fail }, kubernetes: null, tcp: null, mailbox: null },
    clock: { now: () => time.now, jumpedAt: () => null },
    store,
    log: { ...silent, info: (sentence) => lines.push(sentence), error: (sentence) => lines.push(sentence) },
    publish: (view) => {
      steps.push('publish');
      views.push(view);
    },
    steady: () => time.now,
    wait: async (seconds, signal) => {
      await Promise.resolve();
      if (!signal.aborted) time.now += seconds;
    },
    deadline: (_seconds, signal) => signal,
  };
  const breakStore = (broken: boolean) => {
    saving = broken
      ? () => {
          throw new Error('The disk is full.');
        }
      : () => steps.push('save');
  };
  return { target, world, steps, saved, views, orders, lines, time, breakStore };
}

async function fail(): Promise<never> {
  throw new Error('This target asks no door.');
}

const well = (now: number) => [finding('rot', 'ok', now), finding('dry', 'ok', now), finding('pale', 'ok', now)];
const sick = (now: number) => [finding('rot', 'bad', now), finding('dry', 'ok', now), finding('pale', 'unknown', now)];
const never = new AbortController().signal;

async function turns(watched: Watched, { world, time }: ReturnType<typeof stage>, count: number) {
  for (let i = 0; i < count; i += 1) {
    await turn(watched, world, never);
    time.now += 30;
  }
}

describe('one turn', () => {
  it('saves before it acts, and acts before it publishes', async () => {
    const scene = stage(sick);
    await turns(watch(scene.target, scene.world), scene, 3);
    expect(scene.orders).toHaveLength(1);
    expect(scene.steps.slice(-4)).toEqual(['observe', 'save', 'act', 'publish']);
    expect(scene.saved.at(-1)?.state).toMatchObject({
      pursuit: { stage: 'ordered', order: { id: scene.orders[0]?.id } },
    });
  });

  it('records what the look brought back once it is published, with its figures', async () => {
    const scene = stage(well, { observe: async () => ({ said: 'well' }) });
    const recorded: unknown[] = [];
    scene.world.history = {
      record: (...look) => {
        scene.steps.push('record');
        recorded.push(look);
      },
    };
    await turns(watch(scene.target, scene.world), scene, 1);
    expect(scene.steps).toEqual(['save', 'publish', 'record']);
    const figures = { verdict: 'healthy', inferenceMs: {}, detectionRate: null, leastFps: null, skippedRatio: null };
    expect(recorded).toEqual([['tree', 1_000_000, { said: 'well' }, figures]]);
  });

  it('saves what must be known after a restart together with its order', async () => {
    const scene = stage(sick, {
      foresee: (memory, _facts, { pursued }) => (pursued ? { ...Object(memory), pursued: pursued.id } : memory),
    });
    await turns(watch(scene.target, scene.world), scene, 3);
    const [order] = scene.orders;
    expect(scene.saved.at(-1)).toMatchObject({
      memory: { pursued: order?.id },
      state: { pursuit: { order: { id: order?.id } } },
    });
    expect(scene.saved.slice(0, -1).every(({ memory }) => typeof memory === 'number')).toBe(true);
  });

  it.each([
    ['failed', true],
    ['ineffective', false],
    ['cured', false],
  ] as const)('says of an order that ended as %s whether it came to nothing: %s', async (outcome, isVoid) => {
    const said: unknown[] = [];
    const scene = stage(well, {
      foresee: (memory, _facts, ordered) => {
        said.push(ordered);
        return memory;
      },
    });
    const watched = watch(scene.target, scene.world);
    watched.state = { ...watched.state, lastOutcome: { outcome, at: 999_000, sentence: '' } };
    await turns(watched, scene, 1);
    expect(said).toEqual([{ pursued: null, isVoid }]);
  });

  it('posts letters after its orders, and says what could not be posted', async () => {
    const letters = ['one', 'two'].map((topic) => ({ topic, payload: 'OFF', sentence: `The lamp ${topic} was off.` }));
    const scene = stage(sick);
    const { look } = scene.target;
    const target: AnyTarget = { ...scene.target, look: (facts, now) => ({ ...look(facts, now), letters }) };
    const post = async (topic: string, payload: string): Promise<Failure | null> => {
      scene.steps.push(`post ${topic} ${payload}`);
      return topic === 'one' ? null : { ok: false, kind: 'timeout', reason: 'Nobody took it.' };
    };
    scene.world.doors.mailbox = { post, empty: () => ({ connectedSince: null, letters: [], dropped: 0 }) };
    scene.world.log.warn = (sentence) => scene.lines.push(sentence);
    await turns(watch(target, scene.world), scene, 3);
    expect(scene.steps.slice(-5)).toEqual(['save', 'act', 'post one OFF', 'post two OFF', 'publish']);
    expect(scene.lines).toContain('Tree: The lamp one was off.');
    expect(scene.lines).toContain('Tree: The lamp two was off. It could not be told so: Nobody took it.');
  });

  it('says at the first look what would hold a restart back, once, and again when it changes', async () => {
    const scene = stage(well);
    const { look } = scene.target;
    let hazards: Circumstances['hazards'] = [];
    let seen: Circumstances['seen'] = {};
    const target: AnyTarget = {
      ...scene.target,
      look: (facts, now) => ({ ...look(facts, now), circumstances: circumstances({ hazards, seen }) }),
    };
    const warned: string[] = [];
    scene.world.log.warn = (sentence) => warned.push(sentence);
    const watched = watch(target, scene.world);
    const paused = { sentence: 'It is paused.', against: null };
    const said = async (...next: [typeof hazards, typeof seen?]) => {
      [hazards, seen = {}] = next;
      warned.length = 0;
      await turns(watched, scene, 1);
      return [...warned];
    };
    const line = 'Tree: A restart would be refused just now: It is paused.';
    expect(await said([paused])).toEqual([line]);
    expect(scene.views.at(-1)?.preflight).toEqual(['A restart would be refused just now: It is paused.']);
    expect(await said([paused])).toEqual([]);
    expect(await said([], { node: { known: false, asked: true, why: 'No answer.' } })).toEqual([]);
    expect(await said([paused])).toEqual([]);
    expect(scene.lines).not.toContain('Tree: Nothing speaks against a restart any more.');
    expect(await said([])).toEqual([]);
    expect(scene.lines).toContain('Tree: Nothing speaks against a restart any more.');
    expect(await said([paused])).toEqual([line]);
  });

  it('says nothing of a restart that would be refused while one of its own is followed', async () => {
    const scene = stage(sick);
    const { look } = scene.target;
    const hazards = [{ sentence: 'The old pod does not stop.', against: null }];
    const target: AnyTarget = {
      ...scene.target,
      look: (facts, now) => ({
        ...look(facts, now),
        circumstances: circumstances({ hazards: scene.orders.length > 0 ? hazards : [] }),
      }),
    };
    scene.world.log.warn = (sentence) => scene.lines.push(sentence);
    const watched = watch(target, scene.world);
    await turns(watched, scene, 5);
    expect(scene.orders).toHaveLength(1);
    expect(watched.state.pursuit).not.toBeNull();
    expect(scene.lines.join()).not.toContain('would be refused just now');
  });

  it('hands the receipt to the next turn', async () => {
    const scene = stage(sick);
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 4);
    expect(watched.state.pursuit).toMatchObject({ stage: 'accepted' });
  });

  it('changes nothing when it was aborted', async () => {
    const scene = stage(sick);
    const watched = watch(scene.target, scene.world);
    watched.wishes.push({ kind: 'maintenance', by: 'me', on: true });
    const before = structuredClone(watched.state);
    await turn(watched, scene.world, AbortSignal.abort());
    expect(watched.state).toEqual(before);
    expect(watched.wishes).toHaveLength(1);
    expect(scene.steps).toEqual(['observe']);
  });

  it('is silent and does not write while nothing happens', async () => {
    const scene = stage(well);
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 4);
    const [written, said] = [scene.saved.length, scene.lines.length];
    await turns(watched, scene, 6);
    expect([scene.saved.length, scene.lines.length]).toEqual([written, said]);
  });

  it('writes what changes with every look at least every five minutes', async () => {
    const scene = stage(well);
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 30);
    const times = scene.saved.map((record) => record.at);
    expect(times.at(-1)).toBeGreaterThanOrEqual(scene.time.now - 330);
    expect(scene.saved.length).toBeLessThanOrEqual(6);
  });

  it('restarts nothing that it could not write down, says so once, and loses no announcement', async () => {
    const scene = stage(sick);
    const watched = watch(scene.target, scene.world);
    scene.breakStore(true);
    await turns(watched, scene, 5);
    expect(scene.orders).toEqual([]);
    expect(scene.lines.filter((line) => line.includes('The disk is full.'))).toHaveLength(1);
    expect(watched.state.lastOutcome?.outcome).toBe('failed');
    scene.breakStore(false);
    await turns(watched, scene, 1);
    const told = scene.saved[0]?.outbox.map((entry) => JSON.parse(entry.payload).event_type);
    expect(told?.slice(0, 2)).toEqual(['opened', 'restart_ordered']);
    expect(new Set(scene.saved[0]?.outbox.map((entry) => entry.id)).size).toBe(told?.length);
    expect(scene.saved[1]?.outbox ?? []).toEqual([]);
  });

  it('tries again with every look until what changed is written', async () => {
    const scene = stage(well);
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 2);
    scene.breakStore(true);
    watched.wishes.push({ kind: 'automatic_restarts', by: 'me', on: false });
    await turns(watched, scene, 1);
    scene.breakStore(false);
    await turns(watched, scene, 1);
    expect(scene.saved.at(-1)?.state).toMatchObject({ automatic: false });
  });

  it('goes on from what was saved, and looks twice before anything is ordered again', async () => {
    const scene = stage(sick);
    await turns(watch(scene.target, scene.world), scene, 3);
    const again = watch(scene.target, scene.world);
    expect(again.state).toMatchObject({ looks: 0, pursuit: { stage: 'ordered' } });
    expect(again.memory).toBe(3);
    await turns(again, scene, 1);
    expect(scene.orders).toHaveLength(1);
  });

  it('gives the engine what the clock knows of jumps', async () => {
    const scene = stage(sick);
    scene.world.clock.jumpedAt = () => scene.time.now - 10;
    await turns(watch(scene.target, scene.world), scene, 6);
    expect(scene.orders).toEqual([]);
    expect(scene.views.at(-1)?.decision.vetoes.map((veto) => veto.guard)).toContain('clock');
  });
});

describe('one of several Wardens', () => {
  /** Who leads, as the test says; the Lease is asked before an act. */
  function leadership(role: Role, why: string | null = null) {
    const self = {
      role,
      why,
      left: null as Inheritance | null,
      news: 0,
      asked: 0,
      presence: () => ({ role: self.role, holder: 'pi', sentence: `It is ${self.role}.` }),
      inherit: () => {
        const { left } = self;
        self.left = null;
        return left;
      },
      whyNotLeading: async () => {
        self.asked += 1;
        return self.why;
      },
      changed: () => {
        self.news += 1;
      },
    };
    return self;
  }
  const guardsOf = ({ views }: ReturnType<typeof stage>) => views.at(-1)?.decision.vetoes.map(({ guard }) => guard);
  const told = ({ saved }: ReturnType<typeof stage>) =>
    saved.flatMap(({ outbox }) => outbox.map(({ payload }) => JSON.parse(payload).event_type));

  it.each<[Role, orders: number, isTold: boolean]>([
    ['leading', 1, true],
    ['alone', 1, true],
    ['unknown', 0, true],
    ['following', 0, false],
  ])('that is %s orders %i, and tells: %s', async (role, orders, isTold) => {
    const scene = stage(sick);
    scene.world.leadership = leadership(role);
    await turns(watch(scene.target, scene.world), scene, 4);
    expect(scene.orders).toHaveLength(orders);
    if (orders === 0) expect(guardsOf(scene)).toContain('not_leader');
    expect(told(scene).includes('opened')).toBe(isTold);
    expect(scene.views).toHaveLength(4);
  });

  it('names the one that leads in its refusal', async () => {
    const scene = stage(sick);
    scene.world.leadership = leadership('following');
    await turns(watch(scene.target, scene.world), scene, 3);
    const veto = scene.views.at(-1)?.decision.vetoes.find(({ guard }) => guard === 'not_leader');
    expect(veto?.sentence).toContain('(pi)');
  });

  it('asks the Lease before it acts, and does not act on a doubt', async () => {
    const scene = stage(sick);
    const leads = leadership('leading', 'Nobody answered.');
    scene.world.leadership = leads;
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 3);
    expect([leads.asked, scene.orders.length]).toEqual([1, 0]);
    expect(watched.receipts).toEqual([
      expect.objectContaining({ answer: 'conflict', detail: expect.stringContaining('Nobody answered.') }),
    ]);
  });

  it('does not act on what was seen before it stood still', async () => {
    const scene = stage(sick);
    let steady = 0;
    scene.world.steady = () => {
      steady += 41;
      return steady;
    };
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 3);
    expect(scene.orders).toEqual([]);
    expect(watched.receipts[0]).toMatchObject({ answer: 'conflict', detail: expect.stringContaining('too old') });
  });

  it.each<[what: string, change: (scene: ReturnType<typeof stage>, leads: ReturnType<typeof leadership>) => void]>([
    ['it stood still', ({ time }) => void Object.assign(time, { now: time.now + 70 })],
    ['the machine stood still', ({ world }) => void Object.assign(world.clock, { jumpedAt: () => 5 })],
    ['another one leads', (_, leads) => void Object.assign(leads, { role: 'following' })],
  ])('tells who carries out an order that it must not be any more, where meanwhile %s', async (_, change) => {
    const said: (string | null | undefined)[] = [];
    const leads = leadership('leading');
    const scene = stage(sick, {
      carryOut: async (order, _facts, _doors, context) => {
        said.push(context.whyNotStill?.());
        change(scene, leads);
        said.push(context.whyNotStill?.());
        return { orderId: order.id, answer: 'conflict', detail: '' };
      },
    });
    scene.world.leadership = leads;
    await turns(watch(scene.target, scene.world), scene, 3);
    expect(said).toEqual([null, expect.any(String)]);
  });

  it('begins with what the one before left, before it judges', async () => {
    const scene = stage(sick);
    const leads = leadership('following');
    scene.world.leadership = leads;
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 3);
    leads.role = 'leading';
    const maintenanceUntil = scene.time.now + 3600;
    leads.left = { handed: handedOver({ ...newState(policy()), maintenanceUntil }, []), aheadSeconds: 0 };
    await turns(watched, scene, 1);
    expect(scene.orders).toEqual([]);
    expect(guardsOf(scene)).toEqual(['maintenance']);
    // It was found while another one led, and told by nobody.
    expect(told(scene)).toContain('opened');
    expect(scene.saved.at(-1)?.state).toMatchObject({ maintenanceUntil });
  });

  it('tells of news what the next one must know, and of nothing else', async () => {
    const scene = stage(well);
    const leads = leadership('leading');
    scene.world.leadership = leads;
    const watched = watch(scene.target, scene.world);
    await turns(watched, scene, 4);
    const { news } = leads;
    await turns(watched, scene, 4);
    expect([news > 0, leads.news]).toEqual([true, news]);
  });

  it('keeps nothing to tell that it could not save before another one led', async () => {
    const scene = stage(sick);
    const leads = leadership('leading');
    scene.world.leadership = leads;
    const watched = watch(scene.target, scene.world);
    scene.breakStore(true);
    await turns(watched, scene, 3);
    leads.role = 'following';
    scene.breakStore(false);
    await turns(watched, scene, 1);
    expect(told(scene)).toEqual([]);
  });
});

describe('the run', () => {
  /** Targets that count how many looks are under way, each look held until it is let go. */
  function crowd(count: number) {
    const scene = stage(well);
    const seen = { most: 0, now: 0, twice: false };
    const gates = new Map<string, () => void>();
    const looks = new Map<string, number>();
    const targets = Array.from({ length: count }, (_, i) => {
      const id = `tree${i}`;
      return {
        ...scene.target,
        id,
        observe: async () => {
          if (gates.has(id)) seen.twice = true;
          looks.set(id, (looks.get(id) ?? 0) + 1);
          seen.now += 1;
          seen.most = Math.max(seen.most, seen.now);
          await new Promise<void>((resolve) => gates.set(id, resolve));
          gates.delete(id);
          seen.now -= 1;
          return null;
        },
      };
    });
    return { scene, seen, gates, looks, watched: targets.map((target) => watch(target, scene.world)) };
  }

  const settle = async (times = 50) => {
    for (let i = 0; i < times; i += 1) await Promise.resolve();
  };

  it('has at most eight looks under way, and never two of one target', async () => {
    const { scene, seen, gates, looks, watched } = crowd(12);
    const stop = new AbortController();
    const loop = run(watched, scene.world, stop.signal);
    for (let round = 0; round < 12; round += 1) {
      await settle();
      for (const open of [...gates.values()]) open();
    }
    await settle();
    expect(seen).toEqual({ most: 8, now: seen.now, twice: false });
    expect(looks.size).toBe(12);
    stop.abort();
    await settle();
    for (const open of [...gates.values()]) open();
    await loop.ended;
  });

  it.each<[what: string, again: number | undefined, rests: readonly number[]]>([
    ['after the interval', undefined, [30, 30, 30]],
    ['sooner while something waits for the next look', 5, [5, 5, 5]],
    ['never later than the interval', 300, [30, 30, 30]],
  ])('looks again %s', async (_, again, rests) => {
    const scene = stage(well);
    const { look } = scene.target;
    const stop = new AbortController();
    const target: AnyTarget = {
      ...scene.target,
      look: (facts, now) => ({ ...look(facts, now), ...(again === undefined ? {} : { lookAgainSeconds: again }) }),
    };
    scene.world.publish = (view) => {
      scene.views.push(view);
      if (scene.views.length === 4) stop.abort();
    };
    // A look is over before any time goes by.
    scene.world.wait = async (seconds, signal) => {
      await settle();
      if (!signal.aborted) scene.time.now += seconds;
    };
    await run([watch(target, scene.world)], scene.world, stop.signal).ended;
    const times = scene.views.map(({ now }) => now);
    expect(times.slice(1).map((at, i) => at - (times[i] ?? 0))).toEqual(rests);
  });

  it('lets one target that never answers starve nobody', async () => {
    const { scene, gates, looks, watched } = crowd(3);
    const stop = new AbortController();
    const loop = run(watched, scene.world, stop.signal);
    for (let round = 0; round < 20; round += 1) {
      await settle();
      for (const [id, open] of [...gates]) if (id !== 'tree0') open();
    }
    expect(looks.get('tree0')).toBe(1);
    expect(looks.get('tree1')).toBeGreaterThan(3);
    stop.abort();
    await settle();
    for (const open of [...gates.values()]) open();
    await loop.ended;
  });

  it('takes a wish at once, also one that comes while it looks', async () => {
    const { scene, gates, looks, watched } = crowd(1);
    // Nothing happens by itself here: a wait ends only when it is woken.
    scene.world.wait = (_seconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
    const stop = new AbortController();
    const loop = run(watched, scene.world, stop.signal);
    await settle();
    expect(loop.wish('tree0', { kind: 'maintenance', by: 'me', on: true })).toBe(true);
    gates.get('tree0')?.();
    await settle();
    expect(watched[0]?.state.maintenanceUntil).not.toBeNull();
    await settle();
    expect(looks.get('tree0')).toBe(1);
    expect(loop.wish('tree0', { kind: 'check_now', by: 'me' })).toBe(true);
    await settle();
    expect(looks.get('tree0')).toBe(2);
    expect(loop.wish('shrub', { kind: 'check_now', by: 'me' })).toBe(false);
    stop.abort();
    gates.get('tree0')?.();
    await loop.ended;
  });

  it('ends with the error when something impossible happens', async () => {
    const scene = stage(() => [finding('unheard_of', 'bad', 1)]);
    const loop = run([watch(scene.target, scene.world)], scene.world, never);
    await expect(loop.ended).rejects.toThrow('unheard_of is not in the table of tree');
  });
});
