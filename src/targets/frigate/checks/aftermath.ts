/** For a while after a start, or after the API was silent, what cameras and recordings say is a consequence. */
import type { LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { whenGrown } from './newborn.ts';

/** A hung Frigate that goes on complains of every camera and every recording; none of it is a fault of its own. */
export function whenSettled(facts: SeenFacts, finding: LookedFinding): LookedFinding {
  const { aftermathUntil, now } = facts;
  if (finding.answer !== 'bad' || aftermathUntil === null || now >= aftermathUntil) return whenGrown(facts, finding);
  const { member, at } = finding;
  return { member, at, answer: 'unknown', detail: 'The API was silent a moment ago: this may be its consequence.' };
}
