import { describe, expect, it } from 'vitest';
import {
  groundCannotSee,
  groundCircumstances,
  groundLayers,
  groundRemarks,
  noGround,
} from '../../../src/targets/ground/index.ts';
import {
  answers,
  broken,
  configMap,
  containers,
  daemonSet,
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
  progressing,
  SETTINGS,
  stamp,
  UNREACHABLE,
  waiting,
} from './objects.ts';

const FORBIDDEN = no(403, 'Forbidden.');
const DEAD = broken('timeout', 'No answer in 5 s.');
const pods = (...objects: readonly Json[]) => ({ pods: ok(list(...objects)) });
const known = <T>(value: T) => ({ known: true, value });
const circumstances = (...looks: readonly Parameters<typeof answers>[0][]) =>
  groundCircumstances(factsOf(...looks.map((replies) => answers(replies))), NOW);

describe('what is oddly set up', () => {
  it('is a workload of several pods, but for a daemonset', () => {
    const remarks = (spec: Json) => groundRemarks(factsOf(answers({ workload: ok(deployment({ spec })) })));
    expect(remarks({ replicas: 2 })).toEqual([
      'The deployment frigate is set to 2 pods, which share what only one may use: set replicas to 1.',
    ]);
    expect(remarks({})).toEqual([]);
    expect(groundRemarks(factsOf(answers({ workload: no(500) })))).toEqual([]);
    const settings = { ...SETTINGS, workload: { ...SETTINGS.workload, kind: 'daemonset' as const } };
    const many = daemonSet({ status: { desiredNumberScheduled: 3 } });
    expect(groundRemarks(lookedAt(settings, answers({ workload: ok(many) })).facts)).toEqual([]);
  });
});

describe('the layers', () => {
  it('stand on one another, and only the node binds a person too', () => {
    expect(groundLayers).toEqual([
      { id: 'cluster', standsOn: [] },
      { id: 'node', standsOn: ['cluster'], hard: true },
      { id: 'pod', standsOn: ['node'] },
      { id: 'storage', standsOn: ['node'] },
    ]);
  });
});

describe('the circumstances', () => {
  it('of a well target', () => {
    expect(circumstances({ configMap: ok(configMap(`${NOW - 4000}`)) })).toEqual({
      startedAt: known(NOW - 7200),
      graceSeconds: 600,
      instance: known('uid-pod'),
      bears: known(null),
      rollout: known({ state: 'idle', sentence: 'No rollout is under way.' }),
      groundReadyAt: known(NOW - 86_400),
      groundChangedAt: known(null),
      seen: { workload: known(true), pods: known(true), pod: known(true), node: known(true) },
      hazards: [{ sentence: expect.stringMatching(/still stopping/), against: ['delete_pod'] }],
      otherHealerAt: known(null),
      ledger: known({ times: [NOW - 4000], ours: [] }),
      leader: { known: false, asked: false, why: 'No lease is used.' },
    });
  });

  it('name the order that the newest living pod bears, and its start', () => {
    const bears = (at: number): Json => ({ annotations: { 'kubectl.kubernetes.io/restartedAt': stamp(at) } });
    const old = dying(NOW + 20, { metadata: bears(NOW - 9000) });
    const fresh = pod({
      metadata: overlay(bears(NOW - 60), { name: 'new', uid: 'new', creationTimestamp: stamp(NOW - 50) }),
      ...containers(nvr({ state: { running: { startedAt: stamp(NOW - 45) } } })),
    });
    expect(circumstances(pods(old, fresh))).toMatchObject({ bears: known(NOW - 60), startedAt: known(NOW - 45) });
  });

  it.each<[string, readonly Parameters<typeof answers>[0][], unknown]>([
    ['no living pod', [pods(dying(NOW))], { known: false, asked: true, why: 'There is no living pod.' }],
    [
      'pods that nobody may see',
      [{ pods: FORBIDDEN }],
      { known: false, asked: false, why: 'No right to list pods: Forbidden.' },
    ],
    [
      'pods that cannot be seen',
      [{ pods: DEAD }],
      { known: false, asked: true, why: expect.stringMatching(/No answer in 5 s/) },
    ],
  ])('do not know start and order with %s', (_, looks, expected) => {
    expect(circumstances(...looks)).toMatchObject({ startedAt: expected, bears: expected });
  });

  it('do not know the start of a container that waits', () => {
    expect(circumstances(pods(pod(containers(waiting('ImagePullBackOff')))))).toMatchObject({
      startedAt: { known: false, asked: true, why: 'The container nvr does not run (ImagePullBackOff).' },
      bears: known(null),
    });
  });

  it('do not know the start of a container that does not exist', () => {
    const { facts } = lookedAt({ ...SETTINGS, container: 'frigate' }, answers());
    expect(groundCircumstances(facts, NOW).startedAt).toMatchObject({ known: false, asked: true });
  });

  it.each<[string, string]>([
    ['ProgressDeadlineExceeded', 'failed'],
    ['NewReplicaSetAvailable', 'idle'],
  ])('know a rollout that says %s as %s', (reason, state) => {
    const { rollout } = circumstances({ workload: ok(deployment({ status: progressing(reason) })) });
    expect(rollout).toMatchObject({ known: true, value: { state } });
  });

  it.each<[string, readonly Parameters<typeof answers>[0][], boolean]>([
    ['is not asked without the right', [{ workload: FORBIDDEN }], false],
    ['is not known when it does not exist', [{ workload: no(404) }], true],
    ['is not known when the server hangs', [{ workload: DEAD }], true],
    ['is not known when the right was lost', [{}, { workload: FORBIDDEN }], true],
  ])('without a workload that %s', (_, looks, asked) => {
    const { rollout, seen } = circumstances(...looks);
    expect(rollout).toMatchObject({ known: false, asked });
    expect(seen).toMatchObject({ workload: { known: false, asked }, pods: { known: false, asked } });
  });

  it('of a node that is not ready do not name a time, and still know it as seen', () => {
    const { groundReadyAt, seen } = circumstances({ node: ok(node({}, UNREACHABLE)) });
    expect(groundReadyAt).toEqual({ known: false, asked: true, why: 'The node worker-1 is not ready.' });
    expect(seen.node).toEqual(known(true));
  });

  it('of a node that nobody may see do not wait for it', () => {
    const hidden = { known: false, asked: false, why: 'No right to get nodes: Forbidden.' };
    const { groundReadyAt, groundChangedAt, seen } = circumstances({ node: FORBIDDEN });
    expect([groundReadyAt, groundChangedAt, seen.node]).toEqual([hidden, hidden, hidden]);
  });

  it('remember a change of the ground and another healer while both are out of sight', () => {
    const reboot = { node: ok(node({ status: { nodeInfo: { bootID: 'boot-2' } } })) };
    const { groundChangedAt, otherHealerAt, ledger } = circumstances(
      {},
      { ...reboot, configMap: ok(configMap(`${NOW}`)) },
      { node: DEAD, configMap: DEAD },
    );
    expect([groundChangedAt, otherHealerAt]).toEqual([known(NOW), known(NOW)]);
    expect(ledger).toMatchObject({ known: false, asked: true });
  });

  it('tell the orders of a Warden in the ledger from those of others, and from what was taken out of it', () => {
    const annotations = { 'frigate-warden/restart-times': `${NOW - 900},${NOW - 300}` };
    const written = configMap(`${NOW - 600},${NOW - 300}`, { metadata: { annotations } });
    const { ledger } = circumstances({ configMap: ok(written) });
    expect(ledger).toEqual(known({ times: [NOW - 600, NOW - 300], ours: [NOW - 300] }));
  });

  it('keep the budget alone where nobody may read the ledger', () => {
    const hidden = { known: false, asked: false, why: 'No right to get configmaps: Forbidden.' };
    expect(circumstances({ configMap: FORBIDDEN })).toMatchObject({ ledger: hidden, otherHealerAt: hidden });
  });

  it('without a cluster are asked by nobody', () => {
    const { graceSeconds, hazards, seen, ...rest } = noGround();
    expect([graceSeconds, hazards]).toEqual([600, []]);
    for (const one of [...Object.values(rest), ...Object.values(seen)]) {
      expect(one).toMatchObject({ known: false, asked: false, why: expect.stringMatching(/\.$/) });
    }
    expect(Object.keys(noGround()).toSorted()).toEqual(Object.keys(circumstances({})).toSorted());
    expect(noGround(900).graceSeconds).toBe(900);
  });
});

describe('what cannot be seen', () => {
  it.each<[string, Parameters<typeof answers>[0], readonly string[]]>([
    ['nothing', {}, []],
    [
      'each right once',
      { workload: FORBIDDEN, node: FORBIDDEN },
      ['No right to get deployments: Forbidden.', 'No right to get nodes: Forbidden.'],
    ],
    [
      'the API server alone, when nothing is answered',
      { workload: DEAD, pods: DEAD, replicaSets: DEAD, node: DEAD, configMap: DEAD },
      ['The API server does not answer: No answer in 5 s.'],
    ],
    [
      'words in the ledger that are no times',
      { configMap: ok(configMap('x')) },
      ['"x" in last_restart_times is no time in epoch seconds.'],
    ],
  ])('is %s', (_, replies, sentences) => {
    expect(groundCannotSee(factsOf(answers(replies)))).toEqual(sentences);
  });
});
