/**
 * The leader's word on MQTT that it leads. Whoever is cut off from the cluster alone, while another one took over,
 * hears it here and stops to publish. Only a word that is spoken now counts: what is retained may be a dead one's.
 */
import { z } from 'zod';
import type { MqttMessage } from '../doors/ports.ts';

/** A leader says so again after this time, and is believed for three of them. */
const REPEAT_SECONDS = 30;
const BELIEVED_SECONDS = 90;

export const claimTopic = (base: string): string => `${base}/leader`;

const CLAIM = z.object({ identity: z.string().min(1) });

export interface Claims {
  hear(message: MqttMessage, now: number): void;
  /** Another one has said lately that it leads. */
  isAnothers(now: number): boolean;
  /** The word to be said now; null: it was said a moment ago. */
  due(now: number): string | null;
  /** Nobody has heard it: it is due at once. */
  startAnew(): void;
}

export function openClaims(identity: string): Claims {
  let heardAt = Number.NEGATIVE_INFINITY;
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    hear({ payload, retained }, now) {
      const parsed = CLAIM.safeParse(jsonOf(payload));
      if (!retained && parsed.success && parsed.data.identity !== identity) heardAt = now;
    },
    isAnothers: (now) => now - heardAt < BELIEVED_SECONDS,
    due(now) {
      if (now - saidAt < REPEAT_SECONDS) return null;
      saidAt = now;
      return JSON.stringify({ identity, at: new Date(now * 1000).toISOString() });
    },
    startAnew() {
      saidAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
