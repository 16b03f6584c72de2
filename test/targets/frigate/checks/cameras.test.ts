import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/rules/types.ts';
import { cameraChecks } from '../../../../src/targets/frigate/checks/cameras.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import {
  answersTo,
  answerTable,
  ask,
  assess,
  camera,
  config,
  failure,
  findingOf,
  last,
  orderedAfter,
  type Said,
  START,
  stats,
  watch,
} from '../watching.ts';

const frames = (said: Said, known: readonly string[] = []) =>
  findingOf(last(watch([said], {}, newFrigateMemory(known))), 'camera_frames', 'a');

describe('camera_frames', () => {
  it.each<[string, Said, readonly string[], Answer]>([
    ['frames arrive', { stats: stats({ a: camera(5, 5, 0, 0) }) }, [], 'ok'],
    ['one frame a second arrives', { stats: stats({ a: camera(1, 1, 0, 0) }) }, [], 'ok'],
    ['a stalling stream passes through 0.7', { stats: stats({ a: camera(0.7, 5, 0, 0) }) }, [], 'bad'],
    ['a stalling stream passes through 0.1', { stats: stats({ a: camera(0.1, 5, 0, 0) }) }, [], 'bad'],
    ['none arrive, and it worked before', { stats: stats({ a: camera(0, 0, 0, 0) }) }, ['a'], 'bad'],
    ['none arrive, and old figures show that some did', { stats: stats({ a: camera(0, 15.1, 0, 0.5) }) }, [], 'bad'],
    ['none arrive, and nobody knows whether it is on', { stats: stats({ a: camera(0, 0, 0, 0) }) }, [], 'unknown'],
    ['none arrive, and it is on', { stats: stats({ a: camera(0, 0, 0, 0) }), config: config({ a: true }) }, [], 'bad'],
    [
      'it is switched off',
      { stats: stats({ a: camera(0, 0, 0, 0) }), config: config({ a: false }) },
      ['a'],
      'not_observed',
    ],
    ['it has no process any more', { stats: stats({ a: { ...camera(0, 0, 0, 0), pid: null } }) }, ['a'], 'unknown'],
    [
      'it has no process, and only old figures',
      { stats: stats({ a: { ...camera(0, 5, 0, 1), pid: null } }) },
      [],
      'unknown',
    ],
    ['the figure is missing', { stats: stats({ a: { process_fps: 5 } }) }, ['a'], 'unknown'],
    ['the figure is an empty text', { stats: stats({ a: camera('', 0, 0, 0) }) }, ['a'], 'unknown'],
    ['the figure is a number as text', { stats: stats({ a: camera('0.0', 0, 0, 0) }) }, ['a'], 'bad'],
    ['there are no stats', { stats: failure('timeout') }, ['a'], 'unknown'],
    [
      'the stats do not name it',
      { stats: stats({ b: camera(5, 5, 0, 0) }), config: config({ a: true }) },
      [],
      'unknown',
    ],
    [
      'Frigate has just started',
      { stats: { ...stats({ a: camera(0, 0, 0, 0) }), service: { uptime: 0 } } },
      ['a'],
      'unknown',
    ],
  ])('when %s', (_, said, known, answer) => {
    expect(frames(said, known).answer).toBe(answer);
  });

  it('says of a camera that never worked that it never did', () => {
    const said = { stats: stats({ a: camera(0, 0, 0, 0) }), config: config({ a: true }) };
    expect(frames(said).detail).toBe('a has sent no frames; it was never seen to work with these settings.');
    expect(frames(said, ['a']).detail).toBe('a has sent no frames.');
  });

  it('does not ask a camera that an option ignores', () => {
    const seen = last(
      watch([{ stats: stats({ a: camera(0, 0, 0, 0), b: camera(5, 5, 0, 0) }) }], { camerasIgnored: ['a'] }),
    );
    expect(answerTable(seen, 'camera_frames')).toEqual({ a: 'not_observed', b: 'ok' });
    expect(seen.looked.members).toContainEqual({
      kind: 'camera',
      id: 'a',
      votes: 'ignored',
      worked: false,
      reachable: null,
    });
  });

  it('tells a camera that may be switched off from one that was never seen', () => {
    const off = { stats: stats({ a: { ...camera(0, 5, 0, 1), pid: null } }) };
    expect(frames(off).detail).toMatch(/never seen to/);
    expect(frames(off, ['a']).detail).toMatch(/has no process/);
  });

  it('passes over a debug replay', () => {
    const seen = last(watch([{ stats: stats({ _replay_a: camera(0, 0, 0, 0), b: camera(5, 5, 0, 0) }) }]));
    expect(answerTable(seen, 'camera_frames')).toEqual({ b: 'ok' });
  });

  it('asks itself once, without a name, where no camera is known', () => {
    expect(answerTable(last(watch([{ stats: stats({}) }])), 'camera_frames')).toEqual({ '': 'unknown' });
  });
});

describe('a camera that falls silent', () => {
  const up = { a: camera(5, 5, 0, 1), b: camera(5, 5, 0, 1) };
  const down = { a: camera(0, 0, 0, 0), b: camera(5, 5, 0, 1) };
  const on = config({ a: true, b: true });
  const forbidden = failure('status', { status: 403 });
  const at = (cameras: typeof up, after: number, said: unknown): Said => ({
    stats: stats(cameras, { after }),
    ...(said === undefined ? {} : { config: said }),
  });
  const answersOf = (rows: readonly [typeof up, unknown][]) =>
    answersTo(watch(rows.map(([cameras, said], k) => at(cameras, k * 15, said))), 'camera_frames', 'a');

  it.each<[string, readonly [typeof up, unknown][], readonly Answer[]]>([
    [
      'may be off when nobody may read it',
      [
        [up, forbidden],
        [down, undefined],
        [down, forbidden],
      ],
      ['ok', 'unknown', 'unknown'],
    ],
    [
      'may be off until it is read again',
      [
        [up, on],
        [down, undefined],
        [down, on],
        [down, undefined],
      ],
      ['ok', 'unknown', 'bad', 'bad'],
    ],
    [
      'fails at once when it was read with it',
      [
        [up, on],
        [down, on],
      ],
      ['ok', 'bad'],
    ],
    [
      'may be off when the last question failed',
      [
        [up, on],
        [down, on],
        [down, failure('timeout')],
      ],
      ['ok', 'bad', 'unknown'],
    ],
    [
      'fails when it can be read again',
      [
        [up, on],
        [down, failure('timeout')],
        [down, on],
      ],
      ['ok', 'unknown', 'bad'],
    ],
    [
      'begins anew after frames',
      [
        [up, on],
        [down, on],
        [up, undefined],
        [down, undefined],
      ],
      ['ok', 'bad', 'ok', 'unknown'],
    ],
    [
      'is off when that can be read',
      [
        [up, on],
        [down, config({ a: false, b: true })],
      ],
      ['ok', 'not_observed'],
    ],
    [
      'fails where nobody asks for the configuration',
      [
        [up, undefined],
        [down, undefined],
      ],
      ['ok', 'bad'],
    ],
  ])('%s', (_, rows, answers) => {
    expect(answersOf(rows)).toEqual(answers);
  });

  it('has the configuration asked for at once, and soon again while it cannot be read', () => {
    const due = (...rows: readonly [typeof up, unknown][]) =>
      last(watch(rows.map(([cameras, said], k) => at(cameras, k * 15, said)))).memory.configDue;
    expect(due([up, on])).toBe('later');
    expect(due([up, on], [down, undefined])).toBe('now');
    expect(due([up, on], [down, on])).toBe('soon');
    expect(due([up, on], [down, failure('timeout')])).toBe('soon');
    expect(due([up, failure('timeout')])).toBe('soon');
    expect(due([down, config({ a: false, b: true })], [down, undefined])).toBe('later');
  });

  it('does not fail with what was read before Frigate started anew', () => {
    const young = { ...stats(down, { after: 15 }), service: { uptime: 70, last_updated: START + 15 } };
    const seen = watch([at(up, 0, on), { stats: young }]);
    expect(answersTo(seen, 'camera_frames', 'a')).toEqual(['ok', 'unknown']);
  });
});

describe('camera_skipping', () => {
  it.each<[string, Record<string, unknown>, Answer]>([
    ['nothing is skipped', camera(5, 5, 0, 0), 'ok'],
    ['exactly four fifths are', camera(5, 1, 4, 0), 'ok'],
    ['more are', camera(5, 1, 4.1, 0), 'bad'],
    ['more than all are', camera(5, 0.1, 5.1, 0), 'bad'],
    ['no frames arrive', camera(0.5, 0, 0.5, 0), 'ok'],
    ['nobody says', camera(5, 5, undefined, 0), 'unknown'],
    ['nobody says how many arrive', camera(undefined, 5, 5, 0), 'unknown'],
  ])('when %s', (_, said, answer) => {
    expect(answersTo(watch([{ stats: stats({ a: said }) }]), 'camera_skipping', 'a')).toEqual([answer]);
  });

  it('is unknown in 0.12, which counts none, where few frames are processed', () => {
    const old = (process: number) => ({ stats: { a: camera(5, process, 0, 0), detectors: {} } });
    expect(answersTo(watch([old(0.1), old(5)]), 'camera_skipping', 'a')).toEqual(['unknown', 'ok']);
  });
});

describe('the cameras together', () => {
  const day = (bad: number, of: number, after: number) =>
    stats(
      Object.fromEntries(
        Array.from({ length: of }, (_, i) => [`cam${i}`, i < bad ? camera(0, 5, 0, 0) : camera(5, 5, 0, 1)]),
      ),
      { after, inference: 20 + (after % 7) / 10 },
    );
  const days = (bad: number, of: number) =>
    watch(Array.from({ length: 20 }, (_, index) => ({ stats: day(index === 0 ? 0 : bad, of, index * 15) })));

  it.each([
    [1, 3, null],
    [2, 4, null],
    [3, 4, 'cameras'],
    [4, 4, 'cameras'],
  ])('lead to a restart when %i of %i are out only by majority', (bad, of, cause) => {
    const seen = days(bad, of);
    const orders = assess(seen).flatMap((decision) => decision.orders);
    expect(orders[0]?.cause?.check ?? null).toBe(cause);
    if (cause) expect(orderedAfter(seen, assess(seen))).toBe(210);
  });

  it.each<[string, (k: number) => unknown]>([
    ['never', () => failure('status', { status: 403 })],
    ['only before', (k) => (k === 0 ? config({ cam0: true, cam1: true, cam2: true, cam3: true }) : failure('timeout'))],
  ])('do not lead to a restart when it could %s be read whether somebody has switched them off', (_, said) => {
    const looks = Array.from({ length: 20 }, (_, k) => ({ stats: day(k < 3 ? 0 : 3, 4, k * 30), config: said(k) }));
    const seen = watch(looks, { every: 30 });
    expect(orderedAfter(seen, assess(seen))).toBeNull();
    expect(last(seen).looked.cannotSee[0]).toMatch(/nobody knows which cameras are switched off/);
  });

  it('lead to a restart one look later when it is read that they are on', () => {
    const on = config({ cam0: true, cam1: true, cam2: true, cam3: true });
    const looks = Array.from({ length: 20 }, (_, k) => ({
      stats: day(k === 0 ? 0 : 3, 4, k * 15),
      ...(k % 2 === 0 ? { config: on } : {}),
    }));
    const seen = watch(looks);
    expect(orderedAfter(seen, assess(seen))).toBe(225);
  });

  it('do not lead to a restart when they never worked with their settings', () => {
    const off = { a: camera(0, 0, 0, 0), b: camera(0, 0, 0, 0) };
    const looks = Array.from({ length: 30 }, (_, i) => ({
      stats: stats(off, { after: i * 15 }),
      config: config({ a: true, b: true }),
    }));
    const seen = watch(looks);
    const decisions = assess(seen);
    expect(orderedAfter(seen, decisions)).toBeNull();
    expect(last(decisions).vetoes.map((veto) => veto.guard)).toContain('never_worked');
  });
});

describe('camera_slow', () => {
  const slow = (cameras: Record<string, unknown>, said: unknown = config({ a: true })) =>
    ask(cameraChecks, 'camera_slow', last(watch([{ stats: stats({ a: cameras }), config: said }])).facts, 'a');

  it.each<[string, Record<string, unknown>, Answer]>([
    ['sends all that it should', camera(5, 5, 0, 1), 'ok'],
    ['sends half', camera(2.5, 2.5, 0, 1), 'ok'],
    ['sends less than half', camera(2.4, 2.4, 0, 1), 'bad'],
    ['sends hardly one', camera(1, 1, 0, 1), 'bad'],
    ['sends none, which is another fault', camera(0.9, 5, 0, 1), 'ok'],
    ['sends half of what its stream promises', { ...camera(5, 5, 0, 1), expected_fps: 10 }, 'ok'],
    ['sends less than half of what its stream promises', { ...camera(4.9, 4.9, 0, 1), expected_fps: 10 }, 'bad'],
    ['sends all that its stream promises, which is little', { ...camera(2, 2, 0, 1), expected_fps: 2 }, 'ok'],
    ['promises nothing', { ...camera(2, 2, 0, 1), expected_fps: 0 }, 'bad'],
    ['does not say', { process_fps: 5 }, 'unknown'],
  ])('of a camera that %s', (_, cameras, answer) => {
    expect(slow(cameras).answer).toBe(answer);
  });

  it('is not asked where nobody says how many there should be', () => {
    const settings = { cameras: { a: { enabled: true } } };
    expect(slow(camera(1, 1, 0, 1), settings).answer).toBe('not_observed');
  });

  it('does not take a camera that sends nothing for a good one', () => {
    expect(slow(camera(0, 5, 0, 1)).proves).toBe(false);
  });

  it('says by what, and what 0.18 thinks of the connection', () => {
    expect(slow({ ...camera(2, 2, 0, 1), connection_quality: 'poor' })).toMatchObject({
      detail: 'a has sent only 2.0 of 5.0 fps{for}.',
      threshold: 'under 50 % of 5.0 fps',
      evidence: ['camera_fps 2.0', 'Frigate calls its connection poor'],
    });
  });
});

describe('figures that stand still', () => {
  const PIDS = [296, 300, 301, 310, 311, 240];
  const at = (after: number, a: Record<string, unknown>, pids: readonly number[], said?: unknown): Said => ({
    stats: stats(
      {
        a: { ...a, pid: 300, capture_pid: 301, ffmpeg_pid: 302 },
        b: { ...camera(5, 5, 0, after), pid: 310, capture_pid: 311 },
      },
      { after, processes: { recording: { pid: 240 } }, cpu_usages: Object.fromEntries(pids.map((pid) => [pid, {}])) },
    ),
    ...(said === undefined ? {} : { config: said }),
  });
  const still = (pids: readonly number[], said?: unknown) => {
    const { facts } = last(watch([0, 15].map((after) => at(after, camera(5, 0.2, 4.8, 0), pids, said))));
    return ['camera_frames', 'camera_skipping'].map((check) => ask(cameraChecks, check, facts, 'a').answer);
  };

  it('may be of a camera that is switched off, when no ffmpeg runs for it', () => {
    expect(still(PIDS)).toEqual(['unknown', 'unknown']);
    expect(still([...PIDS, 302])).toEqual(['ok', 'bad']);
    expect(still(PIDS, config({ a: true, b: true }))).toEqual(['ok', 'bad']);
  });

  it('are believed of nobody whose capture process is dead', () => {
    const pids = PIDS.filter((pid) => pid !== 301);
    expect(still(pids, config({ a: true, b: true }))).toEqual(['unknown', 'unknown']);
  });
});
