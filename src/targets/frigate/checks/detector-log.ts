/** TABLE: is a detector there at all, does it hang, and does it come back? Mostly told by the log. */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { countSince, inThisRun, lastAt, timesOf } from '../log/query.ts';
import { lookStuck } from './detector-stuck.ts';
import { lastOf, quoted, readAt, unread } from './logged.ts';
import { duration, LASTING } from './wording.ts';

export const detectorLogChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'detector_missing',
    layer: 'detector',
    severity: 'unhealthy',
    forSeconds: 0,
    clearSeconds: 60,
    evident: true,
    forbids: 'own',
    name: 'Detector missing',
    nextSteps: [
      'A Coral on USB: unplug it, wait ten seconds, and plug it in again, best at a USB 3 port or a powered hub.',
      'Look on the host whether it is there: lsusb shows 1a6e:089a before its first use and 18d1:9302 after it, ' +
        'ls /dev/apex_* shows one on PCIe.',
      'Look whether the device is passed through to the virtual machine, the node and the pod, both USB ids of it.',
      'Do not restart Frigate again and again: a Coral that loses power in the middle of a start can get stuck.',
    ],
    runbook:
      'The log says that the Coral was not found, that its library could not be loaded, or that USB transfers ' +
      'failed, and nothing was detected since; or that a detector ended at least twice within 30 minutes, for ' +
      'it cannot start. That is power, cable, port, pass-through or driver. Frigate ' +
      'ends by itself some 20 seconds later and is started again, over and over. A restart does not help, and ' +
      'a rapid row of them makes it worse, so the Warden orders none.',
    look: (facts) => [lookMissing(facts)],
  },
  {
    id: 'detector_stuck',
    layer: 'detector',
    severity: 'unhealthy',
    forSeconds: 0,
    clearSeconds: 300,
    name: 'Detector stuck',
    nextSteps: [
      'Restart Frigate: its own replacing of the detector does not help here.',
      "When this comes back, look at the detector's hardware: power, cable, USB port, hub, heat, pass-through.",
      'For OpenVINO or ONNX look at the kernel log of the host for a GPU that hangs: then reboot the host.',
    ],
    runbook:
      'One inference takes longer than 10 seconds. Frigate notices, waits 30 seconds, kills the detector and ' +
      'starts another, which hangs again: the line "Detection appears to be stuck" returns every 50 seconds, ' +
      'and the detector has a new process each time. Once or twice heals by itself and is no fault. Told by ' +
      'the log, and without it by processes that change while no inference is finished. A restart mostly cures ' +
      'it.',
    look: (facts) => lookStuck(facts),
  },
  {
    id: 'detector_gone',
    layer: 'detector',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'Detector gone',
    nextSteps: [
      'Restart Frigate: it waits for the old detector without end and never starts another.',
      'When the pod then hangs in Terminating, the old process cannot be killed: reboot the host.',
      "Look at the detector's hardware: a process that cannot be killed waits for a device that does not answer.",
    ],
    runbook:
      'Frigate killed a detector that hung, or saw it leave, and no other came: no new process, no inference, ' +
      'no "TPU found". Its watchdog waits for the old process without a time limit, so nothing inside will ' +
      'mend it (Frigate issue 5186). A restart cures it, though the pod may hang in Terminating.',
    look: (facts) => [lookGone(facts)],
  },
];

/** The device was not there, or its library could not be loaded: that does not pass by itself. */
const ABSENT = ['no_edgetpu', 'delegate_failed'];
/** One failed transfer may pass, with the burst of lines that it leaves. */
const FAILED = 'usb_error';
const BURST_SECONDS = 10;

function isRepeated({ log, limits }: SeenFacts, at: number): boolean {
  const times = timesOf(log, FAILED).filter(([time]) => time >= inThisRun(log, at - limits.stuckSeconds));
  const [first, last] = [times[0], times.at(-1)];
  return first !== undefined && last !== undefined && last[0] - first[0] > BURST_SECONDS;
}

/** A detector that cannot start takes Frigate with it each time, so these are counted over its runs. */
const ENDED = ['detector_crash', 'detector_stopped'];
const ENDINGS_SECONDS = 1800;

/** When a detector ended lately. One end brings a traceback and the watchdog's word on it: the longer list counts. */
function endings({ log }: SeenFacts, at: number): readonly number[] {
  const lists = ENDED.map((pattern) =>
    timesOf(log, pattern)
      .map(([time]) => time)
      .filter((time) => time >= at - ENDINGS_SECONDS && time <= at)
      .filter((time, index, times) => index === 0 || time - (times[index - 1] ?? 0) > BURST_SECONDS),
  );
  return lists.reduce((most, list) => (list.length > most.length ? list : most), []);
}

/** Lines without a known start of their run belong to one start within so many seconds. */
const LOADING_SECONDS = 60;

/** Another TPU of several says nothing of the one that is missing. */
function areAllFound({ log }: SeenFacts, last: number | null): boolean {
  const from = log.startedAt ?? (last ?? 0) - LOADING_SECONDS;
  return countSince(log, 'tpu_found', from) >= countSince(log, 'tpu_load', from);
}

/** Found, failed and dead within a second: it did not begin to work. */
function isAborted({ log }: SeenFacts, last: number, found: number | null): boolean {
  const isAtOnce = found !== null && found <= last && last - found <= 1;
  return isAtOnce && timesOf(log, 'native_abort').some(([time]) => Math.abs(time - last) <= 1);
}

function lookMissing(facts: SeenFacts): LookedFinding {
  const silence = unread(facts);
  if (silence) return silence;
  const { life, limits } = facts;
  const at = readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const absent = lastOf(facts, ...ABSENT);
  const last = lastOf(facts, ...ABSENT, FAILED);
  const found = lastOf(facts, 'tpu_found');
  const ended = endings(facts, at);
  const isWorking = life.workedAfter !== null && life.workedAfter >= Math.max(last ?? 0, ended.at(-1) ?? 0);
  // One that is found and fails again is not there for long enough to work.
  const isFound =
    found !== null && found > (last ?? 0) && areAllFound(facts, last) && !isRepeated(facts, at) && ended.length < 2;
  if (isWorking || isFound)
    return say('ok', isWorking ? 'The detectors work.' : 'The log says that the TPU was found.');
  const isFailing = last !== null && (isRepeated(facts, at) || isAborted(facts, last, found));
  if (ended.length >= 2 && absent === null && !isFailing) {
    return {
      ...say(
        'bad',
        `A detector has ended again and again${LASTING}, ${ended.length} times within ` +
          `${duration(ENDINGS_SECONDS)}: it cannot start. Check its driver and device, a restart does not help.`,
      ),
      evidence: quoted(facts, ENDED, at - ENDINGS_SECONDS),
    };
  }
  if (last === null) return { ...say('ok', 'The log speaks of no missing detector.'), proves: false };
  if (absent === null && at - last < limits.goneSeconds && !isFailing) {
    return { ...say('ok', 'A USB transfer to the detector has just failed; mostly it comes back.'), proves: false };
  }
  const what = absent === null ? 'Transfers to the detector over USB fail' : "The detector's device was not found";
  return {
    ...say(
      'bad',
      `${what}, and nothing has been detected${LASTING}: check power, cable and port, a restart does not help.`,
    ),
    evidence: quoted(facts, [...ABSENT, FAILED]),
  };
}

function lookGone(facts: SeenFacts): LookedFinding {
  const silence = unread(facts);
  if (silence) return silence;
  const { life, limits, api, stats } = facts;
  const at = readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const doubt = (detail: string) => ({ ...say('ok', detail), proves: false as const });
  const last = lastOf(facts, 'force_kill', 'exited');
  if (life.workedAfter !== null && life.workedAfter >= (last ?? 0)) return say('ok', 'Detections are finished.');
  if (last === null) return doubt('The log speaks of no detector that was killed.');
  const stopping = lastOf(facts, 'stopping');
  if (stopping !== null && stopping <= last) return doubt('Frigate is stopping, and its detectors with it.');
  const begun = lastOf(facts, 'detector_start', 'tpu_found');
  if (begun !== null && begun >= last) {
    return {
      ...say('ok', 'The log says that another detector was started.'),
      ...(api.isAsked ? { proves: false } : {}),
    };
  }
  const seconds = (stats ? Math.min(at, facts.at) : at) - last;
  const ended = (lastOf(facts, 'exited') ?? 0) >= last ? 'left' : 'was killed';
  if (seconds < limits.goneSeconds) return doubt(`A detector ${ended} ${duration(Math.max(0, seconds))} ago.`);
  if (api.isAsked && !stats) return say('unknown', `A detector ${ended}; whether another works is not seen.`);
  const hope = stats ? hopeByStats(facts, last) : hopeByLog(facts, last);
  if (hope) return doubt(`A detector ${ended} ${duration(seconds)} ago. ${hope}`);
  return {
    ...say(
      'bad',
      `A detector ${ended} ${duration(seconds)} ago, and no other has worked since: it does not heal by itself.`,
    ),
    since: last,
    threshold: `over ${limits.goneSeconds} s`,
    evidence: quoted(facts, ['force_kill', 'exited']),
  };
}

/**
 * Stats say their time in whole seconds, and clocks differ a little. Before a kill Frigate waits for 30 s, so what is
 * seen this short before it is seen after it.
 */
const CLOCK_SECONDS = 10;

/** Why the stats do not show that it is gone, a sentence; null: they do. */
function hopeByStats(facts: SeenFacts, last: number): string | null {
  const { detectionRate, queue, life } = facts;
  if (detectionRate !== null && detectionRate > 0) return 'Something is detected.';
  if (queue.flow === 'silent') return 'No camera sends frames, so it cannot be seen whether another works.';
  const lives = Object.values(life.detectors);
  const from = last - CLOCK_SECONDS;
  if (lives.some(({ changes }) => changes.some((time) => time >= from))) return 'Another process has taken its place.';
  if ((lastOf(facts, 'exited') ?? 0) < last) return null;
  if (queue.flow === 'flowing') return 'Frames get through, and nothing moves that could be detected.';
  // A process that is seen for the first time after the end of the old one is the new one.
  const isOld = lives.length > 0 && lives.every(({ pidSince }) => pidSince !== null && pidSince < from);
  return isOld ? null : 'Whether its replacement receives work is told by the queue.';
}

/** The same of the log alone. */
function hopeByLog(facts: SeenFacts, last: number): string | null {
  const { log, life, limits } = facts;
  if (life.logEndsAt === null || life.logEndsAt - last < limits.goneSeconds) return 'The log ends there.';
  if ((lastOf(facts, 'exited') ?? 0) < last) return null;
  // Frigate 0.17 and newer start a detector without a word, unless it is a Coral.
  const isTold = lastAt(log, 'detector_start') !== null || lastAt(log, 'tpu_found') !== null;
  return isTold ? null : 'This Frigate does not log the start of a detector.';
}
