import { afterEach, describe, expect, it } from 'vitest';
import {
  apiState,
  breakDetector,
  newFrigate,
  setCamera,
  settingsAt,
  start,
  statsAt,
  stop,
} from '../../demo/frigate/model.ts';
import { type FrigateServer, startFrigate } from '../../demo/frigate/server.ts';

const cameras = ['front', 'yard'];

interface Stats {
  cameras: Record<string, Record<string, number>>;
  detectors: { coral: { inference_speed: number; detection_start: number; pid: number } };
  service: { uptime: number; last_updated: number };
  cpu_usages: Record<string, unknown>;
}

function stats(frigate: ReturnType<typeof newFrigate>, now: number): Stats {
  return statsAt(frigate, now) as unknown as Stats;
}

describe('the simulated Frigate', () => {
  it('serves its virgin stats for 25 s, then a new sample every 15 s', () => {
    const frigate = newFrigate(cameras, 1000);
    for (const now of [1009, 1024]) {
      const virgin = stats(frigate, now);
      expect(virgin.detectors.coral.inference_speed).toBe(10);
      expect(virgin.service).toMatchObject({ uptime: 0, last_updated: 1000 });
      expect(virgin.cameras.front?.camera_fps).toBe(0);
    }
    expect(stats(frigate, 1025).service.last_updated).toBe(1025);
    expect(stats(frigate, 1039).service.last_updated).toBe(1025);
    expect(stats(frigate, 1040).service.last_updated).toBe(1040);
  });

  it('is healthy by itself, with an inference that moves', () => {
    const frigate = newFrigate(cameras, 0);
    const [one, two] = [stats(frigate, 100), stats(frigate, 115)];
    expect(one.cameras.yard).toMatchObject({ camera_fps: 5, process_fps: 5, skipped_fps: 0 });
    expect(one.detectors.coral.inference_speed).toBeLessThan(15);
    expect(one.detectors.coral.inference_speed).not.toBe(two.detectors.coral.inference_speed);
    expect(Object.keys(one.cpu_usages)).toContain(String(one.detectors.coral.pid));
  });

  it('shows a dead queue as 5/0.2/4.8/0 on every camera with a frozen inference', () => {
    const frigate = newFrigate(cameras, 0);
    breakDetector(frigate, 'orphaned_queue', 100);
    const [one, two] = [stats(frigate, 120), stats(frigate, 180)];
    for (const camera of Object.values(one.cameras)) {
      expect(camera).toMatchObject({ camera_fps: 5, process_fps: 0.2, skipped_fps: 4.8, detection_fps: 0 });
    }
    expect(one.detectors.coral.inference_speed).toBe(two.detectors.coral.inference_speed);
    // Frigate starts another detector in between, once.
    expect([one, two, stats(frigate, 600)].map(({ detectors }) => detectors.coral.pid)).toEqual([296, 1296, 1296]);
    expect(one.detectors.coral.detection_start).toBe(0);
  });

  it('slows to the latency that was asked for, and skips what it cannot process', () => {
    const frigate = newFrigate(cameras, 0);
    breakDetector(frigate, 'slow', 100, 500);
    const slow = stats(frigate, 160);
    expect(slow.detectors.coral.inference_speed).toBeGreaterThan(450);
    expect(slow.cameras.front).toMatchObject({ camera_fps: 5, process_fps: 1, skipped_fps: 4 });
  });

  it('goes from one latency to the next without a step back', () => {
    const frigate = newFrigate(cameras, 0);
    breakDetector(frigate, 'slow', 100, 200);
    breakDetector(frigate, 'slow', 160, 500);
    expect(stats(frigate, 162).detectors.coral.inference_speed).toBeGreaterThan(190);
    breakDetector(frigate, 'none', 220);
    const [early, late] = [stats(frigate, 222), stats(frigate, 300)].map((one) => one.detectors.coral.inference_speed);
    expect(early).toBeGreaterThan(400);
    expect(late).toBeLessThan(15);
  });

  it('keeps the old process_fps of a camera whose stream is gone, 20 s after it went', () => {
    const frigate = newFrigate(cameras, 0);
    setCamera(frigate, 'yard', 'down', 100);
    expect(stats(frigate, 116).cameras.yard?.camera_fps).toBe(5);
    expect(stats(frigate, 135).cameras.yard).toMatchObject({ camera_fps: 0, process_fps: 5 });
    setCamera(frigate, 'yard', 'up', 140);
    expect(stats(frigate, 145).cameras.yard?.camera_fps).toBe(5);
  });

  it('is cured by a new run, unless the fault survives it', () => {
    const frigate = newFrigate(cameras, 0);
    breakDetector(frigate, 'orphaned_queue', 100);
    stop(frigate);
    expect(apiState(frigate, 150)).toBe('refuses');
    start(frigate, 200);
    expect([201, 205, 208].map((now) => apiState(frigate, now))).toEqual(['refuses', 'starting', 'answers']);
    expect(stats(frigate, 230).cameras.front?.process_fps).toBe(5);

    frigate.faultSurvivesRestart = true;
    breakDetector(frigate, 'orphaned_queue', 300);
    stop(frigate);
    start(frigate, 400);
    expect(stats(frigate, 450).cameras.front?.process_fps).toBe(0.2);
  });

  it('says in its config which cameras are enabled and which detector it has', () => {
    expect(settingsAt(newFrigate(cameras, 0))).toMatchObject({
      cameras: { front: { enabled: true } },
      detectors: { coral: { type: 'edgetpu' } },
    });
  });
});

describe('its server', () => {
  let server: FrigateServer | undefined;
  afterEach(() => server?.close());

  it('ends when it is asked to restart, whatever comes back; whoever is there starts it again', async () => {
    const frigate = newFrigate(cameras, 0);
    server = await startFrigate(frigate, () => 100);
    const post = () => fetch(`${server?.url}/api/restart`, { method: 'POST' });
    frigate.revive = () => start(frigate, 50);
    expect(await (await post()).json()).toMatchObject({ success: true });
    expect([frigate.asked, frigate.startedAt]).toEqual([[100], 50]);
    frigate.breaksOff = true;
    await expect(post()).rejects.toThrow();
    frigate.breaksOff = false;
    frigate.revive = null;
    expect((await post()).status).toBe(200);
    expect([frigate.asked.length, frigate.startedAt]).toEqual([3, null]);
  });

  it('knows no restart before 0.13', async () => {
    const frigate = { ...newFrigate(cameras, 0), version: '0.12.1-367d724' };
    server = await startFrigate(frigate, () => 100);
    expect((await fetch(`${server.url}/api/restart`, { method: 'POST' })).status).toBe(405);
    expect(frigate.asked).toEqual([]);
  });

  it('answers, starts with 500 and HTML, and drops the connection when nothing runs', async () => {
    const frigate = newFrigate(cameras, 0);
    let now = 100;
    server = await startFrigate(frigate, () => now);
    const version = await fetch(`${server.url}/api/version`);
    expect(await version.text()).toBe(frigate.version);
    expect(version.headers.get('date')).toBe('Thu, 01 Jan 1970 00:01:40 GMT');
    expect((await fetch(`${server.url}/api/nothing`)).status).toBe(404);

    stop(frigate);
    await expect(fetch(`${server.url}/api/stats`)).rejects.toThrow();
    start(frigate, 200);
    now = 205;
    const starting = await fetch(`${server.url}/api/stats`);
    expect([starting.status, starting.headers.get('content-type')]).toEqual([500, 'text/html']);
  });
});
