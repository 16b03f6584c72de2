/** What a Frigate is made of, and what lies under it. */
import type { LayerRule } from '../../rules/types.ts';
import { groundLayers } from '../ground/index.ts';

/** Detection and recording are the job: while neither they nor the cameras are seen, nothing is known. */
export const LAYERS: readonly LayerRule[] = [
  ...groundLayers,
  { id: 'network', standsOn: [], name: 'the network of the cameras' },
  { id: 'api', name: 'the API', standsOn: ['pod'], inside: true },
  { id: 'service_path', name: 'the way to the API', standsOn: ['pod'], inside: true },
  { id: 'detector', standsOn: ['api'], inside: true, vital: true },
  { id: 'recording', standsOn: ['api', 'detector', 'storage'], inside: true },
  { id: 'frigate', name: "Frigate's own processes", standsOn: ['api', 'detector'], inside: true, vital: true },
  { id: 'camera', name: 'each camera', standsOn: ['network'], inside: true },
  { id: 'broker', standsOn: [] },
  { id: 'notification', standsOn: [] },
  { id: 'warden', standsOn: [] },
];
