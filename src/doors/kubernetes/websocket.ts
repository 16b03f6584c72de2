/** What a listening client needs of WebSocket (RFC 6455): the handshake, and frames in both directions. */

import { createHash, randomBytes } from 'node:crypto';

export interface Handshake {
  headers: Readonly<Record<string, string>>;
  /** What the server must say in `Sec-WebSocket-Accept`. */
  accept: string;
}

/** `broken`: against the rules, or larger than allowed; nothing after it is read. */
export type Frame = { kind: 'message' | 'ping' | 'close'; payload: Buffer } | { kind: 'broken' };

export interface FrameReader {
  /** What is whole by now, in order. */
  push(chunk: Uint8Array): readonly Frame[];
}

// RFC 6455, section 1.3: the same for everybody.
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

// RFC 6455, section 5.2.
const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FINAL = 0x80;
const MASKED = 0x80;
const CONTROL = 0x08;
const CONTROL_BYTES = 125;
/** These two lengths say that the true one follows, in two bytes or in eight. */
const LONGER_HEADS: Readonly<Record<number, number>> = { 126: 4, 127: 10 };

export function handshake(protocols: readonly string[]): Handshake {
  const key = randomBytes(16).toString('base64');
  return {
    headers: {
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Protocol': protocols.join(', '),
    },
    accept: createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64'),
  };
}

/** A frame from a client, which must be masked. At most 125 bytes: we only answer pings and say goodbye. */
export function clientFrame(kind: 'pong' | 'close', payload: Uint8Array): Buffer {
  const mask = randomBytes(4);
  const body = payload.subarray(0, CONTROL_BYTES);
  const masked = body.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([Buffer.from([FINAL | OPCODES[kind], MASKED | body.length]), mask, masked]);
}

/** Puts frames together from chunks, and messages from frames; a message has at most `limitBytes`. */
export function readFrames(limitBytes: number): FrameReader {
  let chunks: Uint8Array[] = [];
  let held = 0;
  let needed = 2;
  let broken = false;
  let parts: Buffer[] = [];
  let partBytes = 0;
  let isWithin = false;

  /** The next frame, or null until it is whole; `needed` is then what it takes to look again. */
  function next(bytes: Buffer): { frame: Frame | null; size: number } | null {
    const head = headOf(bytes);
    needed = head.size;
    if (head.size > limitBytes || !isSound(head)) return { frame: { kind: 'broken' }, size: bytes.length };
    if (!head.whole || bytes.length < head.size) return null;
    const payload = bytes.subarray(head.start, head.size);
    return { frame: frameOf(head, payload), size: head.size };
  }

  function frameOf({ opcode, isFinal }: Head, payload: Buffer): Frame | null {
    if (opcode === OPCODES.ping) return { kind: 'ping', payload };
    if (opcode === OPCODES.close) return { kind: 'close', payload };
    if (opcode === OPCODES.pong) return null;
    // A message begins with its kind and goes on with continuations; both out of turn are against the rules.
    if ((opcode === OPCODES.continuation) !== isWithin) return { kind: 'broken' };
    parts.push(payload);
    partBytes += payload.length;
    isWithin = !isFinal;
    if (partBytes > limitBytes) return { kind: 'broken' };
    if (isWithin) return null;
    const whole = Buffer.concat(parts);
    parts = [];
    partBytes = 0;
    return { kind: 'message', payload: whole };
  }

  return {
    push(chunk) {
      const frames: Frame[] = [];
      if (broken) return frames;
      chunks.push(chunk);
      held += chunk.length;
      // Joined only when there is enough: a large frame comes in many chunks.
      if (held < needed) return frames;
      let bytes = Buffer.concat(chunks);
      for (let one = next(bytes); one && !broken; one = next(bytes)) {
        if (one.frame) frames.push(one.frame);
        broken = one.frame?.kind === 'broken';
        bytes = bytes.subarray(one.size);
      }
      chunks = [bytes];
      held = bytes.length;
      return frames;
    },
  };
}

interface Head {
  opcode: number;
  isFinal: boolean;
  /** Reserved bits, which stand for extensions that nobody agreed to; and the mask, which no server sets. */
  hasStrangeBits: boolean;
  /** Where the payload begins, and where the frame ends: as far as is known, if not yet `whole`. */
  start: number;
  size: number;
  whole: boolean;
}

function headOf(bytes: Buffer): Head {
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const start = LONGER_HEADS[short] ?? 2;
  const whole = bytes.length >= start;
  return {
    opcode: first & 0x0f,
    isFinal: (first & FINAL) !== 0,
    hasStrangeBits: (first & 0x70) !== 0 || (second & MASKED) !== 0,
    start,
    size: start + (whole ? lengthIn(bytes, short) : 0),
    whole,
  };
}

function lengthIn(bytes: Buffer, short: number): number {
  if (short === 126) return bytes.readUInt16BE(2);
  if (short === 127) return Number(bytes.readBigUInt64BE(2));
  return short;
}

function isSound({ opcode, isFinal, hasStrangeBits, start, size, whole }: Head): boolean {
  if (!whole) return true;
  if (hasStrangeBits || !Object.values<number>(OPCODES).includes(opcode)) return false;
  return (opcode & CONTROL) === 0 || (isFinal && size - start <= CONTROL_BYTES);
}
