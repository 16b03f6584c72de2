import type { Clock, Doors } from '../doors/ports.ts';
import type { CheckRule, Circumstances, Finding, Member, Order, Policy, Receipt } from '../rules/types.ts';

/** What people read about a check. The same row also holds what the engine needs and how to look. */
export interface CheckText {
  /** The fault as the end of a title, in sentence case, e.g. "Detector slow". */
  name: string;
  /** What a person can do, most likely first. */
  nextSteps: readonly string[];
  /** One paragraph: what it means, how it is told, what cures it. */
  runbook: string;
}

/** A row in a target's table of checks. `look` returns one finding, or one for each member. */
export interface CheckRow<F> extends CheckRule, CheckText {
  look(facts: F): readonly LookedFinding[];
}

/** A finding before the table adds its check's id. */
export type LookedFinding = Omit<Finding, 'check'>;

/** What one detector or camera measured; null where nothing was said. */
export interface MemberReading {
  kind: string;
  id: string;
  /** Frames per second that arrive (cameras). */
  framesPerSecond: number | null;
  /** Skipped share of the arriving frames, 0 to 1 or above (cameras). */
  skippedRatio: number | null;
  /** Milliseconds for one inference (detectors). */
  inferenceMs: number | null;
}

/** Figures for people; no rule reads them. */
export interface Readings {
  version: string | null;
  members: readonly MemberReading[];
  /** Detections per second, all members together. */
  detectionRate: number | null;
  /** Last valid answer of the target itself. */
  lastAnswerAt: number | null;
  /** Last evidence that the cluster answers; null: no cluster is configured. */
  cluster: 'connected' | 'disconnected' | 'not_configured';
}

export interface Looked {
  findings: readonly Finding[];
  members: readonly Member[];
  circumstances: Circumstances;
  readings: Readings;
  /** What cannot be seen, and why: one sentence each. */
  cannotSee: readonly string[];
  /** What is wrong with how it is set up, though nothing has failed of it yet: one sentence each. */
  remarks?: readonly string[];
  /** To be posted after the orders of this turn; never in a replay. */
  letters?: readonly Posting[];
  /** Something waits for the next look: it comes after so long, where the interval is longer. */
  lookAgainSeconds?: number;
}

/** A letter to what is watched, over the broker: it sets right what a restart of ours has changed, and is no remedy. */
export interface Posting {
  topic: string;
  payload: string;
  /** Why, for the log. */
  sentence: string;
}

export interface LookContext {
  clock: Clock;
  signal: AbortSignal;
}

export interface ActContext extends LookContext {
  /** To be asked right before whatever restarts: why it must not be done any more, a sentence; null: it may. */
  whyNotStill?(): string | null;
}

/**
 * One watched thing with all that is known of its product.
 * `A` answers as recorded (plain JSON), `M` memory (plain JSON, saved with the state), `F` facts.
 */
export interface Target<A, M, F> {
  /** Stable, `[a-z0-9_]+`: part of topics and unique ids. */
  id: string;
  /** For people. */
  name: string;
  kind: string;
  policy: Policy;
  checks: readonly (CheckRule & CheckText)[];
  /** Links for people: name to URL, without credentials. */
  links: Readonly<Record<string, string>>;
  /** Asks every vantage, in parallel, within the signal. Never throws for what the world does. */
  observe(doors: Doors, memory: M | null, context: LookContext): Promise<A>;
  /** Pure. */
  digest(memory: M | null, answers: A, now: number): { memory: M; facts: F };
  /** Pure. */
  look(facts: F, now: number): Looked;
  /**
   * Pure. What must be known after a restart of ours. It is saved with the order, before it is carried out.
   * `pursued`: the order that is followed now, be it one that another Warden has left. `isVoid`: the last one that
   * was followed to its end came to nothing.
   */
  foresee?(memory: M, facts: F, ordered: { pursued: Order | null; isVoid: boolean }): M;
  /** Reserves in the shared ledger, then carries the order out. Never throws for what the world does. */
  carryOut(order: Order, facts: F, doors: Doors, context: ActContext): Promise<Receipt>;
}

// Method syntax above keeps any Target assignable to this one; the loop hands each its own values back.
export type AnyTarget = Target<unknown, unknown, unknown>;
