/** Rows of the detectors' table: errors without end, and hangs that heal each time but come too often. */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { countSince, inThisRun, timesOf } from '../log/query.ts';
import type { Counted } from '../log/types.ts';
import { lastOf, quoted, readAt, unread } from './logged.ts';
import { duration, LASTING } from './wording.ts';

export const detectorErrors: CheckRow<SeenFacts> = {
  id: 'detector_errors',
  layer: 'detector',
  severity: 'unhealthy',
  forSeconds: 120,
  clearSeconds: 60,
  tries: 1,
  name: 'Detector fails',
  nextSteps: [
    'Read the error in the log: it names what the detector waits for.',
    'A detector on another machine (DeepStack, CodeProject.AI, ZMQ): look whether that one runs and can be reached.',
    'Hailo, RKNN, MemryX: look whether driver and library on the host fit the version that Frigate brings.',
    'GPU: look at the memory of the card and at the kernel log of the host.',
  ],
  runbook:
    'The detector writes an error for nearly every inference. Its figures then look better than ever: an inference ' +
    'that fails at once is a quick one, and Frigate counts it as a detection that found nothing. Only the log tells. ' +
    'A restart helps where a library or a device handle is broken, so it is tried once; it does not help where ' +
    'something outside of Frigate is gone.',
  look: (facts) => [lookErrors(facts)],
};

export const detectorFlapping: CheckRow<SeenFacts> = {
  id: 'detector_flapping',
  layer: 'detector',
  severity: 'tells',
  forSeconds: 0,
  clearSeconds: 60,
  name: 'Detector hangs often',
  nextSteps: [
    'A Coral on USB: another cable, a USB 3 port, or a powered hub; the cable that came with it is often the fault.',
    'In a virtual machine pass the whole USB controller through, not the device.',
    'Look whether it gets hot: it throttles and then hangs.',
  ],
  runbook:
    'The detector hung or was started anew several times, and healed by itself each time. No restart is needed, and ' +
    'none is ordered. It is a warning: the hardware behind it wears out or is connected badly, and one of these ' +
    'hangs may leave the queue dead. It is told for a day.',
  look: (facts) => [lookFlapping(facts)],
};

/** Without an error for this long, and with detections, the detector is well again. */
const CLEAN_SECONDS = 120;
const MINUTE = 60;
/** Further back nobody asks since when. */
const MOST_MINUTES = 60;

function lookErrors(facts: SeenFacts): LookedFinding {
  const silence = unread(facts);
  if (silence) return silence;
  const { log, limits, life } = facts;
  const at = readAt(facts);
  const most = limits.detectorErrorsPerMinute;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const count = countSince(log, 'detector_error', inThisRun(log, at - MINUTE));
  if (count > most) {
    return {
      ...say('bad', `The detector has written ${count} errors a minute${LASTING}: what it detects cannot be trusted.`),
      since: errorsSince(facts, at),
      threshold: `over ${most} a minute`,
      evidence: quoted(facts, ['detector_error']),
    };
  }
  const last = lastOf(facts, 'detector_error');
  const cleanSince = Math.max(last ?? log.since ?? at, log.startedAt ?? 0);
  const isProven = at - cleanSince >= CLEAN_SECONDS && life.workedAfter !== null && life.workedAfter >= (last ?? 0);
  const detail =
    count === 0 ? 'The log shows no errors of the detector.' : `The detector writes ${count} errors a minute.`;
  return { ...say('ok', detail), ...(isProven ? {} : { proves: false }) };
}

/** The start of the unbroken row of minutes, back from now, that hold too many errors. */
function errorsSince({ log, limits }: SeenFacts, at: number): number {
  const start = inThisRun(log, at - MOST_MINUTES * MINUTE);
  let since = at;
  while (since > start) {
    const from = Math.max(start, since - MINUTE);
    const count = countSince(log, 'detector_error', from) - countSince(log, 'detector_error', since);
    if (count <= limits.detectorErrorsPerMinute) break;
    since = from;
  }
  return since;
}

const DAY_SECONDS = 86_400;

/** Past runs count too: a container that is started anew does not mend a cable. */
function lookFlapping(facts: SeenFacts): LookedFinding {
  const { log, life, limits, api, stats } = facts;
  const silence = unread(facts);
  if (silence && !stats) return api.isAsked ? { ...silence, answer: 'unknown' } : silence;
  const at = silence ? facts.at : readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const from = at - DAY_SECONDS;
  const stuck = Math.max(countSince(log, 'stuck', from), life.replaced.filter((time) => time >= from).length);
  const starts = Math.max(
    mostWithin(restarts(facts, 'detector_start', from), limits.flappingSeconds),
    mostWithin(restarts(facts, 'tpu_load', from), limits.flappingSeconds),
    mostWithin(
      life.replaced.filter((time) => time >= from).map((time) => [time, 1] as const),
      limits.flappingSeconds,
    ),
  );
  const threshold =
    `over ${limits.flappingStarts} starts within ${duration(limits.flappingSeconds)}, ` +
    `or over ${limits.stuckPerDay} hangs a day`;
  if (starts > limits.flappingStarts || stuck > limits.stuckPerDay) {
    const said =
      stuck > limits.stuckPerDay
        ? `A detector hung ${stuck} times in the last 24 h, and Frigate replaced it each time`
        : `A detector was started anew ${starts} times within ${duration(limits.flappingSeconds)}, in the last 24 h`;
    return {
      ...say('bad', `${said}: look at its cable, power and heat.`),
      threshold,
      evidence: quoted(facts, ['stuck'], from),
    };
  }
  return {
    ...say('ok', stuck === 0 ? 'No detector hung in the last 24 h.' : `${stuck} hangs in the last 24 h.`),
    threshold,
    // One that was never seen to work has had no time to hang.
    ...(life.workedAfter === null ? { proves: false } : {}),
  };
}

/** A start belongs to that of Frigate itself if it follows within so long; a database may be migrated first. */
const BOOT_SECONDS = 120;

/** Starts of detectors that are no part of a start of Frigate. */
function restarts({ log }: SeenFacts, pattern: string, from: number): Counted {
  const boots = [...timesOf(log, 'starting'), ...timesOf(log, 'preparing')].map(([time]) => time);
  if (log.startedAt !== null) boots.push(log.startedAt);
  return timesOf(log, pattern).filter(
    ([time]) => time >= from && !boots.some((boot) => time >= boot && time - boot <= BOOT_SECONDS),
  );
}

/** The most that lie within so many seconds of each other. */
function mostWithin(times: Counted, seconds: number): number {
  const counts = times.map(([end]) =>
    times.reduce((sum, [time, count]) => (time <= end && end - time <= seconds ? sum + count : sum), 0),
  );
  return Math.max(0, ...counts);
}
