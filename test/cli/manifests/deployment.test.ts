import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deploymentManifests } from '../../../src/cli/manifests/deployment.ts';

const service = readFileSync(
  new URL('../../../addon/rootfs/etc/services.d/frigate-warden/run', import.meta.url),
  'utf8',
);
const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8');

const startedByImage = /^exec (frigate-warden .*)$/m.exec(service)?.[1] ?? '';

interface Pod {
  serviceAccountName: string;
  securityContext: object;
  containers: {
    command: string[];
    livenessProbe: { exec: { command: string[] } };
    args: string[];
    securityContext: object;
    volumeMounts: { mountPath: string }[];
  }[];
  volumes: object[];
}

const [claim, deployment] = deploymentManifests({ name: 'frigate-warden', namespace: 'cctv' }).map(
  ({ object }) => object,
);
const spec = deployment?.spec as { replicas: number; strategy: object; template: { spec: Pod } };
const pod = spec.template.spec;
const [container] = pod.containers;

describe('the Deployment of the Warden', () => {
  it('runs as the account, and starts what the image starts', () => {
    expect(deployment?.metadata).toMatchObject({ name: 'frigate-warden', namespace: 'cctv' });
    expect(pod.serviceAccountName).toBe('frigate-warden');
    expect(container?.command).toEqual(startedByImage.split(' '));
    const [program = '', ...words] = container?.livenessProbe.exec.command ?? [];
    const asked = /HEALTHCHECK[^[]*CMD (\[.*\])/.exec(dockerfile)?.[1] ?? '[]';
    expect(JSON.parse(asked)).toEqual(expect.arrayContaining([program, ...words]));
  });

  it('reads its options from a Secret and keeps its state in the claim, of which there is one', () => {
    expect(container?.args).toEqual(['--options', '/options/options.json', '--data', '/data']);
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(['/options', '/data']);
    expect(pod.volumes).toEqual([
      { name: 'options', secret: { secretName: 'frigate-warden-options' } },
      { name: 'kept', persistentVolumeClaim: { claimName: claim?.metadata.name } },
    ]);
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  it('may do on its node as little as a process can', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(JSON.stringify(deployment)).not.toMatch(/hostPath|hostNetwork|privileged/);
  });
});
