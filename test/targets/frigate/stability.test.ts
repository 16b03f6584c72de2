/** A Frigate whose queue is dead, on ground that moves: when the whole engine would restart it, and when never. */
import { describe, expect, it } from 'vitest';
import { RULE_DEFAULTS } from '../../../src/options.ts';
import { decide } from '../../../src/rules/decide.ts';
import { newState } from '../../../src/rules/state.ts';
import { digest } from '../../../src/targets/frigate/digest.ts';
import { policy } from '../../../src/targets/frigate/index.ts';
import { look } from '../../../src/targets/frigate/looked.ts';
import type { FrigateMemory } from '../../../src/targets/frigate/memory.ts';
import * as G from '../ground/objects.ts';
import { answers, camera, config, settings, stats, WITH_CLUSTER } from './watching.ts';

const START = G.NOW;
const EVERY = 30;
const DEAD = camera(5, 0.2, 4.8, 0);

/** What the cluster says so long after the first look; parts that are left out are well. */
interface Scene {
  node?: G.Json;
  pods?: G.Json[];
  workload?: G.Json;
  nodeName?: string;
  /** Our clock minus the cluster's. */
  skew?: number;
}
type Story = (after: number) => Scene;

const rules = {
  ...policy(settings(WITH_CLUSTER)),
  limits: {
    ...policy(settings(WITH_CLUSTER)).limits,
    groundReadySeconds: RULE_DEFAULTS.node_ready_seconds,
    groundChangedSeconds: RULE_DEFAULTS.node_changed_seconds,
    intervalSeconds: EVERY,
  },
};

/** Seconds until the first order; null: none within the time. `guards`: what held it back, each once. */
function play(story: Story, seconds: number): { orderedAfter: number | null; guards: Set<string> } {
  const fixed = settings(WITH_CLUSTER);
  let memory: FrigateMemory | null = null;
  let state = newState(rules);
  const guards = new Set<string>();
  for (let after = 0; after <= seconds; after += EVERY) {
    const now = START + after;
    const {
      node = G.node(),
      pods = [G.pod()],
      workload = G.deployment(),
      nodeName = 'worker-1',
      skew = 0,
    } = story(after);
    const service = { uptime: 86_400 + after, version: '0.17.2', last_updated: now - 2 };
    const ground = G.answers(
      { node: G.ok(node), pods: G.ok(G.list(...pods)), workload: G.ok(workload) },
      { at: now, nodeName, skew },
    );
    const body = { ...stats({ a: DEAD, b: DEAD }), service };
    const said = answers(now, { stats: body, config: config({ a: true, b: true }), ground });
    const step = digest(fixed, memory, said, now);
    memory = JSON.parse(JSON.stringify(step.memory));
    const { findings, members, circumstances } = look(step.facts, now);
    const decision = decide(rules, state, { now, findings, members, circumstances, receipts: [], wishes: [] });
    if (decision.orders.length > 0) return { orderedAfter: after, guards };
    for (const { guard } of decision.vetoes) guards.add(guard);
    state = JSON.parse(JSON.stringify(decision.state));
  }
  return { orderedAfter: null, guards };
}

const readySince = (after: number, part: G.Json = {}, skew = 0) =>
  G.node(part, { lastTransitionTime: G.stamp(START + after - skew) });
const away = (after: number, part: G.Json = {}) =>
  G.node(part, { ...G.UNREACHABLE, lastTransitionTime: G.stamp(START + after) });
const version = (kubeletVersion: string, bootID = 'boot-1') => ({ status: { nodeInfo: { kubeletVersion, bootID } } });
const CORDONED = { spec: { unschedulable: true } };

describe('a dead queue is cured', () => {
  it('within two and a half minutes on ground that is well', () => {
    expect(play(() => ({}), 600).orderedAfter).toBeLessThanOrEqual(150);
  });

  it.each<[what: string, story: Story, notBefore: number, notAfter: number]>([
    ['when the node has been ready for five minutes', () => ({ node: readySince(-60) }), 240, 300],
    [
      'when a node that came back by our own eyes has been well for five minutes',
      (t) => (t < 90 ? { node: away(-30) } : {}),
      390,
      480,
    ],
    [
      'fifteen minutes after an upgrade under a running pod',
      (t) => ({ node: G.node(version(t < 60 ? 'v1' : 'v2')) }),
      960,
      1000,
    ],
    [
      'fifteen minutes after a reboot, or after another node took the name',
      (t) => ({ node: t < 60 ? G.node() : readySince(45, version('v1.36.4', 'boot-2')) }),
      960,
      1000,
    ],
    [
      'after an upgrade whose kubelet dies eight minutes later, and five minutes after that is over',
      (t) => {
        if (t < 60) return { node: G.node(version('v1')) };
        if (t >= 540 && t < 840) return { node: away(540, version('v2')) };
        return { node: readySince(t < 540 ? -86_400 : 840, version('v2')) };
      },
      1140,
      1230,
    ],
    [
      'when the pod is on another node, that became ready only just now, and has started there',
      (t) => {
        if (t < 60) return {};
        const node = readySince(0, { metadata: { name: 'worker-2', uid: 'uid-2' } });
        return { node, nodeName: 'worker-2', pods: [G.pod({ spec: { nodeName: 'worker-2' } })] };
      },
      300,
      360,
    ],
    [
      'by our clock, when that of the cluster is two hours ahead',
      () => ({ node: readySince(-60, {}, -7200), skew: -7200 }),
      240,
      300,
    ],
    [
      'by our clock, when that of the cluster is two hours behind',
      () => ({ node: readySince(-60, {}, 7200), skew: 7200 }),
      240,
      300,
    ],
    ['when the node was uncordoned', (t) => ({ node: G.node(t < 300 ? CORDONED : {}) }), 300, 330],
    [
      'when the rollout of somebody else is done',
      (t) => ({ workload: t < 300 ? G.deployment({ metadata: { generation: 4 } }) : G.deployment() }),
      300,
      330,
    ],
    ['when the old pod is gone', (t) => ({ pods: t < 300 ? [G.pod(), G.dying(START)] : [G.pod()] }), 300, 330],
  ])('%s', (_, story, notBefore, notAfter) => {
    const { orderedAfter } = play(story, 1800);
    expect(orderedAfter).toBeGreaterThanOrEqual(notBefore);
    expect(orderedAfter).toBeLessThanOrEqual(notAfter);
  });
});

const flapping: Story = (after) => {
  const turned = Math.floor(after / 120) * 120;
  return { node: turned % 240 === 0 ? readySince(turned) : away(turned) };
};

describe('what is seldom asked of the cluster', () => {
  it('is asked more often while something is bad, and not for what only tells', () => {
    const near = (cameras: Record<string, Record<string, unknown>>, more = {}) => {
      const said = answers(START, { stats: stats(cameras, more), ground: G.answers() });
      return digest(settings(WITH_CLUSTER), null, said, START).memory.ground?.isRestartNear;
    };
    expect(near({ a: camera(5, 4.8, 0.2, 2) })).toBe(false);
    expect(near({ a: camera(5, 4.8, 0.2, 2) }, { inference: 500 })).toBe(true);
  });
});

describe('a dead queue is left alone', () => {
  it.each<[what: string, story: Story, guard: string]>([
    ['while the node is not ready', () => ({ node: away(-600) }), 'lower_layer'],
    ['while the kubelet comes and goes every two minutes', flapping, 'lower_layer'],
    ['while it comes and goes between two looks', (after) => ({ node: readySince(after - 20) }), 'lower_layer'],
    ['while the node is cordoned', () => ({ node: G.node(CORDONED) }), 'unsafe_rollout'],
    ['while an old pod is stuck', () => ({ pods: [G.pod(), G.dying(START - 600)] }), 'unsafe_rollout'],
    [
      'while the deployment is paused',
      () => ({ workload: G.deployment({ spec: { paused: true } }) }),
      'unsafe_rollout',
    ],
    [
      'while the rollout of somebody else is under way',
      () => ({ workload: G.deployment({ metadata: { generation: 4 } }) }),
      'in_progress',
    ],
    [
      'after a rollout that failed',
      () => ({ workload: G.deployment({ status: G.progressing('ProgressDeadlineExceeded') }) }),
      'in_progress',
    ],
    ['while a new pod waits for a node', () => ({ pods: [G.unscheduled(), G.pod()] }), 'futile'],
    [
      'while its container loops',
      () => ({ pods: [G.pod(G.containers(G.waiting('CrashLoopBackOff', START - 60)))] }),
      'futile',
    ],
    [
      'while its image cannot be pulled',
      () => ({ pods: [G.pod(G.containers(G.waiting('ImagePullBackOff')))] }),
      'futile',
    ],
    ['when nobody wants a pod of it', () => ({ workload: G.deployment({ spec: { replicas: 0 } }) }), 'unsafe_rollout'],
  ])('%s', (_, story, guard) => {
    const { orderedAfter, guards } = play(story, 3600);
    expect(orderedAfter).toBeNull();
    expect([...guards]).toContain(guard);
  });
});
