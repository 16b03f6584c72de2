import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type KubernetesSettings, readCredentials } from '../../../src/doors/kubernetes/credentials.ts';
import { TOKEN } from './rude-server.ts';
import { scratch } from './scratch.ts';
import { selfSigned } from './self-signed.ts';

const pem = selfSigned('Test').cert;
const base64 = Buffer.from(pem).toString('base64');

function settings(more: Partial<KubernetesSettings & { from: 'settings' }> = {}): KubernetesSettings {
  return { from: 'settings', server: 'https://192.0.2.10:6443', token: TOKEN, certificateAuthority: base64, ...more };
}

function read(given: KubernetesSettings) {
  const answer = readCredentials(given);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.credentials;
}

describe('credentials from settings', () => {
  it('take server, token and certificate authority as they are', () => {
    expect(read(settings())).toEqual({
      cluster: { name: 'cluster', server: 'https://192.0.2.10:6443', skipTLSVerify: false, caData: base64 },
      user: { name: 'warden', token: TOKEN },
      secrets: [TOKEN],
    });
  });

  it.each([
    ['a line break at the end', `${TOKEN}\n`],
    ['spaces around', `  ${TOKEN} `],
    ['the word Bearer before it', `Bearer ${TOKEN}`],
  ])('forgive a token with %s', (_, token) => {
    expect(read(settings({ token })).user.token).toBe(TOKEN);
  });

  it.each([
    ['PEM as it is', pem],
    ['base64 with line breaks', base64.replace(/.{60}/g, '$&\n')],
  ])('take a certificate authority as %s', (_, certificateAuthority) => {
    expect(
      Buffer.from(read(settings({ certificateAuthority })).cluster.caData ?? '', 'base64')
        .toString()
        .trim(),
    ).toBe(pem.trim());
  });

  it('do without a certificate authority', () => {
    expect(read(settings({ certificateAuthority: undefined })).cluster.caData).toBeUndefined();
  });

  it.each([
    ['http://127.0.0.1:8001/', 'http://127.0.0.1:8001'],
    ['http://[::1]:8001', 'http://[::1]:8001'],
    ['http://localhost:8001', 'http://localhost:8001'],
  ])('allow plain http on loopback: %s', (server, expected) => {
    expect(read(settings({ server })).cluster).toMatchObject({ server: expected, skipTLSVerify: true });
  });

  it('keep the path of a proxy', () => {
    const { cluster } = read(settings({ server: 'https://rancher.example/k8s/clusters/c-1/' }));
    expect(cluster).toMatchObject({ server: 'https://rancher.example/k8s/clusters/c-1', skipTLSVerify: false });
  });
});

function serviceAccount(files: Record<string, string>, variables = IN_POD): KubernetesSettings {
  return { from: 'service_account', directory: scratch(files), variables };
}

const IN_POD: Record<string, string | undefined> = {
  KUBERNETES_SERVICE_HOST: '10.43.0.1',
  KUBERNETES_SERVICE_PORT: '443',
};

describe("credentials from a pod's service account", () => {
  it('are read, the line break at the end of the token left out', () => {
    expect(read(serviceAccount({ token: `${TOKEN}\n`, 'ca.crt': pem }))).toEqual({
      cluster: { name: 'cluster', server: 'https://10.43.0.1', skipTLSVerify: false, caData: base64 },
      user: { name: 'warden', token: TOKEN },
      secrets: [TOKEN],
    });
  });

  it('put an IPv6 address into brackets', () => {
    const variables = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
    expect(read(serviceAccount({ token: TOKEN, 'ca.crt': pem }, variables)).cluster.server).toBe(
      'https://[fd00::1]:6443',
    );
  });
});

describe('bad credentials are refused with one sentence', () => {
  it.each<[string, KubernetesSettings, RegExp]>([
    [
      'no address',
      settings({ server: 'my cluster' }),
      /Kubernetes\.server is not an address .* https:\/\/192\.0\.2\.10:6443/,
    ],
    ['a user in the address', settings({ server: `https://u:${TOKEN}@192.0.2.1` }), /not an address/],
    [
      'an IPv6 address without brackets',
      settings({ server: 'https://2001:db8::10:6443' }),
      /not an address .* https:\/\/\[2001:db8::10\]:6443/,
    ],
    ['another protocol', settings({ server: 'ftp://192.0.2.10' }), /not an address/],
    ['plain http over the network', settings({ server: 'http://192.0.2.10:8001' }), /clear text; use https/],
    ['a name that only begins like loopback', settings({ server: 'http://localhost.example' }), /clear text/],
    ['no token', settings({ token: ' \n' }), /Kubernetes\.token is empty/],
    ['a token in two lines', settings({ token: `${TOKEN}\n${TOKEN}` }), /spaces or line breaks inside/],
    ['a certificate that is none', settings({ certificateAuthority: 'bm90aGluZw==' }), /no readable certificate/],
    ['a broken certificate', settings({ certificateAuthority: pem.replace('MII', 'AAA') }), /no readable certificate/],
    ['no pod', { from: 'service_account', directory: '/nowhere', variables: {} }, /this is not a pod/],
    [
      'no token file',
      { from: 'service_account', directory: '/nowhere', variables: IN_POD },
      /automountServiceAccountToken/,
    ],
  ])('%s', (_, given, sentence) => {
    const answer = readCredentials(given);
    expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(sentence) });
    const { reason } = answer as { reason: string };
    expect(reason).toMatch(/^[A-Z].*\.$/);
    expect(reason).not.toContain(TOKEN);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['without its certificate', { token: TOKEN }, /ca\.crt cannot be read; set automount/],
    ['without its token', { 'ca.crt': pem }, /token cannot be read; set automount/],
    ['whose token is empty for a moment', { token: '\n', 'ca.crt': pem }, /token is empty/],
    ['whose certificate is half written', { token: TOKEN, 'ca.crt': pem.slice(0, 200) }, /no readable certificate/],
    [
      'with one and a half certificates',
      { token: TOKEN, 'ca.crt': pem + pem.slice(0, 200) },
      /no readable certificate/,
    ],
  ])('a service account %s', (_, files, sentence) => {
    expect(readCredentials(serviceAccount(files))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(sentence),
    });
  });
});

describe('a kubeconfig of the settings', () => {
  const text = `{clusters: [{name: c, cluster: {server: 'https://k'}}], users: [{name: u, user: {tokenFile: token}}],
    contexts: [{name: x, context: {cluster: c, user: u}}]}`;

  it('is read from its file, and its own paths lead on from there', () => {
    const directory = scratch({ kubeconfig: text, token: TOKEN });
    const path = join(directory, 'kubeconfig');
    expect(read({ from: 'kubeconfig_file', path }).user.token).toBe(TOKEN);
    expect(read({ from: 'kubeconfig_file', path, context: 'x' }).user.token).toBe(TOKEN);
  });

  it('has no paths that lead on where it is given as text', () => {
    expect(readCredentials({ from: 'kubeconfig', text })).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/tokenFile is a path, and a kubeconfig given as text has no folder/),
    });
  });

  it.each([
    ['is not there', () => '/nowhere/kubeconfig', /^Kubernetes\.kubeconfig cannot be read; give the path/],
    ['is a folder', () => scratch({}), /^Kubernetes\.kubeconfig is not a file of at most 1 MB/],
    ['is a device', () => '/dev/zero', /^Kubernetes\.kubeconfig is not a file of at most 1 MB/],
    ['is far too large', () => join(scratch({ a: 'x'.repeat(1_100_000) }), 'a'), /is not a file of at most 1 MB/],
  ])('that %s is refused', (_, path, sentence) => {
    const answer = readCredentials({ from: 'kubeconfig_file', path: path() });
    expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(sentence) });
  });
});
