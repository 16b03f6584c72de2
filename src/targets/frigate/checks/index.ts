/** All that is asked about a Frigate, and the asking. */
import type { Finding } from '../../../rules/types.ts';
import type { CheckRow } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import type { FrigateMemory } from '../memory.ts';
import { own } from '../own.ts';
import { apiChecks } from './api.ts';
import { brokerChecks } from './broker.ts';
import { cameraChecks } from './cameras.ts';
import { detectorChecks } from './detector.ts';
import { detectorLogChecks } from './detector-log.ts';
import { detectorErrors, detectorFlapping } from './detector-wear.ts';
import { frigateLogChecks } from './frigate.ts';
import { groundRows } from './ground.ts';
import { networkChecks } from './network.ts';
import { processChecks } from './processes.ts';
import { recordingChecks } from './recording.ts';
import { storageChecks } from './storage.ts';
import { lasting } from './wording.ts';

/** Inside one layer the order of the table decides which of several faults is the cause. */
export const CHECKS: readonly CheckRow<SeenFacts>[] = [
  ...groundRows,
  ...apiChecks,
  ...storageChecks,
  ...detectorLogChecks,
  ...detectorChecks,
  detectorErrors,
  detectorFlapping,
  ...processChecks,
  ...frigateLogChecks,
  ...cameraChecks,
  ...recordingChecks,
  ...networkChecks,
  ...brokerChecks,
];

/** After a longer gap nobody knows whether it was bad all the time. */
const GAP_SECONDS = 300;

/** Every answer, and since when the bad ones are bad. What cannot be seen now neither begins nor ends anything. */
export function judge(facts: SeenFacts): { findings: readonly Finding[]; badSince: FrigateMemory['badSince'] } {
  const { now, badSince } = facts;
  const wasBad = Object.keys(badSince).length > 0;
  const kept: [string, { since: number; seenAt: number }][] = [];
  const findings: Finding[] = [];
  for (const row of CHECKS) {
    for (const looked of row.look(facts)) {
      const finding: Finding = { ...looked, check: row.id };
      const { answer, member, at } = finding;
      findings.push(finding);
      // Nearly always nothing is bad and nothing was, and there is nothing to look up for hundreds of answers.
      if (answer !== 'bad' && !wasBad) continue;
      const key = member === null ? row.id : `${row.id}/${member}`;
      const known = own(badSince, key);
      const before = known && now - known.seenAt <= GAP_SECONDS ? known : null;
      if (answer === 'bad') {
        const begun = Math.min(finding.since ?? at, at);
        const since = before ? Math.min(before.since, begun) : begun;
        kept.push([key, { since, seenAt: now }]);
        finding.detail = lasting(finding.detail, at - since);
      } else if (before && !isOver(finding)) kept.push([key, before]);
    }
  }
  return { findings, badSince: Object.fromEntries(kept) };
}

function isOver({ answer, proves }: Finding): boolean {
  return answer === 'not_observed' || (answer === 'ok' && proves !== false);
}
