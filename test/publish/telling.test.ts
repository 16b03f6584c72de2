import { describe, expect, it } from 'vitest';
import { messageOf, needsSomebody, stepsOf, titleOf } from '../../src/publish/telling.ts';
import type { Announcement, Order } from '../../src/rules/types.ts';
import { announcement, type Changes, finding, NOW, slowView, streak, view } from './views.ts';

const order: Order = {
  id: 'frigate-order-1',
  at: NOW,
  remedy: 'rollout',
  signature: 'frigate/detector_speed',
  cause: { check: 'detector_speed', layer: 'detector', member: 'coral' },
  by: 'warden',
  force: false,
  reason: 'One inference takes 512 ms.',
  incidentId: 'frigate-1',
};
const press: Order = { ...order, by: 'person', cause: null, reason: 'Home Assistant asked for it: new firmware' };
const DOORBELL = { cause: { check: 'camera_frames', layer: 'camera', member: 'doorbell' } };
const speed = 'detector speed name (coral)';
const frames = 'camera frames name';

type Told = [Announcement['type'], Partial<Announcement>?];

describe('the title of what is', () => {
  it.each<[string, Told, Changes, string]>([
    ['opened', ['opened'], {}, `Frigate is unhealthy: ${speed}`],
    ['opened and degraded', ['opened', { severity: 'degraded' }], {}, `Frigate is degraded: ${speed}`],
    ['opened without a severity', ['opened', { severity: null }], {}, `Frigate is unhealthy: ${speed}`],
    ['opened without a cause', ['opened', { cause: null }], {}, 'Frigate is unhealthy: no cause is known'],
    ['changed', ['changed'], {}, `Frigate is unhealthy, and the cause is now: ${speed}`],
    ['resolved', ['resolved'], {}, `Frigate: resolved: ${speed}`],
    ['resolved and healthy', ['resolved'], { decision: { verdict: 'healthy' } }, 'Frigate is healthy again'],
    ['flapping', ['flapping'], {}, `Frigate: comes and goes: ${speed}`],
    ['restart_ordered', ['restart_ordered', { order }], {}, `A restart of Frigate is ordered: ${speed}`],
    ['asked for', ['restart_ordered', { order: press, cause: null }], {}, 'A restart of Frigate is ordered, as asked'],
    ['cured', ['cured', { order }], {}, 'Frigate: the restart helped'],
    ['over, with nothing to cure', ['cured', { order: press }], {}, 'Frigate is restarted and answers again'],
    ['ineffective', ['ineffective', { order }], {}, 'Frigate: the restart did not help'],
    ['over, and not well', ['ineffective', { order: press }], {}, 'Frigate: the restart did not end well'],
    ['failed', ['failed'], {}, 'Frigate: the restart failed'],
    ['refused', ['refused'], {}, 'Frigate is not restarted'],
    ['breaker_opened', ['breaker_opened'], {}, 'Frigate: no more automatic restarts for now'],
    ['breaker_reset', ['breaker_reset', { cause: null }], {}, 'Frigate: restarts are allowed again'],
    ['chronic', ['chronic'], {}, 'Frigate: restarts do not cure this'],
    ['test', ['test', { cause: null, severity: null }], {}, 'Frigate: test alert'],
  ])('%s says it all', (_name, told, changes, title) => {
    expect(titleOf(announcement(...told), slowView(changes))).toBe(title);
  });

  it.each<[string, Announcement['type'], Changes, string]>([
    ['opened', 'opened', {}, `Frigate: camera doorbell: ${frames}`],
    ['changed', 'changed', {}, `Frigate: camera doorbell: now ${frames}`],
    ['flapping', 'flapping', {}, `Frigate: camera doorbell comes and goes: ${frames}`],
    ['resolved', 'resolved', {}, 'Frigate: camera doorbell is good again'],
    ['not watched any more', 'resolved', { looked: { members: [] } }, 'Frigate: camera doorbell is no longer watched'],
    ['refused', 'refused', {}, 'Frigate is not restarted'],
  ])('%s for one camera never speaks of the whole', (_name, type, changes, title) => {
    expect(titleOf(announcement(type, { ...DOORBELL, severity: 'degraded' }), view(changes))).toBe(title);
  });
});

describe('the message of what is', () => {
  const STEP = 'What you can do: Look after detector_speed.';
  const observed: Changes = { readings: { cluster: 'not_configured' } };
  it.each<[string, Told, Changes, string]>([
    [
      'opened and restarted in one turn',
      ['opened'],
      { decision: { orders: [order] } },
      'Since 04:01 UTC (5 minutes), seen in 4 answers in a row. A restart is ordered now.',
    ],
    [
      'opened while a restart is not yet verified',
      ['opened'],
      { state: { pursuit: { order, stage: 'accepted', keys: [] } } },
      'Since 04:01 UTC (5 minutes), seen in 4 answers in a row. The restart ordered at 04:06 UTC is not yet verified.',
    ],
    [
      'opened and held back',
      ['opened'],
      {
        decision: { vetoes: [{ guard: 'lower_layer', sentence: 'The layer api below cannot be seen.', until: null }] },
      },
      'Since 04:01 UTC (5 minutes), seen in 4 answers in a row. ' +
        `No automatic restart now: The API below cannot be seen. ${STEP}`,
    ],
    [
      'opened where nothing can be restarted',
      ['opened'],
      observed,
      'Since 04:01 UTC (5 minutes), seen in 4 answers in a row. ' +
        `It is only observed: the Warden cannot restart it. ${STEP}`,
    ],
    [
      'opened with a length',
      ['opened', { sentence: 'It is slow for 300 s: 512 ms.' }],
      {},
      `It is slow: 512 ms. Since 04:01 UTC (5 minutes), seen in 4 answers in a row. ${STEP}`,
    ],
    [
      'opened at the first sight',
      ['opened'],
      { state: { streaks: { 'detector_speed/coral': streak({ bad: 1 }) } } },
      `Since 04:01 UTC (5 minutes), seen once. ${STEP}`,
    ],
    ['restart_ordered', ['restart_ordered', { order }], {}, 'Whether it helped is told within 10 minutes.'],
    [
      'restart_ordered with a length',
      ['restart_ordered', { order, sentence: 'It is slow for 300 s.' }],
      {},
      'It is slow for 300 s. Whether it helped is told within 10 minutes.',
    ],
    [
      'asked for',
      ['restart_ordered', { order: press, cause: null, sentence: press.reason }],
      {},
      'Home Assistant asked for it: new firmware. Whether it answers again is told within 10 minutes.',
    ],
    [
      'ineffective',
      ['ineffective'],
      { decision: { nextAttemptAt: NOW + 3600 } },
      `The fault: ${speed}. The next attempt is possible in 60 minutes (05:06 UTC). ${STEP}`,
    ],
    [
      'refused',
      ['refused', { guard: 'futile', sentence: 'A restart could do harm, and does not cure node_ready.' }],
      {},
      `A restart could do harm, and does not cure "node ready name". The fault: ${speed}. ${STEP}`,
    ],
    [
      'chronic',
      ['chronic', { sentence: 'No more until a person resets it.' }],
      {},
      `No more until a person resets it. The fault: ${speed}. ${STEP}`,
    ],
    ['resolved', ['resolved', { sentence: 'It is good again.' }], {}, `It is good again. The fault was: ${speed}.`],
    ['cured', ['cured', { order, sentence: 'Good again.' }], {}, `Good again. The fault was: ${speed}.`],
    [
      'over, with nothing to cure',
      ['cured', { order: press, cause: null, sentence: 'It answers again.' }],
      {},
      'It answers again. Home Assistant asked for it: new firmware.',
    ],
    [
      'breaker_opened',
      ['breaker_opened', { sentence: 'No more for now.' }],
      {},
      `No more for now. The fault: ${speed}. ${STEP}`,
    ],
    ['failed', ['failed', { sentence: 'Forbidden.' }], {}, `Forbidden. The fault: ${speed}. ${STEP}`],
    [
      'opened with restarts switched off',
      ['opened'],
      {
        decision: {
          vetoes: [{ guard: 'observe_only', sentence: 'Automatic restarts are switched off.', until: null }],
        },
      },
      `in a row. Automatic restarts are switched off. ${STEP}`,
    ],
    ['a test', ['test', { cause: null, severity: null, sentence: 'A test.' }], {}, 'A test.'],
  ])('%s', (_name, told, changes, end) => {
    const message = messageOf(announcement(...told), slowView(changes));
    expect(message.endsWith(end), message).toBe(true);
  });

  it('opened for one camera does not speak of a restart of everything', () => {
    const shown = view({
      state: { streaks: { 'camera_frames/doorbell': streak() } },
      decision: { findings: [finding('camera_frames', 'bad', { member: 'doorbell' })], orders: [order] },
    });
    expect(messageOf(announcement('opened', { ...DOORBELL, severity: 'degraded' }), shown)).toContain(
      'in a row. This alone is no reason for a restart. What you can do: Look after camera_frames.',
    );
  });
});

describe('what a person can do', () => {
  const nextSteps = [
    'Restart Frigate: nothing else helps.',
    'When the cameras can be reached, restart Frigate.',
    'Undo the change: a restart does not help.',
  ];
  const [, , harmless = ''] = nextSteps;
  const held = (...guards: string[]) => guards.map((guard) => ({ guard, sentence: 'No.', until: null }));
  const stepsWith = (told: Told, changes: Changes = {}) => {
    const { checks } = view().target;
    const target = { checks: checks.map((row) => ({ ...row, nextSteps })) };
    return stepsOf(announcement(...told), slowView({ ...changes, target }));
  };

  it.each<[string, Told, Changes]>([
    ['nothing holds back', ['opened'], {}],
    ['automatic restarts are off', ['opened'], { decision: { vetoes: held('observe_only', 'maintenance') } }],
    ['a restart was not carried out', ['failed'], {}],
    [
      'no remedy is configured',
      ['refused', { guard: 'futile' }],
      { decision: { vetoes: [{ guard: 'futile', sentence: 'No remedy is configured: only observed.', until: null }] } },
    ],
    [
      'there is no cluster',
      ['opened'],
      { decision: { vetoes: held('futile', 'blind') }, readings: { cluster: 'not_configured' } },
    ],
  ])('is all when %s', (_name, told, changes) => {
    expect(stepsWith(told, changes)).toEqual(nextSteps);
  });

  it.each<[string, Told, Changes]>([
    ['the budget is used up', ['opened'], { decision: { vetoes: held('budget') } }],
    [
      'the breaker rests and automatic restarts are off',
      ['changed'],
      { decision: { vetoes: held('observe_only', 'breaker') } },
    ],
    ['a press was refused', ['refused', { guard: 'budget' }], {}],
    ['it starts', ['refused', { guard: 'starting' }], { decision: { vetoes: held('starting') } }],
    ['a restart does harm', ['opened'], { decision: { vetoes: held('futile') } }],
    ['a restart did not help', ['ineffective'], {}],
    ['restarts rest', ['breaker_opened'], {}],
    ['restarts cure nothing', ['chronic'], {}],
  ])('is no restart when %s', (_name, told, changes) => {
    expect(stepsWith(told, changes)).toEqual([harmless]);
  });

  it.each<[string, Told, Changes]>([
    ['a restart is ordered now', ['opened'], { decision: { orders: [order] } }],
    ['a restart is followed', ['changed'], { state: { pursuit: { order, stage: 'ordered', keys: [] } } }],
    ['it is over', ['resolved'], {}],
    ['it is cured', ['cured'], {}],
    ['nothing is named', ['opened', { cause: null }], {}],
  ])('is nothing when %s', (_name, told, changes) => {
    expect(stepsWith(told, changes)).toEqual([]);
  });

  it('for one camera stays, whatever is done for the whole', () => {
    expect(stepsWith(['opened', DOORBELL], { decision: { orders: [order] } })).toEqual(nextSteps);
  });
});

it('what is over or being done needs nobody', () => {
  expect((['opened', 'failed', 'chronic'] as const).map(needsSomebody)).toEqual([true, true, true]);
  expect((['resolved', 'cured', 'restart_ordered', 'breaker_reset', 'test'] as const).some(needsSomebody)).toBe(false);
});
