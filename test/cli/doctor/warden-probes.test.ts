import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/cli/doctor/evidence.ts';
import { type Row, rowsOf } from '../../../src/cli/doctor/row.ts';
import { WARDEN_PROBES } from '../../../src/cli/doctor/warden-probes.ts';
import type { Failure, Reply } from '../../../src/doors/ports.ts';

const yes: Reply<boolean> = { ok: true, value: true, status: 201, serverTime: 0 };
const no: Reply<boolean> = { ...yes, value: false };
const refused: Failure = { ok: false, kind: 'refused', reason: 'The cluster refuses.' };

const leased = (holderIdentity: string): Reply<unknown> => ({
  ...yes,
  value: { metadata: { resourceVersion: '1' }, spec: { holderIdentity } },
});
const leaseRow = (reply: Reply<unknown>) => ({ lease: { name: 'frigate-warden', reply } });

const WELL = {
  source: 'options.json',
  options: { frigates: [{}] },
  lint: [],
  folder: { folder: '/data', isNew: false, freeBytes: 2 ** 30, problem: null },
  api: { reply: yes, skewSeconds: 0.4 },
  secrets: no,
  lease: { name: 'frigate-warden', reply: leased('hut-1') },
  broker: { place: 'b:1883', isConnected: true, said: [] },
  frigates: [],
} as unknown as Evidence;

const rows = (more: Partial<Evidence>, door: string): readonly Row[] =>
  rowsOf(WARDEN_PROBES, { ...WELL, ...more }).filter((row) => row.door === door);

describe('what is asked once', () => {
  it('is well where all is', () => {
    expect(rowsOf(WARDEN_PROBES, WELL).map(({ door, state }) => [door, state])).toEqual([
      ['options', 'ok'],
      ['data folder', 'ok'],
      ['cluster', 'ok'],
      ['clock', 'ok'],
      ['lease', 'ok'],
      ['broker', 'ok'],
    ]);
  });

  it.each<[string, string, Partial<Evidence>, readonly Row['state'][], RegExp]>([
    ['options', 'that are doubted', { lint: ['a: b.', 'c: d.'] }, ['ok', 'warning', 'warning'], /a: b\.\nc: d\.$/],
    [
      'data folder',
      'that cannot be written',
      { folder: { ...WELL.folder, problem: 'is no folder' } },
      ['failed'],
      /^\/data is no folder\.$/,
    ],
    [
      'data folder',
      'that can be made',
      { folder: { ...WELL.folder, isNew: true } },
      ['ok'],
      /does not exist yet and can be made; 1024 MB/,
    ],
    [
      'data folder',
      'that is full',
      { folder: { ...WELL.folder, freeBytes: 2 ** 20 } },
      ['warning'],
      /only 1 MB are free/,
    ],
    ['lease', 'that somebody holds', {}, ['ok'], /^hut-1 holds the Lease frigate-warden\.$/],
    ['lease', 'that is free', leaseRow(leased('')), ['ok'], /^Nobody holds/],
    ['lease', 'that is not there', leaseRow({ ...refused, status: 404 }), ['warning'], /^There is no Lease/],
    [
      'lease',
      'that may not be seen',
      leaseRow({ ...refused, status: 403 }),
      ['warning'],
      /acts alone\. The cluster refuses\.$/,
    ],
    ['lease', 'of another form', leaseRow({ ...yes, value: {} }), ['warning'], /unknown form/],
    ['lease', 'of a silent cluster', { api: { reply: refused, skewSeconds: null } }, [], /^$/],
    ['cluster', 'that nobody has set', { api: null }, ['not_used'], /No cluster is set/],
    [
      'cluster',
      'that does not answer',
      { api: { reply: refused, skewSeconds: null } },
      ['failed'],
      /The cluster refuses\./,
    ],
    ['clock', 'of a cluster that does not answer', { api: { reply: refused, skewSeconds: null } }, [], /^$/],
    ['clock', 'that is ahead', { api: { reply: yes, skewSeconds: 41.6 } }, ['warning'], /42 s ahead of the cluster's/],
    ['clock', 'that is behind', { api: { reply: yes, skewSeconds: -3.4 } }, ['warning'], /3 s behind the cluster's/],
    ['account', 'that may read secrets', { secrets: yes }, ['warning'], /may read Secrets/],
    ['account', 'of which nobody knows', { secrets: refused }, [], /^$/],
    [
      'broker',
      'that nobody has set',
      { broker: { place: null, isConnected: false, said: [] } },
      ['not_used'],
      /No MQTT broker/,
    ],
    [
      'broker',
      'that is down',
      { broker: { place: 'b:1', isConnected: false, said: ['b is down.'] } },
      ['failed'],
      /b is down\./,
    ],
    [
      'broker',
      'that is silent',
      { broker: { place: 'b:1', isConnected: false, said: [] } },
      ['failed'],
      /at b:1 did not answer/,
    ],
    [
      'broker',
      'that the Supervisor does not know',
      { broker: { place: null, isConnected: false, said: ['None.'] } },
      ['failed'],
      /None\./,
    ],
    [
      'broker',
      'that refuses a topic',
      { broker: { place: 'b:1', isConnected: true, said: ['Not x.'] } },
      ['ok', 'warning'],
      /Not x\./,
    ],
  ])('says of the %s %s', (door, _, more, states, sentences) => {
    const found = rows(more, door);
    expect(found.map(({ state }) => state)).toEqual(states);
    expect(found.map(({ sentence }) => sentence).join('\n')).toMatch(sentences);
    for (const { state, mend } of found) if (state === 'failed') expect(mend).toMatch(/\.$/);
  });

  it('tells a refused token from a cluster that is silent', () => {
    const reply: Failure = { ok: false, kind: 'status', status: 401, reason: 'It is not accepted.' };
    expect(rows({ api: { reply, skewSeconds: null } }, 'cluster')[0]?.mend).toContain('Make a new token');
    expect(rows({ api: { reply: refused, skewSeconds: null } }, 'cluster')[0]?.mend).toContain('kubernetes.server');
  });
});
