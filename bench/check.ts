/** What one look with its verdict costs, beside the bare fetch and JSON.parse of the same body in the same process. */
import { turning } from './turning.ts';

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
  const check = turning({ frigates: [{ name: 'Frigate', url }] }, null);
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
