/** What the ground can do for a target: restart its workload, once it is reserved in the shared ledger. */
import type { Failure, KubernetesDoor } from '../../doors/ports.ts';
import type { Order, Receipt, RemedyRule } from '../../rules/types.ts';
import type { LookContext } from '../target.ts';
import { reserve } from './ledger.ts';
import type { GroundFacts, GroundSettings } from './types.ts';

/** What it helps against is the product's to say. The node may be hidden for want of a cluster-wide right. */
export const rolloutRule: Omit<RemedyRule, 'helps'> = {
  id: 'rollout',
  needs: [
    { seen: 'workload', optional: false },
    { seen: 'pods', optional: false },
    { seen: 'node', optional: true },
  ],
};

interface RolloutErrand {
  order: Order;
  /** What the decision saw. */
  facts: GroundFacts;
  settings: GroundSettings;
  kubernetes: KubernetesDoor;
  context: LookContext;
}

/** Reserves, then patches. The patch holds only for the very object that the decision saw. */
export async function carryOutRollout({
  order,
  facts,
  settings,
  kubernetes,
  context,
}: RolloutErrand): Promise<Receipt> {
  const { workload } = facts;
  if (!workload.known) return receipt(order, 'refused', `The workload was not seen: ${workload.why}`);
  const reserved = await reserve({ at: order.at, known: facts.ledger, settings }, kubernetes, context);
  if (reserved.answer !== 'reserved' && reserved.answer !== 'store_only') {
    return receipt(order, reserved.answer, reserved.detail);
  }
  const { uid, resourceVersion } = workload.value;
  const patch = { workload: settings.workload, restartedAt: stampOf(order.at), uid, resourceVersion };
  const reply = await kubernetes.restart(patch, context.signal);
  if (!reply.ok) return receipt(order, ...failed(reply));
  const { kind, name } = settings.workload;
  return receipt(order, 'accepted', `The cluster took the restart of ${kind}/${name}. ${reserved.detail}`);
}

/** RFC 3339, whole seconds, UTC: after a crash the pod's annotation tells whether the order was carried out. */
function stampOf(epochSeconds: number): string {
  return `${new Date(Math.floor(epochSeconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function failed({ status, reason }: Failure): [Receipt['answer'], string] {
  if (status === 409 || status === 422) return ['conflict', `The workload changed since it was looked at: ${reason}`];
  // Surely not carried out, and it would not say so again: it is decided anew.
  if (status === 429) return ['conflict', `The cluster was too busy to take the restart: ${reason}`];
  if (status !== undefined && status >= 400 && status < 500) return ['refused', reason];
  return ['unanswered', `Whether the restart was taken is not known: ${reason}`];
}

function receipt(order: Order, answer: Receipt['answer'], detail: string): Receipt {
  return { orderId: order.id, answer, detail };
}
