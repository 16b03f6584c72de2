/** The rows that every target with a cluster has: what is asked of the cluster and of the node. */
import type { Circumstance } from '../../rules/types.ts';
import type { CheckRow, LookedFinding } from '../target.ts';
import type { GroundFacts, PodFacts } from './types.ts';

/** A bad answer's sentence holds this where "for 4 min" belongs; whoever remembers since when fills it in. */
export const LASTING = '{for}';

/** An answer of the cluster's layers is about the target itself, never about a member. */
export function finding(at: number, answer: LookedFinding['answer'], detail: string): LookedFinding {
  return { member: null, answer, detail, at };
}

/** Not to be seen just now, or nobody may look. */
export function notSeen(at: number, { asked, why }: Extract<Circumstance<unknown>, { known: false }>): LookedFinding {
  return finding(at, asked ? 'unknown' : 'not_observed', why);
}

export const clusterApi: CheckRow<GroundFacts> = {
  id: 'cluster_api',
  layer: 'cluster',
  severity: 'unknown',
  forSeconds: 30,
  clearSeconds: 60,
  name: 'Cluster API silent',
  nextSteps: [
    'Check that the API server runs and that its address is right and can be reached from here.',
    'If it refuses the credentials, give a new token or kubeconfig: the old one may have expired.',
  ],
  runbook:
    'The API server answered none of the calls of a look, so pods, nodes and logs cannot be seen and nothing can be ' +
    'restarted through it. That says nothing of the target itself, which may be well. A single refused right is not ' +
    'this fault. It clears by itself with the first answer.',
  look: ({ at, cluster: { answers, sentence } }) => [
    finding(at.cluster, answers === null ? 'unknown' : answers ? 'ok' : 'bad', sentence),
  ],
};

export const nodeReady: CheckRow<GroundFacts> = {
  id: 'node_ready',
  layer: 'node',
  severity: 'unhealthy',
  forSeconds: 60,
  clearSeconds: 60,
  forbids: 'own',
  name: 'Node not ready',
  nextSteps: [
    'Check whether the node is switched on, has its network, and runs its kubelet.',
    'Look at its conditions and events: kubectl describe node.',
    'If it is off for good, delete the Node object, or taint it node.kubernetes.io/out-of-service, to free its pods.',
  ],
  runbook:
    'The node of the pod is not Ready: its kubelet says so itself, or nothing has been heard from it. A restart is ' +
    'held back, for a rollout with the strategy Recreate waits for the old pod and so keeps Kubernetes from moving ' +
    'it to another node. A cordoned node is still ready. It clears when the node is Ready again; for some minutes ' +
    'after that, and after an upgrade or a reboot, no restart is made either.',
  look: ({ at, node }) => {
    if (!node.known) return [notSeen(at.node, node)];
    const { name, ready, cordoned, why, since } = node.value;
    const mark = cordoned ? ' It is cordoned.' : '';
    if (ready) return [finding(at.node, 'ok', `The node ${name} is ready.${mark}`)];
    const bad = finding(at.node, 'bad', `The node ${name} has not been ready${LASTING}. ${why}${mark}`);
    return [since === null ? bad : { ...bad, since: Math.min(since, at.node) }];
  },
};

export const nodeUpgrade: CheckRow<GroundFacts> = {
  id: 'node_upgrade',
  layer: 'node',
  severity: 'unhealthy',
  forSeconds: 0,
  clearSeconds: 60,
  forbids: 'own',
  name: 'Node under maintenance',
  nextSteps: [
    'If somebody works on the node just now, wait: it starts again when the node takes pods again.',
    'If the work is done and the node is still cordoned, free it: kubectl uncordon.',
  ],
  runbook:
    'The pod is down because its node is worked on: it is cordoned, so that nothing new starts on it, or it was ' +
    'upgraded or rebooted just now. While the pod keeps running on a cordoned node nothing is wrong, and this is ' +
    'not bad; a restart is held back all the same, for the new pod could not start there. It clears when the ' +
    'container runs again.',
  look: ({ at, node, pods, pod, groundChangedAt, graceSeconds }) => {
    if (!node.known) return [notSeen(at.node, node)];
    if (!pods.known) return [notSeen(at.node, pods)];
    const { name, cordoned } = node.value;
    if (pods.value.some(isRunning)) {
      const mark = cordoned
        ? `The node ${name} is cordoned, and the pod runs on.`
        : `Nobody works on the node ${name}.`;
      return [finding(at.node, 'ok', mark)];
    }
    // An image or a loop keeps it down whatever is done to the node.
    const hasOwnReason = pod !== null && (pod.blocked.length > 0 || pod.looping.length > 0);
    if (cordoned && !hasOwnReason) {
      const detail = `The node ${name} is cordoned and the pod does not run: it starts when the node takes pods again.`;
      return [finding(at.node, 'bad', detail)];
    }
    const isNew = groundChangedAt !== null && at.node - groundChangedAt < graceSeconds;
    if (isNew && !hasOwnReason && !pod?.unscheduled) {
      const detail = `The node ${name} was upgraded or rebooted just now, and the container does not run yet.`;
      return [{ ...finding(at.node, 'bad', detail), since: Math.min(groundChangedAt, at.node) }];
    }
    return [{ ...finding(at.node, 'ok', `Nobody works on the node ${name}.`), proves: false }];
  },
};

function isRunning({ living, container }: PodFacts): boolean {
  return living && container !== null && container.startedAt !== null;
}
