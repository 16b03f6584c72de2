/** From answers and memory to facts: which pod, which node, what the cluster's times are by our clock. */
import type { Circumstance } from '../../rules/types.ts';
import { EMPTY_LEDGER, readLedger } from './ledger.ts';
import {
  goneNode,
  isMoved,
  NEW_MEMORY,
  nodeFacts,
  readyAt,
  rememberKills,
  rememberLedger,
  rememberNode,
  rememberRun,
  rememberUnready,
} from './memory.ts';
import { readNode } from './objects.ts';
import { nodeNameOf, podFacts } from './pods.ts';
import { rolloutOf, workloadFacts } from './rollout.ts';
import { followPlaces, followScalers } from './seldom.ts';
import { clusterSight, hidden, podsSight, sightOf, skewOf, workloadSight } from './sight.ts';
import type {
  Asked,
  GroundAnswers,
  GroundFacts,
  GroundLimits,
  GroundMemory,
  GroundSettings,
  LedgerFacts,
  NodeFacts,
  Part,
  PodFacts,
} from './types.ts';

interface GroundLook {
  settings: GroundSettings;
  /** Null: nothing is remembered. */
  memory: GroundMemory | null;
  answers: GroundAnswers;
  now: number;
  limits: GroundLimits;
}

/** Pure. `now` is the time of the look, by our clock; every time in the facts is by our clock too. */
export function digestGround({ settings, memory: before, answers, now, limits }: GroundLook): {
  memory: GroundMemory;
  facts: GroundFacts;
} {
  // What an earlier version saved lacks what came later.
  const memory = { ...NEW_MEMORY, ...before };
  const skew = skewOf(memory.skewSeconds, answers);
  const seen = lookAt(settings, memory, answers, { skew, now });
  const { workload, pods, node, ledger } = seen;
  const pod = pods.known ? (pods.value.find((one) => one.living) ?? null) : null;
  const runs = rememberRun(memory, pod);
  const graceSeconds = isMoved(runs) ? limits.movedGraceSeconds : limits.startupGraceSeconds;
  const unready = pods.known ? rememberUnready(memory.unready, pod, now) : memory.unready;
  const rolled = workload.known
    ? rolloutOf({
        workload: workload.value,
        pods: pods.known ? pods.value : null,
        settled: memory.settled,
        now,
        graceSeconds,
      })
    : null;
  const seldom = followSeldom(settings, memory, answers, { ...seen, pod, now });
  const after: GroundMemory = {
    ...memory,
    ...runs,
    places: seldom.places.memory,
    scalers: seldom.scalers.memory,
    unready,
    memoryKills: rememberKills(memory.memoryKills, pod, now),
    ...(node.known ? rememberNode(memory, node.value, now) : {}),
    ...(ledger.known ? rememberLedger(memory, ledger.value, now) : {}),
    selector: workload.known ? workload.value.selector : memory.selector,
    nodeName: seen.nodeName ?? memory.nodeName,
    skewSeconds: skew,
    seenAt: { ...memory.seenAt, ...seen.seenAt },
  };
  if (rolled?.complete && workload.known) {
    after.settled = { uid: workload.value.uid, generation: workload.value.generation };
  }
  const facts: GroundFacts = {
    at: timesOf(answers, now),
    cluster: clusterSight(answers),
    workload,
    pods,
    pod: dated(pod, runs.run, unready),
    memoryKills: after.memoryKills,
    node,
    ledger,
    placement: seldom.places.facts,
    scaling: seldom.scalers.facts,
    rollout: workload.known && rolled ? { known: true, value: rolled.rollout } : hiddenAs(workload),
    graceSeconds,
    groundReadyAt: node.known ? readyAt(node.value, after, now) : null,
    groundChangedAt: after.groundChangedAt,
    otherHealerAt: after.otherHealerAt,
  };
  return { memory: after, facts };
}

/** A pod may tolerate more than its template says: some is added when it is made. */
function followSeldom(
  { workload: name }: GroundSettings,
  { places, scalers, seenAt }: GroundMemory,
  answers: GroundAnswers,
  { workload, node, pod, now }: Pick<Seen, 'workload' | 'node'> & { pod: PodFacts | null; now: number },
) {
  const wants = workload.known ? workload.value.wants : null;
  return {
    places: followPlaces(places, {
      wants: wants && { ...wants, tolerations: [...wants.tolerations, ...(pod?.tolerations ?? [])] },
      current: node.known ? node.value.place : null,
      asked: answers.nodes ?? null,
      seenAt: seenAt.nodes,
      now,
    }),
    scalers: followScalers(scalers, {
      workload: name,
      asked: answers.autoscalers ?? null,
      seenAt: seenAt.autoscalers,
      now,
    }),
  };
}

/** The pod with the start that its run was first seen with, and with what our own eyes know of its readiness. */
function dated(found: PodFacts | null, run: GroundMemory['run'], unready: GroundMemory['unready']): PodFacts | null {
  if (!found) return null;
  const pod = unready
    ? { ...found, unreadySince: Math.min(found.unreadySince ?? unready.since, unready.since) }
    : found;
  if (!pod.container || pod.container.startedAt === null || run?.startedAt == null) return pod;
  return { ...pod, container: { ...pod.container, startedAt: run.startedAt } };
}

type SeenAt = GroundMemory['seenAt'];

interface Seen extends Pick<GroundFacts, 'workload' | 'pods' | 'node' | 'ledger'> {
  nodeName: string | null;
  seenAt: SeenAt;
}

function lookAt(
  settings: GroundSettings,
  { seenAt }: GroundMemory,
  answers: GroundAnswers,
  clock: { skew: number; now: number },
): Seen {
  const workload = workloadSight(settings, answers.workload, seenAt);
  const pods = podsSight(settings, workload, answers, seenAt);
  const scaledToZero = workload.known && workload.value.spec.replicas === 0;
  const nobody = pods.known && pods.value.length === 0;
  const nodeWords =
    scaledToZero && nobody ? hidden(false, 'The workload is scaled to 0: no pod stands on a node.') : null;
  const node = nodeWords ?? nodeSight(answers, pods, seenAt, clock);
  const ledger = ledgerSight(settings, answers.configMap, seenAt, clock.now);
  const parts: readonly [Part, boolean][] = [
    ['workload', workload.known],
    ['pods', pods.known],
    ['replicaSets', answers.replicaSets?.reply.ok === true],
    ['node', node.known],
    ['configMap', ledger.known],
    ['nodes', answers.nodes?.reply.ok === true],
    ['autoscalers', answers.autoscalers?.reply.ok === true],
  ];
  return {
    workload: workload.known ? { known: true, value: workloadFacts(settings, workload.value) } : workload,
    pods: pods.known ? { known: true, value: pods.value.map((pod) => podFacts(pod, settings, clock)) } : pods,
    node,
    ledger,
    nodeName: pods.known ? nodeNameOf(pods.value) : null,
    seenAt: Object.fromEntries(parts.flatMap(([part, known]) => (known ? [[part, clock.now]] : []))),
  };
}

function nodeSight(
  { node, nodeName }: GroundAnswers,
  pods: Circumstance<unknown>,
  seenAt: SeenAt,
  clock: { skew: number; now: number },
): Circumstance<NodeFacts> {
  if (!node || nodeName === null) {
    return pods.known ? hidden(true, 'No pod is on a node yet.') : hidden(pods.asked, pods.why);
  }
  const read = (value: unknown): NodeFacts | null => {
    const object = readNode(value);
    return object && nodeFacts(object, clock);
  };
  const absent = goneNode(nodeName);
  return sightOf(node, { right: 'get nodes', what: `The node ${nodeName}`, read, absent }, seenAt.node);
}

function ledgerSight({ ledger }: GroundSettings, asked: Asked, seenAt: SeenAt, now: number): Circumstance<LedgerFacts> {
  const read = (value: unknown): LedgerFacts | null => readLedger(value, now);
  const what = `The shared ledger ${ledger}`;
  // It is made with the first restart.
  return sightOf(asked, { right: 'get configmaps', what, read, absent: EMPTY_LEDGER }, seenAt.configMap);
}

function hiddenAs(other: Circumstance<unknown>): { known: false; asked: boolean; why: string } {
  return other.known ? hidden(true, 'It was not looked at.') : other;
}

function timesOf(answers: GroundAnswers, now: number): GroundFacts['at'] {
  const { workload, pods, replicaSets, node, configMap, nodes, autoscalers } = answers;
  return {
    cluster: Math.max(workload.at, configMap.at),
    workload: workload.at,
    pods: pods?.at ?? now,
    replicaSets: replicaSets?.at ?? now,
    node: node?.at ?? now,
    configMap: configMap.at,
    nodes: nodes?.at ?? now,
    autoscalers: autoscalers?.at ?? now,
  };
}
