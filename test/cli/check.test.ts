import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breakDetector } from '../../demo/frigate/model.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { openStore } from '../../src/doors/store/index.ts';
import { memoryOf } from '../../src/targets/frigate/recorded/index.ts';
import { keptLog } from '../doors/hearing.ts';
import { aFrigate, aServer, inCluster, nobody, statsOf } from './looked-at.ts';
import { printed } from './printed.ts';
import { scratch, written } from './started.ts';
import { typed } from './typed.ts';

const seconds = () => Date.now() / 1000;

describe('check', () => {
  it('prints one look in the form that scripts know', async () => {
    const { url } = await aFrigate();
    const { out, errors } = printed();
    expect(await checkCommand(typed('check', '--frigate', url))).toBe(0);
    expect(out().trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^=== Frigate Health Check: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC ===$/),
      'Current state: failures=0, restart_times= (no ledger without Kubernetes)',
      'Checking Frigate API...',
      'API responded OK',
      expect.stringMatching(/^Coral inference speed: \d+(\.\d+)?ms \(threshold: 100ms\)$/),
      'Log: not available without Kubernetes',
      'Frigate is HEALTHY',
    ]);
    expect(errors()).toBe('');
  });

  it('says what is wrong at the first sight of it, and that one look confirms nothing', async () => {
    const { url, model } = await aFrigate();
    breakDetector(model, 'orphaned_queue', seconds() - 600);
    const { out } = printed();
    expect(await checkCommand(typed('check', '--frigate', url))).toBe(1);
    expect(out()).toMatch(/^ {2}BAD {5}detector_queue: /m);
    expect(out()).toMatch(/^One look confirms nothing: what is bad now may pass by itself\.$/m);
    expect(out()).toMatch(/^Frigate is UNHEALTHY: detector_queue, /m);
  });

  it('prints only JSON where JSON is wanted', async () => {
    const { url, model } = await aFrigate();
    breakDetector(model, 'orphaned_queue', seconds() - 600);
    const { out } = printed();
    expect(await checkCommand(typed('check', '--frigate', url, '--json'))).toBe(1);
    const report = JSON.parse(out());
    expect(report).toMatchObject({
      name: 'Frigate',
      version: '0.17.2-3d4dd3a',
      verdict: 'unhealthy',
      cause: { check: 'detector_queue', layer: 'detector', member: null },
      confirmed: false,
    });
    expect(report.checks[0]).toEqual({
      id: 'detector_queue',
      member: null,
      finding: 'bad',
      detail: expect.stringContaining('the detector queue is dead'),
    });
  });

  it('has exit code 2 where nobody answers, and 3 where somebody does and says nothing', async () => {
    const { out } = printed();
    expect(await checkCommand(typed('check', '--frigate', await nobody()))).toBe(2);
    expect(out()).toMatch(
      /^API did not respond: .*\nLog: not available without Kubernetes\nFrigate is UNKNOWN: nothing answers: http:\S+ refuses connections\. Give the address .*\nWhat you can do:\n {2}- /m,
    );
    const { url, model } = await aFrigate();
    model.startedAt = seconds() - 60;
    expect(await checkCommand(typed('check', '--frigate', url))).toBe(3);
    expect(out()).toMatch(/^Frigate is STARTING$/m);
  });

  it('says the same as JSON where nobody answers', async () => {
    const { out } = printed();
    expect(await checkCommand(typed('check', '--frigate', await nobody(), '--json'))).toBe(2);
    const report = JSON.parse(out());
    expect(report).toMatchObject({ verdict: 'unknown', cause: null });
    expect(report.cannot_see[0]).toMatch(/^Nothing answers: http:\S+ refuses connections\. Give the address .*\.$/);
    expect(new Set(report.checks.map(({ finding }: { finding: string }) => finding))).toEqual(new Set(['unknown']));
  });

  it('reads the ledger of the cluster, and its log', async () => {
    const { url } = await aFrigate();
    const file = written(scratch(), await inCluster(url));
    const { out } = printed();
    expect(await checkCommand(typed('check', '--options', file))).toBe(0);
    expect(out()).toMatch(/^Current state: failures=0, restart_times=$/m);
    expect(out()).toMatch(/^Checking recent logs\.\.\.\nDetection stuck events: 0 \(threshold: 2\)$/m);
  });

  it('looks at every Frigate of the options, and the worst one counts', async () => {
    const [well, sick] = [await aFrigate(), await aFrigate()];
    breakDetector(sick.model, 'orphaned_queue', seconds() - 600);
    const file = written(scratch(), {
      frigates: [
        { name: 'House', url: well.url },
        { name: 'Barn', url: sick.url },
      ],
    });
    const { out } = printed();
    expect(await checkCommand(typed('check', '--options', file, '--json'))).toBe(1);
    expect(JSON.parse(out()).map((one: { name: string; verdict: string }) => [one.name, one.verdict])).toEqual([
      ['House', 'healthy'],
      ['Barn', 'unhealthy'],
    ]);
  });

  it('is strict where it is told to be', async () => {
    // One camera is down: it harms, and does not stop the job.
    const stats = statsOf({ yard: 5, gate: 5, door: 0 });
    const cameras = Object.fromEntries(
      ['yard', 'gate', 'door'].map((id) => [id, { enabled: true, detect: { fps: 5 } }]),
    );
    const url = await aServer({ '/api/stats': stats, '/api/version': '0.17.2', '/api/config': { cameras } });
    // It was seen to send before.
    const folder = scratch();
    const store = openStore({ folder, log: keptLog() });
    const memory = memoryOf(['door'], { url, service: null });
    store.save({ target: 'frigate', at: seconds(), state: {}, memory, outbox: [] });
    store.close();
    const { out } = printed();
    expect(await checkCommand(typed('check', '--frigate', url, '--data', folder))).toBe(0);
    expect(out()).toMatch(/^Frigate is DEGRADED: camera_frames, /m);
    expect(await checkCommand(typed('check', '--frigate', url, '--data', folder, '--strict'))).toBe(1);
  });

  it('makes no store where there is none, and says wrong options in a sentence', async () => {
    const { url } = await aFrigate();
    const folder = join(scratch(), 'none');
    const { out, errors } = printed();
    expect(await checkCommand(typed('check', '--frigate', url, '--data', folder, '--json'))).toBe(0);
    expect(JSON.parse(out())).toMatchObject({ verdict: 'healthy' });
    expect(await checkCommand(typed('check', '--options', join(folder, 'o.json')))).toBe(2);
    expect(errors()).toMatch(/^\S+ does not exist; name the options file/);
  });
});
