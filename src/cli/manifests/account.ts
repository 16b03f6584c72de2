/** The Warden's account in the cluster: who it is, what it may do, and the empty objects that it may write into. */
import { type Right, rightsOf, type Wanted } from '../../targets/frigate/rights.ts';
import { rulesOf } from './rules.ts';
import type { KubernetesObject, Manifest } from './yaml.ts';

/** Name of the account and of all that belongs to it. */
const ACCOUNT = 'frigate-warden';
const RBAC = 'rbac.authorization.k8s.io';
const LABELS = { 'app.kubernetes.io/name': 'frigate-warden' };

export interface Account {
  name: string;
  namespace: string;
}

/** One account for all Frigates: it lives in the namespace of the first. */
export function accountOf([first]: readonly [Wanted, ...Wanted[]]): Account {
  return { name: ACCOUNT, namespace: first.workload.namespace };
}

/** `isInside`: the Warden runs in the cluster and needs no token of its own. */
export function accountManifests(wanted: readonly [Wanted, ...Wanted[]], isInside: boolean): readonly Manifest[] {
  const account = accountOf(wanted);
  const spaces = [...Map.groupBy(wanted, ({ workload }) => workload.namespace)];
  return [
    {
      about: ['The account. Deleting it takes all of its rights away at once.'],
      object: objectOf('v1', 'ServiceAccount', account),
    },
    ...(isInside ? [] : [tokenOf(account)]),
    ...spaces.flatMap(([namespace, theirs]) => inNamespace(account, namespace, theirs)),
    ...forNodes(account, wanted),
  ];
}

function tokenOf(account: Account): Manifest {
  const secret = objectOf('v1', 'Secret', { ...account, name: `${account.name}-token` });
  const annotations = { 'kubernetes.io/service-account.name': account.name };
  return {
    about: [
      'The token with which a Warden outside of the cluster, such as the one in Home Assistant, proves who it is. ' +
        'It does not expire; deleting this Secret makes it worthless.',
    ],
    object: {
      ...secret,
      metadata: { ...secret.metadata, annotations },
      type: 'kubernetes.io/service-account-token',
    },
  };
}

function inNamespace(account: Account, namespace: string, wanted: readonly Wanted[]): readonly Manifest[] {
  const rights = wanted.flatMap(rightsOf).filter((right) => right.namespace === namespace);
  const place = { name: account.name, namespace };
  return [
    {
      about: [`What the account may do in the namespace ${namespace}:`, ...itemsOf(rights)],
      object: {
        ...objectOf(`${RBAC}/v1`, 'Role', place),
        rules: rulesOf(rights),
      },
    },
    { about: [], object: bindingOf('Role', account, place) },
    ...[...new Set(wanted.map(({ ledger }) => ledger))].map((name) => ({
      about: [
        'The ledger of restarts. It has no data, so that applying it again never resets them. ' +
          'If another checker keeps one of this name already, leave this out.',
      ],
      object: objectOf('v1', 'ConfigMap', { name, namespace }),
    })),
    ...wanted
      .flatMap(({ lease }) => lease ?? [])
      .map((name) => ({
        about: ['By this Lease several Wardens agree on the one that acts. It has no holder yet.'],
        object: objectOf('coordination.k8s.io/v1', 'Lease', { name, namespace }),
      })),
  ];
}

function forNodes(account: Account, wanted: readonly Wanted[]): readonly Manifest[] {
  const rights = wanted.flatMap(rightsOf).filter(({ namespace }) => namespace === null);
  const place = { name: `${account.name}-nodes` };
  return [
    {
      about: ['Nodes lie in no namespace. May be left out, with its binding:', ...itemsOf(rights)],
      object: { ...objectOf(`${RBAC}/v1`, 'ClusterRole', place), rules: rulesOf(rights) },
    },
    { about: [], object: bindingOf('ClusterRole', account, place) },
  ];
}

/** What each right is for, a line each, said once. */
function itemsOf(rights: readonly Right[]): readonly string[] {
  const lines = rights.map(
    ({ verbs, resource, purpose, lost }) => `- ${verbs.join(', ')} ${resource}: ${purpose}. Without it: ${lost}`,
  );
  return [...new Set(lines)];
}

function bindingOf(kind: 'Role' | 'ClusterRole', account: Account, place: { name: string; namespace?: string }) {
  return {
    ...objectOf(`${RBAC}/v1`, `${kind}Binding`, place),
    roleRef: { apiGroup: RBAC, kind, name: place.name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  };
}

export function objectOf(
  apiVersion: string,
  kind: string,
  { name, namespace }: { name: string; namespace?: string },
): KubernetesObject {
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: LABELS } };
}
