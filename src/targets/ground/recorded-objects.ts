/** Recorded API objects made whole: what people trim away, whose the pods are, and a well cluster to stand in. Pure. */

import type { ObjectName } from '../../doors/ports.ts';
import { type Fields, isFields } from './fields.ts';

/** What is known of the moment besides the objects. */
export interface RecordedMoment {
  /** Time of the look. */
  at: number;
  workload: ObjectName;
  /** Start of the container where no object says it. */
  startedAt: number;
  /** Of that container. */
  image: string;
  /** The how manieth start of the recording that is, from 0. */
  run: number;
  /** Restart times of the shared ledger where no object holds it. */
  restarts: readonly number[];
}

const LONG_SECONDS = 30 * 86_400;
const UID = 'recorded-workload';

export function pretendedWorkload({ name, namespace }: ObjectName): Fields {
  return {
    metadata: { name, namespace, uid: UID, resourceVersion: '1', generation: 1 },
    spec: { replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: { app: name } } },
  };
}

/** Running and Ready since its container started; a restart policy is every pod's own. */
export function pretendedPod({ startedAt, run, workload, image }: RecordedMoment): Fields {
  const since = stamp(startedAt);
  const { name, namespace } = workload;
  return {
    metadata: { name: `${name}-0`, namespace, uid: 'recorded-pod', creationTimestamp: stamp(startedAt - LONG_SECONDS) },
    spec: { nodeName: 'node-1', restartPolicy: 'Always', containers: [{ name, image }] },
    status: {
      phase: 'Running',
      startTime: since,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
      containerStatuses: [
        {
          name,
          image,
          containerID: `recorded-run-${run}`,
          ready: true,
          restartCount: run,
          state: { running: { startedAt: since } },
        },
      ],
    },
  };
}

export function pretendedNode(name: string, { startedAt }: RecordedMoment): Fields {
  const long = stamp(startedAt - LONG_SECONDS);
  return {
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: long }] },
  };
}

/** With the names that rules stand on, and a status where somebody has cut it away. */
export function wholeWorkload(object: Fields, { kind, name }: ObjectName, pods: readonly Fields[]): Fields {
  const metadata = { name, uid: UID, resourceVersion: '1', generation: 1, ...fieldsOf(object.metadata) };
  const spec = { ...fieldsOf(object.spec) };
  const status = fieldsOf(object.status);
  // The API leaves out counts of zero, but never the generation that a status is of.
  if (status.observedGeneration !== undefined) return { ...object, metadata, spec, status };
  const replicas = kind === 'daemonset' ? Math.max(1, pods.length) : (spec.replicas ?? 1);
  const ready = status.readyReplicas ?? status.availableReplicas ?? pods.filter(isReady).length;
  const counts =
    kind === 'daemonset'
      ? {
          desiredNumberScheduled: replicas,
          currentNumberScheduled: replicas,
          updatedNumberScheduled: replicas,
          numberReady: ready,
          numberAvailable: ready,
        }
      : {
          replicas: Math.max(pods.length, Number(replicas)),
          updatedReplicas: Math.max(pods.length, Number(replicas)),
          readyReplicas: ready,
          availableReplicas: ready,
        };
  const settled = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' };
  const whole = { conditions: [settled], ...counts, ...status, observedGeneration: metadata.generation };
  return { ...object, metadata, spec, status: whole };
}

/** With a name, containers and a state for each, as far as the rest of the pod tells them. */
export function wholePod(pod: Fields, index: number, { startedAt, image, workload }: RecordedMoment): Fields {
  const given = fieldsOf(pod.metadata);
  const name = typeof given.name === 'string' ? given.name : `recorded-${index}`;
  const [spec, status] = [fieldsOf(pod.spec), fieldsOf(pod.status)];
  const said = listOf(status.containerStatuses);
  const named = listOf(spec.containers);
  const containers = named.length > 0 ? named : said.map((one) => ({ name: one.name, image: one.image }));
  const stands = containers.length > 0 ? containers : [{ name: workload.name, image }];
  const isRunning = status.phase === undefined || status.phase === 'Running';
  const since = status.startTime ?? given.creationTimestamp ?? stamp(startedAt);
  const conditions = listOf(status.conditions);
  const wholeStatuses =
    said.length > 0
      ? said.map((one) => withStart(one, since))
      : isRunning
        ? stands.map((one) => ({
            name: one.name,
            ready: true,
            restartCount: 0,
            state: { running: { startedAt: since } },
          }))
        : [];
  const isWell = isRunning && wholeStatuses.every((one) => one.ready !== false);
  const isTold = conditions.some((one) => one.type === 'Ready') || status.phase === 'Pending';
  const told = isTold ? [] : [{ type: 'Ready', status: isWell ? 'True' : 'False', lastTransitionTime: since }];
  return {
    ...pod,
    metadata: { uid: `uid-${name}`, ...given, name },
    spec: { nodeName: isRunning ? 'node-1' : undefined, ...spec, containers: stands },
    status: { phase: 'Running', ...status, conditions: [...conditions, ...told], containerStatuses: wholeStatuses },
  };
}

function withStart(status: Fields, since: unknown): Fields {
  const state = fieldsOf(status.state);
  if (!isFields(state.running) || typeof state.running.startedAt === 'string') return status;
  return { ...status, state: { running: { startedAt: since } } };
}

function isReady(pod: Fields): boolean {
  return listOf(fieldsOf(pod.status).conditions).some((one) => one.type === 'Ready' && one.status === 'True');
}

/** Every pod of a recording is the workload's own: where its owner was not kept, one is made. */
export function ownersOf(
  workload: unknown,
  kind: ObjectName['kind'],
  pods: readonly Fields[],
): { pods: readonly Fields[]; replicaSets: readonly Fields[] } {
  const { uid } = fieldsOf(fieldsOf(workload).metadata);
  const owner = (one: unknown) => [{ kind: 'Owner', name: 'owner', uid: one, controller: true }];
  if (kind !== 'deployment') {
    return { pods: pods.map((pod) => withOwners(pod, owner(uid))), replicaSets: [] };
  }
  const sets = pods.map((pod) => controllerOf(pod) ?? `${String(uid)}-set`);
  return {
    pods: pods.map((pod, index) => withOwners(pod, owner(sets[index]))),
    replicaSets: [...new Set(sets)].map((set) => ({ metadata: { uid: set, ownerReferences: owner(uid) } })),
  };
}

function withOwners(pod: Fields, ownerReferences: readonly Fields[]): Fields {
  return { ...pod, metadata: { ...fieldsOf(pod.metadata), ownerReferences } };
}

function controllerOf(pod: Fields): string | null {
  const found = listOf(fieldsOf(pod.metadata).ownerReferences).find((one) => one.controller === true);
  return typeof found?.uid === 'string' ? found.uid : null;
}

/** The node of the newest pod that lives and has one, as the product chooses it. */
export function nodeNamed(pods: readonly Fields[]): string | undefined {
  const placed = pods.filter((pod) => typeof fieldsOf(pod.spec).nodeName === 'string');
  const newest = placed.toSorted((a, b) => createdAt(b) - createdAt(a));
  const chosen = newest.find((pod) => fieldsOf(pod.metadata).deletionTimestamp === undefined) ?? newest[0];
  return chosen && String(fieldsOf(chosen.spec).nodeName);
}

function createdAt(pod: Fields): number {
  return Date.parse(String(fieldsOf(pod.metadata).creationTimestamp)) || 0;
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function stamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
