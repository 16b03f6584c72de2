/** What is wrong with a SQLite file: broken, so that a new one may begin, or only not to be used just now. */
import { existsSync, renameSync } from 'node:fs';

/** A file that can be opened and does not hold what was written. */
export class BrokenFile extends Error {}

/** SQLite's primary result codes. Our own statements are right, so ERROR means that the file is not of our form. */
const ERROR = 1;
export const READONLY = 8;
const CORRUPT = 11;
const NOTADB = 26;

export function codeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null;
}

export function isBroken(error: unknown): boolean {
  return error instanceof BrokenFile || [ERROR, CORRUPT, NOTADB].includes(codeOf(error) ?? -1);
}

/** Answers where it lies now. Left behind, its write-ahead log would be played into the new file. */
export function setAside(path: string): string {
  let aside = `${path}.broken`;
  for (let n = 2; existsSync(aside); n += 1) aside = `${path}.broken-${n}`;
  renameSync(path, aside);
  for (const part of ['-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, aside + part);
  return aside;
}

export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
}
