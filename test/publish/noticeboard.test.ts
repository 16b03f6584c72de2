import { describe, expect, it } from 'vitest';
import { openNoticeboard } from '../../src/publish/noticeboard.ts';
import type { View } from '../../src/publish/view.ts';
import { keptLog } from '../doors/hearing.ts';
import { camera, finding, hub, reading, slowView, view } from './views.ts';
import { wire } from './wire.ts';

const CONFIG = (id: string) => `homeassistant/device/${id}/config`;
const FRIGATE = 'frigate_warden_frigate';

function opened(targets: readonly string[] = ['frigate']) {
  const mqtt = wire();
  const log = keptLog();
  const board = openNoticeboard({ mqtt, baseTopic: 'frigate_warden', prefix: 'homeassistant', targets, log });
  const show = async (...views: View[]) => {
    board.show(views, hub);
    await board.publish();
    return mqtt.news();
  };
  const hang = () => new Map(mqtt.sent.map(({ topic, payload }) => [topic, payload]));
  const hear = (topic: string, payload: string, retained: boolean) => board.hear({ topic, payload, retained });
  return { mqtt, log, board, show, hang, hear };
}

const cameras = (...names: string[]) =>
  view({
    looked: { members: names.map((name) => camera(name)) },
    readings: { members: names.map((name) => reading('camera', name)) },
  });

describe('the board', () => {
  it('shows the hub first, then target and cameras, then that they are there', async () => {
    const { show, mqtt } = opened();
    expect(await show(view())).toEqual([
      CONFIG('frigate_warden'),
      'frigate_warden/state',
      CONFIG(FRIGATE),
      'frigate_warden/frigate/state',
      CONFIG(`${FRIGATE}_doorbell`),
      CONFIG(`${FRIGATE}_garden`),
      'frigate_warden/frigate/cameras/doorbell/state',
      'frigate_warden/frigate/cameras/garden/state',
      'frigate_warden/frigate/availability',
      'frigate_warden/status',
    ]);
    expect(mqtt.sent.every(({ retain }) => retain)).toBe(true);
  });

  it('publishes only what changed', async () => {
    const { show } = opened();
    await show(view());
    expect(await show(view())).toEqual([]);
    expect(await show(view({ readings: { detectionRate: 9 } }))).toEqual(['frigate_warden/frigate/state']);
  });

  it('does not even draw a view again that it has shown', async () => {
    const { show, board } = opened();
    const shown = view();
    let drawn = 0;
    const counted: View = {
      ...shown,
      get decision() {
        drawn += 1;
        return shown.decision;
      },
    };
    await show(counted);
    const once = drawn;
    await show(counted);
    expect(drawn).toBe(once);
    board.startAnew();
    await show(counted);
    expect(drawn).toBeGreaterThan(once);
  });

  it('publishes all again when it starts anew', async () => {
    const { show, board } = opened();
    const shown = view();
    const first = await show(shown);
    board.startAnew();
    expect(await show(shown)).toEqual(first);
  });

  it('says nothing before it was shown anything', async () => {
    const { board, mqtt } = opened();
    await board.publish();
    expect(mqtt.sent).toEqual([]);
  });

  it('stops where the broker does not answer and goes on from there', async () => {
    const { show, mqtt } = opened();
    mqtt.fail(5);
    expect(await show(view())).toHaveLength(5);
    mqtt.fail(false);
    expect(await show(view())).toEqual([
      CONFIG(`${FRIGATE}_garden`),
      'frigate_warden/frigate/cameras/doorbell/state',
      'frigate_warden/frigate/cameras/garden/state',
      'frigate_warden/frigate/availability',
      'frigate_warden/status',
    ]);
  });

  it('marks a target that was not yet looked at as not there', async () => {
    const { show, hang } = opened(['frigate', 'barn']);
    await show(view());
    expect(hang().get('frigate_warden/barn/availability')).toBe('offline');
    await show(view(), view({ target: { id: 'barn', name: 'Barn' } }));
    expect(hang().get('frigate_warden/barn/availability')).toBe('online');
  });
});

/** What 64 cameras cost on the wire: Mosquitto ends who sends more than 2,000,000 bytes at once. */
describe('64 cameras', () => {
  const names = Array.from({ length: 64 }, (_, i) => `camera_of_the_house_${i}`);
  const members = names.map((name) => camera(name));
  const looked = (framesOf: (i: number) => number) => {
    const readings = names.map((name, i) => reading('camera', name, { framesPerSecond: framesOf(i), skippedRatio: 0 }));
    return view({
      decision: { findings: names.map((member) => finding('camera_frames', 'ok', { member })) },
      looked: { members },
      readings: { members: [reading('detector', 'coral', { inferenceMs: 10 }), ...readings] },
    });
  };

  it('are two messages each at the start, and all of it is a fraction of what a broker takes', async () => {
    const { show, mqtt } = opened();
    await show(looked(() => 5));
    const bytes = mqtt.sent.map(({ payload }) => Buffer.byteLength(payload));
    expect(mqtt.sent).toHaveLength(2 * 64 + 2 + 2 + 2);
    expect(Math.max(...bytes)).toBeLessThan(16_384);
    expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(250_000);
  });

  it('are told of only where their figures changed', async () => {
    const { show, mqtt } = opened();
    await show(looked(() => 5));
    expect(await show(looked(() => 5.04))).toEqual([]);
    expect(await show(looked((i) => (i < 3 ? 4 : 5)))).toHaveLength(3);
    const before = mqtt.sent.length;
    await show(looked((i) => 6 + i));
    const turn = mqtt.sent.slice(before);
    expect(turn).toHaveLength(64);
    expect(Math.max(...turn.map(({ payload }) => Buffer.byteLength(payload)))).toBeLessThan(200);
  });
});

describe('what is gone', () => {
  it('is, for a camera, cleared with its state', async () => {
    const { show, mqtt } = opened();
    await show(view());
    expect(await show(cameras('garden'))).toEqual(
      expect.arrayContaining([CONFIG(`${FRIGATE}_doorbell`), 'frigate_warden/frigate/cameras/doorbell/state']),
    );
    const cleared = mqtt.sent.filter(({ payload }) => payload === '');
    expect(cleared.map(({ topic }) => topic)).toEqual([
      CONFIG(`${FRIGATE}_doorbell`),
      'frigate_warden/frigate/cameras/doorbell/state',
    ]);
    expect(await show(cameras('garden'))).toEqual([]);
  });

  it('is not thought gone when a look saw no camera at all', async () => {
    const { show, mqtt } = opened();
    await show(view());
    await show(cameras());
    expect(mqtt.sent.filter(({ payload }) => payload === '')).toEqual([]);
  });

  it('is, for a detector, first reduced to its platform and then left out', async () => {
    const { show, mqtt, hear } = opened();
    await show(view());
    const other = view({ readings: { members: [reading('detector', 'onnx')] } });
    await show(other);
    const configs = mqtt.sent
      .filter(({ topic }) => topic === CONFIG(FRIGATE))
      .map(({ payload }) => JSON.parse(payload));
    expect(configs).toHaveLength(3);
    expect(configs[1].components.inference_coral).toEqual({ platform: 'sensor' });
    expect(configs[1].components.inference_onnx).toMatchObject({ platform: 'sensor', unit_of_measurement: 'ms' });
    expect(configs[2].components).not.toHaveProperty('inference_coral');
    mqtt.news();
    // The broker sends us our own words as well.
    for (const config of configs) expect(hear(CONFIG(FRIGATE), JSON.stringify(config), false)).toBe(false);
    expect(await show(other)).toEqual([]);
  });

  it('is cleared again when the broker did not answer the first time', async () => {
    const { show, mqtt, hang } = opened();
    await show(view());
    mqtt.fail(1);
    await show(cameras('garden'));
    mqtt.fail(false);
    await show(cameras('garden'));
    expect(hang().get(CONFIG(`${FRIGATE}_doorbell`))).toBe('');
    expect(hang().get('frigate_warden/frigate/cameras/doorbell/state')).toBe('');
  });
});

describe('while Home Assistant is not there to hear it', () => {
  it('nothing is taken down; with its return what is gone goes', async () => {
    const { show, mqtt, board } = opened();
    await show(view());
    board.attended(false);
    await show(cameras('garden'));
    expect(mqtt.sent.filter(({ payload }) => payload === '')).toEqual([]);
    board.attended(true);
    await board.publish();
    expect(mqtt.sent.filter(({ payload }) => payload === '').map(({ topic }) => topic)).toEqual([
      CONFIG(`${FRIGATE}_doorbell`),
      'frigate_warden/frigate/cameras/doorbell/state',
    ]);
  });

  it('a component that is gone stays, without a value, and goes with its return', async () => {
    const { show, hang, board, mqtt } = opened();
    await show(view());
    const config = hang().get(CONFIG(FRIGATE));
    board.attended(false);
    const other = view({ readings: { members: [reading('detector', 'onnx', { inferenceMs: 9 })] } });
    await show(other);
    expect(hang().get(CONFIG(FRIGATE))).toBe(config);
    const state = () => JSON.parse(hang().get('frigate_warden/frigate/state') ?? '');
    expect(state()).toMatchObject({ inference_coral: null, inference_onnx: 9, attributes: { inference_coral: {} } });
    mqtt.news();
    board.attended(true);
    expect(await show(other)).toEqual([CONFIG(FRIGATE), CONFIG(FRIGATE), 'frigate_warden/frigate/state']);
    expect(JSON.parse(hang().get(CONFIG(FRIGATE)) ?? '').components).not.toHaveProperty('inference_coral');
    expect(state()).not.toHaveProperty('inference_coral');
  });

  it('what is new is shown all the same', async () => {
    const { show, hang, board } = opened();
    board.attended(false);
    await show(view());
    await show(cameras('doorbell', 'garden', 'shed'));
    expect(hang().get(CONFIG(`${FRIGATE}_shed`))).toContain('frigate_warden_frigate_shed');
  });
});

/** What an earlier run of the Warden left on the broker. */
async function left(base: string, id: string, ...shown: View[]): Promise<string> {
  const mqtt = wire();
  const targets = shown.map(({ target }) => target.id);
  const board = openNoticeboard({ mqtt, baseTopic: base, prefix: 'homeassistant', targets, log: keptLog() });
  board.show(shown, hub);
  await board.publish();
  return mqtt.sent.find(({ topic }) => topic === CONFIG(id))?.payload ?? '';
}

const barn = view({ target: { id: 'barn', name: 'Barn' } });

describe('what an earlier run left', () => {
  it('of a target that is no longer configured is cleared, with its states', async () => {
    const { show, hear, mqtt } = opened();
    const topics = [CONFIG('frigate_warden_barn'), CONFIG('frigate_warden_barn_garden')];
    hear(topics[0] ?? '', await left('frigate_warden', 'frigate_warden_barn', barn), true);
    hear(topics[1] ?? '', await left('frigate_warden', 'frigate_warden_barn_garden', barn), true);
    await show(view());
    const cleared = mqtt.sent.filter(({ payload }) => payload === '').map(({ topic }) => topic);
    expect(new Set(cleared)).toEqual(
      new Set([
        ...topics,
        'frigate_warden/barn/state',
        'frigate_warden/barn/cameras/garden/state',
        'frigate_warden/barn/availability',
      ]),
    );
    expect(await show(view())).toEqual([]);
  });

  it('of another Warden, of another product and of the hub is not touched', async () => {
    const { show, hear, mqtt } = opened();
    hear(CONFIG('frigate_warden_barn'), await left('other', 'frigate_warden_barn', barn), true);
    hear(CONFIG('zigbee'), '{"origin":{"name":"Zigbee2MQTT"},"components":{}}', true);
    hear(CONFIG('frigate_warden'), await left('frigate_warden', 'frigate_warden', barn), true);
    await show(view());
    expect(mqtt.sent.filter(({ payload }) => payload === '')).toEqual([]);
  });

  it('is not cleared before every target was looked at', async () => {
    const { show, hear, mqtt } = opened(['frigate', 'barn']);
    hear(
      CONFIG('frigate_warden_shed'),
      await left('frigate_warden', 'frigate_warden_shed', view({ target: { id: 'shed' } })),
      true,
    );
    await show(view());
    expect(mqtt.sent.filter(({ payload }) => payload === '')).toEqual([]);
    await show(view(), barn);
    expect(mqtt.sent.filter(({ payload }) => payload === '')).toHaveLength(3);
  });

  it('of a camera stays until its target has said which cameras it has', async () => {
    const { show, hear, mqtt } = opened();
    hear(CONFIG(`${FRIGATE}_doorbell`), await left('frigate_warden', `${FRIGATE}_doorbell`, view()), true);
    await show(cameras());
    expect(mqtt.sent.filter(({ payload }) => payload === '')).toEqual([]);
    await show(cameras('garden'));
    expect(mqtt.sent.filter(({ payload }) => payload === '')).toHaveLength(2);
  });

  it.each(['before', 'after', 'while'])(
    'of a component is reduced and left out, when it comes %s we publish',
    async (when) => {
      const { show, hear, mqtt, board } = opened();
      const old = JSON.parse(await left('frigate_warden', FRIGATE, view()));
      old.components.old_key = { platform: 'sensor', unique_id: 'x' };
      const tell = () => hear(CONFIG(FRIGATE), JSON.stringify(old), true);
      if (when === 'before') tell();
      if (when === 'while') {
        mqtt.during = (topic) => {
          if (topic !== CONFIG(FRIGATE)) return;
          mqtt.during = null;
          tell();
        };
      }
      await show(view());
      if (when === 'after') {
        expect(tell()).toBe(true);
        await board.publish();
      }
      const configs = mqtt.sent
        .filter(({ topic }) => topic === CONFIG(FRIGATE))
        .map(({ payload }) => JSON.parse(payload));
      expect(configs.at(-2)?.components.old_key).toEqual({ platform: 'sensor' });
      expect(configs.at(-1)?.components).not.toHaveProperty('old_key');
      mqtt.news();
      expect(await show(view())).toEqual([]);
    },
  );

  it('that is what we want is not published twice', async () => {
    const { show, hear, mqtt } = opened();
    await show(view());
    expect(hear(CONFIG(FRIGATE), await left('frigate_warden', FRIGATE, view()), true)).toBe(false);
    mqtt.news();
    expect(await show(view())).toEqual([]);
  });
});

describe('a device that a person deleted in Home Assistant', () => {
  it('stays away, also when all is published again, until it is welcome', async () => {
    const { show, hear, board, log } = opened();
    await show(view());
    expect(hear(CONFIG(`${FRIGATE}_garden`), '', false)).toBe(true);
    expect(hear(CONFIG(`${FRIGATE}_garden`), '', false)).toBe(false);
    expect(log.lines).toEqual([
      expect.stringContaining('The device frigate_warden_frigate_garden was deleted in Home Assistant.'),
    ]);
    expect(await show(slowView())).not.toContain(CONFIG(`${FRIGATE}_garden`));
    board.startAnew();
    expect(await show(slowView())).not.toContain(CONFIG(`${FRIGATE}_garden`));
    board.welcomeBack();
    expect(await show(slowView())).toEqual(expect.arrayContaining([CONFIG(`${FRIGATE}_garden`)]));
  });

  it('is no longer pointed to by its cameras', async () => {
    const { show, hear, hang } = opened();
    await show(view());
    hear(CONFIG(FRIGATE), '', false);
    await show(view());
    expect(JSON.parse(hang().get(CONFIG(`${FRIGATE}_garden`)) ?? '').device).not.toHaveProperty('via_device');
  });

  it('is told from the echo of our own clearing', async () => {
    const { show, hear, log } = opened();
    await show(view());
    await show(cameras('garden'));
    await show(view());
    expect(hear(CONFIG(`${FRIGATE}_doorbell`), '', false)).toBe(false);
    expect(log.lines).toEqual([]);
    expect(hear(CONFIG(`${FRIGATE}_doorbell`), '', false)).toBe(true);
  });

  it('is none of ours when we never showed it', () => {
    const { hear, log } = opened();
    expect(hear(CONFIG('zigbee'), '', false)).toBe(false);
    expect(log.lines).toEqual([]);
  });
});
