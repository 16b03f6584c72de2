import { describe, expect, it } from 'vitest';
import { exportsOf, importsOf, split } from './source.ts';

const file = (text: string, path = 'src/doors/a.ts') => ({ path, text });

describe('the scanner', () => {
  it.each([
    ['a line comment', 'one(); // two()\nthree();', 'two'],
    ['a block comment', 'one(); /* two()\n two() */ three();', 'two'],
    ['single quotes', "one('two'); three();", 'two'],
    ['an escaped quote', "one('it\\'s two'); three();", 'two'],
    ['a template', 'one(`two`); three();', 'two'],
    ['a template after its code', 'one(`$' + '{four} two $' + '{five}`); three();', 'two'],
    ['a regular expression', 'one(/[/"]two/); three();', 'two'],
    ['a regular expression after return', 'const one = () => { return /two"/; }; three();', 'two'],
  ])('takes %s for no code', (_, text, hidden) => {
    const { code } = split(text);
    expect(code).toHaveLength(text.length);
    expect(code).not.toContain(hidden);
    expect(code).toContain('one');
    expect(code).toContain('three();');
  });

  it.each([
    ['a quote inside a comment', "// it's\none();"],
    ['a comment inside a quote', "'http://x'; one();"],
    ['a division', 'a / b; one(); c / d;'],
    ['a division after a bracket', '(a + b) / 2; one(); x[1] / 2;'],
    ['code inside a template', 'x`$' + '{one()}`;'],
    ['braces inside a template', 'x`$' + '{[{}].map(() => { return one(); })}`;'],
    ['a template inside a template', 'x`$' + '{y`z$' + '{one()}`}`;'],
  ])('still sees the code around %s', (_, text) => {
    expect(split(text).code).toContain('one()');
  });

  it('keeps comments and strings apart', () => {
    const { comments, strings } = split("// remark 'x'\ncall('text // more');");
    expect(comments).toContain("remark 'x'");
    expect(comments).not.toContain('more');
    expect(strings.trim()).toBe('text // more');
  });
});

describe('the imports', () => {
  it.each([
    ["import { a } from './b.ts';", './b.ts', 'src/doors/b.ts', null, false],
    ["import type { A } from '../rules/types.ts';", '../rules/types.ts', 'src/rules/types.ts', null, true],
    ["import { type A } from '../rules/types.ts';", '../rules/types.ts', 'src/rules/types.ts', null, false],
    ["import a, { b } from 'mqtt';", 'mqtt', null, 'mqtt', false],
    [
      "import * as k from '@kubernetes/client-node/dist/x.js';",
      '@kubernetes/client-node/dist/x.js',
      null,
      '@kubernetes/client-node',
      false,
    ],
    ["import {\n  a,\n  b as c,\n} from './b.ts';", './b.ts', 'src/doors/b.ts', null, false],
    ["import './b.ts';", './b.ts', 'src/doors/b.ts', null, false],
    ["export { a } from './b.ts';", './b.ts', 'src/doors/b.ts', null, false],
    ["export * from './b.ts';", './b.ts', 'src/doors/b.ts', null, false],
    ["export type { A } from './b.ts';", './b.ts', 'src/doors/b.ts', null, true],
    ["const a = await import('./b.ts');", './b.ts', 'src/doors/b.ts', null, false],
    ["type A = import('./b.ts').A;", './b.ts', 'src/doors/b.ts', null, false],
    ["import { readFile } from 'node:fs/promises';", 'node:fs/promises', null, 'node:fs', false],
    ["const fs = require('fs');", 'fs', null, 'node:fs', false],
    ["import json from '../../package.json' with { type: 'json' };", '../../package.json', 'package.json', null, false],
  ])('reads %s', (text, specifier, own, name, typesOnly) => {
    expect(importsOf(file(text))).toEqual([{ specifier, file: own, package: name, typesOnly, line: 1 }]);
  });

  it.each([
    "// import { a } from './b.ts';",
    'const text = "import { a } from \'./b.ts\';";',
    "const list = Array.from('abc');",
    "export const a = ['from', 'x'];",
    "export function f() {\n  return of(a, 'x');\n}",
  ])('takes %s for no import', (text) => {
    expect(importsOf(file(text))).toEqual([]);
  });

  it('says on which line one stands', () => {
    expect(importsOf(file("import a from 'a';\n\nimport b from 'b';\n")).map((one) => one.line)).toEqual([1, 3]);
  });
});

describe('the exports', () => {
  it('are found with their kind', () => {
    const text = [
      'export async function one() {}',
      'export interface Two {}',
      'export const three = 3, other = 4;',
      'export abstract class Four {}',
      'const five = 5;',
      'export { five, five as six };',
      '// export const seven = 7;',
    ].join('\n');
    expect(exportsOf(file(text)).map(({ kind, name, line }) => `${line} ${kind} ${name}`)).toEqual([
      '1 function one',
      '2 interface Two',
      '3 const three',
      '4 class Four',
      '6 list five',
      '6 list six',
    ]);
  });
});
