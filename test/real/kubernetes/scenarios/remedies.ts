/** Other remedies than the rollout, and more than one Warden. */
import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.ts';
import { changes, hears, looks, restarted, shows } from './steps.ts';

export const REMEDIES: readonly Scenario[] = [
  {
    name: 'pod-deleted',
    says: 'a StatefulSet in OrderedReady order whose pod is not ready: with delete_pod the pod is deleted once, and cured',
    run: async (cluster, name) => {
      const frigate = await cluster.frigate(name, { kind: 'StatefulSet' });
      const first = await frigate.serving();
      // By its service nobody is led to a pod that is not ready.
      const story = await cluster.watch(frigate, { options: { remedies: ['rollout', 'delete_pod'] } });
      await shows(story, 'healthy');
      await frigate.suffer({ api: 'hangs', ready: false });
      await hears(story, 'cured', { withinSeconds: 360 });
      await frigate.serving(first);
      assert.deepEqual(changes(story), [`${story.account.user} delete pods frigate-0: 200`], story.warden.story());
    },
  },
  {
    name: 'in-place',
    says: 'recordings on an emptyDir: in_place restarts Frigate in its pod, which stays, and cures',
    run: async (cluster, name) => {
      const media = { name: 'media', mountPath: '/media/frigate', source: { emptyDir: {} } };
      const deployed = { volumes: [media] };
      const story = await cluster.story(name, { deployed, options: { remedies: ['rollout', 'in_place'] } });
      const { frigate } = story;
      const first = await frigate.serving();
      await shows(story, 'healthy');
      await frigate.suffer({ detector: 'orphaned_queue' });
      await hears(story, 'cured');
      const second = await frigate.serving();
      assert.equal(second.metadata.uid, first.metadata.uid);
      assert.equal(second.status?.containerStatuses?.[0]?.restartCount, 1);
      assert.deepEqual(changes(story), []);
    },
  },
  {
    name: 'two-wardens',
    says: 'two Wardens watch the same Frigate: one restart in all, and when the first is gone the second takes over',
    run: async (cluster, name) => {
      const story = await cluster.story(name, { rules: { restarts_per_hour: 10 } });
      const { frigate, account } = story;
      const first = await frigate.serving();
      await shows(story, 'healthy');
      const second = await cluster.watch(frigate, {
        name: `${name}-second`,
        account,
        rules: { restarts_per_hour: 10 },
      });
      await frigate.suffer({ detector: 'orphaned_queue' });
      await hears(story, 'cured');
      const cured = await frigate.serving(first);
      await looks(story, 6);
      restarted(story, 1);
      await story.warden.kill();
      await shows(second, 'healthy');
      await frigate.suffer({ detector: 'orphaned_queue' });
      await hears(second, 'cured');
      await frigate.serving(cured);
      restarted(second, 2);
    },
  },
];
