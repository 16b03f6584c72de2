/** `verify`: looks for a while; good only if every look found all Frigates healthy. */
import { assess, type Remembered } from '../assess.ts';
import { wait } from '../doors/clock.ts';
import { newState } from '../rules/state.ts';
import type { Verdict } from '../rules/types.ts';
import type { AnyTarget } from '../targets/target.ts';
import type { Arguments } from './arguments.ts';
import { refuse } from './assess.ts';
import { exitCodeOf, plural } from './report.ts';
import { deadline, untilStopped, type Visit, visit } from './visit.ts';

const FOR_SECONDS = 600;

/** What ended it. */
interface Verified {
  looks: number;
  seconds: number;
  /** The Frigate that was not healthy; null: all were, throughout. */
  failed: { name: string; verdict: Verdict; why: string } | null;
  /** It was stopped before its time. */
  isCutShort: boolean;
}

export async function verifyCommand(given: Arguments): Promise<number> {
  const verified = await visit(given, (visiting) => untilStopped((stop) => verify(visiting, given, stop)));
  if ('problems' in verified) return refuse(verified.problems);
  const { looks, seconds, failed, isCutShort } = verified;
  const over = `${plural(looks, 'look')} in ${Math.round(seconds)} s`;
  const sentence = failed
    ? `${failed.name} is ${failed.verdict}: ${failed.why} (after ${over})`
    : isCutShort
      ? `Stopped early: healthy in ${over}, which is not the time that was asked for.`
      : `Healthy throughout: ${over}.`;
  const json = { healthy: failed === null && !isCutShort, looks, seconds: Math.round(seconds), failed };
  process.stdout.write(given.isJson ? `${JSON.stringify(json)}\n` : `${sentence}\n`);
  if (failed) return Math.max(1, exitCodeOf(failed.verdict, true));
  return isCutShort ? 3 : 0;
}

interface Standing extends Remembered {
  target: AnyTarget;
}

async function verify(
  { targets, doors, clock, options }: Visit,
  { everySeconds, forSeconds }: Pick<Arguments, 'everySeconds' | 'forSeconds'>,
  stop: AbortSignal,
): Promise<Verified> {
  const every = everySeconds ?? options.interval_seconds;
  const begun = clock.now();
  const endsAt = begun + (forSeconds ?? FOR_SECONDS);
  const standing: Standing[] = targets.map((target) => ({ target, state: newState(target.policy), memory: null }));
  const verified: Verified = { looks: 0, seconds: 0, failed: null, isCutShort: false };
  let dueAt = begun;
  while (true) {
    await wait(Math.max(0, dueAt - clock.now()), stop);
    const failures = await Promise.all(standing.map((one) => lookAgain(one, doors, { clock, signal: deadline(stop) })));
    verified.seconds = clock.now() - begun;
    if (stop.aborted) return { ...verified, isCutShort: true };
    verified.looks += 1;
    const failed = failures.find((failure) => failure !== null);
    if (failed) return { ...verified, failed };
    if (dueAt >= endsAt) return verified;
    // The last look is at the very end: what is said of the whole time was seen.
    dueAt = Math.min(endsAt, Math.max(dueAt + every, clock.now()));
  }
}

async function lookAgain(
  one: Standing,
  doors: Visit['doors'],
  context: { clock: Visit['clock']; signal: AbortSignal },
): Promise<Verified['failed']> {
  const { target } = one;
  const answers = await target.observe(doors, one.memory, context);
  const occasion = { now: context.clock.now(), clockJumpedAt: null, wishes: [], receipts: [] };
  const { memory, looked, decision } = assess(target, one, answers, occasion);
  one.state = decision.state;
  one.memory = memory;
  if (decision.verdict === 'healthy') return null;
  const bad = decision.findings.find(({ answer }) => answer === 'bad')?.detail;
  const why = decision.cause?.detail ?? bad ?? looked.cannotSee[0] ?? 'too little is seen.';
  return { name: target.name, verdict: decision.verdict, why };
}
