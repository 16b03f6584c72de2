/** What Home Assistant wrote while all that happened. */
import assert from 'node:assert/strict';
import type { Check } from '../../suite.ts';
import type { Fields } from '../api.ts';
import type { World } from '../world.ts';
import { GARDEN } from './leave.ts';

const COMPLAINT = / (?:WARNING|ERROR|CRITICAL) /;
const OURS = /mqtt|warden|frigate/i;
/** What it says of a broker that was killed, or is not yet there. */
const OF_THE_BROKER =
  /\[homeassistant\.components\.mqtt\.client\] (?:Disconnected from MQTT server|Error returned from MQTT server|Failed to connect to MQTT server)/;

/** A deletion by hand makes it clear the topic once for each entity, and wonder at each but the first. */
const OF_THE_DELETION = `No device components to cleanup for ${GARDEN}`;

export async function withoutComplaint(check: Check, world: World): Promise<void> {
  const { homeAssistant } = world;
  await check('no warning and no error of Home Assistant names us, or MQTT because of us', () => {
    const lines = homeAssistant.lines().filter((line) => COMPLAINT.test(line) && OURS.test(line));
    assert.deepEqual(
      lines.filter((line) => !OF_THE_BROKER.test(line) && !line.includes(OF_THE_DELETION)),
      [],
    );
  });
  await check('it asks for no repair because of us', async () => {
    const { issues } = (await homeAssistant.api.ask('repairs/list_issues')) as { issues: readonly Fields[] };
    assert.deepEqual(
      issues.filter((issue) => OURS.test(JSON.stringify(issue))),
      [],
    );
  });
  await check('the log of the Warden has neither an error nor a token', () => {
    const lines = world.warden().lines();
    const { token } = world.simulated.cluster;
    assert.deepEqual(
      lines.filter((line) => / ERROR |Error:|\bat .*\.js:\d+/.test(line) || line.includes(token)),
      [],
    );
  });
}
