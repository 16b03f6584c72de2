/** The bundle as users start it: built once a run, in a folder of its own, with an options file. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Running, start } from './processes.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILD_SECONDS = 120;

let isBuilt = false;

/**
 * What is held against the real servers is what the sources say now. A copy, so that a build that happens meanwhile does
 * not take the bundle from under a running Warden.
 */
export function copyBundle(folder: string): string {
  if (!isBuilt) {
    execFileSync(process.execPath, [join(ROOT, 'build.mjs')], { stdio: 'pipe', timeout: BUILD_SECONDS * 1000 });
    isBuilt = true;
  }
  const copy = join(folder, 'dist');
  cpSync(join(ROOT, 'dist'), copy, { recursive: true });
  return join(copy, 'main.js');
}

/** `run` with these options and a data folder that stays the same for one name. */
export function startBundle(main: string, folder: string, name: string, options: object): Running {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const file = join(home, 'options.json');
  writeFileSync(file, JSON.stringify(options, null, 2));
  const words = [main, 'run', '--options', file, '--data', join(home, 'state')];
  return start(process.execPath, words, { PATH: process.env.PATH });
}
