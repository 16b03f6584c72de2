/** What was switched off while Frigate ran, over our own restart, with a real broker between. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { speakAtBroker } from '../../demo/frigate/mqtt.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import { eventually } from '../eventually.ts';
import { startProduct } from './product.ts';
import { patchesOf, setStage, toldOn } from './stage.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A camera and a recording are off; a Warden that restarts nothing by itself looks at them. */
async function house({ isDeaf = false, isAtBroker = true, options = {} } = {}) {
  const stage = await setStage({ automatic_restarts: false }, { speed: 60 });
  onTestFinished(stage.close);
  const { frigate, broker, settings } = stage;
  const [row] = (settings.options as { frigates: object[] }).frigates;
  settings.options = { ...(settings.options as object), frigates: [{ ...row, ...options }] };
  const [yard, gate] = frigate.cameras;
  if (!yard || !gate) throw new Error('There are two cameras.');
  if (isAtBroker) {
    stage.speak(speakAtBroker(frigate, broker, { isDeaf }));
    await eventually(() => broker.retained.get('frigate/available') === 'online', { what: 'Frigate at the broker' });
  }
  yard.enabled = false;
  gate.records = false;
  const home = openMqtt(
    { host: '127.0.0.1', port: broker.port, tls: false },
    { log: silent, clientId: 'home_assistant', will: { topic: 'home/status', payload: 'offline' } },
  );
  onTestFinished(() => home.close(1));
  await eventually(() => home.connected());
  const product = startProduct(settings);
  onTestFinished(product.close);
  const state = () => JSON.parse(broker.retained.get('frigate_warden/frigate/state') ?? '{}') as Record<string, never>;
  await eventually(() => (state() as { verdict?: string }).verdict === 'healthy', { what: 'healthy' });
  const press = (button: string) =>
    home.publish(`frigate_warden/frigate/${button}/set`, 'PRESS', { retain: false, qos: 1 });
  const told = () => toldOn(broker).map((event) => event.event_type);
  const posted = () => broker.messages.filter(({ topic }) => topic.startsWith('frigate/') && topic.endsWith('/set'));
  return { ...stage, yard, gate, product, press, told, posted };
}

describe('a camera that was switched off, and a recording', () => {
  it('are off again after our restart, and nothing else was touched', async () => {
    const { press, told, posted, cluster, yard, gate, product, frigate, now } = await house();
    const begun = frigate.startedAt;
    await press('restart');
    await eventually(() => told().includes('cured'), { what: 'cured', withinSeconds: 15 });
    expect(patchesOf(cluster, 200)).toHaveLength(1);
    expect(frigate.startedAt).not.toBe(begun);
    await eventually(() => !yard.enabled && !gate.records, { what: 'both are off again' });
    const sent = posted();
    expect(new Set(sent.map(({ topic }) => topic))).toEqual(
      new Set(['frigate/doorbell/enabled/set', 'frigate/driveway/recordings/set']),
    );
    expect(sent.every(({ payload, qos, retain }) => payload === 'OFF' && qos === 1 && !retain)).toBe(true);
    expect(product.lines.join('')).toContain('The camera doorbell was off before the restart');
    expect(told()).toEqual(['restart_ordered', 'cured']);
    // Nobody goes on posting: whoever switches it on now wants it on.
    let quiet = { count: 0, since: 0 };
    const isQuiet = () => {
      const count = posted().length;
      if (count !== quiet.count) quiet = { count, since: now() };
      return now() - quiet.since > 60;
    };
    await eventually(isQuiet, { what: 'a minute without a letter', withinSeconds: 10 });
    yard.enabled = true;
    await press('check_now');
    await press('test_alert');
    await eventually(() => told().includes('test'), { what: 'a later look' });
    expect(posted()).toHaveLength(quiet.count);
    expect(yard.enabled).toBe(true);
  });

  it('hold a restart back where Frigate is not heard at the broker', async () => {
    const { press, told, posted, cluster, broker } = await house({ isAtBroker: false });
    await press('restart');
    await eventually(() => told().includes('refused'), { what: 'refused' });
    expect(toldOn(broker)[0]).toMatchObject({
      guard: 'unsafe_rollout',
      message: expect.stringMatching(/camera doorbell on again/),
    });
    expect(patchesOf(cluster)).toEqual([]);
    expect(posted()).toEqual([]);
  });

  it('are told of as lost where Frigate does not listen', async () => {
    const { press, told, cluster, broker, yard, product } = await house({ isDeaf: true });
    await press('restart');
    const isTold = () =>
      toldOn(broker).some(({ event_type, message }) => event_type === 'opened' && /doorbell/.test(message));
    await eventually(isTold, { what: 'an incident of the camera', withinSeconds: 20 });
    expect(yard.enabled).toBe(true);
    expect(patchesOf(cluster, 200)).toHaveLength(1);
    expect(product.lines.join('')).toMatch(/was off before the restart and is on since then/);
    expect(told()).toContain('restart_ordered');
  });
});
