import { describe, expect, it, onTestFinished } from 'vitest';
import { type KubernetesSimulation, type SimulatedKubernetes, startKubernetes } from '../../demo/kubernetes/index.ts';
import type { Deployment, Pod } from '../../demo/kubernetes/objects.ts';
import { parseSelector } from '../../demo/kubernetes/selectors.ts';

const BEGIN = Date.parse('2026-01-06T04:00:00Z') / 1000;
const DEPLOYMENT = '/apis/apps/v1/namespaces/frigate/deployments/frigate';
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

interface World extends SimulatedKubernetes {
  pass(seconds: number): void;
  ask(method: string, path: string, body?: unknown, contentType?: string): Promise<{ status: number; body: Answer }>;
  events: string[];
}

interface Answer {
  kind: string;
  reason: string;
  message: string;
  metadata: { resourceVersion: string; generation: number; uid: string };
  items: { kind?: string; metadata: { name: string } }[];
}

async function start(options: Partial<KubernetesSimulation> = {}): Promise<World> {
  let now = BEGIN;
  const events: string[] = [];
  const note = (what: string) => (pod: Pod) => void events.push(`${now - BEGIN} ${what} ${pod.metadata.name}`);
  const cluster = await startKubernetes({
    now: () => now,
    onPodStarted: note('started'),
    onPodStopped: note('stopped'),
    ...options,
  });
  onTestFinished(() => cluster.close());
  return {
    ...cluster,
    events,
    pass(seconds) {
      now += seconds;
    },
    async ask(method, path, body, contentType = 'application/json') {
      const response = await fetch(`${cluster.url}${path}`, {
        method,
        headers: { Authorization: `Bearer ${cluster.token}`, ...(body ? { 'Content-Type': contentType } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: response.status, body: (await response.json()) as Answer };
    },
  };
}

async function restart(world: World, metadata: object = {}, contentType = 'application/strategic-merge-patch+json') {
  const annotations = { [RESTARTED_AT]: '2026-01-06T04:00:00Z' };
  const body = { metadata, spec: { template: { metadata: { annotations } } } };
  return world.ask('PATCH', `${DEPLOYMENT}?fieldManager=frigate-warden`, body, contentType);
}

/** kubectl's formula: kubernetes/kubectl, rollout_status.go. */
function isComplete({ metadata, spec, status }: Deployment): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  return (
    metadata.generation <= observedGeneration &&
    updatedReplicas >= spec.replicas &&
    replicas <= updatedReplicas &&
    availableReplicas >= updatedReplicas
  );
}

function progress(world: World): string {
  const condition = world.deployment().status.conditions.find((each) => each.type === 'Progressing');
  return `${condition?.status} ${condition?.reason}`;
}

function podLine(world: World): string[] {
  return world.pods().map((pod) => {
    const ready = pod.status.conditions.some((each) => each.type === 'Ready' && each.status === 'True');
    const ending = pod.metadata.deletionTimestamp === undefined ? '' : ' terminating';
    return `${pod.status.phase}${ready ? ' ready' : ''}${ending}`;
  });
}

describe('a restart of a Recreate Deployment', () => {
  it('stops the old pod, then starts a new one that becomes ready', async () => {
    const world = await start();
    const [old] = world.pods();
    expect(podLine(world)).toEqual(['Running ready']);
    world.events.length = 0;
    expect((await restart(world)).status).toBe(200);
    // Right after the patch the status is the old one.
    expect(world.deployment()).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 1 } });
    world.pass(0.5);
    expect(podLine(world)).toEqual(['Running ready terminating']);
    expect(world.deployment().status).toMatchObject({ observedGeneration: 2, terminatingReplicas: 1 });
    expect(world.deployment().status.replicas).toBeUndefined();
    expect(progress(world)).toBe('True NewReplicaSetAvailable');
    expect(isComplete(world.deployment())).toBe(false);
    world.pass(5);
    expect(podLine(world)).toEqual(['Pending']);
    expect(world.pods()[0]?.status.containerStatuses?.[0]?.state.waiting?.reason).toBe('ContainerCreating');
    world.pass(1);
    expect(podLine(world)).toEqual(['Running']);
    expect(progress(world)).toBe('True NewReplicaSetCreated');
    world.pass(10);
    expect(podLine(world)).toEqual(['Running ready']);
    expect(isComplete(world.deployment())).toBe(true);
    expect(progress(world)).toBe('True NewReplicaSetAvailable');
    const [fresh] = world.pods();
    expect(fresh?.metadata.uid).not.toBe(old?.metadata.uid);
    expect(fresh?.metadata.annotations).toEqual({ [RESTARTED_AT]: '2026-01-06T04:00:00Z' });
    expect(world.events).toEqual([`0.5 stopped ${old?.metadata.name}`, `6.5 started ${fresh?.metadata.name}`]);
  });

  it('happens at its own times, however late somebody looks', async () => {
    const world = await start({ stopSeconds: 4, startSeconds: 2, readySeconds: 20 });
    await restart(world);
    world.pass(3600);
    const [pod] = world.pods();
    expect(pod?.status.containerStatuses?.[0]?.state.running?.startedAt).toBe('2026-01-06T04:00:06Z');
    expect(pod?.status.conditions.find((each) => each.type === 'Ready')?.lastTransitionTime).toBe(
      '2026-01-06T04:00:26Z',
    );
  });

  it('leaves the chain of owners whole and raises the revision', async () => {
    const world = await start();
    await restart(world);
    world.pass(60);
    const list = await world.ask('GET', '/apis/apps/v1/namespaces/frigate/replicasets');
    const sets = list.body.items as unknown as Deployment[];
    const current = sets.find((each) => each.spec.replicas === 1);
    expect(sets.map((each) => each.spec.replicas)).toEqual([0, 1]);
    expect(current?.metadata.annotations['deployment.kubernetes.io/revision']).toBe('2');
    expect(current?.metadata.ownerReferences).toMatchObject([
      { uid: world.deployment().metadata.uid, controller: true },
    ]);
    expect(world.pods()[0]?.metadata.ownerReferences).toMatchObject([
      { uid: current?.metadata.uid, kind: 'ReplicaSet' },
    ]);
    expect(world.pods()[0]?.metadata.labels['pod-template-hash']).toBe(current?.metadata.labels?.['pod-template-hash']);
  });

  it('with the same value changes nothing', async () => {
    const world = await start();
    await restart(world);
    world.pass(60);
    const before = world.deployment();
    expect((await restart(world)).status).toBe(200);
    expect(world.deployment()).toEqual(before);
  });

  it('that is over leaves the resourceVersion alone when the controller looks again', async () => {
    const world = await start();
    const before = world.deployment().metadata.resourceVersion;
    world.setNeverReady(false);
    world.pass(60);
    expect(world.deployment().metadata.resourceVersion).toBe(before);
  });

  it('that no controller acts on leaves the old pod', async () => {
    const world = await start();
    world.setFrozen(true);
    await restart(world);
    world.pass(600);
    expect(podLine(world)).toEqual(['Running ready']);
    expect(world.deployment()).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 1 } });
    world.setFrozen(false);
    world.pass(60);
    expect(isComplete(world.deployment())).toBe(true);
  });

  it('while its node is lost waits for the node', async () => {
    const world = await start({ nodes: [{ name: 'node-a' }, { name: 'node-b' }] });
    world.setNodeReady(false, 'node-a');
    await restart(world);
    world.pass(200);
    expect(podLine(world)).toEqual(['Running terminating']);
    expect(progress(world)).toBe('True NewReplicaSetAvailable');
    world.setNodeReady(true, 'node-a');
    world.pass(30);
    expect(podLine(world)).toEqual(['Running ready']);
  });

  it('of a paused Deployment waits until it is unpaused', async () => {
    const world = await start();
    const [old] = world.pods();
    world.pause(true);
    await restart(world);
    world.pass(60);
    expect(world.pods()[0]?.metadata.uid).toBe(old?.metadata.uid);
    expect(progress(world)).toBe('Unknown DeploymentPaused');
    world.pause(false);
    world.pass(60);
    expect(world.pods()[0]?.metadata.uid).not.toBe(old?.metadata.uid);
  });
});

describe('a restart of a RollingUpdate Deployment', () => {
  const deployments = [{ namespace: 'frigate', name: 'frigate', strategy: 'RollingUpdate' as const }];

  it('starts the new pod beside the old one', async () => {
    const world = await start({ deployments });
    await restart(world);
    world.pass(2);
    expect(podLine(world)).toEqual(['Running ready', 'Running']);
    world.pass(10);
    expect(podLine(world)).toEqual(['Running ready terminating', 'Running ready']);
    // Complete by the formula, with the old pod still there.
    expect(isComplete(world.deployment())).toBe(true);
    expect(world.deployment().status.terminatingReplicas).toBe(1);
    world.pass(5);
    expect(podLine(world)).toEqual(['Running ready']);
  });

  it('keeps the old pod and reports the deadline when the new one never becomes ready', async () => {
    const world = await start({ deployments });
    world.setNeverReady(true);
    await restart(world);
    world.pass(599);
    expect(progress(world)).toBe('True NewReplicaSetCreated');
    world.pass(2);
    expect(progress(world)).toBe('False ProgressDeadlineExceeded');
    expect(podLine(world)).toEqual(['Running ready', 'Running']);
    expect(world.deployment().status).toMatchObject({ replicas: 2, updatedReplicas: 1, availableReplicas: 1 });
  });
});

describe('a patch is refused', () => {
  const json = 'application/json';
  it.each<[string, Parameters<typeof restart>[1], string | undefined, { code: number; reason: string }]>([
    ['when its resourceVersion is stale', { resourceVersion: '1' }, undefined, { code: 409, reason: 'Conflict' }],
    ['when it means another object', { uid: 'other' }, undefined, { code: 422, reason: 'Invalid' }],
    ['as JSON patch with an object', {}, 'application/json-patch+json', { code: 400, reason: 'BadRequest' }],
    ['as plain JSON', {}, json, { code: 415, reason: 'UnsupportedMediaType' }],
  ])('%s', async (_, metadata, contentType, expected) => {
    const world = await start();
    const reply = await restart(world, metadata, contentType);
    expect(reply).toMatchObject({ status: expected.code, body: { kind: 'Status', status: 'Failure', ...expected } });
    expect(world.deployment().metadata.generation).toBe(1);
  });

  it('and with the right preconditions accepted', async () => {
    const world = await start();
    const { uid, resourceVersion } = world.deployment().metadata;
    expect((await restart(world, { uid, resourceVersion })).body.metadata).toMatchObject({ uid, generation: 2 });
  });
});

describe('the switches', () => {
  it('crash the container with a growing back-off, until switched off', async () => {
    const world = await start();
    world.setCrashLoop(true);
    const status = () => world.pods()[0]?.status.containerStatuses?.[0];
    expect(status()).toMatchObject({
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    });
    world.pass(11);
    expect(status()).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1 } } });
    world.pass(21);
    expect(status()?.restartCount).toBe(2);
    expect(world.deployment().status.unavailableReplicas).toBe(1);
    world.setCrashLoop(false);
    world.pass(120);
    expect(status()).toMatchObject({ ready: true, restartCount: 3 });
    expect(world.events.map((each) => each.split(' ')[1])).toEqual(['started', 'stopped', 'started']);
  });

  it('end the container once, in the same pod', async () => {
    const world = await start();
    const [before] = world.pods();
    world.exitContainer({ exitCode: 137, reason: 'OOMKilled' });
    world.pass(12);
    const [after] = world.pods();
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-01-06T04:00:00Z' } },
    });
    expect(after?.status.containerStatuses?.[0]?.containerID).not.toBe(
      before?.status.containerStatuses?.[0]?.containerID,
    );
  });

  it('scale to zero and back', async () => {
    const world = await start();
    world.scale(0);
    world.pass(10);
    expect(world.pods()).toEqual([]);
    expect(world.deployment()).toMatchObject({ spec: { replicas: 0 }, status: { terminatingReplicas: 0 } });
    world.scale(1);
    world.pass(20);
    expect(podLine(world)).toEqual(['Running ready']);
  });

  it('lose a node and find it again', async () => {
    const world = await start();
    world.setNodeReady(false);
    const ready = () => world.node().status.conditions.find((each) => each.type === 'Ready');
    expect(ready()).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      lastTransitionTime: '2026-01-06T04:00:00Z',
    });
    expect(world.node().spec.taints).toMatchObject([{ key: 'node.kubernetes.io/unreachable' }]);
    world.pass(1000);
    // The only node: nothing is evicted.
    expect(podLine(world)).toEqual(['Running']);
    world.setNodeReady(true);
    world.pass(2);
    expect(ready()).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-06T04:16:40Z' });
    expect(world.node().spec.taints).toBeUndefined();
    expect(podLine(world)).toEqual(['Running ready']);
  });

  it('evict from a lost node when there is another one', async () => {
    const world = await start({ nodes: [{ name: 'node-a' }, { name: 'node-b' }] });
    world.setNodeReady(false, 'node-a');
    world.pass(299);
    expect(podLine(world)).toEqual(['Running']);
    world.pass(20);
    expect(podLine(world)).toEqual(['Running terminating', 'Running ready']);
    expect(world.pods().map((pod) => pod.spec.nodeName)).toEqual(['node-a', 'node-b']);
  });

  it('begin the term of an eviction anew when the node was back in between', async () => {
    const world = await start({ nodes: [{ name: 'node-a' }, { name: 'node-b' }] });
    world.setNodeReady(false, 'node-a');
    world.pass(200);
    world.setNodeReady(true, 'node-a');
    world.pass(50);
    world.setNodeReady(false, 'node-a');
    world.pass(299);
    expect(podLine(world)).toEqual(['Running']);
    world.pass(2);
    expect(podLine(world)).toEqual(['Running terminating', 'Running']);
  });

  it('cordon a node, so that the next pod waits until it is free again', async () => {
    const world = await start();
    world.setUnschedulable(true);
    expect(world.node().spec.unschedulable).toBe(true);
    await restart(world);
    world.pass(60);
    expect(podLine(world)).toEqual(['Pending']);
    world.setUnschedulable(false);
    world.pass(60);
    expect(podLine(world)).toEqual(['Running ready']);
  });

  it('leave a pod unschedulable that fits no node', async () => {
    const world = await start({
      nodes: [{ name: 'node-a', labels: { coral: 'yes' } }],
      deployments: [{ namespace: 'frigate', name: 'frigate', nodeSelector: { coral: 'yes' } }],
    });
    world.setNodeLabels({});
    await restart(world);
    world.pass(60);
    expect(podLine(world)).toEqual(['Pending']);
    expect(world.pods()[0]?.status.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
    ]);
  });

  it('upgrade and reboot a node', async () => {
    const world = await start();
    const before = world.node().status.nodeInfo;
    world.setKubeletVersion('v1.37.0+k3s1');
    world.rebootNode();
    const after = world.node().status.nodeInfo;
    expect(after.kubeletVersion).toBe('v1.37.0+k3s1');
    expect(after.bootID).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(after.bootID).not.toBe(before.bootID);
  });

  it("show another's restart by its field manager", async () => {
    const world = await start();
    world.restartByHand('2026-01-06T03:59:00Z');
    expect(world.deployment().metadata.managedFields?.map((each) => each.manager)).toEqual(['helm', 'kubectl-rollout']);
  });
});

describe('the deletion of a pod', () => {
  const PODS = '/api/v1/namespaces/frigate/pods';

  it('leaves it its grace, and its owner makes another beside it', async () => {
    const world = await start({ stopSeconds: 5 });
    const [old] = world.pods();
    const { name, uid, resourceVersion } = old?.metadata ?? { name: '', uid: '', resourceVersion: '' };
    const reply = await world.ask('DELETE', `${PODS}/${name}`, { preconditions: { uid, resourceVersion } });
    expect(reply.status).toBe(200);
    world.pass(2);
    const both = world.pods();
    expect(both.map(({ metadata }) => [metadata.uid === uid, metadata.deletionTimestamp !== undefined])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(both[0]?.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(world.deployment().status.terminatingReplicas).toBe(1);
    world.pass(30);
    expect(world.pods().map(({ metadata }) => metadata.uid)).toEqual([both[1]?.metadata.uid]);
    expect(world.deployment().metadata.generation).toBe(1);
  });

  it.each([
    [{ uid: 'other' }, /UID in the precondition \(other\) does not match .* deleted and then recreated$/],
    [{ resourceVersion: '1' }, /ResourceVersion in the precondition \(1\) does not match .* been modified$/],
  ])('with a precondition that does not hold is a conflict: %j', async (preconditions, message) => {
    const world = await start();
    const name = world.pods()[0]?.metadata.name;
    const reply = await world.ask('DELETE', `${PODS}/${name}`, { preconditions });
    expect(reply).toMatchObject({ status: 409, body: { reason: 'Conflict', message: expect.stringMatching(message) } });
    expect(world.pods()[0]?.metadata.deletionTimestamp).toBeUndefined();
    expect(await world.ask('DELETE', `${PODS}/none`, {})).toMatchObject({ status: 404 });
    expect(await world.ask('PUT', `${PODS}/${name}`, {})).toMatchObject({ status: 405 });
  });
});

describe('ConfigMaps', () => {
  const MAPS = '/api/v1/namespaces/frigate/configmaps';
  const body = (metadata: object, content?: object) => ({
    metadata: { name: 'ledger', ...metadata },
    ...(content ? { data: content } : {}),
  });

  it('keep the rules of resourceVersion', async () => {
    const world = await start();
    const created = await world.ask('POST', MAPS, body({}));
    const { resourceVersion } = created.body.metadata;
    const put = (metadata: object, content: object) => world.ask('PUT', `${MAPS}/ledger`, body(metadata, content));
    expect((await put({ resourceVersion }, { a: '1' })).status).toBe(200);
    expect(await put({ resourceVersion }, { a: '2' })).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect((await put({}, { a: '3' })).status).toBe(200);
    expect(world.configMap('frigate', 'ledger')?.data).toEqual({ a: '3' });
    expect(await put({ uid: 'other' }, {})).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(await world.ask('PUT', `${MAPS}/other`, body({}))).toMatchObject({ status: 400 });
    expect(await world.ask('POST', MAPS, body({}))).toMatchObject({ status: 409, body: { reason: 'AlreadyExists' } });
    expect(await world.ask('GET', `${MAPS}/none`)).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
  });

  it('keep the labels and annotations of the last writer, and of all under a patch', async () => {
    const world = await start();
    const metadata = () => world.configMap('frigate', 'ledger')?.metadata;
    await world.ask('POST', MAPS, body({ labels: { app: 'x' }, annotations: { times: '1' } }));
    expect(metadata()).toMatchObject({ labels: { app: 'x' }, annotations: { times: '1' } });
    await world.ask('PUT', `${MAPS}/ledger`, body({ annotations: { times: '1,2' } }));
    expect(metadata()).toMatchObject({ annotations: { times: '1,2' } });
    expect(metadata()?.labels).toBeUndefined();
    const { uid, creationTimestamp, resourceVersion } = metadata() ?? {};
    world.writeConfigMap('frigate', 'ledger', { last_restart_times: '1' });
    expect(metadata()).toMatchObject({ annotations: { times: '1,2' }, uid, creationTimestamp });
    expect(metadata()?.resourceVersion).not.toBe(resourceVersion);
  });

  it('written by others show in the next answer', async () => {
    const world = await start();
    world.writeConfigMap('frigate', 'ledger', { last_restart_times: '1' }, 'kubectl-patch');
    world.writeConfigMap('frigate', 'ledger', { consecutive_failures: '0' }, 'kubectl-patch');
    const map = world.configMap('frigate', 'ledger');
    expect(map?.data).toEqual({ last_restart_times: '1', consecutive_failures: '0' });
    expect(map?.metadata.managedFields).toMatchObject([{ manager: 'kubectl-patch', time: '2026-01-06T04:00:00Z' }]);
  });
});

describe('Leases', () => {
  const LEASES = '/apis/coordination.k8s.io/v1/namespaces/frigate/leases';
  const body = (metadata: object = {}, spec: object = { holderIdentity: 'a' }) => ({
    metadata: { name: 'warden', ...metadata },
    spec,
  });

  it('keep the rules of resourceVersion and uid', async () => {
    const world = await start();
    const created = await world.ask('POST', LEASES, body());
    expect(created.status).toBe(201);
    const { resourceVersion } = created.body.metadata;
    const put = (metadata: object, spec?: object) => world.ask('PUT', `${LEASES}/warden`, body(metadata, spec));
    expect((await put({ resourceVersion }, { holderIdentity: 'b' })).status).toBe(200);
    expect(await put({ resourceVersion })).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(await put({ uid: 'other' })).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(await world.ask('POST', LEASES, body())).toMatchObject({ status: 409, body: { reason: 'AlreadyExists' } });
    expect(await world.ask('PUT', `${LEASES}/other`, body())).toMatchObject({ status: 400 });
    expect(await world.ask('GET', `${LEASES}/none`)).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
    expect(await world.ask('GET', LEASES)).toMatchObject({ body: { kind: 'LeaseList', items: [{}] } });
    expect(await world.ask('GET', LEASES.replace('leases', 'locks'))).toMatchObject({ status: 404 });
    expect(await world.ask('DELETE', `${LEASES}/warden`)).toMatchObject({ status: 405 });
    expect(world.lease('frigate', 'warden')?.spec).toEqual({ holderIdentity: 'b' });
  });

  it.each<[what: string, metadata: object, spec: object, status: number]>([
    ['a time in milliseconds', {}, { renewTime: '2026-01-06T04:00:00.145Z' }, 400],
    ['a time in whole seconds', {}, { acquireTime: '2026-01-06T04:00:00Z' }, 400],
    ['a time in microseconds', {}, { renewTime: '2026-01-06T04:00:00.000145Z' }, 201],
    ['no duration', {}, { leaseDurationSeconds: 0 }, 422],
    ['half a transition', {}, { leaseTransitions: 0.5 }, 422],
    ['a released one', {}, { holderIdentity: '', leaseTransitions: 0, leaseDurationSeconds: 1 }, 201],
    ['too long a note', { annotations: { a: 'x'.repeat(262_145) } }, {}, 422],
    ['no name', { name: '' }, {}, 422],
  ])('take %s as a server does: %i', async (_, metadata, spec, status) => {
    const world = await start();
    expect((await world.ask('POST', LEASES, body(metadata, spec))).status).toBe(status);
  });

  it('are shipped empty, and written by others', async () => {
    const world = await start();
    world.writeLease('frigate', 'warden');
    expect(world.lease('frigate', 'warden')).toMatchObject({ kind: 'Lease', spec: {} });
    world.writeLease('frigate', 'warden', { spec: { holderIdentity: 'b' }, annotations: { a: '1' } });
    world.writeLease('frigate', 'warden', { labels: { b: '2' } });
    expect(world.lease('frigate', 'warden')).toMatchObject({
      metadata: { annotations: { a: '1' }, labels: { b: '2' } },
      spec: { holderIdentity: 'b' },
    });
    world.deleteLease('frigate', 'warden');
    expect(world.lease('frigate', 'warden')).toBeNull();
  });
});

describe('the API', () => {
  it('lists by label, without kind on the items', async () => {
    const world = await start({ deployments: ['frigate', 'second'].map((name) => ({ namespace: 'frigate', name })) });
    const all = await world.ask('GET', '/api/v1/namespaces/frigate/pods');
    expect(all.body).toMatchObject({ kind: 'PodList', items: [{}, {}] });
    const selector = encodeURIComponent('app.kubernetes.io/instance=second');
    const some = await world.ask('GET', `/api/v1/namespaces/frigate/pods?labelSelector=${selector}`);
    expect(some.body.items).toHaveLength(1);
    expect(some.body.items[0]?.kind).toBeUndefined();
    expect(await world.ask('GET', '/api/v1/namespaces/other/pods')).toMatchObject({ body: { items: [] } });
    expect((await world.ask('GET', '/api/v1/namespaces/frigate/pods?labelSelector=(')).status).toBe(400);
  });

  it('refuses a stranger', async () => {
    const world = await start();
    const response = await fetch(`${world.url}${DEPLOYMENT}`, { headers: { Authorization: 'Bearer other' } });
    expect(response.status).toBe(401);
  });

  it('bears the date of the given clock', async () => {
    const world = await start();
    const response = await fetch(`${world.url}/version`, { headers: { Authorization: `Bearer ${world.token}` } });
    expect(response.headers.get('date')).toBe('Tue, 06 Jan 2026 04:00:00 GMT');
  });

  it('lets faults match by method and path, and ends them by number', async () => {
    const world = await start();
    world.faults.failNext({ status: 429, times: 2, path: /nodes/ });
    const codes = [];
    for (const path of ['/api/v1/nodes/node-a', DEPLOYMENT, '/api/v1/nodes/node-a', '/api/v1/nodes/node-a']) {
      codes.push((await world.ask('GET', path)).status);
    }
    expect(codes).toEqual([429, 200, 429, 200]);
    expect(world.calls.map((call) => call.status)).toEqual([429, 200, 429, 200]);
  });
});

describe('a label selector', () => {
  const labels = { app: 'frigate', tier: 'nvr' };
  it.each<[string, boolean | null]>([
    ['', true],
    ['app=frigate', true],
    ['app==frigate,tier=nvr', true],
    ['app=other', false],
    ['app!=other', true],
    ['none!=x', true],
    ['app in (a, frigate)', true],
    ['app in (a),tier=nvr', false],
    ['app notin (a,b)', true],
    ['none notin (a)', true],
    ['app', true],
    ['!app', false],
    ['!none', true],
    ['app=(', null],
    ['app,', null],
  ])('%s', (text, expected) => {
    expect(parseSelector(text)?.(labels) ?? null).toBe(expected);
  });
});

describe('rights', () => {
  const rights = [
    {
      namespace: 'frigate',
      apiGroups: ['apps'],
      resources: ['deployments'],
      resourceNames: ['frigate'],
      verbs: ['get'],
    },
    {
      namespace: 'frigate',
      apiGroups: [''],
      resources: ['services/proxy'],
      resourceNames: ['frigate:5000'],
      verbs: ['get'],
    },
  ];

  it.each<[string, string, string, number]>([
    ['what is given', 'GET', DEPLOYMENT, 200],
    ['another verb', 'PATCH', DEPLOYMENT, 403],
    ['another name', 'GET', DEPLOYMENT.replace(/frigate$/, 'other'), 403],
    ['all of them', 'GET', DEPLOYMENT.replace(/\/frigate$/, ''), 403],
    ['another namespace', 'GET', DEPLOYMENT.replace('namespaces/frigate', 'namespaces/other'), 403],
    ['what lies in none', 'GET', '/api/v1/nodes/node-a', 403],
    ['a service at another port', 'GET', '/api/v1/namespaces/frigate/services/frigate:80/proxy/', 403],
    ['a service at its port', 'GET', '/api/v1/namespaces/frigate/services/frigate:5000/proxy/', 503],
    ['the version, for everybody', 'GET', '/version', 200],
  ])('are judged as RBAC does: %s', async (_, method, path, status) => {
    const world = await start({ rights });
    expect((await world.ask(method, path)).status).toBe(status);
  });

  it('can be asked for by everybody, and a question without attributes is none', async () => {
    const world = await start({ rights: [] });
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const spec = { resourceAttributes: { verb: 'get', resource: 'nodes' } };
    expect(await world.ask('POST', path, { spec })).toMatchObject({
      status: 201,
      body: { status: { allowed: false } },
    });
    expect((await world.ask('POST', path, { spec: {} })).status).toBe(422);
  });
});
