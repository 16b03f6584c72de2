/** The state of a target in one word. */
import { weightOf } from './cause.ts';
import type { Cause, Circumstances, LayerRule, LayerState, Limits, Verdict } from './types.ts';

export interface Standing {
  now: number;
  before: Verdict | null;
  causes: readonly Cause[];
  layers: readonly LayerRule[];
  states: Readonly<Record<string, LayerState>>;
  circumstances: Circumstances;
  wellAt: number | null;
  limits: Limits;
  /** An order of ours is followed: that nothing can be seen is the restart itself. */
  isRestarting: boolean;
}

/** `starting` covers what the inside of a young target says, never what the ground below it says. */
export function verdictOf(standing: Standing): Verdict {
  const plain = plainVerdict(standing);
  const groundFails = standing.causes.some((cause) => !isInside(cause.layer, standing.layers));
  return !groundFails && isStarting(standing, plain) ? 'starting' : plain;
}

export function isInside(layer: string, layers: readonly LayerRule[]): boolean {
  return layers.some((rule) => rule.id === layer && rule.inside === true);
}

export function isWell(verdict: Verdict): boolean {
  return verdict === 'healthy' || verdict === 'degraded';
}

function plainVerdict({ causes, layers, states, before }: Standing): Verdict {
  const worst = Math.max(0, ...causes.map((cause) => weightOf(cause.severity)));
  if (worst >= weightOf('unhealthy')) return 'unhealthy';
  if (worst >= weightOf('degraded')) return 'degraded';
  const vital = layers.filter((layer) => layer.vital).map((layer) => states[layer.id]);
  if (vital.some((state) => state === 'good' || state === 'bad')) return 'healthy';
  // One bad answer is not confirmed yet: until it is, or is gone, what was known stands.
  const undecided = Object.values(states).includes('pending');
  return undecided && before !== null && before !== 'starting' ? before : 'unknown';
}

function isStarting({ now, circumstances, wellAt, limits, isRestarting }: Standing, plain: Verdict): boolean {
  if (isRestarting && plain === 'unknown') return true;
  const { startedAt, answeredAt, graceSeconds } = circumstances;
  if (!startedAt.known) return false;
  const age = now - startedAt.value;
  if (age < limits.youngSeconds) return true;
  const everWell = isWell(plain) || (wellAt !== null && wellAt >= startedAt.value);
  const answered = answeredAt.known ? answeredAt.value : null;
  // Once it has answered for a while its start is over: what fails then is a fault, and is told as one.
  const hasSettled = answered !== null && now - answered >= limits.settleSeconds;
  return age < graceSeconds && !everWell && !hasSettled;
}
