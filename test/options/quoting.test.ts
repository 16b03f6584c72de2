import { describe, expect, it } from 'vitest';
import { isPlainName, mayBeSecret, quoted } from '../../src/options/quoting.ts';

describe('what is quoted', () => {
  it.each([
    'often',
    'deployment/frigate',
    'Front house 2',
    'certificate_authority_data',
    'a sentence of many words, which is longer than any name of an option is',
  ])('may be "%s"', (text) => expect(mayBeSecret(text)).toBe(false));

  it.each([
    'http://x',
    'me@x',
    '-----BEGIN CERTIFICATE-----',
    'eyJhbGciOiJSUzI1NiIsImtpZCI6',
    'a token: abcdefghij0123456789',
    'x'.repeat(61),
  ])('is not "%s"', (text) => expect(mayBeSecret(text)).toBe(true));

  it('stands in quotes, on one line, cut where it is long', () => {
    expect(quoted('a\n"b"')).toBe('"a\\n\\"b\\""');
    expect(quoted('so '.repeat(40))).toBe(`"${'so '.repeat(18)}so…"`);
    expect(quoted('http://me:hunter22@x')).toBe('this text');
    expect(quoted('http://me:hunter22@x', 'that')).toBe('that');
  });

  it.each([
    ['restarts_per_hour', true],
    ['größe', true],
    ['--fast', true],
    ['', false],
    ['a\nb', false],
    ['a=b', false],
    ['http://x', false],
    ['a'.repeat(41), false],
    ['eyJhbGciOiJSUzI1NiIsImtpZCI6', false],
  ])('is a name as it is: %j is %s', (text, is) => expect(isPlainName(text)).toBe(is));
});
