/** Port 10250: logs and exec, for whoever shows a certificate of the cluster. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { inside } from '../network.ts';
import type { Container } from './container.ts';
import { acceptSocket } from './frames.ts';
import type { Pod } from './pod.ts';
import type { Pods } from './pods.ts';
import { type KubeletSettings, PORT } from './settings.ts';

const PROTOCOL = 'v5.channel.k8s.io';
/** The container shares this machine's files, so it has no other program. */
const PROGRAMS = ['curl'];

export function openDoor(
  pods: Pods,
  { authority, serving, address }: KubeletSettings,
  say: (line: string) => void,
): void {
  const server = createServer({
    cert: readFileSync(serving.cert),
    key: readFileSync(serving.key),
    ca: authority,
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.on('request', (request, response) => {
    const { what, found, query } = asked(request, pods);
    const answer = what === 'containerLogs' ? logs(found, query) : { status: 404, body: 'no such thing here' };
    response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body);
  });
  server.on('upgrade', (request, socket) => {
    socket.on('error', (error) => say(String(error)));
    const { what, found, query } = asked(request, pods);
    const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
    if (typeof found === 'string') refuse(socket, 404, found);
    else if (what !== 'exec' || !offered.includes(PROTOCOL)) refuse(socket, 400, `only exec over ${PROTOCOL} is here`);
    else if (!found.container.isRunning()) refuse(socket, 500, `container "${found.container.spec.name}" does not run`);
    else execute(request, socket, found.pod, query.getAll('command'));
  });
  server.listen(PORT, address, () => say(`answers on ${address}`));
}

type Found = { pod: Pod; container: Container } | string;

function asked(request: IncomingMessage, pods: Pods): { what: string; found: Found; query: URLSearchParams } {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'https://kubelet');
  const [, what = '', namespace = '', name = '', container = ''] = pathname.split('/').map(decodeURIComponent);
  const pod = pods.find(namespace, name);
  const own = pod?.containers.find((one) => one.spec.name === container);
  if (!pod) return { what, found: `pod "${name}" not found`, query };
  return { what, found: own ? { pod, container: own } : `container "${container}" not found in pod "${name}"`, query };
}

function logs(found: Found, query: URLSearchParams): { status: number; body: string | Buffer } {
  if (typeof found === 'string') return { status: 404, body: found };
  const { container, pod } = found;
  const previous = query.get('previous') === 'true';
  const journal = container.journal(previous);
  if (journal) return { status: 200, body: journal.read(query) };
  const who = `container "${container.spec.name}" in pod "${pod.name}"`;
  const reason = container.status().state.waiting?.reason ?? 'ContainerCreating';
  return {
    status: 400,
    body: previous ? `previous terminated ${who} not found` : `${who} is waiting to start: ${reason}`,
  };
}

function refuse(socket: Duplex, status: number, message: string): void {
  const head = `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
}

/** Channel 1 is stdout, 2 stderr, 3 how it ended. */
function execute(request: IncomingMessage, socket: Duplex, pod: Pod, wanted: readonly string[]): void {
  const isHere = PROGRAMS.includes(wanted[0] ?? '');
  const [command = '', ...words] = [...inside(pod.netns), ...(isHere ? wanted : ['sh', '-c', 'exit 127'])];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } });
  const frames = acceptSocket(request, socket, PROTOCOL, () => child.kill('SIGKILL'));
  const send = (channel: number, bytes: Buffer) => frames.send(Buffer.concat([Buffer.from([channel]), bytes]));
  child.stdout.on('data', (bytes: Buffer) => send(1, bytes));
  child.stderr.on('data', (bytes: Buffer) => send(2, bytes));
  child.once('close', (code) => {
    const failed = { causes: [{ reason: 'ExitCode', message: String(code ?? 137) }] };
    const status =
      code === 0
        ? { metadata: {}, status: 'Success' }
        : { metadata: {}, status: 'Failure', reason: 'NonZeroExitCode', message: `exit code ${code}`, details: failed };
    send(3, Buffer.from(JSON.stringify(status)));
    frames.close();
  });
}
