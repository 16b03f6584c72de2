/** Leases with the API's rules: a stale resourceVersion is a conflict, and a time has six digits after its point. */

import { type ApiAnswer, failed, notFound } from './answers.ts';
import { type Json, modifiedMessage } from './deployments.ts';
import type { Lease } from './objects.ts';
import { type Cluster, newMetadata, signWrite, touch } from './state.ts';

type Body = { [key: string]: Json };

interface Wanted {
  name?: string;
  uid?: string;
  resourceVersion?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

const RESOURCE = 'leases.coordination.k8s.io';
const API = 'coordination.k8s.io/v1';

/** apimachinery, pkg/api/validation: all annotations of an object together. */
const ANNOTATION_BYTES = 256 * 1024;

export function readLease(cluster: Cluster, namespace: string, name: string): ApiAnswer {
  const found = cluster.leases.get(`${namespace}/${name}`);
  return found ? { code: 200, body: found } : notFound(RESOURCE, name);
}

export function createLease(cluster: Cluster, namespace: string, body: Body, manager: string): ApiAnswer {
  const wanted = wantedOf(body);
  if (!wanted.name) return failed(422, 'Lease "" is invalid: metadata.name: Required value: name is required');
  const refusal = refusalOf(body, wanted.name);
  if (refusal) return refusal;
  if (cluster.leases.has(`${namespace}/${wanted.name}`)) {
    const details = { name: wanted.name, group: 'coordination.k8s.io', kind: 'leases' };
    return failed(409, `${RESOURCE} "${wanted.name}" already exists`, { reason: 'AlreadyExists', details });
  }
  const metadata = { ...newMetadata(cluster, { name: wanted.name, namespace }), ...notesOf(wanted) };
  const created: Lease = { apiVersion: API, kind: 'Lease', metadata, spec: specOf(body) };
  signWrite(cluster, created.metadata, API, manager);
  cluster.leases.set(`${namespace}/${wanted.name}`, created);
  return { code: 201, body: created };
}

export function replaceLease(
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  body: Body,
  manager: string,
): ApiAnswer {
  const wanted = wantedOf(body);
  if (wanted.name !== undefined && wanted.name !== name) {
    return failed(400, `the name of the object (${wanted.name}) does not match the name on the URL (${name})`);
  }
  const refusal = refusalOf(body, name);
  if (refusal) return refusal;
  const old = cluster.leases.get(`${namespace}/${name}`);
  if (!old) return notFound(RESOURCE, name);
  if (wanted.uid !== undefined && wanted.uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${old.metadata.uid}`;
    return failed(409, `Operation cannot be fulfilled on ${RESOURCE} "${name}": ${why}`);
  }
  if (wanted.resourceVersion && wanted.resourceVersion !== old.metadata.resourceVersion) {
    const details = { name, group: 'coordination.k8s.io', kind: 'leases' };
    return failed(409, modifiedMessage(RESOURCE, name), { details });
  }
  const { labels: _labels, annotations: _annotations, ...kept } = old.metadata;
  const metadata = { ...kept, ...notesOf(wanted) };
  const next: Lease = { apiVersion: API, kind: 'Lease', metadata, spec: specOf(body) };
  touch(cluster, next);
  signWrite(cluster, next.metadata, API, manager);
  cluster.leases.set(`${namespace}/${name}`, next);
  return { code: 200, body: next };
}

/** What a 1.36 server does not take: it decodes times strictly, and asks for whole, positive figures. */
function refusalOf(body: Body, name: string): ApiAnswer | null {
  const { acquireTime, renewTime, leaseDurationSeconds, leaseTransitions } = specOf(body);
  for (const time of [acquireTime, renewTime]) {
    if (time === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-]\d\d:\d\d)$/.test(time)) continue;
    return failed(400, `Lease in version "v1" cannot be handled as a Lease: parsing time "${time}": cannot parse`);
  }
  const invalid = (field: string, why: string) =>
    failed(422, `Lease.coordination.k8s.io "${name}" is invalid: spec.${field}: Invalid value: ${why}`);
  if (leaseDurationSeconds !== undefined && !(Number.isInteger(leaseDurationSeconds) && leaseDurationSeconds > 0)) {
    return invalid('leaseDurationSeconds', `${leaseDurationSeconds}: must be greater than 0`);
  }
  if (leaseTransitions !== undefined && !(Number.isInteger(leaseTransitions) && leaseTransitions >= 0)) {
    return invalid('leaseTransitions', `${leaseTransitions}: must be greater than or equal to 0`);
  }
  const notes = Object.values(wantedOf(body).annotations ?? {}).join('');
  return Buffer.byteLength(notes) > ANNOTATION_BYTES
    ? failed(422, `Lease "${name}" is invalid: metadata.annotations: Too long: must have at most 262144 bytes`)
    : null;
}

function wantedOf(body: Body): Wanted {
  return (body.metadata ?? {}) as Wanted;
}

function specOf(body: Body): Lease['spec'] {
  const given = Object.entries((body.spec ?? {}) as object).filter(([, value]) => value !== null);
  return Object.fromEntries(given);
}

function notesOf({ labels, annotations }: Wanted): Pick<Wanted, 'labels' | 'annotations'> {
  return { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
}
