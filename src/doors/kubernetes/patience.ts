/** An API server that asks to slow down (429) is left alone for as long as it says, within limits. */

import type { Failure } from '../ports.ts';
import { type Call, failure, ownWords, type Status } from './errors.ts';

export interface Patience {
  /** The API itself answered 429; `retryAfter` is its header. */
  asked(retryAfter: string | null): void;
  /** In place of an answer, while it is to be left alone: the call was not sent. */
  refusal(call: Call): Failure | null;
  /** Waits for the end of a short rest; false: it is a long one, or the signal aborted first. */
  outlast(signal: AbortSignal): Promise<boolean>;
}

/** Kubernetes source, apiserver/pkg/server/filters: it asks for 1 to 5 s, by load up to about 30. */
const LEAST_SECONDS = 1;
/** Whoever asks for more would leave us blind for longer than an outage of the API server does. */
const MOST_SECONDS = 60;

const WORDS: Status = { reason: 'TooManyRequests', message: 'not asked' };

/** `now`: seconds of a steady clock. `shortSeconds`: a rest of this length may be waited for. */
export function openPatience(now: () => number, shortSeconds: number): Patience {
  let until = Number.NEGATIVE_INFINITY;
  let seconds = 0;
  return {
    asked(retryAfter) {
      const wanted = retryAfter !== null && /^\d{1,9}$/.test(retryAfter.trim()) ? Number(retryAfter) : LEAST_SECONDS;
      const granted = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, wanted));
      if (now() + granted <= until) return;
      seconds = granted;
      until = now() + granted;
    },
    refusal(call) {
      if (now() >= until) return null;
      const why = `the API asked to slow down for ${seconds} s, so it was not asked yet`;
      // With the status of the answer that it stands for: a restart that was not sent was surely not carried out.
      return { ...failure(call, 'status', why), status: 429, body: ownWords(WORDS) };
    },
    async outlast(signal) {
      // A timer of a busy process may come some milliseconds early.
      for (let left = until - now(); left > 0 && !signal.aborted; left = until - now()) {
        if (left > shortSeconds) return false;
        await pause(left, signal);
      }
      return !signal.aborted;
    },
  };
}

/** Ends with the signal. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, seconds * 1000 + 1);
  signal.addEventListener('abort', end, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
}
