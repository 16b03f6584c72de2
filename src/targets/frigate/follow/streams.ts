/** What go2rtc receives of the cameras that Frigate takes through it. */
import type { Stream } from '../observe/answers.ts';
import { own } from '../own.ts';
import type { Following, KnownCameras } from './following.ts';

/** What go2rtc said of one stream. */
interface Heard {
  /** Bytes of its sources; null: they do not say. */
  bytes: number | null;
  ids: readonly string[];
}

export interface StreamsMemory {
  /** When go2rtc was last asked, with or without an answer. */
  askedAt: number | null;
  /** When it last answered, and what. */
  readAt: number | null;
  streams: Readonly<Record<string, Heard>>;
}

export const NEW_STREAMS: StreamsMemory = { askedAt: null, readAt: null, streams: {} };

/**
 * `flowing`: bytes arrive. `still`: its connection stands, somebody takes it, and nothing arrives. `idle`: there is no
 * connection; go2rtc makes one only while somebody asks. `unclear`: one look says too little. `none`: no such stream.
 */
export type Flowing = 'flowing' | 'still' | 'idle' | 'unclear' | 'none';

export interface StreamsFacts {
  /** go2rtc was ever asked. */
  isAsked: boolean;
  /** When it answered, in our clock; null: it did not in this look. */
  readAt: number | null;
  /** Why it did not, a sentence. */
  why: string | null;
  streams: Readonly<Record<string, Flowing>>;
}

/** While all cameras send frames go2rtc is asked only now and then, to have something to compare with. */
const EVERY_SECONDS = 300;

/** Due in every look while a camera behind it is silent; else seldom, and never where nothing comes through it. */
export function areStreamsDue(
  { streams, configured, cameras }: KnownCameras & { streams: StreamsMemory },
  now: number,
): boolean {
  const through = Object.entries(configured?.cameras ?? {}).filter(([, camera]) => camera.stream !== null);
  if (through.length === 0) return false;
  const isSilent = through.some(
    ([id, { enabled }]) => enabled !== false && (own(cameras, id)?.silentSince ?? null) !== null,
  );
  return isSilent || streams.askedAt === null || now - streams.askedAt >= EVERY_SECONDS;
}

export function followStreams(
  before: StreamsMemory,
  { answers, isNewRun, now }: Following,
): { memory: StreamsMemory; facts: StreamsFacts } {
  const known = isNewRun ? NEW_STREAMS : before;
  const reply = answers.streams;
  if (!reply) {
    return { memory: known, facts: { isAsked: known.askedAt !== null, readAt: null, why: null, streams: {} } };
  }
  if (!reply.ok) {
    const memory = { ...known, askedAt: now };
    return { memory, facts: { isAsked: true, readAt: null, why: reply.reason, streams: {} } };
  }
  const streams = Object.entries(reply.value);
  return {
    memory: {
      askedAt: now,
      readAt: now,
      streams: Object.fromEntries(streams.map(([name, { bytes, ids }]) => [name, { bytes, ids }])),
    },
    facts: {
      isAsked: true,
      readAt: now,
      why: null,
      streams: Object.fromEntries(
        streams.map(([name, stream]) => [name, flowOf(stream, own(known.streams, name) ?? null)]),
      ),
    },
  };
}

/** After a drop go2rtc leaves the old connection standing while it tries again: only its bytes tell. */
function flowOf({ hasConsumers, isConnected, bytes, ids }: Stream, before: Heard | null): Flowing {
  if (!isConnected) return 'idle';
  if (bytes === null || !before || before.bytes === null) return 'unclear';
  if (ids.some((id) => !before.ids.includes(id))) return bytes > 0 ? 'flowing' : 'unclear';
  if (bytes > before.bytes) return 'flowing';
  return hasConsumers ? 'still' : 'unclear';
}
