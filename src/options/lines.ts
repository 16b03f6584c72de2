/**
 * A Frigate's own limits as lines such as `restarts_per_hour=1`. The Supervisor takes no group in a list for optional,
 * so in the app they are lines; here they become the group that they are in a file.
 */
import { isPlainName } from './quoting.ts';

interface Grouped {
  value: unknown;
  /** What is wrong with the lines themselves; their names and limits are judged with all other options. */
  sentences: readonly string[];
}

type Limits = Record<string, number | string>;

const LINE = /^\s*([^=:]*?)\s*[=:]\s*(\S.*?)\s*$/;

export function withLimitGroups(value: unknown): Grouped {
  if (typeof value !== 'object' || value === null || !('frigates' in value) || !Array.isArray(value.frigates)) {
    return { value, sentences: [] };
  }
  const sentences: string[] = [];
  const frigates = value.frigates.map((frigate: unknown, place) => {
    if (typeof frigate !== 'object' || frigate === null || !('rules' in frigate)) return frigate;
    const { rules, ...others } = frigate;
    if (typeof rules === 'object' && !Array.isArray(rules)) return frigate;
    const read = limitsOf(rules, `frigates[${place}].rules`);
    sentences.push(...read.sentences);
    return { ...others, rules: read.limits };
  });
  return { value: { ...value, frigates }, sentences };
}

function limitsOf(rules: unknown, path: string): { limits: Limits; sentences: readonly string[] } {
  if (!Array.isArray(rules)) {
    return {
      limits: {},
      sentences: [`${path}: a ${wordOf(rules)} is not right; give lines such as restarts_per_hour=1, or a group.`],
    };
  }
  const limits = new Map<string, number | string>();
  const sentences: string[] = [];
  for (const [place, line] of rules.entries()) {
    if (typeof line === 'string' && line.trim() === '') continue;
    const [, name, limit] = (typeof line === 'string' && LINE.exec(line)) || [];
    const where = `${path}[${place}]`;
    if (name === undefined || limit === undefined || !isPlainName(name)) {
      const what = typeof line === 'string' ? 'this line' : `a ${wordOf(line)}`;
      sentences.push(`${where}: ${what} is not right; give one such as restarts_per_hour=1.`);
    } else if (limits.has(name)) {
      sentences.push(`${where}: gives ${name} a second time; give each limit once.`);
    } else {
      limits.set(name, numberIn(limit));
    }
  }
  return { limits: Object.fromEntries(limits), sentences };
}

/** What is no plain number stays a text, so that its sentence can quote it. */
function numberIn(text: string): number | string {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'text' : typeof value === 'object' ? 'group' : typeof value;
}
