import { constants, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookAtFolder } from '../../../src/cli/doctor/folder.ts';
import { scratch } from '../started.ts';

describe('the data folder', () => {
  it('that is there can be written, and nothing is', () => {
    const folder = scratch();
    const seen = lookAtFolder(folder);
    expect(seen).toMatchObject({ folder, isNew: false, problem: null });
    expect(seen.freeBytes).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is asked for the rights to write and to enter', () => {
    let asked: number | undefined = 0;
    lookAtFolder(scratch(), (_path, mode) => {
      asked = mode;
    });
    expect(asked).toBe(constants.W_OK | constants.X_OK);
  });

  it('that is not there can be made, and is not', () => {
    const above = scratch();
    const folder = join(above, 'a', 'b');
    expect(lookAtFolder(folder)).toMatchObject({ isNew: true, problem: null });
    expect(readdirSync(above)).toEqual([]);
  });

  it('cannot be a file, nor lie in one', () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    expect(lookAtFolder(file)).toMatchObject({ isNew: false, problem: 'is no folder' });
    expect(lookAtFolder(join(file, 'inside'))).toMatchObject({ problem: 'is no folder' });
  });

  it.each<[string, string, string, string]>([
    ['for want of a right', '', 'EACCES', 'cannot be written by this user'],
    ['on a disk that is read-only', '', 'EROFS', 'lies on a read-only file system'],
    ['above it', 'a', 'EACCES', 'does not exist, and @ cannot be written by this user'],
  ])('that nobody may write is told: %s', (_, below, code, problem) => {
    const above = scratch();
    const refuse = () => {
      throw Object.assign(new Error(code), { code });
    };
    expect(lookAtFolder(join(above, below), refuse).problem).toBe(problem.replace('@', above));
  });
});
