/** A Lease as the API gives it, to a record and back. What others wrote on the object is left as it is. */
import { z } from 'zod';
import type { LeaseRecord } from './record.ts';

/** The annotation in which a leader leaves what must outlive it. */
const HANDOVER = 'frigate-warden/handover';

const LEASE = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().min(1),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z
    .looseObject({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .nullish(),
});

export type LeaseObject = z.infer<typeof LEASE>;

/** Null where it is no Lease. */
export function readLease(value: unknown): LeaseObject | null {
  const parsed = LEASE.safeParse(value);
  return parsed.success ? parsed.data : null;
}

export function recordOf({ spec }: LeaseObject): LeaseRecord {
  return {
    holder: spec?.holderIdentity || null,
    durationSeconds: spec?.leaseDurationSeconds ?? null,
    acquireTime: spec?.acquireTime ?? null,
    renewTime: spec?.renewTime ?? null,
    transitions: spec?.leaseTransitions ?? 0,
  };
}

export function handoverIn({ metadata }: LeaseObject): string | null {
  return metadata.annotations?.[HANDOVER] ?? null;
}

/** The same object with another record; a handover of null leaves what stands there. */
export function withRecord(object: LeaseObject, record: LeaseRecord, handover: string | null): unknown {
  const { metadata } = object;
  const annotations = handover === null ? metadata.annotations : { ...metadata.annotations, [HANDOVER]: handover };
  return {
    ...object,
    ...KIND,
    metadata: { ...metadata, ...(annotations ? { annotations } : {}) },
    spec: { ...object.spec, ...specOf(record) },
  };
}

export function newLease(place: { namespace: string; name: string }, record: LeaseRecord): unknown {
  return { ...KIND, metadata: place, spec: specOf(record) };
}

const KIND = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' } as const;

function specOf({ holder, durationSeconds, acquireTime, renewTime, transitions }: LeaseRecord) {
  return {
    holderIdentity: holder ?? '',
    leaseDurationSeconds: durationSeconds,
    acquireTime,
    renewTime,
    leaseTransitions: transitions,
  };
}

/** The API's MicroTime: a server refuses any but six digits after the point. */
export function microTime(epochSeconds: number): string {
  const micros = Math.floor((epochSeconds % 1) * 1e6);
  const whole = new Date(Math.floor(epochSeconds) * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(micros).padStart(6, '0')}Z`;
}
