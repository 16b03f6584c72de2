import { describe, expect, it } from 'vitest';
import { followRun, followSkew, followUpdated } from '../../../../src/targets/frigate/follow/clockwork.ts';
import { readStats } from '../../../../src/targets/frigate/read/stats.ts';
import { failure } from '../watching.ts';

const NOW = 1_800_000_000;
const reply = (serverTime: number | null) => ({ ok: true as const, value: {}, status: 200, serverTime });
const said = (lastUpdated?: number) => readStats({ cameras: {}, service: { last_updated: lastUpdated } });

describe('the skew', () => {
  it.each([
    ['without a Date header', 40, null, 40],
    ['within the noise', 0, -1.5, 0],
    ['of an hour', 0, 3600, 3600],
    ['that flutters by a second', 3600, 3601, 3600],
    ['that was set right', 3600, 1, 0],
    ['that changed', 3600, -60, -60],
  ])('%s is followed', (_, before, off, skew) => {
    expect(followSkew(before, reply(off === null ? null : NOW + off), NOW)).toBe(skew);
  });

  it('stays as it is while nobody answers', () => {
    expect(followSkew(40, failure('refused'), NOW)).toBe(40);
  });
});

describe('the time of the stats', () => {
  const clock = { now: NOW, skewSeconds: 0 };

  it('is in our clock, and never after now', () => {
    expect(followUpdated(null, said(NOW - 7 + 3600), { now: NOW, skewSeconds: 3600 })?.at).toBe(NOW - 7);
    expect(followUpdated(null, said(NOW + 500), clock)?.at).toBe(NOW);
  });

  it('does not move while last_updated stands, though the skew does', () => {
    const before = { lastUpdated: NOW - 20, at: NOW - 20, stoodSince: NOW - 15 };
    expect(followUpdated(before, said(NOW - 20), { now: NOW, skewSeconds: 99 })).toEqual(before);
  });

  it('stops counting how long it stood when the stats are missing', () => {
    const before = { lastUpdated: NOW - 20, at: NOW - 20, stoodSince: NOW - 15 };
    const gap = followUpdated(before, null, clock);
    expect(gap).toEqual({ ...before, stoodSince: null });
    expect(followUpdated(gap, said(NOW - 20), { now: NOW + 30, skewSeconds: 0 })?.stoodSince).toBe(NOW + 30);
  });
});

describe('the run', () => {
  const signs = {
    now: NOW,
    at: NOW - 10,
    uptimeSeconds: 86_400,
    container: null,
    containerStartedAt: null,
    hasAnswered: true,
  };
  const first = followRun(null, signs).run;

  it('of a Frigate that was up long before the Warden has answered since about its start', () => {
    expect(first).toMatchObject({ startedAt: NOW - 86_410, answeredAt: NOW - 86_290 });
    expect(followRun(null, { ...signs, uptimeSeconds: 300 }).run.answeredAt).toBe(NOW - 190);
  });

  it('of a young or timeless one has answered just now', () => {
    expect(followRun(null, { ...signs, uptimeSeconds: 60 }).run.answeredAt).toBe(NOW);
    expect(followRun(null, { ...signs, uptimeSeconds: null }).run).toMatchObject({ startedAt: null, answeredAt: NOW });
  });

  it('has not answered while nobody did', () => {
    expect(followRun(null, { ...signs, uptimeSeconds: null, hasAnswered: false }).run.answeredAt).toBeNull();
  });

  it('takes the start of its container where the stats say nothing, at the first look only', () => {
    const silent = { ...signs, uptimeSeconds: null, container: 'one', containerStartedAt: NOW - 5000 };
    expect(followRun(null, silent).run.answeredAt).toBe(NOW - 4880);
    expect(followRun(followRun(null, { ...silent, hasAnswered: false }).run, silent).run.answeredAt).toBe(NOW);
  });

  it('has answered just now when it was silent before, however long it took to start', () => {
    const silent = { ...signs, container: 'one', uptimeSeconds: null, hasAnswered: false };
    const starting = followRun(null, { ...silent, now: NOW - 300, at: NOW - 300 }).run;
    expect(followRun(starting, { ...signs, container: 'one', uptimeSeconds: 500 }).run.answeredAt).toBe(NOW);
  });

  it.each([
    ['the uptime fell', { uptimeSeconds: 5, now: NOW + 30, at: NOW + 20 }, true],
    [
      'it began later than it had, while nobody looked',
      { uptimeSeconds: 90_000, now: NOW + 90_000, at: NOW + 90_000 },
      true,
    ],
    ['the uptime grew', { uptimeSeconds: 86_430, now: NOW + 30, at: NOW + 20 }, false],
    ['the stats were seen twice', {}, false],
    ['the stats are silent', { uptimeSeconds: null }, false],
  ])('is another one or not when %s', (_, changes, isNew) => {
    expect(followRun(first, { ...signs, ...changes }).isNew).toBe(isNew);
  });

  it('begins with its container, before anything answers, and keeps its first answer', () => {
    const running = followRun(first, { ...signs, container: 'one', containerStartedAt: NOW - 86_500 });
    expect(running.isNew).toBe(false);
    const restarted = followRun(running.run, { ...signs, container: 'two', uptimeSeconds: null, hasAnswered: false });
    expect(restarted).toMatchObject({ isNew: true, run: { answeredAt: null, startedAt: null } });
    const answering = followRun(restarted.run, {
      ...signs,
      container: 'two',
      uptimeSeconds: 3,
      now: NOW + 40,
      at: NOW + 40,
    });
    expect(answering).toMatchObject({ isNew: false, run: { answeredAt: NOW + 40, startedAt: NOW + 37 } });
    const later = followRun(answering.run, {
      ...signs,
      container: 'two',
      uptimeSeconds: 33,
      now: NOW + 70,
      at: NOW + 70,
    });
    expect(later.run).toMatchObject({ answeredAt: NOW + 40, startedAt: NOW + 37 });
  });
});
