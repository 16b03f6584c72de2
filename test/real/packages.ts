/** Programs that a suite needs: found, or installed where we may. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Missing } from './suite.ts';

const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];
const INSTALL_SECONDS = 300;

/** Where a program lies; Debian keeps servers where an ordinary user's PATH does not look. */
export function program(name: string): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Debian packages, installed when one of the programs is missing and we are root. */
export function needPrograms(programs: readonly string[], packages: readonly string[]): Missing {
  const absent = () => programs.filter((name) => program(name) === null);
  if (absent().length === 0) return null;
  const wanted = `${absent().join(', ')} ${absent().length === 1 ? 'is' : 'are'} not installed`;
  if (process.getuid?.() !== 0) return `${wanted}, and only root can: apt-get install ${packages.join(' ')}.`;
  if (program('apt-get') === null) return `${wanted}, and there is no apt-get to get it with.`;
  try {
    apt(['update']);
    apt(['install', '-y', '--no-install-recommends', ...packages]);
  } catch (error) {
    return `${wanted}, and ${packages.join(' ')} could not be installed: ${lastLine(error)}`;
  }
  return absent().length === 0 ? null : `${wanted}, though ${packages.join(' ')} were installed.`;
}

function apt(words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['-qq', ...words], { stdio: 'pipe', env, timeout: INSTALL_SECONDS * 1000 });
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim().split('\n').at(-1) ?? 'no reason was given.';
}
