import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { clusterOf } from '../../src/cli/cluster.ts';
import { checkOptions } from '../../src/options.ts';
import { selfSigned } from '../doors/kubernetes/self-signed.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warden-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function optionsWith(kubernetes: object) {
  const answer = checkOptions({ frigates: [{ name: 'a', url: 'http://a' }], kubernetes }, 'the test');
  if (!answer.ok) throw new Error(answer.sentences.join('\n'));
  return answer.options;
}

function kubeconfig(user: string): string {
  const path = join(scratch(), 'kubeconfig');
  writeFileSync(
    path,
    `clusters: [{name: c, cluster: {server: "https://k:6443"}}]
users: [{name: u, user: ${user}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`,
  );
  return path;
}

describe('the way to the cluster', () => {
  it('is none where none is configured', () => {
    expect(clusterOf(optionsWith({}))).toEqual({ settings: null, secrets: [] });
  });

  it('is a server, whose token is a secret with and without the word before it', () => {
    const options = optionsWith({ server: 'https://k:6443', token: 'Bearer hunter22' });
    expect(clusterOf(options)).toEqual({
      settings: {
        from: 'settings',
        server: 'https://k:6443',
        token: 'Bearer hunter22',
        certificateAuthority: undefined,
      },
      secrets: ['hunter22'],
    });
  });

  it('is the path of a kubeconfig, whose token is a secret', () => {
    const path = kubeconfig('{token: hunter22}');
    expect(clusterOf(optionsWith({ kubeconfig: ` ${path}` }))).toEqual({
      settings: { from: 'kubeconfig_file', path },
      secrets: ['hunter22'],
    });
  });

  it.each([
    ['YAML', (text: string) => text],
    ['JSON on one line', (text: string) => JSON.stringify(parse(text))],
  ])('is a kubeconfig itself, as %s', (_, as) => {
    const text = as(readFileSync(kubeconfig('{token: hunter22}'), 'utf8'));
    expect(clusterOf(optionsWith({ kubeconfig: text }))).toEqual({
      settings: { from: 'kubeconfig', text },
      secrets: ['hunter22'],
    });
  });

  it('is a kubeconfig, whose key is a secret', () => {
    const pair = selfSigned('Warden');
    const [cert, key] = [pair.cert, pair.key].map((pem) => Buffer.from(pem).toString('base64'));
    const path = kubeconfig(`{client-certificate-data: ${cert}, client-key-data: ${key}}`);
    expect(clusterOf(optionsWith({ kubeconfig: path }))).toMatchObject({ secrets: [key, pair.key.trim()] });
  });

  it('is the service account, whose token is a secret', () => {
    const directory = scratch();
    writeFileSync(join(directory, 'token'), 'hunter22\n');
    writeFileSync(join(directory, 'ca.crt'), selfSigned('Authority').cert);
    const variables = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(clusterOf(optionsWith({ in_cluster: true }), { directory, variables })).toEqual({
      settings: { from: 'service_account', directory, variables },
      secrets: ['hunter22'],
    });
  });

  const problems: [what: string, kubernetes: () => object, problem: RegExp][] = [
    [
      'a kubeconfig that is not there',
      () => ({ kubeconfig: '/nowhere/kubeconfig' }),
      /^kubernetes\.kubeconfig cannot be read; give the path of a kubeconfig, or its text\.$/,
    ],
    [
      'a kubeconfig without a login',
      () => ({ kubeconfig: kubeconfig('{}') }),
      /^kubernetes: The kubeconfig's user has neither /,
    ],
    [
      'the text of a kubeconfig that lost its line breaks',
      () => ({ kubeconfig: 'apiVersion: v1 users: - user: token: hunter22' }),
      /^kubernetes: The kubeconfig is not valid YAML .*; on a single line give JSON: /,
    ],
    [
      'a token of two words',
      () => ({ server: 'https://k', token: 'hunter22 hunter22' }),
      /^kubernetes\.token has spaces or line breaks inside; /,
    ],
    [
      'a certificate authority that is none',
      () => ({ server: 'https://k', token: 'hunter22', certificate_authority_data: 'aHVudGVyMjI=' }),
      /^kubernetes\.certificate_authority_data holds no readable certificate; /,
    ],
    ['a pod that is none', () => ({ in_cluster: true }), /^kubernetes: KUBERNETES_SERVICE_HOST is not set, /],
  ];
  it.each(problems)('is refused with one sentence: %s', (_what, kubernetes, problem) => {
    const answer = clusterOf(optionsWith(kubernetes()), { variables: {} });
    expect(answer).toEqual({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(answer)).not.toMatch(/hunter22|aHVudGVy/);
  });
});
