/** What the ground is made of, as plain JSON: what was asked, what is remembered, what is known. */
import type { ObjectName, Reply } from '../../doors/ports.ts';
import type { Circumstance, Rollout } from '../../rules/types.ts';
import type { Place, Toleration, Wants } from './placement.ts';

export interface GroundSettings {
  workload: ObjectName;
  /** Name of the container; null: the first whose image holds `imageHint`, else the first. */
  container: string | null;
  /** A word in the image's name, e.g. the product's. */
  imageHint: string;
  /** Name of the ConfigMap that holds the shared restart times. */
  ledger: string;
  /** Where the product keeps what must outlive a pod, as paths in its container without a slash at the end. */
  dataPaths: readonly string[];
}

export interface GroundLimits {
  /** How long a start may take. */
  startupGraceSeconds: number;
  /** The same after a change of image or node: images are pulled, models converted, databases migrated. */
  movedGraceSeconds: number;
}

/** One call: what came back, and when, by our clock. */
export interface Asked {
  at: number;
  reply: Reply<unknown>;
}

/** One look, as recorded. Null: the call was not made, for want of what an earlier one would have said. */
export interface GroundAnswers {
  workload: Asked;
  pods: Asked | null;
  /** Null too where pods belong to the workload directly. */
  replicaSets: Asked | null;
  nodeName: string | null;
  node: Asked | null;
  configMap: Asked;
  /** All nodes, and the autoscalers of the namespace: seldom asked. Without them, or null: not in this look. */
  nodes?: Asked | null;
  autoscalers?: Asked | null;
}

export type Part = 'workload' | 'pods' | 'replicaSets' | 'node' | 'configMap' | 'nodes' | 'autoscalers';

/** One life of the container, as far as a change of image or node can be told from it. */
export interface Run {
  podUid: string;
  /** The container's id, or its start as text; null while it has not run yet. */
  start: string | null;
  /** In our clock as it was when the run was first seen; null while it has not run yet. */
  startedAt: number | null;
  image: string | null;
  imageId: string | null;
  node: string | null;
}

export interface NodeMemory {
  kubeletVersion: string | null;
  bootId: string | null;
  ready: boolean;
  /** When we saw it come back; null: we never saw it away. */
  cameBackAt: number | null;
  seenAt: number;
}

export interface MemoryKill {
  podUid: string;
  /** As the cluster wrote it. */
  stamp: string;
  at: number;
}

/** What the last list of nodes said of where a new pod could go. */
export interface PlacesMemory {
  askedAt: number;
  /** What was asked of a node then, as text: with another template it says nothing. */
  wants: string;
  /** Names of nodes that would take it, the first ones. */
  fits: readonly string[];
  /** Why none would, the rest of a sentence. */
  why: string | null;
  /** Why the list was not seen. */
  unseen: { known: false; asked: boolean; why: string } | null;
  /** The only one that fitted fits no more: the list is asked for again. */
  isDoubted: boolean;
}

export interface ScalersMemory {
  askedAt: number;
  said: Circumstance<string | null>;
}

export interface GroundMemory {
  /** Selector and node of the last look, so that the next one can ask all at once. */
  selector: string | null;
  nodeName: string | null;
  /** Our clock minus the cluster's; 0 while they agree within two seconds. */
  skewSeconds: number;
  /** When each part was last seen: a right that is lost is blindness, one that never was is not. */
  seenAt: Partial<Record<Part, number>>;
  nodes: Record<string, NodeMemory>;
  groundChangedAt: number | null;
  run: Run | null;
  /** The run before, if it ever ran. */
  runBefore: Run | null;
  /** The generation whose rollout was seen complete: when it later loses its readiness, that is no rollout. */
  settled: { uid: string; generation: number } | null;
  /** The pod that is not ready, and our first look that found it so; null: the last look found none. */
  unready: { podUid: string; since: number } | null;
  /** Ends of runs that were killed for want of memory, of the last hour, oldest first. */
  memoryKills: readonly MemoryKill[];
  /** The shared ledger's text when last seen; null: never. */
  ledgerText: string | null;
  /** Order times that a Warden wrote, of the last two days. */
  ownTimes: readonly number[];
  otherHealerAt: number | null;
  places: PlacesMemory | null;
  scalers: ScalersMemory | null;
  /** Something is bad, so a restart may come: the target's own word. */
  isRestartNear: boolean;
}

export interface ContainerFacts {
  name: string;
  image: string | null;
  imageId: string | null;
  /** Identity of the present run; null while it does not run. */
  start: string | null;
  startedAt: number | null;
  waitingReason: string | null;
  /** End of the last run that is over, and the kubelet's word for why it ended, e.g. `OOMKilled`. */
  lastEndedAt: number | null;
  lastEndReason: string | null;
  /** The same end as the cluster wrote it: it names it, wherever the clocks go. */
  lastEndStamp: string | null;
  restartCount: number | null;
  /** By its own probe, whatever its neighbours in the pod say; null: nobody said. */
  ready: boolean | null;
}

export interface PodFacts {
  name: string;
  uid: string;
  /** Null: the API did not say. */
  resourceVersion: string | null;
  node: string | null;
  ip: string | null;
  createdAt: number | null;
  /** It is neither being deleted nor at an end. */
  living: boolean;
  ready: boolean;
  /** Since when it is not ready, by the cluster's word or our own eyes; null: it is ready, or nobody knows. */
  unreadySince: number | null;
  /** When it should have been gone, with time to spare; null: it is not being deleted. */
  overdueAt: number | null;
  /** The order time in its restart annotation. */
  bears: number | null;
  /** Null: it has no container of the wanted name. */
  container: ContainerFacts | null;
  /** The init containers and the chosen one that wait in a crash loop. */
  looping: readonly { name: string; endedAt: number | null }[];
  /** The same of those that cannot be made, for want of their image or because their settings are refused. */
  blocked: readonly Blocked[];
  /** The scheduler finds no node for it; null: it has one, or nobody said that there is none. */
  unscheduled: { message: string; since: number | null } | null;
  tolerations: readonly Toleration[];
  /** It counts as not ready though its containers are: so the cluster marks the pods of a node that it has lost. */
  isForsaken: boolean;
}

export interface Blocked {
  name: string;
  image: string | null;
  /** The kubelet's word, e.g. `ImagePullBackOff`. */
  reason: string;
  /** The kubelet's sentence, shortened; empty without one. */
  message: string;
}

/** The parts of a workload that rules read; counts of the status are 0 where the API leaves them out. */
export interface WorkloadFacts {
  kind: ObjectName['kind'];
  name: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  observedGeneration: number;
  selector: string | null;
  /** Pods wanted; for a daemonset, by the nodes that fit. */
  replicas: number;
  /** Somebody asked for no pod at all. */
  scaledToZero: boolean;
  updated: number;
  available: number;
  ready: number;
  /** All pods, of the old template too. */
  total: number;
  terminating: number;
  paused: boolean;
  /** Reason of the condition `Progressing`. */
  progress: string | null;
  onDelete: boolean;
  /** Pods that may start beside the old ones. */
  surge: number;
  /** Ordinals below it keep the old template. */
  partition: number;
  orderedReady: boolean;
  /** A statefulset whose last rollout was completed. */
  sameRevision: boolean;
  /** Host paths and claims that two pods would share, in words. */
  sharedVolumes: readonly string[];
  /** What only one pod can have: devices, ports of the host, in words. */
  exclusives: readonly string[];
  /** What its template asks of a node; null: of a form that is not known. */
  wants: Wants | null;
  /** The product's paths, or parts of them, that are gone with the pod. */
  passingPaths: readonly string[];
}

export interface NodeFacts {
  name: string;
  ready: boolean;
  /** Why it is not ready, a sentence. */
  why: string;
  /** Last change of its readiness by the cluster's own word. */
  since: number | null;
  cordoned: boolean;
  kubeletVersion: string | null;
  bootId: string | null;
  /** As a place for a new pod; null: it is gone, or nobody kept its labels. */
  place: Place | null;
}

export interface LedgerFacts {
  times: readonly number[];
  text: string;
  /** Those that a Warden wrote. */
  own: readonly number[];
  /** A sentence for each word that is no time. */
  dropped: readonly string[];
}

export interface GroundFacts {
  /** When each part was answered. */
  at: Record<Part | 'cluster', number>;
  /** Null: the look was broken off before anything could tell. */
  cluster: { answers: boolean | null; sentence: string };
  workload: Circumstance<WorkloadFacts>;
  /** Only those whose owners end at the workload, newest first. */
  pods: Circumstance<readonly PodFacts[]>;
  /** The newest living one. */
  pod: PodFacts | null;
  /** When its container was killed for want of memory in the last hour, oldest first. */
  memoryKills: readonly MemoryKill[];
  node: Circumstance<NodeFacts>;
  ledger: Circumstance<LedgerFacts>;
  /** Why a new pod would find no node, a sentence; null: one takes it. */
  placement: Circumstance<string | null>;
  /** Who may run a second pod, a sentence; null: nobody. */
  scaling: Circumstance<string | null>;
  rollout: Circumstance<Rollout>;
  graceSeconds: number;
  groundReadyAt: number | null;
  groundChangedAt: number | null;
  otherHealerAt: number | null;
}
