/** What the API said in one look, apart from what it means, and what is remembered of its answering. */
import type { Failure } from '../../../doors/ports.ts';
import type { GroundFacts } from '../../ground/types.ts';
import type { ApiFacts, FrigateFacts } from '../facts.ts';
import type { FrigateMemory } from '../memory.ts';
import type { FrigateAnswers, VantageId } from '../observe/answers.ts';
import { type FrigateStats, readStats } from '../read/stats.ts';
import type { FrigateSettings } from '../settings.ts';

export interface Said {
  api: ApiFacts;
  /** In whatever layout. */
  stats: FrigateStats | null;
}

export function readAnswers(
  { version, stats, closed = [] }: FrigateAnswers,
  before: Pick<ApiFacts, 'hasAnsweredHere' | 'hasPodAnswered'>,
): Said {
  const body = stats?.ok ? readStats(stats.value) : null;
  const statsFailure: Failure | null = stats?.ok ? (body ? null : NOT_STATS) : stats;
  const versionFailure: Failure | null = version?.ok ? null : version;
  const api = {
    isAsked: stats !== null,
    closed,
    version: version?.ok ? version.value.trim() : null,
    versionFailure,
    statsFailure,
    hasStats: body !== null,
    wantsLogin: [versionFailure, statsFailure].some((failure) => failure?.status === 401 || failure?.status === 403),
    ...before,
  };
  return { api, stats: body };
}

const NOT_STATS: Failure = { ok: false, kind: 'form', reason: 'The answer of /api/stats is not Frigate stats.' };

/** Why there are no figures, as a sentence. */
export function blindness({ api, stats }: Said, hasLogin: boolean): string {
  if (stats && !stats.supported)
    return 'This is an unsupported version: its stats are in a layout older than Frigate 0.8.';
  if (api.wantsLogin && hasLogin && api.statsFailure) {
    return `${api.statsFailure.reason} So it lives, but nothing can be seen.`;
  }
  if (api.wantsLogin) {
    const status = api.statsFailure?.status ?? api.versionFailure?.status;
    return `Frigate wants a login (HTTP ${status}), so it lives, but nothing can be seen; port 5000 asks for none.`;
  }
  if (!api.isAsked) {
    const [why] = api.closed;
    return why === undefined ? 'Frigate is not asked for its stats.' : `Frigate may not be asked for its stats: ${why}`;
  }
  return `Frigate gave no stats: ${api.statsFailure?.reason ?? 'it was not asked.'}`;
}

/** The way that is asked first; the others are asked when it fails. */
export function firstWay({ url, service }: Pick<FrigateSettings, 'url' | 'service'>): VantageId {
  return url !== null ? 'direct' : service ? 'service_proxy' : 'pod_proxy';
}

/** What of the memory tells when and by which way it answered. */
export type Answering = Pick<
  FrigateMemory,
  'lastAnswerAt' | 'answeredUrl' | 'answeredPodPort' | 'isWayDown' | 'silentAt' | 'pod'
>;

export interface Followed {
  settings: FrigateSettings;
  said: Said;
  answers: FrigateAnswers;
  /** Tells the address of the first way from any other. */
  address: string;
  ground: GroundFacts | null;
}

export function followAnswering(before: Answering, { settings, said, answers, address, ground }: Followed): Answering {
  const { api } = said;
  const { vantage, vantages, at } = answers;
  const first = firstWay(settings);
  const hasAnswered = api.hasStats || api.version !== null;
  const here = vantages[first];
  return {
    lastAnswerAt: hasAnswered ? at : before.lastAnswerAt,
    answeredUrl: hasAnswered && vantage === first ? address : before.answeredUrl,
    answeredPodPort: hasAnswered && vantage === 'pod_proxy' ? settings.podPort : before.answeredPodPort,
    isWayDown: here === undefined ? before.isWayDown : here !== 'ok',
    silentAt: isSilent(api) ? at : before.silentAt,
    pod: ground?.pods.known ? placeOf(ground.pod) : before.pod,
  };
}

/** By which way it is seen, and until when its last silence still shows. */
export function wayFacts(
  settings: FrigateSettings,
  { vantage, vantages }: FrigateAnswers,
  silentAt: number | null,
): Pick<FrigateFacts, 'vantage' | 'vantages' | 'firstWay' | 'aftermathUntil'> {
  const aftermathUntil = silentAt === null ? null : silentAt + settings.limits.aftermathSeconds;
  return { vantage, vantages, firstWay: firstWay(settings), aftermathUntil };
}

/** It was really asked, and nothing at all came from Frigate. */
function isSilent({ isAsked, hasStats, version, wantsLogin, statsFailure }: ApiFacts): boolean {
  if (!isAsked || hasStats || version !== null || wantsLogin) return false;
  return statsFailure?.kind !== 'aborted' && statsFailure?.kind !== 'tls';
}

function placeOf(pod: GroundFacts['pod']): FrigateMemory['pod'] {
  return pod && { name: pod.name, container: pod.container?.name ?? null, run: pod.container?.start ?? null };
}
