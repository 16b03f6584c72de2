import { describe, expect, it } from 'vitest';
import { followFrom } from '../../../../src/targets/frigate/log/position.ts';
import type { LogPosition } from '../../../../src/targets/frigate/log/types.ts';

const stamp = (second: number): string => `2023-11-14T22:13:${String(second).padStart(2, '0')}.000000000Z`;

/** The seconds of the lines that are new. */
function read(after: LogPosition | null, seconds: readonly number[]) {
  const follower = followFrom(after);
  const fresh = seconds.filter((second) => follower.note(stamp(second)));
  return { fresh, position: follower.end(), gap: follower.gap() };
}

describe('where a reading goes on', () => {
  it('is the latest stamp, and how many lines bear it', () => {
    expect(read(null, [1, 2, 3, 3])).toEqual({
      fresh: [1, 2, 3, 3],
      position: { stamp: stamp(3), lines: 2 },
      gap: null,
    });
  });

  it('takes what came before as known, and of the same stamp as many lines as were read', () => {
    const { fresh, position, gap } = read({ stamp: stamp(3), lines: 2 }, [2, 3, 3, 3, 4]);
    expect(fresh).toEqual([3, 4]);
    expect(position).toEqual({ stamp: stamp(4), lines: 1 });
    expect(gap).toBeNull();
  });

  it('counts the lines of one stamp over readings', () => {
    expect(read({ stamp: stamp(3), lines: 2 }, [3, 3, 3]).position).toEqual({ stamp: stamp(3), lines: 3 });
  });

  it('is no further where nothing new came', () => {
    expect(read({ stamp: stamp(3), lines: 1 }, [3])).toMatchObject({ fresh: [], position: { lines: 1 } });
    expect(read({ stamp: stamp(3), lines: 1 }, [])).toEqual({ fresh: [], position: null, gap: null });
  });

  it('says that lines are missing where the last known one does not come again', () => {
    expect(read({ stamp: stamp(3), lines: 1 }, [5]).gap).toContain('missing');
    // It was set by a time, not by a line.
    expect(read({ stamp: stamp(3), lines: 0 }, [5]).gap).toBeNull();
  });

  it('keeps a line of a clock that was set back, once later ones are there', () => {
    expect(read({ stamp: stamp(3), lines: 1 }, [3, 5, 2]).fresh).toEqual([5, 2]);
    expect(read(null, [5, 2]).position).toEqual({ stamp: stamp(5), lines: 1 });
  });
});
