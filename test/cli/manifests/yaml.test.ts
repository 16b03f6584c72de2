import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type Manifest, yamlOf, yamlStream } from '../../../src/cli/manifests/yaml.ts';

const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const manifest = (name: string, ...about: string[]): Manifest => ({ about, object: object(name) });

describe('YAML', () => {
  it.each<[string, unknown]>([
    ['an empty text', { a: '' }],
    ['a text that looks like a number', { a: '1', b: 1 }],
    ['a text that looks like a switch', { a: 'on', b: 'yes', c: true }],
    ['a star', { a: ['*'] }],
    ['an expression of several lines, one of them long', { a: `x == "y" &&\n${'a '.repeat(100)}\nb` }],
    ['the same list twice', ((list) => ({ a: list, b: list }))(['x'])],
  ])('is read again as it was: %s', (_, value) => {
    const text = yamlOf(value);
    expect(parse(text)).toEqual(value);
    expect(text).not.toMatch(/[&*]ref/);
  });

  it('of several objects has each behind what is said of it', () => {
    const text = yamlStream([manifest('a', 'First.', 'Of all.'), manifest('b')], ['Made here.']);
    expect(text.split('\n').filter((line) => /^[#-]/.test(line))).toEqual([
      '# Made here.',
      '---',
      '# First.',
      '# Of all.',
      '---',
    ]);
    const objects = parseAllDocuments(text).map((one) => one.toJS());
    expect(objects).toEqual([object('a'), object('b')]);
  });

  it('has no comment wider than a page, and an item of a list goes on under its first word', () => {
    const long = `- ${'word '.repeat(60).trim()}`;
    const lines = yamlStream([manifest('a', long)], []).split('\n');
    const comments = lines.filter((line) => line.startsWith('#'));
    expect(comments).toHaveLength(3);
    for (const [i, line] of comments.entries()) {
      expect(line.length).toBeLessThanOrEqual(120);
      expect(line).toMatch(i === 0 ? /^# - word/ : /^# {3}word/);
    }
    expect(lines[0]).toBe(comments[0]);
  });
});
