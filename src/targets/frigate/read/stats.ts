/**
 * Reads a body of GET /api/stats, field by field: a bad or missing field is null, never zero, never a crash.
 * The layout is told by structure, never by a version string: cameras stand at the top up to 0.12,
 * under `cameras` from 0.13 on.
 */
import { type Fields, isFields } from '../../ground/fields.ts';

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
  /** Of the process that looks at its frames. Null here and below: none, or nobody says. */
  pid: number | null;
  /** Of the process that reads its frames from ffmpeg. */
  capturePid: number | null;
  /** Another one with each start of ffmpeg. */
  ffmpegPid: number | null;
  /** From 0.18 on: what the stream itself promises. */
  expectedFps: number | null;
  /** From 0.18 on: `excellent`, `fair`, `poor` or `unusable`. */
  connectionQuality: string | null;
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
  /** Pids of Frigate's own processes by their names, from 0.13 on. Null: the stats do not speak of them. */
  processes: Readonly<Record<string, number | null>> | null;
  /** Pids of all processes that run in the container, from 0.13 on. Null: the stats do not list them. */
  alivePids: readonly string[] | null;
  /** Shared memory, in Frigate's own units: what there is, and from 0.17 on what the cameras need. */
  shm: { total: number | null; min: number | null } | null;
}

/** What tells one layout from the other, and from the body of anybody else. */
interface Layout {
  nested: Fields | null;
  cameras: readonly [string, Fields][];
  detectors: Fields | null;
  service: Fields | null;
  isAncient: boolean;
}

/** Null when the body is not the stats of any Frigate. */
function layoutOf(body: Fields): Layout | null {
  const nested = isFields(body.cameras) && !('camera_fps' in body.cameras) ? body.cameras : null;
  const rows = Object.entries(nested ?? body).filter((entry): entry is [string, Fields] => isFields(entry[1]));
  const cameras = rows.filter(([, row]) => nested !== null || 'camera_fps' in row);
  const detectors = isFields(body.detectors) ? body.detectors : null;
  const service = isFields(body.service) ? body.service : null;
  const ancient = nested === null && rows.some(([name, row]) => isAncient(name, row));
  if (nested === null && cameras.length === 0 && !detectors && !service && !ancient) return null;
  return { nested, cameras, detectors, service, isAncient: ancient };
}

/** Whether `readStats` would read it. */
export function isStats(body: unknown): body is Fields {
  return isFields(body) && layoutOf(body) !== null;
}

/** Null when the body is not the stats of any Frigate. */
export function readStats(body: unknown): FrigateStats | null {
  const found = isFields(body) ? layoutOf(body) : null;
  if (!isFields(body) || !found) return null;
  const { nested, cameras, detectors, service } = found;
  return {
    layout: nested ? 'nested' : 'top_level',
    supported: !found.isAncient,
    cameras: nested || cameras.length > 0 ? cameras.filter(([id]) => !isReplay(id)).map(readCamera) : null,
    detectors:
      detectors && Object.entries(detectors).flatMap(([id, row]) => (isFields(row) ? [readDetector(id, row)] : [])),
    detectionFps: rate(body.detection_fps),
    uptimeSeconds: rate(service?.uptime),
    lastUpdated: nested ? epoch(service?.last_updated) : null,
    version: readText(service?.version),
    processes: nested && isFields(body.processes) ? readProcesses(body.processes) : null,
    // Up to 0.12 the list is cut out of a table for people, headings included.
    alivePids: nested && isFields(body.cpu_usages) ? Object.keys(body.cpu_usages).filter((key) => PID.test(key)) : null,
    shm: readShm(service),
  };
}

const PID = /^\d+$/;

function readProcesses(rows: Fields): Readonly<Record<string, number | null>> {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, isFields(row) ? readPid(row.pid) : null]));
}

function readShm(service: Fields | null): FrigateStats['shm'] {
  const storage = isFields(service?.storage) ? service.storage : {};
  const shm = storage['/dev/shm'];
  return isFields(shm) ? { total: rate(shm.total), min: rate(shm.min_shm) } : null;
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

/** No more than so many levels of lists and objects. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels <= 0) return false;
  for (const one of Object.values(value)) if (!isShallow(one, levels - 1)) return false;
  return true;
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
    pid: readPid(row.pid),
    capturePid: readPid(row.capture_pid),
    ffmpegPid: readPid(row.ffmpeg_pid),
    expectedFps: rate(row.expected_fps),
    connectionQuality: readText(row.connection_quality),
  };
}

/** 0 stands for a process that was never started. */
function readPid(value: unknown): number | null {
  const pid = readNumber(value);
  return pid !== null && Number.isInteger(pid) && pid > 0 ? pid : null;
}

function readText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
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
  return number !== null && number > EARLIEST_SECONDS ? number : null;
}

/** 2001-09-09: any earlier time is a clock that was never set. */
export const EARLIEST_SECONDS = 1_000_000_000;
