/** What the Home Assistant Supervisor tells an app: which MQTT broker to use. */
import { z } from 'zod';
import type { MqttSettings } from './mqtt.ts';
import type { Failure, HttpDoor } from './ports.ts';

const TIMEOUT_SECONDS = 10;

/** Supervisor source, services/modules/mqtt.py. Brokers without a login leave user and password out or empty. */
const SERVICE = z.object({
  data: z.object({
    host: z.string().min(1),
    port: z.coerce.number().int().min(1).max(65535),
    username: z.string().nullish(),
    password: z.string().nullish(),
    ssl: z.boolean().nullish(),
  }),
});

export type BrokerAnswer = { ok: true; settings: MqttSettings } | { ok: false; reason: string };

/** GET /services/mqtt. The reason is one sentence and never holds the token. */
export async function brokerFromSupervisor(
  http: HttpDoor,
  token: string,
  signal: AbortSignal,
  baseUrl = 'http://supervisor',
): Promise<BrokerAnswer> {
  const reply = await http.json({
    url: `${baseUrl}/services/mqtt`,
    headers: { Authorization: `Bearer ${token}` },
    timeoutSeconds: TIMEOUT_SECONDS,
    signal,
  });
  if (!reply.ok) return { ok: false, reason: whyNot(reply) };
  const parsed = SERVICE.safeParse(reply.value);
  if (!parsed.success) return { ok: false, reason: 'The Supervisor answered without a broker that could be used.' };
  const { host, port, username, password, ssl } = parsed.data.data;
  const login = username ? { username, ...(password ? { password } : {}) } : {};
  return { ok: true, settings: { host, port, ...login, tls: ssl ?? false } };
}

function whyNot(failure: Failure): string {
  if (failure.status === 400) {
    return 'The Supervisor knows no MQTT broker: install the Mosquitto broker app, or set mqtt.host to another broker.';
  }
  if (failure.status === 401 || failure.status === 403) {
    return 'The Supervisor does not let this app ask for the MQTT broker: set mqtt.host by hand.';
  }
  return `The Supervisor could not be asked for the MQTT broker: ${failure.reason}`;
}
