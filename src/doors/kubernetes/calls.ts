/** What a call is on the wire: its path, and what must never be sent. */

import type { ExecPlace, Failure, LogQuery, ProxyRoad } from '../ports.ts';
import { type Call, failure } from './errors.ts';

// Kubernetes API conventions: object names are DNS names of up to 253 characters.
const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const READ = { method: 'GET', verb: 'get', group: '' } as const;

/** The path below the server's address, query included. */
export function pathOf(call: Call): string {
  const root = call.group ? `/apis/${call.group}/${call.version ?? 'v1'}` : '/api/v1';
  const space = call.namespace === null ? '' : `/namespaces/${encodeURIComponent(call.namespace)}`;
  const path = `${root}${space}/${call.resource}${nameOf(call)}${call.subresource ? `/${call.subresource}` : ''}`;
  if (call.road) return `${path}${call.road.path}`;
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query)) {
    for (const one of [value].flat()) query.append(key, one);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

function nameOf({ name, verb, road }: Call): string {
  if (name === null || (verb === 'create' && !road)) return '';
  return `/${encodeURIComponent(name)}${road ? `:${road.port}` : ''}`;
}

/** The last lines, or those since a time, each with the kubelet's stamp. */
export function logCall({ namespace, pod, container, sinceTime, tailLines, previous, limitBytes }: LogQuery): Call {
  const query = {
    timestamps: 'true',
    limitBytes: String(limitBytes),
    ...(container === null ? {} : { container }),
    ...(sinceTime === null ? {} : { sinceTime }),
    ...(tailLines === null ? {} : { tailLines: String(tailLines) }),
    ...(previous ? { previous: 'true' } : {}),
  };
  return { ...READ, resource: 'pods', subresource: 'log', namespace, name: pod, query };
}

/** RBAC calls what is posted through a proxy "create". */
const POST = { method: 'POST', verb: 'create', group: '' } as const;

export function proxyCall({ method, kind, namespace, name, port, path }: ProxyRoad): Call {
  const how = method === 'POST' ? POST : READ;
  return { ...how, resource: kind, subresource: 'proxy', namespace, name, road: { port, path }, query: {} };
}

export function execCall({ namespace, pod, container }: ExecPlace, command: readonly string[]): Call {
  const query = { container, command, stdout: 'true', stderr: 'true' };
  return { ...READ, resource: 'pods', subresource: 'exec', namespace, name: pod, query };
}

/** What must never be sent: a name that would change the path, or a write that the server would not check. */
export function refuse(call: Call): Failure | null {
  const { container } = call.query;
  for (const name of [call.namespace, call.name, container ?? null]) {
    if (name !== null && !OBJECT_NAME.test(String(name))) {
      return failure(call, 'form', 'this is not a Kubernetes name');
    }
  }
  if (call.road && !isPort(call.road.port)) return failure(call, 'form', 'this is not a port');
  if (call.road && !isPlainPath(call.road.path)) {
    return failure(call, 'form', 'this is not a path that stays where it is sent');
  }
  return refuseUnchecked(call);
}

const BOTH = ['uid', 'resourceVersion'];
/** What a write must say of the object that it is for. */
const NEEDED: Readonly<Partial<Record<Call['verb'], readonly string[]>>> = {
  update: ['resourceVersion'],
  patch: BOTH,
  delete: BOTH,
};

function refuseUnchecked(call: Call): Failure | null {
  const place = call.verb === 'delete' ? 'preconditions' : 'metadata';
  const said = partOf(call.body, place);
  for (const key of NEEDED[call.verb] ?? []) {
    if (typeof said[key] === 'string' && said[key] !== '') continue;
    return failure(call, 'form', `without ${place}.${key} it would ${harmOf(call)}, so it was not sent`);
  }
  return null;
}

function harmOf({ verb }: Call): string {
  return verb === 'delete' ? 'be for whatever has that name' : 'overwrite what others wrote';
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** A path that any reader of URLs leaves as it is: two dots would lead out of the proxy, to the API's own objects. */
function isPlainPath(path: string): boolean {
  if (!path.startsWith('/') || /%(?:2e|2f|5c)/i.test(path)) return false;
  const { pathname, search } = new URL(`http://proxy/behind${path}`);
  return pathname + search === `/behind${path}`;
}

export function metadataOf(body: unknown): Readonly<Record<string, unknown>> {
  return partOf(body, 'metadata');
}

function partOf(body: unknown, key: 'metadata' | 'preconditions'): Readonly<Record<string, unknown>> {
  const part = (body as { [key]?: unknown } | null | undefined)?.[key];
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
}
