/** What a simulated API server can be made to do wrong, one fault at a time or many. */

interface Matcher {
  method?: string;
  path?: RegExp;
}

interface FailNext extends Matcher {
  status: number;
  /** How many requests; endless with `Infinity`. */
  times?: number;
  reason?: string;
  message?: string;
  headers?: Record<string, string>;
  /** A raw body in place of a `Status` object, e.g. a proxy's page. */
  text?: string;
}

export type Fault = { kind: 'hang' | 'refuse' | 'swallow' | 'forbid' } | { kind: 'fail'; fail: FailNext };

export interface Faults {
  /** Takes requests and never answers, until the returned function is called. Without a matcher: all of them. */
  hang(match?: Matcher): () => void;
  /** Cuts the connection in place of an answer, until the returned function is called. */
  refuse(match?: Matcher): () => void;
  /** Carries requests out and never answers them, until the returned function is called. */
  swallow(match?: Matcher): () => void;
  /** Answers that the account lacks the right, in the words of RBAC, until the returned function is called. */
  forbid(match?: Matcher): () => void;
  /** Answers the next matching requests with a failure. */
  failNext(fail: FailNext): void;
  clear(): void;
}

interface Entry {
  fault: Fault;
  match: Matcher;
  left: number;
}

export function createFaults(): Faults & { take(method: string, path: string): Fault | null } {
  let entries: Entry[] = [];

  function standing(kind: 'hang' | 'refuse' | 'swallow' | 'forbid', match: Matcher): () => void {
    const entry: Entry = { fault: { kind }, match, left: Number.POSITIVE_INFINITY };
    entries.push(entry);
    return () => {
      entries = entries.filter((each) => each !== entry);
    };
  }

  return {
    hang: (match = {}) => standing('hang', match),
    refuse: (match = {}) => standing('refuse', match),
    swallow: (match = {}) => standing('swallow', match),
    forbid: (match = {}) => standing('forbid', match),
    failNext(fail) {
      entries.push({ fault: { kind: 'fail', fail }, match: fail, left: fail.times ?? 1 });
    },
    clear() {
      entries = [];
    },
    take(method, path) {
      const entry = entries.find(
        ({ match }) => (match.method ?? method) === method && (match.path?.test(path) ?? true),
      );
      if (!entry) return null;
      entry.left -= 1;
      if (entry.left <= 0) entries = entries.filter((each) => each !== entry);
      return entry.fault;
    },
  };
}
