/** The blueprints: inputs that are there and used, topics and events that the product has, and nothing dated. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readCommand } from '../../src/publish/commands.ts';
import { availabilityTopic, eventTopic, statusTopic } from '../../src/publish/discovery.ts';
import { OBJECT_PREFIX } from '../../src/publish/identity.ts';
import { EVENT_TYPES } from '../../src/publish/instance-rows.ts';

const root = new URL('../../', import.meta.url);
const folder = new URL('addon/blueprints/', root);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

type Json = Readonly<Record<string, unknown>>;

interface Input {
  name?: string;
  default?: unknown;
  selector?: Json;
  collapsed?: boolean;
  input?: Readonly<Record<string, Input>>;
}

interface Blueprint extends Json {
  blueprint: Json & { domain: string; input: Readonly<Record<string, Input>> };
}

const INPUT = '!input ';
const customTags = [{ tag: '!input', resolve: (name: string) => `${INPUT}${name}` }];
const files = readdirSync(folder).sort();
const blueprints = files.map(
  (name) => [name, parse(read(`addon/blueprints/${name}`), { customTags }) as Blueprint] as const,
);
const one = (name: string): Blueprint => blueprints.find(([file]) => file === name)?.[1] as Blueprint;
const incidents = one('incident-notification.yaml');

const BASE = OBJECT_PREFIX;

/** Everything in it, with the key under which it stands. */
function all(value: unknown, key = ''): (readonly [string, unknown])[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const named = Array.isArray(value) ? inner.map(([, item]) => [key, item] as const) : inner;
  return [[key, value] as const, ...named.flatMap(([name, item]) => all(item, name))];
}

/** Sections and what is in them. */
function inputsOf({ blueprint }: Blueprint): readonly (readonly [string, Input])[] {
  return Object.entries(blueprint.input).flatMap(([name, input]) =>
    input.input ? Object.entries(input.input) : [[name, input] as const],
  );
}

const bodyOf = ({ blueprint: _, ...body }: Blueprint) => body;

const texts = (blueprint: Blueprint) =>
  all(bodyOf(blueprint)).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));

/** As it is on the wire, of the Frigate `house`. */
const topicOf = (template: string) =>
  template
    .replaceAll('{{ base_topic }}', BASE)
    .replaceAll(/\{\{ (?:instance|target) \}\}/g, 'house')
    .replaceAll('/+/', '/house/')
    .replaceAll('{{ memory_topic }}', `${BASE}_told/key`);

const topicsOf = (blueprint: Blueprint) =>
  texts(blueprint).flatMap(([key, text]) => (key === 'topic' ? [topicOf(text)] : []));

describe('the blueprints', () => {
  it('are these', () => {
    expect(blueprints.map(([name, { blueprint }]) => `${name}: ${blueprint.domain}`)).toEqual([
      'incident-notification.yaml: automation',
      'restart-frigate-safely.yaml: script',
      'warden-silent.yaml: automation',
      'weekly-alert-proof.yaml: automation',
    ]);
  });

  it.each(blueprints)('%s says what it is, where it comes from, and what it needs', (name, { blueprint }) => {
    const { url } = parse(read('repository.yaml')) as { url: string };
    expect(blueprint).toMatchObject({
      name: expect.stringMatching(/^Frigate Warden: [\w ]+$/),
      description: expect.stringMatching(/\.$/),
      author: 'Frigate Warden',
      source_url: `${url}/blob/main/addon/blueprints/${name}`,
      homeassistant: { min_version: '2025.10.0' },
    });
  });

  it.each(blueprints)('%s uses each of its inputs, and no other', (_, blueprint) => {
    const used = texts(blueprint).flatMap(([, text]) => (text.startsWith(INPUT) ? [text.slice(INPUT.length)] : []));
    const defined = inputsOf(blueprint).map(([name]) => name);
    expect([...new Set(used)].sort()).toEqual(defined.toSorted());
  });

  it.each(blueprints)('%s explains each input, and asks at most for the phone', (_, blueprint) => {
    for (const [name, input] of inputsOf(blueprint)) {
      expect(input, name).toMatchObject({ name: expect.any(String), selector: expect.any(Object) });
      if (name !== 'phones') expect(input.default, name).toBeDefined();
    }
    for (const section of Object.values(blueprint.blueprint.input)) {
      if (section.input) expect(section).toMatchObject({ name: expect.any(String), collapsed: true });
    }
  });

  it.each(blueprints)('%s is written as Home Assistant is written today', (_, blueprint) => {
    const keys = all(bodyOf(blueprint)).map(([key]) => key);
    expect(keys.filter((key) => ['platform', 'service', 'data_template', 'service_template'].includes(key))).toEqual(
      [],
    );
    expect(Object.keys(blueprint).filter((key) => ['trigger', 'condition', 'action'].includes(key))).toEqual([]);
    expect(blueprint.mode).toMatch(/^(?:single|restart|queued)$/);
  });

  it.each(blueprints)('%s takes the base topic that is the default of the Warden', (_, blueprint) => {
    expect(new Map(inputsOf(blueprint)).get('base_topic')?.default).toBe(BASE);
  });

  it.each(blueprints)('%s hears and says only what the Warden says and hears', (_, blueprint) => {
    const published = [eventTopic(BASE, 'house'), statusTopic(BASE), availabilityTopic(BASE, 'house'), `${BASE}/state`];
    const rest = topicsOf(blueprint).filter(
      (topic) => !published.includes(topic) && !topic.startsWith(`${BASE}_told/`),
    );
    for (const topic of rest) {
      const command = readCommand({ topic, payload: 'PRESS', retained: false }, BASE, ['house']);
      expect(command, topic).toMatchObject({ ok: true });
    }
  });

  it.each(blueprints)('%s retains no command', (_, blueprint) => {
    const published = all(bodyOf(blueprint)).flatMap(([key, value]) => (key === 'data' ? [value as Json] : []));
    for (const data of published) {
      if (typeof data.topic === 'string' && data.topic.endsWith('/set')) expect(data.retain).toBeUndefined();
    }
  });

  it('press, acknowledge, snooze and test by the words that the Warden takes', () => {
    const commands = blueprints
      .flatMap(([, blueprint]) => topicsOf(blueprint))
      .filter((topic) => topic.endsWith('/set'));
    expect([...new Set(commands)].sort()).toEqual(
      ['acknowledge', 'restart', 'snooze', 'test_alert'].map((key) => `${BASE}/house/${key}/set`),
    );
  });
});

describe('the documentation of the blueprints', () => {
  const docs = read('DOCS.md');
  const { url } = parse(read('repository.yaml')) as { url: string };

  it.each(blueprints)('has a link that imports %s, and a picture of it', (name, { blueprint }) => {
    expect(docs).toContain(`blueprint_url=${encodeURIComponent(String(blueprint.source_url))})`);
    const picture = `docs/pictures/${name.replace(/\.yaml$/, '.png')}`;
    expect(docs).toContain(`](${url}/raw/main/${picture})`);
    expect(readFileSync(new URL(picture, root)).length).toBeLessThan(60_000);
  });
});

describe('the notification of incidents', () => {
  const inputs = new Map(inputsOf(incidents));
  const selectorOf = <Form>(name: string) => inputs.get(name)?.selector as Form;
  const chosen = inputs.get('event_types');

  it('lets people choose from every event that there is, and tells all but that the breaker was reset', () => {
    const { options } = selectorOf<{ select: { options: { value: string; label: string }[] } }>('event_types').select;
    expect(options.map(({ value }) => value)).toEqual(EVENT_TYPES);
    expect(chosen?.default).toEqual(EVENT_TYPES.filter((type) => type !== 'breaker_reset'));
  });

  it('speaks of no event that there is not', () => {
    const lists = texts(incidents).flatMap(([, text]) => [...text.matchAll(/event_type (?:not )?in \[([^\]]*)\]/g)]);
    const types = lists.flatMap(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, type]) => type));
    const compared = texts(incidents).flatMap(([, text]) => [...text.matchAll(/event_type [!=]= '(\w+)'/g)]);
    const named = [...types, ...compared.map(([, type]) => type)];
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((type) => !EVENT_TYPES.some((one) => one === type))).toEqual([]);
  });

  it('is not critical and has no quiet hours unless somebody wants that', () => {
    expect([inputs.get('critical')?.default, inputs.get('quiet_hours')?.default]).toEqual([false, false]);
  });

  it('snoozes for no longer than the Warden does', () => {
    const { max } = selectorOf<{ number: { max: number } }>('snooze_minutes').number;
    const payload = JSON.stringify({ incident_id: 'one', minutes: max });
    const command = readCommand({ topic: `${BASE}/house/snooze/set`, payload, retained: false }, BASE, ['house']);
    expect(command).toMatchObject({ ok: true, wish: { kind: 'snooze', minutes: max } });
  });

  it('hears the topic, not the entity, which comes back with its old state at every start', () => {
    expect(incidents.triggers).toMatchObject([
      { trigger: 'mqtt', topic: '{{ base_topic }}/{{ instance }}/event' },
      { trigger: 'event', event_type: 'mobile_app_notification_action' },
    ]);
  });
});
