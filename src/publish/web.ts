/**
 * The door for people and for whoever supervises the process: `/` is a page, `/healthz` says whether the loop turns.
 * It only answers questions: no request changes anything, and no other site can read what it says.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Log } from '../doors/ports.ts';
import { healthOf } from './health.ts';
import { CONTENT_POLICY, statusPage } from './status-page.ts';
import type { View } from './view.ts';

export interface WebOptions {
  port: number;
  /** `ingress`: Home Assistant asks for people that it has let in. `machine`: whoever sits at this machine. */
  audience: 'ingress' | 'machine';
  /** From where Home Assistant's ingress asks; it is the same everywhere but in tests. */
  ingressAddress?: string;
  targets: readonly { id: string; name: string }[];
  intervalSeconds: number;
  version: string;
  /** Epoch seconds. */
  now(): number;
  log: Log;
}

export interface Web {
  /** Where it is open; none where it could not be opened. */
  urls: readonly string[];
  show(view: View): void;
  close(): Promise<void>;
}

/** From where ingress asks (Home Assistant's documents on apps, "Ingress"). */
const INGRESS_ADDRESS = '172.30.32.2';

/** TABLE: the addresses that each audience finds it at. The first must be had, another may be missing. */
const HOSTS: Readonly<Record<WebOptions['audience'], readonly [string, ...string[]]>> = {
  ingress: ['0.0.0.0'],
  machine: ['127.0.0.1', '::1'],
};

/** One page needs one connection; more come from somebody who wants to use up memory. */
const MOST_CONNECTIONS = 32;
const LIMITS = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000 };

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

interface Answer {
  status: number;
  type: 'text/html' | 'text/plain' | 'application/json';
  body: string;
}

type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { from: string };

/** Resolves when it is open, or when it is known that it cannot be: then the Warden watches without a page. */
export async function openWeb(options: WebOptions): Promise<Web> {
  const { log, audience } = options;
  const views = new Map<string, View>();
  const openedAt = options.now();
  const answer = (asked: Asked): Answer => {
    const refusal = refusalOf(asked, options);
    if (refusal) return refusal;
    const [path, query] = (asked.url ?? '').split('?');
    if (path === '/healthz') return health(options, openedAt, views);
    return path === '/' ? page(options, views, query === 'still') : plain(404, 'There is only one page: /');
  };

  const { servers, urls, problem } = await openServers(options, answer);
  if (problem) log.warn(`The status page cannot be opened: ${problem}. The Warden watches without it.`);
  if (urls[0] && audience === 'machine') log.info(`The status page is at ${urls[0]}`);
  return {
    urls,
    show: (view) => void views.set(view.target.id, view),
    close: async () => void (await Promise.all(servers.map(closed))),
  };
}

interface Opened {
  servers: readonly Server[];
  urls: readonly string[];
  /** Why there are none. */
  problem: string | null;
}

async function openServers({ audience, port, log }: WebOptions, answer: (asked: Asked) => Answer): Promise<Opened> {
  const create = () => {
    const server = createServer(LIMITS, (request, response) => send(response, answered(request, answer, log)));
    server.maxConnections = MOST_CONNECTIONS;
    return server;
  };
  const [host, ...others] = HOSTS[audience];
  const server = create();
  let got = await listen(server, { host, port, log });
  // Ingress asks at one port only. A person reads the log, and somebody else may be at ours.
  if (got === 'EADDRINUSE' && audience === 'machine') got = await listen(server, { host, port: 0, log });
  if (typeof got === 'string') return { servers: [], urls: [], problem: `port ${port}: ${got}` };

  const servers = [server];
  const urls = [urlOf(host, got)];
  for (const other of others) {
    const second = create();
    if (typeof (await listen(second, { host: other, port: got, log })) === 'string') continue;
    servers.push(second);
    urls.push(urlOf(other, got));
  }
  return { servers, urls, problem: null };
}

function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
}

/** The port that it listens on, or why it does not. What fails later, such as too many open files, passes. */
function listen(
  server: Server,
  { host, port, log }: { host: string; port: number; log: Log },
): Promise<number | string> {
  return new Promise((resolve) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code ?? error.message;
      if (server.listening) log.warn(`The status page had trouble: ${reason}.`);
      resolve(reason);
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  const bytes = Buffer.from(body);
  response
    .writeHead(status, {
      ...HEADERS,
      ...(status === 405 ? { allow: 'GET' } : {}),
      'content-type': `${type}; charset=utf-8`,
      'content-length': bytes.length,
    })
    .end(bytes);
}

/** A page that cannot be made must not end what watches. */
function answered(request: IncomingMessage, answer: (asked: Asked) => Answer, log: Log): Answer {
  const { method, url, headers, socket } = request;
  try {
    return answer({ method, url, headers, from: socket.remoteAddress ?? '' });
  } catch (error) {
    log.error(`The status page could not be made: ${error instanceof Error ? error.message : String(error)}`);
    return plain(500, 'The page could not be made; the log says why.');
  }
}

/** Who is not answered, and with what. */
function refusalOf(asked: Asked, { audience, ingressAddress = INGRESS_ADDRESS }: WebOptions): Answer | null {
  if (audience === 'ingress') {
    // Docker's own question comes from inside the container.
    const isOwnQuestion = asked.from === '127.0.0.1' && asked.url === '/healthz';
    if (asked.from !== ingressAddress && !isOwnQuestion) return plain(403, 'Open this page in Home Assistant.');
  } else if (!isThisMachine(asked.headers)) {
    return plain(403, 'This page is for this machine only: ask for it by localhost, 127.0.0.1 or [::1].');
  }
  if (isForeign(asked.headers)) return plain(403, 'Another site may not ask for this page.');
  return asked.method === 'GET' ? null : plain(405, 'This page is only read: GET.');
}

const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** A name that somebody else points to this machine would let his page read ours. */
function isThisMachine({ host, origin }: IncomingMessage['headers']): boolean {
  return LOCAL_HOST.test(host ?? '') && (origin === undefined || origin === `http://${host}`);
}

/** Browsers say so themselves. A link that a person follows is welcome from anywhere. */
function isForeign(headers: IncomingMessage['headers']): boolean {
  return headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
}

function health(options: WebOptions, openedAt: number, views: ReadonlyMap<string, View>): Answer {
  const { targets, intervalSeconds, version } = options;
  const lastTurns = Object.fromEntries(targets.map(({ id }) => [id, views.get(id)?.now ?? null]));
  const { status, secondsSinceTurn } = healthOf({ openedAt, intervalSeconds, lastTurns }, options.now());
  return {
    status: status === 'turning' ? 200 : 503,
    type: 'application/json',
    body: `${JSON.stringify({ status, version, seconds_since_turn: secondsSinceTurn })}\n`,
  };
}

function page(options: WebOptions, views: ReadonlyMap<string, View>, isStill: boolean): Answer {
  const targets = options.targets.map(({ id, name }) => ({ name, view: views.get(id) ?? null }));
  const body = statusPage({ version: options.version, now: options.now(), targets, isStill });
  return { status: 200, type: 'text/html', body };
}

function plain(status: number, text: string): Answer {
  return { status, type: 'text/plain', body: `${text}\n` };
}
