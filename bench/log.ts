/** How fast a container log is read, beside `grep -c` over the same file. */
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openLogReader } from '../src/targets/frigate/log/reader.ts';

export interface LogFigures {
  megabytes: number;
  /** Megabytes per second, medians of the rounds. */
  readerSpeed: number;
  grepSpeed: number;
}

const LINES = 1_000_000;
/** All others are nginx's, as in a log that a dashboard fills. */
const EVERY_NTH_IS_FRIGATES = 100;
const ROUNDS = 5;

export async function measureLog(): Promise<LogFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'frigate-warden-bench-'));
  try {
    const file = join(folder, 'log.txt');
    await pipeline(Readable.from(pieces()), createWriteStream(file));
    const megabytes = (await stat(file)).size / 1e6;
    const expected = Math.floor(LINES / EVERY_NTH_IS_FRIGATES);
    const speeds = { reader: [] as number[], grep: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      speeds.reader.push(await speedOf(megabytes, expected, () => readStuck(file)));
      speeds.grep.push(await speedOf(megabytes, expected, async () => grepStuck(file)));
    }
    return { megabytes, readerSpeed: median(speeds.reader), grepSpeed: median(speeds.grep) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function speedOf(megabytes: number, expected: number, count: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const found = await count();
  const seconds = (performance.now() - started) / 1000;
  if (found !== expected) throw new Error(`${found} lines were found, and there are ${expected}.`);
  return megabytes / seconds;
}

async function readStuck(file: string): Promise<number> {
  const reader = openLogReader();
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    reader.push(chunk as string);
  }
  return reader.end().events.reduce((sum, { count }) => sum + count, 0);
}

function grepStuck(file: string): number {
  return Number(execFileSync('grep', ['-c', 'Detection appears to be stuck', file], { encoding: 'utf8' }));
}

/** A million lines over a day, as `kubectl logs --timestamps` writes them. */
function* pieces(): Generator<string> {
  const start = Date.UTC(2026, 0, 6);
  let piece = '';
  for (let line = 1; line <= LINES; line += 1) {
    const time = new Date(start + line * 86).toISOString().replace('Z', '000000');
    const own = time.slice(0, 19).replace('T', ' ');
    piece += `${time}Z ${time.replace('T', ' ')}  `;
    piece +=
      line % EVERY_NTH_IS_FRIGATES === 0
        ? `[${own}] frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...\n`
        : `172.30.32.1 - - [06/Jan/2026:00:00:00 +0000] "GET /api/stats HTTP/1.1" 200 2324 "-" "HomeAssistant/2026.1.0 aiohttp/3.13.2 Python/3.13" "-" request_time="0.004" upstream_response_time="0.003"\n`;
    if (piece.length > 1_000_000) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
