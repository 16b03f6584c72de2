import { describe, expect, it } from 'vitest';
import {
  attributeSentence,
  camerasDown,
  causeAttributes,
  connectivity,
  detailOf,
  hasCluster,
  heldBackAttributes,
  isRestartable,
  openBreakers,
  problem,
  verdictSentence,
} from '../../src/publish/instance-values.ts';
import { circumstances, incident } from '../rules/builders.ts';
import { type Changes, finding, NOW, slowView, streak, view } from './views.ts';

describe('connectivity', () => {
  it.each<[string, Changes['decision'], string | null]>([
    ['was seen good', { findings: [finding('api', 'ok')] }, 'ON'],
    ['was seen bad', { findings: [finding('api', 'bad')] }, 'OFF'],
    ['was seen bad by one of two', { findings: [finding('api', 'ok'), finding('api', 'bad')] }, 'OFF'],
    ['could not be seen now', { findings: [finding('api', 'unknown')] }, null],
    ['cannot be seen at all', { findings: [finding('api', 'not_observed')] }, null],
    ['was not asked', { findings: [] }, null],
  ])('of what %s', (_name, decision, state) => {
    expect(connectivity(view({ decision: decision ?? {} }), 'api')).toBe(state);
  });
});

describe('the sentence of a verdict', () => {
  it.each<[string, Changes, string]>([
    ['good', {}, 'All that can be seen is good.'],
    ['starting', { decision: { verdict: 'starting' } }, 'It is starting.'],
    [
      'unknown',
      { decision: { verdict: 'unknown' }, looked: { cannotSee: ['The API is not reached.'] } },
      'Too little can be seen. The API is not reached.',
    ],
    ['unknown without a reason', { decision: { verdict: 'unknown' } }, 'Too little can be seen.'],
  ])('%s', (_name, changes, sentence) => {
    expect(verdictSentence(view(changes))).toBe(sentence);
  });

  it('is what one member has of its own, and names the others that have theirs', () => {
    const cause = { check: 'camera_frames', layer: 'camera', member: 'garden' };
    const decision = {
      verdict: 'degraded',
      cause: { ...cause, severity: 'degraded', detail: 'It sends 0 fps.' },
    } as const;
    const own = (member: string | null, changes = {}) => incident({ member, cause: { ...cause, member }, ...changes });
    const told = (...incidents: ReturnType<typeof own>[]) => verdictSentence(view({ decision, state: { incidents } }));
    expect(told(own('garden'))).toBe('It sends 0 fps.');
    expect(told(own('garden'), own('door'), own('gate'))).toBe('It sends 0 fps. Also in trouble: door, gate.');
    const over = [own('door', { status: 'resolved' }), own('gate', { bad: false }), own(null)];
    expect(told(own('garden'), ...over)).toBe('It sends 0 fps.');
    const whole = { ...decision, cause: { ...decision.cause, check: 'api', member: null } };
    expect(verdictSentence(view({ decision: whole, state: { incidents: [own('door')] } }))).toBe('It sends 0 fps.');
  });

  it('is the cause, cut where it is endless', () => {
    expect(verdictSentence(slowView())).toBe('One inference takes 512 ms.');
    const cause = {
      check: 'api',
      layer: 'api',
      member: null,
      severity: 'unhealthy',
      detail: 'x'.repeat(9000),
    } as const;
    expect(verdictSentence(view({ decision: { cause } }))).toHaveLength(500);
  });
});

it('a cause has its name, since when, and some lines of evidence; without a cause all are there and empty', () => {
  const evidence = Array.from({ length: 40 }, (_, i) => `line ${i} ${'x'.repeat(900)}`);
  const decision = { findings: [finding('detector_speed', 'bad', { member: 'coral', evidence })] };
  const told = causeAttributes(slowView({ decision }));
  expect(JSON.stringify(told).length).toBeLessThan(4000);
  expect(told.evidence).toHaveLength(5);
  expect(Object.keys(causeAttributes(view()))).toEqual(Object.keys(told));
});

const SLOW = { check: 'detector_speed', layer: 'detector', member: 'coral' };
const open = incident({ cause: SLOW });
const order = {
  id: 'frigate-1',
  at: NOW - 60,
  remedy: 'rollout',
  signature: 'frigate:detector_speed',
  cause: SLOW,
  by: 'warden' as const,
  force: false,
  reason: 'One inference takes 512 ms.',
  incidentId: 'frigate-1',
};
const press = { ...order, by: 'person' as const, cause: null, reason: 'Home Assistant asked for it: new firmware' };
const start = { at: NOW - 60, by: 'warden' as const, orderId: 'frigate-1' };
const startedAt = (at: number) => ({
  circumstances: circumstances({ startedAt: { known: true, value: at } }),
});

describe('a problem', () => {
  const starting = { verdict: 'starting' } as const;
  it.each<[string, Changes, string | null]>([
    ['a start after a fault that was not yet seen good', { state: { incidents: [open] }, decision: starting }, 'ON'],
    ['a start without one', { decision: starting }, 'OFF'],
    [
      'a start with one that is over',
      { state: { incidents: [{ ...open, status: 'resolved' }] }, decision: starting },
      'OFF',
    ],
    [
      'a start with one of a member',
      { state: { incidents: [{ ...open, member: 'door' }] }, decision: starting },
      'OFF',
    ],
    [
      'a start with one that is only held open',
      { state: { incidents: [{ ...open, bad: false }] }, decision: starting },
      'OFF',
    ],
    [
      'a start with one that is held open and has a cause again',
      {
        state: { incidents: [{ ...open, bad: false }] },
        decision: { ...starting, cause: { ...SLOW, severity: 'unhealthy', detail: 'Slow.' } },
      },
      'ON',
    ],
    [
      'a start with one that is held open beside what a member has',
      {
        state: { incidents: [{ ...open, bad: false }] },
        decision: {
          ...starting,
          cause: {
            check: 'camera_frames',
            layer: 'camera',
            member: 'door',
            severity: 'degraded',
            detail: 'No frames.',
          },
        },
      },
      'OFF',
    ],
    ['one camera that is down', { decision: { verdict: 'degraded' } }, 'ON'],
    ['a lost view of a fault', { state: { incidents: [open] }, decision: { verdict: 'unknown' } }, 'ON'],
    ['a healthy one whose incident is not closed yet', { state: { incidents: [open] } }, 'OFF'],
  ])('in %s', (_name, changes, state) => {
    expect(problem(view(changes))).toBe(state);
  });
});

describe('the sentence of a start', () => {
  const ours = 'It is starting after a restart.';
  const decision = {
    verdict: 'starting',
    cause: { ...SLOW, severity: 'unhealthy', detail: 'One inference takes 512 ms.' },
  } as const;
  it.each<[string, Changes['state'], Changes['looked'], string]>([
    [
      'that we ordered says for what',
      { pursuit: { order, stage: 'accepted', keys: [] } },
      {},
      `${ours} It was restarted for: detector speed name (coral).`,
    ],
    [
      'that a person ordered says who asked',
      { pursuit: { order: press, stage: 'restarted', keys: [] } },
      {},
      `${ours} Home Assistant asked for it: new firmware.`,
    ],
    [
      'whose order is followed to its end still says for what',
      { lastStart: start, incidents: [open] },
      startedAt(NOW - 50),
      `${ours} It was restarted for: detector speed name (coral).`,
    ],
    ['that cured everything says only that', { lastStart: start }, startedAt(NOW - 50), ours],
    [
      'of which nobody knows when it began',
      {},
      { circumstances: circumstances({ startedAt: unseen() }) },
      'It is starting.',
    ],
    ['before our order', { lastStart: start }, startedAt(NOW - 61), 'It is starting.'],
    ['long after our order', { lastStart: { ...start, at: NOW - 9000 } }, startedAt(NOW - 50), 'It is starting.'],
    ['of another', { lastStart: { ...start, orderId: null } }, startedAt(NOW - 50), 'It is starting.'],
    [
      'while our order is only written down',
      { pursuit: { order, stage: 'ordered', keys: [] }, lastStart: start },
      startedAt(NOW - 50),
      'It is starting.',
    ],
    [
      'of another, after a fault',
      { incidents: [open] },
      {},
      'It is starting. Not yet seen good again: detector speed name (coral).',
    ],
  ])('%s', (_name, state, looked, sentence) => {
    expect(verdictSentence(slowView({ state: state ?? {}, looked: looked ?? {}, decision }))).toBe(sentence);
  });

  function unseen() {
    return { known: false, asked: true, why: 'No pod.' } as const;
  }
});

it('what only grows with time is in no attribute', () => {
  const detail = 'No valid answer from the API for 240 s: timed out.';
  const cause = { check: 'api', layer: 'api', member: null, severity: 'unhealthy', detail } as const;
  const shown = view({ decision: { cause, findings: [finding('api', 'bad', { detail })] } });
  const told = [verdictSentence(shown), causeAttributes(shown).sentence, detailOf(shown, 'api')];
  expect(told).toEqual(Array(3).fill('No valid answer from the API: timed out.'));
  expect(attributeSentence('x'.repeat(900))).toHaveLength(500);
});

it('what holds back is told with names', () => {
  const vetoes = [{ guard: 'futile', sentence: 'A restart could do harm, and does not cure node_ready.', until: null }];
  const sentence = 'A restart could do harm, and does not cure "node ready name".';
  expect(heldBackAttributes(view({ decision: { vetoes } }))).toEqual({
    sentence,
    until: null,
    all: [sentence],
    preflight: [],
  });
  const preflight = ['A restart would be refused just now: The deployment is paused.'];
  expect(heldBackAttributes({ ...view({}), preflight })).toEqual({ sentence: null, until: null, all: [], preflight });
});

it('without a cluster it can be restarted where a remedy needs none', () => {
  const alone = view({ readings: { cluster: 'not_configured' } });
  expect(isRestartable({ ...alone, target: { ...alone.target, hasRemedy: true } })).toBe(true);
  expect(isRestartable({ ...alone, target: { ...alone.target, hasRemedy: false } })).toBe(false);
  expect(hasCluster(alone)).toBe(false);
});

it('with a cluster it can be restarted, also while that does not answer', () => {
  expect(isRestartable(view())).toBe(true);
  expect(isRestartable(view({ readings: { cluster: 'disconnected' } }))).toBe(true);
  expect(isRestartable(view({ readings: { cluster: 'not_configured' } }))).toBe(false);
});

it('an unknown verdict is no statement about a problem', () => {
  expect(problem(view({ decision: { verdict: 'unknown' } }))).toBeNull();
  expect(problem(view())).toBe('OFF');
});

it('the detail of a check that was not looked at is none', () => {
  expect(detailOf(view(), 'api')).toBe('api is ok.');
  expect(detailOf(view({ decision: { findings: [] } }), 'api')).toBeNull();
});

it('only open breakers are named', () => {
  const breaker = { failures: 2, rests: 0, trialOrderId: null };
  expect(openBreakers({ 'a/b': { ...breaker, openedAt: 5 }, 'a/c': { ...breaker, openedAt: null } })).toEqual(['a/b']);
});

it('cameras that are down are named, and none is known where none could be seen', () => {
  const streaks = { 'camera_frames/garden': streak() };
  expect(camerasDown(view({ state: { streaks } }))).toEqual(['garden']);
  expect(camerasDown(view())).toEqual([]);
  expect(camerasDown(view({ decision: { findings: [] } }))).toBeNull();
  expect(camerasDown(view({ state: { streaks }, decision: { findings: [] } }))).toEqual(['garden']);
});
