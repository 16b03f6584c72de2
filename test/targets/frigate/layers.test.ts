import { describe, expect, it } from 'vitest';
import { layersBelow } from '../../../src/rules/layers.ts';
import { CHECKS } from '../../../src/targets/frigate/checks/index.ts';
import { LAYERS } from '../../../src/targets/frigate/layers.ts';

const ids = LAYERS.map((layer) => layer.id);

describe('the layers of a Frigate', () => {
  it('are each named once, and stand only on layers that exist', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { standsOn } of LAYERS) expect(ids).toEqual(expect.arrayContaining([...standsOn]));
  });

  it('hold every check', () => {
    for (const { id, layer } of CHECKS) expect(ids, id).toContain(layer);
  });

  it.each([
    ['frigate', ['api', 'cluster', 'detector', 'node', 'pod']],
    ['detector', ['api', 'cluster', 'node', 'pod']],
    ['recording', ['api', 'cluster', 'detector', 'node', 'pod', 'storage']],
    ['camera', ['network']],
    ['broker', []],
  ])('%s stands on what it needs, and on no more', (layer, below) => {
    expect([...layersBelow(layer, LAYERS)].sort()).toEqual(below);
  });

  it('mark what lies inside, what is vital, and what binds a person too', () => {
    const marked = (mark: 'inside' | 'vital' | 'hard') =>
      LAYERS.filter((layer) => layer[mark]).map((layer) => layer.id);
    expect(marked('inside')).toEqual(['api', 'service_path', 'detector', 'recording', 'frigate', 'camera']);
    expect(marked('vital')).toEqual(['detector', 'frigate']);
    expect(marked('hard')).toEqual(['node']);
  });
});
