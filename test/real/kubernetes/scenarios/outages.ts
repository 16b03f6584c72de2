/** The API server is gone: frozen, killed, unplugged. These befall the whole cluster, so they play one after the other. */
import assert from 'node:assert/strict';
import { eventually } from '../../../eventually.ts';
import type { Story } from '../cluster.ts';
import type { Plane } from '../plane.ts';
import type { Scenario } from '../scenario.ts';
import { changes, comes, hears, restarted, shows } from './steps.ts';

interface Outage {
  name: string;
  what: string;
  begin(plane: Plane): void | Promise<void>;
  end(plane: Plane): void | Promise<void>;
}

/** TABLE: the ways in which it goes. */
const OUTAGES: readonly Outage[] = [
  { name: 'frozen', what: 'takes connections and answers nothing', begin: (p) => p.freeze(), end: (p) => p.thaw() },
  { name: 'killed', what: 'refuses connections', begin: (p) => p.kill(), end: (p) => p.revive() },
  { name: 'unplugged', what: 'cannot be reached', begin: (p) => p.unplug(), end: (p) => p.plug() },
];

/** Of a Warden that looks every 10 s. */
const BLIND_SECONDS = 30;
/** A dead queue is acted on a minute and a half after it died: the API server is gone then, and for some looks more. */
const SICK_BEFORE_SECONDS = 25;
const GONE_SECONDS = 70;
const OPTIONS = { interval_seconds: 10 };

export const OUTAGE: readonly Scenario[] = [
  {
    name: 'outages',
    says: `an API server that ${OUTAGES.map(({ what }) => what).join(', ')}: blind in time, no order, back without help`,
    run: async (cluster, name) => {
      // One for each, since a Frigate that was restarted is starting for two minutes.
      const stories = await Promise.all(
        OUTAGES.map((one) => cluster.story(`${name}-${one.name}`, { options: OPTIONS })),
      );
      for (const story of stories) await shows(story, 'healthy');
      for (const [i, outage] of OUTAGES.entries()) await endure(cluster.plane, outage, stories, stories[i]);
      // A cluster that was silent is trusted after a minute, so all of them may wait for the end of the last outage.
      for (const story of stories) {
        await hears(story, 'cured');
        restarted(story, 1);
      }
    },
  },
];

/** All of them go blind and see again, and none of them orders anything meanwhile, the sick one neither. */
async function endure(plane: Plane, outage: Outage, all: readonly Story[], sick: Story | undefined): Promise<void> {
  if (!sick) throw new Error(`Nobody is sick while it is ${outage.name}.`);
  const { name } = outage;
  const show = (cluster: 'ON' | 'OFF', withinSeconds: number) =>
    Promise.all(
      all.map((story) => {
        const what = `${name}: the cluster is shown as ${cluster}`;
        return comes(story, what, () => story.warden.hub().cluster === cluster, withinSeconds);
      }),
    );
  await sick.frigate.suffer({ detector: 'orphaned_queue' });
  await passes(SICK_BEFORE_SECONDS);
  const before = all.map((story) => story.warden.chain().filter((type) => type === 'restart_ordered').length);
  assert.equal(changes(sick).length, 0, `${name}: too late for this check`);
  await outage.begin(plane);
  try {
    const gone = passes(GONE_SECONDS);
    await show('OFF', BLIND_SECONDS);
    await gone;
    assert.deepEqual(
      all.map(({ warden }) => warden.hub().cluster),
      all.map(() => 'OFF'),
    );
    const orders = all.map((story) => story.warden.chain().filter((type) => type === 'restart_ordered').length);
    assert.deepEqual(orders, before, `${name}: ordered while blind\n${sick.warden.story()}`);
    assert.notEqual(sick.warden.shown().held_back_by, 'none', sick.warden.story());
  } finally {
    await outage.end(plane);
  }
  await show('ON', 60);
}

async function passes(seconds: number): Promise<void> {
  const begun = performance.now();
  await eventually(() => performance.now() - begun >= seconds * 1000, { withinSeconds: seconds + 5 });
}
