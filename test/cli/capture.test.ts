import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assessFolder } from '../../src/cli/assess.ts';
import { captureCommand } from '../../src/cli/capture.ts';
import { eventually } from '../eventually.ts';
import { aFrigate, aServer, inCluster, nobody } from './looked-at.ts';
import { printed } from './printed.ts';
import { scratch, startCommand, written } from './started.ts';
import { typed } from './typed.ts';

const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
const everything = (folder: string) =>
  readdirSync(folder)
    .map((name) => read(folder, name))
    .join('\n');

describe('capture', () => {
  it('writes a case that assess reads', async () => {
    const { url } = await aFrigate();
    const folder = join(scratch(), 'case');
    const { out, errors } = printed();
    expect(await captureCommand(typed('capture', '--frigate', url, '--every', '1', '--for', '2', folder))).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual([
      'case.json',
      'frigate-config.json',
      // Asked once the configuration is known, and not again within a minute.
      'go2rtc-002.json',
      'recordings-002.json',
      'stats-001.json',
      'stats-002.json',
      'stats-003.json',
      'vantages-001.json',
      'version.txt',
    ]);
    expect(out()).toBe('');
    expect(errors()).toMatch(/^look 1 of 3: stats\n/);
    expect(errors()).toMatch(/3 looks in .*, of which 3 brought something\.\n$/);
    expect(assessFolder(folder)).toMatchObject({ report: { verdict: 'healthy', version: '0.17.2-3d4dd3a' } });
  });

  it('writes the cluster too, without what a manifest may hide, and the token nowhere', async () => {
    const { url } = await aFrigate();
    const options = (await inCluster(url)) as { kubernetes: { token: string } };
    const [file, folder] = [written(scratch(), options), join(scratch(), 'case')];
    const { out } = printed();
    expect(
      await captureCommand(typed('capture', '--options', file, '--every', '1', '--for', '1', '--json', folder)),
    ).toBe(0);
    expect(JSON.parse(out())).toEqual({ folder, looks: 2, seen: 2 });
    const kept = JSON.parse(read(folder, 'kubernetes-001.json'));
    expect(kept).toMatchObject({
      deployment: { metadata: { name: 'frigate' } },
      node: { metadata: { name: 'worker-1' } },
    });
    expect(kept.pods.items[0].status.phase).toBe('Running');
    expect(everything(folder)).not.toMatch(/managedFields|last-applied/);
    expect(everything(folder)).not.toContain(options.kubernetes.token);
    expect(assessFolder(folder)).toMatchObject({ report: { verdict: 'healthy' } });
  });

  it('takes out what is secret, and leaves the rest as Frigate gave it', async () => {
    const camera = { camera_fps: 5, process_fps: 5, skipped_fps: 0, detection_fps: 3, pid: 30 };
    const stats = {
      cameras: { yard: camera },
      detectors: { coral: { inference_speed: 12.3, detection_start: 0, pid: 296 } },
      cpu_usages: { 30: { cpu: '1.0', cmdline: 'ffmpeg -i rtsp://admin:hunter22@10.0.0.7/live' } },
      gpu_usages: { 'intel-vaapi': { gpu: '3 %' } },
      service: { uptime: 90_000, version: '0.17.2', last_updated: Math.floor(Date.now() / 1000) },
    };
    const config = {
      mqtt: { password: 'hunter22' },
      cameras: {
        yard: {
          ffmpeg: { inputs: [{ path: 'rtsp://admin:hunter22@10.0.0.7/live?password=hunter22', roles: ['detect'] }] },
        },
      },
    };
    const url = await aServer({ '/api/stats': stats, '/api/config': config });
    const folder = join(scratch(), 'case');
    printed();
    await captureCommand(typed('capture', '--frigate', url, '--every', '1', '--for', '1', folder));
    expect(everything(folder)).not.toContain('hunter22');
    const { cpu_usages: usages, ...rest } = JSON.parse(read(folder, 'stats-001.json'));
    expect(usages).toEqual({ 30: { cpu: '1.0' } });
    expect(rest).toMatchObject({ gpu_usages: stats.gpu_usages, service: stats.service });
  });

  it('writes down that nobody answered, and ends with 2', async () => {
    const folder = join(scratch(), 'case');
    printed();
    expect(
      await captureCommand(typed('capture', '--frigate', await nobody(), '--every', '1', '--for', '1', folder)),
    ).toBe(2);
    expect(JSON.parse(read(folder, 'stats-001.error.json'))).toHaveProperty('error');
    expect(readdirSync(folder)).not.toContain('stats-001.json');
  });

  it('never writes into a case that is there', async () => {
    const { url } = await aFrigate();
    const folder = join(scratch(), 'case');
    mkdirSync(folder);
    writeFileSync(join(folder, 'stats-001.json'), '{}');
    const { errors } = printed();
    expect(await captureCommand(typed('capture', '--frigate', url, folder))).toBe(2);
    expect(errors()).toMatch(/is not empty; give a new folder/);
    expect(readdirSync(folder)).toEqual(['stats-001.json']);
  });

  it('leaves a whole case when it is stopped', async () => {
    const { url } = await aFrigate();
    const folder = join(scratch(), 'case');
    const started = startCommand(['capture', '--frigate', url, '--every', '1h', '--for', '2h', folder]);
    await eventually(() => started.errors().includes('look 1 of 3'), { withinSeconds: 15 });
    started.kill('SIGINT');
    expect(await started.ended).toMatchObject({ code: 0 });
    expect(assessFolder(folder)).toMatchObject({ report: { verdict: 'healthy' }, assessment: { looks: 1 } });
  });
});
