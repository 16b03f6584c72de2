import { describe, expect, it } from 'vitest';
import { atOnce, checkup } from '../../src/cli/checkup.ts';
import type { Failure } from '../../src/doors/ports.ts';
import { checkOptions } from '../../src/options.ts';
import { newState } from '../../src/rules/state.ts';
import type { LogEvent } from '../../src/targets/frigate/log/types.ts';
import type { FrigateAnswers } from '../../src/targets/frigate/observe/answers.ts';
import { targetsOf } from '../../src/targets/index.ts';
import type { AnyTarget } from '../../src/targets/target.ts';
import { STARTS_AT, statsAfter } from '../targets/frigate/case-files.ts';
import { configMap, answers as groundAnswers, no, ok } from '../targets/ground/objects.ts';

/** 2026-01-06T04:00:00Z, at which the objects of the ground are well. */
const NOW = STARTS_AT;
const refused: Failure = { ok: false, kind: 'refused', reason: 'http://f:5000/api/stats refuses connections.' };

function target(hasCluster: boolean, name = 'Frigate'): AnyTarget {
  const frigates = [{ name, url: 'http://f:5000', ...(hasCluster ? { namespace: 'cctv' } : {}) }];
  const answer = checkOptions({ frigates, ...(hasCluster ? { kubernetes: { in_cluster: true } } : {}) }, 'the test');
  const [first] = answer.ok ? targetsOf(answer.options) : [];
  if (!first) throw new Error(JSON.stringify(answer));
  return first;
}

function answers(changes: Partial<FrigateAnswers> = {}): FrigateAnswers {
  const open = { vantage: 'direct', vantages: { direct: 'ok' } } as const;
  const parts = { log: null, recordings: {}, streams: null, reach: {}, mail: null, config: null, ground: null };
  return { at: NOW, version: null, stats: ok(statsAfter(0)), ...open, ...parts, ...changes };
}

function looked(given: Partial<FrigateAnswers>, { hasCluster = false, name = 'Frigate' } = {}) {
  const judged = atOnce(target(hasCluster, name));
  const { text, ...rest } = checkup(
    judged,
    { state: newState(judged.policy), memory: null },
    { answers: answers(given), now: NOW },
  );
  return { ...rest, lines: text.trimEnd().split('\n') };
}

const stuck = (count: number): LogEvent => ({ at: NOW - 20, pattern: 'stuck', member: null, count, text: 'stuck' });

describe('one look as text', () => {
  it('has the lines of the form, with what the cluster says', () => {
    const events = [stuck(1)];
    const read = {
      events,
      position: null,
      lines: 1,
      bytes: 9,
      firstAt: NOW - 900,
      lastAt: NOW,
      isCut: false,
      skipped: null,
    };
    const log = { at: NOW, run: null, current: ok(read), previous: null } as FrigateAnswers['log'];
    const ground = groundAnswers({ configMap: ok(configMap('1767671000')) });
    expect(looked({ ground, log }, { hasCluster: true }).lines).toEqual([
      '=== Frigate Health Check: 2026-01-06 04:00:00 UTC ===',
      'Current state: failures=1, restart_times=1767671000',
      'Checking Frigate API...',
      'API responded OK',
      'Coral inference speed: 12ms (threshold: 100ms)',
      'Checking recent logs...',
      'Detection stuck events: 1 (threshold: 2)',
      'Recording backlog events: 0 (threshold: 5)',
      'Frigate is HEALTHY',
    ]);
  });

  it('says of each source why it is missing', () => {
    const ground = groundAnswers({ configMap: no(403) });
    const { lines } = looked({ ground }, { hasCluster: true });
    expect(lines[1]).toMatch(/^Current state: failures=0, restart_times= \(No right to get configmaps: /);
    expect(lines).toContainEqual(expect.stringMatching(/^Log: not available \(/));
    expect(looked({}).lines).toContain('Log: not available without Kubernetes');
  });

  it('names another Frigate, another detector and another way', () => {
    const stats = {
      ...(statsAfter(0) as object),
      detectors: { ov_0: { inference_speed: 8, pid: 1 }, ov_1: { pid: 2 } },
    };
    const given = { stats: ok(stats), vantage: 'pod_proxy', vantages: { direct: refused, pod_proxy: 'ok' } } as const;
    const { lines } = looked(given, { name: 'Barn' });
    expect(lines[0]).toMatch(/^=== Barn: Frigate Health Check: /);
    expect(lines).toContain('API responded OK (by way of the pod proxy)');
    expect(lines).toContain('Detector ov_0 inference speed: 8ms (threshold: 100ms)');
    expect(lines).toContain('Detector ov_1 inference speed: not known');
  });

  it('says a version that is all that answers', () => {
    const { lines, isReached } = looked({
      stats: refused,
      version: ok('0.17.2') as FrigateAnswers['version'],
      vantages: { direct: refused },
    });
    expect(lines).toContainEqual(expect.stringMatching(/^API responded with its version only: /));
    expect(isReached).toBe(true);
  });
});

describe('who is reached', () => {
  const rows: [what: string, given: Partial<FrigateAnswers>, isReached: boolean][] = [
    ['stats', {}, true],
    ['silence', { stats: refused, version: refused, vantages: { direct: refused } }, false],
    ['a status', { stats: no(500), version: no(500), vantages: { direct: no(500) } }, true],
    ['a page of somebody else', { stats: { ok: false, kind: 'form', reason: 'x' } }, true],
  ];
  it.each(rows)('is told by %s', (_what, given, isReached) => {
    expect(looked(given).isReached).toBe(isReached);
  });

  it('is said in one sentence where it is nobody, the cluster among them', () => {
    const gone: Failure = { ok: false, kind: 'unreachable', reason: 'The API server cannot be reached.' };
    const failures = { workload: gone, pods: null, replicaSets: null, node: null, configMap: gone };
    const ground = groundAnswers(failures, { nodeName: null });
    const given = { stats: refused, version: refused, vantages: { direct: refused, pod_proxy: gone }, ground };
    const { report, lines, isReached } = looked(given, { hasCluster: true });
    const sentence =
      'othing answers: http://f:5000/api/stats refuses connections. The API server cannot be reached. ' +
      'The API server does not answer: The API server cannot be reached. ' +
      "Give the address at which Frigate's API answers from here, such as http://frigate.local:5000, " +
      'and a kubernetes.server that can be reached from here.';
    expect(isReached).toBe(false);
    expect(report).toMatchObject({ verdict: 'unknown', cause: null });
    expect(report.cannot_see[0]).toBe(`N${sentence}`);
    expect(report.checks.filter(({ finding }) => finding === 'bad')).toEqual([]);
    expect(lines).toContain(`Frigate is UNKNOWN: n${sentence}`);
  });

  it('is the cluster too', () => {
    const given = { stats: refused, version: refused, vantages: { direct: refused }, ground: groundAnswers() };
    expect(looked(given, { hasCluster: true }).isReached).toBe(true);
  });
});

describe('the rules of one look', () => {
  it('need one bad answer, and no time', () => {
    const { limits, checks } = atOnce(target(false)).policy;
    expect(limits.confirmFailures).toBe(1);
    expect(new Set(checks.map(({ forSeconds }) => forSeconds))).toEqual(new Set([0]));
    expect(checks.length).toBe(target(false).policy.checks.length);
  });
});
