import { describe, expect, it } from 'vitest';
import {
  failureSaid,
  type KeptObjects,
  NOTHING_KEPT,
  readKept,
  recordedGround,
  workloadNamed,
} from '../../../src/targets/ground/recorded.ts';
import type { GroundFacts } from '../../../src/targets/ground/types.ts';
import * as objects from './objects.ts';
import { lookedAt, NOW, SETTINGS } from './objects.ts';

/** What the ground makes of a kept cluster, look by look. */
function factsOf(kept: KeptObjects | null, changes: Partial<Parameters<typeof recordedGround>[1]> = {}): GroundFacts {
  if (!kept) throw new Error('Nothing was kept.');
  const workload = workloadNamed(kept);
  const moment = { at: NOW, workload, startedAt: NOW - 500, image: 'frigate:1', run: 0, restarts: [], ...changes };
  return lookedAt({ ...SETTINGS, workload }, recordedGround(kept, moment)).facts;
}

const whole = () => ({ deployment: objects.deployment(), pods: [objects.pod()], node: objects.node() });

describe('a cluster of which nothing was kept', () => {
  it('is well: one pod that runs since its start, on a node that is ready for long', () => {
    const facts = factsOf(NOTHING_KEPT);
    expect(facts.cluster.answers).toBe(true);
    expect(facts.rollout).toEqual({ known: true, value: { state: 'idle', sentence: 'No rollout is under way.' } });
    expect(facts.pod).toMatchObject({
      living: true,
      ready: true,
      container: { startedAt: NOW - 500, restartCount: 0 },
    });
    expect(facts.node).toMatchObject({ known: true, value: { ready: true, cordoned: false } });
    expect(facts.ledger).toMatchObject({ known: true, value: { times: [] } });
    expect(NOW - (facts.groundReadyAt ?? NOW)).toBeGreaterThan(86_400);
  });

  it('names another run of its container by another start', () => {
    const starts = [0, 1].map((run) => factsOf(NOTHING_KEPT, { run }).pod?.container?.start);
    expect(new Set(starts).size).toBe(2);
  });

  it('has the restarts in its ledger that happened by then', () => {
    const { ledger } = factsOf(NOTHING_KEPT, { restarts: [NOW - 60, NOW + 60] });
    expect(ledger).toMatchObject({ known: true, value: { times: [NOW - 60] } });
  });
});

describe('a kept cluster', () => {
  it('is as it was, whatever the owners of its pods are called', () => {
    const stranger = objects.pod({ metadata: { ownerReferences: [objects.owner('ReplicaSet', 'of-nobody')] } });
    for (const pods of [[objects.pod()], [stranger], [objects.pod({ metadata: { ownerReferences: undefined } })]]) {
      const facts = factsOf(readKept({ ...whole(), pods }));
      expect(facts.pod).toMatchObject({ name: 'frigate-6d5f-abcde', ready: true });
      expect(facts.workload).toMatchObject({ known: true, value: { name: 'frigate', replicas: 1 } });
    }
  });

  const forms: [what: string, kept: unknown][] = [
    ['lists of the API', { ...whole(), pods: objects.list(objects.pod()), node: objects.list(objects.node()) }],
    ['one list of all', objects.list(objects.deployment(), { ...objects.pod(), kind: 'Pod' }, objects.node())],
    ['names in capitals', { Deployment: objects.deployment(), Pods: [objects.pod()], Node: objects.node() }],
    ['one pod', { ...whole(), pods: objects.pod() }],
  ];
  it.each(forms)('may come as %s', (_what, kept) => {
    const facts = factsOf(readKept(kept));
    expect(facts.pod).toMatchObject({ name: 'frigate-6d5f-abcde', node: 'worker-1' });
    expect(facts.node).toMatchObject({ value: { name: 'worker-1', kubeletVersion: 'v1.36.4' } });
    expect(facts.rollout).toMatchObject({ value: { state: 'idle' } });
  });

  it('may be a stateful set or a daemon set', () => {
    const stateful = factsOf(readKept({ statefulSet: objects.statefulSet(), pods: [objects.pod()] }));
    expect(stateful).toMatchObject({ workload: { value: { kind: 'statefulset' } }, pod: { ready: true } });
    const daemon = factsOf(readKept({ daemonset: objects.daemonSet(), pods: [objects.pod()] }));
    expect(daemon).toMatchObject({ workload: { value: { kind: 'daemonset' } }, pod: { ready: true } });
  });

  it('tells the list of all nodes from the node of the pod, and reads who scales', () => {
    const two = [objects.node({ metadata: { name: 'worker-2' } }), objects.node()];
    const scaler = {
      metadata: { name: 'nvr' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'frigate' }, maxReplicas: 2 },
    };
    const { node: _node, ...nodeless } = whole();
    for (const kept of [
      { ...nodeless, nodes: two, horizontalPodAutoscalers: [scaler] },
      { ...nodeless, nodes: objects.list(...two), horizontalPodAutoscalers: objects.list(scaler) },
      objects.list(objects.deployment(), { ...objects.pod(), kind: 'Pod' }, ...two, {
        ...scaler,
        kind: 'HorizontalPodAutoscaler',
      }),
    ]) {
      const facts = factsOf(readKept(kept));
      expect(facts.node).toMatchObject({ value: { name: 'worker-1' } });
      expect(facts.placement).toEqual({ known: true, value: null });
      expect(facts.scaling).toMatchObject({ value: expect.stringContaining('nvr') });
    }
    const refused = factsOf(readKept({ ...whole(), nodes: { error: 'http 403' } }));
    expect(refused.placement).toMatchObject({ known: false, asked: false, why: expect.stringContaining('list nodes') });
    expect(factsOf(readKept(whole())).placement).toMatchObject({ known: false, why: '' });
  });

  it('says what was wrong: a node that is away, a pod that waits, no pod at all', () => {
    const away = factsOf(readKept({ ...whole(), node: objects.node({}, objects.UNREACHABLE) }));
    expect(away.node).toMatchObject({ value: { ready: false } });
    const waits = objects.pod(objects.containers(objects.waiting('ImagePullBackOff')));
    expect(factsOf(readKept({ ...whole(), pods: [waits] })).pod).toMatchObject({
      container: { waitingReason: 'ImagePullBackOff' },
    });
    expect(factsOf(readKept({ ...whole(), pods: [] })).pod).toBeNull();
  });

  it('was silent where it says an error, in whole or in a part', () => {
    expect(factsOf(readKept({ error: 'timeout' })).cluster.answers).toBe(false);
    const part = factsOf(readKept({ ...whole(), node: { error: 'http 403' } }));
    expect(part.cluster.answers).toBe(true);
    expect(part.node).toMatchObject({ known: false, asked: false });
    expect(factsOf(readKept({ ...whole(), pods: { error: 'http 403' } })).pods).toMatchObject({ known: false });
  });

  it('keeps its own ledger', () => {
    const configMap = objects.configMap(String(NOW - 90));
    expect(factsOf(readKept({ ...whole(), configMap }), { restarts: [NOW - 60] }).ledger).toMatchObject({
      value: { times: [NOW - 90] },
    });
  });

  it('is no cluster where it is no object', () => {
    expect(readKept('none')).toBeNull();
    expect(readKept([])).toBeNull();
  });
});

describe('the name of the workload', () => {
  const names: [what: string, kept: unknown, expected: object][] = [
    ['its own', whole(), { kind: 'deployment', namespace: 'cctv', name: 'frigate' }],
    ['with the namespace of a pod', { pods: [objects.pod()] }, { namespace: 'cctv', name: 'frigate' }],
    ['any, where nothing says it', { pods: [] }, { kind: 'deployment', namespace: 'frigate', name: 'frigate' }],
  ];
  it.each(names)('is %s', (_what, kept, expected) => {
    expect(workloadNamed(readKept(kept) ?? NOTHING_KEPT)).toMatchObject(expected);
  });
});

describe('a failure in words', () => {
  const words: [text: string, expected: object][] = [
    ['timeout', { kind: 'timeout', reason: 'Frigate did not answer in time.' }],
    ['timed out after 8 s', { kind: 'timeout' }],
    ['refused', { kind: 'refused', reason: 'Frigate refuses connections.' }],
    ['connect ECONNREFUSED 10.0.0.7:5000', { kind: 'refused' }],
    ['http 502', { kind: 'status', status: 502, reason: 'Frigate answered 502.' }],
    ['HTTP 500 Internal Server Error', { kind: 'status', status: 500 }],
    ['502', { kind: 'status', status: 502 }],
    ['no available server', { kind: 'status', status: 503, body: 'no available server' }],
    ['certificate has expired', { kind: 'tls' }],
    ['form', { kind: 'form' }],
    ['too large', { kind: 'too_large' }],
    ['aborted', { kind: 'aborted' }],
    ['no route to host', { kind: 'unreachable', reason: 'Frigate cannot be asked (no route to host).' }],
    ['', { kind: 'unreachable', reason: 'Frigate cannot be asked.' }],
  ];
  it.each(words)('"%s" is what it says', (text, expected) => {
    expect(failureSaid(text, 'Frigate')).toMatchObject({ ok: false, ...expected });
  });

  it('holds no login and no line break of a stranger', () => {
    const { reason } = failureSaid('lost http://admin:hunter22@10.0.0.7\nnext', 'Frigate');
    expect(reason).not.toContain('hunter22');
    expect(reason).not.toContain('\n');
  });
});
