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
  /** More than the share of all that are switched on are bad, for whatever cause. One alone is never many. */
  isMostOut: boolean;
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
  const voters = enabled.filter((m) => !isExplained(m.id, polled));
  const explained = enabled.length - voters.length;
  const opinions = new Map(enabled.map((m) => [m.id, opinion(m.id, polled)]));
  // What has a cause of its own is out as well, though it does not vote.
  const out = enabled.filter((m) => opinions.get(m.id) === 'bad');
  for (const { id } of voters) if (mayBeExplained(id, polled)) opinions.set(id, 'unknown');
  const bad = voters.filter((m) => opinions.get(m.id) === 'bad');
  const clearing = voters.filter((m) => opinions.get(m.id) === 'clearing');
  const unseen = voters.filter((m) => opinions.get(m.id) === 'unknown');
  const ids = {
    isMostOut: enabled.length > 1 && isMajority(out.length, enabled.length, ballot.limits.majorityPercent),
    voters: voters.map((m) => m.id),
    bad: bad.map((m) => m.id),
    badAndWorked: bad.filter((m) => m.worked).map((m) => m.id),
  };
  const say = (answer: Answer, detail: string): Vote => ({ answer, detail, ...ids });
  const percent = ballot.limits.majorityPercent;
  const count = `${bad.length} of ${voters.length} fail`;

  if (enabled.length === 0) {
    const isKnown = ballot.members.some((m) => m.kind === ballot.kind);
    return isKnown
      ? say('not_observed', 'All are switched off or ignored.')
      : say('unknown', 'None is known that counts.');
  }
  if (explained * 2 >= enabled.length) {
    return say('unknown', `${explained} of ${enabled.length} have a cause of their own: the fault lies below.`);
  }
  if (isMajority(bad.length, voters.length, percent)) {
    const single = voters.length === 1 ? voters[0] : undefined;
    if (single && single.reachable !== true) {
      return say('unknown', `${single.id} is the only one that counts, and it was not proven that it can be reached.`);
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

/** What was found of one member. */
interface Told {
  /** Checks below that were asked. */
  asked: string[];
  /** One that is voted by found it good or bad. */
  isSeen: boolean;
  /** One that is voted by could not tell. */
  isHidden: boolean;
}

/** What is the same for every member, and what was found of each, gathered once: there may be many. */
interface Polled {
  streaks: Ballot['streaks'];
  limits: Limits;
  voted: readonly CheckRule[];
  found: ReadonlyMap<string | null, Told>;
}

function poll({ rules, checks, layers, findings, streaks, limits }: Ballot): Polled {
  const voted = rules.filter((rule) => checks.includes(rule.id));
  const ground = new Set(voted.flatMap((rule) => layersBelow(rule.layer, layers)));
  const below = rules.filter((rule) => ground.has(rule.layer) && rule.severity !== 'tells');
  const votedIds = new Set(voted.map(({ id }) => id));
  const belowIds = new Set(below.map(({ id }) => id));
  const found = new Map<string | null, Told>();
  for (const { check, member, answer } of findings) {
    const isVoted = votedIds.has(check);
    const isBelow = belowIds.has(check);
    if ((!isVoted && !isBelow) || answer === 'not_observed') continue;
    const told = found.get(member) ?? { asked: [], isSeen: false, isHidden: false };
    if (isBelow) told.asked.push(check);
    if (isVoted && answer !== 'unknown') told.isSeen = true;
    if (isVoted && answer === 'unknown') told.isHidden = true;
    found.set(member, told);
  }
  return { streaks, limits, voted, found };
}

/**
 * A member whose fault is explained by a confirmed one of its own in a layer below says nothing about the whole,
 * until that is cleared: what stands above needs a while to follow. What is not asked explains nothing.
 */
function isExplained(member: string, { found, streaks }: Polled): boolean {
  return found.get(member)?.asked.some((check) => streaks[streakKey(check, member)]?.latched) ?? false;
}

/** Something below it looks bad and is not confirmed yet: it may be explained, and says nothing until that is clear. */
function mayBeExplained(member: string, { found, streaks }: Polled): boolean {
  return found.get(member)?.asked.some((check) => (streaks[streakKey(check, member)]?.bad ?? 0) > 0) ?? false;
}

/** `bad` only when confirmed without a gap; latched but not confirmed anew is an old opinion. */
function opinion(member: string, { voted, found, streaks, limits }: Polled): 'bad' | 'ok' | 'clearing' | 'unknown' {
  const own = voted.map((rule) => ({ rule, streak: streaks[streakKey(rule.id, member)] }));
  const { isSeen: seen, isHidden } = found.get(member) ?? { isSeen: false, isHidden: true };
  if (seen && own.some(({ rule, streak }) => isConfirmed(streak, rule, limits))) return 'bad';
  const latched = own.filter(({ streak }) => streak?.latched);
  // What one question finds good says nothing of what another could not see.
  if (!seen || isHidden || latched.some(({ streak }) => streak?.bad !== 0)) return 'unknown';
  return latched.length > 0 ? 'clearing' : 'ok';
}
