/** Recordings of a live Frigate 0.17.2 under true faults: what is said, look by look, and what would be ordered. */
import { describe, expect, it } from 'vitest';
import { answersTo, answerTable, assess, findingOf, last, orderedAfter, watchCase } from './watching.ts';

const CALM = ['api', 'stats_fresh', 'detector_queue', 'overload'] as const;

describe('a recorded Frigate', () => {
  it('is healthy when nothing is wrong, from the first look of a young run on', () => {
    const seen = watchCase('healthy');
    for (const check of CALM) expect(answersTo(seen, check)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(answersTo(seen, 'detector_speed', 'ds')).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    const decisions = assess(seen);
    expect(decisions.map((one) => one.verdict)).toEqual(Array(5).fill('healthy'));
    expect(orderedAfter(seen, decisions)).toBeNull();
  });

  it('names a slow detector, and never calls it overload or a dead queue', () => {
    const seen = watchCase('slow-detector-500ms');
    expect(answersTo(seen, 'detector_speed', 'ds')).toEqual([...Array(6).fill('bad'), 'ok', 'ok', 'ok']);
    expect(answersTo(seen, 'overload')).toEqual(Array(9).fill('ok'));
    expect(answersTo(seen, 'detector_queue')).toEqual(Array(9).fill('ok'));
    expect(findingOf(seen[5] ?? last(seen), 'detector_speed', 'ds')).toMatchObject({
      detail: 'Detector ds has been slow for 75 s: 503 ms for one inference (limit 100 ms).',
      threshold: 'over 100 ms',
    });
    expect(orderedAfter(seen, assess(seen))).toBeNull();
  });

  it('has its orphaned queue named and restarted within 150 s, and is well after the restart', () => {
    const seen = watchCase('orphaned-queue');
    expect(answersTo(seen, 'detector_queue')).toEqual([...Array(7).fill('bad'), 'ok', 'ok', 'ok', 'ok']);
    const decisions = assess(seen);
    expect(decisions[4]?.cause).toMatchObject({ check: 'detector_queue', layer: 'detector' });
    expect(orderedAfter(seen, decisions)).toBe(60);
  });

  it('has its stuck detector restarted within 150 s, though its process changes and inferences begin', () => {
    const seen = watchCase('stuck-detector');
    expect(answersTo(seen, 'detector_queue')).toEqual(['ok', ...Array(13).fill('bad'), ...Array(5).fill('ok')]);
    expect(orderedAfter(seen, assess(seen))).toBe(75);
  });

  it('is not restarted for one camera that refuses, whose old figures are not believed', () => {
    const seen = watchCase('one-camera-down-refused');
    expect(answersTo(seen, 'camera_frames', 'yard')).toEqual(['ok', ...Array(6).fill('bad'), 'ok', 'ok']);
    expect(answersTo(seen, 'camera_frames', 'gate')).toEqual(Array(9).fill('ok'));
    const finding = findingOf(seen[5] ?? last(seen), 'camera_frames', 'yard');
    expect(finding.detail).toBe('yard has sent no frames for 60 s.');
    expect(finding.evidence).toEqual(['camera_fps 0.0', 'process_fps 5.3 is an old figure']);
    expect(orderedAfter(seen, assess(seen))).toBeNull();
  });

  it('is not sick while it restarts: zeros and the start value of the mean say nothing', () => {
    const seen = watchCase('api-restart');
    expect(answersTo(seen, 'camera_frames', 'yard')).toEqual(['ok', 'unknown', 'unknown', 'ok']);
    expect(answersTo(seen, 'detector_speed', 'ds')).toEqual(['ok', 'unknown', 'unknown', 'ok']);
    expect(answersTo(seen, 'stats_fresh')).toEqual(Array(4).fill('ok'));
    expect(seen.flatMap((one) => one.looked.findings.filter(({ answer }) => answer === 'bad'))).toEqual([]);
  });

  it('counts a restart as a new run with its first answer', () => {
    const seen = watchCase('api-restart');
    const answered = seen.map((one) => one.facts.run.answeredAt);
    expect(answered[1]).toBe(seen[1]?.at);
    expect(answered[2]).toBe(seen[1]?.at);
    expect(answered[0]).toBe(seen[0]?.at);
  });

  it('neither asks nor counts a camera that was switched off while running, whose figures stay frozen', () => {
    const seen = watchCase('camera-disabled-at-runtime');
    expect(answersTo(seen, 'camera_frames', 'yard')).toEqual(Array(5).fill('not_observed'));
    expect(last(seen).looked.members).toContainEqual(expect.objectContaining({ id: 'yard', votes: 'disabled' }));
    expect(last(seen).looked.readings.members).toContainEqual(
      expect.objectContaining({ id: 'yard', framesPerSecond: null }),
    );
    expect(assess(seen).map((one) => one.verdict)).toEqual(Array(5).fill('healthy'));
  });

  it('does not take the frozen figures of a hung camera process for a working queue', () => {
    const seen = watchCase('camera-process-hung');
    expect(answerTable(last(seen), 'camera_frames')).toEqual({ front: 'ok', yard: 'ok', gate: 'ok' });
    expect(last(seen).facts.load.skippedRatio).toBe(0);
    expect(orderedAfter(seen, assess(seen))).toBeNull();
  });

  it('gives its evidence a time in our clock that moves only with the stats', () => {
    const seen = watchCase('api-restart');
    const times = seen.map((one) => findingOf(one, 'camera_frames', 'front').at);
    expect(times[2]).toBe(times[1]);
    expect(times[3]).toBeGreaterThan(times[2] ?? 0);
  });

  it('names no camera, process, recording, stream or broker where another thing is wrong, or nothing', () => {
    const ours = [
      ...['camera_slow', 'camera_reach', 'camera_stream', 'process_dead', 'process_hung'],
      ...['recording_backlog', 'recording_stopped', 'recording_camera', 'frigate_mqtt', 'mqtt_client_id'],
    ];
    const recorded = ['healthy', 'slow-detector-500ms', 'orphaned-queue', 'stuck-detector', 'one-camera-down-refused'];
    for (const name of [...recorded, 'api-restart', 'camera-disabled-at-runtime']) {
      const bad = watchCase(name).flatMap(({ looked }) => looked.findings.filter(({ answer }) => answer === 'bad'));
      expect([name, bad.filter(({ check }) => ours.includes(check))]).toEqual([name, []]);
    }
  });
});
