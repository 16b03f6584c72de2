import { describe, expect, it } from 'vitest';
import { compareStamps, openPlacement, secondsOf } from '../../../../src/targets/frigate/log/stamps.ts';

describe('stamps', () => {
  it.each([
    ['2023-11-14T22:13:20Z', 1_700_000_000],
    ['2023-11-14T22:13:20.5Z', 1_700_000_000.5],
    ['2023-11-15T03:43:20.25+05:30', 1_700_000_000.25],
    ['2023-11-14T19:13:20-03:00', 1_700_000_000],
    ['2023-11-14 22:13:20.000000001', 1_700_000_000],
    ['2023-11-14 22:13:20,125', 1_700_000_000.125],
    ['2023/11/14 22:13:20', 1_700_000_000],
    ['1970-01-01T00:00:00Z', 0],
    ['22:13:20', null],
    ['2023-11-14', null],
    ['', null],
  ])('%s is %s', (text, seconds) => expect(secondsOf(text)).toBe(seconds));

  it.each([
    ['2023-11-14T22:13:20.000000001Z', '2023-11-14T22:13:20.000000002Z', -1],
    ['2023-11-14T22:13:20.9Z', '2023-11-14T22:13:20.93Z', -1],
    ['2023-11-14T22:13:20.93Z', '2023-11-14T22:13:20.9Z', 1],
    ['2023-11-14T22:13:20Z', '2023-11-14T22:13:20.000000000Z', 0],
    ['2023-11-15T00:13:20+02:00', '2023-11-14T22:13:21Z', -1],
    ['2023-11-15T00:13:20+02:00', '2023-11-14T23:13:20+01:00', 0],
    ['rubbish', '2023-11-14T22:13:21Z', 0],
  ])('%s against %s', (first, second, order) => {
    expect(Math.sign(compareStamps(first, second))).toBe(order);
    expect(Math.sign(compareStamps(second, first))).toBe(order === 0 ? 0 : -order);
  });
});

describe('where lines stand in time', () => {
  const span = (notes: Parameters<ReturnType<typeof openPlacement>['note']>[]) => {
    const placement = openPlacement();
    for (const note of notes) placement.note(...note);
    return { ...placement.span(), now: placement.now() };
  };

  it('is from the earliest to the latest, in whatever order they come', () => {
    const notes = ['20', '10', '30', '25'].map((s) => ['s6', `2023-11-14 22:13:${s}.000000000`] as ['s6', string]);
    const zero = 1_700_000_000 - 20;
    expect(span(notes)).toEqual({ firstAt: zero + 10, lastAt: zero + 30, now: zero + 25, placedBy: 'own' });
  });

  it('goes by the best kind of stamp alone, for the others may be hours off', () => {
    expect(
      span([
        ['frigate', '2023-11-14 20:00:00'],
        ['kubernetes', '2023-11-14T22:13:20Z'],
        ['frigate', '2023-11-14 23:13:25'],
      ]),
    ).toEqual({ firstAt: 1_700_000_000, lastAt: 1_700_000_000, now: 1_700_000_000, placedBy: 'kubernetes' });
  });

  const [zero, own] = [1_700_000_000, 1_700_007_200];
  const at = (kind: 'frigate' | 's6', second: number): ['frigate' | 's6', string] =>
    kind === 's6' ? [kind, `2023-11-14 22:13:${second}.000000`] : [kind, `2023-11-15 00:13:${second}`];
  /** TABLE: a log whose lines bear stamps of two kinds, two hours apart. */
  it.each([
    [
      'one line of a better kind may be a stranger’s',
      [at('frigate', 20), at('s6', 25), at('frigate', 50)],
      own,
      own + 30,
    ],
    [
      'strangers with lines of their own between them stay strangers',
      [at('frigate', 20), at('s6', 25), at('frigate', 30), at('s6', 35), at('frigate', 50)],
      own,
      own + 30,
    ],
    ['two in a row are believed', [at('frigate', 20), at('s6', 25), at('s6', 30)], zero + 10, zero + 10],
    [
      'the lesser kind moves time by its distances',
      [at('s6', 20), at('frigate', 25), at('frigate', 30), at('frigate', 50)],
      zero,
      zero + 25,
    ],
    [
      'until the better one says the time again',
      [at('s6', 20), at('frigate', 25), at('frigate', 30), at('s6', 22)],
      zero,
      zero + 2,
    ],
  ])('%s', (_, notes, firstAt, now) => {
    const seen = span(notes);
    expect([seen.firstAt, seen.now]).toEqual([firstAt, now]);
    expect(seen.lastAt).toBeGreaterThanOrEqual(now);
  });

  it('never goes back behind the better stamp, nor along with a step of days', () => {
    const notes = (...texts: string[]) =>
      span([['s6', '2023-11-14 22:13:20.000000'], ...texts.map((text): ['frigate', string] => ['frigate', text])]).now;
    expect(notes('2023-11-15 00:13:20', '2023-11-15 00:13:10')).toBe(zero);
    expect(notes('2023-11-15 00:13:20', '2031-11-15 00:13:10', '2031-11-15 00:13:15')).toBe(zero + 5);
  });

  it('is unknown as long as no line bears a stamp', () => {
    expect(span([])).toEqual({ firstAt: null, lastAt: null, now: null, placedBy: 'none' });
  });
});
