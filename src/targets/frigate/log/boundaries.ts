/** Where one run of Frigate ends and the next begins, by what the log says. */
import { patternOf } from './patterns.ts';
import { countSince, keyOf, membersOf } from './query.ts';
import type { LogEvent, LogMemory } from './types.ts';

/**
 * The steps of a start, in their order: the script prepares, the script starts Frigate, Frigate names its version.
 * Which of them are logged depends on the version and on the level; none comes twice in one run.
 */
const STEPS = { none: 0, preparing: 1, script: 2, frigate: 3 } as const;

type Known = Pick<LogMemory, 'kept' | 'startedAt'>;

/** The start of the last run that the log shows, after these events too; null: it shows none. */
export function followStart(before: Known, events: readonly LogEvent[]): number | null {
  let { startedAt } = before;
  let reached = reachedStep(before);
  let isOver = hasEnded(before);
  for (const event of events) {
    const boundary = patternOf(event.pattern)?.boundary;
    if (boundary === undefined || (startedAt !== null && event.at < startedAt)) continue;
    if (boundary === 'end') {
      isOver ||= isFrigates(event);
      continue;
    }
    const step = stepOf(event);
    if (startedAt === null || isOver || step <= reached) startedAt = event.at;
    reached = step;
    isOver = false;
  }
  return startedAt;
}

function stepOf({ pattern, member }: LogEvent): number {
  if (pattern === 'preparing') return STEPS.preparing;
  return member === null ? STEPS.script : STEPS.frigate;
}

/** nginx and go2rtc may be started again beside a Frigate that goes on. */
function isFrigates({ pattern, member }: LogEvent): boolean {
  return pattern === 'stopping' || member === 'Frigate';
}

function reachedStep(known: Known): number {
  const { startedAt } = known;
  if (startedAt === null) return STEPS.none;
  const byFrigate = membersOf(known, 'starting', startedAt)
    .map((version) => countSince(known, 'starting', startedAt, version))
    .reduce((sum, count) => sum + count, 0);
  if (byFrigate > 0) return STEPS.frigate;
  if (countSince(known, 'starting', startedAt) > 0) return STEPS.script;
  return countSince(known, 'preparing', startedAt) > 0 ? STEPS.preparing : STEPS.none;
}

function hasEnded(known: Known): boolean {
  const { startedAt } = known;
  if (startedAt === null) return false;
  const ends = ['stopping', keyOf('service_exited', 'Frigate')];
  return ends.some((key) => countSince(known, key, startedAt) > 0);
}
