/**
 * By which name this Warden is known among Wardens. It stays over a restart of the program, so that its own lease is
 * its own at once, and no two programs that run at the same time share it: a copy of the data folder lies in another
 * place of a disk, and a copy of a whole disk runs under another boot of a kernel. The store's lock keeps a second
 * program out of the very same folder.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Log } from './ports.ts';

export interface Installation {
  /** For people and for the Lease: the host's name and a few letters. */
  identity: string;
  /** The same, but it stays over a restart of the machine. */
  installation: string;
}

const FILE = 'installation';
/** Of the host's kernel, also inside a container: Linux, Documentation/admin-guide/sysctl/kernel.rst. */
const BOOT = '/proc/sys/kernel/random/boot_id';
const NAME_LENGTH = 40;

export interface InstallationOptions {
  folder: string;
  log: Pick<Log, 'warn'>;
  host?: string;
  /** The file that names the present boot of the kernel. */
  bootFile?: string;
}

export function readInstallation({
  folder,
  log,
  host = hostname(),
  bootFile = BOOT,
}: InstallationOptions): Installation {
  const name =
    host
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .slice(0, NAME_LENGTH) || 'warden';
  const { mark, place } = readMark(join(folder, FILE), log);
  const boot = readText(bootFile) ?? randomUUID();
  return {
    identity: `${name}-${short([mark, place.device, place.file, boot])}`,
    installation: `${name}-${short([mark, place.file])}`,
  };
}

interface Mark {
  mark: string;
  place: { device: string; file: string };
}

/** A folder that cannot be written gives a name that holds for this run only. */
function readMark(path: string, log: Pick<Log, 'warn'>): Mark {
  try {
    if (!/^[0-9a-f-]{36}$/.test(readText(path) ?? '')) writeFileSync(path, randomUUID(), { mode: 0o600 });
    const { dev, ino } = statSync(path, { bigint: true });
    return { mark: readText(path) ?? randomUUID(), place: { device: String(dev), file: String(ino) } };
  } catch {
    log.warn(`${path} cannot be written: after a restart other Wardens take this one for a new one.`);
    return { mark: randomUUID(), place: { device: '', file: '' } };
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function short(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 10);
}
