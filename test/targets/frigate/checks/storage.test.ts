import { describe, expect, it } from 'vitest';
import { storageChecks } from '../../../../src/targets/frigate/checks/storage.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import type { CameraRecording } from '../../../../src/targets/frigate/follow/recordings.ts';
import type { LogFacts } from '../../../../src/targets/frigate/log/types.ts';
import { type Line, logged, NO_LOG } from '../logging.ts';
import { ask, camera, config, last, START, stats, watch } from '../watching.ts';

const NOW = 10_000;
const ago = (seconds: number) => START + NOW - seconds;
const CAMERAS = { front: camera(5, 5, 0, 4), yard: camera(5, 5, 0, 4), gate: camera(5, 5, 0, 4) };

const recording = (changes: Partial<CameraRecording> = {}): CameraRecording => ({
  askedAt: ago(30),
  ageSeconds: 8,
  lateSeconds: null,
  isContinuous: true,
  isRegular: true,
  isWriting: true,
  mayBeOff: false,
  failure: null,
  ...changes,
});

function factsOf(
  linesAgo: readonly Line[],
  changes: Partial<SeenFacts> & { lines?: Partial<LogFacts> } = {},
  given: { cameras?: Record<string, Record<string, unknown>>; on?: Record<string, boolean> } = {},
): SeenFacts {
  const { lines = {}, ...rest } = changes;
  const said = {
    stats: stats(given.cameras ?? CAMERAS, { after: NOW }),
    ...(given.on ? { config: config(given.on) } : {}),
  };
  const { facts } = last(watch([said], { start: START + NOW }));
  const log = logged(
    linesAgo.map(([seconds, ...more]): Line => [NOW - seconds, ...more]),
    NOW,
    lines,
  );
  return { ...facts, log, ...rest };
}
const RECORDS = { recordings: { wantsConfig: false, isAsked: true, cameras: { front: recording() } } };
const IDLE = { recordings: { wantsConfig: false, isAsked: true, cameras: { front: recording({ ageSeconds: 95 }) } } };

const answerOf = (check: string, facts: SeenFacts) => {
  const { answer, proves } = ask(storageChecks, check, facts);
  return proves === false ? 'no fault' : answer;
};

describe('the rows of the storage', () => {
  it('forbid restarts, the database wherever the cause lies, and slowness only tells', () => {
    expect(storageChecks.map(({ id, forbids, severity }) => [id, forbids, severity])).toEqual([
      ['database', 'all', 'unhealthy'],
      ['storage_full', 'own', 'unhealthy'],
      ['storage_slow', undefined, 'tells'],
    ]);
  });

  it.each(['storage_full', 'database', 'storage_slow'])(
    '%s is not asked without a log, and unknown without this reading',
    (id) => {
      expect(answerOf(id, factsOf([], { log: NO_LOG }))).toBe('not_observed');
      expect(answerOf(id, factsOf([], { log: { ...NO_LOG, state: 'unread' } }))).toBe('unknown');
    },
  );
});

describe('storage_full', () => {
  it.each<[string, readonly Line[], Partial<SeenFacts> & { lines?: Partial<LogFacts> }, string]>([
    ['nothing is said', [], {}, 'no fault'],
    ['nothing is said for an hour, and segments are written', [], RECORDS, 'ok'],
    ['a write failed for want of space', [[10, 'no_space']], RECORDS, 'bad'],
    ['too little could be cleared', [[899, 'could_not_clear']], RECORDS, 'bad'],
    ['the storage is read-only or fails', [[10, 'not_writable']], RECORDS, 'bad'],
    ['the storage failed 15 minutes ago, and segments are written', [[900, 'not_writable']], RECORDS, 'ok'],
    ['the same 15 minutes ago, and segments are written', [[900, 'no_space']], RECORDS, 'ok'],
    ['the same 15 minutes ago, and nobody sees a segment', [[900, 'no_space']], {}, 'no fault'],
    ['the same 15 minutes ago, and the last segment is old', [[900, 'no_space']], IDLE, 'no fault'],
    [
      'space is low, as it always is on a full disk',
      [
        [10, 'low_space'],
        [310, 'low_space'],
      ],
      RECORDS,
      'ok',
    ],
    ['the run before said so', [[10, 'no_space']], { ...RECORDS, lines: { startedAt: ago(5) } }, 'no fault'],
    ['this run is 15 minutes old and records', [], { ...RECORDS, lines: { startedAt: ago(900) } }, 'ok'],
    ['this run is younger', [], { ...RECORDS, lines: { startedAt: ago(899) } }, 'no fault'],
  ])('when %s', (_, lines, changes, expected) => {
    expect(answerOf('storage_full', factsOf(lines, changes))).toBe(expected);
  });
});

describe('database', () => {
  it.each<[string, readonly Line[], Partial<LogFacts>, string]>([
    ['nothing is said in this hour', [], {}, 'ok'],
    ['nothing is said, and the run is young', [], { startedAt: ago(899) }, 'no fault'],
    ['it was locked', [[899, 'database_locked']], {}, 'bad'],
    ['it was locked 15 minutes ago', [[900, 'database_locked']], {}, 'ok'],
    ['it was locked in the run before', [[100, 'database_locked']], { startedAt: ago(50) }, 'no fault'],
    ['it is damaged', [[50, 'database_malformed']], {}, 'bad'],
    [
      'it was damaged hours ago in this run',
      [[9000, 'database_malformed']],
      { startedAt: ago(9999), since: ago(9999) },
      'bad',
    ],
    ['it was damaged and Frigate started anew', [[950, 'database_malformed']], { startedAt: ago(899) }, 'bad'],
    ['the new run did not find it for 15 minutes', [[950, 'database_malformed']], { startedAt: ago(900) }, 'ok'],
    [
      'the new run found it too',
      [
        [950, 'database_malformed'],
        [100, 'database_malformed'],
      ],
      { startedAt: ago(940) },
      'bad',
    ],
  ])('when %s', (_, lines, log, expected) => {
    expect(answerOf('database', factsOf(lines, { lines: log }))).toBe(expected);
  });

  it('shows the line of the run before while it counts', () => {
    const facts = factsOf([[950, 'database_malformed']], { lines: { startedAt: ago(100) } });
    expect(ask(storageChecks, 'database', facts).evidence).toEqual(['the line database_malformed']);
  });
});

describe('storage_slow', () => {
  const of = (seconds: number, ...cameras: readonly string[]) =>
    cameras.map((name, k): Line => [seconds + k / 1000, 'keep_up', name]);
  const EVERY = of(100, 'front', 'yard', 'gate');

  it.each<[string, readonly Line[], Parameters<typeof factsOf>[1], string]>([
    ['nothing is thrown away', [], {}, 'ok'],
    ['one camera falls behind once', of(10, 'front'), {}, 'no fault'],
    ['one camera falls behind five times', [50, 100, 150, 200, 250].flatMap((s) => of(s, 'front')), {}, 'no fault'],
    ['one camera falls behind six times', [0, 50, 100, 150, 200, 250].flatMap((s) => of(s, 'front')), {}, 'bad'],
    ['six times, the first longer ago', [10, 50, 100, 150, 200, 301].flatMap((s) => of(s, 'front')), {}, 'no fault'],
    ['every camera falls behind within two minutes', EVERY, {}, 'bad'],
    ['every camera did, hardly longer ago', of(120.5, 'front', 'yard', 'gate'), {}, 'no fault'],
    ['all cameras but one do', of(100, 'front', 'yard'), {}, 'no fault'],
    [
      'all but the one that does not record do',
      of(100, 'front', 'yard'),
      { recordings: { wantsConfig: false, isAsked: true, cameras: { gate: recording({ isWriting: false }) } } },
      'bad',
    ],
    ['it follows a silence of the API', EVERY, { aftermathUntil: ago(90) }, 'no fault'],
    ['it comes after that', EVERY, { aftermathUntil: ago(101) }, 'bad'],
    ['it was the run before', EVERY, { lines: { startedAt: ago(50) } }, 'no fault'],
    ['it was five minutes ago', of(300, 'front'), {}, 'ok'],
    [
      'detection is behind, which is another matter',
      [
        [10, 'unprocessed', 'front'],
        [9, 'unprocessed', 'yard'],
        [8, 'unprocessed', 'gate'],
      ],
      {},
      'ok',
    ],
  ])('when %s', (_, lines, changes, expected) => {
    expect(answerOf('storage_slow', factsOf(lines, changes))).toBe(expected);
  });

  it('wants the only camera to fall behind twice', () => {
    const only = { cameras: { front: camera(5, 5, 0, 4) } };
    expect(answerOf('storage_slow', factsOf(of(10, 'front'), {}, only))).toBe('no fault');
    expect(answerOf('storage_slow', factsOf([...of(10, 'front'), ...of(110, 'front')], {}, only))).toBe('bad');
  });

  it('leaves out a camera that is switched off', () => {
    const given = { on: { front: true, yard: true, gate: false } };
    expect(answerOf('storage_slow', factsOf(of(100, 'front', 'yard'), {}, given))).toBe('bad');
  });

  it('takes the cameras that the log names where nobody knows any other', () => {
    const alone = (lines: readonly Line[]) => ({ ...factsOf(lines), cameras: [], stats: null });
    expect(answerOf('storage_slow', alone(of(10, 'front', 'yard')))).toBe('bad');
    expect(answerOf('storage_slow', alone([...of(10, 'front'), ...of(110, 'front')]))).toBe('no fault');
    expect(answerOf('storage_slow', alone([]))).toBe('ok');
  });

  it('says what was lost', () => {
    expect(ask(storageChecks, 'storage_slow', factsOf(EVERY)).detail).toMatch(
      /recordings of every camera were thrown away/,
    );
    const often = factsOf([0, 1, 2, 3, 4, 5].flatMap((s) => of(s, 'front')));
    expect(ask(storageChecks, 'storage_slow', often).detail).toMatch(
      /6 times within 300 s recordings were thrown away/,
    );
  });
});

/** TABLE: which trouble the sentence names. */
it.each<[string, readonly Line[], string]>([
  ['storage_full', [[10, 'no_space']], 'There has been no room'],
  [
    'storage_full',
    [
      [20, 'no_space'],
      [10, 'not_writable'],
    ],
    'The storage cannot be written',
  ],
  [
    'storage_full',
    [
      [20, 'not_writable'],
      [10, 'no_space'],
    ],
    'There has been no room',
  ],
  ['database', [[10, 'database_locked']], 'database has been locked'],
  ['database', [[899, 'database_refused']], 'database could not be opened or written'],
])('%s says what the last line %j tells', (check, lines, words) => {
  const found = ask(storageChecks, check, factsOf(lines));
  expect([found.answer, found.detail]).toEqual(['bad', expect.stringContaining(words)]);
});
