import { describe, expect, it } from 'vitest';
import type { Incident, State } from '../../src/rules/state.ts';
import type { Wish } from '../../src/rules/types.ts';
import { hear } from '../../src/rules/wishes.ts';
import { limits, state } from './builders.ts';

const NOW = 1000;
const by = 'Ada';

const incident = (id: string, changes: Partial<Incident> = {}): Incident => ({
  id,
  member: null,
  openedAt: 0,
  cause: { check: 'rot', layer: 'trunk', member: null },
  severity: 'unhealthy',
  keys: ['rot'],
  status: 'open',
  resolvedAt: null,
  bad: true,
  relapses: 0,
  flappingTold: false,
  acknowledged: false,
  snoozedUntil: null,
  refused: [],
  ...changes,
});

const before = state({
  incidents: [incident('i-1'), incident('i-2', { member: 'oak' }), incident('i-3', { status: 'resolved' })],
  breakers: { 'tree:rot': { failures: 2, openedAt: 500, rests: 0, trialOrderId: null } },
  starts: [{ at: 500, by: 'warden', orderId: 'tree-500' }],
  chronicSince: 600,
});

/** The incidents with a mark where something was changed. */
function marks({ incidents }: State): string {
  return incidents
    .map((i) => `${i.id}${i.acknowledged ? ' seen' : ''}${i.snoozedUntil === null ? '' : ` until ${i.snoozedUntil}`}`)
    .join(', ');
}

describe('A wish about incidents', () => {
  it.each<[Wish, string, string]>([
    [{ kind: 'acknowledge', by, incidentId: 'i-1' }, 'i-1 seen, i-2, i-3', 'one by its name'],
    [{ kind: 'acknowledge', by, incidentId: null }, 'i-1 seen, i-2 seen, i-3', 'all that are open'],
    [{ kind: 'acknowledge', by, incidentId: 'i-3' }, 'i-1, i-2, i-3', 'a resolved one is over'],
    [{ kind: 'acknowledge', by, incidentId: 'i-9' }, 'i-1, i-2, i-3', 'one that nobody knows'],
    [{ kind: 'snooze', by, incidentId: 'i-2', minutes: 10 }, 'i-1, i-2 until 1600, i-3', 'snoozed for minutes'],
    [{ kind: 'snooze', by, incidentId: null, minutes: 1 }, 'i-1 until 1060, i-2 until 1060, i-3', 'all that are open'],
  ])('%j: %s, %s.', (wish, wanted) => {
    expect(marks(hear(before, [wish], NOW, limits).state)).toBe(wanted);
  });

  it('Both may be said of one incident, and only that is changed.', () => {
    const wishes: readonly Wish[] = [
      { kind: 'acknowledge', by, incidentId: 'i-1' },
      { kind: 'snooze', by, incidentId: 'i-1', minutes: 2 },
    ];
    const heard = hear(before, wishes, NOW, limits);
    const changed = incident('i-1', { acknowledged: true, snoozedUntil: 1120 });
    expect(heard).toEqual({
      state: { ...before, incidents: [changed, ...before.incidents.slice(1)] },
      wasReset: false,
      tests: 0,
    });
  });
});

describe('A wish about the Warden', () => {
  it.each<[string, readonly Wish[], Partial<State>]>([
    ['automatic restarts off', [{ kind: 'automatic_restarts', by, on: false }], { automatic: false }],
    ['automatic restarts on', [{ kind: 'automatic_restarts', by, on: true }], { automatic: true }],
    [
      'the last one counts',
      [
        { kind: 'automatic_restarts', by, on: true },
        { kind: 'automatic_restarts', by, on: false },
      ],
      { automatic: false },
    ],
    ['maintenance on, for four hours', [{ kind: 'maintenance', by, on: true }], { maintenanceUntil: 15_400 }],
    ['maintenance off', [{ kind: 'maintenance', by, on: false }], { maintenanceUntil: null }],
  ])('Changes what is remembered: %s.', (_, wishes, wanted) => {
    expect(hear(before, wishes, NOW, limits)).toEqual({ state: { ...before, ...wanted }, wasReset: false, tests: 0 });
  });

  it('Switches maintenance off again, and on again for as long anew.', () => {
    const under = { ...before, maintenanceUntil: 2000 };
    expect(hear(under, [{ kind: 'maintenance', by, on: false }], NOW, limits).state.maintenanceUntil).toBeNull();
    expect(hear(under, [{ kind: 'maintenance', by, on: true }], NOW, limits).state.maintenanceUntil).toBe(15_400);
  });

  it('Switches automatic restarts on where they are off, and leaves the option as it was.', () => {
    const off = { ...before, automatic: false, automaticOption: false };
    const heard = hear(off, [{ kind: 'automatic_restarts', by, on: true }], NOW, limits);
    expect(heard.state).toEqual({ ...off, automatic: true });
  });

  it('A reset closes the breakers and ends the daily limit, and gives no start back.', () => {
    const heard = hear(before, [{ kind: 'reset_breaker', by }], NOW, limits);
    expect(heard).toEqual({
      state: { ...before, breakers: {}, chronicSince: null, resetAt: NOW, switchedOff: {} },
      wasReset: true,
      tests: 0,
    });
    expect(heard.state.starts).toHaveLength(1);
  });

  it.each<[string, readonly Wish[], number]>([
    ['nothing', [], 0],
    ['a test', [{ kind: 'test_alert', by }], 1],
    [
      'two tests',
      [
        { kind: 'test_alert', by },
        { kind: 'test_alert', by },
      ],
      2,
    ],
    ['a look', [{ kind: 'check_now', by }], 0],
    ['a restart', [{ kind: 'restart', by, reason: null }], 0],
    ['a forced restart', [{ kind: 'force_restart', by, reason: null }], 0],
  ])('Remembers nothing: %s.', (_, wishes, tests) => {
    expect(hear(before, wishes, NOW, limits)).toEqual({ state: before, wasReset: false, tests });
  });
});

it('Where nothing was asked for, the state is the very same.', () => {
  expect(hear(before, [], NOW, limits).state).toBe(before);
});

describe('Maintenance switches itself off', () => {
  it.each<[number | null, number | null, string]>([
    [1001, 1001, 'not yet'],
    [1000, null, 'exactly at its end'],
    [900, null, 'after its end'],
    [null, null, 'it was not on'],
  ])('Until %j at 1000 s becomes %j: %s.', (maintenanceUntil, wanted) => {
    const heard = hear({ ...before, maintenanceUntil }, [], NOW, limits);
    expect(heard.state).toEqual({ ...before, maintenanceUntil: wanted });
  });

  it('Also at the beginning of time.', () => {
    expect(hear({ ...before, maintenanceUntil: 0 }, [], 0, limits).state.maintenanceUntil).toBeNull();
  });
});
