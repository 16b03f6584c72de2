/** The log: one line a sentence, for people. No known secret leaves through it. */
import { type DestinationStream, pino } from 'pino';
import { oneLine, redactor } from '../secrets.ts';
import type { Log } from './ports.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  level: LogLevel;
  /** Known secret values; each is replaced wherever it appears. */
  secrets?: readonly string[];
  destination?: DestinationStream;
}

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

/** JSON leaves nothing of an error. */
function readable(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([key, value]) => [key, value instanceof Error ? value.message : value]));
}
