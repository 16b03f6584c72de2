import { describe, expect, it } from 'vitest';
import { readLine } from '../../../../src/targets/frigate/log/lines.ts';
import { matchLine, PATTERNS, patternOf } from '../../../../src/targets/frigate/log/patterns.ts';
import { EXAMPLES, HARMLESS } from './examples.ts';
import { LAYOUTS, spoken } from './layouts.ts';

/** What checks ask for. */
const ASKED =
  'stuck waiting_exit force_kill exited detector_stopped detector_start tpu_load tpu_found no_edgetpu delegate_failed ' +
  'usb_error native_abort detector_error shm_frame ffmpeg_crash no_frames fps_limit unable_to_read ffmpeg_not_running ' +
  'no_new_segments invalid_segment keep_up unprocessed segment_lost no_space could_not_clear low_space shm_small ' +
  'bus_error database_locked database_malformed mqtt_unreachable mqtt_disconnected process_exited process_restarted ' +
  'process_backoff service_exited preparing starting stopping go2rtc_silent config_invalid safe_mode ' +
  'upstream_refused enrichment_error gpu_error out_of_memory not_writable database_refused detector_crash';

describe('the table of patterns', () => {
  it('knows each pattern once, and holds an example of each', () => {
    const ids = PATTERNS.map(({ id }) => id);
    expect(ids.toSorted()).toEqual(ASKED.split(' ').toSorted());
    expect(new Set(EXAMPLES.map(({ pattern }) => pattern))).toEqual(new Set(ids));
  });

  it('finds a pattern by its id', () => {
    expect(patternOf('stuck')?.outlivesRun).toBe(true);
    expect(patternOf('keep_up')?.outlivesRun).toBeUndefined();
    expect(patternOf('constructor')).toBeNull();
  });

  it.each(Object.keys(LAYOUTS))('takes nothing harmless for a fault, %s', (layout) => {
    const found = HARMLESS.map((line) => matchLine(readLine(LAYOUTS[layout]?.write(line) ?? ''))?.pattern.id);
    expect(found).toEqual(HARMLESS.map(() => undefined));
  });

  it('takes no fault for what is only said for debugging', () => {
    const lines = EXAMPLES.filter(({ logger }) => logger !== null).map((line) => ({
      ...line,
      level: 'DEBUG' as const,
    }));
    expect(lines.map((line) => matchLine(readLine(spoken(line))))).toEqual(lines.map(() => null));
  });

  it('counts an error of a detector, but not that the Coral is missing, which is a fault of its own', () => {
    const missing = EXAMPLES.find(({ pattern }) => pattern === 'no_edgetpu');
    expect(missing && matchLine(readLine(spoken(missing)))?.pattern.id).toBe('no_edgetpu');
  });

  it('reads a fault in front of which stands something unheard of', () => {
    const line = readLine(`host app[17]: ${spoken({ logger: 'root', level: 'INFO', message: 'TPU found' })}`);
    expect(matchLine(line)?.pattern.id).toBe('tpu_found');
  });
});
