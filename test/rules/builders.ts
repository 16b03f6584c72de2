/** Small whole values for the tables of the rules: only what a row is about is named in the row. */
import { type Incident, newState, type State, type Streak } from '../../src/rules/state.ts';
import type {
  Cause,
  CheckRule,
  Circumstances,
  Finding,
  Input,
  LayerRule,
  Limits,
  Member,
  Order,
  Policy,
  RemedyRule,
} from '../../src/rules/types.ts';

export const limits: Limits = {
  intervalSeconds: 30,
  confirmFailures: 2,
  majorityPercent: 50,
  youngSeconds: 120,
  settleSeconds: 120,
  groundReadySeconds: 300,
  groundChangedSeconds: 900,
  otherHealerSeconds: 900,
  restartsPerHour: 2,
  restartsPerDay: 6,
  breakerTries: 2,
  breakerRestSeconds: [3600, 21_600, 86_400],
  relapseSeconds: 7200,
  reopenSeconds: 86_400,
  flapGoodSeconds: 3600,
  flapGoodMaxSeconds: 21_600,
  clockRestSeconds: 3600,
  unansweredSeconds: 60,
  maintenanceSeconds: 14_400,
};

/** soil ← trunk ← leaf, and wind below branch: a house of layers without a product. */
export const layers: readonly LayerRule[] = [
  { id: 'soil', standsOn: [], hard: true },
  { id: 'trunk', standsOn: ['soil'], inside: true },
  { id: 'leaf', standsOn: ['trunk'], inside: true, vital: true },
  { id: 'crown', standsOn: ['leaf'], inside: true, vital: true },
  { id: 'wind', standsOn: [], inside: true },
  { id: 'branch', standsOn: ['wind'], inside: true },
];

export const checks: readonly CheckRule[] = [
  { id: 'dry', layer: 'soil', severity: 'unhealthy', forSeconds: 60, clearSeconds: 60, forbids: 'own' },
  { id: 'fog', layer: 'soil', severity: 'unknown', forSeconds: 30, clearSeconds: 30 },
  { id: 'rot', layer: 'trunk', severity: 'unhealthy', forSeconds: 60, clearSeconds: 60 },
  { id: 'pale', layer: 'leaf', severity: 'unhealthy', forSeconds: 120, clearSeconds: 60, tries: 1 },
  { id: 'wilted', layer: 'leaf', severity: 'degraded', forSeconds: 60, clearSeconds: 60 },
  { id: 'rustle', layer: 'leaf', severity: 'tells', forSeconds: 0, clearSeconds: 60 },
  {
    id: 'bare',
    layer: 'crown',
    severity: 'unhealthy',
    forSeconds: 0,
    clearSeconds: 60,
    vote: { kind: 'twig', checks: ['twig_bare'] },
  },
  { id: 'storm', layer: 'wind', severity: 'degraded', forSeconds: 0, clearSeconds: 60, memberIncident: true },
  { id: 'twig_bare', layer: 'branch', severity: 'degraded', forSeconds: 180, clearSeconds: 300, memberIncident: true },
];

export const water: RemedyRule = {
  id: 'water',
  helps: { rot: 'cures', pale: 'may', bare: 'cures' },
  proof: 'mark',
  needs: [
    { seen: 'can', optional: false },
    { seen: 'map', optional: true },
  ],
};

export function policy(changes: Partial<Policy> = {}): Policy {
  return { target: 'tree', layers, checks, remedies: [water], limits, automatic: true, ...changes };
}

/** Everything is well seen and nothing speaks against a restart: started long ago, answered since. */
export function circumstances(changes: Partial<Circumstances> = {}): Circumstances {
  return {
    startedAt: { known: true, value: -100_000 },
    answeredAt: { known: true, value: -90_000 },
    graceSeconds: 600,
    instance: { known: true, value: 'seedling' },
    bears: { known: true, value: null },
    rollout: { known: true, value: { state: 'idle', sentence: 'Nothing is under way.' } },
    groundReadyAt: { known: true, value: -100_000 },
    groundChangedAt: { known: true, value: null },
    seen: { can: { known: true, value: true }, map: { known: true, value: true } },
    hazards: [],
    healing: [],
    otherHealerAt: { known: true, value: null },
    ledger: { known: true, value: { times: [], ours: [] } },
    leader: { known: false, asked: false, why: 'No lease is used.' },
    clockJumpedAt: null,
    ...changes,
  };
}

export function finding(check: string, answer: Finding['answer'], at: number, changes: Partial<Finding> = {}): Finding {
  return { check, member: null, answer, detail: `${check} is ${answer}`, at, ...changes };
}

export function member(id: string, changes: Partial<Member> = {}): Member {
  return { kind: 'twig', id, votes: true, worked: true, reachable: null, ...changes };
}

export function input(now: number, changes: Partial<Input> = {}): Input {
  return { now, findings: [], members: [], circumstances: circumstances(), receipts: [], wishes: [], ...changes };
}

export function state(changes: Partial<State> = {}): State {
  return { ...newState(policy()), ...changes };
}

/** Long confirmed bad and seen in this moment. */
export function badStreak(now: number, changes: Partial<Streak> = {}): Streak {
  const times = { badSince: now - 600, goodSince: 0, at: now, seenAt: now };
  return { bad: 20, good: 0, ...times, latched: true, detail: 'It is bad.', ...changes };
}

/** Good for a while, cleared and seen in this moment. */
export function goodStreak(now: number, changes: Partial<Streak> = {}): Streak {
  const times = { badSince: 0, goodSince: now - 600, at: now, seenAt: now };
  return { bad: 0, good: 20, ...times, latched: false, detail: 'It is good.', ...changes };
}

export function cause(check: string, changes: Partial<Cause> = {}): Cause {
  const layer = checks.find((rule) => rule.id === check)?.layer ?? 'nowhere';
  const ref = { check, layer, member: null };
  return { ...ref, severity: 'unhealthy', detail: `${check} is bad`, ...changes };
}

export function incident(changes: Partial<Incident> = {}): Incident {
  return {
    id: 'tree-0-1',
    member: null,
    openedAt: 0,
    cause: { check: 'rot', layer: 'trunk', member: null },
    severity: 'unhealthy',
    keys: ['rot'],
    status: 'open',
    resolvedAt: null,
    bad: true,
    relapses: 0,
    flappingTold: false,
    acknowledged: false,
    snoozedUntil: null,
    refused: [],
    ...changes,
  };
}

export function order(at: number, changes: Partial<Order> = {}): Order {
  return {
    id: `tree-${at}`,
    at,
    remedy: 'water',
    signature: 'tree:rot',
    cause: { check: 'rot', layer: 'trunk', member: null },
    by: 'warden',
    force: false,
    reason: 'rot is bad',
    incidentId: 'tree-0-1',
    ...changes,
  };
}

/** Whoever changes what was handed in throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
