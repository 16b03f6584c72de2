/** All that is asked about a Frigate, and the asking. */
import type { Finding } from '../../../rules/types.ts';
import type { CheckRow } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { type FrigateMemory, own } from '../memory.ts';
import { apiChecks } from './api.ts';
import { cameraChecks } from './cameras.ts';
import { detectorChecks } from './detector.ts';
import { groundRows } from './ground.ts';
import { lasting } from './wording.ts';

export const CHECKS: readonly CheckRow<SeenFacts>[] = [...groundRows, ...apiChecks, ...detectorChecks, ...cameraChecks];

/** After a longer gap nobody knows whether it was bad all the time. */
const GAP_SECONDS = 300;

/** Every answer, and since when the bad ones are bad. What cannot be seen now neither begins nor ends anything. */
export function judge(facts: SeenFacts): { findings: readonly Finding[]; badSince: FrigateMemory['badSince'] } {
  const kept: [string, { since: number; seenAt: number }][] = [];
  const findings = CHECKS.flatMap((row) =>
    row.look(facts).map((looked): Finding => {
      const finding = { ...looked, check: row.id };
      const key = finding.member === null ? finding.check : `${finding.check}/${finding.member}`;
      const before = own(facts.badSince, key);
      if (finding.answer === 'bad') {
        const since =
          before && facts.now - before.seenAt <= GAP_SECONDS ? Math.min(before.since, finding.at) : finding.at;
        kept.push([key, { since, seenAt: facts.now }]);
        return { ...finding, detail: lasting(finding.detail, finding.at - since) };
      }
      const isOver = finding.answer === 'not_observed' || (finding.answer === 'ok' && finding.proves !== false);
      if (before && !isOver && facts.now - before.seenAt <= GAP_SECONDS) kept.push([key, before]);
      return finding;
    }),
  );
  return { findings, badSince: Object.fromEntries(kept) };
}
