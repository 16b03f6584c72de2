/** TABLE: every right that a Frigate needs in its cluster: to what, limited to which names, what for, what is lost. */
import type { ObjectName } from '../../doors/ports.ts';

/** What of the settings of one Frigate the rights depend on. */
export interface Wanted {
  workload: ObjectName;
  /** Name of the ConfigMap that holds the shared restart times. */
  ledger: string;
  /** Name of the Lease by which several Wardens agree on the one that acts; null: it stands elsewhere. */
  lease: string | null;
  /** Asked through the API server; null: none is named. */
  service: { name: string; port: number } | null;
  /** Its own port in its pod. */
  podPort: number;
  /** It is asked by a command in its container too. */
  exec: boolean;
  /** The ladder, by id. */
  remedies: readonly string[];
}

/** One right, for one Frigate. */
export interface Right {
  id: string;
  /** Empty for the core group. */
  group: string;
  /** With its part after a slash, as in a Role, e.g. `pods/log`. */
  resource: string;
  verbs: readonly string[];
  /** The only names that it is good for; null: it cannot be limited to names. */
  names: readonly string[] | null;
  /** Null: it is for what lies in no namespace. */
  namespace: string | null;
  /** Ends the sentence "It is for …". */
  purpose: string;
  /** What is lost without it, a sentence. */
  lost: string;
  /** Without it something that is wanted cannot be done at all. */
  isNeeded: boolean;
}

interface Row {
  id: string;
  group: string;
  resource(wanted: Wanted): string;
  verbs: readonly string[];
  scope: 'namespace' | 'cluster';
  names(wanted: Wanted): readonly string[] | null;
  /** When it is asked for, in words; `isWanted` says the same. */
  when: string;
  isWanted(wanted: Wanted): boolean;
  isNeeded: boolean;
  purpose: string;
  lost: string;
}

const always = () => true;
const unnamed = () => null;
const isDeployment = ({ workload }: Wanted) => workload.kind === 'deployment';

const RIGHTS: readonly Row[] = [
  {
    id: 'workload',
    group: 'apps',
    resource: ({ workload }) => `${workload.kind}s`,
    verbs: ['get'],
    scope: 'namespace',
    names: ({ workload }) => [workload.name],
    when: 'always',
    isWanted: always,
    isNeeded: true,
    purpose: 'the workload: is it wanted, complete, being rolled out',
    lost: 'Neither workload nor pods are seen, and nothing is restarted.',
  },
  {
    id: 'rollout',
    group: 'apps',
    resource: ({ workload }) => `${workload.kind}s`,
    verbs: ['patch'],
    scope: 'namespace',
    names: ({ workload }) => [workload.name],
    when: 'with the remedy `rollout`',
    isWanted: ({ remedies }) => remedies.includes('rollout'),
    isNeeded: true,
    purpose: 'the restart: one annotation of the pod template',
    lost: 'A rollout is ordered and refused: nothing is restarted by it.',
  },
  {
    id: 'pods',
    group: '',
    resource: () => 'pods',
    verbs: ['list'],
    scope: 'namespace',
    names: unnamed,
    when: 'always',
    isWanted: always,
    isNeeded: true,
    purpose: 'the pod: does it run, since when, on which node',
    lost: 'The pod is not seen, and nothing is restarted.',
  },
  {
    id: 'replica_sets',
    group: 'apps',
    resource: () => 'replicasets',
    verbs: ['list'],
    scope: 'namespace',
    names: unnamed,
    when: 'for a Deployment',
    isWanted: isDeployment,
    isNeeded: true,
    purpose: 'which pods are really those of the Deployment',
    lost: 'Nobody can tell which pods are its own, and nothing is restarted.',
  },
  {
    id: 'log',
    group: '',
    resource: () => 'pods/log',
    verbs: ['get'],
    scope: 'namespace',
    names: podNames,
    when: 'always',
    isWanted: always,
    isNeeded: false,
    purpose: 'the container log',
    lost:
      'What only the log tells is not seen: a missing, failing or silently killed detector, ' +
      'the database, the storage, discarded recordings.',
  },
  {
    id: 'pod_proxy',
    group: '',
    resource: () => 'pods/proxy',
    verbs: ['get'],
    scope: 'namespace',
    names: (wanted) => podNames(wanted)?.map((name) => `${name}:${wanted.podPort}`) ?? null,
    when: 'always',
    isWanted: always,
    isNeeded: false,
    purpose: 'Frigate itself at its own port, past service and ingress',
    lost: 'Nobody can tell a broken way to Frigate from a broken Frigate, unless `service` or `exec` is set.',
  },
  {
    id: 'in_place',
    group: '',
    resource: () => 'pods/proxy',
    verbs: ['create'],
    scope: 'namespace',
    names: (wanted) => podNames(wanted)?.map((name) => `${name}:${wanted.podPort}`) ?? null,
    when: 'with the remedy `in_place`',
    isWanted: ({ remedies }) => remedies.includes('in_place'),
    isNeeded: true,
    purpose: "Frigate's own restart, asked for at its port",
    lost: 'Frigate cannot be told through the cluster to restart itself.',
  },
  {
    id: 'service_proxy',
    group: '',
    resource: () => 'services/proxy',
    verbs: ['get'],
    scope: 'namespace',
    names: ({ service }) => (service ? [`${service.name}:${service.port}`] : []),
    when: 'with the option `service`',
    isWanted: ({ service }) => service !== null,
    isNeeded: true,
    purpose: 'Frigate by its service, at this very port',
    lost: 'Frigate is not asked by its service.',
  },
  {
    id: 'exec',
    group: '',
    resource: () => 'pods/exec',
    verbs: ['get', 'create'],
    scope: 'namespace',
    names: podNames,
    when: 'with the option `exec`',
    isWanted: ({ exec }) => exec,
    isNeeded: true,
    purpose: 'a look at Frigate from inside its container, by curl',
    lost: 'Frigate is not asked from inside its container.',
  },
  {
    id: 'delete_pod',
    group: '',
    resource: () => 'pods',
    verbs: ['delete'],
    scope: 'namespace',
    names: podNames,
    when: 'with the remedy `delete_pod`',
    isWanted: ({ remedies }) => remedies.includes('delete_pod'),
    isNeeded: true,
    purpose: 'the restart by deleting the pod',
    lost: 'The deletion of a pod is ordered and refused: nothing is restarted by it.',
  },
  {
    id: 'ledger',
    group: '',
    resource: () => 'configmaps',
    verbs: ['get', 'update'],
    scope: 'namespace',
    names: ({ ledger }) => [ledger],
    when: 'always',
    isWanted: always,
    isNeeded: false,
    purpose: 'the ledger: the budget of restarts, shared with other checkers',
    lost: 'The budget is kept in the data folder only, and restarts by other checkers do not count.',
  },
  {
    id: 'lease',
    group: 'coordination.k8s.io',
    resource: () => 'leases',
    verbs: ['get', 'update'],
    scope: 'namespace',
    names: ({ lease }) => (lease === null ? [] : [lease]),
    when: 'once, where the first Frigate is',
    isWanted: ({ lease }) => lease !== null,
    isNeeded: false,
    purpose: 'of several Wardens only one acts',
    lost: 'This Warden acts alone: a second one beside it would not know of it.',
  },
  {
    id: 'autoscalers',
    group: 'autoscaling',
    resource: () => 'horizontalpodautoscalers',
    verbs: ['list'],
    scope: 'namespace',
    names: unnamed,
    when: 'always',
    isWanted: always,
    isNeeded: false,
    purpose: 'whether an autoscaler may run a second pod',
    lost: 'An autoscaler of the workload is not seen, and holds no restart back.',
  },
  {
    id: 'nodes',
    group: '',
    resource: () => 'nodes',
    verbs: ['get', 'list'],
    scope: 'cluster',
    names: unnamed,
    when: 'always',
    isWanted: always,
    isNeeded: false,
    purpose: 'the node: is it ready, being upgraded, does another one fit',
    lost: 'The node is not judged, and nobody can tell whether a new pod would find one.',
  },
];

/** A StatefulSet's only pod has a name that is known beforehand; elsewhere chance makes a part of it. */
function podNames({ workload }: Wanted): readonly string[] | null {
  return workload.kind === 'statefulset' ? [`${workload.name}-0`] : null;
}

/** Every right of one Frigate. */
export function rightsOf(wanted: Wanted): readonly Right[] {
  return RIGHTS.filter((row) => row.isWanted(wanted)).map((row) => ({
    id: row.id,
    group: row.group,
    resource: row.resource(wanted),
    verbs: row.verbs,
    names: row.names(wanted),
    namespace: row.scope === 'cluster' ? null : wanted.workload.namespace,
    purpose: row.purpose,
    lost: row.lost,
    isNeeded: row.isNeeded,
  }));
}

/** For the documentation: what there is, when it is asked for, and what is lost without it. */
export const RIGHT_TEXTS: readonly Pick<Row, 'id' | 'when' | 'lost'>[] = RIGHTS;
