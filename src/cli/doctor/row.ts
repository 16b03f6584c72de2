/** What a probe found: a door, its state, one sentence, and how to mend it. */
import type { Right } from '../../targets/frigate/rights.ts';

export type State = 'ok' | 'warning' | 'failed' | 'not_used';

export interface Row {
  /** What was asked, e.g. "log". */
  door: string;
  state: State;
  sentence: string;
  /** What a person can do, a sentence; null where there is nothing to mend. */
  mend: string | null;
  /** The right that is missing, with the verbs that are; null: none is. */
  missing: Right | null;
}

type Found = Pick<Row, 'state' | 'sentence' | 'mend' | 'missing'>;

export const ok = (sentence: string): Found => ({ state: 'ok', sentence, mend: null, missing: null });
export const notUsed = (sentence: string): Found => ({ state: 'not_used', sentence, mend: null, missing: null });
export const warning = (sentence: string, mend: string | null): Found => ({
  state: 'warning',
  sentence,
  mend,
  missing: null,
});
export const failed = (sentence: string, mend: string): Found => ({ state: 'failed', sentence, mend, missing: null });

/** A row of a table of probes. It finds nothing where there is nothing to say. */
export interface Probe<S> {
  door: string;
  look(seen: S): readonly Found[];
}

export function rowsOf<S>(probes: readonly Probe<S>[], seen: S): readonly Row[] {
  return probes.flatMap(({ door, look }) => look(seen).map((found) => ({ door, ...found })));
}

/** Where its rule belongs. */
export function roleOf({ namespace }: Pick<Right, 'namespace'>): string {
  return namespace === null ? 'ClusterRole frigate-warden-nodes' : `Role frigate-warden in the namespace ${namespace}`;
}
