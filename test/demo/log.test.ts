import { describe, expect, it } from 'vitest';
import { type LogLine, logOf } from '../../demo/frigate/log.ts';
import { breakDetector, newFrigate, setCamera, start, stop } from '../../demo/frigate/model.ts';
import { readLog } from '../../src/targets/frigate/log/reader.ts';

const BEGIN = Date.parse('2026-01-06T04:00:00Z') / 1000;
const wordsOf = (lines: readonly LogLine[]) => lines.map(({ text }) => text.slice(text.indexOf(']') + 2));
const kindsOf = (lines: readonly LogLine[]) => {
  const text = lines.map((line) => `${new Date(line.at * 1000).toISOString()} ${line.text}\n`).join('');
  return readLog(text).events.map(({ at, pattern, count }) => [pattern, Math.floor(at - BEGIN), count]);
};

describe("the simulated Frigate's log", () => {
  it('says how it starts, in an order that the product reads as one start', () => {
    const lines = logOf(newFrigate(['yard'], BEGIN), BEGIN + 3600);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(kindsOf(lines)).toEqual([
      ['preparing', 0, 1],
      ['starting', 0, 1],
      ['starting', 4, 1],
      ['tpu_load', 4, 1],
      ['tpu_found', 7, 1],
    ]);
    expect(lines[4]?.text).toBe('2026-01-06 04:00:00.700000047  [INFO] Starting go2rtc...');
    expect(lines.map(({ text }) => text)).toContain(
      '2026-01-06 04:00:04.000000000  [2026-01-06 04:00:04] frigate.app                    INFO    : ' +
        'Starting Frigate (0.17.2-3d4dd3a)',
    );
  });

  it('shows no line before its time', () => {
    const frigate = newFrigate(['yard'], BEGIN);
    expect(logOf(frigate, BEGIN + 0.5)).toHaveLength(4);
    breakDetector(frigate, 'stuck', BEGIN + 100);
    expect(kindsOf(logOf(frigate, BEGIN + 110)).filter(([kind]) => kind === 'stuck')).toEqual([]);
  });

  it('returns every 50 s to a detector that stays stuck, until it is well again', () => {
    const frigate = newFrigate(['yard'], BEGIN);
    breakDetector(frigate, 'stuck', BEGIN + 100);
    const times = (now: number, wanted: string) =>
      kindsOf(logOf(frigate, BEGIN + now)).flatMap(([kind, at]) => (kind === wanted ? [at] : []));
    expect(times(300, 'stuck')).toEqual([111, 161, 211, 261]);
    expect(times(300, 'force_kill')).toEqual([141, 191, 241, 291]);
    breakDetector(frigate, 'none', BEGIN + 300);
    expect(times(3600, 'stuck')).toEqual([111, 161, 211, 261]);
  });

  it('speaks of one hang where the queue is dead after it, and then of nothing', () => {
    const frigate = newFrigate(['yard'], BEGIN);
    breakDetector(frigate, 'orphaned_queue', BEGIN + 100);
    const said = logOf(frigate, BEGIN + 86_400).filter(({ at }) => at > BEGIN + 60);
    expect(wordsOf(said)).toEqual([
      'frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...',
      'root                           INFO    : Waiting for detection process to exit gracefully...',
      "root                           INFO    : Detection process didn't exit. Force killing...",
      'root                           INFO    : Detection process has exited...',
      'frigate.detectors.plugins.edgetpu_tfl INFO    : Attempting to load TPU as usb',
      'frigate.detectors.plugins.edgetpu_tfl INFO    : TPU found',
    ]);
  });

  it('says nothing of slowness and of cameras', () => {
    const frigate = newFrigate(['yard'], BEGIN);
    const before = logOf(frigate, BEGIN + 3600);
    breakDetector(frigate, 'slow', BEGIN + 100, 500);
    setCamera(frigate, 'yard', 'down', BEGIN + 200);
    expect(logOf(frigate, BEGIN + 3600)).toEqual(before);
  });

  it('ends with its run, and begins anew with the next, where a fault that survives hangs again', () => {
    const frigate = newFrigate(['yard'], BEGIN);
    frigate.faultSurvivesRestart = true;
    breakDetector(frigate, 'stuck', BEGIN + 100);
    stop(frigate, BEGIN + 130);
    start(frigate, BEGIN + 200);
    const kinds = kindsOf(logOf(frigate, BEGIN + 230)).filter(([, at]) => Number(at) > 60);
    expect(kinds).toEqual([
      ['stuck', 111, 1],
      ['waiting_exit', 111, 1],
      ['preparing', 200, 1],
      ['starting', 200, 1],
      ['starting', 204, 1],
      ['tpu_load', 204, 1],
      ['tpu_found', 207, 1],
      ['stuck', 219, 1],
      ['waiting_exit', 219, 1],
    ]);
  });
});
