/** The account that a Warden acts as: what the product's own `manifests` prints for its options, applied as it is. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, unless } from './api.ts';

export interface Account {
  token: string;
  /** As the audit log names it. */
  user: string;
  /** Takes all its rights in the namespace. */
  revoke(): Promise<void>;
}

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  roleRef?: { kind: string; name: string };
  spec?: { policyName?: string };
}

/** TABLE: where objects of a kind live. */
const PLURALS: Readonly<Record<string, string>> = {
  ServiceAccount: 'serviceaccounts',
  Secret: 'secrets',
  ConfigMap: 'configmaps',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  Lease: 'leases',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

interface Wanted {
  admin: Api;
  /** The bundle. */
  main: string;
  folder: string;
  /** Those of the Warden; the account lives where its first Frigate does. */
  options: object;
}

export async function openAccount({ admin, main, folder, options }: Wanted, namespace: string): Promise<Account> {
  const home = join(folder, 'accounts');
  mkdirSync(home, { recursive: true });
  const file = join(home, `${namespace}.json`);
  writeFileSync(file, JSON.stringify(options));
  const words = [main, 'manifests', '--options', file, '--json'];
  const printed = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: 'pipe', timeout: 60_000 });
  const { items } = JSON.parse(printed) as { items: readonly Manifest[] };
  for (const item of items) await apply(admin, inItsOwnCluster(item, namespace));
  const [account] = items.filter(({ kind }) => kind === 'ServiceAccount');
  if (!account) throw new Error('The manifests hold no ServiceAccount.');
  const { name } = account.metadata;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await admin.post<{ status: { token: string } }>(path, request);
  const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/${name}`;
  return {
    token: status.token,
    user: `system:serviceaccount:${namespace}:${name}`,
    revoke: () => admin.delete(role),
  };
}

/** What has no namespace would be the same for all scenarios, so it bears the name of one. */
function inItsOwnCluster(item: Manifest, scenario: string): Manifest {
  if (item.metadata.namespace !== undefined) return item;
  const own = (name: string) => `${name}-${scenario}`;
  const { metadata, roleRef, spec } = item;
  return {
    ...item,
    metadata: { ...metadata, name: own(metadata.name) },
    ...(roleRef?.kind === 'ClusterRole' ? { roleRef: { ...roleRef, name: own(roleRef.name) } } : {}),
    ...(spec?.policyName ? { spec: { ...spec, policyName: own(spec.policyName) } } : {}),
  };
}

async function apply(admin: Api, item: Manifest): Promise<void> {
  const { apiVersion, kind, metadata } = item;
  const plural = PLURALS[kind];
  if (plural === undefined) throw new Error(`It is not known where a ${kind} lives.`);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const space = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  await unless(409, admin.post(`${root}${space}/${plural}`, item));
}
