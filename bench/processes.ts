/** Processes under measurement: started with nothing of ours in their surroundings, read from /proc, ended by their id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Servers } from './servers.ts';

export const BUNDLE = join(import.meta.dirname, '..', 'dist', 'main.js');

export interface Running {
  child: ChildProcess;
  /** All it wrote. */
  output(): string;
  end(): Promise<void>;
}

/** This very Node with these words. */
export function startNode(words: readonly string[]): Running {
  const child = spawn(process.execPath, [...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Variables of this machine would change what is measured: one for more certificates costs megabytes.
    env: { PATH: process.env.PATH },
  });
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    output: () => text,
    end: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The words that start the bundle with every door open, and what takes its folder away again. */
export function bundleWords(servers: Servers, intervalSeconds: number): { words: readonly string[]; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'warden-bench-'));
  const options = {
    interval_seconds: intervalSeconds,
    frigates: [{ name: 'Frigate', url: servers.frigateUrl, namespace: 'frigate' }],
    kubernetes: servers.kubernetes,
    mqtt: { host: '127.0.0.1', port: servers.brokerPort },
  };
  const file = join(folder, 'options.json');
  writeFileSync(file, JSON.stringify(options));
  return {
    words: [BUNDLE, 'run', '--options', file, '--data', folder],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Memory {
  /** All pages in memory, as `ps` and cgroups' limits count them, in MB. */
  residentMb: number;
  /** Of these the ones that are the process's own: code of Node itself is shared with every other Node. */
  ownMb: number;
}

export function memoryOf({ child }: Running): Memory {
  const text = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
  const kilobytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    residentMb: kilobytes('Rss') / 1024,
    ownMb: (kilobytes('Private_Dirty') + kilobytes('Private_Clean')) / 1024,
  };
}
