/** Nodes that are lost, come back or are worked on. Each node here is given to one scenario alone. */
import assert from 'node:assert/strict';
import { eventually } from '../../../eventually.ts';
import type { Cluster } from '../cluster.ts';
import type { RigNode } from '../nodes.ts';
import type { Node } from '../objects.ts';
import { NODE_GRACE_SECONDS } from '../plane.ts';
import type { Scenario } from '../scenario.ts';
import { changes, comes, hears, leftAlone, looks, names, restarted, shows } from './steps.ts';

/** Which of the cluster's nodes is whose. The first one is everybody's. */
const OWN = { lost: 1, upgraded: 2, partitioned: 3, refuge: 4 } as const;

function own(cluster: Cluster, which: keyof typeof OWN): RigNode {
  const node = cluster.nodes[OWN[which]];
  if (!node) throw new Error(`There is no node for ${which}.`);
  return node;
}

async function becomes(node: RigNode, ready: boolean): Promise<void> {
  const withinSeconds = NODE_GRACE_SECONDS + 30;
  await eventually(async () => (await node.isReady()) === ready, {
    withinSeconds,
    what: `${node.name} ready: ${ready}`,
  });
}

/** When its Ready condition last changed. */
async function changedAt({ admin }: Cluster, { name }: RigNode): Promise<number> {
  const { status } = await admin.get<Node>(`/api/v1/nodes/${name}`);
  return Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '') / 1000;
}

export const GROUNDS: readonly Scenario[] = [
  {
    name: 'node-lost',
    says: 'a node that is NotReady: no order; ready again for less than 90 s: none; then one that cures',
    run: async (cluster, name) => {
      const node = own(cluster, 'lost');
      const story = await cluster.story(name, { deployed: { node: node.name }, rules: { node_ready_seconds: 90 } });
      const { frigate } = story;
      await shows(story, 'healthy');
      node.silent();
      await frigate.suffer({ detector: 'orphaned_queue' });
      await becomes(node, false);
      await names(story, 'node_ready');
      await looks(story, 6);
      leftAlone(story);
      node.heal();
      await becomes(node, true);
      const readyAt = await changedAt(cluster, node);
      await hears(story, 'cured', { withinSeconds: 360 });
      restarted(story, 1);
      const [patch] = cluster.audit.restarts({ namespace: name, user: story.account.user });
      assert.ok((patch?.at ?? 0) >= readyAt + 90, `restarted ${(patch?.at ?? 0) - readyAt} s after the node came back`);
    },
  },
  {
    name: 'upgraded',
    // In life the rest after an upgrade is 15 minutes and the kubelet dies after eight; here it is 4 and after two.
    says: 'a node that was upgraded and whose kubelet dies two minutes later: never an order',
    run: async (cluster, name) => {
      const node = own(cluster, 'upgraded');
      const story = await cluster.story(name, { deployed: { node: node.name }, rules: { node_changed_seconds: 240 } });
      const { frigate } = story;
      await shows(story, 'healthy');
      node.upgrade('v1.37.0');
      await looks(story, 2);
      await frigate.suffer({ detector: 'orphaned_queue' });
      const { message } = await hears(story, 'refused', { by: 'lower_layer' });
      assert.match(message, /upgraded or rebooted/);
      await looks(story, 6);
      node.silent();
      await becomes(node, false);
      // Past the rest: now the node itself is what holds back.
      await looks(story, 30);
      assert.match(JSON.stringify(story.warden.shown().attributes), /is bad|not ready|not been ready/i);
      leftAlone(story);
    },
  },
  {
    name: 'partition',
    says: 'a node that is cut off: no order, Kubernetes moves the pod, and other Frigates are looked at in time',
    run: async (cluster, name) => {
      const [node, refuge] = [own(cluster, 'partitioned'), own(cluster, 'refuge')];
      await node.label({ 'rig/home': 'yes' });
      const neighbour = await cluster.frigate(`${name}-neighbour`);
      const frigate = await cluster.frigate(name, { nodeSelector: { 'rig/home': 'yes' }, evictedAfterSeconds: 30 });
      const first = await frigate.serving();
      const other = { name: 'neighbour', url: neighbour.address.url, namespace: neighbour.namespace };
      const story = await cluster.watch(frigate, { also: [other] });
      const { account, warden } = story;
      await shows(story, 'healthy');
      await refuge.label({ 'rig/home': 'yes' });
      const [lostAt, before] = [Date.now() / 1000, warden.broker.messages.length];
      node.partition();
      await becomes(node, false);
      // Moved before a minute has confirmed that the node is gone, so it may be no incident at all.
      const second = await frigate.serving(first, 90);
      assert.notEqual(second.metadata.uid, first.metadata.uid);
      await shows(story, 'healthy', 300);
      assert.deepEqual(changes(story), [], warden.story());
      const until = Date.now() / 1000;
      const asked = cluster.audit
        .deeds({ namespace: neighbour.namespace, user: account.user, since: lostAt })
        .filter(({ resource, name: of }) => resource === 'deployments' && of === 'frigate')
        .map(({ at }) => at);
      const gaps = [...asked, until].map((at, i) => at - (asked[i - 1] ?? lostAt));
      assert.ok(Math.max(...gaps) < 15, `the neighbour was not looked at for ${Math.max(...gaps)} s`);
      const turns = warden.broker.messages
        .slice(before)
        .filter(({ topic }) => topic === 'frigate_warden/state')
        .map(({ payload }) => Number((JSON.parse(payload) as { turn_time: number }).turn_time));
      assert.ok(Math.max(...turns) < 20, `a turn took ${Math.max(...turns)} s`);
      node.heal();
      await becomes(node, true);
      await comes(story, 'the old pod is gone', async () => (await frigate.pods()).length === 1, 60);
    },
  },
];
