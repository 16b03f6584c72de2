/** What the commands print: the judgement of a replay as JSON and as text, and the exit code that belongs to it. */
import { URGES_RESTART } from '../publish/telling.ts';
import type { Assessment, ReplayedLook } from '../replay.ts';
import { streakKey } from '../rules/streak.ts';
import type { Answer, CauseRef, Finding, Verdict } from '../rules/types.ts';

export interface CheckReport {
  id: string;
  member: string | null;
  finding: Exclude<Answer, 'not_observed'>;
  /** Bad for long enough, and often enough, that it may be acted on. */
  confirmed: boolean;
  detail: string;
}

/** The form in which `assess --json` answers. */
export interface AssessReport {
  version: string | null;
  verdict: Verdict;
  cause: CauseRef | null;
  checks: readonly CheckReport[];
  restart: {
    would: boolean;
    remedy: string | null;
    /** Seconds from the start of the case to the first look that would have ordered a restart. */
    at_second: number | null;
    reason: string;
    /** Guards that refuse at the last look. */
    held_back_by: readonly string[];
  };
}

/** Exit code 2 is for what could not be judged at all. */
export const UNUSABLE = 2;

const CODES: Readonly<Record<Verdict, number>> = { healthy: 0, degraded: 0, unhealthy: 1, starting: 3, unknown: 3 };

export function exitCodeOf(verdict: Verdict, isStrict: boolean): number {
  return isStrict && verdict === 'degraded' ? 1 : CODES[verdict];
}

/** Every answer of a look but those that nobody asked for, the worst first. */
export function checksOf({ decision }: Pick<ReplayedLook, 'decision'>): readonly CheckReport[] {
  return decision.findings
    .flatMap((finding): CheckReport[] => {
      const { check: id, member, answer, detail } = finding;
      if (answer === 'not_observed') return [];
      return [{ id, member, finding: answer, confirmed: isConfirmed(finding, decision.state.streaks), detail }];
    })
    .toSorted((a, b) => rankOf(a) - rankOf(b));
}

function isConfirmed(
  { check, member, answer }: Finding,
  streaks: Readonly<Record<string, { latched: boolean }>>,
): boolean {
  return answer === 'bad' && streaks[streakKey(check, member)]?.latched === true;
}

const RANKS: Readonly<Record<CheckReport['finding'], number>> = { bad: 0, unknown: 2, ok: 3 };

function rankOf({ finding, confirmed }: CheckReport): number {
  return finding === 'bad' && !confirmed ? 1 : RANKS[finding];
}

/** Null: there was no look. `version` is what the recording says of itself. */
export function assessReport(
  assessment: Assessment,
  { startsAt, version }: { startsAt: number; version: string | null },
): AssessReport | null {
  const { last, ordered } = assessment;
  if (!last) return null;
  const { verdict, cause, vetoes } = last.decision;
  const [order] = ordered?.decision.orders ?? [];
  return {
    version: version ?? last.looked.readings.version,
    verdict,
    cause: cause && { check: cause.check, layer: cause.layer, member: cause.member },
    checks: checksOf(last),
    restart: {
      would: order !== undefined,
      remedy: order?.remedy ?? null,
      at_second: ordered ? Math.round(ordered.at - startsAt) : null,
      reason: order?.reason ?? assessment.heldBack ?? NO_REASON[verdict],
      held_back_by: vetoes.map(({ guard }) => guard),
    },
  };
}

const NO_REASON: Readonly<Record<Verdict, string>> = {
  healthy: 'Nothing is wrong that a restart would help against.',
  degraded: 'Nothing is wrong that a restart would help against.',
  unhealthy: 'Nothing is confirmed that a restart would help against.',
  starting: 'Frigate is starting, and is left alone until it has answered.',
  unknown: 'Too little is seen to say that a restart would help.',
};

interface Heading {
  name: string;
  looks: number;
  /** What a person can do about the cause, most likely first. */
  steps?: readonly string[];
}

/** The same for a reader, who wants first what is wrong, what follows from it, and what to do. */
export function assessText(report: AssessReport, { name, looks, steps = [] }: Heading): string {
  const { version, verdict, cause, checks, restart } = report;
  const isCause = ({ id, member }: CheckReport) => cause?.check === id && cause.member === member;
  const troubles = checks.filter(({ finding }) => finding !== 'ok');
  const good = checks.length - troubles.length;
  const why = troubles.find((one) => isCause(one) && one.finding === 'bad');
  const held = restart.held_back_by.length > 0 ? [`Held back at the end by: ${restart.held_back_by.join(', ')}.`] : [];
  return [
    `=== ${name}: ${plural(looks, 'look')}${version === null ? '' : `, Frigate ${version}`} ===`,
    `Verdict: ${verdict.toUpperCase()}`,
    `Cause: ${cause ? causeWords(cause) : 'none'}${why ? `: ${why.detail}` : ''}`,
    restart.would
      ? `A restart (${restart.remedy}) would have been ordered at ${restart.at_second} s: ${restart.reason}`
      : `No restart would have been ordered: ${restart.reason}`,
    ...held,
    ...stepLines(restart.held_back_by.length > 0 ? steps.filter((step) => !URGES_RESTART.test(step)) : steps),
    ...checkLines(troubles.toSorted((a, b) => Number(isCause(b)) - Number(isCause(a)))),
    ...(troubles.some(isSuspected) ? ['bad? is not confirmed yet: it may pass by itself.'] : []),
    `${plural(good, 'check')} good.`,
    '',
  ].join('\n');
}

/** What to do, a line each; empty where there is nothing. */
export function stepLines(steps: readonly string[]): readonly string[] {
  return steps.length === 0 ? [] : ['What you can do:', ...steps.map((step) => `  - ${step}`)];
}

function isSuspected({ finding, confirmed }: CheckReport): boolean {
  return finding === 'bad' && !confirmed;
}

/** A line for each thing that is said: what many say in the same words is said once. */
export function checkLines(checks: readonly CheckReport[]): readonly string[] {
  const groups = Map.groupBy(checks, ({ finding, confirmed, detail }) => `${finding} ${confirmed} ${detail}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const ids = [...Map.groupBy(group, ({ id }) => id)].map(([id, rows]) => {
      const members = rows.flatMap(({ member }) => member ?? []);
      return members.length === 0 ? id : `${id} (${members.join(', ')})`;
    });
    return first ? [`  ${markOf(first)} ${ids.join(', ')}: ${first.detail}`] : [];
  });
}

function markOf({ finding, confirmed }: CheckReport): string {
  if (finding !== 'bad') return finding.padEnd('unknown'.length);
  return (confirmed ? 'BAD' : 'bad?').padEnd('unknown'.length);
}

export function causeWords({ check, layer, member }: CauseRef): string {
  return `${check}${member === null ? '' : ` of ${member}`}, in the layer ${layer}`;
}

export function plural(n: number, noun: string): string {
  return n === 1 ? `${n} ${noun}` : `${n} ${noun}s`;
}
