/** The table of stories, and two of them over the real servers. All of them are played by `npm run demo`. */
import { describe, expect, it } from 'vitest';
import { type Audience, chainLink, play, type Turn } from '../../demo/play.ts';
import { STORIES, type Story } from '../../demo/script.ts';

/** A story in some seconds, and still slow enough for a machine that has other things to do. */
const SPEED = 90;
const ALWAYS = new AbortController().signal;

function storyOf(name: string): Story {
  const story = STORIES.find((one) => one.name === name);
  if (!story) throw new Error(`There is no story ${name}.`);
  return story;
}

function audience(): Audience & { turns: Turn[]; said: string[] } {
  const turns: Turn[] = [];
  const said: string[] = [];
  return {
    turns,
    said,
    onTurn: (turn) => void turns.push(turn),
    onStep: ({ says }) => void said.push(says),
    onWarning: (sentence) => void said.push(`warning: ${sentence}`),
  };
}

describe('the table of stories', () => {
  it.each(STORIES.map((story) => [story.name, story] as const))('holds a story that can be played: %s', (_, story) => {
    const times = story.steps.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // Two looks at a healthy Frigate come first.
    expect(times[0]).toBeGreaterThan(60);
    expect(story.withinSeconds).toBeGreaterThan(times.at(-1) ?? 0);
    expect(story.steps.filter(({ isFault }) => isFault)).toHaveLength(1);
    expect(Date.parse(story.begins)).not.toBeNaN();
    expect(story.expect).not.toEqual([]);
  });

  it('names each story once', () => {
    expect(new Set(STORIES.map(({ name }) => name)).size).toBe(STORIES.length);
  });

  it('shows a cured incident, a refused restart and a resolved incident', () => {
    const all = STORIES.flatMap((story) => story.expect.map((link) => link.split(' ')[0]));
    expect(all).toEqual(expect.arrayContaining(['opened', 'restart_ordered', 'cured', 'refused', 'resolved']));
  });
});

describe.concurrent('a story over the real servers', () => {
  it('of a dead queue: one restart, cured and resolved, ordered within 150 s of the fault', async ({ expect }) => {
    const heard = audience();
    const played = await play(storyOf('queue'), SPEED, heard, ALWAYS);
    expect(played.events.map(chainLink)).toEqual(storyOf('queue').expect);
    expect(played.isAsTold).toBe(true);
    const order = played.events.find(({ event_type: type }) => type === 'restart_ordered')?.order;
    const seconds = Date.parse(order?.at ?? '') / 1000 - (played.faultAt ?? 0);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(150);
    // Every event that was heard belongs to the look after which it came, and states came with it.
    expect(heard.turns.flatMap(({ events }) => events.map(chainLink))).toEqual(storyOf('queue').expect);
    expect(heard.turns.reduce((sum, { topics }) => sum + topics, 0)).toBeGreaterThan(10);
    expect(heard.said).toEqual(storyOf('queue').steps.map(({ says }) => says));
  });

  it('of a node that goes away: no restart, not even when a person asks for it', async ({ expect }) => {
    const played = await play(storyOf('node'), SPEED, audience(), ALWAYS);
    expect(played.events.map(chainLink)).toEqual(storyOf('node').expect);
    const pressed = played.events.find(({ guard }) => guard === 'lower_layer');
    expect(pressed?.message).toMatch(/node below is bad/);
    expect(played.events.every(({ order }) => order === null)).toBe(true);
  });

  it('that goes another way than its row says is not as told', async ({ expect }) => {
    const quiet: Story = { ...storyOf('queue'), steps: [], withinSeconds: 45 };
    const played = await play(quiet, SPEED, audience(), ALWAYS);
    expect(played).toMatchObject({ events: [], faultAt: null, isAsTold: false });
  });

  it('that is interrupted ends at once and is neither', async ({ expect }) => {
    const stop = new AbortController();
    const heard = audience();
    heard.onTurn = () => stop.abort();
    const played = await play(storyOf('stubborn'), SPEED, heard, stop.signal);
    expect(played.isAsTold).toBeNull();
    expect(played.seconds).toBeLessThan(300);
  });
});
