/** The node itself: its object, its status, and the Lease by which the control plane knows that it lives. */
import { randomUUID } from 'node:crypto';
import { type Api, Refused, unless } from '../api.ts';
import { isTrue, type Node, stamp } from '../objects.ts';
import { pause } from '../pause.ts';
import { type KubeletSettings, PORT } from './settings.ts';

export interface Beats {
  on(on: boolean): void;
  change(what: { version?: string; bootId?: string; ready?: boolean }): void;
}

const EVERY_SECONDS = 2;
/** The whole status is told this often, even when nothing changed. */
const STATUS_EVERY = 15;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

export function keepBeating(api: Api, settings: KubeletSettings, say: (line: string) => void): Beats {
  const { node } = settings;
  let beats = true;
  let isNews = true;
  let own = { version: settings.version, bootId: randomUUID() as string, ready: true };
  let readySince = stamp();

  function status(): Record<string, unknown> {
    const at = stamp();
    const resources = { cpu: '64', memory: '64Gi', pods: '110' };
    const condition = (type: string, is: string, reason: string, since = readySince) => ({
      type,
      status: is,
      reason,
      message: reason,
      lastHeartbeatTime: at,
      lastTransitionTime: since,
    });
    return {
      capacity: resources,
      allocatable: resources,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', own.ready ? 'True' : 'False', own.ready ? 'KubeletReady' : 'KubeletNotReady'),
      ],
      addresses: [
        { type: 'InternalIP', address: settings.address },
        { type: 'Hostname', address: node },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: PORT } },
      nodeInfo: {
        machineID: node,
        systemUUID: node,
        bootID: own.bootId,
        kernelVersion: 'rig',
        osImage: 'rig',
        containerRuntimeVersion: 'rig://1',
        kubeletVersion: own.version,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      // The API server then passes WebSockets through as they are.
      declaredFeatures: ['ExtendWebSocketsToKubelet'],
    };
  }

  async function register(): Promise<void> {
    const labels = { 'kubernetes.io/hostname': node, 'kubernetes.io/os': 'linux', ...settings.labels };
    await unless(409, api.post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: node, labels } }));
    isNews = true;
  }

  async function renew(): Promise<void> {
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: node, leaseDurationSeconds: 40, renewTime };
    if (await unless(404, api.patch('merge', `${LEASES}/${node}`, { spec }))) return;
    const metadata = { name: node, namespace: 'kube-node-lease' };
    await api.post(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
  }

  async function beat(count: number): Promise<void> {
    await renew();
    const shown = await api.get<Node>(`/api/v1/nodes/${node}`);
    const isShown = isTrue(shown.status?.conditions, 'Ready') === own.ready;
    if (!isShown && !isNews) readySince = stamp();
    if (isShown && !isNews && count % STATUS_EVERY > 0) return;
    isNews = false;
    await api.patch('strategic', `/api/v1/nodes/${node}/status`, { status: status() });
  }

  async function keep(): Promise<never> {
    let failed = false;
    for (let count = 0; ; count += 1) {
      try {
        if (beats) await beat(count);
        failed = false;
      } catch (error) {
        if (error instanceof Refused && error.status === 404) {
          await register().catch((reason: unknown) => say(String(reason)));
        } else if (!failed) {
          say(String(error));
          failed = true;
        }
      }
      await pause(EVERY_SECONDS);
    }
  }

  void keep();
  return {
    on: (on) => {
      beats = on;
    },
    change: (what) => {
      if (what.ready !== undefined && what.ready !== own.ready) readySince = stamp();
      own = { ...own, ...what };
      isNews = true;
    },
  };
}
