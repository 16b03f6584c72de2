/** What a leader leaves in its Lease, as text and back. What is read there may have been written by anybody. */
import { z } from 'zod';
import type { Handed } from '../rules/handover.ts';
import type { Breaker, Incident, Pursuit, Start } from '../rules/state.ts';
import type { Order } from '../rules/types.ts';

/** Raised with every change of the form; an older Warden leaves a newer one's words alone. */
const VERSION = 1;
/** The API takes 256 KiB of annotations; this much is written with every renewal. */
export const MOST_BYTES = 64 * 1024;

const time = z.number().min(0).max(1e11);
const count = z.number().int().min(0).max(1e12);
const word = z.string().max(300);
const sentence = z.string().max(4000);

const cause = z.object({ check: word, layer: word, member: word.nullable() });

// What may be missing is not missed by the types: so each key is asked for by its name.
const order = z.object({
  id: word,
  at: time,
  remedy: word,
  signature: word,
  cause: cause.nullable(),
  by: z.enum(['warden', 'person']),
  force: z.boolean(),
  reason: sentence,
  incidentId: word.nullable(),
} satisfies Record<keyof Order, z.ZodType>);

const start = z.object({
  at: time,
  by: z.enum(['warden', 'person', 'other', 'ledger']),
  orderId: word.nullable(),
  isUnmarked: z.literal(true).exactOptional(),
  seenStartAt: time.exactOptional(),
  isVoid: z.literal(true).exactOptional(),
} satisfies Record<keyof Start, z.ZodType>);

const incident = z.object({
  id: word,
  member: word.nullable(),
  openedAt: time,
  cause,
  severity: z.enum(['unhealthy', 'degraded', 'unknown', 'tells']),
  keys: z.array(word).max(1000),
  status: z.enum(['open', 'resolved']),
  resolvedAt: time.nullable(),
  bad: z.boolean(),
  relapses: count,
  flappingTold: z.boolean(),
  acknowledged: z.boolean(),
  snoozedUntil: time.nullable(),
  refused: z.array(word).max(100),
} satisfies Record<keyof Incident, z.ZodType>);

const breaker = z.object({
  failures: count,
  openedAt: time.nullable(),
  rests: count,
  trialOrderId: word.nullable(),
} satisfies Record<keyof Breaker, z.ZodType>);

/** How long it was silent is not among it: whoever follows it must have watched for itself. */
const pursuit = z.object({
  order,
  stage: z.enum(['ordered', 'accepted', 'restarted', 'answering']),
  keys: z.array(word).max(1000),
  proof: z.enum(['mark', 'instance', 'start']).exactOptional(),
  instance: word.nullable().exactOptional(),
} satisfies Record<Exclude<keyof Pursuit, 'silentSince'>, z.ZodType>);

const handed = z.object({
  sequence: count,
  incidents: z.array(incident).max(2000),
  starts: z.array(start).max(1000),
  lastStart: start.nullable(),
  breakers: z.record(word, breaker),
  pursuit: pursuit.nullable(),
  cures: z.array(z.object({ order, at: time })).max(100),
  lastOutcome: z.object({ outcome: z.enum(['cured', 'ineffective', 'failed']), at: time, sentence }).nullable(),
  automatic: z.boolean(),
  automaticOption: z.boolean(),
  maintenanceUntil: time.nullable(),
  chronicSince: time.nullable(),
  resetAt: time.nullable(),
  refusal: z.object({ at: time, sentence }).nullable(),
  // An older Warden knew of none.
  switchedOff: z.record(word, sentence).default({}),
}) satisfies z.ZodType<Handed>;

const will = z.object({
  version: z.literal(VERSION),
  by: word,
  clock_ahead_seconds: z.number(),
  targets: z.record(z.string(), z.unknown()),
});

/** All that one Warden leaves. */
export interface Will {
  /** Which installation wrote it; a restart of the machine does not make it another. */
  by: string;
  /** Its clock minus the cluster's. */
  aheadSeconds: number;
  targets: Readonly<Record<string, Handed>>;
}

/** `problems`: a sentence for what could not be used. Null: nothing was left, or nothing that can be read. */
export function readWill(text: string | null): { will: Will | null; problems: readonly string[] } {
  if (text === null || text === '') return { will: null, problems: [] };
  const parsed = will.safeParse(text.length > MOST_BYTES * 4 ? null : jsonOf(text));
  if (!parsed.success) {
    return { will: null, problems: ['What the Warden before this one left in the Lease cannot be read.'] };
  }
  const problems: string[] = [];
  const targets: [string, Handed][] = [];
  for (const [id, value] of Object.entries(parsed.data.targets)) {
    const one = handed.safeParse(value);
    if (one.success) targets.push([id, one.data]);
    else problems.push(`What the Warden before this one left in the Lease of ${id.slice(0, 100)} cannot be read.`);
  }
  const { by, clock_ahead_seconds: aheadSeconds } = parsed.data;
  return { will: { by, aheadSeconds, targets: Object.fromEntries(targets) }, problems };
}

/**
 * What people said, and what was said to people, without secrets: whoever may read the Lease reads it. Names stay as
 * they are, for by them the next one knows what is meant.
 */
export function withoutSecrets(one: Handed, redact: (text: string) => string): Handed {
  const told = <T extends { sentence: string }>(word: T): T => ({ ...word, sentence: redact(word.sentence) });
  const ordered = <T extends { order: Order }>(word: T): T => {
    return { ...word, order: { ...word.order, reason: redact(word.order.reason) } };
  };
  return {
    ...one,
    pursuit: one.pursuit && ordered(one.pursuit),
    cures: one.cures.map(ordered),
    lastOutcome: one.lastOutcome && told(one.lastOutcome),
    refusal: one.refusal && told(one.refusal),
    switchedOff: Object.fromEntries(Object.entries(one.switchedOff).map(([id, words]) => [id, redact(words)])),
  };
}

/** TABLE: what is left out, in this order, until the rest fits. */
const LEAVE_OUT: readonly ((one: Handed) => Handed)[] = [
  (one) => one,
  (one) => ({ ...one, incidents: one.incidents.filter(({ status }) => status === 'open') }),
  (one) => ({ ...one, incidents: one.incidents.filter(({ status, member }) => status === 'open' && member === null) }),
  (one) => ({ ...one, incidents: [], cures: [] }),
];

/** `isWhole` is false where something had to be left out. Null: not even the least of it fits. */
export function writeWill({ by, aheadSeconds, targets }: Will): { text: string; isWhole: boolean } | null {
  for (const [i, without] of LEAVE_OUT.entries()) {
    const text = JSON.stringify({
      version: VERSION,
      by,
      clock_ahead_seconds: Math.round(aheadSeconds),
      targets: Object.fromEntries(Object.entries(targets).map(([id, one]) => [id, without(one)])),
    });
    if (new TextEncoder().encode(text).length <= MOST_BYTES) return { text, isWhole: i === 0 };
  }
  return null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
