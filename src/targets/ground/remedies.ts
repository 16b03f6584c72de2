/** What the ground can do for a target: restart its workload or end its pod, once that is reserved in the ledger. */
import type { Failure, KubernetesDoor, Reply } from '../../doors/ports.ts';
import type { Order, Receipt, RemedyRule } from '../../rules/types.ts';
import type { ActContext } from '../target.ts';
import { hazardsOf } from './hazards.ts';
import { reserve } from './ledger.ts';
import { readPods, readWorkload } from './objects.ts';
import { podFacts } from './pods.ts';
import { workloadFacts } from './rollout.ts';
import type { GroundFacts, GroundSettings, PodFacts, WorkloadFacts } from './types.ts';

const WORKLOAD = { seen: 'workload', optional: false } as const;
const PODS = { seen: 'pods', optional: false } as const;
/** It may be hidden for want of a cluster-wide right. */
const NODE = { seen: 'node', optional: true } as const;

/** What each helps against is the product's to say. */
export const rolloutRule: Omit<RemedyRule, 'helps'> = {
  id: 'rollout',
  proof: 'mark',
  needs: [WORKLOAD, PODS, NODE],
};

/** The owner's template stays as it is, so the new pod bears no mark of the order. */
export const deletePodRule: Omit<RemedyRule, 'helps'> = {
  id: 'delete_pod',
  proof: 'instance',
  needs: [WORKLOAD, PODS, { seen: 'pod', optional: false }, NODE],
};

export interface GroundErrand {
  order: Order;
  /** What the decision saw. */
  facts: GroundFacts;
  settings: GroundSettings;
  kubernetes: KubernetesDoor;
  context: ActContext;
}

/** Reserves, then patches. The patch holds only for the very object that the decision saw. */
export async function carryOutRollout(errand: GroundErrand): Promise<Receipt> {
  const { order, facts, settings, kubernetes, context } = errand;
  if (!facts.workload.known) return receipt(order, 'refused', `The workload was not seen: ${facts.workload.why}`);
  const { uid, resourceVersion } = facts.workload.value;
  const { kind, name } = settings.workload;
  const patch = { workload: settings.workload, restartedAt: stampOf(order.at), uid };
  return carriedOut(errand, {
    resourceVersion,
    send: (version) => kubernetes.restart({ ...patch, resourceVersion: version }, context.signal),
    again: () => versionOfSame(errand),
    failed: failedPatch,
    done: `The cluster took the restart of ${kind}/${name}.`,
  });
}

/** Reserves, then ends the one pod that was looked at; whoever owns it makes the next. */
export async function carryOutDeletion(errand: GroundErrand): Promise<Receipt> {
  const { order, facts, settings, kubernetes, context } = errand;
  const { pod } = facts;
  if (!pod) return receipt(order, 'refused', 'No living pod was seen, so there is none to delete.');
  const { name, uid, resourceVersion } = pod;
  if (resourceVersion === null) return receipt(order, 'refused', `Of the pod ${name} no resourceVersion was seen.`);
  const deletion = { namespace: settings.workload.namespace, name, uid };
  return carriedOut(errand, {
    resourceVersion,
    send: (version) => kubernetes.deletePod({ ...deletion, resourceVersion: version }, context.signal),
    again: () => versionOfSamePod(errand, pod),
    failed: failedDeletion,
    done: `The cluster took the deletion of the pod ${name}.`,
  });
}

/** Without a refusal it is reserved, or nobody may write the ledger and the Warden keeps the budget alone. */
export async function reserveFor({ order, facts, settings, kubernetes, context }: GroundErrand): Promise<{
  refusal: Receipt | null;
  detail: string;
}> {
  const { answer, detail } = await reserve({ at: order.at, known: facts.ledger, settings }, kubernetes, context);
  if (answer === 'reserved' || answer === 'store_only') return { refusal: null, detail };
  return { refusal: receipt(order, answer, detail), detail };
}

interface Act {
  /** As the decision saw it. */
  resourceVersion: string;
  send(resourceVersion: string): Promise<Reply<unknown>>;
  /** Version of the object if it is in all that matters still the one that was decided about, else null. */
  again(): Promise<string | null>;
  failed(reply: Failure): [Receipt['answer'], string];
  done: string;
}

/**
 * A resourceVersion changes with every write of the status, and a sick pod's status is written often. So a conflict is
 * looked into at once: where nothing that was decided upon has changed, it is sent again. Only the server's own check
 * excludes a change between look and act, and it knows no other precondition than this.
 */
const MOST_TRIES = 3;

async function carriedOut(errand: GroundErrand, { resourceVersion, send, again, failed, done }: Act): Promise<Receipt> {
  const { order, context } = errand;
  const { refusal, detail } = await reserveFor(errand);
  if (refusal) return refusal;
  let version = resourceVersion;
  for (let tries = 1; ; tries += 1) {
    const why = context.whyNotStill?.() ?? null;
    if (why !== null) return receipt(order, 'conflict', why);
    const reply = await send(version);
    if (reply.ok) return receipt(order, 'accepted', `${done} ${detail}`);
    const next = reply.status === 409 && tries < MOST_TRIES ? await again() : null;
    if (next === null || next === version) return receipt(order, ...failed(reply));
    version = next;
  }
}

/** The spec's generation is the same, and so is all that speaks against a rollout. */
async function versionOfSame({ facts, settings, kubernetes, context }: GroundErrand): Promise<string | null> {
  const reply = await kubernetes.workload(settings.workload, context.signal);
  const object = reply.ok ? readWorkload(reply.value) : null;
  if (!object || !facts.workload.known) return null;
  const [before, after] = [facts.workload.value, workloadFacts(settings, object)];
  const hazardsWith = (workload: WorkloadFacts) =>
    JSON.stringify(hazardsOf({ ...facts, workload: { known: true, value: workload } }, context.clock.now()));
  const isSame =
    after.uid === before.uid && after.generation === before.generation && hazardsWith(after) === hazardsWith(before);
  return isSame ? after.resourceVersion : null;
}

/** The same pod in the same run of its container, and nobody else is ending it. */
async function versionOfSamePod(errand: GroundErrand, before: PodFacts): Promise<string | null> {
  const { facts, settings, kubernetes, context } = errand;
  const selector = facts.workload.known ? facts.workload.value.selector : null;
  if (selector === null) return null;
  const reply = await kubernetes.pods(settings.workload.namespace, selector, context.signal);
  const object = reply.ok ? readPods(reply.value)?.find((one) => one.metadata.uid === before.uid) : undefined;
  if (!object) return null;
  const after = podFacts(object, settings, { skew: 0, now: context.clock.now() });
  return after.living && after.container?.start === before.container?.start ? after.resourceVersion : null;
}

/** RFC 3339, whole seconds, UTC: after a crash the pod's annotation tells whether the order was carried out. */
function stampOf(epochSeconds: number): string {
  return `${new Date(Math.floor(epochSeconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function failedPatch({ status, reason }: Failure): [Receipt['answer'], string] {
  if (status === 409 || status === 422) return ['conflict', `The workload changed since it was looked at: ${reason}`];
  return failedCall(status, reason);
}

function failedDeletion({ status, reason }: Failure): [Receipt['answer'], string] {
  if (status === 409 || status === 404) return ['conflict', `The pod changed since it was looked at: ${reason}`];
  return failedCall(status, reason);
}

function failedCall(status: number | undefined, reason: string): [Receipt['answer'], string] {
  // Surely not carried out, and it would not say so again: it is decided anew.
  if (status === 429) return ['conflict', `The cluster was too busy to take the restart: ${reason}`];
  if (status !== undefined && status >= 400 && status < 500) return ['refused', reason];
  return ['unanswered', `Whether the restart was taken is not known: ${reason}`];
}

function receipt(order: Order, answer: Receipt['answer'], detail: string): Receipt {
  return { orderId: order.id, answer, detail };
}
