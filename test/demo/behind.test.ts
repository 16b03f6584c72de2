/** What the simulated API server passes on: logs from a kubelet, and requests to a pod or a service. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KubernetesSimulation, startKubernetes } from '../../demo/kubernetes/index.ts';
import { eventually } from '../eventually.ts';

const BEGIN = Date.parse('2026-01-06T04:00:00Z') / 1000;
const DAY = 86_400;
const PODS = '/api/v1/namespaces/frigate/pods';
const SERVICES = '/api/v1/namespaces/frigate/services';

async function start(options: Partial<KubernetesSimulation> = {}) {
  let now = BEGIN;
  const cluster = await startKubernetes({ now: () => now, ageSeconds: DAY, ...options });
  onTestFinished(() => cluster.close());
  const ask = async (path: string) => {
    const response = await fetch(`${cluster.url}${path}`, { headers: { Authorization: `Bearer ${cluster.token}` } });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const said = async (path: string) => {
    const { status, text } = await ask(path);
    return { ...(JSON.parse(text) as { kind: string; reason: string; message: string }), status };
  };
  const pod = () => cluster.pods()[0]?.metadata.name ?? 'none';
  const pass = (seconds: number) => {
    now += seconds;
  };
  return { ...cluster, ask, said, pod, pass, log: (query = '') => ask(`${PODS}/${pod()}/log${query}`) };
}

const line = (seconds: number, text: string) => ({ at: BEGIN + seconds, text });
const written = [line(-DAY - 5, 'the run before'), line(-60.5, 'one'), line(-30.25, 'two'), line(-30, 'three')];

describe('the log of a pod', () => {
  it.each<[query: string, expected: string]>([
    ['', 'one\ntwo\nthree\n'],
    ['?tailLines=2', 'two\nthree\n'],
    ['?tailLines=0', ''],
    ['?sinceTime=2026-01-06T03:59:29Z', 'two\nthree\n'],
    ['?sinceTime=2026-01-06T03:59:29.9Z', 'two\nthree\n'],
    ['?sinceTime=2026-01-06T03:59:30Z', 'three\n'],
    ['?tailLines=1&sinceTime=2026-01-06T03:00:00Z', 'three\n'],
    ['?limitBytes=6', 'one\ntw'],
    ['?container=frigate&tailLines=1&timestamps=true', '2026-01-06T03:59:30.000000000Z three\n'],
    ['?timestamps=true&limitBytes=34', '2026-01-06T03:58:59.500000000Z one'],
  ])('is cut as it is asked for: %s', async (query, expected) => {
    const { log } = await start({ log: () => written });
    expect(await log(query)).toMatchObject({ status: 200, text: expected });
  });

  it('of the run before is another one', async () => {
    const lines = [...written];
    const world = await start({ log: () => lines });
    const none = await world.said(`${PODS}/${world.pod()}/log?previous=true`);
    expect(none).toMatchObject({
      status: 400,
      reason: 'BadRequest',
      message: `previous terminated container "frigate" in pod "${world.pod()}" not found`,
    });
    world.exitContainer();
    // Between two runs the log is that of the last one.
    expect((await world.log()).text).toBe('one\ntwo\nthree\n');
    world.pass(5);
    lines.push(line(3, 'four'));
    expect((await world.log()).text).toBe('four\n');
    expect((await world.log('?previous=true')).text).toBe('one\ntwo\nthree\n');
  });

  it('is refused in the words of Kubernetes', async () => {
    const world = await start({ startSeconds: 60, stopSeconds: 1 });
    const path = () => `${PODS}/${world.pod()}/log`;
    expect(await world.said(`${PODS}/gone/log`)).toMatchObject({ status: 404, message: 'pods "gone" not found' });
    expect(await world.said(`${path()}?container=app`)).toMatchObject({
      status: 400,
      message: `container app is not valid for pod ${world.pod()}`,
    });
    expect(await world.said(`${path()}?sinceTime=yesterday`)).toMatchObject({ status: 400, reason: 'BadRequest' });
    world.restartByHand('2026-01-06T04:00:00Z');
    world.pass(5);
    expect(await world.said(path())).toMatchObject({
      status: 400,
      message: `container "frigate" in pod "${world.pod()}" is waiting to start: ContainerCreating`,
    });
  });

  it.each(['setNodeReady', 'setNodeCut'] as const)('cannot be had from a lost node: %s', async (what) => {
    const world = await start({ log: () => written });
    world[what](what === 'setNodeCut');
    const said = await world.said(`${PODS}/${world.pod()}/log`);
    expect(said).toMatchObject({ status: 500, kind: 'Status', reason: '' });
    expect(said.message).toMatch(/^Get "https:\/\/192\.0\.2\.10:10250\/containerLogs\/.*": dial tcp .*: i\/o timeout$/);
    world[what](what !== 'setNodeCut');
    expect((await world.log('?tailLines=1')).text).toBe('three\n');
  });
});

/** Something in the pod that notes what it is asked. */
async function inside() {
  const heard: { url: string; headers: IncomingHttpHeaders }[] = [];
  let waiting = 0;
  const server = createServer((request, response) => {
    heard.push({ url: request.url ?? '', headers: request.headers });
    if (request.url === '/cut') request.socket.destroy();
    else if (request.url === '/hang') {
      waiting += 1;
      response.once('close', () => {
        waiting -= 1;
      });
    } else {
      response.writeHead(request.url === '/api/stats' ? 200 : 418, { 'Content-Type': 'application/json' });
      response.end('{"said":"inside"}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, heard, waiting: () => waiting };
}

describe('the proxy', () => {
  it('leads to the port of a pod, with path and query, and without what proves who asks', async () => {
    const [world, { url, heard }] = [await start(), await inside()];
    world.openPort(5000, url);
    const path = `${PODS}/${world.pod()}:5000/proxy`;
    expect(await world.ask(`${path}/api/stats`)).toMatchObject({ status: 200, text: '{"said":"inside"}' });
    expect((await world.ask(`${path}/api/yard/recordings?after=1&before=2`)).status).toBe(418);
    expect(heard.map((one) => one.url)).toEqual(['/api/stats', '/api/yard/recordings?after=1&before=2']);
    expect(heard[0]?.headers.authorization).toBeUndefined();
    expect(heard[0]?.headers['x-forwarded-for']).toContain('127.0.0.1');
    expect(world.calls.map(({ status }) => status)).toEqual([200, 418]);
  });

  it('leads through a service only while a pod of it is ready', async () => {
    const [world, { url }] = [
      await start({
        services: [{ namespace: 'frigate', name: 'nvr', port: 80, targetPort: 5000, deployment: 'frigate' }],
      }),
      await inside(),
    ];
    world.openPort(5000, url);
    expect((await world.ask(`${SERVICES}/nvr:80/proxy/api/stats`)).status).toBe(200);
    expect((await world.ask(`${SERVICES}/nvr/proxy/api/stats`)).status).toBe(200);
    const unavailable = (message: string) => ({ status: 503, reason: 'ServiceUnavailable', message });
    expect(await world.said(`${SERVICES}/nvr:81/proxy/`)).toMatchObject(
      unavailable('no service port "81" found for service "nvr"'),
    );
    expect(await world.said(`${SERVICES}/frigate:80/proxy/`)).toMatchObject({
      status: 404,
      message: 'services "frigate" not found',
    });
    world.setNeverReady(true);
    world.exitContainer();
    world.pass(5);
    expect(await world.said(`${SERVICES}/nvr:80/proxy/api/stats`)).toMatchObject(
      unavailable('no endpoints available for service "nvr:80"'),
    );
    expect((await world.ask(`${PODS}/${world.pod()}:5000/proxy/api/stats`)).status).toBe(200);
  });

  it('says that nobody takes the connection: on another port, and where the answer is cut off', async () => {
    const [world, { url }] = [await start(), await inside()];
    world.openPort(5000, url);
    const ip = world.pods()[0]?.status.podIP;
    for (const place of ['8971/proxy/', '5000/proxy/cut']) {
      const port = place.split('/')[0];
      expect(await world.said(`${PODS}/${world.pod()}:${place}`)).toMatchObject({
        status: 503,
        reason: 'ServiceUnavailable',
        message: `error trying to reach service: dial tcp ${ip}:${port}: connect: connection refused`,
      });
    }
    expect((await world.said(`${PODS}/gone:5000/proxy/`)).message).toBe('pods "gone" not found');
    world.setNodeCut(true);
    expect((await world.said(`${PODS}/${world.pod()}:5000/proxy/`)).message).toBe(
      `error trying to reach service: dial tcp ${ip}:5000: i/o timeout`,
    );
  });

  it('waits for as long as what is behind it, and lets go when the asker does', async () => {
    const [world, behind] = [await start(), await inside()];
    world.openPort(5000, behind.url);
    const stop = new AbortController();
    const headers = { Authorization: `Bearer ${world.token}` };
    const asked = fetch(`${world.url}${PODS}/${world.pod()}:5000/proxy/hang`, { headers, signal: stop.signal });
    await eventually(() => behind.waiting() === 1);
    stop.abort();
    await expect(asked).rejects.toThrow();
    await eventually(() => behind.waiting() === 0);
  });

  it('lets nobody through without the token', async () => {
    const [world, { url, heard }] = [await start(), await inside()];
    world.openPort(5000, url);
    const response = await fetch(`${world.url}${PODS}/${world.pod()}:5000/proxy/api/stats`);
    expect([response.status, heard]).toEqual([401, []]);
  });
});

describe('a right that lacks', () => {
  it.each<[path: RegExp, asked: string, message: RegExp]>([
    [
      /\/log$/,
      `${PODS}/x/log`,
      /^pods "x" is forbidden: User "\S+" cannot get resource "pods\/log" in API group "" in the namespace "frigate"$/,
    ],
    [
      /\/proxy\//,
      `${SERVICES}/frigate:5000/proxy/api/stats`,
      /^services "frigate:5000" is forbidden: .* "services\/proxy"/,
    ],
    [
      /deployments/,
      '/apis/apps/v1/namespaces/frigate/deployments/frigate',
      /^deployments\.apps "frigate" is forbidden: .* resource "deployments" in API group "apps"/,
    ],
    [/pods$/, PODS, /^pods is forbidden: User "\S+" cannot list resource "pods"/],
    [/nodes/, '/api/v1/nodes/node-a', /cannot get resource "nodes" in API group "" at the cluster scope$/],
  ])('is told in the words of RBAC: %s', async (path, asked, message) => {
    const world = await start();
    const allow = world.faults.forbid({ path });
    expect(await world.said(asked)).toMatchObject({
      status: 403,
      reason: 'Forbidden',
      message: expect.stringMatching(message),
    });
    allow();
    expect((await world.ask(asked)).status).not.toBe(403);
  });
});
