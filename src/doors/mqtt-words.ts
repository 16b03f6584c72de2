/** What the log says of the MQTT broker, and why a connection ended, in words. */
import type { Log } from './ports.ts';

/** Topics whose dropped message was told, at most; a flood of them is not worth more memory. */
const TOLD_TOPICS = 100;

export interface Voice {
  up(): void;
  down(reason: string, wasUp: boolean): void;
  /** Nothing more will be said. */
  quiet(): void;
}

/** The reason where a connection that stood was ended without a word. */
export const CLOSED = 'it closed the connection';

/** Says lost and back, each once; back only when it is not one of a row of short-lived connections. */
export function openVoice(broker: string, log: Log, steadySeconds: number, onSteady: () => void): Voice {
  let said: 'nothing' | 'up' | 'down' = 'nothing';
  let steady = false;
  let shaky = false;
  let timer: NodeJS.Timeout | undefined;
  const sayUp = () => {
    if (said === 'up') return;
    log.info(said === 'down' ? `${broker} is connected again.` : `${broker} is connected.`);
    said = 'up';
  };
  return {
    up(): void {
      steady = false;
      timer = setTimeout(() => {
        steady = true;
        shaky = false;
        onSteady();
        sayUp();
      }, steadySeconds * 1000);
      if (!shaky) sayUp();
    },
    down(reason: string, wasUp: boolean): void {
      clearTimeout(timer);
      if (wasUp) shaky = !steady;
      if (said === 'down') return;
      said = 'down';
      const hint =
        wasUp && shaky && reason === CLOSED ? ' soon after it was made; another client may use the same client id' : '';
      log.warn(`${broker} is not connected: ${reason}${hint}. It is tried again and again.`);
    },
    quiet: () => clearTimeout(timer),
  };
}

export function openDropVoice(log: Log, limit: number): (topic: string, bytes: number) => void {
  const told = new Set<string>();
  return (topic, bytes) => {
    if (told.has(topic) || told.size >= TOLD_TOPICS) return;
    told.add(topic);
    log.warn(`A message of ${bytes} bytes on ${topic} was dropped: more than ${limit} bytes are not read.`);
  };
}

/** Return codes of CONNACK, MQTT 3.1.1, table 3.1. */
const RETURN_CODES: Record<number, string> = {
  1: 'it does not speak MQTT 3.1.1',
  2: 'it does not accept the client id',
  3: 'it says that it is not available',
  4: 'bad user name or password',
  5: 'bad user name or password, or this user may not connect',
  // Not on the wire: the library's own code for an answer that came twice.
  130: 'it broke the rules of MQTT',
};

const ERROR_CODES: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** Never the error's own text alone: a library may put into it what it was given. */
export function inWords(error: Error, { tls, connectSeconds }: { tls: boolean; connectSeconds: number }): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return RETURN_CODES[code] ?? `it answered with the unknown code ${code}`;
  if (error.message === 'connack timeout') return `timeout, no answer within ${connectSeconds} s`;
  if (error.message === 'Keepalive timeout') return 'timeout, it no longer answers';
  if (typeof code !== 'string') return 'it sent something that is not MQTT';
  const known = ERROR_CODES[code];
  if (known) return known;
  return tls ? `TLS failed (${code})` : `the connection failed (${code})`;
}
