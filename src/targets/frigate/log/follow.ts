/** The log from look to look: what is kept of it, and what a restart makes void. */
import type { Following } from '../follow/following.ts';
import { followStart } from './boundaries.ts';
import { forget, keepEvents } from './kept.ts';
import { timesOf } from './query.ts';
import type { LogAnswer, LogEvent, LogFacts, LogMemory, LogPosition, ReadLog } from './types.ts';

export const NEW_LOG: LogMemory = {
  position: null,
  run: null,
  kept: {},
  texts: {},
  startedAt: null,
  since: null,
  readAt: null,
};

/** Further behind, the rest is given up: what comes now matters more than what came then. */
const MOST_BEHIND_SECONDS = 120;
/** Frigate counts its uptime from a later step of its start, after a download of models even minutes later. */
const LATE_UPTIME_SECONDS = 900;

interface Followed {
  memory: LogMemory;
  facts: LogFacts;
}

export function followLog(before: LogMemory, following: Following): Followed {
  const { log } = following.answers;
  const wasRead = before.readAt !== null;
  if (!log) return unread(before, following, wasRead ? 'unread' : 'not_observed', wasRead ? NO_POD : NOBODY);
  const { current } = log;
  if (current.ok) return readOn(before, { ...log, current: current.value }, following);
  const isForbidden = current.status === 403 && !wasRead;
  return unread(before, following, isForbidden ? 'not_observed' : 'unread', current.reason);
}

const NOBODY = 'It comes from Kubernetes, which is not set up for this Frigate.';
const LEFT_BEHIND = 'More is written than can be read; what could not be read in time was left out.';
const NO_POD = "Frigate's pod is not known in this look, so its log cannot be read.";

function factsOf(memory: LogMemory, state: LogFacts['state'], why: string | null): LogFacts {
  const { readAt, since, startedAt, kept, texts } = memory;
  return { state, why, readAt, since, startedAt, kept, texts };
}

/** What was read before still stands, but for what a restart makes void. */
function unread(before: LogMemory, following: Following, state: LogFacts['state'], why: string): Followed {
  const startedAt = startOf(before, following, before.startedAt);
  const memory = { ...before, startedAt, ...remaining(before, before.kept, following.now, startedAt) };
  return { memory, facts: factsOf(memory, state, why) };
}

type Answer = Omit<LogAnswer, 'current'> & { current: ReadLog };

function readOn(
  before: LogMemory,
  { at, run, skewSeconds = 0, current, previous }: Answer,
  following: Following,
): Followed {
  const isOther = run !== null && before.run !== null && run !== before.run;
  const earlier = previous?.ok ? previous.value : null;
  const old = earlier?.events ?? [];
  const carried = keepEvents(before.kept, old);
  const known = { kept: carried, startedAt: isOther ? (current.firstAt ?? at) : before.startedAt };
  const told = followStart(known, current.events);
  const startedAt = isOther ? told : startOf(before, following, told);
  const events = [...old, ...current.events];
  const texts = { ...before.texts, ...latestTexts(carried, events) };
  const kept = keepEvents(carried, current.events);
  const { position, isJump } = nextPosition(isOther ? null : before.position, current, { at, skewSeconds });
  // Another container has a log of its own, which cannot go on where the one before ended.
  const isGap = isOther ? earlier === null || earlier.skipped !== null : current.skipped !== null && !current.isCut;
  const why = isOther && !current.isCut ? (earlier?.skipped ?? null) : current.skipped;
  const memory = {
    position,
    run: run ?? before.run,
    startedAt,
    ...remaining({ texts }, kept, following.now, startedAt),
    since: isJump ? at : before.since === null || isGap ? (current.firstAt ?? at) : before.since,
    readAt: current.isCut && !isJump ? (current.lastAt ?? before.readAt) : at,
  };
  return { memory, facts: factsOf(memory, 'read', isJump ? LEFT_BEHIND : why) };
}

/** Start of the present run: as the log tells it, unless the API or the cluster shows a run that it does not tell. */
function startOf(before: LogMemory, { isNewRun, run, at }: Following, told: number | null): number | null {
  if (!isNewRun) return told;
  const earliest = run.startedAt === null ? (before.readAt ?? at) : run.startedAt - LATE_UPTIME_SECONDS;
  return told !== null && told >= earliest ? told : (run.startedAt ?? earliest);
}

function remaining(
  { texts }: Pick<LogMemory, 'texts'>,
  kept: LogMemory['kept'],
  now: number,
  startedAt: number | null,
): Pick<LogMemory, 'kept' | 'texts'> {
  const left = forget(kept, now, startedAt);
  return { kept: left, texts: Object.fromEntries(Object.entries(texts).filter(([id]) => Object.hasOwn(left, id))) };
}

/** Of each pattern the text of its latest event; one that comes late changes nothing. */
function latestTexts(kept: LogMemory['kept'], events: readonly LogEvent[]): Record<string, string> {
  const latest = events.filter(({ pattern, at }) => at >= (timesOf({ kept }, pattern).at(-1)?.[0] ?? at));
  return Object.fromEntries(latest.toSorted((a, b) => a.at - b.at).map(({ pattern, text }) => [pattern, text]));
}

/** Where the next look goes on. The kubelet's stamps are of the cluster's clock, `lastAt` is of ours. */
function nextPosition(
  before: LogPosition | null,
  { position, lastAt, isCut }: ReadLog,
  { at, skewSeconds }: { at: number; skewSeconds: number },
): { position: LogPosition | null; isJump: boolean } {
  const isJump = isCut && (position === null || lastAt === null || at - lastAt > MOST_BEHIND_SECONDS);
  if (!isJump) return { position: position ?? before, isJump };
  return { position: { stamp: new Date((at + skewSeconds) * 1000).toISOString(), lines: 0 }, isJump };
}
