import { describe, expect, it } from 'vitest';
import { detectorErrors, detectorFlapping } from '../../../../src/targets/frigate/checks/detector-wear.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import type { LifeFacts } from '../../../../src/targets/frigate/follow/detector-life.ts';
import type { LogFacts } from '../../../../src/targets/frigate/log/types.ts';
import { type Line, logged, NO_LOG } from '../logging.ts';
import { ask, camera, failure, last, START, stats, watch } from '../watching.ts';

const NOW = 100_000;
const ago = (seconds: number) => START + NOW - seconds;

function factsOf(
  linesAgo: readonly Line[],
  {
    log = {},
    life = {},
    isBlind = false,
  }: { log?: Partial<LogFacts>; life?: Partial<LifeFacts>; isBlind?: boolean } = {},
): SeenFacts {
  const said = isBlind ? failure('timeout') : stats({ front: camera(5, 5, 0, 4) }, { after: NOW });
  const { facts } = last(watch([{ stats: said }], { start: START + NOW }));
  const lines = linesAgo.map(([seconds, ...rest]): Line => [NOW - seconds, ...rest]);
  const lived = { detectors: {}, workedAfter: ago(20), replaced: [], logEndsAt: null, ...life };
  return { ...facts, log: logged(lines, NOW, log), life: lived };
}
const answerOf = (check: typeof detectorErrors, facts: SeenFacts) => {
  const { answer, proves } = ask([check], check.id, facts);
  return proves === false ? 'no fault' : answer;
};
/** So many errors in each of the last minutes. */
const minutes = (...counts: readonly number[]) =>
  counts.map((count, minute): Line => [minute * 60 + 30, 'detector_error', null, count]);

describe('detector_errors', () => {
  it.each<[string, Parameters<typeof factsOf>, string]>([
    ['none', [[]], 'ok'],
    ['ten a minute', [minutes(10, 10, 10)], 'no fault'],
    ['eleven a minute', [minutes(11)], 'bad'],
    ['seventeen a second, though detections seem to go on', [minutes(1020, 1020)], 'bad'],
    ['many, a minute ago', [minutes(0, 600)], 'no fault'],
    ['many, two minutes ago, and it works', [[[120, 'detector_error', null, 600]]], 'ok'],
    ['many, 119 s ago, and it works', [[[119, 'detector_error', null, 600]]], 'no fault'],
    [
      'many long ago, and nothing worked since',
      [minutes(0, 0, 0, 0, 900), { life: { workedAfter: ago(400) } }],
      'no fault',
    ],
    ['many in the run before, and this one is young', [minutes(900), { log: { startedAt: ago(20) } }], 'no fault'],
    ['none in a run of two minutes that works', [[], { log: { startedAt: ago(120) } }], 'ok'],
    ['none, and nobody has seen it work', [[], { life: { workedAfter: null } }], 'no fault'],
    ['none that anybody could read', [[], { log: NO_LOG }], 'not_observed'],
  ])('are %s', (_, given, expected) => {
    expect(answerOf(detectorErrors, factsOf(...given))).toBe(expected);
  });

  it.each<[string, readonly number[], Partial<LogFacts>, number]>([
    ['from this minute on', [11], {}, 60],
    ['through all minutes that hold too many', [11, 40, 12, 10, 90], {}, 180],
    ['never from before the run', [11, 40, 12], { startedAt: ago(90) }, 90],
    ['an hour back at most', Array(70).fill(20), {}, 3600],
  ])('are dated %s', (_, counts, log, seconds) => {
    expect(ask([detectorErrors], 'detector_errors', factsOf(minutes(...counts), { log })).since).toBe(ago(seconds));
  });

  it('are a fault of their own that is tried to be cured once', () => {
    expect(detectorErrors).toMatchObject({ severity: 'unhealthy', forSeconds: 120, tries: 1 });
    expect(ask([detectorErrors], 'detector_errors', factsOf(minutes(50)))).toMatchObject({
      threshold: 'over 10 a minute',
      evidence: ['the line detector_error'],
      detail: expect.stringContaining('has written 50 errors a minute'),
    });
  });
});

describe('detector_flapping', () => {
  const hangs = (count: number, every = 3600) =>
    Array.from({ length: count }, (_, k): Line => [k * every + 60, 'stuck']);
  const starts = (...seconds: readonly number[]) => seconds.map((one): Line => [one, 'detector_start', 'coral']);
  const loads = (...seconds: readonly number[]) => seconds.map((one): Line => [one, 'tpu_load']);

  it.each<[string, Parameters<typeof factsOf>, string]>([
    ['never hung', [[]], 'ok'],
    ['was never seen to work', [[], { life: { workedAfter: null } }], 'no fault'],
    ['hung twice in 4 h 20 min (Frigate issue 7764)', [hangs(2, 15_660)], 'ok'],
    ['hung five times in a day', [hangs(5)], 'ok'],
    ['hung six times in a day', [hangs(6)], 'bad'],
    ['hung six times, the first two days ago', [[...hangs(5), [90_000, 'stuck']]], 'ok'],
    ['hung six times in several runs', [hangs(6), { log: { startedAt: ago(7200) } }], 'bad'],
    ['was started three times in 30 min', [starts(100, 1000, 1900)], 'bad'],
    ['was started three times in 31 min', [starts(100, 1000, 1901)], 'ok'],
    ['was started three times in 30 min, last night', [starts(40_000, 41_000, 41_800)], 'bad'],
    [
      'was started with Frigate each time',
      [[[120, 'starting'], [1200, 'starting'], [1800, 'preparing'], ...starts(100, 1190, 1700)]],
      'ok',
    ],
    ['was started with this run of Frigate', [starts(100, 1000, 1800), { log: { startedAt: ago(1900) } }], 'ok'],
    ['was loaded three times in 30 min, as 0.17 says it', [loads(100, 1000, 1900)], 'bad'],
    ['was started and loaded twice', [[...starts(100, 1000), ...loads(99, 999)]], 'ok'],
    [
      'had three other processes in 30 min, and no line says it',
      [[], { life: { replaced: [ago(1900), ago(1000), ago(100)] } }],
      'bad',
    ],
    [
      'had three other processes, and nobody reads the log',
      [[], { log: NO_LOG, life: { replaced: [ago(1700), ago(900), ago(100)] } }],
      'bad',
    ],
    ['is as old as the hills, and nobody reads the log', [[], { log: NO_LOG }], 'ok'],
    ['is seen by nobody, though it should be', [[], { log: NO_LOG, isBlind: true }], 'unknown'],
  ])('is told of one that %s', (_, given, expected) => {
    expect(answerOf(detectorFlapping, factsOf(...given))).toBe(expected);
  });

  it('only tells, and says how often', () => {
    expect(detectorFlapping).toMatchObject({ severity: 'tells', forSeconds: 0 });
    expect(ask([detectorFlapping], 'detector_flapping', factsOf(hangs(6))).detail).toMatch(
      /hung 6 times in the last 24 h/,
    );
    const started = ask([detectorFlapping], 'detector_flapping', factsOf(loads(100, 200, 300)));
    expect(started.detail).toMatch(/started anew 3 times within 30 min/);
  });

  it('is not asked where only a log could be there and none is', () => {
    const facts = factsOf([], { log: NO_LOG, isBlind: true });
    expect(answerOf(detectorFlapping, { ...facts, api: { ...facts.api, isAsked: false } })).toBe('not_observed');
  });
});
