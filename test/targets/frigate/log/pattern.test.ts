import { describe, expect, it } from 'vitest';
import { begins, holds } from '../../../../src/targets/frigate/log/pattern.ts';

describe('the texts of a pattern', () => {
  it('stand at the beginning of a message, or anywhere in it', () => {
    expect(begins('one', 'two').test('two things')).toBe(true);
    expect(begins('one', 'two').test('a two')).toBe(false);
    expect(holds('one', 'two').test('a two')).toBe(true);
  });

  it('mean what they say: no character is a wildcard', () => {
    expect(begins('a.b (c) [d] e*').test('a.b (c) [d] e*')).toBe(true);
    expect(begins('a.b').test('axb')).toBe(false);
  });

  it('name a member of up to 100 characters', () => {
    const text = begins('for {member} at {number}', 'of {member}{end}');
    expect(text.exec('for 2. Front Door at 17')?.groups?.member).toBe('2. Front Door');
    expect(text.exec('of front.v2.')?.groups?.member).toBe('front.v2');
    expect(text.exec('of front')?.groups?.member).toBe('front');
    expect(text.test(`for ${'x'.repeat(100)} at 1`)).toBe(true);
    expect(text.test(`for ${'x'.repeat(101)} at 1`)).toBe(false);
  });

  it('leave a brace that is no placeholder as it is', () => {
    expect(begins('{unheard}').source).toContain('{unheard}');
  });
});
