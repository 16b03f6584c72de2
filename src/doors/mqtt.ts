/** The MQTT broker: one connection at a time, tried for ever, told of once when it is lost and once when it is back. */
import { connect, type MqttClient, Store } from 'mqtt';
import { CLOSED, inWords, openDropVoice, openVoice } from './mqtt-words.ts';
import type { Log, MqttDoor, MqttMessage } from './ports.ts';

export interface MqttSettings {
  host: string;
  port: number;
  username?: string;
  password?: string;
  tls: boolean;
}

/** Every time and size of this door. */
export interface MqttLimits {
  /** Rest before the first new attempt; it doubles up to `backoffLastSeconds`. */
  backoffFirstSeconds: number;
  backoffLastSeconds: number;
  /** A connection that held for less is no recovery: two clients with one id throw each other out every second. */
  steadySeconds: number;
  connectSeconds: number;
  ackSeconds: number;
  keepaliveSeconds: number;
  /** A larger message is dropped. */
  messageBytes: number;
}

export interface MqttOptions {
  log: Log;
  /** `[A-Za-z0-9_-]` only, with a suffix that no other client has and that stays the same over restarts. */
  clientId: string;
  /** Published retained by the broker when we are lost, and by us when we leave; null: for one who only listens. */
  will: { topic: string; payload: string } | null;
  limits?: Partial<MqttLimits>;
}

const LIMITS: MqttLimits = {
  backoffFirstSeconds: 1,
  backoffLastSeconds: 30,
  steadySeconds: 30,
  connectSeconds: 10,
  ackSeconds: 10,
  keepaliveSeconds: 30,
  // Frigate's stats hold a command line for each of its processes, of which 64 cameras have some 200.
  messageBytes: 512 * 1024,
};

interface Subscription {
  topics: readonly string[];
  onMessage(message: MqttMessage): void;
}

/** What is true of the door now. */
interface Present {
  client: MqttClient | null;
  up: boolean;
  closed: boolean;
  attempts: number;
  retry: NodeJS.Timeout | undefined;
}

/** Starts connecting at once and returns without waiting. Throws only for a client id of the wrong form. */
export function openMqtt(settings: MqttSettings, options: MqttOptions): MqttDoor {
  if (!/^[A-Za-z0-9_-]+$/.test(options.clientId)) {
    throw new Error(`The MQTT client id "${options.clientId}" must consist of letters, digits, "_" and "-".`);
  }
  const limits = { ...LIMITS, ...options.limits };
  const now: Present = { client: null, up: false, closed: false, attempts: 0, retry: undefined };
  const subscriptions: Subscription[] = [];
  const listeners: (() => void)[] = [];
  const waiting = new Set<(delivered: boolean) => void>();
  const voice = openVoice(
    `The MQTT broker at ${settings.host}:${settings.port}`,
    options.log,
    limits.steadySeconds,
    () => {
      now.attempts = 0;
    },
  );
  const tooLarge = openDropVoice(options.log, limits.messageBytes);

  function dial(): void {
    now.client = startConnection(settings, options, limits, {
      up(client) {
        now.up = true;
        voice.up();
        // On one connection a broker reads in order: by the time it reads what listeners publish, it has these.
        const topics = subscriptions.flatMap((one) => one.topics);
        subscribeTo(client, topics, options.log);
        for (const listener of listeners) listener();
      },
      message(topic, body, retained) {
        if (body.length > limits.messageBytes) return tooLarge(topic, body.length);
        const message = { topic, payload: body.toString('utf8'), retained };
        for (const one of subscriptions)
          if (one.topics.some((filter) => matches(filter, topic))) one.onMessage(message);
      },
      end(reason) {
        const wasUp = now.up;
        now.up = false;
        now.client = null;
        for (const settle of [...waiting]) settle(false);
        if (now.closed) return;
        voice.down(reason, wasUp);
        const rest = Math.min(limits.backoffFirstSeconds * 2 ** now.attempts, limits.backoffLastSeconds);
        now.attempts += 1;
        now.retry = setTimeout(dial, rest * 1000);
      },
    });
  }
  dial();

  const door: MqttDoor = {
    publish: (topic, payload, how) =>
      now.client && now.up && !now.closed
        ? send(now.client, { topic, payload, ...how }, limits, waiting)
        : Promise.resolve(false),
    subscribe(topics, onMessage) {
      subscriptions.push({ topics, onMessage });
      if (now.client && now.up) subscribeTo(now.client, topics, options.log);
    },
    onConnect: (listener) => void listeners.push(listener),
    connected: () => now.up && !now.closed,
    close: (timeoutSeconds, isSilent = false) =>
      leave(now, { limits, options, waiting, quiet: voice.quiet, isSilent }, timeoutSeconds),
  };
  return door;
}

interface Events {
  /** The broker has let us in. */
  up(client: MqttClient): void;
  message(topic: string, body: Buffer, retained: boolean): void;
  /** Once, whatever happened. */
  end(reason: string): void;
}

/** One connection from its first packet to its end. A new one gets a new client: nothing old is ever sent again. */
function startConnection(settings: MqttSettings, options: MqttOptions, limits: MqttLimits, on: Events): MqttClient {
  const { host, port, username, password } = settings;
  const client = connect({
    protocol: settings.tls ? 'mqtts' : 'mqtt',
    host,
    port,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    clientId: options.clientId,
    protocolVersion: 4,
    clean: true,
    keepalive: limits.keepaliveSeconds,
    connectTimeout: limits.connectSeconds * 1000,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // A store that is emptied at the end would make the library throw for a packet that is still on its way.
    incomingStore: new Store({ clean: false }),
    outgoingStore: new Store({ clean: false }),
    ...(options.will
      ? { will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: true } }
      : {}),
  });
  let over = false;
  let answered = false;
  const finish = (reason: string) => {
    if (over) return;
    over = true;
    client.end(true);
    on.end(reason);
  };
  // The listener stays on a finished client: a late error without one would end the process.
  client.on('error', (error) => finish(inWords(error, { tls: settings.tls, connectSeconds: limits.connectSeconds })));
  client.on('close', () => finish(answered ? CLOSED : `${CLOSED} without an answer`));
  client.on('connect', () => {
    answered = true;
    if (!over) on.up(client);
  });
  client.on('message', (topic, body, packet) => {
    if (!over) on.message(topic, body, packet.retain);
  });
  return client;
}

interface Outgoing {
  topic: string;
  payload: string;
  retain: boolean;
  qos: 0 | 1;
}

function send(
  client: MqttClient,
  { topic, payload, retain, qos }: Outgoing,
  limits: MqttLimits,
  waiting: Set<(delivered: boolean) => void>,
): Promise<boolean> {
  return new Promise((resolve) => {
    let id: number | null = null;
    const settle = (delivered: boolean) => {
      clearTimeout(timer);
      waiting.delete(settle);
      resolve(delivered);
    };
    const timer = setTimeout(() => {
      settle(false);
      if (id !== null) client.removeOutgoingMessage(id);
    }, limits.ackSeconds * 1000);
    waiting.add(settle);
    client.publish(topic, payload, { retain, qos }, (error) => settle(!error));
    if (qos === 1) id = client.getLastMessageId();
  });
}

function subscribeTo(client: MqttClient, topics: readonly string[], log: Log): void {
  const wanted = [...new Set(topics)];
  if (wanted.length === 0) return;
  // Any error but a refusal is a lost connection, which is told elsewhere.
  client.subscribe(wanted, { qos: 1 }, (_error, _granted, packet) => {
    const refused = wanted.filter((_topic, i) => packet?.granted[i] === 128);
    if (refused.length > 0) log.warn(`The MQTT broker does not let this user subscribe to ${refused.join(', ')}.`);
  });
}

interface Leaving {
  limits: MqttLimits;
  options: MqttOptions;
  waiting: Set<(delivered: boolean) => void>;
  quiet(): void;
  /** Somebody else speaks on that topic from now on. */
  isSilent: boolean;
}

/** An orderly end discards the will, so its words are ours to say. */
async function leave(
  now: Present,
  { limits, options, waiting, quiet, isSilent }: Leaving,
  timeoutSeconds: number,
): Promise<void> {
  if (now.closed) return;
  now.closed = true;
  clearTimeout(now.retry);
  quiet();
  const { client, up } = now;
  if (!client) return;
  let alarm: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    alarm = setTimeout(resolve, timeoutSeconds * 1000);
  });
  if (up) {
    const farewell: Outgoing | null = isSilent ? null : options.will && { ...options.will, retain: true, qos: 1 };
    const told = farewell ? send(client, farewell, limits, waiting) : Promise.resolve(true);
    await Promise.race([told.then((delivered) => (delivered ? client.endAsync() : undefined)), late]);
  }
  clearTimeout(alarm);
  client.end(true);
  for (const settle of [...waiting]) settle(false);
}

/** MQTT 3.1.1, section 4.7: `+` is one level, `#` all that follow, and neither matches a leading `$`. */
function matches(filter: string, topic: string): boolean {
  if (/^[+#]/.test(filter) && topic.startsWith('$')) return false;
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}
