import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/rules/types.ts';
import { detectorChecks } from '../../../../src/targets/frigate/checks/detector.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import type { LogAnswer } from '../../../../src/targets/frigate/log/types.ts';
import type { Line } from '../logging.ts';
import {
  answersTo,
  assess,
  camera,
  config,
  failure,
  findingOf,
  last,
  orderedAfter,
  type Said,
  type Seen,
  START,
  stats,
  watch,
} from '../watching.ts';

const lookAt = (rows: typeof detectorChecks, id: string, facts: SeenFacts) =>
  rows.find((row) => row.id === id)?.look(facts) ?? [];

const BUSY = { front: camera(5, 5, 0, 4) };
const IDLE = { front: camera(5, 5, 0, 0) };
const DEAD = { front: camera(5, 0.2, 4.8, 0), yard: camera(5.1, 0.2, 4.9, 0) };

const speedOf = (...looks: readonly Said[]) => findingOf(last(watch(looks)), 'detector_speed', 'coral');
const at = (inference: unknown, cameras: Record<string, Record<string, unknown>> = BUSY, after = 0) => ({
  stats: stats(cameras, { inference, after }),
});

describe('detector_speed', () => {
  /** TABLE: traps of inference_speed in one look. */
  it.each<[string, Said, Answer, RegExp]>([
    ['quick', at(28), 'ok', /28.0 ms/],
    ['slow while detections go on', at(500), 'bad', /500 ms for one inference \(limit 100 ms\)/],
    ['exactly 10.0, which is the start value', at(10), 'unknown', /start value/],
    ['10, as an integer, with detections elsewhere', at(10, BUSY), 'unknown', /no inference yet/],
    ['slow, but nothing is detected now', at(500, IDLE), 'unknown', /nothing is being detected/],
    [
      'slow, and the only detections are an old figure of a dead stream',
      at(500, { a: camera(0, 5, 0, 6) }),
      'unknown',
      /nothing/,
    ],
    ['nonsense after a hang', at(925_228_174.52), 'unknown', /nonsense/],
    ['just over a minute', at(60_001), 'unknown', /nonsense/],
    ['text', at('500'), 'bad', /500 ms/],
    ['NaN as text', at('NaN'), 'unknown', /says nothing/],
    ['missing', { stats: { ...stats(BUSY), detectors: { coral: { pid: 1 } } } }, 'unknown', /says nothing/],
  ])('of a detector that is %s', (_, said, answer, detail) => {
    expect(speedOf(said)).toMatchObject({ answer, detail: expect.stringMatching(detail) });
  });

  it('is unknown while the mean stands still for want of detections, and bad when it moves with them', () => {
    expect(speedOf(at(162, BUSY), at(162, IDLE, 15))).toMatchObject({
      answer: 'unknown',
      detail: /stands still|at 162/,
    });
    expect(speedOf(at(28, IDLE), at(28, IDLE, 15)).detail).toBe(
      'The mean of detector coral stands still at 28 ms, because nothing is detected.',
    );
    expect(speedOf(at(28, IDLE), at(28.3, IDLE, 15)).answer).toBe('ok');
    expect(speedOf(at(500, BUSY), at(500, BUSY, 15)).answer).toBe('bad');
  });

  it('keeps its last good answer, with the time of then, while the mean stands still in a quiet house', () => {
    const ask = (every: number, ...looks: Said[]) =>
      watch(looks, { every }).map((seen) => {
        const { answer, at: time, proves } = findingOf(seen, 'detector_speed', 'coral');
        return [answer, time - START + 5, proves ?? true];
      });
    const busy = (ms: number, after: number) => at(ms, BUSY, after);
    const quiet = (ms: number, after: number) => at(ms, IDLE, after);
    expect(ask(15, busy(20, 0), busy(21, 15), quiet(21, 30), quiet(21, 45), busy(22, 60))).toEqual([
      ['ok', 0, true],
      ['ok', 15, true],
      ['ok', 15, true],
      ['ok', 15, true],
      ['ok', 60, true],
    ]);
    const slow = ask(15, busy(500, 0), quiet(500, 15), quiet(500, 30));
    expect(slow.map(([answer]) => answer)).toEqual(['bad', 'unknown', 'unknown']);
    const gap = ask(91, busy(20, 0), quiet(20, 91), quiet(20, 182));
    expect(gap.map(([answer]) => answer)).toEqual(['ok', 'unknown', 'unknown']);
    const blind = ask(30, busy(20, 0), ...Array(4).fill({ stats: failure('timeout') }), quiet(20, 150), quiet(20, 180));
    expect(blind.slice(5).map(([answer]) => answer)).toEqual(['unknown', 'unknown']);
    const lost = { stats: { ...stats(BUSY, { after: 15 }), detectors: { coral: {} } } };
    expect(ask(15, busy(500, 0), lost, quiet(50, 30), quiet(50, 45)).slice(2)).toEqual([
      ['ok', 30, false],
      ['unknown', 45, true],
    ]);
  });

  it('is resolved after it flapped, though the house is quiet most of the time, and not by quiet alone', () => {
    const house = (isBusy: (k: number) => boolean) =>
      watch(
        Array.from({ length: 300 }, (_, k) => {
          const isSlow = k < 10 || (k >= 40 && k < 50);
          const inference = isSlow ? 500 + (k % 7) : isBusy(k) ? 20 + (k % 7) / 10 : 20.3;
          return { stats: stats({ a: camera(5, 5, 0, isSlow || isBusy(k) ? 3 : 0) }, { after: k * 30, inference }) };
        }),
        { every: 30 },
      );
    const open = (isBusy: (k: number) => boolean) =>
      last(assess(house(isBusy))).state.incidents.filter(({ status }) => status === 'open').length;
    expect(open((k) => k < 60 || k % 10 < 2)).toBe(0);
    expect(open((k) => k < 60)).toBe(1);
  });

  it('lets a mean that falls come down by itself', () => {
    expect(speedOf(at(300), at(240, BUSY, 15))).toMatchObject({
      answer: 'unknown',
      detail: expect.stringContaining('falling'),
    });
    // One good inference takes a tenth of the old mean away: what may be no more than that proves nothing.
    expect(speedOf(at(300), at(280, BUSY, 15)).answer).toBe('unknown');
    expect(speedOf(at(300), at(281, BUSY, 15)).answer).toBe('bad');
    expect(speedOf(at(500), at(500, BUSY, 15)).answer).toBe('bad');
  });

  it('compares with other evidence only, never with the same stats seen twice', () => {
    expect(speedOf(at(162, BUSY), at(162, BUSY)).answer).toBe('bad');
    const seen = watch([at(28, IDLE), at(28, IDLE)]);
    expect(answersTo(seen, 'detector_speed', 'coral')).toEqual(['ok', 'ok']);
    expect(findingOf(last(seen), 'detector_speed', 'coral').proves).toBe(false);
  });

  it.each([
    ['cpu', 'coral', 250, 'ok'],
    ['cpu', 'coral', 301, 'bad'],
    ['openvino', 'coral', 101, 'bad'],
    ['edgetpu', 'coral', 99, 'ok'],
  ])('has the limit of its type %s', (type, _, inference, answer) => {
    const said = { stats: stats(BUSY, { inference }), config: config({ front: true }, type) };
    expect(speedOf(said).answer).toBe(answer);
  });

  it('takes a detector for a CPU by its name only where the type is not known', () => {
    const said = { ...stats(BUSY), detectors: { cpu1: { inference_speed: 200 }, ov: { inference_speed: 200 } } };
    const seen = last(watch([{ stats: said }]));
    expect(findingOf(seen, 'detector_speed', 'cpu1').answer).toBe('ok');
    expect(findingOf(seen, 'detector_speed', 'ov').answer).toBe('bad');
    const known = { cameras: {}, detectors: { cpu1: { type: 'edgetpu' } } };
    expect(findingOf(last(watch([{ stats: said, config: known }])), 'detector_speed', 'cpu1').answer).toBe('bad');
  });

  it('asks each detector, keeps asking in the dark, and lets go of one that was taken away', () => {
    const two = { ...stats(BUSY), detectors: { a: { inference_speed: 500 }, b: { inference_speed: 9 } } };
    const one = { ...stats(BUSY, { after: 30 }), detectors: { b: { inference_speed: 9.1 } } };
    const seen = watch([{ stats: two }, { stats: failure('timeout') }, { stats: one }]);
    expect(answersTo(seen, 'detector_speed', 'a')).toEqual(['bad', 'unknown', 'ok']);
    expect(answersTo(seen, 'detector_speed', 'b')).toEqual(['ok', 'unknown', 'ok']);
  });
});

describe('detector_queue', () => {
  const queue = (...looks: readonly Said[]) => answersTo(watch(looks), 'detector_queue');
  const dead = (after: number, changes: Record<string, unknown> = {}): Said => ({
    stats: stats(DEAD, { after, ...changes }),
  });

  it.each<[string, Record<string, Record<string, unknown>>, Answer]>([
    ['every camera skips nearly all and nothing is detected', DEAD, 'bad'],
    ['the only camera does', { front: camera(5, 0.2, 4.8, 0) }, 'bad'],
    ['one camera gets through', { ...DEAD, gate: camera(5, 5, 0, 0) }, 'ok'],
    ['something is detected', { front: camera(5, 0.2, 4.8, 0.7) }, 'ok'],
    ['a tenth gets through', { front: camera(5, 0.6, 4.4, 0) }, 'ok'],
    ['few are skipped, yet few processed', { front: camera(5, 0.2, 2, 0) }, 'unknown'],
    ['a figure is missing', { front: camera(5, undefined, 4.8, 0) }, 'unknown'],
    ['nobody says what is detected', { front: camera(5, 0.2, 4.8, undefined) }, 'unknown'],
    ['no frames arrive, and old figures stand', { front: camera(0, 5, 0, 4) }, 'ok'],
    ['a camera with frozen figures seems to get through', { ...DEAD, hung: camera(5, 5, 5, 5) }, 'bad'],
    [
      'a camera that does not detect gets through',
      { ...DEAD, off: { ...camera(5, 5, 0, 0), detection_enabled: false } },
      'bad',
    ],
    ['there is no camera', {}, 'unknown'],
  ])('when %s', (_, cameras, answer) => {
    expect(queue({ stats: stats(cameras) })).toEqual([answer]);
  });

  it('does not prove recovery while no frames arrive', () => {
    const seen = last(watch([{ stats: stats({ front: camera(0.7, 0, 0, 0) }) }]));
    expect(findingOf(seen, 'detector_queue')).toMatchObject({ answer: 'ok', proves: false });
  });

  it('leaves out a camera that is switched off, whose good figures are frozen', () => {
    const cameras = { ...DEAD, off: camera(5, 5, 0, 5) };
    expect(queue({ stats: stats(cameras), config: config({ front: true, yard: true, off: false }) })).toEqual(['bad']);
    expect(queue({ stats: stats(cameras) })).toEqual(['ok']);
  });

  it('is unknown while inferences are finished, and bad again when they stop', () => {
    expect(queue(dead(0), dead(15, { inference: 5000 }), dead(30, { inference: 5000 }))).toEqual([
      'bad',
      'unknown',
      'bad',
    ]);
  });

  it('is unknown while one process takes new work, and bad when each new process takes only one', () => {
    const inflight = (after: number, pid: number, start: number) => dead(after, { pid, start: START + start });
    expect(queue(inflight(0, 1, 0), inflight(15, 1, 14))).toEqual(['bad', 'unknown']);
    expect(queue(inflight(0, 1, 0), inflight(15, 1, 0), dead(30, { pid: 1 }), inflight(45, 2, 44))).toEqual(
      Array(4).fill('bad'),
    );
  });

  it('does not lead to a restart by a hang of 22 s that recovers', () => {
    const well = (after: number) => at(20 + after / 100, BUSY, after);
    const seen = watch([well(0), well(15), dead(30), dead(45), well(60), well(75), well(90), well(105)]);
    expect(answersTo(seen, 'detector_queue').filter((answer) => answer === 'bad')).toHaveLength(2);
    expect(orderedAfter(seen, assess(seen))).toBeNull();
  });

  it('leads to a restart within 150 s at an interval of 30 s', () => {
    const looks = Array.from({ length: 6 }, (_, index) => dead(index * 30));
    const seen = watch(looks, { every: 30 });
    expect(orderedAfter(seen, assess(seen))).toBe(60);
  });

  it('is unknown for a minute after USB transfers failed, and dated from its first sign after that', () => {
    const log = (at: number, ...lines: readonly Line[]): LogAnswer => {
      const events = lines.map(([after, pattern]) => ({
        at: START + after,
        pattern,
        member: null,
        count: 1,
        text: '',
      }));
      const rest = { position: null, lines: 0, bytes: 0, firstAt: null, lastAt: null, isCut: false, skipped: null };
      const current = { ok: true as const, value: { events, ...rest }, status: 200, serverTime: null };
      return { at: START + at, run: 'run-1', current, previous: null };
    };
    const looks = Array.from({ length: 8 }, (_, k): Said => {
      const after = k * 15;
      return { ...dead(after), log: k === 1 ? log(after, [10, 'usb_error'], [10, 'tpu_found']) : log(after) };
    });
    const seen = watch(looks);
    expect(answersTo(seen, 'detector_queue')).toEqual(['bad', ...Array(4).fill('unknown'), ...Array(3).fill('bad')]);
    expect(findingOf(seen[5] as Seen, 'detector_queue').since).toBe(START - 5);
    expect(orderedAfter(seen, assess(seen))).toBe(75);
  });

  it('is unknown in 0.12, which counts no skipped frames, until it was seen to count one', () => {
    const old = (skipped: number, process: number) => ({
      stats: { front: camera(5, process, skipped, 0), service: { uptime: 9000 } },
    });
    expect(queue(old(0, 0.1))).toEqual(['unknown']);
    expect(queue(old(0, 5))).toEqual(['ok']);
    expect(queue(old(4.9, 0.1))).toEqual(['bad']);
  });

  it('shows a few cameras and the mean as evidence', () => {
    const { evidence } = findingOf(last(watch([dead(0)])), 'detector_queue');
    expect(evidence).toEqual([
      'front: 0.2 of 5.0 fps processed, 4.8 skipped',
      'yard: 0.2 of 5.1 fps processed, 4.9 skipped',
      'coral inference_speed stands at 20 ms',
    ]);
  });
});

describe('overload', () => {
  const load = (cameras: Record<string, Record<string, unknown>>, inference: unknown) =>
    findingOf(last(watch([{ stats: stats(cameras, { inference }) }])), 'overload');

  it.each<[string, Record<string, Record<string, unknown>>, unknown, Answer]>([
    ['28 ms, 78 % skipped, 28 detections a second', { a: camera(20, 4.4, 15.6, 28) }, 28, 'bad'],
    ['500 ms, 80 % skipped: the detector is slow', { a: camera(5, 1, 4, 2) }, 500, 'ok'],
    ['nothing skipped at full work', { a: camera(5, 5, 0, 35) }, 28, 'ok'],
    ['exactly a fifth skipped', { a: camera(5, 4, 1, 35) }, 28, 'ok'],
    ['40 % skipped, hardly anything detected: not the detector', { a: camera(25, 15, 10, 2) }, 10.5, 'ok'],
    ['40 % skipped, start value', { a: camera(25, 15, 10, 16.8) }, 10, 'unknown'],
    ['skipped not told', { a: camera(5, 5, undefined, 4) }, 28, 'unknown'],
  ])('with %s', (_, cameras, inference, answer) => {
    expect(load(cameras, inference).answer).toBe(answer);
  });

  it('is it, too, where the host is so slow that most frames of every camera are skipped, though some get through', () => {
    const starved = (process: number, skipped: number) =>
      at(28, { a: camera(20, process, skipped, 6), b: camera(20, process, skipped, 6) });
    expect(findingOf(last(watch([starved(2.8, 17.2)])), 'overload')).toMatchObject({
      answer: 'bad',
      detail: expect.stringContaining('the processor'),
    });
    expect(findingOf(last(watch([starved(4, 16)])), 'overload').answer).toBe('ok');
    expect(findingOf(last(watch([starved(1.9, 18.1)])), 'overload').answer).toBe('ok');
  });

  it('is not told while a mean that is coming down hides how much the detectors can do', () => {
    const busy = (inference: number, after: number) => at(inference, { a: camera(20, 4, 16, 10) }, after);
    expect(answersTo(watch([busy(300, 0), busy(200, 15)]), 'overload')).toEqual(['ok', 'unknown']);
    expect(answersTo(watch([busy(99, 0), busy(105, 15), busy(99, 30)]), 'overload')).toEqual(['bad', 'ok', 'bad']);
  });

  it('counts all detectors together', () => {
    const detectors = { a: { inference_speed: 28 }, b: { inference_speed: 28 } };
    const seen = last(watch([{ stats: { ...stats({ a: camera(20, 4.4, 15.6, 28) }), detectors } }]));
    expect(findingOf(seen, 'overload').answer).toBe('ok');
  });

  it('hovers about the limit without fluttering', () => {
    const busy = (detections: number, after: number) => at(28, { a: camera(20, 4, 16, detections) }, after);
    expect(answersTo(watch([busy(20, 0), busy(28, 15), busy(20, 30), busy(10, 45)]), 'overload')).toEqual([
      'ok',
      'bad',
      'bad',
      'ok',
    ]);
  });

  it('keeps an overloaded host, where most cameras skip, from being restarted, and is the cause', () => {
    const full = (after: number) =>
      at(28 + (after % 2) / 10, { a: camera(20, 2, 18, 17), b: camera(20, 2, 18, 16) }, after);
    const seen = watch(Array.from({ length: 60 }, (_, index) => full(index * 15)));
    const decisions = assess(seen);
    expect(orderedAfter(seen, decisions)).toBeNull();
    expect(last(decisions)).toMatchObject({ verdict: 'unhealthy', cause: { check: 'overload', layer: 'detector' } });
    expect(decisions[15]?.vetoes.map((veto) => veto.guard)).toContain('lower_layer');
  });
});

describe('a Frigate that has just started', () => {
  const young = (cameras: Record<string, Record<string, unknown>>, uptime: number): Said => ({
    stats: { ...stats(cameras, { inference: 300 }), service: { uptime, last_updated: START } },
  });
  const answers = (seen: Seen) =>
    ['detector_queue', 'detector_speed', 'overload'].map(
      (check) => seen.looked.findings.find((one) => one.check === check)?.answer,
    );

  it('is not judged by bad figures, but good ones count', () => {
    expect(answers(last(watch([young(DEAD, 59)])))).toEqual(['unknown', 'unknown', 'unknown']);
    expect(answers(last(watch([young({ a: camera(5, 5, 0, 4) }, 30)])))).toEqual(['ok', 'unknown', 'ok']);
    expect(answers(last(watch([young(DEAD, 60)])))).toEqual(['bad', 'unknown', 'unknown']);
  });
});

describe('the rows of the detectors', () => {
  it('stand in the order that decides which of them is the cause', () => {
    expect(detectorChecks.map(({ id }) => id)).toEqual(['detector_queue', 'detector_speed', 'overload']);
  });

  it('are not asked for figures where nobody asks for stats', () => {
    const { facts } = last(watch([{ stats: stats(DEAD, { inference: 500 }) }]));
    const alone = { ...facts, api: { ...facts.api, isAsked: false }, stats: null };
    const found = ['detector_queue', 'detector_speed', 'overload'].flatMap((id) => lookAt(detectorChecks, id, alone));
    expect(found.map(({ answer }) => answer)).toEqual(Array(3).fill('not_observed'));
  });
});
