/** Cameras that no check asks about, and why. */
import type { CameraFacts } from '../facts.ts';

/** Null: it is asked about. */
export function silence({
  id,
  votes,
}: Pick<CameraFacts, 'id' | 'votes'>): { answer: 'not_observed'; detail: string } | null {
  if (votes === 'ignored') return { answer: 'not_observed', detail: `${id} is ignored by an option.` };
  return votes === 'disabled' ? { answer: 'not_observed', detail: `${id} is switched off in Frigate.` } : null;
}
