import { describe, expect, it } from 'vitest';
import { type FollowerState, followerTopics, openFollower } from '../../src/publish/follower.ts';
import { eventually } from '../eventually.ts';
import { wire } from './wire.ts';

const STATE: FollowerState = {
  role: 'following',
  holder: 'pi-2',
  sentence: 'Pi leads.',
  version: '1.2.3',
  since: 1000,
};
const { status, state } = followerTopics('base', 'nuc-1');

describe('a follower', () => {
  it('says who it is, retained, and nothing else', async () => {
    const mqtt = wire();
    openFollower(mqtt, 'base', 'nuc-1').show(STATE);
    await eventually(() => mqtt.sent.length === 2);
    const { since: _since, ...others } = STATE;
    expect(mqtt.sent.map(({ payload, ...how }) => [how, payload])).toEqual([
      [
        { topic: 'base/followers/nuc-1/state', retain: true, qos: 1 },
        JSON.stringify({ ...others, since: '1970-01-01T00:16:40.000Z' }),
      ],
      [{ topic: 'base/followers/nuc-1/status', retain: true, qos: 1 }, 'online'],
    ]);
  });

  it('says it once, and again when something changed', async () => {
    const mqtt = wire();
    const follower = openFollower(mqtt, 'base', 'nuc-1');
    follower.show(STATE);
    follower.show(STATE);
    follower.show({ ...STATE, holder: 'third' });
    await eventually(() => mqtt.sent.length === 4);
    expect(mqtt.sent.filter(({ topic }) => topic === state)).toHaveLength(2);
  });

  it('says it with every connection, and what the broker did not take again', async () => {
    const mqtt = wire();
    let connect: () => void = () => undefined;
    mqtt.onConnect = (listener) => {
      connect = listener;
    };
    const follower = openFollower(mqtt, 'base', 'nuc-1');
    mqtt.fail(0);
    follower.show(STATE);
    await Promise.resolve();
    mqtt.fail(false);
    connect();
    await eventually(() => mqtt.news().includes(status));
    connect();
    await eventually(() => mqtt.news().includes(status));
  });

  it('says what the broker did not take with its next word, on the same connection', async () => {
    const mqtt = wire();
    const follower = openFollower(mqtt, 'base', 'nuc-1');
    mqtt.fail(0);
    follower.show(STATE);
    await new Promise(setImmediate);
    mqtt.fail(false);
    follower.show(STATE);
    await eventually(() => mqtt.news().includes(status));
  });

  it('waits for the connection', async () => {
    const mqtt = wire();
    mqtt.connected = () => false;
    openFollower(mqtt, 'base', 'nuc-1').show(STATE);
    await Promise.resolve();
    expect(mqtt.sent).toEqual([]);
  });

  it('leaves nothing behind when it leads', async () => {
    const mqtt = wire();
    const follower = openFollower(mqtt, 'base', 'nuc-1');
    follower.show(STATE);
    await eventually(() => mqtt.sent.length === 2);
    await follower.takeDown();
    expect(mqtt.sent.slice(2)).toEqual([
      { topic: state, payload: '', retain: true, qos: 1 },
      { topic: status, payload: '', retain: true, qos: 1 },
    ]);
  });
});
