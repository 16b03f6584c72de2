import { describe, expect, it } from 'vitest';
import { type Frame, hubDevice, instanceDevices, remember } from '../../src/publish/discovery.ts';
import { ENTITIES } from '../../src/publish/entities.ts';
import { type Changes, camera, finding, hub, reading, streak, view } from './views.ts';

const frame: Frame = {
  baseTopic: 'frigate_warden',
  prefix: 'homeassistant',
  targets: ['frigate'],
  version: '0.1.0',
  absent: new Set(),
};

function statesOf(changes: Changes) {
  const shown = view(changes);
  const devices = instanceDevices(shown, remember(remember(null, view()), shown), frame);
  return { camera: devices.find(({ id }) => id.endsWith('_doorbell'))?.state };
}

const ofDoorbell = (answer: 'ok' | 'bad' | 'unknown') => [finding('camera_frames', answer, { member: 'doorbell' })];
const bad = { 'camera_frames/doorbell': streak({ detail: '0 fps for 240 s.' }) };

describe('a state of a camera', () => {
  it.each<[string, Changes, Record<string, unknown>]>([
    ['a good one has no problem', {}, { problem: 'OFF', cause: 'none', frame_rate: 5, skipped: 1 }],
    [
      'a confirmed bad one has one, with its sentence',
      { state: { streaks: bad }, decision: { findings: ofDoorbell('bad') } },
      { problem: 'ON', cause: 'camera_frames', attributes: { problem: { sentence: '0 fps.' } } },
    ],
    ['one that is not yet confirmed has none', { decision: { findings: ofDoorbell('bad') } }, { problem: 'OFF' }],
    [
      'one that was bad and is lost from view stays bad',
      { state: { streaks: bad }, decision: { findings: ofDoorbell('unknown') } },
      { problem: 'ON' },
    ],
    [
      'one that cannot be seen is unknown',
      { decision: { findings: ofDoorbell('unknown') } },
      { problem: null, cause: null },
    ],
    [
      'one that is switched off is unknown',
      { looked: { members: [camera('doorbell', { votes: 'disabled' })] }, state: { streaks: bad } },
      { problem: null },
    ],
    ['one whose address nobody asked is neither reachable nor not', {}, { reachable: null }],
    [
      'one that was reached is reachable',
      { looked: { members: [camera('doorbell', { reachable: true })] } },
      { reachable: 'ON' },
    ],
    [
      'one that does not answer is not, whether it is switched off or not',
      { looked: { members: [camera('doorbell', { reachable: false, votes: 'disabled' })] } },
      { reachable: 'OFF' },
    ],
    ['one that is lost from view is unknown', { looked: { members: [] } }, { reachable: null }],
    [
      'one without figures is unknown, not zero',
      { readings: { members: [reading('camera', 'doorbell')] } },
      { frame_rate: null, skipped: null },
    ],
  ])('%s', (_name, changes, expected) => {
    expect(statesOf(changes).camera).toMatchObject(expected);
  });
});

describe('a state of the hub', () => {
  it.each([
    ['the cluster is connected', {}, { cluster: 'ON', turn_time: 0.2, memory: 80, cannot_see: 1 }],
    ['the cluster is not', { cluster: 'disconnected' as const }, { cluster: 'OFF' }],
    ['what is not known is unknown', { turnSeconds: null, memoryBytes: null }, { turn_time: null, memory: null }],
  ])('%s', (_name, changes, expected) => {
    expect(hubDevice({ ...hub, ...changes }, frame).state).toMatchObject(expected);
  });
});

it('the table holds all kinds of devices, and no key twice for one kind', () => {
  const keys = ENTITIES.map((row) => `${row.for} ${row.key}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(ENTITIES.map((row) => row.for))).toEqual(new Set(['hub', 'instance', 'detector', 'camera']));
});
