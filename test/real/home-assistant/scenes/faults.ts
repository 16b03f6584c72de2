/** A Frigate falls into trouble and stays there while all else is stopped and started; then it is over. */
import type { Check } from '../../suite.ts';
import { differences } from '../complaints.ts';
import { ANNEX, complaintsOfAll, type Json, none, shownBy, type World } from '../world.ts';
import { shownAs } from './presses.ts';

/** Nothing listens where its API was, which the Warden believes after a minute. */
export function beginTrouble(_check: Check, { annex }: World): void {
  annex.api = 'refuses';
}

export function endTrouble(_check: Check, { annex }: World): void {
  annex.api = 'answers';
}

export async function duringTrouble(check: Check, world: World): Promise<void> {
  await check('trouble is shown as a problem with its cause and layer, and an event says what it is', async () => {
    const opened = await shownAs(world, ANNEX, 'opened', 90);
    await none(async () => [
      ...(await complaintsOfAll(world)),
      ...(await differencesTo(world, {
        'binary_sensor.warden_annex_problem': 'on',
        'binary_sensor.warden_annex_api': 'off',
        'sensor.warden_annex_verdict': 'unhealthy',
        'sensor.warden_annex_cause': opened.check,
        'sensor.warden_annex_layer': opened.layer,
        'sensor.warden_annex_inference_coral': 'unknown',
        'binary_sensor.warden_house_problem': 'off',
      })),
    ]);
  });
}

export async function afterTrouble(check: Check, world: World): Promise<void> {
  await check('once it is over no problem is left, and an event says so', async () => {
    await shownAs(world, ANNEX, 'resolved', 90);
    await none(async () => [
      ...(await complaintsOfAll(world)),
      ...(await differencesTo(world, {
        'binary_sensor.warden_annex_problem': 'off',
        'binary_sensor.warden_annex_api': 'on',
        'sensor.warden_annex_verdict': 'healthy',
        'sensor.warden_annex_cause': 'none',
      })),
    ]);
  });
  await check('the house that was restarted has run for long enough to be healthy', () =>
    none(() => differencesTo(world, { 'sensor.warden_house_verdict': 'healthy' }), { withinSeconds: 120 }),
  );
}

async function differencesTo(world: World, wanted: Json): Promise<readonly string[]> {
  const { states } = await shownBy(world);
  const seen = Object.fromEntries(Object.keys(wanted).map((id) => [id, states.get(id)?.state]));
  return differences('Home Assistant', seen, wanted);
}
