/** The door to Kubernetes: the few calls that the house makes, each with its deadline and a typed answer. */

import type {
  AccessQuestion,
  KubernetesDoor,
  LeaseDoor,
  Log,
  ObjectName,
  PodDeletion,
  Reply,
  RestartPatch,
} from '../ports.ts';
import { execCall, logCall, metadataOf, proxyCall, refuse } from './calls.ts';
import { openClient } from './client.ts';
import type { KubernetesSettings } from './credentials.ts';
import { type Call, failure } from './errors.ts';
import { openRenewal } from './renewal.ts';

export interface KubernetesOptions {
  log: Log;
  /** For one call, its body included. */
  timeoutSeconds?: number;
  /** Hears every secret that must not be shown from now on: credentials are renewed while the program runs. */
  onSecrets?(secrets: readonly string[]): void;
  /** Seconds of a steady clock. */
  now?(): number;
}

/** Shows in managedFields and the audit log. A name that begins with "kubectl" would be reverted by Flux. */
const FIELD_MANAGER = 'frigate-warden';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

const PLURALS = { deployment: 'deployments', statefulset: 'statefulsets', daemonset: 'daemonsets' } as const;

const READ = { method: 'GET', verb: 'get', query: {} } as const;
const LIST = { method: 'GET', verb: 'list', name: null } as const;

const SCALERS = { ...LIST, group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' } as const;

/** A node names its images, some 20 KB in all: so many of them stay below the largest answer. */
const MOST_NODES = '250';
const MOST_SCALERS = '250';

/** Opens nothing yet: connections come with the first call. Throws one clear sentence where the settings are wrong. */
export function openKubernetes(settings: KubernetesSettings, options: KubernetesOptions): KubernetesDoor & LeaseDoor {
  const { log, timeoutSeconds = 10, onSecrets = () => undefined, now = steadySeconds } = options;
  const client = openClient(openRenewal(settings, { log, now, onSecrets }), { log, timeoutSeconds, now });

  async function checked<T>(call: Call, send: (call: Call) => Promise<Reply<T>>): Promise<Reply<T>> {
    return refuse(call) ?? (await send(call));
  }
  const ask = (call: Call, signal: AbortSignal) => checked(call, (each) => client.object(each, signal));

  return {
    workload: (name, signal) => ask({ ...READ, ...workloadOf(name) }, signal),
    pods: (namespace, selector, signal) =>
      ask({ ...LIST, group: '', resource: 'pods', namespace, query: { labelSelector: selector } }, signal),
    replicaSets: (namespace, selector, signal) =>
      ask({ ...LIST, group: 'apps', resource: 'replicasets', namespace, query: { labelSelector: selector } }, signal),
    node: (name, signal) => ask({ ...READ, group: '', resource: 'nodes', namespace: null, name }, signal),
    nodes: (signal) =>
      ask({ ...LIST, group: '', resource: 'nodes', namespace: null, query: { limit: MOST_NODES } }, signal),
    autoscalers: (namespace, signal) => ask({ ...SCALERS, namespace, query: { limit: MOST_SCALERS } }, signal),
    configMap: (namespace, name, signal) => ask({ ...READ, ...configMapOf(namespace, name) }, signal),
    replaceConfigMap: (namespace, name, body, signal) =>
      ask({ ...write('PUT', 'update'), ...configMapOf(namespace, name), body }, signal),
    createConfigMap: (namespace, body, signal) =>
      ask({ ...write('POST', 'create'), ...configMapOf(namespace, nameIn(body)), body }, signal),
    lease: (namespace, name, signal) => ask({ ...READ, ...leaseOf(namespace, name) }, signal),
    replaceLease: (namespace, name, body, signal) =>
      ask({ ...write('PUT', 'update'), ...leaseOf(namespace, name), body }, signal),
    createLease: (namespace, body, signal) =>
      ask({ ...write('POST', 'create'), ...leaseOf(namespace, nameIn(body)), body }, signal),
    restart: (patch, signal) => ask(restartCall(patch), signal),
    deletePod: (pod, signal) => ask(deletionCall(pod), signal),
    log: (query, signal) => checked(logCall(query), (call) => client.text(call, signal)),
    proxy: (road, signal) => checked(proxyCall(road), (call) => client.text(call, signal)),
    exec: (place, command, signal) => checked(execCall(place, command), (call) => client.command(call, signal)),
    allowed: async (question, signal) => {
      const call = accessCall(question);
      const reply = await ask(call, signal);
      if (!reply.ok) return reply;
      const allowed = (reply.value as { status?: { allowed?: unknown } | null }).status?.allowed;
      if (typeof allowed === 'boolean') return { ...reply, value: allowed };
      return { ...failure(call, 'form', 'the answer says neither yes nor no'), status: reply.status };
    },
    close: () => client.close(),
  };
}

function steadySeconds(): number {
  return performance.now() / 1000;
}

function workloadOf({ kind, namespace, name }: ObjectName) {
  return { group: 'apps', resource: PLURALS[kind], namespace, name };
}

function configMapOf(namespace: string, name: string) {
  return { group: '', resource: 'configmaps', namespace, name };
}

function leaseOf(namespace: string, name: string) {
  return { group: 'coordination.k8s.io', resource: 'leases', namespace, name };
}

function write<M extends Call['method'], V extends Call['verb']>(method: M, verb: V) {
  return { method, verb, query: { fieldManager: FIELD_MANAGER } };
}

/** What `kubectl rollout restart` sends, with the preconditions that it lacks. */
function restartCall({ workload, restartedAt, uid, resourceVersion }: RestartPatch): Call {
  return {
    ...write('PATCH', 'patch'),
    ...workloadOf(workload),
    contentType: 'application/strategic-merge-patch+json',
    body: {
      metadata: { uid, resourceVersion },
      spec: { template: { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } } },
    },
  };
}

/** Every account may ask this of itself: Kubernetes documentation, "Authorization". Nothing is kept of it. */
function accessCall({ verb, group, resource, namespace, name }: AccessQuestion): Call {
  const [plural, subresource] = resource.split('/');
  const resourceAttributes = {
    verb,
    group,
    resource: plural,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === null ? {} : { namespace }),
    ...(name === null ? {} : { name }),
  };
  return {
    method: 'POST',
    verb: 'create',
    group: 'authorization.k8s.io',
    resource: 'selfsubjectaccessreviews',
    namespace: null,
    name: null,
    query: {},
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
  };
}

/** With the pod's own grace. In the body, for beside one the server passes over what stands in the query. */
function deletionCall({ namespace, name, uid, resourceVersion }: PodDeletion): Call {
  return {
    method: 'DELETE',
    verb: 'delete',
    group: '',
    resource: 'pods',
    namespace,
    name,
    query: {},
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
  };
}

function nameIn(body: unknown): string {
  const name = metadataOf(body).name;
  return typeof name === 'string' ? name : '';
}
