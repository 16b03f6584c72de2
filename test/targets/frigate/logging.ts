/** A log as checks are given it, from a few lines. */
import { keyOf } from '../../../src/targets/frigate/log/query.ts';
import type { LogFacts } from '../../../src/targets/frigate/log/types.ts';
import { START } from './watching.ts';

/** When, in seconds from START; the pattern; whom it names; how many lines. */
export type Line = readonly [after: number, pattern: string, member?: string | null, count?: number];

/** Read up to `readAfter` seconds from START; known for an hour before it unless said otherwise. */
export function logged(lines: readonly Line[], readAfter = 0, changes: Partial<LogFacts> = {}): LogFacts {
  const kept: Record<string, [number, number][]> = {};
  const texts: Record<string, string> = {};
  for (const [after, pattern, member = null, count = 1] of lines.toSorted(([a], [b]) => a - b)) {
    texts[pattern] = `the line ${pattern}`;
    for (const key of new Set([keyOf(pattern, null), keyOf(pattern, member)])) {
      kept[key] = [...(kept[key] ?? []), [START + after, count]];
    }
  }
  const readAt = START + readAfter;
  return { state: 'read', why: null, readAt, since: readAt - 3600, startedAt: null, kept, texts, ...changes };
}

export const NO_LOG: LogFacts = {
  state: 'not_observed',
  why: 'The log may not be read.',
  readAt: null,
  since: null,
  startedAt: null,
  kept: {},
  texts: {},
};
