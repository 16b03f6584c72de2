/** Never more than so many starts in an hour and in a day, whoever ordered them. */
import type { Start } from './state.ts';
import type { Limits } from './types.ts';

const HOUR = 3600;
const DAY = 86_400;
/** Starts that nobody of us ordered belong to one event when they lie this close to its first. */
const TOGETHER_SECONDS = 900;
/** A ledger holds whole seconds. */
const SAME_SECONDS = 1;

/** What the budget still allows. `until` is when the next start would be allowed; null: it is now. */
export interface Spent {
  lastHour: number;
  lastDay: number;
  exhausted: 'hour' | 'day' | null;
  until: number | null;
}

/** Our own order, reserved before it is carried out and never given back. */
export function reserve(starts: readonly Start[], start: Start): readonly Start[] {
  return [...starts, start];
}

/** A start that was seen, or read in the ledger. One that is known already, or belongs to one, is not counted again. */
export function observe(starts: readonly Start[], at: number, by: 'other' | 'ledger'): readonly Start[] {
  const known = starts.some((start) => isSame(start, at, by));
  return known ? starts : [...starts, { at, by, orderId: null }];
}

/** An order of ours that stands in the ledger: counted by itself, however close to another. */
export function recall(starts: readonly Start[], at: number): readonly Start[] {
  const isKnown = starts.some((start) => Math.abs(start.at - at) <= SAME_SECONDS);
  return isKnown ? starts : [...starts, { at, by: 'warden', orderId: `ledger-${at}` }];
}

function isSame(start: Start, at: number, by: 'other' | 'ledger'): boolean {
  const ours = start.by === 'warden' || start.by === 'person';
  if (ours) return by === 'ledger' && Math.abs(start.at - at) <= SAME_SECONDS;
  return Math.abs(start.at - at) <= TOGETHER_SECONDS;
}

/** The starts of two budgets: what both know of counts once. */
export function union(theirs: readonly Start[], own: readonly Start[]): readonly Start[] {
  const more = own.filter((start) => !theirs.some((one) => isOfBoth(one, start)));
  return [...theirs, ...more].toSorted((a, b) => a.at - b.at);
}

function isOfBoth(theirs: Start, own: Start): boolean {
  const later = own.at - theirs.at;
  if (own.orderId !== null) return Math.abs(later) <= SAME_SECONDS;
  // What an order did comes after it; of one foreign start each has its own time.
  return later <= TOGETHER_SECONDS && later >= (theirs.orderId === null ? -TOGETHER_SECONDS : -SAME_SECONDS);
}

/** Forgets what no limit asks for any more. */
export function prune(starts: readonly Start[], now: number): readonly Start[] {
  return starts.filter((start) => now - start.at < DAY);
}

export function spent(starts: readonly Start[], now: number, limits: Limits): Spent {
  const inDay = starts.filter((start) => now - start.at < DAY).map((start) => start.at);
  const inHour = inDay.filter((at) => now - at < HOUR);
  const dayFull = inDay.length >= limits.restartsPerDay;
  const hourFull = inHour.length >= limits.restartsPerHour;
  const ends = [
    ...(dayFull ? [freeAt(inDay, limits.restartsPerDay, DAY)] : []),
    ...(hourFull ? [freeAt(inHour, limits.restartsPerHour, HOUR)] : []),
  ];
  return {
    lastHour: inHour.length,
    lastDay: inDay.length,
    exhausted: dayFull ? 'day' : hourFull ? 'hour' : null,
    until: ends.length === 0 ? null : Math.max(...ends),
  };
}

/** When so many have left the window that one more fits. */
function freeAt(times: readonly number[], most: number, windowSeconds: number): number {
  const newestFirst = times.toSorted((a, b) => b - a);
  return (newestFirst[most - 1] ?? 0) + windowSeconds;
}
