import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokenFile, codeOf, isBroken, reasonOf, setAside } from '../../../src/doors/store/broken.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-broken-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As node:sqlite throws it: the primary code stands in the low byte. */
const sqlite = (errcode: number) => Object.assign(new Error('SQLite says so'), { errcode });

describe('a failure', () => {
  it.each([
    ['a file of another form', sqlite(1), true],
    ['a malformed one', sqlite(11), true],
    ['a malformed one, in an extended code', sqlite(11 | (1 << 8)), true],
    ['no database at all', sqlite(26), true],
    ['what does not hold what was written', new BrokenFile('torn'), true],
    ['a full disk', sqlite(13), false],
    ['one that may only be read', sqlite(8), false],
    ['another process', sqlite(5), false],
    ['an error of another kind', new Error('no'), false],
    ['no error', 'no', false],
  ])('is of a broken file or not: %s', (_what, error, broken) => {
    expect(isBroken(error)).toBe(broken);
  });

  it('has a code only where SQLite gave one', () => {
    expect([codeOf(sqlite(13 | (3 << 8))), codeOf(new Error('no')), codeOf(13)]).toEqual([13, null, null]);
  });

  it('has a reason in one line', () => {
    expect([reasonOf(new Error('a\n  b')), reasonOf('c')]).toEqual(['a b', 'c']);
  });
});

describe('what is set aside', () => {
  it('is moved with its parts, and never over what lies there', () => {
    const path = join(folder, 'x.db');
    for (const text of ['first', 'second']) {
      for (const part of ['', '-wal']) writeFileSync(path + part, text + part);
      const aside = setAside(path);
      expect([readFileSync(aside, 'utf8'), readFileSync(`${aside}-wal`, 'utf8')]).toEqual([text, `${text}-wal`]);
    }
    expect(readFileSync(`${path}.broken`, 'utf8')).toBe('first');
    expect([existsSync(path), existsSync(`${path}-wal`)]).toEqual([false, false]);
  });
});
