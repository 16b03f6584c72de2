import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/rules/types.ts';
import { lookFramesInLog } from '../../../../src/targets/frigate/checks/camera-log.ts';
import { cameraChecks } from '../../../../src/targets/frigate/checks/cameras.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import { ask, camera, config, last, logFacts, type Said, START, stats, watch } from '../watching.ts';

type Ages = Readonly<Record<string, readonly number[]>>;
const facts = (log: SeenFacts['log'], said: Said = {}): SeenFacts => ({
  ...last(watch([{ stats: null, ...said }])).facts,
  log,
});
const found = (ages: Ages, changes = {}) => lookFramesInLog(facts(logFacts(START, ages, changes)));
const answer = (ages: Ages, changes = {}) => found(ages, changes).find((one) => one.member === 'a')?.answer;

describe('a camera of which only the log tells', () => {
  it.each<[string, Ages, Answer | undefined]>([
    ['has lost its stream just now', { 'ffmpeg_crash/a': [0] }, 'bad'],
    ['sent no frames a while ago', { 'no_frames/a': [239] }, 'bad'],
    ['could not be read', { 'unable_to_read/a': [10] }, 'bad'],
    ['had no ffmpeg', { 'ffmpeg_not_running/a': [10] }, 'bad'],
    ['is not spoken of any more', { 'no_frames/a': [240] }, 'unknown'],
    ['has the last of several lines long ago', { 'ffmpeg_crash/a': [500, 300], 'no_frames/a': [400] }, 'unknown'],
    ['is not spoken of, but another is', { 'ffmpeg_crash/b': [10] }, undefined],
    ['exceeds its frames, which is no loss', { 'fps_limit/a': [10] }, undefined],
  ])('%s', (_, ages, expected) => {
    expect(answer(ages)).toBe(expected);
  });

  it('is bad since the first line of the same loss, and lines without a pause are one', () => {
    const loop = Array.from({ length: 20 }, (_, k) => 10 + 10 * k);
    const [one] = found({ 'ffmpeg_crash/a': [900, ...loop], 'unable_to_read/a': [290] });
    expect(one).toMatchObject({ member: 'a', at: START, since: START - 290 });
    expect(found({ 'ffmpeg_crash/a': [301, 210, 10] })[0]?.since).toBe(START - 10);
    expect(found({ 'ffmpeg_crash/a': [190, 100, 10] })[0]?.since).toBe(START - 190);
  });

  it('counts bursts: many lines within seconds are one loss', () => {
    const burst = Array.from({ length: 100 }, (_, k) => 20 - k / 1000);
    expect(found({ 'unable_to_read/a': [...burst, 10], 'ffmpeg_crash/a': [21.5, 40] })[0]).toMatchObject({
      detail: 'By its log Frigate has been losing the stream of a{for}.',
      evidence: ['3 losses in the log, the last 10 s before'],
    });
    expect(found({ 'ffmpeg_crash/a': [5] })[0]?.evidence).toEqual(['one loss in the log, the last 5 s before']);
  });

  it('is not blamed for what another run said', () => {
    expect(answer({ 'ffmpeg_crash/a': [100] }, { startedAt: START - 50 })).toBeUndefined();
    expect(answer({ 'ffmpeg_crash/a': [100, 20] }, { startedAt: START - 50 })).toBe('bad');
  });

  it('is not asked when an option ignores it', () => {
    const log = logFacts(START, { 'ffmpeg_crash/a': [5], 'ffmpeg_crash/b': [5] });
    const { facts: seen } = last(
      watch([{ stats: null, config: config({ a: true, b: true }) }], { camerasIgnored: ['a'] }),
    );
    expect(lookFramesInLog({ ...seen, log }).map(({ member }) => member)).toEqual(['b']);
  });
});

describe('the log as a whole', () => {
  it.each<[string, SeenFacts['log'], Answer]>([
    ['names no camera', logFacts(START, {}), 'unknown'],
    ['could not be read', logFacts(START, {}, { state: 'unread', why: 'It timed out.' }), 'unknown'],
    ['may not be read', logFacts(START, {}, { state: 'not_observed', why: 'It is forbidden.' }), 'not_observed'],
  ])('%s', (_, log, expected) => {
    expect(lookFramesInLog(facts(log))).toMatchObject([{ member: null, answer: expected }]);
  });

  it('speaks of frames only where nobody asks Frigate, and of nothing else', () => {
    const log = logFacts(START, { 'ffmpeg_crash/a': [5] });
    expect(ask(cameraChecks, 'camera_frames', facts(log), 'a').answer).toBe('bad');
    for (const check of ['camera_skipping', 'camera_slow']) {
      expect(ask(cameraChecks, check, facts(log)).answer).toBe('not_observed');
    }
    const seen = facts(log, { stats: stats({ a: camera(5, 5, 0, 1) }) });
    expect(ask(cameraChecks, 'camera_frames', seen, 'a').answer).toBe('ok');
  });

  it('lets nobody vote, however many cameras it speaks against', () => {
    const known = newFrigateMemory(['a', 'b']);
    const seen = (said: Said) => last(watch([said], {}, known)).looked.members.map(({ id }) => id);
    expect(seen({ stats: null, config: config({ a: true, b: true }) })).toEqual([]);
    expect(seen({ stats: stats({ a: camera(0, 0, 0, 0), b: camera(0, 0, 0, 0) }) })).toEqual(['a', 'b']);
  });
});
