import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../../src/targets/frigate/digest.ts';
import type { FrigateAnswers } from '../../../../src/targets/frigate/observe/answers.ts';
import { memoryOf, openCase, type RecordedCase } from '../../../../src/targets/frigate/recorded/index.ts';
import { caseFiles, STARTS_AT, statsAfter, statsFiles } from '../case-files.ts';

function opened(files: Record<string, unknown>): RecordedCase {
  const recorded = openCase(caseFiles(files));
  if ('problem' in recorded) throw new Error(recorded.problem);
  return recorded;
}

function looksOf(files: Record<string, unknown>): readonly { at: number; answers: FrigateAnswers }[] {
  return [...opened(files).looks];
}

const CASE = { start: '2026-01-06T04:00:00Z', every_seconds: 15 };
const STUCK = 'frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...';

describe('a log without any stamp', () => {
  const TRACE = 'Traceback (most recent call last):\nsqlite3.OperationalError: database is locked\n';
  const eventsOf = ({ answers }: { answers: FrigateAnswers }) =>
    answers.log?.current.ok ? answers.log.current.value.events : [];
  it.each<[string, Record<string, unknown>]>([
    ['alone', {}],
    ['beside stats', statsFiles(3, 15)],
  ])('stands at the start of its case, %s', (_, files) => {
    const [first, ...later] = looksOf({ 'case.json': CASE, 'log.txt': TRACE, ...files });
    expect(first && eventsOf(first)).toMatchObject([{ at: STARTS_AT, pattern: 'database_locked' }]);
    expect(later.flatMap(eventsOf)).toEqual([]);
  });
});

describe('the looks of a case', () => {
  it('lie at the start and every so many seconds after it, by their numbers, gaps included', () => {
    const { 'stats-002.json': _gap, ...files } = statsFiles(4, 15);
    const looks = looksOf({ 'case.json': CASE, ...files });
    expect(looks.map(({ at }) => at - STARTS_AT)).toEqual([0, 30, 45]);
    expect(looks.map(({ answers }) => answers.at - STARTS_AT)).toEqual([0, 30, 45]);
  });

  it('begin with the first stats where nobody says when, in the rhythm that the stats show', () => {
    const recorded = opened(statsFiles(5, 20));
    expect(recorded).toMatchObject({ startsAt: STARTS_AT - 5, everySeconds: 20, notes: [] });
  });

  it('begin before the first stats that say when they were made, as far as their number says', () => {
    const { 'stats-001.json': _one, 'stats-002.json': _two, ...files } = statsFiles(5, 20);
    const failed = { 'stats-001.error.json': { error: 'refused' }, 'stats-002.error.json': { error: 'refused' } };
    expect(opened({ ...failed, ...files })).toMatchObject({ startsAt: STARTS_AT - 5, everySeconds: 20 });
  });

  it('keep the rhythm of stats that move where most of them stand still', () => {
    const files = statsFiles(3, 15);
    const still = Object.fromEntries([4, 5, 6, 7, 8].map((n) => [`stats-00${n}.json`, files['stats-003.json']]));
    expect(opened({ ...files, ...still }).everySeconds).toBe(15);
  });

  const starts: [given: unknown, startsAt: number, every: number, notes: number][] = [
    [CASE, STARTS_AT, 15, 0],
    [{ start: STARTS_AT + 0.5, every_seconds: '12.5' }, STARTS_AT + 0.5, 12.5, 0],
    [{ start: STARTS_AT * 1000 }, STARTS_AT, 20, 0],
    [{ start: 'yesterday', every_seconds: -1 }, STARTS_AT - 5, 20, 1],
    ['{"start": ', STARTS_AT - 5, 20, 1],
    [[], STARTS_AT - 5, 20, 1],
  ];
  it.each(starts)('make the best of a case.json that says %j', (given, startsAt, everySeconds, notes) => {
    const recorded = opened({ 'case.json': given, ...statsFiles(3, 20) });
    expect(recorded).toMatchObject({ startsAt, everySeconds });
    expect(recorded.notes).toHaveLength(notes);
  });

  it('come every 30 s at any time where one look without a time is all there is', () => {
    expect(opened({ 'stats-001.json': { cameras: {} } })).toMatchObject({ startsAt: STARTS_AT, everySeconds: 30 });
  });

  it('count from 0 where the folder does', () => {
    const looks = looksOf({ 'case.json': CASE, 'stats-000.json': statsAfter(0), 'stats-001.json': statsAfter(15) });
    expect(looks.map(({ at }) => at - STARTS_AT)).toEqual([0, 15]);
  });

  it('tell failures by their kind, and a body that is none from the rest', () => {
    const files = {
      'case.json': CASE,
      'stats-001.error.json': { error: 'timeout' },
      'stats-002.error.json': { error: 'http 502' },
      'stats-003.json': '{"cameras": {"yard"',
      'stats-004.json': { error: 'refused' },
      'stats-005.json': { hello: 'world' },
      'stats-006.json': statsAfter(75),
      'stats-006.error.json': { error: 'refused' },
    };
    const said = looksOf(files).map(({ answers: { stats } }) =>
      stats?.ok ? 'ok' : `${stats?.kind} ${stats?.status ?? ''}`.trim(),
    );
    expect(said).toEqual(['timeout', 'status 502', 'form', 'refused', 'form', 'ok']);
  });

  it('ask nobody for a version where the stats failed, and give the configuration only where they did not', () => {
    const config = { cameras: { yard: { enabled: true } } };
    const files = { 'case.json': CASE, 'frigate-config.json': config, 'version.txt': '0.17.2-3d4dd3a\r\n' };
    const [well, failed] = looksOf({
      ...files,
      'stats-001.json': statsAfter(0),
      'stats-002.error.json': { error: 'refused' },
    });
    expect(well?.answers.version).toBeNull();
    expect(well?.answers.config).toMatchObject({ ok: true });
    expect(failed?.answers.version).toMatchObject({ ok: false, kind: 'refused' });
    expect(failed?.answers.config).toBeNull();
    expect(opened({ ...files, ...statsFiles(1, 15) }).version).toBe('0.17.2-3d4dd3a');
  });

  it("tell Frigate's clock by its stats, and an ordinary age is no other clock", () => {
    const [late] = looksOf({ 'case.json': CASE, ...statsFiles(1, 15, { skew: 7200 }) });
    expect(late?.answers.stats).toMatchObject({ serverTime: STARTS_AT + 7195 });
    const [usual] = looksOf({ 'case.json': CASE, ...statsFiles(1, 15) });
    expect(usual?.answers.stats).toMatchObject({ serverTime: STARTS_AT });
  });

  it('know which cameras have worked: by their frames, by the history, or all where there are no stats', () => {
    const config = { cameras: { shed: { enabled: true } } };
    const files = { 'history.json': { worked: ['attic'] }, 'frigate-config.json': config };
    expect(opened({ ...files, ...statsFiles(2, 15) }).worked).toEqual(['yard', 'door', 'attic']);
    expect(opened({ ...files, ...statsFiles(2, 15, { fps: 0 }) }).worked).toEqual(['attic']);
    expect(opened({ ...files, 'log.txt': 'x' }).worked).toEqual(['attic', 'shed']);
  });

  it('say in one sentence that there is nothing to judge', () => {
    expect(openCase(caseFiles({ 'version.txt': '0.17', 'notes.md': 'x' }))).toEqual({
      problem: expect.stringMatching(/^There is nothing to judge: no stats-001\.json/),
    });
  });

  it('pass over a broken configuration with a sentence', () => {
    expect(opened({ 'frigate-config.json': '{', ...statsFiles(1, 15) }).notes).toEqual([
      'frigate-config.json is not used: frigate-config.json is not JSON.',
    ]);
  });
});

describe('the ways of a case', () => {
  const vantage = (vantages: unknown, stats: Record<string, unknown> = { 'stats-001.json': statsAfter(0) }) => {
    const [look] = looksOf({ 'case.json': CASE, 'vantages-001.json': vantages, ...stats });
    return { vantage: look?.answers.vantage, vantages: look?.answers.vantages, reach: look?.answers.reach };
  };

  it('give the body to the first way that was open', () => {
    expect(vantage({ direct: 'refused', pod_proxy: 'ok' })).toMatchObject({
      vantage: 'pod_proxy',
      vantages: { direct: { kind: 'refused' }, pod_proxy: 'ok' },
    });
    expect(vantage({ direct: 'ok', pod_proxy: 'ok' }).vantage).toBe('direct');
  });

  it('take a body for a direct answer whatever an older file says', () => {
    expect(vantage({ direct: 'refused' })).toMatchObject({ vantage: 'direct', vantages: { direct: 'ok' } });
  });

  it('keep what the proxies said where the stats failed', () => {
    const failed = { 'stats-001.error.json': { error: 'timeout' } };
    expect(vantage({ direct: 'ok', pod_proxy: 'ok' }, failed)).toMatchObject({
      vantage: null,
      vantages: { direct: { kind: 'timeout' }, pod_proxy: 'ok' },
    });
  });

  it('tell without any stats that somebody was asked, unless one of them was open', () => {
    const statsOf = (vantages: unknown) => looksOf({ 'log.txt': 'x', 'vantages-001.json': vantages })[0]?.answers.stats;
    expect(statsOf({ direct: 'refused', pod_proxy: 'timeout' })).toMatchObject({ ok: false, kind: 'refused' });
    expect(statsOf({ direct: 'refused', pod_proxy: 'ok' })).toBeNull();
    expect(statsOf({ cameras: { yard: 'refused' } })).toBeNull();
  });

  it('hold until the next number', () => {
    const files = {
      'vantages-002.json': { cameras: { door: 'refused' } },
      'vantages-003.json': { cameras: { door: 'ok' } },
    };
    const reach = looksOf({ 'case.json': CASE, ...files, ...statsFiles(4, 15) }).map(
      ({ answers }) => answers.reach.door,
    );
    expect(reach).toEqual([undefined, expect.objectContaining({ kind: 'refused' }), 'ok', 'ok']);
  });
});

describe('the cluster of a case', () => {
  const started = ({ answers }: { answers: FrigateAnswers }): number => {
    const pods = answers.ground?.pods?.reply;
    const text = JSON.stringify(pods?.ok ? pods.value : null);
    return Date.parse(/"startedAt":"([^"]+)"/.exec(text)?.[1] ?? '') / 1000 - STARTS_AT;
  };

  it('is pretended, its container as old as the uptime says, also before the first answer after a restart', () => {
    const files = {
      'stats-001.json': statsAfter(0, { uptime: 1000 }),
      'stats-002.error.json': { error: 'refused' },
      'stats-003.error.json': { error: 'http 500' },
      'stats-004.json': statsAfter(45, { uptime: 20 }),
    };
    expect(looksOf({ 'case.json': CASE, ...files }).map(started)).toEqual([-1005, -1005, 20, 20]);
  });

  it('has run for a day where nothing tells its age', () => {
    expect(looksOf({ 'case.json': CASE, 'stats-001.error.json': { error: 'refused' } }).map(started)).toEqual([
      -86_400,
    ]);
  });

  it('is the recorded one, under its own name, from its first file on', () => {
    const objects = { deployment: { metadata: { name: 'nvr', namespace: 'home' } }, pods: [] };
    const recorded = opened({ 'case.json': CASE, 'kubernetes-002.json': objects, ...statsFiles(2, 15) });
    expect(recorded.workload).toEqual({ kind: 'deployment', namespace: 'home', name: 'nvr' });
    for (const { answers } of recorded.looks)
      expect(answers.ground?.pods?.reply).toMatchObject({ value: { items: [] } });
  });

  it('knows the restarts of the history as they happen', () => {
    const files = { 'case.json': CASE, 'history.json': { restarts: [STARTS_AT - 600, '2026-01-06T04:00:10Z'] } };
    const times = looksOf({ ...files, ...statsFiles(2, 15) }).map(({ answers }) => answers.ground?.configMap.reply);
    expect(times).toMatchObject([
      { value: { data: { last_restart_times: String(STARTS_AT - 600) } } },
      { value: { data: { last_restart_times: `${STARTS_AT - 600},${STARTS_AT + 10}` } } },
    ]);
  });
});

describe('the log of a case', () => {
  const eventsAt = (files: Record<string, unknown>) =>
    looksOf(files).flatMap(({ at, answers }) => {
      const read = answers.log?.current;
      return read?.ok ? read.value.events.map((event) => [at - STARTS_AT, event.at - STARTS_AT, event.pattern]) : [];
    });

  it('is placed by the stamps of Kubernetes, each line in the look after it', () => {
    const log = [
      `2026-01-06T03:59:00.000000000Z [2026-01-06 04:59:00] ${STUCK}`,
      `2026-01-06T04:00:20.500000000Z [2026-01-06 05:00:20] ${STUCK}`,
      `2026-01-06T05:00:00.000000000Z [2026-01-06 06:00:00] ${STUCK}`,
    ].join('\r\n');
    expect(eventsAt({ 'case.json': CASE, 'log.txt': log, ...statsFiles(4, 15) })).toEqual([
      [0, -60, 'stuck'],
      [30, 20.5, 'stuck'],
    ]);
  });

  it('ends with the case where it has only its own stamps', () => {
    const log = [`[2023-01-01 10:00:00] ${STUCK}`, `[2023-01-01 10:00:20] ${STUCK}`].join('\n');
    expect(eventsAt({ 'case.json': CASE, 'log.txt': log, ...statsFiles(4, 15) })).toEqual([
      [30, 25, 'stuck'],
      [45, 45, 'stuck'],
    ]);
  });

  it('is taken to end with the case where its stamps are of another day, and that is said', () => {
    const log = `2025-01-06T04:00:20.500000000Z [2026-01-06 05:00:20] ${STUCK}\n`;
    const files = { 'case.json': CASE, 'log.txt': log, ...statsFiles(2, 15) };
    expect(eventsAt(files)).toEqual([[15, 15, 'stuck']]);
    expect(opened(files).notes).toEqual([expect.stringMatching(/^The stamps of log\.txt lie more than a day away/)]);
  });

  it('alone is watched from its first line to 300 s after its last, with nobody to ask', () => {
    const log = [`[2023-01-01 10:00:00] ${STUCK}`, `[2023-01-01 10:01:00] ${STUCK}`].join('\n');
    const looks = looksOf({ 'log.txt': log });
    expect(looks).toHaveLength(13);
    const [first, last] = [looks[0], looks.at(-1)];
    expect((last?.at ?? 0) - (first?.at ?? 0)).toBe(360);
    expect(first?.answers).toMatchObject({ stats: null, version: null, vantage: null });
    expect(first?.answers.log?.current).toMatchObject({ value: { events: [{ pattern: 'stuck' }] } });
  });

  it('of many days is looked at in coarser steps', () => {
    const log = [`[2023-01-01 10:00:00] ${STUCK}`, `[2023-03-01 10:00:00] ${STUCK}`].join('\n');
    const recorded = opened({ 'log.txt': log });
    const days = 59 * 86_400 + 300;
    expect(recorded.everySeconds).toBe(Math.ceil(days / 20_000));
    expect([...recorded.looks].length).toBeLessThanOrEqual(20_002);
  });

  it('gives the end of the run before apart, in the first look at the next', () => {
    const log = [
      `2026-01-06T04:00:16.000000000Z [2026-01-06 05:00:16] ${STUCK}`,
      `2026-01-06T04:00:28.000000000Z [2026-01-06 05:00:28] ${STUCK}`,
    ].join('\n');
    const files = { 'stats-001.json': statsAfter(0), 'stats-002.json': statsAfter(30, { uptime: 5 }) };
    const [, second] = looksOf({ 'case.json': { ...CASE, every_seconds: 30 }, 'log.txt': log, ...files });
    expect(second?.answers.log).toMatchObject({
      current: { value: { events: [{ at: STARTS_AT + 28 }] } },
      previous: { value: { events: [{ at: STARTS_AT + 16 }] } },
    });
  });
});

describe('the letters of a case', () => {
  it('come in the look after them, without what nobody collects', () => {
    const letter = (second: string, topic: string) =>
      JSON.stringify({ at: `2026-01-06T04:00:${second}+0000`, topic, payload: 'online', retained: false });
    const lines = [
      letter('01', 'frigate/available'),
      'not json',
      letter('02', 'frigate/yard/motion'),
      letter('20', 'frigate/yard/status/detect'),
    ];
    const looks = looksOf({ 'case.json': CASE, 'mqtt.jsonl': lines.join('\n'), ...statsFiles(3, 15) });
    expect(looks.map(({ answers }) => answers.mail?.letters.map(({ topic }) => topic))).toEqual([
      [],
      ['frigate/available'],
      ['frigate/yard/status/detect'],
    ]);
  });

  it('are none where no file holds any', () => {
    expect(looksOf(statsFiles(1, 15))[0]?.answers.mail).toBeNull();
  });
});

describe('the memory of a case', () => {
  it('knows that the address has answered before, and who has worked', () => {
    const address = { url: 'http://frigate:5000', service: null };
    expect(memoryOf(['yard'], address)).toMatchObject({
      answeredUrl: addressOf(address),
      cameras: { yard: { worked: { settings: null } } },
    });
  });
});
