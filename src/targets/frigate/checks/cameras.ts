/** TABLE: what each camera sends, and what becomes of it. */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { CameraFacts, SeenFacts } from '../facts.ts';
import { wordsFor } from '../follow/switches.ts';
import { own } from '../own.ts';
import { lookFramesInLog } from './camera-log.ts';
import { whenGrown } from './newborn.ts';
import { silence } from './silenced.ts';
import { fps, LASTING, percent } from './wording.ts';

export const cameraChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'cameras',
    layer: 'frigate',
    severity: 'unhealthy',
    forSeconds: 0,
    clearSeconds: 60,
    vote: { kind: 'camera', checks: ['camera_frames', 'camera_skipping'] },
    name: 'Most cameras down',
    nextSteps: [
      'When all cameras fell at once, look at the network first: switch, WiFi, VLAN, power over Ethernet.',
      'When the cameras can be reached, restart Frigate.',
      'When they never worked since a change of the configuration, undo the change: a restart does not help.',
    ],
    runbook:
      'More than half of the cameras that count send no frames or have them skipped. One camera alone is its own ' +
      'fault; many at once point to Frigate itself or to what lies below it. A restart cures Frigate, and only if ' +
      'the cameras have worked with their present settings.',
    look: () => [],
  },
  {
    id: 'camera_frames',
    layer: 'camera',
    severity: 'degraded',
    forSeconds: 180,
    clearSeconds: 300,
    memberIncident: true,
    name: 'No frames',
    nextSteps: [
      'Look whether the camera has power and can be reached: ping it, open its own page.',
      'Open its stream in VLC with the URL of the configuration: password and path may have changed.',
      'Look for "Ffmpeg process crashed" and its last lines in Frigate\'s log.',
    ],
    runbook:
      'Hardly a frame arrives from this camera. Frigate starts its ffmpeg anew every 10 seconds by itself, so a ' +
      'restart of Frigate does not help one camera. What Frigate processes and detects may go on showing old ' +
      'figures. A camera that is switched off is not asked. Where only the log can be read, its lines of crashed ' +
      'and silent streams tell, and nothing but a look at the camera tells that it is back.',
    look: (facts) => (facts.api.isAsked ? lookEach(facts, lookFrames) : lookFramesInLog(facts)),
  },
  {
    id: 'camera_skipping',
    layer: 'camera',
    severity: 'degraded',
    forSeconds: 180,
    clearSeconds: 300,
    memberIncident: true,
    name: 'Frames skipped',
    nextSteps: [
      'Look whether the other cameras skip too: then it is the detector or the load.',
      "Lower this camera's detect.fps and detect resolution.",
      'Mask motion that does not matter.',
    ],
    runbook:
      "Frames arrive and nearly all of them are dropped before anybody looks at them, for this camera's process " +
      'or the detector is behind. One camera alone: its process hangs or is overloaded. All at once: the ' +
      'detector.',
    look: (facts) => lookEach(facts, lookSkipping),
  },
  {
    id: 'camera_slow',
    layer: 'camera',
    severity: 'degraded',
    forSeconds: 180,
    clearSeconds: 300,
    memberIncident: true,
    name: 'Too few frames',
    nextSteps: [
      'Look at its WiFi signal and at the load of the network: a weak link loses frames before it loses the camera.',
      "Compare detect.fps with the frame rate that the camera's own page sets for this stream; many lower it at night.",
      'Look whether the host is short of CPU for ffmpeg: a hardware decoder helps.',
    ],
    runbook:
      'Frames arrive, but less than half as many as the configuration asks for (from 0.18 on: as the stream itself ' +
      'promises). Fast movements are missed. It is the camera, its link or the decoding on this host; a restart of ' +
      'Frigate does not help.',
    look: (facts) => lookEach(facts, lookSlow),
  },
  {
    id: 'camera_switch',
    layer: 'camera',
    severity: 'degraded',
    forSeconds: 0,
    clearSeconds: 60,
    memberIncident: true,
    name: 'Switched on by a restart',
    nextSteps: [
      "Switch it off again, on Frigate's page or in Home Assistant, if it should be off.",
      'Look whether Frigate and the Warden use the same MQTT broker, and whether the Warden may write to its topics.',
      'If it is to stay off for good, set enabled: false in the configuration of Frigate.',
    ],
    runbook:
      'Before 0.18 Frigate forgets with a restart what was switched off while it ran. The Warden switches off again ' +
      'what was off before its own restart, over MQTT, and looks whether that has happened. Here it has not within ' +
      'two minutes, so a camera may film, or record, what somebody did not want filmed. It clears when it is off, ' +
      'after a day, or with the next restart by anybody.',
    look: lookSwitched,
  },
];

/** Asked only of cameras that could have been switched off: the file has them on. */
function lookSwitched({ at, cameras, switches, stats, blindness }: SeenFacts): readonly LookedFinding[] {
  return cameras.flatMap(({ id, isEnabled }): readonly LookedFinding[] => {
    if (!stats) return isEnabled === null ? [] : [{ member: id, answer: 'unknown', detail: blindness, at }];
    const lost = switches.lost.filter(({ camera }) => camera === id);
    const detail = lost.map((one) => `${wordsFor(one)} was off before the restart and is on since then.`).join(' ');
    if (detail !== '') return [{ member: id, answer: 'bad', detail, at }];
    return isEnabled === null ? [] : [{ member: id, answer: 'ok', detail: `${id} is as it was switched.`, at }];
  });
}

type Ask = (camera: CameraFacts, facts: SeenFacts) => Omit<LookedFinding, 'member' | 'at'>;

function lookEach(facts: SeenFacts, ask: Ask): readonly LookedFinding[] {
  const { at, cameras, api } = facts;
  if (!api.isAsked) return [{ member: null, answer: 'not_observed', detail: facts.blindness, at }];
  if (cameras.length > 0) {
    return cameras.map((camera) =>
      whenGrown(facts, { member: camera.id, at, ...(silence(camera) ?? blind(camera, facts) ?? ask(camera, facts)) }),
    );
  }
  const detail = facts.stats ? 'The stats name no camera.' : facts.blindness;
  return [{ member: null, answer: 'unknown', detail, at }];
}

/** Why the figures of a camera cannot be believed. */
function blind({ id, stats, isEnabled }: CameraFacts, facts: SeenFacts): ReturnType<Ask> | null {
  if (!facts.stats) return { answer: 'unknown', detail: facts.blindness };
  if (!stats) return { answer: 'unknown', detail: `The stats do not name ${id}.` };
  if (stats.cameraFps === null) return { answer: 'unknown', detail: `The stats say nothing of the frames of ${id}.` };
  const processes = own(facts.processes.cameras, id);
  if (processes?.capture === 'dead') {
    return { answer: 'unknown', detail: `The figures of ${id} are old: the process that takes its frames is dead.` };
  }
  return processes?.isIdle && isEnabled !== true
    ? { answer: 'unknown', detail: `The figures of ${id} stand still and no ffmpeg runs: it may be switched off.` }
    : null;
}

function lookFrames({ id, stats, isEnabled, mayBeOff, worked, leastFps }: CameraFacts): ReturnType<Ask> {
  const frames = stats?.cameraFps ?? 0;
  const threshold = `under ${leastFps} fps`;
  if (frames >= leastFps) return { answer: 'ok', detail: `${id} sends ${fps(frames)} fps.`, threshold };
  if (mayBeOff) {
    return {
      answer: 'unknown',
      detail: `${id} sends nothing, and whether it was switched off could not be read since it stopped.`,
      threshold,
    };
  }
  // Frigate starts an ffmpeg only for a camera that is on.
  const isTried = stats !== null && stats.hasProcess !== false && (stats.ffmpegPid ?? 0) > 0;
  if (isEnabled === null && !worked && !isTried) {
    return {
      answer: 'unknown',
      detail: `${id} sends nothing and was never seen to: it may be switched off.`,
      threshold,
    };
  }
  if (isEnabled === null && stats?.hasProcess === false) {
    return { answer: 'unknown', detail: `${id} has no process: it may be switched off.`, threshold };
  }
  const stale =
    (stats?.processFps ?? 0) >= leastFps ? [`process_fps ${fps(stats?.processFps ?? null)} is an old figure`] : [];
  const few = fps(frames) === '0.0' ? 'no frames' : `only ${fps(frames)} fps`;
  const newness = worked ? '' : '; it was never seen to work with these settings';
  return {
    answer: 'bad',
    detail: `${id} has sent ${few}${LASTING}${newness}.`,
    threshold,
    evidence: [`camera_fps ${fps(frames)}`, ...stale],
  };
}

function lookSkipping({ id, stats, leastFps }: CameraFacts, facts: SeenFacts): ReturnType<Ask> {
  const { limits } = facts;
  const arriving = stats?.cameraFps ?? 0;
  const skipped = stats?.skippedFps ?? null;
  const threshold = `over ${percent(limits.skippedRatio)} skipped`;
  if (arriving < leastFps) {
    return { answer: 'ok', proves: false, detail: `${id} sends no frames that could be skipped.`, threshold };
  }
  if (skipped === null)
    return { answer: 'unknown', detail: `The stats do not say how many frames of ${id} are skipped.`, threshold };
  const ratio = skipped / arriving;
  const said = `Frigate skips ${percent(Math.min(1, ratio))} of the frames of ${id}`;
  if (ratio > limits.skippedRatio) {
    const evidence = [
      `skipped_fps ${fps(skipped)} of camera_fps ${fps(arriving)}, process_fps ${fps(stats?.processFps ?? null)}`,
    ];
    return {
      answer: 'bad',
      detail: `Frigate has skipped ${percent(Math.min(1, ratio))} of the frames of ${id}${LASTING}.`,
      threshold,
      evidence,
    };
  }
  if (skipped === 0 && !facts.countsSkipped && stats?.processFps !== null && (stats?.processFps ?? 0) < arriving / 2) {
    return {
      answer: 'unknown',
      detail: `${id} processes few frames, and this version counts no skipped ones.`,
      threshold,
    };
  }
  return { answer: 'ok', detail: `${said}.`, threshold };
}

function lookSlow({ id, stats, targetFps, leastFps }: CameraFacts, { limits }: SeenFacts): ReturnType<Ask> {
  const frames = stats?.cameraFps ?? 0;
  if (targetFps === null) {
    return { answer: 'not_observed', detail: `How many frames ${id} should send is not known.` };
  }
  const least = limits.slowCameraRatio * targetFps;
  const threshold = `under ${percent(limits.slowCameraRatio)} of ${fps(targetFps)} fps`;
  if (frames < leastFps) {
    return { answer: 'ok', proves: false, detail: `${id} sends no frames at all.`, threshold };
  }
  const said = `${id} sends ${fps(frames)} of ${fps(targetFps)} fps`;
  if (frames >= least) return { answer: 'ok', detail: `${said}.`, threshold };
  const quality = stats?.connectionQuality ?? null;
  return {
    answer: 'bad',
    detail: `${id} has sent only ${fps(frames)} of ${fps(targetFps)} fps${LASTING}.`,
    threshold,
    evidence: [`camera_fps ${fps(frames)}`, ...(quality === null ? [] : [`Frigate calls its connection ${quality}`])],
  };
}
