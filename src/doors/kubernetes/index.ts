/** The door to Kubernetes: the few calls that the house makes, each with its deadline and a typed answer. */

import type { KubernetesDoor, Log, ObjectName, Reply, RestartPatch } from '../ports.ts';
import { execCall, logCall, metadataOf, proxyCall, refuse } from './calls.ts';
import { openClient } from './client.ts';
import { type KubernetesSettings, readCredentials } from './credentials.ts';
import type { Call } from './errors.ts';

export interface KubernetesOptions {
  log: Log;
  /** For one call, its body included. */
  timeoutSeconds?: number;
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
export function openKubernetes(settings: KubernetesSettings, options: KubernetesOptions): KubernetesDoor {
  const read = readCredentials(settings);
  if (!read.ok) throw new Error(read.reason);
  const client = openClient(read.credentials, { log: options.log, timeoutSeconds: options.timeoutSeconds ?? 10 });

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
    restart: (patch, signal) => ask(restartCall(patch), signal),
    log: (query, signal) => checked(logCall(query), (call) => client.text(call, signal)),
    proxy: (road, signal) => checked(proxyCall(road), (call) => client.text(call, signal)),
    exec: (place, command, signal) => checked(execCall(place, command), (call) => client.command(call, signal)),
    close: () => client.close(),
  };
}

function workloadOf({ kind, namespace, name }: ObjectName) {
  return { group: 'apps', resource: PLURALS[kind], namespace, name };
}

function configMapOf(namespace: string, name: string) {
  return { group: '', resource: 'configmaps', namespace, name };
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

function nameIn(body: unknown): string {
  const name = metadataOf(body).name;
  return typeof name === 'string' ? name : '';
}
