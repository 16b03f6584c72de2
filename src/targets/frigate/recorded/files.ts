/** The small files of a case folder, each read forgivingly: what is missing or broken is left out. Pure. */

import type { Failure, Letter, Reply } from '../../../doors/ports.ts';
import { isFields } from '../../ground/fields.ts';
import { failureSaid } from '../../ground/recorded.ts';
import type { VantageId } from '../observe/answers.ts';
import { EARLIEST_SECONDS, readNumber } from '../read/stats.ts';

/** What a case folder gives; a door reads it. */
export interface CaseFiles {
  /** The files `<kind>-<number><ending>` by their number, ascending. */
  numbered(kind: string, ending: string): ReadonlyMap<number, string>;
  has(name: string): boolean;
  json(name: string): Reply<unknown>;
  text(name: string): Reply<string>;
  /** A file of any size, piece by piece. */
  chunks(name: string): Iterable<string>;
}

/** Looks closer than a second or further apart than a day are no looks at a rhythm. */
const LEAST_SECONDS = 1;
const MOST_SECONDS = 86_400;

/** `case.json`; null for what it does not say, or says in a way that cannot be meant. */
export function readCase(value: unknown): { start: number | null; everySeconds: number | null } {
  if (!isFields(value)) return { start: null, everySeconds: null };
  const every = readNumber(value.every_seconds);
  const isEvery = every !== null && every >= LEAST_SECONDS && every <= MOST_SECONDS;
  return { start: readTime(value.start), everySeconds: isEvery ? every : null };
}

/** Above this a number is a time in milliseconds. */
const MILLISECONDS = 100_000_000_000;
/** With a day and a time; one without a zone is UTC, as all of a case is. */
const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** Epoch seconds from a number or from ISO 8601 text; null where it is no time. */
export function readTime(value: unknown): number | null {
  const number = readNumber(value);
  if (number !== null) {
    const seconds = number > MILLISECONDS ? number / 1000 : number;
    return seconds >= EARLIEST_SECONDS && seconds <= MILLISECONDS ? seconds : null;
  }
  const [, day, time, zone = 'Z'] = (typeof value === 'string' && ISO.exec(value.trim())) || [];
  if (day === undefined || time === undefined) return null;
  const parsed = Date.parse(
    `${day}T${time}${/^(?:z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')}`,
  );
  return Number.isNaN(parsed) || parsed < EARLIEST_SECONDS * 1000 ? null : parsed / 1000;
}

/** `history.json`: restarts before or during the case, and cameras that are known to have worked. */
export function readHistory(value: unknown): { restarts: readonly number[]; worked: readonly string[] } {
  if (!isFields(value)) return { restarts: [], worked: [] };
  const restarts = listOf(value.restarts).map((one) => readTime(isFields(one) ? one.at : one));
  const worked = isFields(value.worked) ? Object.keys(value.worked).filter(isOn(value.worked)) : listOf(value.worked);
  return {
    restarts: restarts.filter((time) => time !== null).toSorted((a, b) => a - b),
    worked: worked.filter((one) => typeof one === 'string'),
  };
}

function isOn(fields: Readonly<Record<string, unknown>>): (key: string) => boolean {
  return (key) => fields[key] !== false;
}

/** `stats-003.error.json`: `{"error": "http 502", "body"?: "…"}`, or the words alone. */
export function readFailure(reply: Reply<unknown>, place = 'Frigate'): Failure {
  const value = reply.ok ? reply.value : null;
  const words = isFields(value) ? (value.error ?? value.status ?? value.code) : value;
  const body = isFields(value) && typeof value.body === 'string' ? value.body : null;
  const text = typeof words === 'string' || typeof words === 'number' ? String(words) : 'of an unknown reason';
  return failureSaid(text, place, body);
}

const VANTAGES: Readonly<Record<VantageId, string>> = {
  direct: 'Frigate',
  service_proxy: "The API server's way to the service",
  pod_proxy: "The API server's way to the pod",
  exec: 'The command in the container',
};

type Ways = Readonly<Partial<Record<VantageId, 'ok' | Failure>>>;

/** `vantages-001.json`: what each way to Frigate said, and what each camera's address did. */
export function readVantages(value: unknown): { ways: Ways; reach: Readonly<Record<string, 'ok' | Failure>> } {
  if (!isFields(value)) return { ways: {}, reach: {} };
  const ways = Object.entries(VANTAGES).flatMap(([id, place]) => {
    const said = wayOf(value[id], place);
    return said === null ? [] : [[id, said] as const];
  });
  const cameras = isFields(value.cameras) ? Object.entries(value.cameras) : [];
  const reach = cameras.flatMap(([id, one]) => {
    const said = wayOf(one, `The address of ${id}`);
    return said === null ? [] : [[id, said] as const];
  });
  return { ways: Object.fromEntries(ways), reach: Object.fromEntries(reach) };
}

function wayOf(value: unknown, place: string): 'ok' | Failure | null {
  if (value === true || value === 200) return 'ok';
  if (value === false) return failureSaid('', place);
  if (typeof value === 'number') return failureSaid(String(value), place);
  if (isFields(value))
    return value.ok === true ? 'ok' : readFailure({ ok: true, value, status: 200, serverTime: null }, place);
  if (typeof value !== 'string') return null;
  return /^\s*(?:ok|up|open|online|reachable|(?:http\s*)?200)\s*$/i.test(value) ? 'ok' : failureSaid(value, place);
}

/** `recordings-001.json`: lists of segments as Frigate gives them, by camera; also one list that names the cameras. */
export function readRecordings(value: unknown): Readonly<Record<string, readonly unknown[]>> {
  const found: Record<string, unknown[]> = {};
  const add = (camera: string, segments: readonly unknown[]) => {
    found[camera] = [...(Object.hasOwn(found, camera) ? (found[camera] ?? []) : []), ...segments.map(segmentOf)];
  };
  if (Array.isArray(value)) {
    for (const one of value) if (isFields(one) && typeof one.camera === 'string') add(one.camera, [one]);
    return found;
  }
  for (const [camera, said] of isFields(value) ? Object.entries(value) : []) {
    const list = isFields(said) ? (said.recordings ?? said.segments ?? said.list) : said;
    if (Array.isArray(list)) add(camera, list);
  }
  return found;
}

/** With the names and the numbers that Frigate's own API gives. */
function segmentOf(segment: unknown): unknown {
  if (!isFields(segment)) return segment;
  const { start_time: start = segment.start, end_time: end = segment.end } = segment;
  return { start_time: readTime(start), end_time: readTime(end) };
}

/** So much of one line is read: the stats of 64 cameras in one letter, and room to spare. */
const LINE_CHARACTERS = 1024 * 1024;

/** The lines of a text that comes in pieces cut anywhere; one that is too long is left out. */
export function* linesOf(chunks: Iterable<string>): Generator<string> {
  let rest = '';
  for (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    // What is too long already need not be kept until its end, which may never come.
    if (rest.length > LINE_CHARACTERS) rest = rest.slice(0, LINE_CHARACTERS + 1);
    for (const line of lines) if (line.length <= LINE_CHARACTERS) yield line;
  }
  if (rest.length <= LINE_CHARACTERS) yield rest;
}

/** What the product collects of all that comes over MQTT. */
const COLLECTED = /\/(?:available|stats|[^/]+\/status\/[^/]+|[^/]+\/enabled\/state)$/;

/** One line of `mqtt.jsonl`; null where it is none, or of a topic that nobody reads. */
export function readLetter(line: string): Letter | null {
  if (line.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (!isFields(value) || typeof value.topic !== 'string' || !COLLECTED.test(value.topic)) return null;
  const at = readTime(value.at ?? value.time ?? value.ts);
  if (at === null) return null;
  const { payload } = value;
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload ?? '');
  return { at, topic: value.topic, payload: text, retained: value.retained === true || value.retain === true };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
