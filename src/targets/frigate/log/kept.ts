/** Counts of log events over a day, bounded: old ones grow coarse, none is lost before its time. */
import { patternOf } from './patterns.ts';
import { keyOf } from './query.ts';
import type { Counted, LogEvent, LogMemory } from './types.ts';

type Kept = LogMemory['kept'];

const KEPT_SECONDS = 86_400;
const MOST_ENTRIES = 300;
/** So many of the latest stay exact, whatever comes. */
const EXACT_ENTRIES = 100;
const MOST_KEYS = 400;

/** Files events under their pattern, and under their member too; those that come late stand where they belong. */
export function keepEvents(kept: Kept, events: readonly LogEvent[]): Kept {
  if (events.length === 0) return kept;
  const fresh = new Map<string, (readonly [number, number])[]>();
  for (const { at, count, pattern, member } of events) {
    const keys = member === null ? [pattern] : [pattern, keyOf(pattern, member)];
    for (const key of keys) {
      const list = fresh.get(key) ?? [];
      list.push([at, count]);
      fresh.set(key, list);
    }
  }
  const grown = [...fresh].map(([key, list]) => [key, folded(inOrder([...(kept[key] ?? []), ...list]))] as const);
  return withinKeys({ ...kept, ...Object.fromEntries(grown) });
}

/** Without what is a day old, but for what only a hand undoes, and without what a restart at `startedAt` made void. */
export function forget(kept: Kept, now: number, startedAt: number | null): Kept {
  const isStale = ([key, times]: readonly [string, Counted]) => (times[0]?.[0] ?? 0) < oldestOf(key, now, startedAt);
  const entries = Object.entries(kept);
  if (!entries.some(isStale)) return kept;
  const left = entries.map(([key, times]) => {
    const oldest = oldestOf(key, now, startedAt);
    return [key, times.filter(([at]) => at >= oldest)] as const;
  });
  return Object.fromEntries(left.filter(([, times]) => times.length > 0));
}

function oldestOf(key: string, now: number, startedAt: number | null): number {
  const [id = ''] = key.split('/', 1);
  const pattern = patternOf(id);
  const dayAgo = pattern?.outlivesDay ? Number.NEGATIVE_INFINITY : now - KEPT_SECONDS;
  return startedAt === null || pattern?.outlivesRun ? dayAgo : Math.max(dayAgo, startedAt);
}

/** Of one time there is one entry. */
function inOrder(times: Counted): Counted {
  const merged: [number, number][] = [];
  for (const [at, count] of times.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last?.[0] === at) last[1] += count;
    else merged.push([at, count]);
  }
  return merged;
}

/** Neighbours become one, with the time of the later. */
function folded(times: Counted): Counted {
  let list = times;
  while (list.length > MOST_ENTRIES) {
    const old = list.slice(0, -EXACT_ENTRIES);
    const pairs = old.flatMap(([at, count], index): Counted => {
      if (index % 2 === 1) return [[at, count + (old[index - 1]?.[1] ?? 0)]];
      return index === old.length - 1 ? [[at, count]] : [];
    });
    list = [...pairs, ...list.slice(-EXACT_ENTRIES)];
  }
  return list;
}

/** A pattern's own count always stays; of members those that were silent longest go. */
function withinKeys(kept: Kept): Kept {
  const keys = Object.keys(kept);
  if (keys.length <= MOST_KEYS) return kept;
  const lastOf = (key: string) => kept[key]?.at(-1)?.[0] ?? 0;
  const members = keys.filter((key) => key.includes('/')).toSorted((a, b) => lastOf(a) - lastOf(b));
  const gone = new Set(members.slice(0, keys.length - MOST_KEYS));
  return Object.fromEntries(Object.entries(kept).filter(([key]) => !gone.has(key)));
}
