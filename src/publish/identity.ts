/** Names on the wire: made from ids only, so that no display name and no order of things can change them. Pure. */
import { createHash } from 'node:crypto';

/** Every object of ours in Home Assistant begins so. */
export const OBJECT_PREFIX = 'frigate_warden';

/** The base topic that a Warden uses unless told otherwise; only then its hub needs no name of its own. */
const DEFAULT_BASE = 'frigate_warden';

/** Two Wardens on one broker each need a hub. Two underscores: no id of a target begins with one. */
export function hubId(baseTopic: string): string {
  return baseTopic === DEFAULT_BASE ? OBJECT_PREFIX : `${OBJECT_PREFIX}__${slugOf(baseTopic)}`;
}

export function instanceId(target: string): string {
  return `${OBJECT_PREFIX}_${target}`;
}

/** Home Assistant takes entity ids of at most 255 characters; a camera's stands in them with its target and a key. */
const SLUG_LENGTH = 64;

/**
 * A slug `[a-z0-9_]+` for each name. A name that is one already keeps it. Names that would share a slug, that are too
 * long, or with their target's id read like another target's, get a short hash of the name, whatever their order.
 */
export function slugsOf(
  names: readonly string[],
  target: string,
  targets: readonly string[],
): ReadonlyMap<string, string> {
  const claims = new Map<string, number>();
  for (const name of names) claims.set(slugOf(name), (claims.get(slugOf(name)) ?? 0) + 1);
  const foreign = targets.flatMap((id) => (id.startsWith(`${target}_`) ? [id.slice(target.length + 1)] : []));
  return new Map(
    names.map((name) => {
      const slug = slugOf(name);
      const isForeign = foreign.some((rest) => slug === rest || slug.startsWith(`${rest}_`));
      const isShared = (claims.get(slug) ?? 0) > 1 && slug !== name;
      if (!isForeign && !isShared && slug !== '' && slug.length <= SLUG_LENGTH) return [name, slug];
      return [name, `${slug.slice(0, SLUG_LENGTH) || 'x'}_${hashOf(name)}`];
    }),
  );
}

function slugOf(name: string): string {
  if (/^[a-z0-9_]+$/.test(name)) return name;
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 6);
}
