/** The form of the app: what a person can type there, and what the Warden makes of it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkOptions } from '../../src/options.ts';
import { rangeOf } from './supervisor.ts';

type Form = string | Form[] | { [key: string]: Form };

const app = parse(readFileSync(new URL('../../config.yaml', import.meta.url), 'utf8')) as {
  options: Record<string, unknown>;
  schema: Record<string, Form>;
};

interface Field {
  /** Keys and places, e.g. frigates, 0, name. */
  path: readonly (string | number)[];
  form: Form;
}

/** Every field of the form, groups and lists among them. */
function fieldsOf(form: Form, path: readonly (string | number)[] = []): readonly Field[] {
  const own = path.length > 0 ? [{ path, form }] : [];
  if (Array.isArray(form)) return [...own, ...(form[0] === undefined ? [] : fieldsOf(form[0], [...path, 0]))];
  if (typeof form === 'string') return own;
  return [...own, ...Object.entries(form).flatMap(([key, inner]) => fieldsOf(inner, [...path, key]))];
}

const FIELDS = fieldsOf(app.schema);
const named = (path: Field['path']) =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);

/** What the app starts with and one Frigate, with one field set to this. */
function filled(path: Field['path'], value: unknown): unknown {
  const options: Record<string, unknown> = structuredClone(app.options);
  options.frigates = [{ name: 'Front house', url: 'http://frigate.local:5000' }];
  let at: Record<string | number, unknown> = options;
  for (const [n, key] of path.slice(0, -1).entries()) {
    at[key] ??= typeof path[n + 1] === 'number' ? [] : {};
    at = at[key] as Record<string | number, unknown>;
  }
  at[path.at(-1) ?? ''] = value;
  return options;
}

/** TABLE: every kind of value that is wrong somewhere. */
const WRONG: readonly (readonly [string, unknown])[] = [
  ['a number below all', -1e9],
  ['a number above all', 1e9],
  ['a broken number', 7.123],
  ['no number at all', Number.NaN],
  ['yes', true],
  ['a word', 'geheim-wort'],
  ['blanks', '   '],
  ['lines', 'geheim\nwort'],
  ['a very long word', 'geheim'.repeat(1000)],
  ['an address with a login', 'http://admin:geheim@frigate:5000'],
  ['a list', ['geheim']],
  ['a list of lists', [['geheim']]],
  ['a list of groups', [{ geheim: 'geheim' }]],
  ['a group', { geheim: 'geheim' }],
];

describe('the form of the app', () => {
  it('has fields of every kind', () => {
    expect(FIELDS.length).toBeGreaterThan(60);
    for (const kind of [/^int/, /^float/, /^bool/, /^str/, /^password/, /^url/, /^port/, /^list/]) {
      expect(FIELDS.filter(({ form }) => typeof form === 'string' && kind.test(form)).length).toBeGreaterThan(0);
    }
  });

  it.each(FIELDS.map((field) => [named(field.path), field] as const))(
    'answers whatever is typed into %s with a sentence, or takes it',
    (name, { path }) => {
      const refused = WRONG.flatMap(([what, value]) => {
        const answer = checkOptions(filled(path, value), 'the app');
        if (answer.ok) return [];
        expect(answer.sentences.length, what).toBeGreaterThan(0);
        for (const sentence of answer.sentences) {
          // One line that names the place, says what would be right, and keeps to itself what may be a secret.
          expect(sentence, what).toMatch(/^[a-z][\w.[\]]*: [^\n]{10,700}\. \(in the app\)$/);
          expect(
            sentence.startsWith(name) || /^frigates|^kubernetes|^mqtt/.test(sentence),
            `${what}: ${sentence}`,
          ).toBe(true);
        }
        return [what];
      });
      expect(refused.length).toBeGreaterThan(3);
    },
  );

  const numbers = FIELDS.flatMap(({ path, form }) => {
    const range = typeof form === 'string' ? rangeOf(form) : null;
    return range ? [[named(path), path, range] as const] : [];
  });
  it.each(numbers)('allows %s what the source allows, and no more', (_, path, { least, most, whole }) => {
    const taken = (value: number) => {
      const answer = checkOptions(filled(path, value), 'the app');
      return (
        answer.ok || !answer.sentences.some((sentence) => sentence.startsWith(`${named(path)}: ${value} is not right`))
      );
    };
    const step = whole ? 1 : 0.01;
    expect([least, most].map(taken)).toEqual([true, true]);
    expect([least - step, most + step].map(taken)).toEqual([false, false]);
    if (whole) expect(taken(least + 0.5)).toBe(false);
  });

  const lists = FIELDS.flatMap(({ path, form }) => {
    const words = typeof form === 'string' ? /^list\((.+)\)\??$/.exec(form)?.[1] : undefined;
    return words === undefined ? [] : [[named(path), path, words.split('|')] as const];
  });
  it.each(lists)('offers for %s only what the source takes', (_, path, words) => {
    for (const word of words) expect(checkOptions(filled(path, word), 'the app').ok).toBe(true);
    expect(checkOptions(filled(path, 'something else'), 'the app').ok).toBe(false);
  });

  it('takes an emptied field for one that is not set', () => {
    const optional = FIELDS.filter(({ form }) => typeof form === 'string' && /^(?:str|url|password)\b.*\?$/.test(form));
    expect(optional.length).toBeGreaterThan(15);
    for (const { path } of optional) {
      if (typeof path.at(-1) === 'number' || ['url', 'server'].includes(String(path.at(-1)))) continue;
      expect(checkOptions(filled(path, ''), 'the app').ok, named(path)).toBe(true);
    }
  });

  it('hides what is a secret: in the form by its type, in a sentence by its name', () => {
    for (const { path, form } of FIELDS) {
      if (!/password|token/.test(String(path.at(-1)))) continue;
      expect(form, named(path)).toBe('password?');
      for (const value of ['geheim\nwort', ['geheim'], 12_345]) {
        const answer = checkOptions(filled(path, value), 'the app');
        expect(JSON.stringify(answer.ok ? [] : answer.sentences)).not.toMatch(/geheim|12345/);
      }
    }
  });
});
