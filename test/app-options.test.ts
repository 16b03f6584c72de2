import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { optionsSchema } from '../src/options/schema.ts';
import { checkOptions, RULE_DEFAULTS } from '../src/options.ts';

const root = new URL('../', import.meta.url);
const app = parse(readFileSync(new URL('config.yaml', root), 'utf8')) as {
  options: Record<string, unknown>;
  schema: Record<string, unknown>;
};
/** TABLE: the languages, and how each of them says a default. */
const LANGUAGES: Readonly<Record<string, string>> = { en: 'Default', de: 'Vorgabe' };
const files = Object.keys(LANGUAGES).map((language) => {
  const text = readFileSync(new URL(`translations/${language}.yaml`, root), 'utf8');
  return [language, parse(text) as { configuration: Record<string, Translation> }] as const;
});

interface Translation {
  name: string;
  description: string;
  fields?: Record<string, Translation>;
}

interface Def {
  shape?: Record<string, { def: Def }>;
  element?: { def: Def };
  innerType?: { def: Def };
}

/** Every path of the schema, e.g. `frigates.url`; lists and defaults are looked through. */
function pathsOf(def: Def, path: readonly string[] = []): string[] {
  if (def.innerType) return pathsOf(def.innerType.def, path);
  if (def.element?.def.shape ?? def.element?.def.innerType) return pathsOf(def.element?.def ?? {}, path);
  const own = path.length > 0 ? [path.join('.')] : [];
  return [...own, ...Object.entries(def.shape ?? {}).flatMap(([key, inner]) => pathsOf(inner.def, [...path, key]))];
}

function appPaths(schema: unknown, path: readonly string[] = []): string[] {
  const inside = Array.isArray(schema) && typeof schema[0] === 'object' ? schema[0] : schema;
  const own = path.length > 0 ? [path.join('.')] : [];
  if (typeof inside !== 'object' || Array.isArray(inside)) return own;
  return [...own, ...Object.entries(inside as object).flatMap(([key, inner]) => appPaths(inner, [...path, key]))];
}

/** What the Supervisor calls missing (its source, apps/options.py): a group, or a list of groups, is never optional. */
function missing(schema: Record<string, unknown>, given: Record<string, unknown>, path = ''): string[] {
  return Object.entries(schema).flatMap(([key, form]) => {
    const here = `${path}${key}`;
    const inner: unknown = Array.isArray(form) ? form[0] : form;
    if (!(key in given)) return typeof inner === 'string' && inner.endsWith('?') ? [] : [here];
    if (typeof inner !== 'object') return [];
    const group = inner as Record<string, unknown>;
    const value = given[key] as Record<string, unknown> | Record<string, unknown>[];
    if (!Array.isArray(value)) return missing(group, value, `${here}.`);
    return value.flatMap((one, i) => missing(group, one, `${here}[${i}].`));
  });
}

function translated(fields: Record<string, Translation>, path: readonly string[] = []): string[] {
  return Object.entries(fields).flatMap(([key, inner]) => {
    const here = [...path, key];
    return [here.join('.'), ...translated(inner.fields ?? {}, here)];
  });
}

/** Description by path. */
function flat(fields: Record<string, Translation>, path: readonly string[] = []): Record<string, string> {
  const own = Object.entries(fields).map(([key, { description }]) => [[...path, key].join('.'), description]);
  const inner = Object.entries(fields).map(([key, one]) => flat(one.fields ?? {}, [...path, key]));
  return Object.assign(Object.fromEntries(own), ...inner);
}

const known = pathsOf(optionsSchema.def as unknown as Def).sort();

describe('every option', () => {
  it('is one of many', () => expect(known.length).toBeGreaterThan(50));
  it('stands in the schema of the app, and nothing else does', () => {
    // In the app a Frigate's own limits are lines of text.
    const inForm = known.filter((path) => !path.startsWith('frigates.rules.'));
    expect(appPaths(app.schema).sort()).toEqual(inForm);
  });

  it('but the name may be left out by the user of the app', () => {
    const frigates = [{ name: 'Frigate', url: 'http://frigate.local:5000' }];
    expect(missing(app.schema, { ...app.options, frigates })).toEqual([]);
    expect(missing(app.schema, { ...app.options, frigates: [{}] })).toEqual(['frigates[0].name']);
  });

  it('speaks every language that there is a file for', () => {
    const names = readdirSync(new URL('translations', root)).map((name) => name.replace('.yaml', ''));
    expect(names.sort()).toEqual(Object.keys(LANGUAGES).sort());
  });

  it.each(files)('has a name and a description in %s, and nothing else has', (_, { configuration, ...more }) => {
    expect(more).toEqual({});
    expect(translated(configuration).sort()).toEqual(known);
    const texts = JSON.stringify(configuration).match(/"(name|description)":"([^"]*)"/g) ?? [];
    expect(texts).toHaveLength(known.length * 2);
    expect(texts.filter((text) => text.endsWith(':""'))).toEqual([]);
    const descriptions = texts.filter((text) => text.startsWith('"description"'));
    expect(descriptions.filter((text) => !text.endsWith('."'))).toEqual([]);
  });

  it('is described in each language in its own words', () => {
    const [english, ...others] = files.map(([, { configuration }]) => flat(configuration));
    for (const other of others)
      expect(Object.keys(other).filter((path) => other[path] === english?.[path])).toEqual([]);
  });

  it('that a list of groups needs has a default, for the Supervisor never takes it for optional', () => {
    expect(app.options).toHaveProperty('frigates', []);
    for (const group of ['kubernetes', 'rules', 'mqtt', 'links']) expect(app.options).toHaveProperty(group);
  });

  it('has the same default in the app as in the source', () => {
    const filled = checkOptions({ ...app.options, frigates: [{ name: 'a', url: 'http://a' }] }, 'the app');
    const bare = checkOptions({ frigates: [{ name: 'a', url: 'http://a' }] }, 'nothing');
    expect(filled).toEqual(bare);
  });

  it.each(files)('of the limits names its default in its description in %s', (language, { configuration }) => {
    const limits = configuration.rules?.fields ?? {};
    for (const [key, value] of Object.entries(RULE_DEFAULTS)) {
      expect(limits[key]?.description).toMatch(new RegExp(`${LANGUAGES[language]} ${value}\\.$`));
    }
  });
});
