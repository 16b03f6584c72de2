/** The log of a case folder: read once, piece by piece, and handed out to the looks by time. Pure. */
import { type LogReading, openLogReader } from '../log/reader.ts';
import type { LogAnswer, LogEvent, ReadLog } from '../log/types.ts';
import type { RecordedRun } from './survey.ts';

/** A log of any size leaves no more events than these; beyond, the most frequent ones are counted in coarser steps. */
const MOST_EVENTS = 50_000;

export function readCaseLog(chunks: Iterable<string>): LogReading {
  const reader = openLogReader({ mostEvents: MOST_EVENTS });
  for (const chunk of chunks) reader.push(chunk);
  const reading = reader.end();
  return { ...reading, events: reading.events.toSorted((a, b) => a.at - b.at) };
}

/**
 * What each look reads: all since the look before. Looks come in order; `shift` is added to every stamp. The look
 * that finds another run gets the end of the run before apart, as the cluster would give it.
 */
export function logAnswers(log: LogReading, shift: number): (at: number, run: RecordedRun) => LogAnswer {
  let next = 0;
  let runBefore: number | null = null;
  return (at, run) => {
    const isFirst = runBefore === null;
    const isNewRun = !isFirst && runBefore !== run.index;
    runBefore = run.index;
    const begun = next;
    while ((log.events[next]?.at ?? Number.POSITIVE_INFINITY) + shift <= at) next += 1;
    const events = log.events.slice(begun, next).map((event) => ({ ...event, at: event.at + shift }));
    const from = isNewRun ? run.startedAt : Number.NEGATIVE_INFINITY;
    const current = events.filter((event) => event.at >= from);
    // A new run writes from its start on.
    const firstAt = isNewRun ? run.startedAt : isFirst && log.firstAt !== null ? log.firstAt + shift : null;
    // Lines without an event are not placed; but the log is known to have gone on until its end.
    const lastAt = log.lastAt === null ? null : Math.min(log.lastAt + shift, at);
    const previous = isNewRun ? events.filter((event) => event.at < from) : null;
    return {
      at,
      run: `recorded-run-${run.index}`,
      current: replyOf(current, { firstAt, lastAt, skipped: isFirst ? log.skipped : null }),
      previous: previous && replyOf(previous, { firstAt: null, lastAt: null, skipped: null }),
    };
  };
}

function replyOf(
  events: readonly LogEvent[],
  { firstAt, lastAt, skipped }: { firstAt: number | null; lastAt: number | null; skipped: string | null },
): LogAnswer['current'] {
  const value: ReadLog = {
    events,
    position: null,
    lines: events.reduce((sum, { count }) => sum + count, 0),
    bytes: 0,
    firstAt: firstAt ?? events[0]?.at ?? null,
    lastAt: lastAt ?? events.at(-1)?.at ?? null,
    isCut: false,
    skipped,
  };
  return { ok: true, value, status: 200, serverTime: null };
}
