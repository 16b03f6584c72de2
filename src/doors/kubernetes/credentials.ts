/** Where the Kubernetes API is and who we are there: from settings, a kubeconfig, or a service account. */

import { isIPv6 } from 'node:net';
import { readKubeconfig } from './kubeconfig.ts';
import { type Credentials, Refusal, readAuthority, readServer, readText, readToken } from './material.ts';

export type KubernetesSettings =
  | {
      from: 'settings';
      /** `https://host:port`, with a path where a proxy needs one; `http://` on loopback only. */
      server: string;
      token: string;
      /** PEM, or PEM in base64 as kubeconfigs have it. Empty: the certificate authorities that Node knows. */
      certificateAuthority?: string | undefined;
    }
  /** YAML or JSON. */
  | { from: 'kubeconfig'; text: string; context?: string | undefined }
  | { from: 'kubeconfig_file'; path: string; context?: string | undefined }
  | {
      from: 'service_account';
      /** For tests: another folder and other variables than the ones every pod has. */
      directory?: string | undefined;
      variables?: Readonly<Record<string, string | undefined>> | undefined;
    };

export type CredentialsAnswer = { ok: true; credentials: Credentials } | { ok: false; reason: string };

// The folder and the variables are the same in every pod: Kubernetes documentation, "Accessing the API from a Pod".
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Reads and checks, files included; never throws. The reason is one sentence without secrets. */
export function readCredentials(settings: KubernetesSettings): CredentialsAnswer {
  try {
    return { ok: true, credentials: read(settings) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.message };
    throw error;
  }
}

function read(settings: KubernetesSettings): Credentials {
  switch (settings.from) {
    case 'settings':
      return fromSettings(settings);
    case 'kubeconfig':
      return readKubeconfig(settings.text, { path: null, context: settings.context });
    case 'kubeconfig_file': {
      const { path, context } = settings;
      const mending = 'give the path of a kubeconfig, or its text';
      return readKubeconfig(readText(path, 'kubernetes.kubeconfig', mending), { path, context });
    }
    case 'service_account':
      return fromServiceAccount(settings);
  }
}

function fromSettings(settings: KubernetesSettings & { from: 'settings' }): Credentials {
  const authority = settings.certificateAuthority?.trim();
  const token = readToken(settings.token, 'kubernetes.token');
  return {
    cluster: {
      name: 'cluster',
      ...readServer(settings.server, 'kubernetes.server'),
      ...(authority ? { caData: readAuthority(authority, 'kubernetes.certificate_authority_data') } : {}),
    },
    user: { name: 'warden', token },
    secrets: [token],
  };
}

function fromServiceAccount(settings: KubernetesSettings & { from: 'service_account' }): Credentials {
  const variables = settings.variables ?? process.env;
  const directory = settings.directory ?? SERVICE_ACCOUNT;
  const host = variables.KUBERNETES_SERVICE_HOST;
  const port = variables.KUBERNETES_SERVICE_PORT || '443';
  if (!host) {
    throw new Refusal('KUBERNETES_SERVICE_HOST is not set, so this is not a pod; give kubernetes.server and a token.');
  }
  const [tokenText, authority] = ['token', 'ca.crt'].map((name) =>
    readText(
      `${directory}/${name}`,
      `the pod's service account file ${directory}/${name}`,
      'set automountServiceAccountToken: true',
    ),
  );
  const token = readToken(tokenText ?? '', "the pod's service account token");
  return {
    cluster: {
      name: 'cluster',
      ...readServer(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`, 'KUBERNETES_SERVICE_HOST'),
      caData: readAuthority(authority ?? '', "the pod's service account file ca.crt"),
    },
    user: { name: 'warden', token },
    secrets: [token],
  };
}
