/** One look at one Frigate, judged by itself, and how it is printed. */
import { assess, type Remembered } from '../assess.ts';
import type { Decision } from '../rules/decide.ts';
import type { CauseRef, Verdict } from '../rules/types.ts';
import type { DetectorFacts, FrigateFacts } from '../targets/frigate/facts.ts';
import { countWithin } from '../targets/frigate/log/query.ts';
import type { FrigateAnswers } from '../targets/frigate/observe/answers.ts';
import type { AnyTarget } from '../targets/target.ts';
import { type CheckReport, checkLines, checksOf, stepLines } from './report.ts';

/** The form in which `check --json` answers, one for each Frigate. */
export interface CheckupReport {
  name: string;
  at: string;
  version: string | null;
  verdict: Verdict;
  cause: CauseRef | null;
  checks: readonly Omit<CheckReport, 'confirmed'>[];
  /** Looked at once: nothing is confirmed. */
  confirmed: false;
  cannot_see: readonly string[];
}

export interface Checkup {
  report: CheckupReport;
  text: string;
  /** Somebody answered: Frigate by any way, or its cluster. */
  isReached: boolean;
}

/** The target with rules by which one bad answer is enough to be said. */
export function atOnce(target: AnyTarget): AnyTarget {
  const { limits, checks } = target.policy;
  return {
    ...target,
    policy: {
      ...target.policy,
      limits: { ...limits, confirmFailures: 1 },
      checks: checks.map((row) => ({ ...row, forSeconds: 0 })),
    },
  };
}

interface Look {
  answers: FrigateAnswers;
  now: number;
}

/** `target` is judged by its own policy: give one of `atOnce`. */
export function checkup(target: AnyTarget, before: Remembered, { answers, now }: Look): Checkup {
  const occasion = { now, clockJumpedAt: null, wishes: [], receipts: [] };
  const { facts, looked, decision } = assess(target, before, answers, occasion);
  const seen = { answers, facts: facts as FrigateFacts };
  const silence = isReached(seen.facts) ? null : silenceOf(seen);
  const cause = silence === null ? decision.cause : null;
  const verdict = silence === null ? decision.verdict : 'unknown';
  const report: CheckupReport = {
    name: target.name,
    at: new Date(now * 1000).toISOString(),
    version: looked.readings.version,
    verdict,
    cause: cause && { check: cause.check, layer: cause.layer, member: cause.member },
    checks: checksOf({ decision }).map((one) => checkOf(one, silence)),
    confirmed: false,
    cannot_see: silence === null ? looked.cannotSee : [silence, ...looked.cannotSee],
  };
  return { report, text: textOf({ ...seen, target, decision, silence, now }), isReached: silence === null };
}

/** Where nobody answers at all, nothing is known to be bad either. */
function checkOf({ confirmed: _none, ...one }: CheckReport, silence: string | null): CheckupReport['checks'][number] {
  return silence !== null && one.finding === 'bad' ? { ...one, finding: 'unknown' } : one;
}

/** A refusal or a page of somebody else's is an answer; silence is none. */
function isReached({ api, ground }: FrigateFacts): boolean {
  if (ground?.cluster.answers) return true;
  const { statsFailure, versionFailure, hasStats, version } = api;
  if (hasStats || version !== null) return true;
  return [statsFailure, versionFailure].some((failure) => failure !== null && !SILENT.includes(failure.kind));
}

/** What was asked in vain, and what would be right, in one sentence each. */
function silenceOf({ answers, facts: { ground } }: Pick<Scene, 'answers' | 'facts'>): string {
  const reasons = Object.values(answers.vantages).flatMap((said) => (said === 'ok' ? [] : [said.reason]));
  const tried = new Set([...reasons, ...(ground ? [ground.cluster.sentence] : [])]);
  const right = "Give the address at which Frigate's API answers from here, such as http://frigate.local:5000";
  const cluster = ground ? ', and a kubernetes.server that can be reached from here' : '';
  return `Nothing answers: ${[...tried].join(' ')} ${right}${cluster}.`;
}

const SILENT: readonly string[] = ['timeout', 'refused', 'unreachable', 'tls', 'aborted'];

interface Scene {
  target: AnyTarget;
  answers: FrigateAnswers;
  facts: FrigateFacts;
  decision: Decision;
  /** Why nothing is known, where nobody answered. */
  silence: string | null;
  now: number;
}

function textOf(scene: Scene): string {
  const { target, facts, decision, silence, now } = scene;
  const troubles = checksOf({ decision }).filter(({ finding, id }) => finding === 'bad' && id !== 'api');
  const fault = silence === null ? decision.cause?.check : 'api';
  const stamp = new Date(now * 1000).toISOString().replace('T', ' ').slice(0, 19);
  return [
    `=== ${target.name === 'Frigate' ? '' : `${target.name}: `}Frigate Health Check: ${stamp} UTC ===`,
    stateLine(scene),
    'Checking Frigate API...',
    ...apiLines(facts),
    ...facts.detectors.filter(({ isRetired }) => !isRetired).map((one) => speedLine(one, facts)),
    ...logLines(facts),
    ...checkLines(troubles),
    ...(troubles.length > 0 ? ['One look confirms nothing: what is bad now may pass by itself.'] : []),
    verdictLine(decision, silence),
    ...stepLines(target.checks.find(({ id }) => id === fault)?.nextSteps ?? []),
    '',
  ].join('\n');
}

/** The shared ledger's own words, as the checkers that run as CronJobs write them. */
function stateLine({ answers, facts }: Scene): string {
  const reply = answers.ground?.configMap.reply;
  const kept = reply?.ok ? (reply.value as { data?: Record<string, string> | null }).data : null;
  const [failures, times] = [kept?.consecutive_failures ?? 0, kept?.last_restart_times ?? ''];
  const state = `Current state: failures=${failures}, restart_times=${times}`;
  if (!facts.ground) return `${state} (no ledger without Kubernetes)`;
  return facts.ground.ledger.known ? state : `${state} (${facts.ground.ledger.why})`;
}

function apiLines({ api, stats, blindness, vantage }: FrigateFacts): readonly string[] {
  const way = vantage === null || vantage === 'direct' ? '' : ` (by way of the ${vantage.replaceAll('_', ' ')})`;
  if (stats) return [`API responded OK${way}`];
  if (api.version !== null) return [`API responded with its version only: ${blindness}`];
  return [`API did not respond: ${blindness}`];
}

function speedLine({ id, stats, limitMs }: DetectorFacts, { detectors }: FrigateFacts): string {
  const name = /coral|tpu/i.test(id) && detectors.length === 1 ? 'Coral' : `Detector ${id}`;
  const ms = stats?.inferenceMs;
  if (ms === null || ms === undefined) return `${name} inference speed: not known`;
  return `${name} inference speed: ${ms}ms (threshold: ${limitMs}ms)`;
}

function logLines({ log, limits, ground }: FrigateFacts): readonly string[] {
  if (!ground) return ['Log: not available without Kubernetes'];
  if (log.state !== 'read') return [`Log: not available (${log.why ?? 'nobody could read it'})`];
  const stuck = countWithin(log, 'stuck', limits.stuckSeconds);
  const backlog = countWithin(log, 'unprocessed', limits.backlogSeconds);
  return [
    'Checking recent logs...',
    `Detection stuck events: ${stuck} (threshold: ${limits.stuckCount})`,
    `Recording backlog events: ${backlog} (threshold: ${limits.backlogCount})`,
  ];
}

function verdictLine({ verdict, cause }: Decision, silence: string | null): string {
  if (silence !== null) return `Frigate is UNKNOWN: ${silence.charAt(0).toLowerCase()}${silence.slice(1)}`;
  return `Frigate is ${verdict.toUpperCase()}${cause ? `: ${cause.check}, ${cause.detail}` : ''}`;
}
