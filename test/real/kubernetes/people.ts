/** What people and their tools do to a workload, as the API server sees it from them. */
import type { Api } from './api.ts';
import { stamp } from './objects.ts';
import { pause } from './pause.ts';

/** `kubectl rollout restart`, with the field manager that it has. */
export async function rolloutRestart(admin: Api, workload: string, at = stamp()): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
  const body = { spec: { template: { metadata: { annotations } } } };
  await admin.patch('strategic', `${workload}?fieldManager=kubectl-rollout`, body);
}

/** `kubectl scale` */
export async function scale(admin: Api, workload: string, replicas: number): Promise<void> {
  await admin.patch('merge', `${workload}/scale?fieldManager=kubectl`, { spec: { replicas } });
}

/** `kubectl rollout pause` and `resume` */
export async function pauseRollouts(admin: Api, workload: string, paused: boolean): Promise<void> {
  await admin.patch('strategic', `${workload}?fieldManager=kubectl-rollout`, { spec: { paused: paused || null } });
}

export interface FieldOwner {
  applied(): number;
  stop(): void;
}

/** A GitOps controller: it applies the same manifest again and again, and takes back what others changed in it. */
export function keepApplying(admin: Api, workload: string, manifest: object, everySeconds: number): FieldOwner {
  let [count, stopped] = [0, false];
  const apply = async () => {
    while (!stopped) {
      const path = `${workload}?fieldManager=kustomize-controller&force=true`;
      // An API server that is too busy is asked again at the next time.
      const isApplied = await admin.patch('apply', path, manifest).then(
        () => true,
        () => false,
      );
      if (isApplied) count += 1;
      await pause(everySeconds);
    }
  };
  void apply();
  return {
    applied: () => count,
    stop: () => {
      stopped = true;
    },
  };
}
