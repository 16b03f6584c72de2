/** Lines of one meaning become events: folded within a second, cut, without secrets, and bounded in number. */
import { oneLine, withoutLogin } from '../../../secrets.ts';
import type { LogEvent } from './types.ts';

const FOLD_SECONDS = 1;
const TEXT_LIMIT = 300;
/** Enough to hold the @ that ends a password which begins before the limit. */
const CLEANED_LIMIT = 4 * TEXT_LIMIT;
const MEMBER_LIMIT = 100;
/** Kinds are patterns, each with its members; what a garbled log adds beyond that loses its member's name. */
const KINDS = 400;

export interface Occurrence {
  /** Null: before any line that says when it is. */
  at: number | null;
  pattern: string;
  member: string | null;
  message: string;
}

export interface Gathering {
  add(occurrence: Occurrence): void;
  /** The last one came so many times more. */
  repeat(times: number): void;
  /** In order of time; what came before any time has `firstAt`. */
  events(firstAt: number | null): readonly LogEvent[];
}

type Timed = Omit<LogEvent, 'at'> & { at: number | null };

/** When more than `most` are held, the most frequent kind is folded: rare ones stay exact, and no count is lost. */
export function gather(most: number): Gathering {
  const kinds = new Map<string, Timed[]>();
  let held = 0;
  let latest: Timed | null = null;

  const listOf = (pattern: string, member: string | null): { list: Timed[]; member: string | null } => {
    const key = `${pattern}/${member ?? ''}`;
    const known = kinds.get(key);
    if (known) return { list: known, member };
    if (member !== null && kinds.size >= KINDS) return listOf(pattern, null);
    const list: Timed[] = [];
    kinds.set(key, list);
    return { list, member };
  };

  return {
    add: ({ at, pattern, member: named, message }) => {
      const { list, member } = listOf(pattern, named === null ? null : copyOf(oneLine(named).slice(0, MEMBER_LIMIT)));
      const last = list.at(-1);
      if (last && isSameSecond(last.at, at)) {
        last.count += 1;
        latest = last;
        return;
      }
      latest = { at, pattern, member, count: 1, text: cleaned(message) };
      list.push(latest);
      held += 1;
      if (held > most) held -= foldLongest(kinds);
    },
    repeat: (times) => {
      if (latest) latest.count += times;
    },
    events: (firstAt) =>
      [...kinds.values()]
        .flat()
        .map((event) => ({ ...event, at: event.at ?? firstAt ?? 0 }))
        .toSorted((a, b) => a.at - b.at),
  };
}

function isSameSecond(first: number | null, at: number | null): boolean {
  if (first === null || at === null) return first === at;
  return at >= first && at - first < FOLD_SECONDS;
}

/** Folds pairs of neighbours of the most frequent kind; the number that is gone. */
function foldLongest(kinds: ReadonlyMap<string, Timed[]>): number {
  let longest: Timed[] = [];
  for (const list of kinds.values()) if (list.length > longest.length) longest = list;
  const before = longest.length;
  const kept = longest.filter((event, index) => {
    const second = longest[index + 1];
    if (index % 2 === 0 && second) event.count += second.count;
    return index % 2 === 0;
  });
  longest.splice(0, before, ...kept);
  return before - kept.length;
}

function cleaned(message: string): string {
  return copyOf(withoutLogin(oneLine(message.slice(0, CLEANED_LIMIT))).slice(0, TEXT_LIMIT));
}

/** A part of a large text keeps all of it in memory until it is copied. */
export function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
