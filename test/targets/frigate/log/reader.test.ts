import { describe, expect, it } from 'vitest';
import { openLogReader, readLog } from '../../../../src/targets/frigate/log/reader.ts';
import type { LogEvent } from '../../../../src/targets/frigate/log/types.ts';
import { CORPUS, logOf } from './corpus.ts';

const told = (events: readonly LogEvent[]): readonly string[] =>
  events.map(
    ({ pattern, member, count }) => `${pattern}${member === null ? '' : `/${member}`}${count > 1 ? ` ${count}` : ''}`,
  );

const HANG = ['stuck', 'waiting_exit', 'force_kill', 'exited'];
const CRASH = ['ffmpeg_crash/yard', 'unable_to_read/yard', 'ffmpeg_not_running/yard'];
const KEEP_UP = ['keep_up/gate', 'keep_up/front', 'keep_up/yard'];
const START = ['preparing', 'starting'];

/** TABLE: what each log must be read as. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  '001-issue7764-stuck-every-few-hours-v0120': [
    'waiting_exit',
    'force_kill',
    'exited',
    'detector_start/coral',
    'tpu_load',
    'tpu_found',
    'stuck',
    'waiting_exit',
    'force_kill',
  ],
  '004-issue5186-force-kill-then-silence-v0111': ['stuck', 'waiting_exit', 'force_kill'],
  '007-issue9078-no-edgetpu-traceback-v012': ['detector_start/coral', 'tpu_load', 'no_edgetpu', 'detector_crash/coral'],
  '010-issue4240-ffmpeg-crash-docker-json-v0111': [
    'ffmpeg_crash/frontgate_tree',
    'ffmpeg_crash/garage',
    'no_frames/garage',
    'no_frames/livingroom',
  ],
  '012-issue8493-404-loop-10s-v013beta': [
    'ffmpeg_crash/Deurbel',
    'unable_to_read/Deurbel',
    'ffmpeg_not_running/Deurbel',
    'ffmpeg_crash/Deurbel',
  ],
  '014-pr8162-unable-to-keep-up-all-cams-v013beta': [
    'keep_up/back_deck_cam',
    'keep_up/back_gate_cam',
    'keep_up/crawlspace_cam',
  ],
  '017-issue8014-clean-startup-v0121': ['starting/0.12.1-367d724', 'detector_start/coral', 'tpu_load'],
  '019-issue6874-database-locked-v012': ['database_locked'],
  '022-pr24146-orphaned-queue-signature-v0172': [],
  'live-api-restart': [
    'service_exited/NGINX',
    'stopping',
    'waiting_exit',
    'exited',
    'mqtt_disconnected',
    'service_exited/Frigate',
    'service_exited/go2rtc',
    ...START,
    ...Array.from({ length: 4 }, () => 'upstream_refused 8'),
    'starting/0.17.2-3d4dd3a',
  ],
  'live-one-camera-down-refused': [
    ...CRASH.slice(1),
    ...CRASH,
    ...CRASH,
    'ffmpeg_crash/yard',
    'unable_to_read/yard 71',
    'ffmpeg_not_running/yard',
    ...CRASH,
    'ffmpeg_crash/yard',
    'unable_to_read/yard 162',
    'ffmpeg_not_running/yard',
    ...CRASH,
    ...CRASH,
    ...CRASH,
    ...CRASH,
    'ffmpeg_crash/yard',
  ],
  'live-orphaned-queue': [
    ...HANG,
    'service_exited/go2rtc',
    'service_exited/NGINX',
    'unable_to_read/gate 3',
    'ffmpeg_not_running/gate',
    'stopping',
    'waiting_exit',
    'exited',
    'mqtt_disconnected',
    'service_exited/Frigate',
    ...START,
    ...Array.from({ length: 4 }, () => 'upstream_refused 5'),
    'starting/0.17.2-3d4dd3a',
    'upstream_refused 3',
  ],
  'live-recording-cache-backlog': [...KEEP_UP, ...KEEP_UP],
  'live-stuck-detector': [...HANG, ...HANG, ...HANG, ...HANG],
};

const STAMP = '2023-11-14T22:13';
const stuck = (second: string): string =>
  `${STAMP}:${second}Z [2023-11-15 00:00:00] frigate.watchdog INFO : Detection appears to be stuck. Restarting...\n`;
const access = (second: string): string =>
  `${STAMP}:${second}Z 10.0.0.7 - - [21/Nov/2026:06:35:38 +0100] "GET / HTTP/1.1" 200 75 "-" "curl" "-"\n`;
const T0 = 1_700_000_000 - 20;

describe('real logs', () => {
  it('are all there', () => expect(Object.keys(CORPUS)).toEqual(Object.keys(EXPECTED)));

  it.each(Object.entries(EXPECTED))('%s', (name, expected) =>
    expect(told(readLog(logOf(name)).events)).toEqual(expected),
  );

  it('are placed by the kubelet where it set a stamp, else by their own, and spoken prose by nothing', () => {
    expect(readLog(logOf('live-stuck-detector'))).toMatchObject({
      placedBy: 'kubernetes',
      lines: 27,
      bytes: 5168,
      position: { stamp: '2026-11-21T05:22:43.680722408Z', lines: 1 },
      isCut: false,
      skipped: null,
    });
    const own = readLog(logOf('004-issue5186-force-kill-then-silence-v0111'));
    expect(own).toMatchObject({ placedBy: 'own', position: null });
    // From 21:56:34 on one day to 07:15:54 on the next.
    expect((own.lastAt ?? 0) - (own.firstAt ?? 0)).toBe(33_560);
    expect(readLog(logOf('022-pr24146-orphaned-queue-signature-v0172'))).toMatchObject({
      placedBy: 'none',
      lastAt: null,
    });
  });

  it('give a line without a stamp the time of the line before', () => {
    const text = `${stuck('20').replace('Z ', 'Z 2023-11-14 22:13:20.000000000  ')}peewee.OperationalError: database is locked\n`;
    expect(readLog(text).events.map(({ pattern, at }) => [pattern, at])).toEqual([
      ['stuck', T0 + 20],
      ['database_locked', T0 + 20],
    ]);
  });
});

describe('a log on two clocks', () => {
  const own = (second: number) =>
    `[2025-07-29 11:37:${second}] frigate.watchdog  INFO : Detection appears to be stuck. Restarting\n`;
  it('is not stopped by one line of ONNX Runtime', () => {
    const text = `${own(10)}2025-07-29 09:37:17.715501718 [E:onnxruntime:, a.cc:516 Execute] Non-zero\n${own(20)}${own(50)}`;
    const { events, placedBy } = readLog(text);
    const [first] = events;
    expect([placedBy, ...events.map(({ at }) => at - (first?.at ?? 0))]).toEqual(['own', 0, 10, 40]);
  });

  it.each(['.971698  ', '.971698 ', '.971 ', '.971698123  '])(
    'reads an access line behind a stamp with "%s"',
    (end) => {
      const access = `2026-08-03 14:59:04${end}10.0.0.7 - - [03/Aug/2026:16:59:04 +0200] "GET / HTTP/1.1" 200 75\n`;
      expect(Math.floor(readLog(access).lastAt ?? 0)).toBe(Date.UTC(2026, 7, 3, 14, 59, 4) / 1000);
    },
  );
});

describe('a reading', () => {
  it('is empty of an empty log', () => {
    expect(readLog('')).toEqual({
      events: [],
      position: null,
      lines: 0,
      bytes: 0,
      firstAt: null,
      lastAt: null,
      placedBy: 'none',
      isCut: false,
      skipped: null,
    });
  });

  it('goes on after what is known, access lines included', () => {
    const first = readLog(stuck('20.1') + access('20.2'));
    expect(first.position).toEqual({ stamp: `${STAMP}:20.2Z`, lines: 1 });
    const again = stuck('20.1') + access('20.2') + access('20.2') + stuck('20.3');
    const second = readLog(again, { after: first.position });
    expect(told(second.events)).toEqual(['stuck']);
    expect(second.events[0]?.at).toBeCloseTo(T0 + 20.3);
    expect(readLog(again, { after: second.position }).events).toEqual([]);
  });

  it('says that lines are gone where the last known one does not come again', () => {
    const { position } = readLog(stuck('20'));
    expect(readLog(stuck('40'), { after: position }).skipped).toContain('missing');
    expect(readLog(stuck('20') + stuck('40'), { after: position }).skipped).toBeNull();
  });

  it('takes the skew of the clock off every time', () => {
    const reading = readLog(stuck('20') + access('30'), { skewSeconds: 7200 });
    expect(reading.events[0]?.at).toBe(T0 + 20 - 7200);
    expect([reading.firstAt, reading.lastAt]).toEqual([T0 + 20 - 7200, T0 + 30 - 7200]);
    expect(reading.position?.stamp).toBe(`${STAMP}:30Z`);
  });

  it('leaves the torn last line of a cut text to the next look', () => {
    const line = stuck('20');
    const text = access('10').repeat(2000) + line + line.slice(0, 60);
    const cut = readLog(text, { limitBytes: text.length });
    expect(cut).toMatchObject({ isCut: true, lines: 2001, position: { stamp: `${STAMP}:20Z`, lines: 1 } });
    expect(cut.skipped).toMatch(
      /^The last lines of the log are more than .* MiB; the rest is read in the next looks\.$/,
    );
    const after = { stamp: `${STAMP}:09Z`, lines: 0 };
    expect(readLog(text, { limitBytes: text.length, after }).skipped).toMatch(
      /^More than .* came since the last look;/,
    );
    expect(readLog(text, { limitBytes: text.length * 2 })).toMatchObject({ isCut: false, lines: 2002, skipped: null });
  });

  it('counts what Frigate’s own API folded', () => {
    const repeated = '[LOGGING] Last message repeated 4 times\n';
    expect(told(readLog(stuck('20') + repeated).events)).toEqual(['stuck 5']);
    expect(told(readLog(stuck('20') + access('21') + repeated).events)).toEqual(['stuck']);
    expect(told(readLog(stuck('20') + stuck('21').replace('stuck', 'fine') + repeated).events)).toEqual(['stuck']);
    expect(told(readLog(repeated).events)).toEqual([]);
  });

  it('never shows a camera’s password', () => {
    const line = `${STAMP}:20Z [2023-11-15 00:00:00] frigate.detectors.x ERROR : rtsp://admin:hunter2@cam/1 is gone\n`;
    const [event] = readLog(line).events;
    expect(event?.text).toBe('rtsp://***@cam/1 is gone');
  });

  it('holds few events of a long log, and loses no count', () => {
    const reader = openLogReader({ mostEvents: 500 });
    for (let minute = 0; minute < 60; minute += 1) {
      for (let second = 0; second < 60; second += 1) {
        const time = [minute, second].map((part) => String(part).padStart(2, '0')).join(':');
        reader.push(stuck('20').replace('22:13:20', `22:${time}`));
      }
    }
    const { events, lines } = reader.end();
    expect(lines).toBe(3600);
    expect(events.length).toBeLessThanOrEqual(501);
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(3600);
  });
});
