/** TABLE: why a restart would do harm, or nothing, as things stand. A row says which remedies it speaks against. */
import type { Circumstance, Hazard } from '../../rules/types.ts';
import type { GroundFacts, NodeFacts, PodFacts, WorkloadFacts } from './types.ts';

interface Scene {
  now: number;
  workload: WorkloadFacts;
  /** Null where nobody could see them. */
  pods: readonly PodFacts[] | null;
  node: Circumstance<NodeFacts>;
  /** Why a new pod would find no node, and who may run a second pod: sentences. */
  placement: Circumstance<string | null>;
  scaling: Circumstance<string | null>;
}

interface HazardRow {
  id: string;
  /** As of a hazard: the remedies that it speaks against; null: all. */
  against: readonly string[] | null;
  /** A sentence, or null while there is no such hazard. */
  says(scene: Scene): string | null;
}

/** Remedies after which another pod takes the place of this one. */
const NEW_POD = ['rollout', 'delete_pod'];

const HAZARDS: readonly HazardRow[] = [
  {
    id: 'scaled_to_zero',
    against: null,
    says: ({ workload }) =>
      workload.scaledToZero ? 'The workload is scaled to 0: a restart would start nothing.' : null,
  },
  {
    id: 'paused',
    against: ['rollout'],
    says: ({ workload }) =>
      workload.paused ? 'The deployment is paused: a restart would wait until somebody resumes it.' : null,
  },
  {
    id: 'on_delete',
    against: ['rollout'],
    says: ({ workload }) =>
      workload.onDelete ? 'The update strategy is OnDelete: a restart would replace no pod.' : null,
  },
  {
    id: 'partition',
    against: ['rollout'],
    says: ({ workload }) =>
      workload.partition >= workload.replicas && workload.partition > 0
        ? `The partition ${workload.partition} keeps every pod as it is: a restart would replace none.`
        : null,
  },
  {
    id: 'ordered_not_ready',
    against: ['rollout'],
    // The controller waits for a pod that is not ready before it replaces one, and that is the pod.
    says: ({ workload, pods }) =>
      workload.orderedReady && pods?.some((pod) => pod.living && !pod.ready)
        ? 'A statefulset in OrderedReady order does not replace a pod that is not ready: a restart would do nothing.'
        : null,
  },
  {
    id: 'side_by_side',
    against: ['rollout'],
    says: ({ workload: { kind, replicas, surge, exclusives, sharedVolumes } }) => {
      const shared = [...exclusives, ...sharedVolumes].slice(0, MOST_NAMED);
      // Two of a deployment share already; a daemonset has one on each node.
      if ((kind !== 'daemonset' && replicas !== 1) || surge < 1 || shared.length === 0) return null;
      const change = kind === 'daemonset' ? 'set maxSurge to 0' : 'set the strategy to Recreate';
      return `A restart would start a second pod that uses ${shared.join(' and ')} too: ${change}.`;
    },
  },
  {
    id: 'beside_dying',
    against: ['delete_pod'],
    // Kubernetes source, pkg/controller/controller_utils.go: a dying pod counts for its replica set no more. A
    // statefulset waits for the name and a daemonset for the node, until the old pod is gone.
    says: ({ workload }) => {
      const [shared] = [...workload.exclusives, ...workload.sharedVolumes];
      if (workload.kind !== 'deployment' || workload.replicas !== 1 || shared === undefined) return null;
      return `A new pod would start while the deleted one is still stopping, and both would use ${shared}.`;
    },
  },
  {
    id: 'autoscaler',
    against: NEW_POD,
    says: ({ scaling }) => (scaling.known ? scaling.value : null),
  },
  {
    id: 'passing_storage',
    against: ['rollout', 'delete_pod'],
    says: ({ workload: { passingPaths } }) =>
      passingPaths.length === 0
        ? null
        : `A restart would destroy recordings or database: ${passingPaths.join(' and ')} ` +
          `${passingPaths.length === 1 ? 'is' : 'are'} on an emptyDir, which is gone with the pod.`,
  },
  {
    id: 'stuck_terminating',
    against: null,
    says: ({ pods, now }) => {
      const stuck = pods?.find((pod) => pod.overdueAt !== null && now > pod.overdueAt);
      return stuck ? `The old pod ${stuck.name} does not stop: a new one would wait for it, or run beside it.` : null;
    },
  },
  {
    id: 'node_not_ready',
    against: null,
    says: ({ node }) => {
      if (!node.known) return node.asked ? `Whether the node is ready cannot be seen: ${node.why}` : null;
      return node.value.ready ? null : `The node ${node.value.name} is not ready: a restart could leave no pod at all.`;
    },
  },
  {
    id: 'node_lost_unseen',
    against: null,
    // Who may not look at nodes still sees what the cluster does to the pods of one that it has lost.
    says: ({ pods, node }) => {
      const pod = node.known ? undefined : pods?.find((one) => one.isForsaken);
      return pod ? `The pod ${pod.name} is marked not ready though its containers are: its node seems lost.` : null;
    },
  },
  {
    id: 'cordoned',
    against: ['rollout', 'delete_pod'],
    says: ({ workload, node }) =>
      node.known && node.value.cordoned && workload.kind !== 'daemonset'
        ? `The node ${node.value.name} is cordoned: a new pod could not start on it.`
        : null,
  },
  {
    id: 'no_node_fits',
    against: NEW_POD,
    // A daemonset's pod is taken away by its controller where its node does not fit; the rows above say the others.
    says: ({ workload, node, placement }) => {
      const isSaid = node.known && (!node.value.ready || node.value.cordoned);
      return placement.known && !isSaid && workload.kind !== 'daemonset' && !workload.scaledToZero
        ? placement.value
        : null;
    },
  },
];

const MOST_NAMED = 3;

/** None where the workload is not seen: being blind is another guard's matter. */
export function hazardsOf(
  {
    workload,
    pods,
    node,
    placement,
    scaling,
  }: Pick<GroundFacts, 'workload' | 'pods' | 'node' | 'placement' | 'scaling'>,
  now: number,
): readonly Hazard[] {
  if (!workload.known) return [];
  const scene = { now, workload: workload.value, pods: pods.known ? pods.value : null, node, placement, scaling };
  return HAZARDS.flatMap(({ against, says }) => {
    const sentence = says(scene);
    return sentence === null ? [] : [{ sentence, against }];
  });
}
