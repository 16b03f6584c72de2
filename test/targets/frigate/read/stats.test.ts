import { describe, expect, it } from 'vitest';
import { readNumber, readStats, readSwitch } from '../../../../src/targets/frigate/read/stats.ts';
import { camera } from '../watching.ts';

describe('a number', () => {
  it.each<[unknown, number | null]>([
    [5, 5],
    [0, 0],
    ['5.1', 5.1],
    [' 5 ', 5],
    ['1e3', 1000],
    ['', null],
    ['- %', null],
    ['5.00%', null],
    ['NaN', null],
    ['Infinity', null],
    [Number.NaN, null],
    [null, null],
    [undefined, null],
    [true, null],
    [[5], null],
    [{}, null],
    ['0x10', null],
  ])('%j is read as %j', (value, number) => {
    expect(readNumber(value)).toBe(number);
  });
});

describe('a switch', () => {
  it.each<[unknown, boolean | null]>([
    [true, true],
    [1, true],
    ['1', true],
    ['true', true],
    [false, false],
    [0, false],
    ['False', false],
    ['', null],
    [undefined, null],
    ['maybe', null],
  ])('%j is read as %j', (value, on) => {
    expect(readSwitch(value)).toBe(on);
  });
});

describe('the layout', () => {
  it('is told by structure: cameras at the top or under their own key', () => {
    const old = readStats({ front: camera(5, 5, 0, 0), detectors: {}, cpu_usages: { top: { cpu: 'users,' } } });
    expect(old).toMatchObject({ layout: 'top_level', supported: true, cameras: [{ id: 'front' }] });
    const current = readStats({ cameras: { front: camera(5, 5, 0, 0) }, service: { version: '0.12.1' } });
    expect(current).toMatchObject({ layout: 'nested', cameras: [{ id: 'front' }], version: '0.12.1' });
  });

  it('knows a camera of the name "cameras" in the old layout', () => {
    expect(readStats({ cameras: camera(5, 5, 0, 0), detectors: {} })).toMatchObject({
      layout: 'top_level',
      cameras: [{ id: 'cameras' }],
    });
  });

  it.each([
    ['frame_info', { front: { camera_fps: 5, frame_info: {} }, detectors: {} }],
    ['read_start', { front: { camera_fps: 5, read_start: 0 }, detectors: {} }],
    ['a detector at the top', { coral: { inference_speed: 8, detection_start: 0 }, front: { camera_fps: 5 } }],
    ['nothing but a detector at the top', { coral: { detection_start: 1602349906.4, fps: 0 } }],
  ])('is older than 0.8 with %s', (_, body) => {
    expect(readStats(body)?.supported).toBe(false);
  });

  it.each([[null], ['<html>'], [[]], [{}], [{ message: 'no' }], [{ cameras: 'none' }], [{ front: { fps: 5 } }]])(
    'of %j is nobody at all',
    (body) => {
      expect(readStats(body)).toBeNull();
    },
  );
});

describe('the fields', () => {
  it('are null where they are missing or impossible, never zero', () => {
    const body = { cameras: { a: { camera_fps: -1, process_fps: 'NaN' } }, detectors: { d: { pid: null }, e: 'dead' } };
    expect(readStats(body)).toEqual({
      layout: 'nested',
      supported: true,
      cameras: [
        {
          id: 'a',
          cameraFps: null,
          processFps: null,
          skippedFps: null,
          detectionFps: null,
          detectionEnabled: null,
          hasProcess: null,
          pid: null,
          capturePid: null,
          ffmpegPid: null,
          expectedFps: null,
          connectionQuality: null,
        },
      ],
      detectors: [{ id: 'd', inferenceMs: null, inflightSince: null, pid: null }],
      detectionFps: null,
      uptimeSeconds: null,
      lastUpdated: null,
      version: null,
      processes: null,
      alivePids: null,
      shm: null,
    });
  });

  it('are silent on parts that are not spoken of', () => {
    expect(readStats({ service: { uptime: 5 } })).toMatchObject({ cameras: null, detectors: null, uptimeSeconds: 5 });
    expect(readStats({ detectors: { d: { inference_speed: 8 } } })).toMatchObject({
      cameras: null,
      detectors: [{ id: 'd' }],
    });
    expect(readStats({ cameras: {} })).toMatchObject({ cameras: [], detectors: null });
  });

  it('may hold fractions, text and a time that was never set', () => {
    expect(readStats({ cameras: {}, service: { last_updated: 1784800000.123, uptime: '86400' } })).toMatchObject({
      lastUpdated: 1784800000.123,
      uptimeSeconds: 86_400,
    });
    expect(readStats({ cameras: {}, service: { last_updated: 123 } })?.lastUpdated).toBeNull();
  });

  it('know a camera without a process from one of which nobody speaks', () => {
    const read = readStats({ cameras: { a: { pid: null }, b: { pid: 3 }, c: {} } });
    expect(read?.cameras?.map((one) => one.hasProcess)).toEqual([false, true, null]);
  });

  it('name processes: 0 and null are none, and text is a number', () => {
    const body = {
      cameras: {
        a: { pid: '300', capture_pid: 301, ffmpeg_pid: 0 },
        b: { pid: null, capture_pid: 1.5, ffmpeg_pid: -2 },
      },
      processes: { recording: { pid: 240 }, go2rtc: {}, broken: 'x' },
    };
    const read = readStats(body);
    expect(read?.cameras).toMatchObject([
      { pid: 300, capturePid: 301, ffmpegPid: null },
      { pid: null, capturePid: null, ffmpegPid: null },
    ]);
    expect(read?.processes).toEqual({ recording: 240, go2rtc: null, broken: null });
  });

  it('list what runs by its pid, and leave out what is no pid', () => {
    const usages = { 'frigate.full_system': {}, '300': { cpu: '0.1' }, '42': {}, PID: {}, '%Cpu(s):': {} };
    expect(readStats({ cameras: {}, cpu_usages: usages })?.alivePids?.toSorted()).toEqual(['300', '42']);
    expect(readStats({ cameras: {}, cpu_usages: {} })?.alivePids).toEqual([]);
  });

  it('never list what runs in the old layout, whose list is cut out of a table for people', () => {
    const old = { front: camera(5, 5, 0, 0), processes: { recording: { pid: 1 } }, cpu_usages: { '300': {}, top: {} } };
    expect(readStats(old)).toMatchObject({ alivePids: null, processes: null });
  });

  it('tell what 0.18 says of a stream, and what 0.17 says of the shared memory', () => {
    const read = readStats({
      cameras: {
        a: { expected_fps: '5', connection_quality: 'poor' },
        b: { expected_fps: -1, connection_quality: '' },
      },
      service: { storage: { '/dev/shm': { total: 512, min_shm: '128.5' }, '/tmp/cache': {} } },
    });
    expect(read?.cameras).toMatchObject([
      { expectedFps: 5, connectionQuality: 'poor' },
      { expectedFps: null, connectionQuality: null },
    ]);
    expect(read?.shm).toEqual({ total: 512, min: 128.5 });
    expect(readStats({ cameras: {}, service: { storage: { '/dev/shm': {} } } })?.shm).toEqual({
      total: null,
      min: null,
    });
  });
});
