/** What the Supervisor builds and starts, as far as it can be read, and the scripts of the image under a false root. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const dockerfile = read('Dockerfile');
const app = parse(read('config.yaml')) as Record<string, unknown>;

/** What the image is built from: of `COPY a b ./` it is a and b. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(?:--chmod=\d+ )?(.*) \S+$/gm)].flatMap((match) =>
  (match[1] ?? '').split(' '),
);

const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
const scripts = [
  'etc/services.d/frigate-warden/run',
  'etc/services.d/frigate-warden/finish',
  'usr/local/bin/frigate-warden',
];

describe('the image', () => {
  it('is built from sources that exist and that stay in the context', () => {
    const [first, ...kept] = lines(read('.dockerignore'));
    expect(first).toBe('*');
    expect(kept.map((line) => line.replace(/^!|\/$/g, '')).toSorted()).toEqual([...new Set(copied)].toSorted());
    expect(copied.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });

  it('names its base itself, with a libc that the locked Node knows', () => {
    expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1])).toEqual([
      'node:24-trixie-slim',
      'ghcr.io/home-assistant/base-debian:trixie',
    ]);
  });

  it('has neither packages nor sources in it, and its compiled code was made in its place', () => {
    expect([...last.matchAll(/^COPY (.*)$/gm)].map((match) => match[1])).toEqual([
      '--from=build /image /',
      '--chmod=755 addon/rootfs /',
      'package.json LICENSE ./',
      '--from=build /app/dist ./dist',
    ]);
    expect(last.indexOf('RUN frigate-warden --version')).toBeGreaterThan(last.indexOf('./dist'));
  });

  it('runs on the Node that the tests run on, not on that of its base', () => {
    expect(dockerfile).toContain('install -D -m 755 node_modules/.bin/node /image/usr/local/bin/node');
    expect(existsSync(new URL('node_modules/.bin/node', root))).toBe(true);
  });

  it('starts what s6 starts and nothing else', () => {
    expect(last).toMatch(/\nCMD \[\]\n$/);
    expect(last).not.toMatch(/^(?:ENTRYPOINT|USER|EXPOSE|VOLUME)\b/m);
  });

  it('asks the page for its health where and as the page answers it', () => {
    const [, command = '[]'] = /^HEALTHCHECK [^\n]*\\\n {2}CMD (\[.*\])$/m.exec(last) ?? [];
    const words = JSON.parse(command) as string[];
    expect(words[0]).toBe('curl');
    expect(words).toContain('--fail');
    expect(words.at(-1)).toBe('http://127.0.0.1:8099/healthz');
    expect(read('src/cli/run.ts')).toContain('const PAGE_PORT = 8099;');
    // The Supervisor's own address; a test can only stand in for it.
    expect(read('src/publish/web.ts')).toContain("const INGRESS_ADDRESS = '172.30.32.2';");
  });

  it('leaves nobody waiting after the Warden has left', () => {
    expect(last).toContain('S6_KILL_GRACETIME=100 ');
  });

  it('bears the labels that the Supervisor reads', () => {
    expect(dockerfile).toContain('io.hass.type="app"');
    for (const part of ['arch', 'version']) {
      expect(dockerfile).toMatch(new RegExp(`io\\.hass\\.${part}="\\$\\{BUILD_${part.toUpperCase()}\\}"`));
    }
  });
});

/** The image's files below a folder, with its programs replaced by ones that tell. */
function falseRoot(): {
  folder: string;
  run: (script: string, ...words: string[]) => { code: number | null; out: string };
} {
  const folder = mkdtempSync(join(tmpdir(), 'frigate-warden-root-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(new URL('addon/rootfs', root), folder, { recursive: true });
  for (const script of scripts) {
    const file = join(folder, script);
    const text = readFileSync(file, 'utf8').replace(/^#!\/command\/with-contenv sh\n/, '#!/bin/sh\n');
    writeFileSync(file, text.replaceAll(/(?<=[> ])\/(?=run\/|usr\/local|app\/)/g, `${folder}/`));
  }
  const program = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, path), 0o755);
  };
  mkdirSync(join(folder, 'run/s6-linux-init-container-results'), { recursive: true });
  program('run/s6/basedir/bin/halt', 'echo halted');
  program('usr/local/bin/node', 'for word; do echo "<$word>"; done; exit "$CODE"');
  return {
    folder,
    run: (script, ...words) => {
      const env = { PATH: `${folder}/usr/local/bin:${process.env.PATH}`, CODE: words[0] === 'fail' ? '2' : '0' };
      const { status, stdout } = spawnSync(join(folder, script), words, { env, encoding: 'utf8' });
      return { code: status, out: stdout };
    },
  };
}

describe('the scripts of the image', () => {
  it.each(scripts)('%s can be started, and is a script that a shell can read', (script) => {
    const path = new URL(`addon/rootfs/${script}`, root);
    expect(statSync(path).mode & 0o111).toBe(0o111);
    execFileSync('sh', ['-n', path.pathname]);
  });

  it('start the bundle with the words that were given, and say how it ended', () => {
    const { folder, run } = falseRoot();
    expect(run('usr/local/bin/frigate-warden', 'check', '--frigate', 'http://a b')).toEqual({
      code: 0,
      out: `<${folder}/app/dist/main.js>\n<check>\n<--frigate>\n<http://a b>\n`,
    });
    expect(run('usr/local/bin/frigate-warden', 'fail').code).toBe(2);
  });

  it('watch, with the variables of the container', () => {
    const { folder, run } = falseRoot();
    expect(run('etc/services.d/frigate-warden/run').out).toBe(`<${folder}/app/dist/main.js>\n<run>\n`);
    expect(read('addon/rootfs/etc/services.d/frigate-warden/run')).toMatch(/^#!\/command\/with-contenv sh\n/);
  });

  const ends: [what: string, code: string, signal: string, left: string | null][] = [
    ['broke', '1', '0', '1'],
    ['was given wrong options', '2', '0', '2'],
    ['was killed for its memory', '256', '9', '137'],
    ['crashed', '256', '11', '139'],
    ['left as asked', '0', '0', null],
    ['was told to go before it could answer', '256', '15', null],
  ];
  it.each(ends)('know what becomes of the container when the Warden %s', (_, code, signal, left) => {
    const { folder, run } = falseRoot();
    const { code: ended, out } = run('etc/services.d/frigate-warden/finish', code, signal);
    const file = join(folder, 'run/s6-linux-init-container-results/exitcode');
    expect(existsSync(file) ? readFileSync(file, 'utf8').trim() : null).toBe(left);
    expect([ended, out]).toEqual([0, left === null ? '' : 'halted\n']);
  });
});

describe('the app', () => {
  it('has s6 as its first process, which reaps what is left behind', () => {
    expect(app).toHaveProperty('init', false);
  });

  it('leaves the history out of backups, and nothing that must not be forgotten', () => {
    expect(app.backup_exclude).toEqual(['history.db*']);
  });

  it('is built on the machine that it runs on as long as it names no image', () => {
    expect(app).not.toHaveProperty('image');
    expect(read('README.md')).toContain('the Supervisor builds it on your machine');
  });
});
