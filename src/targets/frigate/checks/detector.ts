/** TABLE: do detectors answer quickly enough, does work reach them, and is it too much for them? */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { DetectorFacts, SeenFacts } from '../facts.ts';
import { hasMoved, VIRGIN_MS, working } from '../pipeline.ts';
import { whenGrown } from './newborn.ts';
import { fps, LASTING, milliseconds, percent } from './wording.ts';

export const detectorChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'detector_queue',
    layer: 'detector',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'Detector queue dead',
    nextSteps: [
      'Restart Frigate: nothing else brings the queue back.',
      'When it comes back often, look for "Detection appears to be stuck" in the log: the hang behind it is most ' +
        "often the Coral's power, cable, port or pass-through.",
      'Frigate 0.17 and 0.18 are most exposed; look whether a newer version is out.',
    ],
    runbook:
      "Every camera receives frames, nearly all are skipped, nothing is detected, and the detector's mean stands " +
      'still. A detector that hung was force-killed while it held the lock of the queue that all cameras share; ' +
      'its replacement never receives work. Frigate does not notice: API, MQTT and log look fine. A detector that ' +
      'hangs again and again looks the same. Only a restart cures it.',
    look: (facts) => [whenGrown(facts, lookQueue(facts))],
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
      'A Coral on USB: try another cable, a USB 3 port or a powered hub, and unplug it once.',
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
    look: (facts) => [whenGrown(facts, lookLoad(facts))],
  },
];

const EVIDENCE_CAMERAS = 4;

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
  const { queueProcessedRatio, queueSkippedRatio } = limits;
  const cameras = working(facts.cameras, limits);
  const means = facts.detectors.flatMap(({ id, stats: said }) =>
    said?.inferenceMs == null ? [] : [`${id} inference_speed stands at ${said.inferenceMs} ms`],
  );
  const who =
    cameras.length === 1
      ? 'the only camera that receives frames skips'
      : `all ${cameras.length} cameras that receive frames skip`;
  return {
    ...say('bad', `Nothing is detected${LASTING}, for ${who} nearly all of them: the detector queue is dead.`),
    threshold: `under ${percent(queueProcessedRatio)} processed, over ${percent(queueSkippedRatio)} skipped`,
    evidence: [
      ...cameras
        .slice(0, EVIDENCE_CAMERAS)
        .map((c) => `${c.id}: ${fps(c.processFps)} of ${fps(c.cameraFps)} fps processed, ${fps(c.skippedFps)} skipped`),
      ...means,
    ],
  };
}

function lookSpeeds(facts: SeenFacts): readonly LookedFinding[] {
  const { at, detectors } = facts;
  if (detectors.length > 0) return detectors.map((detector) => whenGrown(facts, lookSpeed(detector, facts)));
  const detail = facts.stats ? 'The stats name no detector.' : facts.blindness;
  return [{ member: null, answer: 'unknown', detail, at }];
}

function lookSpeed(detector: DetectorFacts, facts: SeenFacts): LookedFinding {
  const { id, limitMs, previousMs, wellAt } = detector;
  const { at, limits, detectionRate } = facts;
  const threshold = `over ${limitMs} ms`;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: id, answer, detail, at, threshold });
  if (detector.isRetired) return say('ok', `Detector ${id} is no longer there.`);
  const ms = detector.stats?.inferenceMs ?? null;
  const why = facts.stats ? emptiness(detector, facts) : facts.blindness;
  if (why === null && ms !== null && isFrozen(detector, facts)) {
    const detail = `The mean of detector ${id} stands still at ${ms} ms, for nothing is detected.`;
    // Once more the good answer of then: it adds no time to a good run, and does not let it end either.
    return wellAt !== null && ms <= limitMs ? { ...say('ok', detail), at: wellAt } : say('unknown', detail);
  }
  if (why !== null || ms === null) return say('unknown', why ?? `Nothing is said of detector ${id}.`);
  const speed = `Detector ${id} needs ${milliseconds(ms)} for one inference`;
  if (ms <= limitMs) {
    const isOld = previousMs === null && detectionRate === 0;
    return { ...say('ok', `${speed}.`), ...(isOld ? { proves: false as const } : {}) };
  }
  if (detectionRate === 0) return say('unknown', `${speed}, but nothing is being detected just now.`);
  if (detectionRate === null && ms < HOPELESS * limitMs) {
    return say('unknown', `${speed}, but whether anything is being detected is not said.`);
  }
  if (previousMs !== null && ms < RECOVERING * previousMs && previousMs <= limits.inferenceNonsenseMs) {
    return say('unknown', `${speed}, falling from ${milliseconds(previousMs)}: the mean still carries something past.`);
  }
  return {
    ...say('bad', `${speed}${LASTING} (limit ${limitMs} ms).`),
    evidence: [
      `inference_speed ${ms} ms${previousMs === null ? '' : `, before that ${previousMs} ms`}`,
      ...(detectionRate === null ? [] : [`${fps(detectionRate)} detections per second`]),
    ],
  };
}

/** A slow first inference or a short hang never lifts the mean this far over its limit. */
const HOPELESS = 10;
/** A mean that loses a tenth between two looks is on its way down. */
const RECOVERING = 0.9;

/** Values that say nothing of the speed. */
function emptiness({ id, stats }: DetectorFacts, { limits }: SeenFacts): string | null {
  const ms = stats?.inferenceMs ?? null;
  if (ms === null) return `Detector ${id} says nothing of its speed.`;
  if (ms === VIRGIN_MS) return `Detector ${id} has finished no inference yet: 10.0 ms is only its start value.`;
  return ms > limits.inferenceNonsenseMs ? `Detector ${id} says ${ms} ms, which is nonsense and no speed.` : null;
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
    if (facts.queue.flow !== 'silent') return say('unknown', 'Skipped frames are not told.');
    return { ...say('ok', 'No frames arrive, so none are too many.'), proves: false };
  }
  const skipped = `${percent(skippedRatio)} of all frames are skipped`;
  if (skippedRatio <= limits.overloadSkippedRatio) return say('ok', `${skipped}.`);
  if (detectors.some((detector) => (detector.stats?.inferenceMs ?? 0) > detector.limitMs)) {
    return say('ok', `${skipped}, but the detector is slow: it is no overload.`);
  }
  if (detectionsPerSecond === null || capacityPerSecond === null) {
    return say('unknown', `${skipped}; what the detectors can do is not known.`);
  }
  const work = `${fps(detectionsPerSecond)} of about ${fps(capacityPerSecond)} possible detections per second`;
  if (!facts.isOverloaded) return say('ok', `${skipped}, though the detectors are not busy: ${work}.`);
  return { ...say('bad', `${skipped}${LASTING}: the detectors do ${work}.`), evidence: [work] };
}
