/** Where the trouble lies, in one sentence: what is proven good, what is proven bad, and what nobody can see. */
import { layerHeight, layersBelow } from '../rules/layers.ts';
import type { LayerRule, LayerState } from '../rules/types.ts';

export interface Ground {
  layers: readonly LayerRule[];
  /** By layer, as the engine found them. */
  states: Readonly<Record<string, LayerState>>;
}

/**
 * "Proven good up to the pod; the detector is proven bad; nobody can see the storage." Of what is bad only the lowest
 * is told, for what stands on it follows; of what is good only the highest that stands on nothing bad.
 */
export function reading(ground: Ground): string {
  const { layers } = ground;
  const bad = lowest(inState(ground, 'bad'), layers);
  const pending = lowest(inState(ground, 'pending'), layers).filter((layer) => !standsOn(layer, bad, layers));
  const good = highest(
    inState(ground, 'good').filter((layer) => !standsOn(layer, [...bad, ...pending], layers)),
    layers,
  );
  const unseen = inState(ground, 'unknown');
  const parts = [
    good === null ? 'nothing is proven good' : `proven good up to ${the(good, ground)}`,
    ...(bad.length > 0 ? [`${list(bad, ground)} ${bad.length > 1 ? 'are' : 'is'} proven bad`] : []),
    ...(pending.length > 0
      ? [`${list(pending, ground)} ${pending.length > 1 ? 'look' : 'looks'} bad, not yet proven`]
      : []),
    ...(unseen.length > 0 ? [`nobody can see ${list(unseen, ground)}`] : []),
  ];
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function inState({ layers, states }: Ground, state: LayerState): readonly string[] {
  return layers.filter(({ id }) => states[id] === state).map(({ id }) => id);
}

function standsOn(layer: string, some: readonly string[], layers: readonly LayerRule[]): boolean {
  return layersBelow(layer, layers).some((below) => some.includes(below));
}

/** Those that stand on no other of them. */
function lowest(some: readonly string[], layers: readonly LayerRule[]): readonly string[] {
  return some.filter((layer) => !standsOn(layer, some, layers));
}

/** Of two that stand equally high, the earlier one in the table. */
function highest(some: readonly string[], layers: readonly LayerRule[]): string | null {
  const heights = some.map((layer) => layerHeight(layer, layers));
  return some[heights.indexOf(Math.max(...heights))] ?? null;
}

function the(layer: string, { layers }: Ground): string {
  return layers.find(({ id }) => id === layer)?.name ?? `the ${layer.replaceAll('_', ' ')}`;
}

function list(some: readonly string[], ground: Ground): string {
  const words = some.map((layer) => the(layer, ground));
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '');
}
