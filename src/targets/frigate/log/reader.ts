/** Reads Frigate's container log: a stream of any length becomes events, in bounded memory and one pass. */
import { gather } from './events.ts';
import { ACCESS_FORM, LINE_LIMIT, type LogLine, readLine, S6_FORM } from './lines.ts';
import { matchLine } from './patterns.ts';
import { followFrom } from './position.ts';
import { openSplitter } from './splitter.ts';
import { openPlacement, type PlacedBy, type StampKind } from './stamps.ts';
import type { LogPosition, ReadLog } from './types.ts';

export interface LogOptions {
  /** Lines up to here are known: since whole seconds are asked for, the last of them come again. */
  after?: LogPosition | null;
  /** Taken off every time: the writer's clock minus ours. */
  skewSeconds?: number;
  /** More events than that are folded, the most frequent first. */
  mostEvents?: number;
}

export interface LogReading extends ReadLog {
  /** `own`: no line bears the kubelet's stamp, so only the distances are sure. */
  placedBy: PlacedBy;
}

export interface LogReader {
  /** The next piece, cut anywhere. */
  push(chunk: string): void;
  /** What was read; nothing may be pushed after it. */
  end(): LogReading;
}

const MOST_EVENTS = 20_000;
/** `limitBytes` of the API server is kept about, not to the byte. */
const CUT_MARGIN_BYTES = 1024;

/** Most lines are such ones. Their stamps are taken on the way, so that each costs one look. */
const ACCESS_LINE = new RegExp(
  [
    String.raw`(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) )?`,
    `(?:(${S6_FORM}) {1,2})?`,
    ACCESS_FORM,
  ].join(''),
  'y',
);

/** Frigate's API folds what comes again; 0.16 and later. */
const REPEATED = /^\[LOGGING\] Last message repeated (\d{1,6}) times/;

export function openLogReader(options: LogOptions = {}): LogReader {
  const { after = null, skewSeconds = 0, mostEvents = MOST_EVENTS } = options;
  const placement = openPlacement();
  const position = followFrom(after);
  const events = gather(mostEvents);
  let lines = 0;
  let bytes = 0;
  let isRepeatable = false;

  /** Notes the stamp; false: the line is known already. */
  const isNew = (kind: StampKind, text: string): boolean => {
    placement.note(kind, text);
    return kind !== 'kubernetes' || position.note(text);
  };

  const read = (line: LogLine): void => {
    const isKnown = line.stamp !== null && !isNew(line.stamp.kind, line.stamp.text);
    if (isKnown) return;
    const repeated = REPEATED.exec(line.message);
    if (repeated) {
      if (isRepeatable) events.repeat(Number(repeated[1]));
      return;
    }
    const match = matchLine(line);
    isRepeatable = match !== null;
    if (!match) return;
    const now = placement.now();
    const at = now === null ? null : now - skewSeconds;
    events.add({ at, pattern: match.pattern.id, member: match.member, message: line.message });
  };

  const readAt = (text: string, start: number, end: number): void => {
    if (end > start) lines += 1;
    ACCESS_LINE.lastIndex = start;
    const access = ACCESS_LINE.exec(text);
    if (!access) {
      if (end > start) read(readLine(text.slice(start, Math.min(end, start + LINE_LIMIT))));
      return;
    }
    isRepeatable = false;
    if (access[1] !== undefined) isNew('kubernetes', access[1]);
    else if (access[2] !== undefined) isNew('s6', access[2]);
  };

  const splitter = openSplitter(readAt);
  return {
    push: (chunk) => {
      bytes += Buffer.byteLength(chunk);
      splitter.push(chunk);
    },
    end: () => {
      splitter.end();
      const { firstAt, lastAt, placedBy } = placement.span();
      const shifted = (at: number | null): number | null => at && at - skewSeconds;
      return {
        events: events.events(shifted(firstAt)),
        position: position.end(),
        lines,
        bytes,
        firstAt: shifted(firstAt),
        lastAt: shifted(lastAt),
        placedBy,
        isCut: false,
        skipped: position.gap(),
      };
    },
  };
}

/** What one look brought. Cut at the limit, its last line is torn and left for the next look. */
export function readLog(text: string, options: LogOptions & { limitBytes?: number } = {}): LogReading {
  const { limitBytes = Number.POSITIVE_INFINITY } = options;
  const reader = openLogReader(options);
  const isCut = Buffer.byteLength(text) >= limitBytes - CUT_MARGIN_BYTES;
  reader.push(isCut ? text.slice(0, text.lastIndexOf('\n') + 1) : text);
  const reading = reader.end();
  if (!isCut) return reading;
  const size = `${Math.round(limitBytes / 1024 / 1024)} MiB`;
  const skipped = options.after
    ? `More than ${size} came since the last look; the rest is read in the next ones.`
    : `The last lines of the log are more than ${size}; the rest is read in the next looks.`;
  return { ...reading, isCut, skipped };
}
