import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientFrame, type Frame, handshake, readFrames } from '../../../src/doors/kubernetes/websocket.ts';
import { serverFrame } from './exec-server.ts';

const LIMIT = 100_000;
const bytes = (text: string) => Buffer.from(text);
const message = (text: string): Frame => ({ kind: 'message', payload: bytes(text) });
const BROKEN: Frame = { kind: 'broken' };

function read(chunks: readonly Uint8Array[], limit = LIMIT): Frame[] {
  const frames = readFrames(limit);
  return chunks.flatMap((chunk) => [...frames.push(chunk)]);
}

describe('the handshake', () => {
  it('asks for what the server must say, as in the example of RFC 6455', () => {
    const { headers, accept } = handshake(['v5.a', 'v4.a']);
    expect(headers).toMatchObject({ 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Protocol': 'v5.a, v4.a' });
    expect(Buffer.from(headers['Sec-WebSocket-Key'] ?? '', 'base64')).toHaveLength(16);
    expect(Buffer.from(accept, 'base64')).toHaveLength(20);
    expect(handshake([]).accept).not.toBe(accept);
  });
});

describe('frames that come', () => {
  it.each<[string, Buffer[], Frame[]]>([
    ['a message', [serverFrame(2, bytes('abc'))], [message('abc')]],
    ['an empty message', [serverFrame(2, bytes(''))], [message('')]],
    ['a text', [serverFrame(1, bytes('abc'))], [message('abc')]],
    [
      'two in one chunk',
      [Buffer.concat([serverFrame(2, bytes('a')), serverFrame(2, bytes('b'))])],
      [message('a'), message('b')],
    ],
    ['125 bytes, the last with a short length', [serverFrame(2, bytes('x'.repeat(125)))], [message('x'.repeat(125))]],
    ['126 bytes, the first with a longer one', [serverFrame(2, bytes('x'.repeat(126)))], [message('x'.repeat(126))]],
    ['65,535 bytes', [serverFrame(2, bytes('x'.repeat(65_535)))], [message('x'.repeat(65_535))]],
    [
      '65,536 bytes, the first with the longest',
      [serverFrame(2, bytes('x'.repeat(65_536)))],
      [message('x'.repeat(65_536))],
    ],
    ['as much as is allowed', [serverFrame(2, bytes('x'.repeat(LIMIT - 14)))], [message('x'.repeat(LIMIT - 14))]],
    [
      'a message in three parts with a ping between them',
      [
        serverFrame(2, bytes('a'), { final: false }),
        serverFrame(0, bytes('b'), { final: false }),
        serverFrame(9, bytes('p')),
        serverFrame(0, bytes('c')),
        serverFrame(2, bytes('d')),
      ],
      [{ kind: 'ping', payload: bytes('p') }, message('abc'), message('d')],
    ],
    [
      'messages that are only together more than is allowed',
      ['a', 'b', 'c'].map((letter) => serverFrame(2, bytes(letter.repeat(60_000)))),
      ['a', 'b', 'c'].map((letter) => message(letter.repeat(60_000))),
    ],
    ['a pong that nobody asked for', [serverFrame(10, bytes('x')), serverFrame(2, bytes('a'))], [message('a')]],
    ['the end', [serverFrame(8, Buffer.from([3, 232]))], [{ kind: 'close', payload: Buffer.from([3, 232]) }]],
  ])('%s', (_, chunks, frames) => {
    expect(read(chunks)).toEqual(frames);
    // Byte for byte, as the worst network would bring them.
    expect(read([...Buffer.concat(chunks)].map((byte) => Buffer.from([byte])))).toEqual(frames);
  });

  it('come out the same, wherever they are cut', () => {
    const texts = fc.array(fc.string({ maxLength: 300 }), { maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });
    fc.assert(
      fc.property(texts, cuts, (said, sizes) => {
        const wire = Buffer.concat(said.map((text) => serverFrame(2, bytes(text))));
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < wire.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(wire.subarray(at, at + size));
          at += size;
        }
        expect(read(chunks)).toEqual(said.map(message));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it.each<[string, Buffer[]]>([
    ['a frame that is masked', [Buffer.from([0x82, 0x81, 0, 0, 0, 0, 0x61])]],
    ['a bit of an extension', [Buffer.from([0xc2, 0x01, 0x61])]],
    ['a kind that does not exist', [serverFrame(3, bytes('a'))]],
    ['a ping in parts', [serverFrame(9, bytes('a'), { final: false })]],
    ['a ping that is too long', [serverFrame(9, bytes('x'.repeat(126)))]],
    ['a part without a beginning', [serverFrame(0, bytes('a'))]],
    ['a beginning within a message', [serverFrame(2, bytes('a'), { final: false }), serverFrame(2, bytes('b'))]],
    ['more than is allowed', [serverFrame(2, bytes('x'.repeat(LIMIT + 1)))]],
    ['a promise of more than is allowed', [Buffer.from([0x82, 127, 0, 0, 255, 255, 255, 255, 255, 255])]],
    [
      'parts that are more than is allowed together',
      [serverFrame(2, bytes('x'.repeat(60_000)), { final: false }), serverFrame(0, bytes('x'.repeat(60_000)))],
    ],
  ])('end with %s', (_, chunks) => {
    expect(read([...chunks, serverFrame(2, bytes('after'))])).toEqual([BROKEN]);
  });
});

describe('frames that go', () => {
  it.each([
    ['pong', 0x8a],
    ['close', 0x88],
  ] as const)('are masked: %s', (kind, first) => {
    const frame = clientFrame(kind, bytes('hello'));
    expect([...frame.subarray(0, 2)]).toEqual([first, 0x85]);
    const mask = frame.subarray(2, 6);
    expect(frame.subarray(6).map((byte, at) => byte ^ (mask[at % 4] ?? 0))).toEqual(bytes('hello'));
    expect(frame.subarray(2)).not.toEqual(clientFrame(kind, bytes('hello')).subarray(2));
  });
});
