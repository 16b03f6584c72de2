import { describe, expect, it } from 'vitest';
import { breakDetector } from '../../demo/frigate/model.ts';
import { eventually } from '../eventually.ts';
import { patchesOf } from './stage.ts';
import { type Look, setScene, watch } from './watcher.ts';

const last = (looks: readonly Look[]): Look => looks.at(-1) as Look;
const MISSING = /lacks the verb "get" on nodes in a ClusterRole/;

describe('a token that holds in its namespace only', () => {
  it('sees what it may, says which right lacks, and can tell well from ill', async () => {
    const scene = await setScene();
    scene.cluster.faults.forbid({ path: /\/nodes\// });
    const watcher = watch(scene);
    const well = last(await watcher.looks(3));
    expect(well.decision.verdict).toBe('healthy');
    expect(well.looked.cannotSee.filter((sentence) => MISSING.test(sentence))).toHaveLength(1);
    expect(well.finding('node_ready')).toMatchObject({ answer: 'not_observed' });
    expect(well.finding('cluster_api')).toMatchObject({ answer: 'ok' });
    breakDetector(scene.frigate, 'orphaned_queue', scene.now());
    const ill = await watcher.looks(8);
    expect(ill.some(({ decision }) => decision.verdict === 'unhealthy')).toBe(true);
    expect(watcher.orders).toHaveLength(1);
    expect(patchesOf(scene.cluster, 200)).toHaveLength(1);
    expect(watcher.lines.join('\n')).not.toMatch(/does not answer/);
  });
});

describe('an API server that is too busy', () => {
  it('for the restart itself does not get it again unasked: it is decided anew, and carried out then', async () => {
    const scene = await setScene();
    const watcher = watch(scene);
    await watcher.looks(3);
    const begun = performance.now();
    scene.cluster.faults.failNext({ status: 429, method: 'PATCH', headers: { 'Retry-After': '1' } });
    breakDetector(scene.frigate, 'orphaned_queue', scene.now());
    await watcher.looks(4);
    expect(patchesOf(scene.cluster).map(({ status }) => status)).toEqual([429]);
    // The wall's second that was asked for is over; the time of the looks is the test's own.
    await eventually(() => performance.now() - begun > 1000);
    await watcher.looks(8);
    expect(patchesOf(scene.cluster).map(({ status }) => status)).toEqual([429, 200]);
    expect(watcher.orders).toHaveLength(2);
  });

  it('for everything blinds, restarts nothing, and is not asked meanwhile', async () => {
    const scene = await setScene();
    const watcher = watch(scene);
    await watcher.looks(3);
    breakDetector(scene.frigate, 'orphaned_queue', scene.now());
    scene.cluster.faults.failNext({ status: 429, times: Number.POSITIVE_INFINITY, headers: { 'Retry-After': '600' } });
    const before = scene.cluster.calls.length;
    const looks = await watcher.looks(6);
    // All of one look at most: what is open already, when the first answer comes.
    expect(scene.cluster.calls.length - before).toBeLessThanOrEqual(8);
    expect(last(looks).finding('cluster_api')).toMatchObject({ answer: 'bad' });
    expect(watcher.orders).toEqual([]);
    expect(looks.every(({ took }) => took < 1)).toBe(true);
  });
});
