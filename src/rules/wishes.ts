/** What people asked for, as far as it only changes what is remembered. Restarts go through the guards. */
import type { Incident, State } from './state.ts';
import type { Limits, Wish } from './types.ts';

export interface Heard {
  state: State;
  /** Somebody reset the breaker and the daily limit. */
  wasReset: boolean;
  /** Somebody asked for a test announcement. */
  tests: number;
}

export function hear(before: State, wishes: readonly Wish[], now: number, limits: Limits): Heard {
  let state = before;
  let wasReset = false;
  let tests = 0;
  for (const wish of wishes) {
    switch (wish.kind) {
      case 'automatic_restarts':
        state = { ...state, automatic: wish.on };
        break;
      case 'maintenance':
        state = { ...state, maintenanceUntil: wish.on ? now + limits.maintenanceSeconds : null };
        break;
      case 'reset_breaker':
        state = { ...state, breakers: {}, chronicSince: null, resetAt: now, refusal: null, switchedOff: {} };
        wasReset = true;
        break;
      case 'acknowledge':
        state = touch(state, wish.incidentId, (incident) => ({ ...incident, acknowledged: true }));
        break;
      case 'snooze': {
        const snoozedUntil = now + wish.minutes * 60;
        state = touch(state, wish.incidentId, (incident) => ({ ...incident, snoozedUntil }));
        break;
      }
      case 'test_alert':
        tests += 1;
        break;
      case 'check_now':
      case 'restart':
      case 'force_restart':
        break;
    }
  }
  if (state.maintenanceUntil !== null && now >= state.maintenanceUntil) state = { ...state, maintenanceUntil: null };
  return { state, wasReset, tests };
}

/** One incident by its id, or all open ones without. */
function touch(state: State, incidentId: string | null, change: (incident: Incident) => Incident): State {
  const isMeant = (i: Incident) => i.status === 'open' && (incidentId === null || i.id === incidentId);
  return { ...state, incidents: state.incidents.map((i) => (isMeant(i) ? change(i) : i)) };
}
