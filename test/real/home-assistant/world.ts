/** A Home Assistant, its broker, two Frigates and a Warden that watches them; and what a check asks of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newFrigate, type SimulatedFrigate } from '../../../demo/frigate/model.ts';
import { startFrigate } from '../../../demo/frigate/server.ts';
import { eventually } from '../../eventually.ts';
import { copyBundle, startBundle } from '../bundle.ts';
import { type Listener, listen, type Mosquitto, openMosquitto } from '../mosquitto/broker.ts';
import type { Running } from '../processes.ts';
import { type Simulated, simulate } from '../simulated.ts';
import {
  complaintsOfDevices,
  complaintsOfEntities,
  complaintsOfForm,
  complaintsOfStates,
  type Hanging,
} from './complaints.ts';
import { addBroker, type HomeAssistant, openHomeAssistant } from './core.ts';
import type { Core } from './cores.ts';
import { look, type Shown, type State } from './shown.ts';
import { type WantedDevice, type Watched, wantedDevices } from './wanted.ts';

export interface World {
  homeAssistant: HomeAssistant;
  broker: Mosquitto;
  /** The Frigate of the house, and its cluster. */
  simulated: Simulated;
  /** The Frigate of the annex. */
  annex: SimulatedFrigate;
  /** What the options and the Frigates have now; a check that takes something away takes it from here as well. */
  watched: Watched[];
  wanted(): readonly WantedDevice[];
  /** Starts a Warden with what is watched now, and the data folder of the one before. */
  startWarden(): void;
  warden(): Running;
  /** Hears what comes to the broker, from its last start. */
  listener(): Listener;
  hanging(): Hanging;
  /** To be called after the broker was started again. */
  listenAgain(): Promise<void>;
  close(): Promise<void>;
}

/** In a cluster. */
export const HOUSE = 'house';
/** Known by its address alone. */
export const ANNEX = 'annex';

const FILTERS = ['homeassistant/#', 'frigate_warden/#'];
const DAY = 86_400;

type Ending = () => unknown;

export async function openWorld(core: Core): Promise<World> {
  const endings: Ending[] = [];
  try {
    return await opened(core, endings);
  } catch (error) {
    await endAll(endings);
    throw error;
  }
}

/** The last that was opened first; one that does not end keeps nothing else open. */
async function endAll(endings: readonly Ending[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of endings.toReversed()) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function opened(core: Core, endings: Ending[]): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'warden-home-assistant-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  const watched: Watched[] = [
    { id: HOUSE, name: 'House', cameras: ['doorbell', 'garden', 'garage'], detectors: ['coral'], isInCluster: true },
    { id: ANNEX, name: 'Annex', cameras: ['porch'], detectors: ['coral'], isInCluster: false },
  ];
  const now = () => Date.now() / 1000;
  const [house = [], porch = []] = watched.map(({ cameras }) => cameras);
  const simulated = await simulate(folder, house);
  endings.push(simulated.close);
  const annex = newFrigate(porch, now() - DAY);
  const second = await startFrigate(annex, now);
  endings.push(second.close);
  const bundle = copyBundle(folder);
  const broker = await openMosquitto(folder, 'broker', null);
  endings.push(broker.kill);
  const homeAssistant = await openHomeAssistant(core, folder);
  endings.push(homeAssistant.stop);
  await addBroker(homeAssistant.api, broker);
  let listener = await listen(broker, FILTERS);
  endings.push(() => listener.close());
  const wardens: Running[] = [];
  endings.push(() => wardens.at(-1)?.end('SIGTERM'));
  const urls: Readonly<Record<string, string>> = { [HOUSE]: simulated.url, [ANNEX]: second.url };
  const options = () => ({
    interval_seconds: 5,
    kubernetes: { kubeconfig: simulated.kubeconfig },
    frigates: watched.map(({ id, name, isInCluster }) => ({
      name,
      url: urls[id],
      ...(isInCluster ? { namespace: 'frigate' } : {}),
    })),
    // What takes long in life takes as short here as it may.
    rules: { confirm_failures: 1, settle_seconds: 0, startup_grace_seconds: 60, stats_stale_seconds: 30 },
    mqtt: { host: '127.0.0.1', port: broker.port },
  });
  return {
    homeAssistant,
    broker,
    simulated,
    annex,
    watched,
    wanted: () => wantedDevices(watched),
    startWarden: () => void wardens.push(startBundle(bundle, folder, 'warden', options())),
    warden: () => {
      const last = wardens.at(-1);
      if (!last) throw new Error('No Warden was started.');
      return last;
    },
    listener: () => listener,
    hanging: () => new Map(listener.messages().map(({ topic, payload }) => [topic, payload])),
    listenAgain: async () => {
      await listener.close();
      listener = await listen(broker, FILTERS);
    },
    close: () => endAll(endings),
  };
}

/** Nothing is wrong any more, in time; otherwise the last complaints are told. */
export async function none(
  complaints: () => Promise<readonly string[]>,
  { withinSeconds = 15 }: { withinSeconds?: number } = {},
): Promise<void> {
  let last: readonly string[] = [];
  const isDone = async () => {
    last = await complaints();
    return last.length === 0;
  };
  await eventually(isDone, { withinSeconds, what: 'that all is right' }).catch((cause: unknown) => {
    throw new Error(last.length > 0 ? told(last) : 'It could not be asked.', { cause });
  });
}

const TOLD = 12;

/** One mistake is often made for every device: some of them say enough. */
export function told(complaints: readonly string[]): string {
  const all = [...new Set(complaints)];
  return [...all.slice(0, TOLD), ...(all.length > TOLD ? [`and ${all.length - TOLD} more`] : [])].join('\n');
}

/** All that there should be is there, as it should be, and nothing else. */
export async function complaintsOfAll(world: World): Promise<readonly string[]> {
  const [shown, wanted] = [await shownBy(world), world.wanted()];
  return [
    ...complaintsOfDevices(shown, wanted),
    ...complaintsOfEntities(shown, wanted),
    ...complaintsOfForm(shown, wanted),
    ...complaintsOfStates(shown, wanted, world.hanging()),
  ];
}

export function shownBy({ homeAssistant }: World): Promise<Shown> {
  return look(homeAssistant.api);
}

export async function stateOf(world: World, entityId: string): Promise<State> {
  const state = (await shownBy(world)).states.get(entityId);
  if (!state) throw new Error(`There is no ${entityId}.`);
  return state;
}

export type Json = Readonly<Record<string, unknown>>;

/** The events of one Frigate that came to the broker, oldest first. */
export function eventsOf(world: World, id: string): readonly Json[] {
  return world
    .listener()
    .messages()
    .filter(({ topic }) => topic === `frigate_warden/${id}/event`)
    .map(({ payload }) => JSON.parse(payload) as Json);
}
