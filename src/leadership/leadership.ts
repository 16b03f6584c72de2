/** What the loop asks of whoever knows which Warden leads, and what a guard is told of it. */
import type { Handed } from '../rules/handover.ts';
import type { Circumstance, Leader } from '../rules/types.ts';
import type { Presence } from './record.ts';

/** What the one before left of a target. `handed` is null where nothing of it can be used. */
export interface Inheritance {
  handed: Handed | null;
  /** How far the other's clock is ahead of ours. */
  aheadSeconds: number;
}

export interface Leadership {
  presence(): Presence;
  /** Once for each target after another Warden led; the state that is made of it is ours from then on. */
  inherit(targetId: string): Inheritance | null;
  /** Has the Lease renewed now: only what the cluster answers tells that we lead still. Null, or why not. */
  whyNotLeading(signal: AbortSignal): Promise<string | null>;
  /** What the next one must know has changed. */
  changed(): void;
}

/** Nobody is waited for where no Lease can be used. */
export function leaderOf({ role, holder, sentence }: Presence): Circumstance<Leader> {
  switch (role) {
    case 'leading':
      return { known: true, value: { isUs: true, name: holder ?? '' } };
    case 'following':
      return { known: true, value: { isUs: false, name: holder ?? '' } };
    case 'alone':
      return { known: false, asked: false, why: sentence };
    case 'unknown':
      return { known: false, asked: true, why: sentence };
  }
}
