/** A Frigate on the cluster, in a namespace of its own: deployed, looked at, and made to suffer. */
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';
import { type Address, openAddress } from './address.ts';
import type { Api } from './api.ts';
import type { Faults } from './faults.ts';
import { type Deployed, type Kind, PLURALS, serviceOf, workloadOf } from './manifests.ts';
import { isTrue, type List, type Pod, type Workload } from './objects.ts';

export interface Frigate {
  namespace: string;
  kind: Kind;
  /** Path of its workload in the API. */
  path: string;
  address: Address;
  workload(): Promise<Workload>;
  /** Newest first. */
  pods(): Promise<readonly Pod[]>;
  /** The newest that is not being deleted. */
  pod(): Promise<Pod>;
  /** Waits for a ready pod; with `not` for another one than that. */
  serving(not?: Pod, withinSeconds?: number): Promise<Pod>;
  /** The present run. */
  suffer(faults: Faults): Promise<void>;
  /** Every run from the next one on. */
  keep(faults: Faults): void;
  /** The present run and all that follow. */
  sufferForEver(faults: Faults): Promise<void>;
  manifest: object;
}

interface Place {
  admin: Api;
  /** Where its containers find their sockets and volumes. */
  containers: string;
}

/** Of a scheduler, a kubelet and a process on a busy machine. */
const SERVING_SECONDS = 60;

export async function openFrigate(
  { admin, containers }: Place,
  namespace: string,
  deployed: Deployed,
): Promise<Frigate> {
  const { kind = 'Deployment' } = deployed;
  await admin.post('/api/v1/namespaces', { metadata: { name: namespace } });
  const [core, apps] = [`/api/v1/namespaces/${namespace}`, `/apis/apps/v1/namespaces/${namespace}/${PLURALS[kind]}`];
  await eventually(() => admin.get(`${core}/serviceaccounts/default`), {
    withinSeconds: SERVING_SECONDS,
    what: `the namespace ${namespace} has its account`,
  });
  await admin.post(`${core}/services`, serviceOf(namespace));
  const manifest = workloadOf(namespace, deployed);
  await admin.post(apps, manifest);
  const address = await openAddress(admin, namespace);
  const volume = join(containers, `${namespace}.json`);

  const pods = async () => {
    const { items } = await admin.get<List<Pod>>(`${core}/pods?labelSelector=app.kubernetes.io/name=frigate`);
    const madeAt = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp ?? '');
    return items.toSorted((a, b) => madeAt(b) - madeAt(a));
  };
  const pod = async () => {
    const living = (await pods()).find((one) => one.metadata.deletionTimestamp === undefined);
    if (!living) throw new Error(`${namespace} has no living pod`);
    return living;
  };
  const frigate: Frigate = {
    namespace,
    kind,
    path: `${apps}/frigate`,
    address,
    manifest,
    workload: () => admin.get(`${apps}/frigate`),
    pods,
    pod,
    serving: (not, withinSeconds = SERVING_SECONDS) =>
      eventually(
        async () => {
          const one = await pod();
          return one.metadata.uid !== not?.metadata.uid && isTrue(one.status?.conditions, 'Ready') ? one : null;
        },
        { withinSeconds, what: `${namespace} serves with ${not ? 'another' : 'a'} pod` },
      ),
    // A process that has only just begun does not listen yet.
    suffer: async (faults) => {
      const told = async () => {
        await tell(join(containers, `${(await pod()).metadata.uid}.sock`), faults);
        return true;
      };
      await eventually(told, {
        withinSeconds: SERVING_SECONDS,
        what: `${namespace} is told ${JSON.stringify(faults)}`,
      });
    },
    keep: (faults) => {
      rmSync(volume, { force: true });
      if (Object.keys(faults).length > 0) writeFileSync(volume, JSON.stringify(faults));
    },
    sufferForEver: async (faults) => {
      frigate.keep(faults);
      await frigate.suffer(faults);
    },
  };
  return frigate;
}

function tell(socketPath: string, faults: Faults): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ socketPath, method: 'POST', signal: AbortSignal.timeout(5000) })
      .once('error', reject)
      .once('response', (response) => {
        response.resume();
        response.once('end', resolve);
      })
      .end(JSON.stringify(faults));
  });
}
