import { describe, expect, it } from 'vitest';
import { readLedger } from '../../../src/targets/ground/ledger.ts';
import {
  readAutoscalers,
  readConfigMap,
  readNode,
  readNodes,
  readPods,
  readReplicaSets,
  readWorkload,
  selectorText,
} from '../../../src/targets/ground/objects.ts';
import { readKept, recordedGround } from '../../../src/targets/ground/recorded.ts';
import { trimmed, trimmedReply } from '../../../src/targets/ground/trimmed.ts';
import type { Part } from '../../../src/targets/ground/types.ts';
import {
  answers,
  configMap,
  daemonSet,
  deployment,
  dying,
  factsOf,
  type Json,
  list,
  NOW,
  no,
  node,
  ok,
  overlay,
  pod,
  replicaSet,
  statefulSet,
  unscheduled,
  waiting,
} from './objects.ts';

/** Where manifests hold what nobody should read: each place names itself. */
const SECRETS: Json = {
  metadata: {
    managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:hidden-managed': {} } }],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{"value":"hidden-applied"}',
      'vault.example/inject': 'hidden-annotation',
      'kubectl.kubernetes.io/restartedAt': '2026-01-06T04:00:00Z',
      'frigate-warden/restart-times': '1767671000',
    },
    labels: { note: 'hidden-label' },
  },
};
const CONTAINER: Json = {
  name: 'frigate',
  image: 'ghcr.io/blakeblackshear/frigate:0.17.0',
  env: [{ name: 'FRIGATE_RTSP_PASSWORD', value: 'hidden-env' }],
  command: ['sh', '-c', 'run --password hidden-command'],
  args: ['hidden-args'],
  livenessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: 'hidden-header' }] } },
  lifecycle: { preStop: { exec: { command: ['hidden-lifecycle'] } } },
  volumeMounts: [{ name: 'media', mountPath: '/media/frigate', subPath: 'hidden-subpath' }],
};
const VOLUMES = [
  { name: 'media', emptyDir: { medium: 'hidden-medium' } },
  { name: 'claim', persistentVolumeClaim: { claimName: 'frigate-config' } },
  { name: 'host', hostPath: { path: '/srv', type: 'hidden-type' } },
  { name: 'share', csi: { volumeAttributes: { password: 'hidden-csi' } } },
];
const SPEC: Json = { containers: [CONTAINER], initContainers: [CONTAINER], volumes: VOLUMES };
const whole = (object: Json, spec: Json = {}): Json => overlay(overlay(object, SECRETS), { spec });
const END = { terminated: { reason: 'OOMKilled', finishedAt: '2026-01-06T03:59:00Z', message: 'hidden-last-words' } };

const WORKLOADS: Json[] = [deployment(), statefulSet(), daemonSet()].map((object) =>
  whole(object, { template: { spec: SPEC }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }),
);
const PODS = [
  whole(pod(), SPEC),
  whole(pod({ status: { containerStatuses: [{ ...waiting('CrashLoopBackOff', NOW - 9), lastState: END }] } }), SPEC),
  whole(dying(NOW + 30)),
  whole(unscheduled()),
];
const LEDGER = whole(configMap('1767671000', { data: { script: 'hidden-script' } }));

const AUTOSCALER: Json = {
  metadata: { name: 'nvr' },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'frigate' }, maxReplicas: 2, metrics: [{ type: 'hidden' }] },
};

const rows: [what: string, part: Part, read: (value: unknown) => unknown, object: unknown][] = [
  ...WORKLOADS.map((object): (typeof rows)[number] => [String(object.kind), 'workload', readWorkload, object]),
  ...PODS.map((object, k): (typeof rows)[number] => [`pod ${k}`, 'pods', readPods, list(object, pod())]),
  ['list without pods', 'pods', readPods, { kind: 'PodList', items: null }],
  ['replica set', 'replicaSets', readReplicaSets, list(whole(replicaSet(), { template: { spec: SPEC } }))],
  ['node', 'node', readNode, whole(node(), { providerID: 'hidden-provider' })],
  ['list of autoscalers', 'autoscalers', readAutoscalers, list(whole(AUTOSCALER))],
];

/** Without the annotations and labels that nobody reads: of these alone readers keep more than the answers do. */
const withoutAnnotations = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, one) => (['annotations', 'labels'].includes(key) ? undefined : one));

describe('what is kept of an API object', () => {
  it.each(rows)('is what is read of a %s, and no secret', (_what, part, read, object) => {
    const kept = trimmed(part, object);
    expect(read(kept)).not.toBeNull();
    expect(withoutAnnotations(read(kept))).toEqual(withoutAnnotations(read(object)));
    expect(JSON.stringify(kept)).not.toMatch(/hidden|managedFields|last-applied/);
    expect(trimmed(part, kept)).toEqual(kept);
  });

  it('is of a node the labels and devices that the workload asks for, and of many nodes no more than is read', () => {
    const labels = { coral: 'yes', note: 'hidden-label' };
    const object = node({ metadata: { labels }, status: { allocatable: { cpu: '4', 'vendor.io/tpu': '1' } } });
    const names = ['coral', 'vendor.io/tpu'];
    for (const part of ['node', 'nodes'] as const) {
      const given = part === 'node' ? object : list(object);
      const kept = trimmed(part, given, names);
      const read = part === 'node' ? readNode(kept) : readNodes(kept)?.items[0];
      expect(read?.metadata.labels).toEqual({ coral: 'yes' });
      expect(read?.status.allocatable).toEqual({ 'vendor.io/tpu': '1' });
      expect(read?.status.conditions).toHaveLength(part === 'node' ? 2 : 1);
      expect(trimmed(part, kept, names)).toEqual(kept);
    }
    const cut = { ...list(object), metadata: { continue: 'a-long-token' } };
    expect(readNodes(trimmed('nodes', cut))?.isWhole).toBe(false);
    expect(JSON.stringify(trimmed('nodes', cut))).not.toMatch(/hidden|a-long-token/);
  });

  it('is the time of a restart on a pod', () => {
    const [kept] = readPods(trimmed('pods', list(PODS[0] ?? {}))) ?? [];
    expect(kept?.metadata.annotations).toEqual({
      'kubectl.kubernetes.io/restartedAt': '2026-01-06T04:00:00Z',
      'frigate-warden/restart-times': '1767671000',
    });
  });

  it('is the ledger with its resource version, and no other key', () => {
    const kept = trimmed('configMap', LEDGER);
    expect(readLedger(kept, NOW)).toEqual(readLedger(LEDGER, NOW));
    expect(readConfigMap(kept)?.metadata.resourceVersion).toBe('99');
    expect(readConfigMap(kept)?.data).toEqual({ consecutive_failures: '1', last_restart_times: '1767671000' });
    expect(JSON.stringify(kept)).not.toContain('hidden');
  });

  it('is a whole selector, also where a label bears the name of what a manifest hides', () => {
    const selector = { matchLabels: { app: undefined, env: 'prod', command: 'nvr', args: 'x' } };
    const kept = readWorkload(trimmed('workload', deployment({ spec: { selector } })));
    expect(kept && selectorText(kept)).toBe('env=prod,command=nvr,args=x');
  });

  it('is names and kind, by which a recording is told apart', () => {
    expect(trimmed('workload', deployment())).toMatchObject({
      kind: 'Deployment',
      metadata: { name: 'frigate', namespace: 'cctv' },
    });
  });

  const strangers: [what: string, part: Part, read: (value: unknown) => unknown, object: unknown][] = [
    ['workload', 'workload', readWorkload, { metadata: { uid: 'hidden' } }],
    ['list of pods', 'pods', readPods, { items: [{ spec: 'hidden' }] }],
    ['list of replica sets', 'replicaSets', readReplicaSets, 'hidden'],
    ['node', 'node', readNode, null],
    ['ledger', 'configMap', readConfigMap, { data: { last_restart_times: 'hidden' } }],
  ];
  it.each(strangers)('is nothing of a %s in an unknown form, and it is read as such', (_what, part, read, object) => {
    const kept = trimmed(part, object);
    expect(kept).toEqual({ error: 'form' });
    expect(read(kept)).toBeNull();
  });

  it('stays unknown where it is recorded and read again', () => {
    const kept = readKept({ deployment: trimmed('workload', deployment()), pods: trimmed('pods', {}) });
    if (!kept) throw new Error('It is not read.');
    const workload = { kind: 'deployment', namespace: 'cctv', name: 'frigate' } as const;
    const moment = { at: NOW, workload, startedAt: NOW - 7200, image: 'frigate', run: 0, restarts: [] };
    expect(recordedGround(kept, moment).pods?.reply).toMatchObject({ ok: false, kind: 'form' });
  });

  it('is a failure as it is', () => {
    expect(trimmedReply('node', no(403))).toEqual(no(403));
  });
});

describe('hazards and preconditions', () => {
  it('are the same by what is kept as by the whole objects', () => {
    const surging = WORKLOADS[0] ?? {};
    const parts = { workload: surging, pods: list(...PODS), replicaSets: list(replicaSet()), node: node() };
    const said = Object.entries({ ...parts, configMap: LEDGER }).map(
      ([part, value]) => [part as Part, ok(value)] as const,
    );
    const given = answers(Object.fromEntries(said));
    const kept = answers(Object.fromEntries(said.map(([part, reply]) => [part, trimmedReply(part, reply)])));
    const facts = factsOf(kept);
    expect(facts).toEqual(factsOf(given));
    expect(facts.workload).toMatchObject({
      known: true,
      value: {
        surge: 1,
        sharedVolumes: ['the claim frigate-config', "the host's /srv"],
        passingPaths: ['/media/frigate'],
      },
    });
  });
});
