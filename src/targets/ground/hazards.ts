/** TABLE: why a restart would do harm, or nothing, as things stand. A row says which remedies it speaks against. */
import type { Hazard } from '../../rules/types.ts';
import type { NodeFacts, PodFacts, WorkloadFacts } from './types.ts';

interface Scene {
  now: number;
  workload: WorkloadFacts;
  /** Null where nobody could see them. */
  pods: readonly PodFacts[] | null;
  node: NodeFacts | null;
}

interface HazardRow {
  id: string;
  /** As of a hazard: the remedies that it speaks against; null: all. */
  against: readonly string[] | null;
  /** A sentence, or null while there is no such hazard. */
  says(scene: Scene): string | null;
}

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
    says: ({ workload }) => {
      const [shared] = workload.sharedVolumes;
      if (workload.replicas !== 1 || workload.surge < 1 || shared === undefined) return null;
      return `A restart would start a second pod that uses ${shared} too: set the strategy to Recreate.`;
    },
  },
  {
    id: 'beside_dying',
    against: ['delete_pod'],
    // Kubernetes source, pkg/controller/controller_utils.go: a dying pod counts for its replica set no more. A
    // statefulset waits for the name and a daemonset for the node, until the old pod is gone.
    says: ({ workload }) => {
      const [shared] = workload.sharedVolumes;
      if (workload.kind !== 'deployment' || workload.replicas !== 1 || shared === undefined) return null;
      return `A new pod would start while the deleted one is still stopping, and both would use ${shared}.`;
    },
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
    id: 'cordoned',
    against: ['rollout', 'delete_pod'],
    says: ({ workload, node }) =>
      node?.cordoned && workload.kind !== 'daemonset'
        ? `The node ${node.name} is cordoned: a new pod could not start on it.`
        : null,
  },
];

export function hazardsOf(scene: Scene): readonly Hazard[] {
  return HAZARDS.flatMap(({ against, says }) => {
    const sentence = says(scene);
    return sentence === null ? [] : [{ sentence, against }];
  });
}
