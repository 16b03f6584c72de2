import { describe, expect, it } from 'vitest';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import { camera, config, failure, last, type Said, type Seen, stats, watch } from '../watching.ts';

const member = (seen: Seen, id: string) => seen.looked.members.find((one) => one.id === id);
const at = (cameras: Record<string, Record<string, unknown>>, after = 0, changes: Partial<Said> = {}): Said => ({
  stats: stats(cameras, { after }),
  ...changes,
});
const UP = { a: camera(5, 5, 0, 0), b: camera(5, 5, 0, 0) };
const DOWN = { a: camera(0, 0, 0, 0), b: camera(5, 5, 0, 0) };

describe('a camera', () => {
  it('has worked once it sent frames, and is remembered to have', () => {
    expect(member(last(watch([at(DOWN)])), 'a')?.worked).toBe(false);
    expect(member(last(watch([at(UP), at(DOWN, 15)])), 'a')?.worked).toBe(true);
    expect(member(last(watch([at(DOWN)], {}, newFrigateMemory(['a']))), 'a')?.worked).toBe(true);
  });

  it('has not worked with settings that are new', () => {
    const moved = {
      cameras: { a: { enabled: true, ffmpeg: { inputs: [{ path: 'rtsp://elsewhere' }] } }, b: { enabled: true } },
    };
    const both = config({ a: true, b: true });
    expect(member(last(watch([at(UP, 0, { config: both }), at(DOWN, 15, { config: both })])), 'a')?.worked).toBe(true);
    expect(member(last(watch([at(UP, 0, { config: both }), at(DOWN, 15, { config: moved })])), 'a')?.worked).toBe(
      false,
    );
    expect(member(last(watch([at(UP), at(DOWN, 15, { config: moved })])), 'a')?.worked).toBe(true);
  });

  it('is not forgotten while the view of it is lost, so that its incident is not taken for solved', () => {
    const seen = last(watch([at(UP), { stats: failure('timeout') }, at({}, 30)]));
    expect(seen.looked.members.map((one) => one.id)).toEqual(['a', 'b']);
  });

  it('is forgotten when the configuration names it no more, or after a day', () => {
    const gone = last(watch([at(UP), at({ b: camera(5, 5, 0, 0) }, 15, { config: config({ b: true }) })]));
    expect(gone.looked.members.map((one) => one.id)).toEqual(['b']);
    const old = watch([at(UP), at({ b: camera(5, 5, 0, 0) }, 86_399), at({ b: camera(5, 5, 0, 0) }, 2 * 86_399)], {
      every: 86_399,
    });
    expect(old.map((seen) => seen.looked.members.length)).toEqual([2, 2, 1]);
  });

  it.each([
    ['its live state is off', { enabled: false, enabled_in_config: true }, 'disabled'],
    ['its file has it off', { enabled: true, enabled_in_config: false }, 'disabled'],
    ['it is on', { enabled: true }, true],
    ['nobody says', {}, true],
  ])('votes or not when %s', (_, settings, votes) => {
    expect(member(last(watch([at(UP, 0, { config: { cameras: { a: settings } } })])), 'a')?.votes).toBe(votes);
  });

  it('is ignored by an option, whatever else it is', () => {
    const off = { config: config({ a: false }) };
    expect(member(last(watch([at(UP, 0, off)], { camerasIgnored: ['a'] })), 'a')?.votes).toBe('ignored');
  });

  it('is no longer held to be switched off after a restart with settings that nobody could read', () => {
    const restarted = { ...stats(UP, { after: 15 }), service: { uptime: 70 } };
    const seen = watch([at(UP, 0, { config: config({ a: false }) }), { stats: restarted }]);
    expect(seen.map((one) => member(one, 'a')?.votes)).toEqual(['disabled', true]);
  });
});
