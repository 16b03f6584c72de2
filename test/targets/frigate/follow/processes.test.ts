import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { camera, last, payload, type Said, stats, watch, watchCase } from '../watching.ts';

const CAMERAS = {
  a: { ...camera(5, 5, 0, 1), pid: 300, capture_pid: 301, ffmpeg_pid: 302 },
  b: { ...camera(5, 5, 0, 1), pid: 310, capture_pid: 311, ffmpeg_pid: 312 },
};
const PROCESSES = { recording: { pid: 240 }, review_segment: { pid: 241 } };
const PIDS = [296, 300, 301, 302, 310, 311, 312, 240, 241];

const saying = (pids: readonly number[], changes: Record<string, unknown> = {}): Said => ({
  stats: stats(CAMERAS, {
    processes: PROCESSES,
    cpu_usages: Object.fromEntries(pids.map((pid) => [pid, { cpu: '0.0' }])),
    ...changes,
  }),
});
const without = (...gone: readonly number[]) => PIDS.filter((pid) => !gone.includes(pid));
const processes = (said: Said) => last(watch([said])).facts.processes;

describe('what is known of the processes', () => {
  it('is that they live when all are listed', () => {
    expect(processes(saying(PIDS))).toEqual({
      why: null,
      isAsked: true,
      cameras: {
        a: {
          capture: 'alive',
          process: 'alive',
          ffmpeg: 'alive',
          capturePid: 301,
          processPid: 300,
          isFrozen: null,
          isIdle: false,
        },
        b: {
          capture: 'alive',
          process: 'alive',
          ffmpeg: 'alive',
          capturePid: 311,
          processPid: 310,
          isFrozen: null,
          isIdle: false,
        },
      },
      recording: 'alive',
      recordingPid: 240,
    });
  });

  it('is that one is dead when it alone is not listed', () => {
    expect(processes(saying(without(301))).cameras.a?.capture).toBe('dead');
    expect(processes(saying(without(310))).cameras.b?.process).toBe('dead');
    expect(processes(saying(without(240))).recording).toBe('dead');
    expect(processes(saying(without(301, 302, 240)))).toMatchObject({
      recording: 'dead',
      cameras: { a: { capture: 'dead', process: 'alive', ffmpeg: 'dead' }, b: { capture: 'alive' } },
    });
  });

  it.each<[string, readonly number[]]>([
    ['nothing', []],
    ['strangers only', [1, 2, 3, 4, 5]],
    ['half of the others', [296, 300, 310, 302, 312]],
    ['two of them', [300, 240]],
  ])('is nothing of what is missing when the list holds %s', (_, pids) => {
    const { cameras, recording } = processes(saying(pids));
    const lives = [recording, ...Object.values(cameras).flatMap((one) => [one.capture, one.process])];
    expect(lives).not.toContain('dead');
    expect(lives).toContain('unknown');
  });

  it('is nothing when three live of which one could be asked about only', () => {
    const alone = { a: { ...camera(5, 5, 0, 1), pid: 300, capture_pid: 301 } };
    const said = (pids: readonly number[]): Said => ({
      stats: stats(alone, { processes: {}, cpu_usages: Object.fromEntries(pids.map((pid) => [pid, {}])) }),
    });
    expect(processes(said([296, 300])).cameras.a?.capture).toBe('unknown');
  });

  it('is none where no process is named', () => {
    const none = { a: { ...camera(0, 0, 0, 0), pid: null, capture_pid: null, ffmpeg_pid: 0 } };
    expect(processes({ stats: stats(none, { cpu_usages: { 1: {} } }) })).toMatchObject({
      recording: 'none',
      cameras: { a: { capture: 'none', process: 'none', ffmpeg: 'none' } },
    });
  });

  it('is nothing at all in the old layout, or without stats', () => {
    expect(processes({ stats: payload('002-coral-idle-healthy-v0121') })).toMatchObject({
      isAsked: false,
      cameras: {},
    });
    expect(processes({})).toMatchObject({ why: 'There are no stats.', isAsked: true, cameras: {} });
  });

  it.each(readdirSync(new URL('../payloads/', import.meta.url)).filter((name) => name.endsWith('.json')))(
    'is never that one is dead in what users published: %s',
    (name) => {
      const { cameras, recording } = processes({ stats: payload(name.replace('.json', '')) });
      const lives = [recording, ...Object.values(cameras).flatMap((one) => [one.capture, one.process])];
      expect(lives).not.toContain('dead');
    },
  );
});

describe('what stands still', () => {
  const at = (after: number, figures: readonly [number, number, number], ffmpeg = true): Said => {
    const [cameraFps, processFps, skippedFps] = figures;
    const moving = {
      a: { ...CAMERAS.a, ...camera(cameraFps, processFps, skippedFps, 1), ffmpeg_pid: 302 },
      b: CAMERAS.b,
    };
    const named = { ...moving, a: { ...moving.a, pid: 300, capture_pid: 301 } };
    const pids = ffmpeg ? PIDS : without(302);
    return {
      stats: stats(named, {
        after,
        processes: PROCESSES,
        cpu_usages: Object.fromEntries(pids.map((pid) => [pid, {}])),
      }),
    };
  };
  const a = (looks: readonly Said[]) => last(watch(looks)).facts.processes.cameras.a;

  it('is told by two looks at stats of different times', () => {
    expect(a([at(0, [5, 5, 0])])).toMatchObject({ isFrozen: null, isIdle: false });
    expect(a([at(0, [5, 5, 0]), at(15, [5, 5.1, 0])])).toMatchObject({ isFrozen: false });
    expect(a([at(0, [5, 5, 0]), at(15, [5.1, 5, 0])])).toMatchObject({ isFrozen: true, isIdle: false });
  });

  it('is not told by two looks at the same stats', () => {
    expect(a([at(0, [5, 5, 0]), at(0, [5, 5, 0])])).toMatchObject({ isFrozen: null });
    expect(a([at(0, [5, 4, 0]), at(15, [5, 5, 0]), at(15, [5, 5, 0])])).toMatchObject({ isFrozen: false });
  });

  it('is idle only when every figure stands and no ffmpeg runs', () => {
    expect(a([at(0, [5, 5, 0]), at(15, [5, 5, 0], false)])).toMatchObject({ isIdle: true });
    expect(a([at(0, [5, 5, 0]), at(15, [5, 5, 0])])).toMatchObject({ isIdle: false });
    expect(a([at(0, [5.1, 5, 0]), at(15, [5, 5, 0], false)])).toMatchObject({ isIdle: false });
    expect(a([at(0, [5, 5, 0], false)])).toMatchObject({ isIdle: false });
  });

  it('is forgotten with the run', () => {
    const restarted = at(15, [5, 5, 0]);
    const said = { stats: { ...(restarted.stats as object), service: { uptime: 10, last_updated: 1_800_000_010 } } };
    expect(a([at(0, [5, 5, 0]), said])).toMatchObject({ isFrozen: null });
  });

  it('is seen in a recorded Frigate: a camera that is switched off, and one whose process hangs', () => {
    const off = last(watchCase('camera-disabled-at-runtime')).facts.processes.cameras;
    expect(off).toMatchObject({ yard: { isIdle: true, capture: 'alive' }, front: { isIdle: false } });
    const hung = last(watchCase('camera-process-hung')).facts.processes.cameras;
    expect(hung).toMatchObject({
      yard: { isFrozen: true, process: 'alive', ffmpeg: 'alive' },
      front: { isFrozen: false },
    });
  });
});
