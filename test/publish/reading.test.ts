import { describe, expect, it } from 'vitest';
import { reading } from '../../src/publish/reading.ts';
import type { LayerRule, LayerState } from '../../src/rules/types.ts';

const LAYERS: readonly LayerRule[] = [
  { id: 'cluster', standsOn: [] },
  { id: 'node', standsOn: ['cluster'] },
  { id: 'pod', standsOn: ['node'] },
  { id: 'storage', standsOn: ['node'] },
  { id: 'network', standsOn: [] },
  { id: 'api', name: 'the API', standsOn: ['pod'] },
  { id: 'service_path', standsOn: ['pod'] },
  { id: 'detector', standsOn: ['api'] },
  { id: 'recording', standsOn: ['api', 'detector', 'storage'] },
  { id: 'camera', standsOn: ['network'] },
  { id: 'broker', standsOn: [] },
];

const BELOW: Record<string, LayerState> = { cluster: 'good', node: 'good', pod: 'good' };
const WELL: Record<string, LayerState> = { ...BELOW, api: 'good', detector: 'good', recording: 'good', camera: 'good' };

/** TABLE: the states, and the sentence. What is left out is not observed. */
const ROWS: readonly [string, Record<string, LayerState>, string][] = [
  ['all is well', WELL, 'Proven good up to the recording.'],
  [
    'one layer is bad, and another cannot be seen',
    { ...BELOW, api: 'good', detector: 'bad', storage: 'unknown' },
    'Proven good up to the API; the detector is proven bad; nobody can see the storage.',
  ],
  [
    'what stands on the bad one is bad too',
    { ...BELOW, api: 'bad', detector: 'bad', recording: 'bad' },
    'Proven good up to the pod; the API is proven bad.',
  ],
  [
    'what stands on the bad one seems good',
    { cluster: 'good', node: 'good', pod: 'bad', api: 'good', detector: 'good' },
    'Proven good up to the node; the pod is proven bad.',
  ],
  [
    'the ground of everything is bad',
    { cluster: 'bad', node: 'unknown', pod: 'unknown', api: 'unknown' },
    'Nothing is proven good; the cluster is proven bad; nobody can see the node, the pod and the API.',
  ],
  [
    'two that do not stand on one another are bad',
    { ...WELL, network: 'bad', camera: 'bad', broker: 'bad' },
    'Proven good up to the recording; the network and the broker are proven bad.',
  ],
  [
    'something looks bad for the first time',
    { ...WELL, api: 'pending', detector: 'unknown', recording: 'unknown' },
    'Proven good up to the pod; the API looks bad, not yet proven; nobody can see the detector and the recording.',
  ],
  [
    'two look bad above one that is proven',
    { ...WELL, network: 'pending', broker: 'pending', detector: 'bad', recording: 'pending' },
    'Proven good up to the API; the detector is proven bad; the network and the broker look bad, not yet proven.',
  ],
  [
    'what stands on one that looks bad seems good',
    { ...BELOW, storage: 'good', api: 'pending', detector: 'good' },
    'Proven good up to the pod; the API looks bad, not yet proven.',
  ],
  ['nobody looks at all', {}, 'Nothing is proven good.'],
  [
    'nothing but one service is known',
    { service_path: 'bad', pod: 'unknown' },
    'Nothing is proven good; the service path is proven bad; nobody can see the pod.',
  ],
];

describe('the reading of a look', () => {
  it.each(ROWS)('is one sentence when %s', (_, states, sentence) => {
    expect(reading({ layers: LAYERS, states })).toBe(sentence);
  });

  it('calls the layers what people call them', () => {
    const names: Readonly<Record<string, string>> = { network: "the cameras' network", detector: 'the Coral' };
    const layers = LAYERS.map((layer) => ({ ...layer, name: names[layer.id] ?? `the ${layer.id}` }));
    expect(reading({ layers, states: { ...BELOW, detector: 'good', network: 'bad' } })).toBe(
      "Proven good up to the Coral; the cameras' network is proven bad.",
    );
  });
});
