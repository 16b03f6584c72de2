/** A gate between one Warden and the API server: what goes through it can be made to go wrong on its way. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Plane } from './plane.ts';

/** `unanswered`: the API server did what was asked, and nobody hears of it. */
export type Fate = 'through' | 'busy' | 'reset' | 'unanswered';

export interface Gate {
  /** The API server, as who stands before the gate sees it. */
  server: string;
  /** What befalls whatever comes, from now on. */
  becomes(weather: Fate): void;
  /** Asked of every call; null: what befalls whatever comes. */
  ambush(fateOf: (method: string, path: string) => Fate | null): void;
}

const RETRY_AFTER_SECONDS = 3;
const BUSY = { kind: 'Status', status: 'Failure', message: 'too many requests', reason: 'TooManyRequests', code: 429 };

export async function openGate(plane: Plane, name: string): Promise<Gate> {
  const { cert, key } = plane.authority.issue(name, `/CN=${name}`, ['IP:127.0.0.1']);
  const agent = new Agent({ keepAlive: true, ca: plane.authority.pem });
  let weather: Fate = 'through';
  let ambushed: (method: string, path: string) => Fate | null = () => null;
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (asked, answer) => {
    const { method = 'GET', url = '/' } = asked;
    pass(ambushed(method, url) ?? weather, asked, answer);
  });

  function pass(fate: Fate, asked: IncomingMessage, answer: ServerResponse): void {
    if (fate === 'reset') {
      asked.socket.destroy();
      return;
    }
    if (fate === 'busy') {
      asked.resume();
      const headers = { 'content-type': 'application/json', 'retry-after': String(RETRY_AFTER_SECONDS) };
      answer.writeHead(BUSY.code, headers).end(JSON.stringify({ apiVersion: 'v1', metadata: {}, ...BUSY }));
      return;
    }
    const { method = 'GET', url = '/', headers } = asked;
    const { host: _ours, ...others } = headers;
    const call = request(`${plane.server}${url}`, { method, agent, headers: others });
    call.once('error', () => asked.socket.destroy());
    call.once('response', (response) => {
      response.once('error', () => asked.socket.destroy());
      if (fate === 'unanswered') {
        response.resume();
        response.once('end', () => asked.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    // Whoever waits no more is waited for no more.
    answer.once('close', () => call.destroy());
    asked.pipe(call);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server: `https://127.0.0.1:${port}`,
    becomes: (next) => {
      weather = next;
    },
    ambush: (fateOf) => {
      ambushed = fateOf;
    },
  };
}
