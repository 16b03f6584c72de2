/** TABLE: does Frigate reach its MQTT broker, and as itself alone? */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { isGone, RETURNS_SECONDS } from '../follow/mail.ts';
import { whenSettled } from './aftermath.ts';
import { duration, LASTING } from './wording.ts';

export const brokerChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'frigate_mqtt',
    layer: 'broker',
    severity: 'degraded',
    forSeconds: 120,
    clearSeconds: 60,
    name: 'Frigate off the broker',
    nextSteps: [
      'Look for "Unable to connect to MQTT server" or "MQTT disconnected" in Frigate\'s log.',
      "Look at host, user and password under mqtt in Frigate's configuration: a changed password shows only now.",
      'Look whether the broker refuses it: its log, its limits of connections, its access rules.',
    ],
    runbook:
      "Frigate's API answers, but at the broker it is marked as gone, so Home Assistant shows all of it as " +
      'unavailable: no events, no notifications. Frigate connects again by itself when it can, so most often the ' +
      'broker refuses it. Detection and recording go on; a restart of Frigate seldom helps and is not ordered.',
    look: (facts) => [whenSettled(facts, lookAvailable(facts))],
  },
  {
    id: 'mqtt_client_id',
    layer: 'broker',
    severity: 'degraded',
    forSeconds: 120,
    clearSeconds: 300,
    name: 'Frigate comes and goes at the broker',
    nextSteps: [
      'Look whether two Frigates run with one mqtt.client_id, e.g. an old pod beside the new one, or a test instance.',
      'Give each instance a client_id and a topic_prefix of its own.',
      'When there is only one, look at the network between Frigate and the broker.',
    ],
    runbook:
      'Frigate was marked gone and back several times within five minutes though it did not restart. A broker lets ' +
      'only one client of a name in: two Frigates with one mqtt.client_id throw each other out for ever. Home ' +
      'Assistant sees everything flicker. Only the configuration cures it; a restart makes two of them fight again.',
    look: (facts) => [whenSettled(facts, lookReturns(facts))],
  },
];

/** So often it comes back within five minutes only if somebody throws it out. */
const MOST_RETURNS = 2;

type Say = (answer: LookedFinding['answer'], detail: string) => LookedFinding;

function sayer({ now }: SeenFacts): Say {
  return (answer, detail) => ({ member: null, answer, detail, at: now });
}

function lookAvailable(facts: SeenFacts): LookedFinding {
  const { mail, api, blindness } = facts;
  const say = sayer(facts);
  const topic = `${mail.prefix}/available`;
  if (mail.why !== null || mail.connectedSince === null)
    return say('not_observed', mail.why ?? 'The MQTT broker is not connected.');
  if (mail.word === null || !isGone(mail.word)) return say('ok', 'Frigate is there at the broker.');
  if (!api.isAsked) return say('not_observed', blindness);
  if (!api.hasStats)
    return say('unknown', `Frigate is gone from the broker, and its API says nothing either: ${blindness}`);
  if (mail.hasSpokenSince) {
    return { ...say('ok', `${topic} says ${mail.word}, yet Frigate still speaks at the broker.`), proves: false };
  }
  return {
    ...say(
      'bad',
      `Frigate's API answers, but Frigate has been off the MQTT broker${LASTING}: Home Assistant gets no news of it.`,
    ),
    evidence: [`${topic} is ${mail.word}`],
  };
}

function lookReturns(facts: SeenFacts): LookedFinding {
  const { mail, now } = facts;
  const say = sayer(facts);
  const threshold = `over ${MOST_RETURNS} returns in ${duration(RETURNS_SECONDS)}`;
  if (mail.why !== null || mail.connectedSince === null)
    return say('not_observed', mail.why ?? 'The MQTT broker is not connected.');
  const { returns } = mail;
  if (returns.length > MOST_RETURNS) {
    return {
      ...say(
        'bad',
        `Frigate has dropped off the MQTT broker and come back, again and again${LASTING}: two may share a client_id.`,
      ),
      threshold,
      evidence: [`${mail.prefix}/available came back ${returns.length} times in ${duration(RETURNS_SECONDS)}`],
    };
  }
  // Whoever listens for less long than is counted over has not seen it well.
  const isShort = now - mail.connectedSince < RETURNS_SECONDS;
  return { ...say('ok', 'Frigate stays at the broker.'), threshold, ...(isShort ? { proves: false as const } : {}) };
}
