import { describe, expect, it } from 'vitest';
import { digestGround } from '../../../src/targets/ground/digest.ts';
import { groundChecks } from '../../../src/targets/ground/index.ts';
import type { GroundMemory } from '../../../src/targets/ground/types.ts';
import type { LookedFinding } from '../../../src/targets/target.ts';
import {
  answers,
  broken,
  containers,
  deployment,
  dying,
  factsOf,
  found,
  type Json,
  LIMITS,
  type Looks,
  list,
  lookedAt,
  NOW,
  no,
  nvr,
  ok,
  overlay,
  pod,
  SETTINGS,
  stamp,
  status,
  unscheduled,
  waiting,
} from './objects.ts';

const DEAD = broken('timeout', 'No answer in 5 s.');
const FORBIDDEN = no(403, 'Forbidden.');
const pods = (...objects: readonly Json[]) => ({ pods: ok(list(...objects)) });
const nothing = { workload: ok(deployment({ spec: { replicas: 0 } })), ...pods() };

/** Killed for want of memory so long ago; it runs since, or it waits. */
function killed(ago: number, { runs = true, uid = 'uid-pod' } = {}): Json {
  const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: stamp(NOW - ago) } };
  const up = nvr({ state: { running: { startedAt: stamp(NOW - ago + 5) } }, lastState, restartCount: 1 });
  const down = overlay(waiting('CrashLoopBackOff'), { lastState, restartCount: 1 });
  return pod({ metadata: { uid }, ...containers(runs ? up : down) });
}

function blocked(reason: string, message?: string): Json {
  return overlay(waiting(reason), { state: { waiting: { reason, message } } });
}

describe.each<[string, readonly [string, Looks, Partial<LookedFinding>][]]>([
  [
    'oom',
    [
      ['is ok while the container runs', [{}], { answer: 'ok', detail: 'The container nvr runs.' }],
      [
        'is bad while it was killed and does not run',
        [pods(killed(70, { runs: false }))],
        {
          answer: 'bad',
          since: NOW - 70,
          detail: 'The container nvr ran out of memory and was killed (OOMKilled); Kubernetes will start it.',
          evidence: [`OOMKilled at ${stamp(NOW - 70)}`, 'restart count 1'],
        },
      ],
      [
        'is bad in the moment between the kill and the next start',
        [
          pods(
            pod(
              containers(
                nvr({ state: { running: undefined, terminated: { reason: 'OOMKilled', finishedAt: stamp(NOW - 1) } } }),
              ),
            ),
          ),
        ],
        { answer: 'bad', since: NOW - 1 },
      ],
      [
        'is bad when this end was for want of memory, whatever the one before was for',
        [
          pods(
            pod(
              containers(
                nvr({
                  state: { running: undefined, terminated: { reason: 'OOMKilled', finishedAt: stamp(NOW - 1) } },
                  lastState: { terminated: { reason: 'Error', finishedAt: stamp(NOW - 600) } },
                }),
              ),
            ),
          ),
        ],
        { answer: 'bad', since: NOW - 1 },
      ],
      ['says nothing of a kill long ago', [pods(killed(3700))], { answer: 'ok', detail: 'The container nvr runs.' }],
      [
        'is no fault when it was killed once and runs on',
        [pods(killed(900))],
        {
          answer: 'ok',
          detail: 'The container nvr runs. It was killed for lack of memory once in the last hour, and runs again.',
        },
      ],
      ['is one kill however often it is looked at', [pods(killed(900)), pods(killed(900))], { answer: 'ok' }],
      [
        'is bad when it was killed twice within an hour, also while it runs',
        [pods(killed(3000)), pods(killed(900))],
        {
          answer: 'bad',
          since: NOW - 3000,
          detail: 'The container nvr ran out of memory and was killed 2 times in an hour.',
          evidence: [`OOMKilled at ${stamp(NOW - 3000)}`, `OOMKilled at ${stamp(NOW - 900)}`, 'restart count 1'],
        },
      ],
      [
        'counts the kill of a pod that was replaced, though both ended in one second',
        [pods(killed(900)), pods(killed(900, { uid: 'uid-next' }))],
        { answer: 'bad' },
      ],
      [
        'is no fault when the kills are more than an hour apart',
        [pods(killed(3700)), pods(killed(90))],
        { answer: 'ok' },
      ],
      ['proves nothing right after a kill', [pods(killed(90))], { answer: 'ok', proves: false }],
      [
        'is not a crash for another reason',
        [pods(pod(containers(waiting('CrashLoopBackOff', NOW - 70))))],
        { answer: 'ok', proves: false },
      ],
      ['proves nothing without a pod', [pods()], { answer: 'ok', proves: false }],
      ['is unknown when the pods cannot be read', [{ pods: DEAD }], { answer: 'unknown' }],
      ['is not observed without the right', [{ pods: FORBIDDEN }], { answer: 'not_observed' }],
    ],
  ],
  [
    'image',
    [
      ['is ok while the container runs', [{}], { answer: 'ok', detail: 'The container nvr runs.' }],
      ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'].map(
        (reason): [string, Looks, Partial<LookedFinding>] => [
          `is bad with ${reason}`,
          [pods(pod(containers(blocked(reason, 'manifest unknown'))))],
          {
            answer: 'bad',
            detail:
              `The image ghcr.io/blakeblackshear/frigate:0.17.0 of nvr in frigate-6d5f-abcde cannot be pulled (${reason}). ` +
              'manifest unknown. Kubernetes keeps trying.',
            evidence: [`waiting: ${reason}`],
          },
        ],
      ),
      [
        'is bad with settings that name what does not exist',
        [pods(pod(containers(blocked('CreateContainerConfigError', 'secret "frigate" not found'))))],
        {
          answer: 'bad',
          detail:
            'The container nvr in frigate-6d5f-abcde cannot be made (CreateContainerConfigError). ' +
            'secret "frigate" not found. Kubernetes keeps trying.',
        },
      ],
      [
        'is bad without a message',
        [pods(pod(containers(overlay(blocked('ErrImagePull'), { image: undefined }))))],
        {
          answer: 'bad',
          detail:
            'The image of the container of nvr in frigate-6d5f-abcde cannot be pulled (ErrImagePull). Kubernetes keeps trying.',
        },
      ],
      [
        'is bad for an init container',
        [
          pods(
            pod({ status: { initContainerStatuses: [status('prepare', { waiting: { reason: 'ErrImagePull' } })] } }),
          ),
        ],
        { answer: 'bad', detail: expect.stringMatching(/ of prepare in /) },
      ],
      [
        'is not the fault of a neighbour',
        [pods(pod(containers(nvr(), status('exporter', { waiting: { reason: 'ErrImagePull' } }))))],
        { answer: 'ok' },
      ],
      [
        'proves nothing while it is created',
        [pods(pod(containers(waiting('ContainerCreating'))))],
        { answer: 'ok', proves: false, detail: 'The container nvr waits for no image. It waits: ContainerCreating.' },
      ],
      ['proves nothing without a pod', [pods()], { answer: 'ok', proves: false }],
      ['is unknown when the pods cannot be read', [{ pods: DEAD }], { answer: 'unknown' }],
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
        [nothing],
        { answer: 'ok', proves: false, detail: 'The workload is scaled to 0: it has no pod.' },
      ],
      ['is not observed without the right', [{ pods: FORBIDDEN }], { answer: 'not_observed' }],
      ['is unknown when the pods cannot be read', [{ pods: DEAD }], { answer: 'unknown' }],
    ],
  ],
  [
    'terminating_stuck',
    [
      ['is ok', [{}], { answer: 'ok', detail: 'No old pod is stuck.' }],
      ['is ok while a pod stops within its grace', [pods(dying(NOW + 20))], { answer: 'ok' }],
      ['is ok a moment after its grace', [pods(dying(NOW - 90))], { answer: 'ok' }],
      [
        'is bad when it should long be gone',
        [pods(dying(NOW - 91))],
        {
          answer: 'bad',
          since: NOW - 1,
          detail: 'The old pod frigate-6d5f-abcde should have stopped and has not{for}, and no new one serves.',
        },
      ],
      [
        'is bad beside a new pod that is not ready',
        [
          pods(
            pod({
              metadata: { name: 'new', uid: 'new' },
              status: { conditions: [{ type: 'Ready', status: 'False' }] },
            }),
            dying(NOW - 600),
          ),
        ],
        { answer: 'bad' },
      ],
      [
        'is no fault while a new pod serves',
        [pods(pod({ metadata: { name: 'new', uid: 'new' } }), dying(NOW - 600))],
        { answer: 'ok', detail: 'The old pod frigate-6d5f-abcde does not stop, but new serves.' },
      ],
      ['is not observed without the right', [{ pods: FORBIDDEN }], { answer: 'not_observed' }],
    ],
  ],
  [
    'unschedulable',
    [
      ['is ok', [{}], { answer: 'ok', detail: 'The pod frigate-6d5f-abcde has its node.' }],
      [
        'is bad since the scheduler said so, with its message and not its afterthought',
        [pods(unscheduled(NOW - 70))],
        {
          answer: 'bad',
          since: NOW - 70,
          detail:
            'No node has taken the pod frigate-6d5f-abcde{for}, so it waits. 0/2 nodes are available: 1 node(s) were ' +
            "unschedulable, 1 node(s) didn't match Pod's node affinity/selector.",
        },
      ],
      [
        'is bad without a message',
        [pods(unscheduled(NOW, { message: undefined, lastTransitionTime: undefined }))],
        { answer: 'bad', detail: 'No node has taken the pod frigate-6d5f-abcde{for}, so it waits.' },
      ],
      [
        'proves nothing before the scheduler has looked',
        [pods(pod({ spec: { nodeName: undefined }, status: { phase: 'Pending', conditions: [] } }))],
        { answer: 'ok', proves: false, detail: 'The pod frigate-6d5f-abcde waits for a node only just now.' },
      ],
      [
        'is not the fault of a pod that is going',
        [pods(overlay(unscheduled(), { metadata: { deletionTimestamp: stamp(NOW) } }))],
        { answer: 'ok', proves: false },
      ],
      ['is no fault at zero', [nothing], { answer: 'ok', proves: false }],
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
        {
          answer: 'bad',
          detail: 'The deployment frigate is scaled to 0, so nothing runs until somebody scales it up.',
        },
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

describe('the facts of a pod', () => {
  it('hold no password of an image and no endless message', () => {
    const one = blocked('ErrImagePull', `pulling https://me:hush@registry.local/x\n${'y'.repeat(900)}`);
    const { detail } = found('image', [pods(pod(containers(one)))]);
    expect(detail).not.toContain('hush');
    expect(detail).not.toContain('\n');
    expect(detail.length).toBeLessThan(400);
  });

  it('know a kill by what the cluster wrote, also when its clock is found off later', () => {
    const seen = [answers(pods(killed(900))), answers(pods(killed(900)), { skew: 600 })];
    expect(factsOf(...seen).memoryKills).toHaveLength(1);
  });

  it('forget a kill after an hour', () => {
    const long = NOW - 3700;
    const then = pods(
      pod(containers(nvr({ lastState: { terminated: { reason: 'OOMKilled', finishedAt: stamp(long) } } }))),
    );
    const looks = [answers(then, { at: long + 60 }), answers(pods(killed(900)))];
    expect(factsOf(...looks).memoryKills).toEqual([{ podUid: 'uid-pod', stamp: stamp(NOW - 900), at: NOW - 900 }]);
  });

  it('are read though an earlier version remembered less', () => {
    const { memoryKills: _memoryKills, ...less } = lookedAt(SETTINGS, answers()).memory;
    const look = answers(pods(killed(900)));
    const { facts } = digestGround({
      settings: SETTINGS,
      memory: less as GroundMemory,
      answers: look,
      now: NOW,
      limits: LIMITS,
    });
    expect(facts.memoryKills).toMatchObject([{ at: NOW - 900 }]);
  });
});

describe('findings about a pod', () => {
  it('say nothing of proof where they prove', () => {
    expect(found('crash_loop', [{}])).not.toHaveProperty('proves');
    const settled = nvr({
      state: { running: { startedAt: stamp(NOW - 120) } },
      lastState: { terminated: { finishedAt: stamp(NOW - 200) } },
    });
    expect(found('crash_loop', [pods(pod(containers(settled)))])).not.toHaveProperty('proves');
  });

  it.each([7200, -7200])('of a cluster whose clock is %s s off begin when they began by our clock', (skew) => {
    const theirs = NOW - skew;
    const crashed = pods(pod(containers(waiting('CrashLoopBackOff', theirs - 70))));
    expect(found('crash_loop', [crashed], { skew }).since).toBe(NOW - 70);
    expect(found('unschedulable', [pods(unscheduled(theirs - 70))], { skew }).since).toBe(NOW - 70);
    expect(found('terminating_stuck', [pods(dying(theirs - 100))], { skew }).since).toBe(NOW - 10);
  });

  it.each(['crash_loop', 'oom', 'image'])('about a container of another name are unknown: %s', (check) => {
    const { facts } = lookedAt({ ...SETTINGS, container: 'frigate' }, answers());
    const row = groundChecks.find((one) => one.id === check);
    expect(row?.look(facts)).toMatchObject([
      { answer: 'unknown', detail: 'The pod frigate-6d5f-abcde has no container of the configured name.' },
    ]);
  });
});
