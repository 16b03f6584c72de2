/** The bundle beside a real Mosquitto: what hangs there is what Home Assistant takes, at all times. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedKubernetes } from '../../../demo/kubernetes/index.ts';
import { eventually } from '../../eventually.ts';
import { copyBundle, startBundle } from '../bundle.ts';
import { needPrograms } from '../packages.ts';
import { type Recordings, serveRecordings } from '../recordings.ts';
import { simulate } from '../simulated.ts';
import type { Check, Suite } from '../suite.ts';
import { type Listener, type Login, listen, type Mosquitto, openMosquitto, publish, retainedAt } from './broker.ts';
import {
  availabilityTopics,
  complaintsOfConfig,
  complaintsOfDevices,
  complaintsOfState,
  type Json,
  parsed,
} from './discovery-rules.ts';

export const mosquitto: Suite = {
  name: 'mosquitto',
  prepare: async () =>
    needPrograms(
      ['mosquitto', 'mosquitto_passwd', 'mosquitto_sub', 'mosquitto_pub'],
      ['mosquitto', 'mosquitto-clients'],
    ),
  run: async (check) => {
    const folder = mkdtempSync(join(tmpdir(), 'warden-mosquitto-'));
    const house = await openHouse(folder);
    try {
      await withoutPassword(check, house);
      await withPassword(check, house);
    } finally {
      await house.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const FILTERS = ['homeassistant/#', 'frigate_warden/#'];
const CONFIG = /^homeassistant\/device\/[^/]+\/config$/;

/** What the Wardens of this suite watch: one Frigate in a cluster, and one for each recording. */
interface House {
  folder: string;
  bundle: string;
  cluster: SimulatedKubernetes;
  recordings: Recordings;
  options(mqtt: object): object;
  close(): Promise<void>;
}

async function openHouse(folder: string): Promise<House> {
  const { url, cluster, kubeconfig, close } = await simulate(folder, ['doorbell', 'garden', 'garage']);
  const recordings = await serveRecordings();
  return {
    folder,
    bundle: copyBundle(folder),
    cluster,
    recordings,
    options: (mqtt) => ({
      interval_seconds: 5,
      kubernetes: { kubeconfig },
      frigates: [
        { name: 'House', url, namespace: 'frigate' },
        ...recordings.names.map((name) => ({ name, url: `${recordings.url}/${name}` })),
      ],
      // What takes long in life takes as short here as it may.
      rules: { confirm_failures: 1, settle_seconds: 0, startup_grace_seconds: 60, stats_stale_seconds: 30 },
      mqtt,
    }),
    close: async () => {
      await Promise.all([close(), recordings.close()]);
    },
  };
}

async function withoutPassword(check: Check, house: House): Promise<void> {
  const { folder, cluster, recordings } = house;
  const broker = await openMosquitto(folder, 'open', null);
  let listener = await listen(broker, FILTERS);
  const mqtt = { host: '127.0.0.1', port: broker.port };
  const warden = startBundle(house.bundle, folder, 'warden', house.options(mqtt));
  const names = ['house', ...recordings.names.map(idOf)];

  await check('every Frigate is there within 15 s of the start', () => allThere(broker, names, 15));
  await check('the hub comes before every other device', () => {
    const [first] = listener.messages().filter(({ topic }) => CONFIG.test(topic));
    const { device } = parsed(first?.payload ?? '') ?? {};
    assert.equal((device as Json).name, 'Frigate Warden', first?.topic);
  });
  await check('what hangs there is taken by Home Assistant, from discovery to states', () => rightOn(broker));
  await check('a press of restart is one PATCH in our name, for the very object that was seen', async () => {
    const seen = cluster.deployment().metadata;
    publish(broker, 'frigate_warden/house/restart/set', 'PRESS');
    await eventually(() => patches(house).length > 0, { withinSeconds: 10, what: told(listener, 'house') });
    const [patch] = patches(house);
    assert.ok(patch);
    assert.equal(patch.status, 200);
    assert.equal(patch.fieldManager, 'frigate-warden');
    assert.equal(patch.contentType, 'application/strategic-merge-patch+json');
    assert.deepEqual((patch.body as Json).metadata, {
      uid: seen.uid,
      resourceVersion: seen.resourceVersion,
    });
    await eventually(() => eventsOf(listener, 'house').includes('restart_ordered'), { what: told(listener, 'house') });
  });
  await check('a second press finds the first under way: an event says so, and nothing is patched', async () => {
    publish(broker, 'frigate_warden/house/restart/set', 'PRESS');
    await eventually(() => eventsOf(listener, 'house').includes('refused'), { what: told(listener, 'house') });
    assert.equal(patches(house).length, 1);
  });
  await check('a press without a cluster is refused with its reason', async () => {
    const [name = ''] = names.slice(1);
    publish(broker, `frigate_warden/${name}/restart/set`, 'PRESS');
    await eventually(() => eventsOf(listener, name).includes('refused'), { what: told(listener, name) });
    const event = listener.messages().find(({ topic }) => topic === `frigate_warden/${name}/event`);
    assert.match(String(parsed(event?.payload ?? '')?.message), /\w{3,}.*\./);
  });
  await check('the restart is told as cured once Frigate answers again', async () => {
    const isTold = () => eventsOf(listener, 'house').includes('cured');
    await eventually(isTold, { withinSeconds: 90, what: told(listener, 'house') });
  });
  await check('Home Assistant’s birth brings every device again within 12 s', async () => {
    const before = listener.messages().length;
    publish(broker, 'homeassistant/status', 'online');
    const wanted = new Set(await configTopics(broker));
    await eventually(
      () => {
        const again = new Set(
          listener
            .messages()
            .slice(before)
            .map(({ topic }) => topic),
        );
        return [...wanted].every((topic) => again.has(topic));
      },
      { withinSeconds: 12, what: 'every device was published again' },
    );
  });
  await check('every recording was judged to its end', async () => {
    await eventually(recordings.played, { withinSeconds: 120, what: 'the last look at every recording' });
  });
  await check('no state on the way was one that Home Assistant would not take', () => rightAllAlong(listener));
  await check('Mosquitto is killed and comes back with nothing: all is right again within 15 s', async () => {
    await listener.close();
    await broker.kill();
    await broker.start();
    listener = await listen(broker, FILTERS);
    await allThere(broker, names, 15);
    await rightOn(broker);
    rightAllAlong(listener);
  });
  await check('events and commands do not hang there', async () => {
    const stuck = [...(await retainedAt(broker)).keys()].filter((topic) => /\/(event|set)$/.test(topic));
    assert.deepEqual(stuck, []);
  });
  await check('stopped by its supervisor it says offline and ends with 0', async () => {
    assert.equal(await warden.end('SIGTERM'), 0, warden.lines().join('\n'));
    assert.equal((await retainedAt(broker)).get('frigate_warden/status'), 'offline');
  });
  await check('its log has neither an error nor a token', () => {
    const lines = warden.lines();
    assert.deepEqual(
      lines.filter((line) => / ERROR |Error:|\bat .*\.js:\d+/.test(line)),
      [],
    );
    assert.deepEqual(
      lines.filter((line) => line.includes(cluster.token)),
      [],
    );
  });
  await listener.close();
  await broker.kill();
}

async function withPassword(check: Check, house: House): Promise<void> {
  const { folder, recordings } = house;
  const login: Login = { username: 'warden', password: 'correct horse "battery"' };
  const broker = await openMosquitto(folder, 'locked', login);
  const names = ['house', ...recordings.names.map(idOf)];
  const mqtt = { host: '127.0.0.1', port: broker.port, username: login.username };

  await check('a wrong password is one clear line, however often it is tried', async () => {
    const password = 'wrong horse';
    const warden = startBundle(house.bundle, folder, 'stranger', house.options({ ...mqtt, password }));
    const refusals = () => broker.lines().filter((line) => /not authori[sz]ed|bad user name or password/i.test(line));
    await eventually(() => refusals().length >= 3, { withinSeconds: 20, what: 'Mosquitto has refused three times' });
    const lines = warden.lines().filter((line) => line.includes('MQTT'));
    assert.equal(await warden.end('SIGTERM'), 0);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', new RegExp(`WARN .*127\\.0\\.0\\.1:${broker.port}.*user name or password`));
    assert.deepEqual(
      warden.lines().filter((line) => line.includes(password)),
      [],
    );
  });
  const before = patches(house).length;
  publish(broker, 'frigate_warden/house/restart/set', 'PRESS', { retain: true, login });
  const warden = startBundle(house.bundle, folder, 'warden', house.options({ ...mqtt, password: login.password }));
  await check('with the right password all is there within 15 s', async () => {
    await allThere(broker, names, 15, login);
    await rightOn(broker, login);
  });
  await check('a retained press is ignored, and said', async () => {
    await eventually(() => warden.lines().some((line) => /retained.*ignored/.test(line)), {
      what: `a line about it in:\n${warden.lines().join('\n')}`,
    });
    assert.equal(patches(house).length, before);
  });
  await check('killed without a word it is offline by its will', async () => {
    await warden.end('SIGKILL');
    await eventually(async () => (await retainedAt(broker, login)).get('frigate_warden/status') === 'offline', {
      what: 'the will on frigate_warden/status',
    });
  });
  await broker.kill();
}

/** Every device of every Frigate hangs there, with its state, and is available. */
async function allThere(broker: Mosquitto, names: readonly string[], withinSeconds: number, login?: Login) {
  let absent: readonly string[] = ['everything'];
  const isThere = async () => {
    const hanging = await retainedAt(broker, login);
    const wanted = ['frigate_warden/state', ...names.map((name) => `frigate_warden/${name}/state`)];
    const online = ['frigate_warden/status', ...names.map((name) => `frigate_warden/${name}/availability`)];
    absent = [
      ...wanted.filter((topic) => !hanging.has(topic)),
      ...online.filter((topic) => hanging.get(topic) !== 'online').map((topic) => `${topic} online`),
    ];
    return absent.length === 0;
  };
  await eventually(isThere, { withinSeconds, what: 'all that is watched hangs at the broker' }).catch(
    (error: unknown) => {
      throw new Error(`It lacks ${absent.join(', ')}.`, { cause: error });
    },
  );
}

/** All that hangs there, against the rules of Home Assistant. */
async function rightOn(broker: Mosquitto, login?: Login): Promise<void> {
  const hanging = await retainedAt(broker, login);
  const found: string[] = [];
  let devices = 0;
  for (const [topic, payload] of hanging) {
    if (!CONFIG.test(topic)) continue;
    devices += 1;
    found.push(...complaintsOfConfig(topic, payload));
    const config = parsed(payload) ?? {};
    const stateTopic = String(config.state_topic);
    const state = hanging.get(stateTopic);
    if (state === undefined) found.push(`${stateTopic} does not hang there`);
    else found.push(...complaintsOfState(stateTopic, state, config));
    for (const one of availabilityTopics(config)) {
      if (hanging.get(one) !== 'online') found.push(`${one} is ${hanging.get(one)}`);
    }
  }
  none(found);
  assert.ok(devices > 10, `only ${devices} devices hang there`);
}

/** Every message in the order in which it came: each state against the discovery that was valid then. */
function rightAllAlong(listener: Listener): void {
  const found: string[] = [];
  const configs = new Map<string, Json>();
  let states = 0;
  for (const { topic, payload } of listener.messages()) {
    if (CONFIG.test(topic)) {
      if (payload === '') configs.delete(topic);
      else {
        found.push(...complaintsOfConfig(topic, payload));
        configs.set(topic, parsed(payload) ?? {});
      }
    }
    for (const config of configs.values()) {
      if (config.state_topic !== topic) continue;
      states += 1;
      found.push(...complaintsOfState(topic, payload, config));
    }
  }
  found.push(...complaintsOfDevices(configs));
  none(found);
  assert.ok(states > 10, `only ${states} states came`);
}

const TOLD = 12;

/** One mistake is often made for every device: some of them say enough. */
function none(complaints: readonly string[]): void {
  const all = [...new Set(complaints)];
  const more = all.length > TOLD ? `\nand ${all.length - TOLD} more` : '';
  if (all.length > 0) throw new Error(`${all.slice(0, TOLD).join('\n')}${more}`);
}

async function configTopics(broker: Mosquitto): Promise<readonly string[]> {
  return [...(await retainedAt(broker)).keys()].filter((topic) => CONFIG.test(topic));
}

function patches({ cluster }: House) {
  return cluster.calls.filter(({ method }) => method === 'PATCH');
}

function eventsOf(listener: Listener, name: string): readonly string[] {
  return listener
    .messages()
    .filter(({ topic }) => topic === `frigate_warden/${name}/event`)
    .map(({ payload }) => String(parsed(payload)?.event_type));
}

/** What failed to come, beside what came. */
function told(listener: Listener, name: string): string {
  return `what was waited for beside the events ${eventsOf(listener, name).join(', ') || 'of which there are none'}`;
}

/** A name as it stands in topics. */
function idOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
