import { describe, expect, it } from 'vitest';
import type { KubernetesDoor, Reply } from '../../../src/doors/ports.ts';
import { observeGround } from '../../../src/targets/ground/observe.ts';
import type { GroundMemory, GroundSettings } from '../../../src/targets/ground/types.ts';
import {
  answers,
  broken,
  cluster,
  configMap,
  containers,
  deployment,
  dying,
  list,
  lookedAt,
  NOW,
  no,
  node,
  nvr,
  ok,
  owner,
  pod,
  replicaSet,
  SETTINGS,
  statefulSet,
} from './objects.ts';

type Script = Partial<Record<keyof KubernetesDoor, Reply<unknown> | Reply<unknown>[]>>;
const WELL = (): Script => ({
  workload: ok(deployment()),
  configMap: ok(configMap('')),
  pods: ok(list(pod())),
  replicaSets: ok(list(replicaSet())),
  node: ok(node()),
});
const MEMORY: GroundMemory = lookedAt(SETTINGS, answers()).memory;

async function observed(script: Script, memory: GroundMemory | null = null, settings: GroundSettings = SETTINGS) {
  const { door, calls } = cluster({ ...WELL(), ...script });
  let time = NOW;
  const clock = { now: () => time++, jumpedAt: () => null };
  const context = { clock, signal: AbortSignal.timeout(60_000) };
  const { answers: found, pod: place } = await observeGround(settings, door, memory, context);
  return { found, place, calls };
}

const PLACES = { askedAt: NOW, wants: '', fits: [], why: null, unseen: null, isDoubted: false };

const ALL = [
  'workload deployment cctv frigate',
  'configMap cctv frigate-health-state',
  'pods cctv app=frigate',
  'replicaSets cctv app=frigate',
  'node worker-1',
];

describe('a look at the cluster', () => {
  it('asks the first time in the order in which one answer leads to the next', async () => {
    const { found, calls } = await observed({});
    expect(calls).toEqual(ALL);
    expect(found).toMatchObject({ nodeName: 'worker-1', node: { reply: { ok: true } }, pods: { reply: { ok: true } } });
  });

  it('asks all at once when it remembers selector and node', async () => {
    const { door, calls } = cluster(WELL());
    const unanswered: KubernetesDoor = {
      ...door,
      workload: (name, signal) => door.workload(name, signal).then(() => new Promise(() => undefined)),
    };
    // The workload never answers, and still everything has been asked.
    void observeGround(SETTINGS, unanswered, MEMORY, {
      clock: { now: () => NOW, jumpedAt: () => null },
      signal: AbortSignal.timeout(60_000),
    });
    expect(calls).toEqual(ALL);
  });

  it('asks nothing twice when all is as it was', async () => {
    expect((await observed({}, MEMORY)).calls.toSorted()).toEqual(ALL.toSorted());
  });

  it('asks seldom for all nodes and for autoscalers, and keeps of nodes what the workload asks for', async () => {
    const labels = { coral: 'yes', secret: 'hidden' };
    const seldom = { nodes: ok(list(node({ metadata: { labels } }))), autoscalers: ok(list()) };
    const template = { spec: { nodeSelector: { coral: 'yes' } } };
    const script = {
      ...seldom,
      workload: ok(deployment({ spec: { template } })),
      node: ok(node({ metadata: { labels } })),
    };
    const first = await observed(script);
    expect(first.calls.toSorted()).toEqual([...ALL, 'nodes', 'autoscalers cctv'].toSorted());
    const kept = { metadata: { labels: { coral: 'yes' } } };
    expect(first.found).toMatchObject({
      node: { reply: { value: kept } },
      nodes: { reply: { value: { items: [kept] } } },
    });
    expect(JSON.stringify(first.found)).not.toContain('hidden');

    const memory = lookedAt(SETTINGS, first.found).memory;
    const second = await observed(script, memory);
    expect(second.calls).toHaveLength(ALL.length);
    expect(second.found).not.toHaveProperty('nodes');
    const near = await observed(script, { ...memory, isRestartNear: true, places: { ...PLACES, askedAt: NOW - 60 } });
    expect(near.calls).toContain('nodes');
  });

  it('asks the new node when the pod has moved, and records that one', async () => {
    const moved = ok(list(pod({ spec: { nodeName: 'worker-2' } })));
    const { found, calls } = await observed({ pods: moved }, MEMORY);
    expect(calls.slice(5)).toEqual(['node worker-2']);
    expect(found.nodeName).toBe('worker-2');
  });

  it('asks for the pods again when the selector has changed', async () => {
    const other = ok(deployment({ spec: { selector: { matchLabels: { app: 'nvr' } } } }));
    const { calls } = await observed({ workload: other }, MEMORY);
    expect(calls.slice(5)).toEqual(['pods cctv app=nvr', 'replicaSets cctv app=nvr']);
  });

  it('goes on with what it remembers when the workload cannot be seen just now', async () => {
    const { found, calls } = await observed({ workload: broken('timeout') }, MEMORY);
    expect(calls).toHaveLength(5);
    expect(found).toMatchObject({ nodeName: 'worker-1', workload: { reply: { kind: 'timeout' } } });
  });

  it('asks for no pods of a workload that it never saw', async () => {
    const { found, calls } = await observed({ workload: no(403) });
    expect(calls).toEqual(ALL.slice(0, 2));
    expect(found).toMatchObject({ pods: null, replicaSets: null, nodeName: null, node: null });
  });

  it('asks for no node of a pod that is a stranger’s', async () => {
    const stranger = ok(list(replicaSet('uid-replicaset', [owner('Deployment', 'uid-other')])));
    const { found } = await observed({ replicaSets: stranger });
    expect(found).toMatchObject({ nodeName: null, node: null });
  });

  it('keeps asking the last node while there is no pod', async () => {
    const { found } = await observed({ pods: ok(list()) }, MEMORY);
    expect(found.nodeName).toBe('worker-1');
  });

  it('asks for no replica sets of a statefulset', async () => {
    const own = pod({ metadata: { ownerReferences: [owner('StatefulSet', 'uid-statefulset')] } });
    const settings = { ...SETTINGS, workload: { ...SETTINGS.workload, kind: 'statefulset' as const } };
    const { found, calls } = await observed({ workload: ok(statefulSet()), pods: ok(list(own)) }, null, settings);
    expect(calls).toEqual(['workload statefulset cctv frigate', ALL[1], ALL[2], ALL[4]]);
    expect(found.replicaSets).toBeNull();
  });

  it('notes for each call when it was answered', async () => {
    const { found } = await observed({});
    const times = [found.workload, found.pods, found.node].map((asked) => asked?.at ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(3);
  });

  it('holds nothing that nobody reads', async () => {
    const env = [{ name: 'PASSWORD', value: 'hunter22' }];
    const metadata = { managedFields: [{ manager: 'hunter22' }], annotations: { note: 'hunter22' } };
    const [workload, one] = [
      deployment({ metadata, spec: { template: { spec: { containers: [{ name: 'frigate', env }] } } } }),
      pod({ metadata, spec: { containers: [{ name: 'nvr', env, args: ['hunter22'] }] } }),
    ];
    const { found, place } = await observed({
      workload: ok(workload),
      pods: ok(list(one)),
      node: ok(node({ metadata })),
      configMap: ok(configMap('', { metadata })),
    });
    expect(JSON.stringify(found)).not.toMatch(/hunter22|managedFields/);
    expect(place).toMatchObject({ container: 'nvr' });
  });

  it('hands its signal to every call', async () => {
    const { door } = cluster(WELL());
    const { signal } = new AbortController();
    const signals: AbortSignal[] = [];
    const noted = (given: AbortSignal): AbortSignal => {
      signals.push(given);
      return given;
    };
    const noting: KubernetesDoor = {
      ...door,
      workload: (name, given) => door.workload(name, noted(given)),
      pods: (namespace, selector, given) => door.pods(namespace, selector, noted(given)),
      replicaSets: (namespace, selector, given) => door.replicaSets(namespace, selector, noted(given)),
      node: (name, given) => door.node(name, noted(given)),
      configMap: (namespace, name, given) => door.configMap(namespace, name, noted(given)),
    };
    await observeGround(SETTINGS, noting, null, { clock: { now: () => NOW, jumpedAt: () => null }, signal });
    expect(signals).toEqual(Array.from({ length: 5 }, () => signal));
  });

  it.each<[string, Script, unknown]>([
    ['where the living pod is', {}, { name: 'frigate-6d5f-abcde', container: 'nvr', run: 'containerd://nvr-1' }],
    [
      'that it has no running container',
      { pods: ok(list(pod(containers(nvr({ state: { running: undefined, waiting: {} } }))))) },
      { run: null },
    ],
    ['that there is none', { pods: ok(list()) }, null],
    ['that only a dying one is left', { pods: ok(list(dying(NOW + 30))) }, null],
    ['nothing when the pods cannot be seen', { pods: broken('timeout') }, undefined],
    ['nothing when the workload cannot be seen', { workload: no(403) }, undefined],
  ])('tells %s', async (_, script, wanted) => {
    const { place } = await observed(script);
    if (wanted) expect(place).toMatchObject(wanted);
    else expect(place).toBe(wanted);
  });
});
