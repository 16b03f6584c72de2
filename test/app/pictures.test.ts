/** The pictures of the store: of the right size, and what the script of the project draws. */
import { readFileSync } from 'node:fs';
import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { asPng, type Bitmap, drawn, PICTURES } from '../../addon/pictures/draw.ts';

const root = new URL('../../', import.meta.url);

/** A picture as this project writes it: one piece, eight bits, rows as they are. */
function fromPng(file: Buffer): Bitmap {
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const named = file.subarray(at + 4, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks[named.subarray(0, 4).toString()] = named.subarray(4);
    at += 12 + length;
  }
  const { IHDR = Buffer.alloc(13), IDAT = Buffer.alloc(0) } = chunks;
  expect([...IHDR.subarray(8)]).toEqual([8, 6, 0, 0, 0]);
  const [width, height] = [IHDR.readUInt32BE(0), IHDR.readUInt32BE(4)];
  const rows = inflateSync(IDAT);
  const row = width * 4 + 1;
  const bytes = Buffer.concat(Array.from({ length: height }, (_, y) => rows.subarray(y * row + 1, (y + 1) * row)));
  return { width, height, bytes: new Uint8Array(bytes) };
}

const point = ({ bytes, width }: Bitmap, x: number, y: number) => [
  ...bytes.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe('the pictures of the store', () => {
  // The same bytes would be too much to ask: another machine may pack them otherwise.
  it.each(PICTURES.map((picture) => [picture.to, picture] as const))('%s is what its source shows', (name, picture) => {
    const kept = fromPng(readFileSync(new URL(name, root)));
    const now = drawn(picture);
    expect([kept.width, kept.height]).toEqual([picture.width, picture.height]);
    expect(
      kept.bytes.some((byte, n) => byte !== now.bytes[n]),
      'draw it again: npm run pictures',
    ).toBe(false);
  });

  it('are of the size that the store wants, and light', () => {
    expect(PICTURES.map(({ to, width, height }) => [to, width, height])).toEqual([
      ['icon.png', 128, 128],
      ['logo.png', 250, 100],
    ]);
    for (const { to } of PICTURES) expect(readFileSync(new URL(to, root)).length).toBeLessThan(10_000);
  });

  it('stand on any ground: their corners are clear, and their edges smooth', () => {
    for (const picture of PICTURES) {
      const bitmap = drawn(picture);
      for (const x of [0, bitmap.width - 1])
        for (const y of [0, bitmap.height - 1]) expect(point(bitmap, x, y)).toEqual([0, 0, 0, 0]);
      const opacities = new Set(bitmap.bytes.filter((_, n) => n % 4 === 3));
      expect(opacities.size).toBeGreaterThan(20);
    }
  });

  it('show a white bird with a red throat on a shield', () => {
    const icon = drawn(PICTURES[0]);
    expect(point(icon, 64, 80)).toEqual([255, 255, 255, 255]);
    expect(point(icon, 62, 52)).toEqual([0xe5, 0x48, 0x4d, 255]);
    expect(point(icon, 30, 90)).toEqual([0x1d, 0x6f, 0x8c, 255]);
    expect(point(icon, 98, 90)).toEqual([0x18, 0x5c, 0x76, 255]);
    expect(point(icon, 14, 40)).toEqual([0x0f, 0x2f, 0x45, 255]);
  });

  it('survive being written and read', () => {
    const bytes = Uint8Array.from({ length: 24 }, (_, n) => n * 10);
    expect(fromPng(asPng({ width: 3, height: 2, bytes }))).toEqual({ width: 3, height: 2, bytes });
  });
});
