import { describe, expect, it } from 'vitest';
import { type Frame, hubDevice, instanceDevices, remember } from '../../src/publish/discovery.ts';
import { readLeftover } from '../../src/publish/leftovers.ts';
import { hub, view } from './views.ts';

const BASE = 'frigate_warden';
const frame = (baseTopic: string): Frame => ({
  baseTopic,
  prefix: 'homeassistant',
  targets: ['frigate'],
  version: '0.1.0',
  absent: new Set(),
});
const devices = (base: string) => [
  hubDevice(hub, frame(base)),
  ...instanceDevices(view(), remember(null, view()), frame(base)),
];

describe('a retained device message', () => {
  it.each(devices(BASE).map((device) => [device.id, device] as const))(
    'that we published for %s is known again, with all that must be cleaned',
    (id, device) => {
      const found = readLeftover(id, JSON.stringify(device.config), BASE);
      expect(found?.instance).toBe(device.instance);
      expect(found?.stateTopic).toBe(device.stateTopic);
      expect([...(found?.components.keys() ?? [])]).toEqual(Object.keys(device.config.components));
    },
  );

  it.each(devices('other').map((device) => [device.id, device] as const))(
    'that another Warden published for %s under its base topic is not ours',
    (id, device) => {
      expect(readLeftover(id, JSON.stringify(device.config), BASE)).toBeNull();
    },
  );

  const [, , camera] = devices(BASE);
  const { config } = camera ?? { config: {} };
  const ours = 'frigate_warden_frigate_doorbell';
  it.each<[string, string, string]>([
    ['has another id', 'zigbee_lamp', JSON.stringify(config)],
    ['has an id that only begins alike', 'frigate_wardens_x', JSON.stringify(config)],
    ['has another origin', ours, JSON.stringify({ ...config, origin: { name: 'Zigbee2MQTT' } })],
    ['has no availability', ours, JSON.stringify({ ...config, availability: [] })],
    [
      'has an availability of nobody',
      ours,
      JSON.stringify({ ...config, availability: [{ topic: `${BASE}/status` }, { topic: 'x' }] }),
    ],
    ['has components of another form', ours, JSON.stringify({ ...config, components: { a: 'sensor' } })],
    ['is no JSON', ours, '{"origin":'],
    ['is no object', ours, 'null'],
  ])('that %s is not ours', (_name, id, payload) => {
    expect(readLeftover(id, payload, BASE)).toBeNull();
  });

  it('does not make us clean a state topic that is not below our base topic', () => {
    const foreign = JSON.stringify({ ...config, state_topic: 'zigbee/lamp' });
    expect(readLeftover(ours, foreign, BASE)).toMatchObject({ stateTopic: null });
  });
});
