import { describe, expect, it } from 'vitest';
import { breakDetector } from '../../demo/frigate/model.ts';
import { verifyCommand } from '../../src/cli/verify.ts';
import { eventually } from '../eventually.ts';
import { aFrigate, aServer, nobody, statsOf } from './looked-at.ts';
import { printed } from './printed.ts';
import { scratch, startCommand } from './started.ts';
import { typed } from './typed.ts';

describe('verify', () => {
  it('is content when every look was healthy, the last one at the very end', async () => {
    const { url } = await aFrigate();
    const { out } = printed();
    expect(await verifyCommand(typed('verify', '--frigate', url, '--for', '1', '--every', '60', '--json'))).toBe(0);
    const said = JSON.parse(out());
    expect(said).toMatchObject({ healthy: true, failed: null });
    expect(said).toMatchObject({ looks: 2, seconds: 1 });
  });

  it('ends with the first look that is not, and says why', async () => {
    const { out } = printed();
    expect(await verifyCommand(typed('verify', '--frigate', await nobody(), '--for', '1h'))).toBe(3);
    expect(out()).toMatch(/^Frigate is unknown: .* \(after 1 look in \d s\)\n$/);
    const { url, model } = await aFrigate();
    breakDetector(model, 'orphaned_queue', Date.now() / 1000 - 600);
    model.startedAt = Date.now() / 1000 - 60;
    expect(await verifyCommand(typed('verify', '--frigate', url, '--for', '1h', '--json'))).toBe(3);
  });

  it('is not content when it was stopped before its time', async () => {
    let asked = 0;
    const url = await aServer({ '/api/stats': statsOf({ yard: 5 }) }, () => {
      asked += 1;
    });
    const started = startCommand(['verify', '--frigate', url, '--for', '1h', '--every', '1h']);
    await eventually(() => asked > 0, { withinSeconds: 15 });
    started.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 3, signal: null });
    expect(started.out()).toMatch(/^Stopped early: /);
  });

  it('says wrong options in a sentence', async () => {
    const { errors } = printed();
    expect(await verifyCommand(typed('verify', '--options', `${scratch()}/o.json`))).toBe(2);
    expect(errors()).toMatch(/does not exist; name the options file/);
  });
});
