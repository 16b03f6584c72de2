/** …/pods/{name}:{port}/proxy/{path} and the same of services: the way through the API server to what runs. */

import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ApiAnswer, failed, notFound } from './answers.ts';
import { isNodeReached, podAt } from './inside.ts';
import type { Pod } from './objects.ts';
import { isPodReady } from './pods.ts';
import { podsOf } from './rollout.ts';
import type { Cluster } from './state.ts';

const PROXIED = /^\/api\/v1\/namespaces\/([^/]+)\/(pods|services)\/([^/]+)\/proxy(\/.*)?$/;

/** Where a request is to be sent on, or why it is not. */
type Way = { target: string; dialled: string } | ApiAnswer;

/** Null: the path leads through no proxy. */
export function wayBehind(cluster: Cluster, url: URL): Way | null {
  const [, namespace, kind, id, path = '/'] = PROXIED.exec(url.pathname) ?? [];
  if (namespace === undefined || id === undefined) return null;
  // `name`, `name:port` or `scheme:name:port`.
  const parts = decodeURIComponent(id).split(':');
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts;
  const rest = `${path}${url.search}`;
  if (kind === 'services') return throughService(cluster, { namespace, name, port }, rest);
  const pod = podAt(cluster, namespace, name);
  if (!pod) return notFound('pods', name);
  return toPod(cluster, pod, port === '' ? firstPort(pod) : Number(port), rest);
}

function throughService(
  cluster: Cluster,
  { namespace, name, port }: { namespace: string; name: string; port: string },
  rest: string,
): Way {
  const named = cluster.services.filter((each) => each.namespace === namespace && each.name === name);
  if (named.length === 0) return notFound('services', name);
  const service = port === '' && named.length === 1 ? named[0] : named.find((each) => String(each.port) === port);
  if (!service) return failed(503, `no service port "${port}" found for service "${name}"`);
  const deployment = cluster.deployments.get(`${namespace}/${service.deployment ?? name}`);
  const serving = deployment ? podsOf(cluster, deployment).filter((pod) => isServing(pod)) : [];
  const [pod] = serving;
  if (!pod) return failed(503, `no endpoints available for service "${port === '' ? name : `${name}:${port}`}"`);
  return toPod(cluster, pod, service.targetPort ?? service.port, rest);
}

function isServing(pod: Pod): boolean {
  return isPodReady(pod) && pod.metadata.deletionTimestamp === undefined;
}

function toPod(cluster: Cluster, pod: Pod, port: number, rest: string): Way {
  const { podIP, containerStatuses } = pod.status;
  if (podIP === undefined) return failed(400, 'address not allowed');
  const dialled = `${podIP}:${port}`;
  if (!isNodeReached(cluster, pod)) return notReached(dialled, 'i/o timeout');
  const base = containerStatuses?.[0]?.state.running ? cluster.inside.ports.get(port) : undefined;
  return base === undefined ? refused(dialled) : { target: `${base}${rest}`, dialled };
}

function firstPort(pod: Pod): number {
  const ports = pod.spec.containers[0]?.ports as readonly { containerPort: number }[] | undefined;
  return ports?.[0]?.containerPort ?? 80;
}

function refused(dialled: string): ApiAnswer {
  return notReached(dialled, 'connect: connection refused');
}

/** In the words of Go's network library: apimachinery, pkg/util/proxy. */
function notReached(dialled: string, why: string): ApiAnswer {
  return failed(503, `error trying to reach service: dial tcp ${dialled}: ${why}`);
}

/** Asks behind the proxy and hands the answer on as it comes. An answer of our own: nobody took the connection. */
export function passOn(
  way: { target: string; dialled: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<ApiAnswer | null> {
  // What proves who asks is the API server's alone.
  const { authorization: _authorization, host, connection: _connection, ...headers } = request.headers;
  const forwarded = { 'x-forwarded-for': request.socket.remoteAddress ?? '', 'x-forwarded-host': host ?? '' };
  return new Promise((resolve) => {
    const method = request.method ?? 'GET';
    const behind = ask(way.target, { method, headers: { ...headers, ...forwarded } });
    // Who waits no longer lets go of the other end too.
    response.once('close', () => behind.destroy());
    behind.once('response', (said) => {
      const { connection: _theirs, 'transfer-encoding': _encoding, ...kept } = said.headers;
      response.writeHead(said.statusCode ?? 502, kept);
      said.pipe(response);
      resolve(null);
    });
    behind.once('error', () => resolve(response.headersSent || response.destroyed ? null : refused(way.dialled)));
    behind.end();
  });
}
