/** What the ground is asked, over the facts of a Frigate. Without a cluster nobody asks. */
import { groundChecks } from '../../ground/index.ts';
import type { CheckRow } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';

export const groundRows: readonly CheckRow<SeenFacts>[] = groundChecks.map((row) => ({
  ...row,
  look: ({ ground, now }: SeenFacts) =>
    ground
      ? row.look(ground)
      : [
          {
            member: null,
            answer: 'not_observed' as const,
            detail: 'No cluster, or no namespace, is set for this Frigate.',
            at: now,
          },
        ],
}));
