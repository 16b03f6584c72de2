import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../demo/broker.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import type { MqttDoor } from '../../src/doors/ports.ts';
import { type Announcer, openAnnouncer } from '../../src/publish/announcer.ts';
import type { View } from '../../src/publish/view.ts';
import type { Wish } from '../../src/rules/types.ts';
import { type Heard, keptLog } from '../doors/hearing.ts';
import { eventually } from '../eventually.ts';
import { camera, hub, reading, view } from './views.ts';
import { type Outbox, outboxStore } from './wire.ts';

const STATUS = 'frigate_warden/status';
const EVENTS = 'frigate_warden/frigate/event';
const CONFIG = (id: string) => `homeassistant/device/${id}/config`;
const FRIGATE = 'frigate_warden_frigate';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface World {
  broker: Broker;
  door: MqttDoor;
  announcer: Announcer;
  store: Outbox;
  log: Heard;
  wishes: [string, Wish][];
  timers: { seconds: number; run(): void; cancelled: boolean }[];
  topics(): string[];
  events(): Record<string, unknown>[];
}

interface WorldOptions {
  broker?: Broker;
  dice?: number;
  prefix?: string;
}

async function world({ broker, dice = 0.5, prefix = 'homeassistant' }: WorldOptions = {}): Promise<World> {
  const made = broker ?? (await startBroker());
  if (!broker) open.push(() => made.close());
  const log = keptLog();
  const door = openMqtt(
    { host: '127.0.0.1', port: made.port, tls: false },
    {
      log: keptLog(),
      clientId: `warden-${open.length}`,
      will: { topic: STATUS, payload: 'offline' },
      limits: { backoffFirstSeconds: 0.01, backoffLastSeconds: 0.01 },
    },
  );
  const store = outboxStore();
  const wishes: World['wishes'] = [];
  const timers: World['timers'] = [];
  const announcer = openAnnouncer({
    mqtt: door,
    store,
    baseTopic: 'frigate_warden',
    prefix,
    targets: ['frigate'],
    log,
    dice: () => dice,
    later(seconds, run) {
      const timer = { seconds, run, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    onWish: (target, wish) => wishes.push([target, wish]),
  });
  open.push(() => Promise.all([announcer.close(), door.close(1)]));
  const topics = () => made.messages.map(({ topic }) => topic);
  const events = () => made.messages.filter(({ topic }) => topic === EVENTS).map(({ payload }) => JSON.parse(payload));
  return { broker: made, door, announcer, store, log, wishes, timers, topics, events };
}

/** A world in which everything was published once. */
async function settled(options: WorldOptions = {}, shown: View = view()): Promise<World> {
  const made = await world(options);
  made.announcer.publish([shown], hub);
  await eventually(() => made.broker.retained.get(STATUS) === 'online');
  await made.announcer.flush();
  made.broker.messages.length = 0;
  return made;
}

const only = (...names: string[]) =>
  view({
    looked: { members: names.map((name) => camera(name)) },
    readings: { members: names.map((name) => reading('camera', name)) },
  });

describe('the last word of another connection', () => {
  it('that comes late does not stand where ours should', async () => {
    const { broker } = await settled();
    await broker.publish(STATUS, 'offline', { retain: true });
    await eventually(() => broker.retained.get(STATUS) === 'online');
    expect(broker.messages.map(({ topic, payload }) => [topic, payload])).toEqual([
      [STATUS, 'offline'],
      [STATUS, 'online'],
    ]);
  });

  it('is nobody to us when we have said our own', async () => {
    const { announcer, broker } = await settled();
    await announcer.close();
    await broker.publish(STATUS, 'offline', { retain: true });
    expect(broker.retained.get(STATUS)).toBe('offline');
  });
});

describe('on connecting', () => {
  it('devices, states and availability are published, retained, and last of all that we are here', async () => {
    const { announcer, broker, topics } = await world();
    announcer.publish([view()], hub);
    await eventually(() => broker.retained.get(STATUS) === 'online');
    expect(topics()[0]).toBe(CONFIG('frigate_warden'));
    expect(topics().at(-1)).toBe(STATUS);
    expect([...broker.retained.keys()].toSorted()).toEqual([
      'frigate_warden/frigate/availability',
      'frigate_warden/frigate/cameras/doorbell/state',
      'frigate_warden/frigate/cameras/garden/state',
      'frigate_warden/frigate/state',
      'frigate_warden/state',
      STATUS,
      CONFIG('frigate_warden'),
      CONFIG(FRIGATE),
      CONFIG(`${FRIGATE}_doorbell`),
      CONFIG(`${FRIGATE}_garden`),
    ]);
  });

  it('nothing claims that we are here before the first look', async () => {
    const { announcer, broker, door } = await world();
    await eventually(() => door.connected());
    await announcer.flush();
    expect(broker.retained.size).toBe(0);
  });

  it('all is published again after the broker was away, over the will', async () => {
    const { announcer, broker, topics } = await settled();
    await broker.stop();
    announcer.publish([view({ readings: { detectionRate: 7 } })], hub);
    await broker.start();
    await eventually(() => broker.retained.get(STATUS) === 'online' && topics().at(-1) === STATUS);
    expect(topics().filter((topic) => topic !== STATUS)).toHaveLength(9);
    expect(JSON.parse(broker.retained.get('frigate_warden/frigate/state') ?? '')).toMatchObject({ detection_rate: 7 });
  });
});

describe('a turn', () => {
  it('without news publishes nothing, and with news only what changed', async () => {
    const { announcer, topics, door } = await settled();
    announcer.publish([view()], hub);
    await announcer.flush();
    announcer.publish([view({ readings: { detectionRate: 7 } })], hub);
    await eventually(() => topics().length > 0);
    expect(await door.publish('end', '', { retain: false, qos: 1 })).toBe(true);
    expect(topics()).toEqual(['frigate_warden/frigate/state', 'end']);
  });

  it('in which a camera is gone clears its device; our own echo is no deletion by a person', async () => {
    const { announcer, broker, log } = await settled();
    announcer.publish([only('garden')], hub);
    await eventually(() => !broker.retained.has('frigate_warden/frigate/cameras/doorbell/state'));
    announcer.publish([only('doorbell', 'garden')], hub);
    await eventually(() => broker.retained.has(CONFIG(`${FRIGATE}_doorbell`)));
    expect(log.lines).toEqual([]);
  });
});

describe('the birth of Home Assistant', () => {
  it.each([
    [0, 1],
    [0.5, 5.5],
    [1, 10],
  ])('with dice at %s is answered after %s seconds with all that there is', async (dice, seconds) => {
    const { broker, timers, topics } = await settled({ dice });
    await broker.publish('homeassistant/status', 'online');
    await eventually(() => timers.length === 1);
    expect(timers[0]?.seconds).toBe(seconds);
    broker.messages.length = 0;
    timers[0]?.run();
    await eventually(() => topics().at(-1) === STATUS);
    expect(topics()).toHaveLength(10);
  });

  it.each([
    ['homeassistant', 'homeassistant/status'],
    ['ha', 'ha/status'],
    ['ha', 'homeassistant/status'],
  ])('is heard with the prefix %s on %s', async (prefix, topic) => {
    const { broker, timers } = await settled({ prefix });
    await broker.publish(topic, 'online');
    await eventually(() => timers.length === 1);
  });

  it('is not heard on our own topic', async () => {
    const { broker, timers, wishes } = await settled({ prefix: 'frigate_warden' });
    await broker.publish('frigate_warden/frigate/check_now/set', 'PRESS');
    await eventually(() => wishes.length === 1);
    expect(timers).toEqual([]);
  });

  it('is heard when it was retained, too', async () => {
    const broker = await startBroker();
    open.push(() => broker.close());
    await broker.publish('homeassistant/status', 'online', { retain: true });
    const { timers } = await world({ broker });
    await eventually(() => timers.length === 1);
  });

  it('twice in a row is answered once', async () => {
    const { broker, timers, wishes } = await settled();
    await broker.publish('homeassistant/status', 'online');
    await broker.publish('homeassistant/status', 'online');
    await broker.publish('frigate_warden/frigate/check_now/set', 'PRESS');
    await eventually(() => wishes.length === 1);
    expect(timers).toHaveLength(1);
  });

  it('that was not yet answered when we close is not answered any more', async () => {
    const { broker, timers, announcer } = await settled();
    await broker.publish('homeassistant/status', 'online');
    await eventually(() => timers.length === 1);
    await announcer.close();
    expect(timers[0]?.cancelled).toBe(true);
  });
});

describe('the outbox', () => {
  it('is delivered in order while Home Assistant may be there', async () => {
    const { announcer, store, events, broker } = await settled();
    store.add('opened');
    store.add('restart_ordered');
    await announcer.flush();
    expect(events().map((event) => event.event_type)).toEqual(['opened', 'restart_ordered']);
    expect(broker.messages.every(({ retain, qos }) => !retain && qos === 1)).toBe(true);
    expect(store.entries).toEqual([]);
  });

  it.each([true, false])(
    'waits while Home Assistant is offline, asked meanwhile or not (%s), and is then told as one message',
    async (asked) => {
      const { announcer, store, events, broker, timers, wishes } = await settled();
      await broker.publish('homeassistant/status', 'offline');
      await broker.publish('frigate_warden/frigate/check_now/set', 'PRESS');
      await eventually(() => wishes.length === 1);
      store.add('opened');
      if (asked) await announcer.flush();
      store.add('resolved');
      expect(events()).toEqual([]);
      await broker.publish('homeassistant/status', 'online');
      await eventually(() => timers.length === 1);
      timers[0]?.run();
      await eventually(() => store.entries.length === 0);
      expect(events()).toHaveLength(1);
      expect(events()[0]).toMatchObject({ event_type: 'resolved', events: ['opened-0', 'resolved-1'] });
    },
  );

  it('waits while the broker is away, and is told as one message when it is back', async () => {
    const { announcer, store, events, broker, door } = await settled();
    await broker.stop();
    await eventually(() => !door.connected());
    store.add('opened');
    store.add('cured');
    await announcer.flush();
    expect(store.entries).toHaveLength(2);
    await broker.start();
    await eventually(() => store.entries.length === 0);
    expect(events()).toHaveLength(1);
    expect(events()[0]).toMatchObject({ event_type: 'cured', events: ['opened-0', 'cured-1'] });
  });

  it('does not wait for a birth that was missed while the broker was away', async () => {
    const { store, events, broker, door, wishes } = await settled();
    await broker.publish('homeassistant/status', 'offline');
    await broker.publish('frigate_warden/frigate/check_now/set', 'PRESS');
    await eventually(() => wishes.length === 1);
    await broker.stop();
    await eventually(() => !door.connected());
    store.add('opened');
    await broker.start();
    await eventually(() => store.entries.length === 0);
    expect(events()).toHaveLength(1);
  });

  it('is marked only after the acknowledgement, and never delivered twice at once', async () => {
    const { announcer, store, events, broker } = await settled();
    store.add('opened');
    broker.holdAcks();
    const flushes = [announcer.flush(), announcer.flush(), announcer.flush()];
    announcer.publish([view({ readings: { detectionRate: 8 } })], hub);
    expect(store.entries).toHaveLength(1);
    broker.releaseAcks();
    await Promise.all(flushes);
    await announcer.flush();
    expect(events()).toHaveLength(1);
    expect(store.entries).toEqual([]);
  });

  it('that waited from an earlier run is delivered on connecting, without being asked', async () => {
    const broker = await startBroker();
    open.push(() => broker.close());
    await broker.stop();
    const { store, events } = await world({ broker });
    store.add('opened');
    store.add('resolved');
    await broker.start();
    await eventually(() => store.entries.length === 0);
    expect(events()).toHaveLength(1);
  });

  it('is left alone once we are closed', async () => {
    const { announcer, store, events } = await settled();
    await announcer.close();
    store.add('opened');
    await announcer.flush();
    expect(events()).toEqual([]);
    expect(store.entries).toHaveLength(1);
  });
});

describe('a command', () => {
  it('becomes a wish of its target', async () => {
    const { broker, wishes } = await settled();
    await broker.publish('frigate_warden/frigate/restart/set', '{"reason":"test"}');
    await eventually(() => wishes.length === 1);
    expect(wishes).toEqual([['frigate', { kind: 'restart', by: 'Home Assistant', reason: 'test' }]]);
  });

  it('that is wrong, unknown or retained is one sentence in the log and no wish', async () => {
    const broker = await startBroker();
    open.push(() => broker.close());
    await broker.publish('frigate_warden/frigate/restart/set', 'PRESS', { retain: true });
    const { log, wishes } = await settled({ broker });
    await broker.publish('frigate_warden/frigate/maintenance/set', 'MAYBE');
    await broker.publish('frigate_warden/shed/restart/set', 'PRESS');
    await broker.publish('frigate_warden/frigate/dance/set', 'PRESS');
    await eventually(() => log.lines.length === 4);
    expect(log.lines).toEqual([
      expect.stringContaining('must not be retained'),
      expect.stringContaining('must be ON or OFF'),
      expect.stringContaining('there is no "shed"'),
      expect.stringContaining('there is no "dance"'),
    ]);
    expect(wishes).toEqual([]);
  });
});

describe('what is gone while Home Assistant is away', () => {
  it('goes when it is back', async () => {
    const { announcer, broker, wishes, topics } = await settled();
    await broker.publish('homeassistant/status', 'offline');
    await broker.publish('frigate_warden/frigate/check_now/set', 'PRESS');
    await eventually(() => wishes.length === 1);
    broker.messages.length = 0;
    announcer.publish([only('garden')], hub);
    await eventually(() => topics().includes('frigate_warden/frigate/cameras/garden/state'));
    await announcer.flush();
    expect(broker.retained.get(CONFIG(`${FRIGATE}_doorbell`))).toBeTruthy();
    await broker.publish('homeassistant/status', 'online');
    await eventually(() => !broker.retained.has('frigate_warden/frigate/cameras/doorbell/state'));
    expect(broker.retained.has(CONFIG(`${FRIGATE}_doorbell`))).toBe(false);
  });

  it('goes a while after the broker has come back, for Home Assistant comes back to it later than we', async () => {
    const { announcer, broker, timers } = await settled();
    await broker.stop();
    announcer.publish([only('garden')], hub);
    await broker.start();
    await eventually(() => timers.length === 1 && broker.retained.get(STATUS) === 'online');
    await announcer.flush();
    expect(timers[0]?.seconds).toBe(30);
    expect(broker.retained.get(CONFIG(`${FRIGATE}_doorbell`))).toBeTruthy();
    timers[0]?.run();
    await eventually(() => !broker.retained.has(CONFIG(`${FRIGATE}_doorbell`)));
  });
});

describe('what an earlier run left on the broker', () => {
  it('is cleared when it is ours and no longer wanted; a second Warden is not touched', async () => {
    const broker = await startBroker();
    open.push(() => broker.close());
    const first = await settled({ broker });
    await Promise.all([first.announcer.close(), first.door.close(1)]);
    const foreign = (broker.retained.get(CONFIG(`${FRIGATE}_doorbell`)) ?? '').replaceAll('frigate_warden/', 'second/');
    await broker.publish(CONFIG('frigate_warden_shed'), foreign, { retain: true });

    const second = await world({ broker });
    second.announcer.publish([only('garden')], hub);
    await eventually(() => !broker.retained.has(CONFIG(`${FRIGATE}_doorbell`)));
    await eventually(() => !broker.retained.has('frigate_warden/frigate/cameras/doorbell/state'));
    await second.announcer.flush();
    expect(broker.retained.has(CONFIG('frigate_warden_shed'))).toBe(true);
    expect(broker.retained.has(CONFIG(`${FRIGATE}_garden`))).toBe(true);
    expect(broker.retained.has(CONFIG('frigate_warden'))).toBe(true);
  });
});

describe('a device that a person deleted', () => {
  it('stays away over a birth, and comes back with a test alert', async () => {
    const { broker, announcer, log, timers, store, topics } = await settled();
    await broker.publish(CONFIG(`${FRIGATE}_garden`), '', { retain: true });
    await eventually(() => log.lines.length === 1);
    await broker.publish('homeassistant/status', 'online');
    await eventually(() => timers.length === 1);
    broker.messages.length = 0;
    timers[0]?.run();
    await eventually(() => topics().at(-1) === STATUS);
    expect(broker.retained.has(CONFIG(`${FRIGATE}_garden`))).toBe(false);
    store.add('test', { incidentId: null });
    await announcer.flush();
    await eventually(() => broker.retained.has(CONFIG(`${FRIGATE}_garden`)));
  });

  it('comes back when a person asks for a check, and for nothing less', async () => {
    const { broker, announcer, log, wishes } = await settled();
    await broker.publish(CONFIG(`${FRIGATE}_garden`), '', { retain: true });
    await eventually(() => log.lines.length === 1);
    await broker.publish('frigate_warden/frigate/acknowledge/set', 'PRESS');
    await eventually(() => wishes.length === 1);
    await announcer.flush();
    expect(broker.retained.has(CONFIG(`${FRIGATE}_garden`))).toBe(false);
    await broker.publish('frigate_warden/frigate/check_now/set', 'PRESS');
    await eventually(() => broker.retained.has(CONFIG(`${FRIGATE}_garden`)));
    expect(wishes.map(([, { kind }]) => kind)).toEqual(['acknowledge', 'check_now']);
  });
});
