import { describe, expect, it } from 'vitest';
import { newFrigateMemory } from '../../../src/targets/frigate/memory.ts';
import { camera, config, failure, last, stats, watch } from './watching.ts';

describe('the memory', () => {
  it('knows cameras that are known from elsewhere to have worked', () => {
    expect(newFrigateMemory(['front']).cameras).toEqual({
      front: { seenAt: 0, worked: { settings: null }, silentSince: null },
    });
  });

  it('is plain JSON after whatever was seen', () => {
    const seen = watch([
      { stats: stats({ constructor: camera(5, 0.1, 4.9, 0) }), config: config({ constructor: true }) },
      { stats: failure('timeout') },
    ]);
    for (const { memory } of seen) expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
    expect(last(seen).looked.members).toMatchObject([{ id: 'constructor', worked: true }]);
  });

  it('stays small: it holds no answer as it came', () => {
    const cameras = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`camera_${i}`, camera(5, 5, 0, 1)]));
    const { memory } = last(watch([{ stats: stats(cameras) }, { stats: stats(cameras, { after: 15 }) }]));
    expect(JSON.stringify(memory).length).toBeLessThan(12_000);
  });
});
