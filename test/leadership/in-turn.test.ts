import { describe, expect, it } from 'vitest';
import { takenOver, whyNotNow, whyNotStill } from '../../src/leadership/in-turn.ts';
import type { Inheritance } from '../../src/leadership/leadership.ts';
import type { Role } from '../../src/leadership/record.ts';
import { handedOver } from '../../src/rules/handover.ts';
import { incident, policy, state } from '../rules/builders.ts';

const signal = new AbortController().signal;

describe('before a turn judges', () => {
  function taking(left: Inheritance | null) {
    const lines: string[] = [];
    const say = (sentence: string) => void lines.push(sentence);
    const after = takenOver(state({ incidents: [incident({ id: 'own' })] }), {
      target: { id: 'tree', name: 'Tree', policy: policy() },
      leadership: { inherit: (id) => (id === 'tree' ? left : null) },
      log: { debug: say, info: say, warn: say, error: say },
      now: 1000,
    });
    return { lines, after };
  }
  const handed = handedOver(state({ incidents: [incident({ id: 'theirs' })], maintenanceUntil: 5000 }), []);

  it.each<[what: string, left: Inheritance | null, incidents: readonly string[], lines: readonly RegExp[]]>([
    ['nothing was left', null, ['own'], []],
    [
      'it was left',
      { handed, aheadSeconds: 3 },
      ['theirs'],
      [/^Tree: this Warden takes over; .* left 1 open incidents\.$/],
    ],
    ['it cannot be read', { handed: null, aheadSeconds: 0 }, [], [/left nothing that can be read/]],
    [
      'its clock is ahead',
      { handed, aheadSeconds: 3600 },
      ['theirs'],
      [/takes over/, /is 60 min ahead of ours, so nothing/],
    ],
    ['its clock is behind', { handed, aheadSeconds: -7200 }, ['theirs'], [/takes over/, /is 120 min behind ours/]],
  ])('%s', (_, left, incidents, lines) => {
    const taken = taking(left);
    expect(taken.after.incidents.map(({ id }) => id)).toEqual(incidents);
    expect(taken.lines).toEqual(lines.map((line) => expect.stringMatching(line)));
  });
});

describe('before a turn acts', () => {
  it.each<[what: string, ages: readonly number[], why: string | null, sentence: RegExp | null]>([
    ['it looked just now and leads', [1, 2], null, null],
    ['it looked long ago', [41, 41], null, /too old/],
    ['it stood still while the Lease was asked', [1, 41], null, /too old/],
    ['another one leads', [1, 2], 'Pi does.', /^It is not sure that this Warden leads, .* Pi does\.$/],
    ['it looked slowly', [39, 40], null, null],
  ])('%s', async (_, ages, why, sentence) => {
    const left = [...ages];
    const said = await whyNotNow({
      leadership: { whyNotLeading: async () => why },
      ageSeconds: () => left.shift() ?? 99,
      signal,
    });
    expect(said).toEqual(sentence === null ? null : expect.stringMatching(sentence));
  });

  it('asks nobody where there is no Lease, and does not ask where the look is old', async () => {
    expect(await whyNotNow({ leadership: undefined, ageSeconds: () => 1, signal })).toBeNull();
    const leadership = { whyNotLeading: () => Promise.reject(new Error('It was asked.')) };
    expect(await whyNotNow({ leadership, ageSeconds: () => 50, signal })).toMatch(/too old/);
  });
});

describe('what is asked right before the call that restarts', () => {
  const presence = (role: Role) => ({ presence: () => ({ role, holder: 'pi', sentence: 'Pi leads.' }) });
  const unsure = 'It is not sure that this Warden leads, so nothing was restarted. Pi leads.';
  it.each<[what: string, role: Role | null, age: number, hasJumped: boolean, why: string | RegExp | null]>([
    ['nothing stands against it', 'leading', 60, false, null],
    ['it is the only one', null, 60, false, null],
    ['no Lease can be used', 'alone', 60, false, null],
    ['it stood still after the ledger', 'leading', 61, false, /too old/],
    ['it stood still, and no Lease is used', null, 61, false, /too old/],
    ['the whole machine stood still', 'leading', 5, true, /too old/],
    ['another one has taken over', 'following', 5, false, unsure],
    ['nobody knows who leads', 'unknown', 5, false, unsure],
  ])('%s', (_, role, age, hasJumped, why) => {
    const leadership = role === null ? undefined : presence(role);
    const said = whyNotStill({ leadership, ageSeconds: () => age, hasJumped: () => hasJumped });
    expect(said).toEqual(why instanceof RegExp ? expect.stringMatching(why) : why);
  });
});
