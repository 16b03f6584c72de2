/** Whether the address of a camera answers at all: whose is knocked at, and who has answered before. */

import type { FrigateAnswers } from '../observe/answers.ts';
import { own } from '../own.ts';
import type { Address } from '../read/addresses.ts';
import { isReplay } from '../read/stats.ts';
import { leastFpsOf, targetFpsOf } from './figures.ts';
import type { Following, KnownCameras } from './following.ts';

/** What knocking at a camera's address brought. */
interface Knocked {
  /** Host and port; null: the configuration did not say it. */
  address: string | null;
  askedAt: number;
  answers: boolean;
  /** Why it does not, a sentence. */
  reason: string | null;
  /** It has answered at this address before. */
  hasAnswered: boolean;
  /** It was silent to us while frames came from it: there is no way from here to there, and silence says nothing. */
  isBarred: boolean;
}

export interface ReachMemory {
  cameras: Readonly<Record<string, Knocked>>;
}

export const NEW_REACH: ReachMemory = { cameras: {} };

export interface ReachFacts {
  /** Somebody knocks. */
  isAsked: boolean;
  /** Whether its address answers; null: nobody looked lately. */
  cameras: Readonly<Record<string, boolean | null>>;
  details: Readonly<Record<string, Knocked>>;
}

/** A camera that sends frames is knocked at so seldom, and so many of those in one look. */
const EVERY_SECONDS = 600;
const AT_ONCE = 8;
/** Older than this, what knocking brought says nothing of now. */
const LATELY_SECONDS = 120;

/**
 * Addresses to knock at in this look: of silent cameras all, for whether many fell at once must be known before they
 * are blamed on Frigate; of the others now and then, longest ago first.
 */
export function addressesToAsk(
  { reach, configured, cameras }: KnownCameras & { reach: ReachMemory },
  now: number,
): readonly ({ camera: string } & Address)[] {
  const askedAt = (id: string) => own(reach.cameras, id)?.askedAt ?? Number.NEGATIVE_INFINITY;
  const isSilent = (id: string) => (own(cameras, id)?.silentSince ?? null) !== null;
  const places = Object.entries(configured?.cameras ?? {})
    .filter(([id, { enabled, enabledInFile }]) => !isReplay(id) && enabled !== false && enabledInFile !== false)
    .flatMap(([id, { address }]) => (address ? [{ camera: id, ...address }] : []));
  const others = places
    .filter(({ camera }) => !isSilent(camera) && now - askedAt(camera) >= EVERY_SECONDS)
    .toSorted((a, b) => askedAt(a.camera) - askedAt(b.camera));
  return [...places.filter(({ camera }) => isSilent(camera)), ...others.slice(0, AT_ONCE)];
}

export function followReach(before: ReachMemory, following: Following): { memory: ReachMemory; facts: ReachFacts } {
  const { answers, configured, now } = following;
  const kept = Object.entries(before.cameras).filter(
    ([id]) => !configured || own(configured.cameras, id) !== undefined,
  );
  const knocked = Object.entries(answers.reach).flatMap(([id, answer]) => {
    const one = knock(own(before.cameras, id) ?? null, id, answer, following);
    return one ? [[id, one] as const] : [];
  });
  const cameras = Object.fromEntries([...kept, ...knocked]);
  const lately = Object.entries(cameras).map(([id, { askedAt, answers: does }]) => [
    id,
    now - askedAt <= LATELY_SECONDS ? does : null,
  ]);
  return {
    memory: { cameras },
    facts: { isAsked: Object.keys(cameras).length > 0, cameras: Object.fromEntries(lately), details: cameras },
  };
}

/** Null: it was our own end that failed, so nothing was learned. */
function knock(
  before: Knocked | null,
  id: string,
  answer: FrigateAnswers['reach'][string],
  { configured, stats, settings, now }: Following,
): Knocked | null {
  if (answer !== 'ok' && answer.kind === 'aborted') return null;
  const set = configured && own(configured.cameras, id);
  const place = set?.address ?? null;
  const address = place && `${place.host}:${place.port}`;
  // Where the configuration cannot be read it is the same place as before.
  const isSame = before !== null && (address === null || before.address === null || before.address === address);
  const does = answer === 'ok';
  const camera = stats?.cameras?.find((one) => one.id === id) ?? null;
  const hasFrames = (camera?.cameraFps ?? 0) >= leastFpsOf(targetFpsOf(camera, set), settings.limits);
  return {
    address: address ?? before?.address ?? null,
    askedAt: now,
    answers: does,
    reason: answer === 'ok' ? null : answer.reason,
    hasAnswered: does || (isSame && before.hasAnswered),
    isBarred: !does && (hasFrames || (isSame && before.isBarred)),
  };
}
