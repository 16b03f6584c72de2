/**
 * What is read of GET /api/config. It is cut down before it is recorded: the rest holds addresses and names,
 * and in old versions credentials.
 */
import { isFields, isShallow, readNumber, readSwitch } from './stats.ts';

export interface ConfiguredCamera {
  /** The live state from 0.16 on, the file's before. */
  enabled: boolean | null;
  enabledInFile: boolean | null;
  detectFps: number | null;
  /** Tells settings apart, and nothing else: a camera that worked with other settings proves little. */
  settings: string;
}

export interface Configured {
  cameras: Readonly<Record<string, ConfiguredCamera>>;
  /** Detector types, e.g. `edgetpu`, `cpu`, `openvino`. */
  detectors: Readonly<Record<string, string | null>>;
}

/** Null when the body is not a Frigate configuration. */
export function readConfigured(body: unknown): Configured | null {
  if (!isFields(body) || !isFields(body.cameras)) return null;
  if (!Object.values(body.cameras).every((camera) => isShallow(settingsOf(camera), SETTINGS_LEVELS))) return null;
  const detectors = isFields(body.detectors) ? Object.entries(body.detectors) : [];
  return {
    cameras: Object.fromEntries(Object.entries(body.cameras).map(([id, camera]) => [id, readCamera(camera)])),
    detectors: Object.fromEntries(detectors.map(([id, row]) => [id, isFields(row) ? textOf(row.type) : null])),
  };
}

/** Frigate's own have three; what is nested without end cannot be written as text. */
const SETTINGS_LEVELS = 8;

/** What a camera's stream hangs on. */
function settingsOf(camera: unknown): readonly unknown[] {
  if (!isFields(camera)) return [];
  const detect = isFields(camera.detect) ? camera.detect : {};
  return [isFields(camera.ffmpeg) ? camera.ffmpeg.inputs : null, detect.width, detect.height];
}

function readCamera(camera: unknown): ConfiguredCamera {
  if (!isFields(camera)) return { enabled: null, enabledInFile: null, detectFps: null, settings: '' };
  const detect = isFields(camera.detect) ? camera.detect : {};
  return {
    enabled: readSwitch(camera.enabled),
    enabledInFile: readSwitch(camera.enabled_in_config),
    detectFps: readNumber(detect.fps),
    settings: fingerprint(withoutSecrets(JSON.stringify(settingsOf(camera)))),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A password that changes is no other setting, and must not leave a trace that could be guessed. */
function withoutSecrets(text: string): string {
  return text.replace(/:\/\/[^/@"\s]*@/g, '://').replace(/\b(user|username|password|pwd|token)=[^&"\s]*/gi, '$1=');
}

/** FNV-1a, 32 bits: enough to tell two settings of one camera, or two addresses, apart. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
