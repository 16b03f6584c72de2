/** Lives of the product that end at one given place, each followed by a second one that must finish the story. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { breakDetector } from '../../demo/frigate/model.ts';
import type { Start } from '../../src/rules/state.ts';
import { eventually } from '../eventually.ts';
import { startProduct } from './product.ts';
import { LEDGER, patchesOf, type Stage, setStage, type Told, toldOn } from './stage.ts';

/** One life ends at this place. */
export interface Crash {
  place: string;
  /** The order was decided and never reached the workload. */
  isLost?: true;
  /** The broker has said that it took an announcement, and the store does not know. */
  isTwice?: true;
  /** The API server has the request, and then nobody is there to read its answer. */
  at?: { server: 'swallow' | 'hang'; method: 'PUT' | 'PATCH' | 'DELETE' };
  /** Frigate has the request, and then nobody is there to hear that it took it. */
  isHeard?: true;
  /** Without it a rollout. */
  remedy?: 'rollout' | 'delete_pod' | 'in_place';
}

/** A minute is a second. */
const SPEED = 60;
const PATIENCE = { withinSeconds: 40 };

export interface Life {
  signal: NodeJS.Signals | null;
  /** The order was decided, and the workload is as it was. */
  isLost: boolean;
  /** What was on its way to the broker when the first process ended. */
  underWay: readonly string[];
  /** Every announcement that was decided, by its id. */
  types: Map<string, string>;
  /** What was sent on the event topic. */
  told: readonly Told[];
  /** Orders that came to the API server, by the time that they bear. */
  patches: readonly string[];
  /** How often the pod was really replaced. */
  restarts: number;
  ledger: Record<string, string>;
  /** As the budget of the second life counts them. */
  starts: readonly Start[];
  log: string;
}

const folder = mkdtempSync(join(tmpdir(), 'frigate-warden-mortal-'));
const mortal = join(folder, 'mortal.mjs');

/** One file, as in production, starts in a fraction of the time, and this many start. */
export async function buildMortal(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('./mortal.ts', import.meta.url))],
    outfile: mortal,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'error',
    // Packages written for CommonJS ask for these.
    banner: {
      js: [
        "import { createRequire as requireFrom } from 'node:module';",
        'const require = requireFrom(import.meta.url);',
        'const { filename: __filename, dirname: __dirname } = import.meta;',
      ].join('\n'),
    },
  });
}

function spawnMortal(stage: Stage, place: string) {
  const words = JSON.stringify({ settings: stage.settings, place });
  const child = spawn(process.execPath, [mortal, words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') },
  });
  const said = { out: '', log: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.log += chunk;
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, said, ended };
}

/** A Frigate whose detector queue has just died, and the ledger of another checker. */
async function setScene(remedy: string): Promise<Stage> {
  // On a busy machine ten minutes are soon over.
  const rules = { startup_grace_seconds: 3600, moved_grace_seconds: 3600 };
  const deployments = [{ namespace: 'frigate', name: 'frigate', ...(remedy === 'delete_pod' ? { volumes: [] } : {}) }];
  const stage = await setStage({ rules, remedies: [remedy] }, { speed: SPEED, deployments });
  stage.cluster.writeConfigMap('frigate', LEDGER, { consecutive_failures: '1' });
  breakDetector(stage.frigate, 'orphaned_queue', stage.now());
  return stage;
}

const isResolved = (stage: Stage) => toldOn(stage.broker).some((event) => event.event_type === 'resolved');

/** By what really became of it: nothing else changes the template, starts a pod, or asks Frigate. */
const RESTARTS: Readonly<Record<string, (stage: Stage) => number>> = {
  rollout: ({ cluster }) => cluster.deployment().metadata.generation - 1,
  delete_pod: ({ frigate, cluster }) => {
    // To look at the pods lets happen what is due, starts among it.
    const dying = cluster.pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined).length;
    // One start is that of its birth, one that of its first pod; the next may not have come yet.
    const starts = frigate.past.filter(({ what }) => what === 'start').length - 2;
    return Math.max(starts, dying);
  },
  in_place: ({ frigate }) => frigate.asked.length,
};

/** The first life up to its crash, and then the second, in this process, until the incident is over. */
async function live({ place, at, isHeard, remedy = 'rollout' }: Crash): Promise<Life> {
  const stage = await setScene(remedy);
  const restartsOf = (one: Stage) => RESTARTS[remedy]?.(one) ?? 0;
  if (at) stage.cluster.faults[at.server]({ method: at.method });
  const { child, said, ended } = spawnMortal(stage, place);
  if (isHeard) killWhenAsked(stage, child);
  try {
    if (at) await killAtServer(stage, child, at.method);
    const [, signal] = await within(ended, place);
    stage.cluster.faults.clear();
    const wasRestarted = restartsOf(stage) > 0;
    const second = await liveOn(stage, place);
    const { cluster, broker } = stage;
    return {
      signal,
      isLost: second.wasDecided && !wasRestarted,
      underWay: underWayIn(said.out),
      types: second.types,
      told: toldOn(broker),
      patches: patchesOf(cluster).map(({ body }) => JSON.stringify(body).match(/restartedAt":"([^"]+)/)?.[1] ?? ''),
      restarts: restartsOf(stage),
      starts: second.starts,
      ledger: cluster.configMap('frigate', LEDGER)?.data ?? {},
      log: `${said.log}${second.log}`,
    };
  } catch (error) {
    throw new Error(`${place}: ${String(error)}\n${said.out}${said.log}`, { cause: error });
  } finally {
    child.kill('SIGKILL');
    await stage.close();
  }
}

/** Deliveries are one at a time, and go on beside the looks: they may be under way at any place. */
function underWayIn(passed: string): readonly string[] {
  const places = passed.split('\n').filter((one) => one.includes(' publish of ') || one.includes(' mark of '));
  const [, type] = places.at(-1)?.match(/ publish of (.+)/) ?? [];
  return type?.split('+') ?? [];
}

/** The container ends, and so does who asked for it, before a word comes back. */
function killWhenAsked({ frigate, cluster }: Stage, child: ChildProcess): void {
  frigate.revive = () => {
    child.kill('SIGKILL');
    cluster.exitContainer();
  };
}

async function killAtServer({ cluster }: Stage, child: ChildProcess, method: string): Promise<void> {
  await eventually(() => cluster.calls.some((call) => call.method === method), { ...PATIENCE, what: method });
  child.kill('SIGKILL');
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let answer: { value: T } | null = null;
  const answered = promise.then((value) => {
    answer = { value };
  });
  await eventually(() => answer !== null, { ...PATIENCE, what });
  await answered;
  return promise;
}

async function liveOn(
  stage: Stage,
  place: string,
): Promise<Pick<Life, 'types' | 'log' | 'starts'> & { wasDecided: boolean }> {
  const types = new Map<string, string>();
  const remember = (entries: readonly { id: string; payload: string }[]) => {
    for (const { id, payload } of entries) types.set(id, JSON.parse(payload).event_type);
  };
  const wasTold = () => toldOn(stage.broker).some(({ event_type }) => event_type === 'restart_ordered');
  let wasDecided = wasTold();
  let looks = 0;
  let starts: readonly Start[] = [];
  let waiting: () => number = () => 1;
  const product = startProduct(stage.settings, {
    store: (store) => {
      remember(store.outbox());
      wasDecided ||= [...types.values()].includes('restart_ordered');
      waiting = () => store.outbox().length;
      const save: typeof store.save = (record) => {
        remember(record.outbox);
        store.save(record);
      };
      return { ...store, save };
    },
    publish: (publish) => (view, seconds) => {
      looks += 1;
      starts = view.decision.state.starts;
      publish(view, seconds);
    },
  });
  try {
    const isOver = () => looks >= 3 && isResolved(stage) && waiting() === 0;
    await eventually(isOver, { ...PATIENCE, what: `${place}: the end of the incident` });
  } catch (error) {
    throw new Error(`${String(error)}\n${product.lines.join('')}`, { cause: error });
  } finally {
    await product.close();
  }
  for (const told of toldOn(stage.broker)) types.set(told.event_id, told.event_type);
  return { types, wasDecided, starts, log: product.lines.join('') };
}

/** A life that nothing ends: what is passed on the way from the decision to the end of the incident. */
export async function placesPassed(): Promise<ReadonlySet<string>> {
  const stage = await setScene('rollout');
  const { child, said, ended } = spawnMortal(stage, 'never');
  try {
    await eventually(() => said.out.includes('after mark of resolved'), { withinSeconds: 40 });
  } catch (error) {
    throw new Error(`A whole life was not lived:\n${said.out}${said.log}`, { cause: error });
  } finally {
    child.kill('SIGKILL');
    await ended;
    await stage.close();
  }
  const all = said.out.trimEnd().split('\n');
  const decided = all.indexOf('before save of opened+restart_ordered');
  return new Set(all.slice(decided).filter((place) => !place.endsWith('what was seen')));
}

export function forgetMortal(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** So many at a time, in the order of the table. */
export function startLives(crashes: readonly Crash[], atOnce: number): ReadonlyMap<Crash, Promise<Life | Error>> {
  const lives = crashes.map((crash) => ({ crash, ...Promise.withResolvers<Life | Error>() }));
  const left = [...lives];
  const work = async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      const { crash } = one;
      // On a busy machine two announcements may come out of one turn, and the place between them is never passed.
      const life = live(crash).catch(() => live(crash));
      one.resolve(await life.catch((error: unknown) => error as Error));
    }
  };
  for (let i = 0; i < atOnce; i += 1) void work();
  return new Map(lives.map(({ crash, promise }) => [crash, promise]));
}
