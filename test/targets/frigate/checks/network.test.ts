import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/rules/types.ts';
import { networkChecks } from '../../../../src/targets/frigate/checks/network.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import type { FrigateAnswers, Stream } from '../../../../src/targets/frigate/observe/answers.ts';
import { ask, assess, camera, failure, last, orderedAfter, type Said, stats, watch } from '../watching.ts';

type Row = Record<string, unknown>;
const from = (path: string, changes: Row = {}) => ({
  enabled: true,
  enabled_in_config: true,
  ffmpeg: { inputs: [{ path, roles: ['detect'] }] },
  ...changes,
});
const look = (after: number, a: Row, changes: Partial<Said> = {}): Said => ({
  stats: stats({ a, b: camera(5, 5, 0, 1) }, { after }),
  ...changes,
});
const up = camera(5, 5, 0, 1);
const down = camera(0, 5, 0, 1);
const WORKED = newFrigateMemory(['a']);

describe('camera_reach', () => {
  const config = { cameras: { a: from('rtsp://10.0.0.1/1'), b: from('rtsp://10.0.0.2/1') } };
  const on = (after: number, a: Row, changes: Partial<Said> = {}) => look(after, a, { config, ...changes });
  const reach = (looks: readonly Said[], known = newFrigateMemory()) =>
    ask(networkChecks, 'camera_reach', last(watch(looks, {}, known)).facts, 'a');
  const knocked = on(0, up, { reach: { a: 'ok' } });
  const silent = { a: failure('timeout') };

  it.each<[string, readonly Said[], Answer]>([
    ['it sends frames', [on(0, up)], 'ok'],
    ['it sends frames, whatever its address does', [knocked, on(15, up, { reach: silent })], 'ok'],
    ['it is silent, and its address answers', [knocked, on(15, down, { reach: { a: 'ok' } })], 'ok'],
    ['its address answered before', [knocked, on(15, down, { reach: silent })], 'bad'],
    ['it worked before, and nobody has knocked yet', [on(0, up), on(15, down, { reach: silent })], 'bad'],
    [
      'its address never answered while it worked',
      [on(0, up, { reach: silent }), on(15, down, { reach: silent })],
      'unknown',
    ],
    ['it never worked, and its address never answered', [on(0, camera(0, 0, 0, 0), { reach: silent })], 'unknown'],
    [
      'its address is a new one',
      [
        knocked,
        on(15, camera(0, 0, 0, 0), {
          config: { cameras: { ...config.cameras, a: from('rtsp://10.0.0.9/1') } },
          reach: silent,
        }),
      ],
      'unknown',
    ],
    ['nobody knocks', [on(0, up), on(15, down)], 'not_observed'],
    ['nobody has knocked lately', [knocked, ...Array.from({ length: 9 }, (_, k) => on(15 * (k + 1), down))], 'unknown'],
    ['nobody knows whether it was switched off', [knocked, look(15, down, { reach: silent })], 'unknown'],
    [
      'it is switched off',
      [
        knocked,
        on(15, down, {
          config: { cameras: { ...config.cameras, a: from('rtsp://10.0.0.1/1', { enabled: false }) } },
          reach: silent,
        }),
      ],
      'not_observed',
    ],
    ['nothing is said of its frames', [knocked, on(15, { process_fps: 5 }, { reach: silent })], 'unknown'],
    ['there are no stats', [knocked, { stats: failure('timeout'), reach: silent }], 'unknown'],
  ])('when %s', (_, looks, answer) => {
    expect(reach(looks).answer).toBe(answer);
  });

  it('needs no configuration where it is known to have worked', () => {
    expect(reach([look(0, down, { reach: silent })], WORKED).answer).toBe('bad');
  });

  it('does not believe the frames of a camera whose capture process is dead', () => {
    const listed = (after: number, pids: readonly number[], does: Said['reach'] & {}): Said => ({
      stats: stats(
        { a: { ...up, pid: 300, capture_pid: 301 }, b: { ...up, pid: 310, capture_pid: 311 } },
        { after, cpu_usages: Object.fromEntries(pids.map((pid) => [pid, {}])) },
      ),
      config,
      reach: does,
    });
    const alive = [296, 300, 301, 310, 311];
    const dead = alive.filter((pid) => pid !== 301);
    expect(reach([listed(0, alive, { a: 'ok' }), listed(15, alive, silent)]).answer).toBe('ok');
    expect(reach([listed(0, alive, { a: 'ok' }), listed(15, dead, silent)]).answer).toBe('unknown');
  });

  it('does not ask a camera that an option ignores', () => {
    const { facts } = last(watch([knocked, on(15, down, { reach: silent })], { camerasIgnored: ['a'] }));
    expect(ask(networkChecks, 'camera_reach', facts, 'a').answer).toBe('not_observed');
  });

  it('is no fault a moment after the API was silent', () => {
    const gone = { stats: failure('timeout'), version: failure('timeout') };
    expect(reach([knocked, gone, on(30, down, { reach: silent })]).detail).toMatch(/API was silent/);
  });

  it('says what is silent, and by what', () => {
    expect(reach([knocked, on(15, down, { reach: silent })])).toMatchObject({
      detail: 'a has not been reachable{for}: It failed: timeout.',
      evidence: ['10.0.0.1:554 answered before and does not now', 'camera_fps 0.0'],
    });
  });
});

describe('camera_stream', () => {
  const config = { cameras: { a: from('rtsp://127.0.0.1:8554/a_sub'), b: from('rtsp://10.0.0.2/1') } };
  const on = (after: number, a: Row, changes: Partial<Said> = {}) => look(after, a, { config, ...changes });
  const stream = (changes: Partial<Stream> = {}): Stream => ({
    hasConsumers: true,
    isConnected: true,
    bytes: 100,
    ids: ['1'],
    ...changes,
  });
  const saying = (one: Stream | null, name = 'a_sub'): { streams: FrigateAnswers['streams'] } => ({
    streams: { ok: true, value: one ? { [name]: one } : {}, status: 200, serverTime: null },
  });
  const idle = stream({ isConnected: false, hasConsumers: false, bytes: null, ids: [] });
  const found = (looks: readonly Said[], member = 'a', known = newFrigateMemory()) =>
    ask(networkChecks, 'camera_stream', last(watch(looks, {}, known)).facts, member);
  const before = on(0, up, saying(stream()));

  it.each<[string, readonly Said[], Answer]>([
    ['it sends frames', [on(0, up)], 'ok'],
    ['it sends frames, and nothing is connected', [on(0, up, saying(idle))], 'ok'],
    ['it is silent, and its bytes grow', [before, on(15, down, saying(stream({ bytes: 200 })))], 'ok'],
    ['it is silent, and its bytes stand', [before, on(15, down, saying(stream()))], 'bad'],
    [
      'it is silent, its bytes stand and nobody takes it',
      [before, on(15, down, saying(stream({ hasConsumers: false })))],
      'unknown',
    ],
    ['it is silent, and there is no connection', [before, on(15, down, saying(idle))], 'bad'],
    ['it is silent, and there is no such stream', [before, on(15, down, saying(null))], 'bad'],
    ['it is silent, and this is the first look at its stream', [on(0, up), on(15, down, saying(stream()))], 'unknown'],
    ['it is silent, and go2rtc does not answer', [before, on(15, down, { streams: failure('timeout') })], 'unknown'],
    ['it is silent, and go2rtc was not asked just now', [before, on(15, down)], 'unknown'],
    ['it is silent, and go2rtc is never asked', [on(0, up), on(15, down)], 'not_observed'],
    ['it is silent, and may be switched off', [before, look(15, down, saying(idle))], 'unknown'],
    ['there are no stats', [before, { stats: failure('timeout'), ...saying(idle) }], 'unknown'],
    [
      'Frigate has just started',
      [
        {
          ...on(0, camera(0, 0, 0, 0), saying(idle)),
          stats: stats({ a: camera(0, 0, 0, 0) }, { service: { uptime: 5 } }),
        },
      ],
      'unknown',
    ],
  ])('when %s', (_, looks, answer) => {
    expect(found(looks).answer).toBe(answer);
  });

  it('does not ask a camera that does not come through go2rtc', () => {
    const silentB = { stats: stats({ a: up, b: down }), config, ...saying(idle, 'b') };
    expect(found([silentB], 'b').answer).toBe('not_observed');
  });

  it("takes a stream of the camera's own name for its where nobody could read the configuration", () => {
    expect(found([look(0, down, saying(idle, 'a'))], 'a', WORKED).answer).toBe('bad');
    expect(found([look(0, down, saying(idle, 'x'))], 'a', WORKED).answer).toBe('not_observed');
    expect(found([look(0, camera(0, 0, 0, 0), saying(idle, 'a'))]).answer).toBe('unknown');
  });

  it('says by what', () => {
    expect(found([before, on(15, down, saying(stream()))])).toMatchObject({
      detail: 'go2rtc has received nothing from a{for}, so Frigate gets no frames.',
      evidence: ['stream a_sub: somebody takes it, and its bytes stand still', 'camera_fps 0.0'],
    });
    expect(found([before, on(15, down, saying(idle))]).evidence?.[0]).toBe('stream a_sub: no connection');
    expect(found([before, on(15, down, saying(null))]).evidence?.[0]).toBe('go2rtc has no stream of the name a_sub');
  });
});

describe('a network that falls', () => {
  it.each([3, 16, 64])('takes %i cameras with it, and Frigate is not restarted for that', (count) => {
    const ids = Array.from({ length: count }, (_, k) => `c${k}`);
    const config = { cameras: Object.fromEntries(ids.map((id, k) => [id, from(`rtsp://10.0.0.${k}/1`)])) };
    const all = (row: Row) => Object.fromEntries(ids.map((id) => [id, row]));
    const gone = Object.fromEntries(ids.map((id) => [id, failure('timeout')]));
    const well = { stats: stats(all(up)), config, reach: Object.fromEntries(ids.map((id) => [id, 'ok' as const])) };
    const fallen = Array.from({ length: 20 }, (_, k): Said => {
      return { stats: stats(all(down), { after: (k + 1) * 30 }), config, reach: gone };
    });
    const seen = watch([well, ...fallen], { every: 30 });
    const decisions = assess(seen);
    expect(orderedAfter(seen, decisions)).toBeNull();
    expect(last(decisions)).toMatchObject({ verdict: 'unhealthy', cause: { check: 'camera_reach' } });
  });

  it('is waited for: half of the cameras whose addresses were not tried often enough are not blamed on Frigate', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const config = { cameras: Object.fromEntries(ids.map((id, k) => [id, from(`rtsp://10.0.0.${k}/1`)])) };
    const all = (row: Row) => Object.fromEntries(ids.map((id) => [id, row]));
    const gone = Object.fromEntries(ids.map((id) => [id, failure('timeout')]));
    const well = { stats: stats(all(up)), config, reach: Object.fromEntries(ids.map((id) => [id, 'ok' as const])) };
    // Only the last look has knocked at all.
    const fallen = Array.from({ length: 9 }, (_, k): Said => {
      return { stats: stats(all(down), { after: (k + 1) * 30 }), config, ...(k === 6 ? { reach: gone } : {}) };
    });
    const seen = watch([well, ...fallen], { every: 30 });
    expect(orderedAfter(seen, assess(seen))).toBeNull();
  });
});
