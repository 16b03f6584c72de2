/** What goes from one leader to the next: our last words, and what the one before left to us. */
import type { Clock, Log, Reply } from '../doors/ports.ts';
import type { Handed } from '../rules/handover.ts';
import { readWill, writeWill } from './handed.ts';
import type { Inheritance } from './leadership.ts';

export interface EstateOptions {
  /** Of which installation this Warden is; it stays over a restart of the machine. */
  installation: string;
  targets: readonly string[];
  /** What the next leader must know of each target. */
  handover(): Readonly<Record<string, Handed>>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

export interface Estate {
  /** What may be written now; null: what stands there stays. */
  words(): string | null;
  /** We lead from now on. `hasFollowed`: another one led while we looked on, so all that is ours is a guess. */
  enter(text: string | null, hasFollowed: boolean): void;
  /** Another one leads. */
  leave(): void;
  inherit(targetId: string): Inheritance | null;
  /** An answer of the cluster, which tells its time. */
  heed(reply: Reply<unknown>): void;
}

/** Of so many answers the quickest tells best what the cluster's clock says. */
const CLOCK_ANSWERS = 8;

export function openEstate({ installation, targets, handover, clock, log }: EstateOptions): Estate {
  const left = new Map<string, Inheritance>();
  /** Our clock minus the cluster's. */
  let ahead: readonly number[] = [];
  let hasToldTooMuch = false;
  const aheadSeconds = () => (ahead.length === 0 ? 0 : Math.min(...ahead));
  return {
    words() {
      // Until what was left to us is ours, those words are the better ones.
      if (left.size > 0) return null;
      const written = writeWill({ by: installation, aheadSeconds: aheadSeconds(), targets: handover() });
      if (written?.isWhole !== true && !hasToldTooMuch) {
        log.warn('Not all incidents fit into the Lease: after a take-over some of them may be told a second time.');
        hasToldTooMuch = true;
      }
      return written?.text ?? null;
    },
    enter(text, hasFollowed) {
      const { will, problems } = readWill(text);
      for (const sentence of problems) log.warn(`${sentence} The ledger and our own store still hold the budget.`);
      // What this installation left to itself it knows better from its own store.
      if (!hasFollowed && (will === null || will.by === installation)) return;
      const apart = will === null ? 0 : will.aheadSeconds - aheadSeconds();
      for (const id of targets) left.set(id, { handed: will?.targets[id] ?? null, aheadSeconds: apart });
    },
    leave: () => left.clear(),
    inherit(targetId) {
      const one = left.get(targetId) ?? null;
      left.delete(targetId);
      return one;
    },
    heed(reply) {
      if (reply.ok && reply.serverTime !== null) {
        ahead = [...ahead, clock.now() - reply.serverTime].slice(-CLOCK_ANSWERS);
      }
    },
  };
}
