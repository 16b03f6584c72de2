/** What is remembered from look to look: nodes, runs of the container, and what other healers wrote. */
import { isForeignChange } from './ledger.ts';
import { type NodeObject, secondsOf } from './objects.ts';
import { placeOf } from './placement.ts';
import { MEMORY_KILL } from './pods.ts';
import type { GroundMemory, LedgerFacts, MemoryKill, NodeFacts, NodeMemory, PodFacts, Run } from './types.ts';

export const NEW_MEMORY: GroundMemory = {
  selector: null,
  nodeName: null,
  skewSeconds: 0,
  seenAt: {},
  nodes: {},
  groundChangedAt: null,
  run: null,
  runBefore: null,
  settled: null,
  unready: null,
  memoryKills: [],
  ledgerText: null,
  ownTimes: [],
  otherHealerAt: null,
  places: null,
  scalers: null,
  isRestartNear: false,
};

/** A node that comes and goes with an autoscaler is not remembered for ever. */
const MOST_NODES = 16;
/** Longer than any restart counts, so that the end of a day on one side is no change on the other. */
const OWN_SECONDS = 172_800;
/** Longest piece of a condition's message in a sentence. */
const MESSAGE_LENGTH = 160;

export function nodeFacts(object: NodeObject, { skew, now }: { skew: number; now: number }): NodeFacts {
  const { metadata, spec, status } = object;
  const ready = status.conditions.find((one) => one.type === 'Ready');
  const since = secondsOf(ready?.lastTransitionTime);
  return {
    name: metadata.name,
    ready: ready?.status === 'True',
    why: ready ? whyNot(ready) : 'It has not reported yet.',
    since: since === null ? null : Math.min(since + skew, now),
    cordoned: spec?.unschedulable === true,
    kubeletVersion: status.nodeInfo?.kubeletVersion ?? null,
    bootId: status.nodeInfo?.bootID ?? null,
    // Every node has labels; one without has lost them in a recording.
    place: metadata.labels ? placeOf(object) : null,
  };
}

function whyNot({ status, reason, message }: NodeObject['status']['conditions'][number]): string {
  const who = status === 'Unknown' ? 'Nothing is heard from it' : 'It says so itself';
  const words = [reason, message?.slice(0, MESSAGE_LENGTH)].filter((word) => word).join(', ');
  return words === '' ? `${who}.` : `${who} (${words}).`;
}

/** A pod may still be bound to it; nothing starts there again. */
export function goneNode(name: string): NodeFacts {
  const why = 'It is not in the cluster any more.';
  return { name, ready: false, why, since: null, cordoned: false, kubeletVersion: null, bootId: null, place: null };
}

/** When the node last became ready: by the cluster's word or by our own eyes, whichever is later. */
export function readyAt(node: NodeFacts, { nodes }: Pick<GroundMemory, 'nodes'>, now: number): number | null {
  if (!node.ready) return null;
  const own = nodes[node.name]?.cameBackAt ?? null;
  if (own === null && node.since === null) return now;
  return Math.max(own ?? 0, node.since ?? 0);
}

export function rememberNode(
  before: Pick<GroundMemory, 'nodes' | 'groundChangedAt'>,
  node: NodeFacts,
  now: number,
): Pick<GroundMemory, 'nodes' | 'groundChangedAt'> {
  const known = before.nodes[node.name];
  const changed =
    known !== undefined && (differs(known.kubeletVersion, node.kubeletVersion) || differs(known.bootId, node.bootId));
  const entry: NodeMemory = {
    kubeletVersion: node.kubeletVersion ?? known?.kubeletVersion ?? null,
    bootId: node.bootId ?? known?.bootId ?? null,
    ready: node.ready,
    cameBackAt: known && !known.ready && node.ready ? now : (known?.cameBackAt ?? null),
    seenAt: now,
  };
  const newestFirst = Object.entries({ ...before.nodes, [node.name]: entry }).toSorted(
    ([, a], [, b]) => b.seenAt - a.seenAt,
  );
  return {
    nodes: Object.fromEntries(newestFirst.slice(0, MOST_NODES)),
    groundChangedAt: changed ? now : before.groundChangedAt,
  };
}

/** Two things that are both known and not the same. */
function differs(before: string | null, after: string | null): boolean {
  return before !== null && after !== null && before !== after;
}

/**
 * A new run begins with a new pod or a new start of the container; what only waits is not yet a run. It keeps the
 * start that it was first seen with: when the cluster's clock is set later, the stamp is still of the clock before.
 */
export function rememberRun(
  { run, runBefore }: Pick<GroundMemory, 'run' | 'runBefore'>,
  pod: PodFacts | null,
): Pick<GroundMemory, 'run' | 'runBefore'> {
  if (!pod?.container) return { run, runBefore };
  const { start, startedAt, image, imageId } = pod.container;
  const seen: Run = { podUid: pod.uid, start, startedAt, image, imageId, node: pod.node };
  const samePod = run?.podUid === pod.uid;
  if (run && samePod && start === null) return { run, runBefore };
  if (run && samePod && (run.start === null || run.start === start)) {
    const kept = { startedAt: run.startedAt ?? startedAt, imageId: imageId ?? run.imageId, node: pod.node ?? run.node };
    return { run: { ...seen, ...kept }, runBefore };
  }
  return { run: seen, runBefore: run && run.start !== null ? run : runBefore };
}

/** Since when the pod is not ready by our own eyes; the cluster may give no time for it. */
export function rememberUnready(
  before: GroundMemory['unready'],
  pod: PodFacts | null,
  now: number,
): GroundMemory['unready'] {
  if (!pod || pod.ready) return null;
  return before?.podUid === pod.uid ? before : { podUid: pod.uid, since: now };
}

/** One kill may be a busy moment; a second one within this time is none. */
const KILLS_SECONDS = 3600;

/** The cluster tells only how the last run ended, so the ends are gathered look by look. */
export function rememberKills(before: readonly MemoryKill[], pod: PodFacts | null, now: number): readonly MemoryKill[] {
  const fresh = before.filter(({ at }) => now - at < KILLS_SECONDS);
  const { lastEndedAt: at = null, lastEndReason: reason, lastEndStamp: stamp = null } = pod?.container ?? {};
  if (!pod || at === null || stamp === null || reason !== MEMORY_KILL || now - at >= KILLS_SECONDS) return fresh;
  const isKnown = fresh.some((kill) => kill.podUid === pod.uid && kill.stamp === stamp);
  return isKnown ? fresh : [...fresh, { podUid: pod.uid, stamp, at }];
}

/** The image or the node is not that of the run before. */
export function isMoved({ run, runBefore }: Pick<GroundMemory, 'run' | 'runBefore'>): boolean {
  if (!run || !runBefore) return false;
  return (
    differs(runBefore.image, run.image) || differs(runBefore.imageId, run.imageId) || differs(runBefore.node, run.node)
  );
}

export function rememberLedger(
  before: Pick<GroundMemory, 'ledgerText' | 'ownTimes' | 'otherHealerAt'>,
  ledger: LedgerFacts,
  now: number,
): Pick<GroundMemory, 'ledgerText' | 'ownTimes' | 'otherHealerAt'> {
  const own = [...new Set([...before.ownTimes, ...ledger.own])].filter((time) => now - time < OWN_SECONDS);
  const foreign = before.ledgerText !== null && isForeignChange(before.ledgerText, ledger, own, now);
  return {
    ledgerText: ledger.text,
    ownTimes: own.sort((a, b) => a - b),
    otherHealerAt: foreign ? now : before.otherHealerAt,
  };
}
