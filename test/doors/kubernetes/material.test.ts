import { describe, expect, it } from 'vitest';
import {
  Refusal,
  readAuthority,
  readPair,
  readServer,
  readText,
  readToken,
} from '../../../src/doors/kubernetes/material.ts';
import { scratch } from './scratch.ts';
import { selfSigned } from './self-signed.ts';

const ours = selfSigned('Warden');
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the parts of credentials', () => {
  it('begin their sentence with where they stand', () => {
    const reads = [
      () => readText('/nowhere', 'the file', 'put it there'),
      () => readServer('', 'the server'),
      () => readToken('', 'the token'),
      () => readAuthority('', 'the authority'),
      () => readPair({ cert: '', key: '' }, 'the client '),
    ];
    for (const read of reads) {
      expect(read).toThrow(Refusal);
      expect(read).toThrow(/^The (file|server|token|authority|client).*; .*\.$/);
    }
  });

  it.each([
    ['https://192.0.2.10:6443', 'https://192.0.2.10:6443', false],
    [' https://k.example/ ', 'https://k.example', false],
    ['https://[fd00::1]:6443', 'https://[fd00::1]:6443', false],
    ['https://[::1]:6443/k8s/', 'https://[::1]:6443/k8s', false],
    ['http://[::1]:8001', 'http://[::1]:8001', true],
  ])('a server %s', (value, server, skipTLSVerify) => {
    expect(readServer(value, 'it')).toEqual({ server, skipTLSVerify });
  });

  it('a text leaves out the mark that editors of Windows begin with', () => {
    const file = `${scratch({ a: '\uFEFFkind: Config' })}/a`;
    expect(readText(file, 'it', 'no')).toBe('kind: Config');
  });

  it.each([
    ['PEM', ours.cert, ours.key],
    ['base64', base64(ours.cert), base64(ours.key).replace(/.{60}/g, '$&\n')],
    ['a chain', ours.cert + selfSigned('Above').cert, ours.key],
  ])('a certificate and its key as %s', (_, cert, key) => {
    const pair = readPair({ cert, key }, 'it ');
    expect(Buffer.from(pair.keyData, 'base64').toString()).toBe(ours.key);
    expect(Buffer.from(pair.certData, 'base64').toString()).toContain(ours.cert);
  });

  it.each([1, 2, 3, 4])('a pair that is written up to a part of %i fifths is none yet', (part) => {
    const half = (text: string) => text.slice(0, (text.length * part) / 5);
    expect(() => readPair({ cert: half(ours.cert), key: ours.key }, 'it ')).toThrow(/certificate is not readable/);
    expect(() => readPair({ cert: ours.cert, key: half(ours.key) }, 'it ')).toThrow(/key is not readable/);
    expect(() => readAuthority(half(ours.cert), 'it')).toThrow(/no readable certificate/);
  });
});
