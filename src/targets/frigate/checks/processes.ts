/** TABLE: do the processes live and move that Frigate itself never replaces? */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { CameraFacts, SeenFacts } from '../facts.ts';
import type { Life } from '../follow/processes.ts';
import { own } from '../own.ts';
import { whenGrown } from './newborn.ts';
import { silence } from './silenced.ts';
import { fps, LASTING } from './wording.ts';

export const processChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'process_dead',
    layer: 'frigate',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'Process dead',
    nextSteps: [
      'Restart Frigate: nothing else starts this process again.',
      "Look at Frigate's log for what it died of: out of memory, a bus error (/dev/shm too small), a Python traceback.",
      'When it dies again and again, look at the memory limit of the container and at the host for killed processes.',
    ],
    runbook:
      'Frigate names a process of its own in its stats, and it is not among those that run, though most others are. ' +
      'A dead capture process leaves all figures of its camera standing at healthy values for ever, without a line ' +
      'in the log; a dead recording process leaves all stats perfect and nothing is recorded. Frigate starts neither ' +
      'anew (from 0.18 on the recording one). A restart cures it; after a dead capture process it takes two minutes.',
    look: (facts) => lookLives(facts),
  },
  {
    id: 'process_hung',
    layer: 'frigate',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'Camera process hung',
    nextSteps: [
      'Restart Frigate: it never notices by itself.',
      "Look whether the host was short of memory or CPU at that time, and whether Frigate's disk hung.",
      "When it is always the same camera, compare its detect resolution and frame rate with the others'.",
    ],
    runbook:
      "The process that looks at this camera's frames stands still. It says so by figures that cannot be: processed " +
      'and skipped frames together are far more than arrive, for what was processed last stands for ever while every ' +
      'new frame is skipped. Nothing of the camera is detected or recorded. Frigate does not heal it; a restart does.',
    look: (facts) => lookEach(facts, lookHung),
  },
];

type Said = Omit<LookedFinding, 'member' | 'at'>;

/** The recording process speaks for no camera: its finding has no member. */
function lookLives(facts: SeenFacts): readonly LookedFinding[] {
  const { processes, at } = facts;
  const members = lookEach(facts, lookLife).map((finding) => whenGrown(facts, finding));
  if (blind(facts)) return members;
  const { recording, recordingPid } = processes;
  const said = {
    alive: { answer: 'ok' as const, detail: 'The recording process runs.' },
    unknown: { answer: 'unknown' as const, detail: 'The stats do not list which processes run.' },
    none: { answer: 'not_observed' as const, detail: 'The stats name no recording process.' },
    dead: {
      answer: 'bad' as const,
      detail: `The recording process has been dead${LASTING}: nothing is recorded.`,
      evidence: [`recording pid ${recordingPid} is not among the processes that run`],
    },
  }[recording];
  return [whenGrown(facts, { member: null, at, ...said }), ...members];
}

/** What a young run says of a frozen figure is its own already: two looks at this run are compared. */
function lookEach(facts: SeenFacts, ask: (camera: CameraFacts, facts: SeenFacts) => Said): readonly LookedFinding[] {
  const { at, cameras } = facts;
  const nothing = blind(facts);
  if (nothing) return [{ member: null, at, ...nothing }];
  return cameras.map((camera) => ({ member: camera.id, at, ...(silence(camera) ?? ask(camera, facts)) }));
}

/** Why no camera can be asked. */
function blind({ api, stats, processes, blindness }: SeenFacts): Said | null {
  if (!api.isAsked) return { answer: 'not_observed', detail: blindness };
  if (!stats) return { answer: 'unknown', detail: blindness };
  return processes.isAsked ? null : { answer: 'not_observed', detail: processes.why ?? '' };
}

function lookLife({ id }: CameraFacts, { processes }: SeenFacts): Said {
  const camera = own(processes.cameras, id);
  if (!camera) return { answer: 'unknown', detail: `The stats do not name ${id}.` };
  const { capture, process, capturePid, processPid } = camera;
  const lives: readonly Life[] = [capture, process];
  if (lives.includes('dead')) {
    const dead = [
      ...(capture === 'dead' ? [{ what: 'process that takes its frames', name: 'capture_pid', pid: capturePid }] : []),
      ...(process === 'dead' ? [{ what: 'process that looks at its frames', name: 'pid', pid: processPid }] : []),
    ];
    const who = dead.map(({ what }) => what).join(' and the ');
    return {
      answer: 'bad',
      detail: `Nothing of ${id} has been seen${LASTING}: the ${who} ${dead.length > 1 ? 'are' : 'is'} dead.`,
      evidence: dead.map(({ name, pid }) => `${name} ${pid} of ${id} is not among the processes that run`),
    };
  }
  if (lives.includes('unknown')) return { answer: 'unknown', detail: 'The stats do not list which processes run.' };
  if (lives.every((life) => life === 'none')) {
    return { answer: 'not_observed', detail: `The stats name no process of ${id}.` };
  }
  return { answer: 'ok', detail: `The processes of ${id} run.` };
}

/** Share of the arriving frames that must be skipped: a stream that ends leaves an old figure too, and skips none. */
const SKIPPED_RATIO = 0.5;

function lookHung({ id, stats, leastFps }: CameraFacts, { processes, limits }: SeenFacts): Said {
  if (!stats) return { answer: 'unknown', detail: `The stats do not name ${id}.` };
  if (stats.detectionEnabled === false) {
    return { answer: 'not_observed', detail: `Detection is switched off for ${id}.` };
  }
  const { cameraFps, processFps, skippedFps } = stats;
  if (cameraFps === null || processFps === null || skippedFps === null) {
    return { answer: 'unknown', detail: `The stats say too little of the frames of ${id}.` };
  }
  const threshold = `processed and skipped over ${limits.hungFactor} × what arrives`;
  if (cameraFps < leastFps) {
    return { answer: 'ok', proves: false, detail: `${id} sends no frames that could be processed.`, threshold };
  }
  const isImpossible =
    processFps + skippedFps > limits.hungFactor * cameraFps && skippedFps > SKIPPED_RATIO * cameraFps;
  if (!isImpossible) return { answer: 'ok', detail: `The figures of ${id} agree with each other.`, threshold };
  const isFrozen = own(processes.cameras, id)?.isFrozen ?? null;
  if (isFrozen === null) {
    return { answer: 'unknown', detail: `${id} processes and skips more frames than arrive; one look is no proof.` };
  }
  if (!isFrozen) return { answer: 'ok', proves: false, detail: `The process of ${id} moves.`, threshold };
  return {
    answer: 'bad',
    detail: `The process that looks at the frames of ${id} has stood still${LASTING}: every frame is skipped.`,
    threshold,
    evidence: [
      `process_fps stands at ${fps(processFps)}, skipped_fps ${fps(skippedFps)}, camera_fps ${fps(cameraFps)}`,
    ],
  };
}
