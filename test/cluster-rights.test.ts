/** The block in DOCS.md that gives the Warden its rights: it must allow what the door asks, and nothing more. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { openKubernetes } from '../src/doors/kubernetes/index.ts';
import type { KubernetesDoor, Log } from '../src/doors/ports.ts';
import { checkOptions } from '../src/options.ts';

interface RbacRule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

interface Manifest {
  kind: string;
  type?: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  rules?: RbacRule[];
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace: string }[];
  data?: unknown;
}

/** One call in the words of a Role. */
interface Right {
  verb: string;
  group: string;
  resource: string;
  namespace: string | null;
  name: string | null;
}

const docs = readFileSync(new URL('../DOCS.md', import.meta.url), 'utf8');
const block = [...docs.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
const [text = ''] = block.filter((yaml) => yaml.includes('kind: ServiceAccount'));
const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const all = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const only = (kind: string): Manifest => {
  const [first, ...more] = all(kind);
  if (!first || more.length > 0) throw new Error(`There is not one ${kind}.`);
  return first;
};

const NAMESPACE = 'frigate';
const LEDGER = 'frigate-health-state';
const WORKLOAD = { kind: 'deployment', namespace: NAMESPACE, name: 'frigate' } as const;
const METADATA = { name: LEDGER, namespace: NAMESPACE, uid: 'u', resourceVersion: '1' };
const never = new AbortController().signal;

interface Row {
  ask(door: KubernetesDoor): Promise<unknown>;
  sends: string;
  right: Right;
  /** The block does without it: it ships the ledger, so that nobody has to make it; a command is for who wants it. */
  needless?: true;
}

const inNamespace = { namespace: NAMESPACE, group: '' };

const POD = 'frigate-7d4b9c6f5-x2x7k';
const ROAD = { namespace: NAMESPACE, port: 5000, path: '/api/stats' };
const LOG = { sinceTime: null, tailLines: 100, previous: false, limitBytes: 1000 };

/** TABLE: every call of the door. */
const CALLS: Readonly<Record<Exclude<keyof KubernetesDoor, 'close'>, Row | readonly Row[]>> = {
  workload: {
    ask: (door) => door.workload(WORKLOAD, never),
    sends: 'GET /apis/apps/v1/namespaces/frigate/deployments/frigate',
    right: { ...inNamespace, verb: 'get', group: 'apps', resource: 'deployments', name: 'frigate' },
  },
  restart: {
    ask: (door) => door.restart({ workload: WORKLOAD, restartedAt: 'now', uid: 'u', resourceVersion: '1' }, never),
    sends: 'PATCH /apis/apps/v1/namespaces/frigate/deployments/frigate',
    right: { ...inNamespace, verb: 'patch', group: 'apps', resource: 'deployments', name: 'frigate' },
  },
  replicaSets: {
    ask: (door) => door.replicaSets(NAMESPACE, 'app=frigate', never),
    sends: 'GET /apis/apps/v1/namespaces/frigate/replicasets',
    right: { ...inNamespace, verb: 'list', group: 'apps', resource: 'replicasets', name: null },
  },
  pods: {
    ask: (door) => door.pods(NAMESPACE, 'app=frigate', never),
    sends: 'GET /api/v1/namespaces/frigate/pods',
    right: { ...inNamespace, verb: 'list', resource: 'pods', name: null },
  },
  configMap: {
    ask: (door) => door.configMap(NAMESPACE, LEDGER, never),
    sends: 'GET /api/v1/namespaces/frigate/configmaps/frigate-health-state',
    right: { ...inNamespace, verb: 'get', resource: 'configmaps', name: LEDGER },
  },
  replaceConfigMap: {
    ask: (door) => door.replaceConfigMap(NAMESPACE, LEDGER, { metadata: METADATA }, never),
    sends: 'PUT /api/v1/namespaces/frigate/configmaps/frigate-health-state',
    right: { ...inNamespace, verb: 'update', resource: 'configmaps', name: LEDGER },
  },
  createConfigMap: {
    ask: (door) => door.createConfigMap(NAMESPACE, { metadata: METADATA }, never),
    sends: 'POST /api/v1/namespaces/frigate/configmaps',
    right: { ...inNamespace, verb: 'create', resource: 'configmaps', name: null },
    needless: true,
  },
  node: {
    ask: (door) => door.node('nuc', never),
    sends: 'GET /api/v1/nodes/nuc',
    right: { verb: 'get', group: '', resource: 'nodes', namespace: null, name: 'nuc' },
  },
  nodes: {
    ask: (door) => door.nodes(never),
    sends: 'GET /api/v1/nodes',
    right: { verb: 'list', group: '', resource: 'nodes', namespace: null, name: null },
  },
  autoscalers: {
    ask: (door) => door.autoscalers(NAMESPACE, never),
    sends: 'GET /apis/autoscaling/v2/namespaces/frigate/horizontalpodautoscalers',
    right: { ...inNamespace, verb: 'list', group: 'autoscaling', resource: 'horizontalpodautoscalers', name: null },
  },
  log: {
    ask: (door) => door.log({ ...LOG, namespace: NAMESPACE, pod: POD, container: null }, never),
    sends: `GET /api/v1/namespaces/frigate/pods/${POD}/log`,
    right: { ...inNamespace, verb: 'get', resource: 'pods/log', name: null },
  },
  proxy: [
    {
      ask: (door) => door.proxy({ ...ROAD, kind: 'pods', name: POD }, never),
      sends: `GET /api/v1/namespaces/frigate/pods/${POD}:5000/proxy/api/stats`,
      right: { ...inNamespace, verb: 'get', resource: 'pods/proxy', name: null },
    },
    {
      ask: (door) => door.proxy({ ...ROAD, kind: 'services', name: 'frigate' }, never),
      sends: 'GET /api/v1/namespaces/frigate/services/frigate:5000/proxy/api/stats',
      right: { ...inNamespace, verb: 'get', resource: 'services/proxy', name: 'frigate:5000' },
    },
  ],
  exec: ['get', 'create'].map((verb) => ({
    ask: (door) => door.exec({ namespace: NAMESPACE, pod: POD, container: 'frigate' }, ['true'], never),
    sends: `GET /api/v1/namespaces/frigate/pods/${POD}/exec`,
    right: { ...inNamespace, verb, resource: 'pods/exec', name: null },
    needless: true,
  })),
};
const rows = Object.entries(CALLS).flatMap(([name, row]) => [row].flat().map((one): [string, Row] => [name, one]));
const needed = rows.map(([, row]) => row).filter((row) => !row.needless);

/** As the API server decides: a Role counts in its namespace, a rule with names only for these. */
function allows(rule: RbacRule, right: Right): boolean {
  const has = (list: string[], one: string) => list.includes(one);
  const named = rule.resourceNames === undefined || (right.name !== null && has(rule.resourceNames, right.name));
  return (
    has(rule.apiGroups, right.group) && has(rule.resources, right.resource) && has(rule.verbs, right.verb) && named
  );
}

const isAllowed = (right: Right) =>
  (right.namespace === only('Role').metadata.namespace && only('Role').rules?.some((rule) => allows(rule, right))) ||
  only('ClusterRole').rules?.some((rule) => allows(rule, right)) ||
  false;

/** One rule for each verb, resource and name that a rule gives. */
function parts(rule: RbacRule): RbacRule[] {
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        (rule.resourceNames ?? [null]).map((name) => ({
          apiGroups: [group],
          resources: [resource],
          verbs: [verb],
          ...(name === null ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  );
}

describe('the rights in DOCS.md', () => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url?.split('?')[0]}`);
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  const silent = () => undefined;
  const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
  let door: KubernetesDoor;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    door = openKubernetes({ from: 'settings', server: `http://127.0.0.1:${port}`, token: 'a-token' }, { log });
  });
  afterAll(async () => {
    await door.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('are judged by every call that the door has', () => {
    const calls = Object.keys(door).filter((name) => name !== 'close');
    expect(Object.keys(CALLS).toSorted()).toEqual(calls.toSorted());
  });

  it.each(rows)('are judged by what %s sends', async (_name, { ask, sends }) => {
    heard.length = 0;
    await ask(door);
    expect(heard).toEqual([sends]);
  });

  it.each(rows)('allow what is needed: %s', (_name, { right, needless = false }) => {
    expect(isAllowed(right)).toBe(!needless);
  });

  it('allow nothing more', () => {
    const inNamespaceOnly = needed.filter(({ right }) => right.namespace !== null);
    const clusterWide = needed.filter(({ right }) => right.namespace === null);
    for (const [role, calls] of [
      [only('Role'), inNamespaceOnly],
      [only('ClusterRole'), clusterWide],
    ] as const) {
      const unused = (role.rules ?? [])
        .flatMap(parts)
        .filter((part) => !calls.some(({ right }) => allows(part, right)));
      expect(unused).toEqual([]);
      expect(role.rules?.flatMap(parts)).toHaveLength(calls.length);
    }
  });

  it('have a rule for commands that is there to be uncommented, and both of its verbs', () => {
    const [open = ''] = block
      .map((yaml) => yaml.replaceAll(/^ {2}# (?=-|\s)/gm, '  '))
      .filter((yaml) => yaml.includes('ServiceAccount'));
    const role = parseAllDocuments(open)
      .map((document) => document.toJS() as Manifest)
      .find((manifest) => manifest.kind === 'Role');
    const opened = (role?.rules ?? []).flatMap(parts).filter(({ resources }) => resources.includes('pods/exec'));
    expect(opened.flatMap(({ verbs }) => verbs).toSorted()).toEqual(['create', 'get']);
    expect(role?.rules).toHaveLength((only('Role').rules?.length ?? 0) + 1);
  });

  it('name every object that can be named', () => {
    for (const { right } of needed.filter((row) => row.right.name !== null && row.right.namespace !== null)) {
      expect(isAllowed({ ...right, name: 'another' })).toBe(false);
      expect(isAllowed({ ...right, namespace: 'another' })).toBe(false);
    }
  });

  it('are bound to the account, and to nobody else', () => {
    const account = { kind: 'ServiceAccount', name: only('ServiceAccount').metadata.name, namespace: NAMESPACE };
    for (const kind of ['Role', 'ClusterRole']) {
      const binding = only(`${kind}Binding`);
      expect(binding.roleRef).toMatchObject({ kind, name: only(kind).metadata.name });
      expect(binding.subjects).toEqual([account]);
    }
    expect(only('RoleBinding').metadata.namespace).toBe(NAMESPACE);
    expect(only('Secret')).toMatchObject({
      type: 'kubernetes.io/service-account-token',
      metadata: { namespace: NAMESPACE, annotations: { 'kubernetes.io/service-account.name': account.name } },
    });
    expect(manifests).toHaveLength(7);
  });

  it('come with the ledger under the name that the Warden looks for, without anything in it', () => {
    const answer = checkOptions({ frigates: [{ name: 'a', url: 'http://a' }] }, 'the test');
    expect(answer.ok && answer.options.frigates[0]).toMatchObject({
      ledger: only('ConfigMap').metadata.name,
      workload: `${WORKLOAD.kind}/${WORKLOAD.name}`,
    });
    expect(only('ConfigMap')).not.toHaveProperty('data');
    expect(only('ConfigMap').metadata.namespace).toBe(NAMESPACE);
  });

  it('are followed by the commands that print the token and the authority', () => {
    for (const key of ['token', 'ca\\.crt']) {
      expect(docs).toContain(
        `kubectl -n ${NAMESPACE} get secret ${only('Secret').metadata.name} -o jsonpath='{.data.${key}}'`,
      );
    }
  });
});

describe('the lines of limits in DOCS.md', () => {
  it('are such as the options take', () => {
    const [example = ''] = block.filter((yaml) => yaml.startsWith('frigates:'));
    const answer = checkOptions(parseAllDocuments(example)[0]?.toJS(), 'DOCS.md');
    expect(answer).toMatchObject({
      ok: true,
      options: { frigates: [{ rules: { restarts_per_hour: 1, inference_ms: 80 } }] },
    });
  });
});
