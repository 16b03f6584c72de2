/** The ground that checks belong to: what lies below what, and in which state it is. */

import type { Streak } from './state.ts';
import { isStanding, streakKey } from './streak.ts';
import type { CheckRule, Finding, LayerRule, LayerState, Limits } from './types.ts';

/** All layers that a layer stands on, however far down. */
export function layersBelow(layer: string, layers: readonly LayerRule[]): readonly string[] {
  const below = new Set<string>();
  const pending = [layer];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const under of layers.find((rule) => rule.id === next)?.standsOn ?? []) {
      if (below.has(under)) continue;
      below.add(under);
      pending.push(under);
    }
  }
  return [...below];
}

/** How high a layer stands: one that stands on nothing is 0. */
export function layerHeight(layer: string, layers: readonly LayerRule[]): number {
  return layersBelow(layer, layers).length;
}

export interface LayerContext {
  streaks: Readonly<Record<string, Streak>>;
  now: number;
  limits: Limits;
}

/**
 * `bad` if a row of it is confirmed bad, `pending` if one is bad but not yet confirmed, `good` if one is ok,
 * `unknown` if all that were asked are unknown, `not_observed` if none was asked. Rows that only tell,
 * and rows whose members have incidents of their own, are no ground for anything.
 */
export function layerStates(
  layers: readonly LayerRule[],
  rules: readonly CheckRule[],
  findings: readonly Finding[],
  { streaks, now, limits }: LayerContext,
): Record<string, LayerState> {
  const grounds = new Map(rules.filter(isGround).map((rule) => [rule.id, rule]));
  const states: Record<string, LayerState> = {};
  for (const layer of layers) {
    const own = findings.filter((finding) => grounds.get(finding.check)?.layer === layer.id);
    states[layer.id] = stateOf(own, (f) => isStanding(streaks[streakKey(f.check, f.member)], now, limits));
  }
  return states;
}

function isGround(rule: CheckRule): boolean {
  return rule.severity !== 'tells' && rule.memberIncident !== true;
}

function stateOf(findings: readonly Finding[], isBad: (finding: Finding) => boolean): LayerState {
  if (findings.some((f) => f.answer !== 'not_observed' && isBad(f))) return 'bad';
  if (findings.some((f) => f.answer === 'bad')) return 'pending';
  if (findings.some((f) => f.answer === 'ok')) return 'good';
  return findings.some((f) => f.answer === 'unknown') ? 'unknown' : 'not_observed';
}
