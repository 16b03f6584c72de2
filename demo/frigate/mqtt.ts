/**
 * The simulated Frigate at a broker, as 0.16 and 0.17 behave there: whenever it comes it says ON of every camera that
 * its file has on, it hears its switches, and it leaves without a word when it is stopped in order.
 */
import type { Broker } from '../broker.ts';
import type { SimulatedFrigate } from './model.ts';

export interface FrigateAtBroker {
  /** A run has begun: it comes to the broker long before its API answers. */
  started(): void;
  stopped(): void;
}

/** `isDeaf`: it is there, and hears no switch. */
export function speakAtBroker(
  frigate: SimulatedFrigate,
  broker: Pick<Broker, 'publish' | 'hear'>,
  { isDeaf = false }: { isDeaf?: boolean } = {},
): FrigateAtBroker {
  let isThere = false;
  const say = (topic: string, payload: string) => void broker.publish(`frigate/${topic}`, payload, { retain: true });

  broker.hear(({ topic, payload }) => {
    const [, name, part] = /^frigate\/([^/]+)\/(enabled|recordings)\/set$/.exec(topic) ?? [];
    const camera = frigate.cameras.find((one) => one.name === name);
    if (!isThere || isDeaf || !camera || (payload !== 'ON' && payload !== 'OFF')) return;
    if (part === 'enabled') camera.enabled = payload === 'ON';
    else camera.records = payload === 'ON';
    say(`${camera.name}/${part}/state`, payload);
  });

  return {
    started: () => {
      isThere = true;
      for (const { name } of frigate.cameras) {
        say(`${name}/enabled/state`, 'ON');
        say(`${name}/recordings/state`, 'ON');
      }
      say('available', 'online');
    },
    stopped: () => {
      isThere = false;
    },
  };
}
