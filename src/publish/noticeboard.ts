/**
 * What hangs on the broker, retained: devices, states, availability. Publishes what differs from what hangs there,
 * takes down what is no longer wanted, and leaves alone what a person deleted in Home Assistant.
 */
import type { Log, MqttDoor, MqttMessage } from '../doors/ports.ts';
import {
  availabilityTopic,
  type Device,
  type Frame,
  hubDevice,
  instanceDevices,
  type Known,
  reduced,
  remember,
  stateWithGone,
  statusTopic,
} from './discovery.ts';
import { hubId } from './identity.ts';
import { type Leftover, readLeftover } from './leftovers.ts';
import type { HubView, View } from './view.ts';

export interface NoticeboardOptions {
  mqtt: MqttDoor;
  baseTopic: string;
  prefix: string;
  targets: readonly string[];
  log: Log;
  supportUrl?: string;
}

export interface Noticeboard {
  /** What is to hang there from now on. */
  show(views: readonly View[], hub: HubView): void;
  /** One pass over all; stops where the broker does not answer, and the next one goes on. */
  publish(): Promise<void>;
  /** All hangs there no more, or nobody read it: the next pass publishes all again. */
  startAnew(): void;
  /**
   * Whether Home Assistant may be listening. What is taken down while it is not would stay in its registry for ever:
   * it only forgets what it hears go.
   */
  attended(isThere: boolean): void;
  /** Devices that a person deleted may be shown again. */
  welcomeBack(): void;
  /** Somebody else's last word hangs where ours should. True: there is something to do. */
  hearStatus(payload: string): boolean;
  /** A message on a discovery topic. True: there is something to do. */
  hear(message: MqttMessage): boolean;
}

/** One target as last shown. */
interface Shown {
  view: View;
  known: Known;
  /** Their names only: with all that is published of them, thousands of cameras would fill the memory. */
  devices: readonly Pick<Device, 'id' | 'configTopic'>[];
  /** All of it hangs there. */
  isUp: boolean;
}

interface Board {
  options: NoticeboardOptions;
  hub: HubView | null;
  views: readonly View[];
  shown: Map<string, Shown>;
  /** Retained text by topic, as far as the broker acknowledged it. */
  texts: Map<string, string>;
  /** What Home Assistant may know of each device, by discovery topic. */
  known: Map<string, Leftover>;
  /** Ids of devices that a person deleted. */
  absent: Set<string>;
  /** Empty messages of our own whose echo is still to come. */
  echoes: Map<string, number>;
  isAttended: boolean;
}

export function openNoticeboard(options: NoticeboardOptions): Noticeboard {
  const board: Board = {
    options,
    hub: null,
    views: [],
    shown: new Map(),
    texts: new Map(),
    known: new Map(),
    absent: new Set(),
    echoes: new Map(),
    isAttended: true,
  };
  const startAnew = () => {
    board.texts.clear();
    board.echoes.clear();
    for (const one of board.shown.values()) one.isUp = false;
  };
  return {
    show(views, hub) {
      board.views = views;
      board.hub = hub;
    },
    publish: async () => void (await pass(board)),
    startAnew,
    attended(isThere) {
      if (isThere && !board.isAttended) redraw(board);
      board.isAttended = isThere;
    },
    welcomeBack() {
      if (board.absent.size === 0) return;
      board.absent.clear();
      redraw(board);
    },
    hearStatus: (payload) => payload !== 'online' && board.texts.delete(statusTopic(options.baseTopic)),
    hear: (message) => hear(board, message),
  };
}

/** False where the broker did not answer. */
async function pass(board: Board): Promise<boolean> {
  const { hub, views, options } = board;
  if (!hub || !options.mqtt.connected()) return false;
  const frame = frameOf(board, hub);
  const hubsOwn = hubDevice(hub, frame);
  if (!(await putDevice(board, hubsOwn))) return false;
  for (const view of views) {
    if (!(await putTarget(board, view, frame))) return false;
  }
  // Those not yet looked at still show an earlier run's states, which must not be taken for today's.
  for (const target of options.targets.filter((id) => !board.shown.has(id))) {
    if (!(await put(board, availabilityTopic(options.baseTopic, target), 'offline', 1))) return false;
  }
  if (!(await put(board, statusTopic(options.baseTopic), 'online', 1))) return false;
  return options.targets.every((id) => board.shown.has(id)) ? takeDown(board, hubsOwn) : true;
}

function frameOf({ options, absent }: Board, hub: HubView): Frame {
  const { baseTopic, prefix, targets, supportUrl } = options;
  const frame = { baseTopic, prefix, targets, version: hub.version, absent };
  return supportUrl === undefined ? frame : { ...frame, supportUrl };
}

async function putTarget(board: Board, view: View, frame: Frame): Promise<boolean> {
  const id = view.target.id;
  const before = board.shown.get(id) ?? null;
  if (before?.view === view && before.isUp) return true;
  const known = remember(before?.known ?? null, view);
  const devices = instanceDevices(view, known, frame);
  const names = devices.map((device) => ({ id: device.id, configTopic: device.configTopic }));
  const shown: Shown = { view, known, devices: names, isUp: false };
  board.shown.set(id, shown);
  const [instance, ...cameras] = devices;
  if (!instance || !(await putDevice(board, instance))) return false;
  const told = await Promise.all(cameras.map((camera) => putDevice(board, camera)));
  if (told.includes(false)) return false;
  shown.isUp = await put(board, availabilityTopic(frame.baseTopic, id), 'online', 1);
  return shown.isUp;
}

async function putDevice(board: Board, device: Device): Promise<boolean> {
  const { configTopic: topic, config } = device;
  const components = new Map(Object.entries(config.components).map(([key, { platform }]) => [key, platform]));
  for (;;) {
    if (board.absent.has(device.id)) return true;
    const before = board.known.get(topic);
    const smaller = before && reduced(config, before.components);
    if (smaller && !board.isAttended) {
      return put(board, device.stateTopic, JSON.stringify(stateWithGone(device, before.components)), 0);
    }
    if (smaller && !(await put(board, topic, JSON.stringify(smaller), 1))) return false;
    if (!(await put(board, topic, JSON.stringify(config), 1))) return false;
    if (board.known.get(topic) !== before) continue;
    board.known.set(topic, { instance: device.instance, stateTopic: device.stateTopic, components });
    return put(board, device.stateTopic, JSON.stringify(device.state), 0);
  }
}

async function put(board: Board, topic: string, text: string, qos: 0 | 1): Promise<boolean> {
  if (board.texts.get(topic) === text) return true;
  // Until it is acknowledged nobody knows which of the two hangs there.
  board.texts.delete(topic);
  if (!(await board.options.mqtt.publish(topic, text, { retain: true, qos }))) return false;
  board.texts.set(topic, text);
  return true;
}

/** What hangs there and is no longer wanted: cameras that are gone, targets that are no longer configured. */
async function takeDown(board: Board, hub: Device): Promise<boolean> {
  if (!board.isAttended) return true;
  const devices = [hub, ...[...board.shown.values()].flatMap((one) => one.devices)];
  const wanted = new Set(devices.map((one) => one.configTopic));
  for (const [topic, { instance, stateTopic }] of board.known) {
    if (wanted.has(topic)) continue;
    const owner = instance === null ? undefined : board.shown.get(instance);
    // A target that has not yet said which cameras it has may still have this one.
    if (owner && owner.known.cameras.length === 0) continue;
    const topics = [topic];
    if (stateTopic !== null) topics.push(stateTopic);
    if (instance !== null && !owner) topics.push(availabilityTopic(board.options.baseTopic, instance));
    board.echoes.set(topic, (board.echoes.get(topic) ?? 0) + 1);
    for (const one of topics) {
      if (!(await board.options.mqtt.publish(one, '', { retain: true, qos: 1 }))) return false;
      board.texts.delete(one);
    }
    board.known.delete(topic);
  }
  return true;
}

function hear(board: Board, { topic, payload, retained }: MqttMessage): boolean {
  const id = topic.split('/').at(-2) ?? '';
  if (payload === '') return hearDeletion(board, topic, id);
  if (!retained) return false;
  const leftover = readLeftover(id, payload, board.options.baseTopic);
  if (!leftover) return false;
  const now = board.known.get(topic);
  const components = new Map([...leftover.components, ...(now?.components ?? [])]);
  if (now && components.size === now.components.size) return false;
  board.known.set(topic, { ...leftover, components });
  redraw(board);
  return true;
}

/** Home Assistant empties a device's discovery topic when a person deletes the device there. */
function hearDeletion(board: Board, topic: string, id: string): boolean {
  const expected = board.echoes.get(topic) ?? 0;
  if (expected > 0) {
    board.echoes.set(topic, expected - 1);
    return false;
  }
  board.texts.delete(topic);
  if (!board.known.delete(topic) || !isWanted(board, id)) return false;
  board.absent.add(id);
  board.options.log.info(
    `The device ${id} was deleted in Home Assistant. ` +
      `It stays away until "Check now", a test alert or the Warden's next start.`,
  );
  redraw(board);
  return true;
}

function isWanted({ options, shown }: Board, id: string): boolean {
  return (
    id === hubId(options.baseTopic) || [...shown.values()].some(({ devices }) => devices.some((one) => one.id === id))
  );
}

/** Devices point to one another, so what one of them is changes the others. */
function redraw(board: Board): void {
  for (const one of board.shown.values()) one.isUp = false;
}
