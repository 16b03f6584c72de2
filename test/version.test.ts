import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { VERSION } from '../src/version.ts';

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

it('is one version in the source, the package, the app and the newest heading of the changelog', () => {
  expect(JSON.parse(read('package.json')).version).toBe(VERSION);
  expect(parse(read('config.yaml')).version).toBe(VERSION);
  expect(read('CHANGELOG.md').match(/^## (\S+)/m)?.[1]).toBe(VERSION);
});
