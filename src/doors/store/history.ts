/**
 * What every look brought back, and its figures: a ring of bytes in a file of its own. It is for people and for replay;
 * nothing that is decided depends on it, so it may fail at any time and only says so.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../ports.ts';
import { isBroken, reasonOf, setAside } from './broken.ts';
import { type HistoryFile, openHistoryFile, type RecordedLook, type Span } from './history-file.ts';
import type { Figures, Rollup } from './rollup.ts';

export interface HistoryOptions {
  folder: string;
  log: Log;
  /** The oldest looks go when there would be more. */
  limitBytes?: number;
  /** Applied to every text and every name in the answers before it is written. */
  redact?: (text: string) => string;
  /** Another process records; nothing is made, mended or written. */
  readOnly?: boolean;
  /** SQLite's page limit; a test fills a small disk with it. */
  maxPages?: number;
}

export interface History {
  /** Never throws. A second look of one target at one time is not recorded. */
  record(target: string, at: number, answers: unknown, figures?: Figures): void;
  /** Oldest first, read as it goes on. What cannot be read is left out, and said. */
  read(target: string, span: Span): Iterable<RecordedLook>;
  /** Rows of five minutes that begin within the span, oldest first. */
  rollups(target: string, span: Span): readonly Rollup[];
  close(): void;
}

const FILE = 'history.db';
const MEBIBYTE = 1024 * 1024;
const LIMIT_BYTES = 256 * MEBIBYTE;

/** Never throws: what cannot be opened now is tried again with every look. */
export function openHistory({ folder, log, ...given }: HistoryOptions): History {
  const { limitBytes = LIMIT_BYTES, redact = (text) => text, readOnly = false, maxPages } = given;
  const path = join(folder, FILE);
  const settings = { limitBytes, readOnly, ...(maxPages === undefined ? {} : { maxPages }) };
  let file: HistoryFile | null = null;
  let isDown = false;
  let isClosed = false;
  let hasSkipped = false;

  /** Null where the file cannot be used. */
  function using<T>(work: (opened: HistoryFile) => T, isSecond = false): T | null {
    if (isClosed || (readOnly && !existsSync(path))) return null;
    try {
      file ??= openHistoryFile(path, settings);
      return work(file);
    } catch (error) {
      return fail(error) === 'begun_anew' && !isSecond ? using(work, true) : null;
    }
  }

  function fail(error: unknown): 'begun_anew' | 'down' {
    const reason = reasonOf(error);
    drop();
    if (isBroken(error) && !readOnly && existsSync(path)) {
      const aside = begunAnew(path);
      if (aside !== null) {
        log.error(`The history file ${path} is broken (${reason}); it is kept as ${aside} and a new one begins.`);
        return 'begun_anew';
      }
    }
    if (!isDown) log.warn(`The history in ${path} cannot be used: ${reason}. All else goes on, and it is tried again.`);
    isDown = true;
    return 'down';
  }

  /** After a failure nobody knows what it still holds open. */
  function drop(): void {
    const old = file;
    file = null;
    try {
      old?.close();
    } catch (error) {
      log.debug(`The history file was not closed: ${reasonOf(error)}.`);
    }
  }

  function* read(target: string, span: Span): Generator<RecordedLook> {
    const looks = using((opened) => opened.read(target, span, skip));
    if (!looks) return;
    for (;;) {
      const next = using(() => looks.next());
      if (!next || next.done) return;
      yield next.value;
    }
  }

  function skip(at: number, error: unknown): void {
    if (hasSkipped) return;
    hasSkipped = true;
    log.warn(`The look at ${new Date(at * 1000).toISOString()} cannot be read from ${path}: ${reasonOf(error)}.`);
  }

  return {
    record: (target, at, answers, figures) => {
      using((opened) => {
        opened.record(target, at, textOf(answers, redact), figures ?? null);
        if (isDown && !readOnly) log.info('The history can be used again.');
        isDown = false;
      });
    },
    read,
    rollups: (target, span) => using((opened) => opened.rollups(target, span)) ?? [],
    close: () => {
      isClosed = true;
      drop();
    },
  };
}

/** Where the broken one lies now; null where it cannot be moved. Only the last one is kept: it may be large. */
function begunAnew(path: string): string | null {
  try {
    for (const part of ['', '-wal', '-shm']) rmSync(`${path}.broken${part}`, { force: true });
    return setAside(path);
  } catch {
    return null;
  }
}

/**
 * JSON without secrets. What is redacted is each text and name for itself, for a pattern could run from one into the
 * next; and only where there is something to redact, for that takes its time.
 */
function textOf(answers: unknown, redact: (text: string) => string): string {
  const text = JSON.stringify(answers ?? null);
  if (redact(text) === text) return text;
  return JSON.stringify(answers, (_key, value: unknown) => {
    if (typeof value === 'string') return redact(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [redact(name), one]));
  });
}
