/** The door to Kubernetes: the few calls that the house makes, each with its deadline and a typed answer. */

import type { Failure, KubernetesDoor, Log, ObjectName, Reply, RestartPatch } from '../ports.ts';
import { openClient } from './client.ts';
import { type KubernetesSettings, readCredentials } from './credentials.ts';
import { type Call, failure } from './errors.ts';

export interface KubernetesOptions {
  log: Log;
  /** For one call, its body included. */
  timeoutSeconds?: number;
}

/** Shows in managedFields and the audit log. A name that begins with "kubectl" would be reverted by Flux. */
const FIELD_MANAGER = 'frigate-warden';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

// Kubernetes API conventions: object names are DNS names of up to 253 characters.
const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const PLURALS = { deployment: 'deployments', statefulset: 'statefulsets', daemonset: 'daemonsets' } as const;

const READ = { method: 'GET', verb: 'get', query: {} } as const;
const LIST = { method: 'GET', verb: 'list', name: null } as const;

/** Opens nothing yet: connections come with the first call. Throws one clear sentence where the settings are wrong. */
export function openKubernetes(settings: KubernetesSettings, options: KubernetesOptions): KubernetesDoor {
  const read = readCredentials(settings);
  if (!read.ok) throw new Error(read.reason);
  const client = openClient(read.credentials, { log: options.log, timeoutSeconds: options.timeoutSeconds ?? 10 });

  async function ask(call: Call, signal: AbortSignal): Promise<Reply<unknown>> {
    return refuse(call) ?? (await client.call(call, signal));
  }

  return {
    workload: (name, signal) => ask({ ...READ, ...workloadOf(name) }, signal),
    pods: (namespace, selector, signal) =>
      ask({ ...LIST, group: '', resource: 'pods', namespace, query: { labelSelector: selector } }, signal),
    replicaSets: (namespace, selector, signal) =>
      ask({ ...LIST, group: 'apps', resource: 'replicasets', namespace, query: { labelSelector: selector } }, signal),
    node: (name, signal) => ask({ ...READ, group: '', resource: 'nodes', namespace: null, name }, signal),
    configMap: (namespace, name, signal) => ask({ ...READ, ...configMapOf(namespace, name) }, signal),
    replaceConfigMap: (namespace, name, body, signal) =>
      ask({ ...write('PUT', 'update'), ...configMapOf(namespace, name), body }, signal),
    createConfigMap: (namespace, body, signal) =>
      ask({ ...write('POST', 'create'), ...configMapOf(namespace, nameIn(body)), body }, signal),
    restart: (patch, signal) => ask(restartCall(patch), signal),
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

/** What must never be sent: a name that would change the path, or a write that the server would not check. */
function refuse(call: Call): Failure | null {
  for (const name of [call.namespace, call.name]) {
    if (name !== null && !OBJECT_NAME.test(name)) return failure(call, 'form', 'this is not a Kubernetes name');
  }
  const metadata = metadataOf(call.body);
  const needed = { create: [], update: ['resourceVersion'], patch: ['uid', 'resourceVersion'], get: [], list: [] };
  for (const key of needed[call.verb]) {
    if (typeof metadata[key] === 'string' && metadata[key] !== '') continue;
    return failure(call, 'form', `without metadata.${key} it would overwrite what others wrote, so it was not sent`);
  }
  return null;
}

function nameIn(body: unknown): string {
  const name = metadataOf(body).name;
  return typeof name === 'string' ? name : '';
}

function metadataOf(body: unknown): Readonly<Record<string, unknown>> {
  const metadata = (body as { metadata?: unknown } | null | undefined)?.metadata;
  return typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : {};
}
