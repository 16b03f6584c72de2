/** What the log alone tells of cameras, where nobody can ask Frigate for its stats. It only ever speaks against one. */
import type { LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { inThisRun, membersOf, timesOf } from '../log/query.ts';
import { duration, LASTING } from './wording.ts';

/** Lines that say that a camera's frames do not arrive. Some come a hundred times in a millisecond: times count. */
export const LOST_PATTERNS: readonly string[] = ['ffmpeg_crash', 'no_frames', 'unable_to_read', 'ffmpeg_not_running'];

/** Frigate tries again every 10 s, and 20 s without a frame are said: a longer pause parts one loss from the next. */
const PAUSE_SECONDS = 90;

/** Lines that come closer together than this tell of one and the same loss. */
const BURST_SECONDS = 5;

/** So long after the last such line the camera counts as lost: Frigate needs most of it to bring a camera back. */
const LOST_SECONDS = 240;

export function lookFramesInLog(facts: SeenFacts): readonly LookedFinding[] {
  const { log, cameras, now } = facts;
  const at = log.readAt ?? now;
  if (log.state !== 'read') {
    const answer = log.state === 'unread' ? 'unknown' : 'not_observed';
    return [{ member: null, answer, detail: log.why ?? facts.blindness, at }];
  }
  const from = inThisRun(log, Number.NEGATIVE_INFINITY);
  const named = new Set(LOST_PATTERNS.flatMap((pattern) => membersOf(log, pattern, from)));
  const asked = [...named].filter((id) => cameras.find((camera) => camera.id === id)?.votes !== 'ignored');
  if (asked.length === 0) {
    return [
      {
        member: null,
        answer: 'unknown',
        detail: 'The log names no camera, which does not prove that all are well.',
        at,
      },
    ];
  }
  return asked.toSorted().map((id) => lookCamera(id, facts, { at, from }));
}

function lookCamera(id: string, { log }: SeenFacts, { at, from }: { at: number; from: number }): LookedFinding {
  const times = LOST_PATTERNS.flatMap((pattern) => timesOf(log, pattern, id).map(([time]) => time))
    .filter((time) => time >= from)
    .toSorted((a, b) => a - b);
  const last = times.at(-1) ?? at;
  const quiet = at - last;
  if (quiet >= LOST_SECONDS) {
    const detail = `The log has said nothing of ${id} for ${duration(quiet)}; its frames may be back or not.`;
    return { member: id, answer: 'unknown', detail, at };
  }
  const since = times.reduceRight((begun, time) => (begun - time <= PAUSE_SECONDS ? time : begun), last);
  const losses = times.filter((time, k) => time >= since && time - (times[k - 1] ?? 0) > BURST_SECONDS).length;
  return {
    member: id,
    answer: 'bad',
    detail: `By its log Frigate has been losing the stream of ${id}${LASTING}.`,
    at,
    since,
    evidence: [`${losses === 1 ? 'one loss' : `${losses} losses`} in the log, the last ${duration(quiet)} before`],
  };
}
