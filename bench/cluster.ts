/** Memory, connections and CPU over 2,000 turns against an API server over TLS, beside the client library as it comes. */
import { startNode } from './processes.ts';
import type { Counts } from './secure.ts';
import type { Servers } from './servers.ts';
import type { TurnFigures, TurnKind, TurnOrder } from './turns.ts';

export interface ClusterFigures extends TurnFigures, Counts {}

/** One after the other: each alone with the server. */
export async function measureCluster(
  { program, flags, turns }: { program: string; flags: readonly string[]; turns: number },
  servers: Servers,
): Promise<Record<TurnKind, ClusterFigures>> {
  const measure = async (kind: TurnKind): Promise<ClusterFigures> => {
    const { secure, recorded } = servers;
    await countsOf(secure.countsUrl);
    const order: TurnOrder = { kind, turns, secure, frigateUrl: Object.values(recorded)[0] ?? '' };
    const running = startNode([...flags, '--expose-gc', program, 'turns', JSON.stringify(order)]);
    await new Promise<void>((resolve) => running.child.once('close', () => resolve()));
    const [, figures] = /^FIGURES (.*)$/m.exec(running.output()) ?? [];
    if (figures === undefined) throw new Error(running.output());
    return { ...(JSON.parse(figures) as TurnFigures), ...(await countsOf(secure.countsUrl)) };
  };
  return { product: await measure('product'), door: await measure('door'), stock: await measure('stock') };
}

async function countsOf(url: string): Promise<Counts> {
  return (await (await fetch(url)).json()) as Counts;
}
