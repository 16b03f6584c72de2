import { describe, expect, it } from 'vitest';
import { healingOf } from '../../../../src/targets/frigate/follow/healing.ts';
import { FRIGATE_LIMITS } from '../../../../src/targets/frigate/settings.ts';
import { type Line, logged } from '../logging.ts';
import { START } from '../watching.ts';

const heal = (now: number, lines: readonly Line[], changes: { startedAt?: number; queueSince?: number } = {}) =>
  healingOf({
    now: START + now,
    at: START + now - 5,
    limits: FRIGATE_LIMITS,
    log: logged(lines, now, changes.startedAt === undefined ? {} : { startedAt: START + changes.startedAt }),
    badSince:
      changes.queueSince === undefined
        ? {}
        : { detector_queue: { since: START + changes.queueSince, seenAt: START + now - 15 } },
  }).map(({ layer, member, until }) => [layer, member, until - START]);

describe('what Frigate heals by itself', () => {
  /** TABLE: the lines, the look, and what is held back until when. */
  it.each<[string, number, readonly Line[], Parameters<typeof heal>[2], ReturnType<typeof heal>]>([
    ['nothing without a line', 10, [], {}, []],
    ['a detector from its first line on', 10, [[0, 'stuck']], {}, [['detector', null, 120]]],
    ['it for 120 s', 119, [[0, 'stuck']], {}, [['detector', null, 120]]],
    ['it no longer', 120, [[0, 'stuck']], {}, []],
    [
      'it not after a second line',
      51,
      [
        [0, 'stuck'],
        [50, 'stuck'],
      ],
      {},
      [],
    ],
    [
      'it again in another episode',
      610,
      [
        [0, 'stuck'],
        [600, 'stuck'],
      ],
      {},
      [['detector', null, 720]],
    ],
    ['it not by the line of an earlier run', 10, [[0, 'stuck']], { startedAt: 5 }, []],
    [
      'it while the queue looks dead for less than a minute',
      70,
      [[0, 'stuck']],
      { queueSince: 10 },
      [['detector', null, 120]],
    ],
    ['it not when the queue stays dead', 95, [[0, 'stuck']], { queueSince: 0 }, []],
    ['it even so until its replacement is there', 89, [[0, 'stuck']], { queueSince: -30 }, [['detector', null, 90]]],
    ['a camera whose ffmpeg crashed', 10, [[0, 'ffmpeg_crash', 'yard']], {}, [['camera', 'yard', 180]]],
    ['a camera that sent nothing', 10, [[0, 'no_frames', 'yard']], {}, [['camera', 'yard', 180]]],
    [
      'each camera by itself, from the first line of its episode on',
      170,
      [
        [0, 'ffmpeg_crash', 'yard'],
        [90, 'ffmpeg_crash', 'yard'],
        [160, 'no_frames', 'gate'],
      ],
      {},
      [
        ['camera', 'gate', 340],
        ['camera', 'yard', 180],
      ],
    ],
    [
      'a camera not that fails for longer',
      190,
      [
        [0, 'ffmpeg_crash', 'yard'],
        [100, 'ffmpeg_crash', 'yard'],
        [185, 'ffmpeg_crash', 'yard'],
      ],
      {},
      [],
    ],
  ])('is %s', (_, now, lines, changes, expected) => {
    expect(heal(now, lines, changes)).toEqual(expected);
  });
});
