import { describe, expect, it } from 'vitest';
import { readNode, readWorkload } from '../../../src/targets/ground/objects.ts';
import { fitting, namesIn, placeOf, type Wants, wantsOf, whyNone } from '../../../src/targets/ground/placement.ts';
import { deployment, type Json, node } from './objects.ts';

const asks = (spec: Json): Wants => {
  const object = readWorkload(deployment({ spec: { template: { spec } } }));
  const wants = object && wantsOf(object);
  if (!wants) throw new Error('The template was not understood.');
  return wants;
};
const place = (name: string, part: Json = {}, ready: Json = {}) => {
  const object = readNode(node({ ...part, metadata: { name, ...(part.metadata as Json | undefined) } }, ready));
  if (!object) throw new Error('The node was not understood.');
  return placeOf(object);
};
const labelled = (name: string, labels: Json, part: Json = {}) => place(name, { ...part, metadata: { labels } });
const tainted = (name: string, ...taints: Json[]) => place(name, { spec: { taints } });
const required = (...nodeSelectorTerms: Json[]): Json => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const expression = (key: string, operator: string, values?: string[]): Json =>
  required({ matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] });
const tolerating = (toleration: Json): Json => ({ tolerations: [toleration] });
const device = (amount: string): Json => ({
  containers: [{ name: 'frigate', resources: { limits: { 'vendor.io/tpu': amount, cpu: '2' } } }],
});
const CORDONED = { spec: { unschedulable: true } };

const FIRST = 'feature.node.kubernetes.io/usb-fe_1a6e_089a.present';
const USED = 'feature.node.kubernetes.io/usb-ff_18d1_9302.present';
const NVIDIA = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
const GPU = tainted('a', NVIDIA);
const THROWN = tainted('a', { key: 'drain', effect: 'NoExecute' });

const two = [labelled('a', { zone: 'x', disks: '3' }), labelled('b', { zone: 'y', coral: '' })];

type Row = [what: string, spec: Json, places: ReturnType<typeof place>[], fits: string];

describe('a node', () => {
  it.each<Row>([
    ['takes a pod that asks for nothing', {}, [place('a'), place('b')], 'a b'],
    ['has the label', { nodeSelector: { zone: 'y' } }, two, 'b'],
    ['has all the labels', { nodeSelector: { zone: 'y', disks: '3' } }, two, ''],
    ['In', expression('zone', 'In', ['x', 'z']), two, 'a'],
    ['In, and has no such label', expression('coral', 'In', ['x']), [two[0] as never], ''],
    ['NotIn', expression('zone', 'NotIn', ['x']), two, 'b'],
    ['NotIn, which a missing label is too', expression('disks', 'NotIn', ['3']), two, 'b'],
    ['Exists, also with an empty value', expression('coral', 'Exists'), two, 'b'],
    ['DoesNotExist', expression('coral', 'DoesNotExist'), two, 'a'],
    ['Gt', expression('disks', 'Gt', ['2']), two, 'a'],
    ['Gt of the same number', expression('disks', 'Gt', ['3']), two, ''],
    ['Lt', expression('disks', 'Lt', ['4']), two, 'a'],
    ['Lt of the same number', expression('disks', 'Lt', ['3']), two, ''],
    ['Gt of what is no number', expression('zone', 'Gt', ['2']), two, ''],
    ['an operator of a version to come', expression('zone', 'Like', ['q']), two, 'a b'],
    [
      'has all of one term',
      required({
        matchExpressions: [
          { key: 'zone', operator: 'In', values: ['x'] },
          { key: 'coral', operator: 'Exists' },
        ],
      }),
      two,
      '',
    ],
    [
      'has any one term',
      required(
        { matchExpressions: [{ key: 'zone', operator: 'In', values: ['q'] }] },
        { matchExpressions: [{ key: 'coral', operator: 'Exists' }] },
      ),
      two,
      'b',
    ],
    ['does not fit a term that asks for nothing', required({}), two, ''],
    ['does not fit a list without terms', required(), two, ''],
    [
      'is named in a field',
      required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] }),
      two,
      'b',
    ],
    ['has label and affinity', { nodeSelector: { zone: 'x' }, ...expression('coral', 'Exists') }, two, ''],
    ['only preferred is not asked for', { affinity: { nodeAffinity: { preferred: [] } } }, two, 'a b'],
    ['other affinities ask nothing of it', { affinity: { podAntiAffinity: { x: 1 } } }, two, 'a b'],
    [
      'is named in a field that is not known',
      required({ matchFields: [{ key: 'spec.x', operator: 'In', values: ['b'] }] }),
      two,
      '',
    ],
    ['is the one that the template names', { nodeName: 'b' }, two, 'b'],
    ['is named, and the scheduler is passed over', { nodeName: 'a' }, [GPU, place('a', CORDONED)], 'a a'],
    ['is named, and throws the pod out', { nodeName: 'a' }, [THROWN], ''],
    ['with a taint', {}, [GPU], ''],
    ['with a taint that only prefers', {}, [tainted('a', { ...NVIDIA, effect: 'PreferNoSchedule' })], 'a'],
    ['that throws pods out', {}, [THROWN], ''],
    ['tolerated by key and value', tolerating({ key: 'nvidia.com/gpu', value: 'present' }), [GPU], 'a'],
    ['tolerated with another value', tolerating({ key: 'nvidia.com/gpu', value: 'no' }), [GPU], ''],
    ['tolerated by key', tolerating({ key: 'nvidia.com/gpu', operator: 'Exists' }), [GPU], 'a'],
    ['tolerated by another key', tolerating({ key: 'other', operator: 'Exists' }), [GPU], ''],
    ['tolerated whatever it is', tolerating({ operator: 'Exists' }), [GPU, THROWN], 'a a'],
    ['Equal without a key tolerates nothing', tolerating({ value: 'present' }), [GPU], ''],
    ['tolerated for one effect', tolerating({ operator: 'Exists', effect: 'NoSchedule' }), [GPU, THROWN], 'a'],
    ['that is cordoned', {}, [place('a', CORDONED), place('b')], 'b'],
    [
      'that is cordoned, as the cluster marks it',
      {},
      [
        place('a', {
          spec: {
            unschedulable: true,
            taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
          },
        }),
      ],
      '',
    ],
    [
      'that is cordoned, and tolerated so',
      tolerating({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }),
      [place('a', CORDONED)],
      'a',
    ],
    ['that is not ready', {}, [place('a', {}, { status: 'Unknown' }), place('b')], 'b'],
    ['that has not reported', {}, [place('a', { status: { conditions: [] } })], ''],
    ['with the device', device('1'), [place('a', { status: { allocatable: { 'vendor.io/tpu': '1' } } })], 'a'],
    ['with too few', device('2'), [place('a', { status: { allocatable: { 'vendor.io/tpu': '1' } } })], ''],
    ['with none any more', device('1'), [place('a', { status: { allocatable: { 'vendor.io/tpu': '0' } } })], ''],
    ['of which nobody says what it offers', device('1'), [place('a', { status: { allocatable: undefined } })], 'a'],
    ['with plenty, in a unit', device('1'), [place('a', { status: { allocatable: { 'vendor.io/tpu': '1k' } } })], 'a'],
  ])('%s', (_, spec, places, fits) => {
    const names = fitting(places, asks(spec)).map(({ name }) => name);
    expect(names.join(' ')).toBe(fits);
  });

  it('is not judged where the affinity is of a form that is not known', () => {
    for (const affinity of [
      { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: 'all' } } },
      expression('zone', 'In', [7 as unknown as string]).affinity,
    ]) {
      const object = readWorkload(deployment({ spec: { template: { spec: { affinity } } } }));
      expect(object && wantsOf(object)).toBeNull();
      expect(namesIn(null)).toEqual([]);
    }
  });

  it('is asked for no label but those that the template names', () => {
    const wants = asks({ ...device('1'), nodeSelector: { zone: 'x' }, ...expression('coral', 'Exists') });
    expect(namesIn(wants)).toEqual(['zone', 'coral', 'vendor.io/tpu']);
  });
});

describe('why none takes the pod', () => {
  it.each<[what: string, spec: Json, places: ReturnType<typeof place>[], why: string]>([
    [
      'the label of a stick that was used since',
      { nodeSelector: { [FIRST]: 'true' } },
      [labelled('a', { [USED]: 'true' }), place('b')],
      `none has the label ${FIRST}=true, which it asks for`,
    ],
    [
      'a label that no node has, by affinity',
      expression(FIRST, 'In', ['true']),
      two,
      `none has ${FIRST} in (true), which its affinity asks for`,
    ],
    [
      'a label that must be there',
      expression('gpu', 'Exists'),
      two,
      'none has the label gpu, which its affinity asks for',
    ],
    [
      'labels that no node has together',
      { nodeSelector: { zone: 'y', disks: '3' } },
      two,
      'none has all that it asks for: zone=y, disks=3',
    ],
    [
      'any of two terms',
      required(
        { matchExpressions: [{ key: 'zone', operator: 'In', values: ['q'] }] },
        { matchExpressions: [{ key: 'disks', operator: 'Gt', values: ['9'] }] },
      ),
      two,
      'none has what one of these asks for: zone in (q), disks above 9',
    ],
    ['a name', { nodeName: 'gone' }, two, 'there is no node gone, which it names'],
    [
      'the only one is cordoned',
      { nodeSelector: { zone: 'x' } },
      [labelled('a', { zone: 'x' }, CORDONED), place('b')],
      'the only one that fits, a is cordoned',
    ],
    [
      'the only one is away',
      { nodeSelector: { zone: 'x' } },
      [place('a', { metadata: { labels: { zone: 'x' } } }, { status: 'Unknown' }), place('b')],
      'the only one that fits, a is not ready',
    ],
    ['the only one is tainted', {}, [GPU], 'the only one that fits, a has the taint nvidia.com/gpu=present:NoSchedule'],
    [
      'the device is gone from the only one',
      device('1'),
      [place('a', { status: { allocatable: {} } })],
      'the only one that fits, a offers too few of the device vendor.io/tpu',
    ],
    [
      'each has its own reason',
      {},
      [THROWN, place('b', CORDONED), place('c', {}, { status: 'False' })],
      'of those that fit, a has the taint drain:NoExecute, b is cordoned, c is not ready',
    ],
  ])('%s', (_, spec, places, why) => {
    const wants = asks(spec);
    expect(fitting(places, wants)).toEqual([]);
    expect(whyNone(places, wants)).toBe(why);
  });
});
