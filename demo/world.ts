/**
 * The whole product with a simulated world around it: Frigate, Kubernetes and a broker over real sockets, watched
 * through the doors of production. Only the clock is the demo's own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPublishing } from '../src/cli/publishing.ts';
import { steadySeconds } from '../src/doors/clock.ts';
import { openHttp } from '../src/doors/http.ts';
import { openKubernetes } from '../src/doors/kubernetes/index.ts';
import { openMqtt } from '../src/doors/mqtt.ts';
import type { Log, MqttDoor, MqttMessage } from '../src/doors/ports.ts';
import { openStore } from '../src/doors/store/index.ts';
import { run, type World, watch } from '../src/loop.ts';
import { checkOptions, type Options } from '../src/options.ts';
import type { View } from '../src/publish/view.ts';
import { targetsOf } from '../src/targets/index.ts';
import { startBroker } from './broker.ts';
import type { FastClock } from './clock.ts';
import { logOf } from './frigate/log.ts';
import { newFrigate, type SimulatedFrigate, start, stop as stopFrigate } from './frigate/model.ts';
import { startFrigate } from './frigate/server.ts';
import { type SimulatedKubernetes, startKubernetes } from './kubernetes/index.ts';

export const CAMERAS = ['doorbell', 'driveway', 'garden', 'garage', 'terrace'] as const;

/** What a story may lay hands on. */
export interface House {
  now(): number;
  frigate: SimulatedFrigate;
  cluster: SimulatedKubernetes;
  /** Presses a button in Home Assistant: a command over MQTT. */
  press(button: string): void;
}

export interface Heard {
  /** After each look, before anything of it is published. */
  onTurn(view: View): void;
  /** What a subscriber of the broker gets, as Home Assistant does. */
  onMessage(message: MqttMessage): void;
  /** What the product would have written in its log as a warning or an error. */
  onWarning(sentence: string): void;
}

export interface OpenHouse extends House {
  /** Where the product keeps its state. */
  folder: string;
  /** Resolves when the loop was stopped; rejects when something impossible happened. */
  ended: Promise<void>;
  /** Ends everything, in order, and leaves nothing behind. */
  close(): Promise<void>;
}

const DAY_SECONDS = 86_400;
const TIMEOUT_SECONDS = 8;
const LEAVE_SECONDS = 1.5;

/** A Frigate that has run well for a day, on one node, with a Warden that looks at it for the first time. */
export async function openHouse(clock: FastClock, heard: Heard, signal: AbortSignal): Promise<OpenHouse> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    const stop = new AbortController();
    const log = quietLog(heard.onWarning);
    const simulated = await simulate(clock, closers);
    const home = await listen(simulated.broker.port, log, heard, closers);
    const warden = startWarden({ ...simulated, clock, heard, log, stop, closers });
    const leave = () => stop.abort();
    signal.addEventListener('abort', leave, { once: true });
    closers.push(() => signal.removeEventListener('abort', leave));
    if (signal.aborted) leave();
    return {
      now: clock.now,
      frigate: simulated.frigate,
      cluster: simulated.cluster,
      press: (button) => {
        void home.publish(`frigate_warden/frigate/${button}/set`, 'PRESS', { retain: false, qos: 1 });
      },
      ...warden,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Frigate runs in a pod of the simulated cluster: with the pod it stops and starts. */
async function simulate(clock: FastClock, closers: (() => unknown)[]) {
  const frigate = newFrigate(CAMERAS, clock.now() - DAY_SECONDS);
  const cluster = await startKubernetes({
    now: clock.now,
    ageSeconds: DAY_SECONDS,
    nodes: [{ name: 'nuc' }],
    deployments: [{ namespace: 'frigate', name: 'frigate', image: 'ghcr.io/blakeblackshear/frigate:0.17.2' }],
    onPodStarted: (pod) => {
      const startedAt = pod.status.containerStatuses?.[0]?.state.running?.startedAt;
      start(frigate, startedAt === undefined ? clock.now() : Date.parse(startedAt) / 1000);
    },
    onPodStopped: () => stopFrigate(frigate, clock.now()),
    log: () => logOf(frigate, clock.now()),
  });
  closers.push(cluster.close);
  const nowInCluster = () => {
    // What is due in the cluster has happened before Frigate is asked.
    cluster.tick();
    return clock.now();
  };
  const server = await startFrigate(frigate, nowInCluster);
  closers.push(server.close);
  cluster.openPort(5000, server.url);
  const broker = await startBroker();
  closers.push(broker.close);
  return { frigate, cluster, server, broker };
}

/** A client of the broker in Home Assistant's place. Resolves when it hears. */
async function listen(port: number, log: Log, heard: Heard, closers: (() => unknown)[]): Promise<MqttDoor> {
  const home = openMqtt(
    { host: '127.0.0.1', port, tls: false },
    { log, clientId: 'home_assistant_of_the_demo', will: { topic: 'demo/status', payload: 'offline' } },
  );
  closers.push(() => home.close(LEAVE_SECONDS));
  home.subscribe(['frigate_warden/#', 'homeassistant/#'], heard.onMessage);
  await new Promise<void>((resolve) => home.onConnect(resolve));
  return home;
}

interface Parts {
  clock: FastClock;
  heard: Heard;
  log: Log;
  stop: AbortController;
  closers: (() => unknown)[];
  cluster: SimulatedKubernetes;
  server: { url: string };
  broker: { port: number };
}

/** As `run` starts it, with every option at its default. */
function startWarden({
  clock,
  heard,
  log,
  stop,
  closers,
  cluster,
  server,
  broker,
}: Parts): Pick<OpenHouse, 'ended' | 'folder'> {
  const options = optionsFor({ cluster, server, broker });
  const { token } = cluster;
  const settings = { from: 'settings', server: cluster.url, token, certificateAuthority: undefined } as const;
  const http = openHttp();
  const kubernetes = openKubernetes(settings, { log, timeoutSeconds: TIMEOUT_SECONDS });
  closers.push(() => kubernetes.close());
  const folder = mkdtempSync(join(tmpdir(), 'frigate-warden-demo-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const store = openStore({ folder, log });
  closers.push(() => store.close());

  const targets = targetsOf(options);
  const publishing = openPublishing({ options, targets, http, store, log, stop: stop.signal });
  closers.push(() => publishing.close(LEAVE_SECONDS));
  const world: World = {
    doors: { http, kubernetes, tcp: null, mailbox: null },
    clock,
    store,
    log,
    publish: (view, turnSeconds) => {
      heard.onTurn(view);
      publishing.publish(view, turnSeconds);
    },
    steady: steadySeconds,
    wait: clock.wait,
    deadline: clock.deadline,
  };
  const loop = run(
    targets.map((target) => watch(target, world)),
    world,
    stop.signal,
  );
  // Closing waits for the turn that is under way; how it ended is told by `ended`.
  closers.push(async () => {
    stop.abort();
    await Promise.allSettled([loop.ended]);
  });
  publishing.start(loop.wish);
  return { ended: loop.ended, folder };
}

function optionsFor({ cluster, server, broker }: Pick<Parts, 'cluster' | 'server' | 'broker'>): Options {
  const answer = checkOptions(
    {
      frigates: [{ name: 'Frigate', url: server.url, namespace: 'frigate' }],
      kubernetes: { server: cluster.url, token: cluster.token },
      mqtt: { host: '127.0.0.1', port: broker.port },
    },
    'the demo',
  );
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  return answer.options;
}

/** The view tells what changed; only what it cannot know comes from the log. */
function quietLog(onWarning: (sentence: string) => void): Log {
  const silent = () => undefined;
  return { debug: silent, info: silent, warn: onWarning, error: onWarning };
}
