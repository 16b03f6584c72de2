/** As much of the cluster's objects as the rig reads. */

export interface Metadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Probe {
  httpGet?: { path?: string; port: number };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
}

export interface ContainerSpec {
  name: string;
  image: string;
  env?: readonly { name: string; value?: string }[];
  readinessProbe?: Probe;
}

export interface Ended {
  exitCode: number;
  reason: string;
  startedAt: string | null;
  finishedAt: string | null;
  containerID?: string;
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: Ended;
}

export interface Condition {
  type: string;
  status: string;
  reason?: string | null;
  message?: string | null;
  lastTransitionTime?: string;
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}

export interface Pod {
  metadata: Metadata;
  spec: {
    nodeName?: string;
    restartPolicy?: string;
    terminationGracePeriodSeconds?: number;
    containers: readonly ContainerSpec[];
  };
  status?: {
    phase?: string;
    podIP?: string;
    conditions?: readonly Condition[];
    containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Node {
  metadata: Metadata;
  spec?: { unschedulable?: boolean };
  status?: { conditions?: readonly Condition[] };
}

export interface Workload {
  metadata: Metadata;
  spec: { replicas?: number; template: { metadata?: { annotations?: Record<string, string> } } };
  status?: { observedGeneration?: number; availableReplicas?: number; numberAvailable?: number };
}

export interface List<T> {
  metadata: { resourceVersion: string };
  items: readonly T[];
}

export const isTrue = (conditions: readonly Condition[] | undefined, type: string) =>
  conditions?.some((one) => one.type === type && one.status === 'True') ?? false;

/** RFC 3339 in whole seconds, as the cluster's own times are. */
export const stamp = (at = new Date()) => `${at.toISOString().slice(0, 19)}Z`;
