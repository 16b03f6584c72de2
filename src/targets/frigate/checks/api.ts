/** TABLE: does Frigate's API answer, and does what it says move? */
import type { Failure } from '../../../doors/ports.ts';
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import type { VantageId } from '../observe/answers.ts';
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
      'Neither /api/version nor /api/stats gives a valid answer, by whatever way it is asked, while the pod runs. ' +
      "Frigate's own page is no proof: nginx serves it even when Frigate behind it is dead. While Frigate starts, " +
      'the API refuses or answers HTTP 500 for up to ten minutes; that is no fault. A hung or dead process is cured ' +
      'by a restart. A login that is missing, a certificate that is not trusted or a host that cannot be reached ' +
      "say nothing of Frigate. Silence at an address counts once it has answered before; a refusal at the pod's own " +
      'port counts at once.',
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
  {
    id: 'service_path',
    layer: 'service_path',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    forbids: 'own',
    name: 'Way to Frigate broken',
    nextSteps: [
      "Check the URL in the options: host and port must be those of Frigate's service or ingress.",
      'Check the service: kubectl get endpointslices must show the pod, and the port must be the one of Frigate.',
      'Check what stands between: load balancer, ingress, network policy, DNS.',
    ],
    runbook:
      'Frigate does not answer at its address, but it does when the API server asks its pod. So Frigate works, and ' +
      'the service, load balancer, ingress or DNS name on the way to it does not: people and Home Assistant most ' +
      'likely do not reach it either. A restart of Frigate does not help and is not made. It clears when the address ' +
      'answers again.',
    look: (facts) => [lookPath(facts)],
  },
];

/** How Frigate is asked by each way, to end a sentence. */
const BY_WAY: Readonly<Record<VantageId, string>> = {
  direct: 'at its address',
  service_proxy: 'through its service',
  pod_proxy: 'at its pod',
  exec: 'inside its container',
};

function lookApi(facts: SeenFacts): LookedFinding {
  const { api, now, vantage, vantages, firstWay } = facts;
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at: now });
  if (api.hasStats) {
    return say('ok', `The API answers${vantage === null || vantage === firstWay ? '' : ` ${BY_WAY[vantage]}`}.`);
  }
  const absent = absence(facts);
  if (absent) return say('not_observed', `Not asked: ${absent}`);
  if (!api.isAsked) return say('not_observed', facts.blindness);
  if (api.wantsLogin) return { ...say('ok', facts.blindness), proves: false };
  if (api.version !== null) {
    return {
      ...say('ok', `The API answers for its version, but not for its stats: ${reason(api.statsFailure)}`),
      proves: false,
    };
  }
  const failures = [api.statsFailure, api.versionFailure].filter((failure) => failure !== null);
  const proof = ownPortProof(facts);
  const doubt = proof ? null : doubtOf(failures, facts);
  if (doubt) return say('unknown', doubt);
  const why = proof?.reason ?? emptyIngress(failures) ?? reason(api.statsFailure);
  const others = Object.values(vantages).filter((said) => said !== 'ok');
  return {
    ...say('bad', `No valid answer from the API${LASTING}: ${why}`),
    evidence: [...new Set([...failures, ...others].map((failure) => failure.reason))],
  };
}

/**
 * Nothing but the API server stands before the pod's own port, so a refusal there is Frigate's, whatever is known of
 * its address. A silence may be a firewall's between the API server and the pod: it counts where the pod has answered.
 */
function ownPortProof({ vantages, api, ground }: SeenFacts): Failure | null {
  const failures = [vantages.exec, vantages.pod_proxy].filter((said) => said !== undefined && said !== 'ok');
  const isProof = ({ kind, status }: Failure) =>
    kind === 'refused' || (status !== undefined && status >= 500) || (kind === 'timeout' && api.hasPodAnswered);
  const failure = failures.find(isProof);
  // Only while the API server itself answers is a refusal the pod's.
  return failure && ground?.cluster.answers === true ? failure : null;
}

function lookPath({ api, now, vantages, firstWay }: SeenFacts): LookedFinding {
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at: now });
  const here = vantages[firstWay];
  const where = BY_WAY[firstWay];
  if (here === 'ok') return say('ok', `Frigate answers ${where}.`);
  if (here === undefined || Object.keys(vantages).length < 2)
    return say('not_observed', 'There is no other way to compare with.');
  if (here.kind === 'aborted' || here.kind === 'tls')
    return say('unknown', `Nothing can be said of it: ${here.reason}`);
  if (here.status === 401 || here.status === 403) {
    return {
      ...say('ok', `Something answers ${where}, and wants a login: ${reason(api.statsFailure)}`),
      proves: false,
    };
  }
  // The shorter the other way, the less else can be at fault.
  const other = (['exec', 'pod_proxy', 'service_proxy'] as const).find((id) => vantages[id] === 'ok');
  if (!other) return say('unknown', `Frigate answers in no way at all, so nothing can be said of the one ${where}.`);
  const broken = `Frigate answers ${BY_WAY[other]}, but has not answered ${where}${LASTING}: ${here.reason}`;
  return {
    ...say('bad', `${broken} Frigate itself works, so a restart does not help.`),
    evidence: [here.reason, `Frigate answered ${BY_WAY[other]}.`],
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
const RIGHT_SERVICE = "Service and port in the options must be Frigate's own, usually port 5000.";

/**
 * Why the silence says nothing of Frigate, a sentence; null: it does. Without a cluster only what is surely ours is
 * doubted, for nothing can be restarted there and people should be told. With one a healthy Frigate would be restarted
 * for a wrong address, so silence counts only where this address has answered before, or the pod is not well itself.
 */
function doubtOf(failures: readonly Failure[], facts: SeenFacts): string | null {
  const { api, ground, firstWay } = facts;
  const right = firstWay === 'direct' ? RIGHT : RIGHT_SERVICE;
  const ours = failures.find(({ kind }) => kind === 'aborted' || kind === 'tls');
  if (ours) return `Nothing can be said of the API: ${ours.reason}${ours.kind === 'tls' ? ` ${right}` : ''}`;
  if (!ground) return null;
  if (firstWay !== 'direct' && ground.cluster.answers === false) {
    return `Nothing can be said of the API, because it is only asked through the cluster: ${ground.cluster.sentence}`;
  }
  const stranger = failures.find(isStranger);
  if (stranger) return `Something other than Frigate answers at its address: ${stranger.reason} ${right}`;
  const pod = ground.pod;
  if (pod?.ready === false && pod.container?.ready === true) {
    const neighbour = `the container ${pod.container.name} is ready, but its pod is not, so no service leads to it`;
    return `Nothing can be said of the API: ${neighbour}. ${reason(api.statsFailure)}`;
  }
  const away = emptyIngress(failures) ?? failures.find(({ kind }) => kind === 'unreachable')?.reason;
  if (pod?.ready !== false && away !== undefined) return `Nothing can be said of the API: ${away} ${right}`;
  if (api.hasAnsweredHere || isUnwell(facts)) return null;
  const doubt = 'No valid answer has ever come from this address, and the pod does not say that it is unwell';
  return `Nothing can be said of the API: ${reason(api.statsFailure)} ${doubt}. ${right}`;
}

/** Frigate never answers so: a portal, another server, or another path does. 401 and 403 are told before. */
function isStranger({ kind, status }: Failure): boolean {
  if (kind === 'form' || kind === 'too_large') return true;
  return status !== undefined && status >= 300 && status < 500;
}

/** An ingress has nobody to hand the question to: the pod is not ready, or it is looked for at the wrong place. */
function emptyIngress(failures: readonly Failure[]): string | null {
  if (failures.some(({ body }) => body?.includes('no available server'))) {
    return 'an ingress says "no available server", because it has no endpoint.';
  }
  // Frigate itself never says 503: its own nginx answers 500, 502 or 504.
  const empty = failures.find(({ status }) => status === 503);
  return empty ? `${empty.reason} So an ingress answers, and has no endpoint behind it.` : null;
}

/** The container runs and its pod is not ready, both for longer than a start may take. */
function isUnwell({ ground, now }: SeenFacts): boolean {
  if (!ground?.pod?.container) return false;
  const { ready, unreadySince, container } = ground.pod;
  if (ready || unreadySince === null || container.startedAt === null) return false;
  return now - Math.max(unreadySince, container.startedAt) > ground.graceSeconds;
}

function reason(failure: Failure | null): string {
  return failure?.reason ?? 'it was not asked.';
}

function lookFresh({ stats, stood, api, limits, now, blindness }: SeenFacts): LookedFinding {
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at: now });
  if (!api.isAsked) return say('not_observed', blindness);
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
      `${still} though the API answers${api.version ? ` (version ${api.version})` : ''}: every figure is old.`,
    ),
    threshold: `over ${limits.staleSeconds} s`,
    evidence: [`last_updated ${stats.lastUpdated}`],
  };
}
