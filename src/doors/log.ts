/** The log: one line a sentence, for people. No known secret leaves through it. */
import { type DestinationStream, pino } from 'pino';
import type { Log } from './ports.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  level: LogLevel;
  /** Known secret values; each is replaced wherever it appears. */
  secrets?: readonly string[];
  destination?: DestinationStream;
}

const HIDDEN = '***';
/**
 * User and password in any URL, known or not, up to the last @: camera passwords often hold a raw @ or /.
 * What follows the first colon is a port, not a password, where it is digits up to a slash.
 */
const USER_INFO = /(:\/\/)(?:[^\s/?#@:[]*:(?!\d+[/?#])\S*|[^\s/?#]*)@/g;
/** A shorter one would tear ordinary words apart. */
const SHORTEST_SECRET = 4;

/** Writes `2026-01-06T04:06:54Z INFO sentence key=value` lines; standard output without a destination. */
export function openLog({ level, secrets = [], destination = process.stdout }: LogOptions): Log {
  const redact = redactor(secrets);
  const lines: DestinationStream = { write: (json) => destination.write(`${redact(lineOf(json))}\n`) };
  const logger = pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, lines);
  const say =
    (severity: LogLevel) =>
    (sentence: string, fields: Record<string, unknown> = {}): void =>
      logger[severity]({ fields: readable(fields) }, sentence);
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}

/** Replaces every known secret, its forms in a URL included, and the user part of every URL. */
function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), oneLine(secret)])
    .toSorted((a, b) => b.length - a.length);
  return (text) =>
    known.reduce((kept, secret) => kept.replaceAll(secret, HIDDEN), text).replace(USER_INFO, `$1${HIDDEN}@`);
}

const NAMES: Record<number, string> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' };

interface Line {
  level: number;
  time: string;
  msg: string;
  fields: Record<string, unknown>;
}

function lineOf(json: string): string {
  const { level, time, msg, fields } = JSON.parse(json) as Line;
  const extra = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${time.slice(0, 19)}Z ${NAMES[level] ?? level} ${oneLine([msg, ...extra].join(' '))}`;
}

/** Without line breaks, and without control characters that would steer a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** JSON leaves nothing of an error. */
function readable(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([key, value]) => [key, value instanceof Error ? value.message : value]));
}
