/** What one Warden leaves to the next: what was decided, promised and told of a target, not what was seen of it. */
import { union } from './budget.ts';
import type { Incident, Pursuit, Start, State } from './state.ts';
import type { AnnouncementType, Policy } from './types.ts';

/** Streaks and looks stay with each Warden: whoever acts must have seen for itself. */
export type Handed = Pick<
  State,
  | 'sequence'
  | 'incidents'
  | 'starts'
  | 'lastStart'
  | 'breakers'
  | 'pursuit'
  | 'cures'
  | 'lastOutcome'
  | 'automatic'
  | 'automaticOption'
  | 'maintenanceUntil'
  | 'chronicSince'
  | 'resetAt'
  | 'refusal'
  | 'switchedOff'
>;

/** An announcement that was decided and is not delivered yet. */
export interface Untold {
  incidentId: string | null;
  type: AnnouncementType;
}

/** What people have not been told is left to the next one to tell, in the form in which it will find it out itself. */
export function handedOver(state: State, untold: readonly Untold[]): Handed {
  const { sequence, starts, lastStart, breakers, pursuit, cures, lastOutcome } = state;
  const { automatic, automaticOption, maintenanceUntil, chronicSince, resetAt, refusal, switchedOff } = state;
  const incidents = state.incidents.flatMap((incident) => {
    const types = untold.filter(({ incidentId }) => incidentId === incident.id).map(({ type }) => type);
    return types.includes('opened') ? [] : [asTold(incident, types)];
  });
  return {
    sequence,
    incidents,
    starts,
    lastStart,
    breakers,
    pursuit: pursuit && withoutSilence(pursuit),
    cures,
    lastOutcome,
    automatic,
    automaticOption,
    maintenanceUntil,
    chronicSince,
    resetAt,
    refusal,
    switchedOff,
  };
}

/** Whoever goes on must have watched for itself. */
function withoutSilence({ silentSince: _theirs, ...pursuit }: Pursuit): Pursuit {
  return pursuit;
}

function asTold(incident: Incident, untold: readonly AnnouncementType[]): Incident {
  if (untold.includes('resolved')) return { ...incident, status: 'open', resolvedAt: null };
  if (!untold.includes('flapping')) return incident;
  return { ...incident, bad: false, flappingTold: false, relapses: Math.max(0, incident.relapses - 1) };
}

export interface Adoption {
  policy: Policy;
  now: number;
  /** How far the other's clock is ahead of ours. */
  aheadSeconds: number;
}

/** Two clocks may differ by this much and times still be taken as they are. */
const SAME_CLOCK_SECONDS = 60;
/** What the other told between its last words to us and its end has numbers of its own. */
const MOST_UNHEARD = 100;

/** The state of a follower that leads from now on. Null: nothing was left, and nobody was told what we found. */
export function adopt(own: State, handed: Handed | null, { policy, now, aheadSeconds }: Adoption): State {
  if (!handed) return { ...own, incidents: [] };
  const isAhead = Math.abs(aheadSeconds) >= SAME_CLOCK_SECONDS;
  const theirs = isAhead ? inOurTime(handed, -aheadSeconds) : handed;
  return {
    ...own,
    ...theirs,
    sequence: Math.max(own.sequence, theirs.sequence) + MOST_UNHEARD,
    starts: union(theirs.starts, own.starts),
    lastStart: later(theirs.lastStart, own.lastStart),
    automatic: theirs.automaticOption === policy.automatic ? theirs.automatic : policy.automatic,
    automaticOption: policy.automatic,
    // By which of the two clocks the budget was spent is anybody's guess: for an hour nothing is ordered.
    clockJumpedAt: isAhead ? now : own.clockJumpedAt,
  };
}

/** An order is named by its own time; where the instance bears it, it stays as it is. */
function inOurTime(handed: Handed, seconds: number): Handed {
  const moved = (at: number) => at + seconds;
  const movedOr = (at: number | null) => (at === null ? null : moved(at));
  const start = (one: Start): Start => ({
    ...one,
    at: moved(one.at),
    ...(one.seenStartAt === undefined ? {} : { seenStartAt: moved(one.seenStartAt) }),
  });
  return {
    ...handed,
    incidents: handed.incidents.map((one) => ({
      ...one,
      openedAt: moved(one.openedAt),
      resolvedAt: movedOr(one.resolvedAt),
      snoozedUntil: movedOr(one.snoozedUntil),
    })),
    starts: handed.starts.map(start),
    lastStart: handed.lastStart && start(handed.lastStart),
    breakers: Object.fromEntries(
      Object.entries(handed.breakers).map(([signature, one]) => [
        signature,
        { ...one, openedAt: movedOr(one.openedAt) },
      ]),
    ),
    pursuit: handed.pursuit && (isMarked(handed.pursuit) ? handed.pursuit : movedBy(handed.pursuit, seconds)),
    cures: handed.cures.map((one) => ({ ...one, at: moved(one.at) })),
    lastOutcome: handed.lastOutcome && { ...handed.lastOutcome, at: moved(handed.lastOutcome.at) },
    maintenanceUntil: movedOr(handed.maintenanceUntil),
    chronicSince: movedOr(handed.chronicSince),
    resetAt: movedOr(handed.resetAt),
    refusal: handed.refusal && { ...handed.refusal, at: moved(handed.refusal.at) },
  };
}

function isMarked({ proof }: Pursuit): boolean {
  return proof === undefined || proof === 'mark';
}

function movedBy(pursuit: Pursuit, seconds: number): Pursuit {
  return { ...pursuit, order: { ...pursuit.order, at: pursuit.order.at + seconds } };
}

function later(one: Start | null, other: Start | null): Start | null {
  if (!one || !other) return one ?? other;
  return other.at > one.at ? other : one;
}
