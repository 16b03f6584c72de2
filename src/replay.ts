/**
 * Recorded answers through the production engine, on their own clock. Nothing is carried out: a restart that would be
 * ordered is shown, and then everything goes on as if it had not been.
 */
import { assess } from './assess.ts';
import type { Decision } from './rules/decide.ts';
import { newState, type State } from './rules/state.ts';
import type { AnyTarget, Looked } from './targets/target.ts';

/** One look as it was recorded. */
export interface RecordedLook {
  /** When it was made, in epoch seconds; never before the look before it. */
  at: number;
  /** What the target's `observe` brought back, or would have. */
  answers: unknown;
}

export interface ReplayedLook {
  at: number;
  looked: Looked;
  /** With the orders that would have been placed; none of them is followed. */
  decision: Decision;
}

/** `memory`: what is known of the target before the first look; null: nothing. */
export function* replay(
  target: AnyTarget,
  looks: Iterable<RecordedLook>,
  memory: unknown = null,
): Generator<ReplayedLook> {
  let remembered = { state: newState(target.policy), memory };
  for (const { at, answers } of looks) {
    const occasion = { now: at, clockJumpedAt: null, wishes: [], receipts: [] };
    const { memory: after, looked, decision } = assess(target, remembered, answers, occasion);
    yield { at, looked, decision };
    remembered = { state: withoutOrders(remembered.state, decision), memory: after };
  }
}

/** The state of a look whose orders were not placed: no start is spent, no breaker is on trial, none is followed. */
function withoutOrders(before: State, { state, orders }: Decision): State {
  if (orders.length === 0) return state;
  const placed = new Set(orders.map((order) => order.id));
  const { breakers, starts, lastStart } = state;
  const tried = orders.map((order) => order.signature);
  const untried = Object.entries(breakers).filter(([signature]) => !tried.includes(signature));
  const restored = Object.entries(before.breakers).filter(([signature]) => tried.includes(signature));
  return {
    ...state,
    starts: starts.filter((start) => start.orderId === null || !placed.has(start.orderId)),
    lastStart: lastStart?.orderId != null && placed.has(lastStart.orderId) ? before.lastStart : lastStart,
    pursuit: before.pursuit,
    breakers: Object.fromEntries([...untried, ...restored]),
  };
}

/** What a replay says of its end, and of the first restart in it. */
export interface Assessment {
  looks: number;
  /** The last look; null: there was none. */
  last: ReplayedLook | null;
  /** The first look that would have ordered a restart. */
  ordered: ReplayedLook | null;
  /** Why the last look with a confirmed cause ordered none: the first veto's sentence. */
  heldBack: string | null;
}

/** Goes through all looks; keeps none but those it names. `each` sees every one. */
export function assessmentOf(looks: Iterable<ReplayedLook>, each?: (look: ReplayedLook) => void): Assessment {
  let assessment: Assessment = { looks: 0, last: null, ordered: null, heldBack: null };
  for (const look of looks) {
    each?.(look);
    const { decision } = look;
    const [veto] = decision.vetoes;
    assessment = {
      looks: assessment.looks + 1,
      last: look,
      ordered: assessment.ordered ?? (decision.orders.length > 0 ? look : null),
      heldBack: decision.cause && veto ? veto.sentence : assessment.heldBack,
    };
  }
  return assessment;
}
