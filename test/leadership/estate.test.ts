import { describe, expect, it } from 'vitest';
import { type EstateOptions, openEstate } from '../../src/leadership/estate.ts';
import { handedOver } from '../../src/rules/handover.ts';
import { recordingLog } from '../doors/kubernetes/rude-server.ts';
import { incident, state } from '../rules/builders.ts';

const handed = (count = 1) =>
  handedOver(state({ incidents: Array.from({ length: count }, (_, i) => incident({ id: `i${i}` })) }), []);

function estate(changes: Partial<EstateOptions> = {}) {
  const log = recordingLog();
  const opened = openEstate({
    installation: 'nuc',
    targets: ['tree', 'shrub'],
    handover: () => ({ tree: handed() }),
    clock: { now: () => 1000 },
    log,
    ...changes,
  });
  return { ...opened, lines: log.lines };
}
const wordsOf = (by: string, ahead = 0) =>
  JSON.stringify({ version: 1, by, clock_ahead_seconds: ahead, targets: { tree: handed() } });
const answer = (serverTime: number | null) => ({ ok: true, value: null, status: 200, serverTime }) as const;

describe('what the one before left', () => {
  it.each<[what: string, text: string | null, hasFollowed: boolean, left: readonly (string | null)[] | null]>([
    ['another one, to one who comes new', wordsOf('pi'), false, ['i0', null]],
    ['another one, to one who looked on', wordsOf('pi'), true, ['i0', null]],
    ['we ourselves before a restart', wordsOf('nuc'), false, null],
    ['we ourselves, and another one led without a word', wordsOf('nuc'), true, ['i0', null]],
    ['nobody, to one who comes new', null, false, null],
    ['nobody, to one who looked on', null, true, [null, null]],
    ['nonsense, to one who comes new', '{', false, null],
    ['nonsense, to one who looked on', '{', true, [null, null]],
  ])('%s', (_, text, hasFollowed, left) => {
    const { enter, inherit } = estate();
    enter(text, hasFollowed);
    const got = ['tree', 'shrub'].map((id) => inherit(id));
    expect(got.map((one) => one && (one.handed?.incidents[0]?.id ?? null))).toEqual(left ?? [null, null]);
    expect(got.map((one) => one !== null)).toEqual([left !== null, left !== null]);
    expect(inherit('tree')).toBeNull();
  });

  it('is gone when another one leads', () => {
    const { enter, leave, inherit } = estate();
    enter(wordsOf('pi'), true);
    leave();
    expect(inherit('tree')).toBeNull();
  });

  it('comes with how far its clock is ahead of ours, by the clock of the cluster', () => {
    const { enter, inherit, heed } = estate();
    for (const serverTime of [980, 989, null, 985]) heed(answer(serverTime));
    heed({ ok: false, kind: 'timeout', reason: '' });
    enter(wordsOf('pi', 71), true);
    expect(inherit('tree')?.aheadSeconds).toBe(60);
  });
});

describe('our own words', () => {
  it('wait until what was left is taken', () => {
    const { enter, inherit, words } = estate();
    enter(wordsOf('pi'), true);
    expect(words()).toBeNull();
    inherit('tree');
    inherit('shrub');
    expect(JSON.parse(words() ?? '')).toMatchObject({ by: 'nuc', targets: { tree: { incidents: [{ id: 'i0' }] } } });
  });

  it('say once that not all of them fit', () => {
    const { words, lines } = estate({ handover: () => ({ tree: handed(1000) }) });
    expect(words()).not.toBeNull();
    words();
    expect(lines).toEqual([expect.stringMatching(/^warn Not all incidents fit into the Lease/)]);
  });
});
