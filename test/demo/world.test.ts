import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startClock } from '../../demo/clock.ts';
import { CAMERAS, openHouse } from '../../demo/world.ts';
import type { MqttMessage } from '../../src/doors/ports.ts';
import type { View } from '../../src/publish/view.ts';
import { eventually } from '../eventually.ts';

async function open(speed: number, signal = new AbortController().signal) {
  const views: View[] = [];
  const messages: MqttMessage[] = [];
  const warnings: string[] = [];
  const heard = {
    onTurn: (view: View) => void views.push(view),
    onMessage: (message: MqttMessage) => void messages.push(message),
    onWarning: (sentence: string) => void warnings.push(sentence),
  };
  const house = await openHouse(startClock({ begin: 1_767_672_000, speed }), heard, signal);
  return { house, views, messages, warnings };
}

describe('the house', () => {
  it('is a healthy Frigate in a cluster that Home Assistant hears of, and leaves nothing behind', async () => {
    const { house, views, messages, warnings } = await open(60);
    try {
      await eventually(() => views.length >= 2);
      const view = views.at(-1) as View;
      expect(view.decision.verdict).toBe('healthy');
      expect(view.looked.readings).toMatchObject({ cluster: 'connected', version: house.frigate.version });
      expect(view.looked.members.map(({ id }) => id)).toEqual(CAMERAS);
      expect(view.looked.cannotSee).toEqual([]);
      await eventually(() => messages.some(({ topic }) => topic === 'frigate_warden/frigate/state'));
      expect(messages.some(({ topic }) => topic === 'homeassistant/device/frigate_warden_frigate/config')).toBe(true);
      expect(existsSync(house.folder)).toBe(true);
      expect(warnings).toEqual([]);
    } finally {
      await house.close();
    }
    expect(existsSync(house.folder)).toBe(false);
    await expect(fetch(house.cluster.url)).rejects.toThrow();
    expect(messages.at(-1)).toMatchObject({ topic: 'frigate_warden/status', payload: 'offline' });
  });

  it('restarts Frigate with its pod when a person presses the button', async () => {
    const { house, views } = await open(60);
    try {
      await eventually(() => views.length >= 2);
      const before = house.frigate.startedAt ?? 0;
      house.press('restart');
      await eventually(() => house.cluster.configMap('frigate', 'frigate-health-state') !== null);
      await eventually(() => (house.frigate.startedAt ?? 0) > before);
      await eventually(() => views.some(({ decision }) => decision.state.pursuit?.order.by === 'person'));
    } finally {
      await house.close();
    }
  });

  it('has a Frigate that is gone with its pod, also while nobody asks the cluster', async () => {
    const { house, views } = await open(1);
    try {
      await eventually(() => views.length === 1);
      const url = `${views[0]?.target.links.frigate}/api/version`;
      expect((await fetch(url)).status).toBe(200);
      house.cluster.scale(0);
      await eventually(() =>
        fetch(url).then(
          () => false,
          () => true,
        ),
      );
      expect(views).toHaveLength(1);
    } finally {
      await house.close();
    }
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const { house } = await open(1, stop.signal);
    stop.abort();
    await house.ended;
    await house.close();
  });
});
