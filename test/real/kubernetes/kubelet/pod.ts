/** A pod: its own network, its containers, its end, and what is told of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ip, podAddress } from '../network.ts';
import { type Condition, type Pod as PodObject, stamp } from '../objects.ts';
import { pause } from '../pause.ts';
import { type Container, openContainer } from './container.ts';
import type { KubeletSettings } from './settings.ts';

export interface Pod {
  uid: string;
  /** Its network namespace. */
  netns: string;
  name: string;
  namespace: string;
  containers: readonly Container[];
  /** Stops it within its grace; resolves when nothing of it runs. */
  stop(graceSeconds: number): Promise<void>;
  isStopping(): boolean;
  /** What the kubelet says of it now. */
  status(): Record<string, unknown>;
  isReady(): boolean;
}

/** Sandbox and volumes take a moment. */
const CREATING_SECONDS = 0.5;

export function openPod(object: PodObject, host: number, settings: KubeletSettings): Pod {
  const { uid, name, namespace = 'default' } = object.metadata;
  const short = uid.replaceAll('-', '').slice(0, 10);
  const netns = `pod-${short}`;
  const address = podAddress(settings.index, host);
  const begunAt = stamp();
  const since = new Map<string, { status: string; at: string }>();
  let phase = 'Pending';
  let stopping: Promise<void> | null = null;
  let hasAddress = false;

  const env = {
    HOSTNAME: name,
    NAMESPACE: namespace,
    CONTROL_SOCKET: join(settings.folder, `${uid}.sock`),
    VOLUME: join(settings.folder, `${namespace}.json`),
  };
  const restarts = object.spec.restartPolicy !== 'Never';
  const surroundings = { namespace: netns, address, env, restarts, isStopping: () => stopping !== null };
  const containers = object.spec.containers.map((spec) => openContainer(spec, surroundings));

  async function begin(): Promise<void> {
    await pause(CREATING_SECONDS);
    if (stopping !== null) return;
    ip('netns', 'add', netns);
    ip('link', 'add', `p${short}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns);
    ip('link', 'set', `p${short}`, 'master', 'pods', 'up');
    ip('-n', netns, 'link', 'set', 'lo', 'up');
    ip('-n', netns, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', netns, 'link', 'set', 'eth0', 'up');
    ip('-n', netns, 'route', 'add', 'default', 'via', podAddress(settings.index, 1));
    hasAddress = true;
    for (const container of containers) container.start();
  }

  async function end(graceSeconds: number): Promise<void> {
    const begun = performance.now();
    const isRunning = () => containers.some((one) => one.isRunning());
    for (const one of containers) one.signal('SIGTERM');
    while (isRunning() && performance.now() - begun < graceSeconds * 1000) await pause(0.1);
    while (isRunning()) {
      for (const one of containers) one.signal('SIGKILL');
      await pause(0.2);
    }
    if (existsSync(`/run/netns/${netns}`)) ip('netns', 'del', netns);
  }

  const isReady = () => phase === 'Running' && containers.every((one) => one.isReady());

  function condition(type: string, isSo: boolean, reason: string | null = null): Condition {
    const status = isSo ? 'True' : 'False';
    const before = since.get(type);
    const at = before?.status === status ? before.at : stamp();
    since.set(type, { status, at });
    return { type, status, reason, message: null, lastTransitionTime: at };
  }

  void begin();
  return {
    uid,
    netns,
    name,
    namespace,
    containers,
    isReady,
    isStopping: () => stopping !== null,
    stop: (graceSeconds) => {
      stopping ??= end(graceSeconds);
      return stopping;
    },
    status: () => {
      const told = containers.map((one) => one.status());
      const isOver = told.every(({ state }) => state.terminated !== undefined) && (stopping !== null || !restarts);
      if (isOver) phase = told.every(({ state }) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
      else if (told.some(({ containerID }) => containerID !== undefined)) phase = 'Running';
      const why = isReady() ? null : 'ContainersNotReady';
      return {
        phase,
        hostIP: settings.address,
        startTime: begunAt,
        conditions: [
          condition('PodReadyToStartContainers', hasAddress),
          condition('Initialized', true),
          condition('Ready', isReady(), why),
          condition('ContainersReady', isReady(), why),
        ],
        containerStatuses: told,
        // A strategic merge would keep an address that is already there.
        ...(hasAddress ? { podIP: address, podIPs: [{ $patch: 'replace' }, { ip: address }] } : {}),
      };
    },
  };
}
