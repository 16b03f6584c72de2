import { describe, expect, it } from 'vitest';
import { readDuration, readMoment } from '../../src/cli/spans.ts';

describe('a span', () => {
  const spans: [text: string | null, seconds: number | null][] = [
    ['15', 15],
    ['15s', 15],
    ['1.5m', 90],
    ['10 m', 600],
    ['2H', 7200],
    ['1d', 86_400],
    ['30d', 2_592_000],
    ['31d', null],
    ['0', null],
    ['0.5', null],
    ['-5', null],
    ['5 minutes', null],
    ['', null],
    [null, null],
  ];
  it.each(spans)('of %j is %j seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });
});

describe('a moment', () => {
  const moments: [text: string | null, seconds: number | null][] = [
    ['2026-01-06', 1_767_657_600],
    ['2026-01-06T04:00', 1_767_672_000],
    ['2026-01-06T04:00:00+01:00', 1_767_668_400],
    ['1767672000', 1_767_672_000],
    ['yesterday', null],
    [null, null],
  ];
  it.each(moments)('of %j is %j', (text, seconds) => {
    expect(readMoment(text)).toBe(seconds);
  });
});
