import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKubeconfigText, readKubeconfig } from '../../../src/doors/kubernetes/kubeconfig.ts';
import { Refusal } from '../../../src/doors/kubernetes/material.ts';
import { TOKEN } from './rude-server.ts';
import { scratch } from './scratch.ts';
import { selfSigned } from './self-signed.ts';

const pem = selfSigned('Test').cert;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const ours = selfSigned('Warden');
const CERT = `client-certificate-data: ${base64(ours.cert)}`;
const KEY = `client-key-data: ${base64(ours.key)}`;

function kubeconfig(cluster: string, user: string, rest = 'current-context: main'): string {
  return `
apiVersion: v1
kind: Config
preferences: {}
clusters: [{name: one, cluster: {${cluster}}}]
users: [{name: me, user: {${user}}}]
contexts: [{name: main, context: {cluster: one, user: me, namespace: frigate}}]
${rest}
`;
}

const CLUSTER = `server: 'https://192.0.2.10:6443', certificate-authority-data: ${base64(pem)}`;
const USER = `token: ${TOKEN}`;
const AS_TEXT = { path: null };
const WITH_TOKEN = {
  cluster: { name: 'cluster', server: 'https://192.0.2.10:6443', skipTLSVerify: false, caData: base64(pem) },
  user: { name: 'warden', token: TOKEN },
  secrets: [TOKEN],
};

describe('a kubeconfig', () => {
  it.each<[string, string, string?]>([
    ['leads to its current context', kubeconfig(CLUSTER, USER)],
    ['leads to its only context when none is current', kubeconfig(CLUSTER, USER, '')],
    ['leads to another context by its name', kubeconfig(CLUSTER, USER, 'current-context: gone'), 'main'],
    [
      'may be JSON on one line',
      JSON.stringify({
        clusters: [
          { name: 'c', cluster: { server: 'https://192.0.2.10:6443', 'certificate-authority-data': base64(pem) } },
        ],
        users: [{ name: 'u', user: { token: TOKEN } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    ],
    ['may have its authority as PEM', kubeconfig(CLUSTER.replace(base64(pem), JSON.stringify(pem)), USER)],
  ])('%s', (_, text, context) => {
    expect(readKubeconfig(text, { path: null, context })).toEqual(WITH_TOKEN);
  });

  it('takes a client certificate, whose key is a secret in every form', () => {
    const { user, secrets } = readKubeconfig(kubeconfig(CLUSTER, `${CERT}, ${KEY}`), AS_TEXT);
    expect(user).toEqual({ name: 'warden', certData: base64(ours.cert), keyData: base64(ours.key) });
    expect(secrets).toEqual([base64(ours.key), ours.key.trim()]);
    expect(secrets.join()).not.toContain(ours.cert);
  });

  it('takes a token beside a client certificate', () => {
    expect(readKubeconfig(kubeconfig(CLUSTER, `${USER}, ${CERT}, ${KEY}`), AS_TEXT).user).toEqual({
      name: 'warden',
      token: TOKEN,
      certData: base64(ours.cert),
      keyData: base64(ours.key),
    });
  });

  it('takes a server name and a proxy, whose password is a secret', () => {
    const cluster = `${CLUSTER}, tls-server-name: kubernetes, proxy-url: 'http://me:p%26ss@192.0.2.1:3128'`;
    expect(readKubeconfig(kubeconfig(cluster, USER), AS_TEXT)).toMatchObject({
      cluster: { tlsServerName: 'kubernetes', proxyUrl: 'http://me:p%26ss@192.0.2.1:3128/' },
      secrets: [TOKEN, 'p&ss', 'p%26ss'],
    });
  });

  it('reads files by paths that begin at its own folder, or at the root', () => {
    const directory = scratch({ token: `${TOKEN}\n`, 'ca.crt': pem, 'tls.crt': ours.cert, 'tls.key': ours.key });
    const user = 'tokenFile: token, client-certificate: ./tls.crt, client-key: tls.key';
    const text = kubeconfig(`server: 'https://192.0.2.10:6443', certificate-authority: ${directory}/ca.crt`, user);
    const { cluster, user: login } = readKubeconfig(text, { path: join(directory, 'kubeconfig') });
    expect({ cluster, login }).toEqual({
      cluster: WITH_TOKEN.cluster,
      login: { name: 'warden', token: TOKEN, certData: base64(ours.cert), keyData: base64(ours.key) },
    });
  });

  it.each([
    ['what is written down before a file', 'client-certificate: /nowhere, client-key: /nowhere', KEY],
    ['the file of a token before the token', 'tokenFile: token, token: old', ''],
    ['the token where its file is not there', `tokenFile: gone, token: ${TOKEN}`, ''],
  ])('takes %s, as kubectl does', (_, files, key) => {
    const directory = scratch({ token: TOKEN });
    const text = kubeconfig(CLUSTER, key ? `${files}, ${CERT}, ${key}` : files);
    const { user } = readKubeconfig(text, { path: join(directory, 'kubeconfig') });
    expect(key ? user.keyData : user.token).toBe(key ? base64(ours.key) : TOKEN);
  });
});

describe('a kubeconfig that leads nowhere is refused with one sentence', () => {
  const foreign = base64(selfSigned('Foreign').key);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter22' });

  it.each<[string, string, RegExp]>([
    ['YAML that is none', `a: [\ntoken: ${TOKEN}`, /not valid YAML \(line \d+\)\.$/],
    [
      'one that lost its line breaks',
      `apiVersion: v1 clusters: - cluster: token: ${TOKEN}`,
      /not valid YAML .*; on a single line give JSON: kubectl .* -o json\.$/,
    ],
    ['half of one', kubeconfig(CLUSTER, USER).slice(0, 150), /not valid YAML/],
    ['one that is no kubeconfig', 'hello', /not the form of one at its top level/],
    [
      'a cluster without a server',
      kubeconfig('tls-server-name: a', USER),
      /form of one at clusters\.0\.cluster\.server/,
    ],
    ['an empty one', '', /not valid YAML|no current-context|its top level/],
    ['no context at all', '{}', /no current-context/],
    ['an unknown context', kubeconfig(CLUSTER, USER, 'current-context: gone'), /no context named "gone"/],
    ['a bad address', kubeconfig("server: 'kubernetes'", USER), /^The kubeconfig's server is not an address/],
    ['plain http', kubeconfig("server: 'http://192.0.2.10'", USER), /clear text/],
    ['a CA file that is not there', kubeconfig(`server: 'https://a', certificate-authority: /ca`, USER), /--flatten/],
    [
      'a CA that is none',
      kubeconfig(`server: 'https://a', certificate-authority-data: YQ==`, USER),
      /authority-data holds no/,
    ],
    ['no check of the certificate', kubeconfig(`server: 'https://a', insecure-skip-tls-verify: true`, USER), /anyone/],
    [
      'a proxy that is none',
      kubeconfig(`${CLUSTER}, proxy-url: 'ftp://a'`, USER),
      /proxy-url is not an address of a proxy/,
    ],
    ['a proxy without its scheme', kubeconfig(`${CLUSTER}, proxy-url: '192.0.2.1:3128'`, USER), /proxy-url is not/],
    [
      'a token file that is not there',
      kubeconfig(CLUSTER, 'tokenFile: /token'),
      /tokenFile cannot be read; .*--flatten/,
    ],
    ['a path without a folder', kubeconfig(CLUSTER, 'tokenFile: token'), /given as text has no folder/],
    ['a key file that is not there', kubeconfig(CLUSTER, `${CERT}, client-key: /key`), /client-key cannot be read/],
    ['an empty token', kubeconfig(CLUSTER, 'token: " "'), /token is empty/],
    ['a token of two words', kubeconfig(CLUSTER, `token: "${TOKEN} ${TOKEN}"`), /spaces or line breaks inside/],
    ['a login program', kubeconfig(CLUSTER, 'exec: {command: aws}'), /logs in through a program \(exec\)/],
    ['an auth provider', kubeconfig(CLUSTER, 'auth-provider: {name: gcp}'), /program \(auth-provider\)/],
    ['a password', kubeconfig(CLUSTER, 'username: admin, password: hunter22'), /user name and a password/],
    ['somebody else', kubeconfig(CLUSTER, `${USER}, as: admin`), /acts as somebody else \(as\)/],
    ['no login', kubeconfig(CLUSTER, ''), /neither a token nor a client certificate/],
    ['a certificate without its key', kubeconfig(CLUSTER, CERT), /neither a token nor a client certificate/],
    ['a key without its certificate', kubeconfig(CLUSTER, KEY), /neither a token nor a client certificate/],
    [
      'a certificate that is none',
      kubeconfig(CLUSTER, `client-certificate-data: YQ==, ${KEY}`),
      /client certificate is not readable/,
    ],
    ['a key that is none', kubeconfig(CLUSTER, `${CERT}, client-key-data: YQ==`), /client key is not readable/],
    [
      'a key with a passphrase',
      kubeconfig(CLUSTER, `${CERT}, client-key-data: ${base64(String(locked))}`),
      /without a passphrase/,
    ],
    [
      'the key of another certificate',
      kubeconfig(CLUSTER, `${CERT}, client-key-data: ${foreign}`),
      /not that of its certificate/,
    ],
  ])('%s', (_, text, sentence) => {
    const read = () => readKubeconfig(text, AS_TEXT);
    expect(read).toThrow(Refusal);
    expect(read).toThrow(sentence);
    expect(read).toThrow(/^[A-Z][^\n]*\.$/);
    expect(read).not.toThrow(new RegExp(`${TOKEN}|hunter22|${base64(ours.key).slice(0, 40)}`));
  });
});

describe('what is a kubeconfig, and not the path of one', () => {
  it.each([
    ['/data/kubeconfig', false],
    ['kubeconfig.yaml', false],
    ['~/clusters: mine/config', false],
    ['C:\\kube\\config', false],
    [kubeconfig(CLUSTER, USER), true],
    ['{"apiVersion":"v1"}', true],
    ['  { "clusters": [] }', true],
    ['apiVersion: v1 kind: Config', true],
    ['"clusters": []', true],
    ['# mine\nkind: Config', true],
  ])('%j: %s', (value, expected) => {
    expect(isKubeconfigText(value)).toBe(expected);
  });
});
