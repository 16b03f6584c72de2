/** The simulated Frigate over real HTTP, with the answers of a dead, a starting and a hanging one. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { type Gate, openGate } from './login.ts';
import { apiState, restartItself, type SimulatedFrigate, statsAt } from './model.ts';
import { configOf, segmentsOf, streamsOf } from './parts.ts';

export interface FrigateServer {
  url: string;
  close(): Promise<void>;
}

/** As port 5000: open to everybody who reaches it. */
export async function startFrigate(frigate: SimulatedFrigate, now: () => number, port = 0): Promise<FrigateServer> {
  const server = createServer(frigateListener(frigate, now));
  return { url: `http://127.0.0.1:${await listening(server, port)}`, close: () => closed(server) };
}

export interface LoginSettings {
  username: string;
  password: string;
  /** PEM. */
  cert: string;
  key: string;
}

export interface FrigateLoginServer extends FrigateServer {
  gate: Gate;
}

/** As port 8971: TLS 1.3 with a certificate of its own, and nothing without a login. */
export async function startFrigateWithLogin(
  frigate: SimulatedFrigate,
  now: () => number,
  { cert, key, ...account }: LoginSettings,
): Promise<FrigateLoginServer> {
  const gate = openGate(account);
  const server = createTlsServer({ cert, key, minVersion: 'TLSv1.3' }, listenerOf(frigate, now, gate));
  return { url: `https://127.0.0.1:${await listening(server, 0)}`, gate, close: () => closed(server) };
}

/** What answers on port 5000, for whoever listens by himself. */
export function frigateListener(frigate: SimulatedFrigate, now: () => number): RequestListener {
  return listenerOf(frigate, now, null);
}

function listenerOf(frigate: SimulatedFrigate, now: () => number, gate: Gate | null): RequestListener {
  return (request, response) => {
    const state = apiState(frigate, now());
    if (state === 'hangs') return;
    if (state === 'refuses') {
      request.socket.destroy();
      return;
    }
    // Frigate's nginx answers 500 with HTML while its API is not there yet.
    if (state === 'starting') send(response, 500, 'text/html', '<html><h1>500 Internal Server Error</h1></html>');
    else if (isLogin(request)) void logIn(request, response, gate);
    // nginx asks before it passes anything on, and says no with a page of its own.
    else if (gate && !gate.knows(request.headers.cookie)) send(response, 401, 'text/html', UNAUTHORIZED);
    else if (isRestart(request)) restart(response, frigate, now());
    else answer(request.url ?? '/', response, frigate, now());
  };
}

const UNAUTHORIZED = '<html><head><title>401 Authorization Required</title></head></html>';

function isLogin({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && url === '/api/login';
}

function isRestart({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && url === '/api/restart';
}

/** The signal goes before the answer. Before 0.13 there was no such path. */
function restart(response: ServerResponse, frigate: SimulatedFrigate, now: number): void {
  const minor = Number(/^0\.(\d+)/.exec(frigate.version)?.[1] ?? 13);
  if (minor < 13) {
    send(response, 405, 'text/html', '<title>405 Method Not Allowed</title>');
    return;
  }
  restartItself(frigate, now);
  if (frigate.breaksOff) response.destroy();
  else send(response, 200, 'application/json', RESTARTING);
}

const RESTARTING = '{"success":true,"message":"Restarting (this can take up to one minute)..."}';

/** Where nobody needs a login, Frigate knows none. */
async function logIn(request: IncomingMessage, response: ServerResponse, gate: Gate | null): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  if (!gate) {
    send(response, 404, 'application/json', '{"detail":"Not Found"}');
    return;
  }
  const cookie = gate.logIn(text);
  if (cookie === null) {
    send(response, 401, 'application/json', '{"message":"Login failed"}');
    return;
  }
  response.setHeader('Set-Cookie', cookie);
  send(response, 200, 'application/json', '');
}

function answer(target: string, response: ServerResponse, frigate: SimulatedFrigate, now: number): void {
  response.setHeader('Date', new Date(now * 1000).toUTCString());
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const json = (body: unknown) => send(response, 200, 'application/json', JSON.stringify(body));
  const camera = /^\/api\/([^/]+)\/recordings$/.exec(pathname)?.[1];
  // The defaults are an hour.
  const before = Number(searchParams.get('before') ?? now);
  const span = { after: Number(searchParams.get('after') ?? now - 3600), before };
  const segments = camera === undefined ? null : segmentsOf(frigate, decodeURIComponent(camera), span, now);
  if (pathname === '/api/version') send(response, 200, 'text/plain', frigate.version);
  else if (pathname === '/api/stats') json(statsAt(frigate, now));
  else if (pathname === '/api/config') json(configOf(frigate));
  else if (pathname === '/api/go2rtc/streams') json(streamsOf(frigate, now));
  else if (segments) json(segments);
  else send(response, 404, 'application/json', '{"detail":"Not Found"}');
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(body);
}

async function listening(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function closed(server: Server & { closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
