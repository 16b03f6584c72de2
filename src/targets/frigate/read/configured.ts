/**
 * What is read of GET /api/config. It is cut down before it is recorded: the rest holds paths and names,
 * and in old versions credentials.
 */

import { type Fields, isFields } from '../../ground/fields.ts';
import { type Address, sourceOf } from './addresses.ts';
import { isShallow, readNumber, readSwitch } from './stats.ts';

export interface ConfiguredCamera {
  /** The live state from 0.16 on, the file's before. */
  enabled: boolean | null;
  enabledInFile: boolean | null;
  detectFps: number | null;
  /** Recording is on: the live state. */
  records: boolean | null;
  /** The file has it on. Recordings of an older Warden do not hold it. */
  recordsInFile?: boolean | null;
  /** It records round the clock: a time without a new segment is no quiet night. */
  recordsContinuously: boolean | null;
  /** Where its frames for detection come from; behind go2rtc, where go2rtc takes them. Null: nowhere to knock at. */
  address: Address | null;
  /** The stream of go2rtc that detection looks at; null: none. */
  stream: string | null;
  /** Tells settings apart, and nothing else: a camera that worked with other settings proves little. */
  settings: string;
}

export interface Configured {
  cameras: Readonly<Record<string, ConfiguredCamera>>;
  /** Detector types, e.g. `edgetpu`, `cpu`, `openvino`. */
  detectors: Readonly<Record<string, string | null>>;
  /** Frigate did not understand its configuration and runs without cameras, from 0.17 on. */
  safeMode: boolean | null;
  mqttEnabled: boolean | null;
  mqttPrefix: string | null;
}

/** Null when the body is not a Frigate configuration. */
export function readConfigured(body: unknown): Configured | null {
  if (!isFields(body) || !isFields(body.cameras)) return null;
  if (!Object.values(body.cameras).every((camera) => isShallow(settingsOf(camera), SETTINGS_LEVELS))) return null;
  const detectors = isFields(body.detectors) ? Object.entries(body.detectors) : [];
  const mqtt = fieldsOf(body.mqtt);
  const streams = fieldsOf(fieldsOf(body.go2rtc).streams);
  const common = { record: fieldsOf(body.record), streams };
  return {
    cameras: Object.fromEntries(Object.entries(body.cameras).map(([id, camera]) => [id, readCamera(camera, common)])),
    detectors: Object.fromEntries(detectors.map(([id, row]) => [id, isFields(row) ? textOf(row.type) : null])),
    safeMode: readSwitch(body.safe_mode),
    mqttEnabled: readSwitch(mqtt.enabled),
    mqttPrefix: textOf(mqtt.topic_prefix),
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

function readCamera(said: unknown, { record, streams }: { record: Fields; streams: Fields }): ConfiguredCamera {
  const camera = fieldsOf(said);
  return {
    enabled: readSwitch(camera.enabled),
    enabledInFile: readSwitch(camera.enabled_in_config),
    detectFps: readNumber(fieldsOf(camera.detect).fps),
    ...readRecord({ ...record, ...fieldsOf(camera.record) }),
    ...sourceOf(camera, streams),
    settings: isFields(said) ? fingerprint(withoutSecrets(JSON.stringify(settingsOf(camera)))) : '',
  };
}

/** From 0.17 on what is kept round the clock has its own days; before, days count for all only in the mode `all`. */
function readRecord(record: Fields): Pick<ConfiguredCamera, 'records' | 'recordsInFile' | 'recordsContinuously'> {
  const records = readSwitch(record.enabled);
  const recordsInFile = readSwitch(record.enabled_in_config);
  if (records === false) return { records, recordsInFile, recordsContinuously: false };
  const retain = fieldsOf(record.retain);
  const days = readNumber(isFields(record.continuous) ? record.continuous.days : retain.days);
  const mode = isFields(record.continuous) ? null : textOf(retain.mode);
  const isWhole = days === null ? null : days > 0 && (mode ?? 'all') === 'all';
  return { records, recordsInFile, recordsContinuously: records === null && isWhole ? null : isWhole };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
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
