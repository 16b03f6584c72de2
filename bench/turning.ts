/** Turns of production without a file and a broker, one after the other; the clock goes by the samples of the server. */
import { deadline } from '../src/doors/clock.ts';
import { openHttp } from '../src/doors/http.ts';
import type { KubernetesDoor, Log } from '../src/doors/ports.ts';
import { turn, type World, watch } from '../src/loop.ts';
import { checkOptions } from '../src/options.ts';
import { targetsOf } from '../src/targets/index.ts';
import { RECORDED_FROM, SAMPLE_SECONDS } from './servers.ts';

const silent = () => undefined;
export const SILENT: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** One call is one turn; what should be healthy and is not throws. */
export function turning(options: object, kubernetes: KubernetesDoor | null): () => Promise<void> {
  const answer = checkOptions(options, 'the measurement');
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  const [target] = targetsOf(answer.options);
  if (!target) throw new Error('There is nothing to look at.');
  let now = RECORDED_FROM;
  let verdict = '';
  const world: World = {
    doors: { http: openHttp(), kubernetes, tcp: null, mailbox: null },
    clock: { now: () => now, jumpedAt: () => null },
    steady: () => now,
    store: { load: () => null, save: silent },
    log: SILENT,
    publish: (view) => {
      verdict = view.decision.verdict;
    },
    wait: async () => undefined,
    deadline,
  };
  const watched = watch(target, world);
  const stop = new AbortController();
  return async () => {
    now += SAMPLE_SECONDS;
    await turn(watched, world, stop.signal);
    if (verdict !== 'healthy') throw new Error(`What should be healthy is ${verdict}.`);
  };
}
