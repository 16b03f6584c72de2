/** The rows about the pod: why it does not run, or does not go. */
import type { CheckRow, LookedFinding } from '../target.ts';
import { finding, LASTING, notSeen } from './checks.ts';
import { MEMORY_KILL } from './pods.ts';
import type { Blocked, ContainerFacts, GroundFacts, PodFacts } from './types.ts';

/** A run this young, after one that ended, may be the pause between two crashes. */
const PAUSE_SECONDS = 120;
const EVIDENCE_LINES = 5;

/** With no pod, or none to be seen, there is nothing to judge. */
function look(
  { at, workload, pods, pod }: GroundFacts,
  judge: (pod: PodFacts) => LookedFinding,
): readonly LookedFinding[] {
  if (!pods.known) return [notSeen(at.pods, pods)];
  return [pod ? judge(pod) : unproven(at.pods, noPodSentence(workload))];
}

/** It shows no fault, and no recovery either. */
function unproven(at: number, detail: string): LookedFinding {
  return { ...finding(at, 'ok', detail), proves: false };
}

function bad(at: number, detail: string, since: number | null): LookedFinding {
  const found = finding(at, 'bad', detail);
  return since === null ? found : { ...found, since: Math.min(since, at) };
}

/** What a container that is not found faulty says: that it runs proves it, but for the pause between two crashes. */
function well(at: number, container: ContainerFacts, isNot: string): LookedFinding {
  const { name, startedAt, waitingReason, lastEndedAt } = container;
  if (startedAt === null) {
    return unproven(at, `The container ${name} ${isNot}.${waitingReason ? ` It waits: ${waitingReason}.` : ''}`);
  }
  const isPause = lastEndedAt !== null && at - startedAt < PAUSE_SECONDS;
  const detail = `The container ${name} runs.`;
  return isPause ? unproven(at, detail) : finding(at, 'ok', detail);
}

export const oom: CheckRow<GroundFacts> = {
  id: 'oom',
  layer: 'pod',
  severity: 'unhealthy',
  forSeconds: 60,
  clearSeconds: 60,
  forbids: 'own',
  name: 'Out of memory',
  nextSteps: [
    'Raise the memory limit of the container, and compare it with what it uses: kubectl top pod.',
    'Lower what it needs: fewer cameras, smaller detect resolution, fewer models.',
    'If its memory grows for days until it is killed, look for a known leak of its version.',
  ],
  runbook:
    'The kernel killed the container because it used more memory than its limit (OOMKilled), and it does not run, or ' +
    'it was killed twice within an hour. Kubernetes starts it again by itself, and with the same limit it ends the ' +
    'same way, so a restart more does not help. One kill after which it runs on is told here and is no fault. It ' +
    'clears when it runs and the kills are more than an hour apart.',
  look: (facts) => {
    const { memoryKills, at } = facts;
    return look(facts, (pod) => {
      const { container } = pod;
      if (!container) return finding(at.pods, 'unknown', noContainerSentence(pod));
      const { name, startedAt, lastEndedAt, lastEndReason, restartCount } = container;
      const kills = memoryKills.slice(-EVIDENCE_LINES).map(({ stamp }) => `${MEMORY_KILL} at ${stamp}`);
      const evidence = [...kills, `restart count ${restartCount ?? 'not told'}`];
      const isDown = startedAt === null && lastEndReason === MEMORY_KILL;
      if (isDown) {
        const detail = `The container ${name} ran out of memory and was killed (OOMKilled); Kubernetes will start it.`;
        return { ...bad(at.pods, detail, lastEndedAt), evidence };
      }
      const [first] = memoryKills;
      if (memoryKills.length > 1) {
        const detail = `The container ${name} ran out of memory and was killed ${memoryKills.length} times in an hour.`;
        return { ...bad(at.pods, detail, first?.at ?? null), evidence };
      }
      const found = well(at.pods, container, 'was not killed for lack of memory');
      const once = ' It was killed for lack of memory once in the last hour, and runs again.';
      return startedAt !== null && first ? { ...found, detail: `${found.detail}${once}` } : found;
    });
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
  look: (facts) =>
    look(facts, (pod) => {
      const at = facts.at.pods;
      const { container, looping } = pod;
      if (!container) return finding(at, 'unknown', noContainerSentence(pod));
      const [first] = looping;
      if (!first) return well(at, container, 'is in no crash loop');
      const who = `The container ${first.name} in ${pod.name}`;
      const detail = `${who} has ended soon after each start${LASTING} (CrashLoopBackOff). Kubernetes keeps trying.`;
      return bad(at, detail, first.endedAt);
    }),
};

export const image: CheckRow<GroundFacts> = {
  id: 'image',
  layer: 'pod',
  severity: 'unhealthy',
  forSeconds: 60,
  clearSeconds: 60,
  forbids: 'own',
  name: 'Container cannot be made',
  nextSteps: [
    'Read the events at the end of kubectl describe pod: they say what is missing.',
    "An image: check its name and tag, its registry, the node's way to it, and the pull secret.",
    'Settings: check that the ConfigMaps, Secrets and keys that the container names exist.',
  ],
  runbook:
    'The kubelet cannot make the container: its image cannot be pulled (ErrImagePull, ImagePullBackOff, ' +
    'InvalidImageName), or its settings name what does not exist (CreateContainerConfigError). The kubelet tries ' +
    'again by itself, so a restart does not help. It clears when the container runs.',
  look: (facts) =>
    look(facts, (pod) => {
      const at = facts.at.pods;
      const [first] = pod.blocked;
      if (first) return { ...finding(at, 'bad', blockedSentence(first, pod)), evidence: [`waiting: ${first.reason}`] };
      if (!pod.container) return finding(at, 'unknown', noContainerSentence(pod));
      return well(at, pod.container, 'waits for no image');
    }),
};

function blockedSentence({ name, image: wanted, reason, message }: Blocked, pod: PodFacts): string {
  const what = /Image|Registry|Signature/.test(reason)
    ? `The image ${wanted ?? 'of the container'} of ${name} in ${pod.name} cannot be pulled (${reason}).`
    : `The container ${name} in ${pod.name} cannot be made (${reason}).`;
  return [what, message === '' ? '' : sentence(message), 'Kubernetes keeps trying.'].filter((part) => part).join(' ');
}

export const unschedulable: CheckRow<GroundFacts> = {
  id: 'unschedulable',
  layer: 'pod',
  severity: 'unhealthy',
  forSeconds: 60,
  clearSeconds: 60,
  forbids: 'own',
  name: 'No node for the pod',
  nextSteps: [
    'Look which nodes are ready and not cordoned: kubectl get nodes.',
    "Compare the pod's nodeSelector with the nodes' labels: the label of a USB Coral changes once it was used.",
    'Look whether what the pod asks for is free: CPU, memory, a device, a volume that is bound to another node.',
  ],
  runbook:
    'The scheduler finds no node that fits the pod, so it waits (Pending) and nothing runs: no node is ready and ' +
    'free, or none has the labels, devices or volumes that the pod asks for. The message says which. Another pod ' +
    'would wait just the same, so a restart does not help. It clears when the pod has a node.',
  look: (facts) =>
    look(facts, (pod) => {
      const at = facts.at.pods;
      const { name, node, unscheduled } = pod;
      if (!unscheduled) {
        const has = node === null ? 'waits for a node only just now' : 'has its node';
        const detail = `The pod ${name} ${has}.`;
        return node === null ? unproven(at, detail) : finding(at, 'ok', detail);
      }
      const { message, since } = unscheduled;
      const why = message === '' ? '' : ` ${sentence(message)}`;
      return bad(at, `No node has taken the pod ${name}${LASTING}, so it waits.${why}`, since);
    }),
};

export const terminatingStuck: CheckRow<GroundFacts> = {
  id: 'terminating_stuck',
  layer: 'pod',
  severity: 'unhealthy',
  forSeconds: 60,
  clearSeconds: 60,
  forbids: 'own',
  name: 'Old pod does not stop',
  nextSteps: [
    'Look whether its node is on and ready: a pod on a node that is off never stops.',
    'A process that waits for a device for ever, often a USB Coral, goes only with a reboot of its node.',
    'Only when it surely does not run any more: kubectl delete pod --force.',
  ],
  runbook:
    'The old pod should have stopped and does not, more than a minute after its grace, and no new one serves: with ' +
    'the strategy Recreate the new pod waits until the old one is gone. A restart more would wait as well. It clears ' +
    'when the old pod is gone or a new one is ready.',
  look: ({ at, pods }) => {
    if (!pods.known) return [notSeen(at.pods, pods)];
    const stuck = pods.value.find(({ overdueAt }) => overdueAt !== null && at.pods > overdueAt);
    if (!stuck) return [finding(at.pods, 'ok', 'No old pod is stuck.')];
    const serving = pods.value.find(({ ready }) => ready);
    if (serving)
      return [finding(at.pods, 'ok', `The old pod ${stuck.name} does not stop, but ${serving.name} serves.`)];
    return [
      bad(
        at.pods,
        `The old pod ${stuck.name} should have stopped and has not${LASTING}, and no new one serves.`,
        stuck.overdueAt,
      ),
    ];
  },
};

function sentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}

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
      ? [
          finding(
            at.workload,
            'bad',
            `The ${kind} ${name} is scaled to 0, so nothing runs until somebody scales it up.`,
          ),
        ]
      : [finding(at.workload, 'ok', `${pods} asked for.`)];
  },
};
