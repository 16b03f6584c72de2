/** The rows that every target with a cluster has: what is asked of the cluster, the node and the pod. */
import type { Circumstance } from '../../rules/types.ts';
import type { CheckRow, LookedFinding } from '../target.ts';
import type { GroundFacts, PodFacts } from './types.ts';

/** A run this young, after one that ended, may be the pause between two crashes. */
const PAUSE_SECONDS = 120;

/** An answer of the cluster's layers is about the target itself, never about a member. */
function finding(at: number, answer: LookedFinding['answer'], detail: string): LookedFinding {
  return { member: null, answer, detail, at };
}

/** Not to be seen just now, or nobody may look. */
function notSeen(at: number, { asked, why }: Extract<Circumstance<unknown>, { known: false }>): LookedFinding {
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
    const bad = finding(at.node, 'bad', `The node ${name} is not ready. ${why}${mark}`);
    return [since === null ? bad : { ...bad, since: Math.min(since, at.node) }];
  },
};

export const crashLoop: CheckRow<GroundFacts> = {
  id: 'crash_loop',
  layer: 'pod',
  severity: 'unhealthy',
  forSeconds: 60,
  clearSeconds: 60,
  forbids: 'own',
  name: 'Crash loop',
  nextSteps: [
    'Read why it ends: kubectl logs --previous, and the last state in kubectl describe pod.',
    'Undo the last change of its configuration or image.',
    'Look for the reason OOMKilled: then it needs more memory.',
  ],
  runbook:
    'The container ends soon after each start, and the kubelet waits longer each time before it tries again ' +
    '(CrashLoopBackOff, 10 s doubling to 5 min). Kubernetes restarts it already, so a restart more does not help. An ' +
    'image that cannot be pulled is not this fault. It clears when the container keeps running.',
  look: ({ at, workload, pods, pod }) => {
    if (!pods.known) return [notSeen(at.pods, pods)];
    if (!pod) return [{ ...finding(at.pods, 'ok', noPodSentence(workload)), proves: false }];
    const { container, looping } = pod;
    if (!container) return [finding(at.pods, 'unknown', noContainerSentence(pod))];
    const [first] = looping;
    if (first) {
      const detail = `The container ${first.name} in ${pod.name} ends soon after each start (CrashLoopBackOff).`;
      const bad = finding(at.pods, 'bad', detail);
      return [first.endedAt === null ? bad : { ...bad, since: Math.min(first.endedAt, at.pods) }];
    }
    if (container.startedAt === null) {
      const waits = container.waitingReason ? ` It waits: ${container.waitingReason}.` : '';
      return [
        { ...finding(at.pods, 'ok', `The container ${container.name} is in no crash loop.${waits}`), proves: false },
      ];
    }
    const ok = finding(at.pods, 'ok', `The container ${container.name} runs.`);
    const isPause = container.lastEndedAt !== null && at.pods - container.startedAt < PAUSE_SECONDS;
    return [isPause ? { ...ok, proves: false } : ok];
  },
};

export function noContainerSentence({ name }: Pick<PodFacts, 'name'>): string {
  return `The pod ${name} has no container of the configured name.`;
}

function noPodSentence(workload: GroundFacts['workload']): string {
  return workload.known && workload.value.scaledToZero
    ? 'The workload is scaled to 0: it has no pod.'
    : 'There is no pod that could crash.';
}

export const scaledToZero: CheckRow<GroundFacts> = {
  id: 'scaled_to_zero',
  layer: 'pod',
  severity: 'tells',
  forSeconds: 60,
  clearSeconds: 60,
  forbids: 'own',
  name: 'Scaled to zero',
  nextSteps: ['If it should run, scale it up again: kubectl scale --replicas=1.'],
  runbook:
    'Somebody asked for no pod at all. That is a choice, not a fault, so it only tells; but a restart would start ' +
    'nothing and is held back. It clears when the workload is scaled up again.',
  look: ({ at, workload }) => {
    if (!workload.known) return [notSeen(at.workload, workload)];
    const { kind, name, scaledToZero: zero, replicas } = workload.value;
    const pods = replicas === 1 ? '1 pod is' : `${replicas} pods are`;
    return zero
      ? [finding(at.workload, 'bad', `The ${kind} ${name} is scaled to 0.`)]
      : [finding(at.workload, 'ok', `${pods} asked for.`)];
  },
};
