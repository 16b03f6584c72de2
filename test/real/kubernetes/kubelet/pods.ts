/** The pods of this node: taken up, stopped and told of, again and again, by what the API server lists. */
import { type Api, unless } from '../api.ts';
import { isTrue, type List, type Pod as PodObject } from '../objects.ts';
import { pause } from '../pause.ts';
import { openPod, type Pod } from './pod.ts';
import type { KubeletSettings } from './settings.ts';

export interface Pods {
  find(namespace: string, name: string): Pod | undefined;
  byUid(uid: string): Pod | undefined;
  /** Off: nothing is taken up, stopped or told; what runs goes on. */
  work(on: boolean): void;
}

const EVERY_SECONDS = 0.4;
const FIRST_HOST = 10;
const HOSTS = 240;
const GRACE_SECONDS = 30;

export function keepPods(api: Api, settings: KubeletSettings, say: (line: string) => void): Pods {
  const pods = new Map<string, Pod>();
  const told = new Map<string, string>();
  let works = true;
  let made = 0;
  let silent = false;

  async function tell(pod: Pod, shown: PodObject | undefined): Promise<void> {
    const status = pod.status();
    const text = JSON.stringify(status);
    // The node controller writes that it is not ready while the node is gone; this is put right again.
    const isAsTold = shown === undefined || isTrue(shown.status?.conditions, 'Ready') === pod.isReady();
    if (told.get(pod.uid) === text && isAsTold) return;
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/status`;
    await unless(404, api.patch('strategic', path, { metadata: { uid: pod.uid }, status }));
    told.set(pod.uid, text);
  }

  async function remove(pod: Pod): Promise<void> {
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: pod.uid } };
    while (!works) await pause(EVERY_SECONDS);
    await tell(pod, undefined);
    await unless(404, api.delete(path, body));
  }

  async function stop(pod: Pod, graceSeconds: number): Promise<void> {
    say(`${pod.name} is stopped within ${graceSeconds} s`);
    await pod.stop(graceSeconds);
    for (;;) {
      try {
        await remove(pod);
        break;
      } catch (error) {
        say(String(error));
        await pause(1);
      }
    }
    pods.delete(pod.uid);
    told.delete(pod.uid);
  }

  async function round(): Promise<void> {
    const path = `/api/v1/pods?fieldSelector=spec.nodeName=${settings.node}`;
    const { items } = await api.get<List<PodObject>>(path);
    if (!works) return;
    for (const object of items) {
      const { uid, deletionTimestamp, deletionGracePeriodSeconds = GRACE_SECONDS } = object.metadata;
      let pod = pods.get(uid);
      if (!pod) {
        say(`${object.metadata.name} is taken up`);
        pod = openPod(object, FIRST_HOST + (made++ % HOSTS), settings);
        pods.set(uid, pod);
      }
      if (deletionTimestamp !== undefined && !pod.isStopping()) void stop(pod, deletionGracePeriodSeconds);
    }
    const listed = new Map(items.map((object) => [object.metadata.uid, object]));
    // Deleted by force: its processes go as well.
    for (const pod of pods.values()) if (!listed.has(pod.uid) && !pod.isStopping()) void stop(pod, 0);
    await Promise.all([...pods.values()].map((pod) => (listed.has(pod.uid) ? tell(pod, listed.get(pod.uid)) : null)));
  }

  async function keep(): Promise<never> {
    for (;;) {
      try {
        if (works) await round();
        if (silent) say('the API server answers again');
        silent = false;
      } catch (error) {
        if (!silent) say(String(error));
        silent = true;
      }
      await pause(EVERY_SECONDS);
    }
  }

  void keep();
  return {
    find: (namespace, name) => [...pods.values()].find((one) => one.namespace === namespace && one.name === name),
    byUid: (uid) => pods.get(uid),
    work: (on) => {
      works = on;
    },
  };
}
