import { describe, expect, it } from 'vitest';
import { LINE_LIMIT } from '../../../../src/targets/frigate/log/lines.ts';
import { openSplitter } from '../../../../src/targets/frigate/log/splitter.ts';

function split(chunks: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const splitter = openSplitter((text, start, end) => lines.push(text.slice(start, end)));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe('cutting a stream into lines', () => {
  it.each([
    [['a\nb\nc'], ['a', 'b', 'c']],
    [
      ['a', '\n', 'b\n', 'c'],
      ['a', 'b', 'c'],
    ],
    [['a\n\nb\n'], ['a', '', 'b', '']],
    [['', 'x', ''], ['x']],
    [[], ['']],
  ])('%j is %j', (chunks, lines) => expect(split(chunks)).toEqual(lines));

  it('keeps the beginning of a line without an end, in bounded memory, and goes on after it', () => {
    const lines = split([...Array.from({ length: 5000 }, () => 'x'.repeat(1000)), '\nnext']);
    expect(lines[0]?.slice(0, LINE_LIMIT)).toBe('x'.repeat(LINE_LIMIT));
    expect(lines[0]?.length).toBeLessThan(2 * LINE_LIMIT);
    expect(lines[1]).toBe('next');
  });
});
