/** TABLE: does Frigate's API answer, and does what it says move? */
import type { Failure } from '../../../doors/ports.ts';
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { LASTING } from './wording.ts';

export const apiChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'api',
    layer: 'api',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'API silent',
    nextSteps: [
      "Open Frigate's page: when it does not load either, look at the container's log and at its restarts.",
      'When the page loads, the URL in the options is wrong, or something between the Warden and Frigate blocks it.',
      'After an upgrade give it time: a migration or a model conversion can take ten minutes.',
    ],
    runbook:
      "Neither /api/version nor /api/stats gives a valid answer while the pod runs. Frigate's own page is no " +
      'proof: nginx serves it even when Frigate behind it is dead. While Frigate starts, the API refuses or ' +
      'answers HTTP 500 for up to ten minutes; that is no fault. A hung or dead process is cured by a restart. A ' +
      'login that is missing, a certificate that is not trusted or a host that cannot be reached say nothing of ' +
      'Frigate.',
    look: (facts) => [lookApi(facts)],
  },
  {
    id: 'stats_fresh',
    layer: 'api',
    severity: 'unhealthy',
    forSeconds: 0,
    clearSeconds: 60,
    name: 'Stats stand still',
    nextSteps: [
      'Look whether a helper hangs inside the container, e.g. nvidia-smi, intel_gpu_top or nethogs.',
      'Restart Frigate: the thread that makes the stats does not come back by itself.',
    ],
    runbook:
      'Frigate makes its stats every 15 seconds and says when. If that time stands still for more than a minute ' +
      'while the API answers, the thread that makes them hangs, and every number is old. It is told by seeing it ' +
      'stand still between looks, never by its age, for clocks may differ. A restart cures it.',
    look: (facts) => [lookFresh(facts)],
  },
];

function lookApi(facts: SeenFacts): LookedFinding {
  const { api, now } = facts;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at: now });
  if (api.hasStats) return say('ok', 'The API answers.');
  const absent = absence(facts);
  if (absent) return say('not_observed', `Not asked: ${absent}`);
  if (api.wantsLogin) return { ...say('ok', facts.blindness), proves: false };
  if (api.version !== null) {
    return {
      ...say('ok', `The API answers for its version, but not for its stats: ${reason(api.statsFailure)}`),
      proves: false,
    };
  }
  const failures = [api.statsFailure, api.versionFailure].filter((failure) => failure !== null);
  const doubt = doubtOf(failures, facts);
  if (doubt) return say('unknown', doubt);
  const why = emptyIngress(failures) ?? reason(api.statsFailure);
  return {
    ...say('bad', `No valid answer from the API${LASTING}: ${why}`),
    evidence: [...new Set(failures.map((failure) => failure.reason))],
  };
}

/** Why nobody can answer: the cluster says that nothing runs. Null: something does, or nobody knows. */
function absence({ ground }: SeenFacts): string | null {
  if (!ground) return null;
  if (ground.workload.known && ground.workload.value.scaledToZero) return 'the workload is scaled to zero.';
  if (!ground.pods.known) return null;
  if (!ground.pod) return 'there is no pod.';
  return ground.pod.container?.start === null ? 'the container does not run.' : null;
}

/** What would be right where the address is in doubt. */
const RIGHT =
  "The address must be Frigate's own, usually http:// and port 5000 of its service, with no login before it.";

/**
 * Why the silence says nothing of Frigate, a sentence; null: it does. Without a cluster only what is surely ours is
 * doubted, for nothing can be restarted there and people should be told. With one a healthy Frigate would be restarted
 * for a wrong address, so silence counts only where this address has answered before, or the pod is not well itself.
 */
function doubtOf(failures: readonly Failure[], facts: SeenFacts): string | null {
  const { api, ground } = facts;
  const ours = failures.find(({ kind }) => kind === 'aborted' || kind === 'tls');
  if (ours) return `Nothing can be said of the API: ${ours.reason}${ours.kind === 'tls' ? ` ${RIGHT}` : ''}`;
  if (!ground) return null;
  const stranger = failures.find(isStranger);
  if (stranger) return `Something else than Frigate answers at its address: ${stranger.reason} ${RIGHT}`;
  const pod = ground.pod;
  if (pod?.ready === false && pod.container?.ready === true) {
    const neighbour = `the container ${pod.container.name} is ready, but its pod is not, so no service leads to it`;
    return `Nothing can be said of the API: ${neighbour}. ${reason(api.statsFailure)}`;
  }
  const away = emptyIngress(failures) ?? failures.find(({ kind }) => kind === 'unreachable')?.reason;
  if (pod?.ready !== false && away !== undefined) return `Nothing can be said of the API: ${away} ${RIGHT}`;
  if (api.hasAnsweredHere || isUnwell(facts)) return null;
  const doubt = 'No valid answer has ever come from this address, and the pod does not say that it is unwell';
  return `Nothing can be said of the API: ${reason(api.statsFailure)} ${doubt}. ${RIGHT}`;
}

/** Frigate never answers so: a portal, another server, or another path does. 401 and 403 are told before. */
function isStranger({ kind, status }: Failure): boolean {
  if (kind === 'form' || kind === 'too_large') return true;
  return status !== undefined && status >= 300 && status < 500;
}

/** An ingress has nobody to hand the question to: the pod is not ready, or it is looked for at the wrong place. */
function emptyIngress(failures: readonly Failure[]): string | null {
  if (failures.some(({ body }) => body?.includes('no available server'))) {
    return 'an ingress says "no available server", for it has no endpoint.';
  }
  // Frigate itself never says 503: its own nginx answers 500, 502 or 504.
  const empty = failures.find(({ status }) => status === 503);
  return empty ? `${empty.reason} So an ingress answers that has no endpoint.` : null;
}

/** The container runs and its pod is not ready, both for longer than a start may take. */
function isUnwell({ ground, now }: SeenFacts): boolean {
  if (!ground?.pod?.container) return false;
  const { ready, unreadySince, container } = ground.pod;
  if (ready || unreadySince === null || container.startedAt === null) return false;
  return now - Math.max(unreadySince, container.startedAt) > ground.graceSeconds;
}

function reason(failure: Failure | null): string {
  return failure?.reason ?? 'nobody asked.';
}

function lookFresh({ stats, stood, api, limits, now, blindness }: SeenFacts): LookedFinding {
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at: now });
  if (!stats) return say('unknown', blindness);
  if (stats.layout === 'top_level') return say('not_observed', 'This version makes its stats anew for each request.');
  if (!stood) return say('unknown', 'The stats do not say when they were made.');
  if (stood.isNew) return say('ok', 'The stats move.');
  const seconds = Math.round(stood.seconds);
  const still = `The stats have stood still for ${seconds} s`;
  if (stood.seconds <= limits.staleSeconds) return { ...say('ok', `${still}, which is usual.`), proves: false };
  return {
    ...say(
      'bad',
      `${still} though the API answers${api.version ? ` (version ${api.version})` : ''}: every number is old.`,
    ),
    threshold: `over ${limits.staleSeconds} s`,
    evidence: [`last_updated ${stats.lastUpdated}`],
  };
}
