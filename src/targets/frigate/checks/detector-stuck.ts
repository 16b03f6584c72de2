/** Does a detector hang again and again? Asked of each detector, for one of two is enough. */
import type { LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import type { DetectorLife } from '../follow/detector-life.ts';
import { countSince, inThisRun, timesOf } from '../log/query.ts';
import { own } from '../own.ts';
import { lastOf, quoted, readAt } from './logged.ts';
import { duration, LASTING } from './wording.ts';

/** So often in 5 min another process, and no inference between: what replaces the hung one hangs too. */
const CHANGES = 2;

export function lookStuck(facts: SeenFacts): readonly LookedFinding[] {
  const { detectors, now, api, log } = facts;
  if (!api.isAsked && log.state === 'not_observed') {
    return [{ member: null, answer: 'not_observed', detail: 'Neither the stats nor the log are read.', at: now }];
  }
  const hangs = hangsOf(facts);
  const present = detectors.filter(({ isRetired }) => !isRetired).map(({ id }) => id);
  const blamed = hangs.isTooMany ? culprit(facts, present, hangs.since) : null;
  const each = detectors.map(({ id, isRetired }): LookedFinding => {
    if (isRetired) return { member: id, answer: 'ok', detail: `Detector ${id} is no longer there.`, at: facts.at };
    return lookDetector(facts, id, { ...hangs, isTooMany: blamed === id });
  });
  // The line in the log names nobody: with several detectors, or none that is known, it may stand for itself.
  return present.length === 1
    ? each
    : [...each, lookAll(facts, present, { ...hangs, isTooMany: hangs.isTooMany && blamed === null })];
}

interface Hangs {
  /** More in the last minutes of this run than heal by themselves. */
  isTooMany: boolean;
  count: number;
  /** First of them; without any the beginning of the time that is counted. */
  since: number;
  /** Last one of this run. */
  lastAt: number | null;
}

function hangsOf(facts: SeenFacts): Hangs {
  const { log, limits } = facts;
  const from = inThisRun(log, readAt(facts) - limits.stuckSeconds);
  const count = log.state === 'read' ? countSince(log, 'stuck', from) : 0;
  const [first] = timesOf(log, 'stuck').filter(([time]) => time >= from);
  return { isTooMany: count > limits.stuckCount, count, since: first?.[0] ?? from, lastAt: lastOf(facts, 'stuck') };
}

/** Who it was: the only detector, or the only one with another process since. */
function culprit({ log, life }: SeenFacts, present: readonly string[], since: number): string | null {
  const replaced = present.filter(
    (id) =>
      countSince(log, 'detector_start', since, id) > 0 ||
      own(life.detectors, id)?.changes.some((time) => time >= since) === true,
  );
  const [one, ...others] = present.length === 1 ? present : replaced;
  return one !== undefined && others.length === 0 ? one : null;
}

function lookDetector(facts: SeenFacts, id: string, hangs: Hangs): LookedFinding {
  const life = own(facts.life.detectors, id) ?? null;
  if (hangs.isTooMany) return hasWorked(life, hangs.lastAt) ? resting(facts, id, hangs) : tooMany(facts, id, hangs);
  const { at, limits, stats, log } = facts;
  const changes = (life?.changes ?? []).filter((time) => time >= at - limits.stuckSeconds);
  const unhealed = changes.filter((time) => time > workedAt(facts, life));
  if (stats && unhealed.length >= CHANGES) {
    const within = `within ${duration(limits.stuckSeconds)}`;
    return {
      member: id,
      answer: 'bad',
      detail: `Detector ${id} has finished no inference${LASTING}, with ${unhealed.length} new processes ${within}.`,
      at,
      since: unhealed[0] ?? at,
      threshold: `${CHANGES} new processes ${within} without an inference`,
      evidence: [`now process ${life?.pid}, inference_speed stands at ${life?.inferenceMs} ms`],
    };
  }
  if (!stats && log.state !== 'read') return { member: id, answer: 'unknown', detail: facts.blindness, at: facts.now };
  if (log.state !== 'read' && life?.movedAfter == null) {
    const detail = `Detector ${id} was not yet seen to finish an inference in this run.`;
    return { member: id, answer: 'unknown', detail, at };
  }
  const isQuiet = changes.length === 0 && hangs.count === 0;
  const isProven = stats !== null && hasWorked(life, hangs.lastAt);
  const detail = isQuiet ? `Detector ${id} does not hang.` : `Detector ${id} has hung, which mostly heals by itself.`;
  return { member: id, answer: 'ok', detail, at: stats ? at : readAt(facts), ...(isProven ? {} : { proves: false }) };
}

/** Last evidence of work. All that is detected is the work of an only detector; one without a mean says nothing. */
function workedAt({ detectors, life: { workedAfter }, at }: SeenFacts, life: DetectorLife | null): number {
  if (!life || life.inferenceMs === null) return at;
  const isOnly = detectors.filter(({ isRetired }) => !isRetired).length === 1;
  return Math.max(life.movedAt ?? 0, isOnly ? (workedAfter ?? 0) : 0);
}

/** The detectors together, as far as the log is concerned. */
function lookAll(facts: SeenFacts, present: readonly string[], hangs: Hangs): LookedFinding {
  const { log, now } = facts;
  if (log.state !== 'read') {
    const answer = log.state === 'unread' ? 'unknown' : 'not_observed';
    return { member: null, answer, detail: log.why ?? "Frigate's log is not read.", at: now };
  }
  const haveWorked =
    present.length > 0 && present.every((id) => hasWorked(own(facts.life.detectors, id) ?? null, hangs.lastAt));
  if (hangs.isTooMany) return haveWorked ? resting(facts, null, hangs) : tooMany(facts, null, hangs);
  const detail =
    hangs.count === 0
      ? 'The log speaks of no detector that hangs.'
      : 'A detector has hung, which mostly heals by itself.';
  return { member: null, answer: 'ok', detail, at: readAt(facts), ...(haveWorked ? {} : { proves: false }) };
}

/** An inference was finished in this run, and after its last hang. */
function hasWorked(life: DetectorLife | null, hungAt: number | null): boolean {
  return life !== null && life.movedAfter !== null && life.movedAfter >= (hungAt ?? 0);
}

function tooMany(facts: SeenFacts, member: string | null, hangs: Hangs): LookedFinding {
  const { limits } = facts;
  const within = `within ${duration(limits.stuckSeconds)}`;
  const often = `${hangs.count} times ${within}`;
  return {
    member,
    answer: 'bad',
    detail: `${subject(member)} has hung again and again${LASTING} (${often}): replacing it does not help.`,
    at: readAt(facts),
    since: hangs.since,
    threshold: `over ${limits.stuckCount} ${within}`,
    evidence: quoted(facts, ['stuck', 'force_kill']),
  };
}

function resting(facts: SeenFacts, member: string | null, { count }: Hangs): LookedFinding {
  const within = `within ${duration(facts.limits.stuckSeconds)}`;
  const detail = `${subject(member)} has hung ${count} times ${within}, and works again just now.`;
  return { member, answer: 'ok', detail, at: readAt(facts) };
}

function subject(member: string | null): string {
  return member === null ? 'A detector' : `Detector ${member}`;
}
