/**
 * One line of Frigate's container log, in any layout that it comes in: with or without the stamps of the kubelet,
 * Docker and s6, from Frigate itself, its start scripts, nginx, go2rtc, a traceback or a native library.
 */
import { type Stamp, secondsOf } from './stamps.ts';

export type Level = 'debug' | 'info' | 'warning' | 'error' | 'critical';

export interface LogLine {
  /** The most trusted stamp that it bears; null: it belongs to the time of the line before. */
  stamp: Stamp | null;
  /** Epoch seconds of the stamp. */
  at: number | null;
  /** Null: the line names none. */
  logger: string | null;
  level: Level | null;
  /** What it says, without all that stands in front. */
  message: string;
}

/** Longer ones are cut: nobody reads more, and no line can be made expensive. */
export const LINE_LIMIT = 32_768;
const MESSAGE_LIMIT = 4_096;
/** What stands before the message fits in it, or is none. */
const FRONT_LIMIT = 400;

const LEVELS: Readonly<Record<string, Level>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warning',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'critical',
  FATAL: 'critical',
  // go2rtc
  TRC: 'debug',
  DBG: 'debug',
  INF: 'info',
  WRN: 'warning',
  ERR: 'error',
  FTL: 'critical',
  // nginx
  error: 'error',
  warn: 'warning',
  crit: 'critical',
  alert: 'critical',
  emerg: 'critical',
};

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*[A-Za-z]`, 'g');
/** `frigate  | ` of Docker Compose, `[pod/frigate-0/frigate] ` of kubectl. */
const PREFIX = /^(?:[\w.-]{1,64} +\| |\[pod\/[^\]]{1,200}\] )/;
/** The kubelet's, and what containerd writes after it in the node's own files. */
const KUBERNETES =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))(?: |$)(?:(?:stdout|stderr) [FP] )?/;
/** s6 in front of the container's log, with fewer digits where another s6 writes it. */
export const S6_FORM = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}`;
/** ONNX Runtime stamps its own lines in the same form. */
const S6 = new RegExp(String.raw`^(${S6_FORM})(?: {1,2}|$)(?! ?\[[A-Z]:onnxruntime)`);
/** What copying and quoting leave in front of a line: blanks, the bar of a quote or a table, the rest of a colour. */
const COPIED = new RegExp(
  [
    String.raw`^[\s>|│]{0,20}(?:\[\d{1,3}(?:;\d{1,3}){0,3}m){0,3}[\s>|│]{0,20}`,
    String.raw`(?=\[?\d{4}[-/]\d\d[-/]\d\d[ T]|\d\d:\d\d:\d\d|\[(?:INFO|WARN|ERROR)\])`,
  ].join(''),
);

const TIME = String.raw`(?<stamp>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)`;
const LEVEL = '(?<level>DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)';

/** TABLE: how those who write to the log begin a line. `stamp` is local time. */
const FRONTS: readonly RegExp[] = [
  // Frigate. A camera's logger bears its name, blanks included.
  new RegExp(String.raw`\[${TIME}\] +(?<logger>.{1,160}?) +${LEVEL} *: ?`),
  // The start scripts.
  new RegExp(String.raw`^\[${LEVEL}\] `),
  // nginx
  /^(?<stamp>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(?<level>\w{4,6})\] \d+#\d+: (?:\*\d+ )?/,
  // go2rtc
  /^\d\d:\d\d:\d\d\.\d{3} (?<level>TRC|DBG|INF|WRN|ERR|FTL) /,
  // ONNX Runtime: UTC among local times, so its stamp places nothing.
  new RegExp(String.raw`^${S6_FORM} {1,2}(?=\[[A-Z]:onnxruntime)`),
  // Whoever writes the time without brackets.
  new RegExp(String.raw`^${TIME} +(?:(?<logger>[\w.-]{1,80}) +${LEVEL} *: ?)?`),
  // Frigate up to 0.8, and a copy that lost its date.
  new RegExp(
    [
      String.raw`^\s{0,8}(?:\d\d:\d\d:\d\d(?:[.,]\d{1,6})? +)?`,
      String.raw`(?<logger>[a-z][\w.-]{0,79}|(?:watchdog|detector|ffmpeg|audio)\..{1,100}?) +${LEVEL} *: ?`,
    ].join(''),
  ),
];

/** How nginx writes that somebody asked: most of every log, and never a word of Frigate's. */
export const ACCESS_FORM = String.raw`[\da-fA-F.:]{2,45} - [^ \n]{1,64} \[\d\d/[A-Z][a-z]{2}/\d{4}:`;

/** Never throws, whatever the line holds; the time is linear in its length. */
export function readLine(raw: string): LogLine {
  const line = cleaned(raw);
  const kubernetes = KUBERNETES.exec(line);
  const inner = kubernetes ? cleaned(line.slice(kubernetes[0].length)) : line;
  const docker = inner.startsWith('{') ? dockerLine(inner) : null;
  const text = docker?.text ?? inner;
  const s6 = S6.exec(text);
  const said = readFront(s6 ? text.slice(s6[0].length) : text);
  const stamp = bestOf(kubernetes?.[1], docker?.time, s6?.[1], said.stamp);
  return {
    stamp,
    at: stamp && secondsOf(stamp.text),
    logger: said.logger,
    level: said.level,
    message: said.message.slice(0, MESSAGE_LIMIT),
  };
}

function bestOf(kubernetes?: string, docker?: string, s6?: string, frigate?: string): Stamp | null {
  if (kubernetes !== undefined) return { kind: 'kubernetes', text: kubernetes };
  if (docker !== undefined) return { kind: 'docker', text: docker };
  if (s6 !== undefined) return { kind: 's6', text: s6 };
  return frigate === undefined ? null : { kind: 'frigate', text: frigate };
}

function cleaned(raw: string): string {
  const line = raw.slice(0, LINE_LIMIT);
  const plain = line.includes('\u001b') ? line.replaceAll(COLOURS, '') : line;
  return plain
    .replace(/^\uFEFF/, '')
    .replace(PREFIX, '')
    .replace(COPIED, '')
    .trimEnd();
}

/** `{"log":"…\n","stream":"stderr","time":"…Z"}` */
function dockerLine(line: string): { text: string; time: string | undefined } | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('log' in value) || typeof value.log !== 'string') return null;
  const time = 'time' in value && typeof value.time === 'string' ? value.time : undefined;
  return { text: cleaned(value.log), time: time !== undefined && secondsOf(time) !== null ? time : undefined };
}

interface Said {
  stamp: string | undefined;
  logger: string | null;
  level: Level | null;
  message: string;
}

function readFront(text: string): Said {
  const front = text.slice(0, FRONT_LIMIT);
  for (const form of FRONTS) {
    const found = form.exec(front);
    if (!found) continue;
    const { stamp, logger, level } = found.groups ?? {};
    return {
      stamp,
      logger: logger ?? null,
      level: (level !== undefined && LEVELS[level]) || null,
      message: text.slice(found.index + found[0].length),
    };
  }
  return { stamp: undefined, logger: null, level: null, message: text };
}
