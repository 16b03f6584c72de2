/** What Frigate says over MQTT, kept until somebody asks: one bounded box for each topic prefix. */
import type { Clock, Letter, Mail, MailboxDoor, MqttDoor, MqttMessage } from './ports.ts';

/** What one box holds at most. */
export interface MailboxLimits {
  letters: number;
  bytes: number;
}

export interface MailboxOptions {
  clock: Clock;
  limits?: Partial<MailboxLimits>;
}

/** Four topics a camera: after a reconnect 64 of them tell 258 letters at once, their stats among them. */
const LIMITS: MailboxLimits = { letters: 500, bytes: 2 * 1024 * 1024 };

export interface AttachableMailbox extends MailboxDoor {
  /** Once, when there is a broker: until then every box is empty and nobody is connected. */
  attach(mqtt: MqttDoor): void;
}

export function openMailbox({ clock, limits }: MailboxOptions): AttachableMailbox {
  const boxes = new Map<string, Box>();
  let mqtt: MqttDoor | null = null;
  let since: number | null = null;

  const collect = (door: MqttDoor, prefix: string, box: Box) =>
    door.subscribe(topicsOf(prefix), ({ topic, payload, retained }: MqttMessage) =>
      box.put({ at: clock.now(), topic, payload, retained }),
    );

  return {
    attach(door) {
      mqtt = door;
      // A connection that breaks and comes back calls this again; one that is broken says so itself.
      door.onConnect(() => {
        since = clock.now();
      });
      if (door.connected()) since = clock.now();
      for (const [prefix, box] of boxes) collect(door, prefix, box);
    },
    empty(prefix) {
      let box = boxes.get(prefix);
      if (!box) {
        box = openBox(`${prefix}/stats`, { ...LIMITS, ...limits });
        boxes.set(prefix, box);
        if (mqtt) collect(mqtt, prefix, box);
      }
      return { connectedSince: mqtt?.connected() ? since : null, ...box.empty() };
    },
  };
}

/** Frigate documentation, "MQTT": is it there, its stats, and for each camera what its parts do and which are on. */
function topicsOf(prefix: string): readonly string[] {
  return [`${prefix}/available`, `${prefix}/stats`, `${prefix}/+/status/+`, `${prefix}/+/enabled/state`];
}

interface Box {
  put(letter: Letter): void;
  empty(): Pick<Mail, 'letters' | 'dropped'>;
}

/** Of `newestOnly` an older letter is worth nothing, so it is not counted as lost. */
function openBox(newestOnly: string, limits: MailboxLimits): Box {
  let letters: Letter[] = [];
  let bytes = 0;
  let dropped = 0;
  const take = (at: number) => {
    for (const letter of letters.splice(at, 1)) bytes -= sizeOf(letter);
  };
  return {
    put(letter) {
      if (letter.topic === newestOnly) {
        const older = letters.findIndex(({ topic }) => topic === newestOnly);
        if (older >= 0) take(older);
      }
      letters.push(letter);
      bytes += sizeOf(letter);
      while (letters.length > limits.letters || bytes > limits.bytes) {
        take(0);
        dropped += 1;
      }
    },
    empty() {
      const mail = { letters, dropped };
      letters = [];
      bytes = 0;
      dropped = 0;
      return mail;
    },
  };
}

function sizeOf({ topic, payload }: Letter): number {
  return Buffer.byteLength(topic) + Buffer.byteLength(payload);
}
