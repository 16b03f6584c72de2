/** GET …/pods/{name}/log: the kubelet's answer, which the API server passes on. */

import { type ApiAnswer, failed, notFound } from './answers.ts';
import { isNodeReached, linesOf, podAt, runOf } from './inside.ts';
import type { Pod } from './objects.ts';
import type { Cluster } from './state.ts';

interface Place {
  namespace: string;
  name: string;
}

export function answerLog(cluster: Cluster, { namespace, name }: Place, query: URLSearchParams): ApiAnswer {
  const pod = podAt(cluster, namespace, name);
  if (!pod) return notFound('pods', name);
  const sinceTime = query.get('sinceTime');
  const since = sinceTime === null ? Number.NEGATIVE_INFINITY : Math.floor(Date.parse(sinceTime) / 1000);
  if (Number.isNaN(since)) return failed(400, `parsing time "${sinceTime}" as "2006-01-02T15:04:05Z07:00"`);
  const names = pod.spec.containers.map((each) => each.name);
  const container = query.get('container') ?? (names.length === 1 ? names[0] : undefined);
  if (container === undefined) {
    return failed(400, `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  }
  if (!names.includes(container)) return failed(400, `container ${container} is not valid for pod ${name}`);
  // There is no kubelet yet that could be asked.
  if (pod.spec.nodeName === undefined) return { code: 204, body: '' };
  if (!isNodeReached(cluster, pod)) return unreachable(pod, container);
  const run = runOf(pod, container, query.get('previous') === 'true');
  if (!run) return noRun(pod, container, query.get('previous') === 'true');
  const isStamped = query.get('timestamps') === 'true';
  const lines = linesOf(cluster, run).map(({ at, text }) => ({
    at,
    text: isStamped ? `${kubeletStamp(at)} ${text}\n` : `${text}\n`,
  }));
  // Counted from the end of the whole log, before the time is looked at.
  const tail = query.has('tailLines') ? Number(query.get('tailLines')) : lines.length;
  const kept = lines.slice(Math.max(0, lines.length - tail)).filter(({ at }) => at >= since);
  const bytes = Buffer.from(kept.map(({ text }) => text).join(''));
  const limit = query.has('limitBytes') ? Number(query.get('limitBytes')) : bytes.length;
  return { code: 200, body: bytes.subarray(0, limit).toString('utf8') };
}

/** RFC 3339 with nine digits: kubernetes/kubernetes, pkg/kubelet/kuberuntime/logs. */
function kubeletStamp(at: number): string {
  const second = Math.floor(at);
  const nanoseconds = String(Math.floor((at - second) * 1e9)).padStart(9, '0');
  return `${new Date(second * 1000).toISOString().slice(0, 19)}.${nanoseconds}Z`;
}

function noRun(pod: Pod, container: string, previous: boolean): ApiAnswer {
  const { name } = pod.metadata;
  if (previous) return failed(400, `previous terminated container "${container}" in pod "${name}" not found`);
  const status = pod.status.containerStatuses?.find((each) => each.name === container);
  const why = status?.state.waiting?.reason ?? 'ContainerCreating';
  return failed(400, `container "${container}" in pod "${name}" is waiting to start: ${why}`);
}

/** The API server dials the kubelet itself, and gives its own error a status without a reason. */
function unreachable({ metadata, status }: Pod, container: string): ApiAnswer {
  const kubelet = `${status.hostIP}:10250`;
  const url = `https://${kubelet}/containerLogs/${metadata.namespace}/${metadata.name}/${container}`;
  return failed(500, `Get "${url}": dial tcp ${kubelet}: i/o timeout`, { reason: '' });
}
