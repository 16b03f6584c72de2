/** What is bad now, sorted by whose incident it is: the target's, or a member's own. */
import { causesOf, failingChecks } from './cause.ts';
import type { Trouble } from './incident.ts';
import type { Incident, Streak } from './state.ts';
import { streakKey } from './streak.ts';
import type { Cause, CheckRule, Finding, Policy, Verdict } from './types.ts';
import { isInside } from './verdict.ts';

export interface TroubleContext {
  policy: Policy;
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

/** Bad just now, or of an incident that is open already. */
function isStanding({ member, keys }: Trouble, context: TroubleContext): boolean {
  return isOpen(context, member) || keys.some((key) => (context.streaks[key]?.bad ?? 0) > 0);
}

function targetTrouble(context: TroubleContext): Trouble | null {
  const { policy, findings, streaks, verdict, now } = context;
  const failing = failingChecks(policy.checks, findings, streaks, { now, limits: policy.limits }).filter(
    ({ rule, member }) =>
      verdict !== 'starting' ||
      !isInside(rule.layer, policy.layers) ||
      isOpen(context, null, streakKey(rule.id, member)),
  );
  const [cause] = causesOf(failing, policy.layers);
  if (!cause) return null;
  return { member: null, ...toldOf(cause), keys: failing.map((f) => streakKey(f.rule.id, f.member)) };
}

function memberTroubles({ policy, findings, streaks, now }: TroubleContext): readonly Trouble[] {
  const rows = policy.checks.filter((rule) => rule.memberIncident).map(asOwn);
  const failing = failingChecks(rows, findings, streaks, { now, limits: policy.limits });
  const members = [...new Set(failing.map((f) => f.member))].filter((member) => member !== null);
  return members.flatMap((member) => {
    const own = failing.filter((f) => f.member === member);
    const [cause] = causesOf(own, policy.layers);
    if (!cause) return [];
    return [{ member, ...toldOf(cause), keys: own.map((f) => streakKey(f.rule.id, member)) }];
  });
}

function toldOf({ check, layer, member, severity, detail }: Cause): Pick<Trouble, 'cause' | 'severity' | 'detail'> {
  return { cause: { check, layer, member }, severity, detail };
}

function isVotedOut({ policy, findings }: TroubleContext): boolean {
  const votes = policy.checks.filter((rule) => rule.vote).map((rule) => rule.id);
  return findings.some((f) => f.answer === 'bad' && votes.includes(f.check));
}

/** The same row, judged as if its member were the target. */
function asOwn(rule: CheckRule): CheckRule {
  return { ...rule, memberIncident: false };
}

function isOpen({ incidents }: TroubleContext, member: string | null, key?: string): boolean {
  return incidents.some(
    (i) => i.status === 'open' && i.member === member && (key === undefined || i.keys.includes(key)),
  );
}
