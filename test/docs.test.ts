import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENTITIES } from '../src/publish/entities.ts';
import { EVENT_TYPES } from '../src/publish/instance-rows.ts';
import { CHECKS } from '../src/targets/frigate/checks/index.ts';

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const docs = read('DOCS.md');
const readme = read('README.md');

interface Translation {
  description: string;
  fields?: Record<string, Translation>;
}

describe('the documentation', () => {
  it('has a row with the meaning of every option, and of no other', () => {
    const { configuration } = parse(read('translations/en.yaml')) as { configuration: Record<string, Translation> };
    const paths = (fields: Record<string, Translation>, path: string): string[] =>
      Object.entries(fields).flatMap(([key, { fields: inner = {} }]) => {
        const here = path === '' ? key : `${path}.${key}`;
        return [here, ...(here === 'frigates.rules' ? [] : paths(inner, here))];
      });
    const rows = [...docs.matchAll(/^\| `([a-z_.]+)` \|/gm)].map((match) => match[1]);
    expect(rows).toEqual(paths(configuration, ''));
  });

  it.each(CHECKS.map((check) => [check.id, check] as const))('says what %s means and what to do', (id, check) => {
    expect(docs).toContain(`### ${check.name} (\`${id}\`)`);
    expect(docs).toContain(`bad for ${check.forSeconds} s before it is confirmed, good for ${check.clearSeconds} s`);
    expect(docs).toContain(check.runbook);
    for (const step of check.nextSteps) expect(docs).toContain(`- ${step}\n`);
  });

  it('names every event', () => {
    for (const type of EVENT_TYPES) expect(docs).toMatch(new RegExp(`\\b${type}\\b`));
  });

  it('names every entity in the README', () => {
    const missing = ENTITIES.map((row) => row.name).filter(
      (name) => !readme.toLowerCase().includes(name.toLowerCase()),
    );
    expect(missing).toEqual([]);
  });
});
