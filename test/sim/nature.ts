/** The false world without a Warden in it: one Frigate in one cluster, what is wrong with them, and what is true. */
import { newFrigate, type SimulatedFrigate, setCamera, start, stop } from '../../demo/frigate/model.ts';
import { type Controls, createControls } from '../../demo/kubernetes/controls.ts';
import { addDeployment } from '../../demo/kubernetes/deployments.ts';
import { addNode } from '../../demo/kubernetes/nodes.ts';
import type { Pod } from '../../demo/kubernetes/objects.ts';
import { isNodeReady } from '../../demo/kubernetes/pods.ts';
import { type Cluster, createCluster } from '../../demo/kubernetes/state.ts';
import { settle } from '../../demo/kubernetes/transitions.ts';
import type { Dice } from './dice.ts';
import { type History, type Run, type Truth, tell } from './history.ts';
import type { VirtualTime } from './time.ts';

export const KEY = 'frigate/frigate';
export const LEDGER = { namespace: 'frigate', name: 'frigate-health-state' };
export const CAMERAS = ['doorbell', 'garden', 'garage', 'street', 'hall'] as const;

/** All that a fault can change besides Frigate and the cluster themselves. */
export interface Weather {
  /** The road from the Warden to Frigate. */
  road: 'open' | 'unreachable' | 'silent';
  /** The node behind that road; null: every one. */
  roadNode: string | null;
  cluster: 'answers' | 'hangs' | 'fails' | 'throttles' | 'frozen' | 'deaf';
  /** Resources or verbs that are answered 403. */
  forbidden: readonly ('all' | 'nodes' | 'ledger' | 'patch')[];
  /** Share of the writes before which somebody else writes. */
  rivalry: number;
  diskFull: boolean;
  brokerDown: boolean;
  /** Seconds that Frigate's clock is ahead. */
  frigateAhead: number;
  /** Seconds that the cluster's clock is ahead. */
  clusterAhead: number;
  /** Seconds that the Warden's wall clock is ahead. */
  wallAhead: number;
  /** Seconds until the API answers, from the next start on. */
  apiAfterSeconds: number;
  /** What the API does after every start too; null: it answers. */
  apiAfterStart: 'hangs' | 'refuses' | null;
  /** Cameras that a restart of Frigate brings back. */
  curableCameras: readonly string[];
}

export interface Nature {
  time: VirtualTime;
  dice: Dice;
  history: History;
  weather: Weather;
  frigate: SimulatedFrigate;
  cluster: Cluster;
  controls: Controls;
  /** Requests reach Frigate only through a Ready pod. */
  throughService: boolean;
  /** The run that lives now. */
  run(): Run | null;
  clusterNow(): number;
  /** Lets the cluster do what is due. */
  settle(): void;
  /** Sets the cluster's clock: what is due stays due at the same moment, stamps stay as they were written. */
  setClusterClock(ahead: number): void;
  setFrigateClock(ahead: number): void;
  /** The node of the pod is ready again, or runs another kubelet, or has booted. */
  markNode(name: string, mark: 'ready' | 'changed'): void;
  road(): Weather['road'];
  /** Seconds that the present run's uptime is wrong by. */
  uptimeOff(): number;
  /** The next run is made by an order of this time, though its pod bears none. */
  expectRun(orderAt: number): void;
  /** To be called whenever something may have got better or worse. */
  weigh(): void;
  truth(): Truth;
  /** Freezes the cluster's part of the truth with its answers. */
  freezeTruth(on: boolean): void;
}

export interface NatureOptions {
  time: VirtualTime;
  dice: Dice;
  history: History;
  nodes?: number;
  throughService?: boolean;
  /** The pods share nothing, so that two may run side by side. */
  sharesNothing?: boolean;
}

export function newNature({
  time,
  dice,
  history,
  nodes = 1,
  throughService = false,
  sharesNothing = false,
}: NatureOptions): Nature {
  const born = time.now() - 86_400;
  const frigate = newFrigate(CAMERAS, born);
  const weather: Weather = {
    road: 'open',
    roadNode: null,
    cluster: 'answers',
    forbidden: [],
    rivalry: 0,
    diskFull: false,
    brokerDown: false,
    frigateAhead: 0,
    clusterAhead: 0,
    wallAhead: 0,
    apiAfterSeconds: 8,
    apiAfterStart: null,
    curableCameras: [],
  };
  const pace = {
    observeSeconds: 0.1,
    startSeconds: dice.lasting(1, 20),
    readySeconds: dice.lasting(5, 40),
    stopSeconds: dice.lasting(2, 25),
    evictSeconds: 300,
  };
  let livingUid: string | null = null;
  let run: Run | null = null;
  let stoppedAt: number | null = null;
  let uptimeOff = 0;
  let expected: number | null = null;
  const cluster = createCluster(born, pace, {
    onPodStarted: (pod) => {
      const at = cluster.time - weather.clusterAhead;
      weigh(at);
      livingUid = pod.metadata.uid;
      uptimeOff = 0;
      frigate.apiAfterSeconds = weather.apiAfterSeconds;
      start(frigate, at);
      stoppedAt = null;
      if (weather.apiAfterStart) frigate.api = weather.apiAfterStart;
      for (const name of weather.curableCameras) setCamera(frigate, name, 'up', at);
      weather.curableCameras = [];
      weigh(at);
      run = {
        id: history.runs.length + 1,
        at,
        bears: expected ?? bornBy(pod),
        answerableAt: at + frigate.apiAfterSeconds,
        misdated: false,
      };
      expected = null;
      history.runs.push(run);
      tell(
        history,
        at,
        `Frigate starts (run ${run.id}, ${run.bears === null ? 'bears nothing' : `bears ${run.bears}`}).`,
      );
    },
    onPodStopped: (pod) => {
      // The old pod of a lost node stops when a new one runs elsewhere already.
      if (pod.metadata.uid !== livingUid) return;
      weigh(cluster.time - weather.clusterAhead);
      stop(frigate);
      stoppedAt = cluster.time - weather.clusterAhead;
      tell(history, cluster.time - weather.clusterAhead, 'Frigate stops.');
    },
  });
  for (let n = 0; n < nodes; n += 1) addNode(cluster, { name: `node-${'ab'[n]}` });
  addDeployment(cluster, { namespace: 'frigate', name: 'frigate', ...(sharesNothing ? { volumes: [] } : {}) });
  const clusterNow = () => time.now() + weather.clusterAhead;
  const controls = createControls(cluster, clusterNow);

  let curableAt = Number.NEGATIVE_INFINITY;
  const since = new Map<string, number>();
  // The first camera is the doorbell, which comes and goes.
  let fedSince = Number.NEGATIVE_INFINITY;
  function weigh(at = time.now()): void {
    const [, ...steady] = frigate.cameras;
    if (steady.every((camera) => camera.downSince !== null)) fedSince = at + RAMP_SECONDS;
    for (const row of PRESSING) {
      const begun = row.since(frigate, since.get(row.id) ?? at, fedSince);
      if (begun === null) since.delete(row.id);
      else since.set(row.id, begun);
    }
    if (since.size > 0 || frigate.detector.fault !== 'none' || !isServed() || isHidden()) curableAt = at;
  }
  // Old answers of the cluster, or a pod that says it is not ready, hide why Frigate is silent: its silence is all
  // that can be known.
  const isHidden = () =>
    weather.cluster === 'frozen' || (weather.road !== 'open' && cluster.switches.neverReady.has(KEY));
  const isServed = () => !throughService || !cluster.switches.neverReady.has(KEY);

  const marks = new Map<string, typeof NEVER>();
  let frozen: Truth | null = null;
  function truth(): Truth {
    settle(cluster, clusterNow());
    weigh();
    const node = marks.get(nodeOf(cluster)) ?? NEVER;
    const now: Truth = {
      run,
      stoppedAt,
      nodeReady: isNodeReady(cluster, nodeOf(cluster)),
      nodeReadyAt: node.readyAt,
      nodeChangedAt: node.changedAt,
      rollingOut: isRollingOut(cluster, run === null ? 0 : time.now() - run.at),
      camerasBad: frigate.cameras.filter((camera) => camera.downSince !== null).length,
      cameras: frigate.cameras.length,
      curableAt,
      pressing: PRESSING.flatMap(({ id, withinSeconds, needsAnswers }) => {
        const begun = frigate.startedAt === null ? undefined : since.get(id);
        return begun === undefined ? [] : [{ id, since: begun, withinSeconds, needsAnswers }];
      }),
    };
    if (!frozen) return now;
    const { nodeReady, nodeReadyAt, nodeChangedAt, rollingOut } = frozen;
    return { ...now, nodeReady, nodeReadyAt, nodeChangedAt, rollingOut, run: frozen.run };
  }

  return {
    time,
    dice,
    history,
    weather,
    frigate,
    cluster,
    controls,
    throughService,
    run: () => run,
    clusterNow,
    road: () => (weather.roadNode === null || weather.roadNode === nodeOf(cluster) ? weather.road : 'open'),
    settle: () => {
      settle(cluster, clusterNow());
      pruneReplicaSets(cluster);
    },
    setClusterClock: (ahead) => {
      settle(cluster, clusterNow());
      const step = ahead - weather.clusterAhead;
      weather.clusterAhead = ahead;
      cluster.time += step;
      for (const due of cluster.due) due.at += step;
      if (run) run.misdated = true;
    },
    setFrigateClock: (ahead) => {
      uptimeOff += ahead - weather.frigateAhead;
      weather.frigateAhead = ahead;
    },
    markNode: (name, mark) => {
      const before = marks.get(name) ?? NEVER;
      marks.set(name, { ...before, [mark === 'ready' ? 'readyAt' : 'changedAt']: time.now() });
    },
    uptimeOff: () => uptimeOff,
    expectRun: (orderAt) => {
      expected = orderAt;
    },
    weigh: () => weigh(),
    truth,
    freezeTruth: (on) => {
      frozen = null;
      if (on) frozen = truth();
    },
  };
}

/** Until the stats show that a camera is back. */
const RAMP_SECONDS = 35;

/** TABLE: what must be acted upon or told of, within how long of whole looks, and since when it is there. */
const PRESSING: readonly {
  id: string;
  withinSeconds: number;
  /** It shows only in what the API says. */
  needsAnswers: boolean;
  /** `before`: since when it was there at the last look, else now. `fedSince`: since when frames reach the detector. */
  since(frigate: SimulatedFrigate, before: number, fedSince: number): number | null;
}[] = [
  {
    id: 'orphaned queue',
    withinSeconds: 150,
    needsAnswers: true,
    since: ({ detector }, _before, fedSince) =>
      detector.fault === 'orphaned_queue' ? Math.max(detector.since, fedSince) : null,
  },
  {
    id: 'slow detector',
    // The mean climbs for half a minute, and 120 s of it are asked for.
    withinSeconds: 225,
    needsAnswers: true,
    since: ({ detector }, _before, fedSince) =>
      detector.fault === 'slow' && detector.inferenceMs > 110 ? Math.max(detector.since, fedSince) : null,
  },
  {
    id: 'silent API',
    withinSeconds: 150,
    needsAnswers: false,
    since: ({ api }, before) => (api === 'answers' ? null : before),
  },
  {
    id: 'most cameras',
    // Frigate sees a lost stream after 20 s and says so up to 15 s later; 180 s are asked for, in steps of 15 and 30 s.
    withinSeconds: 300,
    needsAnswers: true,
    since: ({ cameras }) => {
      const down = cameras
        .flatMap(({ downSince }) => (downSince === null ? [] : [downSince]))
        .toSorted((a, b) => a - b);
      return down[Math.floor(cameras.length / 2)] ?? null;
    },
  },
];

function bornBy(pod: Pod): number | null {
  const stamp = pod.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'];
  return stamp === undefined ? null : Date.parse(stamp) / 1000;
}

function deploymentOf(cluster: Cluster) {
  const deployment = cluster.deployments.get(KEY);
  if (!deployment) throw new Error('The simulated cluster has lost its deployment.');
  return deployment;
}

export function podsOf(cluster: Cluster): Pod[] {
  return [...cluster.pods.values()];
}

/** Name of the node of the newest pod that lives, else of any. */
export function nodeOf(cluster: Cluster): string {
  const placed = podsOf(cluster).filter((pod) => pod.spec.nodeName !== undefined);
  const living = placed.findLast((pod) => pod.metadata.deletionTimestamp === undefined);
  return (living ?? placed.at(-1))?.spec.nodeName ?? 'node-a';
}

const NEVER = { readyAt: Number.NEGATIVE_INFINITY, changedAt: Number.NEGATIVE_INFINITY };

/** By the API's own books: something is not yet as it was last wanted, or is still going away. */
function isRollingOut(cluster: Cluster, runSeconds: number): boolean {
  const { metadata, spec, status } = deploymentOf(cluster);
  if (status.observedGeneration !== metadata.generation) return true;
  if (podsOf(cluster).some((pod) => pod.metadata.deletionTimestamp !== undefined)) return true;
  if ((status.updatedReplicas ?? 0) < spec.replicas) return true;
  const progress = status.conditions.find((one) => one.type === 'Progressing')?.reason;
  // One that has failed is not under way: a person may try again.
  if (progress === 'ProgressDeadlineExceeded' || runSeconds > spec.progressDeadlineSeconds) return false;
  return (status.availableReplicas ?? 0) < spec.replicas && progress !== 'NewReplicaSetAvailable';
}

const REVISION = 'deployment.kubernetes.io/revision';

/** The real controller keeps three old ones. */
function pruneReplicaSets(cluster: Cluster): void {
  if (cluster.replicaSets.size <= 4) return;
  const newestFirst = [...cluster.replicaSets.entries()].toSorted(
    ([, a], [, b]) => Number(b.metadata.annotations[REVISION]) - Number(a.metadata.annotations[REVISION]),
  );
  for (const [key, set] of newestFirst.slice(4)) {
    const isEmpty = podsOf(cluster).every((pod) => pod.metadata.ownerReferences?.[0]?.uid !== set.metadata.uid);
    if (isEmpty) cluster.replicaSets.delete(key);
  }
}
