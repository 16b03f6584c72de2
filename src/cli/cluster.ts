/** How the options lead to the cluster, and what of it must never be shown. */
import { type KubernetesSettings, readCredentials } from '../doors/kubernetes/credentials.ts';
import { isKubeconfigText } from '../doors/kubernetes/kubeconfig.ts';
import { hasCluster, type Options } from '../options.ts';

type ServiceAccount = Omit<KubernetesSettings & { from: 'service_account' }, 'from'>;

/** `settings` is null where no cluster is configured. */
export type ClusterAnswer = { settings: KubernetesSettings | null; secrets: readonly string[] } | { problem: string };

/** Reads and checks the credentials, files included, but connects to nothing. */
export function clusterOf(options: Pick<Options, 'kubernetes'>, serviceAccount: ServiceAccount = {}): ClusterAnswer {
  const settings = settingsOf(options, serviceAccount);
  if (settings === null) return { settings, secrets: [] };
  const read = readCredentials(settings);
  if (read.ok) return { settings, secrets: read.credentials.secrets };
  const isNamed = /^Kubernetes\./.test(read.reason);
  return { problem: isNamed ? read.reason.replace('K', 'k') : `kubernetes: ${read.reason}` };
}

function settingsOf(options: Pick<Options, 'kubernetes'>, serviceAccount: ServiceAccount): KubernetesSettings | null {
  const { server, token, certificate_authority_data: certificateAuthority, kubeconfig } = options.kubernetes;
  if (!hasCluster(options)) return null;
  if (server !== undefined && token !== undefined) return { from: 'settings', server, token, certificateAuthority };
  if (kubeconfig === undefined) return { from: 'service_account', ...serviceAccount };
  if (isKubeconfigText(kubeconfig)) return { from: 'kubeconfig', text: kubeconfig };
  return { from: 'kubeconfig_file', path: kubeconfig.trim() };
}
