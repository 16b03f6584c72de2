/** Times, lengths and states in words, for people who were just woken up. */
import { withoutQueryLogin } from '../secrets.ts';

/** Stands for "nothing of the sort" in an enum: a state that is empty would be unknown. */
export const NONE = 'none';

/** As Home Assistant's binary sensors and switches have it. */
export function onOff(on: boolean): 'ON' | 'OFF' {
  return on ? 'ON' : 'OFF';
}

/** ISO 8601 with zone and whole seconds; null for what is no time. */
export function iso(epochSeconds: number | null | undefined): string | null {
  const date = new Date(Math.round(epochSeconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace('.000Z', '+00:00');
}

/** `04:06 UTC`, with the date where it is not the day of `now`. Readers live in many zones, so the zone is said. */
export function clockWords(epochSeconds: number, now: number): string {
  const text = iso(epochSeconds) ?? '';
  const time = `${text.slice(11, 16)} UTC`;
  return text.slice(0, 10) === iso(now)?.slice(0, 10) ? time : `${text.slice(0, 10)} ${time}`;
}

/** `40 seconds`, `5 minutes`, `3 hours`, `2 days`: one unit, rounded. */
export function lengthWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return counted(whole, 'second');
  if (whole < 5400) return counted(Math.round(whole / 60), 'minute');
  if (whole < 172_800) return counted(Math.round(whole / 3600), 'hour');
  return counted(Math.round(whole / 86_400), 'day');
}

/** `1 look`, `2 looks`. */
export function counted(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

/** At most so many characters, with an ellipsis where something was cut. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** With a full stop at its end, whoever wrote it. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** `in 54 minutes (05:01 UTC)`: a tired person need not reckon. */
export function aheadWords(epochSeconds: number, now: number): string {
  return `in ${lengthWords(epochSeconds - now)} (${clockWords(epochSeconds, now)})`;
}

/** A name as it stands inside a title: `Detector slow` → `detector slow`, `API silent` stays. */
export function inTitle(name: string): string {
  return /^\p{Lu}\p{Lu}/u.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

/** Without "for 240 s": a length grows at every look, and where it is told or kept the time of its begin stands too. */
export function withoutLength(text: string): string {
  return text.replace(/ for \d+ (?:s|min|h)\b/g, '');
}

/** Last line of defence: no user part of a URL and no login in its query ever leaves. */
export function redact(text: string): string {
  const anonymous = text
    .replace(/:\/\/[^\s/?#"<>]*@/g, '://***@')
    .replace(/:\/\/[^\s:/@"<>]+:(?!\d{1,5}(?:[/?#\s"]|$))[^\s@"<>]*@/g, '://***@');
  return withoutQueryLogin(anonymous);
}
