import { describe, expect, it } from 'vitest';
import { handoverIn, microTime, newLease, readLease, recordOf, withRecord } from '../../src/leadership/lease-object.ts';
import type { LeaseRecord } from '../../src/leadership/record.ts';

const RECORD: LeaseRecord = {
  holder: 'nuc-1',
  durationSeconds: 30,
  acquireTime: '2026-01-06T04:00:00.000000Z',
  renewTime: '2026-01-06T04:00:10.000001Z',
  transitions: 2,
};
const NOBODY = { holder: null, durationSeconds: null, acquireTime: null, renewTime: null, transitions: 0 };
const metadata = { name: 'l', namespace: 'f', resourceVersion: '7', uid: 'u', labels: { a: 'b' } };

describe('a Lease', () => {
  it.each<[what: string, value: unknown, record: LeaseRecord]>([
    ['as it is shipped', { metadata }, NOBODY],
    ['with an empty spec', { metadata, spec: {} }, NOBODY],
    [
      'that was released',
      { metadata, spec: { holderIdentity: '', leaseTransitions: 4 } },
      { ...NOBODY, transitions: 4 },
    ],
    ['of ours', withRecord(readLease({ metadata }) as never, RECORD, null), RECORD],
  ])('%s is read', (_, value, record) => {
    const object = readLease(value);
    expect(object && recordOf(object)).toEqual(record);
  });

  it.each([null, 'text', {}, { metadata: { name: 'l' } }, { metadata, spec: { holderIdentity: 7 } }])(
    'is not: %j',
    (value) => expect(readLease(value)).toBeNull(),
  );

  it('keeps what others wrote on it, and the words that stand there where we have none', () => {
    const object = readLease({
      metadata: { ...metadata, annotations: { theirs: 'x', 'frigate-warden/handover': 'old' } },
      spec: { strategy: 'kept' },
    });
    if (!object) throw new Error('It is a Lease.');
    expect(handoverIn(object)).toBe('old');
    expect(withRecord(object, RECORD, 'new')).toMatchObject({
      metadata: { ...metadata, annotations: { theirs: 'x', 'frigate-warden/handover': 'new' } },
      spec: { strategy: 'kept', holderIdentity: 'nuc-1', leaseDurationSeconds: 30, leaseTransitions: 2 },
    });
    expect(withRecord(object, RECORD, null)).toMatchObject({
      metadata: { annotations: { 'frigate-warden/handover': 'old' } },
    });
  });

  it('names itself where it is made', () => {
    expect(newLease({ namespace: 'f', name: 'l' }, { ...RECORD, holder: null })).toMatchObject({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'f', name: 'l' },
      spec: { holderIdentity: '' },
    });
  });
});

describe('a time in a Lease', () => {
  it.each([
    [1_767_672_414, '2026-01-06T04:06:54.000000Z'],
    [1_767_672_414.145, '2026-01-06T04:06:54.144999Z'],
    [1_767_672_414.999_9, '2026-01-06T04:06:54.999900Z'],
    [1_767_672_414.000_01, '2026-01-06T04:06:54.000010Z'],
  ])('%d has six digits after its point', (at, text) => {
    expect(microTime(at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(Math.abs(Number(microTime(at).slice(-7, -1)) - Number(text.slice(-7, -1)))).toBeLessThanOrEqual(1);
    expect(microTime(at).slice(0, 19)).toBe(text.slice(0, 19));
  });
});
