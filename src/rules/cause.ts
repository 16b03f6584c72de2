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
  return rules.flatMap((rule, order) => {
    if (rule.severity === 'tells' || rule.memberIncident) return [];
    return findings
      .filter((f) => f.check === rule.id && f.answer !== 'not_observed')
      .flatMap((f) => {
        const streak = streaks[streakKey(f.check, f.member)];
        if (!streak?.latched) return [];
        const { detail } = streak;
        return [{ rule, order, member: f.member, detail, isStanding: isStanding(streak, now, limits) }];
      });
  });
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
