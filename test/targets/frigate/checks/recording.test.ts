import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../../src/doors/ports.ts';
import type { Answer } from '../../../../src/rules/types.ts';
import { recordingChecks } from '../../../../src/targets/frigate/checks/recording.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import type { Segment } from '../../../../src/targets/frigate/observe/answers.ts';
import { ask, camera, failure, last, logFacts, type Said, START, stats, watch } from '../watching.ts';

type Row = Record<string, unknown>;
const UP = { a: camera(5, 5, 0, 1), b: camera(5, 5, 0, 1) };
/** Frigate says that it is 5 s behind us. */
const segments = (...ages: readonly number[]): Reply<readonly Segment[]> => ({
  ok: true,
  value: ages.map((age) => ({ start: START - 15 - age, end: START - 5 - age })),
  status: 200,
  serverTime: null,
});
const recording = (record: unknown) => ({ enabled: true, enabled_in_config: true, record });
const ALWAYS = recording({ enabled: true, continuous: { days: 3 } });
const MOTION = recording({ enabled: true, continuous: { days: 0 }, motion: { days: 7 } });
const MAYBE = recording({ enabled: true });
const config = (a: unknown, b: unknown = ALWAYS) => ({ cameras: { a, b } });

const facts = (said: Said, before: readonly Said[] = []): SeenFacts => last(watch([...before, said])).facts;
const well = (changes: Partial<Said> = {}): Said => ({
  stats: stats(UP),
  config: config(ALWAYS),
  recordings: { a: segments(12), b: segments(8) },
  ...changes,
});
const SILENT: Said = { stats: failure('timeout'), version: failure('timeout') };
const dead = { a: segments(14_400), b: segments(14_380) };

describe('recording_camera', () => {
  const one = (said: Said, before: readonly Said[] = []) =>
    ask(recordingChecks, 'recording_camera', facts(said, before), 'a');

  it.each<[string, Said, Answer]>([
    ['it writes', well(), 'ok'],
    ['its newest segment is just young enough', well({ recordings: { a: segments(300) } }), 'ok'],
    ['its newest segment is too old', well({ recordings: { a: segments(301), b: segments(8) } }), 'bad'],
    ['there is no segment at all', well({ recordings: { a: segments(), b: segments(8) } }), 'bad'],
    ['it keeps motion only', well({ config: config(MOTION), recordings: { a: segments() } }), 'not_observed'],
    ['its recording is switched off', well({ config: config(recording({ enabled: false })) }), 'not_observed'],
    ['it is switched off', well({ config: config({ ...ALWAYS, enabled: false }) }), 'not_observed'],
    [
      'nobody knows whether it records round the clock',
      well({ config: config(MAYBE), recordings: { a: segments(900) } }),
      'unknown',
    ],
    [
      'the configuration cannot be read',
      well({ config: failure('status'), recordings: { a: segments(900) } }),
      'unknown',
    ],
    ['the question failed', well({ recordings: { a: failure('timeout'), b: segments(8) } }), 'unknown'],
    ['only the other was asked', well({ recordings: { b: segments(8) } }), 'unknown'],
    [
      'no frames arrive from it',
      well({ stats: stats({ ...UP, a: camera(0, 5, 0, 1) }), recordings: { a: segments(900) } }),
      'unknown',
    ],
    [
      'Frigate has just started',
      well({ stats: stats(UP, { service: { uptime: 30, last_updated: START - 5 } }), recordings: dead }),
      'unknown',
    ],
    [
      'Frigate runs for two minutes',
      well({ stats: stats(UP, { service: { uptime: 120, last_updated: START - 5 } }), recordings: dead }),
      'unknown',
    ],
  ])('when %s', (_, said, answer) => {
    expect(one(said).answer).toBe(answer);
  });

  it('is not asked where nobody asks for recordings', () => {
    for (const said of [{ stats: stats(UP) }, { stats: null }]) {
      expect(ask(recordingChecks, 'recording_camera', facts(said)).answer).toBe('not_observed');
    }
  });

  it('judges one that was seen to write regularly, whatever the configuration says', () => {
    const nobody = { stats: stats(UP) };
    const before = [15, 30].map(() => ({ ...nobody, recordings: { a: segments(12) } }));
    const late = { ...nobody, recordings: { a: segments(400) } };
    expect(one(late, before.slice(1)).answer).toBe('unknown');
    expect(one(late, before).answer).toBe('bad');
  });

  it('does not judge by an answer of long ago', () => {
    const before = [well({ recordings: dead })];
    const silent = Array.from({ length: 121 }, (_, k) => ({ stats: stats(UP, { after: 15 * (k + 1) }) }));
    expect(one(last(silent), [...before, ...silent.slice(0, 119)]).answer).toBe('bad');
    expect(one(last(silent), [...before, ...silent.slice(0, 120)]).answer).toBe('unknown');
  });

  it('waits until somebody has read that recording is still on', () => {
    const at = (after: number, changes: Partial<Said>): Said => ({ stats: stats(UP, { after }), ...changes });
    const looks = [
      at(0, { config: config(ALWAYS), recordings: { a: segments(0) } }),
      at(200, { recordings: { a: segments(-190) } }),
      at(400, {}),
    ];
    const late = (changes: Partial<Said>) => {
      const seen = last(watch([...looks, at(600, { recordings: { a: segments() }, ...changes })], { every: 200 }));
      return ask(recordingChecks, 'recording_camera', seen.facts, 'a');
    };
    expect(late({})).toMatchObject({ answer: 'unknown', detail: expect.stringMatching(/whether recording is on/) });
    expect(late({ config: config(ALWAYS) }).answer).toBe('bad');
    expect(late({ config: config(recording({ enabled: false })) }).answer).toBe('not_observed');
  });

  it('does not blame it for the silence of the API a moment ago', () => {
    const gone = [well(), SILENT];
    const back = { ...well({ recordings: dead }), stats: stats(UP, { after: 30 }) };
    expect(one(back, gone)).toMatchObject({ answer: 'unknown', detail: expect.stringMatching(/API was silent/) });
  });

  it('says since when, and by what', () => {
    expect(one(well({ recordings: { a: segments(400), b: segments(8) } }))).toEqual({
      member: 'a',
      answer: 'bad',
      at: START,
      detail: 'a sends frames, but has not been recorded{for}.',
      threshold: 'no new segment for 300 s',
      evidence: ['newest segment of a: ended 400 s before'],
    });
    expect(one(well({ recordings: { a: segments() } })).evidence).toEqual([
      'newest segment of a: none in the time that was asked for',
    ]);
  });
});

describe('recording_stopped', () => {
  const all = (said: Said, before: readonly Said[] = []) =>
    ask(recordingChecks, 'recording_stopped', facts(said, before));

  it.each<[string, Said, Answer]>([
    ['all write', well(), 'ok'],
    ['one of two writes', well({ recordings: { ...dead, b: segments(8) } }), 'ok'],
    ['none writes', well({ recordings: dead }), 'bad'],
    ['there is not a segment', well({ recordings: { a: segments(), b: segments() } }), 'bad'],
    [
      'the only one that should does not',
      well({ config: config(MOTION), recordings: { a: segments(), b: segments(900) } }),
      'bad',
    ],
    ['one does not, and the other was not asked yet', well({ recordings: { a: segments(900) } }), 'unknown'],
    [
      'one does not, and the other could not be asked',
      well({ recordings: { ...dead, b: failure('timeout') } }),
      'unknown',
    ],
    [
      'one does not, and of the other nobody knows',
      well({ config: config(ALWAYS, MAYBE), recordings: dead }),
      'unknown',
    ],
    [
      'one does not, and the other sends no frames',
      well({ stats: stats({ ...UP, b: camera(0, 0, 0, 0) }), recordings: dead }),
      'bad',
    ],
    [
      'none sends frames',
      well({ stats: stats({ a: camera(0, 0, 0, 0), b: camera(0, 0, 0, 0) }), recordings: dead }),
      'unknown',
    ],
    ['none keeps more than motion', well({ config: config(MOTION, MOTION), recordings: dead }), 'not_observed'],
    ['nobody asks for recordings', { stats: stats(UP), config: config(ALWAYS) }, 'not_observed'],
    ['nobody asks at all', { stats: null }, 'not_observed'],
  ])('when %s', (_, said, answer) => {
    expect(all(said).answer).toBe(answer);
  });

  it('waits until all were asked, and judges them then', () => {
    const late = well({ recordings: { a: segments(900), b: segments(8) } });
    const between = Array.from({ length: 9 }, (_, k) => ({ stats: stats(UP, { after: 15 * (k + 1) }) }));
    const asked = { stats: stats(UP, { after: 150 }), recordings: { b: segments(900) } };
    expect(all(asked, [late, ...between.slice(0, 7)]).answer).toBe('bad');
    expect(all(asked, [late, ...between]).answer).toBe('unknown');
  });

  it('has the time of the youngest question, so that the same answer is not counted twice', () => {
    expect(all(well({ recordings: dead })).at).toBe(START);
    expect(all({ stats: stats(UP, { after: 15 }) }, [well({ recordings: dead })]).at).toBe(START);
  });

  it('is not bad while Frigate starts, nor a moment after its API was silent', () => {
    const young = stats(UP, { service: { uptime: 250, last_updated: START - 5 } });
    expect(all(well({ stats: young, recordings: dead })).answer).toBe('unknown');
    const back = { ...well({ recordings: dead }), stats: stats(UP, { after: 30 }) };
    expect(all(back, [well(), SILENT]).answer).toBe('unknown');
  });

  it('says how many, and by what', () => {
    expect(all(well({ recordings: { a: segments(400), b: segments(500) } }))).toMatchObject({
      detail:
        'Nothing has been recorded{for}, though frames arrive: none of the 2 cameras that should be recorded has a new segment.',
      evidence: ['newest segment of a: ended 400 s before', 'newest segment of b: ended 500 s before'],
      threshold: 'no new segment for 300 s',
    });
    expect(all(well({ config: config(MOTION), recordings: { b: segments(900) } })).detail).toBe(
      'Nothing has been recorded{for}, though frames arrive: the only camera that should be recorded has no new segment.',
    );
    expect(all(well({ recordings: { ...dead, b: segments(8) } })).detail).toBe('1 of 2 recording cameras write.');
  });
});

describe('recording_backlog', () => {
  const every10 = (from: number, count: number) => Array.from({ length: count }, (_, k) => from - 10 * k);
  const lines = (ages: Record<string, readonly number[]>, changes = {}) =>
    logFacts(START, Object.fromEntries(Object.entries(ages).map(([id, own]) => [`unprocessed/${id}`, own])), changes);
  const backlog = (log: SeenFacts['log'], said: Said = { stats: stats(UP) }, changes: Partial<SeenFacts> = {}) =>
    ask(recordingChecks, 'recording_backlog', { ...facts(said), log, ...changes });

  it.each<[string, SeenFacts['log'], Answer]>([
    ['no line came', lines({}), 'ok'],
    ['five came', lines({ a: every10(100, 5) }), 'ok'],
    ['six came', lines({ a: every10(100, 6) }), 'bad'],
    ['six came from two', lines({ a: every10(100, 3), b: every10(95, 3) }), 'bad'],
    ['six came, one of them long ago', lines({ a: [301, ...every10(100, 5)] }), 'ok'],
    ['six came within the five minutes', lines({ a: [300, ...every10(100, 5)] }), 'bad'],
    ['six came, one of them in another run', lines({ a: every10(100, 6) }, { startedAt: START - 95 }), 'ok'],
    ['the log could not be read', lines({}, { state: 'unread', why: 'It timed out.' }), 'unknown'],
    ['nobody may read the log', lines({}, { state: 'not_observed', why: 'It is forbidden.' }), 'not_observed'],
  ])('when %s', (_, log, answer) => {
    expect(backlog(log).answer).toBe(answer);
  });

  it.each<[string, Row, Answer]>([
    ['sends no frames', { ...UP, a: camera(0, 5, 0, 1) }, 'ok'],
    ['is alone behind', { ...UP, a: camera(5, 0, 5, 0) }, 'ok'],
    ['is behind like all others', { a: camera(5, 0.1, 4.9, 0), b: camera(5, 0.1, 4.9, 0) }, 'bad'],
    ['is as well as can be', UP, 'bad'],
    ['says nothing of its frames', { ...UP, a: { process_fps: 5 } }, 'bad'],
  ])('of a camera that %s', (_, cameras, answer) => {
    const said = { stats: stats(cameras as Record<string, Row>) };
    expect(backlog(lines({ a: every10(200, 18) }), said).answer).toBe(answer);
  });

  it('does not count a camera that an option ignores', () => {
    const { facts: seen } = last(watch([{ stats: stats(UP) }], { camerasIgnored: ['a'] }));
    expect(ask(recordingChecks, 'recording_backlog', { ...seen, log: lines({ a: every10(200, 18) }) }).answer).toBe(
      'ok',
    );
  });

  it('is told by the log alone, but not by a camera that lost its stream', () => {
    const log = lines({ a: every10(200, 18) });
    expect(backlog(log, { stats: null }).answer).toBe('bad');
    const lost = { ...log, kept: { ...log.kept, ...logFacts(START, { 'no_frames/a': [150] }).kept } };
    expect(backlog(lost, { stats: null }).answer).toBe('ok');
    expect(backlog(lost).answer).toBe('bad');
  });

  it('does not count lines from while the API was silent', () => {
    const log = lines({ a: every10(200, 18) });
    expect(backlog(log, { stats: stats(UP) }, { aftermathUntil: START - 40 }).answer).toBe('ok');
    expect(backlog(log, { stats: stats(UP) }, { aftermathUntil: START - 90 }).answer).toBe('bad');
    expect(backlog(log, { stats: stats(UP) }, { aftermathUntil: START - 300 }).answer).toBe('bad');
  });

  it('is proven to be over by a segment that is younger than the last line, never by silence', () => {
    const quiet = lines({ a: [400] });
    expect(backlog(quiet)).toMatchObject({ answer: 'ok', proves: false });
    expect(backlog(quiet, well({ recordings: { a: segments(500) } })).proves).toBe(false);
    expect(backlog(quiet, well({ recordings: { a: segments(390) } })).proves).toBeUndefined();
    expect(backlog(quiet, well()).proves).toBeUndefined();
  });

  it('is proven never to have been by frames that get through, where nobody asks for recordings', () => {
    expect(backlog(lines({})).proves).toBeUndefined();
    expect(backlog(lines({}), { stats: stats({ a: camera(5, 0.1, 4.9, 0) }) }).proves).toBe(false);
  });

  it('says how many, and of whom', () => {
    expect(backlog(lines({ a: every10(100, 7), b: every10(95, 2) }))).toEqual({
      member: null,
      answer: 'bad',
      at: START,
      detail: 'Recordings have been thrown away{for}: detection is behind and does not look at their frames in time.',
      threshold: 'over 5 in 300 s',
      evidence: ['"Too many unprocessed recording segments": 9 in 300 s', 'a 7, b 2'],
    });
  });
});
