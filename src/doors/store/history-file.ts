/** The history's SQLite file: tables, statements, and the ring. Everything here throws what SQLite throws. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { pack, unpack } from './packing.ts';
import { type Bucket, bucketStart, EMPTY_BUCKET, type Figures, type Rollup, rollupOf, withFigures } from './rollup.ts';
import { loadSqlite } from './sqlite.ts';

/** `from` belongs to it, `to` does not. Epoch seconds. */
export interface Span {
  from: number;
  to: number;
}

export interface RecordedLook {
  at: number;
  answers: unknown;
}

export interface HistoryFile {
  record(target: string, at: number, text: string, figures: Figures | null): void;
  read(target: string, span: Span, onSkip: (at: number, error: unknown) => void): Iterator<RecordedLook, undefined>;
  rollups(target: string, span: Span): readonly Rollup[];
  close(): void;
}

export interface HistorySettings {
  limitBytes: number;
  readOnly: boolean;
  maxPages?: number;
}

/** Raised with every change of the tables. */
const SCHEMA = 1;

/** `base`: time of the whole look by which this one is packed; null: it is a whole one. */
const TABLES = `
  CREATE TABLE target (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE look (
    place INTEGER PRIMARY KEY, target INTEGER NOT NULL, at REAL NOT NULL, base REAL, answers BLOB NOT NULL,
    UNIQUE (target, at)
  ) STRICT;
  CREATE TABLE rollup (
    target INTEGER NOT NULL, at INTEGER NOT NULL, figures TEXT NOT NULL, PRIMARY KEY (target, at)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA};
`;

/** Looks are packed by the first one of such a stretch of time, and dropped by the stretch. */
const STRETCH_SECONDS = 1800;
/** When the ring is full, so much is freed at once. */
const FREED_SHARE = 0.03;
/** And no more stretches at one look, for a look must not take long. */
const MOST_STRETCHES = 64;
/** A lowered limit is reached bit by bit. */
const VACUUM_PAGES = 256;
/** The rows of figures may take as much of the limit. */
const ROLLUP_SHARE = 0.25;
const DAY = 86_400;
/** Pages after which the write-ahead log is written back: a megabyte beside the file. */
const CHECKPOINT_PAGES = 256;
/** A reader may be in the way for a moment. */
const BUSY_MILLISECONDS = 200;

export function openHistoryFile(path: string, settings: HistorySettings): HistoryFile {
  const database = openDatabase(path, settings);
  const looks = lookTable(database);
  const figuresTable = rollupTable(database, settings.limitBytes * ROLLUP_SHARE);
  const ring = settings.readOnly ? null : openRing(database, settings.limitBytes, looks);
  const idOf = targetIds(database, settings.readOnly);

  function record(name: string, at: number, text: string, figures: Figures | null): void {
    try {
      database.exec('BEGIN IMMEDIATE');
      const target = idOf(name);
      if (target !== null && looks.add(target, at, text)) {
        if (figures) figuresTable.add(target, at, figures);
        ring?.turn();
      }
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  return {
    record,
    read: (name, span, onSkip) => looks.read(idOf(name), span, onSkip),
    rollups: (name, span) => figuresTable.read(idOf(name), span),
    close: () => database.close(),
  };
}

function openDatabase(path: string, { readOnly, maxPages }: HistorySettings): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path, { readOnly, timeout: BUSY_MILLISECONDS });
  try {
    if (!readOnly) {
      // NORMAL: a power cut may cost the last looks, never the file; a kill costs nothing.
      database.exec(
        `PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = 1048576;`,
      );
    }
    const version = numberOf(database.prepare('PRAGMA user_version').get());
    if (version > SCHEMA) throw new Error(`it was written by a newer version (layout ${version})`);
    if (version === 0 && !readOnly) database.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The first figure of a row. */
function numberOf(row: Record<string, unknown> | undefined): number {
  return Number(Object.values(row ?? {})[0] ?? 0);
}

/** Null where it was never recorded and nothing may be written. */
function targetIds(database: DatabaseSync, readOnly: boolean): (name: string) => number | null {
  const find = database.prepare('SELECT id FROM target WHERE name = ?');
  const add = database.prepare('INSERT INTO target (name) VALUES (?)');
  return (name) => {
    const known = find.get(name);
    if (known) return Number(known.id);
    return readOnly || !database.isTransaction ? null : Number(add.run(name).lastInsertRowid);
  };
}

/** The whole look by which those after it are packed. */
interface Base {
  at: number;
  text: Buffer;
  packedBytes: number;
  /** Looks in a row that had nothing in common with it. */
  misses: number;
}

interface LookTable {
  /** False: there is one of this time already. */
  add(target: number, at: number, text: string): boolean;
  read: (
    target: number | null,
    span: Span,
    onSkip: (at: number, error: unknown) => void,
  ) => Generator<RecordedLook, undefined>;
  /** Drops the oldest stretch; false: there is none. */
  dropOldest(): boolean;
}

function lookTable(database: DatabaseSync): LookTable {
  const insert = database.prepare('INSERT OR IGNORE INTO look (target, at, base, answers) VALUES (?, ?, ?, ?)');
  const oldest = database.prepare('SELECT min(at) AS at FROM look WHERE target = ?');
  const drop = database.prepare('DELETE FROM look WHERE target = ? AND at < ?');
  const bases = new Map<number, Base>();

  function add(target: number, at: number, text: string): boolean {
    const last = bases.get(target);
    const base = last && last.at <= at && stretchOf(last.at) === stretchOf(at) ? last : null;
    if (base) {
      const packed = pack(text, base.text);
      if (packed.length < base.packedBytes) {
        base.misses = 0;
        return insert.run(target, at, base.at, packed).changes > 0;
      }
      base.misses += 1;
    }
    const packed = pack(text, null);
    if (insert.run(target, at, null, packed).changes === 0) return false;
    // A single look that is quite another is no base for those that are as before.
    if (base?.misses !== 1) bases.set(target, { at, text: Buffer.from(text), packedBytes: packed.length, misses: 0 });
    return true;
  }

  function dropOldest(): boolean {
    const ids = database
      .prepare('SELECT id FROM target')
      .all()
      .map(({ id }) => Number(id));
    const first = ids.flatMap((id) => oldest.get(id)?.at ?? []).map(Number);
    if (first.length === 0) return false;
    const end = (stretchOf(Math.min(...first)) + 1) * STRETCH_SECONDS;
    for (const id of ids) drop.run(id, end);
    for (const [id, base] of bases) if (base.at < end) bases.delete(id);
    return true;
  }

  return { add, read: (target, span, onSkip) => readLooks(database, { target, span, onSkip }), dropOldest };
}

function stretchOf(at: number): number {
  return Math.floor(at / STRETCH_SECONDS);
}

interface Reading {
  target: number | null;
  span: Span;
  onSkip: (at: number, error: unknown) => void;
}

function* readLooks(database: DatabaseSync, { target, span, onSkip }: Reading): Generator<RecordedLook, undefined> {
  const ordered = 'SELECT at, base, answers FROM look WHERE target = ? AND at >= ? AND at < ? ORDER BY at';
  const one = database.prepare('SELECT answers FROM look WHERE target = ? AND at = ?');
  const whole = { at: Number.NaN, text: Buffer.alloc(0) };
  const keep = (at: number, text: string): void => {
    whole.at = at;
    whole.text = Buffer.from(text);
  };
  const baseOf = (at: number): Buffer => {
    if (whole.at !== at) keep(at, unpack(bytesOf(one.get(target, at)), null));
    return whole.text;
  };
  for (const row of database.prepare(ordered).iterate(target, span.from, span.to)) {
    const at = Number(row.at);
    try {
      const text = unpack(bytesOf(row), row.base === null ? null : baseOf(Number(row.base)));
      const answers: unknown = JSON.parse(text);
      if (row.base === null) keep(at, text);
      yield { at, answers };
    } catch (error) {
      onSkip(at, error);
    }
  }
  return undefined;
}

function bytesOf(row: Record<string, unknown> | undefined): Uint8Array {
  if (row?.answers instanceof Uint8Array) return row.answers;
  throw new Error('the whole look that it is packed by is not there');
}

interface RollupTable {
  add(target: number, at: number, figures: Figures): void;
  read(target: number | null, span: Span): readonly Rollup[];
}

function rollupTable(database: DatabaseSync, mostBytes: number): RollupTable {
  const find = database.prepare('SELECT figures FROM rollup WHERE target = ? AND at = ?');
  const put = database.prepare('INSERT OR REPLACE INTO rollup (target, at, figures) VALUES (?, ?, ?)');
  const list = database.prepare('SELECT at, figures FROM rollup WHERE target = ? AND at >= ? AND at < ? ORDER BY at');
  const sum = database.prepare('SELECT sum(length(figures)) AS bytes FROM rollup');
  const dropDay = database.prepare('DELETE FROM rollup WHERE at < (SELECT min(at) FROM rollup) + ?');
  let bytes = numberOf(sum.get());
  return {
    add(target, at, figures) {
      const start = bucketStart(at);
      const before = find.get(target, start)?.figures;
      const bucket = before === undefined ? EMPTY_BUCKET : (JSON.parse(String(before)) as Bucket);
      const text = JSON.stringify(withFigures(bucket, figures));
      put.run(target, start, text);
      bytes += text.length - String(before ?? '').length;
      if (bytes <= mostBytes) return;
      dropDay.run(DAY);
      bytes = numberOf(sum.get());
    },
    read: (target, { from, to }) =>
      list.all(target, from, to).map((row) => rollupOf(Number(row.at), JSON.parse(String(row.figures)) as Bucket)),
  };
}

/** Pages that are freed are used again, so the file grows no further than the limit. */
function openRing(database: DatabaseSync, limitBytes: number, looks: LookTable): { turn(): void } {
  const pageBytes = numberOf(database.prepare('PRAGMA page_size').get());
  const count: StatementSync = database.prepare('PRAGMA page_count');
  const free: StatementSync = database.prepare('PRAGMA freelist_count');
  const most = Math.floor(limitBytes / pageBytes);
  const used = () => numberOf(count.get()) - numberOf(free.get());
  return {
    turn() {
      if (used() > most) {
        const goal = most * (1 - FREED_SHARE);
        for (let n = 0; n < MOST_STRETCHES && used() > goal; n += 1) if (!looks.dropOldest()) break;
      }
      if (numberOf(count.get()) > most) database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    },
  };
}
