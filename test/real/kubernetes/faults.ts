/** What a simulated Frigate in a container can be told: over its socket for this run, by its volume for every run. */
import type { DetectorFault } from '../../../demo/frigate/model.ts';

export interface Faults {
  detector?: DetectorFault;
  inferenceMs?: number;
  api?: 'answers' | 'hangs' | 'refuses';
  /** Off: its page answers 503, so that it never becomes ready, whatever the API says. */
  ready?: boolean;
  /** SIGTERM is passed over. */
  deaf?: boolean;
  /** The process ends with code 1 so long after it began, or after it was told. */
  crashAfterSeconds?: number;
  /** A camera's stream goes away or comes back. */
  camera?: { name: string; state: 'up' | 'down' };
}
