import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { type HistoryFile, openHistoryFile } from '../../../src/doors/store/history-file.ts';

const ALL = { from: 0, to: Number.POSITIVE_INFINITY };
const figures = { verdict: 'healthy', inferenceMs: {}, detectionRate: 1, leastFps: 5, skippedRatio: 0 };
const never = (at: number, error: unknown) => {
  throw new Error(`The look at ${at} was skipped: ${error}`);
};

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warden-history-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'history.db');
}

function open(path: string, limitBytes = 1024 * 1024): HistoryFile {
  const file = openHistoryFile(path, { limitBytes, readOnly: false });
  onTestFinished(file.close);
  return file;
}

function rows(path: string, query: string): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const found = database.prepare(query).all();
  database.close();
  return found.map((row) => ({ ...row }));
}

const alike = (n: number) => JSON.stringify({ n, same: 'the same in every look '.repeat(40) });

const other = (seed: number) =>
  JSON.stringify(Array.from({ length: 200 }, (_, i) => ((i + 7) * 48_271 * seed) % 2_147_483_647));

it('packs by the first look of a stretch, and begins anew with the next one and with what is quite another', () => {
  const path = scratch();
  const file = open(path);
  for (const at of [10, 40, 70, 1810, 1840]) file.record('f', at, alike(at), null);
  file.record('f', 1870, other(1), null);
  file.record('f', 1900, alike(1900), null);
  for (const at of [1930, 1960, 1990]) file.record('f', at, other(2), null);
  for (const at of [2020, 3610, 3640]) file.record('f', at, alike(at), null);
  file.record('f', 3670, other(3), null);
  for (const at of [5410, 5440]) file.record('f', at, alike(at), null);
  expect(rows(path, 'SELECT at, base FROM look ORDER BY at')).toEqual([
    { at: 10, base: null },
    { at: 40, base: 10 },
    { at: 70, base: 10 },
    { at: 1810, base: null },
    { at: 1840, base: 1810 },
    { at: 1870, base: null },
    { at: 1900, base: 1810 },
    { at: 1930, base: null },
    { at: 1960, base: null },
    { at: 1990, base: 1960 },
    { at: 2020, base: 1960 },
    { at: 3610, base: null },
    { at: 3640, base: 3610 },
    { at: 3670, base: null },
    { at: 5410, base: null },
    { at: 5440, base: 5410 },
  ]);
  expect([...drained(file)]).toEqual([
    10, 40, 70, 1810, 1840, 1870, 1900, 1930, 1960, 1990, 2020, 3610, 3640, 3670, 5410, 5440,
  ]);
});

function* drained(file: HistoryFile): Generator<number> {
  const looks = file.read('f', ALL, never);
  for (let next = looks.next(); !next.done; next = looks.next()) yield next.value.at;
}

it('writes a look and its figures together or not at all', () => {
  const path = scratch();
  const file = open(path);
  file.record('f', 1, '1', figures);
  const other = new DatabaseSync(path);
  other.exec("CREATE TRIGGER no BEFORE INSERT ON rollup BEGIN SELECT raise(ABORT, 'no figures today'); END");
  other.close();
  expect(() => file.record('f', 400, '2', figures)).toThrow('no figures today');
  expect([...drained(file)]).toEqual([1]);
  file.record('f', 700, '3', null);
  expect([...drained(file)]).toEqual([1, 700]);
});

it('waits a moment for another writer, and then throws what SQLite throws', () => {
  const path = scratch();
  const file = open(path);
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  expect(() => file.record('f', 1, '1', null)).toThrow('locked');
  other.exec('COMMIT');
  file.record('f', 1, '1', null);
  expect([...drained(file)]).toEqual([1]);
});
