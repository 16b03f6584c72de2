/** Looks of the product through its real doors at simulated servers, at times that the test sets. */
import { onTestFinished } from 'vitest';
import { logOf } from '../../demo/frigate/log.ts';
import { newFrigate, type SimulatedFrigate, start, stop } from '../../demo/frigate/model.ts';
import { startFrigate } from '../../demo/frigate/server.ts';
import { type KubernetesSimulation, type SimulatedKubernetes, startKubernetes } from '../../demo/kubernetes/index.ts';
import { type Assessed, assess, type Remembered } from '../../src/assess.ts';
import { openHttp } from '../../src/doors/http.ts';
import { openKubernetes } from '../../src/doors/kubernetes/index.ts';
import { openLog } from '../../src/doors/log.ts';
import type { Doors } from '../../src/doors/ports.ts';
import { openTcp } from '../../src/doors/tcp.ts';
import { checkOptions } from '../../src/options.ts';
import { newState } from '../../src/rules/state.ts';
import type { Finding, Order, Receipt } from '../../src/rules/types.ts';
import type { FrigateMemory } from '../../src/targets/frigate/memory.ts';
import type { FrigateAnswers } from '../../src/targets/frigate/observe/answers.ts';
import { targetsOf } from '../../src/targets/index.ts';

const DAY = 86_400;
const BEGIN = Date.parse('2026-01-06T04:00:00Z') / 1000;

export interface Scene {
  now(): number;
  pass(seconds: number): void;
  frigate: SimulatedFrigate;
  cluster: SimulatedKubernetes;
  /** Frigate's own address, which is another than that of its pod. */
  address: { url: string; close(): Promise<void> };
}

/** A Frigate that has run for a day in a pod, also reached by an address of its own. `now`: in place of a set time. */
export async function setScene(more: Partial<KubernetesSimulation> = {}): Promise<Scene> {
  let time = BEGIN;
  const { now = () => time } = more;
  const frigate = newFrigate(['doorbell', 'driveway', 'garden'], now() - DAY);
  const cluster = await startKubernetes({
    now,
    ageSeconds: DAY,
    onPodStarted: ({ status }) => {
      const startedAt = status.containerStatuses?.[0]?.state.running?.startedAt;
      start(frigate, startedAt === undefined ? now() : Date.parse(startedAt) / 1000);
    },
    onPodStopped: () => stop(frigate, now()),
    log: () => logOf(frigate, now()),
    ...more,
  });
  const [address, inPod] = await Promise.all([startFrigate(frigate, now), startFrigate(frigate, now)]);
  cluster.openPort(5000, inPod.url);
  onTestFinished(async () => {
    await Promise.all([cluster.close(), address.close(), inPod.close()]);
  });
  const pass = (seconds: number) => {
    time += seconds;
    cluster.tick();
  };
  return { now, pass, frigate, cluster, address };
}

export interface Look extends Assessed {
  answers: FrigateAnswers;
  /** Seconds on the wall. */
  took: number;
  finding(check: string, member?: string): Finding | undefined;
}

export interface Watcher {
  look(): Promise<Look>;
  /** Looks every half minute, so often. */
  looks(count: number): Promise<readonly Look[]>;
  orders: Order[];
  /** Lines of its log. */
  lines: string[];
  memory(): FrigateMemory | null;
}

/** Of the wall, for one question to the cluster. */
const CALL_SECONDS = 0.5;
const EVERY_SECONDS = 30;
const LOOK_SECONDS = 5;

/** `frigate` adds to the options of the one Frigate; a url of null leaves it out. `more`: other options. */
export function watch(scene: Scene, frigate: Record<string, unknown> = {}, more: object = {}): Watcher {
  const { cluster, address, now, pass } = scene;
  const { url, ...others } = { url: address.url, namespace: 'frigate', ...frigate };
  const { url: server, token } = cluster;
  const row = { name: 'Frigate', ...(url === null ? {} : { url }), ...others };
  const checked = checkOptions({ frigates: [row], kubernetes: { server, token }, ...more }, 'the test');
  if (!checked.ok) throw new Error(checked.sentences.join(' '));
  const [target] = targetsOf(checked.options);
  if (!target) throw new Error('There is no target.');
  const lines: string[] = [];
  const log = openLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const kubernetes = openKubernetes(
    { from: 'settings', server, token, certificateAuthority: undefined },
    { log, timeoutSeconds: CALL_SECONDS },
  );
  onTestFinished(() => kubernetes.close());
  const doors: Doors = { http: openHttp(), kubernetes, tcp: openTcp(), mailbox: null };
  const clock = { now, jumpedAt: () => null };
  const orders: Order[] = [];
  let receipts: Receipt[] = [];
  let before: Remembered = { state: newState(target.policy), memory: null };

  const look = async (): Promise<Look> => {
    const begun = performance.now();
    const context = { clock, signal: AbortSignal.timeout(LOOK_SECONDS * 1000) };
    const answers = (await target.observe(doors, before.memory, context)) as FrigateAnswers;
    const took = (performance.now() - begun) / 1000;
    const assessed = assess(target, before, answers, { now: now(), clockJumpedAt: null, wishes: [], receipts });
    before = { state: assessed.decision.state, memory: assessed.memory };
    receipts = [];
    for (const order of assessed.decision.orders) {
      orders.push(order);
      receipts.push(await target.carryOut(order, assessed.facts, doors, context));
    }
    const finding = (check: string, member?: string) =>
      assessed.looked.findings.find((one) => one.check === check && (one.member ?? undefined) === member);
    return { ...assessed, answers, took, finding };
  };
  const looks = async (count: number) => {
    const seen: Look[] = [];
    for (let i = 0; i < count; i += 1) {
      pass(EVERY_SECONDS);
      seen.push(await look());
    }
    return seen;
  };
  return { look, looks, orders, lines, memory: () => before.memory as FrigateMemory | null };
}
