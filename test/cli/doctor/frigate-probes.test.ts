import { describe, expect, it } from 'vitest';
import { FRIGATE_PROBES, type Heard } from '../../../src/cli/doctor/frigate-probes.ts';
import { type Row, rowsOf } from '../../../src/cli/doctor/row.ts';
import type { Failure } from '../../../src/doors/ports.ts';

const failure: Failure = { ok: false, kind: 'refused', reason: 'It refuses.' };
const wantsLogin: Failure = { ok: false, kind: 'status', status: 401, reason: 'Who are you?' };
const reply = (value: unknown) => ({ ok: true, value, status: 200, serverTime: null });

const API = { hasStats: true, wantsLogin: false };
const MAIL = { why: null, prefix: 'frigate', word: 'online' };

interface Changes {
  frigate?: object;
  ground?: object | null;
  answers?: object;
  facts?: object;
  later?: object;
  mail?: object;
  isConnected?: boolean;
}

function heard({ frigate, ground = {}, answers, facts, later, mail, isConnected = true }: Changes = {}): Heard {
  return {
    frigate: { url: 'http://f', service: 'f', exec: true, ...frigate },
    answers: { vantages: { direct: 'ok', service_proxy: 'ok', pod_proxy: 'ok', exec: 'ok' }, ...answers },
    facts: { ground, version: '0.17.2', api: API, isConfigured: true, configFailure: null, safeMode: false, ...facts },
    later: { streams: reply({ a: {}, b: {} }), reach: { a: 'ok', b: 'ok' }, ...later },
    laterFacts: { mail: { ...MAIL, ...mail } },
    broker: { place: 'b:1883', isConnected, said: [] },
  } as unknown as Heard;
}

const rows = (seen: Heard, door: string): readonly Row[] =>
  rowsOf(FRIGATE_PROBES, seen).filter((row) => row.door === door);

describe('what is asked of a Frigate', () => {
  it('is well where all is', () => {
    expect(rowsOf(FRIGATE_PROBES, heard()).map(({ door, state }) => [door, state])).toEqual([
      ['direct', 'ok'],
      ['service proxy', 'ok'],
      ['pod proxy', 'ok'],
      ['exec', 'ok'],
      ['configuration', 'ok'],
      ['go2rtc', 'ok'],
      ['cameras', 'ok'],
      ["Frigate's MQTT", 'ok'],
    ]);
  });

  it.each<[string, string, Changes, readonly Row['state'][], RegExp]>([
    ['direct', 'without an address', { frigate: { url: undefined } }, ['not_used'], /No frigates\[\]\.url/],
    [
      'direct',
      'that fails',
      { answers: { vantages: { direct: failure } } },
      ['failed'],
      /It refuses\. .*frigates\[\]\.url/,
    ],
    [
      'direct',
      'that wants a login',
      { answers: { vantages: { direct: wantsLogin } } },
      ['warning'],
      /wants a login: Who are you\?/,
    ],
    ['direct', 'with its version', {}, ['ok'], /version 0\.17\.2/],
    [
      'service proxy',
      'without a service',
      { frigate: { service: undefined } },
      ['not_used'],
      /No frigates\[\]\.service/,
    ],
    ['service proxy', 'without a cluster', { ground: null }, ['not_used'], /No frigates/],
    ['service proxy', 'that fails', { answers: { vantages: { service_proxy: failure } } }, ['failed'], /It refuses\./],
    [
      'pod proxy',
      'that fails',
      { answers: { vantages: { pod_proxy: failure } } },
      ['warning'],
      /frigates\[\]\.pod_port/,
    ],
    ['pod proxy', 'without a cluster', { ground: null }, ['not_used'], /No cluster/],
    ['exec', 'that is off', { frigate: { exec: false } }, ['not_used'], /exec is off/],
    ['exec', 'that fails', { answers: { vantages: { exec: failure } } }, ['failed'], /It refuses\./],
    [
      'login',
      'that is missing',
      { facts: { api: { hasStats: false, wantsLogin: true } } },
      ['failed'],
      /Frigate wants a login/,
    ],
    ['login', 'that is accepted', { frigate: { username: 'a', password: 'b' } }, ['ok'], /accepted/],
    [
      'login',
      'that is refused',
      { frigate: { username: 'a', password: 'b' }, facts: { api: { hasStats: false, wantsLogin: true } } },
      [],
      /^$/,
    ],
    [
      'configuration',
      'that cannot be read',
      { facts: { isConfigured: false, configFailure: 'Not now.' } },
      ['warning'],
      /Not now\./,
    ],
    ['configuration', 'in safe mode', { facts: { safeMode: true } }, ['failed'], /safe mode/],
    ['configuration', 'of a silent Frigate', { facts: { api: { hasStats: false } } }, [], /^$/],
    ['go2rtc', 'that nobody uses', { later: { streams: null } }, ['not_used'], /No camera comes through/],
    ['go2rtc', 'that fails', { later: { streams: failure } }, ['warning'], /It refuses\./],
    ['go2rtc', 'with its streams', {}, ['ok'], /2 streams/],
    ['cameras', 'without addresses', { later: { reach: {} } }, ['not_used'], /No camera/],
    [
      'cameras',
      'of which one is silent',
      { later: { reach: { a: 'ok', yard: failure } } },
      ['ok', 'warning'],
      /1 of 2 .*\nyard: It refuses\./,
    ],
    [
      'cameras',
      'that are all silent',
      { later: { reach: { a: failure, b: failure } } },
      ['warning', 'warning'],
      /a: .*\nb: /,
    ],
    [
      "Frigate's MQTT",
      'that is not heard',
      { mail: { why: 'Nothing was heard.' } },
      ['warning'],
      /Nothing was heard\./,
    ],
    ["Frigate's MQTT", 'without a broker', { isConnected: false }, [], /^$/],
    ["Frigate's MQTT", 'with its prefix', { mail: { prefix: 'nvr' } }, ['ok'], /nvr\/: it says online/],
  ])('says of %s %s', (door, _, changes, states, words) => {
    const found = rows(heard(changes), door);
    expect(found.map(({ state }) => state)).toEqual(states);
    expect(found.map(({ sentence, mend }) => `${sentence} ${mend}`).join('\n')).toMatch(words);
  });

  it('says of each way that is closed why it is, in the order in which they are configured', () => {
    const answers = { vantages: { direct: 'ok' }, closed: ['No service.', 'No proxy.', 'No command.'] };
    const sentences = ['service proxy', 'pod proxy', 'exec'].map((door) => rows(heard({ answers }), door)[0]?.sentence);
    expect(sentences).toEqual(['No service.', 'No proxy.', 'No command.']);
    const fewer = { vantages: { direct: 'ok', pod_proxy: failure }, closed: ['No command.'] };
    const without = heard({ answers: fewer, frigate: { service: undefined } });
    expect(rows(without, 'exec')[0]?.sentence).toBe('No command.');
  });
});
