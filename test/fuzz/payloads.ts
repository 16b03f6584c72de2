/** Frigates that answer garbage: whatever it is, nothing breaks, and nothing is restarted for it. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { assess, watch } from '../targets/frigate/watching.ts';
import { bodies, changed, lastingChanges, passingChanges } from './garbage.ts';

const CASES = new URL('../cases/', import.meta.url);
const PAYLOADS = new URL('../targets/frigate/payloads/', import.meta.url);
const read = (url: URL) => JSON.parse(readFileSync(url, 'utf8')) as unknown;

/** Payloads of Frigates that were well, of every layout. */
const WELL = /^(002|003|018|028|032|033|036|037)-/;
const REAL: readonly unknown[] = [
  read(new URL('healthy/stats-001.json', CASES)),
  ...readdirSync(PAYLOADS)
    .filter((name) => WELL.test(name))
    .map((name) => read(new URL(name, PAYLOADS))),
];
const CONFIG = read(new URL('healthy/frigate-config.json', CASES));

const LOOKS = 10;
const EVERY_SECONDS = 15;

/** The same body, made so many seconds later. */
function later(body: unknown, seconds: number): unknown {
  const { service, ...rest } = body as { service?: Record<string, unknown> };
  if (typeof service?.last_updated !== 'number') return body;
  const uptime = typeof service.uptime === 'number' ? { uptime: service.uptime + seconds } : {};
  return { ...rest, service: { ...service, ...uptime, last_updated: service.last_updated + seconds } };
}

const onePayload = fc.constantFrom(...REAL);

/** Looks at one Frigate: garbage that stays the same, with some that comes and goes. */
const looks = onePayload.chain((real) =>
  fc
    .record({
      lasting: lastingChanges,
      passing: fc.array(fc.option(passingChanges, { freq: 2 }), { minLength: LOOKS, maxLength: LOOKS }),
      config: fc.option(bodies(CONFIG), { freq: 3 }),
      bare: fc.array(fc.option(fc.anything(), { freq: 12 }), { minLength: LOOKS, maxLength: LOOKS }),
    })
    .map(({ lasting, passing, config, bare }) =>
      passing.map((changes, index) => {
        const body = later(changed(real, lasting), index * EVERY_SECONDS);
        const stats = bare[index] ?? (changes ? changed(body, changes) : body);
        return { stats, ...(config === null ? {} : { config }) };
      }),
    ),
);

/** Throws with the smallest garbage that breaks it. `payloads` is rounded up to whole looks at one Frigate. */
export function fuzzPayloads({ payloads, seed }: { payloads: number; seed: number }): void {
  fc.assert(
    fc.property(looks, (all) => {
      const decisions = assess(watch(all, { every: EVERY_SECONDS }));
      const order = decisions.flatMap(({ orders }) => orders)[0];
      if (order) throw new Error(`A restart from garbage: ${order.reason}`);
    }),
    { seed, numRuns: Math.ceil(payloads / LOOKS) },
  );
}
