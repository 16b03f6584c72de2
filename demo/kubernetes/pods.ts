/** The life of a pod: scheduled, started, ready, told to stop, gone. Plays the scheduler and the kubelet. */

import { type Condition, type ContainerStatus, type Pod, type ReplicaSet, setCondition, stamp } from './objects.ts';
import { type Cluster, digest, keyOf, newMetadata, plan, suffix, touch } from './state.ts';

export function createPod(cluster: Cluster, replicaSet: ReplicaSet): Pod {
  const { namespace, name, uid } = replicaSet.metadata;
  const { template } = replicaSet.spec;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true, blockOwnerDeletion: true };
  const ending = suffix(`${uid} ${cluster.count}`, 5);
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...newMetadata(cluster, { name: `${name}-${ending}`, namespace }),
      generateName: `${name}-`,
      generation: 1,
      labels: { ...template.metadata.labels },
      ...(template.metadata.annotations ? { annotations: { ...template.metadata.annotations } } : {}),
      ownerReferences: [owner],
    },
    spec: structuredClone(template.spec),
    status: { phase: 'Pending', conditions: [], qosClass: 'BestEffort' },
  };
  cluster.pods.set(keyOf(pod), pod);
  schedulePod(cluster, pod);
  return pod;
}

/** Binds a waiting pod to the first node that takes it, or says why none does. */
export function schedulePod(cluster: Cluster, pod: Pod): void {
  if (pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  const node = [...cluster.nodes.values()].find(
    (each) =>
      isNodeReady(cluster, each.metadata.name) &&
      each.spec.unschedulable !== true &&
      wanted.every(([key, value]) => each.metadata.labels[key] === value),
  );
  touch(cluster, pod);
  if (!node) {
    const why = "no node is ready, schedulable and fits the pod's node selector";
    const message = `0/${cluster.nodes.size} nodes are available: ${why}.`;
    setPodCondition(cluster, pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message });
    return;
  }
  pod.spec.nodeName = node.metadata.name;
  pod.status.startTime = stamp(cluster.time);
  pod.status.hostIP = node.status.addresses[0]?.address ?? '';
  const waiting = { reason: 'ContainerCreating' };
  pod.status.containerStatuses = pod.spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting },
    lastState: {},
  }));
  setPodCondition(cluster, pod, { type: 'PodScheduled', status: 'True' });
  setPodCondition(cluster, pod, { type: 'Initialized', status: 'True' });
  setReady(cluster, pod, false);
  plan(cluster, 'start', pod, cluster.pace.startSeconds);
}

/** The container runs, the first time or once more. */
export function startPod(cluster: Cluster, pod: Pod): void {
  const status = pod.status.containerStatuses?.[0];
  if (!status || status.state.running || pod.metadata.deletionTimestamp !== undefined) return;
  if (status.lastState.terminated) status.restartCount += 1;
  cluster.count += 1;
  status.containerID = `containerd://${digest(`container ${cluster.count}`)}`;
  status.imageID = `${status.image.split(':')[0]}@sha256:${digest(status.image)}`;
  status.state = { running: { startedAt: stamp(cluster.time) } };
  pod.status.phase = 'Running';
  pod.status.podIP ??= `10.42.0.${10 + (cluster.count % 240)}`;
  pod.status.podIPs = [{ ip: pod.status.podIP }];
  setPodCondition(cluster, pod, { type: 'PodReadyToStartContainers', status: 'True' });
  touch(cluster, pod);
  const owner = deploymentKeyOf(cluster, pod);
  if (cluster.switches.crashing.has(owner)) {
    endContainer(cluster, pod, 1, 'Error');
    return;
  }
  status.started = true;
  cluster.hooks.onPodStarted(structuredClone(pod));
  if (!cluster.switches.neverReady.has(owner)) plan(cluster, 'ready', pod, cluster.pace.readySeconds);
}

/** The container ended by itself; the kubelet starts it again, later each time if it keeps crashing. */
export function endContainer(cluster: Cluster, pod: Pod, exitCode: number, reason: string): void {
  const status = pod.status.containerStatuses?.[0];
  if (!status?.state.running) return;
  const terminated = {
    exitCode,
    reason,
    startedAt: status.state.running.startedAt,
    finishedAt: stamp(cluster.time),
    containerID: status.containerID ?? '',
  };
  const crashing = cluster.switches.crashing.has(deploymentKeyOf(cluster, pod));
  // The kubelet's back-off: 10 s, doubled up to 300 s.
  const pause = crashing ? Math.min(300, 10 * 2 ** status.restartCount) : 1;
  const message = `back-off ${pause}s restarting failed container=${status.name} pod=${pod.metadata.name}`;
  status.lastState = { terminated };
  status.state = crashing ? { waiting: { reason: 'CrashLoopBackOff', message } } : { terminated };
  // A container that crashed at its very start was never told of.
  const told = status.started;
  status.started = false;
  setReady(cluster, pod, false);
  if (told) cluster.hooks.onPodStopped(structuredClone(pod));
  plan(cluster, 'start', pod, pause);
}

export function readyPod(cluster: Cluster, pod: Pod): void {
  if (!pod.status.containerStatuses?.[0]?.state.running || pod.metadata.deletionTimestamp !== undefined) return;
  setReady(cluster, pod, true);
}

/** Marks the pod; its kubelet does the rest, if it lives. */
export function deletePod(cluster: Cluster, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  const grace = pod.spec.terminationGracePeriodSeconds;
  pod.metadata.deletionGracePeriodSeconds = grace;
  pod.metadata.deletionTimestamp = stamp(cluster.time + grace);
  touch(cluster, pod);
  plan(cluster, 'stop', pod, 0);
}

export function stopPod(cluster: Cluster, pod: Pod): void {
  if (pod.status.containerStatuses?.[0]?.state.running) cluster.hooks.onPodStopped(structuredClone(pod));
  plan(cluster, 'gone', pod, pod.spec.nodeName === undefined ? 0 : cluster.pace.stopSeconds);
}

export function setReady(cluster: Cluster, pod: Pod, ready: boolean): void {
  const status: ContainerStatus | undefined = pod.status.containerStatuses?.[0];
  if (status) status.ready = ready;
  const reason = ready ? {} : { reason: 'ContainersNotReady', message: 'containers with unready status: [frigate]' };
  for (const type of ['Ready', 'ContainersReady']) {
    setPodCondition(cluster, pod, { type, status: ready ? 'True' : 'False', ...reason });
  }
  touch(cluster, pod);
}

export function setPodCondition(cluster: Cluster, pod: Pod, next: Omit<Condition, 'lastTransitionTime'>): void {
  setCondition(pod.status.conditions, next, cluster.time);
}

export function isNodeReady(cluster: Cluster, name: string | undefined): boolean {
  const conditions = cluster.nodes.get(name ?? '')?.status.conditions ?? [];
  return conditions.some((each) => each.type === 'Ready' && each.status === 'True');
}

export function isPodReady(pod: Pod): boolean {
  return pod.status.conditions.some((each) => each.type === 'Ready' && each.status === 'True');
}

/** `namespace/name` of the Deployment that a pod belongs to. */
export function deploymentKeyOf(cluster: Cluster, pod: Pod): string {
  const owner = pod.metadata.ownerReferences?.[0]?.name ?? '';
  const replicaSet = cluster.replicaSets.get(`${pod.metadata.namespace}/${owner}`);
  return `${pod.metadata.namespace}/${replicaSet?.metadata.ownerReferences?.[0]?.name ?? ''}`;
}
