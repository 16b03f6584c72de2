import { expect, it } from 'vitest';
import { NETWORK_CODES } from '../../src/doors/network-codes.ts';

it('says of every code what kind of failure it is, in words that follow the address', () => {
  expect(Object.fromEntries(Object.entries(NETWORK_CODES).map(([code, [kind]]) => [code, kind]))).toEqual({
    ECONNREFUSED: 'refused',
    ECONNRESET: 'unreachable',
    ENOTFOUND: 'unreachable',
    EAI_AGAIN: 'unreachable',
    EHOSTUNREACH: 'unreachable',
    ETIMEDOUT: 'timeout',
  });
  for (const [, words] of Object.values(NETWORK_CODES)) expect(words).toMatch(/^[a-z].*[a-z]$/);
});
