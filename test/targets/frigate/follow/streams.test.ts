import { describe, expect, it } from 'vitest';
import { areStreamsDue, type Flowing } from '../../../../src/targets/frigate/follow/streams.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import type { FrigateAnswers, Stream } from '../../../../src/targets/frigate/observe/answers.ts';
import { camera, failure, last, type Said, START, stats, watch } from '../watching.ts';

const stream = (changes: Partial<Stream> = {}): Stream => ({
  hasConsumers: true,
  isConnected: true,
  bytes: 1000,
  ids: ['1'],
  ...changes,
});
const saying = (streams: Readonly<Record<string, Stream>>): FrigateAnswers['streams'] => ({
  ok: true,
  value: streams,
  status: 200,
  serverTime: null,
});
const UP = { gate: camera(5, 5, 0, 1), yard: camera(5, 5, 0, 1) };
const look = (after: number, streams: FrigateAnswers['streams'], changes: Partial<Said> = {}): Said => ({
  stats: stats(UP, { after }),
  streams,
  ...changes,
});
const factsOf = (looks: readonly Said[]) => last(watch(looks)).facts.streams;

describe('a stream of go2rtc', () => {
  it.each<[string, Stream | null, Stream, Flowing]>([
    ['was seen once', null, stream(), 'unclear'],
    ['has more bytes than before', stream(), stream({ bytes: 1001 }), 'flowing'],
    ['has as many bytes as before, and somebody takes it', stream(), stream(), 'still'],
    ['has as many bytes as before, and nobody takes it', stream(), stream({ hasConsumers: false }), 'unclear'],
    ['has a new connection with bytes', stream({ bytes: 9000 }), stream({ bytes: 10, ids: ['2'] }), 'flowing'],
    ['has a new connection without bytes', stream(), stream({ bytes: 0, ids: ['2'] }), 'unclear'],
    ['has lost one of its connections', stream({ ids: ['1', '2'] }), stream({ ids: ['2'] }), 'still'],
    ['has no connection', stream(), stream({ isConnected: false, bytes: null, ids: [] }), 'idle'],
    ['does not say its bytes', stream(), stream({ bytes: null }), 'unclear'],
    ['did not say its bytes before', stream({ bytes: null }), stream(), 'unclear'],
  ])('that %s', (_, before, now, flowing) => {
    const first = before ? [look(0, saying({ gate: before }))] : [];
    expect(factsOf([...first, look(15, saying({ gate: now }))]).streams.gate).toBe(flowing);
  });

  it('is compared over looks that did not ask, and not over a restart', () => {
    const first = look(0, saying({ gate: stream() }));
    const second = look(30, saying({ gate: stream() }));
    expect(factsOf([first, look(15, null), second]).streams.gate).toBe('still');
    const young = { ...second, stats: stats(UP, { service: { uptime: 20, last_updated: START + 20 } }) };
    expect(factsOf([first, look(15, null), young]).streams.gate).toBe('unclear');
  });
});

describe('go2rtc', () => {
  it('was not asked, was asked before, does not answer, or answers', () => {
    expect(factsOf([look(0, null)])).toEqual({ isAsked: false, readAt: null, why: null, streams: {} });
    expect(factsOf([look(0, saying({})), look(15, null)])).toEqual({
      isAsked: true,
      readAt: null,
      why: null,
      streams: {},
    });
    expect(factsOf([look(0, failure('timeout'))])).toMatchObject({
      isAsked: true,
      readAt: null,
      why: 'It failed: timeout.',
    });
    expect(factsOf([look(0, saying({}))])).toMatchObject({ isAsked: true, readAt: START, why: null });
  });
});

describe('go2rtc is asked', () => {
  const through = (path: string) => ({ enabled: true, ffmpeg: { inputs: [{ path, roles: ['detect'] }] } });
  const config = (gate: unknown = through('rtsp://127.0.0.1:8554/gate')) => ({
    cameras: { gate, yard: through('rtsp://h/1') },
  });
  const due = (looks: readonly Said[], after: number) => areStreamsDue(last(watch(looks)).memory, START + after);

  it('at once and then seldom, while frames arrive', () => {
    expect(due([look(0, null, { config: config() })], 15)).toBe(true);
    const known = [look(0, saying({}), { config: config() })];
    expect(due(known, 299)).toBe(false);
    expect(due(known, 300)).toBe(true);
  });

  it('as seldom when it does not answer', () => {
    expect(due([look(0, failure('timeout'), { config: config() })], 15)).toBe(false);
  });

  it('in every look when a camera behind it falls silent, and for no other camera', () => {
    const silent = (id: string) => ({
      stats: stats({ ...UP, [id]: camera(0, 5, 0, 1) }),
      streams: saying({}),
      config: config(),
    });
    expect(due([silent('gate')], 15)).toBe(true);
    expect(due([silent('yard')], 15)).toBe(false);
    const off = { ...silent('gate'), config: config({ ...through('rtsp://127.0.0.1:8554/gate'), enabled: false }) };
    expect(due([off], 15)).toBe(false);
  });

  it('never where no camera comes through it, or nobody knows', () => {
    expect(due([look(0, null, { config: config(through('rtsp://h/2')) })], 15)).toBe(false);
    expect(due([look(0, null)], 15)).toBe(false);
    expect(areStreamsDue(newFrigateMemory(), START)).toBe(false);
  });
});
