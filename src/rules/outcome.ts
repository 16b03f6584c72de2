/** Accepted is not restarted, restarted is not cured: an order is followed until the failed checks are good. */
import type { Pursuit, Streak } from './state.ts';
import type { Circumstance, Circumstances, Limits, Order, Outcome, Proof, Receipt } from './types.ts';

/** Two new good answers after the restart prove the cure. */
const GOOD_LOOKS = 2;

export interface Followed {
  pursuit: Pursuit | null;
  outcome: Outcome | null;
  sentence: string;
  /** The door said no: nothing was restarted, and it would say no again. */
  wasRefused: boolean;
  /** It went down and did not come back, though nobody but others could have started it again. */
  isGone?: true;
}

export interface FollowContext {
  now: number;
  receipts: readonly Receipt[];
  circumstances: Circumstances;
  streaks: Readonly<Record<string, Streak>>;
  /** Something that the restart was to cure is bad just now. */
  troubled: boolean;
  /** Something else must start the target again. */
  needsRevival?: boolean;
  /** What the remedy needs of the target is not seen just now: it may be on its way down. */
  isMute?: boolean;
  /** Of this life of the Warden. */
  isFirstLook?: boolean;
  limits: Limits;
}

/** One turn of following. A stage may be passed in the turn in which the one before it was reached. */
export function follow(pursuit: Pursuit, context: FollowContext): Followed {
  const receipt = context.receipts.find((r) => r.orderId === pursuit.order.id);
  if (receipt?.answer === 'refused' || receipt?.answer === 'conflict') {
    const sentence = `The restart was not carried out: ${receipt.detail}`;
    return { ...end('failed', sentence), wasRefused: receipt.answer === 'refused' };
  }
  if (context.needsRevival && isSilent(pursuit, context)) return awaited(pursuit, receipt, context);
  const { silentSince: _seenAgain, ...seen } = pursuit;
  let current: Pursuit = seen;
  if (current.stage === 'ordered') {
    if (receipt?.answer === 'accepted' || isCarriedOut(current, context.circumstances)) {
      current = { ...current, stage: 'accepted' };
    } else if (wasNeverCarriedOut(current, context)) {
      return end('failed', 'The restart was ordered, but nothing shows that it was carried out.');
    }
  }
  if (current.stage === 'accepted' && isRestarted(current, context.circumstances)) {
    current = { ...current, stage: 'restarted' };
  }
  if (current.stage === 'restarted' && firstAnswer(current, context.circumstances) !== null) {
    current = { ...current, stage: 'answering' };
  }
  if (current.stage === 'answering' && isCured(current, context)) {
    const isCure = pursuit.order.cause !== null;
    return end('cured', isCure ? CURED : 'It was restarted and answers again.');
  }
  if (isTooLate(current, context)) return end('ineffective', ineffectiveSentence(current));
  return { pursuit: current, outcome: null, sentence: STAGES[current.stage], wasRefused: false };
}

const GONE =
  'It was told to restart and has not come back: nothing may be there that starts it again, so start it by hand. ' +
  'This kind of restart is switched off until a person resets the breaker.';

/** It is neither seen to run on nor to have started. */
function isSilent({ stage }: Pursuit, { circumstances: { startedAt } }: FollowContext): boolean {
  return (stage === 'ordered' || stage === 'accepted') && !startedAt.known;
}

/** What was silent while nobody looked may have been back meanwhile: a whole grace must have been watched. */
function awaited(
  pursuit: Pursuit,
  receipt: Receipt | undefined,
  { now, isFirstLook, circumstances }: FollowContext,
): Followed {
  const silentSince = isFirstLook ? now : (pursuit.silentSince ?? now);
  if (now - silentSince >= circumstances.graceSeconds) return { ...end('ineffective', GONE), isGone: true };
  const stage = receipt?.answer === 'accepted' ? 'accepted' : pursuit.stage;
  return { pursuit: { ...pursuit, stage, silentSince }, outcome: null, sentence: STAGES[stage], wasRefused: false };
}

const CURED = 'The new instance answers and what failed is good again.';

const STAGES: Record<Pursuit['stage'], string> = {
  ordered: 'A restart is ordered and not yet seen.',
  accepted: 'A restart was accepted and the new instance is not there yet.',
  restarted: 'The new instance is there and has not answered yet.',
  answering: 'The new instance answers; what failed is not yet proven good.',
};

/**
 * After the grace it is ineffective if the new instance is not there, does not answer, or something is still bad.
 * What cannot be seen is waited for; what is neither good nor bad (nothing moves at night) is given up when a relapse
 * would no longer count.
 */
function isTooLate({ order, stage, proof }: Pursuit, { now, circumstances, troubled, limits }: FollowContext): boolean {
  const age = now - order.at;
  if (age >= limits.relapseSeconds) return true;
  if (stage === 'ordered' || age < circumstances.graceSeconds) return false;
  const { rollout } = circumstances;
  const isOnItsWay = rollout.known && rollout.value.state !== 'idle';
  if (stage === 'accepted' && PROOFS[proof ?? 'mark'].isHidden(circumstances) && !isOnItsWay) return false;
  const canWait = stage === 'answering' || (stage === 'restarted' && !circumstances.answeredAt.known);
  return troubled || !canWait;
}

function ineffectiveSentence(pursuit: Pursuit): string {
  if (pursuit.stage === 'ordered') return 'Whether the restart was carried out could not be seen in all that time.';
  if (pursuit.stage === 'accepted') return 'The restart was accepted, but no new instance came up in time.';
  if (pursuit.stage === 'restarted') return 'The new instance did not answer in time.';
  return 'The restart was carried out, but what failed did not become good in time.';
}

function end(outcome: Outcome, sentence: string): Followed {
  return { pursuit: null, outcome, sentence, wasRefused: false };
}

interface ProofRow {
  /** Where one looks for it, something is seen. */
  isSeen(circumstances: Circumstances): boolean;
  /** Somebody should see it, and cannot just now: that says nothing. */
  isHidden(circumstances: Circumstances): boolean;
  shows(pursuit: Pursuit, circumstances: Circumstances): boolean;
}

/** TABLE: what shows that an order was carried out. */
const PROOFS: Readonly<Record<Proof, ProofRow>> = {
  mark: {
    // Where instances bear nothing, a start tells.
    isSeen: ({ bears, startedAt }) => bears.known || (!bears.asked && startedAt.known),
    isHidden: ({ bears }) => isHidden(bears),
    shows: ({ order }, { bears, startedAt }) =>
      bears.known ? bears.value === order.at : !bears.asked && isLater(startedAt, order),
  },
  instance: {
    isSeen: ({ instance }) => instance.known,
    isHidden: ({ instance }) => isHidden(instance),
    // The old one is going, or another has taken its place.
    shows: ({ instance: before }, { instance }) => instance.known && instance.value !== (before ?? null),
  },
  start: {
    isSeen: ({ startedAt }) => startedAt.known,
    // An instance that is seen and has not started is not hidden.
    isHidden: ({ startedAt, instance }) => isHidden(startedAt) && isHidden(instance),
    shows: ({ order }, { startedAt }) => isLater(startedAt, order),
  },
};

function isHidden(fact: Circumstance<unknown>): boolean {
  return !fact.known && fact.asked;
}

function isLater(startedAt: Circumstance<number>, { at }: Order): boolean {
  return startedAt.known && startedAt.value > at;
}

function isCarriedOut(pursuit: Pursuit, circumstances: Circumstances): boolean {
  return PROOFS[pursuit.proof ?? 'mark'].shows(pursuit, circumstances);
}

/**
 * Only a look that can see what would show it may say that an order was lost. What nobody hides and nobody has seen for
 * a whole grace is not waited for. What was told to restart and has fallen silent may take minutes to stop.
 */
function wasNeverCarriedOut({ order, proof }: Pursuit, context: FollowContext): boolean {
  const { now, circumstances, limits, isMute = false } = context;
  const age = now - order.at;
  if (age < limits.unansweredSeconds) return false;
  const { graceSeconds, rollout } = circumstances;
  if (proof === 'start' && isMute && age < graceSeconds) return false;
  if (rollout.known && rollout.value.state === 'under_way') return false;
  const { isSeen, isHidden: isUnseen } = PROOFS[proof ?? 'mark'];
  return isSeen(circumstances) || (!isUnseen(circumstances) && age >= graceSeconds);
}

/** A new mark is no new run while the old one is still going; the run of a new instance has begun after the order. */
function isRestarted(pursuit: Pursuit, circumstances: Circumstances): boolean {
  if (!isCarriedOut(pursuit, circumstances)) return false;
  const { order, proof = 'mark' } = pursuit;
  const { rollout, startedAt } = circumstances;
  if (proof === 'start') return true;
  const isSettled = rollout.known ? rollout.value.state === 'idle' : !rollout.asked;
  return isSettled && (proof === 'mark' || isLater(startedAt, order));
}

/** Where nobody can ask whether it answers, nothing waits for it. */
function firstAnswer({ order }: Pursuit, { answeredAt }: Circumstances): number | null {
  if (answeredAt.known) return answeredAt.value;
  return answeredAt.asked ? null : order.at;
}

/** What the old instance showed on its way out proves nothing: the last good answer must be one of the new. */
function isCured(pursuit: Pursuit, { streaks, circumstances }: FollowContext): boolean {
  const { order, keys } = pursuit;
  const answered = firstAnswer(pursuit, circumstances);
  if (answered === null) return false;
  return keys.every((key) => {
    const streak = streaks[key];
    return streak !== undefined && streak.good >= GOOD_LOOKS && streak.goodSince > order.at && streak.at > answered;
  });
}
