/** From answers and memory to facts and memory. Pure: live, replay and simulation all come through here. */
import type { Finding } from '../../rules/types.ts';
import { digestGround } from '../ground/digest.ts';
import type { GroundFacts } from '../ground/types.ts';
import { CHECKS, judge } from './checks/index.ts';
import type { FrigateFacts, SeenFacts } from './facts.ts';
import { followRun, followSkew, followUpdated, type Updated } from './follow/clockwork.ts';
import { followLife } from './follow/detector-life.ts';
import type { Following, RunMemory } from './follow/following.ts';
import { healingOf } from './follow/healing.ts';
import { followMail } from './follow/mail.ts';
import {
  cameraFacts,
  detectorFacts,
  followCameras,
  followDetectors,
  followSamples,
  followSpeeds,
} from './follow/members.ts';
import { detectionRate, flowOf, followQueue, isFull, isNewborn, loadOf } from './follow/pipeline.ts';
import { followProcesses } from './follow/processes.ts';
import { followReach } from './follow/reach.ts';
import { followRecordings } from './follow/recordings.ts';
import { blindness, followAnswering, readAnswers, type Said, wayFacts } from './follow/said.ts';
import { followStreams } from './follow/streams.ts';
import { followSwitches } from './follow/switches.ts';
import { followLog } from './log/follow.ts';
import { type FrigateMemory, newFrigateMemory } from './memory.ts';
import type { FrigateAnswers } from './observe/answers.ts';
import { fingerprint } from './read/configured.ts';
import type { FrigateStats } from './read/stats.ts';
import type { FrigateSettings } from './settings.ts';

export function digest(
  settings: FrigateSettings,
  memory: FrigateMemory | null,
  answers: FrigateAnswers,
  now: number,
): { memory: FrigateMemory; facts: FrigateFacts } {
  // What an older Warden has saved lacks what was not followed then.
  const before = { ...newFrigateMemory(), ...memory };
  const ground =
    settings.ground && answers.ground
      ? digestGround({
          settings: settings.ground,
          memory: before.ground,
          answers: answers.ground,
          now,
          limits: settings.limits,
        })
      : { facts: null, memory: before.ground };
  const said = readAnswers(answers, {
    hasAnsweredHere: before.answeredUrl === addressOf(settings),
    hasPodAnswered: before.answeredPodPort === settings.podPort,
  });
  const times = followTimes(before, said, answers, { now, ground: ground.facts });
  const kept = times.isNewRun ? forgetRun(before) : before;
  const seen = see({ settings, kept, answers, said, times, now, ground: ground.facts });
  const { findings, badSince } = judge(seen.facts);
  return {
    facts: { ...seen.facts, findings },
    memory: {
      ...seen.memory,
      ground: ground.memory && { ...ground.memory, isRestartNear: isRestartNear(findings) },
      configDue: configDue(seen.memory, seen.facts, findings),
      speeds: followSpeeds(seen.memory.speeds, findings, now),
      badSince,
    },
  };
}

/** What only tells, or cannot be seen, leads to no restart. */
function isRestartNear(findings: readonly Finding[]): boolean {
  return findings.some(({ check, answer }) => answer === 'bad' && !TELLING.has(check));
}

const TELLING = new Set(CHECKS.filter(({ severity }) => severity === 'tells').map(({ id }) => id));

/** Tells addresses apart; without one of its own it is the service's. */
export function addressOf({ url, service }: Pick<FrigateSettings, 'url' | 'service'>): string {
  return fingerprint(url ?? `${service?.name ?? ''}:${service?.port ?? ''}`);
}

function configDue(
  { configFailure, configured }: FrigateMemory,
  { cameras, recordings, switches }: Pick<SeenFacts, 'cameras' | 'recordings' | 'switches'>,
  findings: readonly Finding[],
): FrigateMemory['configDue'] {
  const isDoubted =
    recordings.wantsConfig || switches.wantsConfig || cameras.some(({ votes, mayBeOff }) => votes === true && mayBeOff);
  if (configFailure === null && isDoubted) return 'now';
  return configured === null || configFailure !== null || findings.some(({ answer }) => answer === 'bad')
    ? 'soon'
    : 'later';
}

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

/** For how long the stats have stood still, and whether they moved since the look before. */
function standing(before: Updated, updated: Updated, now: number): SeenFacts['stood'] {
  if (typeof updated?.stoodSince !== 'number') return null;
  return { seconds: now - updated.stoodSince, isNew: updated.lastUpdated !== before?.lastUpdated };
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

type Followed = Pick<
  FrigateMemory,
  'log' | 'processes' | 'recordings' | 'streams' | 'reach' | 'mail' | 'switches' | 'life'
>;

/** Everything that is followed on its own, each by its own part of the memory. */
function followEach(
  before: Followed,
  following: Following & { version: string | null },
): { facts: Pick<SeenFacts, keyof Followed>; memory: Followed } {
  const log = followLog(before.log, following);
  const processes = followProcesses(before.processes, following);
  const recordings = followRecordings(before.recordings, following);
  const streams = followStreams(before.streams, following);
  const reach = followReach(before.reach, following);
  const mail = followMail(before.mail, following);
  const switches = followSwitches(before.switches, { ...following, mail: mail.facts });
  const life = followLife(before.life, following);
  return {
    facts: {
      log: log.facts,
      processes: processes.facts,
      recordings: recordings.facts,
      streams: streams.facts,
      reach: reach.facts,
      mail: mail.facts,
      switches: switches.facts,
      life: life.facts,
    },
    memory: {
      log: log.memory,
      processes: processes.memory,
      recordings: recordings.memory,
      streams: streams.memory,
      reach: reach.memory,
      mail: mail.memory,
      switches: switches.memory,
      life: life.memory,
    },
  };
}

/** Without stats the sign of a dead queue neither begins nor ends. */
function queueOf(
  before: FrigateMemory['queue'],
  stats: FrigateStats | null,
  { at, cameras, ...given }: Pick<SeenFacts, 'at' | 'cameras' | 'limits' | 'countsSkipped'>,
): { memory: FrigateMemory['queue']; signs: SeenFacts['queue'] } {
  const flow = stats ? flowOf(cameras, { ...given, layout: stats.layout }) : 'unclear';
  const { memory, ...signs } = followQueue(before, flow, stats?.detectors ?? [], at);
  return { memory: stats ? memory : before, signs: { flow, ...signs } };
}

function versionOf({ api, stats }: Said, kept: Pick<FrigateMemory, 'version'>): string | null {
  return api.version ?? stats?.version ?? kept.version;
}

interface Sight {
  settings: FrigateSettings;
  kept: FrigateMemory;
  answers: FrigateAnswers;
  said: Said;
  times: Times;
  now: number;
  ground: GroundFacts | null;
}

function see(sight: Sight): { facts: SeenFacts; memory: FrigateMemory } {
  const { settings, kept, answers, said, times, now, ground } = sight;
  const { limits } = settings;
  const { at, run, updated, skewSeconds, isNewRun } = times;
  const stats = said.stats?.supported ? said.stats : null;
  const answering = followAnswering(kept, { settings, said, answers, address: addressOf(settings), ground });
  const configuring = followConfig(kept, answers.config, now);
  const version = versionOf(said, kept);
  const { configured } = configuring;
  const followed = followEach(kept, { settings, answers, stats, configured, run, isNewRun, version, at, now });
  const memory: FrigateMemory = {
    ...kept,
    skewSeconds,
    updated,
    run,
    version,
    ...answering,
    ...configuring,
    ...followed.memory,
    cameras: followCameras(kept.cameras, stats, { configured, now, limits }),
    detectors: followDetectors(kept.detectors, stats, now),
    ...followSamples(kept, stats, at),
  };
  const cameras = cameraFacts(memory, stats, settings);
  const detectors = detectorFacts(memory, stats, { limits, rules: settings.rules, now });
  const rate = detectionRate(stats, cameras);
  const load = loadOf(cameras, detectors, rate, limits);
  memory.countsSkipped = kept.countsSkipped || cameras.some((camera) => (camera.stats?.skippedFps ?? 0) > 0);
  memory.isOverloaded = stats ? isFull(load, detectors, kept.isOverloaded, limits) : kept.isOverloaded;
  const { countsSkipped } = memory;
  const { signs, ...queue } = queueOf(kept.queue, stats, { cameras, limits, countsSkipped, at });
  memory.queue = queue.memory;
  const facts = {
    name: settings.name,
    now,
    at,
    limits,
    api: said.api,
    version,
    stats,
    blindness: blindness(said, settings.login !== null),
    isNewborn: stats !== null && isNewborn(stats, limits),
    stood: stats && standing(kept.updated, updated, now),
    cameras,
    detectors,
    detectionRate: rate,
    queue: signs,
    load,
    isOverloaded: memory.isOverloaded,
    // Only the old layout has a version that never counts them.
    countsSkipped: memory.countsSkipped || stats?.layout === 'nested',
    run,
    lastAnswerAt: memory.lastAnswerAt,
    isConfigured: memory.configured !== null,
    safeMode: memory.configured?.safeMode ?? null,
    configFailure: memory.configFailure,
    badSince: kept.badSince,
    ...wayFacts(settings, answers, answering.silentAt),
    ...followed.facts,
    ground,
    healing: healingOf({ now, at, limits, log: followed.facts.log, badSince: kept.badSince }),
  };
  return { facts, memory };
}
