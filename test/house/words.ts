/** The words: which may not be said where. */
import { asWords, exportsOf, isScript, isUnder, lineAt, partsOf, type Rule, type SourceFile } from './source.ts';

/** Of a product or its surroundings. `node` alone is not among them: a tree has nodes too. */
const PRODUCT_WORDS: readonly string[] = [
  'frigate',
  'coral',
  'cameras?',
  'kubernetes',
  'k8s',
  'kubectl',
  'mqtt',
  'home ?assistant',
  'hass',
  'pods?',
  'node ready',
  'edge ?tpu',
  'tpu',
  'go2rtc',
  'rtsp',
  'detectors?',
  'inference',
  'config ?maps?',
];

/** They name nothing: whatever it is has a better name. */
const EMPTY_WORDS: readonly string[] = [
  'managers?',
  'handlers?',
  'helpers?',
  'utils?',
  'utilit(?:y|ies)',
  'data',
  'infos?',
];

/** Classes with brackets keep this list from finding itself. */
const WORKPLACE: readonly RegExp[] = [
  /(?<![\w.-])\/wor[k]\//,
  /\bshare[d]\/(?:design|facts|corpus|rigs|hooks)/i,
  /\bDESIG[N]\.md\b/,
  /\bfact[s]\/[\w-]+\.md\b/,
  /(?<![\w.-])\/tm[p]\/w\//,
  /(?<![\w.-])\/(?:hom[e]|User[s])\/(?!assistant\b|frigate\b|user\b|node\b)[a-z][\w-]*\//,
  /\b(?:clau[d]e|anthropi[c]|chatgp[t]|copilo[t])\b/i,
  /\bas an (?:a[i]|languag[e]) (?:model|assistant)\b/i,
];

const LEFT_OVER = /\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b/;
const SILENCED =
  /@ts-(?:ignore|expect-error|nocheck)|biome-(?:ignore)|eslint-disable|prettier-ignore|(?:v8|c8|istanbul) ignore|Stryker disable/;
const ANY = /\bas\s+any\b|<any>|:\s*any\b/;
const HISTORY =
  /\b(?:previously|formerly|used to (?:be|have|do|live|return|call|read|write|say|hold|come|go|take|work|mean|hang|fail|crash|throw)|(?:was|were|has been|have been|had been) replaced|replaces the (?:old|former|earlier|previous)|instead of the (?:old|former|earlier)|no longer (?:used|needed|called|exists)|in (?:an|the) (?:earlier|older|old|former) version of this)\b/i;

export const WORD_RULES: readonly Rule[] = [
  {
    id: 'product-free',
    says: 'The rules never say the name of a product.',
    check: (files) =>
      files
        .filter((file) => isUnder(file.path, 'src/rules/'))
        .flatMap((file) => {
          const said = (text: string) => everyMatch(asWords(text), wholeWords(PRODUCT_WORDS));
          const inName = said(file.path.slice('src/rules/'.length)).map(
            ({ word }) => `${file.path} is named after "${word}"`,
          );
          return [...inName, ...said(file.text).map(({ word, line }) => `${file.path}:${line} says "${word}"`)];
        }),
  },
  {
    id: 'empty-names',
    says: 'No file and no exported name is a manager, handler, helper, util, data or info.',
    check: (files) =>
      scripts(files, 'src/', 'demo/', 'test/', 'bench/').flatMap((file) => [
        ...emptyWordsIn(baseName(file.path)).map((word) => `${file.path} is named "${word}"`),
        ...exportsOf(file).flatMap(({ name, line }) =>
          emptyWordsIn(name).map((word) => `${file.path}:${line} exports ${name}: "${word}" names nothing`),
        ),
      ]),
  },
  {
    id: 'no-service-class',
    says: 'No class and no file of ours is a service.',
    check: (files) =>
      scripts(files, 'src/', 'demo/').flatMap((file) => [
        ...(/-services?$/.test(baseName(file.path)) ? [`${file.path} is named a service`] : []),
        ...[...partsOf(file).code.matchAll(/\bclass\s+([\w$]*Services?)\b/g)].map(
          (match) => `${file.path}:${lineAt(file.text, match.index)} calls the class ${match[1]} a service`,
        ),
      ]),
  },
  {
    id: 'no-left-over',
    says: 'No comment marks work that was put off.',
    check: (files) => inComments(files, LEFT_OVER),
  },
  {
    id: 'no-silencing',
    says: 'No comment silences the compiler, the linter or a measurement.',
    check: (files) => inComments(files, SILENCED),
  },
  {
    id: 'no-any',
    says: 'No value is cast to any.',
    check: (files) =>
      scripts(files).flatMap((file) =>
        everyMatch(partsOf(file).code, ANY).map(({ word, line }) => `${file.path}:${line} has "${word}"`),
      ),
  },
  {
    id: 'no-history',
    says: 'A comment says why a thing is so, never what was there before.',
    check: (files) => inComments(files, HISTORY),
  },
  {
    id: 'no-workplace',
    says: 'The project speaks of the product only, never of the place where it was written.',
    check: (files) =>
      files.flatMap((file) =>
        WORKPLACE.flatMap((pattern) =>
          everyMatch(file.text, pattern).map(({ word, line }) => `${file.path}:${line} says "${word}"`),
        ),
      ),
  },
];

function scripts(files: readonly SourceFile[], ...folders: readonly string[]): readonly SourceFile[] {
  return files.filter((file) => isScript(file.path) && (folders.length === 0 || isUnder(file.path, ...folders)));
}

function inComments(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return scripts(files).flatMap((file) =>
    everyMatch(partsOf(file).comments, pattern).map(({ word, line }) => `${file.path}:${line} says "${word}"`),
  );
}

function everyMatch(text: string, pattern: RegExp): readonly { word: string; line: number }[] {
  const all = new RegExp(pattern.source, pattern.flags.includes('i') ? 'gi' : 'g');
  return [...text.matchAll(all)].map((match) => ({ word: match[0], line: lineAt(text, match.index) }));
}

function wholeWords(words: readonly string[]): RegExp {
  return new RegExp(`\\b(?:${words.join('|')})\\b`, 'i');
}

function emptyWordsIn(name: string): readonly string[] {
  return everyMatch(asWords(name), wholeWords(EMPTY_WORDS)).map(({ word }) => word);
}

function baseName(path: string): string {
  return (path.split('/').at(-1) as string).replace(/(?:\.test)?\.\w+$/, '');
}
