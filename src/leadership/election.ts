/** Holds the Lease or watches it, at times of its own: reads, renews, takes, releases, and says what came of it. */
import type { Failure, LeaseDoor } from '../doors/ports.ts';
import { type Estate, type EstateOptions, openEstate } from './estate.ts';
import type { Leadership } from './leadership.ts';
import { handoverIn, type LeaseObject, microTime, newLease, readLease, recordOf, withRecord } from './lease-object.ts';
import {
  gone,
  held,
  LEASE_SECONDS,
  type LeaseRecord,
  newStanding,
  type Presence,
  presenceOf,
  refused,
  type Standing,
  seen,
  sending,
  stepFor,
  unanswered,
} from './record.ts';

export interface ElectionOptions extends EstateOptions {
  door: LeaseDoor;
  place: { namespace: string; name: string };
  /** No other process that lives has the same. */
  identity: string;
  /** Seconds from anywhere that pass evenly, whatever anybody sets a clock to. */
  steady(): number;
  wait(seconds: number, signal: AbortSignal): Promise<void>;
  deadline(seconds: number, signal: AbortSignal): AbortSignal;
  stop: AbortSignal;
}

export interface Election extends Leadership {
  /** Resolves when the Lease was asked for the first time, whatever came of it. */
  asked: Promise<void>;
  /** Resolves after the stop; rejects when something impossible happened. */
  ended: Promise<void>;
  onChange(listener: () => void): void;
  /** Leaves the Lease to the next one at once, with our last words. */
  release(signal: AbortSignal): Promise<void>;
}

/** Three tries of a renewal fit into the time after which a leader gives up, and a take-over is noticed soon. */
const RENEW_SECONDS = 10;
const WATCH_SECONDS = 5;
const RETRY_SECONDS = 2;
/** A right may be granted while the Warden runs. */
const DENIED_SECONDS = 60;
/** News for the next one is written soon, and many at once are written together. */
const NEWS_SECONDS = 1;
const CALL_SECONDS = 5;

/** What is true of the campaign now. */
interface Campaign extends ElectionOptions {
  standing: Standing;
  /** As last read or written; null: it must be read before it can be written. */
  object: LeaseObject | null;
  /** Another Warden led in this life of ours, and we have not since. */
  hasFollowed: boolean;
  isHolding: boolean;
  /** How many of our words the cluster has acknowledged. */
  renewals: number;
  /** What the holder left when it was last looked at. */
  words: string | null;
  estate: Estate;
  hasNews: boolean;
  wroteAt: number;
  wake: AbortController;
  told: Presence | null;
  listeners: (() => void)[];
}

export function openElection(options: ElectionOptions): Election {
  const self: Campaign = {
    ...options,
    standing: newStanding(options.identity),
    object: null,
    hasFollowed: false,
    isHolding: false,
    renewals: 0,
    words: null,
    estate: openEstate(options),
    hasNews: false,
    wroteAt: Number.NEGATIVE_INFINITY,
    wake: new AbortController(),
    told: null,
    listeners: [],
  };
  /** One call after another: two words of ours on their way at once would refuse each other. */
  let tail: Promise<void> = Promise.resolve();
  const alone = (work: () => Promise<void>): Promise<void> => {
    tail = tail.then(work);
    return tail;
  };
  const presence = () => presenceOf(self.standing, self.steady());
  const asked = alone(() => step(self, self.stop));
  return {
    presence,
    asked,
    ended: campaign(self, asked, alone),
    onChange: (listener) => void self.listeners.push(listener),
    inherit: self.estate.inherit,
    changed() {
      self.hasNews = true;
      if (presence().role === 'leading') self.wake.abort();
    },
    async whyNotLeading(signal) {
      const { role, sentence } = presence();
      if (role === 'alone') return null;
      if (role !== 'leading') return sentence;
      let isRenewed = false;
      await alone(async () => {
        const before = self.renewals;
        await step(self, signal);
        isRenewed = self.renewals > before;
      });
      return isRenewed ? null : (self.standing.silent ?? presence().sentence);
    },
    release: (signal) => alone(() => release(self, signal)),
  };
}

async function campaign(
  self: Campaign,
  asked: Promise<void>,
  alone: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await asked;
  while (!self.stop.aborted) {
    self.wake = new AbortController();
    await self.wait(secondsToNext(self), AbortSignal.any([self.stop, self.wake.signal]));
    if (self.stop.aborted) break;
    // Woken for news that must rest a moment longer.
    if (self.wake.signal.aborted && secondsToNext(self) > 0) continue;
    await alone(() => step(self, self.stop));
  }
}

function secondsToNext({ standing, steady, hasNews, wroteAt }: Campaign): number {
  const now = steady();
  const { role } = presenceOf(standing, now);
  if (role === 'alone') return DENIED_SECONDS;
  if (standing.silent !== null || role === 'unknown') return RETRY_SECONDS;
  if (role === 'leading') return Math.max(0, wroteAt + (hasNews ? NEWS_SECONDS : RENEW_SECONDS) - now);
  // Not before it may be taken, and not long after.
  const left = standing.changedAt + LEASE_SECONDS - now;
  return left > 0 ? Math.min(WATCH_SECONDS, left) : WATCH_SECONDS;
}

/** One pass: sees what stands there, and does what follows. A word of ours that came too late is looked at again. */
async function step(self: Campaign, stop: AbortSignal): Promise<void> {
  const signal = self.deadline(CALL_SECONDS, stop);
  for (let tries = 0; tries < 2; tries += 1) {
    if (self.object === null && !(await look(self, signal))) break;
    const next = stepFor(self.standing, self.steady());
    if (next === 'follow') {
      // Only a fresh look shows whether its holder lives.
      self.object = null;
      break;
    }
    if (await write(self, next, signal)) break;
  }
  tell(self);
}

/** False: nothing can be done now. True with no object: there is none, and it may be made. */
async function look(self: Campaign, signal: AbortSignal): Promise<boolean> {
  const { namespace, name } = self.place;
  const reply = await self.door.lease(namespace, name, signal);
  self.estate.heed(reply);
  if (!reply.ok && reply.status === 404) {
    self.standing = gone(self.standing);
    return true;
  }
  if (!reply.ok) return fail(self, reply, 'look');
  return accept(self, reply.value, (object) => seen(self.standing, recordOf(object), self.steady()));
}

/** Takes over what the API says of the Lease; false where it says nothing that can be read. */
function accept(self: Campaign, value: unknown, standing: (object: LeaseObject) => Standing): boolean {
  const object = readLease(value);
  if (!object) {
    self.standing = unanswered(self.standing, `The lease ${self.place.name} came in an unknown form.`);
    return false;
  }
  self.object = object;
  self.words = handoverIn(object);
  self.standing = standing(object);
  if (presenceOf(self.standing, self.steady()).role === 'following') {
    self.hasFollowed = true;
    self.isHolding = false;
    self.estate.leave();
  }
  return true;
}

/** True: it is ours. A conflict leaves no object, so that it is looked at again. */
async function write(self: Campaign, next: 'renew' | 'take', signal: AbortSignal): Promise<boolean> {
  const { namespace, name } = self.place;
  const before = self.object;
  const renewTime = microTime(self.clock.now());
  const record = nextRecord(self, next, renewTime);
  const body = before ? withRecord(before, record, lastWords(self)) : newLease(self.place, record);
  const sentAt = self.steady();
  self.standing = sending(self.standing, renewTime);
  self.object = null;
  const reply = before
    ? await self.door.replaceLease(namespace, name, body, signal)
    : await self.door.createLease(namespace, body, signal);
  self.estate.heed(reply);
  if (!reply.ok) {
    if (reply.status === 409) self.standing = unanswered(self.standing, reply.reason);
    else fail(self, reply, 'write');
    // What is not known to be refused is looked at with the next pass.
    return reply.status !== 409;
  }
  if (!accept(self, reply.value, (object) => held(self.standing, recordOf(object), sentAt))) return true;
  self.wroteAt = sentAt;
  self.renewals += 1;
  if (!self.isHolding) enter(self);
  self.isHolding = true;
  return true;
}

function nextRecord({ standing, identity }: Campaign, next: 'renew' | 'take', renewTime: string): LeaseRecord {
  const { record } = standing;
  const kept = { holder: identity, durationSeconds: LEASE_SECONDS, renewTime };
  if (next === 'renew' && record) return { ...record, ...kept };
  return { ...kept, acquireTime: renewTime, transitions: record === null ? 0 : record.transitions + 1 };
}

/** What there is to say to who comes after us; before we held it we have nothing to say. */
function lastWords(self: Campaign): string | null {
  if (!self.isHolding) return null;
  self.hasNews = false;
  return self.estate.words();
}

function enter(self: Campaign): void {
  self.estate.enter(self.words, self.hasFollowed);
  self.hasFollowed = false;
}

function fail(self: Campaign, { status, reason }: Failure, to: 'look' | 'write'): false {
  self.standing =
    status === 403
      ? refused(self.standing, { why: reason, to, now: self.steady() })
      : unanswered(self.standing, reason);
  return false;
}

function tell(self: Campaign): void {
  const now = presenceOf(self.standing, self.steady());
  const { told } = self;
  if (now.role === 'alone' && self.hasFollowed) enter(self);
  self.told = now;
  if (told?.role === now.role && told.holder === now.holder) return;
  if (now.role === 'alone' || now.role === 'unknown') self.log.warn(now.sentence);
  else self.log.info(now.sentence);
  for (const listener of self.listeners) listener();
}

/** Nobody waits for a holder that says itself that it goes. */
async function release(self: Campaign, stop: AbortSignal): Promise<void> {
  const { place } = self;
  const signal = self.deadline(CALL_SECONDS, stop);
  if (!self.isHolding || (self.object === null && !(await look(self, signal)))) return;
  const { object, standing } = self;
  if (!object || !standing.record || stepFor(standing, self.steady()) !== 'renew') return;
  const record = { ...standing.record, holder: null, renewTime: microTime(self.clock.now()) };
  const body = withRecord(object, record, lastWords(self));
  self.object = null;
  self.isHolding = false;
  self.standing = { ...standing, heldAt: null };
  const reply = await self.door.replaceLease(place.namespace, place.name, body, signal);
  if (reply.ok) self.log.info('The lease is left to the next Warden.');
}
