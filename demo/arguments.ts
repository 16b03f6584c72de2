/** What was typed after `npm run demo --`, or one sentence why it cannot be meant. */
import { parseArgs } from 'node:util';

export interface DemoArguments {
  show: 'stories' | 'list' | 'help';
  /** Seconds of the house in one second of life. */
  speed: number;
  /** Names of the stories that are played, in order. */
  stories: readonly string[];
  isPlain: boolean;
}

/** All stories in about a hundred seconds. */
const SPEED = 45;
const SLOWEST = 1;
/** Faster than this a look takes longer than the interval between two. */
const FASTEST = 300;

export const DEMO_USAGE = `npm run demo -- [options]

  --speed N      N seconds pass in the house in one second of yours (default ${SPEED}, ${SLOWEST} to ${FASTEST})
  --once STORY   only this story
  --list         the stories
  --plain        no colours and no moving line; by itself where the output is no terminal or NO_COLOR is set
  --help         this text
`;

const FLAGS = {
  speed: { type: 'string' },
  once: { type: 'string' },
  list: { type: 'boolean' },
  plain: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export function readDemoArguments(
  words: readonly string[],
  names: readonly string[],
  surroundings: { isTerminal: boolean; noColour: boolean },
): DemoArguments | { problem: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(words);
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { problem: `${sentence} See --help.` };
  }
  const speed = values.speed === undefined ? SPEED : Number(values.speed);
  if (!(speed >= SLOWEST && speed <= FASTEST)) {
    return { problem: `--speed ${values.speed} must be a number from ${SLOWEST} to ${FASTEST}.` };
  }
  const { once } = values;
  if (once !== undefined && !names.includes(once)) {
    return { problem: `--once ${once}: there is no such story; there is ${names.join(', ')}.` };
  }
  return {
    show: values.help ? 'help' : values.list ? 'list' : 'stories',
    speed,
    stories: once === undefined ? names : [once],
    isPlain: (values.plain ?? false) || surroundings.noColour || !surroundings.isTerminal,
  };
}

function parse(words: readonly string[]) {
  return parseArgs({ args: [...words], options: FLAGS }).values;
}
