/** Times of one Frigate: its clock against ours, the age of its stats, and the runs of its process. */
import type { Reply } from '../../../doors/ports.ts';
import type { FrigateMemory } from '../memory.ts';
import type { FrigateStats } from '../read/stats.ts';
import type { RunMemory } from './following.ts';

/** The Date header is cut to whole seconds, and the answer takes its time. */
const SKEW_NOISE_SECONDS = 2;

/** Frigate's clock minus ours. Small differences are the header's own, and would make times flutter. */
export function followSkew(before: number, stats: Reply<unknown> | null, at: number): number {
  if (!stats?.ok || stats.serverTime === null) return before;
  const seen = stats.serverTime - at;
  if (Math.abs(seen) <= SKEW_NOISE_SECONDS) return 0;
  return Math.abs(seen - before) <= SKEW_NOISE_SECONDS ? before : seen;
}

export type Updated = FrigateMemory['updated'];

/** Where the stats stand: the same `last_updated` keeps its time, whatever the clocks do meanwhile. */
export function followUpdated(
  before: Updated,
  stats: FrigateStats | null,
  { now, skewSeconds }: { now: number; skewSeconds: number },
): Updated {
  const lastUpdated = stats?.lastUpdated ?? null;
  if (lastUpdated === null) return before && { ...before, stoodSince: null };
  if (before?.lastUpdated === lastUpdated) return { ...before, stoodSince: before.stoodSince ?? now };
  return { lastUpdated, at: Math.min(now, lastUpdated - skewSeconds), stoodSince: now };
}

export interface RunSigns {
  now: number;
  /** Time of the evidence. */
  at: number;
  uptimeSeconds: number | null;
  container: string | null;
  containerStartedAt: number | null;
  /** A valid answer came in this look. */
  hasAnswered: boolean;
}

/** Computed starts of one run differ by rounding only. */
export const START_NOISE_SECONDS = 60;

/**
 * A Frigate that was up before the Warden came has answered since its own start, about; a little is added
 * for what nobody saw, so that its first minutes are still its first minutes.
 */
const UNSEEN_START_SECONDS = 120;

/** The present run, and whether it is another than before. */
export function followRun(before: RunMemory | null, signs: RunSigns): { run: RunMemory; isNew: boolean } {
  const begun = signs.uptimeSeconds === null ? null : signs.at - signs.uptimeSeconds;
  const isNew = before !== null && isOther(before, signs, begun);
  const kept: RunMemory =
    before && !isNew ? before : { startedAt: null, container: null, uptimeSeconds: null, answeredAt: null };
  const start = begun ?? (before === null ? signs.containerStartedAt : null);
  // A run that was looked at while it was silent answers for the first time now, however old it is.
  const isUnseen = start !== null && kept !== before;
  const first = isUnseen ? Math.min(signs.now, start + UNSEEN_START_SECONDS) : signs.now;
  const run = {
    startedAt: kept.startedAt ?? begun,
    container: signs.container ?? kept.container,
    uptimeSeconds: signs.uptimeSeconds ?? kept.uptimeSeconds,
    answeredAt: kept.answeredAt ?? (signs.hasAnswered ? first : null),
  };
  return { run, isNew };
}

function isOther(before: RunMemory, { container, uptimeSeconds }: RunSigns, begun: number | null): boolean {
  if (container !== null && before.container !== null && container !== before.container) return true;
  if (uptimeSeconds === null || begun === null) return false;
  if (before.uptimeSeconds !== null && uptimeSeconds < before.uptimeSeconds) return true;
  return before.startedAt !== null && begun > before.startedAt + START_NOISE_SECONDS;
}
