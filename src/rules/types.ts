/**
 * The words of the engine, as plain JSON. Times are epoch seconds, durations are seconds.
 * Nothing here knows a product, a package, a clock or a door.
 */

/** What a look can say to one question. `not_observed`: nobody could look, so the check is not asked. */
export type Answer = 'ok' | 'bad' | 'unknown' | 'not_observed';

/** How much a confirmed-bad check weighs. `tells` informs only; `unknown` means blind, not sick. */
export type Severity = 'unhealthy' | 'degraded' | 'unknown' | 'tells';

export type Verdict = 'healthy' | 'starting' | 'degraded' | 'unhealthy' | 'unknown';

export interface LayerRule {
  id: string;
  /** What people call it inside a sentence, with its article; without it its id in words. */
  name?: string;
  standsOn: readonly string[];
  /** Inside the target's own process: while that starts, what this layer says opens no incident. */
  inside?: boolean;
  /** A person's restart is refused too while this layer is not well. */
  hard?: boolean;
  /** With none of these layers seen the verdict is `unknown`. */
  vital?: boolean;
}

/** The engine's part of a row in a target's table of checks. */
export interface CheckRule {
  id: string;
  layer: string;
  severity: Severity;
  /** A bad answer must last this long, by the evidence's own time, before it is confirmed. */
  forSeconds: number;
  /** A good answer must last this long before the check counts as cleared. */
  clearSeconds: number;
  /** `own`: as a cause it forbids automatic restarts. `all`: it forbids them wherever the cause lies. */
  forbids?: 'own' | 'all';
  /** Restarts that may fail to cure before the breaker opens; else the limit's number. */
  tries?: number;
  /** The target says it itself, no figure that a start would explain: it counts while the target starts, too. */
  evident?: true;
  /** Each member that it finds bad has an incident of its own, apart from the target's. */
  memberIncident?: boolean;
  /** Its answer is not looked up: it is the vote of the members of a kind over some of their checks. */
  vote?: { kind: string; checks: readonly string[] };
}

/**
 * What tells that an order was carried out. `mark`: the new instance bears the order's own time. `instance`: another
 * one than the order was for has started since. `start`: the target has started since, be it the same instance.
 */
export type Proof = 'mark' | 'instance' | 'start';

export interface RemedyRule {
  id: string;
  helps: Readonly<Record<string, 'cures' | 'may'>>;
  proof: Proof;
  /** It only ends the target: something else must start it again, and nobody knows whether there is anything. */
  needsRevival?: true;
  /** Names in `Circumstances.seen`; one marked optional may be `not_observed`, never unknown. */
  needs: readonly { seen: string; optional: boolean }[];
}

export interface Limits {
  intervalSeconds: number;
  confirmFailures: number;
  majorityPercent: number;
  /** Younger than this a target is `starting`, whatever it says. */
  youngSeconds: number;
  /** After the first answer of a run nothing is restarted for this long. */
  settleSeconds: number;
  groundReadySeconds: number;
  groundChangedSeconds: number;
  otherHealerSeconds: number;
  restartsPerHour: number;
  restartsPerDay: number;
  breakerTries: number;
  /** Rests of an open breaker, each followed by one trial; the last one repeats. */
  breakerRestSeconds: readonly number[];
  relapseSeconds: number;
  reopenSeconds: number;
  flapGoodSeconds: number;
  flapGoodMaxSeconds: number;
  clockRestSeconds: number;
  /** An order with no receipt, and not seen to be carried out by then, was not carried out. */
  unansweredSeconds: number;
  maintenanceSeconds: number;
}

/** All that is fixed for one target while the program runs. */
export interface Policy {
  target: string;
  layers: readonly LayerRule[];
  checks: readonly CheckRule[];
  /** The ladder, mildest first. Empty: observe only. */
  remedies: readonly RemedyRule[];
  limits: Limits;
  /** The option's value for automatic restarts; the switch starts from it. */
  automatic: boolean;
}

export interface Finding {
  check: string;
  member: string | null;
  answer: Answer;
  /** One sentence for a tired person. */
  detail: string;
  /** The evidence's own time. Two findings with one time are one answer. */
  at: number;
  /** The evidence shows that it was bad from here on already. */
  since?: number;
  /** An `ok` that shows no fault but does not prove recovery either. */
  proves?: false;
  /** The limit in words, e.g. "over 100 ms". */
  threshold?: string;
  evidence?: readonly string[];
}

/** A part of a target that answers for itself. */
export interface Member {
  kind: string;
  id: string;
  /** `true`, or why its voice does not count. */
  votes: true | 'disabled' | 'ignored';
  /** It has worked with its present settings. */
  worked: boolean;
  /** Proven reachable by a way of its own; null: nobody looked. */
  reachable: boolean | null;
}

/** A product-free fact that guards judge: known, or not, with its sentence. `asked: false` is `not_observed`. */
export type Circumstance<T> = { known: true; value: T } | { known: false; asked: boolean; why: string };

export interface Rollout {
  state: 'idle' | 'under_way' | 'failed';
  sentence: string;
}

/** Of several Wardens one acts. */
export interface Leader {
  isUs: boolean;
  name: string;
}

/** Something inside the target heals itself just now. */
export interface Healing {
  layer: string;
  member: string | null;
  until: number;
  sentence: string;
}

/** Why a restart would do harm, or nothing, just now. */
export interface Hazard {
  sentence: string;
  /** The remedies that it speaks against; null: all. */
  against: readonly string[] | null;
}

export interface Circumstances {
  /** Start of the present run of the target's process. */
  startedAt: Circumstance<number>;
  /** First answer in that run; null while it has not answered. */
  answeredAt: Circumstance<number | null>;
  /** How long a start may take in this run. */
  graceSeconds: number;
  /** Identity of the running instance; null: there is none. */
  instance: Circumstance<string | null>;
  /** The order time that the running instance bears; null: it bears none. */
  bears: Circumstance<number | null>;
  rollout: Circumstance<Rollout>;
  groundReadyAt: Circumstance<number>;
  groundChangedAt: Circumstance<number | null>;
  /** What remedies need, by name. */
  seen: Record<string, Circumstance<true>>;
  hazards: readonly Hazard[];
  healing: readonly Healing[];
  /** Last change of the shared ledger by another writer. */
  otherHealerAt: Circumstance<number | null>;
  /** Restart times in the shared ledger; `ours` are those of our own orders among them. */
  ledger: Circumstance<{ times: readonly number[]; ours: readonly number[] }>;
  leader: Circumstance<Leader>;
  clockJumpedAt: number | null;
}

/** What a person asked for. */
export type Wish =
  | { kind: 'restart' | 'force_restart'; by: string; reason: string | null }
  | { kind: 'check_now' | 'reset_breaker' | 'test_alert'; by: string }
  | { kind: 'automatic_restarts' | 'maintenance'; by: string; on: boolean }
  | { kind: 'acknowledge'; by: string; incidentId: string | null }
  | { kind: 'snooze'; by: string; incidentId: string | null; minutes: number };

export interface CauseRef {
  check: string;
  layer: string;
  member: string | null;
}

export interface Cause extends CauseRef {
  severity: Severity;
  detail: string;
}

/** A remedy to be carried out. `at` is whole seconds and names the order on the restarted instance. */
export interface Order {
  id: string;
  at: number;
  remedy: string;
  signature: string;
  cause: CauseRef | null;
  by: 'warden' | 'person';
  force: boolean;
  reason: string;
  incidentId: string | null;
}

/** What the door said to an order. */
export interface Receipt {
  orderId: string;
  answer: 'accepted' | 'refused' | 'conflict' | 'unanswered';
  detail: string;
}

export type Outcome = 'cured' | 'ineffective' | 'failed';

export interface Veto {
  guard: string;
  sentence: string;
  /** When it ends by itself; null: nobody knows. */
  until: number | null;
}

export type AnnouncementType =
  | 'opened'
  | 'changed'
  | 'resolved'
  | 'flapping'
  | 'restart_ordered'
  | 'cured'
  | 'ineffective'
  | 'failed'
  | 'refused'
  | 'breaker_opened'
  | 'breaker_reset'
  | 'chronic'
  | 'test';

/** One thing to tell people, decided once, delivered once. */
export interface Announcement {
  id: string;
  type: AnnouncementType;
  at: number;
  incidentId: string | null;
  cause: CauseRef | null;
  severity: Severity | null;
  /** The veto's guard, for `refused`. */
  guard: string | null;
  sentence: string;
  order: Order | null;
}

export type LayerState = 'good' | 'bad' | 'pending' | 'unknown' | 'not_observed';

export interface Input {
  now: number;
  findings: readonly Finding[];
  members: readonly Member[];
  circumstances: Circumstances;
  receipts: readonly Receipt[];
  wishes: readonly Wish[];
}
