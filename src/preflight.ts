/** What would hold a restart back just now, and what is oddly set up: said before anybody needs a restart. Pure. */
import type { Looked } from './targets/target.ts';

interface Setting {
  looked: Pick<Looked, 'circumstances' | 'remarks'>;
  /** The ladder. */
  remedies: readonly { id: string }[];
}

/** One sentence each. Where nothing can be restarted anyway, nothing would be refused. */
export function preflightOf({ looked, remedies }: Setting): readonly string[] {
  const { hazards } = looked.circumstances;
  const speaks = (id: string, against: readonly string[] | null) => against === null || against.includes(id);
  const free = remedies.filter(({ id }) => !hazards.some(({ against }) => speaks(id, against)));
  const refused = hazards.flatMap(({ sentence, against }) => {
    const hit = remedies.filter(({ id }) => speaks(id, against)).map(({ id }) => id);
    if (hit.length === 0) return [];
    const what = free.length === 0 ? 'A restart' : `The remedy ${hit.join(' and ')}`;
    return [`${what} would be refused just now: ${sentence}`];
  });
  return [...refused, ...(looked.remarks ?? [])];
}

/** Something that should be seen is not: what was said before stands. */
export function isBlind({ circumstances }: Pick<Looked, 'circumstances'>): boolean {
  return Object.values(circumstances.seen).some((fact) => !fact.known && fact.asked);
}
