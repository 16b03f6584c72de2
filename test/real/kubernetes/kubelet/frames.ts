/** As much of a WebSocket's server side (RFC 6455) as an exec needs. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface Frames {
  send(bytes: Buffer): void;
  close(): void;
}

/** Answers the upgrade. What the client sends is passed over, but for pings and its own end. */
export function acceptSocket(request: IncomingMessage, socket: Duplex, protocol: string, onClosed: () => void): Frames {
  const accepted = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accepted}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.once('close', onClosed);
  let pending = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    for (let frame = take(pending); frame; frame = take(pending)) {
      pending = pending.subarray(frame.length);
      if (frame.code === PING) socket.write(framed(PONG, frame.payload));
      if (frame.code === CLOSE) socket.end(framed(CLOSE, frame.payload));
    }
  });
  return {
    send: (bytes) => void (socket.writable && socket.write(framed(BINARY, bytes))),
    close: () => void socket.end(framed(CLOSE, Buffer.from([3, 232]))),
  };
}

function framed(code: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | code;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** The first whole frame; null: it has not all come. */
function take(bytes: Buffer): { code: number; payload: Buffer; length: number } | null {
  if (bytes.length < 2) return null;
  const [first = 0, second = 0] = bytes;
  const short = second & 127;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  const masked = (second & 128) > 0;
  const begin = start + (masked ? 4 : 0);
  if (bytes.length < begin) return null;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < begin + size) return null;
  const mask = bytes.subarray(start, begin);
  const payload = Buffer.from(bytes.subarray(begin, begin + size));
  if (masked) for (let i = 0; i < size; i += 1) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return { code: first & 15, payload, length: begin + size };
}
