/** Where a turn meets the question who leads: before it judges, and before it acts. */
import type { Log } from '../doors/ports.ts';
import { adopt } from '../rules/handover.ts';
import type { State } from '../rules/state.ts';
import type { Policy } from '../rules/types.ts';
import type { Leadership } from './leadership.ts';

/** Above any look at which one way after another runs into its deadline: older ground is no ground to act on. */
const FRESH_SECONDS = 40;

interface TakingOver {
  target: { id: string; name: string; policy: Policy };
  leadership: Pick<Leadership, 'inherit'>;
  log: Log;
  now: number;
}

/** The first turn after another Warden led begins with what that one left. */
export function takenOver(state: State, { target, leadership, log, now }: TakingOver): State {
  const left = leadership.inherit(target.id);
  if (!left) return state;
  const { handed, aheadSeconds } = left;
  const after = adopt(state, handed, { policy: target.policy, now, aheadSeconds });
  const open = after.incidents.filter(({ status }) => status === 'open').length;
  const what = handed ? `${open} open incidents` : 'nothing that can be read';
  log.info(`${target.name}: this Warden takes over; the one before left ${what}.`);
  if (after.clockJumpedAt !== state.clockJumpedAt) {
    const minutes = Math.round(Math.abs(aheadSeconds) / 60);
    const apart = `${minutes} min ${aheadSeconds > 0 ? 'ahead of' : 'behind'} ours`;
    log.warn(`${target.name}: the clock of the Warden before is ${apart}, so nothing is restarted for an hour.`);
  }
  return after;
}

interface Acting {
  leadership: Pick<Leadership, 'whyNotLeading'> | undefined;
  /** Of the look, by the steady clock. */
  ageSeconds(): number;
  signal: AbortSignal;
}

/** The world may have changed since the look, and another Warden may lead by now: then a sentence, else null. */
export async function whyNotNow({ leadership, ageSeconds, signal }: Acting): Promise<string | null> {
  const isStale = () => ageSeconds() > FRESH_SECONDS;
  if (isStale()) return STALE;
  const why = (await leadership?.whyNotLeading(signal)) ?? null;
  if (why !== null) return unsure(why);
  return isStale() ? STALE : null;
}

/** The turn's own deadline: nothing that was seen in it is acted on after that. */
const ACT_SECONDS = 60;

interface Still {
  leadership: Pick<Leadership, 'presence'> | undefined;
  ageSeconds(): number;
  /** The wall clock, since it was judged. */
  hasJumped(): boolean;
}

/**
 * The same once more, in the moment before the call that restarts: the ledger may have taken its time, and who stood
 * still since then must not go on as if nothing were. It asks nobody.
 */
export function whyNotStill({ leadership, ageSeconds, hasJumped }: Still): string | null {
  if (ageSeconds() > ACT_SECONDS || hasJumped()) return STALE;
  const presence = leadership?.presence();
  if (!presence || presence.role === 'leading' || presence.role === 'alone') return null;
  return unsure(presence.sentence);
}

function unsure(why: string): string {
  return `It is not sure that this Warden leads, so nothing was restarted. ${why}`;
}

const STALE = 'What was seen is too old to act on: the Warden stood still, or the look took too long.';
