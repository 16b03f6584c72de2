import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../../../src/targets/frigate/checks/index.ts';
import { camera, failure, findingOf, stats, watch } from '../watching.ts';

const down = (after: number) => ({ stats: stats({ a: camera(0, 5, 0, 0) }, { after }) });
const details = (looks: Parameters<typeof watch>[0], every = 15) =>
  watch(looks, { every }).map((one) => findingOf(one, 'camera_frames', 'a').detail);

describe('the table of checks', () => {
  it('names each check once', () => {
    expect(new Set(CHECKS.map((row) => row.id)).size).toBe(CHECKS.length);
    expect(CHECKS.map((row) => row.id)).toEqual(
      expect.arrayContaining([
        'api',
        'stats_fresh',
        'detector_queue',
        'detector_speed',
        'overload',
        'cameras',
        'camera_frames',
        'camera_skipping',
      ]),
    );
  });

  it.each([
    ['api', 'api', 60, 'unhealthy'],
    ['stats_fresh', 'api', 0, 'unhealthy'],
    ['detector_queue', 'detector', 60, 'unhealthy'],
    ['detector_speed', 'detector', 120, 'unhealthy'],
    ['overload', 'detector', 300, 'degraded'],
    ['cameras', 'frigate', 0, 'unhealthy'],
    ['camera_frames', 'camera', 180, 'degraded'],
    ['camera_skipping', 'camera', 180, 'degraded'],
  ])('has %s in the layer %s for %i s as %s', (id, layer, forSeconds, severity) => {
    expect(CHECKS.find((row) => row.id === id)).toMatchObject({ layer, forSeconds, severity });
  });

  it('keeps its placeholder to itself', () => {
    for (const { looked } of watch([down(0), down(15), { stats: failure('refused'), version: failure('refused') }])) {
      for (const { detail } of looked.findings) expect(detail).not.toMatch(/[{}]/);
    }
  });
});

describe('since when it is bad', () => {
  it('is said by the time of the evidence, over looks that saw nothing', () => {
    expect(details([down(0), { stats: failure('timeout') }, down(30)])).toEqual([
      'a has sent no frames.',
      'Frigate gave no stats: It failed: timeout.',
      'a has sent no frames for 30 s.',
    ]);
  });

  it('goes on over an answer that proves nothing', () => {
    const silent = { stats: failure('refused'), version: failure('refused') };
    const half = { stats: failure('refused') };
    const [, , again] = watch([silent, half, silent]);
    expect(again && findingOf(again, 'api').detail).toBe('No valid answer from the API for 30 s: It failed: refused.');
  });

  it('begins anew after a good answer, and after a gap in which nobody looked', () => {
    const up = { stats: stats({ a: camera(5, 5, 0, 0) }, { after: 15 }) };
    expect(details([down(0), up, down(30)]).at(-1)).toBe('a has sent no frames.');
    expect(details([down(0), down(301)], 301).at(-1)).toBe('a has sent no frames.');
    expect(details([down(0), down(300)], 300).at(-1)).toBe('a has sent no frames for 300 s.');
  });
});
