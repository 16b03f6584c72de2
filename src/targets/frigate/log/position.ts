/** Where a reading of the log ends, and what of the next one is known already. */
import { copyOf } from './events.ts';
import { compareStamps } from './stamps.ts';
import type { LogPosition } from './types.ts';

export interface Follower {
  /** Takes the next line's stamp; false: it was read before. */
  note(stamp: string): boolean;
  end(): LogPosition | null;
  /** Why a part is missing; null: none is. */
  gap(): string | null;
}

/** Which lines are new by the kubelet's stamps, and where the next reading goes on. */
export function followFrom(after: LogPosition | null): Follower {
  let stamp: string | null = null;
  let lines = 0;
  let known = after?.lines ?? 0;
  let isPast = after === null;
  return {
    note: (text) => {
      const order = stamp === null ? 1 : compareStamps(text, stamp);
      if (order > 0) [stamp, lines] = [text, 1];
      else if (order === 0) lines += 1;
      if (isPast || after === null) return true;
      const distance = compareStamps(text, after.stamp);
      if (distance < 0) return false;
      if (distance > 0) {
        isPast = true;
        return true;
      }
      known -= 1;
      return known < 0;
    },
    end: () => (stamp === null ? null : { stamp: copyOf(stamp), lines }),
    gap: () => {
      if (after === null || stamp === null || after.lines === 0 || known < after.lines) return null;
      return 'Lines of the log are missing: Kubernetes threw them away between two looks.';
    },
  };
}
