import { describe, expect, it } from 'vitest';
import { groundChecks } from '../../../src/targets/ground/index.ts';
import type { LookedFinding } from '../../../src/targets/target.ts';
import {
  answers,
  broken,
  containers,
  deployment,
  dying,
  found,
  type Json,
  type Looks,
  list,
  lookedAt,
  NOW,
  no,
  node,
  ok,
  pod,
  SETTINGS,
  stamp,
  UNREACHABLE,
  unscheduled,
  waiting,
} from './objects.ts';

const DEAD = broken('timeout', 'No answer in 5 s.');
const ALL_DEAD = { workload: DEAD, pods: DEAD, replicaSets: DEAD, node: DEAD, configMap: DEAD };
const FORBIDDEN = no(403, 'Forbidden.');
const pods = (...objects: readonly Json[]) => ({ pods: ok(list(...objects)) });
const CORDONED = ok(node({ spec: { unschedulable: true } }));
const REBOOTED = ok(node({ status: { nodeInfo: { bootID: 'boot-2' } } }));
const PENDING = unscheduled();

describe('the table', () => {
  it('has the rows that a target in a cluster stands on', () => {
    expect(
      groundChecks.map(({ id, layer, severity, forSeconds, forbids }) => [id, layer, severity, forSeconds, forbids]),
    ).toEqual([
      ['cluster_api', 'cluster', 'unknown', 30, undefined],
      ['node_ready', 'node', 'unhealthy', 60, 'own'],
      ['node_upgrade', 'node', 'unhealthy', 0, 'own'],
      ['oom', 'pod', 'unhealthy', 60, 'own'],
      ['image', 'pod', 'unhealthy', 60, 'own'],
      ['crash_loop', 'pod', 'unhealthy', 60, 'own'],
      ['terminating_stuck', 'pod', 'unhealthy', 60, 'own'],
      ['unschedulable', 'pod', 'unhealthy', 60, 'own'],
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
          detail: expect.stringMatching(/^The node worker-1 has not been ready\{for\}\. Nothing is heard/),
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
        { answer: 'bad', detail: 'The node worker-1 has not been ready{for}. It is not in the cluster any more.' },
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
    'node_upgrade',
    [
      ['is ok', [{}], { answer: 'ok', detail: 'Nobody works on the node worker-1.' }],
      [
        'is ok on a cordoned node whose pod runs on',
        [{ node: CORDONED }],
        { answer: 'ok', detail: 'The node worker-1 is cordoned, and the pod runs on.' },
      ],
      [
        'is ok on a cordoned node whose pod runs on beside one that waits',
        [{ node: CORDONED, ...pods(PENDING, pod()) }],
        { answer: 'ok' },
      ],
      [
        'is bad when the pod was driven from a cordoned node and waits',
        [{ node: CORDONED, ...pods(PENDING) }],
        {
          answer: 'bad',
          detail: 'The node worker-1 is cordoned and the pod does not run: it starts when the node takes pods again.',
        },
      ],
      ['is bad when no pod is left', [{ node: CORDONED, ...pods() }], { answer: 'bad' }],
      [
        'is bad when the last pod is going: one that is being deleted runs no more',
        [{ node: CORDONED, ...pods(dying(NOW + 20)) }],
        { answer: 'bad' },
      ],
      [
        'is not blamed for an image that is missing',
        [{ node: CORDONED, ...pods(pod(containers(waiting('ImagePullBackOff')))) }],
        { answer: 'ok', proves: false },
      ],
      [
        'is not blamed for a crash loop',
        [{ node: CORDONED, ...pods(pod(containers(waiting('CrashLoopBackOff')))) }],
        { answer: 'ok', proves: false },
      ],
      [
        'is bad while the container is not up again after a reboot',
        [{}, { node: REBOOTED, ...pods(pod(containers(waiting('ContainerCreating')))) }],
        { answer: 'bad', since: NOW, detail: expect.stringMatching(/upgraded or rebooted just now/) },
      ],
      ['is ok when the container runs after a reboot', [{}, { node: REBOOTED }], { answer: 'ok' }],
      [
        'is not blamed when the scheduler has another reason',
        [{}, { node: REBOOTED, ...pods(PENDING) }],
        { answer: 'ok', proves: false },
      ],
      [
        'is not blamed while nothing was done to it',
        [pods(pod(containers(waiting('ContainerCreating'))))],
        { answer: 'ok', proves: false },
      ],
      ['is not observed without the right', [{ node: FORBIDDEN }], { answer: 'not_observed' }],
      ['is unknown when the node cannot be read', [{ node: DEAD }], { answer: 'unknown' }],
      ['is unknown when the pods cannot be read', [{ pods: DEAD }], { answer: 'unknown' }],
    ],
  ],
])('%s', (check, rows) => {
  it.each(rows)('%s', (_, looks, expected) => {
    expect(found(check, looks)).toMatchObject(expected);
  });
});

describe('findings', () => {
  it('have the time of the answer that they rest on', () => {
    const look = answers({}, { at: NOW - 3 });
    const { facts } = lookedAt(SETTINGS, { ...look, workload: { ...look.workload, at: NOW } });
    const late = groundChecks.filter((row) => row.look(facts)[0]?.at === NOW).map((row) => row.id);
    expect(late).toEqual(['cluster_api', 'scaled_to_zero']);
  });

  it.each([7200, -7200])('of a cluster whose clock is %s s off begin when they began by our clock', (skew) => {
    const lost = { node: ok(node({}, { ...UNREACHABLE, lastTransitionTime: stamp(NOW - skew - 45) })) };
    expect(found('node_ready', [lost], { skew }).since).toBe(NOW - 45);
  });
});
