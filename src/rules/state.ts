/** What is remembered of a target, when it is new and when the Warden starts again. */
import type { CauseRef, Order, Outcome, Policy, Proof, Severity, Verdict } from './types.ts';

/** The life of one check (or one member of it), in consecutive answers. */
export interface Streak {
  bad: number;
  good: number;
  badSince: number;
  goodSince: number;
  /** Evidence time of the last answer that counted. */
  at: number;
  /** Last turn that brought an answer, new or the same. */
  seenAt: number;
  /** Confirmed bad and not yet cleared. */
  latched: boolean;
  detail: string;
}

export interface Incident {
  id: string;
  member: string | null;
  openedAt: number;
  cause: CauseRef;
  severity: Severity;
  /** Streak keys that were bad in it; all must be good again. */
  keys: readonly string[];
  status: 'open' | 'resolved';
  resolvedAt: number | null;
  /** Bad now, or held open until it was good for long enough. */
  bad: boolean;
  relapses: number;
  flappingTold: boolean;
  acknowledged: boolean;
  snoozedUntil: number | null;
  /** Guards whose refusal was told in this incident. */
  refused: readonly string[];
}

/** One start of the target, as the budget counts it. */
export interface Start {
  at: number;
  by: 'warden' | 'person' | 'other' | 'ledger';
  orderId: string | null;
  /** Nothing on the instance tells that this order was carried out. */
  isUnmarked?: true;
  /** When the target was first seen to have started by this order. */
  seenStartAt?: number;
  /** It was reserved and, as the door said, never carried out: it is spent, but is no sign of a chronic fault. */
  isVoid?: true;
}

export interface Breaker {
  failures: number;
  openedAt: number | null;
  /** Rests taken before the present one. */
  rests: number;
  trialOrderId: string | null;
}

/** An order that is followed to its outcome. */
export interface Pursuit {
  order: Order;
  stage: 'ordered' | 'accepted' | 'restarted' | 'answering';
  /** Streak keys that were bad when it was ordered. */
  keys: readonly string[];
  /** Without it: the mark. */
  proof?: Proof;
  /** The instance that it was ordered for; null: nobody saw one. */
  instance?: string | null;
  /** First of an unbroken row of looks that saw nothing of it, where something else must start it again. */
  silentSince?: number;
}

/** A cure that has not yet outlived the time in which a relapse would undo it. */
export interface Cure {
  order: Order;
  at: number;
}

/** All that is remembered of one target between turns and over restarts. Plain JSON. */
export interface State {
  /** Whole looks since the Warden's own start. */
  looks: number;
  lastLookAt: number | null;
  sequence: number;
  verdict: Verdict;
  verdictSince: number | null;
  /** Last look at which the target was well. */
  wellAt: number | null;
  streaks: Record<string, Streak>;
  incidents: readonly Incident[];
  starts: readonly Start[];
  lastStart: Start | null;
  breakers: Record<string, Breaker>;
  pursuit: Pursuit | null;
  cures: readonly Cure[];
  lastOutcome: { outcome: Outcome; at: number; sentence: string } | null;
  automatic: boolean;
  /** The option's value when the switch was last set from it. */
  automaticOption: boolean;
  maintenanceUntil: number | null;
  chronicSince: number | null;
  /** When a person last reset the breaker and the daily limit. */
  resetAt: number | null;
  /** The last order that the door refused. */
  refusal: { at: number; sentence: string } | null;
  /** Remedies after which the target did not come back, by id, with the sentence that says so. */
  switchedOff: Readonly<Record<string, string>>;
  /** Last jump of the wall clock that any look was told of. */
  clockJumpedAt: number | null;
}

export function newState(policy: Policy): State {
  return {
    looks: 0,
    lastLookAt: null,
    sequence: 0,
    verdict: 'unknown',
    verdictSince: null,
    wellAt: null,
    streaks: {},
    incidents: [],
    starts: [],
    lastStart: null,
    breakers: {},
    pursuit: null,
    cures: [],
    lastOutcome: null,
    automatic: policy.automatic,
    automaticOption: policy.automatic,
    maintenanceUntil: null,
    chronicSince: null,
    resetAt: null,
    refusal: null,
    switchedOff: {},
    clockJumpedAt: null,
  };
}

/**
 * The saved state at the Warden's own start: it has not looked yet, and a changed option sets its switch again.
 * A trial that nobody follows any more was cut off: its breaker is simply open.
 */
export function awaken(saved: State, policy: Policy): State {
  const automatic = saved.automaticOption === policy.automatic ? saved.automatic : policy.automatic;
  const breakers = Object.fromEntries(
    Object.entries(saved.breakers).map(([signature, breaker]) => [
      signature,
      breaker.trialOrderId === saved.pursuit?.order.id ? breaker : { ...breaker, trialOrderId: null },
    ]),
  );
  return { ...newState(policy), ...saved, looks: 0, automatic, automaticOption: policy.automatic, breakers };
}
