import { describe, expect, it } from 'vitest';
import { digest } from '../../../src/targets/frigate/digest.ts';
import { answers, answersTo, camera, failure, findingOf, last, START, settings, stats, watch } from './watching.ts';

const FINE = { a: camera(5, 5, 0, 1) };

describe('the digest', () => {
  it('is pure: the same answers and memory give the same facts, and neither is changed', () => {
    const memory = Object.freeze(watch([{ stats: stats(FINE) }])[0]?.memory ?? null);
    const before = JSON.stringify(memory);
    const said = answers(START + 15, { stats: stats(FINE, { after: 15 }) });
    const [one, two] = [digest(settings(), memory, said, START + 15), digest(settings(), memory, said, START + 15)];
    expect(one).toEqual(two);
    expect(JSON.stringify(memory)).toBe(before);
  });

  it('gives the evidence the time of the stats, corrected by the difference of the clocks', () => {
    const hour = { stats: stats(FINE, { after: 3600 }), serverTime: START + 3600 };
    expect(last(watch([hour])).facts.at).toBe(START - 5);
    expect(last(watch([{ stats: stats(FINE) }])).facts.at).toBe(START - 5);
  });

  it('gives the evidence our time where the stats have none', () => {
    const { service: _, ...bare } = stats(FINE);
    expect(last(watch([{ stats: bare }])).facts.at).toBe(START);
    expect(last(watch([{ stats: failure('timeout') }])).facts.at).toBe(START);
  });

  it('asks the API and the freshness of the stats in our time', () => {
    const seen = last(watch([{ stats: stats(FINE) }]));
    expect([findingOf(seen, 'api').at, findingOf(seen, 'stats_fresh').at]).toEqual([START, START]);
    expect(findingOf(seen, 'detector_queue').at).toBe(START - 5);
  });

  it('forgets with a run what belongs to it, and nothing else', () => {
    const slow = (after: number, uptime: number) => ({
      stats: { ...stats(FINE, { after, inference: 28 }), service: { uptime, last_updated: START + after } },
    });
    const seen = watch([slow(0, 9000), slow(15, 9015), slow(30, 61)]);
    expect(seen.map((one) => one.facts.detectors[0]?.previousMs)).toEqual([null, 28, null]);
    expect(last(seen).memory.cameras.a?.worked).not.toBeNull();
  });

  it('judges the queue of a new run by that run alone', () => {
    const dead = (after: number, uptime: number, inference: number) => ({
      stats: {
        ...stats({ a: camera(5, 0.2, 4.8, 0) }, { inference }),
        service: { uptime, last_updated: START + after },
      },
    });
    expect(answersTo(watch([dead(0, 9000, 28), dead(15, 61, 31)]), 'detector_queue')).toEqual(['bad', 'bad']);
    expect(answersTo(watch([dead(0, 9000, 28), dead(15, 9015, 31)]), 'detector_queue')).toEqual(['bad', 'unknown']);
  });

  it('goes on with what an older Warden has saved, which knew less', () => {
    const saved = last(watch([{ stats: stats(FINE) }])).memory;
    const older = Object.fromEntries(Object.entries(saved).filter(([key]) => !['log', 'reach', 'mail'].includes(key)));
    const memory = older as unknown as typeof saved;
    const step = digest(settings(), memory, answers(START + 15, { stats: stats(FINE, { after: 15 }) }), START + 15);
    expect(step.memory.cameras).toHaveProperty('a');
    expect(step.facts.log.state).toBe('not_observed');
  });

  it('keeps what is known while the stats are missing', () => {
    const seen = watch([{ stats: stats(FINE) }, { stats: failure('timeout'), version: failure('timeout') }]);
    expect(answersTo(seen, 'camera_frames', 'a')).toEqual(['ok', 'unknown']);
    expect(answersTo(seen, 'detector_speed', 'coral')).toEqual(['ok', 'unknown']);
    expect(last(seen).memory).toMatchObject({ version: '0.17.2-3d4dd3a', lastAnswerAt: START });
  });

  it.each([
    ['nulls', { cameras: { a: null }, detectors: { d: null }, service: null }],
    ['text for objects', { cameras: { a: 'x' }, detectors: 'x', service: 'x' }],
    ['lists', { cameras: { a: [] }, detectors: [], service: [] }],
    [
      'text for numbers',
      { cameras: { a: camera('NaN', '', '- %', 'x') }, detectors: { d: { inference_speed: 'fast' } } },
    ],
    ['keys of the language', JSON.parse('{"cameras":{"__proto__":{"camera_fps":0},"constructor":{"camera_fps":5}}}')],
  ])('does not break on %s, and calls nothing bad', (_, body) => {
    const seen = watch([{ stats: body }, { stats: body }]);
    expect(seen.flatMap((one) => one.looked.findings).filter((one) => one.answer === 'bad')).toEqual([]);
  });
});
