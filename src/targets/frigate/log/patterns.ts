/** Every pattern, and which of them a line fits. */
import { CAMERA_PATTERNS, RECORDING_PATTERNS } from './camera-patterns.ts';
import { DETECTOR_PATTERNS } from './detector-patterns.ts';
import { ACCESS_FORM, type LogLine } from './lines.ts';
import type { LogPattern } from './pattern.ts';
import { PROCESS_PATTERNS, RUN_PATTERNS } from './process-patterns.ts';

/** In the order in which a line is held against them: the first that fits has it. */
export const PATTERNS: readonly LogPattern[] = [
  ...DETECTOR_PATTERNS,
  ...CAMERA_PATTERNS,
  ...RECORDING_PATTERNS,
  ...PROCESS_PATTERNS,
  ...RUN_PATTERNS,
];

const BY_ID = new Map(PATTERNS.map((pattern) => [pattern.id, pattern]));

export function patternOf(id: string): LogPattern | null {
  return BY_ID.get(id) ?? null;
}

/** One look at a line that fits nothing, as nearly all do, instead of one for each row. */
const TEXTS = PATTERNS.flatMap(({ texts }) => texts);
const BEGINNINGS = anyOf(TEXTS.filter(isAtBeginning));
const INSIDES = anyOf(TEXTS.filter((text) => !isAtBeginning(text)));
const ERRORS = PATTERNS.flatMap(({ errorsOf }) => errorsOf ?? []);

const ACCESS = new RegExp(`^${ACCESS_FORM}`);

const MEMBER_LOGGER = /^(?:watchdog|detector)\.(?<member>.{1,100})$/;

export interface Match {
  pattern: LogPattern;
  member: string | null;
}

/** Null: the line means nothing to us. What is only said for debugging is said when all is well, too. */
export function matchLine(line: LogLine): Match | null {
  if (line.level === 'debug') return null;
  if (!BEGINNINGS.test(line.message) && !INSIDES.test(line.message) && !isErrorOf(line, ERRORS)) return null;
  // Somebody may ask for anything, also for the text of a fault.
  if (ACCESS.test(line.message)) return null;
  for (const pattern of PATTERNS) {
    if (pattern.from && line.logger !== null && !pattern.from.test(line.logger)) continue;
    const found = firstOf(pattern.texts, line.message);
    if (!found && !(pattern.errorsOf && isErrorOf(line, [pattern.errorsOf]))) continue;
    const member = found?.groups?.member ?? memberOf(pattern, line);
    return { pattern, member: member?.trim() || null };
  }
  return null;
}

function firstOf(texts: readonly RegExp[], message: string): RegExpExecArray | null {
  for (const text of texts) {
    const found = text.exec(message);
    if (found) return found;
  }
  return null;
}

function memberOf({ member }: LogPattern, { logger, message }: LogLine): string | undefined {
  if (member === undefined) return undefined;
  const found = member === 'logger' ? MEMBER_LOGGER.exec(logger ?? '') : member.exec(message);
  return found?.groups?.member;
}

function isErrorOf({ level, logger }: LogLine, loggers: readonly RegExp[]): boolean {
  if (logger === null || (level !== 'error' && level !== 'critical')) return false;
  return loggers.some((form) => form.test(logger));
}

function isAtBeginning({ source }: RegExp): boolean {
  return source.startsWith('^');
}

/** The bounded names and numbers inside stay as they are; what they hold is asked for once a line fits. */
function anyOf(texts: readonly RegExp[]): RegExp {
  return new RegExp(texts.map(({ source }) => source.replaceAll('(?<member>', '(?:')).join('|'));
}
