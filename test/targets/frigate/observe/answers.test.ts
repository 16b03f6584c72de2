import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../../src/doors/ports.ts';
import {
  keepConfig,
  keepSegments,
  keepStats,
  keepStreams,
  keepVersion,
} from '../../../../src/targets/frigate/observe/answers.ts';
import { camera, failure, START, stats } from '../watching.ts';

const ok = <T>(value: T): Reply<T> => ({ ok: true, value, status: 200, serverTime: START });
const FINE = stats({ front: camera(5, 5, 0, 1) });

describe('what is kept of an answer', () => {
  it('is the stats without command lines and figures that nobody reads', () => {
    const cpu_usages = {
      '12': { cpu: '1.0', cmdline: 'ffmpeg -i rtsp://admin:secret@10.0.0.1/' },
      'frigate.full_system': {},
    };
    const kept = keepStats(ok({ ...FINE, cpu_usages, gpu_usages: { a: {} }, bandwidth_usages: { b: {} } }));
    expect(kept).toMatchObject({ ok: true, value: { ...FINE, cpu_usages: { '12': {}, 'frigate.full_system': {} } } });
    expect(JSON.stringify(kept)).not.toMatch(/secret|gpu_usages|bandwidth/);
  });

  it('keeps a failure as it is', () => {
    const refused = failure('refused');
    expect([keepStats(refused), keepVersion(refused), keepConfig(refused)]).toEqual([refused, refused, refused]);
  });

  it.each([['<html>'], [[]], [null], [{ message: 'x' }], [7]])('is no stats of the wrong form: %j', (body) => {
    expect(keepStats(ok(body))).toMatchObject({ ok: false, kind: 'form' });
  });

  it.each([
    ['0.17.2-3d4dd3a\n', '0.17.2-3d4dd3a'],
    ['0.14.1-', '0.14.1-'],
    ['0.17.2.5+fregata', '0.17.2.5+fregata'],
    ['<!DOCTYPE html>', null],
    ['', null],
    ['not found', null],
  ])('is a version only if it is one: %j', (text, version) => {
    const kept = keepVersion(ok(text));
    expect(kept.ok ? kept.value : null).toBe(version);
  });

  it.each([200_000, 20])('is nothing that is nested %i deep, where nothing of Frigate is', (levels) => {
    const deep = JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const camera = (changes: object) => ({ cameras: { a: { ffmpeg: {}, ...changes } } });
    for (const body of [camera({ ffmpeg: { inputs: deep } }), camera({ detect: { width: deep } })]) {
      expect(keepConfig(ok(body))).toMatchObject({ ok: false, kind: 'form' });
    }
    expect(keepConfig(ok({ cameras: { a: { zones: deep } } }))).toMatchObject({ ok: true });
    expect(keepStats(ok({ ...FINE, more: deep }))).toMatchObject({ ok: false, kind: 'form' });
  });

  it('is no configuration of the wrong form', () => {
    expect(keepConfig(ok('<html>'))).toMatchObject({ ok: false, kind: 'form' });
  });
});

describe('what is kept of recordings', () => {
  const kept = (body: unknown) => {
    const reply = keepSegments(ok(body));
    return reply.ok ? reply.value : reply.kind;
  };
  const row = (start_time: unknown, end_time: unknown) => ({ id: 'x', start_time, end_time, path: '/media/secret' });

  it.each<[string, unknown, unknown]>([
    ['no segment is an answer', [], []],
    [
      'times only, the oldest first',
      [row(20, 30), row(10.5, 20.25)],
      [
        { start: 10.5, end: 20.25 },
        { start: 20, end: 30 },
      ],
    ],
    ['numbers as text', [row('10', '20.5')], [{ start: 10, end: 20.5 }]],
    ['what is no segment is passed over', [row(10, 20), null, row(null, 3), 'x'], [{ start: 10, end: 20 }]],
    ['a list of other things is no answer', [{ day: '2026-01-06', hours: [] }], 'form'],
    ['an object is no answer', { message: 'x' }, 'form'],
    ['text is no answer', '<html>', 'form'],
  ])('%s', (_, body, segments) => {
    expect(kept(body)).toEqual(segments);
  });

  it('is the last ones of very many', () => {
    const segments = kept(Array.from({ length: 5000 }, (_, k) => row(k, k + 1)));
    expect(segments).toHaveLength(200);
    expect(segments).toContainEqual({ start: 4999, end: 5000 });
  });

  it('is a failure as it came', () => {
    expect(keepSegments(failure('timeout'))).toEqual(failure('timeout'));
  });
});

describe('what is kept of the streams', () => {
  const kept = (body: unknown) => {
    const reply = keepStreams(ok(body));
    return reply.ok ? reply.value : reply.kind;
  };
  const URL_IN = 'rtsp://admin:secret@10.0.0.7/h264';
  const stream = (changes: object) => ({ hasConsumers: false, isConnected: false, bytes: null, ids: [], ...changes });

  it.each<[string, unknown, unknown]>([
    ['idle, or never reached', { producers: [{ url: URL_IN }], consumers: [] }, stream({})],
    ['without any source', { producers: null, consumers: null }, stream({})],
    [
      'connected and taken (go2rtc 1.9.4 and later)',
      { producers: [{ id: 7, url: URL_IN, format_name: 'rtsp', bytes_recv: 1500 }], consumers: [{ id: 9 }] },
      stream({ hasConsumers: true, isConnected: true, bytes: 1500, ids: ['7'] }),
    ],
    [
      'connected (before go2rtc 1.9.4)',
      { producers: [{ type: 'RTSP active producer', url: URL_IN, recv: '900' }], consumers: [] },
      stream({ isConnected: true, bytes: 900 }),
    ],
    [
      'counted by its tracks only, over two sources',
      { producers: [{ id: 1, receivers: [{ bytes: 10 }, { bytes: 5 }] }, { id: 2, bytes_recv: 100 }, { url: URL_IN }] },
      stream({ isConnected: true, bytes: 115, ids: ['1', '2'] }),
    ],
    ['connected, and nothing counted', { producers: [{ id: 1 }] }, stream({ isConnected: true, ids: ['1'] })],
  ])('is what tells a stream that is %s', (_, body, wanted) => {
    expect(kept({ front: body })).toEqual({ front: wanted });
  });

  it.each<[string, unknown, unknown]>([
    ['no stream is an answer', {}, {}],
    ['a message is none', { message: 'not found' }, 'form'],
    ['a list is none', [], 'form'],
    ['text is none', '404 page not found', 'form'],
    ['what is no stream among others is passed over', { a: 7, b: { producers: [] } }, { b: stream({}) }],
  ])('%s', (_, body, wanted) => {
    expect(kept(body)).toEqual(wanted);
  });

  it('has no stream that is named after its address, which go2rtc makes of each ?src=', () => {
    const asked = { [URL_IN]: { producers: [{ url: URL_IN }] }, [`ffmpeg:${URL_IN}#video=copy`]: { producers: [] } };
    expect(kept(asked)).toEqual({});
    expect(kept({ ...asked, front: { producers: [] } })).toEqual({ front: stream({}) });
    const many = Object.fromEntries(Array.from({ length: 256 }, (_, k) => [`${URL_IN}/${k}`, { producers: [] }]));
    expect(kept({ ...many, front: { producers: [] } })).toEqual({ front: stream({}) });
  });

  it('holds no address, and no more streams than anybody has', () => {
    const body = Object.fromEntries(Array.from({ length: 400 }, (_, k) => [`s${k}`, { producers: [{ url: URL_IN }] }]));
    const text = JSON.stringify(kept(body));
    expect(text).not.toMatch(/secret|rtsp|10\.0\.0/);
    expect(Object.keys(kept(body))).toHaveLength(256);
    expect(keepStreams(failure('refused'))).toEqual(failure('refused'));
  });
});
