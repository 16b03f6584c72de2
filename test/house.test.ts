/** The house rules, held against the project as it lies here. Each rule is shown a bad example in house/rules.test.ts. */
import { describe, expect, it } from 'vitest';
import { GUARDS } from '../src/rules/guards.ts';
import { RULES } from './house/rules.ts';
import { readTree } from './house/tree.ts';

const files = readTree();

describe('the house', () => {
  it('is read at all: the engine, the contracts and this test are among its files', () => {
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'src/rules/types.ts', 'test/house.test.ts']));
    expect(paths.filter((path) => path.startsWith('node_modules/'))).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.says, rule] as const))('%s', (_, rule) => {
    expect(rule.check(files)).toEqual([]);
  });
});

describe('the design', () => {
  it('lists the guards of the engine, in their order, with whom they bind', () => {
    const text = files.find((file) => file.path === 'docs/design.md')?.text ?? '';
    const section = text.slice(text.indexOf('## 5. The guards'), text.indexOf('## 6.'));
    const rows = [...section.matchAll(/^\| ([a-z_]+) \| .* \| ([\w ]+) \| ([\w ]+) \|$/gm)].map((row) => row.slice(1));
    const said = { always: 'yes', automatic: 'no', hard: 'hard ground' };
    expect(rows.filter(([id]) => id !== 'guard')).toEqual(
      GUARDS.map((guard) => [guard.id, said[guard.person], said[guard.force]]),
    );
  });
});
