/** Whether the loop is still turning, for whoever supervises the process. Pure. */

export interface Turns {
  /** When the first turn could have begun. */
  openedAt: number;
  intervalSeconds: number;
  /** By the target's id; null: it was not looked at yet. */
  lastTurns: Readonly<Record<string, number | null>>;
}

export interface Health {
  status: 'turning' | 'starting' | 'stalled';
  /** Since the last turn of each target; null: it was not looked at yet. */
  secondsSinceTurn: Readonly<Record<string, number | null>>;
}

/** The loop ends a turn after this long, and has so many in flight. */
const TURN_SECONDS = 60;
const IN_FLIGHT = 8;
/** A machine that is busy, or a disk that is slow. */
const SLACK_SECONDS = 60;

/**
 * What the world does must not count: a Frigate that never answers is looked at all the same. So the time allowed is
 * that of a whole round in which every turn takes as long as a turn may take.
 */
export function healthOf({ openedAt, intervalSeconds, lastTurns }: Turns, now: number): Health {
  const lasts = Object.values(lastTurns);
  const roundSeconds = TURN_SECONDS * Math.ceil(lasts.length / IN_FLIGHT);
  const allowedSeconds = intervalSeconds + roundSeconds + SLACK_SECONDS;
  const isStalled = lasts.some((last) => now - (last ?? openedAt) > allowedSeconds);
  return {
    status: isStalled ? 'stalled' : lasts.every((last) => last === null) ? 'starting' : 'turning',
    secondsSinceTurn: Object.fromEntries(
      Object.entries(lastTurns).map(([id, last]) => [id, last === null ? null : Math.round(now - last)]),
    ),
  };
}
