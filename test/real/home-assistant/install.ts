/**
 * A Home Assistant core in a folder, kept between runs: a small Debian with the Python that it wants, the core, and the
 * requirements of the few integrations that are loaded. Nothing of it touches the machine outside that folder.
 */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needPrograms, program } from '../packages.ts';
import type { Missing } from '../suite.ts';
import { AUTHORITIES, type Chroot, CONFIG, runIn, VENV } from './chroot.ts';
import type { Core } from './cores.ts';

/** Counted up when an install made by an older recipe must not be used any more. */
const RECIPE = '1';
const DEBOOTSTRAP_SECONDS = 600;
const DEBOOTSTRAP_RECIPES = '/usr/share/debootstrap/scripts';
const MACHINE_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** What our configuration loads, and what others import without naming it in their manifests. */
const INTEGRATIONS = [
  ['automation', 'blueprint', 'config', 'history', 'isal', 'logbook', 'logger', 'lovelace', 'mobile_app', 'mqtt'],
  ['network', 'notify', 'recorder', 'repairs', 'system_log', 'template', 'trace'],
  ['hassio'],
].flat();

export async function needCore(core: Core, say: (line: string) => void): Promise<Missing> {
  const folder = coreFolder(core);
  const stamp = `${RECIPE} ${JSON.stringify(core)}`;
  const ready = join(folder, 'ready');
  if (existsSync(ready) && readFileSync(ready, 'utf8') === stamp) return null;
  const wanted = `Home Assistant ${core.version} is not installed in ${folder}`;
  if (process.platform !== 'linux') return `${wanted}, and it can only be on Linux.`;
  if (process.getuid?.() !== 0) return `${wanted}, and only root can install it: debootstrap and chroot ask for that.`;
  const missing = needPrograms(['debootstrap', 'unshare', 'chroot', 'mount'], ['debootstrap', 'util-linux', 'mount']);
  if (missing !== null) return `${wanted}: ${missing}`;
  say(`installing Home Assistant ${core.version} into ${folder}: about 2 minutes and 2 GB`);
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const step of STEPS) {
      const begun = performance.now();
      await step.run({ core, chroot: chrootOf(core) });
      say(`  ${step.name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    }
    writeFileSync(`${ready}.part`, stamp);
    renameSync(`${ready}.part`, ready);
  } catch (error) {
    return `${wanted}, and it could not be: ${lastLine(error)}`;
  }
  return null;
}

export function chrootOf(core: Core): Chroot {
  return { root: join(coreFolder(core), 'root') };
}

function coreFolder({ version }: Core, env: NodeJS.ProcessEnv = process.env): string {
  const caches = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(env.FRIGATE_WARDEN_CACHE || join(caches, 'frigate-warden'), `home-assistant-${version}`);
}

interface Place {
  core: Core;
  chroot: Chroot;
}

/** TABLE: the recipe, in its order. */
const STEPS: readonly { name: string; run(place: Place): Promise<void> }[] = [
  { name: 'Debian', run: debian },
  { name: 'Python', run: python },
  {
    name: 'core',
    run: async ({ core, chroot }) => install(chroot, [`homeassistant==${core.version}`, ...core.besides]),
  },
  { name: 'requirements', run: requirements },
  { name: 'bytecode', run: bytecode },
];

async function debian({ core, chroot: { root } }: Place): Promise<void> {
  const packages = ['ca-certificates', 'tzdata', 'g++', 'libturbojpeg0', ...pythonPackages(core)];
  // An older debootstrap has not heard of the newest release; that of the unstable one differs in nothing that matters.
  const script = existsSync(join(DEBOOTSTRAP_RECIPES, core.debian)) ? core.debian : 'sid';
  const words = ['--variant=minbase', `--include=${packages.join(',')}`, core.debian, root];
  const mirror = machineMirror();
  if (mirror !== null) words.push(mirror, join(DEBOOTSTRAP_RECIPES, script));
  await promisify(execFile)('nice', ['-n', '5', program('debootstrap') ?? 'debootstrap', ...words], {
    timeout: DEBOOTSTRAP_SECONDS * 1000,
    maxBuffer: 64 * 1024 * 1024,
  });
  copyFileSync(MACHINE_AUTHORITIES, join(root, AUTHORITIES));
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) copyFileSync(file, join(root, file));
  mkdirSync(join(root, CONFIG), { recursive: true });
  // The camera integration asks for its version at every start, and logs an error where it is not there.
  writeFileSync(join(root, '/usr/local/bin/ffmpeg'), '#!/bin/sh\necho "ffmpeg version 7.1"\n', { mode: 0o755 });
}

function pythonPackages({ python: version }: Core): readonly string[] {
  return [`python${version}`, `python${version}-venv`, `python${version}-dev`];
}

/** Where this machine gets its own Debian from; null: wherever debootstrap likes. */
function machineMirror(): string | null {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  const text = files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('\n');
  return /^(?:deb\b.*?|URIs:.*?)\s(https?:\/\/\S+\/debian)\/?(?=\s|$)/m.exec(text)?.[1] ?? null;
}

async function python({ core, chroot }: Place): Promise<void> {
  await runIn(chroot, [`python${core.python}`, '-m', 'venv', VENV]);
  // Home Assistant's own installer: several times as fast as the one that Python brings along.
  await runIn(chroot, ['pip', 'install', '--quiet', 'uv']);
}

async function install(chroot: Chroot, words: readonly string[]): Promise<void> {
  await runIn(chroot, ['uv', 'pip', 'install', '--quiet', ...words]);
}

/** Of every integration that will be loaded, with all that it depends on, as their manifests say. */
async function requirements({ core, chroot }: Place): Promise<void> {
  const question =
    'import json, homeassistant.bootstrap as b; print(json.dumps([*b.DEFAULT_INTEGRATIONS, *b.CORE_INTEGRATIONS]))';
  const always = JSON.parse(await runIn(chroot, ['python', '-c', question])) as string[];
  const homeAssistant = join(VENV, 'lib', `python${core.python}`, 'site-packages', 'homeassistant');
  const wanted = new Set<string>();
  const todo = [...always, ...INTEGRATIONS];
  const seen = new Set<string>();
  for (let domain = todo.pop(); domain !== undefined; domain = todo.pop()) {
    const path = join(chroot.root, homeAssistant, 'components', domain, 'manifest.json');
    if (seen.has(domain) || !existsSync(path)) continue;
    seen.add(domain);
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { requirements?: string[]; dependencies?: string[] };
    for (const one of manifest.requirements ?? []) wanted.add(one);
    todo.push(...(manifest.dependencies ?? []));
  }
  await install(chroot, ['-c', join(homeAssistant, 'package_constraints.txt'), ...wanted, ...core.besides]);
}

/** Otherwise the first start of each run compiles what it imports. */
async function bytecode({ chroot }: Place): Promise<void> {
  // Packages carry templates that are no Python: it says so and compiles all else.
  await runIn(chroot, ['sh', '-c', `python -m compileall -q -j 2 ${VENV}/lib >/dev/null 2>&1 || true`]);
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const line = text.trim().split('\n').at(-1);
  return line || (error instanceof Error ? error.message : String(error));
}
