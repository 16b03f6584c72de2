/** Lets happen what is due: in order of time, each at its own time, however late somebody asks. */

import { evictFrom } from './nodes.ts';
import type { Deployment, Pod } from './objects.ts';
import { deploymentKeyOf, isNodeReady, readyPod, startPod, stopPod } from './pods.ts';
import { checkDeadline, reconcile } from './rollout.ts';
import type { Cluster, Due } from './state.ts';

/** Brings the cluster to the given time. */
export function settle(cluster: Cluster, now: number): void {
  for (;;) {
    const next = earliest(cluster, now);
    if (!next) break;
    cluster.due.splice(cluster.due.indexOf(next), 1);
    cluster.time = Math.max(cluster.time, next.at);
    carryOut(cluster, next);
  }
  cluster.time = Math.max(cluster.time, now);
}

function earliest(cluster: Cluster, now: number): Due | undefined {
  let first: Due | undefined;
  for (const each of cluster.due) {
    if (each.at <= now && (!first || each.at < first.at) && !isHeld(cluster, each)) first = each;
  }
  return first;
}

/** What a kubelet would do waits for as long as its node is lost. */
function isHeld(cluster: Cluster, due: Due): boolean {
  const nodeName = cluster.pods.get(due.key)?.spec.nodeName;
  return nodeName !== undefined && !isNodeReady(cluster, nodeName);
}

function carryOut(cluster: Cluster, due: Due): void {
  const deployment = cluster.deployments.get(due.key);
  const pod = cluster.pods.get(due.key);
  const node = cluster.nodes.get(due.key);
  if (due.kind === 'evict') {
    if (node) evictFrom(cluster, node);
  } else if (deployment?.metadata.uid === due.uid) {
    onDeployment(cluster, deployment, due);
  } else if (pod?.metadata.uid === due.uid) {
    onPod(cluster, pod, due);
  }
}

function onDeployment(cluster: Cluster, deployment: Deployment, due: Due): void {
  if (due.kind === 'deadline') checkDeadline(cluster, deployment);
  else reconcile(cluster, deployment);
}

function onPod(cluster: Cluster, pod: Pod, due: Due): void {
  const owner = cluster.deployments.get(deploymentKeyOf(cluster, pod));
  if (due.kind === 'start') startPod(cluster, pod);
  else if (due.kind === 'ready') readyPod(cluster, pod);
  else if (due.kind === 'stop') stopPod(cluster, pod);
  else if (due.kind === 'gone') cluster.pods.delete(due.key);
  if (owner) reconcile(cluster, owner);
}
