/** From a cause or a person's wish to one order, or to the vetoes that hold it back. The only door to a restart. */
import { tried } from './breaker.ts';
import { reserve } from './budget.ts';
import { type GuardContext, isSpokenAgainst, vetoesOf } from './guards.ts';
import type { Vote } from './majority.ts';
import type { Start, State } from './state.ts';
import { streakKey } from './streak.ts';
import type { Cause, Order, RemedyRule, Veto, Wish } from './types.ts';

/** What both kinds of candidate are judged by; `state` is that of the moment. */
export type Ground = Pick<GuardContext, 'now' | 'policy' | 'circumstances' | 'layers' | 'findings' | 'failing'> & {
  /** By the id of the voted check. */
  votes: Readonly<Record<string, Vote>>;
  incidentId: string | null;
};

export interface Judged {
  order: Order | null;
  vetoes: readonly Veto[];
  state: State;
}

/** The first cause, worst first, that no guard holds back. Without one the vetoes are those of the worst cause. */
export function judgeCauses(state: State, causes: readonly Cause[], ground: Ground): Judged {
  let held: readonly Veto[] = [];
  for (const [rank, cause] of causes.entries()) {
    const remedy = remedyFor(cause, state, ground);
    const vetoes = vetoesOf(contextOf(state, ground, { cause, remedy, person: false }), 'automatic');
    if (vetoes.length === 0 && remedy) {
      return placed(state, { cause, remedy, ground, by: 'warden', force: false, reason: cause.detail });
    }
    if (rank === 0) held = vetoes;
  }
  return { order: null, vetoes: held, state };
}

/** Why nothing is restarted for what one member has: no remedy for the whole is one for a member. */
export function whyNotForMember(state: State, cause: Cause | null, ground: Ground): readonly Veto[] {
  return cause ? vetoesOf(contextOf(state, ground, { cause, remedy: null, person: false }), 'automatic') : [];
}

/** A person's restart: fewer guards bind, and every refusal has its sentence. */
export function judgeWish(
  state: State,
  wish: Extract<Wish, { kind: 'restart' | 'force_restart' }>,
  cause: Cause | null,
  ground: Ground,
): Judged {
  const force = wish.kind === 'force_restart';
  const remedy = (cause && remedyFor(cause, state, ground)) ?? climbed(ground.policy.remedies, cause, state, ground);
  if (!remedy) {
    const veto = { guard: 'futile', sentence: 'No remedy is configured: this target is only observed.', until: null };
    return { order: null, vetoes: [veto], state };
  }
  const vetoes = vetoesOf(contextOf(state, ground, { cause, remedy, person: true }), force ? 'force' : 'person');
  if (vetoes.length > 0) return { order: null, vetoes, state };
  const reason = wish.reason === null ? `${wish.by} asked for it.` : `${wish.by} asked for it: ${wish.reason}`;
  return placed(state, { cause, remedy, ground, by: 'person', force, reason });
}

/** One breaker a cause; a person's restart without a cause has one of its own. */
export function signatureOf(target: string, cause: Cause | null): string {
  return `${target}:${cause?.check ?? 'person'}`;
}

function remedyFor(cause: Cause, state: State, ground: Ground): RemedyRule | null {
  const helping = ground.policy.remedies.filter((remedy) => remedy.helps[cause.check] !== undefined);
  return climbed(helping, cause, state, ground);
}

/**
 * The ladder: what did not help before gives way to the next. From there on the first that does no harm and may be
 * seen to work; where there is none the rung's own, whose vetoes say why.
 */
function climbed(
  ladder: readonly RemedyRule[],
  cause: Cause | null,
  state: State,
  { policy, circumstances }: Ground,
): RemedyRule | null {
  const failures = state.breakers[signatureOf(policy.target, cause)]?.failures ?? 0;
  const left = ladder.slice(Math.min(failures, ladder.length - 1));
  return left.find((remedy) => !isSpokenAgainst({ remedy, circumstances, state })) ?? left[0] ?? null;
}

function contextOf(
  state: State,
  ground: Ground,
  { cause, remedy, person }: Pick<GuardContext, 'cause' | 'remedy' | 'person'>,
): GuardContext {
  const rule = ground.policy.checks.find((row) => row.id === cause?.check) ?? null;
  const signature = signatureOf(ground.policy.target, cause);
  const vote = (rule && ground.votes[rule.id]) ?? null;
  return { ...ground, state, cause, rule, vote, remedy, signature, person };
}

interface Placing {
  cause: Cause | null;
  remedy: RemedyRule;
  ground: Ground;
  by: Order['by'];
  force: boolean;
  reason: string;
}

/** Reserves in the budget before anything is carried out: a crash must not forget an attempt. */
function placed(state: State, { cause, remedy, ground, by, force, reason }: Placing): Judged {
  const { policy, incidentId, circumstances } = ground;
  const at = Math.floor(ground.now);
  const signature = signatureOf(policy.target, cause);
  const ref = cause && { check: cause.check, layer: cause.layer, member: cause.member };
  const id = `${policy.target}-${at}`;
  const order: Order = { id, at, remedy: remedy.id, signature, cause: ref, by, force, reason, incidentId };
  const start: Start = { at, by, orderId: id, ...(remedy.proof === 'mark' ? {} : { isUnmarked: true }) };
  const breaker = tried(state.breakers[signature], id);
  const { instance } = circumstances;
  const isMarked = remedy.proof === 'mark';
  const proof = isMarked ? {} : { proof: remedy.proof, instance: instance.known ? instance.value : null };
  // What else the cause explained may have a second cause: it says nothing of this restart.
  const keys = cause ? [streakKey(cause.check, cause.member)] : [];
  return {
    order,
    vetoes: [],
    state: {
      ...state,
      starts: reserve(state.starts, start),
      lastStart: start,
      pursuit: { order, stage: 'ordered', keys, ...proof },
      breakers: breaker ? { ...state.breakers, [signature]: breaker } : state.breakers,
    },
  };
}
