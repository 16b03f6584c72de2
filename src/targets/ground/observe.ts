/** One look at the cluster: every part asked once, all at once where memory knows what to ask for. */
import type { KubernetesDoor, Reply } from '../../doors/ports.ts';
import type { LookContext } from '../target.ts';
import { type PodObject, selectorText } from './objects.ts';
import { nodeNameOf, podFacts } from './pods.ts';
import { areSeldomDue } from './seldom.ts';
import { podsSight, workloadSight } from './sight.ts';
import { namesAsked, trimmedReply } from './trimmed.ts';
import type { Asked, GroundAnswers, GroundMemory, GroundSettings, Part } from './types.ts';

/** Where the product runs just now. */
export interface PodPlace {
  name: string;
  /** Null: it has none of the wanted name. */
  container: string | null;
  /** Identity of the container's present run; null while it does not run. */
  run: string | null;
}

/** What a look at the cluster brought. */
export interface GroundLook {
  answers: GroundAnswers;
  /** The newest living one; null: there is none. Undefined: the pods could not be seen. */
  pod: PodPlace | null | undefined;
}

/**
 * Asks the cluster: all at once where memory knows selector and node, else in up to three rounds.
 * Every call is bounded by the signal; a failure is an answer like any other. What an answer holds is written down, so
 * nothing stays in it that nobody reads.
 */
export async function observeGround(
  settings: GroundSettings,
  kubernetes: KubernetesDoor,
  memory: GroundMemory | null,
  { clock, signal }: LookContext,
): Promise<GroundLook> {
  const { workload: name, ledger } = settings;
  const { namespace } = name;
  const hear = async (call: Promise<Reply<unknown>>): Promise<Asked> => {
    const reply = await call;
    return { at: clock.now(), reply };
  };
  const trim = (part: Part, { at, reply }: Asked, names?: readonly string[]): Asked => ({
    at,
    reply: trimmedReply(part, reply, names),
  });
  const ask = async (part: Part, call: Promise<Reply<unknown>>): Promise<Asked> => trim(part, await hear(call));
  const askPods = (selector: string) =>
    Promise.all([
      ask('pods', kubernetes.pods(namespace, selector, signal)),
      name.kind === 'deployment' ? ask('replicaSets', kubernetes.replicaSets(namespace, selector, signal)) : null,
    ]);
  const askNode = (node: string) => hear(kubernetes.node(node, signal));
  const due = areSeldomDue(memory, clock.now());

  const [selectorBefore, nodeBefore] = [memory?.selector ?? null, memory?.nodeName ?? null];
  const [workload, configMap, podsBefore, nodeThen, nodes, autoscalers] = await Promise.all([
    ask('workload', kubernetes.workload(name, signal)),
    ask('configMap', kubernetes.configMap(namespace, ledger, signal)),
    selectorBefore === null ? null : askPods(selectorBefore),
    nodeBefore === null ? null : askNode(nodeBefore),
    due.places ? hear(kubernetes.nodes(signal)) : null,
    due.scalers ? ask('autoscalers', kubernetes.autoscalers(namespace, signal)) : null,
  ]);
  const sight = workloadSight(settings, workload, {});
  const selector = sight.known ? selectorText(sight.value) : selectorBefore;
  const asked = selector === selectorBefore ? podsBefore : selector === null ? null : await askPods(selector);
  const [pods, replicaSets] = asked ?? [null, null];

  const own = podsSight(settings, sight, { pods, replicaSets }, {});
  const nodeName = (own.known ? nodeNameOf(own.value) : null) ?? nodeBefore;
  const node = nodeName === nodeBefore ? nodeThen : nodeName === null ? null : await askNode(nodeName);
  // Of a node's labels only those are kept that the workload asks for, and that is known now.
  const names = namesAsked(workload.reply);
  const answers: GroundAnswers = {
    workload,
    pods,
    replicaSets,
    nodeName,
    node: node && trim('node', node, names),
    configMap,
    ...(nodes ? { nodes: trim('nodes', nodes, names) } : {}),
    ...(autoscalers ? { autoscalers } : {}),
  };
  return { answers, pod: own.known ? livingPod(own.value, settings) : undefined };
}

/** Of this place no time is told, so clocks do not matter. */
const NO_CLOCK = { skew: 0, now: Number.POSITIVE_INFINITY };

function livingPod(pods: readonly PodObject[], settings: GroundSettings): PodPlace | null {
  const pod = pods.map((one) => podFacts(one, settings, NO_CLOCK)).find(({ living }) => living);
  return pod ? { name: pod.name, container: pod.container?.name ?? null, run: pod.container?.start ?? null } : null;
}
