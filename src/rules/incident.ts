/** The life of one outage: opened once, changed when its cause changes, resolved only by observed good. */

import { weightOf } from './cause.ts';
import type { Incident, Streak } from './state.ts';
import { isGoodFor, streakKey } from './streak.ts';
import type { AnnouncementType, CauseRef, Finding, Limits, Severity } from './types.ts';

/** What is bad now under one identity: the target (`member` null) or one member. */
export interface Trouble {
  member: string | null;
  cause: CauseRef;
  severity: Severity;
  /** Streak keys of all that is bad. */
  keys: readonly string[];
  detail: string;
}

export interface Told {
  type: AnnouncementType;
  incident: Incident;
  sentence: string;
}

export interface IncidentContext {
  now: number;
  limits: Limits;
  streaks: Readonly<Record<string, Streak>>;
  /** Of this turn: nothing waits for what is not asked any more. */
  findings: readonly Finding[];
  /** Members that exist no more or were switched off by a person. */
  isGone(member: string): boolean;
  newId(): string;
}

/** All incidents after one turn, and what is to be told. Resolved ones stay for as long as they may reopen. */
export function followIncidents(
  remembered: readonly Incident[],
  troubles: readonly Trouble[],
  context: IncidentContext,
): { incidents: readonly Incident[]; told: readonly Told[] } {
  const told: Told[] = [];
  const incidents: Incident[] = [];
  const before = remembered.filter(
    (i) => i.resolvedAt === null || context.now - i.resolvedAt < context.limits.reopenSeconds,
  );
  for (const incident of before) {
    const trouble = troubles.find((t) => t.member === incident.member);
    const step = trouble ? worsen(incident, trouble, context) : ease(incident, context);
    told.push(...step.told);
    incidents.push(step.incident);
  }
  for (const trouble of troubles) {
    if (before.some((incident) => incident.member === trouble.member)) continue;
    const incident = open(trouble, context);
    told.push({ type: 'opened', incident, sentence: trouble.detail });
    incidents.push(incident);
  }
  return { incidents, told };
}

/** How long it must be good before it resolves: at once when cleared, or long and longer when it flaps. */
export function goodSecondsNeeded(incident: Incident, limits: Limits): number {
  if (incident.relapses === 0) return 0;
  return Math.min(limits.flapGoodSeconds * 2 ** (incident.relapses - 1), limits.flapGoodMaxSeconds);
}

function open(trouble: Trouble, { now, newId }: IncidentContext): Incident {
  return {
    id: newId(),
    member: trouble.member,
    openedAt: now,
    cause: trouble.cause,
    severity: trouble.severity,
    keys: trouble.keys,
    status: 'open',
    resolvedAt: null,
    bad: true,
    relapses: 0,
    flappingTold: false,
    acknowledged: false,
    snoozedUntil: null,
    refused: [],
  };
}

interface Step {
  incident: Incident;
  told: readonly Told[];
}

function worsen(before: Incident, trouble: Trouble, context: IncidentContext): Step {
  const keys = [...new Set([...before.keys, ...trouble.keys])];
  const isBack = !before.bad;
  const { cause, severity } = !isBack && isOnlyUncleared(before, trouble, context) ? before : trouble;
  const isNew = !isSameCause(before, { cause, severity });
  const incident: Incident = {
    ...before,
    keys,
    cause,
    severity,
    status: 'open',
    resolvedAt: null,
    bad: true,
    relapses: before.relapses + (isBack ? 1 : 0),
    flappingTold: before.flappingTold || isBack,
    refused: isNew || before.status === 'resolved' ? [] : before.refused,
  };
  if (isBack && !before.flappingTold) {
    const often = incident.relapses > 1 ? `, ${incident.relapses} times by now` : '';
    return { incident, told: [{ type: 'flapping', incident, sentence: `It is back${often}: ${trouble.detail}` }] };
  }
  // A new cause is told also while the incident is only held open.
  return { incident, told: isNew ? [{ type: 'changed', incident, sentence: trouble.detail }] : [] };
}

/** When a cause is gone, what it had caused is still waited for; that is no new cause, for it is not bad any more. */
function isOnlyUncleared(before: Incident, { cause, severity }: Trouble, { findings }: IncidentContext): boolean {
  if (weightOf(severity) > weightOf(before.severity)) return false;
  return findings.some((f) => f.check === cause.check && f.member === cause.member && f.answer !== 'bad');
}

function isSameCause(incident: Incident, trouble: Pick<Trouble, 'cause' | 'severity'>): boolean {
  const { cause } = incident;
  return (
    cause.check === trouble.cause.check &&
    cause.member === trouble.cause.member &&
    incident.severity === trouble.severity
  );
}

function ease(before: Incident, context: IncidentContext): Step {
  if (before.status === 'resolved') return { incident: before, told: [] };
  if (before.member !== null && context.isGone(before.member)) {
    return resolve(before, context, `${before.member} is no longer watched.`);
  }
  const keys = waitedFor(before.keys, context);
  if (keys.length === 0) return resolve(before, context, 'What was wrong is no longer watched.');
  if (!keys.every((key) => isGoodFor(context.streaks[key], 0) && !context.streaks[key]?.latched)) {
    return { incident: before, told: [] };
  }
  const needed = goodSecondsNeeded(before, context.limits);
  if (!keys.every((key) => isGoodFor(context.streaks[key], needed))) {
    return { incident: { ...before, bad: false }, told: [] };
  }
  return resolve(before, context, `It is good again after ${minutes(context.now - before.openedAt)}.`);
}

/** A check that is not asked for so long will not be asked again soon: a restart passes faster. */
const UNASKED_SECONDS = 3600;

/**
 * Not a member that is gone while its check finds others good, nor what is forgotten. What is not asked is waited for
 * too, but not for ever.
 */
function waitedFor(all: readonly string[], context: IncidentContext): readonly string[] {
  const { findings, streaks, now } = context;
  const keys = all.filter((key) => {
    const isFound = findings.some((f) => streakKey(f.check, f.member) === key);
    return isFound || (streaks[key] !== undefined && !isGoneKey(key, context));
  });
  const isUnasked = (key: string) =>
    findings.some((f) => f.answer === 'not_observed' && streakKey(f.check, f.member) === key);
  // While a restart is carried out nobody is there to be asked: what was bad until then is not yet good.
  return keys.filter((key) => !isUnasked(key) || now - (streaks[key]?.seenAt ?? now) < UNASKED_SECONDS);
}

function isGoneKey(key: string, { findings, isGone }: IncidentContext): boolean {
  return findings.some((f) => {
    const prefix = streakKey(f.check, '');
    return f.answer === 'ok' && key.startsWith(prefix) && isGone(key.slice(prefix.length));
  });
}

function resolve(before: Incident, { now }: IncidentContext, sentence: string): Step {
  const incident: Incident = {
    ...before,
    status: 'resolved',
    resolvedAt: now,
    bad: false,
    flappingTold: false,
    acknowledged: false,
    snoozedUntil: null,
  };
  return { incident, told: [{ type: 'resolved', incident, sentence }] };
}

function minutes(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds / 60));
  return whole === 1 ? '1 minute' : `${whole} minutes`;
}
