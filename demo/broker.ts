/** An MQTT broker in this process, for the demo and the tests, that can be made to misbehave. */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export interface BrokerMessage {
  topic: string;
  payload: string;
  retain: boolean;
  qos: number;
  /** The client that published it; null when the broker itself did. */
  client: string | null;
}

export interface Broker {
  /** Stays the same when stopped and started again. */
  port: number;
  /** All that was published, oldest first; wills too. */
  messages: BrokerMessage[];
  /** The retained payloads now, by topic. */
  retained: Map<string, string>;
  clients(): string[];
  /** Publishes as if another client had. */
  publish(topic: string, payload: string, options?: { retain?: boolean }): Promise<void>;
  /** Calls with every message that a client publishes, as it comes in. */
  hear(listener: (message: BrokerMessage) => void): void;
  /** Cuts every connection without a word. */
  dropClients(): void;
  /** Only this login is let in; null lets everybody in. */
  requireLogin(login: { username: string; password: string } | null): void;
  /** Nobody may subscribe to these filters. */
  denySubscriptions(filters: readonly string[]): void;
  /** Acknowledgements of published messages wait until they are let go. */
  holdAcks(): void;
  releaseAcks(): void;
  /** Retained messages stay. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; without a port any free one. */
export async function startBroker({ port = 0 }: { port?: number } = {}): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const clients = new Set<string>();
  const messages: BrokerMessage[] = [];
  const retained = new Map<string, string>();
  const listeners: ((message: BrokerMessage) => void)[] = [];
  let login: { username: string; password: string } | null = null;
  let denied: readonly string[] = [];
  let held: (() => void)[] | null = null;

  aedes.authenticate = (_client, username, password, done) => {
    const fits = !login || (username === login.username && password?.toString() === login.password);
    done(fits ? null : Object.assign(new Error('bad login'), { returnCode: 4 }), fits);
  };
  // Kept where they come in: the broker's own event for them comes in another order.
  const keep = (
    packet: { topic: string; payload: Buffer | string; retain: boolean; qos: number },
    client: string | null,
  ) => {
    const { topic, retain, qos } = packet;
    const payload = packet.payload.toString();
    const message = { topic, payload, retain, qos, client };
    messages.push(message);
    if (client !== null) for (const listener of listeners) listener(message);
    if (retain && payload === '') retained.delete(topic);
    else if (retain) retained.set(topic, payload);
  };
  aedes.authorizePublish = (client, packet, done) => {
    const go = () => {
      keep(packet, client?.id ?? null);
      done(null);
    };
    if (held) held.push(go);
    else go();
  };
  aedes.authorizeSubscribe = (_client, subscription, done) => {
    done(null, denied.includes(subscription.topic) ? null : subscription);
  };
  aedes.on('clientReady', (client) => clients.add(client.id));
  aedes.on('clientDisconnect', (client) => clients.delete(client.id));

  let server = await listen(port);
  const address = server.address();
  const fixedPort = typeof address === 'object' && address ? address.port : port;

  function listen(onPort: number): Promise<Server> {
    const made = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      aedes.handle(socket);
    });
    return new Promise((resolve, reject) => {
      made.once('error', reject);
      made.listen(onPort, '127.0.0.1', () => resolve(made));
    });
  }

  const dropClients = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = async () => {
    if (!server.listening) return;
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    dropClients();
    await ended;
  };
  const releaseAcks = () => {
    const waiting = held ?? [];
    held = null;
    for (const go of waiting) go();
  };

  return {
    port: fixedPort,
    messages,
    retained,
    clients: () => [...clients],
    publish: (topic, payload, { retain = false } = {}) =>
      new Promise((resolve, reject) => {
        keep({ topic, payload, retain, qos: 1 }, null);
        const packet = { cmd: 'publish' as const, topic, payload, qos: 1 as const, retain, dup: false };
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
      }),
    hear: (listener) => void listeners.push(listener),
    dropClients,
    requireLogin(next) {
      login = next;
    },
    denySubscriptions(filters) {
      denied = filters;
    },
    holdAcks() {
      held ??= [];
    },
    releaseAcks,
    stop,
    async start() {
      if (!server.listening) server = await listen(fixedPort);
    },
    async close() {
      releaseAcks();
      await stop();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}
