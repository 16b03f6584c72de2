/** Nodes: ready, lost, rebooted, upgraded. A lost node's kubelet does nothing until it is back. */

import { type Node, setCondition, stamp } from './objects.ts';
import { deletePod, deploymentKeyOf, isNodeReady, schedulePod, setPodCondition, setReady } from './pods.ts';
import { type Cluster, digest, type NodeSettings, newMetadata, plan, touch } from './state.ts';

const UNREACHABLE = 'node.kubernetes.io/unreachable';

const HEALTHY = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const;

export function addNode(cluster: Cluster, { name, labels = {} }: NodeSettings): Node {
  const index = cluster.nodes.size;
  const metadata = newMetadata(cluster, { name });
  const lastHeartbeatTime = stamp(cluster.time);
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...metadata, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64', ...labels } },
    spec: { podCIDR: `10.42.${index}.0/24` },
    status: {
      conditions: [],
      addresses: [
        { type: 'InternalIP', address: `192.0.2.${10 + index}` },
        { type: 'Hostname', address: name },
      ],
      capacity: { cpu: '4', memory: '16299048Ki', pods: '110' },
      allocatable: { cpu: '4', memory: '16299048Ki', pods: '110' },
      nodeInfo: {
        architecture: 'amd64',
        bootID: bootId(name, 0),
        containerRuntimeVersion: 'containerd://2.1.4-k3s1',
        kernelVersion: '6.12.48',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.36.1+k3s1',
        machineID: digest(`machine ${name}`).slice(0, 32),
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 13 (trixie)',
        systemUUID: bootId(name, -1),
      },
    },
  };
  for (const [type, reason, message] of HEALTHY) {
    setCondition(node.status.conditions, { type, status: 'False', reason, message, lastHeartbeatTime }, cluster.time);
  }
  cluster.nodes.set(name, node);
  setNodeReady(cluster, node, true);
  return node;
}

/** Lost: the node controller says so about the node and its pods. Back: pods and what was held go on. */
export function setNodeReady(cluster: Cluster, node: Node, ready: boolean): void {
  const { name } = node.metadata;
  const next = ready
    ? { status: 'True' as const, reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : { status: 'Unknown' as const, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
  const lastHeartbeatTime = stamp(cluster.time);
  setCondition(node.status.conditions, { type: 'Ready', ...next, lastHeartbeatTime }, cluster.time);
  const taints = (node.spec.taints ?? []).filter((each) => each.key !== UNREACHABLE);
  if (!ready) taints.push({ key: UNREACHABLE, effect: 'NoSchedule', timeAdded: lastHeartbeatTime });
  if (taints.length > 0) node.spec.taints = taints;
  else delete node.spec.taints;
  touch(cluster, node);
  for (const pod of cluster.pods.values()) {
    if (pod.spec.nodeName !== name || !pod.status.containerStatuses?.[0]?.state.running) continue;
    if (!ready) setReady(cluster, pod, false);
    else if (!cluster.switches.neverReady.has(deploymentKeyOf(cluster, pod))) plan(cluster, 'ready', pod, 1);
  }
  // A cluster that has lost its only node evicts nothing.
  if (!ready && cluster.nodes.size > 1) plan(cluster, 'evict', node, cluster.pace.evictSeconds);
  for (const pod of cluster.pods.values()) schedulePod(cluster, pod);
  for (const deployment of cluster.deployments.values()) plan(cluster, 'reconcile', deployment, 0);
}

/** The toleration of its pods has run out. */
export function evictFrom(cluster: Cluster, node: Node): void {
  const since = node.status.conditions.find((each) => each.type === 'Ready')?.lastTransitionTime ?? '';
  const lost = !isNodeReady(cluster, node.metadata.name);
  // It may have come back and been lost once more; then another term runs.
  if (!lost || cluster.time - Date.parse(since) / 1000 < cluster.pace.evictSeconds) return;
  for (const pod of cluster.pods.values()) {
    if (pod.spec.nodeName !== node.metadata.name) continue;
    const message = 'Taint manager: deleting due to NoExecute taint';
    const target = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message } as const;
    setPodCondition(cluster, pod, target);
    deletePod(cluster, pod);
  }
  for (const deployment of cluster.deployments.values()) plan(cluster, 'reconcile', deployment, 0);
}

export function setNodeSystem(cluster: Cluster, node: Node, change: Record<string, string>): void {
  Object.assign(node.status.nodeInfo, change);
  touch(cluster, node);
  // A pod that waits for a node may fit now.
  for (const pod of cluster.pods.values()) schedulePod(cluster, pod);
}

export function bootId(name: string, boot: number): string {
  const hex = digest(`boot ${name} ${boot}`);
  return [8, 12, 16, 20, 32].map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end)).join('-');
}
