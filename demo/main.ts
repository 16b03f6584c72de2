/** `npm run demo`: plays the stories of the script in a terminal and ends by itself. Nothing imports this file. */
import type { View } from '../src/publish/view.ts';
import { DEMO_USAGE, type DemoArguments, readDemoArguments } from './arguments.ts';
import { chainLink, type Played, play, type Turn } from './play.ts';
import { openScreen, type Screen } from './screen.ts';
import { STORIES, type Story } from './script.ts';
import {
  coloured,
  endLines,
  isQuiet,
  plain,
  quietLine,
  stepLines,
  summaryLines,
  titleLines,
  turnLines,
} from './view.ts';

const NARROWEST = 100;

/** 0: as the script says, or interrupted; 1: a story went another way. */
async function playAll({ speed, stories, isPlain }: DemoArguments): Promise<number> {
  const paint = isPlain ? plain : coloured;
  const isMoving = !isPlain && (process.stdout.columns ?? 0) >= NARROWEST;
  const screen = openScreen((text) => process.stdout.write(text), isMoving);
  const stop = new AbortController();
  const leave = () => stop.abort();
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  screen.say(introduction(speed));
  const played: Played[] = [];
  const chosen = STORIES.filter(({ name }) => stories.includes(name));
  for (const [i, story] of chosen.entries()) {
    if (stop.signal.aborted) break;
    screen.say(titleLines(story, { number: i + 1, of: chosen.length }, paint));
    const one = await playOne(story, { speed, screen, paint, stop: stop.signal });
    screen.say(endLines(one, one.events.map(chainLink), paint));
    played.push(one);
  }
  process.off('SIGINT', leave);
  process.off('SIGTERM', leave);
  const ended = played.filter(({ isAsTold }) => isAsTold !== null);
  if (ended.length > 0) screen.say(summaryLines(ended, paint));
  return played.some(({ isAsTold }) => isAsTold === false) ? 1 : 0;
}

function introduction(speed: number): readonly string[] {
  return [
    'Frigate Warden, with a simulated house around it',
    '',
    'Real:       the whole product with every option at its default: a look every 30 s, HTTP, the',
    '            Kubernetes client, MQTT, the store on disk.',
    'Simulated:  a Frigate with five cameras, the Kubernetes API, an MQTT broker; all on 127.0.0.1.',
    `Time:       the clock of the house runs ${speed} times as fast as yours. Ctrl+C ends it.`,
  ];
}

interface Stage {
  speed: number;
  screen: Screen;
  paint: typeof plain;
  stop: AbortSignal;
}

async function playOne(story: Story, { speed, screen, paint, stop }: Stage): Promise<Played> {
  let before: Turn | null = null;
  let quietLooks = 0;
  const hum = (view: View) => {
    quietLooks += 1;
    screen.hum(quietLine(view, quietLooks, paint));
  };
  const say = (lines: readonly string[]) => {
    quietLooks = 0;
    screen.say(lines);
  };
  return play(
    story,
    speed,
    {
      onStep: (step, at) => say(['', ...stepLines(step, at, paint)]),
      onTurn: (turn) => {
        if (isQuiet(turn, before)) hum(turn.view);
        else say(turnLines(turn, before, paint));
        before = turn;
      },
      onWarning: (sentence) => say([`          log: ${sentence}`]),
    },
    stop,
  );
}

const given = readDemoArguments(
  process.argv.slice(2),
  STORIES.map(({ name }) => name),
  { isTerminal: process.stdout.isTTY ?? false, noColour: Boolean(process.env.NO_COLOR) },
);
if ('problem' in given) {
  process.stderr.write(`${given.problem}\n`);
  process.exitCode = 2;
} else if (given.show === 'help') {
  process.stdout.write(DEMO_USAGE);
} else if (given.show === 'list') {
  for (const { name, title } of STORIES) process.stdout.write(`${name.padEnd(14)}${title}\n`);
} else {
  process.exitCode = await playAll(given);
}
