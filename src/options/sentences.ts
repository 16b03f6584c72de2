/** One clear sentence for every wrong option: where, what it is, and what would be right. */
import type { z } from 'zod';
import { isPlainName, quoted } from './quoting.ts';

type Issue = z.core.$ZodIssue;

const EXAMPLES: Readonly<Record<string, string>> = {
  url: 'give one such as http://frigate.local:5000',
  name: 'give a Kubernetes name such as frigate: small letters, digits, "-" and "."',
  id: 'give one such as front_house: small letters, digits and single "_" between them',
  workload: 'give it as deployment/frigate, statefulset/frigate or daemonset/frigate',
  fingerprint: 'give the SHA-256 of the certificate: 64 hexadecimal digits, with or without colons',
  service: 'give the name of a service such as frigate, or with its port such as frigate:5000',
  topic: 'give a topic such as frigate_warden, without "#", "+", blanks and empty levels',
  host: 'give a host name or an address such as 192.0.2.20, without mqtt://, port, path and user',
};

/** What a file of options must hold. */
export const WHOLE =
  'a group in braces with at least {"frigates": [{"name": "Frigate", "url": "http://frigate.local:5000"}]}';

/** `value` is what was read; it is quoted only where it cannot be a secret. */
export function sentencesOf(issues: readonly Issue[], value: unknown, schema: z.ZodType): string[] {
  return lastOfEach(issues).flatMap((issue) => wordsOf(issue, value, schema));
}

/** One thing can break several limits; the last one said is the narrowest. */
function lastOfEach(issues: readonly Issue[]): readonly Issue[] {
  return issues.filter(
    (issue, i) =>
      issue.code === 'unrecognized_keys' ||
      !issues.slice(i + 1).some((other) => pathOf(other.path) === pathOf(issue.path) && other.code === issue.code),
  );
}

function wordsOf(issue: Issue, value: unknown, schema: z.ZodType): readonly string[] {
  const path = pathOf(issue.path);
  const found = at(value, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) =>
      isPlainName(key)
        ? `${pathOf([...issue.path, key])}: there is no such option; ${nearest(key, known)}.`
        : `${path}: has a name in it that is no option, and that may be a secret; there are ${known.join(', ')}.`,
    );
  }
  if (found === undefined || found === '' || found === null) {
    return [
      issue.path.length === 0 ? `${path}: there are none; give ${WHOLE}.` : `${path}: is missing; ${wanted(issue)}.`,
    ];
  }
  if (typeof found === 'number' && !Number.isFinite(found)) {
    return [`${path}: this number is too large to be read; give one of ordinary size.`];
  }
  if (Array.isArray(found) && issue.code === 'too_small') return [`${path}: is empty; ${wanted(issue)}.`];
  return [`${path}: ${shown(found, issue)} is not right; ${wanted(issue)}.`];
}

function wanted(issue: Issue): string {
  const example = EXAMPLES[issue.message];
  if (example !== undefined) return example;
  switch (issue.code) {
    case 'invalid_type':
      return `give ${issue.path.length === 0 ? WHOLE : (WORDS[issue.expected] ?? issue.expected)}`;
    case 'too_small':
      if (issue.origin === 'array') return 'name at least one';
      return issue.origin === 'string' ? 'it must not be empty' : `the least is ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' ? `it may have ${issue.maximum} characters` : `the most is ${issue.maximum}`;
    case 'invalid_value':
      return `give ${issue.values.join(', ')}`;
    default:
      return 'see the documentation of this option';
  }
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of options in braces',
};

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'The options';
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? String(step) : `.${String(step)}`))
    .join('');
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inside, step) =>
      typeof inside === 'object' && inside !== null ? (inside as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

/** Names of options whose values are never quoted, also not when they are wrong. */
const HIDDEN = /token|password|certificate|kubeconfig|url|server|host|username|links/;

function shown(value: unknown, issue: Issue): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a group';
  const kind = typeof value === 'string' ? 'text' : typeof value;
  // Who gives a text for a group often gives a whole address, with its login.
  const wantsMore = issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'array');
  if (wantsMore) return `a ${kind}`;
  if (issue.path.some((step) => typeof step === 'string' && HIDDEN.test(step))) return `this ${kind}`;
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let inside: unknown = bare(schema);
  for (const step of path) {
    const next = typeof step === 'number' ? elementOf(inside) : shapeOf(inside)?.[String(step)];
    inside = bare(next);
  }
  return Object.keys(shapeOf(inside) ?? {});
}

interface Def {
  shape?: Record<string, unknown>;
  element?: unknown;
  innerType?: unknown;
}

function defOf(schema: unknown): Def {
  return (schema as { def?: Def } | undefined)?.def ?? {};
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  return defOf(schema).shape;
}

function elementOf(schema: unknown): unknown {
  return defOf(schema).element;
}

/** Without its default or its being optional. */
function bare(schema: unknown): unknown {
  const { innerType } = defOf(schema);
  return innerType === undefined ? schema : bare(innerType);
}

/** The known name that takes the fewest changes, if it takes few. */
function nearest(key: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, far: distance(key.toLowerCase(), name) }))
    .toSorted((a, b) => a.far - b.far);
  if (best && best.far <= Math.max(2, key.length / 3)) return `did you mean ${best.name}`;
  return `there are ${known.join(', ')}`;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
