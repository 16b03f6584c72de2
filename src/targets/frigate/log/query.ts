/** What checks ask of the log: how often, when last, of whom. What never came is 0 or null. */
import type { Counted, LogFacts } from './types.ts';

type Seen = Pick<LogFacts, 'kept'>;

/** Times and counts, oldest first. Without a member: of all, those without one included. */
export function timesOf(log: Seen, pattern: string, member: string | null = null): Counted {
  return log.kept[keyOf(pattern, member)] ?? [];
}

/** So many lines at or after `since`, in epoch seconds. */
export function countSince(log: Seen, pattern: string, since: number, member: string | null = null): number {
  return timesOf(log, pattern, member).reduce((sum, [at, count]) => (at >= since ? sum + count : sum), 0);
}

/** So many lines in the last seconds of what is read; 0 where nothing is. */
export function countWithin(
  log: Pick<LogFacts, 'kept' | 'readAt'>,
  pattern: string,
  seconds: number,
  member: string | null = null,
): number {
  return log.readAt === null ? 0 : countSince(log, pattern, log.readAt - seconds, member);
}

export function lastAt(log: Seen, pattern: string, member: string | null = null): number | null {
  return timesOf(log, pattern, member).at(-1)?.[0] ?? null;
}

/** Whom lines at or after `since` name, in order of name. */
export function membersOf(log: Seen, pattern: string, since: number): readonly string[] {
  const start = `${pattern}/`;
  return Object.entries(log.kept)
    .filter(([key, times]) => key.startsWith(start) && times.some(([at]) => at >= since))
    .map(([key]) => key.slice(start.length))
    .toSorted();
}

/** The later of `since` and the start of this run: what an earlier run said is not this run's fault. */
export function inThisRun(log: Pick<LogFacts, 'startedAt'>, since: number): number {
  return Math.max(since, log.startedAt ?? since);
}

/** How a count is filed: a member's own beside that of all. No id of a pattern holds a slash. */
export function keyOf(pattern: string, member: string | null): string {
  return member === null ? pattern : `${pattern}/${member}`;
}
