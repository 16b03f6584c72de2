/** The command of the package: what it says on a Node that is too old, and what it starts on one that is not. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'warden-bin-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A package folder with the command and a program that says with which words it was started. */
function packageFolder(name: string): string {
  const folder = join(scratch, name);
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'dist'));
  const program = 'process.stdout.write(process.argv.slice(2).join(" ")); process.exitCode = 7;';
  writeFileSync(join(folder, 'dist', 'main.js'), program);
  return folder;
}

function run(folder: string, version: string) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const words = [
    '--import',
    `data:text/javascript,${encodeURIComponent(pretend)}`,
    join(folder, 'bin/frigate-warden.js'),
  ];
  return spawnSync(process.execPath, [...words, 'run', '--data', 'x'], { encoding: 'utf8' });
}

describe('the command', () => {
  it('starts the program on a Node that can run it, with its words and its exit code', () => {
    expect(run(packageFolder('new'), '24.1.0')).toMatchObject({ status: 7, stdout: 'run --data x' });
  });

  it('says in one sentence that the Node is too old, and which one is needed', () => {
    const answer = run(packageFolder('old'), '20.19.0');
    expect(answer).toMatchObject({ status: 2, stdout: '' });
    expect(answer.stderr).toBe('Frigate Warden needs Node 24 or newer; this is 20.19.0.\n');
  });

  it('goes on with the Node of its own packages where there is one', () => {
    const folder = packageFolder('own');
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
    symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'));
    expect(run(folder, '18.0.0')).toMatchObject({ status: 7, stdout: 'run --data x' });
  });
});
