import { describe, expect, it } from 'vitest';
import { addressOf, sourceOf } from '../../../../src/targets/frigate/read/addresses.ts';

describe('the address in a URL', () => {
  it.each<[string, string | null]>([
    ['rtsp://10.0.0.5/stream', '10.0.0.5:554'],
    ['rtsp://10.0.0.5:8554/stream', '10.0.0.5:8554'],
    ['RTSP://Cam.lan', 'Cam.lan:554'],
    ['rtsps://cam/1', 'cam:322'],
    ['rtmp://cam/bcs/channel0', 'cam:1935'],
    ['http://cam/flv?port=1935&app=bcs', 'cam:80'],
    ['https://cam', 'cam:443'],
    ['onvif://admin:x@cam', 'cam:80'],
    ['dvrip://cam', 'cam:34567'],
    ['rtsp://admin:secret@cam:554/1', 'cam:554'],
    ['rtsp://*:*@cam:554/1', 'cam:554'],
    ['rtsp://admin:p@ss@cam/1', 'cam:554'],
    ['rtsp://admin:p:1@cam/1', 'cam:554'],
    ['rtsp://[2001:db8::5]:554/1', '2001:db8::5:554'],
    ['rtsp://cam/user=a_password=b', 'cam:554'],
    ['rtsp://cam?user=a@b', 'cam:554'],
    ['rtsp://admin:12/34@cam/1', null],
    ['rtsp://{FRIGATE_HOST}/1', null],
    ['rtsp://cam:0/1', null],
    ['rtsp://cam:70000/1', null],
    ['exec:ffmpeg -i x', null],
    ['homekit://abc', null],
    ['constructor://cam', null],
    ['/media/file.mp4', null],
    ['', null],
  ])('%s is %s', (url, place) => {
    const address = addressOf(url);
    expect(address && `${address.host}:${address.port}`).toBe(place);
  });

  it('is read in a moment, however long the text is', () => {
    const began = performance.now();
    addressOf(`rtsp://${'a@'.repeat(100_000)}`);
    addressOf(`rtsp://${':'.repeat(200_000)}`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('the source of a camera', () => {
  const camera = (...inputs: readonly unknown[]) => ({ ffmpeg: { inputs } });
  const streams = {
    yard: ['rtsp://a:b@10.0.0.7/1', 'ffmpeg:yard#audio=opus'],
    yard_sub: 'ffmpeg:yard#video=h264',
    direct: 'ffmpeg:http://10.0.0.8/flv#video=copy',
    odd: 'exec:script',
    loop: 'ffmpeg:loop#video=h264',
    'with space': 'rtsp://10.0.0.9',
    inner: 'rtsp://127.0.0.1:9000/x',
    none: [],
  };

  it.each<[string, unknown, { host: string; port: number } | null, string | null]>([
    [
      'the camera itself',
      camera({ path: 'rtsp://10.0.0.5/1', roles: ['detect'] }),
      { host: '10.0.0.5', port: 554 },
      null,
    ],
    [
      'the input for detection, not the one for recording',
      camera({ path: 'rtsp://r/1', roles: ['record'] }, { path: 'rtsp://d/1', roles: ['audio', 'detect'] }),
      { host: 'd', port: 554 },
      null,
    ],
    ['the only input, where no role is said', camera({ path: 'rtsp://d/1' }), { host: 'd', port: 554 }, null],
    [
      "go2rtc's first source",
      camera({ path: 'rtsp://127.0.0.1:8554/yard', roles: ['detect'] }),
      { host: '10.0.0.7', port: 554 },
      'yard',
    ],
    [
      'a stream made of another one',
      camera({ path: 'rtsp://localhost:8554/yard_sub?video' }),
      { host: '10.0.0.7', port: 554 },
      'yard_sub',
    ],
    [
      'a stream through ffmpeg',
      camera({ path: 'rtsp://127.0.0.1:8554/direct' }),
      { host: '10.0.0.8', port: 80 },
      'direct',
    ],
    [
      'a stream with a blank in its name',
      camera({ path: 'rtsp://127.0.0.1:8554/with%20space' }),
      { host: '10.0.0.9', port: 554 },
      'with space',
    ],
    [
      'a stream at another port of its own',
      camera({ path: 'rtsp://127.0.0.1:8655/yard' }),
      { host: '10.0.0.7', port: 554 },
      'yard',
    ],
    ['a stream that go2rtc does not know', camera({ path: 'rtsp://127.0.0.1:8554/gone' }), null, 'gone'],
    ['a program of its own', camera({ path: 'rtsp://127.0.0.1:8554/odd' }), null, 'odd'],
    ['a stream made of itself', camera({ path: 'rtsp://127.0.0.1:8554/loop' }), null, 'loop'],
    ['a source in the same container', camera({ path: 'rtsp://127.0.0.1:8554/inner' }), null, 'inner'],
    ['a stream without a source', camera({ path: 'rtsp://127.0.0.1:8554/none' }), null, 'none'],
    ['a broken name', camera({ path: 'rtsp://127.0.0.1:8554/%E0%A4%A' }), null, '%E0%A4%A'],
    ['something else in the same container', camera({ path: 'rtsp://127.0.0.1:9000/x' }), null, null],
    ['a name that every object has', camera({ path: 'rtsp://127.0.0.1:9000/constructor' }), null, null],
    ['no input', camera(), null, null],
    ['inputs that are none', { ffmpeg: { inputs: 'rtsp://x' } }, null, null],
  ])('%s', (_, said, address, stream) => {
    expect(sourceOf(said as Record<string, unknown>, streams)).toEqual({ address, stream });
  });
});
