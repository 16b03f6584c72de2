/** A Warden that Home Assistant has never heard of comes: all of it is there, as the table of entities says. */

import type { Check } from '../../suite.ts';
import {
  complaintsOfDefaults,
  complaintsOfDevices,
  complaintsOfEntities,
  complaintsOfForm,
  complaintsOfStates,
} from '../complaints.ts';
import { none, shownBy, type World } from '../world.ts';

/** TABLE: what a person sees while all is well. */
const HEALTHY: Readonly<Record<string, string | RegExp>> = {
  'binary_sensor.warden_cluster': 'on',
  'sensor.warden_cannot_see': '1',
  'binary_sensor.warden_house_problem': 'off',
  'sensor.warden_house_verdict': 'healthy',
  'sensor.warden_house_cause': 'none',
  'sensor.warden_house_layer': 'none',
  'sensor.warden_house_held_back_by': 'none',
  'sensor.warden_house_last_outcome': 'none',
  'binary_sensor.warden_house_breaker': 'off',
  'binary_sensor.warden_house_api': 'on',
  'binary_sensor.warden_house_node': 'on',
  'sensor.warden_house_inference_coral': /^1\d(?:\.\d)?$/,
  'sensor.warden_house_cameras_down': '0',
  'sensor.warden_house_restarts_last_hour': '0',
  'sensor.warden_house_next_attempt': 'unknown',
  'event.warden_house_incident': 'unknown',
  'button.warden_house_restart': 'unknown',
  'switch.warden_house_automatic_restarts': 'on',
  'switch.warden_house_maintenance': 'off',
  'binary_sensor.warden_house_garden_problem': 'off',
  'binary_sensor.warden_annex_problem': 'off',
  'sensor.warden_annex_verdict': 'healthy',
  'binary_sensor.warden_annex_porch_problem': 'off',
};
/** What is for restarts makes no sense where nobody can restart. */
const NOT_IN_ANNEX = ['button.warden_annex_restart', 'switch.warden_annex_automatic_restarts'];

export async function atFirstSight(check: Check, world: World): Promise<void> {
  world.startWarden();
  await check('within 15 s of the start every device is there, on the one that it belongs to, and no other', () =>
    none(async () => complaintsOfDevices(await shownBy(world), world.wanted())),
  );
  await check('every entity of the table has its id, name, category, class and device, and there is no other', () =>
    none(async () => complaintsOfEntities(await shownBy(world), world.wanted())),
  );
  await check('those that are off by default are off, and those alone', () =>
    none(async () => complaintsOfDefaults(await shownBy(world), world.wanted())),
  );
  await check('each has its unit, its list, its decimals and its full name', () =>
    none(async () => complaintsOfForm(await shownBy(world), world.wanted())),
  );
  await check('each state, with all its attributes, is the one that the Warden has told', () =>
    none(async () => complaintsOfStates(await shownBy(world), world.wanted(), world.hanging())),
  );
  await check('a house where all is well looks well', () =>
    none(async () => {
      const { states } = await shownBy(world);
      const wrong = Object.entries(HEALTHY).flatMap(([id, wanted]) => {
        const state = states.get(id)?.state ?? 'not there';
        const isRight = typeof wanted === 'string' ? state === wanted : wanted.test(state);
        return isRight ? [] : [`${id} is ${state}`];
      });
      return [...wrong, ...NOT_IN_ANNEX.filter((id) => states.has(id)).map((id) => `${id} is there`)];
    }),
  );
}
