import { describe, expect, it } from 'vitest';
import { followQueue, isFull, isNewborn } from '../../../../src/targets/frigate/follow/pipeline.ts';
import { readStats } from '../../../../src/targets/frigate/read/stats.ts';
import { FRIGATE_LIMITS } from '../../../../src/targets/frigate/settings.ts';
import { camera, last, stats, watch } from '../watching.ts';

const detector = (inferenceMs: number | null, pid = 1, inflightSince = 0) => ({
  id: 'd',
  inferenceMs,
  pid,
  inflightSince,
});

describe('the pipeline', () => {
  it('dates a dead queue from its first sign, as long as nothing moves and somebody looks', () => {
    const follow = (rows: readonly (readonly [at: number, ms: number])[]) =>
      rows.reduce<ReturnType<typeof followQueue> | null>(
        (before, [at, ms]) => followQueue(before?.memory ?? null, 'dead', [detector(ms)], at),
        null,
      )?.since;
    expect(
      follow([
        [0, 12],
        [15, 12],
        [105, 12],
      ]),
    ).toBe(0);
    expect(
      follow([
        [0, 12],
        [15, 12],
        [30, 13],
        [45, 13],
      ]),
    ).toBe(30);
    expect(
      follow([
        [0, 12],
        [91, 12],
        [106, 12],
      ]),
    ).toBe(91);
    expect(followQueue(null, 'flowing', [detector(12)], 0).since).toBeNull();
  });

  it.each<[what: string, row: readonly number[], flow: string]>([
    ['lets a tenth of the frames through', [5, 0.5, 4.5, 0], 'flowing'],
    ['lets less than a tenth through', [5, 0.4, 4.6, 0], 'dead'],
    ['lets one frame through for each time-out, of few that arrive', [2, 0.2, 1.8, 0], 'dead'],
    ['lets one frame through for each time-out, of one', [1, 0.2, 0.8, 0], 'dead'],
    ['lets more through than time-outs would', [1, 0.3, 0.7, 0], 'flowing'],
    ['detects something', [5, 0.2, 4.8, 0.1], 'flowing'],
    ['lets hardly a frame through and skips few', [5, 0.2, 1, 0], 'unclear'],
  ])('is told by a camera that %s', (_, row, flow) => {
    expect(last(watch([{ stats: stats({ a: camera(...row) }) }])).facts.queue.flow).toBe(flow);
  });

  it('forgets the sign of a dead queue with the first other flow', () => {
    const dead = followQueue(null, 'dead', [detector(12)], 0);
    expect(dead).toMatchObject({ memory: { inferenceMs: { d: 12 } }, isMoving: false, isFed: false });
    expect(followQueue(dead.memory, 'flowing', [detector(12)], 0).memory).toBeNull();
  });

  it('remembers an inference that began while the detector was idle in between', () => {
    const begun = followQueue(null, 'dead', [detector(12, 1, 100)], 0).memory;
    const idle = followQueue(begun, 'dead', [detector(12, 1, 0)], 0);
    expect(idle.isFed).toBe(false);
    expect(followQueue(idle.memory, 'dead', [detector(12, 1, 100)], 0).isFed).toBe(false);
    expect(followQueue(idle.memory, 'dead', [detector(12, 1, 140)], 0).isFed).toBe(true);
    expect(followQueue(idle.memory, 'dead', [detector(12, 2, 140)], 0).isFed).toBe(false);
  });

  it('counts detections of cameras that work, and only where none is named the sum that Frigate gives', () => {
    const rate = (cameras: Record<string, Record<string, unknown>>, detection_fps?: number) =>
      last(watch([{ stats: { ...stats(cameras), detection_fps } }])).facts.detectionRate;
    expect(rate({ a: camera(5, 5, 0, 3), b: camera(5, 5, 0, 4), dead: camera(0, 5, 0, 6) }, 13)).toBe(7);
    expect(rate({ a: camera(0, 5, 0, 3) }, 3)).toBe(0);
    expect(rate({}, 9)).toBe(9);
    expect(rate({})).toBeNull();
    expect(rate({ a: camera(5, 5, 0, undefined) }, 2)).toBe(2);
  });

  it('is full only by figures that are all known', () => {
    const load = { skippedRatio: 0.5, detectionsPerSecond: 30, capacityPerSecond: 35 };
    const full = (changes: Partial<typeof load> | Record<string, null>) =>
      isFull({ ...load, ...changes }, [], false, FRIGATE_LIMITS);
    expect(full({})).toBe(true);
    expect([
      full({ skippedRatio: null }),
      full({ detectionsPerSecond: null }),
      full({ capacityPerSecond: null }),
    ]).toEqual([false, false, false]);
    expect(full({ detectionsPerSecond: 24 })).toBe(false);
    expect(isFull({ ...load, detectionsPerSecond: 20 }, [], true, FRIGATE_LIMITS)).toBe(true);
  });

  it.each([
    ['its uptime is under a minute', { cameras: { a: camera(5, 5, 0, 1) }, service: { uptime: 59 } }, true],
    ['its uptime is a minute', { cameras: { a: camera(0, 0, 0, 0) }, service: { uptime: 60 } }, false],
    [
      'it tells no uptime, but all is zero and virgin',
      { cameras: { a: camera(0, 0, 0, 0) }, detectors: { d: { inference_speed: 10 } } },
      true,
    ],
    [
      'it tells no uptime, and a camera sends',
      { cameras: { a: camera(5, 0, 0, 0) }, detectors: { d: { inference_speed: 10 } } },
      false,
    ],
    ['it tells no uptime, and has no detector', { cameras: { a: camera(0, 0, 0, 0) } }, false],
  ])('is newborn or not when %s', (_, body, newborn) => {
    const read = readStats(body);
    expect(read && isNewborn(read, FRIGATE_LIMITS)).toBe(newborn);
  });
});
