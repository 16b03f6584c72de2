import { describe, expect, it } from 'vitest';
import { assess } from '../src/assess.ts';
import { newState } from '../src/rules/state.ts';
import { deepFreeze, finding } from './rules/builders.ts';
import { scriptedTarget } from './scripted-target.ts';

const NOW = 1_000_000;

describe('the pure part of a turn', () => {
  it('hands memory and answers through digest, look and decide, and changes nothing that it was given', () => {
    const target = scriptedTarget();
    const before = deepFreeze({ state: newState(target.policy), memory: 4 });
    const answers = deepFreeze([finding('rot', 'bad', NOW)]);
    const occasion = { now: NOW, clockJumpedAt: null, wishes: [], receipts: [] };
    const { memory, facts, looked, decision } = assess(target, before, answers, occasion);
    expect(memory).toBe(5);
    expect(facts).toEqual({ memory: 4, answers });
    expect(looked.findings).toEqual(answers);
    expect(decision.findings.find(({ check }) => check === 'rot')).toMatchObject({ answer: 'bad' });
    expect(decision.state).toMatchObject({ looks: 1, lastLookAt: NOW });
  });

  it('lets whoever knows which Warden leads say so in place of the target', () => {
    const target = scriptedTarget();
    const before = { state: newState(target.policy), memory: null };
    const wish = { kind: 'restart', by: 'Ann', reason: null } as const;
    const leader = { known: true, value: { isUs: false, name: 'pi' } } as const;
    const occasion = { now: NOW, clockJumpedAt: null, leader, wishes: [wish], receipts: [] };
    expect(assess(target, before, [], occasion).decision.announcements).toMatchObject([{ guard: 'not_leader' }]);
  });

  it('brings a jump of the clock, wishes and receipts before the engine', () => {
    const target = scriptedTarget();
    const before = { state: newState(target.policy), memory: null };
    const wish = { kind: 'restart', by: 'Ann', reason: null } as const;
    const occasion = { now: NOW, clockJumpedAt: NOW - 5, wishes: [wish], receipts: [] };
    const { decision } = assess(target, before, [], occasion);
    expect(decision.state.clockJumpedAt).toBe(NOW - 5);
    expect(decision.announcements).toMatchObject([{ type: 'refused', guard: 'clock' }]);
  });
});
