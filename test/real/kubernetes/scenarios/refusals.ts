/** Restarts that would do harm or nothing: the Warden says which, and changes nothing. */
import assert from 'node:assert/strict';
import type { Story } from '../cluster.ts';
import type { Deployed } from '../manifests.ts';
import { pauseRollouts, rolloutRestart, scale } from '../people.ts';
import type { Scenario } from '../scenario.ts';
import { comes, hears, leftAlone, looks, names, shows } from './steps.ts';

interface Refusal {
  name: string;
  what: string;
  deployed?: Deployed;
  /** What else is done once it is well. */
  also?(story: Story): Promise<void>;
  guard: string;
  /** In the sentence that people see. */
  says: RegExp;
}

const CORAL = { name: 'coral', mountPath: '/dev/bus/usb', source: { hostPath: { path: '/dev/bus/usb' } } };
const MEDIA = { name: 'media', mountPath: '/media/frigate', source: { emptyDir: {} } };

/** TABLE: a Frigate whose detector queue is dead, which a restart would cure, and why none is made. */
const REFUSALS: readonly Refusal[] = [
  {
    name: 'side-by-side',
    what: 'RollingUpdate with an exclusive device',
    deployed: { strategy: 'RollingUpdate', volumes: [CORAL] },
    guard: 'unsafe_rollout',
    says: /second pod/,
  },
  {
    name: 'passing',
    what: 'recordings on an emptyDir',
    deployed: { volumes: [MEDIA] },
    guard: 'unsafe_rollout',
    says: /emptyDir/,
  },
  {
    name: 'paused',
    what: 'a paused Deployment',
    also: ({ cluster, frigate }) => pauseRollouts(cluster.admin, frigate.path, true),
    guard: 'unsafe_rollout',
    says: /paused/,
  },
  {
    name: 'on-delete',
    what: 'a StatefulSet that replaces pods only when they are deleted',
    deployed: { kind: 'StatefulSet', strategy: 'OnDelete' },
    guard: 'unsafe_rollout',
    says: /OnDelete/,
  },
];

/** TABLE: what is wrong with the pod itself is named, and Kubernetes' own work is left to it. */
interface Trouble {
  name: string;
  what: string;
  deployed?: Deployed;
  /** What is done once it serves; without it, it never does. */
  strike?(story: Story): Promise<void>;
  check: string;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'crash-loop',
    what: 'a crash loop',
    strike: async ({ frigate }) => {
      frigate.keep({ crashAfterSeconds: 2 });
      await frigate.suffer({ crashAfterSeconds: 0 });
    },
    check: 'crash_loop',
  },
  {
    name: 'out-of-memory',
    what: 'a container that was killed for lack of memory twice',
    strike: async (story) => {
      const { cluster, frigate } = story;
      for (const restarts of [1, 2]) {
        const { metadata } = await frigate.serving();
        cluster.nodes[0]?.outOfMemory(metadata.uid);
        const count = async () => (await frigate.pod()).status?.containerStatuses?.[0]?.restartCount === restarts;
        await comes(story, `restart ${restarts} of the container`, count, 60);
        // Each of its ends must have been seen.
        await looks(story, 3);
      }
    },
    check: 'oom',
  },
  {
    name: 'no-image',
    what: 'an image that cannot be pulled',
    deployed: { image: 'ghcr.io/blakeblackshear/frigate:stabel' },
    check: 'image',
  },
  {
    name: 'no-node',
    what: 'a pod that no node takes',
    deployed: { nodeSelector: { 'feature.node.kubernetes.io/usb-fe_1a6e_089a.present': 'true' } },
    check: 'unschedulable',
  },
  {
    name: 'stuck',
    what: 'an old pod that does not stop',
    strike: async ({ cluster, frigate }) => {
      const { metadata } = await frigate.serving();
      cluster.nodes[0]?.unkillable(metadata.uid, true);
      // Its process waits for a device for ever, and the new pod waits for it.
      await rolloutRestart(cluster.admin, frigate.path);
    },
    check: 'terminating_stuck',
  },
];

export const REFUSED: readonly Scenario[] = [
  ...REFUSALS.map(
    ({ name, what, deployed = {}, also, guard, says }): Scenario => ({
      name,
      says: `${what}: the restart that would cure is held back, and the reason is told`,
      run: async (cluster) => {
        const story = await cluster.story(name, { deployed });
        await shows(story, 'healthy');
        await also?.(story);
        await story.frigate.suffer({ detector: 'orphaned_queue' });
        const { message } = await hears(story, 'refused', { by: guard });
        assert.match(message, says);
        await looks(story, 3);
        leftAlone(story);
      },
    }),
  ),
  {
    name: 'ordered',
    says: 'a StatefulSet in OrderedReady order whose pod is not ready: a rollout would do nothing, and none is made',
    run: async (cluster, name) => {
      const frigate = await cluster.frigate(name, { kind: 'StatefulSet' });
      const pod = await frigate.serving();
      // Nobody is led to a pod that is not ready, so it is asked at its own address.
      const url = `http://${pod.status?.podIP}:5000`;
      const story = await cluster.watch(frigate, { frigate: { url } });
      await shows(story, 'healthy');
      await frigate.suffer({ detector: 'orphaned_queue', ready: false });
      const { message } = await hears(story, 'refused', { by: 'unsafe_rollout' });
      assert.match(message, /OrderedReady/);
      await looks(story, 3);
      leftAlone(story);
      assert.equal((await frigate.pod()).metadata.uid, pod.metadata.uid);
    },
  },
  ...TROUBLES.map(
    ({ name, what, deployed = {}, strike, check }): Scenario => ({
      name,
      says: `${what}: it is named, and nothing is restarted`,
      run: async (cluster) => {
        const story = await cluster.story(name, { deployed });
        if (strike) await shows(story, 'healthy');
        await strike?.(story);
        await names(story, check);
        await looks(story, 3);
        leftAlone(story);
      },
    }),
  ),
  {
    name: 'zero',
    says: 'scaled to zero by a person: it is told and is no fault, and when it is scaled up again all is well',
    run: async (cluster, name) => {
      const story = await cluster.story(name);
      const { frigate, warden } = story;
      await shows(story, 'healthy');
      await scale(cluster.admin, frigate.path, 0);
      await comes(story, 'the pod is gone', async () => (await frigate.pods()).length === 0, 30);
      await looks(story, 20);
      leftAlone(story);
      const opened = warden.events().filter(({ event_type }) => event_type === 'opened');
      assert.deepEqual(
        opened.filter(({ check }) => check !== 'scaled_to_zero').map(({ check }) => check),
        [],
        warden.story(),
      );
      await scale(cluster.admin, frigate.path, 1);
      await shows(story, 'healthy');
      leftAlone(story);
    },
  },
  {
    name: 'service-path',
    says: "the service's address is lost while the pod is well: it is named service_path and nothing is restarted",
    run: async (cluster, name) => {
      const story = await cluster.story(name);
      await shows(story, 'healthy');
      story.frigate.address.breakIt();
      await names(story, 'service_path');
      await looks(story, 3);
      leftAlone(story);
      story.frigate.address.mend();
      await hears(story, 'resolved');
      leftAlone(story);
    },
  },
];
