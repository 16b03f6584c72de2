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

  it('is unknown as long as no line bears a stamp', () => {
    expect(span([])).toEqual({ firstAt: null, lastAt: null, now: null, placedBy: 'none' });
  });
});
