/**
 * The programs of a control plane, compiled from the Go module proxy into a cache folder and used from there ever after.
 * Kubernetes' own module cannot be installed by name: it replaces its parts by folders that only its repository has, so a
 * module of our own names the published parts instead.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { program } from '../packages.ts';
import type { Missing } from '../suite.ts';

export const VERSION = '1.36.3';
/** The modules that Kubernetes is made of; their version is its own with a 0 in front. */
const PARTS_VERSION = VERSION.replace(/^1\./, '0.');
const PARTS = [
  'api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap',
  'code-generator component-base component-helpers controller-manager cri-api cri-client cri-streaming',
  'csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator',
  'kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission',
  'sample-apiserver sample-cli-plugin sample-controller streaming',
]
  .join(' ')
  .split(' ');

export type Binary = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

/** TABLE: each program and the package that it is built from. */
const PACKAGES: Readonly<Record<Binary, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
};
const NAMES = Object.keys(PACKAGES) as Binary[];
const LEAST_GO = [1, 24] as const;
const BUILD_SECONDS = 1500;

export type Binaries = Readonly<Record<Binary, string>>;

function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const caches = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(env.FRIGATE_WARDEN_CACHE || join(caches, 'frigate-warden'), `kubernetes-${VERSION}`);
}

export function binaries(folder = cacheFolder()): Binaries {
  return Object.fromEntries(NAMES.map((name) => [name, join(folder, name)])) as Record<Binary, string>;
}

/** Builds what is not there yet, one after the other, since each alone wants 2.5 GB of memory. */
export function needBinaries(say: (line: string) => void, folder = cacheFolder()): Missing {
  const absent = NAMES.filter((name) => !existsSync(join(folder, name)));
  if (absent.length === 0) return null;
  const go = program('go');
  if (go === null)
    return `Go is not installed, and ${absent.join(', ')} must be built: Go ${LEAST_GO.join('.')} or newer.`;
  const version = /go(\d+)\.(\d+)/.exec(execFileSync(go, ['env', 'GOVERSION'], { encoding: 'utf8' }));
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  if (!(major > LEAST_GO[0] || (major === LEAST_GO[0] && minor >= LEAST_GO[1]))) {
    return `${absent.join(', ')} must be built with Go ${LEAST_GO.join('.')} or newer; here is ${version?.[0] ?? 'another'}.`;
  }
  say(`building ${absent.join(', ')} ${VERSION} into ${folder}: about 8 minutes on 2 cores, 4 GB of Go's caches`);
  try {
    const source = sourceIn(folder, go, say);
    for (const name of absent) build(name, { go, source, folder }, say);
  } catch (error) {
    return `${absent.join(', ')} could not be built: ${lastLine(error)}`;
  }
  return null;
}

/** Our own module, with the parts in place of Kubernetes' folders. */
function sourceIn(folder: string, go: string, say: (line: string) => void): string {
  const source = join(folder, 'source');
  const ready = join(source, 'ready');
  if (existsSync(ready)) return source;
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  const replaced = PARTS.map((name) => `replace k8s.io/${name} => k8s.io/${name} v${PARTS_VERSION}`);
  writeFileSync(join(source, 'go.mod'), ['module example.invalid/plane', '', ...replaced, ''].join('\n'));
  const imports = Object.values(PACKAGES).map((path) => `\t_ "${path}"`);
  const tools = ['//go:build tools', '', 'package tools', '', 'import (', ...imports, ')', ''];
  writeFileSync(join(source, 'tools.go'), tools.join('\n'));
  const begun = performance.now();
  run(go, ['get', `k8s.io/kubernetes@v${VERSION}`], source);
  run(go, ['list', '-deps', ...Object.values(PACKAGES)], source);
  writeFileSync(ready, '');
  say(`  modules: ${seconds(begun)} s`);
  return source;
}

function build(
  name: Binary,
  { go, source, folder }: Record<'go' | 'source' | 'folder', string>,
  say: (line: string) => void,
) {
  const begun = performance.now();
  const path = join(folder, name);
  const [major, minor] = VERSION.split('.');
  const versions = { gitVersion: `v${VERSION}`, gitMajor: major, gitMinor: minor };
  const stamps = Object.entries(versions).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  const flags = ['-s', '-w', ...(name === 'etcd' ? [] : stamps)].join(' ');
  // Half a file must never be taken for a whole one.
  run(go, ['build', '-trimpath', '-ldflags', flags, '-o', `${path}.part`, PACKAGES[name]], source);
  renameSync(`${path}.part`, path);
  say(`  ${name}: ${seconds(begun)} s, ${Math.round(statSync(path).size / 1e6)} MB`);
}

function run(go: string, words: readonly string[], folder: string): void {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -buildvcs=false' };
  const most = 64 * 1024 * 1024;
  execFileSync(go, [...words], { cwd: folder, env, stdio: 'pipe', timeout: BUILD_SECONDS * 1000, maxBuffer: most });
}

function seconds(begun: number): number {
  return Math.round((performance.now() - begun) / 1000);
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim().split('\n').at(-1) ?? 'no reason was given.';
}
