/** A cable that can be cut, frozen and unplugged: a TCP relay on loopback, in front of a real server. */

import { connect, createServer, type Socket } from 'node:net';
import { listen } from './rude-server.ts';

export interface Relay {
  port: number;
  /** Connections that were ever opened, and those that are open now. */
  opened(): number;
  living(): number;
  /** The connections of now carry nothing any more, in either direction; new ones are well. */
  strand(): void;
  /** All connections, new ones too, carry nothing until `thaw`; nothing is lost. */
  freeze(): void;
  thaw(): void;
  /** Of each new connection, after so many bytes from the server; null: not. */
  cutAfter(bytes: (() => number) | null): void;
  /** From now on what was sent to the server is passed on, and its answers are lost with the connection. */
  loseAnswers(): void;
}

interface Line {
  near: Socket;
  far: Socket;
  isStranded: boolean;
}

export async function relayTo(target: number): Promise<Relay> {
  const lines = new Set<Line>();
  let opened = 0;
  let isFrozen = false;
  let losesAnswers = false;
  let cut: (() => number) | null = null;

  const server = createServer({ noDelay: true }, (near) => {
    opened += 1;
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const line: Line = { near, far, isStranded: false };
    lines.add(line);
    let left = cut?.() ?? Number.POSITIVE_INFINITY;
    const end = () => {
      near.destroy();
      far.destroy();
      lines.delete(line);
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', end);
      // A stranded connection learns nothing of the other end's leaving.
      from.on('close', () => (line.isStranded && from === far ? undefined : end()));
      from.on('data', (chunk: Buffer) => {
        if (line.isStranded) return;
        if (from === far && losesAnswers) left = 0;
        to.write(from === far ? chunk.subarray(0, left) : chunk);
        if (from === far) left -= chunk.length;
        if (left <= 0) near.resetAndDestroy();
      });
    }
    if (isFrozen) for (const one of [near, far]) one.pause();
  });
  const port = await listen(server, () => {
    for (const { near, far } of lines) for (const one of [near, far]) one.destroy();
  });
  const each = (act: (socket: Socket) => void) => {
    for (const { near, far } of lines) for (const one of [near, far]) act(one);
  };
  return {
    port,
    opened: () => opened,
    living: () => lines.size,
    strand() {
      for (const line of lines) line.isStranded = true;
    },
    freeze() {
      isFrozen = true;
      each((socket) => socket.pause());
    },
    thaw() {
      isFrozen = false;
      each((socket) => socket.resume());
    },
    cutAfter(bytes) {
      cut = bytes;
    },
    loseAnswers() {
      losesAnswers = true;
    },
  };
}
