/** What an idle Warden keeps in memory with every door open, beside Nodes that do nothing or only fetch. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWords, type Memory, memoryOf, type Running, startNode } from './processes.ts';
import type { Servers } from './servers.ts';

export interface MemoryFigures {
  seconds: number;
  bare: Memory;
  fetching: Memory;
  warden: Memory;
}

const INTERVAL_SECONDS = 5;
const READINGS = 5;

/** All three run side by side and are read at the same moments. */
export async function measureMemory(servers: Servers, seconds: number): Promise<MemoryFigures> {
  const bundle = bundleWords(servers, INTERVAL_SECONDS);
  const fetching =
    `const look = () => fetch('${servers.frigateUrl}/api/stats').then((answer) => answer.json());` +
    `look(); setInterval(look, ${INTERVAL_SECONDS * 1000});`;
  const running = {
    bare: startNode(['-e', 'setInterval(()=>{},1e9)']),
    fetching: startNode(['-e', fetching]),
    warden: startNode(bundle.words),
  };
  try {
    await sleep(seconds * 1000);
    if (!running.warden.output().includes('is healthy')) throw new Error(running.warden.output());
    const readings: Record<keyof typeof running, Memory[]> = { bare: [], fetching: [], warden: [] };
    for (let n = 0; n < READINGS; n += 1) {
      for (const name of ['bare', 'fetching', 'warden'] as const) readings[name].push(memoryOf(running[name]));
      await sleep(1000);
    }
    return { seconds, bare: most(readings.bare), fetching: most(readings.fetching), warden: most(readings.warden) };
  } finally {
    await Promise.all(Object.values(running).map((one: Running) => one.end()));
    bundle.remove();
  }
}

function most(readings: readonly Memory[]): Memory {
  return {
    residentMb: Math.max(...readings.map(({ residentMb }) => residentMb)),
    ownMb: Math.max(...readings.map(({ ownMb }) => ownMb)),
  };
}
