/** The whole argument in order: (policy, state, input) → decision. Pure; the one place where rules meet. */
import { countStarts, followOrder, weighCures } from './aftermath.ts';
import { spent } from './budget.ts';
import { causesOf, failingChecks } from './cause.ts';
import { followIncidents, type Told } from './incident.ts';
import { layerStates, runOf } from './layers.ts';
import { type Vote, vote } from './majority.ts';
import { type Note, note, noteEvent, noteIncident, noteOrder, refusal } from './notes.ts';
import { type Ground, judgeCauses, judgeWish, whyNotForMember } from './orders.ts';
import type { Incident, State, Streak } from './state.ts';
import { extend, streakKey } from './streak.ts';
import { namedCause, ownCauses, troublesOf } from './troubles.ts';
import type { Announcement, Cause, Finding, Input, LayerState, Order, Policy, Verdict, Veto } from './types.ts';
import { isWell, verdictOf } from './verdict.ts';
import { hear } from './wishes.ts';

/** What follows from one turn. Plain JSON. */
export interface Decision {
  state: State;
  orders: readonly Order[];
  verdict: Verdict;
  /** The worst of the target; where it has none, the worst that a member has of its own. */
  cause: Cause | null;
  /** Why no automatic restart is ordered though there is a cause; the first is "held back by". */
  vetoes: readonly Veto[];
  announcements: readonly Announcement[];
  /** The findings of this turn, votes included. */
  findings: readonly Finding[];
  layers: Record<string, LayerState>;
  /** Starts that the budget counts in the last hour. */
  startsLastHour: number;
  nextAttemptAt: number | null;
}

/** Streaks of members that are gone are forgotten after two days. */
const STREAK_SECONDS = 172_800;

/** Guards whose veto is a step on the way, not a refusal to be told. */
const NOT_TOLD: readonly string[] = ['unconfirmed', 'minority'];

/** A person's reset of the daily limit holds for so long. */
const RESET_SECONDS = 86_400;

export function decide(policy: Policy, before: State, given: Input): Decision {
  const input = rememberJump(before, given);
  const { now, wishes, circumstances } = input;
  const heard = hear(before, wishes, now, policy.limits);
  const seen = look(policy, heard.state, input);
  const failing = failingChecks(policy.checks, seen.troubled, seen.streaks, { now, limits: policy.limits });
  const causes = causesOf(failing, policy.layers);
  const memberCauses = ownCauses(policy, { ...seen, findings: seen.troubled }, now);
  const judged = judge(policy, { ...heard.state, streaks: seen.streaks }, input, { ...seen, causes, memberCauses });

  const counted = countStarts(judged, circumstances, now);
  const followed = followOrder(counted, { ...input, findings: seen.findings }, policy);
  const weighed = weighCures(followed.state, seen.streaks, now, policy);
  const incidents = tellIncidents(policy, weighed.state, input, seen);
  const open = incidents.state.incidents.find((i) => i.member === null && i.status === 'open') ?? null;

  const ground: Ground = {
    now,
    policy,
    circumstances,
    layers: seen.layers,
    findings: seen.findings,
    failing: failing.map((f) => f.rule),
    votes: seen.votes,
    incidentId: open?.id ?? null,
  };
  const acted = order(incidents.state, causes, ground, input);
  const cause = namedCause([...causes, ...memberCauses], incidents.state, policy);
  const notes = [
    ...(heard.wasReset ? [note('breaker_reset', 'A person has reset the breaker and the daily limit.')] : []),
    ...Array.from({ length: heard.tests }, () => note('test', 'This is a test: nothing is wrong.')),
    ...followed.events.map(noteEvent),
    ...weighed.events.map(noteEvent),
    ...incidents.told.map(noteIncident),
    ...acted.notes,
  ];
  const vetoes = causes.length > 0 ? acted.vetoes : whyNotForMember(acted.state, cause, ground);
  const announced = number(policy, acted.state, notes, now);
  return {
    ...announced,
    orders: acted.orders,
    verdict: announced.state.verdict,
    cause,
    vetoes,
    findings: seen.findings,
    layers: seen.layers,
    startsLastHour: spent(announced.state.starts, now, policy.limits).lastHour,
    nextAttemptAt: nextAttempt(vetoes),
  };
}

/** A clock that was opened anew has forgotten its jumps; what was counted before them has not. */
function rememberJump({ clockJumpedAt }: State, input: Input): Input {
  const { clockJumpedAt: seen, ...rest } = input.circumstances;
  const last = seen === null ? clockJumpedAt : Math.max(seen, clockJumpedAt ?? seen);
  return { ...input, circumstances: { ...rest, clockJumpedAt: last } };
}

interface Seen {
  findings: readonly Finding[];
  /** Those of them that are bad, or confirmed and not cleared: nearly always none of hundreds. */
  troubled: readonly Finding[];
  streaks: Readonly<Record<string, Streak>>;
  votes: Readonly<Record<string, Vote>>;
  layers: Record<string, LayerState>;
}

/** Every finding into its streak, then the votes over them. */
function look(policy: Policy, state: State, { now, findings, members, circumstances }: Input): Seen {
  const { checks, layers, limits } = policy;
  const streaks: Record<string, Streak> = {};
  for (const key in state.streaks) {
    const streak = state.streaks[key];
    if (streak && now - streak.seenAt < STREAK_SECONDS) streaks[key] = streak;
  }
  const troubled: Finding[] = [];
  const rows = new Map(checks.map((row) => [row.id, row]));
  const begunAt = runOf(layers, circumstances.startedAt);
  const count = (finding: Finding): void => {
    const rule = rows.get(finding.check);
    if (!rule) throw new Error(`The check ${finding.check} is not in the table of ${policy.target}.`);
    const key = streakKey(finding.check, finding.member);
    const streak = extend(streaks[key], finding, rule, { now, limits, begunAt: begunAt(rule) });
    if (streak) streaks[key] = streak;
    if (finding.answer === 'bad' || streak?.latched) troubled.push(finding);
  };
  for (const finding of findings) count(finding);

  const votes: Record<string, Vote> = {};
  const voted: Finding[] = [];
  for (const rule of checks) {
    if (!rule.vote) continue;
    const { kind, checks: about } = rule.vote;
    const result = vote({ kind, checks: about, members, findings, streaks, rules: checks, layers, limits });
    const at = latestOf(findings, about) ?? now;
    const finding: Finding = { check: rule.id, member: null, answer: result.answer, detail: result.detail, at };
    count(finding);
    votes[rule.id] = result;
    voted.push(finding);
  }
  const all = [...findings, ...voted];
  const states = layerStates(layers, checks, all, { streaks, now, limits });
  return { findings: all, troubled, streaks, votes, layers: states };
}

/** Time of the latest evidence of these checks; null: none of them was asked. */
function latestOf(findings: readonly Finding[], checks: readonly string[]): number | null {
  let latest: number | null = null;
  for (const { check, answer, at } of findings) {
    if ((answer === 'ok' || answer === 'bad') && checks.includes(check)) latest = Math.max(latest ?? at, at);
  }
  return latest;
}

interface Judging extends Seen {
  causes: readonly Cause[];
  memberCauses: readonly Cause[];
}

function judge(policy: Policy, before: State, input: Input, seen: Judging): State {
  const { now, circumstances } = input;
  const verdict: Verdict = verdictOf({
    now,
    before: before.looks === 0 ? null : before.verdict,
    causes: seen.causes,
    memberCauses: seen.memberCauses,
    isMostOut: Object.values(seen.votes).some(({ answer, isMostOut }) => answer !== 'bad' && isMostOut),
    checks: policy.checks,
    layers: policy.layers,
    findings: seen.findings,
    states: seen.layers,
    circumstances,
    wellAt: before.wellAt,
    limits: policy.limits,
    isRestarting: before.pursuit !== null,
  });
  return {
    ...before,
    looks: before.looks + 1,
    clockJumpedAt: circumstances.clockJumpedAt,
    lastLookAt: now,
    verdict,
    verdictSince: verdict === before.verdict ? (before.verdictSince ?? now) : now,
    wellAt: isWell(verdict) ? now : before.wellAt,
  };
}

function tellIncidents(
  policy: Policy,
  before: State,
  { now, members }: Input,
  { findings, troubled, streaks }: Seen,
): { state: State; told: readonly Told[] } {
  const { incidents, verdict } = before;
  const troubles = troublesOf({ policy, findings: troubled, streaks, incidents, verdict, now });
  let { sequence } = before;
  const followed = followIncidents(before.incidents, troubles, {
    now,
    limits: policy.limits,
    streaks,
    findings,
    // An empty list is a lost view, never a house without members.
    isGone: (id) => members.length > 0 && !members.some((m) => m.id === id && m.votes === true),
    newId: () => {
      sequence += 1;
      return `${policy.target}-${Math.floor(now)}-${sequence}`;
    },
  });
  return { state: { ...before, sequence, incidents: followed.incidents }, told: followed.told };
}

interface Acted {
  state: State;
  orders: readonly Order[];
  vetoes: readonly Veto[];
  notes: readonly Note[];
}

/** A person's wish first: whoever asked gets the answer that fits. */
function order(before: State, causes: readonly Cause[], ground: Ground, { wishes }: Input): Acted {
  const orders: Order[] = [];
  const notes: Note[] = [];
  let state = before;
  for (const wish of wishes) {
    if (wish.kind !== 'restart' && wish.kind !== 'force_restart') continue;
    const judged = judgeWish(state, wish, causes[0] ?? null, ground);
    state = judged.state;
    if (judged.order) orders.push(judged.order);
    const [veto] = judged.vetoes;
    notes.push(judged.order ? noteOrder(judged.order) : refusal(veto, ground.incidentId, causes[0] ?? null));
  }
  const automatic = judgeCauses(state, causes, ground);
  state = automatic.state;
  if (automatic.order) {
    orders.push(automatic.order);
    notes.push(noteOrder(automatic.order));
  }
  const held = holdBack(state, automatic.vetoes, causes[0] ?? null, ground);
  return { state: held.state, orders, vetoes: automatic.vetoes, notes: [...notes, ...held.notes] };
}

/** An automatic refusal is told once for each incident and guard; reaching the daily limit is told once at all. */
function holdBack(
  before: State,
  vetoes: readonly Veto[],
  cause: Cause | null,
  { incidentId, now, policy }: Ground,
): { state: State; notes: readonly Note[] } {
  const [veto] = vetoes;
  // Where there is no remedy nobody expects one: that nothing is restarted is no refusal.
  if (!veto || policy.remedies.length === 0) return { state: before, notes: [] };
  const notes: Note[] = [];
  let state = before;
  const incident = state.incidents.find((i) => i.id === incidentId);
  if (!incident) return { state, notes };
  const refused = [...incident.refused];
  if (veto.guard === 'budget' && isChronic(state, now, policy)) {
    state = { ...state, chronicSince: now };
    notes.push({ ...refusal({ ...veto, sentence: CHRONIC }, incidentId, cause), type: 'chronic', guard: null });
  }
  if (state.pursuit === null && !refused.includes(veto.guard) && !NOT_TOLD.includes(veto.guard)) {
    refused.push(veto.guard);
    notes.push(refusal(veto, incidentId, cause));
  }
  const told: Incident = { ...incident, refused };
  state = { ...state, incidents: state.incidents.map((i) => (i === incident ? told : i)) };
  return { state, notes };
}

/** The day is full of restarts that were carried out, and nobody has reset the limit since. */
function isChronic({ chronicSince, resetAt, starts }: State, now: number, { limits }: Policy): boolean {
  if (chronicSince !== null || (resetAt !== null && now - resetAt < RESET_SECONDS)) return false;
  const carriedOut = starts.filter((start) => !start.isVoid);
  return spent(carriedOut, now, limits).exhausted === 'day';
}

const CHRONIC = 'The daily limit of restarts is reached without a lasting cure. No more until a person resets it.';

function number(
  policy: Policy,
  before: State,
  notes: readonly Note[],
  now: number,
): { state: State; announcements: readonly Announcement[] } {
  const announcements = notes.map((one, i) => ({
    ...one,
    id: `${policy.target}-${Math.floor(now)}-${before.sequence + i + 1}`,
    at: now,
  }));
  return { state: { ...before, sequence: before.sequence + notes.length }, announcements };
}

/** When all that holds back now has ended; null if nobody knows, or nothing holds back. */
function nextAttempt(vetoes: readonly Veto[]): number | null {
  const ends = vetoes.flatMap(({ until }) => (until === null ? [] : [until]));
  return ends.length > 0 && ends.length === vetoes.length ? Math.max(...ends) : null;
}
