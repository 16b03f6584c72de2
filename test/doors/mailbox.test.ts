import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../demo/broker.ts';
import { type AttachableMailbox, type MailboxLimits, openMailbox } from '../../src/doors/mailbox.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import type { Letter, MqttDoor, MqttMessage } from '../../src/doors/ports.ts';
import { eventually } from '../eventually.ts';
import { keptLog } from './hearing.ts';

interface Handmade {
  mailbox: AttachableMailbox;
  door: MqttDoor & { topics: string[]; up: boolean };
  connect(): void;
  say(topic: string, payload?: string, retained?: boolean): void;
}

let now = 1000;

/** A mailbox on a door that does what the test says. */
function handmade(limits?: Partial<MailboxLimits>): Handmade {
  const listeners: (() => void)[] = [];
  const subscribers: ((message: MqttMessage) => void)[] = [];
  const topics: string[] = [];
  const door: Handmade['door'] = {
    topics,
    up: false,
    publish: async () => false,
    subscribe: (more, onMessage) => {
      topics.push(...more);
      subscribers.push(onMessage);
    },
    onConnect: (listener) => void listeners.push(listener),
    connected: () => door.up,
    close: async () => undefined,
  };
  const mailbox = openMailbox({ clock: { now: () => now, jumpedAt: () => null }, ...(limits ? { limits } : {}) });
  const connect = () => {
    door.up = true;
    for (const listener of listeners) listener();
  };
  const say = (topic: string, payload = '', retained = false) => {
    for (const subscriber of subscribers) subscriber({ topic, payload, retained });
  };
  return { mailbox, door, connect, say };
}

const NOTHING = { connectedSince: null, letters: [], dropped: 0 };
const payloads = (letters: readonly Letter[]) => letters.map(({ payload }) => payload);

describe('a letter that is posted', () => {
  it('is acknowledged, at least once and not kept', async () => {
    const { mailbox, door } = handmade();
    const sent: unknown[] = [];
    door.publish = async (...words) => {
      sent.push(words);
      return true;
    };
    door.up = true;
    mailbox.attach(door);
    expect(await mailbox.post('frigate/yard/enabled/set', 'OFF')).toBeNull();
    expect(sent).toEqual([['frigate/yard/enabled/set', 'OFF', { retain: false, qos: 1 }]]);
  });

  it.each<[what: string, topic: string, up: boolean, kind: string]>([
    ['nobody is connected', 'frigate/yard/enabled/set', false, 'unreachable'],
    ['nobody acknowledges it', 'frigate/yard/enabled/set', true, 'timeout'],
    ['its topic has a wildcard', 'frigate/+/enabled/set', true, 'form'],
    ['its topic is the broker’s own', '$SYS/a', true, 'form'],
    ['it has none', '', true, 'form'],
  ])('is a failure with its reason where %s', async (_, topic, up, kind) => {
    const { mailbox, door } = handmade();
    expect(await mailbox.post(topic, 'OFF')).toMatchObject({ ok: false });
    mailbox.attach(door);
    door.up = up;
    expect(await mailbox.post(topic, 'OFF')).toMatchObject({ ok: false, kind, reason: expect.stringMatching(/\.$/) });
  });
});

describe('a mailbox', () => {
  it('is empty and nobody is connected before there is a broker', () => {
    const { mailbox } = handmade();
    expect(mailbox.empty('one', 'frigate')).toEqual(NOTHING);
  });

  it('collects from the first time that a prefix is asked for, before or after there is a broker', () => {
    const { mailbox, door, say } = handmade();
    mailbox.empty('one', 'one');
    expect(door.topics).toEqual([]);
    mailbox.attach(door);
    expect(door.topics).toEqual(['one/available', 'one/stats', 'one/+/status/+', 'one/+/enabled/state']);
    mailbox.empty('one', 'two/three');
    expect(door.topics.slice(4)).toEqual([
      'two/three/available',
      'two/three/stats',
      'two/three/+/status/+',
      'two/three/+/enabled/state',
    ]);
    mailbox.empty('one', 'one');
    expect(door.topics).toHaveLength(8);
    say('one/available', 'online', true);
    expect(mailbox.empty('one', 'one').letters).toEqual([
      { at: now, topic: 'one/available', payload: 'online', retained: true },
    ]);
  });

  it('is emptied by being asked', () => {
    const { mailbox, door, say } = handmade();
    mailbox.attach(door);
    mailbox.empty('one', 'f');
    say('f/available', 'online');
    expect(payloads(mailbox.empty('one', 'f').letters)).toEqual(['online']);
    expect(mailbox.empty('one', 'f').letters).toEqual([]);
  });

  it('keeps the newest stats only, and that loses nothing', () => {
    const { mailbox, door, say } = handmade();
    mailbox.attach(door);
    mailbox.empty('one', 'f');
    for (const [topic, payload] of [
      ['f/stats', '1'],
      ['f/available', 'online'],
      ['f/stats', '2'],
      ['f/door/status/detect', 'online'],
      ['f/stats', '3'],
    ] as const)
      say(topic, payload);
    expect(mailbox.empty('one', 'f')).toMatchObject({ dropped: 0 });
    say('f/stats', '4');
    say('f/a', 'x');
    say('f/stats', '5');
    expect(payloads(mailbox.empty('one', 'f').letters)).toEqual(['x', '5']);
  });

  it('holds so many letters, and counts the oldest ones that it loses', () => {
    const { mailbox, door, say } = handmade();
    mailbox.attach(door);
    mailbox.empty('one', 'f');
    for (let count = 1; count <= 503; count += 1) say('f/door/status/detect', String(count));
    const { letters, dropped } = mailbox.empty('one', 'f');
    expect([letters.length, letters[0]?.payload, letters.at(-1)?.payload, dropped]).toEqual([500, '4', '503', 3]);
    expect(mailbox.empty('one', 'f').dropped).toBe(0);
  });

  it('holds so many bytes, topics included', () => {
    const { mailbox, door, say } = handmade({ bytes: 20 });
    mailbox.attach(door);
    mailbox.empty('one', 'f');
    say('f/a', '1234567');
    say('f/b', 'äääx');
    expect(payloads(mailbox.empty('one', 'f').letters)).toEqual(['1234567', 'äääx']);
    say('f/a', '1234567');
    say('f/b', 'ääää');
    expect(mailbox.empty('one', 'f')).toMatchObject({ letters: [{ payload: 'ääää' }], dropped: 1 });
    say('f/a', 'x'.repeat(18));
    expect(mailbox.empty('one', 'f')).toMatchObject({ letters: [], dropped: 1 });
    // What was let go of weighs nothing.
    for (let count = 0; count < 5; count += 1) say('f/stats', 'x'.repeat(13));
    expect(mailbox.empty('one', 'f')).toMatchObject({ letters: [{ payload: 'x'.repeat(13) }], dropped: 0 });
    expect(handmade().mailbox.empty('one', 'f')).toEqual(NOTHING);
  });

  it('knows since when the broker is connected without a break', () => {
    const { mailbox, door, connect } = handmade();
    mailbox.attach(door);
    const since = () => mailbox.empty('one', 'f').connectedSince;
    expect(since()).toBeNull();
    now = 2000;
    connect();
    now = 2060;
    expect(since()).toBe(2000);
    door.up = false;
    expect(since()).toBeNull();
    now = 2100;
    connect();
    now = 2160;
    expect(since()).toBe(2100);
    // A break that nobody looked at.
    now = 2200;
    connect();
    expect(since()).toBe(2200);
  });

  it('is one for each reader, so that nobody takes the letters of another', () => {
    const { mailbox, door, say } = handmade();
    mailbox.attach(door);
    mailbox.empty('barn', 'f');
    mailbox.empty('house', 'f');
    expect(door.topics).toHaveLength(4);
    say('f/available', 'online', true);
    expect(payloads(mailbox.empty('barn', 'f').letters)).toEqual(['online']);
    expect(payloads(mailbox.empty('house', 'f').letters)).toEqual(['online']);
  });

  it('that is new holds the last word on whether Frigate is there, said to others before', () => {
    const { mailbox, door, connect, say } = handmade();
    mailbox.attach(door);
    connect();
    mailbox.empty('barn', 'f');
    const at = now;
    say('f/available', 'offline');
    say('f/door/status/detect', 'online');
    now += 60;
    expect(mailbox.empty('house', 'f').letters).toEqual([
      { at, topic: 'f/available', payload: 'offline', retained: true },
    ]);
    expect(mailbox.empty('house', 'g').letters).toEqual([]);
  });

  it('begins with the word that was given last, so that a turn which is broken off loses it not for good', () => {
    const { mailbox, door, connect, say } = handmade({ letters: 3 });
    mailbox.attach(door);
    connect();
    const read = () => mailbox.empty('one', 'f').letters.map(({ payload, retained }) => [payload, retained]);
    expect(read()).toEqual([]);
    say('f/available', 'online');
    expect(read()).toEqual([['online', false]]);
    expect(read()).toEqual([['online', true]]);
    say('f/available', 'offline');
    say('f/available', 'stopped');
    // In the order in which they were said.
    expect(read()).toEqual([
      ['online', true],
      ['offline', false],
      ['stopped', false],
    ]);
    say('f/available', 'online');
    for (const word of ['a', 'b', 'c']) say('f/door/status/detect', word);
    expect(read()).toEqual([
      ['online', true],
      ['a', false],
      ['b', false],
      ['c', false],
    ]);
  });

  it('forgets the last word with the connection over which it came', () => {
    const { mailbox, door, connect, say } = handmade();
    mailbox.attach(door);
    connect();
    mailbox.empty('one', 'f');
    say('f/available', 'offline');
    now += 10;
    connect();
    expect(payloads(mailbox.empty('one', 'f').letters)).toEqual(['offline']);
    expect(mailbox.empty('one', 'f').letters).toEqual([]);
    expect(mailbox.empty('two', 'f').letters).toEqual([]);
    say('f/available', 'online', true);
    expect(payloads(mailbox.empty('two', 'f').letters)).toEqual(['online']);
    door.up = false;
    expect(mailbox.empty('two', 'f').letters).toEqual([]);
  });

  it('is dropped when nobody has emptied it for ten minutes', () => {
    const { mailbox, door, connect, say } = handmade();
    mailbox.attach(door);
    connect();
    for (const reader of ['barn', 'house']) mailbox.empty(reader, 'f');
    say('f/door/status/detect', 'x');
    now += 600;
    mailbox.empty('house', 'g');
    expect(payloads(mailbox.empty('barn', 'f').letters)).toEqual(['x']);
    say('f/available', 'online');
    now += 1;
    mailbox.empty('house', 'g');
    expect(payloads(mailbox.empty('house', 'f').letters)).toEqual(['online']);
    say('f/door/status/detect', 'y');
    now += 601;
    // Whoever asks late still finds its own.
    expect(payloads(mailbox.empty('house', 'f').letters)).toEqual(['online', 'y']);
    expect(payloads(mailbox.empty('barn', 'f').letters)).toEqual(['online']);
    expect(door.topics).toHaveLength(8);
  });

  it('attached to a door that is connected already counts from then', () => {
    const { mailbox, door } = handmade();
    door.up = true;
    now = 3000;
    mailbox.attach(door);
    now = 3030;
    expect(mailbox.empty('one', 'f').connectedSince).toBe(3000);
  });
});

describe('a mailbox at a real broker', () => {
  const open: (() => Promise<unknown>)[] = [];
  const given = new Set<string>();
  afterEach(async () => {
    given.clear();
    for (const close of open.splice(0).reverse()) await close();
  });

  async function wired(): Promise<{ broker: Broker; mailbox: AttachableMailbox; door: MqttDoor }> {
    const broker = await startBroker();
    open.push(() => broker.close());
    const door = openMqtt(
      { host: '127.0.0.1', port: broker.port, tls: false },
      {
        log: keptLog(),
        clientId: 'warden-1',
        will: { topic: 'warden/status', payload: 'offline' },
        limits: { backoffFirstSeconds: 0.01, backoffLastSeconds: 0.05 },
      },
    );
    open.push(() => door.close(1));
    const mailbox = openMailbox({ clock: { now: () => now, jumpedAt: () => null } });
    return { broker, mailbox, door };
  }

  /** What has come by the time that so many letters have. */
  async function collect(mailbox: AttachableMailbox, prefix: string, count: number): Promise<Letter[]> {
    const letters: Letter[] = [];
    await eventually(() => {
      // Each time the last word on whether Frigate is there comes first again.
      const fresh = mailbox.empty('one', prefix).letters.filter(({ topic, payload }) => !given.has(topic + payload));
      for (const { topic, payload } of fresh) given.add(topic + payload);
      return letters.push(...fresh) >= count;
    });
    return letters;
  }

  it('hears Frigate, and nobody else', async () => {
    const { broker, mailbox, door } = await wired();
    await broker.publish('cam/frigate/available', 'online', { retain: true });
    mailbox.empty('one', 'cam/frigate');
    mailbox.attach(door);
    const [first] = await collect(mailbox, 'cam/frigate', 1);
    expect(first).toEqual({ at: now, topic: 'cam/frigate/available', payload: 'online', retained: true });
    const topics = [
      'frigate/available',
      'cam/frigate/events',
      'cam/frigate/door/motion',
      'cam/frigate/door/enabled/set',
      'cam/frigate/door/enabled/state',
      'cam/frigate/door/status/detect',
      'cam/frigate/stats',
    ];
    for (const topic of topics) await broker.publish(topic, `about ${topic}`);
    const letters = await collect(mailbox, 'cam/frigate', 3);
    expect(letters.map(({ topic, retained }) => [topic, retained])).toEqual([
      ['cam/frigate/door/enabled/state', false],
      ['cam/frigate/door/status/detect', false],
      ['cam/frigate/stats', false],
    ]);
  });

  it('takes stats of 64 cameras with the command lines of their processes', async () => {
    const { broker, mailbox, door } = await wired();
    mailbox.attach(door);
    mailbox.empty('one', 'frigate');
    await eventually(() => door.connected());
    await door.publish('end', '', { retain: false, qos: 1 });
    const stats = JSON.stringify({ cpu_usages: 'x'.repeat(400_000) });
    await broker.publish('frigate/stats', stats);
    const letters = await collect(mailbox, 'frigate', 1);
    expect(letters.at(-1)?.payload).toBe(stats);
  });

  it('hears again after a break, and counts the connection anew', async () => {
    const { broker, mailbox, door } = await wired();
    now = 5000;
    mailbox.attach(door);
    mailbox.empty('one', 'frigate');
    await eventually(() => mailbox.empty('one', 'frigate').connectedSince === 5000);
    now = 5100;
    broker.dropClients();
    await eventually(() => mailbox.empty('one', 'frigate').connectedSince === 5100);
    await broker.publish('frigate/available', 'offline', { retain: true });
    const letters = await collect(mailbox, 'frigate', 1);
    expect(letters.map(({ payload }) => payload)).toContain('offline');
  });

  it('of a broker that is gone is not connected', async () => {
    const { broker, mailbox, door } = await wired();
    mailbox.attach(door);
    await eventually(() => mailbox.empty('one', 'frigate').connectedSince !== null);
    await broker.stop();
    await eventually(() => mailbox.empty('one', 'frigate').connectedSince === null);
  });
});
