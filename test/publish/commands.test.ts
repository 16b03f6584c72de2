import { describe, expect, it } from 'vitest';
import { commandFilter, readCommand } from '../../src/publish/commands.ts';
import type { Wish } from '../../src/rules/types.ts';

const BASE = 'frigate_warden';
const by = 'Home Assistant';
const read = (key: string, payload: string, retained = false, target = 'frigate') =>
  readCommand({ topic: `${BASE}/${target}/${key}/set`, payload, retained }, BASE, ['frigate', 'barn']);

describe('a command', () => {
  it.each<[string, string, Wish]>([
    ['restart', 'PRESS', { kind: 'restart', by, reason: null }],
    ['restart', ' PRESS\n', { kind: 'restart', by, reason: null }],
    ['restart', '{"reason":"new\\nfirmware"}', { kind: 'restart', by, reason: 'new firmware' }],
    ['restart', '{"reason":"  "}', { kind: 'restart', by, reason: null }],
    ['restart', '{}', { kind: 'restart', by, reason: null }],
    ['force_restart', '{"reason":"now"}', { kind: 'force_restart', by, reason: 'now' }],
    ['check_now', 'PRESS', { kind: 'check_now', by }],
    ['reset_breaker', '{"reason":"mended"}', { kind: 'reset_breaker', by }],
    ['test_alert', 'PRESS', { kind: 'test_alert', by }],
    ['acknowledge', 'PRESS', { kind: 'acknowledge', by, incidentId: null }],
    ['acknowledge', '{"incident_id":"frigate-1","minutes":5}', { kind: 'acknowledge', by, incidentId: 'frigate-1' }],
    ['snooze', 'PRESS', { kind: 'snooze', by, incidentId: null, minutes: 60 }],
    ['snooze', '{"incident_id":"frigate-1","minutes":5}', { kind: 'snooze', by, incidentId: 'frigate-1', minutes: 5 }],
    ['automatic_restarts', 'ON', { kind: 'automatic_restarts', by, on: true }],
    ['automatic_restarts', 'OFF', { kind: 'automatic_restarts', by, on: false }],
    ['maintenance', 'ON', { kind: 'maintenance', by, on: true }],
  ])('%s with %s is a wish', (key, payload, wish) => {
    expect(read(key, payload)).toEqual({ ok: true, target: 'frigate', wish });
  });

  it('has a reason of one line and of two hundred characters at most', () => {
    const command = read('restart', JSON.stringify({ reason: `a\u0000b\r\n${'x'.repeat(900)}` }));
    const reason = command.ok && command.wish.kind === 'restart' ? command.wish.reason : '';
    expect(reason).toMatch(/^a b x+$/);
    expect(reason).toHaveLength(200);
  });
});

describe('what is wrong with a command', () => {
  it.each<[string, string, RegExp]>([
    [
      'restart',
      'press',
      /on frigate_warden\/frigate\/restart\/set was ignored: its payload must be PRESS, or JSON like/,
    ],
    ['restart', '', /must be PRESS/],
    ['restart', '{"reason": 5}', /must be PRESS/],
    ['restart', '"now"', /must be PRESS/],
    ['check_now', 'ON', /must be PRESS/],
    ['maintenance', 'PRESS', /must be ON or OFF/],
    ['maintenance', 'on', /must be ON or OFF/],
    ['snooze', '{"minutes":0}', /must be PRESS, or JSON like \{"incident_id"/],
    ['snooze', '{"minutes":"60"}', /must be PRESS, or JSON like/],
    ['snooze', '{"minutes":1e9}', /must be PRESS, or JSON like/],
    ['reboot', 'PRESS', /there is no "reboot"; there is restart, force_restart, /],
    ['toString', 'PRESS', /there is no "toString"/],
    ['constructor', 'PRESS', /there is no "constructor"/],
  ])('%s with %s is one sentence that says what would be right', (key, payload, sentence) => {
    const command = read(key, payload);
    expect(command).toEqual({ ok: false, sentence: expect.stringMatching(sentence) });
  });

  it('an unknown target is named, with those that there are', () => {
    expect(read('restart', 'PRESS', false, 'shed')).toEqual({
      ok: false,
      sentence:
        'The command on frigate_warden/shed/restart/set was ignored: there is no "shed"; there is frigate, barn.',
    });
  });

  it('a retained one is never heeded, however right it is', () => {
    expect(read('restart', 'PRESS', true)).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('must not be retained'),
    });
  });
});

it('commands are listened for at any target and key', () => {
  expect(commandFilter('a/b')).toBe('a/b/+/+/set');
  expect(
    readCommand({ topic: 'a/b/frigate/check_now/set', payload: 'PRESS', retained: false }, 'a/b', ['frigate']).ok,
  ).toBe(true);
});
