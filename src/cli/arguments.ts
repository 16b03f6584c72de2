/** What was typed, or one sentence why it cannot be meant. */
import { parseArgs } from 'node:util';
import { isPlainName, quoted } from '../options/quoting.ts';
import { COMMAND_IDS, COMMANDS, type CommandId, EXAMPLES, FLAGS, type FlagName, PARTS } from './commands.ts';
import { readDuration, readMoment } from './spans.ts';

export type Part = (typeof PARTS)[number];

export interface Arguments {
  command: CommandId | 'help' | 'version';
  /** With `help`: the command whose help is wanted; null: that of all. */
  about: CommandId | null;
  /** The folder of a case. */
  place: string | null;
  /** `--options FILE` */
  optionsFile: string | null;
  /** `--data DIR` */
  folder: string | null;
  /** `--frigate URL` */
  frigateUrl: string | null;
  /** `--every`, in seconds. */
  everySeconds: number | null;
  /** `--for`, in seconds. */
  forSeconds: number | null;
  /** `--from` and `--to`, in epoch seconds. */
  from: number | null;
  to: number | null;
  /** `--only PART`, of `manifests`. */
  only: Part | null;
  isJson: boolean;
  isStrict: boolean;
}

export function readArguments(words: readonly string[]): Arguments | { problem: string } {
  // Node's own words for what is wrong run over several lines, so nothing is left for it to refuse.
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: FLAGS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const flags = tokens.filter((token) => token.kind === 'option');
  const problem = problemOf(flags);
  if (problem !== null) return { problem: `${problem} See --help.` };
  const text = (name: FlagName) => (typeof values[name] === 'string' ? values[name] : null);
  const [word, ...more] = positionals;
  const command = COMMAND_IDS.find((id) => id === word) ?? null;
  const given: Omit<Arguments, 'command'> = {
    about: command,
    place: more[0] ?? null,
    optionsFile: text('options'),
    folder: text('data'),
    frigateUrl: text('frigate'),
    everySeconds: readDuration(text('every')),
    forSeconds: readDuration(text('for')),
    from: readMoment(text('from')),
    to: readMoment(text('to')),
    only: PARTS.find((part) => part === text('only')) ?? null,
    isJson: values.json === true,
    isStrict: values.strict === true,
  };
  if (values.help) return { ...given, command: 'help' };
  if (values.version) return { ...given, command: 'version' };
  const wrong = contradiction({ word, command, more, flags, given, text });
  if (wrong !== null) return { problem: `${wrong} See --help.` };
  return { ...given, command: command as CommandId };
}

interface Typed {
  word: string | undefined;
  command: CommandId | null;
  more: readonly string[];
  flags: readonly Flag[];
  given: Omit<Arguments, 'command'>;
  text: (name: FlagName) => string | null;
}

/** What is wrong with all of it together, in a sentence. */
function contradiction({ word, command, more, flags, given, text }: Typed): string | null {
  if (word === undefined) return 'No command was given; give one such as run.';
  if (command === null) return `There is no command ${quoted(word, 'like that')}; there is ${COMMAND_IDS.join(', ')}.`;
  const { place, flags: taken } = COMMANDS[command];
  const [extra] = place === 'none' ? more : more.slice(1);
  if (extra !== undefined) {
    return `${command} takes no further ${place === 'none' ? 'words' : 'folder'}, but got ${quoted(extra, 'one')}.`;
  }
  if (place === 'needed' && more.length === 0) return `${command} needs a folder; give one, such as ${command} case.`;
  const stranger = flags.find(({ name }) => !taken.includes(name as FlagName));
  if (stranger) return `${command} does not take ${stranger.rawName}.`;
  if (given.optionsFile !== null && given.frigateUrl !== null) {
    return 'Give --options or --frigate, not both: --frigate needs no options file.';
  }
  if (given.place !== null && command === 'replay' && (given.folder ?? given.from ?? given.to) !== null) {
    return 'Give a case folder, or --data with --from and --to, not both.';
  }
  if (text('only') !== null && given.only === null) {
    return `--only ${quoted(text('only') ?? '', 'as given')} is no part; give one of ${PARTS.join(', ')}.`;
  }
  return unreadable(given, text);
}

/** A time that was given and is none. */
function unreadable(given: Omit<Arguments, 'command'>, text: Typed['text']): string | null {
  const rows = [
    ['every', given.everySeconds],
    ['for', given.forSeconds],
    ['from', given.from],
    ['to', given.to],
  ] as const;
  const bad = rows.find(([name, value]) => text(name) !== null && value === null);
  if (bad) return `--${bad[0]} ${quoted(text(bad[0]) ?? '', 'as given')} is no time; give ${EXAMPLES[bad[0]]}.`;
  if (given.from !== null && given.to !== null && given.from >= given.to) return '--from must lie before --to.';
  return null;
}

interface Flag {
  name: string;
  /** As it was typed, without its value. */
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

/** The first flag that cannot be meant, in a sentence. */
function problemOf(flags: readonly Flag[]): string | null {
  const seen = new Set<string>();
  for (const { name, rawName, value, inlineValue } of flags) {
    if (!Object.hasOwn(FLAGS, name)) return `There is no flag ${isPlainName(rawName) ? rawName : 'like that'}.`;
    if (seen.has(name)) return `${rawName} is given twice; give it once.`;
    seen.add(name);
    const example = EXAMPLES[name as FlagName];
    if (example === undefined && value !== undefined) return `${rawName} takes no value.`;
    // "--data --options" is a flag whose value was forgotten, not a folder of that name.
    const isForgotten = value === undefined || value === '' || (!inlineValue && value.startsWith('-'));
    if (example !== undefined && isForgotten) return `${rawName} has no value; give ${example}.`;
  }
  return null;
}
