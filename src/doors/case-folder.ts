/** Case folders: the only place that reads and writes them. Every failure is an answer with its sentence. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import { oneLine } from '../secrets.ts';
import type { Failure, Reply } from './ports.ts';

/** As at every door: what is larger is not meant for us. */
const BODY_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** So much of a wrong answer is kept: an ingress or a proxy says in it who it is. */
const SAMPLE_CHARACTERS = 200;

export interface CaseFolder {
  path: string;
  /** The files `<kind>-<number><ending>`, e.g. `stats-003.json`, by their number, ascending. */
  numbered(kind: string, ending: string): ReadonlyMap<number, string>;
  has(name: string): boolean;
  /** A file of at most 8 MB, parsed. */
  json(name: string): Reply<unknown>;
  /** A file of at most 8 MB. */
  text(name: string): Reply<string>;
  /** A file of any size, piece by piece; nothing where it cannot be read. */
  chunks(name: string): Iterable<string>;
}

/** Opens a folder for reading; `problem` is one sentence. */
export function openCaseFolder(path: string): CaseFolder | { problem: string } {
  let names: readonly string[];
  try {
    names = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && isFile(join(path, entry.name))))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    return { problem: `${path} ${reasonOf(error)}; give the folder of a case.` };
  }
  const text = (name: string) => readText(join(path, name), name);
  return {
    path,
    numbered: (kind, ending) => numbered(names, kind, ending),
    has: (name) => names.includes(name),
    text,
    json: (name) => {
      const reply = text(name);
      if (!reply.ok) return reply;
      try {
        return { ...reply, value: JSON.parse(reply.value) as unknown };
      } catch {
        return { ...failure('form', `${name} is not JSON.`), body: oneLine(reply.value.slice(0, SAMPLE_CHARACTERS)) };
      }
    },
    chunks: (name) => (names.includes(name) ? chunksOf(join(path, name)) : []),
  };
}

/** Zeros in front are for people; where two files bear one number, the first by name counts. */
function numbered(names: readonly string[], kind: string, ending: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of names) {
    if (!name.startsWith(`${kind}-`) || !name.endsWith(ending)) continue;
    const digits = name.slice(kind.length + 1, name.length - ending.length);
    if (/^\d{1,9}$/.test(digits) && !found.has(Number(digits))) found.set(Number(digits), name);
  }
  return new Map([...found].toSorted(([a], [b]) => a - b));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function readText(path: string, name: string): Reply<string> {
  try {
    const size = statSync(path).size;
    if (size > BODY_BYTES) return failure('too_large', `${name} is larger than 8 MB.`);
    const bytes = readFileSync(path);
    return { ok: true, value: decoderOf(bytes).decode(bytes), status: 200, serverTime: null };
  } catch (error) {
    return failure('unreachable', `${name} ${reasonOf(error)}.`);
  }
}

/** A shell on Windows writes UTF-16; a byte order mark tells, and is no part of the text. */
function decoderOf(bytes: Uint8Array): TextDecoder {
  return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8');
}

function* chunksOf(path: string): Generator<string> {
  const file = tryOpen(path);
  if (file === null) return;
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    let decoder: TextDecoder | null = null;
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const bytes = buffer.subarray(0, read);
      decoder ??= decoderOf(bytes);
      yield decoder.decode(bytes, { stream: true });
    }
    const rest = decoder?.decode() ?? '';
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}

function tryOpen(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    // A file that was taken away meanwhile holds nothing.
    if (error instanceof Error) return null;
    throw error;
  }
}

export interface CaseWriter {
  path: string;
  /** Writes a whole file or none of it. Null, or one sentence why it is not there. */
  write(name: string, text: string): string | null;
  /** Adds whole lines to a file. */
  append(name: string, lines: string): string | null;
}

/** A folder for a new case; one that holds anything is left as it is. */
export function createCaseFolder(path: string): CaseWriter | { problem: string } {
  try {
    mkdirSync(path, { recursive: true });
    if (readdirSync(path).length > 0) {
      return { problem: `${path} is not empty; give a new folder, so that no case is overwritten.` };
    }
  } catch (error) {
    return { problem: `${path} ${reasonOf(error)}; give a folder that can be written.` };
  }
  const attempt = (name: string, write: (file: string) => void): string | null => {
    try {
      write(join(path, name));
      return null;
    } catch (error) {
      return `${join(path, name)} ${reasonOf(error)}.`;
    }
  };
  return {
    path,
    write: (name, text) => {
      if (existsSync(join(path, name))) return `${join(path, name)} is there already.`;
      return attempt(name, (file) => {
        // A name that no reader takes for a part of the case.
        const unfinished = join(path, `.${name}.unfinished`);
        writeFileSync(unfinished, text);
        renameSync(unfinished, file);
      });
    },
    append: (name, lines) => attempt(name, (file) => writeFileSync(file, lines, { flag: 'a' })),
  };
}

/** TABLE: what the operating system says, as the end of a sentence. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is no folder',
  EEXIST: 'is no folder',
  EACCES: 'may not be opened',
  EPERM: 'may not be opened',
  EISDIR: 'is a folder',
  ENOSPC: 'cannot be written, for the disk is full',
  EROFS: 'cannot be written, for the disk is read-only',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `cannot be used${code ? ` (${code})` : ''}`;
}

function failure(kind: Failure['kind'], reason: string): Failure {
  return { ok: false, kind, reason };
}
