/** A simulated Kubernetes API over real HTTP, for the demo and the wire tests. Its time is the caller's. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerReview, isAllowed, REVIEWS, type Rules } from './access.ts';
import { type ApiAnswer, attemptOf, failed, forbidden } from './answers.ts';
import { type Controls, createControls } from './controls.ts';
import { addDeployment, type Json } from './deployments.ts';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { addNode } from './nodes.ts';
import { passOn, wayBehind } from './proxy.ts';
import { answer } from './routes.ts';
import {
  type Cluster,
  createCluster,
  type DeploymentSettings,
  type Hooks,
  type Inside,
  type NodeSettings,
  type Pace,
  type ServiceSettings,
} from './state.ts';
import { settle } from './transitions.ts';

export interface KubernetesSimulation extends Partial<Pace>, Partial<Hooks> {
  /** Epoch seconds. What is due happens when a request comes, or at `tick()`. */
  now(): number;
  port?: number;
  /** The only bearer token that is accepted. */
  token?: string;
  /** What the account may do; without it everything. */
  rights?: Rules;
  nodes?: readonly NodeSettings[];
  deployments?: readonly DeploymentSettings[];
  /** Without them each Deployment has one of its name, on port 5000. */
  services?: readonly ServiceSettings[];
  /** What the containers write; without it nothing. */
  log?: Inside['log'];
  /** For how long everything has been running. */
  ageSeconds?: number;
}

/** One request, as it came; `status` is null while it is not answered. */
interface RecordedCall {
  at: number;
  method: string;
  path: string;
  query: Record<string, string>;
  fieldManager: string | null;
  contentType: string | null;
  userAgent: string | null;
  body: unknown;
  status: number | null;
}

export interface SimulatedKubernetes extends Controls {
  url: string;
  token: string;
  calls: RecordedCall[];
  faults: Faults;
  /** Connections that were opened so far. */
  connections(): number;
  /** From now on this address stands for a port of every pod, for who comes through the API server. */
  openPort(port: number, url: string): void;
  /** Lets happen what is due. */
  tick(): void;
  close(): Promise<void>;
}

// Enough for hours of a demo; older calls are dropped.
const CALLS_KEPT = 5000;

const DEFAULTS: Pace = { observeSeconds: 0.1, startSeconds: 1, readySeconds: 10, stopSeconds: 5, evictSeconds: 300 };

export async function startKubernetes(options: KubernetesSimulation): Promise<SimulatedKubernetes> {
  const { now, port = 0, token = 'demo-token', rights = null } = options;
  const cluster = populate(options);
  const faults = createFaults();
  const calls: RecordedCall[] = [];
  let connections = 0;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    const text = await readText(request);
    settle(cluster, now());
    const call = record(request, url, text, now());
    calls.push(call);
    if (calls.length > CALLS_KEPT) calls.shift();
    const fault = faults.take(method, url.pathname);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'refuse') {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'fail' && fault.fail.text !== undefined) {
      call.status = fault.fail.status;
      response.writeHead(fault.fail.status, { 'Content-Type': 'text/html', ...fault.fail.headers });
      response.end(fault.fail.text);
      return;
    }
    const reply = refusal(request, url, fault) ?? (await carryOut(request, response, { url, text }));
    if (reply === null) call.status = response.statusCode;
    if (reply === null || fault?.kind === 'swallow') return;
    call.status = reply.code;
    send(response, reply, now());
  }

  /** Who is not let in gets no further. */
  function refusal(request: IncomingMessage, { pathname }: URL, fault: Fault | null): ApiAnswer | null {
    if (fault?.kind === 'fail') {
      const { status, message = 'simulated fault', reason, headers } = fault.fail;
      const reply = failed(status, message, reason === undefined ? {} : { reason });
      return { ...reply, headers: { ...reply.headers, ...headers } };
    }
    if (request.headers.authorization !== `Bearer ${token}`) return failed(401, 'Unauthorized');
    const method = request.method ?? 'GET';
    const attempt = pathname === REVIEWS ? null : attemptOf(method, pathname);
    const isRefused = fault?.kind === 'forbid' || (attempt !== null && !isAllowed(rights, attempt));
    return isRefused ? forbidden(method, pathname) : null;
  }

  /** Null: somebody behind the API server has answered. */
  async function carryOut(
    request: IncomingMessage,
    response: ServerResponse,
    { url, text }: { url: URL; text: string },
  ): Promise<ApiAnswer | null> {
    const way = request.method === 'GET' || request.method === 'POST' ? wayBehind(cluster, url) : null;
    if (way) return 'target' in way ? passOn(way, request, response) : way;
    const body = parseBody(text);
    if (url.pathname === REVIEWS && request.method === 'POST') return answerReview(rights, body ?? {});
    return answer(cluster, {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      contentType: request.headers['content-type'] ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      body,
    });
  }

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      if (request.destroyed) return;
      send(response, failed(500, `the simulation failed: ${String(error)}`), now());
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    ...createControls(cluster, now),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    calls,
    faults,
    connections: () => connections,
    openPort: (containerPort, url) => void cluster.inside.ports.set(containerPort, url),
    tick: () => settle(cluster, now()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Everything begins in the past, so that it runs by now. */
function populate(options: KubernetesSimulation): Cluster {
  const pace = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof Pace)[]) pace[key] = options[key] ?? DEFAULTS[key];
  const ignore = () => undefined;
  const hooks = { onPodStarted: options.onPodStarted ?? ignore, onPodStopped: options.onPodStopped ?? ignore };
  const cluster = createCluster(options.now() - (options.ageSeconds ?? 86_400), pace, hooks);
  for (const node of options.nodes ?? [{ name: 'node-a' }]) addNode(cluster, node);
  const deployments = options.deployments ?? [{ namespace: 'frigate', name: 'frigate' }];
  for (const each of deployments) addDeployment(cluster, each);
  cluster.services.push(
    ...(options.services ?? deployments.map(({ namespace, name }) => ({ namespace, name, port: 5000 }))),
  );
  if (options.log) cluster.inside.log = options.log;
  settle(cluster, options.now());
  return cluster;
}

function record(request: IncomingMessage, url: URL, text: string, at: number): RecordedCall {
  return {
    at,
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    fieldManager: url.searchParams.get('fieldManager'),
    contentType: request.headers['content-type'] ?? null,
    userAgent: request.headers['user-agent'] ?? null,
    body: parseBody(text) ?? null,
    status: null,
  };
}

function parseBody(text: string): { [key: string]: Json } | null | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? (value as { [key: string]: Json } | null) : null;
  } catch {
    return null;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { code, body, headers }: ApiAnswer, at: number): void {
  const text = typeof body === 'string';
  response.writeHead(code, {
    'Content-Type': text ? 'text/plain; charset=utf-8' : 'application/json',
    'Cache-Control': 'no-cache, private',
    Date: new Date(at * 1000).toUTCString(),
    ...headers,
  });
  response.end(text ? body : JSON.stringify(body));
}
