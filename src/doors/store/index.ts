/** What must outlive a crash: state, memory and undelivered announcements, in one SQLite file. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Log, OutboxEntry, StoreDoor, TurnRecord } from '../ports.ts';
import { BrokenFile, codeOf, isBroken, READONLY, reasonOf, setAside } from './broken.ts';
import { loadSqlite } from './sqlite.ts';

export interface StoreOptions {
  folder: string;
  log: Log;
  /** SQLite's page limit; a test fills a small disk with it. */
  maxPages?: number;
}

/** The folder or the file cannot be used at all; `message` is a sentence for the user. */
export class StoreError extends Error {
  override name = 'StoreError';
}

const FILE = 'state.db';
/** Raised with every change of the tables; `migrate` leads from each older one to it. */
const SCHEMA = 1;

const TABLES = `
  CREATE TABLE target (
    id TEXT PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, memory TEXT NOT NULL, sum TEXT NOT NULL
  ) STRICT;
  CREATE TABLE outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, target TEXT NOT NULL, incident TEXT,
    at REAL NOT NULL, payload TEXT NOT NULL, sum TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = ${SCHEMA};
`;

/** Opens the file, or sets a broken one aside and begins anew. Throws a `StoreError` where nothing can be written. */
export function openStore({ folder, log, maxPages }: StoreOptions): StoreDoor {
  makeFolder(folder);
  const path = join(folder, FILE);
  const database = openOrReplace(path, log);
  if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);

  const load = database.prepare('SELECT state, memory FROM target WHERE id = ?');
  const put = database.prepare('INSERT OR REPLACE INTO target (id, at, state, memory, sum) VALUES (?, ?, ?, ?, ?)');
  const post = database.prepare(
    'INSERT OR IGNORE INTO outbox (id, target, incident, at, payload, sum) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const waiting = database.prepare('SELECT id, target, incident, at, payload FROM outbox ORDER BY place');
  const remove = database.prepare('DELETE FROM outbox WHERE id = ?');
  const last = database.prepare('SELECT max(at) AS at FROM target');

  /** All or nothing, also when the disk is full. */
  function inOne(what: string, work: () => void): void {
    try {
      database.exec('BEGIN IMMEDIATE');
      work();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw new StoreError(`${what} cannot be written to ${path}: ${reasonOf(error)}.`);
    }
  }

  return {
    load: (target) => {
      const row = load.get(target);
      return row ? { state: JSON.parse(String(row.state)), memory: JSON.parse(String(row.memory)) } : null;
    },
    save: (record: TurnRecord) =>
      inOne('The state', () => {
        putAll(put, [record.target, record.at, JSON.stringify(record.state), JSON.stringify(record.memory)]);
        for (const entry of record.outbox) {
          putAll(post, [entry.id, entry.target, entry.incidentId, entry.at, entry.payload]);
        }
      }),
    outbox: () => waiting.all().map(toEntry),
    delivered: (ids) =>
      inOne('What was delivered', () => {
        for (const id of ids) remove.run(id);
      }),
    lastTime: () => {
      const at = last.get()?.at;
      return typeof at === 'number' ? at : null;
    },
    close: () => database.close(),
  };
}

type Value = string | number | null;

/** SQLite has no checksums: a turned bit in a restart's time would be believed. */
function sumOf(values: readonly Value[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('base64');
}

function putAll(statement: StatementSync, values: readonly Value[]): void {
  statement.run(...values, sumOf(values));
}

function toEntry(row: Record<string, unknown>): OutboxEntry {
  return {
    id: String(row.id),
    target: String(row.target),
    incidentId: row.incident === null ? null : String(row.incident),
    at: Number(row.at),
    payload: String(row.payload),
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new StoreError(`The data folder ${folder} cannot be made: ${reasonOf(error)}. Give another with --data.`);
  }
}

/** Without a readable file the budget is still in the cluster's ledger, so beginning anew is safe. */
function openOrReplace(path: string, log: Log): DatabaseSync {
  try {
    return open(path);
  } catch (error) {
    if (!existsSync(path) || !isBroken(error)) {
      throw new StoreError(
        `The state file ${path} cannot be opened: ${reasonOf(error)}. Give another folder with --data.`,
      );
    }
    const aside = setAside(path);
    log.error(`The state file ${path} is broken (${reasonOf(error)}); it is kept as ${aside} and a new one begins.`);
    return open(path);
  }
}

function open(path: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path);
  try {
    // FULL: an order that was decided must be on the disk before anything is restarted.
    // EXCLUSIVE: two Wardens on one file would each reserve a budget of their own.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    check(database);
    migrate(database);
    checkSums(database);
    probe(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A file can be readable at its head and torn further in. */
function check(database: DatabaseSync): void {
  const [row] = database.prepare('PRAGMA integrity_check(1)').all();
  if (row?.integrity_check !== 'ok') throw new BrokenFile(String(row?.integrity_check));
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
  else if (version > SCHEMA) {
    // Not broken: set aside, the restarts of the last hour would be forgotten.
    throw new StoreError(`it was written by a newer version (layout ${version}, this one knows ${SCHEMA})`);
  }
}

/** A page can be in order and what stands on it not. */
function checkSums(database: DatabaseSync): void {
  const kept = [
    ...database.prepare('SELECT id, at, state, memory, sum FROM target').all(),
    ...database.prepare('SELECT id, target, incident, at, payload, sum FROM outbox ORDER BY place').all(),
  ];
  for (const { sum, ...values } of kept) {
    if (sumOf(Object.values(values) as Value[]) !== sum) throw new BrokenFile('what it holds is not what was written');
  }
}

/** Writes before anything depends on it. */
function probe(database: DatabaseSync, path: string): void {
  try {
    database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${SCHEMA}; COMMIT;`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    // A head that says "read only" in a file that may be written.
    if (codeOf(error) === READONLY && isWritable(path)) throw new BrokenFile(reasonOf(error));
    throw error;
  }
}

function isWritable(path: string): boolean {
  try {
    for (const one of [path, dirname(path)]) accessSync(one, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
