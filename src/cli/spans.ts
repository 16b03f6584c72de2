/** Times as people type them: spans such as 90s or 10m, and moments. */
import { readTime } from '../targets/frigate/recorded/files.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
const LONGEST_SECONDS = 30 * 86_400;

/** Seconds from `15`, `15s`, `5m`, `1h`; null where it is no span between a second and 30 days, or nothing. */
export function readDuration(text: string | null): number | null {
  const [, digits, unit] = /^(\d{1,9}(?:\.\d+)?)\s*([smhd]?)$/i.exec(text?.trim() ?? '') ?? [];
  if (digits === undefined) return null;
  const seconds = Number(digits) * (UNITS[(unit ?? '').toLowerCase()] ?? Number.NaN);
  return seconds >= 1 && seconds <= LONGEST_SECONDS ? seconds : null;
}

/** Epoch seconds from a day (its beginning), a day and a time (UTC unless it says otherwise), or epoch seconds. */
export function readMoment(text: string | null): number | null {
  if (text === null) return null;
  return readTime(/^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? `${text.trim()}T00:00Z` : text);
}
