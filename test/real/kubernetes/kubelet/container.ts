/** A container is a process in its pod's network, started again with the kubelet's back-off when it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { inside } from '../network.ts';
import { type ContainerSpec, type ContainerState, type ContainerStatus, type Ended, stamp } from '../objects.ts';
import { pause } from '../pause.ts';
import { programOf } from './images.ts';
import { type Journal, openJournal } from './journal.ts';
import { watchReadiness } from './readiness.ts';

/** What a container knows of its pod. */
export interface Surroundings {
  namespace: string;
  address: string;
  env: Readonly<Record<string, string>>;
  restarts: boolean;
  isStopping(): boolean;
}

export interface Container {
  spec: ContainerSpec;
  status(): ContainerStatus;
  /** Of its present run, or of the one before; null: there was none. */
  journal(previous: boolean): Journal | null;
  isRunning(): boolean;
  isReady(): boolean;
  start(): void;
  signal(signal: 'SIGTERM' | 'SIGKILL', reason?: string): void;
  /** While it is held, nothing ends it. */
  hold(on: boolean): void;
}

// Kubernetes source, pkg/kubelet/apis/config/v1beta1/defaults.go and pkg/kubelet/images.
const BACK_OFF = { first: 10, most: 300, forgottenAfter: 600 };
const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

export function openContainer(spec: ContainerSpec, pod: Surroundings): Container {
  const journals: Journal[] = [];
  let child: ChildProcess | null = null;
  let state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  let last: ContainerState = {};
  let restarts = 0;
  let ready = false;
  let id = '';
  let reason: string | null = null;
  let held = false;
  let backOff = 0;
  let begunAt = '';
  let begun = 0;

  const isRunning = () => state.running !== undefined;

  function run(): void {
    const program = programOf(spec.image);
    if (program === null) return void pull();
    const journal = openJournal();
    journals.push(journal);
    const [command = '', ...words] = [...inside(pod.namespace), ...program];
    const own = Object.fromEntries((spec.env ?? []).map(({ name, value = '' }) => [name, value]));
    const made = spawn(command, words, {
      env: { PATH: process.env.PATH, ...pod.env, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = made;
    id = `rig://${randomBytes(32).toString('hex')}`;
    [begunAt, begun, reason, ready] = [stamp(), performance.now(), null, false];
    state = { running: { startedAt: begunAt } };
    for (const stream of [made.stdout, made.stderr]) stream?.setEncoding('utf8').on('data', journal.write);
    made.once('close', (code, signal) => ended(made, signal ? 128 + (SIGNALS[signal] ?? 0) : (code ?? 1)));
    void watchReadiness(
      spec.readinessProbe,
      pod.address,
      () => child === made && isRunning(),
      (is) => {
        ready = is;
      },
    );
  }

  /** An image that cannot be pulled is tried again and again. */
  async function pull(): Promise<void> {
    const image = JSON.stringify(spec.image);
    while (!pod.isStopping()) {
      const message = `failed to pull and unpack image ${image}: not found`;
      state = { waiting: { reason: 'ErrImagePull', message } };
      await pause(2);
      state = { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image ${image}: ${message}` } };
      await pause(BACK_OFF.first);
    }
  }

  function ended(made: ChildProcess, exitCode: number): void {
    if (child !== made || !isRunning()) return;
    ready = false;
    const why = reason ?? (exitCode === 0 ? 'Completed' : 'Error');
    const end: Ended = { exitCode, reason: why, startedAt: begunAt, finishedAt: stamp(), containerID: id };
    state = { terminated: end };
    if (pod.restarts && !pod.isStopping()) void again(end);
  }

  async function again(end: Ended): Promise<void> {
    if ((performance.now() - begun) / 1000 > BACK_OFF.forgottenAfter) backOff = 0;
    // The first restart comes at once.
    const seconds = backOff === 0 ? 0 : Math.min(BACK_OFF.most, BACK_OFF.first * 2 ** (backOff - 1));
    backOff += 1;
    await pause(1);
    last = { terminated: end };
    if (seconds > 0 && !pod.isStopping()) {
      const message = `back-off ${seconds}s restarting failed container=${spec.name}`;
      state = { waiting: { reason: 'CrashLoopBackOff', message } };
      await pause(seconds);
    }
    if (pod.isStopping()) return;
    restarts += 1;
    run();
  }

  return {
    spec,
    isRunning,
    isReady: () => ready,
    journal: (previous) => (previous ? (restarts > 0 ? journals.at(-2) : null) : journals.at(-1)) ?? null,
    start: run,
    signal(signal, why) {
      if (held || !isRunning()) return;
      if (why !== undefined) reason = why;
      child?.kill(signal);
    },
    hold(on) {
      held = on;
    },
    status: () => ({
      name: spec.name,
      image: spec.image,
      imageID:
        programOf(spec.image) === null ? '' : `rig://sha256:${createHash('sha256').update(spec.image).digest('hex')}`,
      ...(id ? { containerID: id } : {}),
      ready,
      started: isRunning(),
      restartCount: restarts,
      state,
      lastState: last,
    }),
  };
}
