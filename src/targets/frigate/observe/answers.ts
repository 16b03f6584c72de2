/** What one look at a Frigate brings back, as it is recorded: plain JSON without secrets. */
import type { Failure, Reply } from '../../../doors/ports.ts';
import { type Fields, isFields } from '../../ground/fields.ts';
import type { GroundAnswers } from '../../ground/types.ts';
import type { LogAnswer } from '../log/types.ts';
import { type Configured, readConfigured } from '../read/configured.ts';
import { isShallow, isStats, readNumber } from '../read/stats.ts';

/** A way to Frigate's API, in the order in which they are asked. */
export type VantageId = 'direct' | 'service_proxy' | 'pod_proxy' | 'exec';

/** One segment of a recording. Epoch seconds in Frigate's clock. */
export interface Segment {
  start: number;
  end: number;
}

/** One stream of go2rtc. */
export interface Stream {
  /** Somebody takes it. */
  hasConsumers: boolean;
  /** Its source is connected. */
  isConnected: boolean;
  /** Bytes that all its sources have sent; null: they do not say. */
  bytes: number | null;
  /** Ids of its connections: another id is another connection. */
  ids: readonly string[];
}

/** What Frigate said over MQTT since the look before. */
export interface MailAnswer {
  /** Since when the broker is connected without a break; null: it is not. */
  connectedSince: number | null;
  letters: readonly { at: number; topic: string; payload: string; retained: boolean }[];
  dropped: number;
}

export interface FrigateAnswers {
  /** When the stats were there, in our clock. */
  at: number;
  /** Null: not asked, for the stats said it, or nobody can be asked. */
  version: Reply<string> | null;
  /** The body of GET /api/stats without what nobody reads. Null: there is nobody to ask, only a log. */
  stats: Reply<unknown> | null;
  /** Whom `version` and `stats` are from. */
  vantage: VantageId | null;
  /** What each vantage that was asked said to the question for stats. */
  vantages: Readonly<Partial<Record<VantageId, 'ok' | Failure>>>;
  /** Why ways through the cluster are closed to us, a sentence each; without it none is. */
  closed?: readonly string[];
  /** Null: nobody can or may read it. */
  log: LogAnswer | null;
  /** The last minutes of each camera that was asked for; empty lists are answers too. */
  recordings: Readonly<Record<string, Reply<readonly Segment[]>>>;
  /** go2rtc's streams by name; null: not asked. */
  streams: Reply<Readonly<Record<string, Stream>>> | null;
  /** What the address of each camera that was looked at did. */
  reach: Readonly<Record<string, 'ok' | Failure>>;
  /** Null: no broker is configured. */
  mail: MailAnswer | null;
  /** Null: not asked in this turn. */
  config: Reply<Configured> | null;
  /** Null: no cluster is configured. */
  ground: GroundAnswers | null;
}

/** A page of somebody else's is no version. */
export function keepVersion(reply: Reply<string>): Reply<string> {
  if (!reply.ok) return reply;
  const value = reply.value.trim();
  if (value.length <= 64 && /^v?\d+\.\d+\S*$/.test(value)) return { ...reply, value };
  return { ok: false, kind: 'form', reason: 'The answer of /api/version is not a version.' };
}

/** Without what nobody reads: command lines may name secrets, and a day of them is large. */
export function keepStats(reply: Reply<unknown>): Reply<unknown> {
  if (!reply.ok) return reply;
  if (!isStats(reply.value)) {
    return { ok: false, kind: 'form', reason: 'The answer of /api/stats is not Frigate stats.' };
  }
  const kept = Object.entries(reply.value)
    .filter(([key]) => !UNREAD.includes(key))
    .map(([key, value]) => [key, key === 'cpu_usages' ? pids(value) : value]);
  const value = Object.fromEntries(kept);
  if (isShallow(value, STATS_LEVELS)) return { ...reply, value };
  return { ok: false, kind: 'form', reason: 'The answer of /api/stats is nested deeper than any Frigate stats.' };
}

/** A body of another form is no answer. */
export function keepConfig(reply: Reply<unknown>): Reply<Configured> {
  if (!reply.ok) return reply;
  const value = readConfigured(reply.value);
  if (value) return { ...reply, value };
  return { ok: false, kind: 'form', reason: 'The answer of /api/config is not a Frigate configuration.' };
}

/** Frigate's own have four; what is nested without end could not be written down again. */
const STATS_LEVELS = 8;

const UNREAD = ['gpu_usages', 'npu_usages', 'bandwidth_usages', 'embeddings'];

function pids(usages: unknown): unknown {
  return isFields(usages) ? Object.fromEntries(Object.keys(usages).map((pid) => [pid, {}])) : null;
}

/** Of Frigate's stats over MQTT it counts that they came. They hold command lines, and those hold logins. */
export function keepMail(mail: MailAnswer): MailAnswer {
  const letters = mail.letters.map((letter) => (letter.topic.endsWith('/stats') ? { ...letter, payload: '' } : letter));
  return { ...mail, letters };
}

/** What is read of a camera's list of recordings: when each segment began and ended, the last ones. */
export function keepSegments(reply: Reply<unknown>): Reply<readonly Segment[]> {
  if (!reply.ok) return reply;
  if (!Array.isArray(reply.value)) return NO_SEGMENTS;
  const value = reply.value.flatMap((row: unknown): Segment[] => {
    const [start, end] = isFields(row) ? [readNumber(row.start_time), readNumber(row.end_time)] : [null, null];
    return start !== null && end !== null ? [{ start, end }] : [];
  });
  if (value.length === 0 && reply.value.length > 0) return NO_SEGMENTS;
  return { ...reply, value: value.toSorted((a, b) => a.end - b.end).slice(-MOST_SEGMENTS) };
}

/** Ten minutes hold sixty; some cameras cut theirs shorter. */
const MOST_SEGMENTS = 200;

const NO_SEGMENTS: Failure = { ok: false, kind: 'form', reason: 'The answer about recordings is no list of segments.' };

/**
 * go2rtc's streams, of any version that Frigate has shipped, without their addresses: those hold passwords.
 * What is asked for by ?src= is named after its address, and is nobody's camera.
 */
export function keepStreams(reply: Reply<unknown>): Reply<Readonly<Record<string, Stream>>> {
  if (!reply.ok) return reply;
  const streams = isFields(reply.value) ? Object.entries(reply.value) : null;
  const rows = streams?.filter((entry): entry is [string, Fields] => isFields(entry[1]) && isStream(entry[1])) ?? [];
  if (!streams || (rows.length === 0 && streams.length > 0)) return NO_STREAMS;
  const named = rows.filter(([name]) => !name.includes('://')).slice(0, MOST_STREAMS);
  const value = Object.fromEntries(named.map(([name, row]) => [name, streamOf(row)]));
  return { ...reply, value };
}

/** Two for each of 64 cameras, and room for others' own. */
const MOST_STREAMS = 256;

const NO_STREAMS: Failure = { ok: false, kind: 'form', reason: "The answer about go2rtc's streams is not go2rtc's." };

function isStream(row: Fields): boolean {
  return 'producers' in row || 'consumers' in row;
}

/** A source that is idle, or that was never reached, is nothing but its URL. */
const IDLE_KEYS = ['url', 'source', 'error'];

function streamOf({ producers, consumers }: Fields): Stream {
  const connected = fieldsIn(producers).filter((one) => Object.keys(one).some((key) => !IDLE_KEYS.includes(key)));
  const counts = connected.map(bytesOf).filter((bytes) => bytes !== null);
  return {
    hasConsumers: Array.isArray(consumers) && consumers.length > 0,
    isConnected: connected.length > 0,
    bytes: counts.length > 0 ? counts.reduce((sum, bytes) => sum + bytes, 0) : null,
    ids: connected.flatMap(({ id }) => (typeof id === 'number' || typeof id === 'string' ? [String(id)] : [])),
  };
}

/** go2rtc 1.9.4 renamed it; what is received may also stand with each track only. */
function bytesOf(producer: Fields): number | null {
  const own = readNumber(producer.bytes_recv) ?? readNumber(producer.recv);
  if (own !== null) return own;
  const tracks = fieldsIn(producer.receivers)
    .map((track) => readNumber(track.bytes))
    .filter((bytes) => bytes !== null);
  return tracks.length > 0 ? tracks.reduce((sum, bytes) => sum + bytes, 0) : null;
}

function fieldsIn(list: unknown): readonly Fields[] {
  return Array.isArray(list) ? list.filter(isFields) : [];
}
