import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KubernetesSettings, readCredentials } from '../../../src/doors/kubernetes/credentials.ts';
import { TOKEN } from './rude-server.ts';
import { selfSigned } from './self-signed.ts';

const pem = selfSigned('Test').cert;
const base64 = Buffer.from(pem).toString('base64');

function settings(more: Partial<KubernetesSettings & { from: 'settings' }> = {}): KubernetesSettings {
  return { from: 'settings', server: 'https://192.0.2.10:6443', token: TOKEN, certificateAuthority: base64, ...more };
}

function kubeconfig(cluster: string, user: string, rest = 'current-context: main'): KubernetesSettings {
  const text = `
apiVersion: v1
kind: Config
preferences: {}
clusters: [{name: one, cluster: {${cluster}}}]
users: [{name: me, user: {${user}}}]
contexts: [{name: main, context: {cluster: one, user: me, namespace: frigate}}]
${rest}
`;
  return { from: 'kubeconfig', text };
}

const CLUSTER = `server: 'https://192.0.2.10:6443', certificate-authority-data: ${base64}`;
const USER = `token: ${TOKEN}`;

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

describe('credentials from a kubeconfig', () => {
  it('take the current context', () => {
    expect(read(kubeconfig(CLUSTER, USER))).toEqual(read(settings()));
  });

  it('take the only context when none is current', () => {
    expect(read(kubeconfig(CLUSTER, USER, '')).user.token).toBe(TOKEN);
  });

  it('take a client certificate, a server name and a proxy', () => {
    const cluster = `${CLUSTER}, tls-server-name: kubernetes, proxy-url: 'http://192.0.2.1:3128'`;
    expect(read(kubeconfig(cluster, 'client-certificate-data: YQ==, client-key-data: Yg=='))).toMatchObject({
      cluster: { tlsServerName: 'kubernetes', proxyUrl: 'http://192.0.2.1:3128' },
      user: { certData: 'YQ==', keyData: 'Yg==' },
    });
  });

  it('take another context by its name', () => {
    const given = kubeconfig(CLUSTER, USER, 'current-context: gone');
    expect(read({ ...given, context: 'main' } as KubernetesSettings).user.token).toBe(TOKEN);
  });
});

function serviceAccount(files: Record<string, string>, variables = IN_POD): KubernetesSettings {
  const directory = mkdtempSync(join(tmpdir(), 'warden-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return { from: 'service_account', directory, variables };
}

const IN_POD: Record<string, string | undefined> = {
  KUBERNETES_SERVICE_HOST: '10.43.0.1',
  KUBERNETES_SERVICE_PORT: '443',
};

describe("credentials from a pod's service account", () => {
  it('name the files, so that a renewed token is read again', () => {
    const { cluster, user } = read(serviceAccount({ token: TOKEN, 'ca.crt': pem }));
    expect(cluster).toMatchObject({ server: 'https://10.43.0.1', caFile: expect.stringMatching(/\/ca\.crt$/) });
    expect(user).toMatchObject({ authProvider: { name: 'tokenFile', config: { tokenFile: expect.any(String) } } });
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
    ['another protocol', settings({ server: 'ftp://192.0.2.10' }), /not an address/],
    ['plain http over the network', settings({ server: 'http://192.0.2.10:8001' }), /clear text; use https/],
    ['a name that only begins like loopback', settings({ server: 'http://localhost.example' }), /clear text/],
    ['no token', settings({ token: ' \n' }), /Kubernetes\.token is empty/],
    ['a token in two lines', settings({ token: `${TOKEN}\n${TOKEN}` }), /spaces or line breaks inside/],
    ['a certificate that is none', settings({ certificateAuthority: 'bm90aGluZw==' }), /no readable certificate/],
    ['a broken certificate', settings({ certificateAuthority: pem.replace('MII', 'AAA') }), /no readable certificate/],
    ['YAML that is none', { from: 'kubeconfig', text: `a: [\ntoken: ${TOKEN}` }, /not valid YAML \(line \d+\)/],
    ['a text that is no kubeconfig', { from: 'kubeconfig', text: 'hello' }, /not the form of one at its top level/],
    [
      'a cluster without a server',
      kubeconfig('tls-server-name: a', USER),
      /form of one at clusters\.0\.cluster\.server/,
    ],
    ['an empty text', { from: 'kubeconfig', text: '' }, /not valid YAML/],
    ['no context at all', { from: 'kubeconfig', text: '{}' }, /no current-context/],
    ['an unknown context', kubeconfig(CLUSTER, USER, 'current-context: gone'), /no context named "gone"/],
    ['a CA file of another machine', kubeconfig(`server: 'https://a', certificate-authority: /ca`, USER), /--flatten/],
    ['no check of the certificate', kubeconfig(`server: 'https://a', insecure-skip-tls-verify: true`, USER), /anyone/],
    ['a token file', kubeconfig(CLUSTER, 'tokenFile: /token'), /tokenFile is a path on another machine/],
    ['a client key file', kubeconfig(CLUSTER, 'client-key: /key'), /client-key is a path/],
    ['a login program', kubeconfig(CLUSTER, 'exec: {command: aws}'), /logs in through a program \(exec\)/],
    ['an auth provider', kubeconfig(CLUSTER, 'auth-provider: {name: gcp}'), /program \(auth-provider\)/],
    ['a certificate without its key', kubeconfig(CLUSTER, 'client-certificate-data: YQ=='), /neither a token nor/],
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

  it('a service account without its certificate', () => {
    expect(readCredentials(serviceAccount({ token: TOKEN }))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/ca\.crt cannot be read/),
    });
  });
});
