/** The nodes: each a machine of its own with a kubelet of ours, and all that can befall it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';
import { VERSION } from './binaries.ts';
import type { Command, KubeletSettings } from './kubelet/settings.ts';
import { type Cable, inside, layNode, nodeAddress, PLANE } from './network.ts';
import { isTrue, type Node } from './objects.ts';
import type { Plane } from './plane.ts';

export interface RigNode {
  name: string;
  /** No heartbeat, no status, no reaction; pods, logs and exec go on. */
  silent(): void;
  /** Heartbeats only: pods are neither started nor stopped nor told of. */
  heartbeatOnly(): void;
  /** Both its cables are out: nobody reaches its kubelet or its pods, and they go on. */
  partition(): void;
  heal(): void;
  upgrade(version: string): void;
  /** Its machine was started anew; what ran on it is left alone. */
  reboot(bootId: string): void;
  /** The kubelet itself says that it is not ready. */
  unready(): void;
  ready(): void;
  cordon(on: boolean): Promise<void>;
  label(labels: Readonly<Record<string, string | null>>): Promise<void>;
  isReady(): Promise<boolean>;
  outOfMemory(uid: string): void;
  unkillable(uid: string, on: boolean): void;
}

const KUBELET = join(import.meta.dirname, 'kubelet', 'main.ts');

export async function openNode(plane: Plane, folder: string, index: number): Promise<RigNode> {
  const cable = layNode(index);
  const name = cable.namespace;
  const child = startKubelet(settingsOf(plane, folder, index), join(folder, `${name}.log`));
  const node = nodeOf(plane, name, cable, child);
  await eventually(() => node.isReady(), { withinSeconds: 60, what: `${name} is ready` });
  return node;
}

function settingsOf({ authority }: Plane, folder: string, index: number): KubeletSettings {
  const [node, address] = [`node-${index}`, nodeAddress(index)];
  const subject = `/O=system:nodes/CN=system:node:${node}`;
  const containers = join(folder, 'containers');
  mkdirSync(containers, { recursive: true });
  return {
    node,
    index,
    address,
    server: `https://${PLANE.back}:6443`,
    authority: authority.pem,
    client: authority.issue(`${node}-client`, subject),
    serving: authority.issue(`${node}-serving`, subject, [`DNS:${node}`, `IP:${address}`]),
    version: `v${VERSION}`,
    folder: containers,
    labels: {},
  };
}

function startKubelet(settings: KubeletSettings, logFile: string): ChildProcess {
  const [command = '', ...before] = inside(settings.node);
  const words = [...before, process.execPath, KUBELET, JSON.stringify(settings)];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const log = createWriteStream(logFile);
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  return child;
}

function nodeOf({ admin }: Plane, name: string, cable: Cable, child: ChildProcess): RigNode {
  const path = `/api/v1/nodes/${name}`;
  const tell = (...commands: readonly Command[]) => {
    for (const command of commands) child.send(command);
  };
  return {
    name,
    silent: () => tell({ say: 'beats', on: false }, { say: 'work', on: false }),
    heartbeatOnly: () => tell({ say: 'work', on: false }),
    partition: cable.unplug,
    heal: () => {
      cable.plug();
      tell({ say: 'beats', on: true }, { say: 'work', on: true });
    },
    upgrade: (version) => tell({ say: 'node', version }),
    reboot: (bootId) => tell({ say: 'node', bootId }),
    unready: () => tell({ say: 'node', ready: false }),
    ready: () => tell({ say: 'node', ready: true }),
    cordon: async (on) => void (await admin.patch('merge', path, { spec: { unschedulable: on || null } })),
    label: async (labels) => void (await admin.patch('merge', path, { metadata: { labels } })),
    isReady: async () => isTrue((await admin.get<Node>(path)).status?.conditions, 'Ready'),
    outOfMemory: (uid) => tell({ say: 'out_of_memory', uid }),
    unkillable: (uid, on) => tell({ say: 'unkillable', uid, on }),
  };
}
