/** The simulated Frigate over real HTTP, with the answers of a dead, a starting and a hanging one. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiState, type SimulatedFrigate, settingsAt, statsAt } from './model.ts';

export interface FrigateServer {
  url: string;
  close(): Promise<void>;
}

export async function startFrigate(frigate: SimulatedFrigate, now: () => number, port = 0): Promise<FrigateServer> {
  const server = createServer((request, response) => {
    const state = apiState(frigate, now());
    if (state === 'hangs') return;
    if (state === 'refuses') {
      request.socket.destroy();
      return;
    }
    // Frigate's nginx answers 500 with HTML while its API is not there yet.
    if (state === 'starting') send(response, 500, 'text/html', '<html><h1>500 Internal Server Error</h1></html>');
    else answer(request.url ?? '/', response, frigate, now());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(path: string, response: ServerResponse, frigate: SimulatedFrigate, now: number): void {
  response.setHeader('Date', new Date(now * 1000).toUTCString());
  if (path === '/api/version') send(response, 200, 'text/plain', frigate.version);
  else if (path === '/api/stats') send(response, 200, 'application/json', JSON.stringify(statsAt(frigate, now)));
  else if (path === '/api/config') send(response, 200, 'application/json', JSON.stringify(settingsAt(frigate)));
  else send(response, 404, 'application/json', '{"detail":"Not Found"}');
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(body);
}
