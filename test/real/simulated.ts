/** The demo's Frigate in the demo's cluster, on real sockets and in real time, for a Warden that runs as a process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFrigate, type SimulatedFrigate, start, stop } from '../../demo/frigate/model.ts';
import { startFrigate } from '../../demo/frigate/server.ts';
import { type SimulatedKubernetes, startKubernetes } from '../../demo/kubernetes/index.ts';

export interface Simulated {
  frigate: SimulatedFrigate;
  /** Of Frigate. */
  url: string;
  cluster: SimulatedKubernetes;
  /** Path of the file that leads to the cluster. */
  kubeconfig: string;
  close(): Promise<void>;
}

const DAY = 86_400;

export async function simulate(folder: string, cameras: readonly string[]): Promise<Simulated> {
  const now = () => Date.now() / 1000;
  const frigate = newFrigate(cameras, now() - DAY);
  const cluster = await startKubernetes({
    now,
    ageSeconds: DAY,
    stopSeconds: 1,
    readySeconds: 2,
    onPodStarted: (pod) => {
      const startedAt = pod.status.containerStatuses?.[0]?.state.running?.startedAt;
      start(frigate, startedAt === undefined ? now() : Date.parse(startedAt) / 1000);
    },
    onPodStopped: () => stop(frigate),
  });
  const server = await startFrigate(frigate, () => {
    // What is due in the cluster has happened before Frigate is asked.
    cluster.tick();
    return now();
  });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigFor(cluster));
  return {
    frigate,
    url: server.url,
    cluster,
    kubeconfig,
    close: async () => void (await Promise.all([cluster.close(), server.close()])),
  };
}

function kubeconfigFor({ url, token }: SimulatedKubernetes): string {
  return `apiVersion: v1
kind: Config
current-context: house
clusters:
  - name: house
    cluster:
      server: ${url}
users:
  - name: warden
    user:
      token: ${token}
contexts:
  - name: house
    context:
      cluster: house
      user: warden
`;
}
