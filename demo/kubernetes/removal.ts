/** DELETE …/pods/{name}: with its grace, and only for the pod that the preconditions name. */

import type { Json, PatchRefusal } from './deployments.ts';
import type { Pod } from './objects.ts';
import { deletePod, deploymentKeyOf } from './pods.ts';
import { type Cluster, plan } from './state.ts';

/** Null: it is on its way out, and its owner makes another without waiting for that. */
export function removePod(cluster: Cluster, pod: Pod, body: { [key: string]: Json }): PatchRefusal | null {
  const wanted = (body.preconditions ?? {}) as { uid?: string; resourceVersion?: string };
  const { name, uid, resourceVersion } = pod.metadata;
  const wrong =
    wrongIn('UID', 'deleted and then recreated', [wanted.uid, uid]) ??
    wrongIn('ResourceVersion', 'modified', [wanted.resourceVersion, resourceVersion]);
  if (wrong !== null) return { code: 409, message: `Operation cannot be fulfilled on Pod "${name}": ${wrong}` };
  deletePod(cluster, pod);
  const owner = cluster.deployments.get(deploymentKeyOf(cluster, pod));
  if (owner) plan(cluster, 'reconcile', owner, cluster.pace.observeSeconds);
  return null;
}

/** In the words of apiserver, pkg/registry/rest/delete.go. */
function wrongIn(what: string, become: string, [wanted, is]: [string | undefined, string]): string | null {
  if (wanted === undefined || wanted === is) return null;
  const found = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${is})`;
  return `${found}. The object might have been ${become}`;
}
