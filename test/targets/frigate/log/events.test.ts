import { describe, expect, it } from 'vitest';
import { copyOf, gather } from '../../../../src/targets/frigate/log/events.ts';

const line = (at: number | null, pattern = 'stuck', member: string | null = null, message = 'x') => ({
  at,
  pattern,
  member,
  message,
});

describe('lines become events', () => {
  it('folds those of one pattern and member within a second', () => {
    const gathering = gather(100);
    for (const at of [10, 10.5, 10.999, 11, 12]) gathering.add(line(at));
    gathering.add(line(10.2, 'stuck', 'a'));
    gathering.add(line(10.3, 'exited'));
    expect(gathering.events(null).map(({ at, pattern, member, count }) => [at, pattern, member, count])).toEqual([
      [10, 'stuck', null, 3],
      [10.2, 'stuck', 'a', 1],
      [10.3, 'exited', null, 1],
      [11, 'stuck', null, 1],
      [12, 'stuck', null, 1],
    ]);
  });

  it('puts a line that comes late where it belongs', () => {
    const gathering = gather(100);
    for (const at of [10, 5, 20]) gathering.add(line(at));
    expect(gathering.events(null).map(({ at }) => at)).toEqual([5, 10, 20]);
  });

  it('gives what came before any time the time of the first that has one', () => {
    const gathering = gather(100);
    gathering.add(line(null));
    gathering.add(line(null));
    gathering.add(line(50));
    expect(gathering.events(40).map(({ at, count }) => [at, count])).toEqual([
      [40, 2],
      [50, 1],
    ]);
    expect(gathering.events(null)[0]?.at).toBe(0);
  });

  it('counts what is said to have come again', () => {
    const gathering = gather(100);
    gathering.repeat(5);
    gathering.add(line(10));
    gathering.repeat(5);
    expect(gathering.events(null)).toMatchObject([{ count: 6 }]);
  });

  it('keeps the text short, on one line and without a password, also where the cut is within it', () => {
    const gathering = gather(100);
    const secret = `rtsp://user:${'pass/word'.repeat(20)}@camera/stream`;
    gathering.add(line(10, 'stuck', null, `${'x'.repeat(200)}\n${secret} ${'y'.repeat(999)}`));
    const [event] = gathering.events(null);
    expect(event?.text).toHaveLength(300);
    expect(event?.text).not.toMatch(/pass|\n/);
    expect(event?.text).toContain('rtsp://***@camera/stream');
  });

  it('keeps no login of a query', () => {
    const gathering = gather(100);
    gathering.add(line(10, 'a', null, 'POST https://ai/v1beta/m:generateContent?key=AIzaSySECRET'));
    gathering.add(line(20, 'b', null, 'http://10.0.0.5/flv?user=admin&password=hunter22'));
    expect(gathering.events(null).map(({ text }) => text)).toEqual([
      'POST https://ai/v1beta/m:generateContent?key=***',
      'http://10.0.0.5/flv?user=***&password=***',
    ]);
  });

  it('cuts a name that is none', () => {
    const gathering = gather(100);
    gathering.add(line(10, 'stuck', `a\u0007${'b'.repeat(500)}`));
    expect(gathering.events(null)[0]?.member).toBe(`a ${'b'.repeat(98)}`);
  });

  it('folds the most frequent kind when there are too many, loses no count, and leaves the rare ones exact', () => {
    const gathering = gather(100);
    for (let at = 0; at < 10_000; at += 10) gathering.add(line(at, 'detector_error'));
    for (const at of [1, 5001, 9001]) gathering.add(line(at, 'stuck'));
    const events = gathering.events(null);
    expect(events.length).toBeLessThanOrEqual(101);
    const of = (pattern: string) => events.filter((event) => event.pattern === pattern);
    expect(of('stuck').map(({ at }) => at)).toEqual([1, 5001, 9001]);
    expect(of('detector_error').reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    expect(of('detector_error')[0]?.at).toBe(0);
  });

  it('holds bounded kinds: a log full of names loses the names, not the counts', () => {
    const gathering = gather(1000);
    for (let n = 0; n < 5000; n += 1) gathering.add(line(n * 10, 'no_frames', `camera ${n}`));
    const events = gathering.events(null);
    expect(new Set(events.map(({ member }) => member)).size).toBeLessThan(410);
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
  });

  it('copies a text whole', () => expect(copyOf('Tür 🚪')).toBe('Tür 🚪'));
});
