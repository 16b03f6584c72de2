/** Servers that misbehave, and a log that can be read. */

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Log } from '../../../src/doors/ports.ts';

export const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXRva2Vu.s1gnature';

/** Starts a server of plain HTTP for one test; answers its address. */
export async function rudeHttp(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  return `http://127.0.0.1:${await listen(server, () => server.closeAllConnections())}`;
}

/** Starts a server that does with each connection what it is told. */
export async function rudeNet(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  const port = await listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${port}`;
}

/** Listens until the test is over; answers the port. */
export async function listen(server: Server, cut: () => void, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  );
  return (server.address() as AddressInfo).port;
}

/** A `Status` object as the API writes it. */
export function statusBody(code: number, reason: string, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}

export function recordingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (sentence: string) => void lines.push(`${level} ${sentence}`);
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
