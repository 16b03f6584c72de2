import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMortal, type Crash, forgetMortal, type Life, startLives } from './lives.ts';

const DECIDED = 'after save of opened+restart_ordered';

/** TABLE: every place between the decision and the receipt, of the remedies that leave no mark on the pod. */
const CRASHES: readonly Crash[] = [
  { remedy: 'delete_pod', place: DECIDED, isLost: true },
  { remedy: 'delete_pod', place: 'after write of the ledger', isLost: true },
  { remedy: 'delete_pod', place: 'sent, not carried out', isLost: true, at: { server: 'hang', method: 'DELETE' } },
  { remedy: 'delete_pod', place: 'sent, carried out', at: { server: 'swallow', method: 'DELETE' } },
  { remedy: 'delete_pod', place: 'after deletion' },
  { remedy: 'in_place', place: DECIDED, isLost: true },
  { remedy: 'in_place', place: 'after write of the ledger', isLost: true },
  { remedy: 'in_place', place: 'sent, carried out', isHeard: true },
  { remedy: 'in_place', place: 'after request' },
];

/** Another file has many lives at the same time. */
const LIVES_AT_ONCE = 3;

describe('a crash around a restart that leaves no mark', () => {
  let lives: ReadonlyMap<Crash, Promise<Life | Error>>;

  beforeAll(async () => {
    await buildMortal();
    lives = startLives(CRASHES, LIVES_AT_ONCE);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(lives.values());
    forgetMortal();
  });

  it.each(CRASHES.map((crash) => [crash.remedy, crash.place, crash] as const))(
    '%s, %s: one restart, counted once, and everything is told',
    async (_, place, crash) => {
      const life = await lives.get(crash);
      if (life === undefined || life instanceof Error) throw life;
      const { signal, isLost, types, restarts, starts, ledger, log } = life;
      expect(signal).toBe('SIGKILL');
      expect(restarts, log).toBe(1);
      if (crash.isLost) expect(isLost).toBe(true);

      const seconds = (id: string) => Number(id.split('-').at(-1));
      const announced = [...types].toSorted(([a], [b]) => seconds(a) - seconds(b)).map(([, type]) => type);
      const again = isLost ? ['failed', 'restart_ordered'] : [];
      expect(announced, log).toEqual(['opened', 'restart_ordered', ...again, 'cured', 'resolved']);

      // Each order is in the budget, and what it did is not counted once more.
      expect(starts.map(({ by }) => by)).toEqual(isLost ? ['warden', 'warden'] : ['warden']);
      const times = (ledger.last_restart_times ?? '').split(',').filter((time) => time !== '');
      expect(times).toHaveLength(isLost && place !== DECIDED ? 2 : 1);
    },
    60_000,
  );
});
