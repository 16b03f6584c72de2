/**
 * What is asked of the cluster only now and then: the list of its nodes, and who scales workloads. Both are large or
 * change seldom, so the last answer stands for a while, with its age. Pure.
 */
import type { Circumstance } from '../../rules/types.ts';
import { type AutoscalerObject, readAutoscalers, readNodes } from './objects.ts';
import { fitting, type Place, placeOf, type Wants, whyNone } from './placement.ts';
import { hidden, sightOf } from './sight.ts';
import type { Asked, GroundMemory, GroundSettings, PlacesMemory, ScalersMemory } from './types.ts';

/** A hundred instances then ask ten times a minute, all together. */
const SELDOM_SECONDS = 600;
/** While something is bad a restart may come: the order must rest on what was true a minute ago. */
const NEAR_SECONDS = 60;
/** So long the last answer counts where no new one comes. */
const STANDING_SECONDS = 3 * SELDOM_SECONDS;
/** Two names tell that there is another one than the pod's own. */
const MOST_KEPT = 2;

/** Is it time to ask for nodes and scalers again? */
export function areSeldomDue(memory: GroundMemory | null, now: number): { places: boolean; scalers: boolean } {
  const wait = memory?.isRestartNear ? NEAR_SECONDS : SELDOM_SECONDS;
  const isDue = (before: { askedAt: number } | null | undefined) => !before || now - before.askedAt >= wait;
  return { places: isDue(memory?.places) || memory?.places?.isDoubted === true, scalers: isDue(memory?.scalers) };
}

interface Placing {
  wants: Wants | null;
  /** The node of the pod, as this look shows it; null: it was not seen. */
  current: Place | null;
  /** Null: not asked in this look. */
  asked: Asked | null;
  seenAt: number | undefined;
  now: number;
}

/** Why a new pod would find no node, a sentence; null: one would take it. */
export function followPlaces(
  before: PlacesMemory | null,
  { wants, current, asked, seenAt, now }: Placing,
): { memory: PlacesMemory | null; facts: Circumstance<string | null> } {
  if (!wants) return { memory: before, facts: hidden(false, UNREAD) };
  const text = JSON.stringify(wants);
  const kept = before?.wants === text && now - before.askedAt < STANDING_SECONDS ? before : null;
  const known = asked ? remember(asked, wants, { seenAt, kept }) : kept;
  const facts = judge(known, wants, current);
  // Where its own node has just changed, the others must be looked at before anything is said of them.
  const isDoubted =
    asked === null &&
    known !== null &&
    known.why === null &&
    current !== null &&
    fitting([current], wants).length === 0 &&
    !known.fits.some((name) => name !== current.name);
  return { memory: known && { ...known, isDoubted }, facts };
}

const UNREAD = '';

function remember(
  asked: Asked,
  wants: Wants,
  { seenAt, kept }: { seenAt: number | undefined; kept: PlacesMemory | null },
): PlacesMemory {
  const sight = sightOf(asked, { right: 'list nodes', what: 'The list of nodes', read: readNodes }, seenAt);
  const base = { askedAt: asked.at, wants: JSON.stringify(wants), isDoubted: false };
  if (!sight.known) {
    // What one call could not bring stands as it was.
    return sight.asked && kept ? { ...kept, askedAt: asked.at } : { ...base, fits: [], why: null, unseen: sight };
  }
  const places = sight.value.items.map(placeOf);
  const fits = fitting(places, wants).map(({ name }) => name);
  if (fits.length === 0 && !sight.value.isWhole) {
    const why = `The cluster has more than ${places.length} nodes, so whether one would take a new pod is not judged.`;
    return { ...base, fits: [], why: null, unseen: hidden(false, why) };
  }
  const why = fits.length > 0 ? null : whyNone(places, wants);
  return { ...base, fits: fits.slice(0, MOST_KEPT), why, unseen: null };
}

function judge(known: PlacesMemory | null, wants: Wants, current: Place | null): Circumstance<string | null> {
  const isHere = current !== null && fitting([current], wants).length > 0;
  if (isHere) return { known: true, value: null };
  if (known && !known.unseen) {
    const others = known.fits.filter((name) => name !== current?.name);
    if (others.length > 0) return { known: true, value: null };
    if (known.why !== null) return { known: true, value: `A new pod would find no node: ${known.why}.` };
    if (current === null) return { known: true, value: null };
  }
  // Its own node says enough to be careful, whoever else there may be.
  if (current !== null) {
    const rest = known?.unseen ? ', and the others cannot be seen' : '';
    return { known: true, value: `A new pod would find no node: ${ownWords(current, wants)}${rest}.` };
  }
  return known?.unseen ?? hidden(false, UNREAD);
}

/** The same words for one node alone. */
function ownWords(current: Place, wants: Wants): string {
  const why = whyNone([current], wants);
  return why.startsWith('none has') ? `its own node ${current.name}${why.replace('none has', ' has not')}` : why;
}

interface Scaling {
  workload: GroundSettings['workload'];
  asked: Asked | null;
  seenAt: number | undefined;
  now: number;
}

/** Who may run more than one pod of the workload, a sentence; null: nobody. */
export function followScalers(
  before: ScalersMemory | null,
  { workload, asked, seenAt, now }: Scaling,
): { memory: ScalersMemory | null; facts: Circumstance<string | null> } {
  const kept = before && now - before.askedAt < STANDING_SECONDS ? before : null;
  const memory = asked ? rememberScalers(asked, workload, { seenAt, kept }) : kept;
  return { memory, facts: memory?.said ?? hidden(false, UNREAD) };
}

function rememberScalers(
  asked: Asked,
  workload: GroundSettings['workload'],
  { seenAt, kept }: { seenAt: number | undefined; kept: ScalersMemory | null },
): ScalersMemory {
  const what = `The list of autoscalers in the namespace ${workload.namespace}`;
  const right = 'list horizontalpodautoscalers';
  const sight = sightOf(asked, { right, what, read: readAutoscalers, absent: [] }, seenAt);
  if (!sight.known) return sight.asked && kept ? { ...kept, askedAt: asked.at } : { askedAt: asked.at, said: sight };
  const scaler = sight.value.find((one) => scales(one, workload));
  if (!scaler) return { askedAt: asked.at, said: { known: true, value: null } };
  const value =
    `The autoscaler ${scaler.metadata.name} may run up to ${scaler.spec.maxReplicas} pods of it: ` +
    'a restart could meet a second one. Set its maxReplicas to 1, or take it away.';
  return { askedAt: asked.at, said: { known: true, value } };
}

function scales({ spec }: AutoscalerObject, { kind, name }: GroundSettings['workload']): boolean {
  const { kind: targetKind = '', name: target } = spec.scaleTargetRef;
  return targetKind.toLowerCase() === kind && target === name && (spec.maxReplicas ?? 0) > 1;
}
