/** The bundle at home: a real Home Assistant on a real Mosquitto shows what it should, whatever is stopped and started. */
import { needPrograms } from '../packages.ts';
import type { Check, Suite } from '../suite.ts';
import { type Core, NEWEST, OLDEST } from './cores.ts';
import { needCore } from './install.ts';
import { duringBlueprints } from './scenes/blueprints.ts';
import { afterTrouble, beginTrouble, duringTrouble, endTrouble } from './scenes/faults.ts';
import { afterDeletion, duringLeave } from './scenes/leave.ts';
import { withoutComplaint } from './scenes/log.ts';
import { duringOutages } from './scenes/outages.ts';
import { duringPresses } from './scenes/presses.ts';
import { atFirstSight } from './scenes/sight.ts';
import { openWorld, type World } from './world.ts';

/** One suite for each release, so that one that cannot be had leaves the other. */
export const homeAssistants: readonly Suite[] = [NEWEST, OLDEST].map(suiteFor);

function suiteFor(core: Core): Suite {
  return {
    name: `home-assistant-${core.version}`,
    prepare: async () =>
      needPrograms(
        ['mosquitto', 'mosquitto_passwd', 'mosquitto_sub', 'mosquitto_pub'],
        ['mosquitto', 'mosquitto-clients'],
      ) ?? (await needCore(core, (line) => process.stdout.write(`${line}\n`))),
    run: async (check) => {
      const world = await openWorld(core);
      try {
        for (const scene of SCENES) await scene(check, world);
      } finally {
        await world.close();
      }
    },
  };
}

/** In this order: what takes a minute to be believed goes on beside what comes after it. */
const SCENES: readonly ((check: Check, world: World) => void | Promise<void>)[] = [
  atFirstSight,
  beginTrouble,
  duringPresses,
  duringTrouble,
  duringOutages,
  endTrouble,
  afterDeletion,
  afterTrouble,
  duringLeave,
  duringBlueprints,
  withoutComplaint,
];
