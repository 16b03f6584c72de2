/** Which pods are the workload's own, and what they say of themselves. */
import { oneLine, withoutLogin } from '../../secrets.ts';
import {
  type ContainerStatus,
  type PodObject,
  type ReplicaSetObject,
  secondsOf,
  type WorkloadObject,
} from './objects.ts';
import { tolerationsOf } from './placement.ts';
import type { Blocked, ContainerFacts, GroundSettings, PodFacts } from './types.ts';

/** What `kubectl rollout restart` writes, and what its pods then bear. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
/** The kubelet's word for a container that the kernel killed for want of memory. */
export const MEMORY_KILL = 'OOMKilled';
/** Its words for a container that it cannot make (Kubernetes source, pkg/kubelet/images and kuberuntime). */
const BLOCKED: readonly string[] = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
  'CreateContainerConfigError',
  'CreateContainerError',
];
/** Longest piece of a message in a sentence. */
const MESSAGE_LENGTH = 200;
/** Beyond its own grace a pod may need a moment until its object is gone. */
const SPARE_SECONDS = 60;
/** Grace of a pod that says nothing of it (Kubernetes' default). */
const GRACE_SECONDS = 30;

/** Pods whose controllers end at the workload, newest first. A selector alone may match strangers. */
export function ownPods(
  workload: WorkloadObject,
  replicaSets: readonly ReplicaSetObject[] | null,
  pods: readonly PodObject[],
): readonly PodObject[] {
  const { uid } = workload.metadata;
  const owners = replicaSets
    ? replicaSets.filter((set) => controllerOf(set) === uid).map((set) => set.metadata.uid)
    : [uid];
  return pods
    .filter((pod) => owners.includes(controllerOf(pod) ?? ''))
    .toSorted((a, b) => (createdAt(b) ?? 0) - (createdAt(a) ?? 0) || compare(b.metadata.name, a.metadata.name));
}

function controllerOf({ metadata }: ReplicaSetObject | PodObject): string | null {
  return metadata.ownerReferences.find((owner) => owner.controller === true)?.uid ?? null;
}

function createdAt(pod: PodObject): number | null {
  return secondsOf(pod.metadata.creationTimestamp);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Neither being deleted nor at an end: a dying pod may still say that it is ready. */
function isLiving({ metadata, status }: PodObject): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}

/** The node of the newest living pod, else of the newest one that has a node. */
export function nodeNameOf(pods: readonly PodObject[]): string | null {
  const placed = pods.filter((pod) => pod.spec?.nodeName);
  return (placed.find(isLiving) ?? placed[0])?.spec?.nodeName ?? null;
}

/** `skew` is added to every time of the cluster; nothing has happened later than `now`. */
export function podFacts(
  pod: PodObject,
  settings: Pick<GroundSettings, 'container' | 'imageHint'>,
  { skew, now }: { skew: number; now: number },
): PodFacts {
  const { metadata, spec, status } = pod;
  const ours = (stamp: string | undefined): number | null => {
    const seconds = secondsOf(stamp);
    return seconds === null ? null : Math.min(seconds + skew, now);
  };
  const container = chosenContainer(pod, settings, ours);
  const watched = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []).filter((one) => one.name === container?.name),
  ];
  const living = isLiving(pod);
  const readiness = (status?.conditions ?? []).find((one) => one.type === 'Ready');
  const ready = living && readiness?.status === 'True';
  return {
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion ?? null,
    node: spec?.nodeName ?? null,
    ip: status?.podIP ?? null,
    createdAt: ours(metadata.creationTimestamp),
    living,
    ready,
    unreadySince: ready ? null : ours(readiness?.lastTransitionTime),
    overdueAt: overdueAt(pod, skew),
    // The order's own time, written by our clock: never corrected.
    bears: secondsOf(metadata.annotations?.[RESTARTED_AT]),
    container,
    looping: watched
      .filter((one) => one.state?.waiting?.reason === 'CrashLoopBackOff')
      .map((one) => ({ name: one.name, endedAt: lastEnd(one, ours).at })),
    blocked: watched.flatMap(blockedOf),
    unscheduled: unscheduledOf(pod, ours),
    tolerations: tolerationsOf(spec?.tolerations ?? []),
    isForsaken: living && isForsaken(pod),
  };
}

/** Of its own accord a kubelet never says so: it gives a reason, and the containers' readiness goes with it. */
function isForsaken({ status }: PodObject): boolean {
  const conditions = status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready');
  const containers = conditions.find(({ type }) => type === 'ContainersReady');
  return ready?.status === 'False' && !ready.reason && containers?.status === 'True';
}

function blockedOf({ name, image, state }: ContainerStatus): readonly Blocked[] {
  const { reason, message } = state?.waiting ?? {};
  if (reason === undefined || !BLOCKED.includes(reason)) return [];
  return [{ name, image: image || null, reason, message: shortened(message) }];
}

function unscheduledOf({ status }: PodObject, ours: (stamp: string | undefined) => number | null) {
  const scheduled = (status?.conditions ?? []).find((one) => one.type === 'PodScheduled');
  if (scheduled?.status !== 'False') return null;
  // What follows says which claims could be given back for it, and which other pods be sacrificed.
  const [message] = (scheduled.message ?? '').split(
    /,?\s*\b(?:no new claims to deallocate|still not schedulable|preemption: )/,
  );
  return { message: shortened(message), since: ours(scheduled.lastTransitionTime) };
}

/** An image's address may hold a password, and a message may be long. */
function shortened(message: string | undefined): string {
  const line = withoutLogin(oneLine(message ?? '')).trim();
  return line.length <= MESSAGE_LENGTH ? line : `${line.slice(0, MESSAGE_LENGTH)}…`;
}

/** The timestamp holds the grace already; counting it once more spares a kubelet that is slow itself. */
function overdueAt({ metadata }: PodObject, skew: number): number | null {
  const deletion = secondsOf(metadata.deletionTimestamp);
  if (deletion === null) return null;
  return deletion + skew + (metadata.deletionGracePeriodSeconds ?? GRACE_SECONDS) + SPARE_SECONDS;
}

/** The statuses' order is not the containers' order, so the choice is made in the spec. */
function chosenContainer(
  { spec, status }: PodObject,
  { container, imageHint }: Pick<GroundSettings, 'container' | 'imageHint'>,
  ours: (stamp: string | undefined) => number | null,
): ContainerFacts | null {
  const chosen = chosenOf(spec?.containers ?? [], { container, imageHint });
  if (!chosen) return null;
  const now = status?.containerStatuses.find((one) => one.name === chosen.name);
  const running = now?.state?.running;
  const end = now && lastEnd(now, ours);
  return {
    name: chosen.name,
    image: chosen.image ?? null,
    imageId: now?.imageID || null,
    start: running ? now?.containerID || running.startedAt || null : null,
    startedAt: ours(running?.startedAt),
    waitingReason: now?.state?.waiting?.reason ?? null,
    lastEndedAt: end?.at ?? null,
    lastEndReason: end?.reason ?? null,
    lastEndStamp: end?.stamp ?? null,
    restartCount: now?.restartCount ?? null,
    ready: now?.ready ?? null,
  };
}

/** By its name where one is set, else by a word in its image, else the first. */
export function chosenOf<T extends { name: string; image?: string | undefined }>(
  all: readonly T[],
  { container, imageHint }: Pick<GroundSettings, 'container' | 'imageHint'>,
): T | null {
  if (container !== null) return all.find((one) => one.name === container) ?? null;
  const hint = imageHint.toLowerCase();
  return all.find((one) => hint !== '' && one.image?.toLowerCase().includes(hint)) ?? all[0] ?? null;
}

/** While it is not started again, the run that ended last stands in the present state. */
function lastEnd({ state, lastState }: ContainerStatus, ours: (stamp: string | undefined) => number | null) {
  const end = state?.terminated ?? lastState?.terminated;
  return { at: ours(end?.finishedAt), stamp: end?.finishedAt ?? null, reason: end?.reason ?? null };
}
