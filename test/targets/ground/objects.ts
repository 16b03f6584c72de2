/** API objects as a 1.36 server writes them, calls as a look records them, and a cluster that follows a script. */
import type { Clock, Failure, FailureKind, KubernetesDoor, Reply } from '../../../src/doors/ports.ts';
import { digestGround } from '../../../src/targets/ground/digest.ts';
import { groundChecks } from '../../../src/targets/ground/index.ts';
import type {
  Asked,
  GroundAnswers,
  GroundFacts,
  GroundLimits,
  GroundMemory,
  GroundSettings,
  Part,
} from '../../../src/targets/ground/types.ts';
import type { LookedFinding } from '../../../src/targets/target.ts';

/** 2026-01-06T04:00:00Z */
export const NOW = 1_767_672_000;
export const LIMITS: GroundLimits = { startupGraceSeconds: 600, movedGraceSeconds: 1800 };
export const SETTINGS: GroundSettings = {
  workload: { kind: 'deployment', namespace: 'cctv', name: 'frigate' },
  container: null,
  imageHint: 'frigate',
  ledger: 'frigate-health-state',
  dataPaths: ['/media/frigate', '/config'],
};

export type Json = Record<string, unknown>;

export function stamp(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** Parts are laid over the whole, level by level; undefined takes a part away. */
export function overlay(whole: Json, part: Json): Json {
  const result: Json = { ...whole };
  for (const [key, value] of Object.entries(part)) {
    const below = whole[key];
    if (value === undefined) delete result[key];
    else result[key] = isObject(below) && isObject(value) ? overlay(below, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function deployment(part: Json = {}): Json {
  return overlay(
    {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: {
        name: 'frigate',
        namespace: 'cctv',
        uid: 'uid-deployment',
        resourceVersion: '4711',
        generation: 3,
        creationTimestamp: stamp(NOW - 900_000),
        annotations: { 'deployment.kubernetes.io/revision': '3' },
        managedFields: [{ manager: 'frigate-warden', operation: 'Update' }],
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'frigate' } },
        strategy: { type: 'Recreate' },
        progressDeadlineSeconds: 600,
        template: {
          metadata: { labels: { app: 'frigate' } },
          spec: {
            containers: [{ name: 'frigate', image: 'ghcr.io/blakeblackshear/frigate:0.17.0' }],
            volumes: [{ name: 'media', persistentVolumeClaim: { claimName: 'frigate-media' } }],
          },
        },
      },
      status: {
        observedGeneration: 3,
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        terminatingReplicas: 0,
        conditions: [
          { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
          { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        ],
      },
    },
    part,
  );
}

export function progressing(reason: string): Json {
  return { conditions: [{ type: 'Progressing', status: 'True', reason }] };
}

export function statefulSet(part: Json = {}): Json {
  return overlay(
    {
      kind: 'StatefulSet',
      apiVersion: 'apps/v1',
      metadata: { name: 'frigate', uid: 'uid-statefulset', resourceVersion: '4711', generation: 3 },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'frigate' } },
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        template: { spec: {} },
      },
      status: {
        observedGeneration: 3,
        replicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        currentReplicas: 1,
        updatedReplicas: 1,
        currentRevision: 'frigate-5c9',
        updateRevision: 'frigate-5c9',
      },
    },
    part,
  );
}

export function daemonSet(part: Json = {}): Json {
  return overlay(
    {
      kind: 'DaemonSet',
      apiVersion: 'apps/v1',
      metadata: { name: 'frigate', uid: 'uid-daemonset', resourceVersion: '4711', generation: 3 },
      spec: {
        selector: { matchLabels: { app: 'frigate' } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        template: { spec: {} },
      },
      status: {
        observedGeneration: 3,
        desiredNumberScheduled: 1,
        currentNumberScheduled: 1,
        updatedNumberScheduled: 1,
        numberReady: 1,
        numberAvailable: 1,
      },
    },
    part,
  );
}

export function owner(kind: string, uid: string, controller = true): Json {
  return { apiVersion: 'apps/v1', kind, name: 'owner', uid, controller, blockOwnerDeletion: true };
}

export function replicaSet(
  uid = 'uid-replicaset',
  ownedBy: readonly Json[] = [owner('Deployment', 'uid-deployment')],
): Json {
  return { metadata: { name: `frigate-${uid}`, uid, ownerReferences: ownedBy } };
}

/** A pod that has run well for two hours on worker-1. */
export function pod(part: Json = {}): Json {
  return overlay(
    {
      metadata: {
        name: 'frigate-6d5f-abcde',
        namespace: 'cctv',
        uid: 'uid-pod',
        resourceVersion: '4712',
        creationTimestamp: stamp(NOW - 7230),
        labels: { app: 'frigate', 'pod-template-hash': '6d5f' },
        ownerReferences: [owner('ReplicaSet', 'uid-replicaset')],
      },
      spec: {
        nodeName: 'worker-1',
        containers: [
          { name: 'exporter', image: 'docker.io/library/exporter:1' },
          { name: 'nvr', image: 'ghcr.io/blakeblackshear/frigate:0.17.0' },
        ],
      },
      status: {
        phase: 'Running',
        podIP: '10.42.0.17',
        conditions: [
          { type: 'PodScheduled', status: 'True' },
          { type: 'Ready', status: 'True', lastTransitionTime: stamp(NOW - 7000) },
        ],
        containerStatuses: [nvr(), status('exporter', { running: { startedAt: stamp(NOW - 100) } })],
      },
    },
    part,
  );
}

/** The status of the chosen container. */
export function nvr(part: Json = {}): Json {
  return overlay(status('nvr', { running: { startedAt: stamp(NOW - 7200) } }), part);
}

export function status(name: string, state: Json, lastState: Json = {}): Json {
  return {
    name,
    image: 'ghcr.io/blakeblackshear/frigate:0.17.0',
    imageID: `sha256:${name}`,
    containerID: `containerd://${name}-1`,
    ready: true,
    started: true,
    restartCount: 0,
    state,
    lastState,
  };
}

export function waiting(reason: string, endedAt: number | null = null): Json {
  const lastState =
    endedAt === null ? {} : { terminated: { exitCode: 1, reason: 'Error', finishedAt: stamp(endedAt) } };
  return overlay(status('nvr', { waiting: { reason } }, lastState), { ready: false, containerID: undefined });
}

export function containers(...statuses: readonly Json[]): Json {
  return { status: { containerStatuses: statuses } };
}

/** A pod for which the scheduler finds no node. */
export function unscheduled(since = NOW - 70, part: Json = {}): Json {
  const condition = overlay(
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message:
        '0/2 nodes are available: 1 node(s) were unschedulable, ' +
        "1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available.",
      lastTransitionTime: stamp(since),
    },
    part,
  );
  const bare = { phase: 'Pending', podIP: undefined, conditions: [condition], containerStatuses: undefined };
  return pod({ spec: { nodeName: undefined }, status: bare });
}

/** A pod that is being deleted; its timestamp is when it should be gone. */
export function dying(goneAt: number, part: Json = {}): Json {
  return pod(overlay({ metadata: { deletionTimestamp: stamp(goneAt), deletionGracePeriodSeconds: 30 } }, part));
}

export function node(part: Json = {}, ready: Json = {}): Json {
  return overlay(
    {
      kind: 'Node',
      metadata: { name: 'worker-1', uid: 'uid-node' },
      spec: { podCIDR: '10.42.0.0/24' },
      status: {
        conditions: [
          { type: 'MemoryPressure', status: 'False' },
          {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
            lastHeartbeatTime: stamp(NOW - 20),
            lastTransitionTime: stamp(NOW - 86_400),
            ...ready,
          },
        ],
        nodeInfo: { kubeletVersion: 'v1.36.4', bootID: 'boot-1' },
      },
    },
    part,
  );
}

export const UNREACHABLE = {
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
};

export function configMap(times: string | undefined, part: Json = {}): Json {
  return overlay(
    {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'frigate-health-state', namespace: 'cctv', uid: 'uid-configmap', resourceVersion: '99' },
      data: { consecutive_failures: '1', ...(times === undefined ? {} : { last_restart_times: times }) },
    },
    part,
  );
}

export function list(...items: readonly Json[]): Json {
  return { kind: 'List', metadata: { resourceVersion: '4713' }, items };
}

export function ok(value: unknown, serverTime: number | null = null): Reply<unknown> {
  return { ok: true, value, status: 200, serverTime };
}

export function no(code: number, reason = `The API server answered ${code}.`): Failure {
  return { ok: false, kind: 'status', status: code, reason };
}

export function broken(kind: FailureKind, reason = `The call ended: ${kind}.`): Failure {
  return { ok: false, kind, reason };
}

/** One look at a well deployment; `replies` takes the place of single parts, `skew` sets the cluster's clock back. */
export function answers(
  replies: Partial<Record<Part, Reply<unknown> | null>> = {},
  { at = NOW, skew = 0, nodeName = 'worker-1' }: { at?: number; skew?: number; nodeName?: string | null } = {},
): GroundAnswers {
  const whole = {
    workload: ok(deployment()),
    pods: ok(list(pod())),
    replicaSets: ok(list(replicaSet())),
    node: ok(node()),
    configMap: ok(configMap('')),
    ...replies,
  };
  const asked = (reply: Reply<unknown>): Asked => ({
    at,
    reply: reply.ok ? { ...reply, serverTime: reply.serverTime ?? Math.floor(at - skew) } : reply,
  });
  return {
    workload: asked(whole.workload ?? no(500)),
    pods: whole.pods && asked(whole.pods),
    replicaSets: whole.replicaSets && asked(whole.replicaSets),
    nodeName,
    node: whole.node && asked(whole.node),
    configMap: asked(whole.configMap ?? no(500)),
    ...(replies.nodes ? { nodes: asked(replies.nodes) } : {}),
    ...(replies.autoscalers ? { autoscalers: asked(replies.autoscalers) } : {}),
  };
}

/** Facts of one look, or of several in order, each with the memory of the one before. */
export function factsOf(...looks: readonly GroundAnswers[]): GroundFacts {
  return lookedAt(SETTINGS, ...looks).facts;
}

export function lookedAt(
  settings: GroundSettings,
  ...looks: readonly GroundAnswers[]
): { memory: GroundMemory; facts: GroundFacts } {
  let last: { memory: GroundMemory; facts: GroundFacts } | null = null;
  for (const look of looks)
    last = digestGround({
      settings,
      memory: last?.memory ?? null,
      answers: look,
      now: look.workload.at,
      limits: LIMITS,
    });
  if (!last) throw new Error('There was no look.');
  // What is remembered is saved and read again between two turns.
  return { ...last, memory: JSON.parse(JSON.stringify(last.memory)) };
}

export type Looks = readonly Parameters<typeof answers>[0][];

/** What one row of the ground says of the last of several looks. */
export function found(check: string, looks: Looks, options: Parameters<typeof answers>[1] = {}): LookedFinding {
  const row = groundChecks.find((one) => one.id === check);
  const facts = factsOf(...looks.map((replies) => answers(replies, options)));
  const [finding, ...more] = row?.look(facts) ?? [];
  if (!finding || more.length > 0) throw new Error(`${check} did not give one finding.`);
  return finding;
}

export const CLOCK: Clock = { now: () => NOW, jumpedAt: () => null };

/** A door that answers from a script and keeps what it was asked, as `verb argument…`. */
export function cluster(script: Partial<Record<keyof KubernetesDoor, Reply<unknown> | Reply<unknown>[]>>): {
  door: KubernetesDoor;
  calls: string[];
  sent: unknown[];
} {
  const calls: string[] = [];
  const sent: unknown[] = [];
  const say = (verb: keyof KubernetesDoor, ...words: readonly string[]): Promise<Reply<unknown>> => {
    calls.push([verb, ...words].join(' '));
    const said = script[verb];
    const reply = Array.isArray(said) ? said.shift() : said;
    return reply ? Promise.resolve(reply) : Promise.reject(new Error(`Nobody scripted ${verb}.`));
  };
  const keep = (body: unknown): void => {
    sent.push(body);
  };
  const door: KubernetesDoor = {
    workload: ({ kind, namespace, name }) => say('workload', kind, namespace, name),
    pods: (namespace, selector) => say('pods', namespace, selector),
    replicaSets: (namespace, selector) => say('replicaSets', namespace, selector),
    node: (name) => say('node', name),
    // What is seldom asked is refused where no script says otherwise.
    nodes: () => (script.nodes ? say('nodes') : Promise.resolve(no(403, 'Cannot list nodes.'))),
    autoscalers: (namespace) =>
      script.autoscalers ? say('autoscalers', namespace) : Promise.resolve(no(403, 'Cannot list autoscalers.')),
    configMap: (namespace, name) => say('configMap', namespace, name),
    replaceConfigMap: (namespace, name, body) => {
      keep(body);
      return say('replaceConfigMap', namespace, name);
    },
    createConfigMap: (namespace, body) => {
      keep(body);
      return say('createConfigMap', namespace);
    },
    restart: (patch) => {
      keep(patch);
      return say('restart', patch.workload.name);
    },
    deletePod: (deletion) => {
      keep(deletion);
      return say('deletePod', deletion.name);
    },
    log: () => say('log') as Promise<Reply<string>>,
    proxy: () => say('proxy') as Promise<Reply<string>>,
    exec: () => say('exec') as Promise<Reply<string>>,
    allowed: () => say('allowed') as Promise<Reply<boolean>>,
    close: () => Promise.resolve(),
  };
  return { door, calls, sent };
}
