import { describe, expect, it } from 'vitest';
import { causeName, memberName, ownMember, severityOf, vetoSentence } from '../../src/publish/naming.ts';
import { finding, streak, view } from './views.ts';

const SPEED = { check: 'detector_speed', layer: 'detector', member: 'coral' };
const FRAMES = { check: 'camera_frames', layer: 'camera', member: 'doorbell' };
const VOTE = { check: 'cameras', layer: 'frigate', member: null };

describe('a cause', () => {
  it.each([
    [SPEED, 'detector speed name (coral)'],
    [VOTE, 'cameras name'],
    [{ check: 'gone', layer: 'x', member: null }, 'gone'],
  ])('%o is called %s', (cause, name) => {
    expect(causeName(cause, view())).toBe(name);
  });

  it("is a member's own only where its check says so", () => {
    expect([SPEED, FRAMES, VOTE, null].map((cause) => ownMember(cause, view()))).toEqual([
      null,
      'doorbell',
      null,
      null,
    ]);
  });

  it('has the severity of its row', () => {
    expect([SPEED, FRAMES, { ...VOTE, check: 'gone' }, null].map((cause) => severityOf(cause, view()))).toEqual([
      'unhealthy',
      'degraded',
      null,
      null,
    ]);
  });
});

it.each([
  ['doorbell', 'camera doorbell'],
  ['coral', 'detector coral'],
  ['gone', 'camera gone'],
])('the member %s is called %s', (member, name) => {
  expect(memberName(member, view())).toBe(name);
});

describe('the sentence of a veto', () => {
  const shown = view({
    state: { streaks: { node_ready: streak() } },
    decision: { findings: [finding('api', 'bad'), finding('node_ready', 'bad')] },
  });
  it.each([
    [
      'futile',
      'A restart could do harm, and does not cure node_ready.',
      'A restart could do harm, and does not cure "node ready name".',
    ],
    ['futile', 'A restart could do harm while api is bad.', 'A restart could do harm while "api name" is bad.'],
    ['futile', 'No configured remedy helps against cameras.', 'No configured remedy helps against "cameras name".'],
    ['futile', 'The last restart was refused. No api for that.', 'The last restart was refused. No api for that.'],
    ['futile', 'No configured remedy helps against moon.', 'No configured remedy helps against moon.'],
    ['lower_layer', 'The layer node below is bad.', 'The node below is bad: node ready name.'],
    ['lower_layer', 'The layer api below is bad.', 'The API below is bad.'],
    [
      'lower_layer',
      'The layer service_path below looks bad and is not yet confirmed.',
      'The service path below looks bad and is not yet confirmed.',
    ],
    [
      'lower_layer',
      'What it runs on became ready only a moment ago.',
      'What it runs on became ready only a moment ago.',
    ],
    ['minority', '1 of 5 fail.', 'There is no majority: 1 of 5 fail.'],
    ['budget', 'No api while api is bad.', 'No api while api is bad.'],
  ])('of %s: %s', (guard, sentence, told) => {
    expect(vetoSentence({ guard, sentence }, shown)).toBe(told);
  });
});
