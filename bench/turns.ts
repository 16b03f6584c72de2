/** One process under measurement: so many turns, one after the other, by the product, by its door, or by the stock client. */
import { readFileSync } from 'node:fs';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { openKubernetes } from '../src/doors/kubernetes/index.ts';
import type { KubernetesDoor } from '../src/doors/ports.ts';
import type { SecureCluster } from './secure.ts';
import { SILENT, turning } from './turning.ts';

export type TurnKind = 'product' | 'door' | 'stock';

export interface TurnOrder {
  kind: TurnKind;
  turns: number;
  secure: SecureCluster;
  frigateUrl: string;
}

/** Printed as JSON at the end. */
export interface TurnFigures {
  /** Megabytes after a tenth, half and all of the turns: all pages, and what is in use on V8's heap after a collection. */
  residentMb: readonly number[];
  heapMb: readonly number[];
  /** CPU of all threads, without the first tenth. */
  cpuMsPerTurn: number;
}

const NAMESPACE = 'frigate';
const SELECTOR = 'app=frigate';
const LEDGER = 'frigate-health-state';
const LOG_BYTES = 4 * 1024 * 1024;
const LINES = 2000;

const KINDS: Readonly<Record<TurnKind, (order: TurnOrder) => Promise<() => Promise<unknown>>>> = {
  product: async ({ secure, frigateUrl }) => wholeTurns(doorOf(secure), frigateUrl),
  door: async ({ secure }) => doorCalls(doorOf(secure), await podOf(secure)),
  stock: async ({ secure }) => stockCalls(secure, await podOf(secure)),
};

export async function runTurns(order: TurnOrder): Promise<TurnFigures> {
  const once = await KINDS[order.kind](order);
  const tenth = order.turns / 10;
  const [residentMb, heapMb]: [number[], number[]] = [[], []];
  let cpu = process.cpuUsage();
  for (let n = 1; n <= order.turns; n += 1) {
    await once();
    if (n !== tenth && n !== order.turns / 2 && n !== order.turns) continue;
    residentMb.push(residentNow());
    globalThis.gc?.();
    heapMb.push(process.memoryUsage().heapUsed / 1024 / 1024);
    if (n === tenth) cpu = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(cpu);
  return { residentMb, heapMb, cpuMsPerTurn: (user + system) / 1000 / (order.turns - tenth) };
}

function residentNow(): number {
  const text = readFileSync('/proc/self/status', 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) / 1024;
}

function doorOf({ server, token, authority }: SecureCluster): KubernetesDoor {
  const settings = { from: 'settings', server, token, certificateAuthority: authority } as const;
  return openKubernetes(settings, { log: SILENT, timeoutSeconds: 8 });
}

/** As `run` makes them, without store, history and broker. */
function wholeTurns(kubernetes: KubernetesDoor, frigateUrl: string): () => Promise<void> {
  const cluster = { server: 'https://unused', token: 'unused' };
  return turning(
    { frigates: [{ name: 'Frigate', url: frigateUrl, namespace: NAMESPACE }], kubernetes: cluster },
    kubernetes,
  );
}

interface PodPlace {
  pod: string;
  node: string;
}

async function podOf(secure: SecureCluster): Promise<PodPlace> {
  const door = doorOf(secure);
  const reply = await door.pods(NAMESPACE, SELECTOR, new AbortController().signal);
  await door.close();
  if (!reply.ok) throw new Error(reply.reason);
  const { items } = reply.value as { items: { metadata: { name: string }; spec: { nodeName: string } }[] };
  const [pod] = items;
  if (!pod) throw new Error('There is no pod.');
  return { pod: pod.metadata.name, node: pod.spec.nodeName };
}

/** What one look asks of a cluster, all at once. */
function doorCalls(door: KubernetesDoor, { pod, node }: PodPlace): () => Promise<unknown> {
  const workload = { kind: 'deployment', namespace: NAMESPACE, name: 'frigate' } as const;
  const log = { namespace: NAMESPACE, pod, container: 'frigate', sinceTime: null, tailLines: LINES };
  return async () => {
    const { signal } = new AbortController();
    const replies = await Promise.all([
      door.workload(workload, signal),
      door.configMap(NAMESPACE, LEDGER, signal),
      door.pods(NAMESPACE, SELECTOR, signal),
      door.replicaSets(NAMESPACE, SELECTOR, signal),
      door.node(node, signal),
      door.log({ ...log, previous: false, limitBytes: LOG_BYTES }, signal),
    ]);
    for (const reply of replies) if (!reply.ok && reply.status !== 404) throw new Error(reply.reason);
  };
}

/** The same with the library as it comes. */
function stockCalls({ server, token, authority }: SecureCluster, { pod, node }: PodPlace): () => Promise<unknown> {
  const config = new KubeConfig();
  const caData = Buffer.from(authority).toString('base64');
  config.loadFromClusterAndUser({ name: 'c', server, caData, skipTLSVerify: false }, { name: 'u', token });
  const [apps, core] = [config.makeApiClient(AppsV1Api), config.makeApiClient(CoreV1Api)];
  const named = { namespace: NAMESPACE, name: 'frigate' };
  const log = { namespace: NAMESPACE, name: pod, container: 'frigate', timestamps: true };
  return () =>
    Promise.all([
      apps.readNamespacedDeployment(named),
      core.readNamespacedConfigMap({ namespace: NAMESPACE, name: LEDGER }).catch(isMissing),
      core.listNamespacedPod({ namespace: NAMESPACE, labelSelector: SELECTOR }),
      apps.listNamespacedReplicaSet({ namespace: NAMESPACE, labelSelector: SELECTOR }),
      core.readNode({ name: node }),
      core.readNamespacedPodLog({ ...log, tailLines: LINES, limitBytes: LOG_BYTES }),
    ]);
}

function isMissing(error: unknown): null {
  if ((error as { code?: unknown }).code === 404) return null;
  throw error;
}
