/** The app's files, held against what the Supervisor takes. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readTree } from '../house/tree.ts';
import {
  type AppFile,
  complaintsOf,
  profilesOf,
  ratingOf,
  refusals,
  takenForApps,
  takenForBuilds,
} from './supervisor.ts';

const root = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const app = parse(read('config.yaml')) as AppFile & { options: AppFile; schema: Record<string, unknown> };
const paths = readTree().map(({ path }) => path);

describe('config.yaml', () => {
  it('holds nothing that the Supervisor drops, refuses or takes anyway', () => expect(complaintsOf(app)).toEqual([]));

  it('is the only one, and no file is taken for settings of a build', () => {
    expect(takenForApps(paths)).toEqual(['config.yaml']);
    expect(takenForBuilds(paths)).toEqual([]);
  });

  it('is rated 8 of 8', () => expect(ratingOf(app, existsSync(new URL('apparmor.txt', root)))).toBe(8));

  it('asks for Home Assistant and a broker, and for no folder, no device, no port and no right beyond', () => {
    expect(app).toMatchObject({ homeassistant_api: true, ingress: true, init: false, services: ['mqtt:want'] });
    const more = ['map', 'ports', 'devices', 'privileged', 'hassio_api', 'hassio_role', 'host_network', 'environment'];
    expect(more.filter((key) => key in app)).toEqual([]);
  });

  it('has defaults that fit its schema, and lacks only what a person must say', () => {
    expect(refusals(app.schema, app.options)).toEqual([]);
    expect(refusals(app.schema, { ...app.options, frigates: [{}] })).toEqual(['options.frigates[0].name is missing']);
  });
});

describe('the repository', () => {
  it('is one for the Supervisor', () => {
    expect(parse(read('repository.yaml'))).toEqual({ name: expect.any(String), url: expect.stringMatching(/^https:/) });
    expect(paths.filter((path) => /(?:^|\/)repository\.(?:ya?ml|json)$/.test(path))).toEqual(['repository.yaml']);
  });

  it('has at its root what the store shows', () => {
    const shown = ['README.md', 'DOCS.md', 'CHANGELOG.md', 'Dockerfile', 'apparmor.txt', 'translations/en.yaml'];
    expect(shown.filter((name) => !paths.includes(name))).toEqual([]);
  });

  it('says one version everywhere', () => {
    const { version } = JSON.parse(read('package.json'));
    expect(app.version).toBe(version);
    expect(JSON.parse(read('package-lock.json'))).toMatchObject({ version, packages: { '': { version } } });
    expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
  });

  it('has a change log of versions, the newest first', () => {
    const changes = read('CHANGELOG.md');
    expect(changes).toMatch(/^# Changelog\n\n## \d/);
    const versions = [...changes.matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? '');
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(versions).toEqual(versions.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true })));
  });

  it('has documents whose links work in the store, which shows them away from their folder', () => {
    const [, ...parts] = read('DOCS.md').split('](');
    const targets = parts.map((part) => part.split(')')[0] ?? '');
    expect(targets.filter((target) => !/^(?:#|https:)/.test(target))).toEqual([]);
  });
});

describe('the profile of the kernel', () => {
  const profile = read('apparmor.txt');
  const [outer = '', inner = ''] = profile.split('  profile node ');

  it('has one name that the Supervisor can replace, and repeats it nowhere', () => {
    expect(profilesOf(profile)).toEqual([app.slug]);
    expect(profile.match(/frigate_warden/g)).toHaveLength(1);
  });

  it('closes what it opens, and ends each rule', () => {
    const lines = profile.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => line.endsWith(' {'))).toHaveLength(2);
    expect(lines.filter((line) => line === '}')).toHaveLength(2);
    expect(lines.filter((line) => line !== '' && !/^#|[,{}]$/.test(line))).toEqual([]);
  });

  it('lets Node use the network and its own folders, and start no program', () => {
    expect(outer).toContain('/usr/local/bin/node cx -> node,');
    for (const rule of ['network inet stream,', 'network inet6 stream,', '/data/{,**} rwk,', '/app/{,**} r,']) {
      expect(inner).toContain(rule);
    }
    expect(inner).not.toMatch(/ [a-z]*x,|\bx,|capability|^\s*file,/m);
    expect([...inner.matchAll(/^\s*(\S+) \w*w\w*,$/gm)].map((match) => match[1])).toEqual([
      '/data/{,**}',
      '/tmp/{,**}',
      '/dev/tty',
      '/dev/pts/*',
    ]);
  });

  it('gives nobody the whole machine', () => {
    expect(profile).not.toMatch(/^\s*(?:file|capability|network|mount|ptrace|unix),$/m);
    expect([...profile.matchAll(/capability (\w+)/g)].map((match) => match[1])).toEqual(['chown']);
    expect(profile).not.toMatch(/(?:\/proc|@\{PROC\}|\/sys)\S* \w*w/);
  });
});

const good: AppFile = {
  name: 'a',
  version: '1.0.0',
  slug: 'a',
  description: 'a',
  arch: ['amd64'],
  options: {},
  schema: {},
};

describe('these rules', () => {
  const bad: [change: AppFile, complaint: string][] = [
    [{ name: undefined }, 'name is not a text'],
    [{ panel_ikon: 'mdi:a' }, 'panel_ikon is dropped: there is no such key'],
    [{ watchdog: 'http://[HOST]:[PORT:8099]/healthz' }, 'watchdog is refused: the health check of the image says it'],
    [{ arch: ['armv7'] }, 'arch is not a list like /^(?:aarch64|amd64)$/'],
    [{ version: 1 }, 'version is not like'],
    [{ slug: 'a b' }, 'slug is not like'],
    [{ ingress: 'yes' }, 'ingress is not true or false'],
    [{ ingress: false }, 'ingress holds anyway'],
    [{ ingress_port: 8099 }, 'ingress_port holds anyway'],
    [{ ingress: true, webui: 'http://[HOST]:[PORT:1]/' }, 'webui is refused beside ingress'],
    [{ ingress_port: 0 }, 'ingress_port 0 is for host_network'],
    [{ init: true }, 'init holds anyway'],
    [{ timeout: 5 }, 'timeout is not a time from 10 to 300'],
    [{ services: ['mqtt:wants'] }, 'services is not a list like'],
    [{ map: ['addon_config:rw'] }, 'map is not a list like'],
    [{ image: 'ghcr.io/a/b:1' }, 'image is not like'],
    [{ url: 'here' }, 'url is not like'],
    [{ backup: 'cold', backup_pre: 'a' }, 'a cold backup runs no commands'],
    [{ full_access: true, usb: true }, 'full_access has all'],
    [{ schema: false, options: { a: 1 } }, 'options need a schema'],
    [{ schema: { a: 'text' } }, 'schema.a has no type text'],
    [{ schema: { a: 'int(5..300)' } }, 'schema.a has no type int(5..300)'],
    [{ schema: { a: 'list()' } }, 'schema.a has no type list()'],
    [{ schema: { a: true } }, 'schema.a has no type true'],
    [{ schema: { a: [['str']] } }, 'schema.a is a list in a list'],
    [{ schema: { a: [] } }, 'schema.a has 0 forms, and only the first would count'],
    [{ schema: { a: ['str', 'int'] } }, 'schema.a has 2 forms, and only the first would count'],
    [{ schema: { a: [{ b: { c: 'str' } }] } }, 'schema.a[].b is a group too deep'],
  ];
  it.each(bad)('complain of %j', (change, complaint) => {
    expect(complaintsOf({ ...good, ...change })).toEqual([expect.stringContaining(complaint)]);
  });

  it('complain of what is missing', () => {
    expect(complaintsOf({})).toEqual(
      ['name', 'version', 'slug', 'description', 'arch'].map((key) => `${key} is missing`),
    );
    expect(complaintsOf(good)).toEqual([]);
  });

  const forms: [form: unknown, given: unknown, said: readonly string[]][] = [
    [{ a: 'str' }, {}, ['options.a is missing']],
    [{ a: 'str?' }, {}, []],
    [{ a: ['str?'] }, {}, []],
    [{ a: ['str'] }, {}, ['options.a is missing']],
    [{ a: { b: 'str?' } }, {}, ['options.a is missing']],
    [{ a: [{ b: 'str?' }] }, {}, ['options.a is missing']],
    [{ a: [{ b: 'str?' }] }, { a: [] }, []],
    [{ a: [{ b: 'str' }] }, { a: [{}] }, ['options.a[0].b is missing']],
    [{ a: 'str' }, { a: 'x', b: 1 }, ['options.b is dropped']],
    [{ a: 'str' }, { a: 1 }, ['options.a is no str']],
    [{ a: 'str?' }, { a: null }, ['options.a is no str?']],
    [{ a: 'int(1,5)' }, { a: 6 }, ['options.a is no int(1,5)']],
    [{ a: 'int(1,5)' }, { a: 1 }, []],
    [{ a: 'float(0.5,)' }, { a: 0.4 }, ['options.a is no float(0.5,)']],
    [{ a: 'float(0.5,)' }, { a: 1e9 }, []],
    [{ a: 'bool' }, { a: 'yes' }, ['options.a is no bool']],
    [{ a: 'port' }, { a: 70_000 }, ['options.a is no port']],
    [{ a: 'url' }, { a: 'here' }, ['options.a is no url']],
    [{ a: 'list(x|y)' }, { a: 'z' }, ['options.a is no list(x|y)']],
    [{ a: ['str'] }, { a: 'x' }, ['options.a is no list']],
    [{ a: { b: 'str' } }, { a: [] }, ['options.a is no group']],
  ];
  it.each(forms)('by %j take %j or say why not', (form, given, said) => expect(refusals(form, given)).toEqual(said));

  const ratings: [change: AppFile, hasProfile: boolean, rating: number][] = [
    [{}, false, 5],
    [{}, true, 6],
    [{ apparmor: false }, true, 4],
    [{ ingress: true }, true, 8],
    [{ ingress: true, auth_api: true }, true, 8],
    [{ auth_api: true }, true, 7],
    [{ ingress: true, host_network: true }, true, 7],
    [{ ingress: true, privileged: ['SYS_NICE'] }, true, 8],
    [{ ingress: true, privileged: ['SYS_ADMIN'], host_uts: true }, true, 6],
    [{ ingress: true, hassio_role: 'manager' }, true, 7],
    [{ hassio_role: 'admin', host_pid: true, apparmor: false, kernel_modules: true }, false, 1],
    [{ ingress: true, full_access: true }, true, 1],
    [{ ingress: true, docker_api: true }, true, 1],
  ];
  it.each(ratings)('rate %j with profile %s at %i', (change, hasProfile, rating) => {
    expect(ratingOf({ ...good, ...change }, hasProfile)).toBe(rating);
  });

  it('find what a scan would find', () => {
    const tree = ['config.yaml', 'a/config.json', '.github/config.yml', 'addon/rootfs/config.yaml', 'src/config.ts'];
    expect(takenForApps(tree)).toEqual(['config.yaml', 'a/config.json']);
    expect(takenForBuilds(['.github/workflows/build.yml', 'build.mjs'])).toEqual(['.github/workflows/build.yml']);
    expect(profilesOf('profile a flags=() {\n  profile b {\nprofile c {\n')).toEqual(['a', 'c']);
  });
});
