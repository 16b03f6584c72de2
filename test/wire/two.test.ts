/** Two whole Wardens for one Frigate, over real sockets: one leads, the other one waits for its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { breakDetector } from '../../demo/frigate/model.ts';
import { eventually } from '../eventually.ts';
import { type Product, startProduct } from './product.ts';
import { patchesOf, type Stage, setStage, toldOn } from './stage.ts';

/** A minute is a second, and a Lease of 30 s stands for two. */
const SPEED = 60;
const LEASE_SPEED = 15;
const PATIENCE = { withinSeconds: 40 };

async function house(options: Record<string, unknown> = {}): Promise<Stage> {
  // On a busy machine ten minutes are soon over.
  const rules = { startup_grace_seconds: 3600, moved_grace_seconds: 3600 };
  const stage = await setStage({ rules, ...options }, { speed: SPEED });
  onTestFinished(stage.close);
  stage.cluster.writeLease('frigate', 'frigate-warden');
  return stage;
}

/** Each has a data folder of its own. */
function settingsOf(stage: Stage) {
  const folder = mkdtempSync(join(tmpdir(), 'frigate-warden-two-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { ...stage.settings, folder, leaseSpeed: LEASE_SPEED };
}

function startWarden(stage: Stage): Product {
  const product = startProduct(settingsOf(stage));
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= product.close();
    return closing;
  };
  onTestFinished(close);
  return { ...product, close };
}

/** One that can be killed. */
function startMortal(stage: Stage) {
  const words = JSON.stringify({ settings: settingsOf(stage), place: 'never' });
  const path = fileURLToPath(new URL('./mortal.ts', import.meta.url));
  const child = spawn(process.execPath, [path, words], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  onTestFinished(() => kill('SIGKILL'));
  return { kill, send: (signal: NodeJS.Signals) => child.kill(signal) };
}

const leaseOf = ({ cluster }: Stage) => cluster.lease('frigate', 'frigate-warden');
const holderOf = (stage: Stage) => leaseOf(stage)?.spec.holderIdentity ?? '';
const wordsOf = (stage: Stage) => leaseOf(stage)?.metadata.annotations?.['frigate-warden/handover'] ?? '';
const stateOf = ({ broker }: Stage) => JSON.parse(broker.retained.get('frigate_warden/frigate/state') ?? '{}');
const statusOf = ({ broker }: Stage) => broker.retained.get('frigate_warden/status');
const followersOf = ({ broker }: Stage) =>
  [...broker.retained].filter(([topic]) => topic.startsWith('frigate_warden/followers/'));
const isFollowed = (stage: Stage) => followersOf(stage).some(([, payload]) => payload === 'online');
/** What happened before a new leader was at the broker is told as one message. */
const idsOf = ({ broker }: Stage) => toldOn(broker).flatMap((event) => event.events ?? [event.event_id]);
const typesOf = (stage: Stage) => toldOn(stage.broker).map(({ event_type: type }) => type);

describe('two Wardens', () => {
  it('restart once; when the leader is killed the other one tells the end of its incident, once', async () => {
    const stage = await house();
    const first = startMortal(stage);
    await eventually(() => holderOf(stage) !== '' && statusOf(stage) === 'online', { ...PATIENCE, what: 'a leader' });
    const leader = holderOf(stage);
    const { lines } = startWarden(stage);
    await eventually(() => isFollowed(stage), { ...PATIENCE, what: 'a follower' });
    breakDetector(stage.frigate, 'orphaned_queue', stage.now());
    await eventually(() => typesOf(stage).includes('restart_ordered'), { ...PATIENCE, what: 'an order' });
    const incident = toldOn(stage.broker)[0]?.incident_id ?? '';
    await eventually(() => wordsOf(stage).includes(`"id":"${incident}"`), { ...PATIENCE, what: 'the last words' });
    await first.kill('SIGKILL');

    await eventually(() => typesOf(stage).includes('resolved'), { ...PATIENCE, what: 'resolved' });
    await eventually(() => stateOf(stage).verdict === 'healthy' && statusOf(stage) === 'online', PATIENCE);
    expect(holderOf(stage)).not.toBe(leader);
    const told = toldOn(stage.broker);
    const types = told.map(({ event_type: type }) => type);
    expect(types.slice(0, 2)).toEqual(['opened', 'restart_ordered']);
    expect(types.filter((type) => type === 'resolved')).toHaveLength(1);
    expect(new Set(told.map((event) => event.incident_id))).toEqual(new Set([incident]));
    const ids = idsOf(stage);
    expect([ids.length, new Set(ids).size]).toEqual([4, 4]);
    expect(lines.filter((line) => line.includes('Frigate: cured.'))).toHaveLength(1);
    expect(patchesOf(stage.cluster)).toHaveLength(1);
    expect(followersOf(stage)).toEqual([]);
    expect(lines.filter((line) => line.includes('takes over'))).toHaveLength(1);
  }, 120_000);

  it('one goes in order: what a person switched on holds, and the other one is there within seconds', async () => {
    const stage = await house({ automatic_restarts: false });
    const first = startWarden(stage);
    await eventually(() => statusOf(stage) === 'online', { ...PATIENCE, what: 'a leader' });
    const leader = holderOf(stage);
    const second = startWarden(stage);
    await eventually(() => isFollowed(stage), { ...PATIENCE, what: 'a follower' });
    const clients = stage.broker.clients();
    expect(new Set(clients).size).toBe(2);

    await stage.broker.publish('frigate_warden/frigate/maintenance/set', 'ON');
    await stage.broker.publish('frigate_warden/frigate/automatic_restarts/set', 'ON');
    await eventually(() => stateOf(stage).maintenance === 'ON' && stateOf(stage).automatic_restarts === 'ON', PATIENCE);
    await eventually(() => wordsOf(stage).includes('"automatic":true'), PATIENCE);
    const begun = stage.broker.messages.length;
    await first.close();
    await eventually(() => holderOf(stage) !== '' && holderOf(stage) !== leader, {
      ...PATIENCE,
      what: 'another leader',
    });
    await eventually(() => statusOf(stage) === 'online', PATIENCE);
    await eventually(() => second.lines.some((line) => line.includes('takes over')), PATIENCE);
    await eventually(() => stateOf(stage).maintenance === 'ON', PATIENCE);
    expect(stateOf(stage)).toMatchObject({ maintenance: 'ON', automatic_restarts: 'ON' });
    expect(typesOf(stage)).toEqual([]);
    expect(followersOf(stage)).toEqual([]);
    const after = stage.broker.messages.slice(begun).filter(({ topic }) => topic === 'frigate_warden/status');
    expect(after.map(({ payload }) => payload)).toEqual(['offline', 'online']);
  }, 120_000);

  it('one is frozen while the other one acts: it wakes as a follower and does nothing of its own', async () => {
    const stage = await house();
    const first = startMortal(stage);
    await eventually(() => holderOf(stage) !== '' && statusOf(stage) === 'online', { ...PATIENCE, what: 'a leader' });
    const leader = holderOf(stage);
    startWarden(stage);
    await eventually(() => isFollowed(stage), { ...PATIENCE, what: 'a follower' });
    first.send('SIGSTOP');
    breakDetector(stage.frigate, 'orphaned_queue', stage.now());
    await eventually(() => typesOf(stage).includes('resolved'), { ...PATIENCE, what: 'resolved' });
    first.send('SIGCONT');
    await eventually(() => isFollowed(stage), { ...PATIENCE, what: 'the first one as a follower' });
    await eventually(() => statusOf(stage) === 'online', PATIENCE);
    expect(holderOf(stage)).not.toBe(leader);
    expect(patchesOf(stage.cluster, 200)).toHaveLength(1);
    expect(typesOf(stage).filter((type) => type === 'resolved')).toHaveLength(1);
    const ids = idsOf(stage);
    expect([ids.length, new Set(ids).size]).toEqual([4, 4]);
  }, 120_000);
});
