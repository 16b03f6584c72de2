import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/rules/types.ts';
import { processChecks } from '../../../../src/targets/frigate/checks/processes.ts';
import { ask, camera, config, failure, last, payload, type Said, stats, watch, watchCase } from '../watching.ts';

const PIDS = [296, 300, 301, 302, 310, 311, 312, 240, 241];
const without = (...gone: readonly number[]) => PIDS.filter((pid) => !gone.includes(pid));

type Row = Record<string, unknown>;
const figures = (a: Row, b: Row = camera(5, 5, 0, 1)) => ({
  a: { ...a, pid: 300, capture_pid: 301, ffmpeg_pid: 302 },
  b: { ...b, pid: 310, capture_pid: 311, ffmpeg_pid: 312 },
});
const saying = (
  pids: readonly number[],
  changes: Row & { after?: number } = {},
  a: Row = camera(5, 5, 0, 1),
): Said => ({
  stats: stats(figures(a), {
    processes: { recording: { pid: 240 }, review_segment: { pid: 241 } },
    cpu_usages: Object.fromEntries(pids.map((pid) => [pid, {}])),
    ...changes,
  }),
});

describe('process_dead', () => {
  const dead = (said: Said, member: string | null, changes: Parameters<typeof watch>[1] = {}) =>
    ask(processChecks, 'process_dead', last(watch([said], changes)).facts, member);

  it.each<[string, Said, string | null, Answer]>([
    ['all are listed', saying(PIDS), 'a', 'ok'],
    ['all are listed, the recording one too', saying(PIDS), null, 'ok'],
    ['the one that takes frames is not', saying(without(301)), 'a', 'bad'],
    ['the one that takes frames is not, and no ffmpeg', saying(without(301, 302)), 'a', 'bad'],
    ['the one that looks at frames is not', saying(without(300)), 'a', 'bad'],
    ['another camera loses one', saying(without(311)), 'a', 'ok'],
    ['a camera loses one, and recording goes on', saying(without(311)), null, 'ok'],
    ['the recording one is not', saying(without(240)), null, 'bad'],
    ['the recording one is not, and cameras go on', saying(without(240)), 'a', 'ok'],
    ['only ffmpeg is not, as between two attempts', saying(without(302)), 'a', 'ok'],
    ['the list is empty', saying([]), 'a', 'unknown'],
    ['the list is empty, for recording too', saying([]), null, 'unknown'],
    ['there is no list', saying(PIDS, { cpu_usages: undefined }), 'a', 'unknown'],
    ['no recording process is named', saying(PIDS, { processes: {} }), null, 'not_observed'],
    ['it is switched off', { ...saying(without(301)), config: config({ a: false, b: true }) }, 'a', 'not_observed'],
    ['it is on', { ...saying(without(301)), config: config({ a: true, b: true }) }, 'a', 'bad'],
    ['Frigate has just started', saying(without(301), { service: { uptime: 30 } }), 'a', 'unknown'],
    ['Frigate has just started, recording too', saying(without(240), { service: { uptime: 30 } }), null, 'unknown'],
    ['there are no stats', { stats: failure('timeout') }, null, 'unknown'],
    ['nobody asks', { stats: null }, null, 'not_observed'],
    ['the layout is the old one', { stats: payload('002-coral-idle-healthy-v0121') }, null, 'not_observed'],
  ])('when %s', (_, said, member, answer) => {
    expect(dead(said, member).answer).toBe(answer);
  });

  it('is not asked of a camera that has no process, nor of one that an option ignores', () => {
    const none = { a: { ...camera(0, 0, 0, 0), pid: null, capture_pid: null }, b: camera(5, 5, 0, 1) };
    const said = { stats: stats(none, { cpu_usages: { 300: {}, 301: {}, 296: {} } }) };
    expect(dead(said, 'a').answer).toBe('not_observed');
    expect(dead(saying(without(301)), 'a', { camerasIgnored: ['a'] }).answer).toBe('not_observed');
  });

  it('says which process it is, and why it is held to be dead', () => {
    expect(dead(saying(without(301)), 'a')).toMatchObject({
      detail: 'Nothing of a has been seen{for}: the process that takes its frames is dead.',
      evidence: ['capture_pid 301 of a is not among the processes that run'],
    });
    expect(dead(saying(without(300, 301)), 'a')).toMatchObject({
      detail:
        'Nothing of a has been seen{for}: the process that takes its frames and the process that looks at its frames are dead.',
      evidence: [
        'capture_pid 301 of a is not among the processes that run',
        'pid 300 of a is not among the processes that run',
      ],
    });
    expect(dead(saying(without(240)), null)).toMatchObject({
      detail: 'The recording process has been dead{for}: nothing is recorded.',
      evidence: ['recording pid 240 is not among the processes that run'],
    });
  });

  it.each(readdirSync(new URL('../payloads/', import.meta.url)).filter((name) => name.endsWith('.json')))(
    'is not found in what users published: %s',
    (name) => {
      const { facts } = last(watch([{ stats: payload(name.replace('.json', '')) }]));
      const found = processChecks.flatMap((row) => row.look(facts));
      expect(found.filter(({ answer }) => answer === 'bad')).toEqual([]);
    },
  );
});

describe('process_hung', () => {
  const hung = (looks: readonly Said[]) => ask(processChecks, 'process_hung', last(watch(looks)).facts, 'a');
  const twice = (first: Row, second: Row, changes: Partial<Said> = {}): readonly Said[] => [
    { ...saying(PIDS, {}, first), ...changes },
    { ...saying(PIDS, { after: 15 }, second), ...changes },
  ];

  it.each<[string, readonly Said[], Answer]>([
    ['both figures are full and what is processed stands', twice(camera(5, 5, 5, 5), camera(5, 5, 5.1, 5)), 'bad'],
    ['there was one look only', [saying(PIDS, {}, camera(5, 5, 5, 5))], 'unknown'],
    ['the stats did not move', [saying(PIDS, {}, camera(5, 5, 5, 5)), saying(PIDS, {}, camera(5, 5, 5, 5))], 'unknown'],
    ['what is processed moves', twice(camera(5, 5, 5, 5), camera(5, 4.9, 5, 5)), 'ok'],
    ['the figures agree', twice(camera(5, 5, 0, 1), camera(5, 5, 0, 1)), 'ok'],
    ['the figures agree at the limit', twice(camera(5, 4, 3.5, 1), camera(5, 4, 3.5, 1)), 'ok'],
    ['the figures are just over the limit', twice(camera(5, 4, 3.6, 1), camera(5, 4, 3.6, 1)), 'bad'],
    ['all is skipped, as for a dead queue', twice(camera(5, 0.2, 4.8, 0), camera(5, 0.2, 4.8, 0)), 'ok'],
    ['the stream is ending and nothing is skipped', twice(camera(5, 5, 0, 1), camera(2, 5, 0, 1)), 'ok'],
    ['the stream is ending and little is skipped', twice(camera(5, 5, 1, 1), camera(2, 5, 1, 1)), 'ok'],
    ['no frames arrive any more', twice(camera(5, 5, 5, 5), camera(0, 5, 0, 5)), 'ok'],
    ['a figure is missing', twice(camera(5, 5, 5, 5), camera(5, 5, undefined, 5)), 'unknown'],
    [
      'it was not named before',
      [{ stats: stats({ b: camera(5, 5, 0, 1) }) }, saying(PIDS, { after: 15 }, camera(5, 5, 5, 5))],
      'unknown',
    ],
    [
      'detection is switched off',
      twice(camera(5, 5, 5, 5), { ...camera(5, 5, 5, 5), detection_enabled: 0 }),
      'not_observed',
    ],
    [
      'it is switched off',
      twice(camera(5, 5, 5, 5), camera(5, 5, 5, 5), { config: config({ a: false, b: true }) }),
      'not_observed',
    ],
  ])('when %s', (_, looks, answer) => {
    expect(hung(looks).answer).toBe(answer);
  });

  it('does not take a stream that ends, nor one without frames, for a recovery', () => {
    expect(hung(twice(camera(5, 5, 5, 5), camera(0, 5, 0, 5))).proves).toBe(false);
    expect(hung(twice(camera(5, 5, 5, 5), camera(5, 4.9, 5, 5))).proves).toBe(false);
    expect(hung(twice(camera(5, 5, 5, 5), camera(5, 5, 0, 5))).proves).toBeUndefined();
  });

  it('is found in the recorded Frigate whose process was stopped, in its second look, and of that camera only', () => {
    const seen = watchCase('camera-process-hung');
    const table = (facts: (typeof seen)[number]['facts']) =>
      processChecks.flatMap((row) => row.look(facts)).map(({ member, answer }) => [member, answer]);
    const rest = [
      [null, 'ok'],
      ['front', 'ok'],
      ['yard', 'ok'],
      ['gate', 'ok'],
    ];
    expect(seen.map(({ facts }) => table(facts))).toEqual([
      [...rest, ['front', 'ok'], ['yard', 'unknown'], ['gate', 'ok']],
      [...rest, ['front', 'ok'], ['yard', 'bad'], ['gate', 'ok']],
    ]);
    expect(ask(processChecks, 'process_hung', last(seen).facts, 'yard')).toMatchObject({
      detail: 'The process that looks at the frames of yard has stood still{for}: every frame is skipped.',
      threshold: 'processed and skipped over 1.5 × what arrives',
      evidence: ['process_fps stands at 5.0, skipped_fps 5.1, camera_fps 5.1'],
    });
  });

  it.each([
    'healthy',
    'stuck-detector',
    'orphaned-queue',
    'slow-detector-500ms',
    'one-camera-down-refused',
    'api-restart',
    'camera-disabled-at-runtime',
  ])('finds no dead and no hung process in the recording %s', (name) => {
    const found = watchCase(name).flatMap(({ facts }) => processChecks.flatMap((row) => row.look(facts)));
    expect(found.filter(({ answer }) => answer === 'bad')).toEqual([]);
  });
});
