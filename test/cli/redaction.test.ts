import { describe, expect, it } from 'vitest';
import { redaction, withoutCommands } from '../../src/cli/redaction.ts';

const redact = redaction(['geheim-1', 'top"secret']);

describe('what is captured', () => {
  const texts: [text: string, kept: string][] = [
    ['login with geheim-1 failed', 'login with *** failed'],
    ['rtsp://admin:pa/ss@10.0.0.7:554/live', 'rtsp://***@10.0.0.7:554/live'],
    ['http://10.0.0.7/cgi?user=admin&password=x1&channel=2', 'http://10.0.0.7/cgi?user=***&password=***&channel=2'],
    ['rtsp://10.0.0.7/user=admin_password=tlJw_channel=1', 'rtsp://10.0.0.7/user=***_password=***_channel=1'],
    ['https://ai/m:generateContent?key=AIza_Sy-1,2&x=1', 'https://ai/m:generateContent?key=***&x=1'],
    ['http://10.0.0.7/?login=a&apikey=b_c', 'http://10.0.0.7/?login=***&apikey=***'],
    ['token=abc', 'token=***'],
    ['the user logged in', 'the user logged in'],
    ['GET /api/front/recordings?after=1&before=2', 'GET /api/front/recordings?after=1&before=2'],
  ];
  it.each(texts)('"%s" becomes "%s"', (text, kept) => {
    expect(redact.text(text)).toBe(kept);
  });

  it('loses the values of fields that bear the name of a secret, wherever they stand', () => {
    const given = {
      mqtt: { user: 'frigate', password: 'x', client_id: 'frigate' },
      cameras: [{ ffmpeg: { inputs: [{ path: 'rtsp://a:b@c/d', api_key: 'k' }] } }],
      auth: { reset_admin_password: false, session_length: 86_400, cookie_name: 'frigate_token' },
      genai: { apiKey: 'k', token: '', secret: null, password: 1234 },
      detectors: { coral: { type: 'edgetpu', device: 'usb' } },
    };
    expect(redact.json(given)).toEqual({
      mqtt: { user: 'frigate', password: '***', client_id: 'frigate' },
      cameras: [{ ffmpeg: { inputs: [{ path: 'rtsp://***@c/d', api_key: '***' }] } }],
      auth: { reset_admin_password: false, session_length: 86_400, cookie_name: '***' },
      genai: { apiKey: '***', token: '', secret: null, password: '***' },
      detectors: { coral: { type: 'edgetpu', device: 'usb' } },
    });
  });

  it('loses known secrets in names too, and has no end that is too deep', () => {
    expect(redact.json({ 'geheim-1': 'top"secret' })).toEqual({ '***': '***' });
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(JSON.stringify(redact.json(deep)).length).toBeLessThan(100);
  });
});

describe('stats', () => {
  it('have no command lines', () => {
    const stats = { cpu_usages: { 1: { cpu: '0.1', cmdline: 'ffmpeg rtsp://a:b@c' }, top: 'x' }, cameras: {} };
    expect(withoutCommands(stats)).toEqual({ cpu_usages: { 1: { cpu: '0.1' }, top: 'x' }, cameras: {} });
    expect(withoutCommands({ cameras: {} })).toEqual({ cameras: {} });
    expect(withoutCommands(null)).toBeNull();
  });
});
