/** Virtual time: it stands still while anything is being done, and then goes on to what comes next. */

export interface VirtualTime {
  /** Epoch seconds, the world's own truth. */
  now(): number;
  /** Runs once after so many seconds; the answer cancels it. */
  after(seconds: number, run: () => void): () => void;
  /** The same for what lets no promise go on: nothing waits for it, and that is quicker. */
  quietlyAfter(seconds: number, run: () => void): void;
  /** Lets happen all that is due until then. */
  runUntil(end: number): Promise<void>;
}

interface Due {
  at: number;
  run: (() => void) | null;
  isQuiet: boolean;
}

export function newTime(start: number): VirtualTime {
  let now = start;
  // Latest first, so that the next one is popped. Of two at one time the older comes first.
  const pending: Due[] = [];

  function plan(seconds: number, run: () => void, isQuiet: boolean): Due {
    const due: Due = { at: now + Math.max(0, seconds), run, isQuiet };
    let place = pending.length;
    while (place > 0 && (pending[place - 1] as Due).at <= due.at) place -= 1;
    pending.splice(place, 0, due);
    return due;
  }

  return {
    now: () => now,
    after: (seconds, run) => {
      const due = plan(seconds, run, false);
      return () => {
        due.run = null;
      };
    },
    quietlyAfter: (seconds, run) => {
      plan(seconds, run, true);
    },
    async runUntil(end) {
      await drained();
      for (let due = pending.at(-1); due !== undefined && due.at <= end; due = pending.at(-1)) {
        pending.pop();
        if (!due.run) continue;
        now = due.at;
        due.run();
        if (!due.isQuiet) await drained();
      }
      now = end;
    },
  };
}

/** All promises that can go on have gone on. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
