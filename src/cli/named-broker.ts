/** The MQTT broker that the options name. */
import type { MqttSettings } from '../doors/mqtt.ts';
import type { Options } from '../options.ts';

/** Null where they name none: then the Supervisor may know one. */
export function namedBroker({ mqtt }: Pick<Options, 'mqtt'>): MqttSettings | null {
  const { host, port = mqtt.tls ? 8883 : 1883, tls, username, password } = mqtt;
  if (host === undefined) return null;
  return {
    host,
    port,
    tls,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}
