/** The values that everything people see is drawn from. No product, no door. */
import type { Decision } from '../rules/decide.ts';
import type { CheckRule, LayerRule } from '../rules/types.ts';
import type { CheckText, Looked } from '../targets/target.ts';

/** What is fixed of a target, as far as people see it. */
export interface TargetCard {
  /** Stable, `[a-z0-9_]+`: part of topics and unique ids. */
  id: string;
  name: string;
  checks: readonly (CheckRule & CheckText)[];
  layers: readonly LayerRule[];
  /** Name to URL, without credentials. */
  links: Readonly<Record<string, string>>;
  /** There is something that may restart it. */
  hasRemedy?: boolean;
}

/** One target after one turn. */
export interface View {
  target: TargetCard;
  now: number;
  decision: Decision;
  looked: Looked;
  /** What would hold a restart back just now, and what is oddly set up: one sentence each. */
  preflight?: readonly string[];
  automatic: boolean;
  maintenanceUntil: number | null;
}

/** The Warden itself. */
export interface HubView {
  version: string;
  /** Length of the last turn; null before the first. */
  turnSeconds: number | null;
  /** Resident memory of the process; null: not known. */
  memoryBytes: number | null;
  cluster: 'connected' | 'disconnected' | 'not_configured';
  /** What cannot be seen, and why: one sentence each. */
  cannotSee: readonly string[];
}
