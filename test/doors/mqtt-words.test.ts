import { describe, expect, it } from 'vitest';
import { CLOSED, inWords, openDropVoice, openVoice } from '../../src/doors/mqtt-words.ts';
import { eventually } from '../eventually.ts';
import { keptLog } from './hearing.ts';

const plain = { tls: false, connectSeconds: 10 };
const coded = (code: string | number, message = 'password=hunter2') => Object.assign(new Error(message), { code });

describe('the reason why a connection ended', () => {
  it.each<[Error, boolean, string]>([
    [coded(1), false, 'it does not speak MQTT 3.1.1'],
    [coded(2), false, 'it does not accept the client id'],
    [coded(3), false, 'it says that it is not available'],
    [coded(4), false, 'bad user name or password'],
    [coded(5), false, 'bad user name or password, or this user may not connect'],
    [coded(77), false, 'it answered with the unknown code 77'],
    [coded('ECONNREFUSED'), true, 'the connection was refused'],
    [coded('ETIMEDOUT'), false, 'timeout'],
    [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), true, 'TLS failed (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    [coded('EWEIRD'), false, 'the connection failed (EWEIRD)'],
    [new Error('connack timeout'), false, 'timeout, no answer within 10 s'],
    [new Error('Keepalive timeout'), false, 'timeout, it no longer answers'],
    [new Error('Invalid header flag bits'), false, 'it sent something that is not MQTT'],
  ])('%s (TLS %s) is in words: %s', (error, tls, words) => {
    expect(inWords(error, { ...plain, tls })).toBe(words);
  });
});

describe('the voice of the door', () => {
  it('says lost once, however many attempts fail, and back once', () => {
    const log = keptLog();
    const voice = openVoice('The broker', log, 600, () => undefined);
    voice.down('first reason', false);
    voice.down('second reason', false);
    voice.up();
    voice.quiet();
    expect(log.lines).toEqual([
      'warn: The broker is not connected: first reason. It is tried again and again.',
      'info: The broker is connected again.',
    ]);
  });

  it('waits with back until the connection has held, after one that did not', async () => {
    const log = keptLog();
    let steady = 0;
    const voice = openVoice('The broker', log, 0.03, () => {
      steady += 1;
    });
    voice.up();
    voice.down(CLOSED, true);
    voice.up();
    expect(log.lines).toHaveLength(2);
    expect(log.lines[1]).toContain('soon after it was made');
    await eventually(() => log.lines.length === 3);
    expect(log.lines[2]).toBe('info: The broker is connected again.');
    expect(steady).toBe(1);
    voice.down(CLOSED, true);
    expect(log.lines[3]).not.toContain('soon after');
    voice.up();
    expect(log.lines).toHaveLength(5);
    voice.quiet();
  });
});

it('dropped messages are told once a topic, and of a hundred topics at most', () => {
  const log = keptLog();
  const dropped = openDropVoice(log, 10);
  for (let i = 0; i < 300; i += 1) dropped(`topic/${i % 150}`, 11);
  expect(log.lines).toHaveLength(100);
});
