/** The times that stand in front of log lines, and which of them to believe. */

/**
 * Who set a stamp, the most trusted first: the kubelet, Docker's json-file and s6 write UTC. `frigate` is the local
 * time of its container, told as if it were UTC: only the distances are right.
 */
export type StampKind = 'kubernetes' | 'docker' | 's6' | 'frigate';

const TRUST: Readonly<Record<StampKind, number>> = { kubernetes: 3, docker: 2, s6: 1, frigate: 0 };

export interface Stamp {
  kind: StampKind;
  /** As it stands in the line. */
  text: string;
}

const FORM = /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:(Z)|([+-])(\d\d):(\d\d))?$/;

interface Moment {
  seconds: number;
  nanoseconds: number;
}

function momentOf(text: string): Moment | null {
  const [, year, month, day, hour, minute, second, fraction = '', , sign, hours, minutes] = FORM.exec(text) ?? [];
  if (year === undefined) return null;
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const ahead = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  return { seconds: utc / 1000 - ahead, nanoseconds: Number(fraction.padEnd(9, '0')) };
}

/** Epoch seconds; null: not a time. */
export function secondsOf(text: string): number | null {
  const moment = momentOf(text);
  return moment && moment.seconds + moment.nanoseconds / 1e9;
}

/** Below, at or above 0 as the first is before, at or after the second, to the nanosecond. */
export function compareStamps(first: string, second: string): number {
  if (first === second) return 0;
  // The same length in the same zone sorts as text, and nearly every line of one log does.
  if (first.length === second.length && first.endsWith('Z') && second.endsWith('Z')) return first < second ? -1 : 1;
  const [a, b] = [momentOf(first), momentOf(second)];
  if (!a || !b) return 0;
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}

export type PlacedBy = 'kubernetes' | 'own' | 'none';

/** Where lines stand in time, from the stamps that they bear. */
export interface Placement {
  /** Takes the stamp of the next line. */
  note(kind: StampKind, text: string): void;
  /** Time of the last line that bears one; null: none yet. */
  now(): number | null;
  span(): { firstAt: number | null; lastAt: number | null; placedBy: PlacedBy };
}

/** A longer step is another clock's. */
const STEP_SECONDS = 86_400;

export function openPlacement(): Placement {
  let kind: StampKind | null = null;
  let now = '';
  let first = '';
  let last = '';
  /** A better kind came once: one line alone may be somebody else's. */
  let isOffered = false;
  const lesser = openSteps();
  let latest = Number.NEGATIVE_INFINITY;
  return {
    note: (of, text) => {
      // Once a better kind is gone by, the others are not mixed with it, for they may be hours apart: of them only
      // the distances count.
      if (kind !== null && TRUST[of] < TRUST[kind]) {
        lesser.step(of, text);
        latest = Math.max(latest, (secondsOf(now) ?? latest) + lesser.seconds());
        return;
      }
      // Others write in the form of s6, nobody in that of the cluster or of Docker.
      if (kind !== null && of === 's6' && kind !== of && !isOffered) {
        isOffered = true;
        return;
      }
      isOffered = false;
      lesser.clear();
      if (kind === null || of !== kind) {
        [kind, first, last] = [of, text, text];
        latest = Number.NEGATIVE_INFINITY;
      } else if (compareStamps(text, last) > 0) last = text;
      else if (compareStamps(text, first) < 0) first = text;
      now = text;
    },
    now: () => (kind === null ? null : (secondsOf(now) ?? 0) + lesser.seconds()),
    span: () => ({
      firstAt: kind === null ? null : secondsOf(first),
      lastAt: kind === null ? null : Math.max(latest, secondsOf(last) ?? latest),
      placedBy: kind === null ? 'none' : kind === 'kubernetes' ? 'kubernetes' : 'own',
    }),
  };
}

interface Steps {
  step(kind: StampKind, text: string): void;
  /** What the lines since the last better stamp have moved time on; never below 0. */
  seconds(): number;
  clear(): void;
}

function openSteps(): Steps {
  let before: { kind: StampKind; at: number } | null = null;
  let seconds = 0;
  return {
    step: (kind, text) => {
      const at = secondsOf(text);
      if (at === null) return;
      const step = before?.kind === kind ? at - before.at : 0;
      before = { kind, at };
      if (Math.abs(step) <= STEP_SECONDS) seconds = Math.max(0, seconds + step);
    },
    seconds: () => seconds,
    clear: () => {
      before = null;
      seconds = 0;
    },
  };
}
