/**
 * A load balancer's address in front of a service: it relays to the pods that are ready, and is given up when there are
 * none. It can be broken while the pods are well.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Api } from './api.ts';
import type { List } from './objects.ts';
import { pause } from './pause.ts';

export interface Address {
  url: string;
  breakIt(): void;
  mend(): void;
  close(): void;
}

interface Slice {
  endpoints: readonly { addresses: readonly string[]; conditions: { ready?: boolean } }[] | null;
}

const EVERY_SECONDS = 0.5;

export async function openAddress(admin: Api, namespace: string): Promise<Address> {
  const sockets = new Set<Socket>();
  let ready: readonly string[] = [];
  let [isBroken, isClosed] = [false, false];
  const server: Server = createServer((socket) => {
    const [host] = ready;
    if (isBroken || host === undefined) return void socket.resetAndDestroy();
    const pod = connect({ host, port: 5000 });
    for (const [one, other] of [
      [socket, pod],
      [pod, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const selector = 'labelSelector=kubernetes.io/service-name=frigate';
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${selector}`;

  async function follow(): Promise<void> {
    while (!isClosed) {
      // Without the API server it goes on with what it knew.
      const slices = await admin.get<List<Slice>>(path).catch(() => ({ items: null }));
      const endpoints = slices.items?.flatMap((slice) => slice.endpoints ?? []);
      if (endpoints)
        ready = endpoints.filter(({ conditions }) => conditions.ready !== false).flatMap((one) => one.addresses);
      await pause(EVERY_SECONDS);
    }
  }

  void follow();
  return {
    url: `http://127.0.0.1:${port}`,
    breakIt: () => {
      isBroken = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      isBroken = false;
    },
    close: () => {
      isClosed = true;
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
