/** The bundle at work on the cluster, with a broker of its own, and all that it tells there. */
import { type Broker, startBroker } from '../../../demo/broker.ts';
import { eventually } from '../../eventually.ts';
import { startBundle } from '../bundle.ts';
import type { Running } from '../processes.ts';

/** What it shows of one Frigate, as Home Assistant gets it. */
export type Shown = Readonly<Record<string, unknown>>;

export interface Told {
  event_type: string;
  at: string;
  check: string | null;
  layer: string | null;
  guard: string | null;
  message: string;
  title: string;
}

export interface Warden {
  broker: Broker;
  /** Its events in order, each once. */
  events(instance?: string): readonly Told[];
  /** Types only. */
  chain(instance?: string): readonly string[];
  shown(instance?: string): Shown;
  hub(): Shown;
  press(key: string, instance?: string): Promise<void>;
  lines(): readonly string[];
  /** As a power cut; `start` goes on with what it kept. */
  kill(): Promise<void>;
  start(): void;
  end(): Promise<void>;
  /** What it knows and said, for a message. */
  story(): string;
}

export const INSTANCE = 'frigate';
const STORY_LINES = 25;

export interface WardenPlace {
  /** The bundle. */
  main: string;
  folder: string;
  name: string;
  options(mqtt: object): object;
}

export async function openWarden({ main, folder, name, options }: WardenPlace): Promise<Warden> {
  const broker = await startBroker();
  const whole = options({ host: '127.0.0.1', port: broker.port });
  const runs: Running[] = [];
  const begin = () => void runs.push(startBundle(main, folder, name, whole));
  begin();
  const lines = () => runs.flatMap((run) => run.lines());
  const shownAt = (topic: string) => JSON.parse(broker.retained.get(topic) ?? '{}') as Shown;
  const events = (instance = INSTANCE) => {
    const topic = `frigate_warden/${instance}/event`;
    const all = broker.messages.filter((one) => one.topic === topic).map((one) => JSON.parse(one.payload));
    return [...new Map(all.map((event) => [event.event_id, event])).values()] as Told[];
  };
  const chain = (instance = INSTANCE) => events(instance).map((event) => event.event_type);
  const warden: Warden = {
    broker,
    events,
    chain,
    shown: (instance = INSTANCE) => shownAt(`frigate_warden/${instance}/state`),
    hub: () => shownAt('frigate_warden/state'),
    press: (key, instance = INSTANCE) => broker.publish(`frigate_warden/${instance}/${key}/set`, 'PRESS'),
    lines,
    kill: async () => void (await runs.at(-1)?.end('SIGKILL')),
    start: begin,
    end: async () => {
      await runs.at(-1)?.end('SIGTERM');
      await broker.close();
    },
    story: () =>
      [
        `events: ${chain().join(', ')}`,
        `hub: ${JSON.stringify(warden.hub())}`,
        `shown: ${JSON.stringify(warden.shown()).slice(0, 1500)}`,
        ...lines().slice(-STORY_LINES),
      ].join('\n'),
  };
  // One that follows another shows nothing of its Frigate.
  const isUp = () => lines().some((line) => / is connected\.$/.test(line));
  await eventually(isUp, { withinSeconds: 60, what: `the Warden ${name} is up (${lines().slice(-3).join(' | ')})` });
  return warden;
}
