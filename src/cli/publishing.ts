/** From views to Home Assistant: finds the broker, opens the announcer, and carries wishes back to the loop. */
import { createHash } from 'node:crypto';
import { wait as waitOnClock } from '../doors/clock.ts';
import type { Installation } from '../doors/installation.ts';
import { type MqttSettings, openMqtt } from '../doors/mqtt.ts';
import type { HttpDoor, Log, MqttDoor, StoreDoor } from '../doors/ports.ts';
import { brokerFromSupervisor } from '../doors/supervisor.ts';
import type { Election } from '../leadership/election.ts';
import type { Presence } from '../leadership/record.ts';
import type { Options } from '../options.ts';
import { openAnnouncer } from '../publish/announcer.ts';
import { type Claims, claimTopic, openClaims } from '../publish/claim.ts';
import { statusTopic } from '../publish/discovery.ts';
import { followerTopics, openFollower } from '../publish/follower.ts';
import type { HubView, View } from '../publish/view.ts';
import type { Wish } from '../rules/types.ts';
import type { AnyTarget } from '../targets/target.ts';
import { VERSION } from '../version.ts';
import { namedBroker } from './named-broker.ts';

export interface PublishingOptions {
  options: Options;
  targets: readonly AnyTarget[];
  http: HttpDoor;
  store: StoreDoor;
  log: Log;
  stop: AbortSignal;
  /** Which of several Wardens leads; without it this one publishes. */
  candidate?: Standing | null;
  /** Hears of the broker with every connection that is opened to it: Frigate speaks there too. */
  onMqtt?(mqtt: MqttDoor): void;
  /** Whom to ask for the broker where no option names one; without it nobody is asked. */
  supervisor?: SupervisorAccess | null;
  wait?: typeof waitOnClock;
  dial?: typeof openMqtt;
}

/** This Warden among several. */
interface Standing {
  election: Pick<Election, 'presence' | 'onChange' | 'asked'>;
  installation: Installation;
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
/** For the last words of one who speaks no more, or begins to. */
const TURN_SECONDS = 1;

/** A leader speaks of all that is watched, a follower of itself only: each over a connection of its own. */
interface Line {
  speaks: boolean;
  show(): void;
  /** Ends without a farewell: somebody else goes on, or we in another way. */
  handOver(): Promise<void>;
  close(seconds: number): Promise<void>;
}

/** What is true of the publishing now. */
interface Present {
  views: Map<string, View>;
  turnSeconds: number | null;
  settings: MqttSettings | null;
  line: Line | null;
  switching: Promise<void>;
  hear(targetId: string, wish: Wish): boolean;
}

export function openPublishing(given: PublishingOptions): Publishing {
  const { store, log, stop, candidate } = given;
  const now: Present = {
    views: new Map(),
    turnSeconds: null,
    settings: null,
    line: null,
    switching: Promise.resolve(),
    hear: () => false,
  };
  const claims = openClaims(candidate?.installation.identity ?? '');

  /** The line that fits what we are now; what is shown goes over it. */
  const settle = async (): Promise<void> => {
    const speaks = isSpeaking(candidate, claims, timeOf(now));
    if (!now.settings || stop.aborted) return;
    if (now.line?.speaks !== speaks) {
      await now.line?.handOver();
      if (stop.aborted) return;
      now.line = speaks ? openSpeaking(given, now, claims) : openFollowing(given, now, claims);
    }
    now.line?.show();
  };
  const show = () => {
    now.switching = now.switching.then(settle);
  };
  candidate?.election.onChange(() => {
    if (candidate.election.presence().role === 'following') forget(store, log);
    show();
  });

  return {
    publish: (view, seconds) => {
      now.views.set(view.target.id, view);
      now.turnSeconds = seconds;
      show();
    },
    start: (wish) => {
      now.hear = wish;
      // Who leads is known before the first word. An answer that comes while all is being closed must open nothing.
      void Promise.all([findBroker(given), candidate?.election.asked]).then(([settings]) => {
        now.settings = settings;
        show();
      });
    },
    close: async (seconds) => {
      await now.line?.close(seconds);
    },
  };
}

/** Who leads and cannot renew goes on to speak, for nobody else can: unless another one says that it leads. */
function isSpeaking(candidate: Standing | null | undefined, claims: Claims, now: number): boolean {
  if (!candidate) return true;
  const { role } = candidate.election.presence();
  return role === 'leading' || role === 'alone' || (role === 'unknown' && !claims.isAnothers(now));
}

/** The time of the last look; before the first one nothing has been heard either. */
function timeOf({ views }: Present): number {
  return Math.max(0, ...[...views.values()].map((view) => view.now));
}

/** What waits in the outbox is told by whoever leads now, in its own words. */
function forget(store: StoreDoor, log: Log): void {
  try {
    const ids = store.outbox().map(({ id }) => id);
    if (ids.length > 0) store.delivered(ids);
  } catch (error) {
    log.error(`What another Warden tells may be told again: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function openSpeaking(given: PublishingOptions, now: Present, claims: Claims): Line {
  const { options, targets, store, log, stop, candidate, wait = waitOnClock, dial = openMqtt } = given;
  const { base_topic: baseTopic, discovery_prefix: prefix } = options.mqtt;
  const mqtt = dial(now.settings as MqttSettings, {
    log,
    clientId: clientId('frigate_warden', given),
    will: { topic: statusTopic(baseTopic), payload: 'offline' },
  });
  given.onMqtt?.(mqtt);
  if (candidate) listen(mqtt, baseTopic, claims, now);
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
    onWish: (targetId, wish) => void now.hear(targetId, wish),
  });
  const claim = () => {
    if (candidate?.election.presence().role !== 'leading' || !mqtt.connected()) return;
    const word = claims.due(timeOf(now));
    if (word !== null) void mqtt.publish(claimTopic(baseTopic), word, { retain: true, qos: 0 });
  };
  mqtt.onConnect(() => {
    claims.startAnew();
    claim();
  });
  return {
    speaks: true,
    show() {
      const views = [...now.views.values()];
      announcer.publish(views, hubOf(views, now.turnSeconds, candidate?.election.presence() ?? null));
      void announcer.flush();
      claim();
    },
    handOver: async () => void (await Promise.all([announcer.close(), mqtt.close(TURN_SECONDS, true)])),
    close: async (seconds) => void (await Promise.all([announcer.close(), mqtt.close(seconds)])),
  };
}

function openFollowing(given: PublishingOptions, now: Present, claims: Claims): Line {
  const { options, log, candidate, dial = openMqtt } = given;
  const { base_topic: baseTopic } = options.mqtt;
  const name = candidate?.installation.installation ?? '';
  const mqtt = dial(now.settings as MqttSettings, {
    log,
    clientId: clientId('frigate_warden_follower', given),
    will: { topic: followerTopics(baseTopic, name).status, payload: 'offline' },
  });
  given.onMqtt?.(mqtt);
  listen(mqtt, baseTopic, claims, now);
  const follower = openFollower(mqtt, baseTopic, name);
  const since = timeOf(now);
  return {
    speaks: false,
    show() {
      const presence = candidate?.election.presence();
      if (presence?.role !== 'following' && presence?.role !== 'unknown') return;
      follower.show({ ...presence, role: presence.role, version: VERSION, since: since || timeOf(now) });
    },
    handOver: async () => {
      await follower.takeDown();
      await mqtt.close(TURN_SECONDS, true);
    },
    close: mqtt.close,
  };
}

function listen(mqtt: MqttDoor, baseTopic: string, claims: Claims, now: Present): void {
  mqtt.subscribe([claimTopic(baseTopic)], (message) => claims.hear(message, timeOf(now)));
}

/** The options' broker, or the Supervisor's as soon as it knows one; null without either. */
async function findBroker(given: PublishingOptions): Promise<MqttSettings | null> {
  const { http, log, stop, supervisor, wait = waitOnClock } = given;
  const named = namedBroker(given.options);
  if (named) return named;
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
function clientId(begin: string, { options, targets, candidate }: PublishingOptions): string {
  const who = candidate?.installation.identity ?? process.env.HOSTNAME ?? '';
  const all = [options.mqtt.base_topic, ...targets.map(({ id }) => id), who].join('\n');
  return `${begin}_${createHash('sha256').update(all).digest('hex').slice(0, 8)}`;
}

function hubOf(views: readonly View[], turnSeconds: number | null, presence: Presence | null): HubView {
  const clusters = views.map((view) => view.looked.readings.cluster);
  const cannotSee = [
    ...(presence?.role === 'alone' ? [presence.sentence] : []),
    ...views.flatMap((view) => view.looked.cannotSee.map((sentence) => `${view.target.name}: ${sentence}`)),
  ];
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
