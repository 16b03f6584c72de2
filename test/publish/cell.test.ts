import { describe, expect, it } from 'vitest';
import { type Cell, stateOf } from '../../src/publish/cell.ts';
import type { Attributes, Row } from '../../src/publish/row.ts';

const row: Row = { key: 'k', for: 'hub', platform: 'sensor', name: 'K', precision: 1, value: () => null };
const cell = (changes: Partial<Cell>): Cell => ({ row, key: 'k', ...changes });
const attributesOf = (attributes: Attributes) =>
  (stateOf([cell({ attributes })]).attributes as Record<string, Attributes>).k;

describe('a value', () => {
  it.each<[string, Partial<Cell>, unknown]>([
    ['is rounded to the precision of its row', { value: 27.466 }, 27.5],
    ['that is no number is unknown', { value: Number.NaN }, null],
    ['that is not among the options is unknown', { value: 'other', options: ['none'] }, null],
    ['of the options is itself', { value: 'none', options: ['none'] }, 'none'],
    ['holds no login', { value: 'rtsp://a:b@c/' }, 'rtsp://***@c/'],
    ['is no longer than Home Assistant takes', { value: 'x'.repeat(300) }, `${'x'.repeat(254)}…`],
  ])('%s', (_name, changes, expected) => {
    expect(stateOf([cell(changes)])).toEqual({ k: expected, attributes: {} });
  });
});

describe('an attribute', () => {
  it('stays as it is where it is short', () => {
    const all = { sentence: 'It is bad.', cameras: ['doorbell', 'garden'], since: null, count: 2, is: true };
    expect(attributesOf(all)).toEqual(all);
    expect(attributesOf({ none: [] })).toEqual({ none: [] });
  });

  it('holds no login, in no list either', () => {
    expect(attributesOf({ sentence: 'http://a:b@c', all: ['http://a:b@c'] })).toEqual({
      sentence: 'http://***@c',
      all: ['http://***@c'],
    });
  });

  it('that is a long list says how many are left out', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `camera_${i}`);
    const { cameras } = attributesOf({ cameras: names }) as { cameras: string[] };
    expect(cameras.slice(0, 2)).toEqual(['camera_0', 'camera_1']);
    expect(cameras.at(-1)).toBe(`(${1000 - (cameras.length - 1)} more)`);
    expect(cameras.length).toBeGreaterThan(300);
  });

  it.each(['x', '"', 'ü', '門'])('is recorded with all others of its entity, however much of %s there is', (sign) => {
    const long = sign.repeat(3000);
    const lists = { all: Array(50).fill(long), preflight: Array(50).fill(long) };
    const json = JSON.stringify(attributesOf({ sentence: long, until: long, ...lists }));
    expect(Buffer.byteLength(json)).toBeLessThan(16_384 - 1000);
  });
});
