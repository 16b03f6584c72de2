/** A target whose answers are its findings: what is looked at is what is said. */
import type { RecordedLook } from '../src/replay.ts';
import type { Answer, Circumstances, Finding } from '../src/rules/types.ts';
import type { AnyTarget } from '../src/targets/target.ts';
import { circumstances, finding, policy } from './rules/builders.ts';

export function scriptedTarget(changes: Partial<Circumstances> = {}): AnyTarget {
  return {
    id: 'tree',
    name: 'Tree',
    kind: 'tree',
    policy: policy(),
    checks: policy().checks.map((rule) => ({ ...rule, name: rule.id, nextSteps: [], runbook: '' })),
    links: {},
    observe: async () => [],
    // The memory counts looks.
    digest: (memory, answers) => ({ memory: ((memory as number | null) ?? 0) + 1, facts: { memory, answers } }),
    look: (facts, now) => ({
      findings: (facts as { answers: readonly Finding[] }).answers,
      members: [],
      circumstances: circumstances(changes),
      readings: { version: '1.2.3', members: [], detectionRate: null, lastAnswerAt: now, cluster: 'connected' },
      cannotSee: [],
    }),
    carryOut: async (order) => ({ orderId: order.id, answer: 'refused', detail: 'Nothing is carried out here.' }),
  };
}

/** Looks 30 s apart; each row says what the checks answer. */
export function scriptedLooks(rows: readonly Readonly<Record<string, Answer>>[], start = 1_000_000): RecordedLook[] {
  return rows.map((row, index) => {
    const at = start + index * 30;
    return { at, answers: Object.entries(row).map(([check, answer]) => finding(check, answer, at)) };
  });
}
