/** What is taken away goes, and what a person deleted stays away until asked back. */
import assert from 'node:assert/strict';
import { eventually } from '../../../eventually.ts';
import type { Check } from '../../suite.ts';
import type { Api } from '../api.ts';
import { complaintsOfAbsence } from '../complaints.ts';
import { identifierOf } from '../shown.ts';
import { ANNEX, complaintsOfAll, HOUSE, none, shownBy, type World } from '../world.ts';
import { shownAs } from './presses.ts';

/** The device that is deleted by hand. */
export const GARDEN = 'frigate_warden_house_garden';

export async function afterDeletion(check: Check, world: World): Promise<void> {
  const { api } = world.homeAssistant;

  await check('a device that a person deletes in Home Assistant stays away', async () => {
    await remove(world, api, GARDEN);
    const isSaid = () =>
      world
        .warden()
        .lines()
        .some((line) => line.includes(`${GARDEN} was deleted in Home Assistant`));
    await eventually(isSaid, { what: 'a line of the Warden about it' });
    const turn = messages(world);
    await api.act('switch.turn_on', 'switch.warden_house_maintenance');
    await eventually(() => messages(world) > turn, { withinSeconds: 15, what: 'the next state of the house' });
    await api.act('switch.turn_off', 'switch.warden_house_maintenance');
    await eventually(() => messages(world) > turn + 1, { withinSeconds: 15, what: 'the one after it' });
    assert.equal(await has(world, GARDEN), false);
  });
  await check('a test alert asks it back, under the same ids', async () => {
    await api.act('button.press', 'button.warden_house_test_alert');
    await shownAs(world, HOUSE, 'test');
    await none(() => complaintsOfAll(world));
  });
}

export async function duringLeave(check: Check, world: World): Promise<void> {
  await check('a camera that is taken from Frigate’s configuration goes with its device', async () => {
    const { frigate, cluster } = world.simulated;
    frigate.cameras = frigate.cameras.filter(({ name }) => name !== 'garage');
    // Frigate reads its configuration when it starts.
    cluster.exitContainer({ exitCode: 0 });
    for (const one of world.watched) one.cameras = one.cameras.filter((name) => name !== 'garage');
    await none(() => complaintsOfAll(world), { withinSeconds: 60 });
  });
  await check('stopped by its supervisor the Warden ends with 0, and all is unavailable', async () => {
    assert.equal(await world.warden().end('SIGTERM'), 0, world.warden().lines().slice(-5).join('\n'));
    const absent = async () => complaintsOfAbsence(await shownBy(world), world.wanted());
    await none(absent, { withinSeconds: 5 });
  });
  await check('a Frigate that is taken from the options goes with all its devices, and the others stay', async () => {
    world.watched.splice(
      world.watched.findIndex(({ id }) => id === ANNEX),
      1,
    );
    world.startWarden();
    await none(() => complaintsOfAll(world));
    const left = [...world.hanging()].filter(([topic, payload]) => /\bannex\b|_annex/.test(topic) && payload !== '');
    const retained = left.filter(([topic]) => !/\/(?:event|set)$/.test(topic));
    assert.deepEqual(retained, []);
  });
}

/** Newer releases have a word of their own for it. */
async function remove(world: World, api: Api, identifier: string): Promise<void> {
  const device = (await shownBy(world)).devices.find((one) => identifierOf(one) === identifier);
  assert.ok(device, `There is no ${identifier}.`);
  await api.ask('config/device_registry/remove', { device_id: device.id }).catch(async (error: Error) => {
    if (!error.message.includes('unknown_command')) throw error;
    const [entry] = device.config_entries;
    const fields = { device_id: device.id, config_entry_id: entry };
    await api.ask('config/device_registry/remove_config_entry', fields);
  });
}

async function has(world: World, identifier: string): Promise<boolean> {
  return (await shownBy(world)).devices.some((one) => identifierOf(one) === identifier);
}

function messages(world: World): number {
  return world
    .listener()
    .messages()
    .filter(({ topic }) => topic === `frigate_warden/${HOUSE}/state`).length;
}
