/** Consecutive answers of one check: when bad is confirmed, when good is enough. */
import type { Streak } from './state.ts';
import type { CheckRule, Finding, Limits } from './types.ts';

/** One streak a check, or a check and a member. */
export function streakKey(check: string, member: string | null): string {
  return member === null ? check : `${check}/${member}`;
}

/** A gap of more than three intervals means that nobody looked. */
const GAP_INTERVALS = 3;

/** Bad often enough and for long enough without a gap: only this may lead to a restart. */
export function isConfirmed(streak: Streak | undefined, rule: CheckRule, limits: Limits): boolean {
  if (!streak || streak.bad < limits.confirmFailures) return false;
  return streak.at - streak.badSince >= rule.forSeconds;
}

/** Somebody has looked lately; what was counted before a longer gap says little now. */
export function isFresh(streak: Pick<Streak, 'seenAt'>, now: number, limits: Pick<Limits, 'intervalSeconds'>): boolean {
  return now - streak.seenAt <= GAP_INTERVALS * limits.intervalSeconds;
}

/** Confirmed, not cleared, and lately looked at: only this explains what fails above it. */
export function isStanding(streak: Streak | undefined, now: number, limits: Limits): boolean {
  return streak?.latched === true && isFresh(streak, now, limits);
}

/** Good, and nothing else, for at least this long. */
export function isGoodFor(streak: Streak | undefined, seconds: number): boolean {
  return streak !== undefined && streak.good > 0 && streak.at - streak.goodSince >= seconds;
}

/** What was bad in a run that is over says nothing of the present one; what was good stays good until it is bad. */
function isOfEarlierRun({ bad, at }: Streak, begunAt: number | null): boolean {
  return begunAt !== null && bad > 0 && at < begunAt;
}

/**
 * The streak after one finding. Blindness leaves it as it is; evidence that did not move only shows that we looked.
 * `begunAt`: start of the present run, for a check about its inside.
 */
export function extend(
  before: Streak | undefined,
  finding: Finding,
  rule: CheckRule,
  { now, limits, begunAt = null }: { now: number; limits: Limits; begunAt?: number | null },
): Streak | undefined {
  if (finding.answer === 'unknown' || finding.answer === 'not_observed' || finding.proves === false) return before;
  const bad = finding.answer === 'bad';
  const kept = before && isFresh(before, now, limits) && !isOfEarlierRun(before, begunAt) ? before : undefined;
  if (kept && kept.at === finding.at && kept.bad > 0 === bad) return { ...kept, seenAt: now, detail: finding.detail };

  const run = kept ?? { bad: 0, good: 0, badSince: 0, goodSince: 0 };
  const since = finding.since ?? finding.at;
  const begun = bad && begunAt !== null ? Math.max(since, Math.min(begunAt, finding.at)) : since;
  const next: Streak = {
    bad: bad ? run.bad + 1 : 0,
    good: bad ? 0 : run.good + 1,
    // The evidence's clock may step back; a streak never lasts longer than its own evidence says.
    badSince: bad && run.bad > 0 ? Math.min(run.badSince, begun) : begun,
    goodSince: !bad && run.good > 0 ? Math.min(run.goodSince, begun) : begun,
    at: finding.at,
    seenAt: now,
    latched: before?.latched ?? false,
    detail: finding.detail,
  };
  next.latched = isLatched(next, rule, limits);
  return next;
}

function isLatched(streak: Streak, rule: CheckRule, limits: Limits): boolean {
  if (isConfirmed(streak, rule, limits)) return true;
  return streak.latched && !isGoodFor(streak, rule.clearSeconds);
}
