/** The lowest failing layer explains what fails above it. */
import { layerHeight, layersBelow } from './layers.ts';
import type { Streak } from './state.ts';
import { isStanding, streakKey } from './streak.ts';
import type { Cause, CheckRule, Finding, LayerRule, Limits, Severity } from './types.ts';

const WEIGHT: Record<Severity, number> = { unhealthy: 3, degraded: 2, unknown: 1, tells: 0 };

/** Ranks by weight; the higher, the worse. */
export function weightOf(severity: Severity): number {
  return WEIGHT[severity];
}

interface Failing {
  rule: CheckRule;
  /** Place in the table. */
  order: number;
  member: string | null;
  detail: string;
  /** Lately looked at. What was confirmed and is not seen any more explains nothing above it. */
  isStanding: boolean;
}

/** The target's confirmed-bad checks: not those that only tell, not members with incidents of their own. */
export function failingChecks(
  rules: readonly CheckRule[],
  findings: readonly Finding[],
  streaks: Readonly<Record<string, Streak>>,
  { now, limits }: { now: number; limits: Limits },
): readonly Failing[] {
  if (findings.length === 0) return [];
  const rows = new Map<string, { rule: CheckRule; order: number }>();
  for (const [order, rule] of rules.entries()) {
    if (rule.severity !== 'tells' && !rule.memberIncident) rows.set(rule.id, { rule, order });
  }
  const failing: Failing[] = [];
  for (const { check, member, answer } of findings) {
    const row = rows.get(check);
    const streak = row && answer !== 'not_observed' ? streaks[streakKey(check, member)] : undefined;
    if (!row || !streak?.latched) continue;
    failing.push({ ...row, member, detail: streak.detail, isStanding: isStanding(streak, now, limits) });
  }
  return failing.toSorted((a, b) => a.order - b.order);
}

/**
 * The causes of all that fails, worst first, each once. A cause takes the severity of the worst that it explains.
 * A row of severity `unknown` can explain (blindness below), but is no failure of its own.
 */
export function causesOf(failing: readonly Failing[], layers: readonly LayerRule[]): readonly Cause[] {
  const found = new Map<string, { cause: Cause; failing: Failing }>();
  for (const one of failing) {
    if (one.rule.severity === 'unknown') continue;
    const under = lowest(one, failing, layers);
    const key = streakKey(under.rule.id, under.member);
    const known = found.get(key);
    const severity = known ? worse(known.cause.severity, one.rule.severity) : one.rule.severity;
    const cause = {
      check: under.rule.id,
      layer: under.rule.layer,
      member: under.member,
      severity,
      detail: under.detail,
    };
    found.set(key, { cause, failing: under });
  }
  return [...found.values()]
    .sort(
      (a, b) =>
        Number(b.failing.isStanding) - Number(a.failing.isStanding) ||
        weightOf(b.cause.severity) - weightOf(a.cause.severity) ||
        layerHeight(a.cause.layer, layers) - layerHeight(b.cause.layer, layers) ||
        compareInLayer(a.failing, b.failing),
    )
    .map(({ cause }) => cause);
}

/** What fails of one member alone. */
export interface MemberCause {
  member: string;
  cause: Cause;
  /** Streak keys of all that fails of it. */
  keys: readonly string[];
  /** Lately looked at; what is not seen any more says nothing of how the target does now. */
  isStanding: boolean;
}

/** The rows whose members have incidents of their own, each member judged as if it were the target; worst first. */
export function memberCausesOf(
  rules: readonly CheckRule[],
  layers: readonly LayerRule[],
  findings: readonly Finding[],
  { streaks, now, limits }: { streaks: Readonly<Record<string, Streak>>; now: number; limits: Limits },
): readonly MemberCause[] {
  const rows = rules.filter((rule) => rule.memberIncident).map((rule) => ({ ...rule, memberIncident: false }));
  const byMember = Map.groupBy(failingChecks(rows, findings, streaks, { now, limits }), ({ member }) => member);
  const found = [...byMember].flatMap(([member, own]): readonly MemberCause[] => {
    const [cause] = causesOf(own, layers);
    if (member === null || !cause) return [];
    const keys = own.map(({ rule }) => streakKey(rule.id, member));
    return [{ member, cause, keys, isStanding: own.some(({ isStanding }) => isStanding) }];
  });
  return found.toSorted(
    (a, b) =>
      weightOf(b.cause.severity) - weightOf(a.cause.severity) ||
      layerHeight(a.cause.layer, layers) - layerHeight(b.cause.layer, layers),
  );
}

function worse(a: Severity, b: Severity): Severity {
  return weightOf(a) >= weightOf(b) ? a : b;
}

function lowest(one: Failing, failing: readonly Failing[], layers: readonly LayerRule[]): Failing {
  const ground = new Set([one.rule.layer, ...layersBelow(one.rule.layer, layers)]);
  const [first] = failing
    .filter((other) => other === one || (other.isStanding && ground.has(other.rule.layer)))
    .sort((a, b) => layerHeight(a.rule.layer, layers) - layerHeight(b.rule.layer, layers) || compareInLayer(a, b));
  return first ?? one;
}

/** Inside one layer a row that forbids restarts outranks a curable one, then severity, then table order. */
function compareInLayer(a: Failing, b: Failing): number {
  return (
    Number(Boolean(b.rule.forbids)) - Number(Boolean(a.rule.forbids)) ||
    weightOf(b.rule.severity) - weightOf(a.rule.severity) ||
    a.order - b.order
  );
}
