/** The cameras and detectors of one Frigate: who they are, what they said, and what they did before. */
import { isFresh } from '../../../rules/streak.ts';
import type { Finding } from '../../../rules/types.ts';
import type { CameraFacts, DetectorFacts } from '../facts.ts';
import type { CameraMemory, FrigateMemory, Sample } from '../memory.ts';
import { own } from '../own.ts';
import type { Configured } from '../read/configured.ts';
import { type CameraStats, type FrigateStats, isReplay } from '../read/stats.ts';
import type { FrigateLimits, FrigateSettings } from '../settings.ts';
import { leastFpsOf, targetFpsOf } from './figures.ts';

/** A camera that the stats stopped naming may come back; after a day it was taken away. */
const CAMERA_SECONDS = 86_400;
/** A detector that is gone is said to be gone for long enough to clear what was wrong with it. */
const DETECTOR_SECONDS = 3600;

/** Cameras that are known, with this look's frames added. Without stats nothing is forgotten. */
export function followCameras(
  before: FrigateMemory['cameras'],
  stats: FrigateStats | null,
  { configured, now, limits }: { configured: Configured | null; now: number; limits: FrigateLimits },
): FrigateMemory['cameras'] {
  const named = stats?.cameras ?? [];
  const ids = new Set(named.map(({ id }) => id));
  const kept = Object.entries(before).filter(([id, { seenAt }]) => {
    if (!stats?.cameras || ids.has(id)) return true;
    return configured ? own(configured.cameras, id) !== undefined : now - seenAt < CAMERA_SECONDS;
  });
  const seen = named.map((camera): [string, CameraMemory] => {
    const set = (configured && own(configured.cameras, camera.id)) ?? null;
    const settings = set?.settings ?? null;
    const least = leastFpsOf(targetFpsOf(camera, set), limits);
    const known = own(before, camera.id);
    const workedBefore = known?.worked ?? null;
    const worked = hasFrames(camera, least) ? { settings: settings ?? workedBefore?.settings ?? null } : workedBefore;
    const silentBefore = known?.silentSince ?? null;
    const isSilent = camera.cameraFps === null ? silentBefore !== null : camera.cameraFps < least;
    return [camera.id, { seenAt: now, worked, silentSince: isSilent ? (silentBefore ?? now) : null }];
  });
  return Object.fromEntries([...kept, ...seen]);
}

/** Frames arrive, or figures that only frames can have left behind: they outlive a dead stream. */
function hasFrames({ cameraFps, processFps, detectionFps, hasProcess }: CameraStats, least: number): boolean {
  if (cameraFps !== null && cameraFps >= least) return true;
  return hasProcess !== false && ((processFps ?? 0) > 0 || (detectionFps ?? 0) > 0);
}

/** Every camera that is known, whether or not the stats of this look name it: a lost view is no removal. */
export function cameraFacts(
  memory: Pick<FrigateMemory, 'cameras' | 'configured' | 'configuredAt' | 'configFailure'>,
  stats: FrigateStats | null,
  { camerasIgnored: ignored, limits }: Pick<FrigateSettings, 'camerasIgnored' | 'limits'>,
): readonly CameraFacts[] {
  const { cameras, configured } = memory;
  const ids = new Set([...Object.keys(cameras), ...Object.keys(configured?.cameras ?? {})]);
  const named = new Map((stats?.cameras ?? []).map((camera) => [camera.id, camera]));
  return [...ids]
    .filter((id) => !isReplay(id))
    .map((id) => {
      const settings = configured && own(configured.cameras, id);
      const isEnabled = settings ? isOn(settings.enabled, settings.enabledInFile) : null;
      const known = own(cameras, id);
      const worked = known?.worked ?? null;
      const said = named.get(id) ?? null;
      const targetFps = targetFpsOf(said, settings);
      return {
        id,
        stats: said,
        votes: ignored.includes(id) ? 'ignored' : isEnabled === false ? 'disabled' : true,
        isEnabled,
        isSwitchedOff: settings?.enabled === false && settings.enabledInFile === true,
        mayBeOff: isUnread(known?.silentSince ?? null, memory),
        worked: worked !== null && isSame(worked.settings, settings?.settings ?? null),
        targetFps,
        leastFps: leastFpsOf(targetFps, limits),
        stream: settings?.stream ?? null,
      };
    });
}

/** The configuration was asked for, and has not been read since the camera fell silent. */
function isUnread(
  silentSince: number | null,
  { configuredAt, configFailure }: Pick<FrigateMemory, 'configuredAt' | 'configFailure'>,
): boolean {
  if (silentSince === null) return false;
  return configFailure !== null || (configuredAt !== null && configuredAt < silentSince);
}

/** Settings that nobody could read are taken for the same. */
function isSame(before: string | null, now: string | null): boolean {
  return before === null || now === null || before === now;
}

function isOn(live: boolean | null, inFile: boolean | null): boolean | null {
  if (live === false || inFile === false) return false;
  return live ?? inFile;
}

export function followDetectors(
  before: FrigateMemory['detectors'],
  stats: FrigateStats | null,
  now: number,
): FrigateMemory['detectors'] {
  const named = stats?.detectors ?? [];
  const kept = Object.entries(before).filter(([, seenAt]) => named.length === 0 || now - seenAt < DETECTOR_SECONDS);
  return Object.fromEntries([...kept, ...named.map(({ id }) => [id, now] as const)]);
}

/** The last two samples by different evidence. */
export function followSamples(
  before: Pick<FrigateMemory, 'latest' | 'previous'>,
  stats: FrigateStats | null,
  at: number,
): { latest: Sample | null; previous: Sample | null } {
  if (!stats?.detectors || before.latest?.at === at) return { latest: before.latest, previous: before.previous };
  const inferenceMs = Object.fromEntries(stats.detectors.map((detector) => [detector.id, detector.inferenceMs]));
  return { latest: { at, inferenceMs }, previous: before.latest };
}

/** What the speeds of this look leave behind; one that says nothing leaves what was known. */
export function followSpeeds(
  before: FrigateMemory['speeds'],
  findings: readonly Finding[],
  now: number,
): FrigateMemory['speeds'] {
  const counted = findings.filter(
    ({ check, answer, proves }) =>
      check === 'detector_speed' && (answer === 'bad' || (answer === 'ok' && proves !== false)),
  );
  if (counted.length === 0) return before;
  return Object.fromEntries([
    ...Object.entries(before),
    ...counted.flatMap(({ member, answer, at }) =>
      member === null ? [] : [[member, { isGood: answer === 'ok', at, seenAt: now }] as const],
    ),
  ]);
}

export function detectorFacts(
  { detectors, configured, previous, speeds }: Pick<FrigateMemory, 'detectors' | 'configured' | 'previous' | 'speeds'>,
  stats: FrigateStats | null,
  { limits, rules, now }: Pick<FrigateSettings, 'limits' | 'rules'> & { now: number },
): readonly DetectorFacts[] {
  const named = stats?.detectors ?? [];
  return Object.keys(detectors).map((id) => {
    const said = named.find((detector) => detector.id === id) ?? null;
    const type = (configured && own(configured.detectors, id)) ?? null;
    const speed = own(speeds, id);
    const isCpu = type === null ? /cpu/i.test(id) : type === 'cpu';
    return {
      id,
      stats: said,
      isRetired: named.length > 0 && said === null,
      limitMs: isCpu ? limits.inferenceCpuMs : limits.inferenceMs,
      previousMs: (previous && own(previous.inferenceMs, id)) ?? null,
      wellAt: speed?.isGood && isFresh(speed, now, rules) ? speed.at : null,
    };
  });
}
