import { describe, expect, it } from 'vitest';
import { digestGround } from '../../../src/targets/ground/digest.ts';
import {
  answers,
  broken,
  configMap,
  containers,
  deployment,
  dying,
  factsOf,
  type Json,
  LIMITS,
  list,
  lookedAt,
  NOW,
  no,
  node,
  nvr,
  ok,
  pod,
  SETTINGS,
  stamp,
  UNREACHABLE,
} from './objects.ts';

const pods = (...objects: readonly Json[]) => ({ pods: ok(list(...objects)) });
const newer = (part: Json = {}): Json =>
  pod({ ...part, metadata: { name: 'frigate-new', uid: 'uid-new', creationTimestamp: stamp(NOW - 20) } });

describe('digesting a look', () => {
  it('is pure: the same answers and memory give the same, and neither is changed', () => {
    const look = answers();
    const { memory } = lookedAt(SETTINGS, look);
    const before = JSON.stringify([memory, look]);
    const once = digestGround({ settings: SETTINGS, memory, answers: look, now: NOW, limits: LIMITS });
    expect(digestGround({ settings: SETTINGS, memory, answers: look, now: NOW, limits: LIMITS })).toEqual(once);
    expect(JSON.stringify([memory, look])).toBe(before);
  });

  it('gives memory and facts that survive being saved', () => {
    const digested = digestGround({ settings: SETTINGS, memory: null, answers: answers(), now: NOW, limits: LIMITS });
    expect(JSON.parse(JSON.stringify(digested))).toEqual(digested);
  });

  it('remembers selector and node, so that the next look is one round', () => {
    const { memory } = lookedAt(SETTINGS, answers());
    expect(memory).toMatchObject({ selector: 'app=frigate', nodeName: 'worker-1' });
  });

  it('keeps what it remembers while nothing can be seen', () => {
    const dead = broken('timeout');
    const blind = answers({ workload: dead, pods: dead, replicaSets: dead, node: dead, configMap: dead });
    const { memory } = lookedAt(SETTINGS, answers());
    expect(lookedAt(SETTINGS, answers(), blind).memory).toEqual(memory);
  });

  it.each<[string, readonly Json[], string | null]>([
    ['the newest living one', [pod(), newer()], 'frigate-new'],
    [
      'the living one before a newer one that is dying',
      [pod(), dying(NOW, { metadata: { name: 'dying', uid: 'd', creationTimestamp: stamp(NOW) } })],
      'frigate-6d5f-abcde',
    ],
    [
      'the living one before a newer one that failed',
      [pod(), newer({ status: { phase: 'Failed' } })],
      'frigate-6d5f-abcde',
    ],
    ['none when all are dying', [dying(NOW)], null],
  ])('takes for the pod %s', (_, objects, name) => {
    expect(factsOf(answers(pods(...objects))).pod?.name ?? null).toBe(name);
  });

  it('gives more time for a start after a change of image', () => {
    const image = 'ghcr.io/blakeblackshear/frigate:0.18.0';
    const moved = newer({ spec: { containers: [{ name: 'nvr', image }] } });
    expect(factsOf(answers(), answers(pods(newer()))).graceSeconds).toBe(600);
    expect(factsOf(answers(), answers(pods(moved))).graceSeconds).toBe(1800);
  });

  it('gives more time for a start on another node', () => {
    const moved = newer({ spec: { nodeName: 'worker-2' } });
    const look = answers(
      { ...pods(moved), node: ok(node({ metadata: { name: 'worker-2' } })) },
      { nodeName: 'worker-2' },
    );
    expect(factsOf(answers(), look).graceSeconds).toBe(1800);
  });

  it('remembers a complete rollout, so that lost readiness is none', () => {
    const bare = { conditions: [] };
    const done = answers({ workload: ok(deployment({ status: bare })) });
    const lost = answers({ workload: ok(deployment({ status: { ...bare, availableReplicas: 0 } })) });
    const changed = answers({
      workload: ok(
        deployment({ metadata: { generation: 4 }, status: { ...bare, observedGeneration: 4, availableReplicas: 0 } }),
      ),
    });
    expect(factsOf(done, lost).rollout).toMatchObject({ value: { state: 'idle' } });
    expect(factsOf(done, lost, lost).rollout).toMatchObject({ value: { state: 'idle' } });
    expect(factsOf(done, changed).rollout).toMatchObject({ value: { state: 'under_way' } });
    expect(factsOf(lost).rollout).toMatchObject({ value: { state: 'under_way' } });
  });

  it.each<[string, Parameters<typeof answers>[0], boolean]>([
    ['a right that is lost', { node: no(403) }, true],
    ['a right that never was', {}, false],
  ])('tells %s', (_, second, asked) => {
    const first = answers(asked ? {} : { node: no(403) });
    const { node: seen } = factsOf(first, answers({ node: no(403), ...second }));
    expect(seen).toMatchObject({ known: false, asked });
  });

  it('notes when the node came back by our own eyes, though the cluster says nothing new', () => {
    const away = answers({ node: ok(node({}, UNREACHABLE)) }, { at: NOW });
    const back = answers({}, { at: NOW + 30 });
    expect(factsOf(away).groundReadyAt).toBeNull();
    expect(factsOf(away, back).groundReadyAt).toBe(NOW + 30);
    expect(factsOf(back).groundReadyAt).toBe(NOW - 86_400);
  });

  it('notes when the node was rebooted or upgraded', () => {
    const reboot = answers({ node: ok(node({ status: { nodeInfo: { bootID: 'boot-2' } } })) }, { at: NOW + 30 });
    expect(factsOf(answers(), reboot).groundChangedAt).toBe(NOW + 30);
    expect(factsOf(answers()).groundChangedAt).toBeNull();
  });

  it('notes when another healer wrote, and not when we did', () => {
    const text = `${NOW + 10}`;
    const theirs = answers({ configMap: ok(configMap(text)) }, { at: NOW + 30 });
    const annotations = { 'frigate-warden/restart-times': text };
    const ours = answers({ configMap: ok(configMap(text, { metadata: { annotations } })) }, { at: NOW + 30 });
    expect(factsOf(answers(), theirs).otherHealerAt).toBe(NOW + 30);
    expect(factsOf(answers(), ours).otherHealerAt).toBeNull();
  });

  it('takes a ledger that does not exist for an empty one', () => {
    expect(factsOf(answers({ configMap: no(404) })).ledger).toMatchObject({ known: true, value: { times: [] } });
  });

  it.each([7200, -7200])('judges a cluster whose clock is %s s off by our clock', (skew) => {
    const theirs = NOW - skew;
    const started = containers(nvr({ state: { running: { startedAt: stamp(theirs - 300) } } }));
    const ready = node({}, { lastTransitionTime: stamp(theirs - 200) });
    const facts = factsOf(answers({ ...pods(pod(started)), node: ok(ready) }, { skew }));
    expect(facts.pod?.container?.startedAt).toBe(NOW - 300);
    expect(facts.groundReadyAt).toBe(NOW - 200);
  });

  it.each([7200, -7200])('keeps the start of a run when the clock of the cluster is set by %s s later', (skew) => {
    const started = pods(pod(containers(nvr({ state: { running: { startedAt: stamp(NOW - 300) } } }))));
    const facts = factsOf(answers(started), answers(started, { at: NOW + 30, skew }));
    expect(facts.pod?.container?.startedAt).toBe(NOW - 300);
  });

  it('leaves times as they are where the clocks agree within two seconds', () => {
    const started = containers(nvr({ state: { running: { startedAt: stamp(NOW - 300) } } }));
    const look = answers(pods(pod(started)), { at: NOW, skew: 1 });
    expect(factsOf(look).pod?.container?.startedAt).toBe(NOW - 300);
  });
});
