/** What the Supervisor builds and starts, as far as it can be read. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const dockerfile = read('Dockerfile');
const app = parse(read('config.yaml')) as Record<string, unknown>;

/** What the image is built from: of `COPY a b ./` it is a and b. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '));

/** What the Supervisor takes where a key is missing (its source, apps/validate.py); a linter refuses to repeat it. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  startup: 'application',
  boot: 'auto',
  init: true,
  stage: 'stable',
  ingress: false,
  host_network: false,
  apparmor: true,
  full_access: false,
  hassio_api: false,
  hassio_role: 'default',
  homeassistant_api: false,
  auth_api: false,
  docker_api: false,
  backup: 'hot',
  timeout: 10,
};

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
      'node:24-trixie-slim',
    ]);
  });

  it('has neither packages nor sources in it, and its compiled code was made in its place', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
    expect([...last.matchAll(/^COPY (.*)$/gm)].map((match) => match[1])).toEqual([
      'package.json LICENSE ./',
      '--from=build /app/dist ./dist',
    ]);
    expect(last).toContain('RUN node /app/dist/main.js --version\n');
    expect(last).toContain('CMD ["node", "/app/dist/main.js", "run"]\n');
  });

  it('bears the labels that the Supervisor reads', () => {
    expect(dockerfile).toContain('io.hass.type="app"');
    for (const part of ['arch', 'version']) {
      expect(dockerfile).toMatch(new RegExp(`io\\.hass\\.${part}="\\$\\{BUILD_${part.toUpperCase()}\\}"`));
    }
  });
});

describe('the app', () => {
  it('leaves out what the Supervisor takes anyway', () => {
    const repeated = Object.entries(DEFAULTS).filter(([key, value]) => app[key] === value);
    expect(repeated).toEqual([]);
  });

  it('has the init of Docker as its first process, for the program itself reaps nobody', () => {
    expect(app).not.toHaveProperty('init');
  });

  it('leaves the history out of backups, and nothing that must not be forgotten', () => {
    expect(app.backup_exclude).toEqual(['history.db*']);
  });

  it('is built on the machine that it runs on as long as it names no image', () => {
    expect(app).not.toHaveProperty('image');
    expect(read('README.md')).toContain('the Supervisor builds it on your machine');
  });
});
