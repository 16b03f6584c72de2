/** What runs in the containers, as far as the API server and the kubelet get to see it. */

import type { Pod } from './objects.ts';
import { isNodeReady } from './pods.ts';
import { type Cluster, keyOf, type WrittenLine } from './state.ts';

/** One run of a container, in epoch seconds. */
interface ContainerRun {
  pod: string;
  startedAt: number;
  /** Null: it runs. */
  endedAt: number | null;
}

/** The run that is meant: the present one or, asked for `previous` or between two runs, the last that has ended. */
export function runOf(pod: Pod, container: string, previous: boolean): ContainerRun | null {
  const status = pod.status.containerStatuses?.find(({ name }) => name === container);
  if (!status) return null;
  const { running, terminated } = status.state;
  const name = pod.metadata.name;
  const seconds = (text: string) => Date.parse(text) / 1000;
  if (!previous && running) return { pod: name, startedAt: seconds(running.startedAt), endedAt: null };
  const ended = (previous ? null : terminated) ?? status.lastState.terminated;
  return ended ? { pod: name, startedAt: seconds(ended.startedAt), endedAt: seconds(ended.finishedAt) } : null;
}

/** Lines of one run. Its times are cut to whole seconds, so the second in which it ended counts whole. */
export function linesOf(cluster: Cluster, { startedAt, endedAt }: ContainerRun): readonly WrittenLine[] {
  const end = endedAt === null ? Number.POSITIVE_INFINITY : endedAt + 1;
  return cluster.inside.log().filter(({ at }) => at >= startedAt && at < end);
}

export function podAt(cluster: Cluster, namespace: string, name: string): Pod | null {
  return cluster.pods.get(keyOf({ metadata: { namespace, name } })) ?? null;
}

/** Does a connection from the API server to the pod's node come about? */
export function isNodeReached(cluster: Cluster, { spec: { nodeName } }: Pod): boolean {
  return nodeName !== undefined && isNodeReady(cluster, nodeName) && !cluster.switches.cut.has(nodeName);
}
