/**
 * TABLE: do detectors answer quickly enough, does work reach them, and is it too much for them? Stands below the rows
 * of detector-log.ts: their order decides which of several faults is the cause.
 */

import type { CheckRow, LookedFinding } from '../../target.ts';
import type { DetectorFacts, SeenFacts } from '../facts.ts';
import { hasMoved, VIRGIN_MS, working } from '../follow/figures.ts';
import { QUEUE_SECONDS } from '../follow/healing.ts';
import { isStarved } from '../follow/pipeline.ts';
import { lastOf, readAt, unread } from './logged.ts';
import { whenGrown } from './newborn.ts';
import { fps, LASTING, milliseconds, percent } from './wording.ts';

export const detectorChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'detector_queue',
    layer: 'detector',
    severity: 'unhealthy',
    forSeconds: QUEUE_SECONDS,
    clearSeconds: 60,
    name: 'Detector queue dead',
    nextSteps: [
      'Restart Frigate: nothing else brings the queue back.',
      'When this happens often, look for "Detection appears to be stuck" in the log: the hang behind it is most ' +
        "often the Coral's power, cable, port or pass-through.",
      'Frigate 0.17 and 0.18 have this most often: look whether a newer version is out.',
    ],
    runbook:
      "Every camera receives frames, nearly all are skipped, nothing is detected, and the detector's mean stands " +
      'still. A detector that hung was force-killed while it held the lock of the queue that all cameras share; ' +
      'its replacement never receives work. Frigate does not notice: API, MQTT and log look fine. A detector that ' +
      'hangs again and again looks the same. Only a restart cures it.',
    look: (facts) => [unasked(facts) ?? whenGrown(facts, lookQueue(facts))],
  },
  {
    id: 'detector_speed',
    layer: 'detector',
    severity: 'unhealthy',
    forSeconds: 120,
    clearSeconds: 60,
    tries: 1,
    name: 'Detector slow',
    nextSteps: [
      'A Coral on USB: unplug it and plug it in again; then try another cable, a USB 3 port or a powered hub.',
      'In a virtual machine pass the whole USB controller through.',
      'Look for other load on the same GPU or CPU, and for heat.',
    ],
    runbook:
      'One inference takes far longer than it should, seen while detections go on. Frigate gives a moving mean ' +
      'that starts at exactly 10.0 and stands still while nothing is detected: the start value, a mean that ' +
      'stands still and anything over a minute say nothing. A restart helps sometimes, so it is tried once; ' +
      'mostly it is the hardware.',
    look: (facts) => lookSpeeds(facts),
  },
  {
    id: 'overload',
    layer: 'detector',
    severity: 'degraded',
    forSeconds: 300,
    clearSeconds: 60,
    name: 'Detectors overloaded',
    nextSteps: [
      'Lower detect.fps to 5 and the detect resolution of the cameras.',
      'Mask motion that does not matter: trees, roads, clocks in the picture.',
      'Add a detector, or use a quicker one.',
    ],
    runbook:
      'Frames are skipped because the detectors, quick as they should be, are asked for more than they can do: ' +
      '1000 divided by the inference speed is what one can do in a second. That is too much work, no fault: a ' +
      'restart does not help, and this check keeps the Warden from ordering one.',
    look: (facts) => [unasked(facts) ?? whenGrown(facts, lookLoad(facts))],
  },
];

const EVIDENCE_CAMERAS = 4;

/** Whoever asks only the log can say nothing of figures. */
function unasked({ api, at }: SeenFacts): LookedFinding | null {
  return api.isAsked
    ? null
    : { member: null, answer: 'not_observed', detail: "Frigate's stats are not asked for.", at };
}

function lookQueue(facts: SeenFacts): LookedFinding {
  const { at, stats, queue, limits } = facts;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  if (!stats) return say('unknown', facts.blindness);
  if (queue.flow === 'flowing') return say('ok', 'Frames get through to the detector.');
  if (queue.flow === 'silent') {
    return { ...say('ok', 'No camera sends frames to the detector, so none waits there.'), proves: false };
  }
  if (queue.flow === 'uncounted') return say('unknown', 'This version of Frigate does not count skipped frames.');
  if (queue.flow === 'unclear') return say('unknown', 'The stats say too little of the cameras to tell.');
  if (queue.isMoving) return say('unknown', 'Hardly a frame gets through, yet inferences are finished.');
  if (queue.isFed) return say('unknown', 'Hardly a frame gets through, yet the detector takes new work.');
  if (isShaken(facts))
    return say('unknown', 'Hardly a frame gets through, because transfers to the detector over USB fail.');
  const { queueProcessedRatio, queueSkippedRatio } = limits;
  const cameras = working(facts.cameras);
  const means = facts.detectors.flatMap(({ id, stats: said }) =>
    said?.inferenceMs == null ? [] : [`${id} inference_speed stands at ${said.inferenceMs} ms`],
  );
  const who =
    cameras.length === 1
      ? 'the only camera that receives frames skips'
      : `all ${cameras.length} cameras that receive frames skip`;
  return {
    ...say('bad', `Nothing has been detected${LASTING}: the detector queue is dead, and ${who} nearly all of them.`),
    since: queue.since ?? at,
    threshold: `under ${percent(queueProcessedRatio)} processed, over ${percent(queueSkippedRatio)} skipped`,
    evidence: [
      ...cameras
        .slice(0, EVIDENCE_CAMERAS)
        .map((c) => `${c.id}: ${fps(c.processFps)} of ${fps(c.cameraFps)} fps processed, ${fps(c.skippedFps)} skipped`),
      ...means,
    ],
  };
}

/** A detector that falls off its bus looks the same, until it is there again. */
function isShaken(facts: SeenFacts): boolean {
  if (unread(facts)) return false;
  const last = lastOf(facts, 'usb_error');
  return last !== null && readAt(facts) - last < facts.limits.goneSeconds;
}

function lookSpeeds(facts: SeenFacts): readonly LookedFinding[] {
  const { at, detectors } = facts;
  const silence = unasked(facts);
  if (silence) return [silence];
  if (facts.cameras.length > 0 && facts.cameras.every(({ votes }) => votes === 'disabled')) {
    return [{ member: null, answer: 'not_observed', detail: 'All cameras are switched off: there is no work.', at }];
  }
  if (detectors.length > 0) return detectors.map((detector) => whenGrown(facts, lookSpeed(detector, facts)));
  const detail = facts.stats ? 'The stats name no detector.' : facts.blindness;
  return [{ member: null, answer: 'unknown', detail, at }];
}

function lookSpeed(detector: DetectorFacts, facts: SeenFacts): LookedFinding {
  const { id, limitMs, previousMs, wellAt } = detector;
  const { at, detectionRate } = facts;
  const threshold = `over ${limitMs} ms`;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: id, answer, detail, at, threshold });
  if (detector.isRetired) return say('ok', `Detector ${id} is no longer there.`);
  const ms = detector.stats?.inferenceMs ?? null;
  const why = facts.stats ? emptiness(detector, facts) : facts.blindness;
  if (why === null && ms !== null && isFrozen(detector, facts)) {
    const detail = `The mean of detector ${id} stands still at ${ms} ms, because nothing is detected.`;
    // Once more the good answer of then: it adds no time to a good run, and does not let it end either.
    return wellAt !== null && ms <= limitMs ? { ...say('ok', detail), at: wellAt } : say('unknown', detail);
  }
  if (why !== null || ms === null) return say('unknown', why ?? `The stats say nothing of detector ${id}.`);
  const speed = `Detector ${id} needs ${milliseconds(ms)} for one inference`;
  if (ms <= limitMs) {
    const isOld = previousMs === null && detectionRate === 0;
    return { ...say('ok', `${speed}.`), ...(isOld ? { proves: false as const } : {}) };
  }
  if (detectionRate === 0) return say('unknown', `${speed}, but nothing is being detected just now.`);
  if (detectionRate === null && ms < HOPELESS * limitMs) {
    return say('unknown', `${speed}, but the stats do not say whether anything is being detected.`);
  }
  if (previousMs !== null && ms <= RECOVERING * previousMs + (1 - RECOVERING) * limitMs) {
    return say('unknown', `${speed}, falling from ${milliseconds(previousMs)}: the mean is still coming down.`);
  }
  return {
    ...say(
      'bad',
      `Detector ${id} has been slow${LASTING}: ${milliseconds(ms)} for one inference (limit ${limitMs} ms).`,
    ),
    evidence: [
      `inference_speed ${ms} ms${previousMs === null ? '' : `, before that ${previousMs} ms`}`,
      ...(detectionRate === null ? [] : [`${fps(detectionRate)} detections per second`]),
    ],
  };
}

/** A slow first inference or a short hang never lifts the mean this far over its limit. */
const HOPELESS = 10;
/**
 * Each inference takes a tenth of the old mean away and adds a tenth of its own: a mean that fell so far may have seen
 * nothing but inferences within the limit.
 */
const RECOVERING = 0.9;

/** Values that say nothing of the speed. */
function emptiness({ id, stats }: DetectorFacts, { limits }: SeenFacts): string | null {
  const ms = stats?.inferenceMs ?? null;
  if (ms === null) return `Detector ${id} says nothing of its speed.`;
  if (ms === VIRGIN_MS) return `Detector ${id} has finished no inference yet: 10.0 ms is only its start value.`;
  return ms > limits.inferenceNonsenseMs ? `Detector ${id} says ${ms} ms, which is nonsense and not a speed.` : null;
}

function isFrozen({ stats, previousMs }: DetectorFacts, { detectionRate }: SeenFacts): boolean {
  return previousMs !== null && !hasMoved(previousMs, stats?.inferenceMs ?? null) && detectionRate === 0;
}

function lookLoad(facts: SeenFacts): LookedFinding {
  const { at, limits, load, detectors } = facts;
  const { skippedRatio, detectionsPerSecond, capacityPerSecond } = load;
  const threshold = `over ${percent(limits.overloadSkippedRatio)} skipped`;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at, threshold });
  if (!facts.stats) return say('unknown', facts.blindness);
  if (skippedRatio === null) {
    if (facts.queue.flow !== 'silent') return say('unknown', 'The stats do not say how many frames are skipped.');
    return { ...say('ok', 'No frames arrive, so none are too many.'), proves: false };
  }
  const skipped = `${percent(skippedRatio)} of all frames are skipped`;
  if (skippedRatio <= limits.overloadSkippedRatio) return say('ok', `${skipped}.`);
  const slow = detectors.filter((detector) => (detector.stats?.inferenceMs ?? 0) > detector.limitMs);
  if (slow.some((detector) => lookSpeed(detector, facts).answer === 'bad')) {
    return say('ok', `${skipped}, but a detector is slow: that is the reason, not overload.`);
  }
  if (slow.length > 0)
    return say('unknown', `${skipped}; whether a detector is slow or has too much to do is not clear.`);
  if (detectionsPerSecond === null || capacityPerSecond === null) {
    return say('unknown', `${skipped}; how much the detectors can do is not known.`);
  }
  const work = `${fps(detectionsPerSecond)} of about ${fps(capacityPerSecond)} possible detections per second`;
  if (!facts.isOverloaded && isStarved(facts.cameras, load, limits)) {
    return {
      ...say(
        'bad',
        `${percent(skippedRatio)} of all frames have been skipped${LASTING}: the processor can do no more.`,
      ),
      evidence: [`the detectors have room: ${work}`],
    };
  }
  if (!facts.isOverloaded) return say('ok', `${skipped}, though the detectors are not busy: ${work}.`);
  return {
    ...say(
      'bad',
      `${percent(skippedRatio)} of all frames have been skipped${LASTING}: the detectors can do no more (${work}).`,
    ),
    evidence: [work],
  };
}
