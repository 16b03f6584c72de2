import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/doors/ports.ts';
import type { Hazard } from '../../../src/rules/types.ts';
import { groundCircumstances } from '../../../src/targets/ground/index.ts';
import {
  answers,
  daemonSet,
  deployment,
  dying,
  type Json,
  list,
  lookedAt,
  NOW,
  no,
  node,
  ok,
  owner,
  pod,
  SETTINGS,
  statefulSet,
  UNREACHABLE,
} from './objects.ts';

const KINDS: Readonly<Record<string, 'deployment' | 'statefulset' | 'daemonset'>> = {
  Deployment: 'deployment',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
};

interface Parts {
  pods?: Json[];
  node?: Json | Reply<unknown>;
  nodes?: Json[];
  autoscalers?: Json[];
}

const isReply = (value: object): value is Reply<unknown> => 'ok' in value;

function found(object: Json, parts: Parts = {}): readonly Hazard[] {
  const kind = KINDS[String(object.kind)] ?? 'deployment';
  const settings = { ...SETTINGS, workload: { ...SETTINGS.workload, kind } };
  const look = answers({
    workload: ok(object),
    pods: ok(list(...(parts.pods ?? [pod()]))),
    node: parts.node && isReply(parts.node) ? parts.node : ok(parts.node ?? node()),
    ...(parts.nodes ? { nodes: ok(list(...parts.nodes)) } : {}),
    ...(parts.autoscalers ? { autoscalers: ok(list(...parts.autoscalers)) } : {}),
  });
  return groundCircumstances(lookedAt(settings, look).facts, NOW).hazards;
}

function hazards(object: Json, parts: Parts = {}, remedy = 'rollout'): readonly string[] {
  return speaking(found(object, parts), remedy);
}

function speaking(all: readonly Hazard[], remedy: string): readonly string[] {
  return all.filter(({ against }) => against?.includes(remedy) ?? true).map(({ sentence }) => sentence);
}

const OF_SET = { metadata: { ownerReferences: [owner('StatefulSet', 'uid-statefulset')] } };
const ofSet = (part: Json = {}): Json => pod({ ...OF_SET, ...part });
const NOT_READY = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };
const mounted = (mounts: Record<string, string>, volumes: Json): Json =>
  deployment({
    spec: {
      template: {
        spec: {
          volumes: Object.entries(volumes).map(([name, source]) => ({ name, ...(source as Json) })),
          containers: [
            { name: 'exporter', volumeMounts: [{ name: 'tmp', mountPath: '/config' }] },
            {
              name: 'nvr',
              image: 'ghcr.io/blakeblackshear/frigate:0.17.0',
              volumeMounts: Object.entries(mounts).map(([mountPath, name]) => ({ name, mountPath })),
            },
          ],
        },
      },
    },
  });
const CLAIM = { persistentVolumeClaim: { claimName: 'c' } };
const MEMORY = { emptyDir: { medium: 'Memory' } };
const ROLLING = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } };

const rolling = (spec: Json): Json =>
  deployment({ spec: { ...ROLLING, template: { spec: { volumes: [], ...spec } } } });
const template = (spec: Json): Json => deployment({ spec: { template: { spec } } });
const limits = (amounts: Json) => ({ containers: [{ name: 'frigate', resources: { limits: amounts } }] });
const port = (one: Json) => ({ containers: [{ name: 'frigate', ports: [one] }] });
const DEVICE = limits({ 'vendor.io/tpu': 1, cpu: '2' });
const CORAL = { nodeSelector: { coral: 'yes' } };
const labelled = node({ metadata: { labels: { coral: 'yes' } } });
const AUTOSCALER = {
  metadata: { name: 'nvr' },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'frigate' }, maxReplicas: 3 },
};
const conditions = (ready: Json, contained: string) => ({
  status: {
    conditions: [
      { type: 'Ready', status: 'False', ...ready },
      { type: 'ContainersReady', status: contained },
    ],
  },
});
/** As the cluster marks the pods of a node that it has lost, and as a kubelet speaks. */
const FORSAKEN = conditions({}, 'True');
const OWN_WORD = conditions({ reason: 'ReadinessGatesNotReady' }, 'True');

describe('hazards', () => {
  it.each<[string, Json, Parts, RegExp | null]>([
    ['a well deployment', deployment(), {}, null],
    [
      'scaled to zero',
      deployment({ spec: { replicas: 0 } }),
      { pods: [] },
      /scaled to 0: a restart would start nothing/,
    ],
    ['paused', deployment({ spec: { paused: true } }), {}, /paused/],
    ['two pods with one claim', deployment({ spec: ROLLING }), {}, /second pod that uses the claim frigate-media/],
    [
      'two pods with one stick',
      deployment({
        spec: { ...ROLLING, template: { spec: { volumes: [{ name: 'u', hostPath: { path: '/dev/bus/usb' } }] } } },
      }),
      {},
      /the host's \/dev\/bus\/usb/,
    ],
    [
      'two pods that share nothing',
      deployment({ spec: { ...ROLLING, template: { spec: { volumes: [] } } } }),
      {},
      null,
    ],
    [
      'a rolling update that deletes first',
      deployment({ spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } } } }),
      {},
      null,
    ],
    ['two pods with one device', rolling(DEVICE), {}, /second pod that uses the device vendor.io\/tpu too/],
    [
      'two pods with one device that only a start needs',
      rolling({ initContainers: DEVICE.containers }),
      {},
      /vendor.io/,
    ],
    ['memory and pages are no devices', rolling(limits({ memory: '1Gi', 'hugepages-2Mi': '4Mi' })), {}, null],
    ['what is Kubernetes’ own is no device', rolling(limits({ 'attach.kubernetes.io/x': '1' })), {}, null],
    ['two pods with one device claim', rolling({ resourceClaims: [{ name: 'coral' }] }), {}, /the device claim coral/],
    [
      'two pods at one port of the host',
      rolling(port({ containerPort: 5000, hostPort: 5000 })),
      {},
      /the host's port 5000/,
    ],
    ['two pods at ports of their own', rolling(port({ containerPort: 5000 })), {}, null],
    ['two pods in the host’s network', rolling({ hostNetwork: true }), {}, /uses the host's network too/],
    [
      'all that two pods would share',
      rolling({ ...DEVICE, hostNetwork: true, volumes: [{ name: 'm', ...CLAIM }] }),
      {},
      /uses the device vendor.io\/tpu and the host's network and the claim c too: set the strategy to Recreate/,
    ],
    ['a device without a second pod', template(DEVICE), {}, null],
    ['an ephemeral volume is each pod’s own', rolling({ volumes: [{ name: 'e', ephemeral: {} }] }), {}, null],
    [
      'a daemonset that surges',
      daemonSet({ spec: { updateStrategy: { rollingUpdate: { maxSurge: 1 } }, template: { spec: DEVICE } } }),
      { pods: [pod({ metadata: { ownerReferences: [owner('DaemonSet', 'uid-daemonset')] } })] },
      /set maxSurge to 0/,
    ],
    [
      'a daemonset that surges on several nodes',
      daemonSet({
        spec: { updateStrategy: { rollingUpdate: { maxSurge: 1 } }, template: { spec: DEVICE } },
        status: { desiredNumberScheduled: 2 },
      }),
      { pods: [pod({ metadata: { ownerReferences: [owner('DaemonSet', 'uid-daemonset')] } })] },
      /set maxSurge to 0/,
    ],
    ['an autoscaler', deployment(), { autoscalers: [AUTOSCALER] }, /autoscaler nvr may run up to 3 pods/],
    [
      'a node that is not ready',
      deployment(),
      { node: node({}, UNREACHABLE) },
      /worker-1 is not ready: a restart could leave/,
    ],
    [
      'a node that cannot be seen just now',
      deployment(),
      { node: no(500) },
      /Whether the node is ready cannot be seen/,
    ],
    ['a node that nobody may see', deployment(), { node: no(403) }, null],
    ['a pod whose node is seen to be ready again', deployment(), { pods: [pod(FORSAKEN)] }, null],
    ['a lost node that nobody may see', deployment(), { node: no(403), pods: [pod(FORSAKEN)] }, /its node seems lost/],
    ['a pod that is not ready by its own word', deployment(), { node: no(403), pods: [pod(OWN_WORD)] }, null],
    ['a node with the label', template(CORAL), { node: labelled, nodes: [labelled] }, null],
    ['no node with the label', template(CORAL), { nodes: [node()] }, /no node: none has the label coral=yes/],
    [
      'the only node that fits, cordoned: said once',
      template(CORAL),
      { node: { ...labelled, spec: { unschedulable: true } }, nodes: [{ ...labelled, spec: { unschedulable: true } }] },
      /^The node worker-1 is cordoned/,
    ],
    [
      'no node for a workload without pods',
      deployment({ spec: { replicas: 0, template: { spec: CORAL } } }),
      { pods: [], nodes: [node()] },
      /scaled to 0/,
    ],
    [
      'no node with the label for a daemonset',
      daemonSet({ spec: { template: { spec: CORAL } } }),
      { pods: [pod({ metadata: { ownerReferences: [owner('DaemonSet', 'uid-daemonset')] } })], nodes: [node()] },
      null,
    ],
    ['several replicas', deployment({ spec: { ...ROLLING, replicas: 2 } }), {}, null],
    [
      'recordings on an emptyDir',
      mounted({ '/media/frigate': 'm' }, { m: { emptyDir: {} } }),
      {},
      /\/media\/frigate is on/,
    ],
    [
      'recordings in memory',
      mounted({ '/media/frigate/': 'm' }, { m: MEMORY }),
      {},
      /\/media\/frigate is on an emptyDir/,
    ],
    ['recordings that are thrown away', mounted({ '/media/frigate': 'm' }, { m: { ephemeral: {} } }), {}, /destroy/],
    [
      'both on one',
      mounted({ '/media': 'm', '/config': 'm' }, { m: MEMORY }),
      {},
      /\/media\/frigate and \/config are on/,
    ],
    [
      'a part of it',
      mounted({ '/config': 'c', '/config/db': 'm' }, { c: CLAIM, m: MEMORY }),
      {},
      /: \/config\/db is on/,
    ],
    ['a claim over an emptyDir', mounted({ '/media': 'm', '/media/frigate': 'c' }, { c: CLAIM, m: MEMORY }), {}, null],
    ['other emptyDirs', mounted({ '/tmp/cache': 'm', '/configs': 'm', '/dev/shm': 'm' }, { m: MEMORY }), {}, null],
    ['an emptyDir of its neighbour', mounted({ '/config': 'c' }, { c: CLAIM, tmp: MEMORY }), {}, null],
    ['an old pod that stops', deployment(), { pods: [pod(), dying(NOW - 90)] }, null],
    ['an old pod that does not stop', deployment(), { pods: [pod(), dying(NOW - 91)] }, /does not stop/],
    ['a cordoned node', deployment(), { node: node({ spec: { unschedulable: true } }) }, /cordoned/],
    ['a daemonset on a cordoned node', daemonSet(), { node: node({ spec: { unschedulable: true } }) }, null],
    ['a statefulset that is ready', statefulSet(), { pods: [ofSet()] }, null],
    [
      'an ordered statefulset whose old pod stops',
      statefulSet(),
      { pods: [ofSet(), dying(NOW, { ...NOT_READY, ...OF_SET })] },
      null,
    ],
    ['an ordered statefulset that is not ready', statefulSet(), { pods: [ofSet(NOT_READY)] }, /does not replace a pod/],
    [
      'a parallel statefulset that is not ready',
      statefulSet({ spec: { podManagementPolicy: 'Parallel' } }),
      { pods: [ofSet(NOT_READY)] },
      null,
    ],
    ['a deployment that is not ready', deployment(), { pods: [pod(NOT_READY)] }, null],
    [
      'OnDelete',
      statefulSet({ spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: undefined } } }),
      { pods: [ofSet()] },
      /OnDelete/,
    ],
    [
      'a partition above the only pod',
      statefulSet({ spec: { updateStrategy: { rollingUpdate: { partition: 1 } } } }),
      { pods: [ofSet()] },
      /partition 1/,
    ],
    [
      'a partition below the highest pod',
      statefulSet({ spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } } }),
      { pods: [ofSet()] },
      null,
    ],
  ])('%s', (_, object, parts, sentence) => {
    const said = hazards(object, parts);
    if (sentence === null) expect(said).toEqual([]);
    else expect(said).toEqual([expect.stringMatching(sentence)]);
  });

  const SHARED = /start while the deleted one is still stopping, and both would use the claim frigate-media/;
  const STICK = { spec: { template: { spec: { volumes: [{ name: 'u', hostPath: { path: '/dev/bus/usb' } }] } } } };
  const OWN = deployment({ spec: { template: { spec: { volumes: [] } } } });

  it.each<[string, string, Json, Parts, RegExp | null]>([
    ['a deletion', 'a deployment', deployment(), {}, SHARED],
    ['a deletion', 'a paused deployment', deployment({ spec: { paused: true } }), {}, SHARED],
    ['a deletion', 'a deployment with a device', template({ volumes: [], ...DEVICE }), {}, /both would use .*vendor/],
    ['a deletion', 'a deployment that shares nothing', OWN, {}, null],
    ['a deletion', 'several pods of a deployment', deployment({ spec: { replicas: 2 } }), {}, null],
    ['a deletion', 'a statefulset that is not ready', statefulSet(), { pods: [ofSet(NOT_READY)] }, null],
    [
      'a deletion',
      'OnDelete',
      statefulSet({ spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: undefined } } }),
      { pods: [ofSet()] },
      null,
    ],
    [
      'a deletion',
      'a partition above the only pod',
      statefulSet({ spec: { updateStrategy: { rollingUpdate: { partition: 1 } } } }),
      { pods: [ofSet()] },
      null,
    ],
    ['a deletion', 'a daemonset with a stick', daemonSet(STICK), {}, null],
    ['a deletion', 'a statefulset with a stick', statefulSet(STICK), { pods: [ofSet()] }, null],
    ['a deletion', 'a deployment with a stick', deployment(STICK), {}, /the host's \/dev\/bus\/usb/],
    ['a deletion', 'recordings on an emptyDir', mounted({ '/media/frigate': 'm' }, { m: MEMORY }), {}, /destroy/],
    [
      'a deletion',
      'a cordoned node',
      statefulSet(),
      { pods: [ofSet()], node: node({ spec: { unschedulable: true } }) },
      /cordoned/,
    ],
    [
      'a deletion',
      'scaled to zero',
      deployment({ spec: { replicas: 0, template: OWN.spec } }),
      { pods: [] },
      /scaled to 0/,
    ],
    ['a restart in place', 'a deployment', deployment({ spec: ROLLING }), {}, null],
    ['a restart in place', 'a paused deployment', deployment({ spec: { paused: true } }), {}, null],
    ['a restart in place', 'recordings on an emptyDir', mounted({ '/media/frigate': 'm' }, { m: MEMORY }), {}, null],
    ['a restart in place', 'a cordoned node', deployment(), { node: node({ spec: { unschedulable: true } }) }, null],
    [
      'a restart in place',
      'an old pod that does not stop',
      deployment(),
      { pods: [pod(), dying(NOW - 91)] },
      /not stop/,
    ],
  ])('of %s: %s', (remedy, _, object, parts, sentence) => {
    const said = hazards(object, parts, remedy === 'a deletion' ? 'delete_pod' : 'in_place');
    if (sentence === null) expect(said).toEqual([]);
    else expect(said).toEqual(expect.arrayContaining([expect.stringMatching(sentence)]));
  });

  it.each<[string, Json, Parts, readonly string[] | null]>([
    ['a label that no node has', template(CORAL), { nodes: [node()] }, ['rollout', 'delete_pod']],
    ['an autoscaler', deployment(), { autoscalers: [AUTOSCALER] }, ['rollout', 'delete_pod']],
    ['a node that is not ready', deployment(), { node: node({}, UNREACHABLE) }, null],
    ['a lost node that nobody may see', deployment(), { node: no(403), pods: [pod(FORSAKEN)] }, null],
  ])('%s speaks against what it harms', (_, object, parts, against) => {
    expect(found(object, parts)).toContainEqual({ sentence: expect.any(String), against });
  });

  it('are none of a workload that cannot be seen: being blind is another guard’s matter', () => {
    const { facts } = lookedAt(SETTINGS, answers({ workload: no(500) }));
    expect(groundCircumstances(facts, NOW).hazards).toEqual([]);
  });

  it('are judged by our clock when the cluster’s is two hours ahead', () => {
    const look = (goneAgo: number) => answers({ pods: ok(list(pod(), dying(NOW + 7200 - goneAgo))) }, { skew: -7200 });
    const said = (goneAgo: number) =>
      speaking(groundCircumstances(lookedAt(SETTINGS, look(goneAgo)).facts, NOW).hazards, 'rollout');
    expect(said(89)).toEqual([]);
    expect(said(92)).toHaveLength(1);
  });
});
