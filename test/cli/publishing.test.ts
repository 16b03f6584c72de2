import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Broker, startBroker } from '../../demo/broker.ts';
import { openPublishing, type PublishingOptions } from '../../src/cli/publishing.ts';
import { openHttp } from '../../src/doors/http.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import type { Log, OutboxEntry, StoreDoor } from '../../src/doors/ports.ts';
import type { Presence, Role } from '../../src/leadership/record.ts';
import { checkOptions } from '../../src/options.ts';
import type { View } from '../../src/publish/view.ts';
import type { Wish } from '../../src/rules/types.ts';
import { targetsOf } from '../../src/targets/index.ts';
import { VERSION } from '../../src/version.ts';
import { eventually } from '../eventually.ts';
import { slowView } from '../publish/views.ts';
import { entryOf } from '../publish/wire.ts';

const TOKEN = 'token-geheim-1';
const LOGIN = { username: 'addons', password: 'geheim-2' };

async function startedBroker(): Promise<Broker> {
  const broker = await startBroker();
  onTestFinished(broker.close);
  return broker;
}

/** Answers as the Supervisor does: 400 until it knows a broker, 401 for another token. */
async function supervisor() {
  let broker: object | null = null;
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const isOurs = request.headers.authorization === `Bearer ${TOKEN}` && request.url === '/services/mqtt';
    const [status, body] = !isOurs
      ? [401, { result: 'error', message: 'no' }]
      : broker
        ? [200, { result: 'ok', data: broker }]
        : [400, { result: 'error', message: 'Service not enabled' }];
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return {
    access: { token: TOKEN, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    asked: () => asked,
    learn: (port: number) => {
      broker = { host: '127.0.0.1', port, ...LOGIN, ssl: false, protocol: '3.1.1', addon: 'core_mosquitto' };
    },
  };
}

/** The publishing of one Frigate, with a clock that the test lets go on. */
function publishingFor(mqtt: object, changes: Partial<PublishingOptions> = {}) {
  const answer = checkOptions({ frigates: [{ name: 'Frigate', url: 'http://127.0.0.1:5000' }], mqtt }, 'the test');
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  const said: string[] = [];
  const say = (sentence: string) => void said.push(sentence);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const waits: { seconds: number; over(): void }[] = [];
  const wait = (seconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      waits.push({ seconds, over: resolve });
      signal.addEventListener('abort', () => resolve());
    });
  const stop = new AbortController();
  const wishes: [target: string, wish: Wish][] = [];
  const publishing = openPublishing({
    options: answer.options,
    targets: targetsOf(answer.options),
    http: openHttp(),
    store: { load: () => null, save() {}, outbox: () => [], delivered() {}, lastTime: () => null, close() {} },
    log,
    stop: stop.signal,
    wait,
    ...changes,
  });
  const close = async () => {
    stop.abort();
    await publishing.close(1);
  };
  onTestFinished(close);
  const start = () => publishing.start((target, wish) => wishes.push([target, wish]) > 0);
  return { ...publishing, start, close, said, waits, wishes };
}

const isOnline = ({ retained }: Broker) => retained.get('frigate_warden/status') === 'online';

describe('publishing', () => {
  it('shows the latest view at the broker of the options, also one from before it was found', async () => {
    const broker = await startedBroker();
    broker.requireLogin(LOGIN);
    const { publish, start } = publishingFor({ host: '127.0.0.1', port: broker.port, ...LOGIN });
    publish(slowView(), 0.2);
    start();
    await eventually(() => isOnline(broker));
    expect(JSON.parse(broker.retained.get('frigate_warden/frigate/state') ?? '')).toMatchObject({
      verdict: 'unhealthy',
    });
    expect(broker.retained.has('homeassistant/device/frigate_warden/config')).toBe(true);
    expect(JSON.stringify([...broker.retained])).not.toContain('geheim');
  });

  it('carries what a person asked for to the loop', async () => {
    const broker = await startedBroker();
    const { start, publish, wishes } = publishingFor({ host: '127.0.0.1', port: broker.port });
    start();
    publish(slowView(), 0.2);
    await eventually(() => isOnline(broker));
    await broker.publish('frigate_warden/frigate/maintenance/set', 'ON');
    await eventually(() => wishes.length === 1);
    expect(wishes).toEqual([['frigate', { kind: 'maintenance', by: 'Home Assistant', on: true }]]);
  });

  it('says the last word when it is closed, and nothing after it', async () => {
    const broker = await startedBroker();
    const { start, publish, close } = publishingFor({ host: '127.0.0.1', port: broker.port });
    start();
    publish(slowView(), 0.2);
    await eventually(() => isOnline(broker));
    await close();
    expect(broker.messages.at(-1)).toMatchObject({ topic: 'frigate_warden/status', payload: 'offline', retain: true });
    publish(slowView(), 0.2);
    await eventually(() => broker.clients().length === 0);
    expect(broker.retained.get('frigate_warden/status')).toBe('offline');
  });

  it('has one client id for one set of targets, another for another, and none that a broker refuses', async () => {
    const broker = await startedBroker();
    const idFor = async (mqtt: object) => {
      const { start, close } = publishingFor({ host: '127.0.0.1', port: broker.port, ...mqtt });
      start();
      const id = await eventually(() => broker.clients()[0]);
      await close();
      await eventually(() => broker.clients().length === 0);
      return id;
    };
    const id = await idFor({});
    expect(id).toMatch(/^frigate_warden_[0-9a-f]{8}$/);
    expect(await idFor({})).toBe(id);
    expect(await idFor({ base_topic: 'second' })).not.toBe(id);
  });

  it('asks the Supervisor until it knows a broker, and says once that it knows none', async () => {
    const broker = await startedBroker();
    broker.requireLogin(LOGIN);
    const { access, asked, learn } = await supervisor();
    const { publish, start, said, waits } = publishingFor({}, { supervisor: access });
    publish(slowView(), 0.2);
    start();
    await eventually(() => waits.length === 1);
    waits[0]?.over();
    await eventually(() => waits.length === 2);
    expect(waits.map(({ seconds }) => seconds)).toEqual([30, 30]);
    expect(said).toEqual([
      'The Supervisor knows no MQTT broker: install the Mosquitto broker app, or set mqtt.host to another broker.',
    ]);
    learn(broker.port);
    waits[1]?.over();
    await eventually(() => isOnline(broker));
    expect(asked()).toBe(3);
    for (const text of [...said, ...broker.retained.values()]) expect(text).not.toContain('geheim');
  });

  it('does not ask the Supervisor where the options name a broker', async () => {
    const broker = await startedBroker();
    const { access, asked } = await supervisor();
    const { publish, start } = publishingFor({ host: '127.0.0.1', port: broker.port }, { supervisor: access });
    publish(slowView(), 0.2);
    start();
    await eventually(() => isOnline(broker));
    expect(asked()).toBe(0);
  });

  it('is quiet without a broker and a Supervisor, after one line', async () => {
    const { publish, start, close, said } = publishingFor({}, { supervisor: null });
    start();
    publish(slowView(), 0.2);
    await eventually(() => said.length > 0);
    publish(slowView(), 0.2);
    await close();
    expect(said).toEqual(['No MQTT broker is set (mqtt.host), so nothing is shown in Home Assistant.']);
  });

  it('opens nothing when it is closed while the Supervisor is asked', async () => {
    const { access, learn } = await supervisor();
    learn(1883);
    const dialled: unknown[] = [];
    const http = openHttp();
    const closing: { now: () => Promise<void> } = { now: async () => {} };
    const { start, close, waits } = publishingFor(
      {},
      {
        supervisor: access,
        // The answer is there, and just then everything is closed.
        http: {
          ...http,
          json: async (request) => {
            const reply = await http.json(request);
            void closing.now();
            return reply;
          },
        },
        dial: (...given) => {
          dialled.push(given);
          return openMqtt(...given);
        },
      },
    );
    const closed = new Promise<void>((resolve) => {
      closing.now = () => close().then(resolve);
    });
    start();
    await closed;
    expect(dialled).toEqual([]);
    expect(waits).toEqual([]);
  });
});

describe('one of several Wardens', () => {
  /** Who leads, as the test says. */
  function candidateAs(role: Role) {
    let listener: () => void = () => undefined;
    const presence: Presence = { role, holder: 'pi-2', sentence: `It is ${role}.` };
    const turn = (next: Role) => {
      presence.role = next;
      presence.sentence = `It is ${next}.`;
      listener();
    };
    const candidate = {
      installation: { identity: 'nuc-1', installation: 'nuc' },
      election: {
        presence: () => ({ ...presence }),
        asked: Promise.resolve(),
        onChange: (heard: () => void) => {
          listener = heard;
        },
      },
    };
    return { candidate, turn };
  }
  const FOLLOWER = 'frigate_warden/followers/nuc';
  const viewAt = (now: number): View => ({ ...slowView(), now });

  async function scene(role: Role, changes: Partial<PublishingOptions> = {}) {
    const broker = await startedBroker();
    const { candidate, turn } = candidateAs(role);
    const outbox: OutboxEntry[] = [entryOf('opened', { id: 'waits' })];
    const store: StoreDoor = {
      load: () => null,
      save() {},
      outbox: () => outbox,
      delivered: (ids) => {
        for (const id of ids)
          outbox.splice(
            outbox.findIndex((one) => one.id === id),
            1,
          );
      },
      lastTime: () => null,
      close() {},
    };
    const publishing = publishingFor({ host: '127.0.0.1', port: broker.port }, { candidate, store, ...changes });
    publishing.publish(viewAt(1000), 0.2);
    publishing.start();
    const topics = () => [...new Set(broker.messages.map(({ topic }) => topic))].sort();
    return { broker, turn, outbox, topics, ...publishing };
  }

  it('follows: publishes itself only, takes no command, delivers nothing', async () => {
    const { broker, topics, wishes, outbox, publish } = await scene('following');
    await eventually(() => broker.retained.get(`${FOLLOWER}/status`) === 'online');
    await broker.publish('frigate_warden/frigate/maintenance/set', 'ON');
    publish(viewAt(1030), 0.2);
    await broker.publish('homeassistant/status', 'online');
    expect(topics()).toEqual([
      'frigate_warden/followers/nuc/state',
      'frigate_warden/followers/nuc/status',
      'frigate_warden/frigate/maintenance/set',
      'homeassistant/status',
    ]);
    expect(JSON.parse(broker.retained.get(`${FOLLOWER}/state`) ?? '')).toEqual({
      role: 'following',
      holder: 'pi-2',
      sentence: 'It is following.',
      version: VERSION,
      since: '1970-01-01T00:16:40.000Z',
    });
    expect([wishes, outbox.length]).toEqual([[], 1]);
    expect(broker.clients()).toEqual([expect.stringMatching(/^frigate_warden_follower_[0-9a-f]{8}$/)]);
  });

  it('its will says that it is gone', async () => {
    const { broker } = await scene('following');
    await eventually(() => broker.retained.get(`${FOLLOWER}/status`) === 'online');
    const dropped = broker.messages.length;
    broker.dropClients();
    await eventually(() => broker.messages.slice(dropped).some(({ payload }) => payload === 'offline'));
    await eventually(() => broker.retained.get(`${FOLLOWER}/status`) === 'online');
  });

  it('leads: publishes all, claims it, and takes commands', async () => {
    const { broker, wishes, outbox, publish } = await scene('leading');
    await eventually(() => isOnline(broker));
    expect(JSON.parse(broker.retained.get('frigate_warden/leader') ?? '')).toMatchObject({ identity: 'nuc-1' });
    await eventually(() => outbox.length === 0);
    await broker.publish('frigate_warden/frigate/maintenance/set', 'ON');
    await eventually(() => wishes.length === 1);
    const claims = () => broker.messages.filter(({ topic }) => topic === 'frigate_warden/leader').length;
    expect(claims()).toBe(1);
    publish(viewAt(1031), 0.2);
    await eventually(() => claims() === 2);
    expect(broker.clients()).toEqual([expect.stringMatching(/^frigate_warden_[0-9a-f]{8}$/)]);
  });

  it('begins to lead, and to follow again, each over a connection of its own', async () => {
    const attached: unknown[] = [];
    const { broker, turn, outbox } = await scene('following', { onMqtt: (mqtt) => attached.push(mqtt) });
    await eventually(() => broker.retained.get(`${FOLLOWER}/status`) === 'online');
    const [follower] = broker.clients();
    turn('leading');
    await eventually(() => isOnline(broker));
    expect([...broker.retained.keys()].filter((topic) => topic.includes('/followers/'))).toEqual([]);
    expect(broker.clients()).not.toContain(follower);
    await eventually(() => outbox.length === 0);
    outbox.push(entryOf('opened', { id: 'late' }));
    const { length } = broker.messages;
    turn('following');
    await eventually(() => broker.retained.get(`${FOLLOWER}/status`) === 'online');
    expect(outbox).toEqual([]);
    // Whoever leads now has said its own word there.
    const since = broker.messages.slice(length).map(({ topic }) => topic);
    expect(since.filter((topic) => !topic.includes('/followers/'))).toEqual([]);
    expect(attached).toHaveLength(3);
  });

  it('goes on to publish when it is cut off from the cluster, until another one says that it leads', async () => {
    const { broker, turn, publish } = await scene('leading');
    await eventually(() => isOnline(broker));
    turn('unknown');
    publish(viewAt(1030), 0.2);
    await eventually(() => broker.clients().length === 1);
    expect(isOnline(broker)).toBe(true);
    await broker.publish('frigate_warden/leader', '{"identity":"pi-2"}', { retain: true });
    await eventually(() => {
      publish(viewAt(1060), 0.2);
      return broker.retained.get(`${FOLLOWER}/status`) === 'online';
    });
    expect(JSON.parse(broker.retained.get(`${FOLLOWER}/state`) ?? '')).toMatchObject({ role: 'unknown' });
    // Nobody has said so for long: the other one may be gone.
    publish(viewAt(1200), 0.2);
    await eventually(() => !broker.retained.has(`${FOLLOWER}/status`));
    await eventually(() => broker.clients().some((id) => !id.includes('follower')));
  });

  it('acts alone, and shows why nobody shares the work', async () => {
    const { broker } = await scene('alone');
    await eventually(() => isOnline(broker));
    const hub = JSON.parse(broker.retained.get('frigate_warden/state') ?? '');
    expect(hub.attributes.cannot_see.sentences).toContain('It is alone.');
    expect(broker.retained.has('frigate_warden/leader')).toBe(false);
  });
});
