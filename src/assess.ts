/** The pure part of a turn: digest ▸ look ▸ decide. Live, replay and simulation all come through here. */
import { type Decision, decide } from './rules/decide.ts';
import type { State } from './rules/state.ts';
import type { Circumstance, Leader, Receipt, Wish } from './rules/types.ts';
import type { AnyTarget, Looked } from './targets/target.ts';

/** What is remembered of a target from turn to turn. */
export interface Remembered {
  state: State;
  /** The target's own; null: it was never looked at. */
  memory: unknown;
}

/** What a turn brings besides the answers. */
export interface Occasion {
  /** Epoch seconds. */
  now: number;
  /** When wall time was last seen to jump, or null. */
  clockJumpedAt: number | null;
  /** Which Warden leads; without it the target's own word holds, which is that nobody asked. */
  leader?: Circumstance<Leader>;
  wishes: readonly Wish[];
  receipts: readonly Receipt[];
}

export interface Assessed {
  memory: unknown;
  facts: unknown;
  looked: Looked;
  /** Holds the new state; the one before is left as it was. */
  decision: Decision;
}

export function assess(
  target: AnyTarget,
  before: Remembered,
  answers: unknown,
  { now, clockJumpedAt, leader, wishes, receipts }: Occasion,
): Assessed {
  const { memory, facts } = target.digest(before.memory, answers, now);
  const looked = target.look(facts, now);
  const circumstances = { ...looked.circumstances, clockJumpedAt, ...(leader ? { leader } : {}) };
  const { findings, members } = looked;
  const decision = decide(target.policy, before.state, { now, findings, members, circumstances, receipts, wishes });
  return { memory, facts, looked, decision };
}
