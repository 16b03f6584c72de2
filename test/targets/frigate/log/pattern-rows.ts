/** What holds for every table of log patterns. */
import { expect, it } from 'vitest';
import { readLine } from '../../../../src/targets/frigate/log/lines.ts';
import type { LogPattern } from '../../../../src/targets/frigate/log/pattern.ts';
import { matchLine } from '../../../../src/targets/frigate/log/patterns.ts';
import { EXAMPLES } from './examples.ts';
import { LAYOUTS, SPOKEN_AT } from './layouts.ts';

export function holdsForEach(patterns: readonly LogPattern[]): void {
  it.each(patterns.map(({ id }) => id))('%s is read from its true lines, in every layout', (id) => {
    const examples = EXAMPLES.filter(({ pattern }) => pattern === id);
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      for (const [layout, { isPlaced, write }] of Object.entries(LAYOUTS)) {
        const line = readLine(write(example));
        const match = matchLine(line);
        expect([layout, match?.pattern.id, match?.member]).toEqual([layout, id, example.member]);
        if (isPlaced) expect([layout, line.at]).toEqual([layout, SPOKEN_AT]);
      }
    }
  });

  it.each(patterns.map((pattern) => [pattern.id, pattern] as const))(
    '%s says in a sentence what it means',
    (_id, row) => {
      expect(row.meaning).toMatch(/^[A-Z].*[.]$/);
      expect(row.since).toMatch(/^0\.1[1-8]$/);
    },
  );
}
