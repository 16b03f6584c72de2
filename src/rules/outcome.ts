/** Accepted is not restarted, restarted is not cured: an order is followed until the failed checks are good. */
import type { Pursuit, Streak } from './state.ts';
import type { Circumstances, Limits, Outcome, Receipt } from './types.ts';

/** Two new good answers after the restart prove the cure. */
const GOOD_LOOKS = 2;

export interface Followed {
  pursuit: Pursuit | null;
  outcome: Outcome | null;
  sentence: string;
  /** The door said no: nothing was restarted, and it would say no again. */
  wasRefused: boolean;
}

export interface FollowContext {
  now: number;
  receipts: readonly Receipt[];
  circumstances: Circumstances;
  streaks: Readonly<Record<string, Streak>>;
  /** Something that the restart was to cure is bad just now. */
  troubled: boolean;
  limits: Limits;
}

/** One turn of following. A stage may be passed in the turn in which the one before it was reached. */
export function follow(pursuit: Pursuit, context: FollowContext): Followed {
  const receipt = context.receipts.find((r) => r.orderId === pursuit.order.id);
  if (receipt?.answer === 'refused' || receipt?.answer === 'conflict') {
    const sentence = `The restart was not carried out: ${receipt.detail}`;
    return { ...end('failed', sentence), wasRefused: receipt.answer === 'refused' };
  }
  let current = pursuit;
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
function isTooLate({ order, stage }: Pursuit, { now, circumstances, troubled, limits }: FollowContext): boolean {
  const age = now - order.at;
  if (age >= limits.relapseSeconds) return true;
  if (stage === 'ordered' || age < circumstances.graceSeconds) return false;
  const { bears, rollout } = circumstances;
  const isOnItsWay = rollout.known && rollout.value.state !== 'idle';
  if (stage === 'accepted' && !bears.known && bears.asked && !isOnItsWay) return false;
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

function isCarriedOut({ order }: Pursuit, { bears, startedAt }: Circumstances): boolean {
  if (bears.known) return bears.value === order.at;
  return !bears.asked && startedAt.known && startedAt.value > order.at;
}

/**
 * Only a look that can see what the instance bears may say that an order was lost; where instances bear nothing, one
 * that can see when it started. One that has shown nothing for a whole grace is not waited for.
 */
function wasNeverCarriedOut({ order }: Pursuit, { now, circumstances, limits }: FollowContext): boolean {
  const age = now - order.at;
  if (age < limits.unansweredSeconds) return false;
  const { bears, startedAt, graceSeconds, rollout } = circumstances;
  if (rollout.known && rollout.value.state === 'under_way') return false;
  return bears.known || (!bears.asked && (startedAt.known || age >= graceSeconds));
}

function isRestarted(pursuit: Pursuit, circumstances: Circumstances): boolean {
  const { rollout } = circumstances;
  const settled = rollout.known ? rollout.value.state === 'idle' : !rollout.asked;
  return settled && isCarriedOut(pursuit, circumstances);
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
