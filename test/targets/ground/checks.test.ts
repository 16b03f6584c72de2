import { describe, expect, it } from 'vitest';
import { groundChecks } from '../../../src/targets/ground/index.ts';
import type { LookedFinding } from '../../../src/targets/target.ts';
import {
  answers,
  broken,
  containers,
  deployment,
  dying,
  factsOf,
  type Json,
  list,
  lookedAt,
  NOW,
  no,
  node,
  nvr,
  ok,
  overlay,
  pod,
  SETTINGS,
  stamp,
  status,
  UNREACHABLE,
  waiting,
} from './objects.ts';

type Looks = readonly Parameters<typeof answers>[0][];

function found(check: string, looks: Looks, options: Parameters<typeof answers>[1] = {}): LookedFinding {
  const row = groundChecks.find((one) => one.id === check);
  const facts = factsOf(...looks.map((replies) => answers(replies, options)));
  const [finding, ...more] = row?.look(facts) ?? [];
  if (!finding || more.length > 0) throw new Error(`${check} did not give one finding.`);
  return finding;
}

const DEAD = broken('timeout', 'No answer in 5 s.');
const ALL_DEAD = { workload: DEAD, pods: DEAD, replicaSets: DEAD, node: DEAD, configMap: DEAD };
const FORBIDDEN = no(403, 'Forbidden.');
const pods = (...objects: readonly Json[]) => ({ pods: ok(list(...objects)) });

describe('the table', () => {
  it('has the rows that a target in a cluster stands on', () => {
    expect(
      groundChecks.map(({ id, layer, severity, forSeconds, forbids }) => [id, layer, severity, forSeconds, forbids]),
    ).toEqual([
      ['cluster_api', 'cluster', 'unknown', 30, undefined],
      ['node_ready', 'node', 'unhealthy', 60, 'own'],
      ['crash_loop', 'pod', 'unhealthy', 60, 'own'],
      ['scaled_to_zero', 'pod', 'tells', 60, 'own'],
    ]);
  });

  it.each(groundChecks.map((row) => [row.id, row] as const))('%s tells people what to do', (_, row) => {
    expect(row.name).toMatch(/^[A-Z]/);
    expect(row.nextSteps.length).toBeGreaterThan(0);
    expect(row.runbook.length).toBeGreaterThan(100);
  });
});

describe.each<[string, readonly [string, Looks, Partial<LookedFinding>][]]>([
  [
    'cluster_api',
    [
      ['is ok when it answers', [{}], { answer: 'ok', at: NOW }],
      ['is ok when a single right is refused', [{ ...ALL_DEAD, node: FORBIDDEN }], { answer: 'ok' }],
      [
        'is bad when every call fails',
        [ALL_DEAD],
        { answer: 'bad', detail: 'The API server does not answer: No answer in 5 s.' },
      ],
      [
        'is unknown when the look was broken off',
        [
          {
            ...ALL_DEAD,
            workload: broken('aborted'),
            pods: null,
            replicaSets: null,
            node: null,
            configMap: broken('aborted'),
          },
        ],
        { answer: 'unknown' },
      ],
    ],
  ],
  [
    'node_ready',
    [
      ['is ok', [{}], { answer: 'ok', detail: 'The node worker-1 is ready.' }],
      [
        'is ok and says that the node is cordoned',
        [{ node: ok(node({ spec: { unschedulable: true } })) }],
        { answer: 'ok', detail: 'The node worker-1 is ready. It is cordoned.' },
      ],
      [
        'is bad when nothing is heard from it, since the cluster says so',
        [{ node: ok(node({}, { ...UNREACHABLE, lastTransitionTime: stamp(NOW - 45) })) }],
        {
          answer: 'bad',
          since: NOW - 45,
          detail: expect.stringMatching(/^The node worker-1 is not ready\. Nothing is heard/),
        },
      ],
      [
        'is bad when the kubelet says so',
        [{ node: ok(node({}, { status: 'False', reason: 'KubeletNotReady' })) }],
        { answer: 'bad' },
      ],
      [
        'is bad when the node is gone',
        [{ node: no(404) }],
        { answer: 'bad', detail: 'The node worker-1 is not ready. It is not in the cluster any more.' },
      ],
      [
        'is not observed without the right',
        [{ node: FORBIDDEN }],
        { answer: 'not_observed', detail: 'No right to get nodes: Forbidden.' },
      ],
      ['is unknown when the right is lost', [{}, { node: FORBIDDEN }], { answer: 'unknown' }],
      ['is unknown when it cannot be read', [{ node: DEAD }], { answer: 'unknown' }],
      [
        'is unknown while no pod has a node',
        [{ ...pods(pod({ spec: { nodeName: undefined } })), node: null }],
        { answer: 'unknown', detail: 'No pod is on a node yet.' },
      ],
      [
        'is not observed at zero',
        [{ workload: ok(deployment({ spec: { replicas: 0 } })), ...pods() }],
        { answer: 'not_observed' },
      ],
      [
        'is asked at zero while the last pod is stopping',
        [{ workload: ok(deployment({ spec: { replicas: 0 } })), ...pods(dying(NOW + 20)) }],
        { answer: 'ok' },
      ],
    ],
  ],
  [
    'crash_loop',
    [
      ['is ok while the container runs', [{}], { answer: 'ok', detail: 'The container nvr runs.' }],
      [
        'is bad in CrashLoopBackOff, since the container ended',
        [pods(pod(containers(waiting('CrashLoopBackOff', NOW - 70))))],
        { answer: 'bad', since: NOW - 70 },
      ],
      [
        'is bad in the crash loop of an init container',
        [
          pods(
            pod({
              status: { initContainerStatuses: [status('prepare', { waiting: { reason: 'CrashLoopBackOff' } })] },
            }),
          ),
        ],
        { answer: 'bad', detail: expect.stringMatching(/prepare/) },
      ],
      [
        'is not bad without its image',
        [pods(pod(containers(waiting('ImagePullBackOff'))))],
        { answer: 'ok', proves: false, detail: 'The container nvr is in no crash loop. It waits: ImagePullBackOff.' },
      ],
      [
        'is not bad while it is created',
        [pods(pod(containers(waiting('ContainerCreating'))))],
        { answer: 'ok', proves: false },
      ],
      [
        'proves nothing in the pause between two crashes',
        [
          pods(
            pod(
              containers(
                nvr({
                  state: { running: { startedAt: stamp(NOW - 119) } },
                  lastState: { terminated: { finishedAt: stamp(NOW - 200) } },
                }),
              ),
            ),
          ),
        ],
        { answer: 'ok', proves: false },
      ],
      [
        'looks at the newest pod, not at one that is dying',
        [
          pods(
            dying(NOW, {
              metadata: { uid: 'old', creationTimestamp: stamp(NOW - 5) },
              ...containers(waiting('CrashLoopBackOff')),
            }),
            pod(),
          ),
        ],
        { answer: 'ok' },
      ],
      [
        'proves nothing without a pod',
        [pods()],
        { answer: 'ok', proves: false, detail: 'There is no pod that could crash.' },
      ],
      [
        'is no fault at zero',
        [{ workload: ok(deployment({ spec: { replicas: 0 } })), ...pods() }],
        { answer: 'ok', proves: false, detail: 'The workload is scaled to 0: it has no pod.' },
      ],
      ['is not observed without the right', [{ pods: FORBIDDEN }], { answer: 'not_observed' }],
      ['is unknown when the pods cannot be read', [{ pods: DEAD }], { answer: 'unknown' }],
    ],
  ],
  [
    'scaled_to_zero',
    [
      ['is ok', [{}], { answer: 'ok', detail: '1 pod is asked for.' }],
      [
        'is bad',
        [{ workload: ok(deployment({ spec: { replicas: 0 } })) }],
        { answer: 'bad', detail: 'The deployment frigate is scaled to 0.' },
      ],
      [
        'is not observed without the right',
        [{ workload: FORBIDDEN }],
        { answer: 'not_observed', detail: 'No right to get deployments: Forbidden.' },
      ],
      ['is unknown when the workload does not exist', [{ workload: no(404) }], { answer: 'unknown' }],
    ],
  ],
])('%s', (check, rows) => {
  it.each(rows)('%s', (_, looks, expected) => {
    expect(found(check, looks)).toMatchObject(expected);
  });
});

describe('findings', () => {
  it('say nothing of proof where they prove', () => {
    expect(found('crash_loop', [{}])).not.toHaveProperty('proves');
    const settled = nvr({
      state: { running: { startedAt: stamp(NOW - 120) } },
      lastState: { terminated: { finishedAt: stamp(NOW - 200) } },
    });
    expect(found('crash_loop', [pods(pod(containers(settled)))])).not.toHaveProperty('proves');
  });

  it('have the time of the answer that they rest on', () => {
    const look = answers({}, { at: NOW - 3 });
    const { facts } = lookedAt(SETTINGS, { ...look, workload: { ...look.workload, at: NOW } });
    const at = Object.fromEntries(groundChecks.map((row) => [row.id, row.look(facts)[0]?.at]));
    expect(at).toEqual({ cluster_api: NOW, node_ready: NOW - 3, crash_loop: NOW - 3, scaled_to_zero: NOW });
  });

  it.each([7200, -7200])('of a cluster whose clock is %s s off begin when they began by our clock', (skew) => {
    const theirs = NOW - skew;
    const lost = { node: ok(node({}, { ...UNREACHABLE, lastTransitionTime: stamp(theirs - 45) })) };
    expect(found('node_ready', [lost], { skew }).since).toBe(NOW - 45);
    const crashed = pods(pod(overlay(containers(waiting('CrashLoopBackOff', theirs - 70)), {})));
    expect(found('crash_loop', [crashed], { skew }).since).toBe(NOW - 70);
  });

  it('about a container of another name are unknown', () => {
    const { facts } = lookedAt({ ...SETTINGS, container: 'frigate' }, answers());
    const row = groundChecks.find((one) => one.id === 'crash_loop');
    expect(row?.look(facts)).toMatchObject([
      { answer: 'unknown', detail: 'The pod frigate-6d5f-abcde has no container of the configured name.' },
    ]);
  });
});
