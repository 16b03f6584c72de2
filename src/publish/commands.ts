/** What a person asked for over MQTT: a command message becomes a wish, or one sentence that says what is wrong. */
import { z } from 'zod';
import type { MqttMessage } from '../doors/ports.ts';
import type { Wish } from '../rules/types.ts';

export type Command = { ok: true; target: string; wish: Wish } | { ok: false; sentence: string };

/** MQTT does not say who pressed; whoever may use the broker may. Read in "… asked for it". */
const BY = 'Home Assistant';

const REASON_LENGTH = 200;
const SNOOZE_MINUTES = 60;
const MOST_MINUTES = 7 * 24 * 60;

type Reading = Wish | string;

const REASON = z.object({ reason: z.string().nullish() });
const INCIDENT = z.object({
  incident_id: z.string().min(1).max(200).nullish(),
  minutes: z.number().positive().max(MOST_MINUTES).nullish(),
});

const PRESS = 'PRESS, or JSON like {"reason": "after a camera firmware update"}';
const SWITCH = 'ON or OFF';
const QUIET = 'PRESS, or JSON like {"incident_id": "…", "minutes": 60}';

const KEYS: Readonly<Record<string, (payload: string) => Reading>> = {
  restart: (payload) => restart('restart', payload),
  force_restart: (payload) => restart('force_restart', payload),
  check_now: (payload) => pressed({ kind: 'check_now', by: BY }, payload),
  reset_breaker: (payload) => pressed({ kind: 'reset_breaker', by: BY }, payload),
  test_alert: (payload) => pressed({ kind: 'test_alert', by: BY }, payload),
  acknowledge: (payload) => quiet(payload, (incidentId) => ({ kind: 'acknowledge', by: BY, incidentId })),
  snooze: (payload) =>
    quiet(payload, (incidentId, minutes) => ({
      kind: 'snooze',
      by: BY,
      incidentId,
      minutes: minutes ?? SNOOZE_MINUTES,
    })),
  automatic_restarts: (payload) => switched('automatic_restarts', payload),
  maintenance: (payload) => switched('maintenance', payload),
};

/** What the Warden subscribes to for commands. */
export const commandFilter = (base: string): string => `${base}/+/+/set`;

/** `<base>/<instance>/<key>/set`. */
export function readCommand(
  { topic, payload, retained }: MqttMessage,
  base: string,
  targets: readonly string[],
): Command {
  const [target = '', key = ''] = topic.slice(base.length + 1).split('/');
  if (retained) {
    return no(`The retained message on ${topic} was ignored: a command must not be retained, or it would come again.`);
  }
  if (!targets.includes(target)) {
    return no(`The command on ${topic} was ignored: there is no "${target}"; there is ${targets.join(', ')}.`);
  }
  const read = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (!read) {
    return no(`The command on ${topic} was ignored: there is no "${key}"; there is ${Object.keys(KEYS).join(', ')}.`);
  }
  const reading = read(payload.trim());
  if (typeof reading === 'string') return no(`The command on ${topic} was ignored: its payload must be ${reading}.`);
  return { ok: true, target, wish: reading };
}

function no(sentence: string): Command {
  return { ok: false, sentence };
}

function restart(kind: 'restart' | 'force_restart', payload: string): Reading {
  if (payload === 'PRESS') return { kind, by: BY, reason: null };
  const parsed = REASON.safeParse(jsonOf(payload));
  return parsed.success ? { kind, by: BY, reason: oneLine(parsed.data.reason) } : PRESS;
}

function pressed(wish: Wish, payload: string): Reading {
  return payload === 'PRESS' || REASON.safeParse(jsonOf(payload)).success ? wish : PRESS;
}

function quiet(payload: string, wish: (incidentId: string | null, minutes: number | null) => Wish): Reading {
  if (payload === 'PRESS') return wish(null, null);
  const parsed = INCIDENT.safeParse(jsonOf(payload));
  return parsed.success ? wish(parsed.data.incident_id ?? null, parsed.data.minutes ?? null) : QUIET;
}

function switched(kind: 'automatic_restarts' | 'maintenance', payload: string): Reading {
  if (payload !== 'ON' && payload !== 'OFF') return SWITCH;
  return { kind, by: BY, on: payload === 'ON' };
}

/** A reason is shown in logs and messages: one line, not endless. */
function oneLine(reason: string | null | undefined): string | null {
  const line =
    reason
      ?.replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, REASON_LENGTH) ?? '';
  return line === '' ? null : line;
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
