/** The door's voice: says once that the API server stopped answering, and once that it answers again. */

import type { Log, Reply } from '../ports.ts';
import { isOwnAnswer } from './errors.ts';

export interface Voice {
  /** Called when a call begins; what it returns is called with the reply. */
  begin(): (reply: Reply<unknown>) => void;
}

/** `origin` answers the address as it is now: credentials that are renewed may lead elsewhere. */
export function createVoice(log: Log, origin: () => string): Voice {
  let down = false;
  let answers = 0;
  return {
    begin() {
      const before = answers;
      return (reply) => {
        if (reply.ok || isOwnAnswer(reply)) {
          answers += 1;
          if (down) log.info(`The Kubernetes API at ${origin()} answers again.`);
          down = false;
          return;
        }
        // One slow call among others that are answered is not a server that went down.
        if (reply.kind === 'aborted' || answers !== before || down) return;
        down = true;
        log.warn(`The Kubernetes API at ${origin()} does not answer. ${reply.reason}`);
      };
    },
  };
}
