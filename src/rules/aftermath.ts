/** What follows from restarts: starts for the budget, outcomes, breakers, relapses. */
import { failed } from './breaker.ts';
import { observe, prune, recall } from './budget.ts';
import { vetoBlind } from './guards.ts';
import { follow } from './outcome.ts';
import type { Cure, Start, State, Streak } from './state.ts';
import { isConfirmed, streakKey } from './streak.ts';
import type { AnnouncementType, Circumstances, Input, Order, Outcome, Policy } from './types.ts';

export interface Event {
  type: AnnouncementType;
  sentence: string;
  order: Order;
}

/** Starts that were seen or read, added to those that we reserved: what one of our orders did is counted with it. */
export function countStarts(before: State, circumstances: Circumstances, now: number): State {
  let starts = before.starts;
  const { startedAt, ledger } = circumstances;
  if (ledger.known) {
    // Our own orders are all counted, also those that a lost store has forgotten; foreign ones may be one event.
    for (const at of ledger.value.ours) starts = recall(starts, at);
    for (const at of ledger.value.times) starts = observe(starts, at, 'ledger');
  }
  if (startedAt.known) {
    const at = startedAt.value;
    const doer = starts.find((start) => isDoneBy(start, at, circumstances));
    if (!doer) starts = observe(starts, at, 'other');
    else if (doer.seenStartAt === undefined)
      starts = starts.map((one) => (one === doer ? { ...one, seenStartAt: at } : one));
  }
  const kept = prune(starts, now);
  return { ...before, starts: kept, lastStart: latest([...kept, ...(before.lastStart ? [before.lastStart] : [])]) };
}

/**
 * The start that an order of ours has made: its time is on the instance, or, where it leaves no mark or none can be
 * seen, it came in the grace after the order. A later one was somebody else's doing.
 */
function isDoneBy(
  { at, orderId, isUnmarked, seenStartAt }: Start,
  startedAt: number,
  { bears, graceSeconds }: Circumstances,
): boolean {
  if (orderId === null) return false;
  const isFirst = seenStartAt === undefined;
  if (!isUnmarked && bears.known) {
    const isMarked = bears.value !== null && Math.abs(at - bears.value) <= 1;
    // What starts and fails and starts again in its grace is one start.
    return isMarked && (isFirst || startedAt - seenStartAt <= graceSeconds);
  }
  if (!isFirst) return Math.abs(startedAt - seenStartAt) <= SAME_START_SECONDS;
  return startedAt >= at && startedAt - at <= graceSeconds;
}

/** The same start, dated by another source. */
const SAME_START_SECONDS = 60;

function latest(starts: readonly Start[]): Start | null {
  return starts.reduce<Start | null>((last, start) => (last === null || start.at > last.at ? start : last), null);
}

/** Follows the order under way by one turn. */
export function followOrder(
  before: State,
  { now, receipts, circumstances, findings }: Pick<Input, 'now' | 'receipts' | 'circumstances' | 'findings'>,
  policy: Policy,
): { state: State; events: readonly Event[] } {
  if (!before.pursuit) return { state: before, events: [] };
  const { order, keys } = before.pursuit;
  const { limits } = policy;
  const troubled = findings.some((f) => f.answer === 'bad' && keys.includes(streakKey(f.check, f.member)));
  const remedy = policy.remedies.find(({ id }) => id === order.remedy) ?? null;
  const needsRevival = remedy?.needsRevival ?? false;
  const isMute = vetoBlind({ remedy, circumstances }) !== null;
  const { streaks, looks } = before;
  const world = { now, receipts, circumstances, streaks, troubled, limits };
  const followed = follow(before.pursuit, { ...world, needsRevival, isMute, isFirstLook: looks <= 1 });
  const switchedOff = followed.isGone ? { ...before.switchedOff, [order.remedy]: NOT_BACK } : before.switchedOff;
  const state = { ...before, pursuit: followed.pursuit, switchedOff };
  if (followed.outcome === null) return { state, events: [] };
  const { outcome, sentence, wasRefused } = followed;
  const marked = outcome === 'failed' ? markVoid(state, order, wasRefused ? { at: now, sentence } : null) : state;
  return ended(marked, { order, outcome, sentence, now }, policy);
}

const NOT_BACK =
  'It did not come back after the last restart of this kind, so the next needs a person who resets the breaker first.';

function markVoid(before: State, order: Order, refusal: State['refusal']): State {
  const starts = before.starts.map((start): Start => (start.orderId === order.id ? { ...start, isVoid: true } : start));
  return { ...before, starts, refusal: refusal ?? before.refusal };
}

interface Ended {
  order: Order;
  outcome: Outcome;
  sentence: string;
  now: number;
}

function ended(before: State, end: Ended, policy: Policy): { state: State; events: readonly Event[] } {
  const { order, outcome, sentence, now } = end;
  const state: State = { ...before, lastOutcome: { outcome, at: now, sentence } };
  const event: Event = { type: outcome, sentence, order };
  if (outcome === 'cured') return { state: { ...state, cures: [...state.cures, { order, at: now }] }, events: [event] };
  const breaker = state.breakers[order.signature];
  if (outcome === 'failed') {
    // Nothing was restarted, so nothing was learned of what helps.
    const breakers = breaker
      ? { ...state.breakers, [order.signature]: { ...breaker, trialOrderId: null } }
      : state.breakers;
    return { state: { ...state, breakers }, events: [event] };
  }
  const tries = policy.checks.find((rule) => rule.id === order.cause?.check)?.tries ?? policy.limits.breakerTries;
  const after = failed(breaker, now, tries);
  const events = [event];
  if (after.openedAt === now) {
    const times = after.failures === 1 ? 'One restart' : `${after.failures} restarts`;
    events.push({ type: 'breaker_opened', sentence: `${times} did not cure this: no more for now.`, order });
  }
  return { state: { ...state, breakers: { ...state.breakers, [order.signature]: after } }, events };
}

/** A cure that is undone in time was none; one that lasted closes its breaker. */
export function weighCures(
  before: State,
  streaks: Readonly<Record<string, Streak>>,
  now: number,
  policy: Policy,
): { state: State; events: readonly Event[] } {
  let state: State = { ...before, cures: [] };
  const events: Event[] = [];
  for (const cure of before.cures) {
    const { order } = cure;
    if (isUndone(cure, streaks, policy)) {
      const sentence = 'What the restart had cured is back: the cure did not last.';
      const end = ended(state, { order, outcome: 'ineffective', sentence, now }, policy);
      state = end.state;
      events.push(...end.events);
    } else if (now - cure.at >= policy.limits.relapseSeconds) {
      const { [order.signature]: _closed, ...breakers } = state.breakers;
      state = { ...state, breakers };
    } else {
      state = { ...state, cures: [...state.cures, cure] };
    }
  }
  return { state, events };
}

function isUndone({ order }: Cure, streaks: Readonly<Record<string, Streak>>, policy: Policy): boolean {
  const rule = policy.checks.find((row) => row.id === order.cause?.check);
  if (!rule || !order.cause) return false;
  return isConfirmed(streaks[streakKey(rule.id, order.cause.member)], rule, policy.limits);
}
