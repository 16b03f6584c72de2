/** Whether the state could be kept where it is to be kept. Looks, and writes nothing. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface FolderEvidence {
  folder: string;
  /** It does not exist yet, and could be made. */
  isNew: boolean;
  freeBytes: number;
  /** Why nothing can be kept there, the end of a sentence; null: it can. */
  problem: string | null;
}

export function lookAtFolder(folder: string, access: typeof accessSync = accessSync): FolderEvidence {
  const place = nearest(resolve(folder));
  const isNew = place !== resolve(folder);
  const answer = { folder, isNew, freeBytes: 0 };
  if (!statSync(place).isDirectory()) return { ...answer, problem: 'is no folder' };
  try {
    access(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const why = code === 'EROFS' ? 'lies on a read-only file system' : 'cannot be written by this user';
    return { ...answer, problem: isNew ? `does not exist, and ${place} ${why}` : why };
  }
  const { bavail, bsize } = statfsSync(place);
  return { ...answer, freeBytes: bavail * bsize, problem: null };
}

/** It, or the first above it that exists. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}
