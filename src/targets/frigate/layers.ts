/** What a Frigate is made of, and what lies under it. */
import type { LayerRule } from '../../rules/types.ts';
import { groundLayers } from '../ground/index.ts';

/** Detection and recording are the job: while neither they nor the cameras are seen, nothing is known. */
export const LAYERS: readonly LayerRule[] = [
  ...groundLayers,
  { id: 'network', standsOn: [] },
  { id: 'api', standsOn: ['pod'], inside: true },
  { id: 'service_path', standsOn: ['pod'], inside: true },
  { id: 'detector', standsOn: ['api'], inside: true, vital: true },
  { id: 'recording', standsOn: ['api', 'detector', 'storage'], inside: true },
  { id: 'frigate', standsOn: ['api', 'detector'], inside: true, vital: true },
  { id: 'camera', standsOn: ['network'], inside: true },
  { id: 'broker', standsOn: [] },
  { id: 'notification', standsOn: [] },
  { id: 'warden', standsOn: [] },
];
