import { describe, expect, it } from 'vitest';
import { forget, keepEvents } from '../../../../src/targets/frigate/log/kept.ts';
import type { Counted, LogEvent, LogMemory } from '../../../../src/targets/frigate/log/types.ts';

const event = (at: number, pattern = 'keep_up', member: string | null = null, count = 1): LogEvent => ({
  at,
  pattern,
  member,
  count,
  text: 'x',
});

const sum = (times: Counted | undefined): number => (times ?? []).reduce((total, [, count]) => total + count, 0);
const DAY = 86_400;

describe('counts that are kept', () => {
  it('are filed under the pattern, and under its member too', () => {
    const kept = keepEvents({}, [event(10, 'keep_up', 'yard', 2), event(20), event(30, 'stuck')]);
    expect(kept).toEqual({
      keep_up: [
        [10, 2],
        [20, 1],
      ],
      'keep_up/yard': [[10, 2]],
      stuck: [[30, 1]],
    });
  });

  it('stand in order though events come late, and have one entry for one time', () => {
    const kept = keepEvents(keepEvents({}, [event(10), event(30)]), [event(30, 'keep_up', null, 4), event(20)]);
    expect(kept.keep_up).toEqual([
      [10, 1],
      [20, 1],
      [30, 5],
    ]);
  });

  it('are the same object where nothing came, so that nothing is saved anew', () => {
    const kept = keepEvents({}, [event(10)]);
    expect(keepEvents(kept, [])).toBe(kept);
    expect(forget(kept, 20, null)).toBe(kept);
  });

  it('grow coarse rather than many: the sum stays, and so do the latest hundred', () => {
    let kept: LogMemory['kept'] = {};
    for (let at = 0; at < 5000; at += 1) kept = keepEvents(kept, [event(at, 'detector_error', null, 17)]);
    const times = kept.detector_error ?? [];
    expect(times.length).toBeLessThanOrEqual(300);
    expect(sum(times)).toBe(5000 * 17);
    expect(times.slice(-100)).toEqual(Array.from({ length: 100 }, (_, n) => [4900 + n, 17]));
    expect(times.map(([at]) => at)).toEqual(times.map(([at]) => at).toSorted((a, b) => a - b));
  });

  it('grow coarse at once, too, also where one stays without a neighbour', () => {
    const kept = keepEvents(
      {},
      Array.from({ length: 1000 }, (_, at) => event(at)),
    );
    expect(kept.keep_up?.length).toBeLessThanOrEqual(300);
    expect(sum(kept.keep_up)).toBe(1000);
    expect(
      sum(
        keepEvents(
          {},
          Array.from({ length: 301 }, (_, at) => event(at)),
        ).keep_up,
      ),
    ).toBe(301);
  });

  it('are of at most 400 kinds: of members those go that were silent longest, and no total', () => {
    const events = Array.from({ length: 600 }, (_, at) => event(at, 'no_frames', `camera ${at}`));
    const kept = keepEvents(keepEvents({}, [event(0, 'stuck')]), events);
    expect(Object.keys(kept)).toHaveLength(400);
    expect(sum(kept.no_frames)).toBe(600);
    expect(kept['no_frames/camera 0']).toBeUndefined();
    expect(kept['no_frames/camera 599']).toEqual([[599, 1]]);
    expect(sum(kept.stuck)).toBe(1);
  });

  it('are forgotten after a day, entry by entry', () => {
    const kept = keepEvents({}, [event(0), event(50), event(10, 'stuck')]);
    expect(forget(kept, DAY + 20, null)).toEqual({ keep_up: [[50, 1]] });
    // To the second, also where an older one beside it goes.
    expect(forget(kept, DAY + 50, null)).toEqual({ keep_up: [[50, 1]] });
  });

  it('are void after a restart, but for what outlives a run', () => {
    const kept = keepEvents({}, [
      event(10, 'keep_up', 'yard'),
      event(30),
      event(10, 'stuck'),
      event(10, 'exited', 'a'),
    ]);
    expect(forget(kept, 40, 20)).toEqual({
      keep_up: [[30, 1]],
      stuck: [[10, 1]],
      exited: [[10, 1]],
      'exited/a': [[10, 1]],
    });
    expect(forget(kept, 40, 10)).toBe(kept);
  });
});
