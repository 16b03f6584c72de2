import { describe, expect, it } from 'vitest';
import { openPlaces } from '../../../src/doors/kubernetes/places.ts';

/** Runs that end when they are told to. */
function runs(most: number) {
  const places = openPlaces(most);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (name: string, signal = new AbortController().signal) =>
    places.within(signal, () => {
      started.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  return { begin, started, end: (name: string) => ends.get(name)?.() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
  it('are taken in order, and given on as they come free', async () => {
    const { begin, started, end } = runs(2);
    const all = ['a', 'b', 'c', 'd'].map((name) => begin(name));
    await settled();
    expect(started).toEqual(['a', 'b']);
    end('b');
    expect(await all[1]).toBe('b');
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c']) end(name);
    await settled();
    end('d');
    await Promise.all(all);
    const again = [begin('e'), begin('f'), begin('g')];
    await settled();
    expect(started.slice(4)).toEqual(['e', 'f']);
    for (const name of ['e', 'f']) end(name);
    await settled();
    end('g');
    await Promise.all(again);
  });

  it('that do not come free in time are done without, and none is lost or won by it', async () => {
    const { begin, started, end } = runs(1);
    const first = begin('a');
    const stop = new AbortController();
    const second = begin('b', stop.signal);
    const third = begin('c');
    await settled();
    expect(started).toEqual(['a']);
    stop.abort();
    await settled();
    expect(started).toEqual(['a', 'b']);
    end('b');
    await second;
    await settled();
    expect(started).toEqual(['a', 'b']);
    end('a');
    await first;
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
    end('c');
    await third;
  });

  it('come free after a failure too', async () => {
    const places = openPlaces(1);
    const { signal } = new AbortController();
    await expect(places.within(signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await places.within(signal, async () => 'next')).toBe('next');
  });
});
