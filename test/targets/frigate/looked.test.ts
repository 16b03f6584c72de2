import { describe, expect, it } from 'vitest';
import { look } from '../../../src/targets/frigate/looked.ts';
import type { Looked } from '../../../src/targets/target.ts';
import { camera, config, failure, last, START, stats, watch } from './watching.ts';

const FINE = { stats: stats({ a: camera(5, 4, 1, 2) }) };
const silent = { stats: failure('refused', { reason: 'Connection refused.' }), version: failure('refused') };

describe('the readings', () => {
  it('are figures of cameras and detectors for people', () => {
    expect(last(watch([FINE])).looked.readings).toEqual({
      version: '0.17.2-3d4dd3a',
      members: [
        { kind: 'camera', id: 'a', framesPerSecond: 5, skippedRatio: 0.2, inferenceMs: null },
        { kind: 'detector', id: 'coral', framesPerSecond: null, skippedRatio: null, inferenceMs: 20 },
      ],
      detectionRate: 2,
      lastAnswerAt: START,
      cluster: 'not_configured',
    });
  });

  it('keep version and last answer, but no old figure, while Frigate is silent', () => {
    const { readings } = last(watch([FINE, silent])).looked;
    expect(readings).toMatchObject({ version: '0.17.2-3d4dd3a', lastAnswerAt: START, detectionRate: null });
    expect(readings.members.every((one) => one.framesPerSecond === null && one.inferenceMs === null)).toBe(true);
  });

  it('give no share of skipped frames where none arrive', () => {
    const { readings } = last(watch([{ stats: stats({ a: camera(0, 0, 3, 0) }) }])).looked;
    expect(readings.members[0]).toMatchObject({ framesPerSecond: 0, skippedRatio: null });
  });
});

describe('the circumstances', () => {
  it('take start and first answer from the uptime where there is no cluster', () => {
    const { circumstances } = last(watch([FINE])).looked;
    expect(circumstances).toMatchObject({
      startedAt: { known: true, value: START - 86_405 },
      answeredAt: { known: true, value: START - 86_285 },
      graceSeconds: 600,
      seen: { answer: { known: true }, workload: { known: false, asked: false } },
      rollout: { known: false, asked: false },
    });
  });

  it('do not hold a Frigate that is long up back after a start of the Warden', () => {
    const { answeredAt } = last(watch([FINE])).looked.circumstances;
    expect(answeredAt.known && answeredAt.value !== null && START - answeredAt.value > 120).toBe(true);
  });

  it('know no start of a silent Frigate without a cluster: its run may be over', () => {
    const { circumstances } = last(watch([FINE, silent])).looked;
    expect(circumstances.startedAt).toMatchObject({ known: false, asked: true });
    expect(last(watch([FINE, silent, FINE])).looked.circumstances.startedAt).toMatchObject({ known: true });
  });

  it('speak against a restart in place of a version that knows none', () => {
    const of = (version: string) => {
      const body = { ...stats({ a: camera(5, 4, 1, 2) }), service: { uptime: 9000, version } };
      return last(watch([{ stats: body, version }])).looked.circumstances.hazards;
    };
    expect(of('0.12.1-367d724')).toMatchObject([{ against: ['in_place'] }]);
    expect(of('0.16.2')).toEqual([]);
  });

  it('say that nothing answered, and why', () => {
    const { circumstances } = last(watch([silent])).looked;
    expect(circumstances.answeredAt).toEqual({ known: true, value: null });
    expect(circumstances.startedAt).toMatchObject({ known: false, asked: true });
    expect(circumstances.seen.answer).toEqual({
      known: false,
      asked: true,
      why: 'Frigate gave no stats: Connection refused.',
    });
  });

  it('keep the start steady over the looks of one run', () => {
    const seen = watch([0, 14, 31].map((after) => ({ stats: stats({}, { after }) })));
    expect(new Set(seen.map((one) => JSON.stringify(one.looked.circumstances.startedAt))).size).toBe(1);
  });

  it('believe the cluster more than the uptime, and nothing where its container does not run', () => {
    const { facts } = last(watch([FINE]));
    const ground = {
      pods: { known: true, value: [] },
      workload: { known: false, asked: true, why: 'Not seen.' },
      node: { known: false, asked: true, why: 'Not seen.' },
      ledger: { known: false, asked: false, why: 'No right.' },
      rollout: { known: false, asked: true, why: 'Not seen.' },
      placement: { known: false, asked: false, why: '' },
      scaling: { known: false, asked: false, why: '' },
      cluster: { answers: true, sentence: 'It answers.' },
      graceSeconds: 1800,
      groundReadyAt: null,
      groundChangedAt: null,
      otherHealerAt: null,
      pod: {
        name: 'frigate-1',
        bears: null,
        container: { name: 'frigate', startedAt: START - 50, waitingReason: null },
      },
    };
    const above = (changes: object) =>
      look({ ...facts, ground: { ...ground, ...changes } as never }, START).circumstances;
    expect(above({})).toMatchObject({ startedAt: { known: true, value: START - 50 }, graceSeconds: 1800 });
    const waiting = { ...ground.pod, container: { ...ground.pod.container, startedAt: null } };
    expect(above({ pod: waiting }).startedAt.known).toBe(false);
    const blind = { pods: { known: false, asked: true, why: 'No answer.' }, pod: null };
    expect(above(blind).startedAt).toEqual({ known: true, value: START - 86_405 });
    expect(look({ ...facts, ground: ground as never }, START).readings.cluster).toBe('connected');
  });
});

describe('a camera that somebody has switched off while Frigate runs', () => {
  const hazards = (version: string, said: unknown) =>
    last(
      watch([{ stats: stats({ a: camera(0, 0, 0, 0), b: camera(5, 4, 1, 2) }), version, config: said }]),
    ).looked.circumstances.hazards.map(({ sentence }) => sentence);
  /** Without why it could not be switched off again. */
  const begun = ({ circumstances }: Looked) =>
    circumstances.hazards.map(({ sentence }) => sentence.replace(/ It .*/, ''));
  const SENTENCE = 'A restart would switch the camera a on again, which somebody has switched off.';

  it.each<[string, string, readonly string[]]>([
    ['0.16.4-abc', '0.16.4', [SENTENCE]],
    ['0.17.2', '0.17.2', [SENTENCE]],
    ['0.18.0-beta1', '0.18', []],
    ['1.0.0', 'later', []],
    ['no version', 'nobody knows which', [SENTENCE]],
  ])('would be on again after a restart of %s', (version, _, sentences) => {
    const said = { ...stats({ a: camera(0, 0, 0, 0) }), service: { uptime: 9000, last_updated: START } };
    const seen = watch([{ stats: said, version, config: config({ a: false, b: true }) }]);
    expect(begun(last(seen).looked)).toEqual(sentences);
  });

  it('is told from one that its file has off, one that is on, and one that cannot be read any more', () => {
    expect(hazards('0.17.2', config({ a: true, b: true }))).toEqual([]);
    expect(hazards('0.17.2', { cameras: { a: { enabled: false, enabled_in_config: false } } })).toEqual([]);
    expect(hazards('0.17.2', { cameras: { a: { enabled: false } } })).toEqual([]);
    const seen = watch([
      { stats: stats({ a: camera(0, 0, 0, 0) }), config: config({ a: false }) },
      { stats: failure('timeout'), version: failure('timeout'), config: failure('timeout') },
    ]);
    expect(begun(last(seen).looked)).toEqual([SENTENCE]);
  });
});

describe('what cannot be seen', () => {
  it.each<[string, Parameters<typeof watch>[0], RegExp | null]>([
    ['stats, when they fail', [silent], /no stats: Connection refused/],
    ['anything behind a login', [{ stats: failure('status', { status: 401 }) }], /wants a login \(HTTP 401\)/],
    [
      'which cameras are on',
      [{ ...FINE, config: failure('status', { reason: 'HTTP 403.' }) }],
      /switched off: HTTP 403/,
    ],
    ['nothing of Frigate, when all answers', [{ ...FINE, config: config({ a: true }) }], null],
  ])('is %s', (_, looks, sentence) => {
    const { cannotSee } = last(watch(looks)).looked;
    expect(cannotSee).toHaveLength(sentence ? 2 : 1);
    expect(cannotSee.at(-1)).toMatch(/^No cluster, or no namespace, is set for this Frigate, so/);
    if (sentence) expect(cannotSee[0]).toMatch(sentence);
  });
});

describe('a camera as a member', () => {
  const reachable = (reach: Record<string, boolean | null>, fps: unknown, votes: true | 'disabled' = true) => {
    const { facts } = last(watch([{ stats: stats({ a: camera(fps, 0, 0, 0) }) }]));
    const cameras = facts.cameras.map((one) => ({ ...one, votes }));
    return look({ ...facts, cameras, reach: { ...facts.reach, cameras: reach } }, START).members[0]?.reachable;
  };

  it.each<[string, Record<string, boolean | null>, unknown, true | 'disabled', boolean | null]>([
    ['by its frames', {}, 5, true, true],
    ['by its frames, whatever its address does', { a: false }, 1, true, true],
    ['by its address', { a: true }, 0, true, true],
    ['not at its address', { a: false }, 0.7, true, false],
    ['by nobody who looked', {}, 0, true, null],
    ['by nobody who could tell', { a: null }, 0, true, null],
    ['not by the frozen frames of one that is switched off', { a: false }, 5, 'disabled', false],
    ['not by figures that are missing', { a: false }, null, true, false],
  ])('is proven reachable %s', (_, reach, fps, votes, wanted) => {
    expect(reachable(reach, fps, votes)).toBe(wanted);
  });
});

describe('the healing', () => {
  it('is handed on to the guards as it was found', () => {
    const { facts } = last(watch([FINE]));
    const healing = [{ layer: 'detector', member: null, until: START + 60, sentence: 'It is replaced.' }];
    expect(look({ ...facts, healing }, START).circumstances.healing).toEqual(healing);
  });
});
