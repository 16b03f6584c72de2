/** How the options lead to the cluster, and what of it must never be shown. */
import { readFileSync } from 'node:fs';
import { type Credentials, type KubernetesSettings, readCredentials } from '../doors/kubernetes/credentials.ts';
import { hasCluster, type Options } from '../options.ts';

type ServiceAccount = Omit<KubernetesSettings & { from: 'service_account' }, 'from'>;

/** `settings` is null where no cluster is configured. */
export type ClusterAnswer = { settings: KubernetesSettings | null; secrets: readonly string[] } | { problem: string };

/** Reads a kubeconfig and checks the credentials, but connects to nothing. */
export function clusterOf(options: Pick<Options, 'kubernetes'>, serviceAccount: ServiceAccount = {}): ClusterAnswer {
  const settings = settingsOf(options, serviceAccount);
  if (settings === null) return { settings, secrets: [] };
  if ('problem' in settings) return settings;
  const read = readCredentials(settings);
  if (read.ok) return { settings, secrets: secretsIn(read.credentials) };
  const isNamed = /^Kubernetes\./.test(read.reason);
  return { problem: isNamed ? read.reason.replace('K', 'k') : `kubernetes: ${read.reason}` };
}

function settingsOf(
  options: Pick<Options, 'kubernetes'>,
  serviceAccount: ServiceAccount,
): KubernetesSettings | { problem: string } | null {
  const { server, token, certificate_authority_data: certificateAuthority, kubeconfig } = options.kubernetes;
  if (!hasCluster(options)) return null;
  if (server !== undefined && token !== undefined) return { from: 'settings', server, token, certificateAuthority };
  if (kubeconfig === undefined) return { from: 'service_account', ...serviceAccount };
  try {
    return { from: 'kubeconfig', text: readFileSync(kubeconfig, 'utf8') };
  } catch {
    return { problem: 'kubernetes.kubeconfig: this file cannot be read; give the path of a kubeconfig.' };
  }
}

function secretsIn({ user }: Credentials): readonly string[] {
  const provider = user.authProvider as { config?: { tokenFile?: string } } | undefined;
  const file = provider?.config?.tokenFile;
  // The kubelet renews this token; the one of the start is the one that an early mistake would show.
  const renewed = file === undefined ? undefined : readFileSync(file, 'utf8').trim();
  return [user.token, user.keyData, renewed].filter((secret) => secret !== undefined);
}
