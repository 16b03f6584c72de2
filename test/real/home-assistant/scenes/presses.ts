/** What a person does in Home Assistant, by the very actions that its screen calls, and what comes of it. */
import assert from 'node:assert/strict';
import { EVENT_TYPES } from '../../../../src/publish/instance-rows.ts';
import { eventually } from '../../../eventually.ts';
import type { Check } from '../../suite.ts';
import { differences } from '../complaints.ts';
import { ANNEX, complaintsOfAll, eventsOf, HOUSE, type Json, none, stateOf, told, type World } from '../world.ts';

export async function duringPresses(check: Check, world: World): Promise<void> {
  const { api } = world.homeAssistant;
  const incident = 'event.warden_house_incident';

  await check('a test alert comes as an event with its title, its message and all else that was told', async () => {
    await api.act('button.press', 'button.warden_annex_test_alert');
    await shownAs(world, ANNEX, 'test');
  });
  await check('maintenance is switched on, says until when, and is switched off', async () => {
    await api.act('switch.turn_on', 'switch.warden_house_maintenance');
    const on = await untilState(world, 'switch.warden_house_maintenance', 'on');
    assert.ok(Date.parse(String(on.attributes.until)) > Date.now(), JSON.stringify(on.attributes));
    await api.act('switch.turn_off', 'switch.warden_house_maintenance');
    const off = await untilState(world, 'switch.warden_house_maintenance', 'off');
    assert.equal(off.attributes.until, null);
  });
  await check('automatic restarts are switched off and on', async () => {
    await api.act('switch.turn_off', 'switch.warden_house_automatic_restarts');
    await untilState(world, 'switch.warden_house_automatic_restarts', 'off');
    await api.act('switch.turn_on', 'switch.warden_house_automatic_restarts');
    await untilState(world, 'switch.warden_house_automatic_restarts', 'on');
  });
  await check('a press of restart reaches the cluster as one PATCH, and an event says that it is ordered', async () => {
    await api.act('button.press', 'button.warden_house_restart');
    await eventually(() => patches(world).length > 0, { withinSeconds: 15, what: 'a PATCH at the cluster' });
    await shownAs(world, HOUSE, 'restart_ordered');
    const [patch] = patches(world);
    assert.equal(patch?.status, 200);
    assert.equal(patch?.fieldManager, 'frigate-warden');
  });
  await check('a second press is answered by an event with the reason, and restarts nothing', async () => {
    await api.act('button.press', 'button.warden_house_restart');
    const refused = await shownAs(world, HOUSE, 'refused');
    assert.match(String(refused.message), /\w{3,}.*\./);
    assert.match(String(refused.guard), /^[a-z_]+$/);
    assert.equal(patches(world).length, 1);
  });
  await check('the restart is told as cured, and stands in what is remembered of it', async () => {
    await shownAs(world, HOUSE, 'cured', 60);
    await none(() => complaintsOfAll(world));
    const last = await stateOf(world, 'sensor.warden_house_last_restart');
    assert.ok(Math.abs(Date.parse(last.state) - Date.now()) < 120_000, last.state);
    assert.equal(last.attributes.by, 'person');
    assert.equal((await stateOf(world, 'sensor.warden_house_restarts_last_hour')).state, '1');
    assert.equal((await stateOf(world, 'sensor.warden_house_last_outcome')).state, 'cured');
    // What a young Frigate says is no news for its first minutes.
    const verdict = await stateOf(world, 'sensor.warden_house_verdict');
    assert.equal(verdict.state, 'starting');
    assert.match(String(verdict.attributes.sentence), /after a restart/);
  });
  await check('the event entity knows every type that there is', async () => {
    assert.deepEqual((await stateOf(world, incident)).attributes.event_types, EVENT_TYPES);
  });
}

/** Waits until the event came to the broker, and until Home Assistant shows it with all that it holds. */
export async function shownAs(world: World, id: string, type: string, withinSeconds = 15): Promise<Json> {
  const last = () => eventsOf(world, id).findLast((event) => event.event_type === type);
  const event = await eventually(last, {
    withinSeconds,
    what: `the event ${type} beside ${eventsOf(world, id).map((one) => one.event_type)}`,
  });
  await none(
    async () => {
      const { attributes } = await stateOf(world, `event.warden_${id}_incident`);
      return differences(`event.warden_${id}_incident`, attributes, event);
    },
    { withinSeconds: 5 },
  );
  return event;
}

async function untilState(world: World, entityId: string, wanted: string) {
  const seen: string[] = [];
  const reached = async () => {
    const state = await stateOf(world, entityId);
    seen.push(`${entityId} is ${state.state}`);
    return state.state === wanted ? state : null;
  };
  return eventually(reached, { withinSeconds: 10, what: `${entityId} ${wanted}` }).catch((cause: unknown) => {
    throw new Error(told(seen), { cause });
  });
}

export function patches({ simulated }: World) {
  return simulated.cluster.calls.filter(({ method }) => method === 'PATCH');
}
