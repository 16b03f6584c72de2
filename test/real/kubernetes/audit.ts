/** The audit log: an independent count of who did what, written by the API server itself. */
import { existsSync, readFileSync } from 'node:fs';

const READS = ['get', 'list', 'watch'];

/** Every request once, when it is answered, with the body of every write. What the control plane reads is left out. */
export const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'None',
      userGroups: ['system:nodes'],
      resources: [
        { group: 'coordination.k8s.io', resources: ['leases'] },
        { group: '', resources: ['nodes', 'nodes/status', 'events'] },
      ],
    },
    { level: 'None', userGroups: ['system:nodes', 'system:serviceaccounts:kube-system'], verbs: READS },
    { level: 'None', users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler'] },
    { level: 'None', nonResourceURLs: ['/readyz*', '/healthz*', '/livez*', '/openapi*'] },
    { level: 'Request', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'Metadata' },
  ],
};

export interface Deed {
  at: number;
  user: string;
  verb: string;
  /** With its subresource, such as `deployments/scale`. */
  resource: string;
  namespace: string;
  name: string;
  code: number;
  uri: string;
  userAgent: string;
  body: unknown;
}

export interface Question {
  namespace?: string;
  user?: string;
  /** Epoch seconds. */
  since?: number;
}

export interface Audit {
  deeds(question?: Question): readonly Deed[];
  /** Accepted changes, of whatever kind, that make a workload's pods be replaced or ended. */
  restarts(question?: Question): readonly Deed[];
}

interface Line {
  requestReceivedTimestamp: string;
  user: { username: string };
  verb: string;
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string };
  responseStatus?: { code?: number };
  requestURI: string;
  userAgent?: string;
  requestObject?: unknown;
}

export function openAudit(file: string): Audit {
  let [read, rest] = [0, ''];
  const all: Deed[] = [];
  const more = () => {
    if (!existsSync(file)) return;
    const bytes = readFileSync(file);
    const lines = (rest + bytes.subarray(read).toString()).split('\n');
    read = bytes.length;
    rest = lines.pop() ?? '';
    all.push(...lines.map((line) => deedOf(JSON.parse(line) as Line)));
  };
  const deeds = ({ namespace, user, since = 0 }: Question = {}) => {
    more();
    return all.filter(
      (deed) =>
        (namespace === undefined || deed.namespace === namespace) &&
        (user === undefined || deed.user === user) &&
        deed.at >= since,
    );
  };
  return { deeds, restarts: (question) => deeds(question).filter(isRestart) };
}

function deedOf(line: Line): Deed {
  const { resource = '', subresource, namespace = '', name = '' } = line.objectRef ?? {};
  return {
    at: Date.parse(line.requestReceivedTimestamp) / 1000,
    user: line.user.username,
    verb: line.verb,
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
    name,
    code: line.responseStatus?.code ?? 0,
    uri: line.requestURI,
    userAgent: line.userAgent ?? '',
    body: line.requestObject,
  };
}

const WORKLOADS = /^(?:deployments|statefulsets|daemonsets)(?:\/scale)?$/;

/** TABLE: what may end a Frigate. A dry run changes nothing. */
const WAYS: readonly { verbs: readonly string[]; resource: RegExp }[] = [
  { verbs: ['patch', 'update'], resource: WORKLOADS },
  { verbs: ['delete', 'deletecollection'], resource: /^(?:pods|deployments|statefulsets|daemonsets)$/ },
  { verbs: ['create'], resource: /^pods\/(?:eviction|exec)$/ },
  { verbs: ['create', 'get', 'update'], resource: /^(?:pods|services)\/proxy$/ },
];

/** What nodes and controllers do follows from what somebody asked for. */
const FOLLOWERS = /^system:(?:node:|serviceaccount:kube-system:)/;

function isRestart({ user, verb, resource, code, uri }: Deed): boolean {
  if (FOLLOWERS.test(user) || code < 200 || code > 299 || uri.includes('dryRun=')) return false;
  // Reading through the proxy ends nothing; Frigate's own restart does.
  if (resource.endsWith('/proxy') && !uri.includes('/api/restart')) return false;
  return WAYS.some((way) => way.verbs.includes(verb) && way.resource.test(resource));
}

/** One line of a deed, for a message. */
export function deedText({ user, verb, resource, name, code }: Deed): string {
  return `${user} ${verb} ${resource} ${name}: ${code}`;
}
