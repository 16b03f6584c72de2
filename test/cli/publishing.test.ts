import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Broker, startBroker } from '../../demo/broker.ts';
import { openPublishing, type PublishingOptions } from '../../src/cli/publishing.ts';
import { openHttp } from '../../src/doors/http.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import type { Log } from '../../src/doors/ports.ts';
import { checkOptions } from '../../src/options.ts';
import type { Wish } from '../../src/rules/types.ts';
import { targetsOf } from '../../src/targets/index.ts';
import { eventually } from '../eventually.ts';
import { slowView } from '../publish/views.ts';

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
