import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/rules/types.ts';
import { detectorLogChecks } from '../../../../src/targets/frigate/checks/detector-log.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import type { LifeFacts } from '../../../../src/targets/frigate/follow/detector-life.ts';
import { type Line, logged, NO_LOG } from '../logging.ts';
import { ask, camera, failure, last, type Said, START, stats, watch } from '../watching.ts';

const FLOWING = { front: camera(5, 5, 0, 0) };
const DETECTING = { front: camera(5, 5, 0, 4) };
const DEAD = { front: camera(5, 0.2, 4.8, 0), yard: camera(5.1, 0.2, 4.9, 0) };
const SILENT = { front: camera(0, 0, 0, 0) };
const ONE = 'coral';

/** The look is made so long after START; times of lines and of the detector's life are counted back from it. */
const NOW = 600;
const CORAL = { pid: 7, pidSince: START, changes: [], inferenceMs: 20, movedAt: null, movedAfter: null };
const life = (changes: Partial<LifeFacts> = {}): LifeFacts => ({
  detectors: { [ONE]: CORAL },
  workedAfter: null,
  replaced: [],
  logEndsAt: null,
  ...changes,
});
const ago = (seconds: number) => START + NOW - seconds;
const linesAgo = (lines: readonly Line[]): readonly Line[] =>
  lines.map(([seconds, ...rest]): Line => [NOW - seconds, ...rest]);

function factsOf(
  cameras: Record<string, Record<string, unknown>> | null,
  lines: readonly Line[],
  changes: Partial<SeenFacts> = {},
): SeenFacts {
  const said: Said = cameras ? { stats: stats(cameras, { after: NOW }) } : { stats: failure('timeout') };
  const { facts } = last(watch([said], { start: START + NOW }));
  return { ...facts, log: logged(linesAgo(lines), NOW), life: life(), ...changes };
}

/** Only a log is there. */
const ALONE = { api: { ...factsOf(null, []).api, isAsked: false } };
const answerOf = (check: string, facts: SeenFacts) => {
  const { answer, proves } = ask(detectorLogChecks, check, facts);
  return proves === false ? 'no fault' : answer;
};
type Said3 = Answer | 'no fault';

describe('the rows of the log on detectors', () => {
  it('stand in the order that decides which of them is the cause, and only a missing one forbids', () => {
    expect(detectorLogChecks.map(({ id, forSeconds, forbids }) => [id, forSeconds, forbids])).toEqual([
      ['detector_missing', 0, 'own'],
      ['detector_stuck', 0, undefined],
      ['detector_gone', 60, undefined],
    ]);
  });

  it.each(['detector_missing', 'detector_gone'])(
    '%s is not asked without a log, and unknown without this reading',
    (id) => {
      expect(answerOf(id, factsOf(FLOWING, [], { log: NO_LOG }))).toBe('not_observed');
      expect(answerOf(id, factsOf(FLOWING, [], { log: { ...NO_LOG, state: 'unread' } }))).toBe('unknown');
    },
  );
});

describe('detector_missing', () => {
  /** TABLE: lines, seconds ago, and what was done since. */
  it.each<[string, readonly Line[], Partial<LifeFacts>, Said3]>([
    ['nothing is said', [], {}, 'no fault'],
    ['nothing is said and it works', [], { workedAfter: ago(30) }, 'ok'],
    ['no EdgeTPU was detected', [[5, 'no_edgetpu']], {}, 'bad'],
    ['its library was not loaded', [[5, 'delegate_failed']], {}, 'bad'],
    [
      'it was found after that',
      [
        [50, 'no_edgetpu'],
        [5, 'tpu_found'],
      ],
      {},
      'ok',
    ],
    [
      'it was found before that',
      [
        [50, 'tpu_found'],
        [5, 'no_edgetpu'],
      ],
      {},
      'bad',
    ],
    ['something was detected since', [[50, 'no_edgetpu']], { workedAfter: ago(50) }, 'ok'],
    ['something was detected before', [[50, 'no_edgetpu']], { workedAfter: ago(51) }, 'bad'],
    ['one USB transfer failed just now', [[59, 'usb_error']], {}, 'no fault'],
    [
      'one failed, in a burst of lines',
      [
        [59, 'usb_error'],
        [51, 'usb_error'],
      ],
      {},
      'no fault',
    ],
    ['one failed a minute ago, and nothing works since', [[60, 'usb_error']], {}, 'bad'],
    [
      'one failed and it was found again',
      [
        [60, 'usb_error'],
        [25, 'tpu_found'],
      ],
      {},
      'ok',
    ],
    [
      'it failed in the second in which it was found, and the process died',
      [
        [5, 'tpu_load'],
        [5, 'tpu_found'],
        [5, 'usb_error'],
        [5, 'native_abort'],
      ],
      {},
      'bad',
    ],
    [
      'it failed in the second in which it was found',
      [
        [60, 'tpu_found'],
        [60, 'usb_error'],
      ],
      {},
      'bad',
    ],
    [
      'one of two was found after the other was not',
      [
        [6, 'tpu_load'],
        [6, 'tpu_load'],
        [5, 'no_edgetpu'],
        [4, 'tpu_found'],
      ],
      {},
      'bad',
    ],
    [
      'both of two were found after one was not',
      [
        [100, 'no_edgetpu'],
        [6, 'tpu_load'],
        [6, 'tpu_load'],
        [5, 'tpu_found'],
        [4, 'tpu_found'],
      ],
      {},
      'ok',
    ],
    [
      'a detector ended once',
      [
        [20, 'detector_crash'],
        [5, 'detector_stopped'],
      ],
      {},
      'no fault',
    ],
    [
      'a detector crashed twice',
      [
        [300, 'detector_crash'],
        [20, 'detector_crash'],
      ],
      {},
      'bad',
    ],
    [
      'a detector stopped twice, and was found',
      [
        [300, 'detector_stopped'],
        [20, 'detector_stopped'],
        [5, 'tpu_found'],
      ],
      {},
      'bad',
    ],
    [
      'two detectors crashed at once',
      [
        [20, 'detector_crash', 'a'],
        [19, 'detector_crash', 'b'],
      ],
      {},
      'no fault',
    ],
    [
      'a detector crashed twice and works',
      [
        [300, 'detector_crash'],
        [20, 'detector_crash'],
      ],
      { workedAfter: ago(20) },
      'ok',
    ],
    [
      'a detector crashed twice, and worked before',
      [
        [300, 'detector_crash'],
        [20, 'detector_crash'],
      ],
      { workedAfter: ago(21) },
      'bad',
    ],
    [
      'a detector crashed twice, half an hour apart',
      [
        [1801, 'detector_crash'],
        [0, 'detector_crash'],
      ],
      {},
      'no fault',
    ],
    [
      'they fail again and again, though it is found between',
      [
        [60, 'usb_error'],
        [30, 'tpu_found'],
        [12, 'usb_error'],
        [3, 'tpu_found'],
      ],
      {},
      'bad',
    ],
    [
      'they failed again and again, and it works',
      [
        [60, 'usb_error'],
        [12, 'usb_error'],
      ],
      { workedAfter: ago(12) },
      'ok',
    ],
    [
      'they failed, five minutes apart',
      [
        [320, 'usb_error'],
        [12, 'usb_error'],
        [3, 'tpu_found'],
      ],
      {},
      'ok',
    ],
  ])('when %s', (_, lines, changes, expected) => {
    expect(answerOf('detector_missing', factsOf(FLOWING, lines, { life: life(changes) }))).toBe(expected);
  });

  it('counts the ends of a detector over runs, and says that it cannot start', () => {
    const facts = factsOf(FLOWING, [
      [300, 'detector_crash'],
      [20, 'detector_crash'],
    ]);
    const found = ask(detectorLogChecks, 'detector_missing', { ...facts, log: { ...facts.log, startedAt: ago(10) } });
    expect(found.answer).toBe('bad');
    expect(found.detail).toContain('2 times within 30 min: it cannot start.');
    expect(found.evidence).toEqual(['the line detector_crash']);
  });

  it('is over with the run that said it', () => {
    const facts = factsOf(FLOWING, [[50, 'no_edgetpu']]);
    expect(answerOf('detector_missing', { ...facts, log: { ...facts.log, startedAt: ago(40) } })).toBe('no fault');
  });

  it('says that a restart does not help, and shows the line', () => {
    const { detail, evidence } = ask(detectorLogChecks, 'detector_missing', factsOf(null, [[9, 'no_edgetpu']], ALONE));
    expect(detail).toMatch(/was not found.*restart does not help/);
    expect(evidence).toEqual(['the line no_edgetpu']);
  });
});

describe('detector_gone', () => {
  const KILLED: readonly Line[] = [
    [100, 'stuck'],
    [70, 'force_kill'],
  ];
  const LEFT: readonly Line[] = [...KILLED, [69, 'exited']];
  const OLD = { [ONE]: { ...CORAL, pidSince: ago(500) } };
  const NEW = { [ONE]: { ...CORAL, pidSince: ago(60), changes: [ago(60)] } };

  const BARELY = { [ONE]: { ...CORAL, pidSince: ago(79), changes: [ago(79)] } };

  /** TABLE: with stats. */
  it.each<[string, Record<string, Record<string, unknown>> | null, readonly Line[], Partial<LifeFacts>, Said3]>([
    ['nothing was killed', FLOWING, [], {}, 'no fault'],
    ['it was killed, never left, and nothing gets through', DEAD, KILLED, { detectors: OLD }, 'bad'],
    ['it was killed and never left, in a quiet house', FLOWING, KILLED, { detectors: OLD }, 'bad'],
    ['the same only 50 s ago', DEAD, [[50, 'force_kill']], { detectors: OLD }, 'no fault'],
    ['something was detected since', DEAD, KILLED, { workedAfter: ago(70) }, 'ok'],
    ['something is detected just now', DETECTING, KILLED, { detectors: OLD }, 'no fault'],
    ['no camera sends a frame', SILENT, KILLED, { detectors: OLD }, 'no fault'],
    ['another process has come', DEAD, KILLED, { detectors: NEW }, 'no fault'],
    ['it left and the same process is still named', DEAD, LEFT, { detectors: OLD }, 'bad'],
    ['it left and another process has come', DEAD, LEFT, { detectors: NEW }, 'no fault'],
    ['it left and the stats seem to have been quicker', DEAD, LEFT, { detectors: BARELY }, 'no fault'],
    [
      'it left before anybody looked: that is the queue',
      DEAD,
      LEFT,
      { detectors: { [ONE]: { ...CORAL, pidSince: ago(30) } } },
      'no fault',
    ],
    [
      'it left and nobody says a pid',
      DEAD,
      LEFT,
      { detectors: { [ONE]: { ...CORAL, pid: null, pidSince: null } } },
      'no fault',
    ],
    ['it left, in a quiet house', FLOWING, LEFT, { detectors: OLD }, 'no fault'],
    ['another was started', DEAD, [...LEFT, [68, 'detector_start', ONE]], { detectors: OLD }, 'no fault'],
    ['the TPU was found', DEAD, [...LEFT, [66, 'tpu_found']], { detectors: OLD }, 'no fault'],
    [
      'Frigate stops',
      DEAD,
      [
        [75, 'stopping'],
        [74, 'waiting_exit'],
        [70, 'force_kill'],
      ],
      { detectors: OLD },
      'no fault',
    ],
    ['nobody answers', null, KILLED, {}, 'unknown'],
  ])('with stats when %s', (_, cameras, lines, changes, expected) => {
    expect(answerOf('detector_gone', factsOf(cameras, lines, { life: life(changes) }))).toBe(expected);
  });

  /** TABLE: the log alone; how long ago its last line was written. */
  it.each<[string, readonly Line[], number, Said3]>([
    ['it was killed and never left (Frigate issue 5186)', KILLED, 5, 'bad'],
    ['the log ends with the kill (issue 7764)', KILLED, 70, 'no fault'],
    ['the log ends within the minute after it', KILLED, 11, 'no fault'],
    ['it left and another was started', [...LEFT, [68, 'detector_start', ONE]], 5, 'ok'],
    ['it left, and starts are not logged', LEFT, 5, 'no fault'],
    ['it left, and starts are logged, but none came', [[300, 'tpu_found'], ...LEFT], 5, 'bad'],
  ])('by the log alone when %s', (_, lines, endsAgo, expected) => {
    const changes = { ...ALONE, life: life({ detectors: {}, logEndsAt: ago(endsAgo) }) };
    expect(answerOf('detector_gone', factsOf(null, lines, changes))).toBe(expected);
  });

  it('waits for stats that were made after the minute is over', () => {
    const facts = factsOf(DEAD, [[62, 'force_kill']], { life: life({ detectors: OLD }) });
    expect(answerOf('detector_gone', facts)).toBe('no fault');
    expect(answerOf('detector_gone', { ...facts, at: ago(2) })).toBe('bad');
  });

  it('dates the fault from the kill, so that one more look confirms it', () => {
    const found = ask(detectorLogChecks, 'detector_gone', factsOf(DEAD, KILLED, { life: life({ detectors: OLD }) }));
    expect(found).toMatchObject({ since: ago(70), at: ago(0), evidence: ['the line force_kill'] });
  });
});
