/** The log of one run of a container, and the questions that the API server passes on. */

interface Line {
  at: Date;
  text: string;
}

export interface Journal {
  /** Whole lines or pieces of them, as the process wrote them. */
  write(chunk: string): void;
  /** The bytes that `kubectl logs` would show. */
  read(query: URLSearchParams): Buffer;
}

const MOST_LINES = 100_000;

export function openJournal(): Journal {
  const lines: Line[] = [];
  let rest = '';
  return {
    write(chunk) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts.map((text) => ({ at: new Date(), text })));
      if (lines.length > MOST_LINES) lines.splice(0, lines.length - MOST_LINES);
    },
    read(query) {
      const since = sinceOf(query);
      const stamped = query.get('timestamps') === 'true';
      const after = lines.filter(({ at }) => at.getTime() >= since);
      const tail = query.get('tailLines');
      const shown = tail === null ? after : tail === '0' ? [] : after.slice(-Number(tail));
      const whole = Buffer.from(shown.map(({ at, text }) => `${stamped ? `${nano(at)} ` : ''}${text}\n`).join(''));
      const limit = query.get('limitBytes');
      return limit === null ? whole : whole.subarray(0, Number(limit));
    },
  };
}

function sinceOf(query: URLSearchParams): number {
  const [time, seconds] = [query.get('sinceTime'), query.get('sinceSeconds')];
  if (time !== null) return Date.parse(time);
  return seconds === null ? 0 : Date.now() - Number(seconds) * 1000;
}

/** The kubelet's stamps have nine digits behind the second. */
function nano(at: Date): string {
  return at.toISOString().replace('Z', '000000Z');
}
