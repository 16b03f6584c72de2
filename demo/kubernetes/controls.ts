/** The switches of the simulated cluster: what a person, a kubelet or bad luck would do to it. */

import { patchDeployment } from './deployments.ts';
import { bootId, setNodeReady, setNodeSystem } from './nodes.ts';
import type { ConfigMap, Deployment, Lease, Node, Pod } from './objects.ts';
import { endContainer, readyPod } from './pods.ts';
import { podsOf } from './rollout.ts';
import { type Cluster, keyOf, newMetadata, plan, signWrite } from './state.ts';
import { settle } from './transitions.ts';

/** Deployments are named `namespace/name`; without a name the first one is meant. Answers are copies. */
export interface Controls {
  deployment(key?: string): Deployment;
  pods(key?: string): Pod[];
  node(name?: string): Node;
  configMap(namespace: string, name: string): ConfigMap | null;
  /** Writes a ConfigMap as somebody else would, e.g. a CronJob with kubectl. */
  writeConfigMap(namespace: string, name: string, content: Record<string, string>, manager?: string): void;
  lease(namespace: string, name: string): Lease | null;
  /** Writes a Lease as somebody else would: an empty one is shipped, another Warden fills it. */
  writeLease(namespace: string, name: string, content?: Partial<Pick<Lease, 'spec'>> & LeaseNotes): void;
  deleteLease(namespace: string, name: string): void;
  scale(replicas: number, key?: string): void;
  /** An autoscaler of that name may run so many pods of the Deployment. */
  autoscale(maxReplicas: number, key?: string): void;
  pause(paused: boolean, key?: string): void;
  /** Somebody else's restart, by its time; seen as such by its field manager. */
  restartByHand(restartedAt: string, key?: string): void;
  /** The container crashes at once and at every start, until switched off. */
  setCrashLoop(on: boolean, key?: string): void;
  /** The container runs and never becomes Ready. */
  setNeverReady(on: boolean, key?: string): void;
  /** A restart is accepted and no controller acts on it. */
  setFrozen(on: boolean, key?: string): void;
  /** The container ends by itself and is started again in the same pod. */
  exitContainer(exit?: { exitCode?: number; reason?: string }, key?: string): void;
  setNodeReady(ready: boolean, name?: string): void;
  /** No connection to the node comes about; the node controller has not noticed it yet. */
  setNodeCut(on: boolean, name?: string): void;
  setUnschedulable(on: boolean, name?: string): void;
  setNodeLabels(labels: Record<string, string>, name?: string): void;
  setKubeletVersion(version: string, name?: string): void;
  /** A new boot id, as after a reboot. */
  rebootNode(name?: string): void;
}

interface LeaseNotes {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export function createControls(cluster: Cluster, now: () => number): Controls {
  let boots = 0;

  /** Every switch acts at the present time, after all that was due before it. */
  function at<T>(change: () => T): T {
    settle(cluster, now());
    const result = change();
    settle(cluster, now());
    return result;
  }

  const deploymentAt = (key?: string) => first(cluster.deployments, key);
  const nodeAt = (name?: string) => first(cluster.nodes, name);

  function toggle(set: Set<string>, key: string | undefined, on: boolean): Deployment {
    const deployment = deploymentAt(key);
    if (on) set.add(keyOf(deployment));
    else set.delete(keyOf(deployment));
    plan(cluster, 'reconcile', deployment, 0);
    return deployment;
  }

  return {
    ...nodeControls(cluster, at, nodeAt, () => {
      boots += 1;
      return boots;
    }),
    deployment: (key) => at(() => structuredClone(deploymentAt(key))),
    pods: (key) => at(() => structuredClone(podsOf(cluster, deploymentAt(key)))),
    configMap: (namespace, name) => at(() => structuredClone(cluster.configMaps.get(`${namespace}/${name}`) ?? null)),
    writeConfigMap: (namespace, name, content, manager = 'kubectl-patch') =>
      at(() => {
        const old = cluster.configMaps.get(`${namespace}/${name}`);
        const { resourceVersion, ...created } = newMetadata(cluster, { name, namespace });
        const metadata = { ...(old?.metadata ?? created), resourceVersion };
        const map: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { ...old?.data, ...content } };
        signWrite(cluster, map.metadata, 'v1', manager);
        cluster.configMaps.set(keyOf(map), map);
      }),
    ...leaseControls(cluster, at),
    scale: (replicas, key) =>
      at(() => void patchDeployment(cluster, deploymentAt(key), { spec: { replicas } }, 'kubectl')),
    autoscale: (maxReplicas, key) =>
      at(() => {
        const { name, namespace } = deploymentAt(key).metadata;
        const metadata = newMetadata(cluster, { name, namespace });
        const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
        cluster.autoscalers.set(`${namespace}/${name}`, {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata,
          spec: { scaleTargetRef, minReplicas: 1, maxReplicas },
        });
      }),
    pause: (paused, key) =>
      at(() => void patchDeployment(cluster, deploymentAt(key), { spec: { paused: paused ? true : null } }, 'kubectl')),
    restartByHand: (restartedAt, key) =>
      at(() => {
        const annotations = { 'kubectl.kubernetes.io/restartedAt': restartedAt };
        const patch = { spec: { template: { metadata: { annotations } } } };
        patchDeployment(cluster, deploymentAt(key), patch, 'kubectl-rollout');
      }),
    setCrashLoop: (on, key) =>
      at(() => {
        const deployment = toggle(cluster.switches.crashing, key, on);
        if (on) for (const pod of podsOf(cluster, deployment)) endContainer(cluster, pod, 1, 'Error');
      }),
    setNeverReady: (on, key) =>
      at(() => {
        const deployment = toggle(cluster.switches.neverReady, key, on);
        if (!on) for (const pod of podsOf(cluster, deployment)) readyPod(cluster, pod);
      }),
    setFrozen: (on, key) => at(() => void toggle(cluster.switches.frozen, key, on)),
    exitContainer: ({ exitCode = 0, reason = 'Completed' } = {}, key) =>
      at(() => {
        for (const pod of podsOf(cluster, deploymentAt(key))) endContainer(cluster, pod, exitCode, reason);
        plan(cluster, 'reconcile', deploymentAt(key), 0);
      }),
  };
}

function leaseControls(
  cluster: Cluster,
  at: <T>(change: () => T) => T,
): Pick<Controls, 'lease' | 'writeLease' | 'deleteLease'> {
  return {
    lease: (namespace, name) => at(() => structuredClone(cluster.leases.get(`${namespace}/${name}`) ?? null)),
    writeLease: (namespace, name, { spec, ...notes } = {}) =>
      at(() => {
        const old = cluster.leases.get(`${namespace}/${name}`);
        const { resourceVersion, ...created } = newMetadata(cluster, { name, namespace });
        const metadata = { ...(old?.metadata ?? created), resourceVersion, ...notes };
        const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata } as const;
        cluster.leases.set(keyOf(lease), { ...lease, spec: spec ?? old?.spec ?? {} });
      }),
    deleteLease: (namespace, name) => at(() => void cluster.leases.delete(`${namespace}/${name}`)),
  };
}

type NodeControl =
  | 'node'
  | 'setNodeReady'
  | 'setNodeCut'
  | 'setUnschedulable'
  | 'setNodeLabels'
  | 'setKubeletVersion'
  | 'rebootNode';

function nodeControls(
  cluster: Cluster,
  at: <T>(change: () => T) => T,
  nodeAt: (name?: string) => Node,
  nextBoot: () => number,
): Pick<Controls, NodeControl> {
  return {
    node: (name) => at(() => structuredClone(nodeAt(name))),
    setNodeReady: (ready, name) => at(() => setNodeReady(cluster, nodeAt(name), ready)),
    setNodeCut: (on, name) =>
      at(() => {
        const node = nodeAt(name).metadata.name;
        if (on) cluster.switches.cut.add(node);
        else cluster.switches.cut.delete(node);
      }),
    setUnschedulable: (on, name) =>
      at(() => {
        const node = nodeAt(name);
        if (on) node.spec.unschedulable = true;
        else delete node.spec.unschedulable;
        setNodeSystem(cluster, node, {});
      }),
    setNodeLabels: (labels, name) =>
      at(() => {
        const node = nodeAt(name);
        node.metadata.labels = { 'kubernetes.io/hostname': node.metadata.name, ...labels };
        setNodeSystem(cluster, node, {});
      }),
    setKubeletVersion: (kubeletVersion, name) => at(() => setNodeSystem(cluster, nodeAt(name), { kubeletVersion })),
    rebootNode: (name) =>
      at(() => {
        const node = nodeAt(name);
        setNodeSystem(cluster, node, { bootID: bootId(node.metadata.name, nextBoot()) });
      }),
  };
}

function first<T>(all: Map<string, T>, key: string | undefined): T {
  const found = key === undefined ? all.values().next().value : all.get(key);
  if (!found) throw new Error(`The simulated cluster holds no ${key ?? 'object of this kind'}.`);
  return found;
}
