/** The command in a process of its own, as people start it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Started {
  /** What it wrote so far. */
  out(): string;
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  /** How it ended, and after how many seconds since the last signal. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; seconds: number }>;
}

/** A folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'frigate-warden-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `frigate-warden` with these words; what it does not end itself ends with the test. */
export function startCommand(words: readonly string[], variables: Record<string, string> = {}): Started {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const { SUPERVISOR_TOKEN: _none, KUBERNETES_SERVICE_HOST: _nor, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...variables },
  });
  const said = { out: '', errors: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.errors += chunk;
  });
  let signalled = performance.now();
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    seconds: (performance.now() - signalled) / 1000,
  }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    out: () => said.out,
    errors: () => said.errors,
    kill(signal) {
      signalled = performance.now();
      child.kill(signal);
    },
    ended,
  };
}

/** `run` with these options, in a folder of its own. */
export function startRun(options: unknown): Started & { folder: string } {
  const folder = scratch();
  const file = written(folder, options);
  return { folder, ...startCommand(['run', '--options', file, '--data', join(folder, 'kept')]) };
}

/** Path of a new file with these options; a text is written as it is. */
export function written(folder: string, options: unknown): string {
  const file = join(folder, 'options.json');
  writeFileSync(file, typeof options === 'string' ? options : JSON.stringify(options));
  return file;
}
