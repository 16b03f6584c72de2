import { describe, expect, it } from 'vitest';
import {
  countSince,
  countWithin,
  inThisRun,
  keyOf,
  lastAt,
  membersOf,
  timesOf,
} from '../../../../src/targets/frigate/log/query.ts';
import type { Counted } from '../../../../src/targets/frigate/log/types.ts';

const LOG = {
  kept: {
    keep_up: [
      [100, 2],
      [200, 3],
      [300, 1],
    ],
    'keep_up/yard': [
      [100, 2],
      [300, 1],
    ],
    'keep_up/a/b': [[200, 3]],
    keep_up_more: [[150, 9]],
    'stuck/x': [],
  } as Record<string, Counted>,
  readAt: 320,
  startedAt: 150,
};

describe('what checks ask of the log', () => {
  it('counts at or after a time, of all members or of one', () => {
    expect(countSince(LOG, 'keep_up', 0)).toBe(6);
    expect(countSince(LOG, 'keep_up', 200)).toBe(4);
    expect(countSince(LOG, 'keep_up', 200.1)).toBe(1);
    expect(countSince(LOG, 'keep_up', 0, 'yard')).toBe(3);
    expect(countSince(LOG, 'keep_up', 0, 'a/b')).toBe(3);
    expect(countSince(LOG, 'keep_up', 0, null)).toBe(6);
    expect(countSince(LOG, 'keep_up', 0, 'nobody')).toBe(0);
    expect(countSince(LOG, 'stuck', 0)).toBe(0);
  });

  it('counts in the last seconds of what is read', () => {
    expect(countWithin(LOG, 'keep_up', 120)).toBe(4);
    expect(countWithin(LOG, 'keep_up', 120, 'yard')).toBe(1);
    expect(countWithin({ ...LOG, readAt: null }, 'keep_up', 120)).toBe(0);
  });

  it('says when a line came last', () => {
    expect(lastAt(LOG, 'keep_up')).toBe(300);
    expect(lastAt(LOG, 'keep_up', 'a/b')).toBe(200);
    expect(lastAt(LOG, 'stuck')).toBeNull();
  });

  it('names the members that were heard of since', () => {
    expect(membersOf(LOG, 'keep_up', 0)).toEqual(['a/b', 'yard']);
    expect(membersOf(LOG, 'keep_up', 250)).toEqual(['yard']);
    expect(membersOf(LOG, 'keep', 0)).toEqual([]);
    expect(membersOf(LOG, 'stuck', 0)).toEqual([]);
  });

  it('gives times and counts, and an empty list for what never came', () => {
    expect(timesOf(LOG, 'keep_up', 'a/b')).toEqual([[200, 3]]);
    expect(timesOf(LOG, 'starting')).toEqual([]);
    expect([keyOf('stuck', null), keyOf('stuck', 'a/b')]).toEqual(['stuck', 'stuck/a/b']);
  });

  it('never looks beyond the start of this run', () => {
    expect([inThisRun(LOG, 100), inThisRun(LOG, 200)]).toEqual([150, 200]);
    expect(inThisRun({ startedAt: null }, 100)).toBe(100);
  });
});
