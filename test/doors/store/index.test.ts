import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log, OutboxEntry, StoreDoor, TurnRecord } from '../../../src/doors/ports.ts';
import { openStore, StoreError } from '../../../src/doors/store/index.ts';

let folder = '';
let lines: string[] = [];
const opened: StoreDoor[] = [];
const log: Log = { debug() {}, info() {}, warn() {}, error: (sentence) => lines.push(sentence) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-store-'));
  lines = [];
});
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(maxPages?: number): StoreDoor {
  const store = openStore({ folder, log, ...(maxPages === undefined ? {} : { maxPages }) });
  opened.push(store);
  return store;
}

function reopen(store: StoreDoor): StoreDoor {
  store.close();
  opened.splice(opened.indexOf(store), 1);
  return open();
}

const entry = (id: string, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  id,
  target: 'f',
  incidentId: null,
  at: 5,
  payload: `{"id":"${id}"}`,
  ...more,
});
const record = (more: Partial<TurnRecord> = {}): TurnRecord => ({
  target: 'f',
  at: 10.5,
  state: { a: [1, null] },
  memory: { b: 'ü' },
  outbox: [],
  ...more,
});

describe('the store', () => {
  it('brings back state, memory and the outbox in order, also after it was closed', () => {
    const store = open();
    expect([store.load('f'), store.lastTime(), store.outbox()]).toEqual([null, null, []]);
    store.save(record({ outbox: [entry('b'), entry('a', { incidentId: 'i1' })] }));
    store.save(record({ target: 'g', at: 7 }));
    const again = reopen(store);
    expect(again.load('f')).toEqual({ state: { a: [1, null] }, memory: { b: 'ü' } });
    expect(again.outbox()).toEqual([entry('b'), entry('a', { incidentId: 'i1' })]);
    expect(again.lastTime()).toBe(10.5);
  });

  it('keeps one state a target, and an announcement once', () => {
    const store = open();
    store.save(record({ outbox: [entry('a')] }));
    store.save(record({ at: 11, state: 2, outbox: [entry('a', { payload: 'other' }), entry('b')] }));
    expect(store.load('f')?.state).toBe(2);
    expect(store.outbox()).toEqual([entry('a'), entry('b')]);
  });

  it('forgets what was delivered, and only that', () => {
    const store = open();
    store.save(record({ outbox: [entry('a'), entry('b'), entry('c')] }));
    store.delivered(['a', 'c', 'never heard of']);
    expect(reopen(store).outbox()).toEqual([entry('b')]);
  });

  it('makes the folder that it is given', () => {
    const deep = join(folder, 'a', 'b');
    const store = openStore({ folder: deep, log });
    store.close();
    expect(readdirSync(deep)).toContain('state.db');
  });

  it('says in one sentence that the folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openStore({ folder: join(folder, 'file', 'x'), log })).toThrow(StoreError);
    expect(() => openStore({ folder: join(folder, 'file', 'x'), log })).toThrow(
      /cannot be made: .*Give another with --data\./,
    );
  });

  it('writes nothing at all of what a full disk does not take, and goes on when there is room', () => {
    const store = open(12);
    store.save(record({ outbox: [entry('a')] }));
    const tooLarge = record({ at: 99, state: 'x'.repeat(100_000), outbox: [entry('b')] });
    expect(() => store.save(tooLarge)).toThrow(/^The state cannot be written to .*state\.db: .*full/);
    expect([store.load('f')?.state, store.outbox(), store.lastTime()]).toEqual([{ a: [1, null] }, [entry('a')], 10.5]);
    store.save(record({ at: 12, state: 'small' }));
    expect(reopen(store).load('f')?.state).toBe('small');
  });

  it('does not take a file that cannot be read for a broken one', () => {
    open().save(record());
    for (const store of opened.splice(0)) store.close();
    chmodSync(join(folder, 'state.db'), 0o000);
    // Root may read everything: then the file simply opens.
    if (process.getuid?.() !== 0) expect(() => open()).toThrow(StoreError);
    else expect(open().load('f')?.memory).toEqual({ b: 'ü' });
    expect(readdirSync(folder).some((name) => name.includes('broken'))).toBe(false);
  });

  const damages: [what: string, damage: (bytes: Buffer) => Buffer][] = [
    ['its head', (bytes) => Buffer.concat([Buffer.alloc(64, 7), bytes.subarray(64)])],
    ['its first page', (bytes) => Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(2000, 7), bytes.subarray(2100)])],
    [
      'a later page',
      (bytes) => Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(4096, 7), bytes.subarray(12_288)]),
    ],
    ['its end', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2))],
    ['all of it', () => Buffer.from('this is no database at all, only words in a file'.repeat(40))],
  ];
  it.each(damages)('sets a file aside that is broken in %s, says so, and begins anew', (_what, damage) => {
    open().save(record({ state: 'x'.repeat(20_000), outbox: [entry('a')] }));
    for (const store of opened.splice(0)) store.close();
    const path = join(folder, 'state.db');
    writeFileSync(path, damage(readFileSync(path)));
    const store = open();
    expect([store.load('f'), store.outbox()]).toEqual([null, []]);
    store.save(record());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/is broken \(.*\); it is kept as .*state\.db\.broken and a new one begins\./);
    expect(readdirSync(folder)).toContain('state.db.broken');
  });

  it('refuses a file of a newer version and leaves it alone', () => {
    const newer = new DatabaseSync(join(folder, 'state.db'));
    newer.exec('CREATE TABLE x (y); PRAGMA user_version = 99;');
    newer.close();
    expect(() => open()).toThrow(/cannot be opened: it was written by a newer version \(layout 99, this one knows 1\)/);
    expect(readdirSync(folder).some((name) => name.includes('broken'))).toBe(false);
  });

  it('lets only one Warden have the folder', () => {
    open().save(record());
    expect(() => open()).toThrow(/cannot be opened: .*locked.*Give another folder with --data\./);
    expect(readdirSync(folder).some((name) => name.includes('broken'))).toBe(false);
  });

  it('never keeps a second broken file in the place of the first', () => {
    for (let i = 0; i < 2; i += 1) {
      writeFileSync(join(folder, 'state.db'), `not a database ${i}`.repeat(100));
      open();
      for (const store of opened.splice(0)) store.close();
    }
    expect(
      readdirSync(folder)
        .filter((name) => /broken/.test(name))
        .sort(),
    ).toEqual(['state.db.broken', 'state.db.broken-2']);
  });

  it('holds a whole turn or none after kill -9 in the middle of writing, ten times', { timeout: 60_000 }, async () => {
    for (let kill = 0; kill < 10; kill += 1) {
      const writer = spawn(process.execPath, [new URL('writer.ts', import.meta.url).pathname, folder]);
      let said = '';
      writer.stdout.on('data', (chunk) => {
        said += chunk;
        // A different number of lines each time, so that different instructions are hit.
        if (said.split('\n').length > 3 + kill * 5) writer.kill('SIGKILL');
      });
      await once(writer, 'exit');
      const lastSaid = Number(
        said
          .trim()
          .split('\n')
          .slice(0, said.endsWith('\n') ? undefined : -1)
          .at(-1),
      );
      const store = open();
      const n = (store.load('f')?.state as { n: number } | undefined)?.n ?? 0;
      expect(n).toBeGreaterThanOrEqual(lastSaid);
      expect(store.load('f')?.memory).toEqual({ n });
      expect(store.outbox().map((one) => one.at)).toEqual(Array.from({ length: n }, (_, i) => i + 1));
      store.close();
      opened.splice(opened.indexOf(store), 1);
    }
    expect(lines).toEqual([]);
  });
});
