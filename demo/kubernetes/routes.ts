/** Which path and method does what to the cluster. Unknown paths answer as the API server's mux does. */

import { type ApiAnswer, failed, listOf, notFound } from './answers.ts';
import { createConfigMap, readConfigMap, replaceConfigMap } from './config-maps.ts';
import { type Json, patchDeployment } from './deployments.ts';
import { createLease, readLease, replaceLease } from './leases.ts';
import { answerLog } from './log.ts';
import type { Metadata } from './objects.ts';
import { removePod } from './removal.ts';
import { parseSelector } from './selectors.ts';
import type { Cluster } from './state.ts';

export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  contentType: string;
  userAgent: string;
  /** Undefined without a body, null when it is no JSON. */
  body: { [key: string]: Json } | null | undefined;
}

const SCALERS = /^\/apis\/autoscaling\/v2\/namespaces\/([^/]+)\/horizontalpodautoscalers$/;

const NAMESPACED =
  /^\/(?:api\/v1|apis\/(?:apps|coordination\.k8s\.io)\/v1)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/;

const LOG = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/;

export function answer(cluster: Cluster, request: ApiRequest): ApiAnswer {
  if (request.body === null) return failed(400, 'the object provided is unrecognized (must be of type Object)');
  if (request.path === '/version') return { code: 200, body: { major: '1', minor: '36', gitVersion: 'v1.36.1+k3s1' } };
  if (request.path === '/readyz' || request.path === '/livez') return { code: 200, body: 'ok' };
  const node = /^\/api\/v1\/nodes(?:\/([^/]+))?$/.exec(request.path);
  if (node) return answerNodes(cluster, request, node[1]);
  const scaled = SCALERS.exec(request.path)?.[1];
  if (scaled !== undefined) {
    const kind = { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2' };
    return list(cluster, request, kind, inSpace(cluster.autoscalers, scaled));
  }
  const [, space, pod] = LOG.exec(request.path) ?? [];
  if (space !== undefined && pod !== undefined) {
    const place = { namespace: space, name: decodeURIComponent(pod) };
    return request.method === 'GET' ? answerLog(cluster, place, request.query) : notAllowed();
  }
  const [, namespace, resource, name] = NAMESPACED.exec(request.path) ?? [];
  if (namespace === undefined || resource === undefined) return { code: 404, body: '404 page not found\n' };
  const place = { namespace, name: name === undefined ? undefined : decodeURIComponent(name) };
  const core = request.path.startsWith('/api/v1/');
  if (request.path.startsWith('/apis/coordination.k8s.io/')) {
    return resource === 'leases' ? answerLeases(cluster, request, place) : unheardOf();
  }
  if (!core && resource === 'deployments') return answerDeployments(cluster, request, place);
  if (!core && resource === 'replicasets') {
    return list(
      cluster,
      request,
      { kind: 'ReplicaSet', apiVersion: 'apps/v1' },
      inSpace(cluster.replicaSets, namespace),
    );
  }
  if (core && resource === 'pods') return answerPods(cluster, request, place);
  if (core && resource === 'configmaps') return answerConfigMaps(cluster, request, place);
  return unheardOf();
}

function unheardOf(): ApiAnswer {
  return failed(404, 'the server could not find the requested resource', { reason: 'NotFound' });
}

interface Place {
  namespace: string;
  name: string | undefined;
}

interface Kind {
  kind: string;
  apiVersion: string;
}

function answerNodes(cluster: Cluster, request: ApiRequest, name: string | undefined): ApiAnswer {
  if (request.method !== 'GET') return notAllowed();
  if (name === undefined)
    return list(cluster, request, { kind: 'Node', apiVersion: 'v1' }, [...cluster.nodes.values()]);
  const node = cluster.nodes.get(decodeURIComponent(name));
  return node ? { code: 200, body: node } : notFound('nodes', name);
}

function answerDeployments(cluster: Cluster, request: ApiRequest, { namespace, name }: Place): ApiAnswer {
  if (name === undefined) {
    return list(
      cluster,
      request,
      { kind: 'Deployment', apiVersion: 'apps/v1' },
      inSpace(cluster.deployments, namespace),
    );
  }
  const deployment = cluster.deployments.get(`${namespace}/${name}`);
  if (!deployment) return notFound('deployments.apps', name);
  if (request.method === 'GET') return { code: 200, body: deployment };
  if (request.method !== 'PATCH') return notAllowed();
  const type = request.contentType.split(';')[0] ?? '';
  if (type === 'application/json-patch+json') {
    return failed(400, 'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  if (type !== 'application/strategic-merge-patch+json' && type !== 'application/merge-patch+json') {
    return failed(415, `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`);
  }
  const manager = request.query.get('fieldManager') ?? request.userAgent.split('/')[0] ?? 'unknown';
  const refusal = patchDeployment(cluster, deployment, request.body ?? {}, manager);
  return refusal ? failed(refusal.code, refusal.message) : { code: 200, body: deployment };
}

function answerPods(cluster: Cluster, request: ApiRequest, { namespace, name }: Place): ApiAnswer {
  if (name === undefined) {
    return list(cluster, request, { kind: 'Pod', apiVersion: 'v1' }, inSpace(cluster.pods, namespace));
  }
  const pod = cluster.pods.get(`${namespace}/${name}`);
  if (!pod) return notFound('pods', name);
  if (request.method === 'GET') return { code: 200, body: pod };
  if (request.method !== 'DELETE') return notAllowed();
  const refusal = removePod(cluster, pod, request.body ?? {});
  return refusal ? failed(refusal.code, refusal.message) : { code: 200, body: pod };
}

const ACCEPTED =
  'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, ' +
  'application/apply-patch+yaml, application/apply-patch+cbor';

function answerConfigMaps(cluster: Cluster, request: ApiRequest, { namespace, name }: Place): ApiAnswer {
  const body = request.body ?? {};
  const manager = request.query.get('fieldManager') ?? request.userAgent.split('/')[0] ?? 'unknown';
  if (name === undefined) {
    if (request.method === 'POST') return createConfigMap(cluster, namespace, body, manager);
    return list(cluster, request, { kind: 'ConfigMap', apiVersion: 'v1' }, inSpace(cluster.configMaps, namespace));
  }
  if (request.method === 'GET') return readConfigMap(cluster, namespace, name);
  if (request.method === 'PUT') return replaceConfigMap(cluster, { namespace, name }, body, manager);
  return notAllowed();
}

function answerLeases(cluster: Cluster, request: ApiRequest, { namespace, name }: Place): ApiAnswer {
  const body = request.body ?? {};
  const manager = request.query.get('fieldManager') ?? request.userAgent.split('/')[0] ?? 'unknown';
  if (name === undefined) {
    if (request.method === 'POST') return createLease(cluster, namespace, body, manager);
    const kind = { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' };
    return list(cluster, request, kind, inSpace(cluster.leases, namespace));
  }
  if (request.method === 'GET') return readLease(cluster, namespace, name);
  if (request.method === 'PUT') return replaceLease(cluster, { namespace, name }, body, manager);
  return notAllowed();
}

function inSpace<T extends { metadata: { namespace: string } }>(all: Map<string, T>, namespace: string): T[] {
  return [...all.values()].filter((each) => each.metadata.namespace === namespace);
}

function list(
  cluster: Cluster,
  request: ApiRequest,
  { kind, apiVersion }: Kind,
  all: readonly { metadata: Metadata }[],
): ApiAnswer {
  if (request.method !== 'GET') return notAllowed();
  const text = request.query.get('labelSelector') ?? '';
  const matches = parseSelector(text);
  if (!matches) return failed(400, `unable to parse requirement: found '${text}', expected: identifier`);
  const items = all.filter((each) => matches(each.metadata.labels ?? {}));
  return listOf(kind, apiVersion, cluster.revision, items);
}

function notAllowed(): ApiAnswer {
  return failed(405, 'the server does not allow this method on the requested resource');
}
