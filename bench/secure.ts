/** The simulated Kubernetes API as the real one is reached: over TLS, HTTP/2 first. It counts its connections. */
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { startKubernetes } from '../demo/kubernetes/index.ts';
import { selfSigned } from '../test/doors/kubernetes/self-signed.ts';

export interface SecureCluster {
  server: string;
  token: string;
  /** PEM. */
  authority: string;
  /** Asked over plain HTTP it tells the counts since it was last asked, as `Counts`. */
  countsUrl: string;
}

export interface Counts {
  opened: number;
  mostAtOnce: number;
  requests: number;
}

/** Each path is asked of the simulation once: what is measured is the other side. */
export async function startSecure(now: () => number): Promise<SecureCluster> {
  const cluster = await startKubernetes({ now });
  const pair = selfSigned('bench');
  const bodies = new Map<string, Promise<{ status: number; type: string; text: string }>>();
  const ask = async (path: string) => {
    const answer = await fetch(`${cluster.url}${path}`, { headers: { Authorization: `Bearer ${cluster.token}` } });
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, text: await answer.text() };
  };
  let counts: Counts = { opened: 0, mostAtOnce: 0, requests: 0 };
  let living = 0;
  const server = createSecureServer({ ...pair, allowHTTP1: true }, (request, response) => {
    counts.requests += 1;
    const [path = ''] = request.url.split('?');
    const body = bodies.get(path) ?? ask(request.url);
    bodies.set(path, body);
    void body.then(({ status, type, text }) => {
      // The time of the turns is their own.
      response.sendDate = false;
      response.writeHead(status, { 'Content-Type': type });
      response.end(text);
    });
  });
  server.on('secureConnection', (socket) => {
    living += 1;
    counts.opened += 1;
    counts.mostAtOnce = Math.max(counts.mostAtOnce, living);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      living -= 1;
    });
  });
  const teller = createServer((_request, response) => {
    response.end(JSON.stringify(counts));
    counts = { opened: 0, mostAtOnce: living, requests: 0 };
  });
  const [port, tellerPort] = [await listen(server), await listen(teller)];
  return {
    server: `https://127.0.0.1:${port}`,
    token: cluster.token,
    authority: pair.cert,
    countsUrl: `http://127.0.0.1:${tellerPort}`,
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
