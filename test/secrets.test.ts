import { describe, expect, it } from 'vitest';
import { oneLine, redactor, withoutLogin } from '../src/secrets.ts';

describe('what is written', () => {
  it.each([
    ['rtsp://admin:pa@ss/w@10.0.0.1:554/s', 'rtsp://***@10.0.0.1:554/s'],
    ['http://frigate:5000/a@b', 'http://frigate:5000/a@b'],
    ['rtsp://10.0.0.1:554/user@x', 'rtsp://10.0.0.1:554/user@x'],
    ['two rtsp://a:b@h rtsp://c@h', 'two rtsp://***@h rtsp://***@h'],
  ])('has no user in the URL %s', (text, expected) => {
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

  it('is one line without control characters', () => {
    expect(oneLine('a\u001b[2J\nb')).toBe('a [2J b');
  });
});
