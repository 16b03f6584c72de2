import { describe, expect, it } from 'vitest';
import type { CaseFiles } from '../../../../src/targets/frigate/recorded/files.ts';
import { runAt, runsOf, skewsOf, survey } from '../../../../src/targets/frigate/recorded/survey.ts';
import { caseFiles, STARTS_AT, statsAfter, statsFiles } from '../case-files.ts';

describe('a survey', () => {
  it('finds every look, what it was made of and who sent frames in any of them', () => {
    const files = { ...statsFiles(2, 15), 'stats-007.error.json': { error: 'refused' }, 'stats-x.json': {} };
    const seen = survey(caseFiles(files));
    expect(seen.looks).toEqual([
      { number: 1, lastUpdated: STARTS_AT - 5, uptimeSeconds: 86_400 },
      { number: 2, lastUpdated: STARTS_AT + 10, uptimeSeconds: 86_415 },
      { number: 7, lastUpdated: null, uptimeSeconds: null },
    ]);
    expect(seen.worked).toEqual(['yard', 'door']);
    expect(seen.stats(1).ok).toBe(true);
    expect(seen.stats(7)).toMatchObject({ kind: 'refused' });
  });

  it('does not take a frame in ten seconds for work', () => {
    expect(survey(caseFiles(statsFiles(1, 15, { fps: 0.1 }))).worked).toEqual([]);
  });

  it('takes nearly a frame a second for the work of a camera that is set to one', () => {
    const said = (expected_fps: number) => ({ cameras: { yard: { camera_fps: 0.9, expected_fps } }, detectors: {} });
    expect(survey(caseFiles({ 'stats-001.json': said(1) })).worked).toEqual(['yard']);
    expect(survey(caseFiles({ 'stats-001.json': said(5) })).worked).toEqual([]);
  });

  it('knows the time of stats in the old layout too', () => {
    const old = { yard: { camera_fps: 5 }, detectors: {}, service: { last_updated: STARTS_AT, uptime: 7 } };
    expect(survey(caseFiles({ 'stats-001.json': old })).looks[0]).toMatchObject({ lastUpdated: STARTS_AT });
  });

  it('reads a body once while there are few, and again where there are many', () => {
    const reads = new Map<string, number>();
    const count = (files: CaseFiles): CaseFiles => ({
      ...files,
      json: (name) => {
        reads.set(name, (reads.get(name) ?? 0) + 1);
        return files.json(name);
      },
    });
    const seen = survey(count(caseFiles(statsFiles(300, 15))));
    for (const { number } of seen.looks) seen.stats(number);
    expect(reads.get('stats-001.json')).toBe(1);
    expect(reads.get('stats-300.json')).toBe(2);
  });
});

describe("Frigate's clock", () => {
  const rows: [what: string, looks: [at: number, lastUpdated: number | null][], skews: number[]][] = [
    [
      'is right where its stats are some seconds old',
      [
        [100, 90],
        [115, 105],
      ],
      [0, 0],
    ],
    [
      'is two hours ahead',
      [
        [100, 7295],
        [115, 7310],
      ],
      [7195, 7195],
    ],
    [
      'says nothing by stats that stand still',
      [
        [100, 95],
        [300, 95],
        [400, 95],
      ],
      [0, 0, 0],
    ],
    [
      'is known from before while the stats fail',
      [
        [100, 7295],
        [115, null],
      ],
      [7195, 7195],
    ],
    [
      'is set right in the middle',
      [
        [100, 7295],
        [115, 110],
      ],
      [7195, 0],
    ],
  ];
  it.each(rows)('%s', (_what, looks, skews) => {
    expect(skewsOf(looks.map(([at, lastUpdated]) => ({ at, lastUpdated })))).toEqual(skews);
  });
});

describe('the runs of Frigate', () => {
  const started = (...looks: [madeAt: number, uptime: number | null][]) =>
    runsOf(looks.map(([madeAt, uptimeSeconds]) => ({ madeAt, uptimeSeconds }))).map(({ startedAt }) => startedAt);

  it('are one while the uptime grows, give or take the rounding', () => {
    expect(started([1000, 100], [1015, 114], [1030, 131])).toEqual([900]);
  });

  it('begin anew where the uptime falls, or has grown less than the time', () => {
    expect(started([1000, 500], [1015, 3])).toEqual([500, 1012]);
    expect(started([1000, 100], [1600, null], [2000, 300])).toEqual([900, 1700]);
  });

  it('do not begin anew with a body that is given again and again', () => {
    expect(started([1000, 100], [1100, 100], [1200, 100])).toEqual([900]);
  });

  it('cover the silence before their first answer, and the time before the case', () => {
    const runs = runsOf([
      { madeAt: 1000, uptimeSeconds: 100 },
      { madeAt: 1100, uptimeSeconds: 20 },
    ]);
    expect([850, 1000, 1079, 1080, 1090].map((at) => runAt(runs, at, 1000).index)).toEqual([0, 0, 0, 1, 1]);
    expect(runAt([], 1000, 1000)).toEqual({ startedAt: 1000 - 86_400, index: 0 });
  });
});

it('a body may stand still with its uptime in a whole folder', () => {
  const seen = survey(caseFiles({ 'stats-001.json': statsAfter(0), 'stats-002.json': statsAfter(0) }));
  expect(seen.looks.map(({ uptimeSeconds }) => uptimeSeconds)).toEqual([86_400, 86_400]);
});
