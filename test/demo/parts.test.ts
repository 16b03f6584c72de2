import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newFrigate, type SimulatedFrigate, setCamera, start, stop } from '../../demo/frigate/model.ts';
import { configOf, segmentsOf, streamsOf } from '../../demo/frigate/parts.ts';
import { startFrigate, startFrigateWithLogin } from '../../demo/frigate/server.ts';
import { keepSegments, keepStreams } from '../../src/targets/frigate/observe/answers.ts';
import { readConfigured } from '../../src/targets/frigate/read/configured.ts';
import { selfSigned } from '../doors/kubernetes/self-signed.ts';

const cameras = ['front', 'yard'];
const reply = (value: unknown) => ({ ok: true, value, status: 200, serverTime: null }) as const;

function endsOf(frigate: SimulatedFrigate, [after, before]: [number, number], now: number): readonly number[] {
  const kept = keepSegments(reply(segmentsOf(frigate, 'yard', { after, before }, now)));
  return kept.ok ? kept.value.map(({ end }) => end) : [];
}

describe('its configuration', () => {
  it('is read: what is recorded, the stream, and the address of a camera that has one', () => {
    const frigate = newFrigate(cameras, 0);
    const [front] = frigate.cameras;
    if (front) front.address = '192.168.30.14:8554';
    expect(readConfigured(configOf(frigate))).toMatchObject({
      detectors: { coral: 'edgetpu' },
      mqttPrefix: 'frigate',
      safeMode: false,
      cameras: {
        front: {
          records: true,
          recordsContinuously: true,
          stream: 'front',
          address: { host: '192.168.30.14', port: 8554 },
        },
        yard: { records: true, stream: 'yard', address: null },
      },
    });
  });
});

describe('its recordings', () => {
  it('are closed segments of 10 s, the newest some seconds old', () => {
    const frigate = newFrigate(cameras, 0);
    expect(endsOf(frigate, [940, 1060], 1000)).toEqual([950, 960, 970, 980, 990]);
    expect(segmentsOf(frigate, 'yard', { after: 980, before: 1000 }, 1000)).toMatchObject([
      { id: '980.0-yard', start_time: 980, end_time: 990, duration: 10 },
    ]);
    expect(segmentsOf(frigate, 'nobody', { after: 0, before: 1 }, 1000)).toBeNull();
  });

  it('begin some seconds after a start, and miss the time between two runs', () => {
    const frigate = newFrigate(cameras, 0);
    stop(frigate, 500);
    start(frigate, 600);
    expect(endsOf(frigate, [470, 660], 2000)).toEqual([480, 490, 500, 630, 640, 650, 660, 670]);
  });

  it('end while the camera sends nothing, or nothing is written, and leave a gap', () => {
    const frigate = newFrigate(cameras, 0);
    setCamera(frigate, 'yard', 'down', 515);
    expect(endsOf(frigate, [480, 700], 700)).toEqual([490, 500, 510]);
    setCamera(frigate, 'yard', 'up', 525);
    frigate.recordsNothingSince = 560;
    expect(endsOf(frigate, [480, 700], 700)).toEqual([490, 500, 510, 540, 550, 560]);
  });
});

describe('its streams', () => {
  it('carry bytes that grow, and another connection after a gap', () => {
    const frigate = newFrigate(cameras, 0);
    const yard = (now: number) => {
      const kept = keepStreams(reply(streamsOf(frigate, now)));
      return kept.ok ? kept.value.yard : undefined;
    };
    const [early, late] = [yard(100), yard(110)];
    expect(early).toMatchObject({ hasConsumers: true, isConnected: true });
    expect(late?.bytes ?? 0).toBeGreaterThan(early?.bytes ?? 0);
    setCamera(frigate, 'yard', 'down', 120);
    expect(yard(130)).toEqual({ hasConsumers: false, isConnected: false, bytes: null, ids: [] });
    setCamera(frigate, 'yard', 'up', 140);
    expect(yard(150)?.ids).not.toEqual(early?.ids);
    expect(yard(150)?.bytes).toBe(2_500_000);
  });
});

describe('its open port', () => {
  it('answers what is asked of cameras and go2rtc, and knows no login', async () => {
    const server = await startFrigate(newFrigate(cameras, 0), () => 1000);
    onTestFinished(server.close);
    const json = async (path: string) => (await fetch(`${server.url}${path}`)).json();
    expect(await json('/api/yard/recordings?after=970&before=1060')).toHaveLength(2);
    expect(await json('/api/yard/recordings')).toHaveLength(97);
    expect(Object.keys((await json('/api/go2rtc/streams')) as object)).toEqual(cameras);
    expect((await fetch(`${server.url}/api/nobody/recordings`)).status).toBe(404);
    expect((await fetch(`${server.url}/api/login`, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});

describe('its port with a login', () => {
  const account = { username: 'admin', password: 'geheim-1' };
  const { cert, key } = selfSigned('frigate');

  async function open() {
    const server = await startFrigateWithLogin(newFrigate(cameras, 0), () => 1000, { cert, key, ...account });
    onTestFinished(server.close);
    const ask = (path: string, { cookie, body }: { cookie?: string; body?: string } = {}) =>
      new Promise<{ status: number; text: string; cookies: readonly string[]; fingerprint: string }>(
        (resolve, reject) => {
          const headers = cookie === undefined ? {} : { Cookie: cookie };
          const how = { method: body === undefined ? 'GET' : 'POST', headers, rejectUnauthorized: false, agent: false };
          const asked = request(`${server.url}${path}`, how, async (answer) => {
            const socket = answer.socket as import('node:tls').TLSSocket;
            const fingerprint = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
            let text = '';
            for await (const chunk of answer) text += String(chunk);
            resolve({ status: answer.statusCode ?? 0, text, cookies: answer.headers['set-cookie'] ?? [], fingerprint });
          });
          asked.once('error', reject);
          asked.end(body);
        },
      );
    return { server, ask };
  }

  it('gives nothing without a cookie, and shows its own certificate', async () => {
    const { ask } = await open();
    for (const path of ['/api/version', '/api/stats', '/api/nothing']) {
      const answer = await ask(path, { cookie: 'frigate_token=made-up' });
      expect(answer).toMatchObject({ status: 401, fingerprint: new X509Certificate(cert).fingerprint256 });
      expect(answer.text).not.toContain('0.17');
    }
  });

  it('gives a cookie for the right account, with which all is answered until it is forgotten', async () => {
    const { server, ask } = await open();
    const answer = await ask('/api/login', { body: JSON.stringify({ user: 'admin', password: 'geheim-1' }) });
    expect(answer).toMatchObject({ status: 200, text: '' });
    const cookie = answer.cookies[0]?.split(';')[0] ?? '';
    expect((await ask('/api/stats', { cookie })).status).toBe(200);
    server.gate.forget();
    expect((await ask('/api/stats', { cookie })).status).toBe(401);
  });

  it.each(['{"user":"admin","password":"geheim-2"}', '{"user":"other","password":"geheim-1"}', 'null', 'no JSON'])(
    'refuses %s',
    async (body) => {
      const { server, ask } = await open();
      expect(await ask('/api/login', { body })).toMatchObject({
        status: 401,
        text: '{"message":"Login failed"}',
        cookies: [],
      });
      expect(server.gate.tried).toEqual([false]);
    },
  );
});
