import { describe, expect, it } from 'vitest';
import { LINE_LIMIT, readLine } from '../../../../src/targets/frigate/log/lines.ts';
import { LAYOUTS, SPOKEN_AT, type Spoken } from './layouts.ts';

const STUCK: Spoken = { logger: 'watchdog.2. Front Door', level: 'ERROR', message: 'It hangs.' };

describe('a line of the log', () => {
  it.each(Object.entries(LAYOUTS))('%s: gives logger, level, message and time', (_layout, { isPlaced, write }) => {
    expect(readLine(write(STUCK))).toMatchObject({ logger: STUCK.logger, level: 'error', message: STUCK.message });
    // Frigate's own stamp is there in each of them, and here it is the same.
    expect(readLine(write(STUCK)).at).toBe(SPOKEN_AT);
    const bare = { logger: null, level: null, message: '  File "a.py", line 1' };
    expect(readLine(write(bare))).toMatchObject({ logger: null, level: null, at: isPlaced ? SPOKEN_AT : null });
  });

  it('is placed by the best stamp that it bears', () => {
    const own = '[2023-11-14 23:00:00] root  INFO    : x';
    const s6 = `2023-11-14 22:00:00.000000000  ${own}`;
    const docker = JSON.stringify({ log: `${s6}\n`, time: '2023-11-14T21:00:00Z' });
    const kinds = [own, s6, docker, `2023-11-14T20:00:00Z ${s6}`].map((line) => readLine(line).stamp);
    expect(kinds).toEqual([
      { kind: 'frigate', text: '2023-11-14 23:00:00' },
      { kind: 's6', text: '2023-11-14 22:00:00.000000000' },
      { kind: 'docker', text: '2023-11-14T21:00:00Z' },
      { kind: 'kubernetes', text: '2023-11-14T20:00:00Z' },
    ]);
  });

  it.each([
    ['[INFO] Preparing Frigate...', 'info', 'Preparing Frigate...'],
    ['2023/11/14 22:13:20 [crit] 61#61: *1 connect() failed', 'critical', 'connect() failed'],
    ['22:13:20.123 WRN [rtsp] error', 'warning', '[rtsp] error'],
    ['2023-11-14 22:13:20 frigate.app INFO: Starting', 'info', 'Starting'],
    ['2023-11-14 22:13:20,123 something else', null, 'something else'],
    ['[2023-11-14 22:13:20,123] frigate.app WARN : x', 'warning', 'x'],
    ['s6-rc: info: service legacy-services: starting', null, 's6-rc: info: service legacy-services: starting'],
    ['\uFEFF[INFO] x', 'info', 'x'],
    ['2023-11-14T22:13:20Z', null, ''],
    ['', null, ''],
  ])('%s', (raw, level, message) => expect(readLine(raw)).toMatchObject({ level, message }));

  /** TABLE: s6 of other versions, ONNX Runtime's own stamp, copies and quotes, Frigate 0.8. */
  it.each<[string, string | null, string | null, string | null, string]>([
    ['2026-08-03 14:59:04.971698  [INFO] Preparing Frigate...', 's6', null, 'info', 'Preparing Frigate...'],
    ['2026-08-03 14:59:04.971 [INFO] x', 's6', null, 'info', 'x'],
    ['2026-08-03 14:59:04.971 frigate.app INFO : x', 's6', 'frigate.app', 'info', 'x'],
    ['2026-08-03 14:59:04.97 frigate.app INFO : x', 'frigate', 'frigate.app', 'info', 'x'],
    [
      '2025-07-29 09:37:17.715501718 [E:onnxruntime:, sequential_executor.cc:516 ExecuteKernel] Non-zero status',
      null,
      null,
      null,
      '[E:onnxruntime:, sequential_executor.cc:516 ExecuteKernel] Non-zero status',
    ],
    ['2025-07-29 09:37:17.715501718  [W:onnxruntime:x] y', null, null, null, '[W:onnxruntime:x] y'],
    [
      '2025-07-29 07:37:17.000000000  2025-07-29 09:37:17.715501718 [W:onnxruntime:x] y',
      's6',
      null,
      null,
      '[W:onnxruntime:x] y',
    ],
    ['  [2023-11-14 22:13:20] root  ERROR   : x', 'frigate', 'root', 'error', 'x'],
    ['> [2023-11-14 22:13:20] root  ERROR   : x', 'frigate', 'root', 'error', 'x'],
    ['│ | 2023-11-14 22:13:20.000000000  [INFO] x', 's6', null, 'info', 'x'],
    ['[31m[2023-11-14 22:13:20] root  ERROR   : x', 'frigate', 'root', 'error', 'x'],
    ['frigate.watchdog               INFO    : Detection', null, 'frigate.watchdog', 'info', 'Detection'],
    ['14:02:35 frigate.watchdog  INFO : Detection', null, 'frigate.watchdog', 'info', 'Detection'],
    ['  watchdog.2. Front Door  ERROR : x', null, 'watchdog.2. Front Door', 'error', 'x'],
    ['  > quoted words', null, null, null, '  > quoted words'],
  ])('%s', (raw, kind, logger, level, message) => {
    const line = readLine(raw);
    expect([line.stamp?.kind ?? null, line.logger, line.level, line.message]).toEqual([kind, logger, level, message]);
  });

  it.each(['{', '{"log":', '{"log":17}', '{"log":null,"time":1}', '{"a":"log"}', 'null', '[]', '{}'])(
    'is itself where it only looks like Docker’s: %s',
    (raw) => expect(readLine(raw)).toMatchObject({ message: raw, at: null }),
  );

  it('does not believe a time of Docker’s that is none', () => {
    expect(readLine('{"log":"x","time":"yesterday"}')).toMatchObject({ message: 'x', at: null });
  });

  it.each([
    '[2023-11-14 22:13:20] ',
    ' ',
    '[',
    'a ',
    '{"log":"',
    '\u001b[',
    '[pod/',
    '2023-11-14 22:13:20 a ',
    '[2023-11-14 22:13:20] a  INF',
    '│ > ',
    '[31m',
    'watchdog. a ERROR',
  ])('costs time in proportion to its length, also made of "%s"', (piece) => {
    const line = piece.repeat(1_000_000 / piece.length);
    const started = performance.now();
    for (let n = 0; n < 20; n += 1) readLine(line.slice(n));
    // A quadratic form would take minutes.
    expect(performance.now() - started).toBeLessThan(2000);
    expect(readLine(line).message.length).toBeLessThan(LINE_LIMIT);
  });
});
