/** What one look with its verdict costs, beside the bare fetch and JSON.parse of the same body in the same process. */
import { openHttp } from '../src/doors/http.ts';
import type { Log } from '../src/doors/ports.ts';
import { turn, type World, watch } from '../src/loop.ts';
import { checkOptions } from '../src/options.ts';
import { targetsOf } from '../src/targets/index.ts';
import { RECORDED_FROM, SAMPLE_SECONDS } from './servers.ts';

export interface CheckFigures {
  cameras: number;
  bodyBytes: number;
  /** Milliseconds of CPU of all threads, medians over the rounds. */
  bareMs: number;
  /** The same with the second request that a look makes, for the version. */
  bothMs: number;
  checkMs: number;
}

const WARM_UP_ROUNDS = 15;
const ROUNDS = 45;
/** The kernel counts in microseconds, but a garbage collection comes only now and then. */
const BATCH = 20;

export async function measureCheck(url: string, cameras: number): Promise<CheckFigures> {
  const check = checker(url);
  const bare = async (path: string) => JSON.parse(await (await fetch(`${url}${path}`)).text()) as unknown;
  const version = async () => (await fetch(`${url}/api/version`)).text();
  const kinds = {
    bare: () => bare('/api/stats?bare'),
    both: () => Promise.all([version(), bare('/api/stats?bare')]),
    check,
  };
  const times: Record<keyof typeof kinds, number[]> = { bare: [], both: [], check: [] };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const name of ['bare', 'both', 'check'] as const) {
      const before = process.cpuUsage();
      for (let n = 0; n < BATCH; n += 1) await kinds[name]();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[name].push((user + system) / 1000 / BATCH);
    }
  }
  const body = await (await fetch(`${url}/api/stats?bare`)).text();
  const [bareMs, bothMs, checkMs] = [median(times.bare), median(times.both), median(times.check)];
  return { cameras, bodyBytes: Buffer.byteLength(body), bareMs, bothMs, checkMs };
}

/** One turn of production without a cluster, a file and a broker; its clock goes by the samples of the server. */
function checker(url: string): () => Promise<void> {
  const answer = checkOptions({ frigates: [{ name: 'Frigate', url }] }, 'the measurement');
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  const [target] = targetsOf(answer.options);
  if (!target) throw new Error('There is nothing to look at.');
  let now = RECORDED_FROM;
  let verdict = '';
  const silent = () => undefined;
  const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
  const world: World = {
    doors: { http: openHttp(), kubernetes: null, tcp: null, mailbox: null },
    clock: { now: () => now, jumpedAt: () => null },
    store: { load: () => null, save: silent },
    log,
    publish: (view) => {
      verdict = view.decision.verdict;
    },
    steady: () => now,
    wait: async () => undefined,
    deadline: (seconds, signal) => AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
  };
  const watched = watch(target, world);
  const stop = new AbortController();
  return async () => {
    now += SAMPLE_SECONDS;
    await turn(watched, world, stop.signal);
    if (verdict !== 'healthy') throw new Error(`What should be healthy is ${verdict}.`);
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
