import { describe, expect, it } from 'vitest';
import { type Frame, instanceDevices, remember } from '../../src/publish/discovery.ts';
import { EVENT_TYPES, INSTANCE_ROWS } from '../../src/publish/instance-rows.ts';
import type { AnnouncementType } from '../../src/rules/types.ts';
import { type Changes, camera, finding, NOW, streak, view } from './views.ts';

const frame: Frame = {
  baseTopic: 'frigate_warden',
  prefix: 'homeassistant',
  targets: ['frigate'],
  version: '0.1.0',
  absent: new Set(),
};

function stateOf(changes: Changes) {
  const shown = view(changes);
  return instanceDevices(shown, remember(remember(null, view()), shown), frame)[0]?.state;
}

const ofDoorbell = (answer: 'ok' | 'bad' | 'unknown') => [finding('camera_frames', answer, { member: 'doorbell' })];
const bad = { 'camera_frames/doorbell': streak({ detail: '0 fps for 240 s.' }) };

describe('a state of a target', () => {
  it.each<[string, Changes, Record<string, unknown>]>([
    ['a healthy one has no problem', {}, { problem: 'OFF', verdict: 'healthy', cause: 'none', layer: 'none' }],
    ['an unhealthy one has a problem', { decision: { verdict: 'unhealthy' } }, { problem: 'ON', verdict: 'unhealthy' }],
    ['a degraded one has a problem', { decision: { verdict: 'degraded' } }, { problem: 'ON' }],
    ['a starting one has none', { decision: { verdict: 'starting' } }, { problem: 'OFF' }],
    [
      'one of which too little is seen is unknown',
      { decision: { verdict: 'unknown' } },
      { problem: null, cause: 'none' },
    ],
    ['an API that was seen is connected', {}, { api: 'ON', node: 'ON' }],
    ['an API that does not answer is not', { decision: { findings: [finding('api', 'bad')] } }, { api: 'OFF' }],
    [
      'an API that could not be looked at is unknown, never off',
      { decision: { findings: [finding('api', 'unknown'), finding('node_ready', 'not_observed')] } },
      { api: null, node: null },
    ],
    ['an API without a finding is unknown', { decision: { findings: [] } }, { api: null, node: null }],
    [
      'the first veto holds back, and all are told',
      {
        decision: {
          vetoes: [
            { guard: 'budget', sentence: 'Used up.', until: NOW + 60 },
            { guard: 'starting', sentence: 'It starts.', until: null },
          ],
        },
      },
      {
        held_back_by: 'budget',
        attributes: {
          held_back_by: { sentence: 'Used up.', until: '2026-01-06T04:07:54+00:00', all: ['Used up.', 'It starts.'] },
        },
      },
    ],
    [
      'a guard that is not in the options is unknown, for Home Assistant would keep the old one',
      { decision: { vetoes: [{ guard: 'moon', sentence: 'Full.', until: null }] } },
      { held_back_by: null },
    ],
    [
      'a last outcome is told with its time',
      { state: { lastOutcome: { outcome: 'cured', at: NOW, sentence: 'Good again.' } } },
      { last_outcome: 'cured', attributes: { last_outcome: { at: '2026-01-06T04:06:54+00:00' } } },
    ],
    ['a closed breaker is no problem', { state: { breakers: { 'a/b': breaker(null) } } }, { breaker: 'OFF' }],
    [
      'an open breaker is',
      { state: { breakers: { 'a/b': breaker(NOW) } } },
      { breaker: 'ON', attributes: { breaker: { signatures: ['a/b'] } } },
    ],
    ['a chronic target is one too', { state: { chronicSince: NOW } }, { breaker: 'ON' }],
    [
      'times have a zone',
      { state: { lastStart: { at: NOW, by: 'warden', orderId: null } }, decision: { nextAttemptAt: NOW + 0.4 } },
      { last_restart: '2026-01-06T04:06:54+00:00', next_attempt: '2026-01-06T04:06:54+00:00' },
    ],
    ['a time that is none is unknown', { readings: { lastAnswerAt: Number.NaN } }, { last_answer: null }],
    ['a rate is rounded', {}, { detection_rate: 3.3, inference_coral: 27.5 }],
    [
      'a figure that is none is unknown',
      { readings: { detectionRate: Number.POSITIVE_INFINITY } },
      { detection_rate: null },
    ],
    ['no camera is down', {}, { cameras_down: 0 }],
    [
      'a camera that is confirmed bad is down',
      { state: { streaks: bad } },
      { cameras_down: 1, attributes: { cameras_down: { cameras: ['doorbell'] } } },
    ],
    [
      'a camera that does not vote is not counted',
      { state: { streaks: bad }, looked: { members: [camera('doorbell', { votes: 'ignored' }), camera('garden')] } },
      { cameras_down: 0 },
    ],
    [
      'cameras that cannot be seen are not zero',
      { decision: { findings: ofDoorbell('unknown') } },
      { cameras_down: null },
    ],
    ['restarts are counted', { decision: { startsLastHour: 2 } }, { restarts_last_hour: 2 }],
    [
      'switches say what is',
      { view: { automatic: false, maintenanceUntil: NOW + 1 } },
      { automatic_restarts: 'OFF', maintenance: 'ON' },
    ],
    [
      'maintenance ends by itself',
      { view: { maintenanceUntil: NOW } },
      { automatic_restarts: 'ON', maintenance: 'OFF' },
    ],
  ])('%s', (_name, changes, expected) => {
    expect(stateOf(changes)).toMatchObject(expected);
  });
});

it('Home Assistant is told of every type of event that the engine can announce', () => {
  // A record must name each member of the union, so a new type fails to compile here first.
  const all: Record<AnnouncementType, true> = {
    opened: true,
    changed: true,
    resolved: true,
    flapping: true,
    restart_ordered: true,
    cured: true,
    ineffective: true,
    failed: true,
    refused: true,
    breaker_opened: true,
    breaker_reset: true,
    chronic: true,
    test: true,
  };
  expect(EVENT_TYPES.toSorted()).toEqual(Object.keys(all).toSorted());
});

it.each([
  ['force_restart', false],
  ['last_answer', false],
  ['restart', undefined],
])('%s is shown by default: %s', (key, shown) => {
  expect(INSTANCE_ROWS.find((row) => row.key === key)?.enabledByDefault).toBe(shown);
});

function breaker(openedAt: number | null) {
  return { failures: 2, openedAt, rests: 0, trialOrderId: null };
}
