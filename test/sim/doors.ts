/** The doors of one simulated process: each call takes a little time, may fail, and may be the last thing it does. */
import { apiState, settingsAt, statsAt } from '../../demo/frigate/model.ts';
import { failed } from '../../demo/kubernetes/answers.ts';
import type { Json } from '../../demo/kubernetes/deployments.ts';
import { isPodReady } from '../../demo/kubernetes/pods.ts';
import { type ApiRequest, answer } from '../../demo/kubernetes/routes.ts';
import type { Failure, FailureKind, HttpDoor, HttpRequest, KubernetesDoor, Reply } from '../../src/doors/ports.ts';
import { KEY, type Nature, podsOf } from './nature.ts';

/** What one call meets: its effect has happened when this is made. */
interface Met<T> {
  reply: Reply<T>;
  /** From the effect until the answer is there. */
  afterSeconds: number;
}

export type CallKind = 'read' | 'ledger' | 'patch';

/** The process that calls. A dead one hears no answer any more. */
export interface Caller {
  isDead(): boolean;
  /** Tells that it calls; it may die of it, before the call leaves or after it has taken effect. */
  calls(kind: CallKind, phase: 'before' | 'after'): void;
  /** Time of the order that is being carried out. */
  orderAt(): number;
  /** A restart was asked for, and taken or not. */
  acted(orderAt: number, isTaken: boolean): void;
  /** A call of a look came to its answer. */
  looked(part: string, reply: Reply<unknown>): void;
}

/** The product's own deadline for one call. */
const TIMEOUT_SECONDS = 8;

export function httpDoor(nature: Nature, caller: Caller): HttpDoor {
  const ask = <T>(request: HttpRequest, read: () => T): Promise<Reply<T>> =>
    exchange(nature, caller, { kind: 'read', signal: request.signal }, () => meetFrigate(nature, request, read)).then(
      (reply) => {
        caller.looked('frigate', reply);
        return reply;
      },
    );
  return {
    json: (request) =>
      ask<unknown>(request, () =>
        request.url.endsWith('/api/config') ? settingsAt(nature.frigate) : skewedStats(nature),
      ),
    text: (request) =>
      request.method === 'POST'
        ? askToRestart(nature, caller, request)
        : ask(request, () => `${nature.frigate.version}\n`),
    cookies: async () => ({ ok: false, kind: 'status', reason: 'There is no login here.', status: 404 }),
  };
}

function meetFrigate<T>(nature: Nature, { url, timeoutSeconds }: HttpRequest, read: () => T): Met<T> {
  nature.settle();
  const { weather, frigate, time } = nature;
  const road = nature.road();
  if (road === 'unreachable') return no('unreachable', `${url} cannot be reached.`, 0.05);
  if (road === 'silent') return no('timeout', `${url} did not answer within 8 s.`, timeoutSeconds);
  const state = apiState(frigate, time.now());
  const isServed = !nature.throughService || podsOf(nature.cluster).some(isPodReady);
  if (state === 'refuses' || !isServed) return no('refused', `${url} refuses connections.`, 0.01);
  if (state === 'hangs') return no('timeout', `${url} did not answer within 8 s.`, timeoutSeconds);
  if (state === 'starting') return no('status', `${url} answered 500.`, 0.02, 500);
  const serverTime = Math.floor(time.now() + weather.frigateAhead);
  return { reply: { ok: true, value: read(), status: 200, serverTime }, afterSeconds: 0.02 };
}

/** Frigate gives its signal before its answer: now and then that one is lost. */
function askToRestart(nature: Nature, caller: Caller, request: HttpRequest): Promise<Reply<string>> {
  return exchange(nature, caller, { kind: 'patch', signal: request.signal }, () => {
    const orderAt = caller.orderAt();
    const met = meetFrigate(nature, request, () => '{"success":true,"message":"Restarting..."}');
    if (met.reply.ok) {
      nature.expectRun(orderAt);
      nature.controls.exitContainer();
    }
    caller.acted(orderAt, met.reply.ok);
    return met.reply.ok && nature.dice.chance(0.3) ? no('unreachable', `${request.url} broke off.`, 0.01) : met;
  });
}

/** Frigate's own clock stamps its stats, and its uptime is a difference of two readings of it. */
function skewedStats({ frigate, time, weather, uptimeOff }: Nature): unknown {
  const stats = statsAt(frigate, time.now());
  const service = stats.service as { uptime: number; last_updated: number };
  const uptime = Math.floor(service.uptime + uptimeOff());
  const lastUpdated = Math.floor(service.last_updated + weather.frigateAhead);
  return { ...stats, service: { ...service, uptime, last_updated: lastUpdated } };
}

function no(kind: FailureKind, reason: string, afterSeconds: number, status?: number): Met<never> {
  const failure: Failure = { ok: false, kind, reason, ...(status === undefined ? {} : { status }) };
  return { reply: failure, afterSeconds };
}

interface Calling {
  kind: CallKind;
  signal: AbortSignal;
}

/** Out to the other side, the effect there, and back: the caller may be gone at either end. */
function exchange<T>(
  { time, dice }: Nature,
  caller: Caller,
  { kind, signal }: Calling,
  meet: () => Met<T>,
): Promise<Reply<T>> {
  return new Promise((resolve) => {
    if (caller.isDead()) return;
    caller.calls(kind, 'before');
    if (caller.isDead()) return;
    const giveUp = () => {
      if (!caller.isDead()) resolve({ ok: false, kind: 'aborted', reason: 'The look was broken off.' });
    };
    if (signal.aborted) {
      giveUp();
      return;
    }
    signal.addEventListener('abort', giveUp, { once: true });
    const arrive = (reply: Reply<T>) => {
      signal.removeEventListener('abort', giveUp);
      if (!caller.isDead()) resolve(reply);
    };
    time.quietlyAfter(0.005 + dice.next() * 0.05, () => {
      const { reply, afterSeconds } = meet();
      if (!caller.isDead()) caller.calls(kind, 'after');
      time.after(afterSeconds, () => arrive(reply));
    });
  });
}

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

export function kubernetesDoor(nature: Nature, caller: Caller): KubernetesDoor {
  const apis = (rest: string) => `/apis/apps/v1/namespaces/${rest}`;
  const core = (rest: string) => `/api/v1/namespaces/${rest}`;
  const get = async (part: string, path: string, signal: AbortSignal, labelSelector?: string) => {
    const request = { method: 'GET', path, query: new URLSearchParams(labelSelector ? { labelSelector } : {}) };
    const reply = await exchange(nature, caller, { kind: 'read', signal }, () => meetCluster(nature, part, request));
    caller.looked(part, reply);
    return reply;
  };
  const query = new URLSearchParams({ fieldManager: 'frigate-warden' });
  const write = (request: Written, signal: AbortSignal) =>
    exchange(nature, caller, { kind: 'ledger', signal }, () => meetCluster(nature, 'ledger', { ...request, query }));
  return {
    workload: ({ namespace, name }, signal) => get('workload', apis(`${namespace}/deployments/${name}`), signal),
    pods: (namespace, selector, signal) => get('pods', core(`${namespace}/pods`), signal, selector),
    replicaSets: (namespace, selector, signal) =>
      get('replicasets', apis(`${namespace}/replicasets`), signal, selector),
    node: (name, signal) => get('node', `/api/v1/nodes/${name}`, signal),
    nodes: (signal) => get('nodes', '/api/v1/nodes', signal),
    autoscalers: async () => FORBIDDEN,
    configMap: (namespace, name, signal) => get('configmap', core(`${namespace}/configmaps/${name}`), signal),
    replaceConfigMap: (namespace, name, body, signal) =>
      write({ method: 'PUT', path: core(`${namespace}/configmaps/${name}`), body }, signal),
    createConfigMap: (namespace, body, signal) =>
      write({ method: 'POST', path: core(`${namespace}/configmaps`), body }, signal),
    restart: ({ workload, restartedAt, uid, resourceVersion }, signal) => {
      const body = {
        metadata: { uid, resourceVersion },
        spec: { template: { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } } },
      };
      const path = apis(`${workload.namespace}/deployments/${workload.name}`);
      const contentType = 'application/strategic-merge-patch+json';
      return exchange(nature, caller, { kind: 'patch', signal }, () => {
        const before = nature.cluster.deployments.get(KEY)?.metadata.generation;
        const met = meetCluster(nature, 'patch', { method: 'PATCH', path, body, contentType, query });
        const isTaken = nature.cluster.deployments.get(KEY)?.metadata.generation !== before;
        caller.acted(Date.parse(restartedAt) / 1000, isTaken);
        return met;
      });
    },
    deletePod: ({ namespace, name, uid, resourceVersion }, signal) => {
      const body = { preconditions: { uid, resourceVersion } };
      return exchange(nature, caller, { kind: 'patch', signal }, () => {
        const orderAt = caller.orderAt();
        const isDying = () => nature.cluster.pods.get(`${namespace}/${name}`)?.metadata.deletionTimestamp !== undefined;
        const wasDying = isDying();
        const met = meetCluster(nature, 'patch', {
          method: 'DELETE',
          path: core(`${namespace}/pods/${name}`),
          body,
          query,
        });
        const isTaken = !wasDying && isDying();
        if (isTaken) nature.expectRun(orderAt);
        caller.acted(orderAt, isTaken);
        return met;
      });
    },
    // The rights that the simulated world never grants: what they would show is told by cases.
    log: async () => FORBIDDEN,
    proxy: async () => FORBIDDEN,
    exec: async () => FORBIDDEN,
    allowed: async () => FORBIDDEN,
    close: async () => {},
  };
}

const FORBIDDEN: Failure = { ok: false, kind: 'status', reason: 'It is forbidden.', status: 403 };

interface Written {
  method: string;
  path: string;
  body?: unknown;
  contentType?: string;
}

function meetCluster(nature: Nature, part: string, request: Written & { query: URLSearchParams }): Met<unknown> {
  nature.settle();
  const { weather, dice, cluster } = nature;
  const isWrite = request.method !== 'GET';
  if (weather.cluster === 'hangs') return no('timeout', 'The API server did not answer within 8 s.', TIMEOUT_SECONDS);
  if (weather.cluster === 'fails') return refusal(500, 'etcdserver: request timed out', 0.5);
  if (weather.cluster === 'throttles' && dice.chance(0.6)) return refusal(429, 'too many requests', 0.01);
  if (isForbidden(weather.forbidden, part, isWrite)) return refusal(403, 'it is forbidden', 0.01);
  if (isWrite && dice.chance(weather.rivalry)) rival(nature, part);
  const body = request.body === undefined ? undefined : (structuredClone(request.body) as { [key: string]: Json });
  const api: ApiRequest = { contentType: '', ...request, body, userAgent: 'frigate-warden/0' };
  const { code, value } = isWrite ? plain(answer(cluster, api)) : kept(nature, api);
  if (weather.cluster === 'deaf') return no('timeout', 'The API server did not answer within 8 s.', TIMEOUT_SECONDS);
  if (code > 299) {
    const { message } = value as { message?: string };
    return refusal(code, message ?? 'no reason', 0.01);
  }
  const serverTime = Math.floor(nature.clusterNow());
  return { reply: { ok: true, value, status: code, serverTime }, afterSeconds: 0.01 };
}

function isForbidden(forbidden: Nature['weather']['forbidden'], part: string, isWrite: boolean): boolean {
  if (forbidden.includes('all')) return true;
  if (part === 'node') return forbidden.includes('nodes');
  if (part === 'patch') return forbidden.includes('patch');
  return isWrite && forbidden.includes('ledger');
}

function refusal(code: number, message: string, afterSeconds: number): Met<never> {
  const body = JSON.stringify(failed(code, message).body).slice(0, 200);
  const { reply } = no('status', `The API answers ${code}: ${message}.`, afterSeconds, code);
  return { reply: { ...reply, body } as Failure, afterSeconds };
}

/** Somebody else writes to the same object a moment earlier. */
function rival({ cluster, controls }: Nature, part: string): void {
  const deployment = cluster.deployments.get(KEY);
  cluster.revision += 1;
  if (part === 'patch' && deployment) deployment.metadata.resourceVersion = String(cluster.revision);
  if (part === 'ledger') controls.writeConfigMap('frigate', 'frigate-health-state', { consecutive_failures: '1' });
}

function plain({ code, body }: { code: number; body: unknown }): { code: number; value: unknown } {
  return { code, value: JSON.parse(JSON.stringify(body)) };
}

interface KeptAnswer {
  api: ApiRequest;
  revision: number;
  code: number;
  value: unknown;
}

const answered = new WeakMap<object, Map<string, KeptAnswer>>();

/** The same answer until something was written: whoever changes it in place is found out, for it is frozen. */
function kept({ cluster, weather }: Nature, api: ApiRequest): KeptAnswer {
  const known = answered.get(cluster) ?? new Map<string, KeptAnswer>();
  answered.set(cluster, known);
  const place = `${api.path}?${api.query.toString()}`;
  const before = known.get(place);
  if (before && (before.revision === cluster.revision || weather.cluster === 'frozen')) return before;
  const { code, value } = plain(answer(cluster, api));
  const now = { api, revision: cluster.revision, code, value: freeze(value) };
  known.set(place, now);
  return now;
}

/** What is answered from now on while the cluster answers of old. */
export function keepAnswers(nature: Nature): void {
  nature.settle();
  for (const { api } of answered.get(nature.cluster)?.values() ?? []) kept(nature, api);
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
