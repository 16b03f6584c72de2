/** TABLE: is anything written, camera by camera and altogether? */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { CameraFacts, SeenFacts } from '../facts.ts';
import type { CameraRecording } from '../follow/recordings.ts';
import { countSince, inThisRun, lastAt, membersOf } from '../log/query.ts';
import { own } from '../own.ts';
import { whenSettled } from './aftermath.ts';
import { LOST_PATTERNS } from './camera-log.ts';
import { silence } from './silenced.ts';
import { duration, LASTING } from './wording.ts';

export const recordingChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'recording_backlog',
    layer: 'recording',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'Recordings thrown away unprocessed',
    nextSteps: [
      'Look at the detector first: while detection stands still, segments wait for it and are thrown away.',
      'Restart Frigate when the detector looks well.',
      'When it is one camera only, look at its detect stream: timestamps that jump keep Frigate waiting. Try another ' +
        'preset for its input arguments.',
    ],
    runbook:
      'Frigate logs "Too many unprocessed recording segments" again and again: segments are kept until their frames ' +
      'were looked at, that does not happen, and footage is thrown away. Nearly always the detector or a process ' +
      'before it is stuck. Lines of a camera that sends no frames, or whose own process is behind, are not counted. ' +
      'A slow storage says "Unable to keep up" instead. A restart cures it when nothing below is wrong.',
    look: (facts) => [whenSettled(facts, lookBacklog(facts))],
  },
  {
    id: 'recording_stopped',
    layer: 'recording',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'Nothing is recorded',
    nextSteps: [
      'Look at the disk of the recordings: full, read-only, or a network share that is gone.',
      'Restart Frigate when the disk is well: its recording process may be dead.',
      'Look whether recording was switched off in Frigate or over MQTT.',
    ],
    runbook:
      'Frames arrive and all figures look well, but no camera that records round the clock has a new segment for ' +
      'minutes; Frigate writes one every 10 seconds. Most often the recording process is dead or hangs, which up to ' +
      '0.17 nobody but a restart brings back. Cameras that keep only motion are not asked: a quiet night has no ' +
      'segments. When the storage is at fault, a restart does not help.',
    look: (facts) => [lookAll(facts)],
  },
  {
    id: 'recording_camera',
    layer: 'camera',
    severity: 'degraded',
    forSeconds: 300,
    clearSeconds: 300,
    memberIncident: true,
    name: 'Not recorded',
    nextSteps: [
      "Look at the camera's stream for recording, often another one than for detection: open it in VLC.",
      'Look for "No new recording segments" or "Invalid recording segment" of this camera in Frigate\'s log.',
      'Compare codec and audio with what Frigate can copy into mp4; try another preset for its output arguments.',
    ],
    runbook:
      'This camera records round the clock and sends frames, yet has no new segment for minutes, while others have. ' +
      'Its stream for recording is down or sends what cannot be stored. Frigate starts its ffmpeg anew by itself ' +
      'every two minutes; a restart of Frigate does not help one camera.',
    look: (facts) => lookCameras(facts),
  },
];

/** A camera whose lines are its own fault says nothing of the whole: it is silent, or alone behind. */
function isOwnFault(id: string, { cameras, limits, queue }: SeenFacts): boolean {
  const camera = cameras.find((one) => one.id === id);
  if (!camera?.stats) return false;
  if (camera.votes !== true) return true;
  const { cameraFps, skippedFps } = camera.stats;
  if (cameraFps === null) return false;
  if (cameraFps < camera.leastFps) return true;
  return queue.flow === 'flowing' && skippedFps !== null && skippedFps > limits.skippedRatio * cameraFps;
}

function lookBacklog(facts: SeenFacts): LookedFinding {
  const { log, limits, now, queue, aftermathUntil } = facts;
  const at = log.readAt ?? now;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  if (log.state !== 'read') {
    return say(log.state === 'unread' ? 'unknown' : 'not_observed', log.why ?? 'The log is not read.');
  }
  const from = inThisRun(log, Math.max(at - limits.backlogSeconds, aftermathUntil ?? 0));
  const counted = membersOf(log, 'unprocessed', from)
    .filter((id) => !isOwnFault(id, facts) && !hasLost(id, facts, from))
    .map((id) => ({ id, count: countSince(log, 'unprocessed', from, id) }));
  const count = counted.reduce((sum, one) => sum + one.count, 0);
  const threshold = `over ${limits.backlogCount} in ${duration(limits.backlogSeconds)}`;
  if (count > limits.backlogCount) {
    return {
      ...say(
        'bad',
        `Recordings have been thrown away${LASTING}: detection is behind and does not look at their frames in time.`,
      ),
      threshold,
      evidence: [
        `"Too many unprocessed recording segments": ${count} in ${duration(limits.backlogSeconds)}`,
        counted.map((one) => `${one.id} ${one.count}`).join(', '),
      ],
    };
  }
  const last = lastAt(log, 'unprocessed');
  const seen = newestOf(facts);
  const isProven =
    seen === null ? queue.flow === 'flowing' && last === null : seen > (last ?? Number.NEGATIVE_INFINITY);
  const detail =
    count === 0
      ? 'No recording is thrown away unprocessed.'
      : `${count} recordings were thrown away, which is not many.`;
  return { ...say('ok', detail), threshold, ...(isProven ? {} : { proves: false as const }) };
}

/** Without stats the log itself tells which camera has lost its stream. */
function hasLost(id: string, { api, log }: SeenFacts, from: number): boolean {
  return !api.isAsked && LOST_PATTERNS.some((pattern) => countSince(log, pattern, from, id) > 0);
}

/** When the newest segment of all that are known ended, in our clock; null: nobody looks. */
function newestOf({ recordings }: SeenFacts): number | null {
  const ends = Object.values(recordings.cameras).flatMap(({ askedAt, ageSeconds }) =>
    askedAt === null || ageSeconds === null ? [] : [askedAt - ageSeconds],
  );
  return ends.length > 0 ? Math.max(...ends) : null;
}

type Said = Omit<LookedFinding, 'member'>;

/** What was read longer ago than this says nothing of now. Of 64 cameras each is asked every 16 minutes. */
const LATELY_SECONDS = 1800;
/** All are asked in the look after one was late; before they are, nobody knows whether it is one or all. */
const AT_ONCE_SECONDS = 120;

function lookCameras(facts: SeenFacts): readonly LookedFinding[] {
  const nothing = blind(facts);
  if (nothing) return [{ member: null, ...nothing }];
  return facts.cameras.map((camera) => whenSettled(facts, { member: camera.id, ...lookCamera(camera, facts) }));
}

function blind({ api, recordings, blindness, at }: SeenFacts): Said | null {
  if (!api.isAsked && !recordings.isAsked) return { answer: 'not_observed', detail: blindness, at };
  return recordings.isAsked ? null : { answer: 'not_observed', detail: 'Recordings are not asked for.', at };
}

function lookCamera(camera: CameraFacts, facts: SeenFacts): Said {
  const { limits, now } = facts;
  const { id } = camera;
  const recording = own(facts.recordings.cameras, id);
  const at = recording?.askedAt ?? now;
  const say = (answer: Said['answer'], detail: string) => ({ answer, detail, at });
  const why = unasked(camera, recording ?? null);
  if (why !== null) return say('not_observed', why);
  if (!recording || recording.askedAt === null || recording.lateSeconds === null) {
    return say(
      'unknown',
      `The recordings of ${id} were not read: ${recording?.failure ?? 'it has not been asked yet.'}`,
    );
  }
  const { ageSeconds, lateSeconds, isContinuous, isRegular, mayBeOff, failure } = recording;
  const threshold = `no new segment for ${duration(limits.segmentSeconds)}`;
  if (now - recording.askedAt > LATELY_SECONDS) {
    return say('unknown', `The recordings of ${id} were not read lately: ${failure ?? 'it was not its turn.'}`);
  }
  if (ageSeconds !== null && ageSeconds <= limits.segmentSeconds) {
    return { ...say('ok', `The newest segment of ${id} was ${duration(ageSeconds)} old.`), threshold };
  }
  if (!recording.isWriting) return say('unknown', `${id} sends no frames that could be recorded.`);
  if (lateSeconds <= limits.segmentSeconds) return say('unknown', `${id} has no new segment yet.`);
  // Who records motion only writes nothing while nothing moves.
  const isQuiet = !((camera.stats?.detectionFps ?? 0) > 0);
  if (isContinuous === null && (!isRegular || isQuiet)) {
    return say('unknown', `${id} has no new segment, and whether it records round the clock is not known.`);
  }
  if (mayBeOff) return say('unknown', `${id} has no new segment, and whether recording is on could not be read.`);
  const age = ageSeconds === null ? 'none in the time that was asked for' : `ended ${duration(ageSeconds)} before`;
  return {
    ...say('bad', `${id} sends frames, but has not been recorded${LASTING}.`),
    threshold,
    evidence: [`newest segment of ${id}: ${age}`],
  };
}

/** Why a time without segments is nothing to ask about, a sentence; null: it is. */
function unasked(camera: CameraFacts, recording: CameraRecording | null): string | null {
  const why = silence(camera)?.detail ?? null;
  if (why !== null) return why;
  return recording?.isContinuous === false ? `${camera.id} is not set to record round the clock.` : null;
}

function lookAll(facts: SeenFacts): LookedFinding {
  const { now, limits } = facts;
  const nothing = blind(facts);
  if (nothing) return { member: null, ...nothing };
  const voices = facts.cameras.map((camera) => ({ id: camera.id, ...lookCamera(camera, facts) }));
  const asked = voices.filter(({ answer }) => answer !== 'not_observed');
  const late = asked.filter(({ answer }) => answer === 'bad');
  const at = Math.max(...asked.map((voice) => voice.at), Number.NEGATIVE_INFINITY);
  const say = (answer: LookedFinding['answer'], detail: string) => ({
    member: null,
    answer,
    detail,
    at: asked.length > 0 ? at : now,
    threshold: `no new segment for ${duration(limits.segmentSeconds)}`,
  });
  if (asked.length === 0) return say('not_observed', 'No camera is set to record round the clock.');
  const fine = asked.filter(({ answer }) => answer === 'ok');
  if (fine.length > 0) return say('ok', `${fine.length} of ${asked.length} recording cameras write.`);
  const hidden = asked.filter(({ id, answer }) => answer === 'unknown' && isWriting(id, facts));
  const [first] = hidden;
  if (late.length === 0 || first) return say('unknown', first?.detail ?? 'No camera sends frames to be recorded.');
  if (late.some((voice) => now - voice.at > AT_ONCE_SECONDS)) {
    return say('unknown', 'A camera is not recorded; the others are being asked.');
  }
  const who =
    late.length === 1
      ? 'the only camera that should be recorded has no'
      : `none of the ${late.length} cameras that should be recorded has a`;
  return whenSettled(facts, {
    ...say('bad', `Nothing has been recorded${LASTING}, though frames arrive: ${who} new segment.`),
    evidence: late.slice(0, EVIDENCE_CAMERAS).flatMap(({ evidence }) => evidence ?? []),
  });
}

const EVIDENCE_CAMERAS = 4;

function isWriting(id: string, { recordings }: SeenFacts): boolean {
  return own(recordings.cameras, id)?.isWriting ?? true;
}
