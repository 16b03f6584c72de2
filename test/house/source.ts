/** Reads source text for the house test: what is code, what is a comment, what is a string, and what is imported. */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

export interface SourceFile {
  /** From the project's root, with `/`. */
  path: string;
  text: string;
}

export interface Rule {
  id: string;
  says: string;
  /** One complaint a breach, with its place; none when the rule is kept. Paths and texts are all that it reads. */
  check(files: readonly SourceFile[]): readonly string[];
}

/** Each is as long as the text, with all else blanked out, so that an offset means the same place in all of them. */
export interface Parts {
  code: string;
  comments: string;
  strings: string;
}

export interface Import {
  specifier: string;
  /** The project's own file that is meant, from the root; null for a package. */
  file: string | null;
  /** The package's name, `node:…` for a builtin; null for an own file. */
  package: string | null;
  typesOnly: boolean;
  line: number;
}

type Kind = keyof Parts;

const REGEX_AFTER_WORD = /\b(?:return|typeof|case|in|of|new|delete|void|throw|await|yield|else|do)\s*$/;
const REGEX_AFTER_SIGN = /[(,=:[!&|?{;+\-*%<>~^]\s*$|^\s*$/;

const known = new WeakMap<SourceFile, Parts>();

export function partsOf(file: SourceFile): Parts {
  const parts = known.get(file) ?? split(file.text);
  known.set(file, parts);
  return parts;
}

/** A hand-written scanner: comments, quotes, templates with code in them, regular expressions. */
export function split(text: string): Parts {
  const kinds: Kind[] = new Array(text.length).fill('code');
  const mark = (from: number, to: number, kind: Kind) => kinds.fill(kind, from, to);
  // One entry for each template that we are inside of: how many braces its `${` holds open.
  const templates: number[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    const pair = text.slice(at, at + 2);
    let end = at + 1;
    if (pair === '//' || pair === '/*') {
      end = endOfComment(text, at);
      mark(at, end, 'comments');
    } else if (char === '"' || char === "'") {
      end = endOfQuote(text, at);
      mark(at + 1, end - 1, 'strings');
    } else if (char === '/' && startsRegex(text, kinds, at)) {
      end = endOfRegex(text, at);
      mark(at + 1, end - 1, 'strings');
    } else if (char === '`' || (char === '}' && templates.at(-1) === 0)) {
      if (char === '}') templates.pop();
      end = endOfTemplatePiece(text, at);
      mark(at + 1, end - 1, 'strings');
      if (text[end - 1] === '{') {
        kinds[end - 2] = 'code';
        templates.push(0);
      }
    } else if (char === '{' || char === '}') {
      const open = templates.pop();
      if (open !== undefined) templates.push(open + (char === '{' ? 1 : -1));
    }
    at = end;
  }
  return {
    code: only(text, kinds, 'code'),
    comments: only(text, kinds, 'comments'),
    strings: only(text, kinds, 'strings'),
  };
}

function only(text: string, kinds: readonly Kind[], kind: Kind): string {
  const chars = Array.from({ length: text.length }, (_, at) => {
    const char = text[at] as string;
    return kinds[at] === kind || char === '\n' ? char : ' ';
  });
  return chars.join('');
}

function endOfComment(text: string, at: number): number {
  const end = text[at + 1] === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2) + 2;
  return end < at + 2 ? text.length : end;
}

function endOfQuote(text: string, at: number): number {
  const quote = text[at];
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === quote || text[end] === '\n') return end + 1;
  }
  return text.length;
}

function endOfRegex(text: string, at: number): number {
  let inClass = false;
  for (let end = at + 1; end < text.length; end++) {
    const char = text[end];
    if (char === '\\') end++;
    else if (char === '\n') return at + 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return end + 1;
  }
  return text.length;
}

/** Up to and with the closing backtick, or the brace of the next `${`. */
function endOfTemplatePiece(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '`') return end + 1;
    else if (text[end] === '$' && text[end + 1] === '{') return end + 2;
  }
  return text.length;
}

function startsRegex(text: string, kinds: readonly Kind[], at: number): boolean {
  let before = '';
  for (let back = at - 1; back >= 0 && before.trimStart().length < 12; back--) {
    before = (kinds[back] === 'comments' ? ' ' : text[back]) + before;
  }
  return REGEX_AFTER_SIGN.test(before) || REGEX_AFTER_WORD.test(before);
}

const FROM = /\b(import|export)(\s+type)?\s+(?:[\w$\s{},*]*?[\s}*])?from\s*['"]/g;
const BARE = /\bimport\s*['"]/g;
const CALLED = /\b(?:import|require|import\.meta\.resolve)\s*\(\s*['"`]/g;

/** Every import and re-export of a file, static, bare, dynamic and in types. */
export function importsOf(file: SourceFile): readonly Import[] {
  const { code } = partsOf(file);
  const found: Import[] = [];
  const add = (match: RegExpExecArray, typesOnly: boolean) => {
    const start = match.index + match[0].length;
    const quote = file.text[start - 1] as string;
    const specifier = file.text.slice(start, file.text.indexOf(quote, start));
    found.push({ specifier, ...meant(file.path, specifier), typesOnly, line: lineAt(file.text, match.index) });
  };
  for (const match of code.matchAll(FROM)) add(match, match[2] !== undefined);
  for (const match of code.matchAll(BARE)) add(match, false);
  for (const match of code.matchAll(CALLED)) add(match, false);
  return found;
}

function meant(from: string, specifier: string): Pick<Import, 'file' | 'package'> {
  if (specifier.startsWith('.')) return { file: posix.join(posix.dirname(from), specifier), package: null };
  if (specifier.startsWith('/') || specifier.startsWith('#')) return { file: specifier, package: null };
  // An old Node, which only the shim in bin/ has to know, calls a builtin by its bare name.
  if (isBuiltin(specifier)) return { file: null, package: `node:${specifier.replace(/^node:|\/.*$/g, '')}` };
  const parts = specifier.split('/');
  return { file: null, package: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}

export interface Exported {
  kind: 'function' | 'class' | 'interface' | 'type' | 'const' | 'list';
  name: string;
  line: number;
}

const DECLARED =
  /\bexport\s+(?:default\s+)?(?:async\s+|abstract\s+|declare\s+)*(function|class|interface|type|const|let|var|enum)\s*\*?\s*([\w$]+)/g;
const LISTED = /\bexport\s+(?:type\s+)?\{([^}]*)\}/g;

/** The names that a file gives to others. */
export function exportsOf(file: SourceFile): readonly Exported[] {
  const { code } = partsOf(file);
  const declared = [...code.matchAll(DECLARED)].map((match) => ({
    kind: (['let', 'var', 'enum'].includes(match[1] as string) ? 'const' : match[1]) as Exported['kind'],
    name: match[2] as string,
    line: lineAt(code, match.index),
  }));
  const listed = [...code.matchAll(LISTED)].flatMap((match) =>
    (match[1] as string)
      .split(',')
      .map((item) => item.trim().split(/\s+/).at(-1) as string)
      .filter((name) => name !== '')
      .map((name) => ({ kind: 'list' as const, name, line: lineAt(code, match.index) })),
  );
  return [...declared, ...listed];
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** `cameraCount`, `camera_count` and `camera-count` read as the words they are made of, each on its own line as before. */
export function asWords(text: string): string {
  return text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[_-]/g, ' ');
}

export function isUnder(path: string, ...places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));
}

export function isScript(path: string): boolean {
  return /\.(?:ts|mjs|js)$/.test(path);
}
