import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubernetesSettings } from '../../../src/doors/kubernetes/credentials.ts';
import { openRenewal } from '../../../src/doors/kubernetes/renewal.ts';
import { recordingLog } from './rude-server.ts';
import { scratch } from './scratch.ts';
import { selfSigned } from './self-signed.ts';

const ca = selfSigned('Authority').cert;
const kubeconfig = (server: string, user = 'tokenFile: token') =>
  `{clusters: [{name: c, cluster: {server: '${server}'}}], users: [{name: u, user: {${user}}}],
    contexts: [{name: x, context: {cluster: c, user: u}}]}`;

function start(make: (directory: string) => KubernetesSettings) {
  const directory = scratch({ token: 'first', 'ca.crt': ca, kubeconfig: kubeconfig('https://a') });
  const log = recordingLog();
  const clock = { seconds: 1000 };
  const secrets: string[] = [];
  const renewal = openRenewal(make(directory), {
    log,
    now: () => clock.seconds,
    onSecrets: (more) => void secrets.push(...more),
  });
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  return { directory, log, clock, secrets, renewal, write };
}

const inPod = (directory: string): KubernetesSettings => ({
  from: 'service_account',
  directory,
  variables: { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
});
const fromFile = (directory: string): KubernetesSettings => ({
  from: 'kubeconfig_file',
  path: join(directory, 'kubeconfig'),
});

const RENEWED = 'info The credentials for Kubernetes were renewed.';

describe('credentials that change', () => {
  it.each([
    ['a token of the pod', inPod],
    ['a token file of a kubeconfig', fromFile],
  ])('are taken up within a minute: %s', (_, make) => {
    const { renewal, clock, write, secrets, log } = start(make);
    expect(renewal.current().user.token).toBe('first');
    write('token', 'second\n');
    clock.seconds += 29.9;
    expect(renewal.current().user.token).toBe('first');
    clock.seconds += 0.1;
    expect(renewal.current().user.token).toBe('second');
    expect(renewal.current()).toBe(renewal.current());
    expect(secrets).toEqual(['first', 'second']);
    expect(log.lines).toEqual([RENEWED]);
  });

  it('are taken up at once when the ones in use were refused', () => {
    const { renewal, write, log } = start(inPod);
    expect(renewal.renew()).toBe(false);
    write('token', 'second');
    expect(renewal.renew()).toBe(true);
    expect(renewal.renew()).toBe(false);
    expect(renewal.current().user.token).toBe('second');
    expect(log.lines).toEqual([RENEWED]);
  });

  it.each<[string, (write: (name: string, text: string) => void) => void, object]>([
    ['another server', (write) => write('kubeconfig', kubeconfig('https://b')), { cluster: { server: 'https://b' } }],
    [
      'another token inside',
      (write) => write('kubeconfig', kubeconfig('https://a', 'token: inside')),
      { user: { token: 'inside' } },
    ],
    [
      'another authority',
      (write) =>
        write(
          'kubeconfig',
          kubeconfig('https://a').replace("'https://a'", "'https://a', certificate-authority: ca.crt"),
        ),
      { cluster: { caData: Buffer.from(ca).toString('base64') } },
    ],
  ])('may be a whole kubeconfig, with %s', (_, change, expected) => {
    const { renewal, write } = start(fromFile);
    change(write);
    expect(renewal.renew()).toBe(true);
    expect(renewal.current()).toMatchObject(expected);
  });

  it.each<[string, string, string]>([
    ['a token', 'token', ''],
    ['an authority', 'ca.crt', ca.slice(0, 300)],
  ])('that are half written for a moment leave the old ones in use, said once: %s', (_, name, half) => {
    const { renewal, clock, write, log } = start(inPod);
    const before = renewal.current();
    write(name, half);
    for (let minute = 0; minute < 3; minute += 1) {
      clock.seconds += 60;
      expect(renewal.current()).toBe(before);
      expect(renewal.renew()).toBe(false);
    }
    expect(log.lines).toEqual([expect.stringMatching(/^warn The credentials for Kubernetes stay as they were, .*\.$/)]);
    write('ca.crt', ca);
    write('token', 'first');
    clock.seconds += 60;
    expect(renewal.current()).toBe(before);
    expect(log.lines.slice(1)).toEqual(['info The credentials for Kubernetes can be read again.']);
  });

  it('that are gone and come back as others are said once each', () => {
    const { directory, renewal, write, log } = start(fromFile);
    rmSync(join(directory, 'kubeconfig'));
    renewal.renew();
    renewal.renew();
    write('kubeconfig', kubeconfig('https://a', 'token: other'));
    expect(renewal.renew()).toBe(true);
    expect(log.lines).toEqual([expect.stringMatching(/^warn .* Kubernetes\.kubeconfig cannot be read; /), RENEWED]);
  });

  it('need something to begin with', () => {
    expect(() => start(() => inPod('/nowhere'))).toThrow(/^The pod's service account file .* cannot be read; /);
  });

  it('are none where nothing can change', () => {
    const { renewal, clock, log } = start(() => ({ from: 'settings', server: 'https://a', token: 'fixed' }));
    const before = renewal.current();
    clock.seconds += 60;
    expect(renewal.renew()).toBe(false);
    expect(renewal.current()).toBe(before);
    expect(log.lines).toEqual([]);
  });
});
