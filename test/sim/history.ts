/** What is recorded of a simulated life: what was true, what was looked at, decided, saved and done. */
import type { Announcement, CauseRef, Verdict, Veto } from '../../src/rules/types.ts';

/** One start of Frigate's container, as it truly was. */
export interface Run {
  id: number;
  at: number;
  /** The order time that its pod bears, in epoch seconds; null: none. */
  bears: number | null;
  /** First moment at which its API could answer. */
  answerableAt: number;
  /** The cluster's clock was set while it ran, or its start was never dated by a steady clock. */
  misdated: boolean;
}

/** What was true at one moment. The cluster's part is that of the answers: frozen answers are old. */
export interface Truth {
  run: Run | null;
  /** Since when no Frigate runs; null: one does. */
  stoppedAt: number | null;
  nodeReady: boolean;
  nodeReadyAt: number;
  /** Last change of kubelet version or boot. */
  nodeChangedAt: number;
  rollingOut: boolean;
  camerasBad: number;
  cameras: number;
  /** Last moment at which something was wrong that a restart cures, or may. */
  curableAt: number;
  /** Faults that must be told of or acted upon in time, and since when each is there. */
  pressing: readonly { id: string; since: number; withinSeconds: number; needsAnswers: boolean }[];
}

/** Which of the cluster's answers came in a look. */
export type Sight = Record<'workload' | 'pods' | 'replicasets' | 'node' | 'configmap', 'ok' | 'hidden' | 'failed'>;

export interface Look {
  life: number;
  at: number;
  truth: Truth;
  sight: Sight;
  /** All of the cluster's answers came, and the road to Frigate was open. */
  isWhole: boolean;
  /** All of Frigate's answers came too. */
  isAnswered: boolean;
  /** Wishes that waited when it began. */
  wishes: number;
  seen: Seen | null;
}

/** What a turn ended with. */
export interface Seen {
  at: number;
  verdict: Verdict;
  vetoes: readonly Veto[];
  announcements: readonly Announcement[];
  orders: number;
  isPursuing: boolean;
  automatic: boolean;
  /** Start of the run as the Warden dates it, minus the truth; null: it does not know. */
  startOffBySeconds: number | null;
  isSaved: boolean;
}

export interface OrderRecord {
  id: string;
  /** As written on the pod. */
  orderAt: number;
  /** When it was first saved, in the world's time. */
  at: number;
  by: 'warden' | 'person';
  force: boolean;
  cause: CauseRef | null;
  look: Look | null;
  /** As saved with it. */
  automatic: boolean;
  maintenance: boolean;
}

export interface Patch {
  at: number;
  orderAt: number;
  taken: boolean;
  order: OrderRecord | null;
  /** The order was in the saved state when the patch came. */
  wasSaved: boolean;
  remedy: string | null;
}

export interface SavedEvent {
  id: string;
  type: string;
  incidentId: string | null;
  member: string | null;
  check: string | null;
  at: number;
}

export interface History {
  lines: { at: number; text: string }[];
  /** The last ones. */
  looks: Look[];
  orders: OrderRecord[];
  patches: Patch[];
  runs: Run[];
  /** Runs that a Warden has seen and could not forget by crashing. */
  seenRuns: Set<number>;
  events: SavedEvent[];
  byIncident: Map<string, SavedEvent[]>;
  /** What did not fit when it was saved or delivered. */
  misfits: string[];
  /** How far the Warden's clock was set forward, and when. */
  leaps: { at: number; seconds: number }[];
  /** Last restart that another checker wrote into the ledger, and the last one that a Warden could read. */
  checkerWroteAt: number;
  checkerSeenAt: number;
  turns: number;
}

export function newHistory(): History {
  return {
    lines: [],
    looks: [],
    orders: [],
    patches: [],
    runs: [],
    seenRuns: new Set(),
    events: [],
    byIncident: new Map(),
    misfits: [],
    leaps: [],
    checkerWroteAt: Number.NEGATIVE_INFINITY,
    checkerSeenAt: Number.NEGATIVE_INFINITY,
    turns: 0,
  };
}

const LINES_KEPT = 400;
const LOOKS_KEPT = 40;

export function tell(history: History, at: number, text: string): void {
  history.lines.push({ at, text });
  if (history.lines.length > 2 * LINES_KEPT) history.lines.splice(0, LINES_KEPT);
}

export function addLook(history: History, look: Look): void {
  history.looks.push(look);
  if (history.looks.length > 2 * LOOKS_KEPT) history.looks.splice(0, LOOKS_KEPT);
}
