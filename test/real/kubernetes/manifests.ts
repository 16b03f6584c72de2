/** Frigate as people deploy it, in the few ways in which they differ. */

export type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

export interface Deployed {
  kind?: Kind;
  /** Of a Deployment; default Recreate, as Frigate's own chart has it. */
  strategy?: 'Recreate' | 'RollingUpdate' | 'OnDelete';
  podManagementPolicy?: 'OrderedReady' | 'Parallel';
  image?: string;
  /** Where it runs; without it the scheduler chooses. */
  node?: string | undefined;
  /** More that its node must have. */
  nodeSelector?: Readonly<Record<string, string>>;
  graceSeconds?: number;
  /** What the volumes of the same names are, and where they are mounted. */
  volumes?: readonly { name: string; mountPath: string; source: object }[];
  /** How long its pod stays on a node that is gone. */
  evictedAfterSeconds?: number;
  paused?: boolean;
  progressDeadlineSeconds?: number;
}

export const PLURALS: Readonly<Record<Kind, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

const LABELS = { 'app.kubernetes.io/name': 'frigate' };
const IMAGE = 'ghcr.io/blakeblackshear/frigate:0.17.2';

export function workloadOf(namespace: string, deployed: Deployed): object {
  const { kind = 'Deployment', strategy, podManagementPolicy, paused, progressDeadlineSeconds } = deployed;
  const own = {
    Deployment: {
      replicas: 1,
      strategy: { type: strategy ?? 'Recreate' },
      ...(paused === undefined ? {} : { paused }),
      ...(progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds }),
    },
    StatefulSet: {
      replicas: 1,
      serviceName: 'frigate',
      updateStrategy: { type: strategy ?? 'RollingUpdate' },
      podManagementPolicy: podManagementPolicy ?? 'OrderedReady',
    },
    DaemonSet: { updateStrategy: { type: strategy ?? 'RollingUpdate' } },
  }[kind];
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'frigate', namespace, labels: LABELS },
    spec: {
      ...own,
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: podOf(deployed) },
    },
  };
}

function podOf({
  image = IMAGE,
  node,
  nodeSelector,
  graceSeconds = 5,
  volumes = [],
  evictedAfterSeconds,
}: Deployed): object {
  const where = { ...nodeSelector, ...(node === undefined ? {} : { 'kubernetes.io/hostname': node }) };
  const gone = ['not-ready', 'unreachable'].map((reason) => ({
    key: `node.kubernetes.io/${reason}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: evictedAfterSeconds,
  }));
  return {
    terminationGracePeriodSeconds: graceSeconds,
    ...(Object.keys(where).length > 0 ? { nodeSelector: where } : {}),
    ...(evictedAfterSeconds === undefined ? {} : { tolerations: gone }),
    volumes: volumes.map(({ name, source }) => ({ name, ...source })),
    containers: [
      {
        name: 'frigate',
        image,
        ports: [{ name: 'http', containerPort: 5000 }],
        readinessProbe: { httpGet: { path: '/', port: 5000 }, periodSeconds: 2, failureThreshold: 2 },
        volumeMounts: volumes.map(({ name, mountPath }) => ({ name, mountPath })),
      },
    ],
  };
}

export function serviceOf(namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'frigate', namespace },
    spec: { type: 'LoadBalancer', selector: LABELS, ports: [{ name: 'http', port: 5000, targetPort: 5000 }] },
  };
}
