import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/doors/ports.ts';
import { areSeldomDue } from '../../../src/targets/ground/seldom.ts';
import type { GroundMemory } from '../../../src/targets/ground/types.ts';
import {
  answers,
  broken,
  daemonSet,
  deployment,
  type Json,
  list,
  lookedAt,
  NOW,
  no,
  node,
  ok,
  pod,
  SETTINGS,
} from './objects.ts';

const CORAL = { nodeSelector: { coral: 'yes' } };
const wanting = (spec: Json = CORAL) => ok(deployment({ spec: { template: { spec } } }));
const named = (name: string, labels: Json = {}, part: Json = {}) => node({ ...part, metadata: { name, labels } });
const HERE = named('worker-1', { coral: 'yes' });
const HERE_NO_MORE = named('worker-1', { coral: 'used' });
const THERE = named('worker-2', { coral: 'yes' });
const all = (...nodes: Json[]): Reply<unknown> => ok(list(...nodes));

interface Look {
  workload?: Reply<unknown>;
  node?: Reply<unknown>;
  nodes?: Reply<unknown>;
  autoscalers?: Reply<unknown>;
  pods?: Reply<unknown>;
  after?: number;
}

function looked(...looks: readonly Look[]) {
  return lookedAt(
    SETTINGS,
    ...looks.map(({ after: seconds = 0, ...parts }) =>
      answers({ workload: wanting(), node: ok(HERE), ...parts }, { at: NOW + seconds }),
    ),
  );
}

const NONE = { known: true, value: null };
const says = (words: string) => ({ known: true, value: expect.stringContaining(words) });
const GONE = 'A new pod would find no node: none has the label coral=yes, which it asks for.';

describe('where a new pod could go', () => {
  it.each<[what: string, looks: readonly Look[], placement: unknown]>([
    ['on its own node', [{ nodes: all(HERE) }], NONE],
    ['on another node', [{ node: ok(HERE_NO_MORE), nodes: all(HERE_NO_MORE, THERE) }], NONE],
    ['nowhere', [{ node: ok(HERE_NO_MORE), nodes: all(HERE_NO_MORE, named('b')) }], { known: true, value: GONE }],
    [
      'nowhere, as the last list said',
      [
        { node: ok(HERE_NO_MORE), nodes: all(HERE_NO_MORE) },
        { node: ok(HERE_NO_MORE), after: 500 },
      ],
      { known: true, value: GONE },
    ],
    [
      'on its own node, whose label came back since the list',
      [{ node: ok(HERE_NO_MORE), nodes: all(HERE_NO_MORE) }, { after: 30 }],
      NONE,
    ],
    [
      'nowhere, for its own node has changed since the list and there was no other',
      [{ nodes: all(HERE, named('b')) }, { node: ok(HERE_NO_MORE), after: 30 }],
      says('its own node worker-1 has not the label coral=yes'),
    ],
    [
      'on another node, though its own has changed since the list',
      [{ nodes: all(HERE, THERE) }, { node: ok(HERE_NO_MORE), after: 30 }],
      NONE,
    ],
    [
      'nobody may list nodes, and its own no longer fits',
      [{ node: ok(HERE_NO_MORE), nodes: no(403) }],
      says('worker-1 has not the label coral=yes, which it asks for, and the others cannot be seen'),
    ],
    ['nobody may list nodes, and its own fits', [{ nodes: no(403) }], NONE],
    [
      'nobody may see any node',
      [{ node: no(403), nodes: no(403, 'Forbidden.') }],
      { known: false, asked: false, why: 'No right to list nodes: Forbidden.' },
    ],
    [
      'the list did not come this time',
      [{ nodes: all(HERE, THERE) }, { node: ok(HERE_NO_MORE), nodes: broken('timeout'), after: 600 }],
      NONE,
    ],
    [
      'another template asks for another label',
      [{ nodes: all(HERE) }, { workload: wanting({ nodeSelector: { tpu: 'a' } }), node: no(403), after: 30 }],
      { known: false, asked: false, why: '' },
    ],
    [
      'the list is older than half an hour',
      [{ nodes: all(HERE) }, { node: no(403), after: 1800 }],
      { known: false, asked: false, why: '' },
    ],
    [
      'the pod tolerates more than its template says',
      [
        {
          workload: wanting({}),
          node: ok(named('worker-1', {}, { spec: { taints: [{ key: 'cctv', effect: 'NoSchedule' }] } })),
          pods: ok(list(pod({ spec: { tolerations: [{ key: 'cctv', operator: 'Exists' }] } }))),
        },
      ],
      NONE,
    ],
    [
      'more nodes than were listed, none of which fits',
      [{ node: no(403), nodes: ok({ ...list(named('b')), metadata: { continue: 'x' } }) }],
      { known: false, asked: false, why: expect.stringContaining('more than 1 nodes') },
    ],
    [
      'more nodes than were listed, one of which fits',
      [{ node: no(403), nodes: ok({ ...list(THERE), metadata: { continue: 'x' } }) }],
      NONE,
    ],
    [
      'an affinity of an unknown form',
      [{ workload: wanting({ affinity: 7 }), nodes: all(named('b')) }],
      { known: false, asked: false, why: '' },
    ],
  ])('%s', (_, looks, placement) => {
    expect(looked(...looks).facts.placement).toEqual(placement);
  });
});

const scaler = (part: Json = {}, name = 'nvr'): Json => ({
  metadata: { name },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'frigate' }, maxReplicas: 3, ...part },
});
const aims = (kind: string, name: string) => ({ scaleTargetRef: { kind, name } });

describe('who may run a second pod', () => {
  it.each<[what: string, autoscalers: Reply<unknown>, scaling: unknown]>([
    ['an autoscaler', ok(list(scaler())), says('The autoscaler nvr may run up to 3 pods of it')],
    ['one among others', ok(list(scaler(aims('Deployment', 'web'), 'web'), scaler())), says('nvr')],
    ['one of another workload', ok(list(scaler(aims('Deployment', 'web')))), NONE],
    ['one of a StatefulSet of that name', ok(list(scaler(aims('StatefulSet', 'frigate')))), NONE],
    ['one that never runs a second', ok(list(scaler({ maxReplicas: 1 }))), NONE],
    ['nobody', ok(list()), NONE],
    ['a cluster that knows no autoscalers', no(404), NONE],
    [
      'nobody may look',
      no(403, 'Forbidden.'),
      { known: false, asked: false, why: 'No right to list horizontalpodautoscalers: Forbidden.' },
    ],
  ])('%s', (_, autoscalers, scaling) => {
    expect(looked({ autoscalers }).facts.scaling).toEqual(scaling);
  });

  it('is remembered until it is asked again', () => {
    expect(looked({ autoscalers: ok(list(scaler())) }, { after: 590 }).facts.scaling).toEqual(says('nvr'));
    expect(looked({ autoscalers: ok(list(scaler())) }, { autoscalers: ok(list()), after: 600 }).facts.scaling).toEqual(
      NONE,
    );
    expect(looked({ autoscalers: ok(list(scaler())) }, { after: 1800 }).facts.scaling).toMatchObject({ known: false });
    const lost = looked({ autoscalers: ok(list(scaler())) }, { autoscalers: broken('timeout'), after: 600 });
    expect(lost.facts.scaling).toEqual(says('nvr'));
  });
});

describe('what is seldom asked', () => {
  const { memory } = looked({ nodes: all(HERE), autoscalers: ok(list()) });
  const near: GroundMemory = { ...memory, isRestartNear: true };
  const doubted = looked({ nodes: all(HERE), autoscalers: ok(list()) }, { node: ok(HERE_NO_MORE), after: 30 }).memory;
  it.each<[what: string, memory: GroundMemory | null, at: number, places: boolean, scalers: boolean]>([
    ['is asked at the first look', null, 0, true, true],
    ['is not asked at the next', memory, 30, false, false],
    ['is asked after ten minutes', memory, 600, true, true],
    ['is asked each minute while a restart may come', near, 60, true, true],
    ['and not more often', near, 59, false, false],
    ['is asked at once when the node has changed and there was no other', doubted, 60, true, false],
  ])('%s', (_, before, at, places, scalers) => {
    expect(areSeldomDue(before, NOW + at)).toEqual({ places, scalers });
  });

  it('is asked again when the template asks for something else', () => {
    const changed = looked({ nodes: all(HERE) }, { workload: wanting({ nodeSelector: { tpu: 'a' } }), after: 30 });
    expect(areSeldomDue(changed.memory, NOW + 60).places).toBe(true);
  });

  it('is a matter of deployments: a daemonset’s controller looks after its nodes itself', () => {
    const settings = { ...SETTINGS, workload: { ...SETTINGS.workload, kind: 'daemonset' as const } };
    const look = answers({ workload: ok(daemonSet()), nodes: all(HERE) });
    expect(lookedAt(settings, look).facts.placement).toEqual(NONE);
  });
});
