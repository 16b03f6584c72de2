import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type History, type HistoryOptions, openHistory } from '../../../src/doors/store/history.ts';
import type { Figures } from '../../../src/doors/store/rollup.ts';
import { redactor } from '../../../src/secrets.ts';
import { keptLog } from '../hearing.ts';

const MEBIBYTE = 1024 * 1024;
const ALL = { from: 0, to: Number.POSITIVE_INFINITY };

let folder = '';
let log = keptLog();
const opened: History[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-history-'));
  log = keptLog();
});
afterEach(() => {
  for (const history of opened.splice(0)) history.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(options: Partial<HistoryOptions> = {}): History {
  const history = openHistory({ folder, log, ...options });
  opened.push(history);
  return history;
}

function closeAll(): void {
  for (const history of opened.splice(0)) history.close();
}

const path = () => join(folder, 'history.db');
const times = (history: History, target = 'f', span = ALL) => [...history.read(target, span)].map(({ at }) => at);
const figures: Figures = {
  verdict: 'healthy',
  inferenceMs: { coral: 20 },
  detectionRate: 1,
  leastFps: 5,
  skippedRatio: 0,
};

/** Nothing of it is like anything else, so it takes the room that it has. */
function noise(bytes: number, seed: number): string {
  let text = '';
  for (let n = seed * 7919 + 1; text.length < bytes; n = (n * 48_271) % 2_147_483_647) text += n.toString(36);
  return text;
}

describe('the history', () => {
  it('gives back what was recorded, oldest first, also after it was closed', () => {
    const answers = (n: number) => ({ n, stats: { ok: true, text: 'ü', list: [1, null] } });
    const history = open();
    for (const at of [10.5, 40.25, 1900, 1930]) history.record('f', at, answers(at));
    history.record('g', 10.5, 'of another');
    closeAll();
    const again = open();
    again.record('f', 1960, answers(1960));
    expect([...again.read('f', ALL)]).toEqual(
      [10.5, 40.25, 1900, 1930, 1960].map((at) => ({ at, answers: answers(at) })),
    );
    expect([...again.read('g', ALL)]).toEqual([{ at: 10.5, answers: 'of another' }]);
    expect(times(again, 'never heard of')).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('gives back a part, also one that begins behind the look by which its looks are packed', () => {
    const history = open();
    for (let at = 0; at < 300; at += 30) history.record('f', at, { at, same: 'x'.repeat(500) });
    expect([...history.read('f', { from: 60, to: 120 })]).toEqual([
      { at: 60, answers: { at: 60, same: 'x'.repeat(500) } },
      { at: 90, answers: { at: 90, same: 'x'.repeat(500) } },
    ]);
  });

  it('records no time twice, and a time before another too', () => {
    const history = open();
    for (const [at, answers] of [
      [30, 'a'],
      [30, 'b'],
      [0, 'c'],
      [60, 'd'],
    ] as const)
      history.record('f', at, answers, figures);
    expect([...history.read('f', ALL)].map(({ answers }) => answers)).toEqual(['c', 'a', 'd']);
    expect(history.rollups('f', ALL)).toMatchObject([{ looks: 3 }]);
    closeAll();
    const again = open();
    again.record('f', 60, 'e', figures);
    expect([...again.read('f', ALL)].map(({ answers }) => answers)).toEqual(['c', 'a', 'd']);
    expect(again.rollups('f', ALL)).toMatchObject([{ looks: 3 }]);
  });

  it('takes little for looks that are nearly alike, and their own room for others', () => {
    const history = open();
    const long = noise(20_000, 1);
    for (let n = 0; n < 50; n += 1) history.record('f', n, { n, long });
    for (let n = 50; n < 55; n += 1) history.record('f', n, { n, long: noise(20_000, n) });
    expect([...history.read('f', ALL)].map(({ answers }) => (answers as { n: number }).n)).toEqual(
      Array.from({ length: 55 }, (_, n) => n),
    );
    closeAll();
    expect(statSync(path()).size).toBeLessThan(200_000);
  });

  it('keeps figures of five minutes by target, goes on with them after a restart, and gives them by their span', () => {
    const history = open();
    for (const at of [0, 30, 299]) history.record('f', at, at, figures);
    history.record('g', 30, 30, { ...figures, verdict: 'unhealthy' });
    history.record('f', 310, 310);
    history.record('f', 600, 600, { ...figures, inferenceMs: { coral: 30 } });
    closeAll();
    const again = open();
    again.record('f', 640, 640, { ...figures, inferenceMs: { coral: 50 } });
    expect(again.rollups('f', ALL)).toEqual([
      expect.objectContaining({ at: 0, looks: 3, verdicts: { healthy: 3 } }),
      expect.objectContaining({ at: 600, looks: 2, inferenceMs: { coral: { mean: 40, max: 50 } } }),
    ]);
    expect(again.rollups('f', { from: 1, to: 600 })).toEqual([]);
    expect(again.rollups('g', ALL)).toMatchObject([{ verdicts: { unhealthy: 1 } }]);
    expect(again.rollups('never heard of', ALL)).toEqual([]);
  });
});

describe('the ring', () => {
  const LIMIT = MEBIBYTE;
  const record = (history: History, from: number, to: number, target = 'f') => {
    for (let n = from; n < to; n += 1) history.record(target, n * 300, { n, filling: noise(6000, n) }, figures);
  };

  it('drops the oldest, never grows beyond its limit, and what is left can be read', () => {
    const history = open({ limitBytes: LIMIT });
    let largest = 0;
    for (let n = 0; n < 600; n += 20) {
      record(history, n, n + 20);
      record(history, n, n + 20, 'g');
      largest = Math.max(largest, statSync(path()).size);
    }
    expect(largest).toBeLessThanOrEqual(LIMIT * 1.05);
    for (const target of ['f', 'g']) {
      const kept = [...history.read(target, ALL)];
      expect(kept.length).toBeGreaterThan(60);
      expect(kept.at(-1)?.answers).toEqual({ n: 599, filling: noise(6000, 599) });
      expect(kept.map(({ at }) => at)).toEqual(
        Array.from({ length: kept.length }, (_, i) => (600 - kept.length + i) * 300),
      );
    }
    expect(history.rollups('f', ALL)).toHaveLength(600);
    expect(log.lines).toEqual([]);
  });

  it('also shrinks to a lower limit, bit by bit', () => {
    record(open({ limitBytes: 4 * LIMIT }), 0, 900);
    closeAll();
    expect(statSync(path()).size).toBeGreaterThan(2 * LIMIT);
    const history = open({ limitBytes: LIMIT });
    record(history, 900, 960);
    expect(times(history).at(-1)).toBe(959 * 300);
    closeAll();
    expect(statSync(path()).size).toBeLessThanOrEqual(LIMIT * 1.05);
  });

  it('of less than one stretch keeps only what can be read', () => {
    const history = open({ limitBytes: 100_000 });
    const filling = (n: number) => noise(6000, Math.floor(n / 10)) + noise(900, n);
    for (let n = 0; n < 100; n += 1) history.record('f', n, { n, filling: filling(n) });
    const kept = times(history);
    expect(kept.length).toBeGreaterThan(3);
    expect(kept).toEqual(kept.map((_, i) => 100 - kept.length + i));
    expect(log.lines).toEqual([]);
  });

  it('gives the figures a part of it only, and drops their oldest days', () => {
    const history = open({ limitBytes: LIMIT });
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`detector ${i}`, 10 + i / 7]));
    for (let n = 0; n < 288 * 3; n += 1) history.record('f', n * 300, n, { ...figures, inferenceMs: many });
    const kept = history.rollups('f', ALL);
    expect(kept.length).toBeLessThan(288 * 2);
    expect(kept.at(-1)?.at).toBe((288 * 3 - 1) * 300);
    expect(times(history).length).toBeGreaterThan(100);
  });
});

describe('a history that cannot be used', () => {
  const damages: [what: string, damage: (bytes: Buffer) => Buffer][] = [
    ['its head', (bytes) => Buffer.concat([Buffer.alloc(64, 7), bytes.subarray(64)])],
    ['its first page', (bytes) => Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(2000, 7), bytes.subarray(2100)])],
    ['all of it', () => Buffer.from('this is no database at all, only words in a file'.repeat(40))],
    ['the rows', (bytes) => Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(bytes.length - 8192, 7)])],
  ];
  it.each(damages)(
    'because %s is broken is set aside with one line, and the very look is in the new one',
    (_what, damage) => {
      const before = open();
      for (let n = 0; n < 200; n += 1) before.record('f', n, noise(900, n));
      closeAll();
      writeFileSync(path(), damage(readFileSync(path())));
      const history = open();
      for (const at of [500, 530]) history.record('f', at, at);
      expect(times(history).slice(-2)).toEqual([500, 530]);
      expect(log.lines).toHaveLength(1);
      expect(log.lines[0]).toMatch(
        /^error: .* is broken \(.*\); it is kept as .*history\.db\.broken and a new one begins\.$/,
      );
      expect(readdirSync(folder)).toContain('history.db.broken');
    },
  );

  it('keeps one broken file only, for it may be large', () => {
    for (let i = 0; i < 3; i += 1) {
      writeFileSync(path(), `not a database ${i}`.repeat(100));
      open().record('f', i, i);
      closeAll();
    }
    const aside = readdirSync(folder).filter((name) => name.includes('broken'));
    expect(aside).toEqual(['history.db.broken']);
    expect(readFileSync(join(folder, 'history.db.broken'), 'utf8')).toMatch(/^not a database 2/);
  });

  it('says once that the disk is full, records what fits, and says once that it goes on', () => {
    const history = open({ maxPages: 16 });
    history.record('f', 1, 'small');
    for (const at of [2, 3]) {
      history.record('f', at, noise(200_000, at));
      expect(times(history)).toEqual([1]);
    }
    expect(log.lines).toEqual([
      expect.stringMatching(
        /^warn: The history in .* cannot be used: .*full\. All else goes on, and it is tried again\.$/,
      ),
    ]);
    history.record('f', 4, 'small');
    expect(log.lines.slice(1)).toEqual(['info: The history can be used again.']);
    expect(times(history)).toEqual([1, 4]);
  });

  it('for want of its folder throws nothing, is tried again, and goes on when there is one', () => {
    const missing = join(folder, 'later');
    const history = open({ folder: missing });
    for (const at of [1, 2]) history.record('f', at, at, figures);
    expect([times(history), history.rollups('f', ALL)]).toEqual([[], []]);
    expect(log.lines).toHaveLength(1);
    mkdirSync(missing);
    history.record('f', 3, 3);
    expect(times(history)).toEqual([3]);
    expect(log.lines).toHaveLength(2);
  });

  it('because a newer version wrote it is left alone', () => {
    const newer = new DatabaseSync(path());
    newer.exec('CREATE TABLE x (y); PRAGMA user_version = 99;');
    newer.close();
    open().record('f', 1, 1);
    expect(log.lines).toEqual([expect.stringContaining('it was written by a newer version (layout 99)')]);
    expect(readdirSync(folder)).toEqual(['history.db']);
  });

  it('leaves out the one look that cannot be read, and says so once', () => {
    const history = open();
    for (const at of [1, 2, 3]) history.record('f', at, noise(500, at));
    closeAll();
    const file = new DatabaseSync(path());
    file.exec("UPDATE look SET answers = x'00112233' WHERE at = 2");
    file.close();
    const again = open();
    expect(times(again)).toEqual([1, 3]);
    times(again);
    expect(log.lines).toEqual([
      expect.stringMatching(/^warn: The look at 1970-01-01T00:00:02.000Z cannot be read from /),
    ]);
  });

  it('because it was closed records nothing and makes no file', () => {
    const history = open();
    closeAll();
    history.record('f', 1, 1);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('who only reads', () => {
  it('reads beside the one who records, and writes nothing', () => {
    const recorder = open();
    recorder.record('f', 1, 1, figures);
    const reader = open({ readOnly: true });
    recorder.record('f', 2, 2);
    expect([times(reader), reader.rollups('f', ALL).length]).toEqual([[1, 2], 1]);
    reader.record('f', 3, 3);
    recorder.record('f', 4, 4);
    expect(times(recorder)).toEqual([1, 2, 4]);
  });

  it('makes no file and mends none', () => {
    const reader = open({ readOnly: true });
    expect(times(reader)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path(), 'no database'.repeat(100));
    expect(times(reader)).toEqual([]);
    expect(log.lines).toEqual([expect.stringMatching(/^warn: .* cannot be used: /)]);
    expect(readdirSync(folder)).toEqual(['history.db']);
  });
});

it('no secret is recorded, and what stands beside it is kept', () => {
  const history = open({ redact: redactor(['hush-hush']) });
  const answers = (one: string, two: string) => ({ list: [one, 'me@example'], nested: { key: two } });
  history.record('f', 1, answers('rtsp://cam:hush@10.0.0.9/live', 'token hush-hush'));
  history.record('f', 2, answers('rtsp://10.0.0.9/live', 'token'));
  expect([...history.read('f', ALL)].map((look) => look.answers)).toEqual([
    answers('rtsp://***@10.0.0.9/live', 'token ***'),
    answers('rtsp://10.0.0.9/live', 'token'),
  ]);
});

it('no secret is recorded in a name either', () => {
  const history = open({ redact: redactor(['hush-hush']) });
  const named = (one: string, two: string) => ({ streams: { [one]: { ids: ['1'] }, front: [{ [two]: 1 }] } });
  history.record('f', 1, named('rtsp://cam:hush@10.0.0.9/live', 'hush-hush'));
  history.record('f', 2, named('http://10.0.0.9/flv?user=a&password=b', 'x'));
  expect([...history.read('f', ALL)].map((look) => look.answers)).toEqual([
    named('rtsp://***@10.0.0.9/live', '***'),
    named('http://10.0.0.9/flv?user=***&password=***', 'x'),
  ]);
});

it('loses nothing that was recorded before a kill -9, five times', { timeout: 60_000 }, async () => {
  for (let kill = 0; kill < 5; kill += 1) {
    const next = String((times(open()).at(-1) ?? 0) + 1);
    closeAll();
    const child = spawn(process.execPath, [new URL('recorder.ts', import.meta.url).pathname, folder, next]);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.split('\n').length > 20 + kill * 33) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const last = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
    const history = open();
    const kept = [...history.read('f', ALL)];
    expect(kept.length).toBeGreaterThanOrEqual(last);
    expect(kept.map(({ answers }) => (answers as { n: number }).n)).toEqual(kept.map((_, i) => i + 1));
    expect(history.rollups('f', ALL).reduce((sum, { looks }) => sum + looks, 0)).toBe(kept.length);
    closeAll();
  }
  expect(log.lines).toEqual([]);
});
