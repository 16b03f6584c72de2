import { describe, expect, it } from 'vitest';
import {
  type AssessReport,
  assessReport,
  assessText,
  causeWords,
  checkLines,
  checksOf,
  exitCodeOf,
  plural,
  stepLines,
} from '../../src/cli/report.ts';
import { assessmentOf, replay } from '../../src/replay.ts';
import type { Answer, Circumstances, Verdict } from '../../src/rules/types.ts';
import { scriptedLooks, scriptedTarget } from '../scripted-target.ts';

const START = 1_000_000;
const GOOD = { rot: 'ok', pale: 'ok' } as const;
const ROT = { ...GOOD, rot: 'bad' } as const;
const MIXED = { fog: 'not_observed', wilted: 'unknown', pale: 'ok', rot: 'bad', dry: 'bad' } as const;

function reported(
  rows: readonly Readonly<Record<string, Answer>>[],
  changes: Partial<Circumstances> = {},
): AssessReport {
  const looks = replay(scriptedTarget(changes), scriptedLooks(rows));
  const report = assessReport(assessmentOf(looks), { startsAt: START, version: null });
  if (!report) throw new Error('There was no look.');
  return report;
}

describe('the exit code', () => {
  const codes: [verdict: Verdict, code: number, strict: number][] = [
    ['healthy', 0, 0],
    ['degraded', 0, 1],
    ['unhealthy', 1, 1],
    ['starting', 3, 3],
    ['unknown', 3, 3],
  ];
  it.each(codes)('of %s is %i, and %i where one is strict', (verdict, code, strict) => {
    expect([exitCodeOf(verdict, false), exitCodeOf(verdict, true)]).toEqual([code, strict]);
  });
});

describe('the report of an assessment', () => {
  it('has exactly the keys of the documents', () => {
    const report = reported([GOOD, GOOD, ROT, ROT, ROT]);
    expect(report).toEqual({
      version: '1.2.3',
      verdict: 'unhealthy',
      cause: { check: 'rot', layer: 'trunk', member: null },
      checks: expect.any(Array),
      restart: { would: true, remedy: 'water', at_second: 120, reason: 'rot is bad', held_back_by: [] },
    });
    expect(report.checks[0]).toEqual({
      id: 'rot',
      member: null,
      finding: 'bad',
      confirmed: true,
      detail: 'rot is bad',
    });
  });

  it('says the version that the recording says of itself', () => {
    const looks = replay(scriptedTarget(), scriptedLooks([GOOD]));
    expect(assessReport(assessmentOf(looks), { startsAt: START, version: '0.16.2' })?.version).toBe('0.16.2');
  });

  it('says why nothing was ordered, and who refuses at the end', () => {
    const times = [START - 3000, START - 500];
    const { restart } = reported([GOOD, GOOD, ROT, ROT, ROT], { ledger: { known: true, value: { times, ours: [] } } });
    expect(restart).toEqual({
      would: false,
      remedy: null,
      at_second: null,
      reason: 'The budget of 2 starts an hour is used up.',
      held_back_by: ['budget'],
    });
    expect(reported([GOOD]).restart).toMatchObject({
      would: false,
      reason: 'Nothing is wrong that a restart would help against.',
      held_back_by: [],
    });
  });

  it('is none of nothing', () => {
    expect(assessReport(assessmentOf([]), { startsAt: START, version: null })).toBeNull();
  });
});

describe('the checks of a look', () => {
  it('are all that were asked, the worst first', () => {
    const [look] = [...replay(scriptedTarget(), scriptedLooks([MIXED]))];
    if (!look) throw new Error('There was no look.');
    // The vote is the engine's own answer.
    const asked = checksOf(look).filter(({ id }) => id !== 'bare');
    expect(asked.map(({ id, finding, confirmed }) => [id, finding, confirmed])).toEqual([
      ['rot', 'bad', false],
      ['dry', 'bad', false],
      ['wilted', 'unknown', false],
      ['pale', 'ok', false],
    ]);
  });

  it('put what is confirmed before what is only suspected', () => {
    const { checks } = reported([MIXED, MIXED, MIXED, { ...MIXED, twig_bare: 'bad' }]);
    expect(checks.slice(0, 3).map(({ id, confirmed }) => [id, confirmed])).toEqual([
      ['rot', true],
      ['dry', true],
      ['twig_bare', false],
    ]);
  });
});

describe('the text of a report', () => {
  it('says verdict, cause, what is wrong and what would have been done', () => {
    expect(assessText(reported([GOOD, GOOD, ROT, ROT, ROT]), { name: 'oak', looks: 5 })).toBe(
      [
        '=== oak: 5 looks, Frigate 1.2.3 ===',
        'Verdict: UNHEALTHY',
        'Cause: rot, in the layer trunk: rot is bad',
        'A restart (water) would have been ordered at 120 s: rot is bad',
        '  BAD     rot: rot is bad',
        '  unknown bare: None is known that counts.',
        '1 check good.',
        '',
      ].join('\n'),
    );
  });

  it('says what held it back', () => {
    const times = [START - 3000, START - 500];
    const report = reported([GOOD, GOOD, ROT, ROT, ROT], { ledger: { known: true, value: { times, ours: [] } } });
    expect(assessText(report, { name: 'oak', looks: 5 })).toContain(
      'No restart would have been ordered: The budget of 2 starts an hour is used up.\nHeld back at the end by: budget.\n',
    );
  });

  it('says what to do, but no restart where that is held back', () => {
    const steps = ['Restart Frigate: it helps.', 'Water it.'];
    const text = assessText(reported([GOOD, GOOD, ROT, ROT, ROT]), { name: 'oak', looks: 5, steps });
    expect(text).toContain('rot is bad\nWhat you can do:\n  - Restart Frigate: it helps.\n  - Water it.\n  BAD ');
    const times = [START - 3000, START - 500];
    const held = reported([GOOD, GOOD, ROT, ROT, ROT], { ledger: { known: true, value: { times, ours: [] } } });
    expect(assessText(held, { name: 'oak', looks: 5, steps })).toContain('What you can do:\n  - Water it.\n  BAD ');
    expect(stepLines([])).toEqual([]);
  });

  it('says once what many say in the same words, and that a suspicion is none yet', () => {
    const row = (id: string, member: string | null, confirmed = true) =>
      ({ id, member, finding: 'bad', confirmed, detail: 'It is dry.' }) as const;
    expect(checkLines([row('leaf', 'a'), row('leaf', 'b'), row('root', null), row('leaf', 'c', false)])).toEqual([
      '  BAD     leaf (a, b), root: It is dry.',
      '  bad?    leaf (c): It is dry.',
    ]);
    expect(assessText(reported([GOOD, GOOD, ROT]), { name: 'oak', looks: 3 })).toContain(
      '\nbad? is not confirmed yet: it may pass by itself.\n',
    );
  });

  it('names the member of a cause', () => {
    expect(causeWords({ check: 'twig_bare', layer: 'branch', member: 'left' })).toBe(
      'twig_bare of left, in the layer branch',
    );
    expect([plural(1, 'look'), plural(0, 'look')]).toEqual(['1 look', '0 looks']);
  });
});
