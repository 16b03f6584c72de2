/** The world around the product: Frigate in a pod of a simulated cluster, and a broker, over real sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, type BrokerMessage, startBroker } from '../../demo/broker.ts';
import { newFrigate, type SimulatedFrigate, start, stop } from '../../demo/frigate/model.ts';
import type { FrigateAtBroker } from '../../demo/frigate/mqtt.ts';
import { startFrigate } from '../../demo/frigate/server.ts';
import { type KubernetesSimulation, type SimulatedKubernetes, startKubernetes } from '../../demo/kubernetes/index.ts';
import { beginTime, type FastTime, nowIn } from './fast-time.ts';
import { EVENTS, type ProductSettings } from './product.ts';

export interface Stage {
  time: FastTime;
  now(): number;
  broker: Broker;
  cluster: SimulatedKubernetes;
  frigate: SimulatedFrigate;
  /** It speaks at the broker from now on, with each of its runs. */
  speak(atBroker: FrigateAtBroker): void;
  settings: ProductSettings;
  close(): Promise<void>;
}

/** What is sent on the event topic. A message that tells several names them all in `events`. */
export interface Told {
  event_type: string;
  event_id: string;
  incident_id: string | null;
  guard: string | null;
  message: string;
  order: { id: string; at: string; by: string } | null;
  events?: readonly string[];
}

const DAY = 86_400;
export const DEPLOYMENT = '/apis/apps/v1/namespaces/frigate/deployments/frigate';
export const LEDGER = 'frigate-health-state';

export async function setStage(
  options: Record<string, unknown>,
  { speed, ...cluster }: Partial<KubernetesSimulation> & { speed: number },
): Promise<Stage> {
  const time = beginTime(speed);
  const now = () => nowIn(time);
  const frigate = newFrigate(['doorbell', 'driveway'], now() - DAY);
  // With two pods side by side the one that stops is not always the one that serves.
  let serving = '';
  let spoken: FrigateAtBroker | null = null;
  const kubernetes = await startKubernetes({
    now,
    ageSeconds: DAY,
    onPodStarted: ({ metadata, status }) => {
      serving = metadata.uid;
      const startedAt = status.containerStatuses?.[0]?.state.running?.startedAt;
      start(frigate, startedAt === undefined ? now() : Date.parse(startedAt) / 1000);
      spoken?.started();
    },
    onPodStopped: ({ metadata }) => {
      if (metadata.uid !== serving) return;
      stop(frigate);
      spoken?.stopped();
    },
    ...cluster,
  });
  frigate.revive = () => kubernetes.exitContainer();
  const server = await startFrigate(frigate, () => {
    kubernetes.tick();
    return now();
  });
  const broker = await startBroker();
  const folder = mkdtempSync(join(tmpdir(), 'frigate-warden-wire-'));
  const settings: ProductSettings = {
    folder,
    time,
    options: {
      frigates: [{ name: 'Frigate', url: server.url, namespace: 'frigate' }],
      kubernetes: { server: kubernetes.url, token: kubernetes.token },
      mqtt: { host: '127.0.0.1', port: broker.port },
      ...options,
    },
  };
  return {
    time,
    now,
    broker,
    cluster: kubernetes,
    frigate,
    speak: (atBroker) => {
      spoken = atBroker;
      atBroker.started();
    },
    settings,
    close: async () => {
      await Promise.all([broker.close(), kubernetes.close(), server.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** All that was told on the event topic, in its order. */
export function toldOn(broker: { messages: readonly BrokerMessage[] }): Told[] {
  return broker.messages.filter(({ topic }) => topic === EVENTS).map(({ payload }) => JSON.parse(payload) as Told);
}

/** Restarts that came to the API; with a status only those that it carried out. */
export function patchesOf({ calls }: SimulatedKubernetes, status?: number): SimulatedKubernetes['calls'] {
  return calls.filter((call) => call.method === 'PATCH' && (status === undefined || call.status === status));
}
