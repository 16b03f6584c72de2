/** TABLE: what may cure a Frigate, and how it is carried out. */
import type { Order, Receipt, RemedyRule } from '../../rules/types.ts';
import {
  carryOutDeletion,
  carryOutRollout,
  deletePodRule,
  type GroundErrand,
  rolloutRule,
} from '../ground/remedies.ts';
import { carryOutInPlace, type Errand, inPlaceRule } from './in-place.ts';
import type { FrigateSettings } from './settings.ts';

export interface RemedyRow extends RemedyRule {
  /** It goes through the cluster. */
  needsGround: boolean;
  run(errand: Errand): Promise<Receipt>;
}

/** What any new run of Frigate helps against, if it still answers. */
const HELPS: RemedyRule['helps'] = {
  stats_fresh: 'cures',
  detector_stuck: 'cures',
  detector_gone: 'cures',
  detector_queue: 'cures',
  detector_speed: 'may',
  detector_errors: 'may',
  process_dead: 'cures',
  process_hung: 'cures',
  cameras: 'cures',
  recording_backlog: 'cures',
  recording_stopped: 'cures',
};

export const REMEDIES: readonly RemedyRow[] = [
  {
    ...rolloutRule,
    helps: { api: 'cures', ...HELPS },
    needsGround: true,
    run: (errand) => onGround(errand, carryOutRollout),
  },
  {
    ...deletePodRule,
    helps: { api: 'cures', ...HELPS },
    needsGround: true,
    run: (errand) => onGround(errand, carryOutDeletion),
  },
  // Who does not answer cannot be asked to restart.
  { ...inPlaceRule, helps: HELPS, needsGround: false, run: carryOutInPlace },
];

async function onGround(
  { order, facts, settings, doors, context }: Errand,
  carryOutThere: (errand: GroundErrand) => Promise<Receipt>,
): Promise<Receipt> {
  if (!settings.ground || !facts.ground || !doors.kubernetes) {
    return refused(order, 'No cluster, or no namespace, is set for this Frigate, so nothing can be restarted.');
  }
  const { ground } = settings;
  return carryOutThere({ order, facts: facts.ground, settings: ground, kubernetes: doors.kubernetes, context });
}

/** The ladder of the options, as far as it can be carried out. Without a cluster nobody is known to start it again. */
export function remediesOf({ remedies, ground }: FrigateSettings): readonly RemedyRow[] {
  const rows = remedies.flatMap((id) => REMEDIES.filter((row) => row.id === id));
  if (ground) return rows;
  return rows.filter((row) => !row.needsGround).map((row) => ({ ...row, needsRevival: true }));
}

/** An order is for one row of the table; one that is not in the ladder is not carried out. */
export async function carryOut(errand: Errand): Promise<Receipt> {
  const row = remediesOf(errand.settings).find(({ id }) => id === errand.order.remedy);
  return row ? row.run(errand) : refused(errand.order, `The remedy ${errand.order.remedy} cannot be carried out here.`);
}

function refused(order: Order, detail: string): Receipt {
  return { orderId: order.id, answer: 'refused', detail };
}
