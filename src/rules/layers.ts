/** The ground that checks belong to: what lies below what, and in which state it is. */

import type { Streak } from './state.ts';
import { isFresh, isStanding, streakKey } from './streak.ts';
import type { CheckRule, Circumstance, Finding, LayerRule, LayerState, Limits } from './types.ts';

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

/** When the run began that a check is about; null: it is not about a run, or that is not known. */
export function runOf(
  layers: readonly LayerRule[],
  startedAt: Circumstance<number>,
): (rule: Pick<CheckRule, 'layer' | 'evident'>) => number | null {
  const inside = new Set(layers.filter((layer) => layer.inside).map(({ id }) => id));
  // What the target has said itself still stands when it says it no more in its next run.
  return ({ layer, evident }) => (startedAt.known && inside.has(layer) && !evident ? startedAt.value : null);
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
  const layerOf = new Map(rules.filter(isGround).map((rule) => [rule.id, rule.layer]));
  const states: Record<string, LayerState> = Object.fromEntries(layers.map(({ id }) => [id, 'not_observed']));
  for (const finding of findings) {
    const layer = layerOf.get(finding.check);
    if (layer === undefined || finding.answer === 'not_observed') continue;
    const streak = streaks[streakKey(finding.check, finding.member)];
    const said = isStanding(streak, now, limits) ? 'bad' : saidOf(finding, streak, { now, limits });
    if (WEIGHT[said] > WEIGHT[states[layer] ?? 'bad']) states[layer] = said;
  }
  return states;
}

/** What was bad a moment ago, and cannot be told now, still looks bad: not to know is no step towards good. */
function saidOf(
  { answer }: Finding,
  streak: Streak | undefined,
  { now, limits }: Pick<LayerContext, 'now' | 'limits'>,
): LayerState {
  if (answer === 'not_observed') return answer;
  const looksBad = answer === 'unknown' && streak !== undefined && streak.bad > 0 && isFresh(streak, now, limits);
  return looksBad ? 'pending' : SAID[answer];
}

const SAID = { ok: 'good', bad: 'pending', unknown: 'unknown' } as const;

/** What of several findings counts for their layer: the higher. */
const WEIGHT: Record<LayerState, number> = { bad: 4, pending: 3, good: 2, unknown: 1, not_observed: 0 };

function isGround(rule: CheckRule): boolean {
  return rule.severity !== 'tells' && rule.memberIncident !== true;
}
