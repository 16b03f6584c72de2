/** The API server's exec: a WebSocket whose messages begin with their channel, that can be made to misbehave. */

import { createHash } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { listen } from './rude-server.ts';

export interface ExecSession {
  request: IncomingMessage;
  socket: Duplex;
  /** One message on a channel: 1 output, 2 errors, 3 how it ended. */
  say(channel: number, text: string): void;
  /** The command has ended, as the API says it. */
  end(code?: number): void;
  /** Bytes as they are. */
  raw(bytes: Uint8Array): void;
  /** Kinds of the frames that came, e.g. `pong`, with what was in them. */
  heard: string[];
}

export interface ExecServer {
  url: string;
  port: number;
  sessions: ExecSession[];
  /** Connections that are open now. */
  living(): number;
}

export interface ExecWords {
  protocol?: string;
  accept?: (right: string) => string;
}

/** A frame as a server sends it. */
export function serverFrame(opcode: number, payload: Uint8Array, { final = true }: { final?: boolean } = {}): Buffer {
  const head = Buffer.alloc(payload.length > 65_535 ? 10 : payload.length > 125 ? 4 : 2);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = payload.length > 65_535 ? 127 : payload.length > 125 ? 126 : payload.length;
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** Takes every command; `onCommand` says what it does. */
export async function execServer(
  onCommand: (session: ExecSession) => void,
  {
    words = {},
    make = () => createHttpServer(),
    scheme = 'http',
    host = '127.0.0.1',
  }: { words?: ExecWords; make?: () => Server; scheme?: string; host?: string } = {},
): Promise<ExecServer> {
  const server = make();
  const sessions: ExecSession[] = [];
  const sockets = new Set<Duplex>();
  server.on(scheme === 'https' ? 'secureConnection' : 'connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    // An HTTP server keeps its half of a connection otherwise.
    socket.on('end', () => socket.end());
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const right = createHash('sha1').update(key).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${words.accept?.(right) ?? right}\r\n` +
        `Sec-WebSocket-Protocol: ${words.protocol ?? 'v5.channel.k8s.io'}\r\n\r\n`,
    );
    const session = sessionOn(request, socket);
    sessions.push(session);
    onCommand(session);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
  };
  const port = await listen(server, cut, host);
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    sessions,
    living: () => sockets.size,
  };
}

function sessionOn(request: IncomingMessage, socket: Duplex): ExecSession {
  const heard: string[] = [];
  const raw = (bytes: Uint8Array) => void socket.write(bytes);
  const say = (channel: number, text: string) =>
    raw(serverFrame(2, Buffer.concat([Buffer.from([channel]), Buffer.from(text)])));
  socket.on('data', (frame: Buffer) => {
    const kind = { 8: 'close', 10: 'pong' }[(frame[0] ?? 0) & 15] ?? 'other';
    const mask = frame.subarray(2, 6);
    const payload = Buffer.from(frame.subarray(6).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
    heard.push(`${kind} ${payload.toString('latin1')}`);
  });
  const end = (code = 0) => {
    const causes = [{ reason: 'ExitCode', message: String(code) }];
    say(
      3,
      JSON.stringify(
        code === 0
          ? { kind: 'Status', status: 'Success' }
          : { kind: 'Status', status: 'Failure', reason: 'NonZeroExitCode', message: 'no', details: { causes } },
      ),
    );
  };
  return { request, socket, say, end, raw, heard };
}
