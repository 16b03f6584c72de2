/** The project's own files, as the house test reads them. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './source.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Pictures and archives are listed by name; their bytes are not text. */
const BINARY = /\.(?:png|jpe?g|gif|ico|webp|gz|zst|tgz|zip|db|woff2?)$/;
/** Written by npm, or recorded as the world said it: their names count, their words are not ours. */
const NOT_OURS = /^(?:package-lock\.json|test\/cases\/.*|LICENSE)$/;
/** What is never the project's own, where there is no git to say so. */
const BUILT = new Set(['.git', 'node_modules', 'dist', 'coverage', 'reports', '.stryker-tmp']);

/** Tracked files and new ones that are not ignored. */
export function readTree(root = ROOT): readonly SourceFile[] {
  return pathsOf(root)
    .filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile())
    .map((path) => ({
      path,
      text: BINARY.test(path) || NOT_OURS.test(path) ? '' : readFileSync(join(root, path), 'utf8'),
    }));
}

function pathsOf(root: string): readonly string[] {
  const listed = fromGit(root);
  return listed ?? walk(root, '');
}

/** Null where the project lies outside a git checkout, for example in an unpacked archive. */
function fromGit(root: string): readonly string[] | null {
  try {
    const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20, stdio: 'pipe' } as const;
    if (execFileSync('git', ['rev-parse', '--show-prefix'], options).trim() !== '') return null;
    return execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], options).split('\0').filter(Boolean);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

function walk(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (BUILT.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : [path];
  });
}
