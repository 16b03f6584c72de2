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
  const explained = enabled.filter((m) => isExplained(m.id, ballot));
  const voters = enabled.filter((m) => !explained.includes(m));
  const bad = voters.filter((m) => opinion(m.id, ballot) === 'bad');
  const clearing = voters.filter((m) => opinion(m.id, ballot) === 'clearing');
  const unseen = voters.filter((m) => opinion(m.id, ballot) === 'unknown');
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

/**
 * A member whose fault is explained by a confirmed one of its own in a layer below says nothing about the whole,
 * until that is cleared: what stands above needs a while to follow. What is not asked explains nothing.
 */
function isExplained(member: string, ballot: Ballot): boolean {
  const votingLayers = ballot.rules.filter((rule) => ballot.checks.includes(rule.id)).map((rule) => rule.layer);
  const below = new Set(votingLayers.flatMap((layer) => layersBelow(layer, ballot.layers)));
  const asked = ballot.findings.filter((f) => f.member === member && f.answer !== 'not_observed').map((f) => f.check);
  return ballot.rules.some(
    (rule) =>
      below.has(rule.layer) &&
      rule.severity !== 'tells' &&
      asked.includes(rule.id) &&
      ballot.streaks[streakKey(rule.id, member)]?.latched,
  );
}

/** `bad` only when confirmed without a gap; latched but not confirmed anew is an old opinion. */
function opinion(member: string, ballot: Ballot): 'bad' | 'ok' | 'clearing' | 'unknown' {
  const rules = ballot.rules.filter((rule) => ballot.checks.includes(rule.id));
  const streaks = rules.map((rule) => ({ rule, streak: ballot.streaks[streakKey(rule.id, member)] }));
  const answers = ballot.findings.filter((f) => f.member === member && ballot.checks.includes(f.check));
  const seen = answers.some((f) => f.answer === 'ok' || f.answer === 'bad');
  if (seen && streaks.some(({ rule, streak }) => isConfirmed(streak, rule, ballot.limits))) return 'bad';
  const latched = streaks.filter(({ streak }) => streak?.latched);
  if (!seen || latched.some(({ streak }) => streak?.bad !== 0)) return 'unknown';
  return latched.length > 0 ? 'clearing' : 'ok';
}
