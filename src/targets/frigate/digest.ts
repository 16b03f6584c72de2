/** From answers and memory to facts and memory. Pure: live, replay and simulation all come through here. */
import type { Failure } from '../../doors/ports.ts';
import type { Finding } from '../../rules/types.ts';
import { digestGround } from '../ground/digest.ts';
import type { GroundFacts } from '../ground/types.ts';
import type { FrigateAnswers } from './answers.ts';
import { judge } from './checks/index.ts';
import { followRun, followSkew, followUpdated, type Updated } from './clockwork.ts';
import { fingerprint } from './configured.ts';
import type { ApiFacts, CameraFacts, FrigateFacts, SeenFacts } from './facts.ts';
import { cameraFacts, detectorFacts, followCameras, followDetectors, followSamples, followSpeeds } from './members.ts';
import { type FrigateMemory, newFrigateMemory, type RunMemory } from './memory.ts';
import { detectionRate, flowOf, followQueue, isFull, isNewborn, loadOf } from './pipeline.ts';
import type { FrigateSettings } from './settings.ts';
import { type FrigateStats, readStats } from './stats.ts';

export function digest(
  settings: FrigateSettings,
  memory: FrigateMemory | null,
  answers: FrigateAnswers,
  now: number,
): { memory: FrigateMemory; facts: FrigateFacts } {
  const before = memory ?? newFrigateMemory();
  const ground =
    settings.ground && answers.ground
      ? digestGround({
          settings: settings.ground,
          memory: before.ground,
          answers: answers.ground,
          now,
          limits: settings.limits,
        })
      : null;
  const said = readAnswers(answers, before.answeredUrl === fingerprint(settings.url));
  const times = followTimes(before, said, answers, { now, ground: ground?.facts ?? null });
  const kept = times.isNewRun ? forgetRun(before) : before;
  const seen = see({ settings, kept, answers, said, times, now });
  const { findings, badSince } = judge({ ...seen.facts, ground: ground?.facts ?? null });
  return {
    facts: { ...seen.facts, ground: ground?.facts ?? null, findings },
    memory: {
      ...seen.memory,
      ground: ground?.memory ?? before.ground,
      configDue: configDue(seen.memory, seen.facts.cameras, findings),
      speeds: followSpeeds(seen.memory.speeds, findings, now),
      badSince,
    },
  };
}

function configDue(
  { configFailure, configured }: FrigateMemory,
  cameras: readonly CameraFacts[],
  findings: readonly Finding[],
): FrigateMemory['configDue'] {
  if (configFailure === null && cameras.some(({ votes, mayBeOff }) => votes === true && mayBeOff)) return 'now';
  return configured === null || configFailure !== null || findings.some(({ answer }) => answer === 'bad')
    ? 'soon'
    : 'later';
}

interface Said {
  api: ApiFacts;
  /** In whatever layout. */
  stats: FrigateStats | null;
}

function readAnswers({ version, stats }: FrigateAnswers, hasAnsweredHere: boolean): Said {
  const body = stats.ok ? readStats(stats.value) : null;
  const statsFailure: Failure | null = stats.ok ? (body ? null : NOT_STATS) : stats;
  const versionFailure: Failure | null = version.ok ? null : version;
  const api = {
    version: version.ok ? version.value.trim() : null,
    versionFailure,
    statsFailure,
    hasStats: body !== null,
    wantsLogin: [versionFailure, statsFailure].some((failure) => failure?.status === 401 || failure?.status === 403),
    hasAnsweredHere,
  };
  return { api, stats: body };
}

const NOT_STATS: Failure = { ok: false, kind: 'form', reason: 'The answer of /api/stats is not Frigate stats.' };

interface Times {
  skewSeconds: number;
  updated: Updated;
  /** Time of the evidence, in our clock. */
  at: number;
  run: RunMemory;
  isNewRun: boolean;
}

function followTimes(
  before: FrigateMemory,
  { api, stats }: Said,
  answers: FrigateAnswers,
  { now, ground }: { now: number; ground: GroundFacts | null },
): Times {
  const skewSeconds = followSkew(before.skewSeconds, answers.stats, answers.at);
  const updated = followUpdated(before.updated, stats, { now, skewSeconds });
  const at = updated && typeof stats?.lastUpdated === 'number' ? updated.at : now;
  const container = ground?.pod?.container ?? null;
  const { run, isNew } = followRun(before.run, {
    now,
    at,
    uptimeSeconds: stats?.uptimeSeconds ?? null,
    container: container?.start ?? null,
    containerStartedAt: container?.startedAt ?? null,
    hasAnswered: api.hasStats || api.version !== null,
  });
  return { skewSeconds, updated, at, run, isNewRun: isNew };
}

/** What a restart makes void: figures of processes that are gone, and settings that may be others now. */
function forgetRun(memory: FrigateMemory): FrigateMemory {
  return {
    ...memory,
    configured: null,
    configuredAt: null,
    configAskedAt: null,
    configFailure: memory.configAskedAt === null ? null : 'It was not read since Frigate has started anew.',
    speeds: {},
    latest: null,
    previous: null,
    queue: null,
    isOverloaded: false,
  };
}

type Configuring = Pick<FrigateMemory, 'configured' | 'configuredAt' | 'configAskedAt' | 'configFailure'>;

/** What could not be read again stands as it was, and is known to be old. */
function followConfig(before: Configuring, reply: FrigateAnswers['config'], now: number): Configuring {
  const { configured, configuredAt, configAskedAt, configFailure } = before;
  if (!reply) return { configured, configuredAt, configAskedAt, configFailure };
  if (!reply.ok) return { configured, configuredAt, configAskedAt: now, configFailure: reply.reason };
  return { configured: reply.value, configuredAt: now, configAskedAt: now, configFailure: null };
}

interface Sight {
  settings: FrigateSettings;
  kept: FrigateMemory;
  answers: FrigateAnswers;
  said: Said;
  times: Times;
  now: number;
}

function see({ settings, kept, answers, said, times, now }: Sight): {
  facts: Omit<SeenFacts, 'ground'>;
  memory: FrigateMemory;
} {
  const { limits } = settings;
  const { at, run, updated, skewSeconds } = times;
  const { api } = said;
  const stats = said.stats?.supported ? said.stats : null;
  const hasAnswered = api.hasStats || api.version !== null;
  const configuring = followConfig(kept, answers.config, now);
  const memory: FrigateMemory = {
    ...kept,
    skewSeconds,
    updated,
    run,
    version: api.version ?? said.stats?.version ?? kept.version,
    lastAnswerAt: hasAnswered ? answers.at : kept.lastAnswerAt,
    answeredUrl: hasAnswered ? fingerprint(settings.url) : kept.answeredUrl,
    ...configuring,
    cameras: followCameras(kept.cameras, stats, { configured: configuring.configured, now, limits }),
    detectors: followDetectors(kept.detectors, stats, now),
    ...followSamples(kept, stats, at),
  };
  const cameras = cameraFacts(memory, stats, settings.camerasIgnored);
  const detectors = detectorFacts(memory, stats, { limits, rules: settings.rules, now });
  const rate = detectionRate(stats, cameras, limits);
  const load = loadOf(cameras, detectors, rate, limits);
  memory.countsSkipped = kept.countsSkipped || cameras.some((camera) => (camera.stats?.skippedFps ?? 0) > 0);
  memory.isOverloaded = stats ? isFull(load, detectors, kept.isOverloaded, limits) : kept.isOverloaded;
  const flow = stats
    ? flowOf(cameras, { limits, layout: stats.layout, countsSkipped: memory.countsSkipped })
    : 'unclear';
  const { isMoving, isFed, memory: queue } = followQueue(kept.queue, flow, stats?.detectors ?? []);
  if (stats) memory.queue = queue;
  const facts = {
    name: settings.name,
    now,
    at,
    limits,
    api,
    version: memory.version,
    stats,
    blindness: blindness(said),
    isNewborn: stats !== null && isNewborn(stats, limits),
    stood:
      stats && typeof updated?.stoodSince === 'number'
        ? { seconds: now - updated.stoodSince, isNew: updated.lastUpdated !== kept.updated?.lastUpdated }
        : null,
    cameras,
    detectors,
    detectionRate: rate,
    queue: { flow, isMoving, isFed },
    load,
    isOverloaded: memory.isOverloaded,
    // Only the old layout has a version that never counts them.
    countsSkipped: memory.countsSkipped || stats?.layout === 'nested',
    run,
    lastAnswerAt: memory.lastAnswerAt,
    isConfigured: memory.configured !== null,
    configFailure: memory.configFailure,
    badSince: kept.badSince,
  };
  return { facts, memory };
}

/** Why there are no figures, as a sentence. */
function blindness({ api, stats }: Said): string {
  if (stats && !stats.supported) return 'Its stats are in a layout older than Frigate 0.8: unsupported version.';
  if (api.wantsLogin) {
    const status = api.statsFailure?.status ?? api.versionFailure?.status;
    return `Frigate wants a login (HTTP ${status}), so it lives, but nothing can be seen; port 5000 asks for none.`;
  }
  return `Frigate gave no stats: ${api.statsFailure?.reason ?? 'nobody asked.'}`;
}
