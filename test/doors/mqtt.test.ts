import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../demo/broker.ts';
import { type MqttLimits, type MqttSettings, openMqtt } from '../../src/doors/mqtt.ts';
import type { MqttDoor, MqttMessage } from '../../src/doors/ports.ts';
import { eventually } from '../eventually.ts';
import { type Heard, keptLog } from './hearing.ts';

const WILL = { topic: 'warden/status', payload: 'offline' };
const QUICK: Partial<MqttLimits> = { backoffFirstSeconds: 0.01, backoffLastSeconds: 0.05 };

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function broker(): Promise<Broker> {
  const started = await startBroker();
  open.push(() => started.close());
  return started;
}

interface Opened {
  door: MqttDoor;
  log: Heard;
}

function dial(settings: Partial<MqttSettings>, limits: Partial<MqttLimits> = {}, clientId = 'warden-1'): Opened {
  const log = keptLog();
  const address = { host: '127.0.0.1', port: 1, tls: false, ...settings };
  const door = openMqtt(address, { log, clientId, will: WILL, limits: { ...QUICK, ...limits } });
  open.push(() => door.close(1));
  return { door, log };
}

/** Accepts TCP and says what it is told to. */
async function listener(onSocket: (socket: Socket) => void): Promise<{ port: number; accepted(): number }> {
  let accepted = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, accepted: () => accepted };
}

describe('a connection', () => {
  it('is made, told of once, and carries messages both ways', async () => {
    const { port, messages, publish } = await broker();
    const { door, log } = dial({ port });
    const heard: MqttMessage[] = [];
    door.subscribe(['here/+/set', 'there/#'], (message) => heard.push(message));
    await eventually(() => door.connected());
    expect(log.lines).toEqual([`info: The MQTT broker at 127.0.0.1:${port} is connected.`]);

    expect(await door.publish('a', 'kept', { retain: true, qos: 1 })).toBe(true);
    expect(await door.publish('b', 'once', { retain: false, qos: 0 })).toBe(true);
    await eventually(() => messages.length === 2);
    expect(messages).toMatchObject([
      { topic: 'a', payload: 'kept', retain: true, qos: 1, client: 'warden-1' },
      { topic: 'b', payload: 'once', retain: false, qos: 0 },
    ]);

    for (const topic of ['here/x/set', 'here/x/y/set', 'there', 'there/is/more', 'elsewhere'])
      await publish(topic, topic);
    await eventually(() => heard.length === 3);
    expect(heard.map(({ topic }) => topic)).toEqual(['here/x/set', 'there', 'there/is/more']);
  });

  it('tells retained messages from new ones, also when it subscribes while connected', async () => {
    const { port, publish } = await broker();
    await publish('old', 'was there', { retain: true });
    const { door } = dial({ port });
    await eventually(() => door.connected());
    const heard: MqttMessage[] = [];
    door.subscribe(['old'], (message) => heard.push(message));
    await eventually(() => heard.length === 1);
    await publish('old', 'is new', { retain: true });
    await eventually(() => heard.length === 2);
    expect(heard).toEqual([
      { topic: 'old', payload: 'was there', retained: true },
      { topic: 'old', payload: 'is new', retained: false },
    ]);
  });

  it('drops a message over 512 kB and says so once a topic', async () => {
    const { port, publish } = await broker();
    const { door, log } = dial({ port });
    const heard: string[] = [];
    door.subscribe(['#'], ({ topic }) => heard.push(topic));
    await eventually(() => door.connected());
    // Acknowledged after the subscription was read.
    await door.publish('end', '', { retain: false, qos: 1 });
    await publish('big', 'x'.repeat(524_289));
    await publish('big', 'x'.repeat(524_289));
    await publish('fits', 'x'.repeat(524_288));
    await eventually(() => heard.includes('fits'));
    expect(heard).toEqual(['end', 'fits']);
    expect(log.lines.slice(1)).toEqual([
      'warn: A message of 524289 bytes on big was dropped: more than 524288 bytes are not read.',
    ]);
  });

  it('says which subscriptions the broker does not allow', async () => {
    const { port, denySubscriptions } = await broker();
    denySubscriptions(['b/#']);
    const { door, log } = dial({ port });
    door.subscribe(['a/#', 'b/#'], () => undefined);
    await eventually(() => log.lines.length === 2);
    expect(log.lines[1]).toBe('warn: The MQTT broker does not let this user subscribe to b/#.');
  });

  it('is refused a client id that some brokers reject', () => {
    expect(() => dial({}, {}, 'warden/1')).toThrow('must consist of letters');
  });
});

describe('a publication', () => {
  it('is not delivered without a connection, and is not sent later', async () => {
    const started = await broker();
    await started.stop();
    const { door } = dial({ port: started.port });
    expect(await door.publish('a', 'lost', { retain: true, qos: 1 })).toBe(false);
    await started.start();
    await eventually(() => door.connected());
    expect(await door.publish('b', 'next', { retain: false, qos: 1 })).toBe(true);
    expect(started.messages.map(({ topic }) => topic)).toEqual(['b']);
  });

  it('is not delivered when no acknowledgement comes in time', async () => {
    const { port, holdAcks } = await broker();
    const { door } = dial({ port }, { ackSeconds: 0.05 });
    await eventually(() => door.connected());
    holdAcks();
    expect(await door.publish('a', 'unheard', { retain: false, qos: 1 })).toBe(false);
    expect(door.connected()).toBe(true);
  });

  it('is not delivered when the connection is lost before, and a new connection does not send it again', async () => {
    const started = await broker();
    const { door } = dial({ port: started.port }, { ackSeconds: 600 });
    let connects = 0;
    door.onConnect(() => {
      connects += 1;
    });
    await eventually(() => door.connected());
    started.holdAcks();
    const sent = door.publish('a', 'cut off', { retain: false, qos: 1 });
    started.dropClients();
    expect(await sent).toBe(false);
    await eventually(() => connects >= 1 && door.connected());
    started.releaseAcks();
    expect(await door.publish('b', 'next', { retain: false, qos: 1 })).toBe(true);
    expect(started.messages.filter(({ topic }) => topic === 'a').length).toBeLessThanOrEqual(1);
  });
});

describe('a lost connection', () => {
  it('is told once, made again for ever, and its subscriptions with it', async () => {
    const started = await broker();
    const { door, log } = dial({ port: started.port }, { steadySeconds: 0.01 });
    const heard: string[] = [];
    let connects = 0;
    door.subscribe(['topic'], ({ payload }) => heard.push(payload));
    door.onConnect(() => {
      connects += 1;
    });
    await eventually(() => connects === 1);
    for (const round of [2, 3]) {
      await started.stop();
      await eventually(() => !door.connected());
      await started.start();
      await eventually(() => connects === round);
      // The broker may still be reading the subscription.
      await eventually(async () => {
        await started.publish('topic', `round ${round}`);
        return heard.includes(`round ${round}`);
      });
    }
    await eventually(() => log.lines.length === 5);
    const broken = expect.stringMatching(/^warn: .* is not connected: .*tried again and again\.$/);
    const back = `info: The MQTT broker at 127.0.0.1:${started.port} is connected again.`;
    expect(log.lines).toEqual([expect.stringContaining('is connected.'), broken, back, broken, back]);
  });

  it('makes the broker tell our will, retained', async () => {
    const { port, retained, dropClients } = await broker();
    const { door } = dial({ port }, { backoffFirstSeconds: 60, backoffLastSeconds: 60 });
    await eventually(() => door.connected());
    dropClients();
    await eventually(() => retained.get('warden/status') === 'offline');
  });

  it('to another client with our id is told once, however often it happens', async () => {
    const { port } = await broker();
    const one = dial({ port }, { steadySeconds: 600 });
    await eventually(() => one.door.connected());
    let kicks = 0;
    one.door.onConnect(() => {
      kicks += 1;
    });
    dial({ port }, { steadySeconds: 600 });
    await eventually(() => kicks >= 3);
    expect(one.log.lines).toHaveLength(2);
    expect(one.log.lines[1]).toContain('another client may use the same client id');
  });
});

describe('a broker that does not let us in', () => {
  it.each<[string, Partial<MqttSettings>]>([
    ['no login', {}],
    ['a bad password', { username: 'warden', password: 'secret-nr-1' }],
  ])('because of %s is told once, without the password, and is tried until it does', async (_name, login) => {
    const { port, requireLogin } = await broker();
    requireLogin({ username: 'warden', password: 'right' });
    const { door, log } = dial({ port, ...login });
    await eventually(() => log.lines.length > 0);
    expect(log.lines[0]).toContain('bad user name or password');
    requireLogin(null);
    await eventually(() => door.connected());
    expect(log.lines).toEqual([log.lines[0], expect.stringContaining('connected again')]);
    expect(log.lines.join()).not.toContain('secret-nr-1');
  });

  it('because nobody listens is told as refused', async () => {
    const started = await broker();
    await started.stop();
    const { log } = dial({ port: started.port });
    await eventually(() => log.lines.length > 0);
    expect(log.lines[0]).toContain('the connection was refused');
  });

  it('because its name is not known is told so', async () => {
    const { log } = dial({ host: 'no-such-broker.invalid' });
    await eventually(() => log.lines.length > 0);
    expect(log.lines[0]).toMatch(/the host name (is not known|could not be looked up)/);
  });

  it('because it never answers is told as timeout', async () => {
    const { port, accepted } = await listener(() => undefined);
    const { log } = dial({ port }, { connectSeconds: 0.05 });
    await eventually(() => accepted() >= 3);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('timeout, no answer within 0.05 s');
  });

  it('because it does not speak TLS is told so', async () => {
    const { port } = await listener((socket) => socket.end('this is no TLS, whatever you say\r\n'));
    const { log } = dial({ port, tls: true });
    await eventually(() => log.lines.length > 0);
    expect(log.lines[0]).toContain('TLS failed');
  });
});

const CONNACK = [0x20, 2, 0, 0];
const GARBAGE: [string, number[]][] = [
  ['text of another protocol', [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]],
  ['bytes of a packet type that does not exist', [0x00, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['a refusal with an unknown code', [0x20, 2, 0, 99]],
  ['a message before it let us in', [0x30, 5, 0, 1, 0x61, 0x62, 0x63]],
  ['two welcomes', [...CONNACK, ...CONNACK]],
  ['a welcome and a length that never ends', [...CONNACK, 0x30, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['a welcome and a topic longer than its message', [...CONNACK, 0x30, 3, 0xff, 0xff, 0x61]],
  [
    'a welcome and answers to what was never asked',
    [...CONNACK, 0x40, 2, 0, 9, 0x90, 3, 0, 9, 1, 0x62, 2, 0, 9, 0xf0, 0],
  ],
  ['a welcome and a packet that only clients send', [...CONNACK, 0x10, 2, 0, 0]],
];

describe('a broker that sends garbage', () => {
  it.each(GARBAGE)('such as %s is survived and told at most once', async (_name, bytes) => {
    const { port, accepted } = await listener((socket) => {
      socket.write(Buffer.from(bytes));
      socket.once('data', () => socket.end());
    });
    const { door, log } = dial({ port }, { connectSeconds: 0.2 });
    door.subscribe(['#'], () => undefined);
    await eventually(() => accepted() >= 3);
    expect(log.lines.filter((line) => line.startsWith('warn: The MQTT broker at'))).toHaveLength(1);
    expect(log.lines.length).toBeLessThanOrEqual(2);
  });
});

describe('closing', () => {
  it('says nothing where somebody else goes on, and its will is not told either', async () => {
    const { port, messages, clients } = await broker();
    const { door } = dial({ port });
    await eventually(() => door.connected());
    await door.close(1, true);
    await eventually(() => clients().length === 0);
    expect(messages).toEqual([]);
  });

  it('says offline, retained, and leaves in order: the will is not told again', async () => {
    const { port, messages, clients } = await broker();
    const { door, log } = dial({ port });
    await eventually(() => door.connected());
    await door.close(5);
    await eventually(() => clients().length === 0);
    expect(messages).toMatchObject([{ topic: 'warden/status', payload: 'offline', retain: true, client: 'warden-1' }]);
    expect(door.connected()).toBe(false);
    expect(await door.publish('a', 'late', { retain: false, qos: 1 })).toBe(false);
    expect(log.lines).toHaveLength(1);
  });

  it('ends within its time when the broker does not answer, and what waits is not delivered', async () => {
    const { port, holdAcks } = await broker();
    const { door } = dial({ port });
    await eventually(() => door.connected());
    holdAcks();
    const sent = door.publish('a', 'waits', { retain: false, qos: 1 });
    await door.close(0.05);
    expect(await sent).toBe(false);
  });

  it('ends at once where nothing is connected, and nothing is tried any more', async () => {
    const { port, accepted } = await listener((socket) => socket.destroy());
    const { door, log } = dial({ port }, { backoffFirstSeconds: 0.02, backoffLastSeconds: 0.02 });
    await eventually(() => log.lines.length > 0);
    await door.close(5);
    await door.close(5);
    const until = accepted();
    const other = await listener((socket) => socket.destroy());
    dial({ port: other.port }, { backoffFirstSeconds: 0.02, backoffLastSeconds: 0.02 });
    await eventually(() => other.accepted() >= 5);
    expect(accepted()).toBe(until);
  });
});
