import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../../src/doors/ports.ts';
import { camerasToAsk } from '../../../../src/targets/frigate/follow/recordings.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import type { Segment } from '../../../../src/targets/frigate/observe/answers.ts';
import { camera, failure, last, type Said, START, stats, watch } from '../watching.ts';

const UP = { a: camera(5, 5, 0, 1), b: camera(5, 5, 0, 1) };
const segments = (...ends: readonly number[]): Reply<readonly Segment[]> => ({
  ok: true,
  value: ends.map((end) => ({ start: end - 10, end })),
  status: 200,
  serverTime: null,
});
const recording = (record: unknown) => ({ enabled: true, enabled_in_config: true, record });
const ALWAYS = recording({ enabled: true, continuous: { days: 3 } });
const MOTION = recording({ enabled: true, continuous: { days: 0 } });
const config = { cameras: { a: ALWAYS, b: MOTION } };
const look = (after: number, changes: Partial<Said> = {}): Said => ({ stats: stats(UP, { after }), ...changes });
const factsOf = (looks: readonly Said[]) => last(watch(looks)).facts.recordings;
/** Frigate says that it is 5 s behind us. */
const FRIGATE = START - 5;

describe('the newest segment of a camera', () => {
  it("is as old as Frigate's own clock says", () => {
    const said = look(0, { config, recordings: { a: segments(FRIGATE - 12, FRIGATE - 32), b: segments() } });
    expect(factsOf([said])).toMatchObject({
      isAsked: true,
      cameras: {
        a: { askedAt: START, ageSeconds: 12, lateSeconds: 12, isContinuous: true, isRegular: false, isWriting: true },
        b: { askedAt: START, ageSeconds: null, lateSeconds: 600, isContinuous: false },
      },
    });
  });

  it('is told by a clock that is two hours off, as long as that is the only one that Frigate has', () => {
    const off = 7200;
    const service = { uptime: 86_400, last_updated: START + off };
    const said = { stats: stats(UP, { service }), recordings: { a: segments(START + off - 20) } };
    expect(factsOf([said]).cameras.a).toMatchObject({ ageSeconds: 20 });
    const old = { stats: { ...stats(UP, { service: { uptime: 86_400 } }) }, serverTime: START + off };
    expect(factsOf([{ ...old, recordings: { a: segments(START + off - 20) } }]).cameras.a?.ageSeconds).toBe(20);
  });

  it('grows older while the stats stand still', () => {
    const recordings = { a: segments(FRIGATE - 10) };
    const still = [0, 1, 2].map(() => look(0, { recordings }));
    expect(factsOf(still).cameras.a?.ageSeconds).toBe(40);
  });

  it('stands when none came since, and is the newest of what is there when some did', () => {
    expect(
      factsOf([look(0, { recordings: { a: segments(FRIGATE - 10) } }), look(15, { recordings: { a: segments() } })])
        .cameras.a,
    ).toMatchObject({ ageSeconds: 25 });
    const backwards = [
      look(0, { recordings: { a: segments(FRIGATE + 3600) } }),
      look(15, { recordings: { a: segments(FRIGATE - 400) } }),
    ];
    expect(factsOf(backwards).cameras.a?.ageSeconds).toBe(415);
  });

  it('is of the time when it was asked for, not older with every look', () => {
    const looks = [look(0, { recordings: { a: segments(FRIGATE - 10) } }), ...[15, 30, 45].map((after) => look(after))];
    expect(factsOf(looks).cameras.a).toMatchObject({ askedAt: START, ageSeconds: 10, lateSeconds: 10 });
  });

  it('is no later than the run is old', () => {
    const young = {
      stats: stats(UP, { service: { uptime: 90, last_updated: FRIGATE } }),
      recordings: { a: segments(FRIGATE - 900) },
    };
    expect(factsOf([young]).cameras.a).toMatchObject({ ageSeconds: 900, lateSeconds: 95 });
  });

  it('is no later than frames arrive again', () => {
    const dark = { a: camera(0, 5, 0, 1), b: UP.b };
    const looks = [
      look(0),
      { stats: stats(dark, { after: 15 }) },
      look(30),
      look(45, { recordings: { a: segments(FRIGATE - 900) } }),
    ];
    expect(factsOf(looks).cameras.a).toMatchObject({ ageSeconds: 945, lateSeconds: 15, isWriting: true });
    expect(factsOf(looks.slice(0, 2)).cameras.a).toMatchObject({ isWriting: false });
  });

  it('is owed by a camera that is set to 1 fps and gives a little less', () => {
    const slow = (fps: number) => ({
      stats: stats({ a: camera(0.9, 0.9, 0, 1) }),
      config: { cameras: { a: { ...ALWAYS, detect: { fps } } } },
      recordings: { a: segments(FRIGATE - 900) },
    });
    expect(factsOf([slow(1)]).cameras.a).toMatchObject({ isWriting: true });
    expect(factsOf([slow(5)]).cameras.a).toMatchObject({ isWriting: false });
  });

  it('is no later than recording is switched on', () => {
    const off = { cameras: { ...config.cameras, a: recording({ enabled: false, continuous: { days: 3 } }) } };
    const looks = [look(0, { config: off }), look(15, { config, recordings: { a: segments(FRIGATE - 900) } })];
    expect(factsOf(looks).cameras.a).toMatchObject({ lateSeconds: 0, isWriting: true, isContinuous: true });
    expect(factsOf(looks.slice(0, 1)).cameras.a).toMatchObject({ isWriting: false, isContinuous: false });
  });

  it('came regularly when it was young in two looks', () => {
    const looks = [0, 15].map((after) =>
      look(after, { recordings: { a: segments(FRIGATE + after - 119), b: segments(FRIGATE + after - 120) } }),
    );
    expect(factsOf(looks.slice(0, 1)).cameras.a?.isRegular).toBe(false);
    expect(factsOf(looks).cameras).toMatchObject({ a: { isRegular: true }, b: { isRegular: false } });
  });

  it('is not known where the question failed, and why is said', () => {
    const failed = look(15, { recordings: { a: failure('timeout') } });
    expect(factsOf([failed])).toMatchObject({
      isAsked: true,
      cameras: { a: { askedAt: null, failure: 'It failed: timeout.' } },
    });
    expect(factsOf([look(0, { recordings: { a: segments(FRIGATE - 10) } }), failed]).cameras.a).toMatchObject({
      askedAt: START,
      ageSeconds: 10,
      failure: 'It failed: timeout.',
    });
    expect(factsOf([look(0)])).toEqual({ isAsked: false, wantsConfig: false, cameras: {} });
  });

  it('is forgotten with a camera that is gone', () => {
    const only = { stats: stats({ b: UP.b }, { after: 15 }), config: { cameras: { b: MOTION } } };
    expect(Object.keys(factsOf([look(0, { config, recordings: { a: segments(FRIGATE) } }), only]).cameras)).toEqual([
      'b',
    ]);
    const unread = { stats: stats({ b: UP.b }, { after: 15 }) };
    expect(Object.keys(factsOf([look(0, { recordings: { a: segments(FRIGATE) } }), unread]).cameras)).toEqual(['a']);
  });
});

describe('whether recording may be switched off', () => {
  const late = (after: number) => ({ a: segments(FRIGATE + after - 200) });

  it('is in doubt until the configuration was read after the newest segment', () => {
    const looks = [
      look(0, { config, recordings: { a: segments(FRIGATE) } }),
      ...[15, 30].map((after) => look(after)),
      look(45, { recordings: { a: segments(FRIGATE + 30) } }),
    ];
    expect(factsOf(looks).cameras.a?.mayBeOff).toBe(true);
    expect(factsOf([...looks, look(60, { config })]).cameras.a?.mayBeOff).toBe(false);
  });

  it('is in doubt while it cannot be read, and not where nobody ever asks', () => {
    expect(factsOf([look(0, { config: failure('status'), recordings: late(0) })]).cameras.a?.mayBeOff).toBe(true);
    expect(factsOf([look(0, { recordings: late(0) })]).cameras.a?.mayBeOff).toBe(false);
  });

  it('has the configuration asked for in the next look, once one is late by half', () => {
    const begun = [look(0, { config })];
    const slow = (age: number) => [...begun, look(15, { recordings: { a: segments(FRIGATE + 15 - age) } })];
    const wants = (looks: readonly Said[]) => {
      const { facts, memory } = last(watch(looks, { every: 200 }));
      return [facts.recordings.wantsConfig, memory.configDue];
    };
    expect(wants(slow(149))).toEqual([false, 'later']);
    expect(wants(slow(151))).toEqual([true, 'now']);
  });
});

describe('who is asked for recordings', () => {
  const memoryOf = (looks: readonly Said[]) => last(watch(looks)).memory;
  const asked = (looks: readonly Said[], after: number) => camerasToAsk(memoryOf(looks), START + after);

  it('are cameras that record round the clock, or may do so', () => {
    const cameras = {
      always: ALWAYS,
      motion: MOTION,
      maybe: recording({ enabled: true }),
      off: { ...ALWAYS, enabled: false },
      out: { ...ALWAYS, enabled_in_config: false },
      _replay_x: ALWAYS,
    };
    expect(asked([look(0, { config: { cameras } })], 15)).toEqual(['always', 'maybe']);
  });

  it('are the cameras of the stats where no configuration is read, and none of which no frame comes', () => {
    expect(asked([look(0)], 15)).toEqual(['a', 'b']);
    expect(asked([{ stats: stats({ a: camera(0, 0, 0, 0), b: UP.b }) }], 15)).toEqual(['b']);
    expect(camerasToAsk(newFrigateMemory(), START)).toEqual([]);
  });

  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, k) => [`c${k}`, ALWAYS]));

  it('are two at once, in turn, and each every five minutes', () => {
    const all = { cameras: many(4) };
    const first = [look(0, { config: all })];
    expect(asked(first, 0)).toEqual(['c0', 'c1']);
    const well = Object.fromEntries(['c0', 'c1'].map((id) => [id, segments(FRIGATE)]));
    const second = [look(0, { config: all, recordings: well })];
    expect(asked(second, 15)).toEqual(['c2', 'c3']);
    const third = [...second, look(15, { recordings: { c2: segments(FRIGATE) } })];
    expect(asked(third, 299)).toEqual(['c3']);
    expect(asked(third, 300)).toEqual(['c3', 'c0']);
  });

  it('does not let one that fails stand before the others', () => {
    const all = { cameras: many(3) };
    const failing = Object.fromEntries(['c0', 'c1'].map((id) => [id, failure('timeout')]));
    expect(asked([look(0, { config: all, recordings: failing })], 300)).toEqual(['c2', 'c0']);
  });

  it('are first, and each minute, those of which the log has said lately that no segment came', () => {
    const cameras = many(4);
    const well = Object.fromEntries(Object.keys(cameras).map((id) => [id, segments(FRIGATE)]));
    const memory = memoryOf([look(0, { config: { cameras }, recordings: well })]);
    const said = { kept: { 'no_new_segments/c3': [[START, 1]] } } as const;
    const askedWith = (after: number) => camerasToAsk({ ...memory, log: said }, START + after);
    expect(askedWith(59)).toEqual([]);
    expect(askedWith(60)).toEqual(['c3']);
    expect(askedWith(300)).toEqual(['c3', 'c0']);
    expect(askedWith(301)).toEqual(['c0', 'c1']);
  });

  it('are all, but 64 at most, when one is late; the late one in every look', () => {
    const all = { cameras: many(70) };
    const stats70 = stats(Object.fromEntries(Object.keys(many(70)).map((id) => [id, camera(5, 5, 0, 1)])));
    const late = [{ stats: stats70, config: all, recordings: { c0: segments(FRIGATE - 301) } }];
    expect(asked(late, 15)).toHaveLength(64);
    const rest = Object.fromEntries(Object.keys(many(70)).map((id) => [id, segments(FRIGATE)]));
    const known = [{ ...late[0], recordings: { ...rest, c0: segments(FRIGATE - 301) } }];
    expect(asked(known, 15)).toEqual(['c0']);
    expect(asked(known, 60)).toHaveLength(64);
    expect(asked([{ ...known[0], recordings: rest }], 15)).toEqual([]);
  });

  it('does not ask all for a camera that only keeps motion, for all that is known', () => {
    const unknown = [look(0, { recordings: { a: segments(FRIGATE - 900), b: segments(FRIGATE) } })];
    expect(asked(unknown, 15)).toEqual([]);
  });
});
