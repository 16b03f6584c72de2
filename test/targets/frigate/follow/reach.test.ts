import { describe, expect, it } from 'vitest';
import { addressesToAsk } from '../../../../src/targets/frigate/follow/reach.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import { camera, failure, last, type Said, START, stats, watch } from '../watching.ts';

const at = (host: string, changes: Record<string, unknown> = {}) => ({
  enabled: true,
  enabled_in_config: true,
  ffmpeg: { inputs: [{ path: `rtsp://user:secret@${host}/1?token=x`, roles: ['detect'] }] },
  ...changes,
});
const UP = { a: camera(5, 5, 0, 1), b: camera(5, 5, 0, 1) };
const config = { cameras: { a: at('10.0.0.1'), b: at('10.0.0.2:8555') } };
const look = (after: number, changes: Partial<Said> = {}): Said => ({ stats: stats(UP, { after }), ...changes });
const factsOf = (looks: readonly Said[]) => last(watch(looks)).facts.reach;

describe('the address of a camera', () => {
  it('answers, does not, or was not knocked at', () => {
    const said = look(0, { config, reach: { a: 'ok', b: failure('refused') } });
    expect(factsOf([said])).toEqual({
      isAsked: true,
      cameras: { a: true, b: false },
      details: {
        a: { address: '10.0.0.1:554', askedAt: START, answers: true, reason: null, hasAnswered: true, isBarred: false },
        b: {
          address: '10.0.0.2:8555',
          askedAt: START,
          answers: false,
          reason: 'It failed: refused.',
          hasAnswered: false,
          isBarred: true,
        },
      },
    });
    expect(factsOf([look(0)])).toEqual({ isAsked: false, cameras: {}, details: {} });
  });

  it('is believed for two minutes', () => {
    const looks = (count: number) => [
      look(0, { reach: { a: 'ok' } }),
      ...Array.from({ length: count }, (_, k) => look(15 * (k + 1))),
    ];
    expect(factsOf(looks(8)).cameras.a).toBe(true);
    expect(factsOf(looks(9)).cameras.a).toBeNull();
  });

  it('says nothing when it was our own end that stopped', () => {
    expect(factsOf([look(0, { reach: { a: failure('aborted') } })])).toMatchObject({ isAsked: false, cameras: {} });
    const looks = [look(0, { reach: { a: 'ok' } }), look(15, { reach: { a: failure('aborted') } })];
    expect(factsOf(looks).cameras.a).toBe(true);
  });

  it('is remembered to have answered, as long as it is the same address', () => {
    const known = look(0, { config, reach: { a: 'ok' } });
    const gone = (said: Partial<Said>) => look(15, { reach: { a: failure('timeout') }, ...said });
    expect(factsOf([known, gone({})]).details.a).toMatchObject({ answers: false, hasAnswered: true });
    const moved = { cameras: { ...config.cameras, a: at('10.0.0.9') } };
    expect(factsOf([known, gone({ config: moved })]).details.a).toMatchObject({
      address: '10.0.0.9:554',
      hasAnswered: false,
    });
    const unread = gone({ stats: stats(UP, { service: { uptime: 5, last_updated: START + 15 } }) });
    expect(factsOf([known, unread]).details.a).toMatchObject({ address: '10.0.0.1:554', hasAnswered: true });
  });

  it('is barred to us when it was silent though frames came, until it answers once', () => {
    const barred = look(0, { config, reach: { a: failure('timeout') } });
    const dark = (after: number, reach: Said['reach']): Said => ({
      stats: stats({ ...UP, a: camera(0, 5, 0, 1) }, { after }),
      ...(reach ? { reach } : {}),
    });
    expect(factsOf([barred, dark(15, { a: failure('timeout') })]).details.a?.isBarred).toBe(true);
    expect(factsOf([dark(0, { a: failure('timeout') })]).details.a?.isBarred).toBe(false);
    const open = [barred, look(15, { reach: { a: 'ok' } }), dark(30, { a: failure('timeout') })];
    expect(factsOf(open).details.a?.isBarred).toBe(false);
  });

  it('is barred to us too when the frames come from a camera that is set to 1 fps', () => {
    const slow = (detect: unknown) => ({
      stats: stats({ a: camera(0.9, 0.9, 0, 1) }),
      config: { cameras: { a: at('10.0.0.1', { detect }) } },
      reach: { a: failure('timeout') },
    });
    expect(factsOf([slow({ fps: 1 })]).details.a?.isBarred).toBe(true);
    expect(factsOf([slow({ fps: 5 })]).details.a?.isBarred).toBe(false);
  });

  it('is forgotten with the camera, and bears no secret', () => {
    const known = look(0, { config, reach: { a: 'ok', b: 'ok' } });
    const { facts, memory } = last(watch([known, look(15, { config: { cameras: { b: config.cameras.b } } })]));
    expect(Object.keys(facts.reach.details)).toEqual(['b']);
    expect(JSON.stringify([facts.reach, memory])).not.toMatch(/secret|user:|token/);
  });
});

describe('who is knocked at', () => {
  const asked = (looks: readonly Said[], after: number) => addressesToAsk(last(watch(looks)).memory, START + after);
  const names = (looks: readonly Said[], after: number) => asked(looks, after).map((one) => one.camera);

  it('is each camera with an address, every ten minutes', () => {
    expect(asked([look(0, { config })], 15)).toEqual([
      { camera: 'a', host: '10.0.0.1', port: 554 },
      { camera: 'b', host: '10.0.0.2', port: 8555 },
    ]);
    const known = [look(0, { config, reach: { a: 'ok', b: failure('refused') } })];
    expect(names(known, 599)).toEqual([]);
    expect(names(known, 600)).toEqual(['a', 'b']);
  });

  it('is a silent camera in every look, before all others', () => {
    const silent = { stats: stats({ ...UP, b: camera(0, 5, 0, 1) }), config, reach: { b: failure('timeout') } };
    expect(names([silent], 15)).toEqual(['b', 'a']);
    expect(names([{ ...silent, reach: { ...silent.reach, a: 'ok' } }], 15)).toEqual(['b']);
  });

  it('is no camera that is switched off, nor a replay, nor one without an address', () => {
    const cameras = {
      off: at('h1', { enabled: false }),
      out: at('h2', { enabled_in_config: false }),
      _replay_x: at('h3'),
      local: at('127.0.0.1:9000'),
      on: at('h4'),
    };
    expect(names([look(0, { config: { cameras } })], 15)).toEqual(['on']);
    expect(addressesToAsk(newFrigateMemory(['a']), START)).toEqual([]);
  });

  it('is every camera that is silent, however many: that all fell at once must be known', () => {
    const ids = Array.from({ length: 12 }, (_, k) => `c${k}`);
    const cameras = Object.fromEntries(ids.map((id, k) => [id, at(`10.0.0.${k}`)]));
    const silent = stats(Object.fromEntries(ids.map((id) => [id, camera(0, 0, 0, 0)])));
    expect(names([{ stats: silent, config: { cameras } }], 15)).toEqual(ids);
  });

  it('is eight at most of those that send frames, whoever waits longest first', () => {
    const ids = Array.from({ length: 12 }, (_, k) => `c${k}`);
    const cameras = Object.fromEntries(ids.map((id, k) => [id, at(`10.0.0.${k}`)]));
    const well = stats(Object.fromEntries(ids.map((id) => [id, camera(5, 5, 0, 0)])));
    const reach = Object.fromEntries(ids.slice(0, 8).map((id) => [id, 'ok' as const]));
    expect(names([{ stats: well, config: { cameras } }], 15)).toEqual(ids.slice(0, 8));
    expect(names([{ stats: well, config: { cameras }, reach }], 15)).toEqual(ids.slice(8));
  });
});
