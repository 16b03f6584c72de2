/** A log that is kept, for tests that ask what was said. */
import type { Log } from '../../src/doors/ports.ts';

export interface Heard extends Log {
  /** `warn: sentence`, oldest first. */
  lines: string[];
}

export function keptLog(): Heard {
  const lines: string[] = [];
  const say = (level: string) => (sentence: string) => void lines.push(`${level}: ${sentence}`);
  return { lines, debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
