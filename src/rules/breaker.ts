/** Rest when what we try does not help. One breaker a signature (target and cause). */
import type { Breaker } from './state.ts';

const CLOSED: Breaker = { failures: 0, openedAt: null, rests: 0, trialOrderId: null };

/** The breaker after one more restart that did not cure. It opens at `tries`; a failed trial lengthens the rest. */
export function failed(before: Breaker | undefined, now: number, tries: number): Breaker {
  const breaker = before ?? CLOSED;
  const failures = breaker.failures + 1;
  if (breaker.openedAt !== null) return { failures, openedAt: now, rests: breaker.rests + 1, trialOrderId: null };
  return { ...breaker, failures, openedAt: failures >= tries ? now : null };
}

/** An order under an open breaker whose rest is over is its one trial. */
export function tried(breaker: Breaker | undefined, orderId: string): Breaker | undefined {
  return breaker?.openedAt == null ? breaker : { ...breaker, trialOrderId: orderId };
}

/** The end of the present rest, or null while it is closed. The last rest repeats. */
export function restEnd(breaker: Breaker | undefined, rests: readonly number[]): number | null {
  if (breaker?.openedAt == null) return null;
  const rest = rests[Math.min(breaker.rests, rests.length - 1)] ?? 0;
  return breaker.openedAt + rest;
}

/** Open, and its rest is not over yet. */
export function isResting(breaker: Breaker | undefined, now: number, rests: readonly number[]): boolean {
  const end = restEnd(breaker, rests);
  return end !== null && now < end;
}
