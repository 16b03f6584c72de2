/** How many questions one look has open at the same time: whoever is asked is never flooded. */
import type { Doors, HttpDoor, KubernetesDoor } from '../../../doors/ports.ts';

/** Asks at once while there is room, else in the order in which the questions came. */
type Lane = <T>(ask: () => Promise<T>) => Promise<T>;

export function openLane(most: number): Lane {
  const waiting: (() => void)[] = [];
  let open = 0;
  return async (ask) => {
    // Whoever leaves hands its place on, so nobody who comes in between can take it.
    if (open >= most) await new Promise<void>((go) => waiting.push(go));
    else open += 1;
    try {
      return await ask();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else open -= 1;
    }
  };
}

/** The same doors for one look, with no more than so many questions open through all of them together. */
export function inLane(doors: Doors, most: number): Doors {
  const lane = openLane(most);
  const { http, kubernetes, tcp, mailbox } = doors;
  return {
    http: httpInLane(http, lane),
    kubernetes: kubernetes && kubernetesInLane(kubernetes, lane),
    tcp,
    mailbox,
  };
}

function httpInLane(http: HttpDoor, lane: Lane): HttpDoor {
  return {
    json: (request) => lane(() => http.json(request)),
    text: (request) => lane(() => http.text(request)),
    cookies: (request) => lane(() => http.cookies(request)),
  };
}

/** What only a remedy does is not part of a look. */
function kubernetesInLane(door: KubernetesDoor, lane: Lane): KubernetesDoor {
  return {
    workload: (name, signal) => lane(() => door.workload(name, signal)),
    pods: (namespace, selector, signal) => lane(() => door.pods(namespace, selector, signal)),
    replicaSets: (namespace, selector, signal) => lane(() => door.replicaSets(namespace, selector, signal)),
    node: (name, signal) => lane(() => door.node(name, signal)),
    nodes: (signal) => lane(() => door.nodes(signal)),
    autoscalers: (namespace, signal) => lane(() => door.autoscalers(namespace, signal)),
    configMap: (namespace, name, signal) => lane(() => door.configMap(namespace, name, signal)),
    log: (query, signal) => lane(() => door.log(query, signal)),
    proxy: (road, signal) => lane(() => door.proxy(road, signal)),
    exec: (place, command, signal) => lane(() => door.exec(place, command, signal)),
    allowed: (question, signal) => lane(() => door.allowed(question, signal)),
    replaceConfigMap: (namespace, name, body, signal) => door.replaceConfigMap(namespace, name, body, signal),
    createConfigMap: (namespace, body, signal) => door.createConfigMap(namespace, body, signal),
    restart: (patch, signal) => door.restart(patch, signal),
    deletePod: (pod, signal) => door.deletePod(pod, signal),
    close: () => door.close(),
  };
}
