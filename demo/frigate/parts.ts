/** What the simulated Frigate says besides its stats: its configuration, its recordings, the streams of go2rtc. */
import { type SimulatedCamera, type SimulatedFrigate, settingsAt } from './model.ts';

const SEGMENT_SECONDS = 10;
/** A run writes its first segment so long after it began. */
const FIRST_SEGMENT_SECONDS = 20;
/** A segment is listed this long after it was closed: it goes through a cache. */
const CACHE_SECONDS = 5;
/** So many bytes of a camera come in a second. */
const BYTES_PER_SECOND = 250_000;

/** GET /api/config: the settings, with where streams come from and what is recorded of them. */
export function configOf(frigate: SimulatedFrigate): Record<string, unknown> {
  const settings = settingsAt(frigate);
  const bare = settings.cameras as Record<string, object>;
  const record = { enabled: true, enabled_in_config: true, continuous: { days: 3 }, motion: { days: 7 } };
  const cameras = frigate.cameras.map(({ name, records }) => {
    const inputs = [{ path: `rtsp://127.0.0.1:8554/${name}`, roles: ['detect', 'record'] }];
    return [name, { ...bare[name], name, ffmpeg: { inputs }, record: { ...record, enabled: records } }];
  });
  return {
    ...settings,
    version: '0.17-0',
    safe_mode: false,
    mqtt: { enabled: true, topic_prefix: 'frigate' },
    record,
    go2rtc: { streams: Object.fromEntries(frigate.cameras.map((camera) => [camera.name, [sourceOf(camera)]])) },
    cameras: Object.fromEntries(cameras),
  };
}

/** Frigate hides the login of a camera in its configuration. */
function sourceOf({ name, address }: SimulatedCamera): string {
  return address === null ? `ffmpeg:device?video=${name}#video=h264` : `rtsp://*:*@${address}/stream1`;
}

interface Span {
  after: number;
  before: number;
}

/** GET /api/{camera}/recordings: closed segments that touch the span, oldest first; null: there is no such camera. */
export function segmentsOf(
  frigate: SimulatedFrigate,
  name: string,
  { after, before }: Span,
  now: number,
): readonly unknown[] | null {
  const camera = frigate.cameras.find((one) => one.name === name);
  if (!camera) return null;
  const runs = runsOf(frigate, now);
  const isWritten = (start: number, end: number) =>
    runs.some(({ from, to }) => start >= from + FIRST_SEGMENT_SECONDS && end <= to) &&
    !gapsOf(frigate, camera).some(({ from, to }) => end > from && start < to);
  const first = Math.floor(after / SEGMENT_SECONDS) * SEGMENT_SECONDS;
  const last = Math.min(before, now - SEGMENT_SECONDS - CACHE_SECONDS);
  const count = Math.max(0, Math.floor((last - first) / SEGMENT_SECONDS) + 1);
  return Array.from({ length: count }, (_, i) => first + i * SEGMENT_SECONDS)
    .filter((start) => isWritten(start, start + SEGMENT_SECONDS))
    .map((start) => ({
      id: `${start}.0-${name.slice(0, 6)}`,
      start_time: start,
      end_time: start + SEGMENT_SECONDS,
      segment_size: 2.4,
      motion: 0,
      objects: 0,
      duration: SEGMENT_SECONDS,
    }));
}

interface Time {
  from: number;
  to: number;
}

function runsOf({ past, startedAt }: SimulatedFrigate, now: number): readonly Time[] {
  const bounds = past.filter(({ what }) => what === 'start' || what === 'stop');
  const runs = bounds.map(({ at, what }, i) => ({ what, from: at, to: bounds[i + 1]?.at ?? now }));
  return runs.filter(({ what, from }, i) => what === 'start' && (i < runs.length - 1 || startedAt === from));
}

function gapsOf({ recordsNothingSince }: SimulatedFrigate, { downSince, gaps }: SimulatedCamera): readonly Time[] {
  const open = [downSince, recordsNothingSince].filter((from) => from !== null);
  return [...gaps, ...open.map((from) => ({ from, to: Number.POSITIVE_INFINITY }))];
}

/** GET /api/go2rtc/streams: each is taken by Frigate; one whose camera is gone has a source that is only a URL. */
export function streamsOf({ cameras, startedAt }: SimulatedFrigate, now: number): Record<string, unknown> {
  const streams = cameras.map((camera, i) => {
    const url = sourceOf(camera);
    const since = Math.max(startedAt ?? now, camera.gaps.at(-1)?.to ?? 0);
    const bytes = Math.max(0, Math.floor((now - since) * BYTES_PER_SECOND));
    // Another connection has another number.
    const id = 10 * (i + 1) + camera.gaps.length;
    const codec = { codec_name: 'h264', codec_type: 'video' };
    const live = {
      id,
      format_name: 'rtsp',
      protocol: 'rtsp+tcp',
      url,
      receivers: [{ id: id + 1, codec, bytes, packets: Math.floor(bytes / 1200) }],
      bytes_recv: bytes,
    };
    const consumer = {
      id: id + 2,
      format_name: 'rtsp',
      user_agent: 'FFmpeg Frigate/0.17.2-3d4dd3a',
      bytes_send: bytes,
    };
    const isDown = camera.downSince !== null;
    return [camera.name, { producers: [isDown ? { url } : live], consumers: isDown ? [] : [consumer] }];
  });
  return Object.fromEntries(streams);
}
