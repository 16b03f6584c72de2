/** Whether a turn left behind what a restart of the Warden must not forget; counting looks is not among it. */
import type { State, Streak } from './state.ts';

/** What changes with every look and may be some minutes old when it is read again. */
const PASSING: readonly (keyof State)[] = ['streaks', 'looks', 'lastLookAt', 'wellAt'];

/** Compared in place: it is asked of every look, and nearly always nothing has changed. */
export function isLastingChange(before: State, after: State): boolean {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof State>;
  for (const key of keys) if (!PASSING.includes(key) && !isSame(before[key], after[key])) return true;
  return hasOtherLatches(before.streaks, after.streaks);
}

/** What was confirmed and is not cleared is no count. */
function hasOtherLatches(before: Readonly<Record<string, Streak>>, after: Readonly<Record<string, Streak>>): boolean {
  if (before === after) return false;
  let latched = 0;
  for (const key in after) {
    if (!after[key]?.latched) continue;
    if (!before[key]?.latched) return true;
    latched += 1;
  }
  for (const key in before) if (before[key]?.latched) latched -= 1;
  return latched !== 0;
}

/** Equal as JSON: what is undefined is not there. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key in left) if (!isSame(left[key], right[key])) return false;
  for (const key in right) if (left[key] === undefined && right[key] !== undefined) return false;
  return true;
}
