/** Plays the Deployment controller: Recreate stops the old pod first, RollingUpdate starts the new one first. */

import { type Deployment, type Pod, type ReplicaSet, setCondition, stamp } from './objects.ts';
import { createPod, deletePod, isPodReady } from './pods.ts';
import { type Cluster, keyOf, newMetadata, plan, suffix, touch } from './state.ts';

const REVISION = 'deployment.kubernetes.io/revision';

/** One look of the controllers at a Deployment; may be repeated at any time. */
export function reconcile(cluster: Cluster, deployment: Deployment): void {
  if (cluster.switches.frozen.has(keyOf(deployment))) return;
  const before = JSON.stringify(deployment.status);
  deployment.status.observedGeneration = deployment.metadata.generation;
  if (deployment.spec.paused === true) setProgressing(cluster, deployment, 'DeploymentPaused', 'Deployment is paused');
  else roll(cluster, deployment);
  writeStatus(cluster, deployment);
  // Only a change is written: a look that finds nothing new must not make anybody's resourceVersion stale.
  if (JSON.stringify(deployment.status) !== before) touch(cluster, deployment);
}

/** The controller's report that nothing came of it; it does not undo anything. */
export function checkDeadline(cluster: Cluster, deployment: Deployment): void {
  const progressing = deployment.status.conditions.find((each) => each.type === 'Progressing');
  const current = currentReplicaSet(cluster, deployment);
  if (!current || progressing?.reason === 'NewReplicaSetAvailable') return;
  const since = Date.parse(progressing?.lastUpdateTime ?? '') / 1000;
  if (cluster.time - since < deployment.spec.progressDeadlineSeconds) return;
  const message = `ReplicaSet "${current.metadata.name}" has timed out progressing.`;
  setProgressing(cluster, deployment, 'ProgressDeadlineExceeded', message);
  touch(cluster, deployment);
}

/** Pods of a Deployment, by the chain of owners. */
export function podsOf(cluster: Cluster, deployment: Deployment): Pod[] {
  return replicaSetsOf(cluster, deployment).flatMap((each) => podsIn(cluster, each));
}

function roll(cluster: Cluster, deployment: Deployment): void {
  const { replicas, strategy } = deployment.spec;
  let current = currentReplicaSet(cluster, deployment);
  const old = replicaSetsOf(cluster, deployment).filter((each) => each !== current);
  if (strategy.type === 'Recreate') {
    for (const each of old) scale(cluster, each, 0);
    // The controller waits for the old pod's object to vanish; until then nothing is said of progress.
    if (old.some((each) => podsIn(cluster, each).length > 0)) return;
  }
  current ??= createReplicaSet(cluster, deployment);
  scale(cluster, current, replicas);
  const ready = podsIn(cluster, current).filter(isServing).length;
  if (ready >= replicas) for (const each of old) scale(cluster, each, 0);
  const rest = old.flatMap((each) => podsIn(cluster, each)).filter((each) => !isTerminating(each)).length;
  const progressing = deployment.status.conditions.find((each) => each.type === 'Progressing');
  if (ready < replicas || rest > 0 || progressing?.reason === 'NewReplicaSetAvailable') return;
  const message = `ReplicaSet "${current.metadata.name}" has successfully progressed.`;
  setProgressing(cluster, deployment, 'NewReplicaSetAvailable', message);
}

function createReplicaSet(cluster: Cluster, deployment: Deployment): ReplicaSet {
  const { namespace, name, uid } = deployment.metadata;
  const hash = templateHash(deployment);
  const labels = { ...deployment.spec.template.metadata.labels, 'pod-template-hash': hash };
  const revision = Math.max(0, ...replicaSetsOf(cluster, deployment).map(revisionOf)) + 1;
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true, blockOwnerDeletion: true };
  const template = structuredClone(deployment.spec.template);
  const replicaSet: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...newMetadata(cluster, { name: `${name}-${hash}`, namespace }),
      generation: 1,
      labels,
      annotations: { [REVISION]: String(revision), 'deployment.kubernetes.io/desired-replicas': '1' },
      ownerReferences: [owner],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
  cluster.replicaSets.set(keyOf(replicaSet), replicaSet);
  deployment.metadata.annotations[REVISION] = String(revision);
  setProgressing(cluster, deployment, 'NewReplicaSetCreated', `Created new replica set "${replicaSet.metadata.name}"`);
  plan(cluster, 'deadline', deployment, deployment.spec.progressDeadlineSeconds);
  return replicaSet;
}

/** Makes or removes pods until the wanted number lives; a pod that is being stopped does not count. */
function scale(cluster: Cluster, replicaSet: ReplicaSet, replicas: number): void {
  if (replicaSet.spec.replicas !== replicas) {
    replicaSet.spec.replicas = replicas;
    replicaSet.metadata.generation += 1;
    touch(cluster, replicaSet);
  }
  const living = podsIn(cluster, replicaSet).filter((each) => !isTerminating(each));
  for (const pod of living.slice(replicas)) deletePod(cluster, pod);
  for (let missing = replicas - living.length; missing > 0; missing -= 1) createPod(cluster, replicaSet);
}

function writeStatus(cluster: Cluster, deployment: Deployment): void {
  const current = currentReplicaSet(cluster, deployment);
  for (const each of replicaSetsOf(cluster, deployment)) {
    const living = podsIn(cluster, each).filter((pod) => !isTerminating(pod));
    const ready = living.filter(isServing).length;
    each.status = without0({ readyReplicas: ready, availableReplicas: ready, fullyLabeledReplicas: living.length });
    Object.assign(each.status, { replicas: living.length, observedGeneration: each.metadata.generation });
  }
  const pods = podsOf(cluster, deployment);
  const living = pods.filter((each) => !isTerminating(each));
  const available = living.filter(isServing).length;
  const counts = without0({
    replicas: living.length,
    updatedReplicas: current ? podsIn(cluster, current).filter((each) => !isTerminating(each)).length : 0,
    readyReplicas: available,
    availableReplicas: available,
    unavailableReplicas: Math.max(0, deployment.spec.replicas - available),
  });
  const { observedGeneration, conditions } = deployment.status;
  const enough = available >= deployment.spec.replicas;
  const next = {
    type: 'Available',
    status: enough ? ('True' as const) : ('False' as const),
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
    lastUpdateTime: stamp(cluster.time),
  };
  const before = conditions.find((each) => each.type === 'Available');
  if (before?.status !== next.status) setCondition(conditions, next, cluster.time);
  const seen = observedGeneration === undefined ? {} : { observedGeneration };
  deployment.status = { ...seen, ...counts, terminatingReplicas: pods.length - living.length, conditions };
}

function setProgressing(cluster: Cluster, deployment: Deployment, reason: string, message: string): void {
  const status =
    reason === 'ProgressDeadlineExceeded' ? 'False' : reason === 'DeploymentPaused' ? 'Unknown' : ('True' as const);
  const lastUpdateTime = stamp(cluster.time);
  const next = { type: 'Progressing', status, reason, message, lastUpdateTime } as const;
  setCondition(deployment.status.conditions, next, cluster.time);
}

function replicaSetsOf(cluster: Cluster, deployment: Deployment): ReplicaSet[] {
  const { uid } = deployment.metadata;
  return [...cluster.replicaSets.values()].filter((each) => each.metadata.ownerReferences?.[0]?.uid === uid);
}

function currentReplicaSet(cluster: Cluster, deployment: Deployment): ReplicaSet | undefined {
  const name = `${deployment.metadata.name}-${templateHash(deployment)}`;
  return cluster.replicaSets.get(`${deployment.metadata.namespace}/${name}`);
}

function podsIn(cluster: Cluster, replicaSet: ReplicaSet): Pod[] {
  const { uid } = replicaSet.metadata;
  return [...cluster.pods.values()].filter((each) => each.metadata.ownerReferences?.[0]?.uid === uid);
}

function templateHash(deployment: Deployment): string {
  return suffix(JSON.stringify(deployment.spec.template), 10);
}

function revisionOf(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata.annotations[REVISION] ?? 0);
}

function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

function isServing(pod: Pod): boolean {
  return isPodReady(pod) && !isTerminating(pod);
}

/** The API leaves a count of zero out. */
function without0(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
