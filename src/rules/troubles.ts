/** What is bad now, sorted by whose incident it is: the target's, or a member's own. */
import { causesOf, failingChecks, memberCausesOf } from './cause.ts';
import type { Trouble } from './incident.ts';
import type { Vote } from './majority.ts';
import type { Incident, Streak } from './state.ts';
import { streakKey } from './streak.ts';
import type { Cause, Finding, Policy, Verdict } from './types.ts';
import { isExplainedByStart } from './verdict.ts';

export interface TroubleContext {
  policy: Policy;
  /** All that are bad, or confirmed and not cleared; others may be among them. */
  findings: readonly Finding[];
  streaks: Readonly<Record<string, Streak>>;
  incidents: readonly Incident[];
  verdict: Verdict;
  now: number;
}

/**
 * The target's trouble first. Nothing opens for what is good by now and only not yet cleared. While the target starts,
 * what its inside says opens nothing new; while the target itself is unhealthy, or a vote is about to make it so, no
 * member opens an incident of its own: it could not be told apart.
 */
export function troublesOf(context: TroubleContext): readonly Trouble[] {
  const target = targetTrouble(context);
  const isTargetOut = target?.severity === 'unhealthy' || isVotedOut(context) || context.verdict === 'starting';
  const members = memberTroubles(context).filter(({ member }) => !isTargetOut || isOpen(context, member));
  return [...(target ? [target] : []), ...members].filter((trouble) => isStanding(trouble, context));
}

/** The first of the causes that is worth naming: what a start explains is not, unless its incident is open already. */
export function namedCause(
  causes: readonly Cause[],
  { verdict, incidents }: Pick<TroubleContext, 'verdict' | 'incidents'>,
  policy: Policy,
): Cause | null {
  const isTold = ({ check, member }: Cause) =>
    incidents.some((i) => i.status === 'open' && i.keys.includes(streakKey(check, member)));
  return causes.find((one) => verdict !== 'starting' || !isExplainedByStart(one, policy) || isTold(one)) ?? null;
}

/** Bad just now, or of an incident that is open already. */
function isStanding({ member, keys }: Trouble, context: TroubleContext): boolean {
  return isOpen(context, member) || keys.some((key) => (context.streaks[key]?.bad ?? 0) > 0);
}

function targetTrouble(context: TroubleContext): Trouble | null {
  const { policy, findings, streaks, verdict, now } = context;
  const failing = failingChecks(policy.checks, findings, streaks, { now, limits: policy.limits }).filter(
    ({ rule, member }) =>
      verdict !== 'starting' ||
      !isExplainedByStart({ check: rule.id, layer: rule.layer }, policy) ||
      isOpen(context, null, streakKey(rule.id, member)),
  );
  const [cause] = causesOf(failing, policy.layers);
  if (!cause) return null;
  return { member: null, ...toldOf(cause), keys: failing.map((f) => streakKey(f.rule.id, f.member)) };
}

function memberTroubles({ policy, findings, streaks, now }: TroubleContext): readonly Trouble[] {
  const { checks, layers, limits } = policy;
  return memberCausesOf(checks, layers, findings, { streaks, now, limits }).map(({ member, cause, keys }) => {
    return { member, ...toldOf(cause), keys };
  });
}

interface Voted extends Pick<TroubleContext, 'findings' | 'streaks'> {
  votes: Readonly<Record<string, Pick<Vote, 'answer'>>>;
}

/** What members have of their own, worst first. While they vote the whole down, it is the whole's. */
export function ownCauses(
  { checks, layers, limits }: Policy,
  { findings, streaks, votes }: Voted,
  now: number,
): readonly Cause[] {
  if (Object.values(votes).some(({ answer }) => answer === 'bad')) return [];
  return memberCausesOf(checks, layers, findings, { streaks, now, limits })
    .filter(({ isStanding }) => isStanding)
    .map(({ cause }) => cause);
}

function toldOf({ check, layer, member, severity, detail }: Cause): Pick<Trouble, 'cause' | 'severity' | 'detail'> {
  return { cause: { check, layer, member }, severity, detail };
}

function isVotedOut({ policy, findings }: TroubleContext): boolean {
  const votes = policy.checks.filter((rule) => rule.vote).map((rule) => rule.id);
  return findings.some((f) => f.answer === 'bad' && votes.includes(f.check));
}

function isOpen({ incidents }: TroubleContext, member: string | null, key?: string): boolean {
  return incidents.some(
    (i) => i.status === 'open' && i.member === member && (key === undefined || i.keys.includes(key)),
  );
}
