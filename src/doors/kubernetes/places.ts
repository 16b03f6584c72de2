/** So many calls at once, and no more: what hangs takes up no more connections than that. */

export interface Places {
  /** Waits for a place, runs, and gives it back; where the signal aborts first, `run` is called nevertheless. */
  within<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T>;
}

export function openPlaces(most: number): Places {
  const waiting = new Set<() => void>();
  let taken = 0;

  /** True: a place is held now. */
  async function take(signal: AbortSignal): Promise<boolean> {
    if (taken < most) {
      taken += 1;
      return true;
    }
    if (signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const come = () => resolve(true);
    const leave = () => {
      // Whoever was called in the meantime holds a place already.
      if (waiting.delete(come)) resolve(false);
    };
    waiting.add(come);
    signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  function give(): void {
    const [next] = waiting;
    if (!next) {
      taken -= 1;
      return;
    }
    // Handed on, so that nobody who comes in between can take it.
    waiting.delete(next);
    next();
  }

  return {
    async within(signal, run) {
      const isHeld = await take(signal);
      try {
        return await run();
      } finally {
        if (isHeld) give();
      }
    },
  };
}
