/**
 * Who leads, as one Warden sees it: what the Lease said, since when by our own steady clock, and what follows. Pure.
 * The times that stand in a Lease are another machine's: they tell one record from another, and nothing else.
 */

/** So long a record must stand still before it is taken from its holder. Twice client-go's figures: nothing hurries. */
export const LEASE_SECONDS = 30;
/** A refusal must stand for so long: an API server that has just started refuses everybody until it knows all roles. */
const DENIED_SECONDS = LEASE_SECONDS;
/** Without an acknowledged renewal for so long a holder stops acting: well before another one can have taken over. */
export const GIVE_UP_SECONDS = 20;
/** A holder may name a longer time than ours, but none that would keep a dead one in office for hours. */
const LONGEST_LEASE_SECONDS = 300;

/** The part of a Lease by which one holder's word is told from the next. */
export interface LeaseRecord {
  /** Null: nobody holds it. */
  holder: string | null;
  durationSeconds: number | null;
  acquireTime: string | null;
  renewTime: string | null;
  /** How often it has changed hands. */
  transitions: number;
}

/** What is remembered from call to call. Times are those of our steady clock. */
export interface Standing {
  identity: string;
  /** What was last seen; null: nothing yet. */
  record: LeaseRecord | null;
  /** Since when it has been so, as far as we saw. */
  changedAt: number;
  /** When the last renewal that was acknowledged had been sent; null: it is not ours. */
  heldAt: number | null;
  /** The `renewTime` of each word of ours that may stand there. */
  sent: readonly string[];
  /** Why no Lease can be used, and since when: a missing right. `to`: what it would have allowed. */
  denied: { why: string; since: number; to: 'look' | 'write' } | null;
  /** Why it could not be seen or written the last time. */
  silent: string | null;
}

export function newStanding(identity: string): Standing {
  return { identity, record: null, changedAt: 0, heldAt: null, sent: [], denied: null, silent: null };
}

/** The last few words are enough: each one overwrites the one before. */
const SENT_KEPT = 4;

/** A word of ours is on its way; whether it arrives is another matter. */
export function sending(before: Standing, renewTime: string): Standing {
  const { record, sent } = before;
  // What our life before this one left there stays ours until it is overwritten.
  const last = record !== null && isOurs(before, record) ? record.renewTime : null;
  return { ...before, sent: [...new Set([...sent, ...(last === null ? [] : [last]), renewTime])].slice(-SENT_KEPT) };
}

/** A word of ours stands there. `sentAt`: when it left, for that is the latest time from which others count. */
export function held(before: Standing, record: LeaseRecord, sentAt: number): Standing {
  return { ...before, record, changedAt: sentAt, heldAt: sentAt, denied: null, silent: null };
}

/** What a read brought. */
export function seen(before: Standing, record: LeaseRecord, now: number): Standing {
  const isSame = before.record !== null && isSameRecord(before.record, record);
  const changedAt = isSame ? before.changedAt : now;
  const next = { ...before, record, changedAt, denied: withoutLook(before), silent: null };
  return { ...next, heldAt: isOurs(before, record) ? before.heldAt : null };
}

/** Whoever has seen it may look; whether it may be written is shown by writing. */
function withoutLook({ denied }: Standing): Standing['denied'] {
  return denied?.to === 'look' ? null : denied;
}

/** There is no Lease. */
export function gone(before: Standing): Standing {
  return { ...before, record: null, heldAt: null, denied: withoutLook(before), silent: null };
}

export function refused(before: Standing, { why, to, now }: Refusal): Standing {
  return { ...before, denied: { why, to, since: before.denied?.since ?? now }, heldAt: null, silent: null };
}

interface Refusal {
  why: string;
  to: 'look' | 'write';
  now: number;
}

export function unanswered(before: Standing, why: string): Standing {
  return { ...before, silent: why };
}

/** What a fresh read calls for. */
export type Step = 'renew' | 'take' | 'follow';

export function stepFor(standing: Standing, now: number): Step {
  const { record, changedAt } = standing;
  if (!record || record.holder === null) return 'take';
  if (isOurs(standing, record)) return 'renew';
  return now - changedAt >= leaseSecondsOf(record) ? 'take' : 'follow';
}

function leaseSecondsOf({ durationSeconds }: LeaseRecord): number {
  return Math.max(LEASE_SECONDS, Math.min(durationSeconds ?? 0, LONGEST_LEASE_SECONDS));
}

/**
 * Our name alone does not make it ours: a copy of this very machine would bear it too, so the word must be one that we
 * sent. Before we have sent any it is that of our own life before this one, which is over.
 */
function isOurs({ identity, sent }: Standing, { holder, renewTime }: LeaseRecord): boolean {
  return holder === identity && (sent.length === 0 || (renewTime !== null && sent.includes(renewTime)));
}

function isSameRecord(one: LeaseRecord, other: LeaseRecord): boolean {
  return (
    one.holder === other.holder &&
    one.renewTime === other.renewTime &&
    one.acquireTime === other.acquireTime &&
    one.transitions === other.transitions
  );
}

/** `alone`: no Lease may be used, so nobody is waited for. `unknown`: who leads cannot be seen, so nothing is done. */
export type Role = 'leading' | 'following' | 'alone' | 'unknown';

export interface Presence {
  role: Role;
  /** Who leads, as far as it is known. */
  holder: string | null;
  sentence: string;
}

/** What is true at this moment: a process that was frozen leads no more when it wakes, whatever it thought before. */
export function presenceOf(standing: Standing, now: number): Presence {
  const { record, heldAt, denied, silent, identity } = standing;
  const holder = record?.holder ?? null;
  if (heldAt !== null && now - heldAt < GIVE_UP_SECONDS) {
    return { role: 'leading', holder: identity, sentence: 'This Warden leads: it holds the lease.' };
  }
  const isTheirs = record !== null && holder !== null && !isOurs(standing, record);
  const isDenied = denied !== null && now - denied.since >= DENIED_SECONDS;
  // Also without the right to write: who is seen at work is not disturbed.
  if (isTheirs && (!isDenied || stepFor(standing, now) === 'follow')) {
    return { role: 'following', holder, sentence: `Another Warden leads (${holder}): it holds the lease.` };
  }
  if (isDenied) {
    const sentence = `No Lease can be used, so this Warden acts alone. ${denied.why}`;
    return { role: 'alone', holder: null, sentence };
  }
  const why = silent ?? denied?.why ?? 'It has not been asked yet.';
  const lost = heldAt === null ? '' : `The lease could not be renewed for ${GIVE_UP_SECONDS} s. `;
  return { role: 'unknown', holder, sentence: `${lost}${why}` };
}
