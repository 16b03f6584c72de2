import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CaseFolder, type CaseWriter, createCaseFolder, openCaseFolder } from '../../src/doors/case-folder.ts';

function scratch(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'frigate-warden-case-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

function opened(path: string): CaseFolder {
  const folder = openCaseFolder(path);
  if ('problem' in folder) throw new Error(folder.problem);
  return folder;
}

function created(path: string): CaseWriter {
  const folder = createCaseFolder(path);
  if ('problem' in folder) throw new Error(folder.problem);
  return folder;
}

describe('a case folder that is read', () => {
  it('numbers its files by their number, whatever zeros and gaps there are', () => {
    const names = [
      'stats-10.json',
      'stats-002.json',
      'stats-2.json',
      'stats-003.error.json',
      'stats-x.json',
      'stats-.json',
    ];
    const folder = opened(scratch(Object.fromEntries(names.map((name) => [name, '{}']))));
    expect([...folder.numbered('stats', '.json')]).toEqual([
      [2, 'stats-002.json'],
      [10, 'stats-10.json'],
    ]);
    expect([...folder.numbered('stats', '.error.json').keys()]).toEqual([3]);
    expect([...folder.numbered('go2rtc', '.json')]).toEqual([]);
  });

  const encodings: [what: string, bytes: string | Uint8Array][] = [
    ['plain', '{"a": "ä"}'],
    ['with a byte order mark', '\uFEFF{"a": "ä"}'],
    ['with line ends of Windows', '{\r\n"a": "ä"\r\n}\r\n'],
    ['in UTF-16, as a shell on Windows writes it', Buffer.from('\uFEFF{"a": "ä"}', 'utf16le')],
  ];
  it.each(encodings)('reads JSON %s', (_what, bytes) => {
    const folder = opened(scratch({ 'case.json': bytes }));
    expect(folder.json('case.json')).toMatchObject({ ok: true, value: { a: 'ä' } });
    expect(JSON.parse([...folder.chunks('case.json')].join('').replace(/^\uFEFF/, ''))).toEqual({ a: 'ä' });
  });

  it('says in one sentence what cannot be read, and who it is that answered', () => {
    const path = scratch({ 'stats-001.json': '<html>\nno available server' });
    const folder = opened(path);
    expect(folder.json('stats-001.json')).toEqual({
      ok: false,
      kind: 'form',
      reason: 'stats-001.json is not JSON.',
      body: '<html> no available server',
    });
    expect(folder.json('stats-002.json')).toMatchObject({ ok: false, reason: 'stats-002.json does not exist.' });
  });

  it('does not read a body of more than 8 MB', () => {
    const path = scratch({ 'stats-001.json': '{}', 'stats-002.json': '{}' });
    truncateSync(join(path, 'stats-001.json'), 8 * 1024 * 1024 + 1);
    truncateSync(join(path, 'stats-002.json'), 8 * 1024 * 1024);
    expect(opened(path).json('stats-001.json')).toMatchObject({ ok: false, kind: 'too_large' });
    expect(opened(path).json('stats-002.json')).toMatchObject({ ok: false, kind: 'form' });
  });

  it('gives a file of any size in pieces, no letter torn', () => {
    const text = 'ä€𝄞'.repeat(400_000);
    const chunks = [...opened(scratch({ 'log.txt': text })).chunks('log.txt')];
    expect(chunks.length).toBeGreaterThan(2);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024);
    expect(chunks.join('')).toBe(text);
  });

  it('gives nothing of a file that is not there, or is gone by now', () => {
    const path = scratch({ 'log.txt': 'x' });
    const folder = opened(path);
    rmSync(join(path, 'log.txt'));
    expect([...folder.chunks('log.txt')]).toEqual([]);
    expect([...folder.chunks('mqtt.jsonl')]).toEqual([]);
  });

  it('passes over folders, and follows a link to a file', () => {
    const path = scratch({ 'real.txt': '0.17' });
    mkdirSync(join(path, 'log.txt'));
    symlinkSync(join(path, 'real.txt'), join(path, 'version.txt'));
    symlinkSync(join(path, 'nowhere'), join(path, 'case.json'));
    const folder = opened(path);
    expect(['log.txt', 'version.txt', 'case.json'].map(folder.has)).toEqual([false, true, false]);
    expect(folder.text('version.txt')).toMatchObject({ value: '0.17' });
  });

  it('is a folder, or there is one sentence', () => {
    const path = scratch({ file: 'x' });
    expect(openCaseFolder(join(path, 'none'))).toEqual({
      problem: `${join(path, 'none')} does not exist; give the folder of a case.`,
    });
    expect(openCaseFolder(join(path, 'file'))).toEqual({
      problem: `${join(path, 'file')} is no folder; give the folder of a case.`,
    });
  });
});

describe('a case folder that is written', () => {
  it('is made where there is none, and holds whole files only', () => {
    const path = join(scratch(), 'new', 'case');
    const folder = created(path);
    expect(folder.write('case.json', '{}\n')).toBeNull();
    expect(folder.append('log.txt', 'one\n')).toBeNull();
    expect(folder.append('log.txt', 'two\n')).toBeNull();
    expect(readdirSync(path)).toEqual(['case.json', 'log.txt']);
    expect(readFileSync(join(path, 'log.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  it('is never one that holds anything', () => {
    const path = scratch({ 'stats-001.json': '{}' });
    expect(createCaseFolder(path)).toEqual({
      problem: `${path} is not empty; give a new folder, so that no case is overwritten.`,
    });
    expect(createCaseFolder(join(path, 'stats-001.json'))).toMatchObject({
      problem: expect.stringMatching(/is no folder/),
    });
  });

  it('never writes a file twice, and says what it cannot write', () => {
    const path = scratch();
    const folder = created(path);
    folder.write('a.json', '1');
    expect(folder.write('a.json', '2')).toBe(`${join(path, 'a.json')} is there already.`);
    expect(readFileSync(join(path, 'a.json'), 'utf8')).toBe('1');
    expect(folder.write('no/such/folder.json', '1')).toMatch(/does not exist\.$/);
    expect(folder.append('no/log.txt', '1')).toMatch(/does not exist\.$/);
  });
});
