/** The Warden itself as a Deployment, for those who run it in the cluster. */
import { VERSION } from '../../version.ts';
import type { Account } from './account.ts';
import { objectOf } from './account.ts';
import type { Manifest } from './yaml.ts';

/** Nobody in particular, but not root. */
const USER = 1000;
/** The page is for the pod alone, so the kubelet asks from inside. */
const HEALTHY = [
  'curl',
  '--fail',
  '--silent',
  '--max-time',
  '8',
  '--output',
  '/dev/null',
  'http://127.0.0.1:8099/healthz',
];
/** Where the options are put in the container. What is kept goes to the image's own place for it. */
const OPTIONS = '/options';
const KEPT = '/data';

export function deploymentManifests({ name, namespace }: Account): readonly Manifest[] {
  const place = { name, namespace };
  return [
    {
      about: [
        'What the Warden keeps: what it decided, what is still to be told, and the history of its looks. An emptyDir ' +
          'in place of this claim works too; then the breaker and open incidents are forgotten with the pod, the ' +
          'budget of restarts is not: it stands in the ledger.',
      ],
      object: {
        ...objectOf('v1', 'PersistentVolumeClaim', { name: `${name}-kept`, namespace }),
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
    {
      about: [
        'There is no finished image: build it from this repository (docker build -t …), push it to a registry of ' +
          'yours, and put its name into `image`.',
        `Its options are a Secret, for they hold passwords: kubectl -n ${namespace} create secret generic ` +
          `${name}-options --from-file=options.json. In them kubernetes is {"in_cluster": true}.`,
        'When it breaks, its process ends and the kubelet starts it again; when its loop stands still, the probe ' +
          'says so.',
      ],
      object: {
        ...objectOf('apps/v1', 'Deployment', place),
        spec: {
          replicas: 1,
          // Two pods would share the volume.
          strategy: { type: 'Recreate' },
          selector: { matchLabels: { 'app.kubernetes.io/name': name } },
          template: { metadata: { labels: { 'app.kubernetes.io/name': name } }, spec: podOf(name) },
        },
      },
    },
  ];
}

function podOf(name: string) {
  return {
    serviceAccountName: name,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'warden',
        image: `frigate-warden:${VERSION}`,
        command: ['frigate-warden', 'run'],
        args: ['--options', `${OPTIONS}/options.json`, '--data', KEPT],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        livenessProbe: {
          exec: { command: HEALTHY },
          initialDelaySeconds: 60,
          periodSeconds: 15,
          timeoutSeconds: 10,
          failureThreshold: 4,
        },
        resources: { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '256Mi' } },
        volumeMounts: [
          { name: 'options', mountPath: OPTIONS, readOnly: true },
          { name: 'kept', mountPath: KEPT },
        ],
      },
    ],
    volumes: [
      { name: 'options', secret: { secretName: `${name}-options` } },
      { name: 'kept', persistentVolumeClaim: { claimName: `${name}-kept` } },
    ],
  };
}
