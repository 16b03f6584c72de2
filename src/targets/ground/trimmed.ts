/**
 * API objects with nothing but what is read of them. A manifest may hold a password anywhere: in a variable, a command,
 * a probe, an annotation, a volume's options. So all goes that nobody reads, not only what is known to be bad. Pure.
 */
import type { Reply } from '../../doors/ports.ts';
import {
  type ConfigMapObject,
  type NodeObject,
  readAutoscalers,
  readConfigMap,
  readNode,
  readNodes,
  readPods,
  readReplicaSets,
  readWorkload,
} from './objects.ts';
import { namesIn, wantsOf } from './placement.ts';
import type { Part } from './types.ts';

/** Annotations that are read: the time of a restart, and the Warden's own. */
const KEPT_ANNOTATIONS = /^(?:kubectl\.kubernetes\.io\/restartedAt|frigate-warden\/.*)$/;
/** What the checkers that share the ledger keep in it. */
const KEPT_KEYS = /^(?:last_restart_times|consecutive_failures)$/;

/** In place of an object of another form: it is read as such, also in a case folder. */
const NO_FORM = { error: 'form' };

/** TABLE: what is kept of each part; null where it is not an object of its kind. */
const KEPT: Readonly<Record<Part, (value: unknown, names: readonly string[]) => unknown>> = {
  workload: readWorkload,
  pods: (value) => {
    const pods = readPods(value);
    return pods && { items: pods.map((pod) => ({ ...pod, metadata: withoutStrangers(pod.metadata) })) };
  },
  replicaSets: (value) => {
    const items = readReplicaSets(value);
    return items && { items };
  },
  node: (value, names) => {
    const node = readNode(value);
    return node && nodeOf(node, names);
  },
  nodes: (value, names) => {
    const list = readNodes(value);
    if (!list) return null;
    const items = list.items.map((node) => readyOnly(nodeOf(node, names)));
    return { metadata: list.isWhole ? {} : { continue: 'more' }, items };
  },
  autoscalers: (value) => {
    const items = readAutoscalers(value);
    return items && { items };
  },
  configMap: (value) => {
    const object = readConfigMap(value);
    return object && ledgerOf(object);
  },
};

/**
 * The object as readers of `objects.ts` find it, in the form in which the API gave it. Twice is as once.
 * `names`: the labels and devices of a node that the workload asks for; all others go.
 */
export function trimmed(part: Part, value: unknown, names: readonly string[] = []): unknown {
  return KEPT[part](value, names) ?? NO_FORM;
}

/** The same for an answer; a failure stays as it is. */
export function trimmedReply(part: Part, reply: Reply<unknown>, names: readonly string[] = []): Reply<unknown> {
  return reply.ok ? { ...reply, value: trimmed(part, reply.value, names) } : reply;
}

/** What a workload asks of nodes, by name; nothing where it was not seen. */
export function namesAsked(workload: Reply<unknown>): readonly string[] {
  const object = workload.ok ? readWorkload(workload.value) : null;
  return object ? namesIn(wantsOf(object)) : [];
}

function nodeOf(node: NodeObject, names: readonly string[]): NodeObject {
  const { metadata, status } = node;
  const kept = (words: Words | null | undefined) =>
    words && Object.fromEntries(Object.entries(words).filter(([name]) => names.includes(name)));
  return {
    ...node,
    metadata: { ...metadata, labels: kept(metadata.labels) },
    status: { ...status, allocatable: kept(status.allocatable) },
  };
}

/** Of a node among many only that is read. */
function readyOnly(node: NodeObject): NodeObject {
  const conditions = node.status.conditions.filter(({ type }) => type === 'Ready');
  return { ...node, status: { ...node.status, conditions } };
}

function ledgerOf({ metadata, data }: ConfigMapObject): unknown {
  const { name, namespace, uid, resourceVersion, annotations } = metadata;
  return {
    metadata: withoutStrangers({ name, namespace, uid, resourceVersion, annotations }),
    data: data && only(data, KEPT_KEYS),
  };
}

function withoutStrangers<T extends { annotations?: Words | null | undefined }>(metadata: T): T {
  const { annotations } = metadata;
  return annotations ? { ...metadata, annotations: only(annotations, KEPT_ANNOTATIONS) } : metadata;
}

type Words = Record<string, string>;

function only(words: Words, names: RegExp): Words {
  return Object.fromEntries(Object.entries(words).filter(([name]) => names.test(name)));
}
