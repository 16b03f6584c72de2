/** The workflows: what a release publishes is what config.yaml names, and nothing may do more than it must. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string>;
}

interface Workflow {
  permissions: Record<string, string>;
  env?: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; steps: Step[] }>;
}

const names = readdirSync(new URL('.github/workflows', root)).sort();
const workflows = names.map((name) => [name, parse(read(`.github/workflows/${name}`)) as Workflow] as const);
const stepsOf = (workflow: Workflow) => Object.values(workflow.jobs).flatMap(({ steps }) => steps);
const release = parse(read('.github/workflows/release.yml')) as Workflow;

describe('the workflows', () => {
  it('have names that the Supervisor does not read', () => expect(names).toEqual(['ci.yml', 'release.yml']));

  it.each(workflows)('%s may only read, unless a job says more', (_, { permissions, jobs }) => {
    expect(permissions).toEqual({ contents: 'read' });
    const writing = Object.values(jobs).flatMap((job) => Object.entries(job.permissions ?? {}));
    for (const [right, how] of writing)
      expect(['contents: read', 'id-token: write', 'packages: write']).toContain(`${right}: ${how}`);
  });

  it.each(workflows)('%s takes every action at one version, and leaves no login behind', (_, workflow) => {
    for (const { uses, with: given } of stepsOf(workflow)) {
      if (uses === undefined) continue;
      expect(uses).toMatch(/@v?\d+\.\d+/);
      if (uses.startsWith('actions/checkout@')) expect(given).toMatchObject({ 'persist-credentials': false });
    }
  });

  it.each(workflows)('%s puts nothing into a script that somebody else may have named', (_, workflow) => {
    for (const { run } of stepsOf(workflow)) expect(run ?? '').not.toContain('${{');
  });

  it.each(workflows)('%s runs scripts that are there and can be started', (_, workflow) => {
    const scripts = stepsOf(workflow).flatMap(({ run }) => (run?.startsWith('.ci/') ? [run] : []));
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) expect(statSync(new URL(script, root)).mode & 0o111).toBe(0o111);
  });
});

describe('a release', () => {
  const app = parse(read('config.yaml')) as { arch: string[] };

  it('is built for every architecture that the app names', () => {
    expect(JSON.parse(release.env?.ARCHITECTURES ?? '[]').toSorted()).toEqual(app.arch.toSorted());
  });

  it('is published under the name that config.yaml will have', () => {
    const named = /^# image: ghcr\.io\/(\S+)\/(\S+)$/m.exec(read('config.yaml'));
    const published = stepsOf(release).flatMap(({ with: given }) => given?.['image-name'] ?? []);
    expect(new Set(published)).toEqual(new Set([named?.[2]]));
    // The registry's first part is the owner of the repository.
    expect(read('repository.yaml')).toContain(`https://github.com/${named?.[1]}/`);
  });

  it('bears the version first, for by the first tag the images are put together', () => {
    const tags = stepsOf(release).flatMap(({ with: given }) => given?.['image-tags'] ?? []);
    expect(tags).toHaveLength(2);
    for (const tag of tags) expect(tag.split('\n')[0]).toMatch(/^\$\{\{ needs\.check\.outputs\.version \}\}$/);
  });

  it('is held against all that must hold, and is started, before anybody gets it', () => {
    const runs = stepsOf(release).flatMap(({ run }) => run ?? []);
    expect(runs).toEqual([expect.stringContaining('package.json'), '.ci/run', '.ci/image']);
  });
});
