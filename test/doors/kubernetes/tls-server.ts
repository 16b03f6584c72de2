/** An API server over TLS that speaks HTTP/2 first, as the real one does, or HTTP/1.1 only. */

import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';
import type { SelfSigned } from './self-signed.ts';

export type Speaks = 'h2' | 'http/1.1';

export interface TlsServer {
  port: number;
  /** Connections that were ever opened, and those that are open now. */
  opened(): number;
  living(): number;
}

type Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

export interface TlsWish {
  pair: SelfSigned;
  speaks?: Speaks;
  host?: string;
  /** Only who shows a certificate of this authority is let in. */
  clientAuthority?: string;
}

export async function tlsServer(wish: TlsWish, listener: Listener): Promise<TlsServer> {
  const { pair, speaks = 'h2', host = '127.0.0.1', clientAuthority } = wish;
  const options: ServerOptions = {
    ...pair,
    ...(clientAuthority ? { ca: clientAuthority, requestCert: true, rejectUnauthorized: true } : {}),
  };
  const server: Server =
    speaks === 'h2'
      ? createSecureServer({ ...options, allowHTTP1: true }, listener)
      : createServer(options, listener as never);
  const sockets = new Set<{ destroy(): void }>();
  let opened = 0;
  server.on('secureConnection', (socket: Parameters<typeof sockets.add>[0] & NodeJS.EventEmitter) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  // A handshake that the other side gives up.
  server.on('tlsClientError', () => undefined);
  server.on('sessionError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { port: (server.address() as AddressInfo).port, opened: () => opened, living: () => sockets.size };
}
