import { describe, expect, it, onTestFinished } from 'vitest';
import { startBroker } from '../../demo/broker.ts';
import { newFrigate, start } from '../../demo/frigate/model.ts';
import { speakAtBroker } from '../../demo/frigate/mqtt.ts';
import { configOf } from '../../demo/frigate/parts.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import { eventually } from '../eventually.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function atBroker() {
  const broker = await startBroker();
  onTestFinished(broker.close);
  const frigate = newFrigate(['yard'], 1000);
  const speaker = speakAtBroker(frigate, broker);
  const home = openMqtt(
    { host: '127.0.0.1', port: broker.port, tls: false },
    { log: silent, clientId: 'home', will: { topic: 'home/status', payload: 'offline' } },
  );
  onTestFinished(() => home.close(1));
  await eventually(() => home.connected());
  const set = (topic: string, payload: string) =>
    home.publish(`frigate/yard/${topic}/set`, payload, { retain: false, qos: 1 });
  return { broker, frigate, speaker, set };
}

describe('the simulated Frigate at a broker', () => {
  it('hears its switches, says what they are, and shows them in its configuration', async () => {
    const { broker, frigate, speaker, set } = await atBroker();
    speaker.started();
    await set('enabled', 'OFF');
    await set('recordings', 'OFF');
    await eventually(() => broker.retained.get('frigate/yard/recordings/state') === 'OFF');
    expect(broker.retained.get('frigate/yard/enabled/state')).toBe('OFF');
    expect(configOf(frigate)).toMatchObject({
      cameras: {
        yard: { enabled: false, enabled_in_config: true, record: { enabled: false, enabled_in_config: true } },
      },
    });
  });

  it('forgets them with its run, and hears none while it is away', async () => {
    const { broker, frigate, speaker, set } = await atBroker();
    speaker.started();
    await set('enabled', 'OFF');
    await eventually(() => frigate.cameras[0]?.enabled === false);
    speaker.stopped();
    start(frigate, 2000);
    await set('enabled', 'OFF');
    expect(frigate.cameras[0]?.enabled).toBe(true);
    speaker.started();
    await eventually(() => broker.retained.get('frigate/yard/enabled/state') === 'ON');
    expect(broker.retained.get('frigate/available')).toBe('online');
  });
});
