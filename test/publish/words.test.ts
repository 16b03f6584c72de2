import { describe, expect, it } from 'vitest';
import {
  aheadWords,
  clip,
  clockWords,
  counted,
  inTitle,
  iso,
  lengthWords,
  NONE,
  onOff,
  redact,
  sentence,
  withoutLength,
} from '../../src/publish/words.ts';
import { withoutLogin } from '../../src/secrets.ts';
import { NOW } from './views.ts';

describe('a time', () => {
  it.each([
    [NOW, '2026-01-06T04:06:54+00:00'],
    [NOW + 0.6, '2026-01-06T04:06:55+00:00'],
    [0, '1970-01-01T00:00:00+00:00'],
    [null, null],
    [undefined, null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [1e300, null],
  ])('%s is in ISO 8601 with its zone: %s', (at, text) => {
    expect(iso(at)).toBe(text);
  });

  it('is told with its zone, and with its date on another day', () => {
    expect(clockWords(NOW - 60, NOW)).toBe('04:05 UTC');
    expect(clockWords(NOW - 86_400, NOW)).toBe('2026-01-05 04:06 UTC');
  });
});

it.each([
  [-5, '0 seconds'],
  [1, '1 second'],
  [89, '89 seconds'],
  [90, '2 minutes'],
  [5399, '90 minutes'],
  [5400, '2 hours'],
  [172_799, '48 hours'],
  [172_800, '2 days'],
])('%s seconds are told as %s', (seconds, words) => {
  expect(lengthWords(seconds)).toBe(words);
});

it.each([
  ['Down', 'Down.'],
  ['Down. ', 'Down.'],
  ['Really?', 'Really?'],
  ['', ''],
])('"%s" ends as a sentence: "%s"', (text, whole) => {
  expect(sentence(text)).toBe(whole);
});

it('a time ahead is told in both ways', () => {
  expect(aheadWords(NOW + 54 * 60, NOW)).toBe('in 54 minutes (05:00 UTC)');
});

it.each([
  ['Detector slow', 'detector slow'],
  ['API silent', 'API silent'],
  ['no frames', 'no frames'],
  ['', ''],
])('the name "%s" stands in a title as "%s"', (name, words) => {
  expect(inTitle(name)).toBe(words);
});

it.each([
  ['No answer for 240 s: timed out.', 'No answer: timed out.'],
  ['door has sent no frames for 12 min; new.', 'door has sent no frames; new.'],
  ['Asked for 3 h, for 2 good reasons.', 'Asked, for 2 good reasons.'],
  ['80 % are skipped.', '80 % are skipped.'],
])('"%s" without its length is "%s"', (text, rest) => {
  expect(withoutLength(text)).toBe(rest);
});

describe('a text that leaves', () => {
  it.each([
    ['rtsp://admin:pw@10.0.0.7:554/live', 'rtsp://***@10.0.0.7:554/live'],
    ['at http://me@host/x and rtsp://a:b@c/d', 'at http://***@host/x and rtsp://***@c/d'],
    ['rtsp://admin:p@ss@10.0.0.7/live', 'rtsp://***@10.0.0.7/live'],
    ['rtsp://admin:p/ss?x@10.0.0.7/live', 'rtsp://***@10.0.0.7/live'],
    ['["http://a:b@c","x@y"]', '["http://***@c","x@y"]'],
    ['http://cam/api.cgi?user=admin&password=pw&x=1', 'http://cam/api.cgi?user=***&password=***&x=1'],
    ['http://host:5000/a@b', 'http://host:5000/a@b'],
    ['http://host/a?b=c@d', 'http://host/a?b=c@d'],
    ['http://host:5000 and me@mail', 'http://host:5000 and me@mail'],
    ['detectors: 2 @ 30 ms', 'detectors: 2 @ 30 ms'],
  ])('"%s" is "%s"', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    ...['key', 'token', 'api_key', 'apikey', 'secret', 'auth', 'password', 'pwd', 'user', 'username'],
    ...['usr', 'login', 'pass', 'passwd'],
  ])('has no value of ?%s=, as all else that is written', (name) => {
    for (const text of [
      `http://h/x?${name}=hunter_22&a=1`,
      `"x?a=1&${name}=ab\\"`,
      `x?${name}=a\\b c`,
      `?${name}=&a`,
    ]) {
      expect(redact(text)).toBe(withoutLogin(text));
      expect(redact(text)).not.toMatch(/hunter|=a[b\\]/);
    }
  });

  it('is cleaned quickly, however long', () => {
    const hostile = 'http://'.repeat(3000);
    expect(redact(hostile)).toBe(hostile);
  });
});

it('what is too long is cut, and says so', () => {
  expect(clip('12345', 5)).toBe('12345');
  expect(clip('123456', 5)).toBe('1234…');
});

it('one is not many', () => {
  expect([counted(1, 'look'), counted(2, 'look'), counted(0, 'look')]).toEqual(['1 look', '2 looks', '0 looks']);
});

it('states are spelled as Home Assistant wants them', () => {
  expect([onOff(true), onOff(false), NONE]).toEqual(['ON', 'OFF', 'none']);
});
