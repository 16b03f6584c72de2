/** Where the Kubernetes API is and who we are there: from settings, a kubeconfig's text, or a service account. */

import { X509Certificate } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { isIPv6 } from 'node:net';
import { type Cluster, loadYaml, type User } from '@kubernetes/client-node';
import { z } from 'zod';

export type KubernetesSettings =
  | {
      from: 'settings';
      /** `https://host:port`, with a path where a proxy needs one; `http://` on loopback only. */
      server: string;
      token: string;
      /** PEM, or PEM in base64 as kubeconfigs have it. Empty: the certificate authorities that Node knows. */
      certificateAuthority?: string | undefined;
    }
  | { from: 'kubeconfig'; text: string; context?: string | undefined }
  | {
      from: 'service_account';
      /** For tests: another folder and other variables than the ones every pod has. */
      directory?: string | undefined;
      variables?: Readonly<Record<string, string | undefined>> | undefined;
    };

export interface Credentials {
  cluster: Cluster;
  user: User;
}

export type CredentialsAnswer = { ok: true; credentials: Credentials } | { ok: false; reason: string };

// The folder and the variables are the same in every pod: Kubernetes documentation, "Accessing the API from a Pod".
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

const FLATTEN = 'make one that carries everything with: kubectl config view --raw --flatten --minify';

/** A sentence that stops the reading; caught in this file only. */
class Refusal extends Error {}

/** Reads and checks; never throws. The reason is one sentence without secrets. */
export function readCredentials(settings: KubernetesSettings): CredentialsAnswer {
  try {
    switch (settings.from) {
      case 'settings':
        return { ok: true, credentials: fromSettings(settings) };
      case 'kubeconfig':
        return { ok: true, credentials: fromKubeconfig(settings.text, settings.context) };
      case 'service_account':
        return { ok: true, credentials: fromServiceAccount(settings) };
    }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.message };
    throw error;
  }
}

function fromSettings(settings: KubernetesSettings & { from: 'settings' }): Credentials {
  const authority = settings.certificateAuthority?.trim();
  return {
    cluster: {
      name: 'cluster',
      ...readServer(settings.server, 'kubernetes.server'),
      ...(authority ? { caData: readAuthority(authority, 'kubernetes.certificate_authority_data') } : {}),
    },
    user: { name: 'warden', token: readToken(settings.token, 'kubernetes.token') },
  };
}

const text = z.string().nullish();

const clusterForm = z.object({
  server: z.string(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
});

const userForm = z.object({
  token: text,
  tokenFile: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
});

const kubeconfigForm = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster: clusterForm })).nullish(),
  users: z.array(z.object({ name: z.string(), user: userForm })).nullish(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }))
    .nullish(),
  'current-context': text,
});

function fromKubeconfig(content: string, wanted: string | undefined): Credentials {
  const config = parseKubeconfig(content);
  const contexts = config.contexts ?? [];
  const name = wanted || config['current-context'] || (contexts.length === 1 ? contexts[0]?.name : undefined);
  if (!name) throw new Refusal('The kubeconfig has no current-context; set it to the name of one of its contexts.');
  const { context } = find(contexts, name, 'context');
  const { cluster } = find(config.clusters, context.cluster, 'cluster');
  const { user } = find(config.users, context.user, 'user');
  return { cluster: clusterFrom(cluster), user: userFrom(user) };
}

function parseKubeconfig(content: string): z.infer<typeof kubeconfigForm> {
  let tree: unknown;
  try {
    tree = loadYaml<unknown>(content);
  } catch (error) {
    // The parser's own message quotes the line, and with it perhaps the token.
    const line = (error as { mark?: { line?: number } } | null)?.mark?.line;
    throw new Refusal(`The kubeconfig is not valid YAML${line === undefined ? '' : ` (line ${line + 1})`}.`);
  }
  const parsed = kubeconfigForm.safeParse(tree);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') || 'its top level';
  throw new Refusal(`The kubeconfig has not the form of one at ${path}; ${FLATTEN}.`);
}

function find<E extends { name: string }>(entries: readonly E[] | null | undefined, name: string, kind: string): E {
  const entry = (entries ?? []).find((each) => each.name === name);
  if (entry) return entry;
  throw new Refusal(`The kubeconfig has no ${kind} named "${name}".`);
}

function clusterFrom(cluster: z.infer<typeof clusterForm>): Cluster {
  if (cluster['certificate-authority']) {
    throw new Refusal(`The kubeconfig's certificate-authority is a path on another machine; ${FLATTEN}.`);
  }
  const place = readServer(cluster.server, "the kubeconfig's server");
  if (cluster['insecure-skip-tls-verify'] && !place.skipTLSVerify) {
    throw new Refusal(
      'The kubeconfig sets insecure-skip-tls-verify, which gives the token to anyone who answers; ' +
        'give certificate-authority-data in its place.',
    );
  }
  const authority = cluster['certificate-authority-data'];
  const serverName = cluster['tls-server-name'];
  const proxyUrl = cluster['proxy-url'];
  return {
    name: 'cluster',
    ...place,
    ...(authority ? { caData: readAuthority(authority, "the kubeconfig's certificate-authority-data") } : {}),
    ...(serverName ? { tlsServerName: serverName } : {}),
    ...(proxyUrl ? { proxyUrl } : {}),
  };
}

function userFrom(user: z.infer<typeof userForm>): User {
  for (const key of ['tokenFile', 'client-certificate', 'client-key'] as const) {
    if (user[key]) throw new Refusal(`The kubeconfig's ${key} is a path on another machine; ${FLATTEN}.`);
  }
  for (const key of ['exec', 'auth-provider'] as const) {
    if (!user[key]) continue;
    throw new Refusal(
      `The kubeconfig logs in through a program (${key}), which is not here; ` +
        'give the token of a service account: kubectl create token.',
    );
  }
  if (user.token) return { name: 'warden', token: readToken(user.token, "the kubeconfig's token") };
  const certData = user['client-certificate-data'];
  const keyData = user['client-key-data'];
  if (certData && keyData) return { name: 'warden', certData, keyData };
  throw new Refusal("The kubeconfig's user has neither a token nor client-certificate-data with client-key-data.");
}

function fromServiceAccount(settings: KubernetesSettings & { from: 'service_account' }): Credentials {
  const variables = settings.variables ?? process.env;
  const directory = settings.directory ?? SERVICE_ACCOUNT;
  const host = variables.KUBERNETES_SERVICE_HOST;
  const port = variables.KUBERNETES_SERVICE_PORT || '443';
  if (!host) {
    throw new Refusal('KUBERNETES_SERVICE_HOST is not set, so this is not a pod; give kubernetes.server and a token.');
  }
  const tokenFile = `${directory}/token`;
  const caFile = `${directory}/ca.crt`;
  for (const file of [tokenFile, caFile]) {
    if (readable(file)) continue;
    throw new Refusal(`The pod's service account file ${file} cannot be read; set automountServiceAccountToken: true.`);
  }
  return {
    cluster: {
      name: 'cluster',
      ...readServer(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`, 'KUBERNETES_SERVICE_HOST'),
      caFile,
    },
    // The kubelet renews this token; the library reads the file again every minute.
    user: { name: 'warden', authProvider: { name: 'tokenFile', config: { tokenFile } } },
  };
}

function readable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function readServer(value: string, where: string): { server: string; skipTLSVerify: boolean } {
  const trimmed = value.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new Refusal(
      `${sentence(where)} is not an address of a Kubernetes API; right would be https://192.0.2.10:6443.`,
    );
  }
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !loopback) {
    throw new Refusal(
      `${sentence(where)} begins with http://, which would send the token in clear text; use https://.`,
    );
  }
  // The library refuses plain http unless it is told that no certificate will be checked.
  return { server: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, skipTLSVerify: url.protocol === 'http:' };
}

function readToken(value: string, where: string): string {
  const token = value.trim().replace(/^Bearer\s+/i, '');
  if (!token) throw new Refusal(`${sentence(where)} is empty; right would be the token of a service account.`);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Refusal(`${sentence(where)} has spaces or line breaks inside; right would be one unbroken word.`);
  }
  return token;
}

/** Base64 of PEM, as the library wants it. */
function readAuthority(value: string, where: string): string {
  const pem = value.includes('-----BEGIN') ? value : Buffer.from(value.replace(/\s+/g, ''), 'base64').toString('utf8');
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  try {
    if (certificates.length === 0) throw new Error('no certificate');
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch {
    throw new Refusal(`${sentence(where)} holds no readable certificate; right would be PEM, or PEM in base64.`);
  }
  return Buffer.from(pem).toString('base64');
}

function sentence(where: string): string {
  return where.charAt(0).toUpperCase() + where.slice(1);
}
