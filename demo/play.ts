/** Plays one story: opens its house, lets happen what the script says, and follows what comes of it. */
import type { MqttMessage } from '../src/doors/ports.ts';
import type { WardenEvent } from '../src/publish/events.ts';
import type { View } from '../src/publish/view.ts';
import { startClock } from './clock.ts';
import type { Step, Story } from './script.ts';
import { openHouse } from './world.ts';

/** One look with what Home Assistant got of it. */
export interface Turn {
  view: View;
  /** Topics other than events on which something new was published. */
  topics: number;
  events: readonly WardenEvent[];
}

export interface Audience {
  onStep(step: Step, at: number): void;
  onTurn(turn: Turn): void;
  onWarning(sentence: string): void;
}

export interface Played {
  story: Story;
  events: readonly WardenEvent[];
  /** When the fault began; null if it never came to it. */
  faultAt: number | null;
  /** `false`: other events than the script expects; null: it was interrupted. */
  isAsTold: boolean | null;
  /** Of the story's own clock. */
  seconds: number;
}

/** What is published for one look comes within this time of life, and the next look is seconds away. */
const PUBLISH_SECONDS = 0.15;
/** So many more looks show that nothing else is told. */
const LAST_LOOKS = 2;

export async function play(story: Story, speed: number, audience: Audience, stop: AbortSignal): Promise<Played> {
  const begin = Date.parse(story.begins) / 1000;
  const clock = startClock({ begin, speed });
  const end = new AbortController();
  const ending = AbortSignal.any([stop, end.signal]);
  const events: WardenEvent[] = [];
  const heard = { topics: new Set<string>(), events: [] as WardenEvent[] };
  let shown: View | null = null;
  let faultAt: number | null = null;
  let isScriptOver = false;
  let looksAfter = 0;

  const show = () => {
    if (!shown) return;
    audience.onTurn({ view: shown, topics: heard.topics.size, events: heard.events });
    shown = null;
    heard.topics = new Set();
    heard.events = [];
  };
  const onTurn = (view: View) => {
    show();
    shown = view;
    setTimeout(() => shown === view && show(), PUBLISH_SECONDS * 1000).unref();
    looksAfter = isScriptOver && events.length >= story.expect.length ? looksAfter + 1 : 0;
    if (looksAfter > LAST_LOOKS || view.now - begin > story.withinSeconds) end.abort();
  };
  const onMessage = ({ topic, payload }: MqttMessage) => {
    if (topic.endsWith('/set')) return;
    if (!topic.endsWith('/event')) {
      heard.topics.add(topic);
      return;
    }
    const event = JSON.parse(payload) as WardenEvent;
    heard.events.push(event);
    events.push(event);
  };

  const house = await openHouse(clock, { onTurn, onMessage, onWarning: audience.onWarning }, ending);
  const act = async () => {
    for (const step of story.steps) {
      await clock.wait(begin + step.at - clock.now(), ending);
      if (ending.aborted) return;
      show();
      audience.onStep(step, clock.now());
      step.act(house);
      if (step.isFault) faultAt ??= clock.now();
    }
    isScriptOver = true;
  };
  try {
    await Promise.all([house.ended, act()]);
  } finally {
    end.abort();
    show();
    await house.close();
  }
  const isAsTold = stop.aborted ? null : events.map(chainLink).join() === story.expect.join();
  return { story, events, faultAt, isAsTold, seconds: clock.now() - begin };
}

/** An event in the words of the script: its type, and what tells it from others of that type. */
export function chainLink({ event_type: type, guard, check, member }: WardenEvent): string {
  if (type === 'refused') return `${type} ${guard}`;
  if (type !== 'opened' && type !== 'changed' && type !== 'flapping' && type !== 'resolved') return type;
  return [type, check, member].filter((part) => part !== null).join(' ');
}
