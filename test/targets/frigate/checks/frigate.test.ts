import { describe, expect, it } from 'vitest';
import { frigateLogChecks } from '../../../../src/targets/frigate/checks/frigate.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import { NEW_LIFE } from '../../../../src/targets/frigate/follow/detector-life.ts';
import type { LogFacts } from '../../../../src/targets/frigate/log/types.ts';
import { type Line, logged, NO_LOG } from '../logging.ts';
import { ask, camera, failure, last, payload, START, stats, watch, watchCase } from '../watching.ts';

const NOW = 10_000;
const ago = (seconds: number) => START + NOW - seconds;

function factsOf(
  said: unknown,
  linesAgo: readonly Line[] = [],
  { lines = {}, ...changes }: Partial<SeenFacts> & { lines?: Partial<LogFacts> } = {},
): SeenFacts {
  const { facts } = last(watch([{ stats: said }], { start: START + NOW }));
  const log = logged(
    linesAgo.map(([seconds, ...more]): Line => [NOW - seconds, ...more]),
    NOW,
    lines,
  );
  return { ...facts, log, life: { ...facts.life, workedAfter: ago(20) }, ...changes };
}
const UP = stats({ front: camera(5, 5, 0, 4) }, { after: NOW });
const EMPTY = stats({}, { after: NOW });
const DOWN = failure('timeout');
const answerOf = (check: string, facts: SeenFacts) => {
  const { answer, proves } = ask(frigateLogChecks, check, facts);
  return proves === false ? 'no fault' : answer;
};

describe('safe_mode', () => {
  it.each<[string, unknown, readonly Line[], Parameters<typeof factsOf>[2], string]>([
    ['runs with cameras', UP, [], {}, 'ok'],
    ['runs with cameras, whatever was invalid when somebody saved it', UP, [[60, 'config_invalid']], {}, 'ok'],
    ['says that it is in safe mode', EMPTY, [], { safeMode: true }, 'bad'],
    ['says in its log that its configuration is not valid', DOWN, [[60, 'config_invalid']], {}, 'bad'],
    ['says in its log that it starts in safe mode', EMPTY, [[60, 'safe_mode']], {}, 'bad'],
    ['said so in the run before', DOWN, [[60, 'safe_mode']], { lines: { startedAt: ago(30) } }, 'no fault'],
    ['has no camera at all', EMPTY, [], {}, 'bad'],
    ['has no camera, and says that this is no safe mode', EMPTY, [], { safeMode: false }, 'ok'],
    ['gives stats of which nothing can be read', { cameras: { a: null }, service: {} }, [], {}, 'no fault'],
    ['has no camera, and nobody reads its log', EMPTY, [], { log: NO_LOG }, 'bad'],
    ['does not answer, and its log says nothing', DOWN, [], {}, 'no fault'],
    ['does not answer, and nobody reads its log', DOWN, [], { log: NO_LOG }, 'unknown'],
    [
      'speaks of no cameras in a part of its stats',
      { detectors: { a: { inference_speed: 9 } } },
      [],
      { log: NO_LOG },
      'unknown',
    ],
  ])('is told of a Frigate that %s', (_, said, lines, changes, expected) => {
    expect(answerOf('safe_mode', factsOf(said, lines, changes))).toBe(expected);
  });

  it('forbids restarts, and needs no second minute', () => {
    expect(frigateLogChecks.find(({ id }) => id === 'safe_mode')).toMatchObject({
      forbids: 'own',
      forSeconds: 0,
      evident: true,
    });
    expect(ask(frigateLogChecks, 'safe_mode', factsOf(DOWN, [[60, 'config_invalid']])).evidence).toEqual([
      'the line config_invalid',
    ]);
  });

  it('is not asked where only a log could be there and none is', () => {
    const facts = factsOf(DOWN, [], { log: NO_LOG });
    expect(answerOf('safe_mode', { ...facts, api: { ...facts.api, isAsked: false } })).toBe('not_observed');
  });

  it.each([
    '003-coral-pcie-amd-v0162',
    '009-issue7277-one-camera-fps0-stale-process-fps-v0121',
    '018-issue5581-coral-healthy-many-cams-v012beta',
    '036-frigate-e2e-mock-0.18-fields',
  ])('is no fault of the published payload %s', (name) => {
    expect(answerOf('safe_mode', factsOf(payload(name)))).toBe('ok');
  });
});

describe('shm', () => {
  const sized = (total: unknown, min?: unknown) => ({
    ...UP,
    service: {
      uptime: 86_400,
      last_updated: START + NOW - 5,
      storage: { '/dev/shm': { total, ...(min === undefined ? {} : { min_shm: min }) } },
    },
  });
  it.each<[string, unknown, readonly Line[], Partial<SeenFacts>, string]>([
    ['is as large as it must be', sized(138, 138), [], {}, 'ok'],
    ['is too small', sized(137, 138), [], {}, 'bad'],
    ['is too small, and nobody reads the log', sized(137, 138), [], { log: NO_LOG }, 'bad'],
    ['is too small, as text', sized('64', '138.5'), [], {}, 'bad'],
    ['is large enough, whatever was warned of', sized(256, 138), [[60, 'shm_small']], {}, 'ok'],
    ['is large enough, and yet a process crashed', sized(256, 138), [[60, 'bus_error']], {}, 'bad'],
    ['was warned of, and this version says no figure', sized(64), [[60, 'shm_small']], {}, 'bad'],
    ['is not spoken of', UP, [], {}, 'no fault'],
    ['is not seen', DOWN, [], { log: NO_LOG }, 'unknown'],
  ])('is told when it %s', (_, said, lines, changes, expected) => {
    expect(answerOf('shm', factsOf(said, lines, changes))).toBe(expected);
  });

  it('is large enough in all looks at the healthy recording', () => {
    for (const { facts } of watchCase('healthy')) expect(answerOf('shm', facts)).toBe('ok');
  });

  it('says the figures, and since when', () => {
    expect(ask(frigateLogChecks, 'shm', factsOf(sized(64, 138)))).toMatchObject({
      detail: expect.stringContaining('64 MB, and 138 MB are needed'),
      threshold: 'under 138 MB',
    });
    expect(ask(frigateLogChecks, 'shm', factsOf(sized(64), [[60, 'shm_small']])).since).toBe(ago(60));
  });
});

describe.each([
  ['enrichment', 'enrichment_error'],
  ['gpu', 'gpu_error'],
])('%s', (check, pattern) => {
  it.each<[string, readonly Line[], Parameters<typeof factsOf>[2], string]>([
    ['never fails', [], {}, 'ok'],
    ['never fails, and does nothing', [], { life: NEW_LIFE }, 'no fault'],
    ['failed once, in many lines', [[60, pattern, null, 12]], {}, 'no fault'],
    [
      'failed twice in five minutes',
      [
        [300, pattern],
        [60, pattern],
      ],
      {},
      'bad',
    ],
    [
      'failed twice in longer',
      [
        [301, pattern],
        [60, pattern],
      ],
      {},
      'no fault',
    ],
    [
      'has not failed for five minutes',
      [
        [400, pattern],
        [300, pattern],
      ],
      {},
      'ok',
    ],
    [
      'failed in the run before',
      [
        [100, pattern],
        [60, pattern],
      ],
      { lines: { startedAt: ago(50) } },
      'no fault',
    ],
    ['is read by nobody', [], { log: NO_LOG }, 'not_observed'],
  ])('is told when it %s', (_, lines, changes, expected) => {
    expect(answerOf(check, factsOf(UP, lines, changes))).toBe(expected);
  });

  it('only tells, after five minutes', () => {
    expect(frigateLogChecks.find(({ id }) => id === check)).toMatchObject({ severity: 'tells', forSeconds: 300 });
    expect(
      ask(
        frigateLogChecks,
        check,
        factsOf(UP, [
          [200, pattern],
          [60, pattern],
        ]),
      ).since,
    ).toBe(ago(200));
  });
});
