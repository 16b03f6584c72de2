/** The API's objects as a 1.36 server writes them: the fields that a client of this kind reads, and a few more. */

export interface Metadata {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFields[];
}

interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: boolean;
  blockOwnerDeletion: boolean;
}

interface ManagedFields {
  manager: string;
  operation: 'Update' | 'Apply';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Record<string, unknown>;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime: string;
  lastUpdateTime?: string;
  lastHeartbeatTime?: string;
}

interface Template {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
}

interface PodSpec {
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  terminationGracePeriodSeconds: number;
  containers: { name: string; image: string; [field: string]: unknown }[];
  [field: string]: unknown;
}

export interface Deployment {
  apiVersion: 'apps/v1';
  kind: 'Deployment';
  metadata: Metadata & { namespace: string; generation: number; annotations: Record<string, string> };
  spec: {
    replicas: number;
    paused?: boolean;
    selector: { matchLabels: Record<string, string> };
    template: Template;
    strategy: { type: 'Recreate' | 'RollingUpdate'; rollingUpdate?: { maxSurge: string; maxUnavailable: string } };
    revisionHistoryLimit: number;
    progressDeadlineSeconds: number;
  };
  status: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    terminatingReplicas?: number;
    conditions: Condition[];
  };
}

export interface ReplicaSet {
  apiVersion: 'apps/v1';
  kind: 'ReplicaSet';
  metadata: Metadata & { namespace: string; generation: number; annotations: Record<string, string> };
  spec: { replicas: number; selector: { matchLabels: Record<string, string> }; template: Template };
  status: Record<string, number>;
}

interface ContainerState {
  running?: { startedAt: string };
  waiting?: { reason: string; message?: string };
  terminated?: Terminated;
}

interface Terminated {
  exitCode: number;
  reason: string;
  startedAt: string;
  finishedAt: string;
  containerID: string;
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
  apiVersion: 'v1';
  kind: 'Pod';
  metadata: Metadata & { namespace: string; labels: Record<string, string> };
  spec: PodSpec;
  status: {
    phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
    conditions: Condition[];
    qosClass: string;
    startTime?: string;
    hostIP?: string;
    podIP?: string;
    podIPs?: { ip: string }[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface Node {
  apiVersion: 'v1';
  kind: 'Node';
  metadata: Metadata & { labels: Record<string, string> };
  spec: { podCIDR: string; unschedulable?: boolean; taints?: { key: string; effect: string; timeAdded: string }[] };
  status: {
    conditions: Condition[];
    addresses: { type: string; address: string }[];
    capacity: Record<string, string>;
    allocatable: Record<string, string>;
    nodeInfo: Record<string, string>;
  };
}

export interface Autoscaler {
  apiVersion: 'autoscaling/v2';
  kind: 'HorizontalPodAutoscaler';
  metadata: Metadata & { namespace: string };
  spec: {
    scaleTargetRef: { apiVersion: string; kind: string; name: string };
    minReplicas: number;
    maxReplicas: number;
  };
}

export interface ConfigMap {
  apiVersion: 'v1';
  kind: 'ConfigMap';
  metadata: Metadata & { namespace: string };
  data?: Record<string, string>;
}

/** All of its spec may be missing: so it is shipped. */
export interface Lease {
  apiVersion: 'coordination.k8s.io/v1';
  kind: 'Lease';
  metadata: Metadata & { namespace: string };
  spec: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** RFC 3339 in whole seconds, as the API writes times. */
export function stamp(at: number): string {
  return new Date(Math.floor(at) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Sets a condition in place; the transition time moves only with the status. */
export function setCondition(conditions: Condition[], next: Omit<Condition, 'lastTransitionTime'>, at: number): void {
  const index = conditions.findIndex((each) => each.type === next.type);
  const old = conditions[index];
  const same = old?.status === next.status;
  const condition = { ...next, lastTransitionTime: same ? old.lastTransitionTime : stamp(at) };
  if (index < 0) conditions.push(condition);
  else conditions[index] = condition;
}
