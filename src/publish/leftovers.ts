/** What an earlier run left on the broker: told apart from what others have there. Pure. */
import { z } from 'zod';
import { availabilityTopic, ORIGIN_NAME, statusTopic } from './discovery.ts';
import { OBJECT_PREFIX } from './identity.ts';

/** A retained device message that this Warden published once. */
export interface Leftover {
  /** The instance that it belongs to; null for a hub. */
  instance: string | null;
  stateTopic: string | null;
  /** Component id to platform. */
  components: ReadonlyMap<string, string>;
}

const OURS = z.object({
  origin: z.object({ name: z.literal(ORIGIN_NAME) }),
  availability: z.array(z.object({ topic: z.string() })).min(1),
  state_topic: z.string().optional(),
  components: z.record(z.string(), z.object({ platform: z.string() })),
});

/** Null: it is not ours. Another Warden's has our origin, but another base topic. */
export function readLeftover(objectId: string, payload: string, base: string): Leftover | null {
  if (objectId !== OBJECT_PREFIX && !objectId.startsWith(`${OBJECT_PREFIX}_`)) return null;
  const parsed = OURS.safeParse(jsonOf(payload));
  if (!parsed.success) return null;
  const { availability, state_topic: stateTopic, components } = parsed.data;
  const [status, own] = availability.map(({ topic }) => topic);
  if (status !== statusTopic(base)) return null;
  const instance = own?.slice(base.length + 1).split('/')[0] ?? null;
  if (instance !== null && own !== availabilityTopic(base, instance)) return null;
  return {
    instance,
    stateTopic: stateTopic?.startsWith(`${base}/`) ? stateTopic : null,
    components: new Map(Object.entries(components).map(([key, { platform }]) => [key, platform])),
  };
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
