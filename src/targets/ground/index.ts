/** What every target stands on in a cluster: checks, layers and circumstances, the same for all products. */
import type { Circumstance, Circumstances, LayerRule } from '../../rules/types.ts';
import type { CheckRow } from '../target.ts';
import { clusterApi, nodeReady, nodeUpgrade } from './checks.ts';
import { hazardsOf } from './hazards.ts';
import {
  crashLoop,
  image,
  noContainerSentence,
  oom,
  scaledToZero,
  terminatingStuck,
  unschedulable,
} from './pod-checks.ts';
import { hidden } from './sight.ts';
import type { GroundFacts, LedgerFacts } from './types.ts';

/** The part of the circumstances that the ground knows. */
type GroundCircumstances = Pick<
  Circumstances,
  | 'startedAt'
  | 'graceSeconds'
  | 'instance'
  | 'bears'
  | 'rollout'
  | 'groundReadyAt'
  | 'groundChangedAt'
  | 'seen'
  | 'hazards'
  | 'otherHealerAt'
  | 'ledger'
  | 'leader'
>;

/** Where two are bad in one layer, the first says more: out of memory is why it loops. */
export const groundChecks: readonly CheckRow<GroundFacts>[] = [
  clusterApi,
  nodeReady,
  nodeUpgrade,
  oom,
  image,
  crashLoop,
  terminatingStuck,
  unschedulable,
  scaledToZero,
];

/** Even a person's restart does harm on a node that is not well. */
export const groundLayers: readonly LayerRule[] = [
  { id: 'cluster', standsOn: [] },
  { id: 'node', standsOn: ['cluster'], hard: true },
  { id: 'pod', standsOn: ['node'] },
  { id: 'storage', standsOn: ['node'] },
];

/** How long a start may take where nobody set it. */
const GRACE_SECONDS = 600;

export function groundCircumstances(facts: GroundFacts, now: number): GroundCircumstances {
  const { workload, pods, pod, node, ledger } = facts;
  return {
    startedAt: startedAt(facts),
    graceSeconds: facts.graceSeconds,
    instance: pods.known ? known(pod?.uid ?? null) : pods,
    bears: pod ? { known: true, value: pod.bears } : noPod(pods),
    rollout: facts.rollout,
    groundReadyAt: node.known ? readyAt(facts) : node,
    groundChangedAt: node.known || facts.groundChangedAt !== null ? known(facts.groundChangedAt) : node,
    seen: { workload: seen(workload), pods: seen(pods), pod: pod ? known(true) : noPod(pods), node: seen(node) },
    hazards: hazardsOf(facts, now),
    otherHealerAt: ledger.known || facts.otherHealerAt !== null ? known(facts.otherHealerAt) : ledger,
    ledger: ledger.known ? known(sharedTimes(ledger.value)) : ledger,
    leader: NO_LEASE,
  };
}

/** An order of ours that somebody took out of the ledger is in it no more. */
function sharedTimes({ times, own }: LedgerFacts): { times: readonly number[]; ours: readonly number[] } {
  return { times, ours: own.filter((at) => times.includes(at)) };
}

const NO_LEASE = hidden(false, 'No lease is used.');

function startedAt({ pods, pod }: GroundFacts): Circumstance<number> {
  if (!pod) return noPod(pods);
  const { container } = pod;
  if (!container) return hidden(true, noContainerSentence(pod));
  if (container.startedAt !== null) return known(container.startedAt);
  const why = container.waitingReason ? ` (${container.waitingReason})` : '';
  return hidden(true, `The container ${container.name} does not run${why}.`);
}

function readyAt({ node, groundReadyAt }: GroundFacts): Circumstance<number> {
  if (groundReadyAt !== null) return known(groundReadyAt);
  return hidden(true, node.known ? `The node ${node.value.name} is not ready.` : node.why);
}

function noPod(pods: Circumstance<unknown>): { known: false; asked: boolean; why: string } {
  return pods.known ? hidden(true, 'There is no living pod.') : pods;
}

function seen(part: Circumstance<unknown>): Circumstance<true> {
  return part.known ? known(true) : part;
}

function known<T>(value: T): { known: true; value: T } {
  return { known: true, value };
}

/** For a target without a cluster: nobody looks, and nothing waits for it. */
export function noGround(graceSeconds = GRACE_SECONDS): GroundCircumstances {
  const none = hidden(false, 'No Kubernetes cluster is configured.');
  return {
    startedAt: none,
    graceSeconds,
    instance: none,
    bears: none,
    rollout: none,
    groundReadyAt: none,
    groundChangedAt: none,
    seen: { workload: none, pods: none, pod: none, node: none },
    hazards: [],
    otherHealerAt: none,
    ledger: none,
    leader: NO_LEASE,
  };
}

/** What is wrong with how it is set up, though nothing has failed of it yet. */
export function groundRemarks({ workload }: GroundFacts): readonly string[] {
  if (!workload.known) return [];
  const { kind, name, replicas } = workload.value;
  if (kind === 'daemonset' || replicas < 2) return [];
  return [`The ${kind} ${name} is set to ${replicas} pods, which share what only one may use: set replicas to 1.`];
}

/** What cannot be seen of the cluster, and why: each sentence once. */
export function groundCannotSee(facts: GroundFacts): readonly string[] {
  const { cluster, workload, pods, node, ledger, placement, scaling } = facts;
  if (cluster.answers === false) return [cluster.sentence];
  const parts = [workload, pods, node, ledger, placement, scaling];
  const dropped = ledger.known ? ledger.value.dropped : [];
  return [...new Set([...parts.flatMap((part) => (part.known || part.why === '' ? [] : [part.why])), ...dropped])];
}
