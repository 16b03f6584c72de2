import { describe, expect, it } from 'vitest';
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
} from './objects.ts';

const KINDS: Readonly<Record<string, 'deployment' | 'statefulset' | 'daemonset'>> = {
  Deployment: 'deployment',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
};

type Parts = { pods?: Json[]; node?: Json };

function hazards(object: Json, parts: Parts = {}, remedy = 'rollout'): readonly string[] {
  const kind = KINDS[String(object.kind)] ?? 'deployment';
  const settings = { ...SETTINGS, workload: { ...SETTINGS.workload, kind } };
  const look = answers({
    workload: ok(object),
    pods: ok(list(...(parts.pods ?? [pod()]))),
    node: ok(parts.node ?? node()),
  });
  const { facts } = lookedAt(settings, look);
  return speaking(groundCircumstances(facts, NOW).hazards, remedy);
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

describe('hazards', () => {
  it.each<[string, Json, { pods?: Json[]; node?: Json }, RegExp | null]>([
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
