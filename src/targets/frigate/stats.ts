/**
 * Reads a body of GET /api/stats, field by field: a bad or missing field is null, never zero, never a crash.
 * The layout is told by structure, never by a version string: cameras stand at the top up to 0.12,
 * under `cameras` from 0.13 on.
 */

export interface CameraStats {
  id: string;
  /** Frames that arrive from ffmpeg. Frozen at its last value when the capture process dies. */
  cameraFps: number | null;
  /** Written only when a frame is done: a stale value outlives a dead stream. */
  processFps: number | null;
  /** Always 0.0 in 0.12 (Frigate issue 6863). */
  skippedFps: number | null;
  detectionFps: number | null;
  detectionEnabled: boolean | null;
  /** False: Frigate says that it has no process, as for a camera that is disabled in its file. */
  hasProcess: boolean | null;
}

export interface DetectorStats {
  id: string;
  /** Milliseconds, a moving mean; exactly 10.0 before the first inference. */
  inferenceMs: number | null;
  /** Epoch seconds of the inference in flight, 0 when idle. */
  inflightSince: number | null;
  pid: number | null;
}

export interface FrigateStats {
  layout: 'nested' | 'top_level';
  /** False for layouts older than 0.8, which mean other things by the same names. */
  supported: boolean;
  /** Null: the stats do not speak of cameras at all. */
  cameras: readonly CameraStats[] | null;
  detectors: readonly DetectorStats[] | null;
  detectionFps: number | null;
  uptimeSeconds: number | null;
  /** Epoch seconds in Frigate's clock. Null in the old layout, where it is always the time of the request. */
  lastUpdated: number | null;
  version: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Null when the body is not the stats of any Frigate. */
export function readStats(body: unknown): FrigateStats | null {
  if (!isFields(body)) return null;
  const nested = isFields(body.cameras) && !('camera_fps' in body.cameras) ? body.cameras : null;
  const rows = Object.entries(nested ?? body).filter((entry): entry is [string, Fields] => isFields(entry[1]));
  const cameras = rows.filter(([, row]) => nested !== null || 'camera_fps' in row);
  const detectors = isFields(body.detectors) ? body.detectors : null;
  const service = isFields(body.service) ? body.service : null;
  const ancient = nested === null && rows.some(([name, row]) => isAncient(name, row));
  if (nested === null && cameras.length === 0 && !detectors && !service && !ancient) return null;
  return {
    layout: nested ? 'nested' : 'top_level',
    supported: !ancient,
    cameras: nested || cameras.length > 0 ? cameras.filter(([id]) => !isReplay(id)).map(readCamera) : null,
    detectors:
      detectors && Object.entries(detectors).flatMap(([id, row]) => (isFields(row) ? [readDetector(id, row)] : [])),
    detectionFps: rate(body.detection_fps),
    uptimeSeconds: rate(service?.uptime),
    lastUpdated: nested ? epoch(service?.last_updated) : null,
    version: typeof service?.version === 'string' && service.version !== '' ? service.version : null,
  };
}

/** A finite number, also as text; else null. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(value)) return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** True or false, also as 0, 1 or text; else null. */
export function readSwitch(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'True') return true;
  if (value === 'false' || value === 'False') return false;
  const number = readNumber(value);
  return number === null ? null : number !== 0;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No more than so many levels of lists and objects. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((one) => isShallow(one, levels - 1));
}

/** 0.18 shows its debug replays as cameras. */
export function isReplay(camera: string): boolean {
  return camera.startsWith('_replay_');
}

/** 0.7 and older: a camera with `frame_info` or `read_start`, or the detector itself at the top. */
function isAncient(name: string, row: Fields): boolean {
  if (name === 'detectors' || name === 'service') return false;
  return 'frame_info' in row || 'read_start' in row || 'inference_speed' in row || 'detection_start' in row;
}

function readCamera([id, row]: [string, Fields]): CameraStats {
  return {
    id,
    cameraFps: rate(row.camera_fps),
    processFps: rate(row.process_fps),
    skippedFps: rate(row.skipped_fps),
    detectionFps: rate(row.detection_fps),
    detectionEnabled: readSwitch(row.detection_enabled),
    hasProcess: 'pid' in row ? row.pid !== null : null,
  };
}

function readDetector(id: string, row: Fields): DetectorStats {
  return {
    id,
    inferenceMs: rate(row.inference_speed),
    inflightSince: rate(row.detection_start),
    pid: readNumber(row.pid),
  };
}

/** Nothing that is counted or measured here can be negative. */
function rate(value: unknown): number | null {
  const number = readNumber(value);
  return number !== null && number >= 0 ? number : null;
}

function epoch(value: unknown): number | null {
  const number = readNumber(value);
  return number !== null && number > EARLIEST ? number : null;
}

/** 2001-09-09: any earlier time is a clock that was never set. */
const EARLIEST = 1_000_000_000;
