/** One look at the cluster: every part asked once, all at once where memory knows what to ask for. */
import type { KubernetesDoor, Reply } from '../../doors/ports.ts';
import type { LookContext } from '../target.ts';
import { selectorText } from './objects.ts';
import { nodeNameOf } from './pods.ts';
import { podsSight, workloadSight } from './sight.ts';
import type { Asked, GroundAnswers, GroundMemory, GroundSettings } from './types.ts';

/**
 * Asks the cluster: all at once where memory knows selector and node, else in up to three rounds.
 * Every call is bounded by the signal; a failure is an answer like any other.
 */
export async function observeGround(
  settings: GroundSettings,
  kubernetes: KubernetesDoor,
  memory: GroundMemory | null,
  { clock, signal }: LookContext,
): Promise<GroundAnswers> {
  const { workload: name, ledger } = settings;
  const { namespace } = name;
  const ask = async (call: Promise<Reply<unknown>>): Promise<Asked> => {
    const reply = await call;
    return { at: clock.now(), reply };
  };
  const askPods = (selector: string) =>
    Promise.all([
      ask(kubernetes.pods(namespace, selector, signal)),
      name.kind === 'deployment' ? ask(kubernetes.replicaSets(namespace, selector, signal)) : null,
    ]);
  const askNode = (node: string) => ask(kubernetes.node(node, signal));

  const [selectorBefore, nodeBefore] = [memory?.selector ?? null, memory?.nodeName ?? null];
  const [workload, configMap, podsBefore, nodeThen] = await Promise.all([
    ask(kubernetes.workload(name, signal)),
    ask(kubernetes.configMap(namespace, ledger, signal)),
    selectorBefore === null ? null : askPods(selectorBefore),
    nodeBefore === null ? null : askNode(nodeBefore),
  ]);
  const sight = workloadSight(settings, workload, {});
  const selector = sight.known ? selectorText(sight.value) : selectorBefore;
  const asked = selector === selectorBefore ? podsBefore : selector === null ? null : await askPods(selector);
  const [pods, replicaSets] = asked ?? [null, null];

  const own = podsSight(settings, sight, { pods, replicaSets }, {});
  const nodeName = (own.known ? nodeNameOf(own.value) : null) ?? nodeBefore;
  const node = nodeName === nodeBefore ? nodeThen : nodeName === null ? null : await askNode(nodeName);
  return { workload, pods, replicaSets, nodeName, node, configMap };
}
