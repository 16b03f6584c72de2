import { describe, expect, it } from 'vitest';
import type { KubernetesDoor, LogQuery, Reply } from '../../../../src/doors/ports.ts';
import type { FrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import { askLog } from '../../../../src/targets/frigate/observe/asking-log.ts';
import type { PodPlace } from '../../../../src/targets/ground/observe.ts';
import * as G from '../../ground/objects.ts';
import { ok, rig, START } from '../asked.ts';
import { camera, failure, settings, stats, WITH_CLUSTER } from '../watching.ts';

const API = { '/api/stats': stats({ front: camera(5, 5, 0, 1) }), '/api/config': { cameras: {} } };
const POD = 'frigate-6d5f-abcde';

/** A line as the kubelet gives it, so many seconds into the watching. */
const line = (after: number, message: string) =>
  `${new Date((START + after) * 1000).toISOString().slice(0, 19)}.123456789Z [2026-01-06 04:00:00] ${message}\n`;
const STUCK = 'frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...';

const runs = (id: string, name = POD) =>
  G.ok(G.list(G.pod({ metadata: { name }, ...G.containers(G.nvr({ containerID: id })) })));

function logs(
  log: (query: LogQuery) => Reply<string> = () => ok(line(1, STUCK)),
  pods: Reply<unknown> = runs('containerd://nvr-1'),
) {
  return rig({ direct: API, log, pods }, WITH_CLUSTER);
}

/** What is remembered after one look at this pod. */
async function remembered(pods?: Reply<unknown>, changes: Partial<FrigateMemory['log']> = {}): Promise<FrigateMemory> {
  const [first] = await logs(undefined, pods).looks([0]);
  if (!first) throw new Error('There was no look.');
  const position = { stamp: '2026-01-06T04:00:07.987654321Z', lines: 1 };
  return { ...first.memory, log: { ...first.memory.log, position, run: 'containerd://nvr-1', ...changes } };
}

describe('the log', () => {
  it('is read from its last lines at first, bounded, of the container that is Frigate', async () => {
    const { look, logQueries } = logs();
    expect((await look()).log).toMatchObject({
      at: START,
      run: 'containerd://nvr-1',
      current: { ok: true, value: { lines: 1, events: [{ pattern: 'stuck', at: START + 1.123456789 }] } },
      previous: null,
    });
    expect(logQueries).toEqual([
      {
        namespace: 'cctv',
        pod: POD,
        container: 'nvr',
        sinceTime: null,
        tailLines: 2000,
        previous: false,
        limitBytes: 4 * 1024 * 1024,
      },
    ]);
  });

  it.each([
    ['2026-01-06T04:00:07.987654321Z', '2026-01-06T04:00:07Z'],
    ['2026-01-06T06:00:07.1+02:00', '2026-01-06T06:00:07+02:00'],
    ['2026-01-06T04:00:07Z', '2026-01-06T04:00:07Z'],
  ])('is read on from the whole second in which the look before ended: %s', async (stamp, sinceTime) => {
    const { look, logQueries } = logs();
    await look(await remembered(undefined, { position: { stamp, lines: 1 } }), 30);
    expect(logQueries).toMatchObject([{ sinceTime, tailLines: null, previous: false }]);
  });

  it('does not count again what the look before has read', async () => {
    const known = line(7, STUCK);
    const position = { stamp: known.slice(0, 30), lines: 1 };
    const { look } = logs(() => ok(known + line(8, STUCK)));
    const answer = (await look(await remembered(undefined, { position }), 30)).log;
    expect(answer?.current).toMatchObject({ value: { events: [{ count: 1, at: START + 8.123456789 }] } });
  });

  it('is told in our clock', async () => {
    const memory = await remembered();
    const ground = memory.ground && { ...memory.ground, skewSeconds: 3600 };
    const { look } = logs(() => ok(line(10, STUCK)));
    expect((await look({ ...memory, ground }, 30)).log?.current).toMatchObject({
      value: { events: [{ at: START + 3610.123456789 }] },
    });
  });

  it.each<[string, number, number]>([
    ['is behind ours', START - 300, 300],
    ['is ahead of ours', START + 300, -300],
    ['is ours but for noise', START - 1.9, 0],
  ])('is told in our clock at the first look too, where the one of the cluster %s', async (_, serverTime, shift) => {
    const { look } = logs(() => ({ ok: true, value: line(10, STUCK), status: 200, serverTime }));
    expect((await look()).log).toMatchObject({
      skewSeconds: shift === 0 ? 0 : -shift,
      current: { value: { events: [{ at: START + 10.123456789 + shift }], lastAt: START + 10.123456789 + shift } },
    });
  });

  it('is told in the clock that the memory holds, whatever one answer says', async () => {
    const { look } = logs(() => ({ ok: true, value: line(10, STUCK), status: 200, serverTime: START - 300 }));
    expect((await look(await remembered(), 30)).log).toMatchObject({
      skewSeconds: 0,
      current: { value: { events: [{ at: START + 10.123456789 }] } },
    });
  });

  it.each<[string, PodPlace | null]>([
    ['another pod has taken the place', { name: 'frigate-new', container: 'nvr', run: 'containerd://nvr-9' }],
    ['its pod is gone', null],
  ])('of the remembered pod is given up where %s', async (_, pod) => {
    const signals: AbortSignal[] = [];
    const kubernetes: KubernetesDoor = {
      ...G.cluster({}).door,
      log: async (query, signal) => {
        signals.push(signal);
        if (query.pod !== POD) return ok('');
        return new Promise((answer) => signal.addEventListener('abort', () => answer(failure('aborted'))));
      },
    };
    const place = async () => pod;
    const clock = { now: () => START, jumpedAt: () => null };
    const turn = new AbortController();
    const context = { clock, signal: turn.signal };
    const memory = await remembered();
    const asking = { settings: settings(WITH_CLUSTER), kubernetes, memory, pods: { known: place, fresh: place } };
    const answer = await askLog({ ...asking, context });
    expect(answer?.run ?? null).toBe(pod?.run ?? null);
    expect(signals.map(({ aborted }) => aborted)).toEqual(pod ? [true, false] : [true]);
    turn.abort();
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  it('is asked for the run that ended, once, when the container was started anew', async () => {
    const after = (query: LogQuery) => ok(query.previous ? line(9, STUCK) : '');
    const { look, logQueries } = logs(after, runs('containerd://nvr-2'));
    const answer = (await look(await remembered(), 30)).log;
    expect(answer).toMatchObject({
      run: 'containerd://nvr-2',
      previous: { value: { events: [{ pattern: 'stuck' }] } },
    });
    expect(logQueries.map(({ previous, sinceTime }) => [previous, sinceTime])).toEqual([
      [false, '2026-01-06T04:00:07Z'],
      [true, '2026-01-06T04:00:07Z'],
    ]);
    const next = logs(after, runs('containerd://nvr-2'));
    await next.look(await remembered(runs('containerd://nvr-2'), { run: 'containerd://nvr-2' }), 60);
    expect(next.logQueries).toHaveLength(1);
  });

  it('is that of the new pod from its last lines, where another one has taken the place', async () => {
    const { look, logQueries } = logs(undefined, runs('containerd://nvr-9', 'frigate-new'));
    expect((await look(await remembered(), 30)).log).toMatchObject({ run: 'containerd://nvr-9', previous: null });
    expect(logQueries.map(({ pod, tailLines }) => [pod, tailLines])).toEqual([
      [POD, null],
      ['frigate-new', 2000],
    ]);
  });

  it.each([403, 400, 500])('that cannot be read is a failure with its status: %i', async (status) => {
    const { look } = logs(() => failure('status', { status }));
    expect((await look()).log).toMatchObject({ current: { ok: false, status }, previous: null });
  });

  it('is still asked for where the pods cannot be seen just now', async () => {
    const { look } = logs(undefined, failure('timeout'));
    expect((await look(await remembered(), 30)).log).toMatchObject({
      run: 'containerd://nvr-1',
      current: { ok: true },
    });
  });

  it('of a pod that is gone is no log', async () => {
    const { look } = logs(undefined, G.ok(G.list()));
    expect((await look(await remembered(), 30)).log).toBeNull();
  });

  it.each<[string, Reply<unknown>]>([
    ['there is no pod', G.ok(G.list())],
    ['no pod was ever seen', failure('status', { status: 403 })],
  ])('is asked of nobody when %s', async (_, pods) => {
    const { look, logQueries } = logs(undefined, pods);
    expect((await look()).log).toBeNull();
    expect(logQueries).toEqual([]);
  });
});
