/** A Frigate that has just started cannot be sick yet: its figures still ramp up. */
import type { LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';

/** Good figures count from the first moment; bad ones say nothing before the run has figures of its own. */
export function whenGrown({ isNewborn }: SeenFacts, finding: LookedFinding): LookedFinding {
  if (!isNewborn || finding.answer !== 'bad') return finding;
  const { member, at } = finding;
  return { member, at, answer: 'unknown', detail: 'Frigate has just started: its figures are not of this run yet.' };
}
