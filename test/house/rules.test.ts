/** Shows every house rule a bad example, so that none of them is a drawing of a wall. */
import { describe, expect, it } from 'vitest';
import { SLEEPERS, UNMIRRORED } from './habits.ts';
import { RULES } from './rules.ts';
import type { SourceFile } from './source.ts';
import { OWNERS } from './walls.ts';

type Files = Readonly<Record<string, string>>;

/** Joins a word that must not stand here as it is: a search of the tree for it finds only true breaches. */
const joined = (...pieces: readonly string[]) => pieces.join('');
const lines = (count: number) => Array.from({ length: count }, (_, at) => `const n${at} = ${at};`).join('\n');
const packages = (names: readonly string[]) =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) });

const OWNED = { 'package.json': packages(Object.keys(OWNERS)) };
const MIRRORED: Files = {
  ...Object.fromEntries(Object.keys(UNMIRRORED).map((path) => [path, 'export type A = string;'])),
  ...Object.fromEntries(Object.values(UNMIRRORED).flatMap((row) => ('provenBy' in row ? [[row.provenBy, '']] : []))),
};
const AWAKE: Files = Object.fromEntries(Object.keys(SLEEPERS).map((path) => [path, 'setTimeout(f, 1);']));
const ALIVE: Files = { 'src/main.ts': "import './loop.ts';", 'src/loop.ts': '' };

const inFile = (path: string, ...texts: readonly string[]): readonly Files[] => texts.map((text) => ({ [path]: text }));
const withBase = (base: Files, ...changes: readonly Files[]): readonly Files[] =>
  changes.map((change) => ({ ...base, ...change }));

/** TABLE: for each rule, what it must complain of and what it must let pass. */
const EXAMPLES: Readonly<Record<string, { bad: readonly Files[]; good: readonly Files[] }>> = {
  walls: {
    bad: [
      ...inFile('src/rules/streak.ts', "import type { Clock } from '../doors/ports.ts';", "import '../loop.ts';"),
      ...inFile(
        'src/targets/frigate/look.ts',
        "import { get } from '../http/get.ts';",
        "import { ask } from '../../doors/http.ts';",
      ),
      ...inFile(
        'src/targets/frigate/look.ts',
        "import { Doors } from '../../doors/ports.ts';",
        "import { x } from '../../publish/x.ts';",
      ),
      ...inFile('src/targets/ground/pods.ts', "import { stats } from '../frigate/stats.ts';"),
      ...inFile('src/targets/target.ts', "import { decide } from '../rules/decide.ts';"),
      ...inFile(
        'src/publish/entities.ts',
        "import { CHECKS } from '../targets/frigate/checks.ts';",
        "export * from '../targets/ground/pods.ts';",
      ),
      ...inFile('src/publish/web.ts', "const door = await import('../doors/http.ts');"),
      ...inFile(
        'src/doors/http.ts',
        "import { decide } from '../rules/decide.ts';",
        "import type { Options } from '../options.ts';",
      ),
      ...inFile('src/page/main.ts', "import { html } from '../publish/html.ts';"),
    ],
    good: [
      ...inFile('src/rules/streak.ts', "import type { Finding } from './types.ts';"),
      ...inFile(
        'src/targets/frigate/look.ts',
        "import { podOf } from '../ground/pods.ts';",
        "import type { Doors } from '../../doors/ports.ts';",
      ),
      ...inFile(
        'src/targets/frigate/checks/api.ts',
        "import { facts } from '../facts.ts';",
        "import { z } from 'zod';",
      ),
      ...inFile('src/publish/entities.ts', "import type { Looked } from '../targets/target.ts';"),
      ...inFile('src/targets/index.ts', "import { frigate } from './frigate/index.ts';"),
      ...inFile('src/doors/http.ts', "import json from '../../package.json' with { type: 'json' };"),
    ],
  },
  'rules-no-package': {
    bad: inFile('src/rules/streak.ts', "import { z } from 'zod';", "import { join } from 'node:path';"),
    good: inFile('src/rules/streak.ts', "import { a } from './budget.ts';"),
  },
  'targets-no-builtin': {
    bad: inFile('src/targets/frigate/look.ts', "import { createHash } from 'node:crypto';"),
    good: inFile('src/targets/frigate/look.ts', "import { z } from 'zod';"),
  },
  'src-alone': {
    bad: inFile(
      'src/cli/check.ts',
      "import { server } from '../../demo/server.ts';",
      "import { x } from '../../test/x.ts';",
    ),
    good: inFile('src/cli/check.ts', "import { turn } from '../loop.ts';"),
  },
  'main-alone': {
    bad: [
      ...inFile('src/cli/run.ts', "import { start } from '../main.ts';"),
      ...inFile('test/main.test.ts', "import '../src/main.ts';"),
    ],
    good: inFile('demo/run.ts', "import './main.ts';"),
  },
  'one-owner': {
    bad: [
      ...inFile('src/publish/announcer.ts', "import mqtt from 'mqtt';", "import type { IClientOptions } from 'mqtt';"),
      ...inFile('src/doors/http.ts', "import got from 'got';", "import { KubeConfig } from '@kubernetes/client-node';"),
      ...inFile('test/x.test.ts', "import { build } from 'knip';"),
    ],
    good: inFile('src/doors/mqtt.ts', "import mqtt from 'mqtt';", "import { connect } from 'node:net';"),
  },
  'builtin-owner': {
    bad: [
      ...inFile(
        'src/loop.ts',
        "import { readFileSync } from 'node:fs';",
        "import { readFile } from 'node:fs/promises';",
        "import { readFileSync } from 'fs';",
      ),
      ...inFile(
        'src/doors/http.ts',
        "import { DatabaseSync } from 'node:sqlite';",
        "import { exec } from 'node:child_process';",
      ),
    ],
    good: [
      ...inFile('src/doors/store/open.ts', "import { DatabaseSync } from 'node:sqlite';"),
      ...inFile('test/x.test.ts', "import { createServer } from 'node:http';"),
    ],
  },
  'owners-complete': {
    bad: [
      { 'package.json': packages([...Object.keys(OWNERS), 'left-pad']) },
      { 'package.json': packages(Object.keys(OWNERS).slice(1)) },
      {},
    ],
    good: [OWNED],
  },
  'no-dead-file': {
    bad: [
      ...withBase(ALIVE, { 'src/rules/forgotten.ts': '' }, { 'src/page/main.ts': '' }),
      ...withBase(ALIVE, { 'build.mjs': "entryPoints: ['src/page/main.ts']" }),
      { 'src/loop.ts': '' },
    ],
    good: [
      ALIVE,
      ...withBase(ALIVE, { 'build.mjs': "entryPoints: ['src/page/main.ts']", 'src/page/main.ts': '' }),
      ...withBase(ALIVE, { 'src/loop.ts': "import type { A } from './rules/types.ts';", 'src/rules/types.ts': '' }),
    ],
  },
  'product-free': {
    bad: [
      ...inFile(
        'src/rules/streak.ts',
        '// As with Frigate.',
        "const a = 'the coral';",
        'const cameraCount = 1;',
        "const a = 'node_ready';",
      ),
      ...inFile(
        'src/rules/streak.ts',
        'const podsSeen = 1;',
        '// a pod',
        '// Home Assistant',
        'interface MqttThing {}',
      ),
      ...inFile('src/rules/camera-vote.ts', 'const a = 1;'),
    ],
    good: [
      ...inFile('src/rules/streak.ts', '// a node of the tree', '// a tripod', '// corals are animals'),
      ...inFile('src/targets/frigate/look.ts', "const a = 'Frigate';"),
    ],
  },
  'empty-names': {
    bad: [
      ...inFile('src/string-utils.ts', ''),
      ...inFile('src/helper.ts', ''),
      ...inFile('test/test-helpers.ts', ''),
      ...inFile(
        'src/a.ts',
        'export function handlerFor() {}',
        'export interface DeviceInfo {}',
        'export const stateData = 1;',
      ),
      ...inFile('src/a.ts', 'const a = 1;\nexport { a as ManagerOfAll };'),
    ],
    good: [
      ...inFile('src/a.ts', 'export const information = 1;', 'const data = 1;', 'export const database = 1;'),
      ...inFile('src/metadata.ts', ''),
    ],
  },
  'no-service-class': {
    bad: [...inFile('src/a.ts', 'class HealthService {}'), ...inFile('src/health-service.ts', '')],
    good: inFile('src/targets/ground/services.ts', 'export const servicePath = 1;'),
  },
  'no-left-over': {
    bad: inFile('src/a.ts', joined('// TO', 'DO: later'), joined('/* FIX', 'ME */'), joined('const a = 1; // XX', 'X')),
    good: inFile('src/a.ts', joined("const word = 'TO", "DO';"), '// todos los santos'),
  },
  'no-silencing': {
    bad: inFile(
      'src/a.ts',
      joined('// @ts-', 'ignore'),
      joined('// @ts-', 'expect-error why'),
      joined('// biome-', 'ignore lint: why'),
      '/* v8 ignore next */',
      '// Stryker disable all',
    ),
    good: inFile('src/a.ts', joined("const text = '@ts-", "ignore';")),
  },
  'no-any': {
    bad: inFile(
      'src/a.ts',
      joined('const a = b as ', 'any;'),
      joined('const a = b as  ', 'any[];'),
      joined('function f(a: ', 'any) {}'),
      joined('const a = new Map<', 'any>();'),
    ),
    good: inFile(
      'src/a.ts',
      joined('// as ', 'any person would'),
      joined("const a = 'as ", "any';"),
      'const a = b as unknown;',
      'const has: anyOf = 1;',
    ),
  },
  'no-history': {
    bad: inFile(
      'src/a.ts',
      '// This previously was a class.',
      '// It used to be a map.',
      '// The list was replaced by a set.',
      '// no longer used',
    ),
    good: inFile('src/a.ts', '// The key used to sign.', '// Replaces the whole object.', "const a = 'previously';"),
  },
  'no-workplace': {
    bad: [
      ...inFile('README.md', `See ${['', 'work', 'main'].join('/')}.`, `See ${['shared', 'facts', 'x.md'].join('/')}.`),
      ...inFile('src/a.ts', `// As ${['DESIGN', 'md'].join('.')} says.`, `// Written by ${joined('Cla', 'ude')}.`),
      ...inFile('.ci/run', `cd ${['', 'home', 'someone', 'src'].join('/')}`),
    ],
    good: inFile('src/a.ts', '// the work of a turn', '// shared/ledger', "const path = '/config/work/x';"),
  },
  'no-clock-no-dice': {
    bad: [
      ...inFile(
        'src/rules/a.ts',
        'const a = Date.now();',
        'const a = new Date();',
        'const a = Math.random();',
        'performance.now();',
      ),
      ...inFile('src/targets/frigate/a.ts', 'const now = Date.now;', 'process.hrtime.bigint();'),
      ...inFile('src/publish/a.ts', 'crypto.randomUUID();', 'new Date( ).toISOString();'),
      ...inFile('src/loop.ts', 'const started = Date.now();'),
    ],
    good: [
      ...inFile(
        'src/publish/a.ts',
        'new Date(at * 1000).toISOString();',
        'Date.parse(text);',
        "const a = 'Date.now()';",
      ),
      ...inFile('src/doors/clock.ts', 'Date.now();'),
    ],
  },
  'one-clock': {
    bad: inFile('src/doors/mqtt.ts', 'const at = Date.now();', 'const at = new Date();'),
    good: [...inFile('src/doors/clock.ts', 'Date.now();'), ...inFile('src/doors/mqtt.ts', 'performance.now();')],
  },
  'no-waiting': {
    bad: [
      ...inFile('src/rules/a.ts', 'setTimeout(f, 1);', 'setInterval(f, 1);'),
      ...inFile('src/targets/frigate/a.ts', 'await new Promise((done) => setTimeout(done, 1));'),
    ],
    good: inFile('src/loop.ts', 'setTimeout(f, 1);'),
  },
  'short-files': {
    bad: inFile('src/a.ts', lines(301)),
    good: [...inFile('src/a.ts', `${lines(300)}\n`), ...inFile('test/a.test.ts', lines(400))],
  },
  'narrow-lines': {
    bad: inFile('src/a.ts', `// ${'x'.repeat(118)}`),
    good: inFile('src/a.ts', `// ${'x'.repeat(117)}`, `// ${'ü'.repeat(117)}`),
  },
  'opening-comment': {
    bad: inFile('src/a.ts', 'export const a = 1;', "import { b } from './b.ts';\nexport const a = 1;"),
    good: inFile(
      'src/a.ts',
      '/** What it is for. */\nexport const a = 1;',
      "import { b } from './b.ts';\n\n// For this.\nconst a = 1;",
    ),
  },
  mirrors: {
    bad: [
      ...withBase(MIRRORED, { 'src/doors/http.ts': '' }, { 'src/rules/types.ts': 'export const a = 1;' }),
      ...withBase(MIRRORED, { 'src/doors/ports.ts': 'export function f() {}' }),
      { ...MIRRORED, 'src/a.ts': '', 'test/doors/a.test.ts': '' },
      {},
    ],
    good: [MIRRORED, { ...MIRRORED, 'src/doors/http.ts': '', 'test/doors/http.test.ts': '' }],
  },
  'rule-has-test': {
    bad: inFile('src/rules/streak.ts', 'export function f() {}', 'export const LIST = [];', 'const a = 1;'),
    good: [
      ...inFile('src/rules/types.ts', 'export interface A {}'),
      { 'src/rules/streak.ts': 'export function f() {}', 'test/rules/streak.test.ts': '' },
    ],
  },
  'no-empty-catch': {
    bad: [
      ...inFile(
        'src/a.ts',
        'try { f(); } catch {}',
        'try { f(); } catch (error) { }',
        'try { f(); } catch {\n  // fine\n}',
      ),
      ...inFile(
        'src/a.ts',
        'f().catch(() => {});',
        'f().catch((_error) => undefined);',
        'f().catch(() => null);',
        'f().catch(() => ({}));',
      ),
      ...inFile(
        'src/a.ts',
        'f().catch(() => { return; });',
        'f().catch(async () => {});',
        'f().catch(function () {});',
        'f().catch(noop);',
      ),
      ...inFile(
        'test/a.test.ts',
        'f().then(done, () => {});',
        'f()\n  .catch(() => {\n    // on purpose\n  });',
        'f().catch((error: unknown) => {});',
      ),
      ...inFile('demo/a.ts', 'try { f(); } catch { return; }'),
    ],
    good: inFile(
      'src/a.ts',
      'try { f(); } catch (error) { log(error); }',
      'f().catch((error) => log(error));',
      'f().catch(() => null ?? told());',
      'try { f(); } catch { return null; }',
    ),
  },
  'honest-tests': {
    bad: inFile(
      'test/a.test.ts',
      joined('it.', 'only(x);'),
      joined('describe.', 'skip(x);'),
      joined('test.', 'todo(x);'),
      joined('it.each.', 'skip(x);'),
      joined('it.', 'skipIf(a)(x);'),
      'xit(x);',
      joined('it.', 'fails(x);'),
    ),
    good: inFile('test/a.test.ts', 'it.each([1])(x);', joined("const a = 'it.", "only';"), 'turn.skip();'),
  },
  'no-sleep': {
    bad: [
      ...withBase(AWAKE, { 'test/a.test.ts': 'await new Promise((done) => setTimeout(done, 10));' }),
      ...withBase(
        AWAKE,
        { 'test/a.test.ts': "import { setTimeout as wait } from 'node:timers/promises';" },
        { 'test/b.ts': 'setInterval(f, 1);' },
      ),
      {},
    ],
    good: [AWAKE, { ...AWAKE, 'demo/a.ts': 'setTimeout(f, 1);' }],
  },
  'free-ports': {
    bad: inFile('test/a.test.ts', 'server.listen(5000);', "server.listen({ host: '127.0.0.1', port: 8099 });"),
    good: inFile('test/a.test.ts', "server.listen(0, '127.0.0.1');", 'server.listen({ port: 0 });'),
  },
  'taken-names': {
    bad: [...inFile('test/cases/one/config.json', ''), ...inFile('build.yaml', ''), ...inFile('demo/config.yml', '')],
    good: [
      ...inFile('config.yaml', ''),
      ...inFile('test/cases/one/frigate-config.json', ''),
      ...inFile('build.mjs', ''),
    ],
  },
};

const asFiles = (files: Files): readonly SourceFile[] => Object.entries(files).map(([path, text]) => ({ path, text }));

describe('the rules of the house', () => {
  it('have an id each, and a row of examples each', () => {
    const ids = RULES.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(EXAMPLES).sort()).toEqual(ids.toSorted());
  });

  describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
    const { bad = [], good = [] } = EXAMPLES[id] ?? {};

    it('has something to complain of and something to let pass', () => {
      expect([bad.length > 0, good.length > 0]).toEqual([true, true]);
    });

    it.each(bad.map((files) => [shown(files), files] as const))('complains of %s', (_, files) => {
      expect(rule.check(asFiles(files))).not.toEqual([]);
    });

    it.each(good.map((files) => [shown(files), files] as const))('lets %s pass', (_, files) => {
      expect(rule.check(asFiles(files))).toEqual([]);
    });
  });

  it('name the place of a breach', () => {
    const rule = RULES.find(({ id }) => id === 'rules-no-package');
    const text = "/** For this. */\nimport { a } from './a.ts';\nimport { z } from 'zod';\n";
    expect(rule?.check([{ path: 'src/rules/x.ts', text }])).toEqual([
      'src/rules/x.ts:3 rules/ imports the package zod',
    ]);
  });
});

function shown(files: Files): string {
  const [path, text] = Object.entries(files).at(-1) ?? ['an empty project', ''];
  return `${path}: ${text.slice(0, 60).replace(/\s+/g, ' ')}`;
}
