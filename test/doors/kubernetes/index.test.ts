import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type KubernetesSimulation,
  type SimulatedKubernetes,
  startKubernetes,
} from '../../../demo/kubernetes/index.ts';
import type { Pod } from '../../../demo/kubernetes/objects.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { openKubernetes } from '../../../src/doors/kubernetes/index.ts';
import type { AccessQuestion, KubernetesDoor, ObjectName, Reply } from '../../../src/doors/ports.ts';
import { recordingLog, rudeHttp, TOKEN } from './rude-server.ts';

const { signal } = new AbortController();
const NOW = Date.parse('2026-01-06T04:06:54Z') / 1000;
const FRIGATE: ObjectName = { kind: 'deployment', namespace: 'frigate', name: 'frigate' };

interface Seen {
  metadata: { uid: string; resourceVersion: string; generation: number; managedFields: { manager: string }[] };
  status: { observedGeneration: number };
  items: { metadata: { name: string } }[];
}

async function start(options: Partial<KubernetesSimulation> = {}) {
  const cluster = await startKubernetes({ now: () => NOW, ...options });
  const log = recordingLog();
  const door = openKubernetes(
    { from: 'settings', server: cluster.url, token: cluster.token },
    { log, timeoutSeconds: 0.5 },
  );
  onTestFinished(async () => {
    await door.close();
    await cluster.close();
  });
  return { cluster, door, lines: log.lines };
}

function value(reply: Reply<unknown>): Seen {
  if (!reply.ok) throw new Error(reply.reason);
  return reply.value as Seen;
}

async function restart(door: KubernetesDoor, more: { uid?: string; resourceVersion?: string } = {}) {
  const { uid, resourceVersion } = value(await door.workload(FRIGATE, signal)).metadata;
  const patch = { workload: FRIGATE, restartedAt: '2026-01-06T04:06:54Z', uid, resourceVersion, ...more };
  return door.restart(patch, signal);
}

function lastCall(cluster: SimulatedKubernetes) {
  return cluster.calls.at(-1);
}

describe('reading', () => {
  it('brings the API objects as they are, with the time of the server', async () => {
    const { door } = await start();
    const reply = await door.workload(FRIGATE, signal);
    expect(reply).toMatchObject({ ok: true, status: 200, serverTime: NOW });
    expect(value(reply)).toMatchObject({
      kind: 'Deployment',
      metadata: { creationTimestamp: '2026-01-05T04:06:54Z', generation: 1 },
      status: { observedGeneration: 1, replicas: 1, availableReplicas: 1 },
    });
  });

  it.each<[string, (door: KubernetesDoor) => Promise<Reply<unknown>>, string, Record<string, string>]>([
    [
      'a Deployment',
      (door) => door.workload(FRIGATE, signal),
      '/apis/apps/v1/namespaces/frigate/deployments/frigate',
      {},
    ],
    [
      'pods',
      (door) => door.pods('frigate', 'a=b,c in (d,e)', signal),
      '/api/v1/namespaces/frigate/pods',
      { labelSelector: 'a=b,c in (d,e)' },
    ],
    [
      'ReplicaSets',
      (door) => door.replicaSets('frigate', 'a=b', signal),
      '/apis/apps/v1/namespaces/frigate/replicasets',
      { labelSelector: 'a=b' },
    ],
    ['a node', (door) => door.node('node-a', signal), '/api/v1/nodes/node-a', {}],
    [
      'a ConfigMap',
      (door) => door.configMap('frigate', 'ledger', signal),
      '/api/v1/namespaces/frigate/configmaps/ledger',
      {},
    ],
  ])('asks for %s in the right place', async (_, ask, path, query) => {
    const { cluster, door } = await start();
    await ask(door);
    expect(lastCall(cluster)).toMatchObject({
      method: 'GET',
      path,
      query,
      userAgent: `frigate-warden/${packageJson.version}`,
      body: null,
    });
  });

  it.each([
    ['statefulset', 'statefulsets'],
    ['daemonset', 'daemonsets'],
  ] as const)('asks for a %s in the right place', async (kind, plural) => {
    let path: string | undefined;
    const server = await rudeHttp((request, response) => {
      path = request.url;
      response.end('{}');
    });
    const door = openKubernetes({ from: 'settings', server, token: TOKEN }, { log: recordingLog() });
    onTestFinished(() => door.close());
    await door.workload({ ...FRIGATE, kind }, signal);
    expect(path).toBe(`/apis/apps/v1/namespaces/frigate/${plural}/frigate`);
  });

  it('keeps its connections over 200 calls', async () => {
    const { cluster, door } = await start();
    for (let count = 0; count < 200; count += 1) value(await door.node('node-a', signal));
    // A second one, where a call came before the first was free again.
    expect(cluster.connections()).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 8 }, () => door.node('node-a', signal)));
    await Promise.all(Array.from({ length: 8 }, () => door.node('node-a', signal)));
    expect(cluster.connections()).toBeLessThanOrEqual(10);
  });

  it.each(['..', '../secrets', 'a/b', 'A', '', 'x'.repeat(254), 'a?b', 'a%2fb'])(
    'sends nothing for the name "%s"',
    async (name) => {
      const { cluster, door } = await start();
      expect(await door.node(name, signal)).toMatchObject({ ok: false, kind: 'form' });
      expect(await door.pods(name, '', signal)).toMatchObject({ ok: false, kind: 'form' });
      expect(cluster.calls).toEqual([]);
    },
  );
});

describe('a restart', () => {
  it('is on the wire what kubectl sends, with preconditions and our own name', async () => {
    const { cluster, door } = await start();
    const { uid, resourceVersion } = cluster.deployment().metadata;
    const reply = await restart(door);
    expect(reply).toMatchObject({ ok: true, status: 200 });
    expect(lastCall(cluster)).toEqual({
      at: NOW,
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/frigate/deployments/frigate',
      query: { fieldManager: 'frigate-warden' },
      fieldManager: 'frigate-warden',
      contentType: 'application/strategic-merge-patch+json',
      userAgent: `frigate-warden/${packageJson.version}`,
      body: {
        metadata: { uid, resourceVersion },
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-06T04:06:54Z' } } },
        },
      },
      status: 200,
    });
    expect(value(reply).metadata.managedFields.map((each) => each.manager)).toContain('frigate-warden');
    expect(value(reply)).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 1 } });
  });

  it('of a Deployment that was changed since is a conflict', async () => {
    const { cluster, door } = await start();
    const { resourceVersion } = cluster.deployment().metadata;
    cluster.pause(true);
    const reply = await restart(door, { resourceVersion });
    expect(reply).toMatchObject({ ok: false, kind: 'status', status: 409, body: expect.stringMatching(/^Conflict: /) });
    expect(cluster.deployment().spec.template.metadata.annotations).toBeUndefined();
  });

  it('of another object with the same name is refused', async () => {
    const { door } = await start();
    const reply = await restart(door, { uid: '00000000-0000-4000-8000-000000000000' });
    expect(reply).toMatchObject({ status: 422, reason: expect.stringContaining('another object has taken its place') });
  });

  it.each([{ uid: '' }, { resourceVersion: '' }])('without a precondition is not sent: %j', async (more) => {
    const { cluster, door } = await start();
    expect(await restart(door, more)).toMatchObject({ ok: false, kind: 'form' });
    expect(cluster.calls.filter((call) => call.method === 'PATCH')).toEqual([]);
  });

  it('that may not be made says which verb is missing', async () => {
    const { cluster, door } = await start();
    const message =
      'deployments.apps "frigate" is forbidden: User "w" cannot patch resource "deployments" in API group "apps"';
    cluster.faults.failNext({ status: 403, message, method: 'PATCH' });
    expect(await restart(door)).toMatchObject({
      status: 403,
      reason: expect.stringContaining('lacks the verb "patch" on deployments.apps in a Role in namespace frigate'),
    });
  });

  it('that was carried out and never answered is a timeout', async () => {
    const { cluster, door } = await start();
    cluster.faults.swallow({ method: 'PATCH' });
    expect(await restart(door)).toMatchObject({ ok: false, kind: 'timeout' });
    expect(cluster.deployment().metadata.generation).toBe(2);
  });
});

describe('the deletion of a pod', () => {
  const remove = (door: KubernetesDoor, { metadata }: Pod, more: { uid?: string; resourceVersion?: string } = {}) => {
    const { namespace, name, uid, resourceVersion } = metadata;
    return door.deletePod({ namespace, name, uid, resourceVersion, ...more }, signal);
  };
  const first = ({ pods }: SimulatedKubernetes): Pod => {
    const [pod] = pods();
    if (!pod) throw new Error('There is no pod.');
    return pod;
  };

  it('names the very pod that was seen, and leaves it its grace', async () => {
    const { cluster, door } = await start();
    const pod = first(cluster);
    expect(await remove(door, pod)).toMatchObject({ ok: true, status: 200 });
    const { uid, resourceVersion } = pod.metadata;
    expect(lastCall(cluster)).toMatchObject({
      method: 'DELETE',
      path: `/api/v1/namespaces/frigate/pods/${pod.metadata.name}`,
      query: {},
      contentType: 'application/json',
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
    });
  });

  it.each<[string, { uid?: string; resourceVersion?: string }]>([
    ['of another pod of that name', { uid: 'other' }],
    ['of one that has changed since', { resourceVersion: '1' }],
  ])('%s is a conflict', async (_, more) => {
    const { cluster, door } = await start();
    expect(await remove(door, first(cluster), more)).toMatchObject({
      status: 409,
      reason: expect.stringMatching(/^Cannot delete pod frigate\/frigate-.*changed by someone else/),
    });
    expect(first(cluster).metadata.deletionTimestamp).toBeUndefined();
  });

  it('that is gone says so', async () => {
    const { cluster, door } = await start();
    const pod = first(cluster);
    const { metadata } = { metadata: { ...pod.metadata, name: 'frigate-gone' } };
    expect(await remove(door, { ...pod, metadata })).toMatchObject({ status: 404 });
  });

  it.each([{ uid: '' }, { resourceVersion: '' }])('without a precondition is not sent: %j', async (more) => {
    const { cluster, door } = await start();
    expect(await remove(door, first(cluster), more)).toMatchObject({ ok: false, kind: 'form' });
    expect(cluster.calls).toEqual([]);
  });

  it('that was carried out and never answered is a timeout', async () => {
    const { cluster, door } = await start();
    cluster.faults.swallow({ method: 'DELETE' });
    expect(await remove(door, first(cluster))).toMatchObject({ ok: false, kind: 'timeout' });
    expect(first(cluster).metadata.deletionTimestamp).toBeDefined();
  });
});

describe('what is posted through the proxy', () => {
  it('goes out as a POST without a body, once', async () => {
    const { cluster, door } = await start();
    const [pod] = cluster.pods();
    const road = { kind: 'pods', namespace: 'frigate', name: pod?.metadata.name ?? '', port: 5000 } as const;
    await door.proxy({ ...road, method: 'POST', path: '/api/restart' }, signal);
    expect(cluster.calls).toHaveLength(1);
    expect(lastCall(cluster)).toMatchObject({
      method: 'POST',
      path: `/api/v1/namespaces/frigate/pods/${road.name}:5000/proxy/api/restart`,
      body: null,
    });
  });
});

describe('ConfigMaps', () => {
  const ledger = (content: Record<string, string>, metadata: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ledger', namespace: 'frigate', ...metadata },
    data: content,
  });

  it('are created once; the second one learns that it exists', async () => {
    const { cluster, door } = await start();
    expect(await door.createConfigMap('frigate', ledger({ a: '1' }), signal)).toMatchObject({ ok: true, status: 201 });
    expect(lastCall(cluster)).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/frigate/configmaps',
      query: { fieldManager: 'frigate-warden' },
      contentType: 'application/json',
    });
    expect(await door.createConfigMap('frigate', ledger({ a: '2' }), signal)).toMatchObject({
      status: 409,
      body: expect.stringMatching(/^AlreadyExists: /),
    });
    expect(cluster.configMap('frigate', 'ledger')?.data).toEqual({ a: '1' });
  });

  it('have one winner among two writers with one resourceVersion', async () => {
    const { cluster, door } = await start();
    const created = value(await door.createConfigMap('frigate', ledger({}), signal));
    const { resourceVersion } = created.metadata;
    const replies = await Promise.all(
      ['first', 'second'].map((who) =>
        door.replaceConfigMap('frigate', 'ledger', ledger({ who }, { resourceVersion }), signal),
      ),
    );
    expect(replies.map((reply) => (reply.ok ? 'won' : `${reply.status} ${reply.body?.split(':')[0]}`)).sort()).toEqual([
      '409 Conflict',
      'won',
    ]);
    const winner = replies.findIndex((reply) => reply.ok);
    expect(cluster.configMap('frigate', 'ledger')?.data).toEqual({ who: ['first', 'second'][winner] });
    expect(cluster.calls.filter((call) => call.method === 'PUT').map((call) => call.query)).toEqual([
      { fieldManager: 'frigate-warden' },
      { fieldManager: 'frigate-warden' },
    ]);
  });

  it.each([ledger({}), ledger({}, { resourceVersion: '' }), null, 'text'])(
    'are not replaced blindly: %j',
    async (body) => {
      const { cluster, door } = await start();
      expect(await door.replaceConfigMap('frigate', 'ledger', body, signal)).toMatchObject({ ok: false, kind: 'form' });
      expect(cluster.calls).toEqual([]);
    },
  );

  it('that are not there say so', async () => {
    const { door } = await start();
    expect(await door.configMap('frigate', 'ledger', signal)).toMatchObject({
      ok: false,
      kind: 'status',
      status: 404,
      body: 'NotFound: configmaps "ledger" not found',
    });
  });
});

describe('Leases', () => {
  const lease = (holderIdentity: string, metadata: object = {}) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'frigate-warden', namespace: 'frigate', ...metadata },
    spec: { holderIdentity, renewTime: '2026-01-06T04:06:54.000001Z' },
  });

  it('are read, made and replaced under our name, and have one winner', async () => {
    const { cluster, door } = await start();
    expect(await door.lease('frigate', 'frigate-warden', signal)).toMatchObject({
      status: 404,
      body: 'NotFound: leases.coordination.k8s.io "frigate-warden" not found',
    });
    const made = value(await door.createLease('frigate', lease('a'), signal));
    expect(lastCall(cluster)).toMatchObject({
      method: 'POST',
      path: '/apis/coordination.k8s.io/v1/namespaces/frigate/leases',
      query: { fieldManager: 'frigate-warden' },
    });
    const { resourceVersion } = made.metadata;
    const replies = await Promise.all(
      ['a', 'b'].map((who) => door.replaceLease('frigate', 'frigate-warden', lease(who, { resourceVersion }), signal)),
    );
    expect(replies.map((reply) => (reply.ok ? 200 : reply.status)).sort()).toEqual([200, 409]);
    expect(lastCall(cluster)).toMatchObject({
      method: 'PUT',
      path: '/apis/coordination.k8s.io/v1/namespaces/frigate/leases/frigate-warden',
      query: { fieldManager: 'frigate-warden' },
    });
    const winner = ['a', 'b'][replies.findIndex((reply) => reply.ok)];
    expect(await door.lease('frigate', 'frigate-warden', signal)).toMatchObject({
      value: { spec: { holderIdentity: winner } },
    });
  });

  it('are not replaced blindly', async () => {
    const { cluster, door } = await start();
    for (const body of [lease('a'), lease('a', { resourceVersion: '' }), null]) {
      expect(await door.replaceLease('frigate', 'frigate-warden', body, signal)).toMatchObject({ kind: 'form' });
    }
    expect(cluster.calls).toEqual([]);
  });
});

describe('a server in trouble', () => {
  it.each([
    [500, '500 InternalError'],
    [401, 'not accepted'],
  ])('that answers %i is understood', async (status, words) => {
    const { cluster, door } = await start();
    cluster.faults.failNext({ status });
    expect(await door.node('node-a', signal)).toMatchObject({ status, reason: expect.stringContaining(words) });
    expect(await door.node('node-a', signal)).toMatchObject({ ok: true });
  });

  it('is told down once and up once, over a hang, a cut and a page of a proxy', async () => {
    const { cluster, door, lines } = await start();
    value(await door.node('node-a', signal));
    const end = cluster.faults.hang();
    expect(await door.node('node-a', signal)).toMatchObject({ kind: 'timeout' });
    end();
    const heal = cluster.faults.refuse();
    expect(await door.node('node-a', signal)).toMatchObject({ kind: 'unreachable' });
    heal();
    cluster.faults.failNext({ status: 502, text: '<html>bad gateway</html>' });
    expect(await door.node('node-a', signal)).toMatchObject({ status: 502, body: '<html>bad gateway</html>' });
    value(await door.node('node-a', signal));
    value(await door.node('node-a', signal));
    expect(lines).toEqual([
      `warn The Kubernetes API at ${cluster.url} does not answer. Cannot read node node-a: ${cluster.url} did not answer within 0.5 s.`,
      `info The Kubernetes API at ${cluster.url} answers again.`,
    ]);
  });

  it('never sees its token in a reason or in the log', async () => {
    const { cluster, door, lines } = await start();
    cluster.faults.failNext({ status: 500, message: `boom ${cluster.token}` });
    cluster.faults.failNext({ status: 502, text: `<html>${cluster.token}` });
    const replies = [await door.node('node-a', signal), await door.node('node-a', signal)];
    expect(JSON.stringify([replies, lines])).not.toContain(cluster.token);
  });
});

describe('settings that are wrong', () => {
  it('throw one sentence and open nothing', () => {
    const open = () => openKubernetes({ from: 'settings', server: 'nowhere', token: TOKEN }, { log: recordingLog() });
    expect(open).toThrow(/^Kubernetes\.server is not an address of a Kubernetes API/);
  });
});

describe('what the account may do', () => {
  const LOG = { verb: 'get', group: '', resource: 'pods/log', namespace: 'frigate', name: null };
  const rights = [
    { namespace: 'frigate', apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    {
      namespace: 'frigate',
      apiGroups: ['apps'],
      resources: ['deployments'],
      resourceNames: ['frigate'],
      verbs: ['patch'],
    },
    { namespace: null, apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  ];
  const PATCH = { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'frigate', name: 'frigate' };

  it.each<[string, AccessQuestion, boolean]>([
    ['a part of a thing', LOG, true],
    ['the thing itself', { ...LOG, resource: 'pods' }, false],
    ['in another namespace', { ...LOG, namespace: 'other' }, false],
    ['another verb', { ...LOG, verb: 'create' }, false],
    ['a name that is given', PATCH, true],
    ['another name', { ...PATCH, name: 'other' }, false],
    ['any name', { ...PATCH, name: null }, false],
    ['another group', { ...PATCH, group: '' }, false],
    ['what lies in no namespace', { verb: 'get', group: '', resource: 'nodes', namespace: null, name: null }, true],
  ])('is asked of the API: %s', async (_, question, allowed) => {
    const { door } = await start({ rights });
    expect(await door.allowed(question, signal)).toMatchObject({ ok: true, value: allowed, status: 201 });
  });

  it('is asked in one call, which writes nothing', async () => {
    const { cluster, door } = await start();
    await door.allowed(LOG, signal);
    expect(lastCall(cluster)).toMatchObject({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      fieldManager: null,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: 'frigate' },
        },
      },
    });
  });

  it.each<[string, string, string]>([
    ['neither yes nor no', '{"kind":"SelfSubjectAccessReview","status":{}}', 'the answer says neither yes nor no'],
    ['no status', '{"kind":"SelfSubjectAccessReview"}', 'the answer says neither yes nor no'],
  ])('is not known from an answer with %s', async (_, text, why) => {
    const { cluster, door } = await start();
    cluster.faults.failNext({ status: 201, text });
    const reply = await door.allowed(LOG, signal);
    expect(reply).toMatchObject({ ok: false, kind: 'form', reason: `Cannot ask what the account may do: ${why}.` });
  });

  it('is not known where the token is not accepted', async () => {
    const { cluster, door } = await start();
    cluster.faults.failNext({ status: 401, message: 'Unauthorized' });
    expect(await door.allowed(LOG, signal)).toMatchObject({ ok: false, status: 401 });
  });
});
