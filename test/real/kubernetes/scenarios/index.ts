/** TABLE: all that is played on the real cluster, and on how many nodes. */
import type { Scenario } from '../scenario.ts';
import { CURES } from './cures.ts';
import { GROUNDS } from './grounds.ts';
import { OUTAGE } from './outages.ts';
import { REFUSED } from './refusals.ts';
import { REMEDIES } from './remedies.ts';
import { RIG } from './rig.ts';
import { RIGHTS } from './rights.ts';

export interface Stage {
  nodes: number;
  /** What takes longest comes first. */
  scenarios: readonly Scenario[];
}

export const STAGES: Readonly<Record<string, Stage>> = {
  /** Each in its own namespace, so that they do not disturb one another. */
  together: { nodes: 5, scenarios: [...CURES, ...GROUNDS, ...REMEDIES, ...REFUSED, ...RIGHTS, ...RIG] },
  /** What befalls the whole cluster, on one of its own. */
  apart: { nodes: 1, scenarios: OUTAGE },
};
