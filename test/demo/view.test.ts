import { describe, expect, it } from 'vitest';
import type { Played, Turn } from '../../demo/play.ts';
import { STORIES, type Story } from '../../demo/script.ts';
import {
  coloured,
  endLines,
  isQuiet,
  type Paint,
  plain,
  quietLine,
  stepLines,
  summaryLines,
  titleLines,
  turnLines,
} from '../../demo/view.ts';
import { eventJson, type WardenEvent } from '../../src/publish/events.ts';
import type { View } from '../../src/publish/view.ts';
import type { Finding, Order } from '../../src/rules/types.ts';
import { announcement, camera, finding, NOW, reading, slowView, streak, view } from '../publish/views.ts';

const ORDER: Order = {
  id: 'frigate-1',
  at: NOW,
  remedy: 'rollout',
  signature: 'frigate:detector_speed',
  cause: { check: 'detector_speed', layer: 'detector', member: 'coral' },
  by: 'warden',
  force: false,
  reason: 'One inference takes 512 ms.',
  incidentId: 'frigate-1',
};
const VOTE: Finding = finding('cameras', 'ok', { detail: '1 of 2 fail.' });
const DOORBELL = finding('camera_frames', 'bad', { member: 'doorbell', detail: 'doorbell has sent no frames.' });

function turn(shown: View, changes: Partial<Turn> = {}): Turn {
  return { view: shown, topics: 0, events: [], ...changes };
}

function event(type: WardenEvent['event_type'], changes: Partial<WardenEvent> = {}): WardenEvent {
  return { ...eventJson(announcement(type), slowView()), ...changes };
}

const later = (shown: View, seconds: number): View => ({ ...shown, now: shown.now + seconds });
const lines = (shown: Turn, before: Turn | null = null) => turnLines(shown, before, plain);

describe('a look', () => {
  it('at a healthy Frigate says what a person would look at first, and what was published', () => {
    expect(lines(turn(view(), { topics: 16 }))).toEqual([
      '04:06:54  healthy     2 of 2 cameras send, coral 27 ms, 3 detections/s',
      '          published   16 topics over MQTT',
    ]);
  });

  it('with an order says what was seen, decided, told and published', () => {
    const pursuit = { order: ORDER, stage: 'ordered', keys: [] } as const;
    const shown = slowView({
      state: { pursuit, streaks: { 'detector_speed/coral': streak() }, verdict: 'unhealthy' },
      decision: { orders: [ORDER] },
    });
    const events = [event('opened', { message: 'It is slow. Do this.' }), event('restart_ordered')];
    expect(lines(turn(shown, { topics: 1, events }))).toEqual(
      [
        '04:06:54  unhealthy   cause: detector speed name (coral), in the layer detector',
        '          decided     RESTART ordered (rollout): no guard objects.',
        '          told        Home Assistant (opened): "Frigate is unhealthy: detector speed name (coral)"',
        '                      It is slow. Do this.',
        '                      Home Assistant (restart ordered): "A restart of Frigate is ordered: detector',
        '                      speed name (coral)"',
        '          published   1 topic and 2 events over MQTT',
      ].toSpliced(1, 0, '          seen        One inference takes 512 ms.'),
    );
  });

  it('says the whole of the first message, and of more only their first sentence', () => {
    const message = 'It is refused. What you can do: wait.';
    const events = [event('ineffective', { message }), event('refused', { message }), event('cured', { message })];
    const said = lines(turn(slowView(), { events })).filter((line) => line.includes('It is refused.'));
    expect(said.map((line) => line.trim())).toEqual([message, 'It is refused.', 'It is refused.']);
  });

  it.each<[string, View, string]>([
    [
      'a guard holds back',
      slowView({ decision: { vetoes: [{ guard: 'budget', sentence: 'It is used up.', until: NOW + 60 }] } }),
      'no restart, held back by budget: It is used up. Until 04:07:54.',
    ],
    [
      'a guard holds back, and nobody knows how long',
      slowView({ decision: { vetoes: [{ guard: 'futile', sentence: 'It does harm.', until: null }] } }),
      'no restart, held back by futile: It does harm.',
    ],
    [
      'a restart is followed',
      slowView({ state: { pursuit: { order: { ...ORDER, at: NOW - 40 }, stage: 'accepted', keys: [] } } }),
      'waits: the restart was ordered 40 seconds ago; the new pod is not there yet.',
    ],
    [
      'it is not confirmed yet',
      view({ decision: { findings: [DOORBELL, VOTE] } }),
      'waits: nothing is decided before it is confirmed.',
    ],
    [
      'one camera of several is its own trouble',
      view({ decision: { findings: [DOORBELL, VOTE] }, state: { streaks: { 'camera_frames/doorbell': streak() } } }),
      'no restart: 1 of 2 fail. That is no majority.',
    ],
  ])('says why nothing is restarted when %s', (_, shown, sentence) => {
    const said = lines(turn(shown));
    expect(said.find((line) => line.includes('decided'))).toBe(`          decided     ${sentence}`);
  });

  it.each<[string, readonly Finding[], readonly string[]]>([
    ['what is not yet confirmed as such', [DOORBELL], ['doorbell has sent no frames. Not yet confirmed.']],
    [
      'one sentence for what many checks cannot see',
      ['api', 'node_ready'].map((check) => finding(check, 'unknown', { detail: 'Nobody answers.' })),
      ['Nobody answers. (2 checks cannot be answered.)'],
    ],
    [
      'two cameras, each by itself',
      ['a', 'b'].map((member) => finding('camera_frames', 'bad', { member, detail: `${member} is dark.` })),
      ['a is dark. b is dark. Not yet confirmed.'],
    ],
    [
      'one camera for many',
      ['a', 'b', 'c', 'd'].map((member) => finding('camera_frames', 'bad', { member, detail: `${member} is dark.` })),
      ['a is dark. The same for 3 more. Not yet confirmed.'],
    ],
    [
      'what is good again and not yet cleared',
      [finding('detector_speed', 'ok', { member: 'coral' })],
      ['Gone, but not for long enough yet: detector speed name coral.'],
    ],
    ['nothing of a vote, which is a decision', [{ ...VOTE, answer: 'bad' }], []],
    ['nothing of what is not asked', [finding('api', 'not_observed')], []],
    [
      'no more than a person can take in',
      ['q', 'r', 's', 't', 'u', 'v'].map((check) => finding(check, 'unknown', { detail: `${check}?` })),
      ['q?', 'r?', 's?', 't?', 'and 2 more'],
    ],
  ])('shows %s', (_, findings, sentences) => {
    const shown = view({
      decision: { findings },
      state: { streaks: { 'detector_speed/coral': streak({ bad: 0, good: 1 }) } },
    });
    const text = lines(turn(shown)).filter((line) => !/decided|healthy/.test(line));
    expect(text.map((line) => line.slice(22))).toEqual(sentences);
  });

  it('does not repeat what is as it was', () => {
    const before = turn(
      slowView({ decision: { vetoes: [{ guard: 'futile', sentence: 'It does harm.', until: null }] } }),
    );
    const shown = later(
      slowView({ decision: { vetoes: [{ guard: 'budget', sentence: 'Used up.', until: null }] } }),
      30,
    );
    expect(lines(turn(shown), before)).toEqual([
      '04:07:24  unhealthy   cause: detector speed name (coral), in the layer detector',
      '          decided     no restart, held back by budget: Used up.',
    ]);
  });

  it('of which nothing can be said says so', () => {
    const shown = view({ state: { verdict: 'unknown' }, readings: { members: [] } });
    expect(lines(turn(shown))).toEqual(['04:06:54  unknown     what is wrong cannot be said yet']);
    expect(quietLine(shown, 1, plain)).toBe('04:06:54  · a look without news: unknown, Frigate says nothing');
  });
});

describe('a look without news', () => {
  const slow = slowView({ decision: { vetoes: [{ guard: 'budget', sentence: 'Used up.', until: null }] } });
  const first = slow.decision.findings[0] as Finding;
  const changed = (changes: Partial<View['decision']>): View => ({
    ...slow,
    decision: { ...slow.decision, ...changes },
  });

  it.each<[string, Turn, boolean]>([
    ['is one that says the same', turn(later(slow, 30)), true],
    ['is one with other figures', turn(changed({ findings: [{ ...first, detail: '600 ms.' }] })), true],
    ['is not one with an event', turn(slow, { events: [event('test')] }), false],
    ['is not one with another verdict', turn(changed({ verdict: 'starting' })), false],
    ['is not one with another cause', turn(changed({ cause: null })), false],
    ['is not one with another guard', turn(changed({ vetoes: [] })), false],
    ['is not one with an order', turn(changed({ orders: [ORDER] })), false],
    ['is not one with another finding', turn(changed({ findings: [first, DOORBELL] })), false],
    ['is not one that cannot see', turn(changed({ findings: [{ ...first, answer: 'unknown' }] })), false],
    ['is not one that is confirmed now', turn(changed({ state: { ...slow.decision.state, streaks: {} } })), false],
  ])('%s', (_, shown, quiet) => {
    expect(isQuiet(shown, turn(slow))).toBe(quiet);
  });

  it('is never the first one', () => {
    expect(isQuiet(turn(slow), null)).toBe(false);
  });

  it('counts itself and says the figures', () => {
    const readings = { members: [reading('detector', 'coral', { inferenceMs: 480 }), reading('camera', 'a')] };
    expect(quietLine(view({ readings }), 3, plain)).toBe(
      '04:06:54  · 3 looks without news: healthy, 0 of 1 cameras send, coral 480 ms, 3 detections/s',
    );
  });
});

describe('the story', () => {
  const story: Story = {
    ...(STORIES[0] as Story),
    title: 'A title',
    name: 'name',
    shows: 'What it shows.',
    fault: 'the queue dies',
    expect: ['opened x', 'cured'],
  };
  const played = (changes: Partial<Played> = {}): Played => ({
    story,
    events: [],
    faultAt: NOW - 85,
    isAsTold: true,
    seconds: 364,
    ...changes,
  });

  it('begins with its title', () => {
    const [empty, title, ...rest] = titleLines(story, { number: 2, of: 6 }, plain);
    expect([empty, ...rest]).toEqual(['', 'What it shows.', '']);
    expect(title).toMatch(/^2 of 6 {2}A title ─+ name$/);
    expect(title).toHaveLength(98);
  });

  it('says what happens in the house', () => {
    expect(stepLines({ says: `It ${'breaks '.repeat(14)}now.` }, NOW, plain)).toEqual([
      `04:06:54  » It ${'breaks '.repeat(11)}breaks`,
      '            breaks breaks now.',
    ]);
  });

  it.each<[string, Partial<Played>, readonly string[]]>([
    ['as told', { events: [event('opened')] }, ['          6 minutes in the house, 1 message to Home Assistant.']],
    ['interrupted', { isAsTold: null }, ['Interrupted after 6 minutes in the house.']],
    [
      'in another way',
      { isAsTold: false },
      ['This did not go as the script says.', 'Expected: opened x · cured', 'Told: opened y'],
    ],
  ])('ends %s', (_, changes, expected) => {
    expect(endLines(played(changes), ['opened y'], plain)).toEqual(expected);
  });

  it('is cured in the summary, whatever was refused before it', () => {
    const events = ['opened', 'refused', 'restart_ordered', 'cured', 'resolved'] as const;
    const lines = summaryLines([played({ events: events.map((type) => event(type)) })], plain);
    expect(lines.join('\n')).toMatch(/one restart, cured /);
  });

  it('has a row in the summary, with the cause, what was done and how long it took', () => {
    const order = event('restart_ordered', { order: { ...ORDER, at: '2026-01-06T04:06:54+00:00' } });
    const refused = event('refused', { guard: 'breaker', message: 'It is refused. Do this.' });
    const own = { check: 'camera_frames', layer: 'camera', message: 'Dark. This alone is no reason for a restart.' };
    const all = [
      played({ events: [event('opened'), order, event('cured')] }),
      played({ events: [event('opened'), order, event('ineffective'), refused] }),
      played({ events: [event('opened'), refused] }),
      played({
        events: [event('opened', { ...own, member: 'a' }), event('opened', { ...own, member: 'b' })],
      }),
      played({ faultAt: null }),
    ];
    expect(summaryLines(all, plain)).toMatchInlineSnapshot(`
      [
        "",
        "What went wrong          Cause that was named       What was done                 Fault to order",
        "──────────────────────────────────────────────────────────────────────────────────────────────────",
        "the queue dies           detector_speed (coral),    one restart, cured            85 s",
        "                         layer detector",
        "the queue dies           detector_speed (coral),    one restart, not cured; no    85 s",
        "                         layer detector             more, held back by breaker",
        "the queue dies           detector_speed (coral),    no restart: It is refused.    –",
        "                         layer detector",
        "the queue dies           camera_frames (a, b),      no restart: This alone is no  –",
        "                         layer camera               reason for a restart.",
        "the queue dies                                      no restart                    –",
      ]
    `);
  });
});

/** What stands after an escape character up to its `m` is colour. */
function withoutColour(line: string): string {
  return line
    .split('\u001B')
    .map((piece, i) => (i === 0 ? piece : piece.replace(/^\[\d+m/, '')))
    .join('');
}

describe('every line', () => {
  const long = 'a sentence that goes on and on, '.repeat(12);
  const shown = slowView({ decision: { vetoes: [{ guard: 'budget', sentence: long, until: null }] } });
  const events = [event('opened', { title: long, message: `${'x'.repeat(150)} ${long}` })];
  const say = (paint: Paint) => [
    ...turnLines(turn(shown, { events, topics: 3 }), null, paint),
    ...titleLines({ title: 'T', name: 'n', shows: long }, { number: 1, of: 1 }, paint),
    ...stepLines({ says: long }, NOW, paint),
    quietLine(view({ looked: { members: [camera(long)] } }), 1, paint),
  ];

  it('is at most 98 columns wide', () => {
    expect(Math.max(...say(plain).map((line) => line.length))).toBeLessThanOrEqual(98);
  });

  it('says the same with and without colour', () => {
    const bare = say(coloured).map((line) => withoutColour(line));
    expect(bare).toEqual(say(plain));
    expect(say(coloured).join()).toContain('\u001B[31munhealthy');
  });
});
