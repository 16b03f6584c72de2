/** Payloads that users of Frigate published (payloads/INDEX.md): one look at each, and no restart for any but one. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/rules/types.ts';
import { answerTable, assess, last, payload, watch } from './watching.ts';

type Row = Record<'frames' | 'skipping' | 'speed', Record<string, Answer>> & { queue: Answer; overload: Answer };

const none = { '': 'unknown' } as const;
const all = (answer: Answer, ...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, answer]));
const blind: Row = { frames: none, skipping: none, speed: none, queue: 'unknown', overload: 'unknown' };
const good = (cameras: readonly string[], detectors: readonly string[] = ['coral']): Row => ({
  frames: all('ok', ...cameras),
  skipping: all('ok', ...cameras),
  speed: all('ok', ...detectors),
  queue: 'ok',
  overload: 'ok',
});

const SEVEN = [
  '3d_printer_camera',
  'back_bedroom_camera',
  'back_yard_2_camera',
  'back_yard_camera',
  'back_yard_side_camera',
  'bird_feeder_camera',
];

/** TABLE: what one look at each payload says, without a configuration and without a memory. */
const ROWS: Readonly<Record<string, Row>> = {
  '002-coral-idle-healthy-v0121': good(['camera1', 'camera2']),
  '003-coral-pcie-amd-v0162': good(['cam-doorbell']),
  '004-homeiac-coral-10ms-mid-inference-v016': { ...blind, speed: { coral: 'unknown' } },
  '006-homeiac-cpu-19ms-v016': { ...blind, speed: { cpu: 'ok' } },
  '008-fregata79-all-cameras-stalled-orphaned-queue-v0172': {
    frames: all('ok', 'A', 'B', 'C', 'D', 'E', 'F'),
    skipping: all('bad', 'A', 'B', 'C', 'D', 'E', 'F'),
    speed: none,
    queue: 'bad',
    overload: 'unknown',
  },
  '009-issue7277-one-camera-fps0-stale-process-fps-v0121': {
    frames: { ...all('ok', ...SEVEN), corner_yard_camera: 'bad' },
    skipping: all('ok', ...SEVEN, 'corner_yard_camera'),
    speed: none,
    queue: 'ok',
    overload: 'ok',
  },
  '012-issue9625-gates-40pct-skip-v013': { ...good(['gates'], ['']), speed: none, overload: 'unknown' },
  '014-issue17797-rpi-coral-never-ran-fps0-v015': {
    frames: { Door: 'unknown' },
    skipping: { Door: 'ok' },
    speed: { coral: 'unknown' },
    queue: 'ok',
    overload: 'ok',
  },
  '018-issue5581-coral-healthy-many-cams-v012beta': good(['deck', 'dining']),
  '021-issue248-coral-usb-v07': blind,
  '024-issue228-coral-stuck-restart-loop-2020': blind,
  '028-issue8654-cache-backlog-stats-look-fine-v013beta': {
    ...good(['mainhallway-e1pro', 'salon-e1pro']),
    speed: none,
  },
  '030-issue7139-coral-5063ms-v0121': { ...blind, speed: { coral: 'bad' } },
  '032-issue1208-two-cpu-detectors-v08': { ...blind, speed: { cpu1: 'ok', cpu2: 'ok' } },
  '033-yardstats-amd-vaapi-mem-over-100pct': {
    ...good(['outside', 'outside2']),
    skipping: all('unknown', 'outside', 'outside2'),
    overload: 'unknown',
  },
  '036-frigate-e2e-mock-0.18-fields': good(['front_door', 'backyard', 'garage'], ['cpu']),
  '037-arx-fake-two-usb-corals-disabled-camera-v018': {
    ...good(['cam_front', 'cam_yard', 'cam_garage'], ['coral1', 'coral2']),
    frames: { cam_front: 'ok', cam_yard: 'ok', cam_garage: 'unknown' },
  },
  '040-frigate-monitor-fixture-warning': good(['front_door', 'backyard'], ['cpu']),
  '041-frigate-monitor-fixture-critical': {
    ...good(['front_door', 'backyard'], ['cpu']),
    skipping: { front_door: 'ok', backyard: 'bad' },
  },
};

/** The same stats, made so many seconds later. */
function moved(stats: unknown, seconds: number): unknown {
  const { service, ...rest } = stats as { service?: { last_updated?: number } };
  if (typeof service?.last_updated !== 'number') return stats;
  return { ...rest, service: { ...service, last_updated: service.last_updated + seconds } };
}

const names = readdirSync(new URL('payloads/', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

describe('a published payload', () => {
  it('has its row, each of them', () => {
    expect(names.sort()).toEqual(Object.keys(ROWS).sort());
  });

  it.each(Object.entries(ROWS))('%s is read as its users found it', (name, row) => {
    const seen = last(watch([{ stats: payload(name) }]));
    const single = (check: string) => answerTable(seen, check)[''];
    expect({
      frames: answerTable(seen, 'camera_frames'),
      skipping: answerTable(seen, 'camera_skipping'),
      speed: answerTable(seen, 'detector_speed'),
      queue: single('detector_queue'),
      overload: single('overload'),
    }).toEqual(row);
    expect(single('api')).toBe('ok');
  });

  it.each(names)('%s, seen for ten minutes, is restarted only when that cures it', (name) => {
    const seen = watch(Array.from({ length: 40 }, (_, index) => ({ stats: moved(payload(name), index * 15) })));
    const orders = assess(seen).flatMap((decision) => decision.orders);
    const CURABLE: Record<string, string> = {
      '008-fregata79-all-cameras-stalled-orphaned-queue-v0172': 'detector_queue',
      // A mean of 5 s is tried once: nothing but a detector that is slow all the time lifts it so far.
      '030-issue7139-coral-5063ms-v0121': 'detector_speed',
    };
    const [first] = orders;
    expect(first?.cause?.check).toBe(CURABLE[name]);
  });

  it('knows a camera that is switched off by the configuration (037), and says so', () => {
    const stats = payload('037-arx-fake-two-usb-corals-disabled-camera-v018');
    const config = {
      cameras: { cam_front: { enabled: true }, cam_yard: { enabled: true }, cam_garage: { enabled: false } },
    };
    const seen = last(watch([{ stats, config }]));
    expect(answerTable(seen, 'camera_frames')).toEqual({ cam_front: 'ok', cam_yard: 'ok', cam_garage: 'not_observed' });
  });

  it.each(['021-issue248-coral-usb-v07', '024-issue228-coral-stuck-restart-loop-2020'])(
    '%s is said to be of an unsupported version',
    (name) => {
      const seen = last(watch([{ stats: payload(name) }]));
      expect(seen.looked.cannotSee[0]).toMatch(/unsupported version/);
      expect(seen.looked.circumstances.seen.answer).toMatchObject({ known: false, asked: true });
    },
  );
});
