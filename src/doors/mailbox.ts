/** What Frigate says over MQTT, kept until somebody asks: one bounded box for each reader and topic prefix. */
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
  /** When there is a connection, or another one: until then every box is empty and nobody is connected. */
  attach(mqtt: MqttDoor): void;
}

/** Whoever asks no more has gone, or asks under another prefix now. */
const IDLE_SECONDS = 600;

/** One topic prefix, to which the broker is asked once, however many read it. */
interface Post {
  /** The last word on whether Frigate is there, over this connection: the broker tells it to nobody twice. */
  word: Letter | null;
  boxes: Map<string, Box>;
}

export function openMailbox({ clock, limits }: MailboxOptions): AttachableMailbox {
  const posts = new Map<string, Post>();
  let mqtt: MqttDoor | null = null;
  let since: number | null = null;

  const collect = (door: MqttDoor, prefix: string, post: Post) =>
    door.subscribe(topicsOf(prefix), ({ topic, payload, retained }: MqttMessage) => {
      const letter = { at: clock.now(), topic, payload, retained };
      if (topic === availableOf(prefix)) post.word = letter;
      for (const box of post.boxes.values()) box.put(letter);
    });

  const connect = () => {
    since = clock.now();
    for (const post of posts.values()) {
      post.word = null;
      for (const box of post.boxes.values()) box.forget();
    }
  };

  const postOf = (prefix: string): Post => {
    const known = posts.get(prefix);
    if (known) return known;
    const post = { word: null, boxes: new Map<string, Box>() };
    posts.set(prefix, post);
    if (mqtt) collect(mqtt, prefix, post);
    return post;
  };

  const boxOf = (reader: string, prefix: string): Box => {
    const post = postOf(prefix);
    const box = post.boxes.get(reader) ?? openBox(prefix, { ...LIMITS, ...limits }, post.word);
    post.boxes.set(reader, box);
    return box;
  };

  const dropIdle = (now: number) => {
    for (const { boxes } of posts.values())
      for (const [reader, box] of boxes) if (now - box.emptiedAt() > IDLE_SECONDS) boxes.delete(reader);
  };

  return {
    attach(door) {
      mqtt = door;
      // A connection that breaks and comes back calls this again; one that is broken says so itself.
      door.onConnect(connect);
      if (door.connected()) since = clock.now();
      for (const [prefix, post] of posts) collect(door, prefix, post);
    },
    async post(topic, payload) {
      const place = 'The MQTT broker';
      if (!isTopic(topic)) return { ok: false, kind: 'form', reason: `${JSON.stringify(topic)} is no MQTT topic.` };
      if (!mqtt?.connected()) return { ok: false, kind: 'unreachable', reason: `${place} is not connected.` };
      const isTaken = await mqtt.publish(topic, payload, { retain: false, qos: 1 });
      return isTaken ? null : { ok: false, kind: 'timeout', reason: `${place} did not acknowledge it.` };
    },
    empty(reader, prefix) {
      const now = clock.now();
      const connectedSince = mqtt?.connected() ? since : null;
      const { word, ...mail } = boxOf(reader, prefix).empty(now);
      dropIdle(now);
      const isKnown = word !== null && connectedSince !== null;
      return {
        connectedSince,
        ...mail,
        letters: isKnown ? [{ ...word, retained: true }, ...mail.letters] : mail.letters,
      };
    },
  };
}

/** Frigate documentation, "MQTT": is it there, its stats, and for each camera what its parts do and which are on. */
function topicsOf(prefix: string): readonly string[] {
  return [availableOf(prefix), `${prefix}/stats`, `${prefix}/+/status/+`, `${prefix}/+/enabled/state`];
}

/** MQTT 3.1.1, section 4.7: wildcards only where one subscribes, and what begins with `$` is the broker's own. */
function isTopic(text: string): boolean {
  return text !== '' && !/[+#\p{C}]/u.test(text) && !text.startsWith('$');
}

function availableOf(prefix: string): string {
  return `${prefix}/available`;
}

interface Box {
  put(letter: Letter): void;
  /** `word`: the last one on whether Frigate is there that left the box before, over this connection. */
  empty(now: number): Pick<Mail, 'letters' | 'dropped'> & { word: Letter | null };
  /** Another connection: what was said over the one before says nothing of now. */
  forget(): void;
  emptiedAt(): number;
}

/** Of the stats an older letter is worth nothing, so it is not counted as lost. `word` was said before it was there. */
function openBox(prefix: string, limits: MailboxLimits, word: Letter | null): Box {
  const newestOnly = `${prefix}/stats`;
  const available = availableOf(prefix);
  let letters: Letter[] = [];
  /** So many of them came over a connection that broke. */
  let outdated = 0;
  let bytes = 0;
  let dropped = 0;
  let emptiedAt = 0;
  let latest = word;
  const take = (at: number) => {
    for (const letter of letters.splice(at, 1)) {
      bytes -= sizeOf(letter);
      if (at < outdated) outdated -= 1;
      else if (letter.topic === available) latest = letter;
    }
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
    empty(now) {
      const mail = { letters, dropped, word: latest };
      latest = letters.slice(outdated).findLast(({ topic }) => topic === available) ?? latest;
      letters = [];
      outdated = 0;
      bytes = 0;
      dropped = 0;
      emptiedAt = now;
      return mail;
    },
    forget() {
      outdated = letters.length;
      latest = null;
    },
    emptiedAt: () => emptiedAt,
  };
}

function sizeOf({ topic, payload }: Letter): number {
  return Buffer.byteLength(topic) + Buffer.byteLength(payload);
}
