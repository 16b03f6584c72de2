/** Is a rollout under way, done or failed: kubectl's formulas, and the two things that they pass over. */
import type { ObjectName } from '../../doors/ports.ts';
import type { Rollout } from '../../rules/types.ts';
import { selectorText, type WorkloadObject } from './objects.ts';
import { devicesOf, wantsOf } from './placement.ts';
import { chosenOf } from './pods.ts';
import type { GroundMemory, GroundSettings, PodFacts, WorkloadFacts } from './types.ts';

/** Two pods may share these without harm. */
const HARMLESS_PATHS: readonly string[] = ['/etc/localtime', '/etc/timezone'];

export function workloadFacts(settings: Omit<GroundSettings, 'ledger'>, object: WorkloadObject): WorkloadFacts {
  const { kind, name } = settings.workload;
  const { metadata, spec, status } = object;
  const strategy = kind === 'deployment' ? spec.strategy : spec.updateStrategy;
  const each = kind === 'daemonset';
  const replicas = each ? (status?.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);
  return {
    kind,
    name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation ?? 0,
    observedGeneration: status?.observedGeneration ?? 0,
    selector: selectorText(object),
    replicas,
    scaledToZero: !each && spec.replicas === 0,
    updated: (each ? status?.updatedNumberScheduled : status?.updatedReplicas) ?? 0,
    available: (each ? status?.numberAvailable : status?.availableReplicas) ?? 0,
    ready: (each ? status?.numberReady : status?.readyReplicas) ?? 0,
    total: (each ? status?.currentNumberScheduled : status?.replicas) ?? 0,
    terminating: status?.terminatingReplicas ?? 0,
    paused: spec.paused === true,
    progress: status?.conditions.find((one) => one.type === 'Progressing')?.reason ?? null,
    onDelete: strategy?.type === 'OnDelete',
    surge: surgeOf(kind, strategy, replicas),
    partition: (kind === 'statefulset' && strategy?.rollingUpdate?.partition) || 0,
    orderedReady: kind === 'statefulset' && spec.podManagementPolicy !== 'Parallel',
    sameRevision: status?.updateRevision !== undefined && status.updateRevision === status.currentRevision,
    sharedVolumes: sharedVolumes(object),
    exclusives: exclusives(object),
    wants: wantsOf(object),
    passingPaths: passingPaths(settings, object),
  };
}

/** A share of the pods rounds up: the default of 25 % starts a second pod beside a single one. */
function surgeOf(kind: ObjectName['kind'], strategy: WorkloadObject['spec']['strategy'], replicas: number): number {
  if (kind === 'statefulset' || (strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return 0;
  const most = strategy?.rollingUpdate?.maxSurge ?? (kind === 'deployment' ? '25%' : 0);
  if (typeof most === 'number') return most;
  const share = /^(\d+)%$/.exec(most)?.[1];
  return share === undefined ? 0 : Math.ceil((Number(share) * replicas) / 100);
}

/** Ports of a pod in the host's network are the host's own. */
function exclusives({ spec }: WorkloadObject): readonly string[] {
  const template = spec.template?.spec;
  const ports = (template?.containers ?? []).flatMap(({ ports: all }) => all.map(({ hostPort }) => hostPort ?? 0));
  return [
    ...Object.keys(devicesOf(template)).map((name) => `the device ${name}`),
    ...(template?.resourceClaims ?? []).map(({ name }) => `the device claim ${name}`),
    ...(template?.hostNetwork ? ["the host's network"] : []),
    ...[...new Set(ports)].filter((port) => port > 0).map((port) => `the host's port ${port}`),
  ];
}

function sharedVolumes({ spec }: WorkloadObject): readonly string[] {
  return (spec.template?.spec?.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [`the claim ${volume.persistentVolumeClaim.claimName}`];
    const path = volume.hostPath?.path;
    return path === undefined || HARMLESS_PATHS.includes(path) ? [] : [`the host's ${path}`];
  });
}

/**
 * Where the container's own volumes die with the pod: at a path of the product's, below it, or above it with no other
 * mount between.
 */
function passingPaths(
  { dataPaths, ...choice }: Pick<GroundSettings, 'container' | 'imageHint' | 'dataPaths'>,
  { spec }: WorkloadObject,
): readonly string[] {
  const { volumes = [], containers = [] } = spec.template?.spec ?? {};
  const passing = volumes.filter(({ emptyDir, ephemeral }) => emptyDir || ephemeral).map(({ name }) => name);
  const mounts = (chosenOf(containers, choice)?.volumeMounts ?? []).map(({ name, mountPath }) => ({
    path: mountPath.replace(/\/+$/, ''),
    isPassing: passing.includes(name),
  }));
  const found = dataPaths.flatMap((path) => {
    const [over] = mounts
      .filter((mount) => isWithin(path, mount.path))
      .toSorted((a, b) => b.path.length - a.path.length);
    const below = mounts.filter((mount) => mount.path !== path && mount.isPassing && isWithin(mount.path, path));
    return [...(over?.isPassing ? [path] : []), ...below.map((mount) => mount.path)];
  });
  return [...new Set(found)];
}

/** The same place, or one below it. */
function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

interface RolloutScene {
  workload: WorkloadFacts;
  /** Null where nobody could see them. */
  pods: readonly PodFacts[] | null;
  settled: GroundMemory['settled'];
  now: number;
  /** How long a new pod may take until it serves. */
  graceSeconds: number;
}

/**
 * `complete` is kubectl's "successfully rolled out" with no old pod left. A pod that loses its readiness later makes
 * kubectl's formula false again though nothing is rolled out: what was complete once in its generation stays so, and
 * new pods that are older than a start may take are waited for no more.
 */
export function rolloutOf({ workload, pods, settled, now, graceSeconds }: RolloutScene): {
  rollout: Rollout;
  complete: boolean;
} {
  const { kind, generation, observedGeneration } = workload;
  // The status is stale until then: conditions and counts are those of the template before.
  if (generation > observedGeneration) return underWay('The last change of the workload is not yet taken up.');
  if (workload.progress === 'ProgressDeadlineExceeded') {
    return {
      rollout: { state: 'failed', sentence: 'The last rollout did not come to an end in its time.' },
      complete: false,
    };
  }
  const dying = Math.max(workload.terminating, pods?.filter((pod) => pod.overdueAt !== null).length ?? 0);
  if (dying > 0) return underWay(`${plural(dying, 'old pod')} still stopping.`);
  if (workload.onDelete) return idle(true);
  const waiting = WAITING[kind](workload);
  if (waiting) return standsStill(workload, pods, now - graceSeconds) ? idle(false) : underWay(waiting);
  const unready = UNREADY[kind](workload);
  if (!unready) return idle(true);
  const wasComplete = settled?.uid === workload.uid && settled.generation === generation;
  if (wasComplete || workload.progress === 'NewReplicaSetAvailable' || workload.sameRevision) return idle(false);
  return isStarting(pods, now - graceSeconds) ? underWay(unready) : idle(false);
}

/**
 * In OrderedReady order a pod that is not ready is never replaced: a rollout that has come upon one goes on only when
 * somebody ends that pod, and nothing is under way until then.
 */
function standsStill({ orderedReady }: WorkloadFacts, pods: readonly PodFacts[] | null, since: number): boolean {
  const living = pods?.filter((pod) => pod.living) ?? [];
  return orderedReady && living.some(({ ready }) => !ready) && !isStarting(living, since);
}

/** One of the pods that do not serve was made since then; where pods or their ages are not seen, it may have been. */
function isStarting(pods: readonly PodFacts[] | null, since: number): boolean {
  const awaited = pods?.filter((pod) => pod.living && !pod.ready) ?? [];
  return awaited.length === 0 || awaited.some(({ createdAt }) => createdAt === null || createdAt > since);
}

type Formula = (workload: WorkloadFacts) => string | null;

/** Pods that are still of the old template. */
const WAITING: Record<ObjectName['kind'], Formula> = {
  deployment: ({ updated, replicas, total }) => {
    if (updated < replicas) return `${updated} of ${plural(replicas, 'new pod')} made.`;
    return total > updated ? `${plural(total - updated, 'old pod')} to be stopped.` : null;
  },
  statefulset: ({ updated, replicas, partition }) =>
    updated < replicas - partition ? `${updated} of ${plural(replicas - partition, 'new pod')} made.` : null,
  daemonset: ({ updated, replicas }) =>
    updated < replicas ? `${updated} of ${plural(replicas, 'new pod')} made.` : null,
};

/** Pods of the new template that do not serve yet. */
const UNREADY: Record<ObjectName['kind'], Formula> = {
  deployment: ({ available, updated }) => (available < updated ? notServing(available, updated) : null),
  statefulset: ({ ready, replicas }) => (ready < replicas ? notServing(ready, replicas) : null),
  daemonset: ({ available, replicas }) => (available < replicas ? notServing(available, replicas) : null),
};

function notServing(some: number, all: number): string {
  return `${some} of ${plural(all, 'new pod')} ready.`;
}

function underWay(sentence: string): { rollout: Rollout; complete: boolean } {
  return { rollout: { state: 'under_way', sentence: `A rollout is under way: ${sentence}` }, complete: false };
}

function idle(complete: boolean): { rollout: Rollout; complete: boolean } {
  return { rollout: { state: 'idle', sentence: 'No rollout is under way.' }, complete };
}

function plural(n: number, noun: string): string {
  return n === 1 ? `${n} ${noun} is` : `${n} ${noun}s are`;
}
