import { describe, expect, it } from 'vitest';
import { readWorkload } from '../../../src/targets/ground/objects.ts';
import { rolloutOf, workloadFacts } from '../../../src/targets/ground/rollout.ts';
import type { GroundMemory, PodFacts, WorkloadFacts } from '../../../src/targets/ground/types.ts';
import {
  answers,
  daemonSet,
  deployment,
  dying,
  factsOf,
  type Json,
  list,
  lookedAt,
  NOW,
  ok,
  overlay,
  owner,
  pod,
  progressing,
  SETTINGS,
  stamp,
  statefulSet,
} from './objects.ts';

const KINDS: Readonly<Record<string, WorkloadFacts['kind']>> = {
  Deployment: 'deployment',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
};

function workload(object: Json): WorkloadFacts {
  const read = readWorkload(object);
  const kind = KINDS[String(object.kind)];
  if (!read || !kind) throw new Error('The workload was not read.');
  return workloadFacts({ ...SETTINGS, workload: { ...SETTINGS.workload, kind } }, read);
}

function podsOf(...objects: readonly Json[]): readonly PodFacts[] {
  const { pods } = factsOf(answers({ pods: ok(list(...objects)) }));
  if (!pods.known) throw new Error(pods.why);
  return pods.value;
}

function rollout(object: Json, pods: readonly PodFacts[] | null = null, settled: GroundMemory['settled'] = null) {
  return rolloutOf({ workload: workload(object), pods, settled, now: NOW, graceSeconds: 600 });
}

const LOST = { readyReplicas: undefined, availableReplicas: undefined };
const SEEN_DONE = { uid: 'uid-deployment', generation: 3 };

describe('a rollout by kubectl’s formulas', () => {
  it.each<[string, Json, string]>([
    ['is over when all counts agree', deployment(), 'idle'],
    ['is under way while the status is stale', deployment({ metadata: { generation: 4 } }), 'under_way'],
    [
      'does not believe a stale deadline',
      deployment({ metadata: { generation: 4 }, status: progressing('ProgressDeadlineExceeded') }),
      'under_way',
    ],
    ['is under way before there is any status', deployment({ status: undefined }), 'under_way'],
    [
      'has failed at its deadline: two pods, one new, one serves',
      deployment({
        status: { replicas: 2, updatedReplicas: 1, availableReplicas: 1, ...progressing('ProgressDeadlineExceeded') },
      }),
      'failed',
    ],
    ['is under way while new pods are not made', deployment({ status: { updatedReplicas: undefined } }), 'under_way'],
    [
      'is under way in a Recreate on a lost node, though Progressing still says available',
      deployment({ status: { replicas: undefined, updatedReplicas: undefined, ...LOST, terminatingReplicas: 1 } }),
      'under_way',
    ],
    ['is under way while an old pod is not stopped', deployment({ status: { replicas: 2 } }), 'under_way'],
    [
      'is under way while the old pod is Terminating, though all counts agree',
      deployment({ status: { terminatingReplicas: 1 } }),
      'under_way',
    ],
    [
      'is under way while the new pod does not serve yet',
      deployment({ status: { ...LOST, ...progressing('ReplicaSetUpdated') } }),
      'under_way',
    ],
    [
      'is under way with a new replica set',
      deployment({ status: { ...LOST, ...progressing('NewReplicaSetCreated') } }),
      'under_way',
    ],
    ['is over when a pod loses its readiness after it was complete', deployment({ status: LOST }), 'idle'],
    [
      'is over at zero',
      deployment({ spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0, ...LOST } }),
      'idle',
    ],
    ['of a statefulset is over', statefulSet(), 'idle'],
    [
      'of a statefulset is under way while the status is stale',
      statefulSet({ metadata: { generation: 4 } }),
      'under_way',
    ],
    [
      'of a statefulset is under way while pods are not replaced',
      statefulSet({ status: { updatedReplicas: 0, updateRevision: 'frigate-77b' } }),
      'under_way',
    ],
    [
      'of a statefulset is under way while the new pod is not ready',
      statefulSet({ status: { readyReplicas: 0, updateRevision: 'frigate-77b' } }),
      'under_way',
    ],
    [
      'of a statefulset is over when a pod loses its readiness later',
      statefulSet({ status: { readyReplicas: 0 } }),
      'idle',
    ],
    [
      'of a statefulset with a partition leaves the lower pods as they are',
      statefulSet({
        spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
        status: { updatedReplicas: 1, readyReplicas: 3, updateRevision: 'frigate-77b' },
      }),
      'idle',
    ],
    [
      'of a statefulset with OnDelete waits for nobody',
      statefulSet({
        spec: { updateStrategy: { type: 'OnDelete' } },
        status: { updatedReplicas: 0, updateRevision: 'x' },
      }),
      'idle',
    ],
    ['of a daemonset is over', daemonSet(), 'idle'],
    [
      'of a daemonset is under way while pods are not replaced',
      daemonSet({ status: { updatedNumberScheduled: 0 } }),
      'under_way',
    ],
    [
      'of a daemonset is under way while the new pod does not serve',
      daemonSet({ status: { numberAvailable: undefined } }),
      'under_way',
    ],
    ['of a daemonset is under way while the status is stale', daemonSet({ metadata: { generation: 4 } }), 'under_way'],
  ])('%s', (_, object, state) => {
    expect(rollout(object, null, null).rollout.state).toBe(state);
  });

  it.each<[string, { uid: string; generation: number } | null, string]>([
    ['never', null, 'under_way'],
    ['in this generation', SEEN_DONE, 'idle'],
    ['in the generation before', { ...SEEN_DONE, generation: 2 }, 'under_way'],
    ['in another object of that name', { ...SEEN_DONE, uid: 'uid-before' }, 'under_way'],
  ])('without a deadline knows lost readiness from a start when it was seen complete %s', (_, settled, state) => {
    const bare = deployment({ status: { ...LOST, conditions: [] } });
    expect(rollout(bare, null, settled).rollout.state).toBe(state);
  });

  const unready = (age: number): Json =>
    pod({
      metadata: { creationTimestamp: stamp(NOW - age) },
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    });
  const notServing: readonly [string, Json][] = [
    ['deployment', deployment({ status: { ...LOST, ...progressing('ReplicaSetUpdated') } })],
    ['statefulset', statefulSet({ status: { readyReplicas: 0, updateRevision: 'frigate-77b' } })],
    ['daemonset', daemonSet({ status: { numberReady: 0, numberAvailable: 0 } })],
  ];

  it.each(notServing)('of a %s waits for a new pod only as long as a start may take', (_, object) => {
    expect(rollout(object, podsOf(unready(599))).rollout.state).toBe('under_way');
    expect(rollout(object, podsOf(unready(600)))).toMatchObject({ rollout: { state: 'idle' }, complete: false });
    expect(rollout(object, podsOf(unready(7200), unready(20))).rollout.state).toBe('under_way');
    expect(rollout(object, podsOf()).rollout.state).toBe('under_way');
  });

  it('is under way with an old pod still there, however old the new one that does not serve', () => {
    const object = daemonSet({ status: { updatedNumberScheduled: 0, numberAvailable: 0 } });
    expect(rollout(object, podsOf(unready(7200))).rollout.state).toBe('under_way');
    expect(rollout(statefulSet(), podsOf(unready(7200), dying(NOW + 20))).rollout.state).toBe('under_way');
  });

  it('counts a dying pod that the status does not count', () => {
    const { rollout: said, complete } = rollout(statefulSet(), podsOf(pod(), dying(NOW + 20)), null);
    expect(said).toEqual({ state: 'under_way', sentence: 'A rollout is under way: 1 old pod is still stopping.' });
    expect(complete).toBe(false);
  });

  it('does not wait for pods that have ended by themselves', () => {
    const evicted = pod({ metadata: { name: 'evicted' }, status: { phase: 'Failed' } });
    expect(rollout(deployment(), podsOf(pod(), evicted), null).rollout.state).toBe('idle');
  });

  it.each([
    ['complete', deployment(), true],
    ['not complete when its pod has lost its readiness', deployment({ status: LOST }), false],
    ['not complete at its deadline', deployment({ status: progressing('ProgressDeadlineExceeded') }), false],
  ])('is %s', (_, object, complete) => {
    expect(rollout(object, null, null).complete).toBe(complete);
  });

  it('says what it waits for', () => {
    const object = deployment({ spec: { replicas: 3 }, status: { updatedReplicas: 1 } });
    const { sentence } = rollout(object, null, null).rollout;
    expect(sentence).toBe('A rollout is under way: 1 of 3 new pods are made.');
  });
});

describe('what is read of a workload', () => {
  it.each<[string, Json, number]>([
    ['Recreate', { type: 'Recreate' }, 0],
    ['RollingUpdate by default: a quarter rounds up', { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } }, 1],
    ['RollingUpdate without figures', { type: 'RollingUpdate' }, 1],
    ['no strategy written', {}, 1],
    ['no surge in percent', { type: 'RollingUpdate', rollingUpdate: { maxSurge: '0%' } }, 0],
    ['no surge as a number', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } }, 0],
    ['a surge as a number', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2 } }, 2],
  ])('surge with %s', (_, strategy, surge) => {
    const bare = deployment({ spec: { strategy: undefined } });
    expect(workload(overlay(bare, { spec: { strategy } })).surge).toBe(surge);
  });

  it('surge of a daemonset is none unless it is written', () => {
    expect(workload(daemonSet({ spec: { updateStrategy: { rollingUpdate: { maxSurge: undefined } } } })).surge).toBe(0);
    expect(workload(daemonSet({ spec: { updateStrategy: { rollingUpdate: { maxSurge: '50%' } } } })).surge).toBe(1);
  });

  it('a statefulset has no surge and is ordered unless it is parallel', () => {
    expect(workload(statefulSet())).toMatchObject({ surge: 0, orderedReady: true });
    expect(workload(statefulSet({ spec: { podManagementPolicy: undefined } })).orderedReady).toBe(true);
    expect(workload(statefulSet({ spec: { podManagementPolicy: 'Parallel' } })).orderedReady).toBe(false);
  });

  it('volumes that two pods would share are claims and host paths, but not the clock’s', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', hostPath: { path: '/dev/bus/usb', type: '' } },
      { name: 'c', hostPath: { path: '/etc/localtime' } },
      { name: 'd', persistentVolumeClaim: { claimName: 'frigate-media' } },
    ];
    const shared = workload(deployment({ spec: { template: { spec: { volumes } } } })).sharedVolumes;
    expect(shared).toEqual(["the host's /dev/bus/usb", 'the claim frigate-media']);
  });

  it.each([
    ['a deployment at 0', deployment({ spec: { replicas: 0 } }), true],
    ['a deployment that says nothing, which means 1', deployment({ spec: { replicas: undefined } }), false],
    ['a statefulset at 0', statefulSet({ spec: { replicas: 0 } }), true],
    ['a daemonset that fits no node', daemonSet({ status: { desiredNumberScheduled: 0 } }), false],
  ])('%s: scaled to zero is %s', (_, object, zero) => {
    expect(workload(object).scaledToZero).toBe(zero);
  });
});

describe('a rollout that waits for a pod that is not ready', () => {
  const OWNED = { ownerReferences: [owner('StatefulSet', 'uid-statefulset')] };
  const UNREADY = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };
  const waiting = (spec: Json = {}) =>
    statefulSet({ spec, status: { updatedReplicas: 0, readyReplicas: 0, updateRevision: 'frigate-77b' } });
  const aged = (seconds: number, part: Json = UNREADY) => {
    const settings = { ...SETTINGS, workload: { ...SETTINGS.workload, kind: 'statefulset' as const } };
    const made = overlay({ metadata: { ...OWNED, creationTimestamp: stamp(NOW - seconds) } }, part);
    const look = answers({ workload: ok(statefulSet()), pods: ok(list(pod(made))), replicaSets: null });
    const { pods } = lookedAt(settings, look).facts;
    if (!pods.known) throw new Error(pods.why);
    return pods.value;
  };

  it.each<[string, Json, readonly PodFacts[] | null, string]>([
    ['stands still in its order: nothing is under way', waiting(), aged(601), 'idle'],
    ['is under way while the pod may be starting', waiting(), aged(599), 'under_way'],
    ['is under way where the pod is ready', waiting(), aged(601, {}), 'under_way'],
    ['is under way where nobody sees the pod', waiting(), null, 'under_way'],
    ['goes on without an order', waiting({ podManagementPolicy: 'Parallel' }), aged(601), 'under_way'],
  ])('%s', (_, object, pods, state) => {
    expect(rollout(object, pods).rollout.state).toBe(state);
    expect(rollout(object, pods).complete).toBe(false);
  });
});
