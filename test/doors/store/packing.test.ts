import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../src/doors/store/packing.ts';

const look = (n: number) =>
  JSON.stringify({
    at: n,
    cameras: Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [
        `camera ${i}`,
        {
          camera_fps: 5 + ((n + i) % 3) / 10,
          process_fps: 5,
          skipped_fps: 0,
          pid: 300 + i * 7,
          ffmpeg_pid: 900 + i * 3,
        },
      ]),
    ),
    note: 'ü – 日',
  });

describe('a packed look', () => {
  it('comes back as it was, alone and by another', () => {
    const base = Buffer.from(look(1));
    for (const text of [look(2), '', '{}', '日'.repeat(9000)]) {
      expect(unpack(pack(text, null), null)).toBe(text);
      expect(unpack(pack(text, base), base)).toBe(text);
    }
  });

  it('takes less than half by one that is nearly alike', () => {
    const base = Buffer.from(look(1));
    expect(pack(look(2), base).length * 2).toBeLessThan(pack(look(2), null).length);
  });

  it('is refused with a turned bit, and by another base', () => {
    const [base, other] = [Buffer.from(look(1)), Buffer.from(look(1).replaceAll('camera', 'kamera'))];
    const packed = Uint8Array.from(pack(look(2), base));
    expect(() => unpack(packed, other)).toThrow();
    packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1;
    expect(() => unpack(packed, base)).toThrow();
  });
});
