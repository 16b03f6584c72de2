/** Frigates that answer as they were recorded: each question for stats meets the next recording, the last one stays. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const CASES = join(import.meta.dirname, '..', 'cases');

export interface Recordings {
  /** One path for each case: `<url>/<name>`. */
  url: string;
  names: readonly string[];
  /** Every recording was asked for at least once. */
  played(): boolean;
  close(): Promise<void>;
}

interface Recorded {
  stats: readonly string[];
  config: string | null;
  version: string | null;
  next: number;
}

export async function serveRecordings(): Promise<Recordings> {
  const all = new Map<string, Recorded>();
  for (const name of readdirSync(CASES).filter(isLive)) {
    const files = readdirSync(join(CASES, name));
    const read = (file: string) => (files.includes(file) ? readFileSync(join(CASES, name, file), 'utf8') : null);
    const stats = files.filter((file) => /^stats-\d+\.json$/.test(file)).toSorted();
    if (stats.length === 0) continue;
    all.set(name, {
      stats: stats.map((file) => readFileSync(join(CASES, name, file), 'utf8')),
      config: read('frigate-config.json'),
      version: read('version.txt'),
      next: 0,
    });
  }
  const server = createServer((request, response) => {
    const [, name = '', ...path] = (request.url ?? '').split('/');
    const recorded = all.get(name);
    const body = recorded ? answer(recorded, path.join('/')) : null;
    const type = path.at(-1) === 'version' ? 'text/plain' : 'application/json';
    response.writeHead(body === null ? 404 : 200, { 'Content-Type': type });
    response.end(body ?? '{"detail":"Not Found"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    names: [...all.keys()],
    played: () => [...all.values()].every(({ next, stats }) => next >= stats.length),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The stories of our own are for the engine alone; these were a Frigate. */
function isLive(name: string): boolean {
  const expected = join(CASES, name, 'expected.json');
  return existsSync(expected) && /"story": "Recorded from a live Frigate/.test(readFileSync(expected, 'utf8'));
}

function answer(recorded: Recorded, path: string): string | null {
  if (path === 'api/config') return recorded.config;
  if (path === 'api/version') return recorded.version?.trim() ?? null;
  if (path !== 'api/stats') return null;
  const { stats, next } = recorded;
  recorded.next += 1;
  return stats[Math.min(next, stats.length - 1)] ?? null;
}
