/** From the start of the process to its first verdict, as the broker sees it. */
import { bundleWords, startNode } from './processes.ts';
import type { ServersProcess } from './servers.ts';

export interface StartFigures {
  starts: number;
  /** Until a Node that is told nothing has ended. */
  bareMs: number;
  /** Until the first state of Frigate is at the broker. */
  medianMs: number;
  slowestMs: number;
}

const INTERVAL_SECONDS = 30;

/** Each start is that of an empty folder; bare Nodes in between. */
export async function measureStart(servers: ServersProcess, starts: number): Promise<StartFigures> {
  const bare: number[] = [];
  const verdicts: number[] = [];
  for (let n = 0; n < starts; n += 1) {
    const begun = performance.now();
    const nothing = startNode(['-e', '0']);
    await new Promise<void>((resolve) => nothing.child.once('exit', () => resolve()));
    bare.push(performance.now() - begun);
    verdicts.push(await oneStart(servers));
  }
  const sorted = verdicts.toSorted((a, b) => a - b);
  const middle = Math.floor(starts / 2);
  return {
    starts,
    bareMs: bare.toSorted((a, b) => a - b)[middle] ?? Number.NaN,
    medianMs: sorted[middle] ?? Number.NaN,
    slowestMs: sorted.at(-1) ?? Number.NaN,
  };
}

async function oneStart(servers: ServersProcess): Promise<number> {
  const bundle = bundleWords(servers, INTERVAL_SECONDS);
  const state = servers.nextState();
  const begun = performance.now();
  const warden = startNode(bundle.words);
  try {
    const gone = new Promise<never>((_, reject) => {
      warden.child.once('exit', () => reject(new Error(`It ended before its first verdict: ${warden.output()}`)));
    });
    return (await Promise.race([state, gone])) * 1000 - begun;
  } finally {
    await warden.end();
    bundle.remove();
  }
}
