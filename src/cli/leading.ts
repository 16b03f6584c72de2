/** This Warden among several: where its Lease lies, what it is called, and what it leaves to the next one. */
import type { Installation } from '../doors/installation.ts';
import type { Clock, LeaseDoor, Log, OutboxEntry, StoreDoor } from '../doors/ports.ts';
import { type Election, openElection } from '../leadership/election.ts';
import { withoutSecrets } from '../leadership/handed.ts';
import type { Watched } from '../loop.ts';
import { hasCluster, type Options } from '../options.ts';
import { type Handed, handedOver, type Untold } from '../rules/handover.ts';

/** The Lease that all Wardens of these options share; null where there is no cluster to keep it. */
export function leaseOf(options: Options): { namespace: string; name: string } | null {
  const namespace = options.frigates.find((frigate) => frigate.namespace !== undefined)?.namespace;
  if (namespace === undefined || !hasCluster(options)) return null;
  return { namespace, name: options.kubernetes.lease };
}

export interface CandidateOptions {
  place: { namespace: string; name: string };
  door: LeaseDoor;
  installation: Installation;
  targets: readonly string[];
  /** What is watched, as soon as it is. */
  watched(): readonly Watched[];
  store: Pick<StoreDoor, 'outbox'>;
  redact(text: string): string;
  clock: Clock;
  steady(): number;
  wait(seconds: number, signal: AbortSignal): Promise<void>;
  deadline(seconds: number, signal: AbortSignal): AbortSignal;
  log: Log;
  stop: AbortSignal;
}

export function openCandidate(given: CandidateOptions): Candidate {
  const { watched, store, installation, redact, ...others } = given;
  const election = openElection({
    ...others,
    identity: installation.identity,
    installation: installation.installation,
    handover: () => handoverOf(watched(), store.outbox(), redact),
  });
  return { election, installation };
}

/** This Warden, and the election in which it stands. */
export interface Candidate {
  election: Election;
  installation: Installation;
}

function handoverOf(
  watched: readonly Watched[],
  outbox: readonly OutboxEntry[],
  redact: (text: string) => string,
): Record<string, Handed> {
  return Object.fromEntries(
    watched.map(({ target, state, unsaved }) => {
      const waiting = [...outbox.filter((entry) => entry.target === target.id), ...unsaved];
      return [target.id, withoutSecrets(handedOver(state, waiting.map(untoldIn)), redact)];
    }),
  );
}

function untoldIn({ incidentId, payload }: OutboxEntry): Untold {
  return { incidentId, type: (JSON.parse(payload) as { event_type: Untold['type'] }).event_type };
}

/** The store, over which the next leader hears of what was told. */
export function storeOf<S extends StoreDoor>(store: S, candidate: Candidate | null): S {
  if (!candidate) return store;
  return {
    ...store,
    delivered(ids: readonly string[]) {
      store.delivered(ids);
      candidate.election.changed();
    },
  };
}
