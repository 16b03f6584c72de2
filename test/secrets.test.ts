import { describe, expect, it } from 'vitest';
import { learner, oneLine, redactor, withoutLogin } from '../src/secrets.ts';

const QUERY_NAMES = ['key', 'token', 'api_key', 'apikey', 'secret', 'auth', 'password', 'pwd', 'user', 'username'];

describe('what is written', () => {
  it.each([
    ['rtsp://admin:pa@ss/w@10.0.0.1:554/s', 'rtsp://***@10.0.0.1:554/s'],
    ['http://frigate:5000/a@b', 'http://frigate:5000/a@b'],
    ['rtsp://10.0.0.1:554/user@x', 'rtsp://10.0.0.1:554/user@x'],
    ['two rtsp://a:b@h rtsp://c@h', 'two rtsp://***@h rtsp://***@h'],
  ])('has no user in the URL %s', (text, expected) => {
    expect(withoutLogin(text)).toBe(expected);
  });

  it.each(QUERY_NAMES)('has no value of ?%s=', (name) => {
    expect(withoutLogin(`http://10.0.0.5/flv?a=1&${name}=hunter_2,2@x&b=2`)).toBe(
      `http://10.0.0.5/flv?a=1&${name}=***&b=2`,
    );
    expect(withoutLogin(`x?${name.toUpperCase()}=hunter22 y`)).toBe(`x?${name.toUpperCase()}=*** y`);
  });

  it.each([
    ['POST https://ai/v1:generateContent?key=AIzaSySECRET failed', 'POST https://ai/v1:generateContent?key=*** failed'],
    ['http://10.0.0.5/flv?user=admin&password=hunter22', 'http://10.0.0.5/flv?user=***&password=***'],
    ['http://a:b@h/x?token=c@d', 'http://***@d'],
    ['GET /recordings?after=1&before=2&monkey=3&keys=4', 'GET /recordings?after=1&before=2&monkey=3&keys=4'],
    ['key=1 is no query', 'key=1 is no query'],
    ['/x?key=&a=1', '/x?key=&a=1'],
  ])('has no login in the query of %s', (text, expected) => {
    expect(withoutLogin(text)).toBe(expected);
  });

  it('stays JSON where a login in a query ends with a quote, escaped or not', () => {
    const said = { m: 'asked "http://h/?key=ab\\cd" and \'http://h/?key=ef\'', n: 'http://h/?key=gh\\' };
    expect(JSON.parse(withoutLogin(JSON.stringify(said)))).toEqual({
      m: `asked "http://h/?key=***" and 'http://h/?key=***'`,
      n: 'http://h/?key=***',
    });
  });

  // Where the cost grows with the square of the length, each of these takes minutes, and the test its time limit.
  const LONG = 2_000_000;
  it.each([
    ['no user', '://'.repeat(LONG / 3)],
    ['a colon in each', '://a:b'.repeat(LONG / 6)],
    ['an @ at their begin', `http://a@${'://a:b'.repeat(LONG / 6)}`],
    ['a port in each', '://a:1/'.repeat(LONG / 7)],
    ['names of a query', '?key&key'.repeat(LONG / 8)],
  ])('is ready soon, however long the text without a blank: addresses with %s', (_, text) => {
    expect(withoutLogin(text).length).toBeGreaterThan(LONG / 2);
  });

  it.each([
    ['password', `rtsp://a:${'p/'.repeat(LONG)}@h`, 'rtsp://***@h'],
    ['value of a query', `x?key=${'k'.repeat(LONG)}&a=1`, 'x?key=***&a=1'],
    ['value of a query, of backslashes', `x?key=${'\\k'.repeat(LONG)}&a=1`, 'x?key=***&a=1'],
  ])('has no %s, however long', (_, text, expected) => {
    expect(withoutLogin(text)).toBe(expected);
  });

  it('has no known secret, as it is, in a URL, in JSON or over two lines', () => {
    const hide = redactor(['pa"ss word', 'one\ntwo', 'abc']);
    expect(hide('pa"ss word')).toBe('***');
    expect(hide(encodeURIComponent('pa"ss word'))).toBe('***');
    expect(hide(JSON.stringify({ p: 'pa"ss word' }))).toBe('{"p":"***"}');
    expect(hide('one two')).toBe('***');
    expect(hide('abc')).toBe('abc');
  });

  it('has no secret that was learned later, and the list of those does not grow for ever', () => {
    const secrets = ['given-one'];
    const hide = redactor(secrets);
    const learn = learner(secrets);
    learn(['given-one', 'token-0']);
    expect(hide('given-one token-0 token-1')).toBe('*** *** token-1');
    for (let hour = 1; hour <= 100; hour += 1) {
      learn([`token-${hour}`]);
      expect(hide(`<token-${hour}> <given-one>`)).toBe('<***> <***>');
    }
    expect(hide('<token-99> <token-98>')).toBe('<***> <***>');
    expect(secrets.length).toBeLessThan(30);
  });

  it('is one line without control characters', () => {
    expect(oneLine('a\u001b[2J\nb')).toBe('a [2J b');
  });
});
