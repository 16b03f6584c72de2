/** Restarts that cure, and restarts that do not. */
import assert from 'node:assert/strict';
import type { Deployed } from '../manifests.ts';
import { keepApplying, rolloutRestart } from '../people.ts';
import type { Scenario } from '../scenario.ts';
import { changes, comes, hears, leftAlone, looks, restarted, shows } from './steps.ts';

/** TABLE: the ways in which a Frigate is deployed that a rollout restarts. */
const SHAPES: readonly { name: string; what: string; deployed: Deployed }[] = [
  { name: 'cured', what: 'a Deployment with Recreate', deployed: {} },
  { name: 'cured-rolling', what: 'a Deployment with RollingUpdate', deployed: { strategy: 'RollingUpdate' } },
  { name: 'cured-set', what: 'a StatefulSet', deployed: { kind: 'StatefulSet' } },
  { name: 'cured-daemon', what: 'a DaemonSet', deployed: { kind: 'DaemonSet' } },
];

const CHAIN = ['opened', 'restart_ordered', 'cured', 'ineffective', 'failed', 'breaker_opened'];

export const CURES: readonly Scenario[] = [
  {
    name: 'ineffective',
    says: 'two restarts that do not cure: two PATCHes, then the breaker, and no third',
    run: async (cluster, name) => {
      // The first start counts too, and the budget is not what this is about.
      const rules = { restarts_per_hour: 10, restarts_per_day: 20, settle_seconds: 120 };
      const story = await cluster.story(name, { rules });
      await story.frigate.sufferForEver({ detector: 'orphaned_queue' });
      await hears(story, 'breaker_opened', { withinSeconds: 660 });
      await looks(story, 3);
      restarted(story, 2);
      assert.deepEqual(
        story.warden.chain().filter((type) => CHAIN.includes(type)),
        ['opened', 'restart_ordered', 'ineffective', 'restart_ordered', 'ineffective', 'breaker_opened'],
        story.warden.story(),
      );
    },
  },
  ...SHAPES.map(
    ({ name, what, deployed }): Scenario => ({
      name,
      says: `a dead detector queue in ${what}: one PATCH, a new pod, cured, and the events say so in order`,
      run: async (cluster) => {
        const story = await cluster.story(name, { deployed });
        const first = await story.frigate.serving();
        await shows(story, 'healthy');
        await story.frigate.suffer({ detector: 'orphaned_queue' });
        await hears(story, 'cured');
        await story.frigate.serving(first);
        restarted(story, 1);
        const chain = story.warden.chain().filter((type) => CHAIN.includes(type));
        assert.deepEqual(chain, ['opened', 'restart_ordered', 'cured'], story.warden.story());
      },
    }),
  ),
  {
    name: 'gitops',
    says: 'a GitOps controller that applies its manifest every 10 s: one restart, not reverted, not repeated',
    run: async (cluster, name) => {
      const story = await cluster.story(name);
      const { frigate, warden } = story;
      const owner = keepApplying(cluster.admin, frigate.path, frigate.manifest, 10);
      try {
        const first = await frigate.serving();
        await shows(story, 'healthy');
        await frigate.suffer({ detector: 'orphaned_queue' });
        await hears(story, 'cured');
        const second = await frigate.serving(first);
        const before = owner.applied();
        await comes(story, 'three more applies', () => owner.applied() >= before + 3, 60);
        const { metadata, spec } = await frigate.workload();
        const annotation = spec.template.metadata?.annotations?.['kubectl.kubernetes.io/restartedAt'];
        assert.match(String(annotation), /^20/, `the annotation is gone\n${warden.story()}`);
        assert.equal((await frigate.serving()).metadata.uid, second.metadata.uid);
        assert.equal(metadata.generation, 2);
        restarted(story, 1);
      } finally {
        owner.stop();
      }
    },
  },
  {
    name: 'by-hand',
    says: 'a restart by hand cures: the evidence begins anew, and nothing is ordered',
    run: async (cluster, name) => {
      const story = await cluster.story(name);
      const { frigate, warden } = story;
      const first = await frigate.serving();
      await shows(story, 'healthy');
      await frigate.suffer({ detector: 'orphaned_queue' });
      await comes(story, 'a sign of the fault', () => warden.shown().detection_rate === 0, 60);
      await rolloutRestart(cluster.admin, frigate.path);
      await frigate.serving(first);
      await shows(story, 'starting');
      await shows(story, 'healthy');
      leftAlone(story);
    },
  },
  {
    name: 'by-hand-counts',
    says: 'a restart by hand is counted: with a budget of one an hour the Warden orders none',
    run: async (cluster, name) => {
      const story = await cluster.story(name, { rules: { restarts_per_hour: 1 } });
      const { frigate } = story;
      const first = await frigate.serving();
      frigate.keep({ detector: 'orphaned_queue' });
      await rolloutRestart(cluster.admin, frigate.path);
      await frigate.serving(first);
      await hears(story, 'refused', { by: 'budget' });
      await looks(story, 3);
      leftAlone(story);
    },
  },
  {
    name: 'sick-for-ever',
    says: 'a Warden that is killed again and again does not restart more often than the budget allows',
    run: async (cluster, name) => {
      const story = await cluster.story(name, { rules: { restarts_per_hour: 3, breaker_tries: 10 } });
      const { frigate, warden } = story;
      await frigate.sufferForEver({ detector: 'orphaned_queue' });
      // Killed at any moment of a turn: a look takes less than the interval, so each start sees two or three.
      for (let kill = 0; kill < 20; kill += 1) {
        await looks(story, 2 + (kill % 3));
        await warden.kill();
        warden.start();
      }
      await comes(story, 'the budget as a reason', () => warden.shown().held_back_by !== 'none', 120);
      await looks(story, 3);
      // The first start is one of the three.
      const count = changes(story).length;
      assert.ok(count >= 1 && count <= 2, `${changes(story).join('\n')}\n${warden.story()}`);
    },
  },
];
