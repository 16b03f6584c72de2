import { describe, expect, it } from 'vitest';
import {
  isMoved,
  NEW_MEMORY,
  nodeFacts,
  readyAt,
  rememberLedger,
  rememberNode,
  rememberRun,
} from '../../../src/targets/ground/memory.ts';
import { readNode } from '../../../src/targets/ground/objects.ts';
import type { LedgerFacts, NodeFacts, PodFacts, Run } from '../../../src/targets/ground/types.ts';
import {
  answers,
  containers,
  factsOf,
  type Json,
  list,
  NOW,
  node,
  nvr,
  ok,
  pod,
  stamp,
  UNREACHABLE,
  waiting,
} from './objects.ts';

const DAY = 86_400;

function facts(object: Json, clock = { skew: 0, now: NOW }): NodeFacts {
  const read = readNode(object);
  if (!read) throw new Error('The node was not read.');
  return nodeFacts(read, clock);
}

const worker = (part: Partial<NodeFacts> = {}): NodeFacts => ({ ...facts(node()), ...part });

describe('a node', () => {
  it.each<[string, Json, Partial<NodeFacts>]>([
    [
      'that is ready',
      node(),
      { ready: true, cordoned: false, since: NOW - DAY, kubeletVersion: 'v1.36.4', bootId: 'boot-1' },
    ],
    [
      'that is cordoned, which is not NotReady',
      node({ spec: { unschedulable: true } }),
      { ready: true, cordoned: true },
    ],
    [
      'that nothing is heard from',
      node({}, UNREACHABLE),
      { ready: false, why: 'Nothing is heard from it (NodeStatusUnknown, Kubelet stopped posting node status.).' },
    ],
    [
      'that says so itself',
      node({}, { status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' }),
      { ready: false, why: 'It says so itself (KubeletNotReady, container runtime is down).' },
    ],
    ['that gives no reason', node({}, { status: 'False', reason: '', message: '' }), { why: 'It says so itself.' }],
    [
      'that has not reported yet',
      node({ status: { conditions: [] } }),
      { ready: false, why: 'It has not reported yet.', since: null },
    ],
    ['without nodeInfo', node({ status: { nodeInfo: undefined } }), { kubeletVersion: null, bootId: null }],
  ])('%s', (_, object, part) => {
    expect(facts(object)).toMatchObject(part);
  });

  it('has its times by our clock, and none later than now', () => {
    const object = node({}, { lastTransitionTime: stamp(NOW - 7200 - 50) });
    expect(facts(object, { skew: 7200, now: NOW }).since).toBe(NOW - 50);
    expect(facts(object, { skew: 9000, now: NOW }).since).toBe(NOW);
  });
});

describe('when the node became ready', () => {
  const nodes = (cameBackAt: number | null) => ({ nodes: { 'worker-1': { ...BEFORE, cameBackAt } } });
  const BEFORE = { kubeletVersion: 'v1.36.4', bootId: 'boot-1', ready: true, cameBackAt: null, seenAt: NOW - 30 };

  it.each([
    ['is the cluster’s word where we saw nothing', worker({ since: NOW - 500 }), null, NOW - 500],
    ['is our own eyes where they saw it later', worker({ since: NOW - 500 }), NOW - 100, NOW - 100],
    ['is the cluster’s word where that is later', worker({ since: NOW - 50 }), NOW - 100, NOW - 50],
    ['is our own eyes where the cluster has no word', worker({ since: null }), NOW - 100, NOW - 100],
    ['is just now where nobody knows', worker({ since: null }), null, NOW],
    ['is not, while it is not ready', worker({ ready: false }), NOW - 100, null],
  ])('%s', (_, one, cameBackAt, at) => {
    expect(readyAt(one, nodes(cameBackAt), NOW)).toBe(at);
  });

  it('is seen by our own eyes when it comes back, and stays so', () => {
    const away = rememberNode(NEW_MEMORY, worker({ ready: false }), NOW);
    const back = rememberNode(away, worker(), NOW + 30);
    const later = rememberNode(back, worker(), NOW + 60);
    expect(away.nodes['worker-1']?.cameBackAt).toBeNull();
    expect(later.nodes['worker-1']?.cameBackAt).toBe(NOW + 30);
  });
});

describe('a change of the ground', () => {
  const before = rememberNode(NEW_MEMORY, worker(), NOW);

  it.each<[string, Partial<NodeFacts>, number | null]>([
    ['is none while all is the same', {}, null],
    ['is another kubelet version', { kubeletVersion: 'v1.37.0' }, NOW + 30],
    ['is another boot', { bootId: 'boot-2' }, NOW + 30],
    ['is not a version that is not told', { kubeletVersion: null, bootId: null }, null],
    ['is not another node', { name: 'worker-2', bootId: 'boot-9' }, null],
    ['is not a loss of readiness', { ready: false }, null],
  ])('%s', (_, part, at) => {
    expect(rememberNode(before, worker(part), NOW + 30).groundChangedAt).toBe(at);
  });

  it('is seen though the node said nothing of itself in between', () => {
    const silent = rememberNode(before, worker({ kubeletVersion: null, bootId: null }), NOW + 30);
    expect(rememberNode(silent, worker({ bootId: 'boot-2' }), NOW + 60).groundChangedAt).toBe(NOW + 60);
  });

  it('of a node that the pod has left and come back to is seen', () => {
    const elsewhere = rememberNode(before, worker({ name: 'worker-2' }), NOW + 30);
    expect(rememberNode(elsewhere, worker({ bootId: 'boot-2' }), NOW + 60).groundChangedAt).toBe(NOW + 60);
  });

  it('is remembered', () => {
    const changed = rememberNode(before, worker({ bootId: 'boot-2' }), NOW + 30);
    expect(rememberNode(changed, worker({ bootId: 'boot-2' }), NOW + 60).groundChangedAt).toBe(NOW + 30);
  });

  it('forgets the nodes that were not seen for longest', () => {
    let memory: Parameters<typeof rememberNode>[0] = NEW_MEMORY;
    for (let i = 0; i < 40; i += 1) memory = rememberNode(memory, worker({ name: `worker-${i}` }), NOW + i);
    expect(Object.keys(memory.nodes).toSorted()).toEqual(
      Array.from({ length: 16 }, (_, i) => `worker-${i + 24}`).toSorted(),
    );
  });
});

describe('the runs of the container', () => {
  const podOf = (object: Json): PodFacts | null => factsOf(answers({ pods: ok(list(object)) })).pod;
  const IMAGE = 'ghcr.io/blakeblackshear/frigate';
  const TAG = `${IMAGE}:0.17.0`;
  const one = (
    uid: string,
    start: string,
    image = `${IMAGE}:0.17.0`,
    nodeName = 'worker-1',
    imageID = 'sha256:a',
  ): Json =>
    pod({
      metadata: { uid },
      spec: { nodeName, containers: [{ name: 'nvr', image }] },
      ...containers(nvr({ containerID: start, imageID })),
    });
  const pending = (uid: string, image = `${IMAGE}:0.17.0`): Json =>
    pod({
      metadata: { uid },
      spec: { nodeName: undefined, containers: [{ name: 'nvr', image }] },
      status: { phase: 'Pending', containerStatuses: [] },
    });

  function moved(...objects: readonly (Json | null)[]): boolean {
    let runs: { run: Run | null; runBefore: Run | null } = NEW_MEMORY;
    for (const object of objects) runs = rememberRun(runs, object && podOf(object));
    return isMoved(runs);
  }

  it.each<[string, readonly (Json | null)[], boolean]>([
    ['the first that is seen', [one('a', '1')], false],
    ['the same again', [one('a', '1'), one('a', '1')], false],
    ['a new pod with the same image on the same node', [one('a', '1'), one('b', '1')], false],
    ['a new pod with another image', [one('a', '1'), one('b', '1', `${IMAGE}:0.18.0`)], true],
    ['a new pod on another node', [one('a', '1'), one('b', '1', `${IMAGE}:0.17.0`, 'worker-2')], true],
    [
      'a new pod whose tag is the same and whose image is not',
      [one('a', '1'), one('b', '1', `${IMAGE}:0.17.0`, 'worker-1', 'sha256:b')],
      true,
    ],
    ['a new pod with another image that still waits', [one('a', '1'), pending('b', `${IMAGE}:0.18.0`)], true],
    ['a new pod that still waits for a node', [one('a', '1'), pending('b')], false],
    [
      'a new pod that has waited and now runs elsewhere',
      [one('a', '1'), pending('b'), one('b', '1', `${IMAGE}:0.17.0`, 'worker-2')],
      true,
    ],
    [
      'a new pod that replaces one that never ran',
      [one('a', '1'), pending('b', `${IMAGE}:0.18.0`), one('c', '1', `${IMAGE}:0.18.0`)],
      true,
    ],
    [
      'a new image after a look that did not tell the old one',
      [one('a', '1'), one('a', '1', TAG, 'worker-1', ''), one('b', '1', TAG, 'worker-1', 'sha256:b')],
      true,
    ],
    ['a moment without a pod', [one('a', '1'), null, one('b', '1', `${IMAGE}:0.18.0`)], true],
    ['a restart in the same pod', [one('a', '1'), one('a', '2')], false],
    [
      'a restart in a pod that had moved',
      [one('a', '1'), one('b', '1', `${IMAGE}:0.18.0`), one('b', '2', `${IMAGE}:0.18.0`)],
      false,
    ],
    [
      'a pod that had moved, still in that run',
      [one('a', '1'), one('b', '1', `${IMAGE}:0.18.0`), one('b', '1', `${IMAGE}:0.18.0`)],
      true,
    ],
    [
      'a pod that had moved and waits between two crashes',
      [
        one('a', '1'),
        one('b', '1', `${IMAGE}:0.18.0`),
        pod({ metadata: { uid: 'b' }, ...containers(waiting('CrashLoopBackOff')) }),
      ],
      true,
    ],
  ])('%s', (_, objects, expected) => {
    expect(moved(...objects)).toBe(expected);
  });
});

describe('the shared ledger', () => {
  const ledger = (text: string, own: readonly number[] = []): LedgerFacts => ({
    text,
    own,
    dropped: [],
    times: text
      .split(',')
      .filter((word) => word !== '')
      .map(Number),
  });
  const A = NOW - 4000;
  const B = NOW - 20;

  it.each<[string, string | null, LedgerFacts, number | null]>([
    ['seen for the first time', null, ledger(`${A}`), null],
    ['as it was', `${A}`, ledger(`${A}`), null],
    ['with a time of another healer', `${A}`, ledger(`${A},${B}`), NOW],
    ['with its first time', '', ledger(`${B}`), NOW],
    ['with a time of ours', `${A}`, ledger(`${A},${B}`, [B]), null],
    ['with one of ours and one of another', `${A}`, ledger(`${A},${B},${NOW}`, [B]), NOW],
    ['emptied by another', `${A}`, ledger(''), NOW],
    ['without a time that is a day old', `${NOW - DAY},${A}`, ledger(`${A}`), null],
    ['written with blanks', `${A}, ${B}`, ledger(`${A},${B}`), null],
  ])('%s', (_, ledgerText, after, at) => {
    expect(rememberLedger({ ...NEW_MEMORY, ledgerText }, after, NOW).otherHealerAt).toBe(at);
  });

  it('keeps our times though another writer drops them, and forgets them after two days', () => {
    const before = { ledgerText: '', ownTimes: [NOW - 2 * DAY, B], otherHealerAt: NOW - 500 };
    const after = rememberLedger(before, ledger(`${B}`), NOW);
    expect(after).toEqual({ ledgerText: `${B}`, ownTimes: [B], otherHealerAt: NOW - 500 });
  });
});
