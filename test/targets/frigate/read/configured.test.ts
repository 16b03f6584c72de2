import { describe, expect, it } from 'vitest';
import { readConfigured } from '../../../../src/targets/frigate/read/configured.ts';

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

  it('leaves no secret, no user and no path behind', () => {
    const read = readConfigured({
      cameras: {
        a: camera('rtsp://admin:hunter2@10.1.2.3/s3cret?password=hunter2'),
        b: camera('rtsp://127.0.0.1:8554/b'),
      },
      go2rtc: { streams: { b: 'rtsp://admin:hunter2@10.1.2.4/s3cret?password=hunter2' } },
      mqtt: { password: 'hunter2', user: 'admin' },
    });
    expect(read?.cameras.a?.address).toEqual({ host: '10.1.2.3', port: 554 });
    expect(read?.cameras.b?.address).toEqual({ host: '10.1.2.4', port: 554 });
    expect(JSON.stringify(read)).not.toMatch(/hunter2|admin|password|s3cret/);
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

  it('says what is known of MQTT, go2rtc and the safe mode, and null of what is not', () => {
    const said = {
      cameras: {},
      safe_mode: true,
      mqtt: { enabled: false, topic_prefix: 'frigate2' },
    };
    expect(readConfigured(said)).toMatchObject({
      safeMode: true,
      mqttEnabled: false,
      mqttPrefix: 'frigate2',
    });
    expect(readConfigured({ cameras: {}, mqtt: { topic_prefix: '' } })).toMatchObject({
      safeMode: null,
      mqttEnabled: null,
      mqttPrefix: null,
    });
  });
});

describe('whether a camera records round the clock', () => {
  const recordOf = (record: unknown, common?: unknown) => {
    const read = readConfigured({ cameras: { a: { record } }, ...(common === undefined ? {} : { record: common }) });
    return [read?.cameras.a?.records, read?.cameras.a?.recordsContinuously];
  };

  it.each<[string, unknown, boolean | null, boolean | null]>([
    ['0.17: days of their own', { enabled: true, continuous: { days: 1 }, motion: { days: 0 } }, true, true],
    ['0.17: motion only', { enabled: true, continuous: { days: 0 }, motion: { days: 7 } }, true, false],
    ['0.17: half a day', { enabled: true, continuous: { days: 0.5 } }, true, true],
    ['0.16: all', { enabled: true, retain: { days: 7, mode: 'all' } }, true, true],
    ['0.16: all is the mode that is meant', { enabled: true, retain: { days: 7 } }, true, true],
    ['0.16: motion', { enabled: true, retain: { days: 7, mode: 'motion' } }, true, false],
    ['0.16: active objects', { enabled: true, retain: { days: 7, mode: 'active_objects' } }, true, false],
    ['0.16: events only', { enabled: true, retain: { days: 0, mode: 'all' } }, true, false],
    ['as text', { enabled: 'true', retain: { days: '7', mode: 'all' } }, true, true],
    ['switched off', { enabled: false, enabled_in_config: true, continuous: { days: 1 } }, false, false],
    ['days are not said', { enabled: true }, true, null],
    ['whether it is on is not said', { continuous: { days: 1 } }, null, null],
    ['it is not said, and no days are', { retain: { days: 0 } }, null, false],
    ['nothing is said', undefined, null, null],
  ])('%s', (_, record, records, continuously) => {
    expect(recordOf(record)).toEqual([records, continuously]);
  });

  it('is told by the common part where the camera has none of its own', () => {
    const common = { enabled: true, continuous: { days: 3 } };
    expect(recordOf(undefined, common)).toEqual([true, true]);
    expect(recordOf({ enabled: false }, common)).toEqual([false, false]);
    expect(recordOf({ continuous: { days: 0 } }, common)).toEqual([true, false]);
  });
});
