/**
 * What a recorded cluster answers at one look: the objects that were kept, completed where somebody has trimmed them,
 * and a well cluster where nobody has kept any. Pure.
 */

import type { Failure, ObjectName, Reply } from '../../doors/ports.ts';
import { oneLine, withoutLogin } from '../../secrets.ts';
import { type Fields, isFields } from './fields.ts';
import {
  nodeNamed,
  ownersOf,
  pretendedNode,
  pretendedPod,
  pretendedWorkload,
  type RecordedMoment,
  wholePod,
  wholeWorkload,
} from './recorded-objects.ts';
import type { Asked, GroundAnswers } from './types.ts';

const KINDS = ['deployment', 'statefulset', 'daemonset'] as const;
const NAMELESS: ObjectName = { kind: 'deployment', namespace: 'frigate', name: 'frigate' };

/** One kept look, sorted by what its objects are. Null: not kept. */
export interface KeptObjects {
  /** Why the whole cluster was silent. */
  failure: Failure | null;
  workload: { kind: ObjectName['kind']; value: unknown } | null;
  pods: unknown;
  replicaSets: unknown;
  node: unknown;
  configMap: unknown;
  /** The list of all; one node alone is no list. */
  nodes: unknown;
  autoscalers: unknown;
}

export const NOTHING_KEPT: KeptObjects = {
  failure: null,
  workload: null,
  pods: null,
  replicaSets: null,
  node: null,
  configMap: null,
  nodes: null,
  autoscalers: null,
};

/** Reads `{deployment, pods, node, …}`, or a list of objects as kubectl prints it. Null: it is neither. */
export function readKept(value: unknown): KeptObjects | null {
  if (!isFields(value)) return null;
  const words = errorOf(value);
  if (words !== null) return { ...NOTHING_KEPT, failure: failureSaid(words, 'The API server') };
  const named: Fields = Array.isArray(value.items)
    ? byKind(value.items)
    : Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]));
  const kind = KINDS.find((one) => isFields(named[one]));
  return {
    failure: null,
    workload: kind ? { kind, value: first(named[kind]) } : null,
    pods: named.pods ?? named.pod ?? null,
    replicaSets: named.replicasets ?? null,
    node: first(named.node ?? (isSeveral(named.nodes) ? null : named.nodes) ?? null),
    configMap: named.configmap ?? null,
    nodes: isSeveral(named.nodes) || errorOf(named.nodes) !== null ? named.nodes : null,
    autoscalers: named.horizontalpodautoscalers ?? named.autoscalers ?? null,
  };
}

function byKind(items: readonly unknown[]): Fields {
  const objects = items.filter(isFields);
  const of = (kind: string) => objects.filter((one) => String(one.kind).toLowerCase() === kind);
  return {
    ...Object.fromEntries(KINDS.map((kind) => [kind, of(kind)[0] ?? null])),
    pods: of('pod').length > 0 ? of('pod') : null,
    replicasets: of('replicaset').length > 0 ? of('replicaset') : null,
    nodes: of('node').length > 0 ? of('node') : null,
    horizontalpodautoscalers: of('horizontalpodautoscaler').length > 0 ? of('horizontalpodautoscaler') : null,
    configmap: of('configmap')[0] ?? null,
  };
}

/** One node may have been written down for the pod's own; a list with its `metadata` is what the API gave. */
function isSeveral(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 1;
  return isFields(value) && Array.isArray(value.items);
}

/** Of a list its first. */
function first(value: unknown): unknown {
  const items = Array.isArray(value) ? value : isFields(value) && Array.isArray(value.items) ? value.items : null;
  return items ? (items[0] ?? null) : value;
}

/** Whose objects they are. */
export function workloadNamed({ workload, pods }: KeptObjects): ObjectName {
  const metadata = isFields(workload?.value) && isFields(workload.value.metadata) ? workload.value.metadata : {};
  const [pod] = itemsOf(pods) ?? [];
  const namespace = metadata.namespace ?? (isFields(pod) && isFields(pod.metadata) ? pod.metadata.namespace : null);
  return {
    kind: workload?.kind ?? NAMELESS.kind,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : NAMELESS.namespace,
    name: typeof metadata.name === 'string' && metadata.name !== '' ? metadata.name : NAMELESS.name,
  };
}

/** The answers of one look. The pods of a recording are the workload's own, whatever their owners are called. */
export function recordedGround(kept: KeptObjects, moment: RecordedMoment): GroundAnswers {
  const { at, workload } = moment;
  const asked = (reply: Reply<unknown>): Asked => ({ at, reply });
  if (kept.failure) {
    const silent = asked(kept.failure);
    return { workload: silent, pods: null, replicaSets: null, nodeName: null, node: silent, configMap: silent };
  }
  const items = itemsOf(kept.pods) ?? [pretendedPod(moment)];
  const pods = items.filter(isFields).map((pod, index) => wholePod(pod, index, moment));
  const object = kept.workload?.value ?? pretendedWorkload(workload);
  const whole = isFields(object) ? wholeWorkload(object, workload, pods) : object;
  const owned = ownersOf(whole, workload.kind, pods);
  const nodeName = nodeNamed(owned.pods) ?? null;
  return {
    workload: asked(replyOf(whole, 'The workload')),
    pods: asked(replyOf(errorOf(kept.pods) === null ? { items: owned.pods } : kept.pods, 'The list of pods')),
    replicaSets: workload.kind === 'deployment' ? asked(replyOf({ items: owned.replicaSets }, 'The list')) : null,
    nodeName,
    node: nodeName === null ? null : asked(nodeReply(kept.node ?? listed(kept.nodes, nodeName), nodeName, moment)),
    configMap: asked(ledgerReply(kept.configMap, moment)),
    ...(kept.nodes === null ? {} : { nodes: asked(listReply(kept.nodes, 'The list of nodes')) }),
    ...(kept.autoscalers === null
      ? {}
      : { autoscalers: asked(listReply(kept.autoscalers, 'The list of autoscalers')) }),
  };
}

/** The node of that name among those that were kept. */
function listed(nodes: unknown, name: string): unknown {
  return itemsOf(nodes)?.find((one) => isFields(one) && isFields(one.metadata) && one.metadata.name === name) ?? null;
}

function listReply(list: unknown, place: string): Reply<unknown> {
  return replyOf(Array.isArray(list) ? { items: list } : list, place);
}

function nodeReply(node: unknown, name: string, moment: RecordedMoment): Reply<unknown> {
  if (!isFields(node)) return replyOf(pretendedNode(name, moment), 'The node');
  if (errorOf(node) !== null) return replyOf(node, 'The node');
  const metadata = isFields(node.metadata) ? node.metadata : {};
  return replyOf({ ...node, metadata: { name, ...metadata } }, 'The node');
}

function ledgerReply(configMap: unknown, { at, restarts }: RecordedMoment): Reply<unknown> {
  const times = restarts.filter((time) => time <= at);
  if (isFields(configMap)) return replyOf(configMap, 'The shared ledger');
  if (times.length === 0) return { ok: false, kind: 'status', status: 404, reason: 'There is no shared ledger.' };
  const metadata = { name: 'recorded', resourceVersion: '1' };
  return replyOf({ metadata, data: { last_restart_times: times.join(',') } }, 'The shared ledger');
}

/** A part that was refused when it was recorded says `{"error": "http 403"}`. */
function replyOf(value: unknown, place: string): Reply<unknown> {
  const words = errorOf(value);
  return words === null ? { ok: true, value, status: 200, serverTime: null } : failureSaid(words, place);
}

/** An API object has no `error` of its own. */
function errorOf(value: unknown): string | null {
  return isFields(value) && typeof value.error === 'string' ? value.error : null;
}

/** Null where no list was kept; a list that is empty is one. */
function itemsOf(pods: unknown): readonly unknown[] | null {
  if (Array.isArray(pods)) return pods;
  if (!isFields(pods)) return null;
  if (Array.isArray(pods.items)) return pods.items;
  return isFields(pods.metadata) ? [pods] : errorOf(pods) === null ? null : [];
}

/** TABLE: what people write for a failure, and what it is. The first row that fits counts. */
const FAILURES: readonly [words: RegExp, kind: Failure['kind'], says: string][] = [
  [/abort|cancel/i, 'aborted', 'was given up'],
  [/time[ds]?.?out|deadline|ETIMEDOUT/i, 'timeout', 'did not answer in time'],
  [/refused|ECONNREFUSED/i, 'refused', 'refuses connections'],
  [/certificate|\btls\b|\bssl\b/i, 'tls', 'has a certificate that is not trusted'],
  [/too.?large/i, 'too_large', 'answered with more than 8 MB'],
  [/\bjson\b|\bform\b|pars(?:e|ing)|truncated/i, 'form', 'answered with something that is no valid answer'],
];
const NO_SERVER = 'no available server';
const LONGEST_WORDS = 200;

/** A failure in a few words, e.g. `timeout`, `refused`, `http 502`, as the failure that it was. */
export function failureSaid(text: string, place: string, body: string | null = null): Failure {
  const words = oneLine(withoutLogin(text)).trim().slice(0, LONGEST_WORDS);
  const sample = body ?? (words.includes(NO_SERVER) ? NO_SERVER : null);
  const status = Number(/^(?:https?|status|code)?\s*:?\s*([1-5]\d\d)\b/i.exec(words)?.[1] ?? (sample ? 503 : 0));
  const said = sample === null ? {} : { body: oneLine(withoutLogin(sample)).slice(0, LONGEST_WORDS) };
  if (status > 0) return { ok: false, kind: 'status', status, reason: `${place} answered ${status}.`, ...said };
  const row = FAILURES.find(([pattern]) => pattern.test(words));
  if (row) return { ok: false, kind: row[1], reason: `${place} ${row[2]}.`, ...said };
  return { ok: false, kind: 'unreachable', reason: `${place} cannot be asked${words ? ` (${words})` : ''}.`, ...said };
}
