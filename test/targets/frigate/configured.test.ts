import { describe, expect, it } from 'vitest';
import { readConfigured } from '../../../src/targets/frigate/configured.ts';

const camera = (path: string, changes: Record<string, unknown> = {}) => ({
  enabled: true,
  enabled_in_config: true,
  detect: { fps: 5, width: 640, height: 360 },
  ffmpeg: { inputs: [{ path, roles: ['detect'] }] },
  ...changes,
});
const settingsOf = (one: unknown) => readConfigured({ cameras: { a: one } })?.cameras.a?.settings;

describe('the configuration', () => {
  it('is read for what is switched on, and for the types of detectors', () => {
    const read = readConfigured({
      cameras: { a: camera('rtsp://h/1') },
      detectors: { coral: { type: 'edgetpu' }, x: {} },
    });
    expect(read?.cameras.a).toMatchObject({ enabled: true, enabledInFile: true, detectFps: 5 });
    expect(read?.detectors).toEqual({ coral: 'edgetpu', x: null });
  });

  it('leaves no address and no secret behind', () => {
    const read = readConfigured({
      cameras: { a: camera('rtsp://admin:hunter2@10.1.2.3/s?password=hunter2') },
      mqtt: { password: 'x' },
    });
    expect(JSON.stringify(read)).not.toMatch(/hunter2|admin|10\.1\.2\.3|password/);
  });

  it('tells other settings of a camera apart, but not another password', () => {
    const before = settingsOf(camera('rtsp://admin:one@h/1?user=u&password=one'));
    expect(settingsOf(camera('rtsp://admin:two@h/1?user=u&password=two'))).toBe(before);
    expect(settingsOf(camera('rtsp://admin:one@h/2'))).not.toBe(before);
    expect(
      settingsOf(camera('rtsp://admin:one@h/1?user=u&password=one', { detect: { width: 1280, height: 720 } })),
    ).not.toBe(before);
    expect(settingsOf(camera('rtsp://admin:one@h/1?user=u&password=one', { enabled: false }))).toBe(before);
  });

  it.each([[null], ['text'], [{}], [{ cameras: [] }]])('is not read out of %j', (body) => {
    expect(readConfigured(body)).toBeNull();
  });

  it('takes what is missing in it for unknown', () => {
    expect(readConfigured({ cameras: { a: {}, b: 7 }, detectors: 7 })).toMatchObject({
      cameras: { a: { enabled: null, enabledInFile: null, detectFps: null }, b: { enabled: null } },
      detectors: {},
    });
  });
});
