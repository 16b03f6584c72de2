/** Each of the three is ended and started: what stands still is shown as such, and nothing is told twice. */
import assert from 'node:assert/strict';
import { eventually } from '../../../eventually.ts';
import { publish } from '../../mosquitto/broker.ts';
import type { Check } from '../../suite.ts';
import { complaintsOfAbsence, complaintsOfDefaults } from '../complaints.ts';
import { ANNEX, complaintsOfAll, eventsOf, none, shownBy, told, type World } from '../world.ts';
import { patches, shownAs } from './presses.ts';

export async function duringOutages(check: Check, world: World): Promise<void> {
  const { homeAssistant, broker } = world;
  let incidents = await incidentsOf(world);
  const restarts = patches(world).length;
  let births = 0;

  await check('the Warden is killed: all that it showed is unavailable within 5 s', async () => {
    await world.warden().end('SIGKILL');
    await gone(world);
  });
  await check('it is started: all is right within 15 s, and no event comes again', () =>
    withoutEvents(world, incidents, async () => {
      world.startWarden();
      await none(() => complaintsOfAll(world));
    }),
  );
  await check('Home Assistant restarts: all is right within 15 s, under the same ids, and no event comes again', () =>
    withoutEvents(world, incidents, async () => {
      // What a person switches on is there with the next start.
      await switchAllOn(world);
      births = birthsOf(world).length;
      await homeAssistant.restart();
      await none(() => complaintsOfAll(world));
    }),
  );
  await check('what a person switched on stays on, and has its value', async () => {
    const complaints = complaintsOfDefaults(await shownBy(world), world.wanted());
    assert.ok(complaints.length > 0 && complaints.every((line) => / is null /.test(line)), told(complaints));
    await none(() => complaintsOfAll(world));
  });
  await check('after its birth the Warden tells all again, which changes nothing', () =>
    withoutEvents(world, incidents, async () => {
      await toldAgain(world, births);
      await none(() => complaintsOfAll(world));
    }),
  );
  await check('what happens while Home Assistant is away is told once when it is back, with its own time', async () => {
    await homeAssistant.stop();
    const before = eventsOf(world, ANNEX).length;
    const silent = world.warden().lines().length;
    publish(broker, `frigate_warden/${ANNEX}/test_alert/set`, 'PRESS');
    const isKnown = () =>
      world
        .warden()
        .lines()
        .slice(silent)
        .some((line) => line.includes('Annex: test.'));
    await eventually(isKnown, { withinSeconds: 15, what: 'a line of the Warden about the test alert' });
    assert.equal(eventsOf(world, ANNEX).length, before, 'it was told to nobody');
    await homeAssistant.start();
    const runningAt = Date.now();
    await none(() => complaintsOfAll(world));
    const isTold = () => eventsOf(world, ANNEX).length > before;
    await eventually(isTold, { withinSeconds: 30, what: 'the event' });
    const event = await shownAs(world, ANNEX, 'test');
    assert.equal(eventsOf(world, ANNEX).length, before + 1);
    assert.ok(Date.parse(String(event.at)) < runningAt, String(event.at));
  });
  incidents = await incidentsOf(world);
  await check('the broker is killed: all is unavailable within 5 s', async () => {
    await broker.kill();
    await gone(world);
  });
  await check('it comes back with nothing that it held: all is right within 15 s, and no event comes again', () =>
    withoutEvents(world, incidents, async () => {
      await broker.start();
      await world.listenAgain();
      await none(() => complaintsOfAll(world));
    }),
  );
  await check('none of that has restarted anything', () => assert.equal(patches(world).length, restarts));
}

async function switchAllOn(world: World): Promise<void> {
  for (const one of (await shownBy(world)).entities.values()) {
    if (one.disabled_by !== 'integration') continue;
    const change = { entity_id: one.entity_id, disabled_by: null };
    await world.homeAssistant.api.ask('config/entity_registry/update', change);
  }
}

/** Where in what was heard Home Assistant said that it is there. */
function birthsOf(world: World): readonly number[] {
  return world
    .listener()
    .messages()
    .flatMap(({ topic, payload }, i) => (topic === 'homeassistant/status' && payload === 'online' ? [i] : []));
}

async function toldAgain(world: World, births: number): Promise<void> {
  const isTold = () => {
    const birth = birthsOf(world)[births];
    if (birth === undefined) return false;
    const again = world.listener().messages().slice(birth);
    return world.wanted().every(({ id }) => again.some(({ topic }) => topic === `homeassistant/device/${id}/config`));
  };
  await eventually(isTold, { withinSeconds: 30, what: 'every device after the birth of Home Assistant' });
}

async function gone(world: World): Promise<void> {
  await none(async () => complaintsOfAbsence(await shownBy(world), world.wanted()), { withinSeconds: 5 });
}

/** None comes to the broker, and none moves its entity: the time of its last event is its state. */
async function withoutEvents(world: World, incidents: unknown, body: () => Promise<void>): Promise<void> {
  const listener = world.listener();
  const heard = listener.messages().length;
  await body();
  const fresh = world.listener() === listener ? listener.messages().slice(heard) : world.listener().messages();
  assert.deepEqual(
    fresh.filter(({ topic }) => topic.endsWith('/event')),
    [],
  );
  assert.deepEqual(await incidentsOf(world), incidents);
}

async function incidentsOf(world: World) {
  const { states } = await shownBy(world);
  return world.watched.map(({ id }) => {
    const state = states.get(`event.warden_${id}_incident`);
    return [id, state?.state, state?.attributes.event_id];
  });
}
