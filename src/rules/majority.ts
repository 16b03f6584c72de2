/** The members speak for the whole, if more than a given share of them does. */

import { layersBelow } from './layers.ts';
import type { Streak } from './state.ts';
import { isConfirmed, streakKey } from './streak.ts';
import type { Answer, CheckRule, Finding, LayerRule, Limits, Member } from './types.ts';

export interface Vote {
  answer: Answer;
  detail: string;
  voters: readonly string[];
  bad: readonly string[];
  /** Bad ones that worked before with their present settings. */
  badAndWorked: readonly string[];
}

export interface Ballot {
  kind: string;
  checks: readonly string[];
  members: readonly Member[];
  findings: readonly Finding[];
  streaks: Readonly<Record<string, Streak>>;
  rules: readonly CheckRule[];
  layers: readonly LayerRule[];
  limits: Limits;
}

/** More than the share; exactly the share is no majority, and nobody is no majority either. */
export function isMajority(part: number, whole: number, percent: number): boolean {
  return whole > 0 && part * 100 > whole * percent;
}

/**
 * The vote of all members of a kind. A voter that cannot be seen counts as a voter, for or against nobody knows:
 * the answer is `bad` only if it is bad whatever the unseen ones would say.
 */
export function vote(ballot: Ballot): Vote {
  const enabled = ballot.members.filter((m) => m.kind === ballot.kind && m.votes === true);
  const polled = poll(ballot);
  const explained = enabled.filter((m) => isExplained(m.id, polled));
  const voters = enabled.filter((m) => !explained.includes(m));
  const opinions = new Map(voters.map((m) => [m.id, opinion(m.id, polled)]));
  const bad = voters.filter((m) => opinions.get(m.id) === 'bad');
  const clearing = voters.filter((m) => opinions.get(m.id) === 'clearing');
  const unseen = voters.filter((m) => opinions.get(m.id) === 'unknown');
  const ids = {
    voters: voters.map((m) => m.id),
    bad: bad.map((m) => m.id),
    badAndWorked: bad.filter((m) => m.worked).map((m) => m.id),
  };
  const say = (answer: Answer, detail: string): Vote => ({ answer, detail, ...ids });
  const percent = ballot.limits.majorityPercent;
  const count = `${bad.length} of ${voters.length} fail`;

  if (enabled.length === 0) {
    const isKnown = ballot.members.some((m) => m.kind === ballot.kind);
    return isKnown ? say('not_observed', 'All are switched off or ignored.') : say('unknown', 'No voter is known.');
  }
  if (explained.length * 2 >= enabled.length) {
    return say('unknown', `${explained.length} of ${enabled.length} have a cause of their own: the fault lies below.`);
  }
  if (isMajority(bad.length, voters.length, percent)) {
    const single = voters.length === 1 ? voters[0] : undefined;
    if (single && single.reachable !== true) {
      return say('unknown', `${single.id} is the only voter, and nobody has proven that it can be reached.`);
    }
    return say('bad', `${count}: ${ids.bad.join(', ')}.`);
  }
  if (isMajority(bad.length + clearing.length + unseen.length, voters.length, percent)) {
    const back = clearing.length > 0 ? [`${clearing.length} good again but not yet for long enough`] : [];
    const hidden = unseen.length > 0 ? [`${unseen.length} cannot be seen`] : [];
    return say('unknown', `${count}, and ${[...back, ...hidden].join(', ')}.`);
  }
  return say('ok', `${count}.`);
}

/** What is the same for every member, and what was found of each, gathered once: there may be many. */
interface Polled {
  streaks: Ballot['streaks'];
  limits: Limits;
  voted: readonly CheckRule[];
  /** What could explain the fault of a member. */
  below: readonly CheckRule[];
  found: ReadonlyMap<string | null, readonly Finding[]>;
}

function poll({ rules, checks, layers, findings, streaks, limits }: Ballot): Polled {
  const voted = rules.filter((rule) => checks.includes(rule.id));
  const ground = new Set(voted.flatMap((rule) => layersBelow(rule.layer, layers)));
  const below = rules.filter((rule) => ground.has(rule.layer) && rule.severity !== 'tells');
  return { streaks, limits, voted, below, found: Map.groupBy(findings, (finding) => finding.member) };
}

/**
 * A member whose fault is explained by a confirmed one of its own in a layer below says nothing about the whole,
 * until that is cleared: what stands above needs a while to follow. What is not asked explains nothing.
 */
function isExplained(member: string, { below, found, streaks }: Polled): boolean {
  const asked = (found.get(member) ?? []).filter((f) => f.answer !== 'not_observed').map((f) => f.check);
  return below.some((rule) => asked.includes(rule.id) && streaks[streakKey(rule.id, member)]?.latched);
}

/** `bad` only when confirmed without a gap; latched but not confirmed anew is an old opinion. */
function opinion(member: string, { voted, found, streaks, limits }: Polled): 'bad' | 'ok' | 'clearing' | 'unknown' {
  const own = voted.map((rule) => ({ rule, streak: streaks[streakKey(rule.id, member)] }));
  const answers = (found.get(member) ?? []).filter((f) => voted.some((rule) => rule.id === f.check));
  const seen = answers.some((f) => f.answer === 'ok' || f.answer === 'bad');
  if (seen && own.some(({ rule, streak }) => isConfirmed(streak, rule, limits))) return 'bad';
  const latched = own.filter(({ streak }) => streak?.latched);
  if (!seen || latched.some(({ streak }) => streak?.bad !== 0)) return 'unknown';
  return latched.length > 0 ? 'clearing' : 'ok';
}
