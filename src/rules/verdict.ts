/** The state of a target in one word. */
import { weightOf } from './cause.ts';
import type {
  Cause,
  CauseRef,
  CheckRule,
  Circumstances,
  Finding,
  LayerRule,
  LayerState,
  Limits,
  Verdict,
} from './types.ts';

export interface Standing {
  now: number;
  before: Verdict | null;
  causes: readonly Cause[];
  /** Of members that have incidents of their own, as far as they are looked at. */
  memberCauses: readonly Cause[];
  /** Most members are out, whatever each of them has. */
  isMostOut: boolean;
  checks: readonly CheckRule[];
  layers: readonly LayerRule[];
  /** Of this look. */
  findings: readonly Finding[];
  states: Readonly<Record<string, LayerState>>;
  circumstances: Circumstances;
  wellAt: number | null;
  limits: Limits;
  /** An order of ours is followed: that nothing can be seen is the restart itself. */
  isRestarting: boolean;
}

/**
 * `starting` covers what the inside of a young target says, never what the ground below it says. What one member has
 * counts for the whole as far as it goes, and never against its start.
 */
export function verdictOf(standing: Standing): Verdict {
  const plain = plainVerdict(standing);
  const isFault = standing.causes.some((cause) => !isExplainedByStart(cause, standing));
  return !isFault && isStarting(standing, plain) ? 'starting' : plain;
}

/** What the inside of a target says while it starts, unless the target itself says what it is. */
export function isExplainedByStart(
  { check, layer }: Pick<CauseRef, 'check' | 'layer'>,
  { checks, layers }: { checks: readonly CheckRule[]; layers: readonly LayerRule[] },
): boolean {
  if (checks.some((rule) => rule.id === check && rule.evident)) return false;
  return layers.some((rule) => rule.id === layer && rule.inside === true);
}

export function isWell(verdict: Verdict): boolean {
  return verdict === 'healthy' || verdict === 'degraded';
}

function plainVerdict(standing: Standing): Verdict {
  const { causes, memberCauses, isMostOut, layers, states, before } = standing;
  const worst = Math.max(0, ...[...causes, ...memberCauses].map((cause) => weightOf(cause.severity)));
  if (isMostOut || worst >= weightOf('unhealthy')) return 'unhealthy';
  if (worst >= weightOf('degraded')) return 'degraded';
  const vital = layers.filter((layer) => layer.vital).map((layer) => layer.id);
  const isUndecided = vital.some((layer) => states[layer] === 'pending');
  const wasWell = before !== null && isWell(before);
  if (isProven(vital, standing) && (!isUndecided || wasWell)) return 'healthy';
  // One bad answer is not confirmed yet: until it is, or is gone, what was known stands.
  const isPending = Object.values(states).includes('pending');
  return isPending && before !== null && before !== 'starting' ? before : 'unknown';
}

/** Never healthy for want of looking: something vital proves it, or nothing vital is hidden and the rest is proven. */
function isProven(vital: readonly string[], { checks, findings, layers, states }: Standing): boolean {
  if (vital.some((layer) => states[layer] === 'bad')) return true;
  const inside = layers.filter((layer) => layer.inside).map((layer) => layer.id);
  const within = (wanted: readonly string[]) => {
    const rules = checks.filter((rule) => isWitness(rule) && wanted.includes(rule.layer)).map((rule) => rule.id);
    const ids = new Set(rules);
    return findings.filter((finding) => ids.has(finding.check));
  };
  const answers = within(vital);
  if (answers.some(isProof)) return true;
  const isHidden = answers.some(({ answer }) => answer === 'unknown' || answer === 'bad');
  return !isHidden && answers.some(({ answer }) => answer === 'ok') && within(inside).some(isProof);
}

/** Rows that only tell, those of single members, and those that wait for a word say nothing of how the whole does. */
function isWitness({ severity, memberIncident, evident }: CheckRule): boolean {
  return severity !== 'tells' && memberIncident !== true && evident !== true;
}

function isProof({ answer, proves }: Finding): boolean {
  return answer === 'ok' && proves !== false;
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
