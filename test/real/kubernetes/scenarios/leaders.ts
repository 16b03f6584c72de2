/** Two Wardens with one Lease and one broker: one acts and speaks, and what it decided outlives it. */
import assert from 'node:assert/strict';
import { type Deed, deedText } from '../audit.ts';
import type { Cluster, Plot, Story } from '../cluster.ts';
import type { Gate } from '../gate.ts';
import type { Scenario } from '../scenario.ts';
import type { Told, Warden } from '../warden.ts';
import { changes, comes, hears, leftAlone, looks, restarted, shows } from './steps.ts';

export interface Pair {
  /** It began first, so it leads. */
  first: Story;
  second: Story;
}

/** The same account, broker and Lease; each has a data folder of its own, and a way to the API server where one is given. */
export async function openPair(
  cluster: Cluster,
  name: string,
  plot: Plot = {},
  [near, far]: readonly Pick<Gate, 'server'>[] = [],
): Promise<Pair> {
  const first = await cluster.story(name, { ...plot, ...(near ? { server: near.server } : {}) });
  const { frigate, account, warden } = first;
  const { broker } = warden;
  const own = { name: `${name}-second`, account, broker, ...(far ? { server: far.server } : {}) };
  const second = await cluster.watch(frigate, { ...plot, ...own });
  await comes(second, 'the second one follows', () => follows(second.warden), 30);
  return { first, second };
}

const follows = ({ lines }: Warden) => lines().some((line) => line.includes('Another Warden leads'));

interface LeaseWrite {
  at: number;
  holder: string;
}

/** Who wrote itself into the Lease, and when, by the audit log. */
function leaseWrites({ cluster, frigate, account }: Story): readonly LeaseWrite[] {
  const written = ({ verb, resource, code }: Deed) => verb === 'update' && resource === 'leases' && code === 200;
  return cluster.audit
    .deeds({ namespace: frigate.namespace, user: account.user })
    .filter(written)
    .map(({ at, body }) => ({ at, holder: (body as { spec: { holderIdentity: string } }).spec.holderIdentity }));
}

/** The first word of another one than that, and how long after the last of the one before. */
async function takenOver(story: Story, holder: string): Promise<{ afterSeconds: number }> {
  const isTheirs = (one: LeaseWrite) => one.holder !== holder && one.holder !== '';
  const taken = await comes(story, 'the other one holds the Lease', () => leaseWrites(story).findLast(isTheirs), 60);
  const last = leaseWrites(story).findLast((one) => one.at < taken.at && one.holder === holder);
  return { afterSeconds: taken.at - (last?.at ?? 0) };
}

function holderOf(story: Story): string {
  const last = leaseWrites(story).at(-1);
  assert.ok(last, story.warden.story());
  return last.holder;
}

/** What each message told, by its id; of several told as one all. */
export const idsOf = ({ event_id, events }: Told): readonly string[] => events ?? [event_id];

/** All in one incident, each told once. */
function toldOnce({ warden }: Story, types: readonly string[]): void {
  const heard = warden.heard();
  const ids = heard.flatMap(idsOf);
  assert.equal(new Set(ids).size, ids.length, `told twice\n${warden.story()}`);
  const chain = heard.filter(({ event_type }) => CHAIN.includes(event_type));
  assert.deepEqual(
    chain.map(({ event_type }) => event_type),
    types,
    warden.story(),
  );
  assert.equal(new Set(chain.map(({ incident_id }) => incident_id)).size, 1, warden.story());
}

const CHAIN = ['opened', 'flapping', 'restart_ordered', 'cured', 'ineffective', 'failed', 'resolved'];
const CURED = ['opened', 'restart_ordered', 'cured', 'resolved'];

/** Clients that publish as the leader does, oldest first. */
const speakers = ({ broker }: Warden, since = 0) =>
  broker.messages
    .slice(since)
    .filter(({ topic, client }) => topic.startsWith('frigate_warden/') && client?.startsWith('frigate_warden_'))
    .filter(({ topic }) => !topic.startsWith('frigate_warden/followers/'))
    .map(({ topic, payload, client }) => ({ topic, payload, client: client ?? '' }));

const LEASE_SECONDS = 30;
/** A follower that waits for the end of a Lease looks every five seconds. */
const WATCH_SECONDS = 5;
/** Of a busy machine. */
const LATE_SECONDS = 5;

export const LEADERS: readonly Scenario[] = [
  {
    name: 'leader-killed',
    says: 'a leader that is killed between order and cure: the other one waits for the Lease and follows the order',
    run: async (cluster, name) => {
      const { first, second } = await openPair(cluster, name);
      const { frigate, warden } = first;
      await shows(first, 'healthy');
      const holder = holderOf(first);
      await frigate.suffer({ detector: 'orphaned_queue' });
      await hears(first, 'restart_ordered');
      const before = leaseWrites(first).length;
      await comes(first, 'its last words', () => leaseWrites(first).length > before, 20);
      await warden.kill();
      const { afterSeconds } = await takenOver(second, holder);
      assert.ok(afterSeconds >= LEASE_SECONDS, `taken over ${afterSeconds} s after the last word`);
      assert.ok(afterSeconds <= LEASE_SECONDS + WATCH_SECONDS + LATE_SECONDS, `taken over after ${afterSeconds} s`);
      await hears(second, 'resolved');
      warden.start();
      await comes(first, 'the first one follows now', () => follows(warden), 30);
      await looks(second, 4);
      toldOnce(second, CURED);
      restarted(first, 1);
    },
  },
  {
    name: 'leader-stopped',
    says: 'a leader that is stopped: the other one takes over within seconds, and maintenance still holds',
    run: async (cluster, name) => {
      const { first, second } = await openPair(cluster, name);
      const { frigate, warden } = first;
      await shows(first, 'healthy');
      const topic = 'frigate_warden/frigate/maintenance/set';
      await warden.broker.publish(topic, 'ON');
      await comes(first, 'maintenance', () => warden.shown().maintenance === 'ON', 20);
      const holder = holderOf(first);
      const stoppedAt = Date.now() / 1000;
      await warden.stop();
      await takenOver(second, holder);
      const taken = leaseWrites(second).find((one) => one.at > stoppedAt && ![holder, ''].includes(one.holder));
      const seconds = (taken?.at ?? 0) - stoppedAt;
      assert.ok(seconds <= WATCH_SECONDS + LATE_SECONDS, `taken over after ${seconds} s\n${second.warden.story()}`);
      await frigate.suffer({ detector: 'orphaned_queue' });
      await hears(second, 'refused', { by: 'maintenance' });
      await looks(second, 3);
      leftAlone(second);
      assert.equal(second.warden.shown().maintenance, 'ON', second.warden.story());
      await warden.broker.publish(topic, 'OFF');
      await hears(second, 'resolved');
      toldOnce(second, CURED);
      restarted(first, 1);
    },
  },
  {
    name: 'leader-frozen',
    says: 'a leader that is frozen while Frigate is sick: the other one acts, and the thawed one is silent',
    run: async (cluster, name) => {
      const { first, second } = await openPair(cluster, name);
      const { frigate, warden } = first;
      await shows(first, 'healthy');
      const holder = holderOf(first);
      const [{ client } = { client: '' }] = speakers(warden);
      await frigate.suffer({ detector: 'orphaned_queue' });
      await comes(first, 'a sign of the fault', () => warden.shown().detection_rate === 0, 60);
      assert.deepEqual(changes(first), []);
      const frozenAt = performance.now();
      warden.freeze();
      try {
        await takenOver(second, holder);
        const isOver = () => performance.now() - frozenAt > 45_000;
        await comes(second, '45 s without the leader', isOver, 60);
      } finally {
        warden.thaw();
      }
      const since = warden.broker.messages.length;
      await hears(second, 'resolved');
      await looks(second, 3);
      toldOnce(second, CURED);
      restarted(first, 1);
      const words = speakers(warden, since).filter((one) => one.client === client);
      assert.deepEqual(words, [], `the thawed one spoke as the leader\n${warden.story()}`);
      assert.equal(warden.broker.retained.get('frigate_warden/status'), 'online');
      await comes(first, 'the thawed one follows', () => follows(warden), 30);
    },
  },
  ...(
    [
      ['leases', 'for the Lease', /acts alone/],
      ['configmaps', 'for the ledger', /No right to get configmaps/],
    ] as const
  ).map(
    ([resource, what, says]): Scenario => ({
      name: `without-${resource}`,
      says: `a Warden without a right ${what}: it acts all the same, and says so`,
      run: async (cluster, name) => {
        // The account comes with a Warden, and one that had a right misses it for a day.
        const before = await cluster.story(name);
        const { frigate, account } = before;
        await before.warden.kill();
        await account.deny(resource);
        const deniedAt = Date.now() / 1000;
        const story = await cluster.watch(frigate, { name: `${name}-anew`, account });
        const { warden } = story;
        await shows(story, 'healthy');
        await comes(story, 'it says so', () => says.test(JSON.stringify(warden.hub().attributes)), 90);
        await frigate.suffer({ detector: 'orphaned_queue' });
        await hears(story, 'resolved');
        restarted(story, 1);
        toldOnce(story, CURED);
        const written = cluster.audit
          .deeds({ namespace: name, user: account.user, since: deniedAt })
          .filter((deed) => deed.resource === resource && deed.code === 200);
        assert.deepEqual(written.map(deedText), []);
      },
    }),
  ),
];
