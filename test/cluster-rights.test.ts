/** The table of rights, held against the door's calls, the files under addon/kubernetes/ and the documentation. */

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { PARTS } from '../src/cli/commands.ts';
import { EXAMPLE, manifestsCommand } from '../src/cli/manifests.ts';
import { openKubernetes } from '../src/doors/kubernetes/index.ts';
import type { KubernetesDoor, LeaseDoor, Log } from '../src/doors/ports.ts';
import { checkOptions } from '../src/options.ts';
import { RIGHT_TEXTS, type Right, rightsOf, type Wanted } from '../src/targets/frigate/rights.ts';
import { printed } from './cli/printed.ts';
import { scratch, written } from './cli/started.ts';

type Door = KubernetesDoor & LeaseDoor;

/** One call in the words of a Role. */
interface Single {
  verb: string;
  group: string;
  resource: string;
  namespace: string | null;
  name: string | null;
}

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const docs = read('DOCS.md');

const NAMESPACE = 'frigate';
const LEDGER = 'frigate-health-state';
const WORKLOAD = { kind: 'deployment', namespace: NAMESPACE, name: 'frigate' } as const;
const METADATA = { name: LEDGER, namespace: NAMESPACE, uid: 'u', resourceVersion: '1' };
const never = new AbortController().signal;

interface Row {
  ask(door: Door): Promise<unknown>;
  sends: string;
  /** Null: everybody may. */
  right: Single | null;
  /** The account does without it: the ledger is shipped, so that nobody has to make it. */
  needless?: true;
}

const inNamespace = { namespace: NAMESPACE, group: '' };

const LEASE = 'frigate-warden';
const leases = { ...inNamespace, group: 'coordination.k8s.io', resource: 'leases' };
const POD = 'frigate-7d4b9c6f5-x2x7k';
const ROAD = { namespace: NAMESPACE, port: 5000, path: '/api/stats' };
const LOG = { sinceTime: null, tailLines: 100, previous: false, limitBytes: 1000 };

/** TABLE: every call of the door. */
const CALLS: Readonly<Record<Exclude<keyof Door, 'close'>, Row | readonly Row[]>> = {
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
  deletePod: {
    ask: (door) => door.deletePod({ namespace: NAMESPACE, name: POD, uid: 'u', resourceVersion: '1' }, never),
    sends: `DELETE /api/v1/namespaces/frigate/pods/${POD}`,
    right: { ...inNamespace, verb: 'delete', resource: 'pods', name: null },
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
  lease: {
    ask: (door) => door.lease(NAMESPACE, LEASE, never),
    sends: 'GET /apis/coordination.k8s.io/v1/namespaces/frigate/leases/frigate-warden',
    right: { ...leases, verb: 'get', name: LEASE },
  },
  replaceLease: {
    ask: (door) => door.replaceLease(NAMESPACE, LEASE, { metadata: { ...METADATA, name: LEASE } }, never),
    sends: 'PUT /apis/coordination.k8s.io/v1/namespaces/frigate/leases/frigate-warden',
    right: { ...leases, verb: 'update', name: LEASE },
  },
  createLease: {
    ask: (door) => door.createLease(NAMESPACE, { metadata: { name: LEASE, namespace: NAMESPACE } }, never),
    sends: 'POST /apis/coordination.k8s.io/v1/namespaces/frigate/leases',
    right: { ...leases, verb: 'create', name: null },
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
      ask: (door) => door.proxy({ ...ROAD, method: 'POST', path: '/api/restart', kind: 'pods', name: POD }, never),
      sends: `POST /api/v1/namespaces/frigate/pods/${POD}:5000/proxy/api/restart`,
      right: { ...inNamespace, verb: 'create', resource: 'pods/proxy', name: null },
    },
    {
      ask: (door) => door.proxy({ ...ROAD, kind: 'services', name: 'frigate' }, never),
      sends: 'GET /api/v1/namespaces/frigate/services/frigate:5000/proxy/api/stats',
      right: { ...inNamespace, verb: 'get', resource: 'services/proxy', name: 'frigate:5000' },
    },
  ],
  allowed: {
    ask: (door) => door.allowed({ verb: 'get', group: '', resource: 'pods', namespace: NAMESPACE, name: null }, never),
    sends: 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    right: null,
  },
  exec: ['get', 'create'].map((verb) => ({
    ask: (door) => door.exec({ namespace: NAMESPACE, pod: POD, container: 'frigate' }, ['true'], never),
    sends: `GET /api/v1/namespaces/frigate/pods/${POD}/exec`,
    right: { ...inNamespace, verb, resource: 'pods/exec', name: null },
  })),
};
const rows = Object.entries(CALLS).flatMap(([name, row]) => [row].flat().map((one): [string, Row] => [name, one]));

/** All that can be asked for at once. */
const WANTED: Wanted = {
  workload: WORKLOAD,
  ledger: LEDGER,
  lease: 'frigate-warden',
  service: { name: 'frigate', port: 5000 },
  podPort: 5000,
  exec: true,
  remedies: ['rollout', 'delete_pod', 'in_place'],
};

/** As the API server decides: a right counts in its namespace, one with names only for these. */
function gives(right: Right, asked: Single): boolean {
  return (
    right.namespace === asked.namespace &&
    right.group === asked.group &&
    right.resource === asked.resource &&
    right.verbs.includes(asked.verb) &&
    (right.names === null || (asked.name !== null && right.names.includes(asked.name)))
  );
}

describe('the table of rights', () => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url?.split('?')[0]}`);
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  const silent = () => undefined;
  const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
  let door: Door;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    door = openKubernetes({ from: 'settings', server: `http://127.0.0.1:${port}`, token: 'a-token' }, { log });
  });
  afterAll(async () => {
    await door.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is judged by every call that the door has', () => {
    const calls = Object.keys(door).filter((name) => name !== 'close');
    expect(Object.keys(CALLS).toSorted()).toEqual(calls.toSorted());
  });

  it.each(rows)('is judged by what %s sends', async (_name, { ask, sends }) => {
    heard.length = 0;
    await ask(door);
    expect(heard).toEqual([sends]);
  });

  it.each(rows)('allows what is needed: %s', (_name, { right: asked, needless = false }) => {
    if (!asked) return;
    expect(rightsOf(WANTED).filter((right) => gives(right, asked))).toHaveLength(needless ? 0 : 1);
  });

  it('allows nothing more than the calls need', () => {
    const asked = rows.flatMap(([, { right }]) => right ?? []);
    const unused = rightsOf(WANTED).flatMap((right) =>
      right.verbs
        .filter((verb) => !asked.some((one) => gives({ ...right, verbs: [verb] }, one)))
        .map((verb) => `${right.id} ${verb}`),
    );
    expect(unused).toEqual([]);
  });
});

describe('the files under addon/kubernetes/', () => {
  const files = readdirSync(new URL('addon/kubernetes/', root)).toSorted();

  it('are one for each part, and a text that explains them', () => {
    expect(files).toEqual([...PARTS.map((part) => `${part}.yaml`), 'README.md'].toSorted());
  });

  it.each(PARTS)('are what the command prints: %s', (part) => {
    const { out } = printed();
    expect(manifestsCommand({ optionsFile: written(scratch(), EXAMPLE), only: part, isJson: false })).toBe(0);
    expect(read(`addon/kubernetes/${part}.yaml`)).toBe(out());
  });

  it('come with the ledger under the name that the Warden looks for, without anything in it', () => {
    const objects = parseAllDocuments(read('addon/kubernetes/rights.yaml')).map((one) => one.toJS());
    const ledger = objects.find((one) => one?.kind === 'ConfigMap');
    const answer = checkOptions({ frigates: [{ name: 'a', url: 'http://a' }] }, 'the test');
    expect(answer.ok && answer.options.frigates[0]?.ledger).toBe(ledger.metadata.name);
    for (const key of ['data', 'spec']) {
      for (const kind of ['ConfigMap', 'Lease'])
        expect(objects.find((one) => one?.kind === kind)).not.toHaveProperty(key);
    }
  });

  it('are explained with the commands that print the token and the authority, as in the documentation', () => {
    for (const text of [docs, read('addon/kubernetes/README.md')]) {
      for (const key of ['token', 'ca\\.crt']) {
        expect(text).toContain(`kubectl -n frigate get secret frigate-warden-token -o jsonpath='{.data.${key}}'`);
      }
      for (const part of PARTS) expect(text).toContain(`${part}.yaml`);
    }
  });
});

describe('the documentation', () => {
  it('has a row for every right: to what, when, and what is lost without it', () => {
    const all = rightsOf(WANTED);
    const expected = RIGHT_TEXTS.map(({ id, when, lost }) => {
      const right = all.find((one) => one.id === id);
      const resource = id === 'workload' || id === 'rollout' ? 'deployments' : right?.resource;
      return `| ${right?.verbs.join(', ')} **\`${resource}\`** | ${when} | ${lost} |`;
    });
    const found = docs.split('\n').filter((line) => /^\| [a-z, ]+ \*\*`[a-z/]+`\*\* \|/.test(line));
    expect(found).toEqual(expected);
  });

  it('has lines of limits such as the options take', () => {
    const block = [...docs.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
    const [example = ''] = block.filter((yaml) => yaml.startsWith('frigates:'));
    const answer = checkOptions(parseAllDocuments(example)[0]?.toJS(), 'DOCS.md');
    expect(answer).toMatchObject({
      ok: true,
      options: { frigates: [{ rules: { restarts_per_hour: 1, inference_ms: 80 } }] },
    });
  });
});
