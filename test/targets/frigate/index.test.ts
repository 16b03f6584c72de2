import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/rules/decide.ts';
import { newState } from '../../../src/rules/state.ts';
import { frigateTarget } from '../../../src/targets/frigate/index.ts';
import type { FrigateMemory } from '../../../src/targets/frigate/memory.ts';
import { FRIGATE_LIMITS } from '../../../src/targets/frigate/settings.ts';
import { answers, camera, START, settings, stats, WITH_CLUSTER } from './watching.ts';

describe('a Frigate as a target', () => {
  it('carries its name, links and every row with its texts', () => {
    const target = frigateTarget(settings({ id: 'garage', name: 'Garage', links: { frigate: 'http://frigate:5000' } }));
    expect(target).toMatchObject({
      id: 'garage',
      name: 'Garage',
      kind: 'frigate',
      links: { frigate: 'http://frigate:5000' },
    });
    for (const { id, name, nextSteps, runbook } of target.checks) {
      expect(name, id).toMatch(/^[A-Z]/);
      expect(nextSteps.length, id).toBeGreaterThan(0);
      expect(runbook, id).toMatch(/\.$/);
    }
  });

  it('has nothing to restart with unless a cluster is configured', () => {
    expect(frigateTarget(settings()).policy.remedies).toEqual([]);
    expect(frigateTarget(settings(WITH_CLUSTER)).policy.remedies.map((one) => one.id)).toEqual(['rollout']);
  });

  it('hands its limits on', () => {
    const strict = frigateTarget(settings({ limits: { ...FRIGATE_LIMITS, inferenceMs: 15 }, automatic: false }));
    const said = answers(START, { stats: stats({ a: camera(5, 5, 0, 1) }) });
    const { facts } = strict.digest(null, said, START);
    expect(strict.look(facts, START).findings).toContainEqual(
      expect.objectContaining({ check: 'detector_speed', member: 'coral', answer: 'bad', threshold: 'over 15 ms' }),
    );
    expect(strict.policy).toMatchObject({ target: 'frigate', automatic: false });
  });

  it('is judged by the engine as it is, two minutes after being given nothing but a URL', () => {
    const target = frigateTarget(settings());
    let memory: FrigateMemory | null = null;
    let state = newState(target.policy);
    const verdicts = [0, 30].map((after) => {
      const at = START + after;
      const step = target.digest(memory, answers(at, { stats: stats({ a: camera(5, 5, 0, 1) }, { after }) }), at);
      memory = step.memory;
      const { findings, members, circumstances } = target.look(step.facts, at);
      const decision = decide(target.policy, state, {
        now: at,
        findings,
        members,
        circumstances,
        receipts: [],
        wishes: [],
      });
      state = decision.state;
      return decision.verdict;
    });
    expect(verdicts).toEqual(['healthy', 'healthy']);
  });
});
