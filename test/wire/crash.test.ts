import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMortal, type Crash, forgetMortal, type Life, placesPassed, startLives } from './lives.ts';
import type { Told } from './stage.ts';

const ANNOUNCED = ['opened', 'restart_ordered', 'cured', 'resolved'] as const;

const telling = (type: string): readonly Crash[] => [
  { place: `before publish of ${type}` },
  { place: `sent publish of ${type}` },
  { place: `after publish of ${type}`, isTwice: true },
];

const UNHEARD = 'sent, patch is not carried out';

/** TABLE: every place between the decision and the end of the incident at which the world may see us gone. */
const CRASHES: readonly Crash[] = [
  { place: 'before save of opened+restart_ordered' },
  { place: 'after save of opened+restart_ordered', isLost: true },
  { place: 'after read of the ledger', isLost: true },
  { place: 'sent, write of the ledger is not carried out', isLost: true, at: { server: 'hang', method: 'PUT' } },
  { place: 'sent, write of the ledger is carried out', isLost: true, at: { server: 'swallow', method: 'PUT' } },
  { place: 'after write of the ledger', isLost: true },
  { place: UNHEARD, isLost: true, at: { server: 'hang', method: 'PATCH' } },
  { place: 'sent, patch is carried out', at: { server: 'swallow', method: 'PATCH' } },
  { place: 'after patch' },
  ...telling('opened'),
  ...telling('restart_ordered'),
  { place: 'after mark of restart_ordered' },
  { place: 'before the next look' },
  { place: 'before save of the stage' },
  { place: 'after save of the stage' },
  { place: 'before save of cured' },
  { place: 'after save of cured' },
  ...telling('cured'),
  { place: 'after mark of cured' },
  { place: 'before save of resolved' },
  { place: 'after save of resolved' },
  ...telling('resolved'),
  { place: 'after mark of resolved' },
];

const LIVES_AT_ONCE = 12;
/** A merged message tells every announcement that it names. */
const idsIn = ({ event_id, events }: Told): readonly string[] => events ?? [event_id];

/** `frigate-<seconds>-<number>`: numbers go up with each decision. */
const numberOf = (id: string): number => Number(id.split('-').at(-1));

describe('a crash', () => {
  const twice: string[] = [];
  let passed: ReadonlySet<string>;
  let lives: ReadonlyMap<Crash, Promise<Life | Error>>;

  beforeAll(async () => {
    await buildMortal();
    passed = await placesPassed();
    lives = startLives(CRASHES, LIVES_AT_ONCE);
  }, 60_000);

  afterAll(async () => {
    // By the nature of MQTT: what was taken and could not be noted comes again, under the same id.
    console.log(`An announcement came twice in ${twice.length} of ${CRASHES.length} crashes: ${twice.join(', ')}.`);
    await Promise.all(lives.values());
    forgetMortal();
  });

  it('is tried at every place that a whole life passes', () => {
    const tried = CRASHES.map(({ place }) => place).filter((place) => !place.startsWith('sent'));
    expect([...passed].toSorted()).toEqual(tried.toSorted());
  });

  it.each(CRASHES.map((crash) => [crash.place, crash] as const))(
    '%s: one fault, one restart, and everything is told',
    async (_, crash) => {
      const life = await lives.get(crash);
      if (life === undefined || life instanceof Error) throw life;
      const { signal, isLost, underWay, types, told, patches, restarts, ledger, log } = life;
      expect(signal).toBe('SIGKILL');

      // One restart cures the one fault. A second order comes only when the first provably came to nothing.
      expect(restarts, log).toBe(1);
      if (crash.isLost) expect(isLost).toBe(true);
      const announced = [...types].toSorted(([a], [b]) => numberOf(a) - numberOf(b)).map(([, type]) => type);
      const [opened, ordered, ...rest] = ANNOUNCED;
      expect(announced, log).toEqual([opened, ordered, ...(isLost ? ['failed', ordered] : []), ...rest]);

      // No order is sent twice, and the ledger that all share holds each that was sent.
      expect(new Set(patches).size).toBe(patches.length);
      expect(patches).toHaveLength(crash.place === UNHEARD ? 2 : 1);
      const times = (ledger.last_restart_times ?? '').split(',').map(Number);
      expect(times).toEqual(expect.arrayContaining(patches.map((stamp) => Date.parse(stamp) / 1000)));
      expect(times.length).toBeLessThanOrEqual(isLost ? 2 : 1);
      expect(ledger.consecutive_failures).toBe('1');

      // Nothing is lost; what the broker took and we could not note is sent again under the id that it had.
      const heard = told.flatMap(idsIn);
      expect([...new Set(heard)].toSorted()).toEqual([...types.keys()].toSorted());
      const again = heard.filter((id, place) => heard.indexOf(id) < place).map((id) => types.get(id));
      if (crash.isTwice || again.length > 0) expect(again, log).toEqual(underWay);
      if (again.length > 0) twice.push(crash.place);
    },
    60_000,
  );
});
