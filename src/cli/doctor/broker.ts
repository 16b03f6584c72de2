/** Whether the MQTT broker lets us in. Listens only: nothing is published, and there is no will. */
import { wait } from '../../doors/clock.ts';
import { openMqtt } from '../../doors/mqtt.ts';
import type { HttpDoor, Log, MqttDoor } from '../../doors/ports.ts';
import { brokerFromSupervisor } from '../../doors/supervisor.ts';
import type { Options } from '../../options.ts';
import { namedBroker } from '../named-broker.ts';

export interface BrokerEvidence {
  /** Host and port; null: no broker is set. */
  place: string | null;
  isConnected: boolean;
  /** What the door, or the Supervisor, said, a sentence each. */
  said: readonly string[];
}

export interface OpenBroker {
  evidence: BrokerEvidence;
  /** Null: there is none, or it did not let us in. */
  mqtt: MqttDoor | null;
  /** What was said by now. */
  said(): readonly string[];
  close(): Promise<void>;
}

const CONNECT_SECONDS = 5;
const POLL_SECONDS = 0.05;
const LEAVE_SECONDS = 1;

export interface BrokerQuestion {
  options: Options;
  http: HttpDoor;
  /** The Supervisor's token; null: there is none to ask. */
  token: string | null;
  /** `[A-Za-z0-9_-]`: another one than that of any running Warden. */
  clientId: string;
  stop: AbortSignal;
}

export async function openBroker({ options, http, token, clientId, stop }: BrokerQuestion): Promise<OpenBroker> {
  const heard: string[] = [];
  const nothing = { mqtt: null, said: () => heard, close: async () => undefined };
  let settings = namedBroker(options);
  if (!settings && token !== null) {
    const answer = await brokerFromSupervisor(http, token, stop);
    if (answer.ok) settings = answer.settings;
    else heard.push(answer.reason);
  }
  if (!settings) return { ...nothing, evidence: { place: null, isConnected: false, said: heard } };
  const keep = (sentence: string) => void heard.push(sentence.replace(' It is tried again and again.', ''));
  const log: Log = { debug: () => undefined, info: () => undefined, warn: keep, error: keep };
  const mqtt = openMqtt(settings, { log, clientId, will: null, limits: { connectSeconds: CONNECT_SECONDS } });
  for (let left = CONNECT_SECONDS; left > 0 && !mqtt.connected() && heard.length === 0; left -= POLL_SECONDS) {
    await wait(POLL_SECONDS, stop);
    if (stop.aborted) break;
  }
  const isConnected = mqtt.connected();
  const evidence = { place: `${settings.host}:${settings.port}`, isConnected, said: heard };
  if (isConnected) return { evidence, mqtt, said: () => heard, close: () => mqtt.close(LEAVE_SECONDS) };
  await mqtt.close(LEAVE_SECONDS);
  return { ...nothing, evidence };
}
