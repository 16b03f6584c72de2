import { chmodSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readInstallation } from '../../src/doors/installation.ts';
import { recordingLog } from './kubernetes/rude-server.ts';

function scene() {
  const root = mkdtempSync(join(tmpdir(), 'frigate-warden-installation-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const log = recordingLog();
  const bootFile = join(root, 'boot');
  const folder = join(root, 'kept');
  const boot = (id: string) => writeFileSync(bootFile, id);
  boot('first');
  cpSync(mkdtempSync(join(root, 'empty-')), folder, { recursive: true });
  const read = (place = folder, host = 'nuc') => readInstallation({ folder: place, log, host, bootFile });
  return { root, folder, boot, read, lines: log.lines };
}

describe('the name of this Warden', () => {
  it('stays over a restart', () => {
    const { read } = scene();
    expect(read()).toEqual(read());
    expect(read().identity).toMatch(/^nuc-[0-9a-f]{10}$/);
  });

  it('is another one after a reboot, of the same installation', () => {
    const { read, boot } = scene();
    const before = read();
    boot('second');
    expect(read().identity).not.toBe(before.identity);
    expect(read().installation).toBe(before.installation);
  });

  it('is another one for a copy of the folder beside it', () => {
    const { read, folder, root } = scene();
    const before = read();
    cpSync(folder, join(root, 'copy'), { recursive: true });
    const copy = read(join(root, 'copy'));
    expect(copy.identity).not.toBe(before.identity);
    expect(copy.installation).not.toBe(before.installation);
  });

  it('is another one for the same disk in another machine', () => {
    const { read, boot } = scene();
    const before = read();
    boot('of the other machine');
    expect(read(undefined, 'nuc').identity).not.toBe(before.identity);
  });

  it('stays where the folder moved on its disk', () => {
    const { read, folder, root } = scene();
    const before = read();
    renameSync(folder, join(root, 'moved'));
    expect(read(join(root, 'moved'))).toEqual(before);
  });

  it('is never the same where no kernel names its boot', () => {
    const { read, root } = scene();
    rmSync(join(root, 'boot'));
    expect(read().identity).not.toBe(read().identity);
    expect(read().installation).toBe(read().installation);
  });

  it('begins anew where the file holds nonsense', () => {
    const { read, folder } = scene();
    writeFileSync(join(folder, 'installation'), 'x');
    read();
    expect(readFileSync(join(folder, 'installation'), 'utf8')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('holds for one run where nothing can be written, and says so', () => {
    const { read, root, lines } = scene();
    const nowhere = join(root, 'nowhere');
    expect(read(nowhere).identity).not.toBe(read(nowhere).identity);
    expect(lines[0]).toMatch(/installation cannot be written: after a restart other Wardens/);
    chmodSync(root, 0o700);
  });

  it.each([
    ['Home-Assistant.local', 'home-assistant-local-'],
    ['a1b2_frigate', 'a1b2-frigate-'],
    ['', 'warden-'],
    ['x'.repeat(100), `${'x'.repeat(40)}-`],
  ])('of %j fits into a topic and a client id', (host, begin) => {
    const { identity } = scene().read(undefined, host);
    expect(identity.startsWith(begin)).toBe(true);
    expect(identity).toMatch(/^[a-z0-9-]{1,60}$/);
  });
});
