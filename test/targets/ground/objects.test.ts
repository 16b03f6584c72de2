import { describe, expect, it } from 'vitest';
import {
  readConfigMap,
  readNode,
  readPods,
  readReplicaSets,
  readWorkload,
  secondsOf,
  selectorText,
} from '../../../src/targets/ground/objects.ts';
import { configMap, deployment, type Json, list, NOW, node, overlay, pod, replicaSet } from './objects.ts';

function selectorOf(selector: unknown): string | null {
  const bare = deployment({ spec: { selector: undefined } });
  const read = readWorkload(overlay(bare, { spec: { selector } }));
  if (!read) throw new Error('The workload was not read.');
  return selectorText(read);
}

const expression = (operator: string, values?: readonly string[]): Json => ({
  matchExpressions: [{ key: 'tier', operator, ...(values ? { values } : {}) }],
});

describe('the selector in text form', () => {
  it.each([
    ['labels alone', { matchLabels: { app: 'frigate', part: 'nvr' } }, 'app=frigate,part=nvr'],
    ['In', expression('In', ['a', 'b']), 'tier in (a,b)'],
    ['NotIn', expression('NotIn', ['a']), 'tier notin (a)'],
    ['Exists', expression('Exists'), 'tier'],
    ['DoesNotExist', expression('DoesNotExist'), '!tier'],
    [
      'labels and expressions together',
      { matchLabels: { app: 'frigate' }, ...expression('NotIn', ['a', 'b']) },
      'app=frigate,tier notin (a,b)',
    ],
    [
      'an operator of tomorrow, which would select strangers if it were passed over',
      { matchLabels: { app: 'x' }, ...expression('Gt', ['1']) },
      null,
    ],
    ['an expression of another form', { matchLabels: { app: 'frigate' }, matchExpressions: [{ key: 1 }] }, null],
    ['nothing selected', {}, null],
    ['no selector', undefined, null],
    ['nulls for what is empty', { matchLabels: { app: 'x' }, matchExpressions: null }, 'app=x'],
  ])('holds %s', (_, selector, text) => {
    expect(selectorOf(selector)).toBe(text);
  });
});

describe('reading objects', () => {
  it.each([
    ['a workload without uid', readWorkload, deployment({ metadata: { uid: undefined } })],
    ['a workload with an empty uid', readWorkload, deployment({ metadata: { uid: '' } })],
    ['a workload without resourceVersion', readWorkload, deployment({ metadata: { resourceVersion: undefined } })],
    ['a workload without spec', readWorkload, deployment({ spec: undefined })],
    ['a list without items', readPods, { kind: 'PodList' }],
    ['a list with a pod that has no name', readPods, list(pod(), pod({ metadata: { name: undefined } }))],
    ['a replica set without uid', readReplicaSets, list({ metadata: {} })],
    ['a node without status', readNode, node({ status: undefined })],
    ['a ConfigMap without resourceVersion', readConfigMap, configMap('', { metadata: { resourceVersion: undefined } })],
    ['a ConfigMap whose values are not texts', readConfigMap, configMap('', { data: { count: 3 } })],
    ['a text', readWorkload, 'no available server'],
    ['nothing', readNode, null],
  ])('refuses %s', (_, read, value) => {
    expect(read(value)).toBeNull();
  });

  it.each([
    ['a workload whose status is not there yet', readWorkload, deployment({ status: undefined })],
    ['a workload with counts of another form', readWorkload, deployment({ status: { replicas: 'one' } })],
    ['a pod that is not scheduled yet', readPods, list(pod({ spec: { nodeName: undefined }, status: undefined }))],
    ['a pod with nulls for lists', readPods, list(pod({ status: { conditions: null, containerStatuses: null } }))],
    ['a list whose items are null', readPods, { items: null }],
    ['a replica set without owners', readReplicaSets, list({ metadata: { uid: 'x' } })],
    ['a node without nodeInfo', readNode, node({ status: { nodeInfo: undefined } })],
    ['a ConfigMap without data', readConfigMap, configMap('', { data: undefined })],
    ['a list of replica sets', readReplicaSets, list(replicaSet())],
  ])('forgives %s', (_, read, value) => {
    expect(read(value)).not.toBeNull();
  });

  it('passes over one condition of another form and keeps the rest', () => {
    const read = readNode(node({ status: { conditions: [{ type: 7 }, { type: 'Ready', status: 'True' }] } }));
    expect(read?.status.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
  });
});

describe('secondsOf', () => {
  it.each([
    ['2026-01-06T04:00:00Z', NOW],
    ['2026-01-06T04:00:00.250000Z', NOW + 0.25],
    ['2026-01-06T05:00:00+01:00', NOW],
    ['yesterday', null],
    ['2026', null],
    ['2026-99-06T04:00:00Z', null],
    [undefined, null],
  ])('reads %s as %s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });
});
