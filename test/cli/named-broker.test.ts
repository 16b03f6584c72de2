import { describe, expect, it } from 'vitest';
import { namedBroker } from '../../src/cli/named-broker.ts';
import { checkOptions } from '../../src/options.ts';

describe('the broker that the options name', () => {
  it.each<[what: string, mqtt: object, settings: object | null]>([
    ['none', {}, null],
    ['one, at its usual port', { host: 'nuc' }, { host: 'nuc', port: 1883, tls: false }],
    ['one over TLS, at its usual port', { host: 'nuc', tls: true }, { host: 'nuc', port: 8883, tls: true }],
    [
      'one with a port and a login',
      { host: 'nuc', port: 1884, username: 'rose', password: 'thorn' },
      { host: 'nuc', port: 1884, tls: false, username: 'rose', password: 'thorn' },
    ],
  ])('%s', (_, mqtt, settings) => {
    const answer = checkOptions({ frigates: [{ name: 'Barn', url: 'http://barn:5000' }], mqtt }, 'the test');
    if (!answer.ok) throw new Error(answer.sentences.join(' '));
    expect(namedBroker(answer.options)).toEqual(settings);
  });
});
