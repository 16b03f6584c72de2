import { describe, expect, it } from 'vitest';
import { breakDetector, setCamera } from '../../demo/frigate/model.ts';
import { CAMERAS } from './nature.ts';
import { PROMISES } from './promises.ts';
import { newWorld, type SimWorld } from './world.ts';

const MINUTE = 60;
const HOUR = 3600;

/** A Frigate that has run well for ten minutes under the Warden's eyes. */
async function calm(seed = 1): Promise<SimWorld> {
  const broken: string[] = [];
  const world: SimWorld = newWorld({
    seed,
    judge: (when) => {
      for (const promise of PROMISES) {
        const sentence = promise.when === when ? promise.broken(world.history, world.time.now()) : null;
        if (sentence !== null) broken.push(`${promise.id}: ${sentence}`);
      }
      expect(broken).toEqual([]);
    },
  });
  world.start();
  await pass(world, 10 * MINUTE);
  return world;
}

async function pass({ time }: SimWorld, seconds: number): Promise<void> {
  await time.runUntil(time.now() + seconds);
}

/** What was told of the target itself, in order. */
function told({ history }: SimWorld): readonly string[] {
  return history.events.filter((event) => event.type !== 'refused').map((event) => event.type);
}

describe('the story of', () => {
  it('a dead queue: it is restarted once, within 150 s, and the incident ends', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    const begun = time.now();
    await pass(world, HOUR);
    expect(history.patches).toHaveLength(1);
    expect((history.patches[0]?.at ?? 0) - begun).toBeLessThanOrEqual(150);
    expect(nature.frigate.detector.fault).toBe('none');
    expect(told(world)).toEqual(['opened', 'restart_ordered', 'cured', 'resolved']);
    expect(world.view()?.decision.verdict).toBe('healthy');
  });

  it('a fault that no restart helps: two restarts, then the breaker', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    nature.frigate.faultSurvivesRestart = true;
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    await pass(world, 75 * MINUTE);
    expect(history.patches).toHaveLength(2);
    expect(told(world)).toContain('breaker_opened');
    expect(world.view()?.decision.vetoes.map((veto) => veto.guard)).toContain('breaker');
    // The rest of an hour is followed by one trial, and that by six hours.
    await pass(world, 5 * HOUR);
    expect(history.patches).toHaveLength(3);
  });

  it('a doorbell that flaps all day: one incident of its own, and no restart', async () => {
    const world = await calm();
    const { nature, history, time, dice } = world;
    const doorbell = CAMERAS[0];
    for (let n = 0; n < 48; n += 1) {
      setCamera(nature.frigate, doorbell, n % 2 === 0 ? 'down' : 'up', time.now());
      await pass(world, dice.between(10 * MINUTE, 40 * MINUTE));
    }
    expect(history.orders).toEqual([]);
    expect(history.events.filter((event) => event.type === 'opened')).toHaveLength(1);
    expect(history.events.filter((event) => event.type === 'flapping').length).toBeLessThanOrEqual(4);
    expect(world.view()?.decision.verdict).toBe('healthy');
    setCamera(nature.frigate, doorbell, 'up', time.now());
    await pass(world, 7 * HOUR);
    expect(told(world).at(-1)).toBe('resolved');
  });

  it('two of five cameras: no restart', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    for (const name of CAMERAS.slice(0, 2)) setCamera(nature.frigate, name, 'down', time.now());
    await pass(world, 4 * HOUR);
    expect(history.orders).toEqual([]);
    expect(history.events.filter((event) => event.type === 'opened')).toHaveLength(2);
  });

  it('four of five cameras that a restart brings back: one restart', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    nature.weather.curableCameras = CAMERAS.slice(1);
    for (const name of CAMERAS.slice(1)) setCamera(nature.frigate, name, 'down', time.now());
    await pass(world, HOUR);
    expect(history.patches).toHaveLength(1);
    expect(told(world).slice(0, 2)).toEqual(['opened', 'restart_ordered']);
    expect(world.view()?.decision.verdict).toBe('healthy');
  });

  it('a node that is away: no restart while it is, and none for 300 s after its return', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    nature.frigate.faultSurvivesRestart = true;
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    nature.controls.setNodeReady(false);
    await pass(world, HOUR);
    expect(history.orders).toEqual([]);
    nature.controls.setNodeReady(true);
    nature.markNode('node-a', 'ready');
    const back = time.now();
    await pass(world, 20 * MINUTE);
    expect(history.patches.length).toBeGreaterThan(0);
    expect((history.patches[0]?.at ?? 0) - back).toBeGreaterThanOrEqual(300);
    expect((history.patches[0]?.at ?? 0) - back).toBeLessThan(400);
  });

  it('a slow start: no restart, and nothing told', async () => {
    const world = await calm();
    const { nature, history } = world;
    nature.weather.apiAfterSeconds = 590;
    nature.controls.exitContainer({ exitCode: 137, reason: 'OOMKilled' });
    await pass(world, HOUR);
    expect(history.runs).toHaveLength(2);
    expect(history.orders).toEqual([]);
    expect(history.events).toEqual([]);
    expect(world.view()?.decision.verdict).toBe('healthy');
  });

  it('an alert storm while it starts: nothing is told', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    nature.weather.apiAfterSeconds = 300;
    nature.controls.exitContainer({ exitCode: 137, reason: 'OOMKilled' });
    await pass(world, 30);
    for (const name of CAMERAS) setCamera(nature.frigate, name, 'down', time.now());
    nature.frigate.faultSurvivesRestart = true;
    breakDetector(nature.frigate, 'slow', time.now(), 400);
    await pass(world, 5 * MINUTE);
    for (const name of CAMERAS) setCamera(nature.frigate, name, 'up', time.now());
    breakDetector(nature.frigate, 'none', time.now());
    await pass(world, HOUR);
    expect(history.orders).toEqual([]);
    expect(history.events).toEqual([]);
  });

  it('a Warden that dies with the patch on its way: the order is followed, and never given twice', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    world.ambush({ at: 'patch', phase: 'after', skip: 0 });
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    await pass(world, HOUR);
    expect(history.patches).toHaveLength(1);
    expect(told(world)).toEqual(['opened', 'restart_ordered', 'cured', 'resolved']);
  });

  it('a full disk: no restart, and nothing of what was decided meanwhile is lost', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    nature.weather.diskFull = true;
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    await pass(world, HOUR);
    expect(history.patches).toEqual([]);
    nature.weather.diskFull = false;
    await pass(world, 3 * HOUR);
    expect(told(world).slice(0, 2)).toEqual(['opened', 'restart_ordered']);
    expect(told(world).at(-1)).toBe('resolved');
    expect(world.store.outbox()).toEqual([]);
  });

  it('a switch that is off, also over a crash: no restart until it is on again', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    world.wish({ kind: 'automatic_restarts', by: 'a person', on: false });
    await pass(world, MINUTE);
    world.crash();
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    await pass(world, HOUR);
    expect(history.orders).toEqual([]);
    expect(world.view()?.decision.vetoes[0]?.guard).toBe('observe_only');
    world.wish({ kind: 'automatic_restarts', by: 'a person', on: true });
    await pass(world, MINUTE);
    expect(history.patches).toHaveLength(1);
  });

  it.each([7200, -7200])('a wall clock that jumps by %i s, and a crash: no restart for an hour', async (ahead) => {
    const world = await calm();
    const { nature, history, time } = world;
    world.setWallClock(ahead);
    const jumped = time.now();
    await pass(world, MINUTE);
    world.crash();
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    await pass(world, 2 * HOUR);
    expect(history.patches).toHaveLength(1);
    expect((history.patches[0]?.at ?? 0) - jumped).toBeGreaterThanOrEqual(HOUR);
  });

  it('a cluster whose clock is set while Frigate starts slowly: it is given its time', async () => {
    const world = await calm();
    const { nature, history } = world;
    nature.weather.apiAfterSeconds = 500;
    nature.controls.exitContainer({ exitCode: 137, reason: 'OOMKilled' });
    await pass(world, MINUTE);
    nature.setClusterClock(7200);
    await pass(world, HOUR);
    expect(history.orders).toEqual([]);
  });

  it('another healer: what it has restarted twice within an hour is not restarted once more', async () => {
    const world = await calm();
    const { nature, history, time } = world;
    nature.frigate.faultSurvivesRestart = true;
    breakDetector(nature.frigate, 'orphaned_queue', time.now());
    for (let n = 0; n < 2; n += 1) {
      nature.controls.restartByHand(new Date(time.now() * 1000).toISOString());
      await pass(world, 16 * MINUTE);
    }
    const before = history.orders.length;
    expect(world.view()?.decision.vetoes.map((veto) => veto.guard)).toContain('budget');
    await pass(world, 20 * MINUTE);
    expect(history.orders.length).toBe(before);
  });
});
