/** From views to Home Assistant: finds the broker, opens the announcer, and carries wishes back to the loop. */
import { createHash } from 'node:crypto';
import { wait as waitOnClock } from '../doors/clock.ts';
import { type MqttSettings, openMqtt } from '../doors/mqtt.ts';
import type { HttpDoor, Log, MqttDoor, StoreDoor } from '../doors/ports.ts';
import { brokerFromSupervisor } from '../doors/supervisor.ts';
import type { Options } from '../options.ts';
import { type Announcer, openAnnouncer } from '../publish/announcer.ts';
import { statusTopic } from '../publish/discovery.ts';
import type { HubView, View } from '../publish/view.ts';
import type { Wish } from '../rules/types.ts';
import type { AnyTarget } from '../targets/target.ts';
import { VERSION } from '../version.ts';

export interface PublishingOptions {
  options: Options;
  targets: readonly AnyTarget[];
  http: HttpDoor;
  store: StoreDoor;
  log: Log;
  stop: AbortSignal;
  /** Hears of the broker as soon as there is one: Frigate speaks there too. */
  onMqtt?(mqtt: MqttDoor): void;
  /** Whom to ask for the broker where no option names one; without it nobody is asked. */
  supervisor?: SupervisorAccess | null;
  wait?: typeof waitOnClock;
  dial?: typeof openMqtt;
}

export interface SupervisorAccess {
  token: string;
  /** Without one it is where every app finds it. */
  url?: string;
}

export interface Publishing {
  publish(view: View, turnSeconds: number): void;
  /** Begins to look for the broker; wishes of people go where they are heard. */
  start(wish: (targetId: string, wish: Wish) => boolean): void;
  close(seconds: number): Promise<void>;
}

/** The Supervisor may know a broker only after its app has started. */
const ASK_AGAIN_SECONDS = 30;

export function openPublishing(given: PublishingOptions): Publishing {
  const { options, targets, store, log, stop, wait = waitOnClock, dial = openMqtt } = given;
  const views = new Map<string, View>();
  let open: { mqtt: MqttDoor; announcer: Announcer } | null = null;
  let hear: (targetId: string, wish: Wish) => boolean = () => false;
  let turnSeconds: number | null = null;

  const show = () => {
    open?.announcer.publish([...views.values()], hubOf([...views.values()], turnSeconds));
    void open?.announcer.flush();
  };

  const connect = (settings: MqttSettings) => {
    const { base_topic: baseTopic, discovery_prefix: prefix } = options.mqtt;
    const mqtt = dial(settings, {
      log,
      clientId: clientId(baseTopic, targets),
      will: { topic: statusTopic(baseTopic), payload: 'offline' },
    });
    given.onMqtt?.(mqtt);
    const announcer = openAnnouncer({
      mqtt,
      store,
      baseTopic,
      prefix,
      targets: targets.map(({ id }) => id),
      log,
      dice: Math.random,
      later: (seconds, act) => {
        const cancelled = new AbortController();
        const either = AbortSignal.any([stop, cancelled.signal]);
        void wait(seconds, either).then(() => either.aborted || act());
        return () => cancelled.abort();
      },
      onWish: (targetId, wish) => void hear(targetId, wish),
    });
    open = { mqtt, announcer };
    show();
  };

  return {
    publish: (view, seconds) => {
      views.set(view.target.id, view);
      turnSeconds = seconds;
      show();
    },
    start: (wish) => {
      hear = wish;
      // An answer that comes while all is being closed must open nothing.
      void findBroker(given).then((settings) => settings && !stop.aborted && connect(settings));
    },
    close: async (seconds) => {
      await Promise.all([open?.announcer.close(), open?.mqtt.close(seconds)]);
    },
  };
}

/** The options' broker, or the Supervisor's as soon as it knows one; null without either. */
async function findBroker(given: PublishingOptions): Promise<MqttSettings | null> {
  const { http, log, stop, supervisor, wait = waitOnClock } = given;
  const { mqtt } = given.options;
  if (mqtt.host !== undefined) {
    const { host, port = mqtt.tls ? 8883 : 1883, tls, username, password } = mqtt;
    return {
      host,
      port,
      tls,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
  }
  if (!supervisor) {
    log.warn('No MQTT broker is set (mqtt.host), so nothing is shown in Home Assistant.');
    return null;
  }
  let told = '';
  while (!stop.aborted) {
    const answer = await brokerFromSupervisor(http, supervisor.token, stop, supervisor.url);
    if (answer.ok) return answer.settings;
    if (answer.reason !== told && !stop.aborted) log.warn(answer.reason);
    told = answer.reason;
    await wait(ASK_AGAIN_SECONDS, stop);
  }
  return null;
}

/** The same over restarts, another for another set of targets: two clients with one id throw each other out. */
function clientId(baseTopic: string, targets: readonly AnyTarget[]): string {
  const all = [baseTopic, ...targets.map(({ id }) => id), process.env.HOSTNAME ?? ''].join('\n');
  return `frigate_warden_${createHash('sha256').update(all).digest('hex').slice(0, 8)}`;
}

function hubOf(views: readonly View[], turnSeconds: number | null): HubView {
  const clusters = views.map((view) => view.looked.readings.cluster);
  const cannotSee = views.flatMap((view) =>
    view.looked.cannotSee.map((sentence) => `${view.target.name}: ${sentence}`),
  );
  return {
    version: VERSION,
    turnSeconds,
    memoryBytes: process.memoryUsage.rss(),
    cluster: clusters.includes('disconnected')
      ? 'disconnected'
      : clusters.includes('connected')
        ? 'connected'
        : 'not_configured',
    cannotSee,
  };
}
