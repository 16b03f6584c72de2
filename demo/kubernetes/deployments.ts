/** Making and changing Deployments: the object as the Frigate chart leaves it, and what a patch does to it. */

import type { Deployment } from './objects.ts';
import { type Cluster, type DeploymentSettings, keyOf, newMetadata, plan, signWrite, touch } from './state.ts';

export function addDeployment(cluster: Cluster, settings: DeploymentSettings): Deployment {
  const { namespace, name, strategy = 'Recreate', replicas = 1 } = settings;
  const labels = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': 'frigate' };
  const metadata = newMetadata(cluster, { name, namespace });
  const rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%' };
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, generation: 1, labels: { ...labels, 'helm.sh/chart': 'frigate-7.8.0' }, annotations: {} },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: labels },
      strategy: strategy === 'Recreate' ? { type: strategy } : { type: strategy, rollingUpdate },
      template: { metadata: { labels }, spec: podSpec(settings) },
    },
    status: { conditions: [] },
  };
  signWrite(cluster, deployment.metadata, 'apps/v1', 'helm');
  cluster.deployments.set(keyOf(deployment), deployment);
  plan(cluster, 'reconcile', deployment, cluster.pace.observeSeconds);
  return deployment;
}

function podSpec(settings: DeploymentSettings): Deployment['spec']['template']['spec'] {
  const probe = { httpGet: { path: '/', port: 5000, scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 5 };
  const volumes = settings.volumes ?? [
    { name: 'config', persistentVolumeClaim: { claimName: `${settings.name}-config` } },
    { name: 'media', persistentVolumeClaim: { claimName: `${settings.name}-media` } },
    { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '512Mi' } },
    { name: 'coral', hostPath: { path: '/dev/bus/usb', type: '' } },
  ];
  const container = {
    name: settings.container ?? 'frigate',
    image: settings.image ?? 'ghcr.io/blakeblackshear/frigate:0.16.2',
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 5000, protocol: 'TCP' }],
    readinessProbe: probe,
    livenessProbe: probe,
    securityContext: { privileged: true },
    volumeMounts: [
      { name: 'config', mountPath: '/config' },
      { name: 'media', mountPath: '/media' },
    ],
  };
  return {
    containers: [container],
    ...(settings.nodeSelector ? { nodeSelector: settings.nodeSelector } : {}),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    volumes: [...volumes],
  };
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface PatchRefusal {
  code: 409 | 422;
  message: string;
}

/** Merges a patch into a Deployment, as far as maps go; lists are replaced. A stale precondition refuses it. */
export function patchDeployment(
  cluster: Cluster,
  deployment: Deployment,
  patch: { [key: string]: Json },
  fieldManager: string,
): PatchRefusal | null {
  const wanted = (patch.metadata ?? {}) as { resourceVersion?: string; uid?: string };
  const { resourceVersion, uid } = deployment.metadata;
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    return { code: 409, message: modifiedMessage('deployments.apps', deployment.metadata.name) };
  }
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    const field = `metadata.uid: Invalid value: "${wanted.uid}": field is immutable`;
    return { code: 422, message: `Deployment.apps "${deployment.metadata.name}" is invalid: ${field}` };
  }
  const before = JSON.stringify([deployment.spec, deployment.metadata.annotations, deployment.metadata.labels]);
  const spec = JSON.stringify(deployment.spec);
  const { metadata: _preconditions, ...rest } = patch;
  merge(deployment as unknown as { [key: string]: Json }, rest);
  const { annotations, labels } = wanted as { annotations?: Json; labels?: Json };
  merge(deployment.metadata as unknown as { [key: string]: Json }, {
    ...(annotations === undefined ? {} : { annotations }),
    ...(labels === undefined ? {} : { labels }),
  });
  const after = JSON.stringify([deployment.spec, deployment.metadata.annotations, deployment.metadata.labels]);
  // What changes nothing is not written: no new generation, no new resourceVersion.
  if (after === before) return null;
  touch(cluster, deployment);
  signWrite(cluster, deployment.metadata, 'apps/v1', fieldManager);
  if (JSON.stringify(deployment.spec) !== spec) {
    deployment.metadata.generation += 1;
    plan(cluster, 'reconcile', deployment, cluster.pace.observeSeconds);
  }
  return null;
}

export function modifiedMessage(resource: string, name: string): string {
  return (
    `Operation cannot be fulfilled on ${resource} "${name}": the object has been modified; ` +
    'please apply your changes to the latest version and try again'
  );
}

function merge(into: { [key: string]: Json }, patch: { [key: string]: Json }): void {
  for (const [key, value] of Object.entries(patch)) {
    const old = into[key];
    if (value === null) delete into[key];
    else if (isMap(value) && isMap(old)) merge(old, value);
    else if (isMap(value)) {
      const fresh = {};
      merge(fresh, value);
      into[key] = fresh;
    } else into[key] = value;
  }
}

function isMap(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
