/** Bodies that nobody should send: real ones with parts taken away, replaced by something else, or added. */
import fc from 'fast-check';

type Json = unknown;

/** One change: walk down by these choices, then do it. */
interface Change {
  steps: readonly number[];
  what: 'replace' | 'remove' | 'add' | 'rename';
  junk: Json;
}

/** What is of a wrong kind wherever a number, a name or a group belongs, and is never a figure that could be true. */
const wrongKind: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(null, '', '-', 'NaN', 'unknown', '1e999', [], {}, [[]], { a: { b: [] } }, true, -1, -1e308, 1e308),
  fc.string().map((text) => `x${text}`),
  fc.array(fc.constantFrom(null, 'x', {}), { maxLength: 5 }),
);

/** The same, and any JSON at all: numbers that could be true are among it, though never the same twice. */
const anything: fc.Arbitrary<Json> = fc.oneof(wrongKind, fc.jsonValue({ maxDepth: 3 }));

const changesOf = (junk: fc.Arbitrary<Json>): fc.Arbitrary<readonly Change[]> =>
  fc.array(
    fc.record({
      steps: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
      what: fc.constantFrom('replace' as const, 'remove' as const, 'add' as const, 'rename' as const),
      junk,
    }),
    { minLength: 1, maxLength: 6 },
  );

export const lastingChanges = changesOf(wrongKind);
export const passingChanges = changesOf(anything);

/** Now and then the body is nothing of the kind. */
export const bodies = (real: Json, junk: fc.Arbitrary<Json> = anything): fc.Arbitrary<Json> =>
  fc.oneof(
    { weight: 9, arbitrary: changesOf(junk).map((changes) => changed(real, changes)) },
    { weight: 1, arbitrary: junk },
  );

/** A changed copy. What lists processes is left alone: a process that is missing there is dead, and no garbage. */
export function changed(real: Json, changes: readonly Change[]): Json {
  return changes.reduce((body, { steps, what, junk }) => changeAt(body, steps, what, junk), structuredClone(real));
}

const LEFT_ALONE = 'cpu_usages';

function changeAt(body: Json, [step, ...more]: readonly number[], what: Change['what'], junk: Json): Json {
  if (typeof body !== 'object' || body === null || step === undefined) return what === 'replace' ? junk : body;
  const entries: [string, Json][] = Object.entries(body);
  const place = step % Math.max(1, entries.length);
  const chosen = entries[place];
  if (!chosen || chosen[0] === LEFT_ALONE) return body;
  const [key, value] = chosen;
  if (more.length > 0 && typeof value === 'object' && value !== null) {
    entries[place] = [key, changeAt(value, more, what, junk)];
  } else if (what === 'remove') entries.splice(place, 1);
  else if (what === 'add') entries.push([`x${String(junk)}`.slice(0, 20), junk]);
  else entries[place] = what === 'rename' ? [`${key}_`, value] : [key, junk];
  return Array.isArray(body) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}
