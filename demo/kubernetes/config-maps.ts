/** ConfigMaps with the API's rules: a stale resourceVersion is a conflict, an absent one overwrites. */

import { type ApiAnswer, failed, notFound } from './answers.ts';
import { type Json, modifiedMessage } from './deployments.ts';
import type { ConfigMap } from './objects.ts';
import { type Cluster, newMetadata, signWrite, touch } from './state.ts';

type Body = { [key: string]: Json };

interface Wanted {
  name?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export function readConfigMap(cluster: Cluster, namespace: string, name: string): ApiAnswer {
  const found = cluster.configMaps.get(`${namespace}/${name}`);
  return found ? { code: 200, body: found } : notFound('configmaps', name);
}

export function createConfigMap(cluster: Cluster, namespace: string, body: Body, manager: string): ApiAnswer {
  const wanted = (body.metadata ?? {}) as Wanted;
  if (!wanted.name)
    return failed(422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required');
  if (cluster.configMaps.has(`${namespace}/${wanted.name}`)) {
    const details = { name: wanted.name, kind: 'configmaps' };
    return failed(409, `configmaps "${wanted.name}" already exists`, { reason: 'AlreadyExists', details });
  }
  const created: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...newMetadata(cluster, { name: wanted.name, namespace }),
      ...notesOf(wanted),
    },
    ...contentOf(body),
  };
  signWrite(cluster, created.metadata, 'v1', manager);
  cluster.configMaps.set(`${namespace}/${wanted.name}`, created);
  return { code: 201, body: created };
}

export function replaceConfigMap(
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  body: Body,
  manager: string,
): ApiAnswer {
  const wanted = (body.metadata ?? {}) as Wanted & { uid?: string; resourceVersion?: string };
  if (wanted.name !== undefined && wanted.name !== name) {
    return failed(400, `the name of the object (${wanted.name}) does not match the name on the URL (${name})`);
  }
  const old = cluster.configMaps.get(`${namespace}/${name}`);
  if (!old) return notFound('configmaps', name);
  const { uid, resourceVersion } = old.metadata;
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`;
    return failed(409, `Operation cannot be fulfilled on configmaps "${name}": ${why}`);
  }
  if (wanted.resourceVersion && wanted.resourceVersion !== resourceVersion) {
    return failed(409, modifiedMessage('configmaps', name), { details: { name, kind: 'configmaps' } });
  }
  const { labels: _labels, annotations: _annotations, ...kept } = old.metadata;
  const metadata = { ...kept, ...notesOf(wanted) };
  const next: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...contentOf(body) };
  touch(cluster, next);
  signWrite(cluster, next.metadata, 'v1', manager);
  cluster.configMaps.set(`${namespace}/${name}`, next);
  return { code: 200, body: next };
}

/** What a writer may say of the object itself; what is left out is gone, as with everything in a replacement. */
function notesOf({ labels, annotations }: Wanted): Pick<Wanted, 'labels' | 'annotations'> {
  return { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
}

function contentOf(body: Body): { data?: Record<string, string> } {
  const content = body.data;
  return content === undefined || content === null ? {} : { data: content as Record<string, string> };
}
