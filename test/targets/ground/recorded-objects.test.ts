import { describe, expect, it } from 'vitest';
import { readNode, readPods, readReplicaSets, readWorkload } from '../../../src/targets/ground/objects.ts';
import {
  nodeNamed,
  ownersOf,
  pretendedNode,
  pretendedPod,
  pretendedWorkload,
  type RecordedMoment,
  wholePod,
  wholeWorkload,
} from '../../../src/targets/ground/recorded-objects.ts';
import { NOW, node, pod, stamp } from './objects.ts';

const workload = { kind: 'deployment', namespace: 'cctv', name: 'frigate' } as const;
const moment: RecordedMoment = { at: NOW, workload, startedAt: NOW - 500, image: 'frigate:1', run: 2, restarts: [] };
const whole = (given: Record<string, unknown>) => wholePod(given, 0, moment) as Record<string, Record<string, unknown>>;

describe('a pretended cluster', () => {
  it('is of the form that the API gives', () => {
    expect(readWorkload(wholeWorkload(pretendedWorkload(workload), workload, [pretendedPod(moment)]))).not.toBeNull();
    expect(readNode(pretendedNode('node-1', moment))).not.toBeNull();
    expect(readPods({ items: [pretendedPod(moment)] })).toMatchObject([{ spec: { nodeName: 'node-1' } }]);
    expect(pretendedPod(moment)).toMatchObject({ spec: { restartPolicy: 'Always' } });
  });
});

describe('a pod that was trimmed', () => {
  it('runs and is ready where it says that it runs, and nothing else', () => {
    const { status } = whole({
      metadata: { name: 'frigate-1' },
      status: { phase: 'Running', startTime: stamp(NOW - 60) },
    });
    expect(status).toMatchObject({
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'frigate', ready: true, state: { running: { startedAt: stamp(NOW - 60) } } }],
    });
  });

  it('is not ready where its container says so', () => {
    const { status } = whole({
      status: { containerStatuses: [{ name: 'nvr', ready: false, state: { waiting: { reason: 'X' } } }] },
    });
    expect(status?.conditions).toMatchObject([{ type: 'Ready', status: 'False' }]);
    expect(status?.containerStatuses).toMatchObject([{ name: 'nvr', state: { waiting: { reason: 'X' } } }]);
  });

  it('has no container and no node where it is pending', () => {
    const { status, spec } = whole({
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False' }] },
    });
    expect(status).toMatchObject({ containerStatuses: [], conditions: [{ type: 'PodScheduled' }] });
    expect(spec?.nodeName).toBeUndefined();
  });

  it("keeps the start that it has, and takes the case's where it has none", () => {
    const running = (state: object) =>
      whole({ status: { containerStatuses: [{ name: 'nvr', state: { running: state } }] } });
    expect(JSON.stringify(running({ startedAt: stamp(NOW - 9) }))).toContain(stamp(NOW - 9));
    expect(JSON.stringify(running({}))).toContain(new Date((NOW - 500) * 1000).toISOString());
  });

  it('has the containers that its statuses name', () => {
    expect(whole({ status: { containerStatuses: [{ name: 'nvr', image: 'frigate:9' }] } }).spec?.containers).toEqual([
      { name: 'nvr', image: 'frigate:9' },
    ]);
  });

  it('is left as it is where it is whole', () => {
    expect(wholePod(pod(), 0, moment)).toEqual(pod());
  });
});

describe('a workload that was trimmed', () => {
  it('is rolled out, its pods ready as they say', () => {
    const ready = [wholePod({}, 0, moment)];
    expect(wholeWorkload({ spec: { replicas: 1 } }, workload, ready)).toMatchObject({
      metadata: { name: 'frigate', generation: 1 },
      status: { observedGeneration: 1, updatedReplicas: 1, availableReplicas: 1 },
    });
    expect(wholeWorkload({}, workload, [])).toMatchObject({ status: { availableReplicas: 0 } });
    expect(wholeWorkload({}, { ...workload, kind: 'daemonset' }, ready)).toMatchObject({
      status: { desiredNumberScheduled: 1, numberAvailable: 1 },
    });
  });

  it('keeps its status where the API has written it: a count that is left out is zero', () => {
    const status = { observedGeneration: 3, replicas: 1 };
    expect(wholeWorkload({ metadata: { generation: 3 }, status }, workload, [pod()])).toMatchObject({ status });
    expect(wholeWorkload({ status }, workload, [pod()])).not.toHaveProperty('status.availableReplicas');
  });
});

describe('the owners of pods', () => {
  it('end at the workload', () => {
    const owned = ownersOf({ metadata: { uid: 'w' } }, 'deployment', [pod(), { metadata: { name: 'x', uid: 'x' } }]);
    expect(readReplicaSets({ items: owned.replicaSets })).toMatchObject([
      { metadata: { uid: 'uid-replicaset', ownerReferences: [{ uid: 'w', controller: true }] } },
      { metadata: { ownerReferences: [{ uid: 'w' }] } },
    ]);
    const direct = ownersOf({ metadata: { uid: 'w' } }, 'statefulset', [pod()]);
    expect(direct).toMatchObject({ replicaSets: [], pods: [{ metadata: { ownerReferences: [{ uid: 'w' }] } }] });
  });
});

describe('the node', () => {
  const on = (nodeName: string | undefined, created: number, part = {}) =>
    pod({ spec: { nodeName }, metadata: { creationTimestamp: stamp(NOW - created), ...part } });

  it('is that of the newest living pod, else of the newest that has one', () => {
    const dying = { deletionTimestamp: stamp(NOW) };
    expect(nodeNamed([on('old', 900), on('new', 10)])).toBe('new');
    expect(nodeNamed([on('old', 900), on('new', 10, dying)])).toBe('old');
    expect(nodeNamed([on('only', 900, dying), on(undefined, 5)])).toBe('only');
    expect(nodeNamed([on(undefined, 5)])).toBeUndefined();
    expect(node()).toMatchObject({ metadata: { name: 'worker-1' } });
  });
});
