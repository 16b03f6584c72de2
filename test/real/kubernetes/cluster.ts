/** The stage of a scenario: a real cluster with nodes, on which Frigates and Wardens are put. */
import { join } from 'node:path';
import { type Account, openAccount } from './account.ts';
import type { Api } from './api.ts';
import { type Audit, openAudit } from './audit.ts';
import { binaries } from './binaries.ts';
import { type Frigate, openFrigate } from './frigate.ts';
import type { Deployed } from './manifests.ts';
import { layNetwork } from './network.ts';
import { openNode, type RigNode } from './nodes.ts';
import { openPlane, type Plane } from './plane.ts';
import { INSTANCE, openWarden, type Warden } from './warden.ts';

export interface Cluster {
  plane: Plane;
  admin: Api;
  audit: Audit;
  nodes: readonly RigNode[];
  frigate(namespace: string, deployed?: Deployed): Promise<Frigate>;
  /** A Warden for it, with an account of its own unless one is given. */
  watch(frigate: Frigate, more?: WardenOptions): Promise<Story>;
  /** Both in one, since most scenarios want just that. */
  story(namespace: string, plot?: Plot): Promise<Story>;
}

export interface WardenOptions {
  /** Where more than one watches the same Frigate. */
  name?: string;
  options?: object;
  rules?: object;
  frigate?: object;
  /** Another Warden's. */
  account?: Account;
  /** Further Frigates that it watches. */
  also?: readonly object[];
}

export interface Plot extends WardenOptions {
  deployed?: Deployed;
}

export interface Story {
  cluster: Cluster;
  frigate: Frigate;
  account: Account;
  warden: Warden;
}

/** What takes long in life takes as short here as the options allow. */
const RULES = { settle_seconds: 0, startup_grace_seconds: 60, node_ready_seconds: 0, node_changed_seconds: 0 };
const INTERVAL_SECONDS = 5;

interface Place {
  folder: string;
  /** The bundle. */
  main: string;
}

/** For whoever is in a world of its own; all of it ends with that world. */
export async function openCluster({ folder, main }: Place, nodeCount: number): Promise<Cluster> {
  layNetwork();
  const plane = await openPlane(folder, binaries());
  const indexes = Array.from({ length: nodeCount }, (_, i) => i + 1);
  const nodes = await Promise.all(indexes.map((index) => openNode(plane, folder, index)));
  const { admin } = plane;
  const audit = openAudit(plane.auditFile);
  const oneOfFew = queue();
  const cluster: Cluster = {
    plane,
    admin,
    audit,
    nodes,
    frigate: (namespace, deployed = {}) => {
      // The others are lost, cut off and upgraded.
      const where = deployed.nodeSelector ? deployed : { node: nodes[0]?.name, ...deployed };
      return openFrigate({ admin, containers: join(folder, 'containers') }, namespace, where);
    },
    watch: async (frigate, more = {}) => {
      const { namespace } = frigate;
      const of = optionsOf(frigate, more);
      const { server, authority } = plane;
      // There is no token before there is an account.
      const wanted = { ...of, kubernetes: { server, token: 'none-yet' } };
      const account = more.account ?? (await openAccount({ admin, main, folder, options: wanted }, namespace));
      const certificate = Buffer.from(authority.pem).toString('base64');
      const kubernetes = { server, token: account.token, certificate_authority_data: certificate };
      const options = (mqtt: object) => ({ ...of, kubernetes, mqtt });
      const name = more.name ?? namespace;
      const warden = await openWarden({ main, folder: join(folder, 'wardens'), name, options });
      return { cluster, frigate, account, warden };
    },
    story: (namespace, { deployed, ...more } = {}) =>
      oneOfFew(async () => cluster.watch(await cluster.frigate(namespace, deployed), more)),
  };
  return cluster;
}

/** So many are put on the stage at a time: starting costs more than running. */
const AT_ONCE = 4;

function queue(): <T>(body: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = AT_ONCE;
  return async (body) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await body();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

function optionsOf(frigate: Frigate, more: WardenOptions): object {
  return {
    interval_seconds: INTERVAL_SECONDS,
    frigates: [
      {
        name: INSTANCE,
        url: frigate.address.url,
        namespace: frigate.namespace,
        workload: `${frigate.kind.toLowerCase()}/frigate`,
        ...more.frigate,
      },
      ...(more.also ?? []),
    ],
    rules: { ...RULES, ...more.rules },
    ...more.options,
  };
}
