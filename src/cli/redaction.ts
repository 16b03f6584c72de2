/** Takes secrets out of what is captured: known ones, the user part of addresses, and what bears a secret's name. */
import { redactor } from '../secrets.ts';
import { isFields } from '../targets/ground/fields.ts';

const HIDDEN = '***';
/** Names of fields whose value is a secret, whatever it is. */
const SECRET_NAME =
  /pass(?:word|wd|phrase)?$|^pwd$|secret|token|api_?key|private_?key|credential|authorization|cookie|jwt/i;
/** Cameras take a login as part of a path too: `/user=admin_password=…_channel=1`. A query's is taken out before. */
const WORDS = 'user(?:name)?|usr|login|pass(?:word|wd)?|pwd|token|api_?key|auth|secret';
const SECRET_WORD = new RegExp(`([;_/,\\s"'{]|^)((?:${WORDS})=)[^\\s&;"'_,}]+`, 'gi');

export interface Redaction {
  text(text: string): string;
  /** A copy; what is nested deeper than any real answer is left out. */
  json(value: unknown): unknown;
}

const LEVELS = 32;

export function redaction(secrets: readonly string[]): Redaction {
  const known = redactor(secrets);
  const text = (words: string) => known(words).replace(SECRET_WORD, `$1$2${HIDDEN}`);
  const json = (value: unknown, levels: number): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (levels === 0) return null;
    if (Array.isArray(value)) return value.map((one) => json(one, levels - 1));
    const entries = Object.entries(value).map(([key, one]) => [text(key), keep(key, one, levels - 1)]);
    return Object.fromEntries(entries);
  };
  /** A switch or an empty text is none, e.g. `reset_admin_password: false`. */
  const keep = (key: string, value: unknown, levels: number): unknown => {
    const isValue = (typeof value === 'string' && value !== '') || typeof value === 'number';
    return isValue && SECRET_NAME.test(key) ? HIDDEN : json(value, levels);
  };
  return { text, json: (value) => json(value, LEVELS) };
}

/** A body of /api/stats without command lines, which name addresses and are most of its size. */
export function withoutCommands(stats: unknown): unknown {
  if (!isFields(stats) || !isFields(stats.cpu_usages)) return stats;
  const rows = Object.entries(stats.cpu_usages).map(([pid, row]) => {
    if (!isFields(row)) return [pid, row];
    const { cmdline: _none, ...rest } = row;
    return [pid, rest];
  });
  return { ...stats, cpu_usages: Object.fromEntries(rows) };
}
