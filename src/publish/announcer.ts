/**
 * The conversation with Home Assistant over MQTT: devices, states and availability, events from the outbox, commands.
 * One thing at a time: passes and deliveries form a queue, so nothing is ever sent twice at once.
 */
import type { Log, MqttDoor, MqttMessage, StoreDoor } from '../doors/ports.ts';
import type { Wish } from '../rules/types.ts';
import { openAudience } from './audience.ts';
import { commandFilter, readCommand } from './commands.ts';
import { openDeliveries } from './deliveries.ts';
import { configTopic, statusTopic } from './discovery.ts';
import { openNoticeboard } from './noticeboard.ts';
import type { HubView, View } from './view.ts';

export interface AnnouncerOptions {
  mqtt: MqttDoor;
  store: Pick<StoreDoor, 'outbox' | 'delivered'>;
  /** Without a slash at its end. */
  baseTopic: string;
  /** Home Assistant's discovery prefix. */
  prefix: string;
  /** Ids of all targets, also of those not yet looked at. */
  targets: readonly string[];
  log: Log;
  /** 0 to 1. */
  dice(): number;
  /** Runs once after so many seconds; the answer cancels it. */
  later(seconds: number, run: () => void): () => void;
  /** A person's wish; the loop is to be woken. */
  onWish(targetId: string, wish: Wish): void;
  supportUrl?: string;
}

export interface Announcer {
  /** Latest views of all targets that were looked at. Publishes what changed, now or once connected. */
  publish(views: readonly View[], hub: HubView): void;
  /** Delivers what waits in the outbox, as far as it can be; resolves when that was tried. */
  flush(): Promise<void>;
  /** Ends the conversation; the door is closed by who opened it. Resolves when nothing is under way. */
  close(): Promise<void>;
}

const BIRTH_TOPIC = 'homeassistant/status';

export function openAnnouncer(options: AnnouncerOptions): Announcer {
  const { mqtt, prefix, log } = options;
  const board = openNoticeboard(options);
  const queue = openQueue(() => (isClosed ? Promise.resolve() : board.publish()), deliver);
  const deliveries = openDeliveries(options, () => {
    board.welcomeBack();
    queue.pass();
  });
  const audience = openAudience({
    dice: options.dice,
    later: options.later,
    onPresence(isThere) {
      board.attended(isThere);
      if (isThere) queue.pass();
    },
    onReturn: deliveries.hold,
    onBirth: tellAll,
  });
  let isClosed = false;

  function deliver(): Promise<void> {
    const isOpen = () => mqtt.connected() && audience.isOnline() && !isClosed;
    if (!isOpen()) deliveries.hold();
    return deliveries.deliver(isOpen);
  }

  function tellAll(): void {
    board.startAnew();
    queue.pass();
    void queue.deliver();
  }

  function onConfig(message: MqttMessage): void {
    if (!isClosed && board.hear(message)) queue.pass();
  }

  // Its own topic is `homeassistant/status` whatever its discovery prefix is, unless a person moved both.
  const births = new Set([BIRTH_TOPIC, `${prefix}/status`]);
  births.delete(statusTopic(options.baseTopic));
  mqtt.subscribe([...births], ({ payload }) => isClosed || audience.hear(payload));
  mqtt.subscribe([configTopic(prefix, '+')], onConfig);
  // The will of a connection that is over may come late, and so may that of another Warden that led before.
  mqtt.subscribe([statusTopic(options.baseTopic)], ({ payload }) => {
    if (!isClosed && board.hearStatus(payload)) queue.pass();
  });
  mqtt.subscribe([commandFilter(options.baseTopic)], (message) => {
    if (isClosed) return;
    const command = readCommand(message, options.baseTopic, options.targets);
    if (!command.ok) return log.warn(command.sentence);
    if (command.wish.kind === 'check_now') {
      board.welcomeBack();
      queue.pass();
    }
    options.onWish(command.target, command.wish);
  });
  mqtt.onConnect(() => {
    if (isClosed) return;
    audience.connected();
    deliveries.hold();
    tellAll();
  });

  return {
    publish(views, hub) {
      board.show(views, hub);
      queue.pass();
    },
    flush: () => queue.deliver(),
    async close() {
      isClosed = true;
      audience.close();
      await queue.ended();
    },
  };
}

/** Passes and deliveries one after another. What waits already is not queued again. */
function openQueue(pass: () => Promise<void>, deliver: () => Promise<void>) {
  let tail: Promise<void> = Promise.resolve();
  let nextPass: Promise<void> | null = null;
  let nextDelivery: Promise<void> | null = null;
  return {
    pass(): void {
      if (nextPass) return;
      nextPass = tail.then(() => {
        nextPass = null;
        return pass();
      });
      tail = nextPass;
    },
    deliver(): Promise<void> {
      if (nextDelivery) return nextDelivery;
      nextDelivery = tail.then(() => {
        nextDelivery = null;
        return deliver();
      });
      tail = nextDelivery;
      return nextDelivery;
    },
    ended: (): Promise<void> => tail,
  };
}
