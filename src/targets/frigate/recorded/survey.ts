/** All stats of a case folder gone through once: when they were made, Frigate's starts, which cameras worked. Pure. */

import type { Reply } from '../../../doors/ports.ts';
import { isFields } from '../../ground/fields.ts';
import { START_NOISE_SECONDS } from '../follow/clockwork.ts';
import { leastFpsOf, targetFpsOf } from '../follow/figures.ts';
import { keepStats } from '../observe/answers.ts';
import { EARLIEST_SECONDS, readNumber, readStats } from '../read/stats.ts';
import { FRIGATE_LIMITS } from '../settings.ts';
import { type CaseFiles, readFailure } from './files.ts';

/** One look at the stats. */
export interface RecordedStats {
  /** Its number in the folder; look 1 is the start of the case. */
  number: number;
  /** In Frigate's clock; null: it failed, or does not say. */
  lastUpdated: number | null;
  uptimeSeconds: number | null;
}

export interface Survey {
  looks: readonly RecordedStats[];
  /** Cameras that sent frames in any look. */
  worked: readonly string[];
  /** The stats of a look by its number, as a live look would keep them. */
  stats(number: number): Reply<unknown>;
}

/** So many bodies are kept for the replay; what is beyond is read again. */
const MOST_KEPT = 256;

export function survey(files: CaseFiles): Survey {
  const bodies = files.numbered('stats', '.json');
  const failures = files.numbered('stats', '.error.json');
  const numbers = [...new Set([...bodies.keys(), ...failures.keys()])].toSorted((a, b) => a - b);
  const read = (number: number): Reply<unknown> => {
    const body = bodies.get(number);
    return body === undefined ? readFailure(files.json(failures.get(number) ?? '')) : readBody(files.json(body));
  };
  const kept = new Map<number, Reply<unknown>>();
  const worked = new Set<string>();
  const looks = numbers.map((number): RecordedStats => {
    const reply = read(number);
    if (kept.size < MOST_KEPT) kept.set(number, reply);
    const stats = reply.ok ? readStats(reply.value) : null;
    for (const camera of stats?.cameras ?? []) {
      const leastFps = leastFpsOf(targetFpsOf(camera, null), FRIGATE_LIMITS);
      if (camera.cameraFps !== null && camera.cameraFps >= leastFps) worked.add(camera.id);
    }
    return { number, lastUpdated: lastUpdatedOf(reply), uptimeSeconds: stats?.uptimeSeconds ?? null };
  });
  return { looks, worked: [...worked], stats: (number) => kept.get(number) ?? read(number) };
}

/** A failure that was written in place of a body is the failure. */
function readBody(reply: Reply<unknown>): Reply<unknown> {
  const isFailure = reply.ok && isFields(reply.value) && typeof reply.value.error === 'string';
  return isFailure ? readFailure(reply) : keepStats(reply);
}

/** In every layout; the rules that judge standing still know which of them mean it. */
function lastUpdatedOf(reply: Reply<unknown>): number | null {
  const service = reply.ok && isFields(reply.value) ? reply.value.service : null;
  const updated = isFields(service) ? readNumber(service.last_updated) : null;
  return updated !== null && updated >= EARLIEST_SECONDS ? updated : null;
}

/** How far Frigate's clock was from the case's, look by look; a difference of ordinary age is none. */
export function skewsOf(looks: readonly { at: number; lastUpdated: number | null }[]): readonly number[] {
  let updated: number | null = null;
  let skew = 0;
  return looks.map(({ at, lastUpdated }) => {
    // Stats that stand still grow old; that says nothing of the clock.
    if (lastUpdated !== null && lastUpdated !== updated) {
      updated = lastUpdated;
      skew = Math.abs(lastUpdated - at) > AGE_SECONDS ? lastUpdated - at : 0;
    }
    return skew;
  });
}

/** Stats are renewed every 15 s, the first ones of a run after 25 s, and a cache may keep them for 5 s. */
const AGE_SECONDS = 60;

/** One run of Frigate, as the uptime of its stats tells it. */
export interface RecordedRun {
  startedAt: number;
  index: number;
}

/** The runs in order. An uptime that stands still is an old body once more, and no new start. */
export function runsOf(looks: readonly { madeAt: number; uptimeSeconds: number | null }[]): readonly RecordedRun[] {
  const runs: RecordedRun[] = [];
  let before: number | null = null;
  for (const { madeAt, uptimeSeconds } of looks) {
    if (uptimeSeconds === null) continue;
    const startedAt = madeAt - uptimeSeconds;
    const last = runs.at(-1);
    const isLater = uptimeSeconds !== before && last !== undefined && startedAt > last.startedAt + START_NOISE_SECONDS;
    if (!last || isLater || (before !== null && uptimeSeconds < before)) runs.push({ startedAt, index: runs.length });
    before = uptimeSeconds;
  }
  return runs;
}

/** The run at a moment: also before its first answer, which comes some time after its start. */
export function runAt(runs: readonly RecordedRun[], at: number, startOfCase: number): RecordedRun {
  const begun = runs.findLast((run) => run.startedAt <= at) ?? runs[0];
  return begun ?? { startedAt: startOfCase - DAY, index: 0 };
}

/** A pod of which nothing is said has run for so long. */
const DAY = 86_400;
