/** A simulated Frigate and a simulated cluster to look at, over real HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { newFrigate, type SimulatedFrigate } from '../../demo/frigate/model.ts';
import { startFrigate } from '../../demo/frigate/server.ts';
import { startKubernetes } from '../../demo/kubernetes/index.ts';

const now = () => Date.now() / 1000;
const DAY = 86_400;

export async function aFrigate(): Promise<{ url: string; model: SimulatedFrigate }> {
  const model = newFrigate(['doorbell', 'yard'], now() - DAY);
  const server = await startFrigate(model, now);
  onTestFinished(server.close);
  return { url: server.url, model };
}

/** Options that lead to a Frigate with this address in a simulated cluster. */
export async function inCluster(url: string): Promise<object> {
  const cluster = await startKubernetes({
    now,
    ageSeconds: DAY,
    nodes: [{ name: 'worker-1' }],
    deployments: [{ name: 'frigate', namespace: 'cctv' }],
  });
  onTestFinished(() => cluster.close());
  return {
    frigates: [{ name: 'Frigate', url, namespace: 'cctv' }],
    kubernetes: { server: cluster.url, token: cluster.token },
  };
}

/** A server that answers each path as it is told; 404 to all others. `onAsked` hears of every question. */
export async function aServer(bodies: Readonly<Record<string, unknown>>, onAsked?: () => void): Promise<string> {
  const server = createServer((request, response) => {
    onAsked?.();
    const body = bodies[(request.url ?? '').replace(/\?.*$/, '')];
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port on which nobody listens any more. */
export async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}

/** Stats of a Frigate that is up for a day, its cameras by what they send. */
export function statsOf(cameras: Readonly<Record<string, number>>): unknown {
  const camera = (fps: number) => ({
    camera_fps: fps,
    process_fps: 5,
    skipped_fps: 0,
    detection_fps: 3,
    detection_enabled: true,
    pid: 30,
  });
  return {
    cameras: Object.fromEntries(Object.entries(cameras).map(([id, fps]) => [id, camera(fps)])),
    detectors: { coral: { inference_speed: 12.3, detection_start: 0, pid: 296 } },
    service: { uptime: DAY, version: '0.17.2', last_updated: Math.floor(now()) },
  };
}
