import { describe, expect, it } from 'vitest';
import { camera, config, failure, type Said, START, stats, watch, watchCase } from '../watching.ts';

const BUSY = { front: camera(5, 5, 0, 4) };
const IDLE = { front: camera(5, 5, 0, 0) };
/** Evidence is five seconds older than the look. */
const seconds = (time: number | null | undefined) => (time == null ? time : time - START + 5);

const look = (after: number, inference: unknown, pid: unknown = 1, cameras = IDLE): Said => ({
  stats: stats(cameras, { after, inference, pid }),
});
const lifeOf = (looks: readonly Said[], id = 'coral') =>
  watch(looks).map(({ facts: { life } }) => ({ ...life, coral: life.detectors[id] }));

describe('the life of a detector', () => {
  it('tells a new process from the same one, from none and from the first', () => {
    const pids = [1, 1, 2, null, 2, 3];
    const seen = lifeOf(pids.map((pid, k) => look(k * 15, 20, pid)));
    expect(seen.map(({ coral }) => coral?.changes.map(seconds))).toEqual([[], [], [30], [30], [30], [30, 75]]);
    expect(seen.map(({ coral }) => seconds(coral?.pidSince))).toEqual([0, 0, 30, 30, 30, 75]);
    expect(seen.at(-1)?.replaced.map(seconds)).toEqual([30, 75]);
  });

  it('knows after which time an inference was surely finished', () => {
    const seen = lifeOf([look(0, 20), look(15, 20.4), look(30, 20.4), look(45, 21)]);
    expect(seen.map(({ coral }) => seconds(coral?.movedAt))).toEqual([null, 15, 15, 45]);
    expect(seen.map(({ coral }) => seconds(coral?.movedAfter))).toEqual([null, 0, 0, 30]);
    expect(seen.map(({ workedAfter }) => seconds(workedAfter))).toEqual([null, 0, 0, 30]);
  });

  it('takes detections for work, as old as their figure may be, but not frozen ones', () => {
    const hung = { front: camera(5, 5, 5, 5) };
    expect(lifeOf([look(0, 20, 1, BUSY)]).map(({ workedAfter }) => seconds(workedAfter))).toEqual([-20]);
    expect(lifeOf([look(0, 20, 1, hung)])[0]?.workedAfter).toBeNull();
    const off = { ...look(0, 20, 1, BUSY), config: config({ front: false }) };
    expect(lifeOf([off])[0]?.workedAfter).toBeNull();
  });

  it('counts the same stats once', () => {
    const seen = lifeOf([look(0, 20, 1), look(15, 20, 2), look(15, 20, 2)]);
    expect(seen.at(-1)?.replaced).toHaveLength(1);
    expect(seen.at(-1)?.coral?.changes).toHaveLength(1);
  });

  it('begins anew with a run of Frigate, except for what is counted over a day', () => {
    const reborn = {
      stats: { ...stats(IDLE, { after: 45, pid: 7 }), service: { uptime: 5, last_updated: START + 40 } },
    };
    const seen = lifeOf([look(0, 20, 1), look(15, 21, 2), look(30, 22, 2), reborn]);
    expect(seen.at(-1)).toMatchObject({ workedAfter: null, coral: { changes: [], movedAt: null, pid: 7 } });
    expect(seen.at(-1)?.replaced.map(seconds)).toEqual([15]);
  });

  it('keeps what it knows while nobody answers, and lets go of a detector that is taken away', () => {
    const blind = { stats: failure('timeout') };
    const other = { stats: { ...stats(IDLE, { after: 45 }), detectors: { ov: { inference_speed: 9, pid: 5 } } } };
    const seen = watch([look(0, 20, 1), look(15, 20, 2), blind, other]).map(({ facts }) => facts.life.detectors);
    expect(seen[2]).toEqual(seen[1]);
    expect(Object.keys(seen[3] ?? {})).toEqual(['ov']);
  });

  it('forgets after a day what was replaced', () => {
    const half = 43_200;
    const day = watch([look(0, 20, 1), look(half, 20, 2), look(2 * half, 20, 2), look(3 * half, 20, 2)], {
      every: half,
    });
    expect(day.map(({ facts }) => facts.life.replaced.length)).toEqual([0, 1, 1, 0]);
  });

  it('sees the stuck detector of the recording take four processes without an inference', () => {
    const seen = watchCase('stuck-detector').map(({ facts }) => facts.life.detectors.ds);
    expect(seen[13]?.changes).toHaveLength(4);
    expect(seen[13]?.movedAt).toBeNull();
    expect(seen.at(-1)?.movedAt).not.toBeNull();
  });
});
