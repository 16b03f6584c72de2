/** What Frigate says over MQTT: whether it calls itself there, and how often it came and went. */
import type { MailAnswer } from '../observe/answers.ts';
import type { Configured } from '../read/configured.ts';
import type { Following } from './following.ts';

export interface MailMemory {
  /** The first part of Frigate's topics, as its configuration last said it. */
  prefix: string | null;
  /** The last word on `<prefix>/available`, and when it came; null: none since the broker is connected. */
  available: { word: string; at: number } | null;
  /** When anything but that word last came, not kept by the broker but said just then. */
  spokeAt: number | null;
  /** When it came back, newest last. */
  returns: readonly number[];
  connectedSince: number | null;
}

export const NEW_MAIL: MailMemory = { prefix: null, available: null, spokeAt: null, returns: [], connectedSince: null };

export interface MailFacts {
  /** Why nothing is known of it, a sentence; null: it is. */
  why: string | null;
  prefix: string;
  /** Frigate's last word on whether it is there: `online`, `offline`, and `stopped` from 0.18 on. */
  word: string | null;
  wordAt: number | null;
  /** Since that word it has said something else over the broker. */
  hasSpokenSince: boolean;
  /** When it came back after it was gone, within the last five minutes and within this run. */
  returns: readonly number[];
  /** Since when the broker is connected without a break; null: it is not. */
  connectedSince: number | null;
}

/** Frigate's own default. */
const PREFIX = 'frigate';
/** Coming and going is counted over this time. */
export const RETURNS_SECONDS = 300;
const MOST_RETURNS = 50;

/** The first part of Frigate's topics. */
export function mailPrefix({
  configured,
  mail,
}: {
  configured: Pick<Configured, 'mqttPrefix'> | null;
  mail: Pick<MailMemory, 'prefix'>;
}): string {
  return configured?.mqttPrefix ?? mail.prefix ?? PREFIX;
}

export function followMail(
  before: MailMemory,
  { answers, configured, run, now }: Following,
): { memory: MailMemory; facts: MailFacts } {
  const prefix = mailPrefix({ configured, mail: before });
  const connectedSince = answers.mail?.connectedSince ?? null;
  // What was heard over a connection that broke, or under another name, says nothing of now.
  const isSame = connectedSince !== null && before.connectedSince === connectedSince && before.prefix === prefix;
  const known = isSame ? before : NEW_MAIL;
  const memory = { ...readLetters(known, answers.mail, prefix), prefix, connectedSince };
  // Frigate's own restart takes it off the broker as well.
  const from = Math.max(now - RETURNS_SECONDS, run.startedAt ?? Number.NEGATIVE_INFINITY);
  const { available, spokeAt } = memory;
  memory.returns = memory.returns.filter((at) => at >= now - RETURNS_SECONDS).slice(-MOST_RETURNS);
  return {
    memory,
    facts: {
      why:
        configured?.mqttEnabled === false
          ? "MQTT is switched off in Frigate's configuration."
          : blindness(answers.mail, memory),
      prefix,
      word: available?.word ?? null,
      wordAt: available?.at ?? null,
      hasSpokenSince: available !== null && spokeAt !== null && spokeAt > available.at,
      returns: memory.returns.filter((at) => at >= from),
      connectedSince,
    },
  };
}

function readLetters(before: MailMemory, mail: MailAnswer | null, prefix: string): MailMemory {
  let { available, spokeAt } = before;
  const returns = [...before.returns];
  for (const { at, topic, payload, retained } of mail?.letters ?? []) {
    if (topic === `${prefix}/available`) {
      const word = payload.trim().toLowerCase();
      if (available && isGone(available.word) && word === 'online') returns.push(at);
      if (available?.word !== word) available = { word, at };
    } else if (!retained && topic.startsWith(`${prefix}/`)) {
      spokeAt = at;
    }
  }
  return { ...before, available, spokeAt, returns };
}

/** The broker says `offline` for a Frigate that it lost; from 0.18 on Frigate says `stopped` when it leaves. */
export function isGone(word: string): boolean {
  return word === 'offline' || word === 'stopped';
}

function blindness(mail: MailAnswer | null, { available, spokeAt, prefix }: MailMemory): string | null {
  if (!mail) return 'No MQTT broker is set.';
  if (mail.connectedSince === null) return 'The MQTT broker is not connected.';
  if (available === null && spokeAt === null) return `Nothing was heard of ${prefix}/ at the broker.`;
  return available === null ? `Nothing was heard at ${prefix}/available.` : null;
}
