import { describe, expect, it } from 'vitest';
import { figuresOf } from '../src/figures.ts';
import type { MemberReading } from '../src/targets/target.ts';
import { camera, reading, view } from './publish/views.ts';

const cameras = (...figures: readonly [id: string, fps: number | null, skipped: number | null][]): MemberReading[] =>
  figures.map(([id, framesPerSecond, skippedRatio]) => reading('camera', id, { framesPerSecond, skippedRatio }));

const told = (members: readonly MemberReading[], off: readonly string[] = []) => figuresOf(withMembers(members, off));

function withMembers(members: readonly MemberReading[], off: readonly string[]) {
  const shown = view({ readings: { members, detectionRate: 3 }, state: { verdict: 'degraded' } });
  const voters = members
    .filter(({ kind }) => kind === 'camera')
    .map(({ id }) => camera(id, off.includes(id) ? { votes: 'disabled' } : {}));
  return { ...shown, looked: { ...shown.looked, members: voters } };
}

describe('the figures of a look', () => {
  it('are those of its detectors, its least camera, and all frames together', () => {
    const members = [
      ...cameras(['door', 5, 0.4], ['yard', 15, 0]),
      reading('detector', 'coral', { inferenceMs: 28 }),
      reading('detector', 'usb', { inferenceMs: null }),
    ];
    expect(told(members)).toEqual({
      verdict: 'degraded',
      inferenceMs: { coral: 28 },
      detectionRate: 3,
      leastFps: 5,
      skippedRatio: 0.1,
    });
  });

  it.each<[string, MemberReading[], number | null, number | null]>([
    ['no camera', [], null, null],
    ['cameras of which nothing is said', cameras(['door', null, null]), null, null],
    ['a camera that sends nothing', cameras(['door', 0, null], ['yard', 5, 0.2]), 0, 0.2],
    ['a camera that counts no skipped frames', cameras(['door', 5, null], ['yard', 5, 0.2]), 5, 0.2],
    ['cameras that send nothing at all', cameras(['door', 0, null]), 0, null],
  ])('of %s', (_what, members, leastFps, skippedRatio) => {
    expect(told(members)).toMatchObject({ leastFps, skippedRatio });
  });

  it('leave out a camera that is switched off', () => {
    expect(told(cameras(['door', 0, 0], ['yard', 5, 0.2]), ['door'])).toMatchObject({ leastFps: 5, skippedRatio: 0.2 });
  });
});
