/** What was typed, or one sentence why it cannot be meant. */
import { parseArgs } from 'node:util';
import { isPlainName, quoted } from '../options/quoting.ts';

export interface Arguments {
  command: 'run' | 'help' | 'version';
  /** `--options FILE` */
  optionsFile: string | null;
  /** `--data DIR` */
  folder: string | null;
  /** `--frigate URL` */
  frigateUrl: string | null;
}

export const USAGE = `frigate-warden <command>

  run                 watch, decide, act, publish; until SIGTERM
    --options FILE    options as JSON (default /data/options.json, else ./options.json)
    --data DIR        where the state is kept (default /data, else ./data)
    --frigate URL     only observe this Frigate; no options file is needed
  --help              this text
  --version           the version

Exit codes: 0 stopped as asked; 1 it broke; 2 wrong arguments or options, nothing was started.
`;

const FLAGS = {
  options: { type: 'string' },
  data: { type: 'string' },
  frigate: { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;

/** TABLE: what a flag's value looks like, for the sentence that misses it. */
const EXAMPLES: Readonly<Record<string, string>> = {
  options: 'a file, such as --options options.json',
  data: 'a folder, such as --data data',
  frigate: 'an address, such as --frigate http://frigate.local:5000',
};

export function readArguments(words: readonly string[]): Arguments | { problem: string } {
  // Node's own words for what is wrong run over several lines, so nothing is left for it to refuse.
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: FLAGS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const problem = problemOf(tokens.filter((token) => token.kind === 'option'));
  if (problem !== null) return { problem: `${problem} See --help.` };
  const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : null);
  const given = {
    optionsFile: text(values.options),
    folder: text(values.data),
    frigateUrl: text(values.frigate),
  };
  if (values.help) return { command: 'help', ...given };
  if (values.version) return { command: 'version', ...given };
  const [command, ...more] = positionals;
  if (command === undefined) return { problem: 'No command was given; give one such as run. See --help.' };
  if (command !== 'run')
    return { problem: `There is no command ${quoted(command, 'like that')}; there is run. See --help.` };
  if (more[0] !== undefined)
    return { problem: `run takes no further words, but got ${quoted(more[0], 'one')}. See --help.` };
  if (given.optionsFile !== null && given.frigateUrl !== null) {
    return { problem: 'Give --options or --frigate, not both: --frigate needs no options file. See --help.' };
  }
  return { command: 'run', ...given };
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
    const example = EXAMPLES[name];
    if (example === undefined && value !== undefined) return `${rawName} takes no value.`;
    // "--data --options" is a flag whose value was forgotten, not a folder of that name.
    const isForgotten = value === undefined || value === '' || (!inlineValue && value.startsWith('-'));
    if (example !== undefined && isForgotten) return `${rawName} has no value; give ${example}.`;
  }
  return null;
}
