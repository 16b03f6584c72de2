/** TABLE: what may cure a Frigate, and how it is carried out. */
import type { Doors } from '../../doors/ports.ts';
import type { Order, Receipt, RemedyRule } from '../../rules/types.ts';
import { carryOutRollout, rolloutRule } from '../ground/remedies.ts';
import type { LookContext } from '../target.ts';
import type { FrigateFacts } from './facts.ts';
import type { FrigateSettings } from './settings.ts';

export interface Errand {
  order: Order;
  facts: FrigateFacts;
  settings: FrigateSettings;
  doors: Doors;
  context: LookContext;
}

export interface RemedyRow extends RemedyRule {
  run(errand: Errand): Promise<Receipt>;
}

export const REMEDIES: readonly RemedyRow[] = [
  {
    ...rolloutRule,
    helps: {
      api: 'cures',
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
    },
    run: async ({ order, facts, settings, doors, context }) => {
      if (!settings.ground || !facts.ground || !doors.kubernetes) {
        return refused(order, 'No cluster, or no namespace, is set for this Frigate, so nothing can be restarted.');
      }
      return carryOutRollout({
        order,
        facts: facts.ground,
        settings: settings.ground,
        kubernetes: doors.kubernetes,
        context,
      });
    },
  },
];

/** The ladder of the options, as far as it can be carried out. */
export function remediesOf({ remedies, ground }: FrigateSettings): readonly RemedyRow[] {
  if (!ground) return [];
  return remedies.flatMap((id) => REMEDIES.filter((row) => row.id === id));
}

/** An order is for one row of the table; one that is not in the ladder is not carried out. */
export async function carryOut(errand: Errand): Promise<Receipt> {
  const row = remediesOf(errand.settings).find(({ id }) => id === errand.order.remedy);
  return row ? row.run(errand) : refused(errand.order, `The remedy ${errand.order.remedy} cannot be carried out here.`);
}

function refused(order: Order, detail: string): Receipt {
  return { orderId: order.id, answer: 'refused', detail };
}
