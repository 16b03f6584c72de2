/** What a check on the log says of itself where the log cannot be read. */
import type { LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { inThisRun, lastAt } from '../log/query.ts';
import { own } from '../own.ts';

type Read = Pick<SeenFacts, 'log' | 'now'>;

/** Null: it is read. */
export function unread({ log, now }: Read): LookedFinding | null {
  if (log.state === 'read') return null;
  const why = log.why === null ? '.' : `: ${log.why}`;
  return log.state === 'unread'
    ? { member: null, answer: 'unknown', detail: `Frigate's log cannot be read just now${why}`, at: now }
    : { member: null, answer: 'not_observed', detail: `Frigate's log is not read${why}`, at: now };
}

/** The log is known up to then, so each look at it is a new answer. */
export function readAt({ log, now }: Read): number {
  return log.readAt ?? now;
}

/** Last line of any of these kinds in the present run; null: none. */
export function lastOf({ log }: Read, ...patterns: readonly string[]): number | null {
  const start = inThisRun(log, 0);
  const times = patterns.map((pattern) => lastAt(log, pattern)).filter((time) => time !== null && time >= start);
  return times.reduce<number | null>((last, time) => (time !== null && time > (last ?? 0) ? time : last), null);
}

/** The last lines of these kinds, as evidence: those of this run, or from an earlier time on. */
export function quoted({ log }: Read, patterns: readonly string[], from = inThisRun(log, 0)): readonly string[] {
  return patterns.flatMap((pattern) => {
    const last = lastAt(log, pattern);
    const text = own(log.texts, pattern);
    return last !== null && last >= from && text !== undefined ? [text] : [];
  });
}
