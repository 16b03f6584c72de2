import { describe, expect, it } from 'vitest';
import { detectorLogChecks } from '../../../../src/targets/frigate/checks/detector-log.ts';
import { lookStuck } from '../../../../src/targets/frigate/checks/detector-stuck.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import type { DetectorLife, LifeFacts } from '../../../../src/targets/frigate/follow/detector-life.ts';
import { type Line, logged, NO_LOG } from '../logging.ts';
import { camera, failure, last, type Said, START, stats, watch, watchCase } from '../watching.ts';

const NOW = 600;
const ago = (seconds: number) => START + NOW - seconds;
const IDLE = { front: camera(5, 0.2, 4.8, 0) };

const one = (changes: Partial<DetectorLife> = {}): DetectorLife => ({
  pid: 7,
  pidSince: START,
  changes: [],
  inferenceMs: 20,
  movedAt: null,
  movedAfter: null,
  ...changes,
});
const WORKING = one({ movedAt: ago(5), movedAfter: ago(20) });

function factsOf(
  detectors: Record<string, DetectorLife>,
  hangsAgo: readonly (number | Line)[],
  changes: Partial<SeenFacts> = {},
): SeenFacts {
  const rows = Object.fromEntries(Object.entries(detectors).map(([id, { pid }]) => [id, { inference_speed: 20, pid }]));
  const said: Said = { stats: { ...stats(IDLE, { after: NOW }), detectors: rows } };
  const { facts } = last(watch([said], { start: START + NOW }));
  const lines = hangsAgo.map((hang): Line => (typeof hang === 'number' ? [NOW - hang, 'stuck'] : hang));
  const life: LifeFacts = { detectors, workedAfter: null, replaced: [], logEndsAt: null };
  return { ...facts, log: logged(lines, NOW), life, ...changes };
}

const answers = (facts: SeenFacts) =>
  Object.fromEntries(
    lookStuck(facts).map(({ member, answer, proves }) => [member ?? '', proves === false ? 'no fault' : answer]),
  );

describe('detector_stuck by the log', () => {
  /** TABLE: hangs, seconds ago, of the only detector. */
  it.each<[string, readonly number[], DetectorLife, string]>([
    ['never hung', [], one(), 'no fault'],
    ['never hung and works', [], WORKING, 'ok'],
    ['hung once', [20], one(), 'no fault'],
    ['hung twice in 5 min', [70, 20], one(), 'no fault'],
    ['hung three times in 5 min', [120, 70, 20], one(), 'bad'],
    ['hung three times, one of them longer ago', [301, 70, 20], one(), 'no fault'],
    ['hung three times and works again', [140, 90, 40], one({ movedAt: ago(5), movedAfter: ago(40) }), 'ok'],
    [
      'hung three times, and its last inference may be older',
      [140, 90, 40],
      one({ movedAt: ago(5), movedAfter: ago(41) }),
      'bad',
    ],
    ['hung once and works again', [60], WORKING, 'ok'],
  ])('is told of one that %s', (_, hangs, coral, expected) => {
    expect(answers(factsOf({ coral }, hangs))).toEqual({ coral: expected });
  });

  it('counts the hangs of this run only', () => {
    const facts = factsOf({ coral: one() }, [120, 70, 20]);
    expect(answers({ ...facts, log: { ...facts.log, startedAt: ago(100) } })).toEqual({ coral: 'no fault' });
  });

  it('names the one of two that was replaced, by its pid or by its start line', () => {
    const hangs = [120, 70, 20];
    const replaced = one({ changes: [ago(80)] });
    expect(answers(factsOf({ a: WORKING, b: replaced }, hangs))).toEqual({ a: 'ok', b: 'bad', '': 'no fault' });
    const started: readonly (number | Line)[] = [...hangs, [NOW - 40, 'detector_start', 'b']];
    expect(answers(factsOf({ a: WORKING, b: one() }, started))).toEqual({ a: 'ok', b: 'bad', '': 'no fault' });
  });

  it('names none where it cannot tell which of two it was', () => {
    const hangs = [120, 70, 20];
    expect(answers(factsOf({ a: one(), b: one() }, hangs))).toEqual({ a: 'no fault', b: 'no fault', '': 'bad' });
    const both = one({ changes: [ago(80)] });
    expect(answers(factsOf({ a: both, b: both }, hangs))['']).toBe('bad');
    const healed = one({ movedAt: ago(1), movedAfter: ago(20) });
    expect(answers(factsOf({ a: healed, b: healed }, hangs))['']).toBe('ok');
    expect(answers(factsOf({ a: healed, b: one() }, hangs))['']).toBe('bad');
  });

  it('stands for itself where only the log is there', () => {
    const facts = factsOf({ coral: one() }, [120, 70, 20]);
    const alone = { ...facts, stats: null, detectors: [], api: { ...facts.api, isAsked: false } };
    expect(answers(alone)).toEqual({ '': 'bad' });
    expect(answers({ ...alone, log: logged([], NOW) })).toEqual({ '': 'no fault' });
    expect(answers({ ...alone, log: NO_LOG })).toEqual({ '': 'not_observed' });
    expect(answers({ ...alone, log: { ...NO_LOG, state: 'unread' } })).toEqual({ '': 'unknown' });
  });

  it('shows since when, and what it counted', () => {
    const [found] = lookStuck(factsOf({ coral: one() }, [120, 70, 20]));
    expect(found).toMatchObject({
      member: 'coral',
      since: ago(120),
      at: ago(0),
      threshold: 'over 2 within 300 s',
      evidence: ['the line stuck'],
    });
    expect(found?.detail).toMatch(/^Detector coral has hung again and again\{for\} \(3 times within 300 s\)/);
  });
});

describe('detector_stuck by the processes', () => {
  const SILENT = { log: NO_LOG };
  /** TABLE: nobody reads the log, or it does not say it. */
  it.each<[string, DetectorLife, Partial<LifeFacts>, string]>([
    ['nobody saw an inference', one(), {}, 'unknown'],
    ['it works', WORKING, {}, 'ok'],
    ['it was replaced once', one({ changes: [ago(30)] }), {}, 'unknown'],
    ['it was replaced twice without an inference', one({ changes: [ago(80), ago(30)] }), {}, 'bad'],
    ['it was replaced twice, once longer ago', one({ changes: [ago(311), ago(30)] }), {}, 'unknown'],
    [
      'an inference was finished between',
      one({ changes: [ago(80), ago(30)], movedAt: ago(60), movedAfter: ago(75) }),
      {},
      'ok',
    ],
    [
      'an inference may have been finished between',
      one({ changes: [ago(80), ago(30)], movedAt: ago(80), movedAfter: ago(95) }),
      {},
      'ok',
    ],
    ['its mean was never said', one({ changes: [ago(80), ago(30)], inferenceMs: null }), {}, 'unknown'],
    [
      'something was detected between, and it is the only one',
      one({ changes: [ago(80), ago(30)] }),
      { workedAfter: ago(50) },
      'unknown',
    ],
  ])('when %s', (_, coral, changes, expected) => {
    const facts = factsOf({ coral }, [], SILENT);
    expect(answers({ ...facts, life: { ...facts.life, ...changes } })).toEqual({ coral: expected });
  });

  it('tells the stuck one of two while the other works', () => {
    const stuck = one({ changes: [ago(80), ago(30)] });
    const facts = factsOf({ a: WORKING, b: stuck }, [], SILENT);
    const life = { ...facts.life, workedAfter: ago(20) };
    expect(answers({ ...facts, life })).toEqual({ a: 'ok', b: 'bad', '': 'not_observed' });
  });

  it('says nothing of a process while there are no stats, and lets go of one that was taken away', () => {
    const { facts } = last(watch([{ stats: stats(IDLE) }, { stats: failure('timeout') }]));
    expect(answers({ ...facts, log: NO_LOG })).toEqual({ coral: 'unknown' });
    const other = { ...stats(IDLE, { after: 15 }), detectors: { ov: { inference_speed: 9, pid: 1 } } };
    const gone = last(watch([{ stats: stats(IDLE) }, { stats: other }]));
    expect(answers({ ...gone.facts, log: NO_LOG }).coral).toBe('ok');
  });

  it('finds the recorded one in its ninth look without a line of the log, and no healthy one', () => {
    const found = (folder: string) =>
      watchCase(folder).map(({ facts }) => lookStuck({ ...facts, log: NO_LOG })[0]?.answer === 'bad');
    expect(found('stuck-detector').indexOf(true)).toBe(7);
    expect(found('stuck-detector').slice(7, 14)).toEqual(Array(7).fill(true));
    expect(found('stuck-detector').slice(14)).not.toContain(true);
    for (const folder of ['healthy', 'slow-detector-500ms', 'orphaned-queue'])
      expect(found(folder)).not.toContain(true);
  });
});

it('The row is good again only after five minutes of work.', () => {
  expect(detectorLogChecks.find(({ id }) => id === 'detector_stuck')?.clearSeconds).toBe(300);
});
