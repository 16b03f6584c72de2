/** A camera comes, fails and goes, as Home Assistant is told of it over a real broker. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../eventually.ts';
import { startProduct } from './product.ts';
import { setStage } from './stage.ts';

const CONFIG = (camera: string) => `homeassistant/device/frigate_warden_frigate_${camera}/config`;
const STATE = (camera: string) => `frigate_warden/frigate/cameras/${camera}/state`;

async function house() {
  const stage = await setStage({ automatic_restarts: false }, { speed: 150 });
  onTestFinished(stage.close);
  const { broker, settings } = stage;
  const product = startProduct(settings);
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= product.close();
    return closed;
  };
  onTestFinished(close);
  const stateOf = (camera: string) => JSON.parse(broker.retained.get(STATE(camera)) ?? '{}') as Record<string, unknown>;
  const sentTo = (topic: string) => broker.messages.filter((one) => one.topic === topic).map(({ payload }) => payload);
  return { ...stage, stateOf, sentTo, endProduct: close };
}

describe('a camera', () => {
  it('appears with its device, fails and mends in its state alone, and goes once for all', async () => {
    const { broker, frigate, stateOf, sentTo, now } = await house();
    await eventually(() => stateOf('doorbell').problem === 'OFF', { what: 'a good doorbell' });
    expect(broker.retained.has(CONFIG('yard'))).toBe(false);

    frigate.cameras.push({ name: 'yard', downSince: null, gaps: [], enabled: true, records: true, address: null });
    await eventually(() => stateOf('yard').problem === 'OFF', { what: 'the yard', withinSeconds: 15 });
    const device = JSON.parse(broker.retained.get(CONFIG('yard')) ?? '{}');
    expect(device.device).toMatchObject({ name: 'Frigate yard', via_device: 'frigate_warden_frigate' });
    expect(Object.keys(device.components)).toEqual(['problem', 'reachable', 'frame_rate', 'skipped', 'cause']);
    expect(stateOf('yard')).toMatchObject({ reachable: 'ON', frame_rate: 5, cause: 'none' });

    const yard = frigate.cameras.at(-1);
    if (!yard) throw new Error('There is a yard.');
    yard.downSince = now();
    await eventually(() => stateOf('yard').problem === 'ON', { what: 'a bad yard', withinSeconds: 20 });
    expect(stateOf('yard')).toMatchObject({ cause: expect.stringMatching(/^camera_/), frame_rate: 0 });
    expect(stateOf('doorbell')).toMatchObject({ problem: 'OFF', cause: 'none' });
    yard.gaps.push({ from: yard.downSince, to: now() });
    yard.downSince = null;
    await eventually(() => stateOf('yard').problem === 'OFF', { what: 'a good yard', withinSeconds: 25 });
    expect(sentTo(CONFIG('yard'))).toHaveLength(1);

    frigate.cameras.pop();
    await eventually(() => !broker.retained.has(STATE('yard')), { what: 'no yard', withinSeconds: 15 });
    expect(broker.retained.has(CONFIG('yard'))).toBe(false);
    const later = now() + 120;
    await eventually(() => now() > later, { what: 'a few turns more' });
    expect(sentTo(CONFIG('yard')).filter((payload) => payload === '')).toHaveLength(1);
    expect(broker.retained.has(CONFIG('driveway'))).toBe(true);
  });

  it('keeps its device where its Frigate is renamed and keeps its id', async () => {
    const first = await house();
    await eventually(() => first.stateOf('doorbell').problem === 'OFF', { what: 'a good doorbell' });
    await first.endProduct();
    const [row] = (first.settings.options as { frigates: object[] }).frigates;
    const frigates = [{ ...row, name: 'Front house', id: 'frigate' }];
    const product = startProduct({ ...first.settings, options: { ...(first.settings.options as object), frigates } });
    onTestFinished(product.close);
    const name = () => JSON.parse(first.broker.retained.get(CONFIG('doorbell')) ?? '{}').device?.name;
    await eventually(() => name() === 'Front house doorbell', { what: 'the new name' });
    const configs = [...first.broker.retained.keys()].filter((topic) => topic.startsWith('homeassistant/device/'));
    expect(configs).toHaveLength(4);
    expect(first.broker.messages.filter(({ payload }) => payload === '')).toEqual([]);
  });
});
