/** TABLE: who may veto a restart, and with what sentence. All are asked; the first veto is "held back by". */
import { isResting, restEnd } from './breaker.ts';
import { spent } from './budget.ts';
import { layersBelow } from './layers.ts';
import { isMajority, type Vote } from './majority.ts';
import type { State } from './state.ts';
import { isConfirmed, isFresh, streakKey } from './streak.ts';
import type {
  Cause,
  CheckRule,
  Circumstance,
  Circumstances,
  Finding,
  LayerState,
  Policy,
  RemedyRule,
  Veto,
} from './types.ts';

/** Whom a guard binds: everybody, or only the automatic. `hard`: a person too, where the hard ground is not well. */
type Binds = 'always' | 'automatic' | 'hard';

export interface GuardContext {
  now: number;
  policy: Policy;
  state: State;
  circumstances: Circumstances;
  layers: Readonly<Record<string, LayerState>>;
  /** Of this turn. */
  findings: readonly Finding[];
  cause: Cause | null;
  /** All that is confirmed bad, whatever the cause. */
  failing: readonly CheckRule[];
  rule: CheckRule | null;
  vote: Vote | null;
  remedy: RemedyRule | null;
  signature: string;
  /** A person asked for it. */
  person: boolean;
}

interface Guard {
  id: string;
  /** What binds a person's restart, and a person's forced one. */
  person: Binds;
  force: Binds;
  veto(context: GuardContext): string | { sentence: string; until: number } | null;
}

export const GUARDS: readonly Guard[] = [
  {
    id: 'observe_only',
    person: 'automatic',
    force: 'automatic',
    veto: ({ state }) => (state.automatic ? null : 'Automatic restarts are switched off.'),
  },
  {
    id: 'maintenance',
    person: 'automatic',
    force: 'automatic',
    veto: ({ state, now }) =>
      state.maintenanceUntil !== null && now < state.maintenanceUntil
        ? { sentence: 'Maintenance is on.', until: state.maintenanceUntil }
        : null,
  },
  {
    id: 'unconfirmed',
    person: 'automatic',
    force: 'automatic',
    veto: ({ state, cause, rule, policy, now, findings }) => {
      if (state.looks < FIRST_LOOKS) return 'The Warden has just started and has not looked twice yet.';
      if (!cause || !rule) return 'No fault is confirmed.';
      const streak = state.streaks[streakKey(cause.check, cause.member)];
      const found = findings.find((f) => f.check === cause.check && f.member === cause.member);
      // Old evidence is no reason to act: it must be bad in this very look.
      const isBadNow = found ? found.answer === 'bad' : streak && isFresh(streak, now, policy.limits);
      if (isBadNow && isConfirmed(streak, rule, policy.limits)) return null;
      return found?.answer === 'ok' || streak?.bad === 0
        ? 'The fault is gone, but not yet for long enough to be sure.'
        : 'The fault is not confirmed: it was not seen in every look up to now.';
    },
  },
  {
    id: 'minority',
    person: 'automatic',
    force: 'automatic',
    veto: ({ rule, vote }) => (rule?.vote && vote?.answer !== 'bad' ? (vote?.detail ?? 'There was no vote.') : null),
  },
  {
    id: 'futile',
    person: 'automatic',
    force: 'automatic',
    veto: ({ policy, state, now, failing, cause, rule, remedy }) => {
      const forbidden = failing.find((row) => row.forbids === 'all');
      if (forbidden) return `A restart could do harm while ${forbidden.id} is bad.`;
      if (rule?.forbids) return `A restart could do harm, and does not cure ${rule.id}.`;
      if (remedy) return vetoRefused(state, now);
      if (policy.remedies.length === 0) return 'No remedy is configured: this target is only observed.';
      return cause
        ? `No configured remedy helps against ${cause.check}.`
        : 'Nothing is wrong that a remedy helps against.';
    },
  },
  {
    id: 'never_worked',
    person: 'automatic',
    force: 'automatic',
    veto: ({ rule, vote, policy }) =>
      rule?.vote && vote && !isMajority(vote.badAndWorked.length, vote.voters.length, policy.limits.majorityPercent)
        ? 'Too few of those that fail ever worked with their present settings: a restart does not mend settings.'
        : null,
  },
  { id: 'starting', person: 'automatic', force: 'automatic', veto: vetoStarting },
  {
    id: 'inner_healing',
    person: 'automatic',
    force: 'automatic',
    veto: ({ circumstances, cause, now }) => {
      const healing = circumstances.healing.find(
        (one) => cause?.layer === one.layer && (one.member === null || one.member === cause.member) && now < one.until,
      );
      return healing ? { sentence: healing.sentence, until: healing.until } : null;
    },
  },
  { id: 'lower_layer', person: 'hard', force: 'hard', veto: vetoLowerLayer },
  { id: 'blind', person: 'always', force: 'always', veto: vetoBlind },
  {
    id: 'in_progress',
    person: 'always',
    force: 'always',
    veto: ({ state, circumstances: { rollout }, person }) => {
      if (state.pursuit) return 'Whether the last restart helped is not known yet.';
      // A rollout that has failed is under way no more: a person may have mended what it failed of.
      const isOver = rollout.known && (rollout.value.state === 'idle' || (person && rollout.value.state === 'failed'));
      return rollout.known && !isOver ? rollout.value.sentence : null;
    },
  },
  {
    id: 'unsafe_rollout',
    person: 'always',
    force: 'automatic',
    veto: (context) => vetoHarm(context),
  },
  {
    id: 'other_healer',
    person: 'always',
    force: 'automatic',
    veto: ({ circumstances: { otherHealerAt }, now, policy }) => {
      if (!otherHealerAt.known || otherHealerAt.value === null) return null;
      const until = otherHealerAt.value + policy.limits.otherHealerSeconds;
      return now < until
        ? { sentence: 'Another checker has just written to the shared restart ledger, and may be acting.', until }
        : null;
    },
  },
  { id: 'budget', person: 'always', force: 'always', veto: vetoBudget },
  {
    id: 'breaker',
    person: 'always',
    force: 'always',
    veto: ({ state, signature, now, policy }) => {
      const breaker = state.breakers[signature];
      const rests = policy.limits.breakerRestSeconds;
      if (!breaker || !isResting(breaker, now, rests)) return null;
      const count = plural(breaker.failures, 'restart');
      const sentence = `${count} did not cure this. Only a person can allow the next one earlier.`;
      return { sentence, until: restEnd(breaker, rests) ?? now };
    },
  },
  {
    id: 'not_leader',
    person: 'always',
    force: 'always',
    veto: ({ circumstances: { leader } }) => {
      if (leader.known) {
        const { isUs, name } = leader.value;
        return isUs ? null : `Another Warden leads (${name}): it holds the lease, and restarts are left to it.`;
      }
      return leader.asked ? `Whether this Warden leads is not known: ${leader.why}` : null;
    },
  },
  {
    id: 'clock',
    person: 'always',
    force: 'always',
    veto: ({ circumstances: { clockJumpedAt }, now, policy }) => {
      if (clockJumpedAt === null) return null;
      const until = clockJumpedAt + policy.limits.clockRestSeconds;
      return now < until ? { sentence: 'The wall clock has jumped, so times cannot be trusted.', until } : null;
    },
  },
];

/** Looks after the Warden's own start before anything may be ordered. */
const FIRST_LOOKS = 2;

/** Every veto against this restart, in the order of the table. */
export function vetoesOf(context: GuardContext, mode: 'automatic' | 'person' | 'force'): readonly Veto[] {
  return GUARDS.flatMap((guard) => {
    if (mode !== 'automatic' && guard[mode] === 'automatic') return [];
    const veto = guard.veto(context);
    if (veto === null) return [];
    return [typeof veto === 'string' ? { guard: guard.id, sentence: veto, until: null } : { guard: guard.id, ...veto }];
  });
}

/** What was refused is refused again until somebody grants the right; asking costs budget each time. */
const REFUSED_REST_SECONDS = 900;

function vetoRefused({ refusal }: GuardContext['state'], now: number): ReturnType<Guard['veto']> {
  if (refusal === null || now - refusal.at >= REFUSED_REST_SECONDS) return null;
  return { sentence: `The last restart was refused. ${refusal.sentence}`, until: refusal.at + REFUSED_REST_SECONDS };
}

function vetoStarting({ circumstances, now, policy }: GuardContext): ReturnType<Guard['veto']> {
  const { startedAt, answeredAt, graceSeconds } = circumstances;
  if (!answeredAt.known) return answeredAt.asked ? `Whether it has answered yet is not known: ${answeredAt.why}` : null;
  if (answeredAt.value !== null) {
    const until = answeredAt.value + policy.limits.settleSeconds;
    return now < until ? { sentence: 'It has only just begun to answer after its start.', until } : null;
  }
  if (!startedAt.known) return `It has not answered, and when it started is not known: ${startedAt.why}`;
  const until = startedAt.value + graceSeconds;
  return now < until ? { sentence: 'It is starting and has not answered yet.', until } : null;
}

/** A person is held back only by ground that is marked hard; the automatic by all ground. */
function vetoLowerLayer(context: GuardContext): ReturnType<Guard['veto']> {
  const { policy, cause, layers, person } = context;
  const below = cause ? layersBelow(cause.layer, policy.layers) : [];
  const hard = policy.layers.filter((layer) => layer.hard).map((layer) => layer.id);
  const asked = person ? hard : [...below, ...hard];
  for (const layer of asked) {
    const state = layers[layer];
    if (state === 'bad') return `The layer ${layer} below is bad.`;
    if (state === 'pending') return `The layer ${layer} below looks bad and is not yet confirmed.`;
    if (state === 'unknown') return `The layer ${layer} below cannot be seen.`;
  }
  return vetoUnstableGround(context);
}

function vetoUnstableGround({ circumstances, now, policy }: GuardContext): ReturnType<Guard['veto']> {
  const { groundReadyAt, groundChangedAt } = circumstances;
  if (groundReadyAt.known) {
    const until = groundReadyAt.value + policy.limits.groundReadySeconds;
    if (now < until) return { sentence: 'What it runs on became ready only a moment ago.', until };
  }
  if (groundChangedAt.known && groundChangedAt.value !== null) {
    const until = groundChangedAt.value + policy.limits.groundChangedSeconds;
    if (now < until) return { sentence: 'What it runs on was upgraded or rebooted only a moment ago.', until };
  }
  return null;
}

/** What the guards know of a remedy alone, whatever it is for: the ladder passes over what they speak against. */
export function isSpokenAgainst(given: Pick<GuardContext, 'remedy' | 'circumstances' | 'state'>): boolean {
  return vetoHarm(given) !== null || vetoBlind(given) !== null;
}

function vetoHarm({
  remedy,
  circumstances: { hazards },
  state: { switchedOff },
}: Pick<GuardContext, 'remedy' | 'circumstances' | 'state'>): string | null {
  const hazard = hazards.find(({ against }) => against === null || (remedy !== null && against.includes(remedy.id)));
  return hazard?.sentence ?? (remedy ? (switchedOff[remedy.id] ?? null) : null);
}

/** What the remedy needs and is not seen, a sentence. */
export function vetoBlind({ remedy, circumstances }: Pick<GuardContext, 'remedy' | 'circumstances'>): string | null {
  for (const need of remedy?.needs ?? []) {
    const fact: Circumstance<true> | undefined = circumstances.seen[need.seen];
    if (fact?.known || (need.optional && fact?.asked === false)) continue;
    return `The ${need.seen} must be seen before a restart: ${fact?.why ?? 'it was not looked at.'}`;
  }
  return null;
}

function vetoBudget({ state, circumstances: { ledger }, now, policy }: GuardContext): ReturnType<Guard['veto']> {
  if (state.chronicSince !== null) return 'The daily limit was reached without a lasting cure: a person must reset it.';
  if (!ledger.known && ledger.asked) return `The shared ledger cannot be read: ${ledger.why}`;
  const { exhausted, until } = spent(state.starts, now, policy.limits);
  if (exhausted === null) return null;
  const { restartsPerHour, restartsPerDay } = policy.limits;
  const sentence =
    exhausted === 'hour'
      ? `The budget of ${plural(restartsPerHour, 'start')} an hour is used up.`
      : `The budget of ${plural(restartsPerDay, 'start')} in 24 hours is used up.`;
  return { sentence, until: until ?? now };
}

function plural(n: number, noun: string): string {
  return n === 1 ? `${n} ${noun}` : `${n} ${noun}s`;
}
