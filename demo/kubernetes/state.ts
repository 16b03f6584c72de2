/** What the simulated cluster holds: objects, the time, and what is due to happen to them. */

import { createHash } from 'node:crypto';
import type { Autoscaler, ConfigMap, Deployment, Lease, Metadata, Node, Pod, ReplicaSet } from './objects.ts';
import { stamp } from './objects.ts';

/** How long things take, in seconds. */
export interface Pace {
  /** From a change of a Deployment until its controller has seen it. */
  observeSeconds: number;
  /** From a pod's creation until its container runs. */
  startSeconds: number;
  /** From a running container until it is Ready. */
  readySeconds: number;
  /** From the order to stop until the pod object is gone. */
  stopSeconds: number;
  /** Toleration of a pod for a node that is not ready. */
  evictSeconds: number;
}

export interface DeploymentSettings {
  namespace: string;
  name: string;
  container?: string;
  image?: string;
  replicas?: number;
  strategy?: 'Recreate' | 'RollingUpdate';
  nodeSelector?: Record<string, string>;
  volumes?: readonly Record<string, unknown>[];
}

export interface NodeSettings {
  name: string;
  labels?: Record<string, string>;
}

export interface Hooks {
  /** A container of the pod runs, the first time or again. */
  onPodStarted(pod: Pod): void;
  /** The container was told to stop, or ended. */
  onPodStopped(pod: Pod): void;
}

/** For what something is wrong; Deployments in the form `namespace/name`. */
interface Switches {
  crashing: Set<string>;
  neverReady: Set<string>;
  frozen: Set<string>;
  /** Nodes to which no connection comes about, whatever Kubernetes has noticed of it. */
  cut: Set<string>;
}

export type DueKind = 'reconcile' | 'deadline' | 'start' | 'ready' | 'stop' | 'gone' | 'evict';

export interface Due {
  at: number;
  kind: DueKind;
  /** Key of the object that it happens to. */
  key: string;
  /** Its uid: nothing happens to a namesake. */
  uid: string;
}

/** A line as the container wrote it. */
export interface WrittenLine {
  at: number;
  text: string;
}

export interface Inside {
  /** All lines that any container has written, oldest first; which of them are a run's is told by their times. */
  log(): readonly WrittenLine[];
  /** Port of a pod → address of the server that stands for it. Nobody listens on another port. */
  ports: Map<number, string>;
}

/** A Service that leads to the pods of a Deployment. */
export interface ServiceSettings {
  namespace: string;
  name: string;
  port: number;
  /** The pods' port; without it the same. */
  targetPort?: number;
  /** Name of the Deployment; without it that of the Service. */
  deployment?: string;
}

export interface Cluster {
  /** Epoch seconds at which the present change happens. */
  time: number;
  revision: number;
  count: number;
  pace: Pace;
  hooks: Hooks;
  switches: Switches;
  due: Due[];
  deployments: Map<string, Deployment>;
  replicaSets: Map<string, ReplicaSet>;
  pods: Map<string, Pod>;
  nodes: Map<string, Node>;
  configMaps: Map<string, ConfigMap>;
  leases: Map<string, Lease>;
  autoscalers: Map<string, Autoscaler>;
  services: ServiceSettings[];
  inside: Inside;
}

export function createCluster(time: number, pace: Pace, hooks: Hooks): Cluster {
  return {
    time,
    revision: 1000,
    count: 0,
    pace,
    hooks,
    switches: { crashing: new Set(), neverReady: new Set(), frozen: new Set(), cut: new Set() },
    due: [],
    deployments: new Map(),
    replicaSets: new Map(),
    pods: new Map(),
    nodes: new Map(),
    configMaps: new Map(),
    leases: new Map(),
    autoscalers: new Map(),
    services: [],
    inside: { log: () => [], ports: new Map() },
  };
}

export function keyOf(object: { metadata: { name: string; namespace?: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** A new object's metadata. */
export function newMetadata<N extends { namespace?: string; name: string }>(
  cluster: Cluster,
  names: N,
): N & Pick<Metadata, 'uid' | 'resourceVersion' | 'creationTimestamp'> {
  cluster.count += 1;
  const hex = digest(`uid ${cluster.count}`);
  const uid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return {
    ...names,
    uid: uid.join('-'),
    resourceVersion: nextRevision(cluster),
    creationTimestamp: stamp(cluster.time),
  };
}

/** Marks an object as written. */
export function touch(cluster: Cluster, object: { metadata: Metadata }): void {
  object.metadata.resourceVersion = nextRevision(cluster);
}

/** Says who wrote, as the API keeps it. */
export function signWrite(cluster: Cluster, metadata: Metadata, apiVersion: string, manager: string): void {
  const others = (metadata.managedFields ?? []).filter((each) => each.manager !== manager);
  const time = stamp(cluster.time);
  const entry = { manager, operation: 'Update', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: {} } as const;
  metadata.managedFields = [...others, entry];
}

export function plan(cluster: Cluster, kind: DueKind, object: { metadata: Metadata }, afterSeconds: number): void {
  cluster.due.push({ at: cluster.time + afterSeconds, kind, key: keyOf(object), uid: object.metadata.uid });
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

// Kubernetes' own alphabet for generated names, without vowels: apimachinery, util/rand.
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** A generated name's ending. */
export function suffix(text: string, length: number): string {
  const bytes = createHash('sha256').update(text).digest();
  return Array.from({ length }, (_, index) => SAFE[(bytes[index] ?? 0) % SAFE.length]).join('');
}

function nextRevision(cluster: Cluster): string {
  cluster.revision += 1;
  return String(cluster.revision);
}
