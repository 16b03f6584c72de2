import { describe, expect, it } from 'vitest';
import {
  linesOf,
  readCase,
  readFailure,
  readHistory,
  readLetter,
  readRecordings,
  readTime,
  readVantages,
} from '../../../../src/targets/frigate/recorded/files.ts';
import { STARTS_AT } from '../case-files.ts';

describe('a time', () => {
  const times: [value: unknown, seconds: number | null][] = [
    ['2026-01-06T04:00:00Z', STARTS_AT],
    ['2026-01-06T04:00:00', STARTS_AT],
    ['2026-01-06 04:00', STARTS_AT],
    ['2026-01-06T05:00:00+01:00', STARTS_AT],
    ['2026-01-06T04:00:00+0000', STARTS_AT],
    ['2026-01-06T04:00:00.250Z', STARTS_AT + 0.25],
    ['2026-01-06T04:00:00.123456789Z', STARTS_AT + 0.123],
    [STARTS_AT, STARTS_AT],
    [String(STARTS_AT), STARTS_AT],
    [STARTS_AT * 1000, STARTS_AT],
    ['2026-13-40T04:00:00Z', null],
    ['1970-01-01T00:00:00Z', null],
    ['tomorrow', null],
    ['6', null],
    [Number.NaN, null],
    [1e15, null],
    [null, null],
    [{}, null],
  ];
  it.each(times)('%j is read as %j', (value, seconds) => {
    expect(readTime(value)).toBe(seconds);
  });
});

describe('case.json', () => {
  const cases: [value: unknown, start: number | null, every: number | null][] = [
    [{ start: STARTS_AT, every_seconds: 15 }, STARTS_AT, 15],
    [{ start: STARTS_AT, every_seconds: '7.5' }, STARTS_AT, 7.5],
    [{ every_seconds: 0 }, null, null],
    [{ every_seconds: 86_401 }, null, null],
    [{ every_seconds: 'often' }, null, null],
    [null, null, null],
    ['x', null, null],
  ];
  it.each(cases)('%j is read for what it says', (value, start, everySeconds) => {
    expect(readCase(value)).toEqual({ start, everySeconds });
  });
});

describe('history.json', () => {
  const rows: [value: unknown, expected: object][] = [
    [
      { restarts: [STARTS_AT, '2026-01-06T03:00:00Z', 'never', { at: STARTS_AT - 60 }], worked: ['yard', 7] },
      { restarts: [STARTS_AT - 3600, STARTS_AT - 60, STARTS_AT], worked: ['yard'] },
    ],
    [{ worked: { yard: true, shed: false } }, { restarts: [], worked: ['yard'] }],
    [{ restarts: 'none' }, { restarts: [], worked: [] }],
    [null, { restarts: [], worked: [] }],
  ];
  it.each(rows)('%j is read for what it says', (value, expected) => {
    expect(readHistory(value)).toEqual(expected);
  });
});

describe('a failure', () => {
  const reply = (value: unknown) => ({ ok: true, value, status: 200, serverTime: null }) as const;

  const rows: [value: unknown, expected: object][] = [
    [{ error: 'timeout' }, { kind: 'timeout' }],
    [{ error: 'refused' }, { kind: 'refused' }],
    [{ error: 'http 502' }, { kind: 'status', status: 502 }],
    [{ status: 503 }, { kind: 'status', status: 503 }],
    ['http 500', { kind: 'status', status: 500 }],
    [
      { error: 'http 503', body: 'no available server' },
      { status: 503, body: 'no available server' },
    ],
    [{ error: {} }, { kind: 'unreachable' }],
    [null, { kind: 'unreachable' }],
  ];
  it.each(rows)('%j is the failure that it names', (value, expected) => {
    expect(readFailure(reply(value))).toMatchObject({ ok: false, ...expected });
  });

  it('of a file that cannot be read is one all the same', () => {
    expect(readFailure({ ok: false, kind: 'form', reason: 'x is not JSON.' })).toMatchObject({ kind: 'unreachable' });
  });
});

describe('vantages', () => {
  it('are the known ways and the addresses of cameras, in any form that says ok or not', () => {
    const { ways, reach } = readVantages({
      direct: 'refused',
      service_proxy: 'http 503',
      pod_proxy: 'OK',
      exec: { ok: true },
      carrier_pigeon: 'ok',
      cameras: { yard: true, door: false, gate: 'timeout', shed: 7, attic: null, barn: 200 },
    });
    expect(ways).toMatchObject({
      direct: { kind: 'refused' },
      service_proxy: { status: 503 },
      pod_proxy: 'ok',
      exec: 'ok',
    });
    expect(Object.keys(ways)).toHaveLength(4);
    expect(reach).toMatchObject({ yard: 'ok', door: { ok: false }, gate: { kind: 'timeout' }, barn: 'ok' });
    expect(reach.attic).toBeUndefined();
  });

  it('are none in what is no object', () => {
    expect(readVantages('refused')).toEqual({ ways: {}, reach: {} });
  });
});

describe('recordings', () => {
  const segment = { start_time: STARTS_AT, end_time: STARTS_AT + 10 };
  const forms: [what: string, value: unknown][] = [
    ['lists by camera', { yard: [{ ...segment, id: 'x', motion: 3 }] }],
    ['objects that hold a list', { yard: { recordings: [segment] } }],
    ['one list that names the cameras', [{ camera: 'yard', ...segment }, 7, { camera: 5 }]],
    ['other names and texts', { yard: [{ start: '2026-01-06T04:00:00Z', end: String(STARTS_AT + 10) }] }],
  ];
  it.each(forms)('are read from %s', (_what, value) => {
    expect(readRecordings(value)).toEqual({ yard: [segment] });
  });

  it('are none in what is none, and an empty list is a list', () => {
    expect(readRecordings({ yard: [], door: 'x' })).toEqual({ yard: [] });
    expect(readRecordings(null)).toEqual({});
  });
});

describe('lines', () => {
  it('are the same however the pieces are cut', () => {
    expect([...linesOf(['one\ntw', 'o\n', '\nthree'])]).toEqual(['one', 'two', '', 'three']);
  });

  it('that never end are left out, and what follows them is not', () => {
    const endless = 'x'.repeat(600_000);
    expect([...linesOf([`a\n${endless}`, endless, endless, '\nb\n'])]).toEqual(['a', 'b', '']);
  });
});

describe('a letter', () => {
  const line = (fields: object) =>
    JSON.stringify({ at: STARTS_AT, topic: 'frigate/available', payload: 'online', ...fields });

  it('has its time, topic, payload and whether the broker kept it', () => {
    expect(readLetter(line({ retained: true }))).toEqual({
      at: STARTS_AT,
      topic: 'frigate/available',
      payload: 'online',
      retained: true,
    });
    expect(readLetter(line({ at: undefined, time: '2026-01-06T04:00:00+0000', retain: 1 }))).toMatchObject({
      at: STARTS_AT,
      retained: false,
    });
    expect(readLetter(line({ payload: { cameras: {} }, topic: 'frigate/stats' }))?.payload).toBe('{"cameras":{}}');
  });

  const none: [what: string, text: string][] = [
    ['an empty line', ' '],
    ['no JSON', '{"at":'],
    ['no object', '7'],
    ['no time', line({ at: 'soon' })],
    ['another topic', line({ topic: 'frigate/events' })],
    ['no topic', line({ topic: 7 })],
  ];
  it.each(none)('is not read from %s', (_what, text) => {
    expect(readLetter(text)).toBeNull();
  });
});
