import { describe, expect, it } from 'vitest';
import {
  type PodObject,
  readPods,
  readReplicaSets,
  readWorkload,
  type WorkloadObject,
} from '../../../src/targets/ground/objects.ts';
import { nodeNameOf, ownPods, podFacts } from '../../../src/targets/ground/pods.ts';
import {
  containers,
  deployment,
  dying,
  type Json,
  list,
  NOW,
  nvr,
  owner,
  pod,
  replicaSet,
  SETTINGS,
  stamp,
  statefulSet,
  status,
  waiting,
} from './objects.ts';

const EVEN = { skew: 0, now: NOW };

function read<T>(reader: (value: unknown) => T | null, value: unknown): T {
  const object = reader(value);
  if (object === null) throw new Error('The object was not read.');
  return object;
}

const workload = (object: Json): WorkloadObject => read(readWorkload, object);
const pods = (...objects: readonly Json[]): readonly PodObject[] => read(readPods, list(...objects));

function facts(object: Json, choice: { container?: string; imageHint?: string } = {}, clock = EVEN) {
  const [one] = pods(object);
  if (!one) throw new Error('There is no pod.');
  return podFacts(one, { ...SETTINGS, ...choice }, clock);
}

const named = (name: string, part: Json = {}): Json => pod({ metadata: { name, ...part } });

describe('the owner chain', () => {
  const frigate = workload(deployment());
  const sets = read(
    readReplicaSets,
    list(
      replicaSet('ours-new'),
      replicaSet('ours-old'),
      replicaSet('strange', [owner('Deployment', 'uid-other')]),
      replicaSet('looks-on', [owner('Deployment', 'uid-deployment', false)]),
      replicaSet('orphan', []),
    ),
  );

  it.each([
    ['a pod of the new replica set', [owner('ReplicaSet', 'ours-new')], true],
    ['a pod of an old replica set', [owner('ReplicaSet', 'ours-old')], true],
    ['a stranger with the same labels', [owner('ReplicaSet', 'strange')], false],
    ['a pod whose replica set is only looked on by the workload', [owner('ReplicaSet', 'looks-on')], false],
    ['a pod whose replica set has no owner', [owner('ReplicaSet', 'orphan')], false],
    ['a pod whose replica set is gone', [owner('ReplicaSet', 'gone')], false],
    ['a pod that the replica set does not control', [owner('ReplicaSet', 'ours-new', false)], false],
    ['a pod that somebody made by hand', [], false],
    [
      'a pod with another owner before its controller',
      [owner('Thing', 'x', false), owner('ReplicaSet', 'ours-new')],
      true,
    ],
    ['a pod that claims the deployment itself', [owner('Deployment', 'uid-deployment')], false],
  ])('judges %s', (_, ownerReferences, ours) => {
    expect(ownPods(frigate, sets, pods(named('one', { ownerReferences }))).length).toBe(ours ? 1 : 0);
  });

  it('of a statefulset ends at the pod itself', () => {
    const direct = named('frigate-0', { ownerReferences: [owner('StatefulSet', 'uid-statefulset')] });
    const strange = named('other-0', { ownerReferences: [owner('StatefulSet', 'uid-other')] });
    const own = ownPods(workload(statefulSet()), null, pods(strange, direct));
    expect(own.map((one) => one.metadata.name)).toEqual(['frigate-0']);
  });

  it('lists the newest pod first, whatever the order of the answer', () => {
    const made = (name: string, ago: number): Json => named(name, { creationTimestamp: stamp(NOW - ago) });
    const own = ownPods(
      frigate,
      read(readReplicaSets, list(replicaSet())),
      pods(made('b', 50), made('c', 9), made('a', 70)),
    );
    expect(own.map((one) => one.metadata.name)).toEqual(['c', 'b', 'a']);
  });
});

describe('the node', () => {
  const on = (nodeName: string | undefined, part: Json = {}): Json => pod({ spec: { nodeName }, ...part });

  it.each([
    ['that of the newest living pod', [on('new'), on('old')], 'new'],
    [
      'that of a living pod before that of a newer one that is dying',
      [dying(NOW, { spec: { nodeName: 'a' } }), on('b')],
      'b',
    ],
    ['that of a dying pod where no other has one', [on(undefined), dying(NOW, { spec: { nodeName: 'a' } })], 'a'],
    ['that of a living pod before that of an evicted one', [on('a', { status: { phase: 'Failed' } }), on('b')], 'b'],
    ['none where no pod is placed', [on(undefined)], null],
    ['none without pods', [], null],
  ])('is %s', (_, objects, name) => {
    expect(nodeNameOf(pods(...objects))).toBe(name);
  });
});

const SCHEDULED = [{ type: 'PodScheduled', status: 'True' }];

describe('what a pod says', () => {
  it('of a well run', () => {
    expect(facts(pod())).toMatchObject({
      name: 'frigate-6d5f-abcde',
      node: 'worker-1',
      ip: '10.42.0.17',
      living: true,
      ready: true,
      overdueAt: null,
      bears: null,
      looping: [],
      container: { name: 'nvr', startedAt: NOW - 7200, start: 'containerd://nvr-1', waitingReason: null },
    });
  });

  it.each([
    ['the image that holds the word, not the first, not the first status', {}, 'nvr'],
    ['the image whatever its case', { imageHint: 'FRIGATE' }, 'nvr'],
    ['the named one', { container: 'exporter' }, 'exporter'],
    ['the first where no image holds the word', { imageHint: 'shinobi' }, 'exporter'],
    ['the first where there is no word', { imageHint: '' }, 'exporter'],
    ['none where the named one does not exist', { container: 'frigate' }, undefined],
  ])('chooses %s', (_, choice, name) => {
    expect(facts(pod(), choice).container?.name).toBe(name);
  });

  it.each([
    ['a pod that is being deleted and still says Ready', dying(NOW + 10), false, false],
    ['an evicted pod', pod({ status: { phase: 'Failed' } }), false, false],
    ['a finished pod', pod({ status: { phase: 'Succeeded' } }), false, false],
    [
      'a pod whose readiness is lost',
      pod({ status: { conditions: [...SCHEDULED, { type: 'Ready', status: 'False' }] } }),
      true,
      false,
    ],
    ['a pod that never said', pod({ status: { conditions: [] } }), true, false],
  ])('judges %s', (_, object, living, ready) => {
    expect(facts(object)).toMatchObject({ living, ready });
  });

  it.each([
    ['our own form', stamp(NOW), NOW],
    ['a time zone, as kubectl writes it', '2026-01-06T05:00:00+01:00', NOW],
    ['no time', 'now', null],
    ['an empty text', '', null],
  ])('bears %s', (_, restartedAt, seconds) => {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': restartedAt };
    expect(facts(pod({ metadata: { annotations } })).bears).toBe(seconds);
  });

  it('bears an order time that the cluster’s clock does not touch', () => {
    const object = pod({ metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': stamp(NOW - 40) } } });
    expect(facts(object, {}, { skew: 7200, now: NOW }).bears).toBe(NOW - 40);
  });

  it.each([
    ['two hours behind', 7200],
    ['two hours ahead', -7200],
  ])('has its times by our clock when the cluster’s is %s', (_, skew) => {
    const theirs = NOW - skew;
    const object = pod({
      metadata: {
        creationTimestamp: stamp(theirs - 60),
        deletionTimestamp: stamp(theirs - 10),
        deletionGracePeriodSeconds: 30,
      },
      ...containers(nvr({ state: { running: { startedAt: stamp(theirs - 50) } } })),
    });
    expect(facts(object, {}, { skew, now: NOW })).toMatchObject({
      createdAt: NOW - 60,
      overdueAt: NOW - 10 + 30 + 60,
      container: { startedAt: NOW - 50 },
    });
  });

  it('has not started later than now', () => {
    expect(facts(containersAt(NOW + 1)).container?.startedAt).toBe(NOW);
  });

  it('counts the grace that a dying pod does not name as 30 s', () => {
    const object = pod({ metadata: { deletionTimestamp: stamp(NOW) } });
    expect(facts(object).overdueAt).toBe(NOW + 30 + 60);
  });

  it.each([
    [
      'CrashLoopBackOff of the chosen container',
      waiting('CrashLoopBackOff', NOW - 90),
      [{ name: 'nvr', endedAt: NOW - 90 }],
    ],
    ['ImagePullBackOff', waiting('ImagePullBackOff'), []],
    ['ErrImagePull', waiting('ErrImagePull'), []],
    ['ContainerCreating', waiting('ContainerCreating'), []],
  ])('sees %s', (_, one, looping) => {
    expect(facts(pod(containers(one))).looping).toEqual(looping);
  });

  it('sees the crash loop of an init container, and not that of a stranger beside the chosen one', () => {
    const loop = { waiting: { reason: 'CrashLoopBackOff' } };
    const object = pod({
      status: {
        initContainerStatuses: [status('prepare', loop)],
        containerStatuses: [nvr(), status('exporter', loop)],
      },
    });
    expect(facts(object).looping).toEqual([{ name: 'prepare', endedAt: null }]);
  });

  it('tells why it does not run, and when it last ended', () => {
    expect(facts(pod(containers(waiting('CrashLoopBackOff', NOW - 30)))).container).toMatchObject({
      start: null,
      startedAt: null,
      waitingReason: 'CrashLoopBackOff',
      lastEndedAt: NOW - 30,
    });
  });

  it('takes the start for the run’s identity where the container has no id', () => {
    const object = pod(containers(nvr({ containerID: undefined })));
    expect(facts(object).container?.start).toBe(stamp(NOW - 7200));
  });
});

function containersAt(startedAt: number): Json {
  return pod(containers(nvr({ state: { running: { startedAt: stamp(startedAt) } } })));
}
