import { describe, expect, it } from 'vitest';
import type { HttpDoor, HttpRequest, Reply } from '../../src/doors/ports.ts';
import { brokerFromSupervisor } from '../../src/doors/supervisor.ts';

const signal = new AbortController().signal;

function answering(reply: Reply<unknown>): { http: HttpDoor; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const json = (request: HttpRequest) => {
    asked.push(request);
    return Promise.resolve(reply);
  };
  return {
    asked,
    http: {
      json,
      text: () => Promise.reject(new Error('not asked for')),
      cookies: () => Promise.reject(new Error('not asked for')),
    },
  };
}

const ok = (value: unknown): Reply<unknown> => ({ ok: true, value, status: 200, serverTime: null });
const refused = (status: number): Reply<unknown> => ({
  ok: false,
  kind: 'status',
  status,
  reason: `It answered ${status}.`,
});

const mosquitto = {
  host: 'core-mosquitto',
  port: 1883,
  username: 'addons',
  password: 'pw',
  ssl: false,
  protocol: '3.1.1',
  addon: 'core_mosquitto',
};

describe('the broker of the Supervisor', () => {
  it('is asked for with the token', async () => {
    const { http, asked } = answering(ok({ result: 'ok', data: mosquitto }));
    expect(await brokerFromSupervisor(http, 'token-1', signal)).toEqual({
      ok: true,
      settings: { host: 'core-mosquitto', port: 1883, username: 'addons', password: 'pw', tls: false },
    });
    expect(asked).toEqual([
      {
        url: 'http://supervisor/services/mqtt',
        headers: { Authorization: 'Bearer token-1' },
        timeoutSeconds: 10,
        signal,
      },
    ]);
  });

  it('may be without a login, with TLS, and with a port as text', async () => {
    const { http, asked } = answering(ok({ data: { host: 'b', port: '8883', username: '', password: '', ssl: true } }));
    expect(await brokerFromSupervisor(http, 't', signal, 'http://127.0.0.1:1')).toEqual({
      ok: true,
      settings: { host: 'b', port: 8883, tls: true },
    });
    expect(asked[0]?.url).toBe('http://127.0.0.1:1/services/mqtt');
  });

  it.each<[string, Reply<unknown>, RegExp]>([
    ['there is none', refused(400), /knows no MQTT broker: install the Mosquitto broker app, or set mqtt\.host/],
    ['it may not be asked for', refused(403), /does not let this app ask/],
    ['the token is wrong', refused(401), /does not let this app ask/],
    ['the Supervisor fails', refused(502), /could not be asked for the MQTT broker: It answered 502\./],
    ['the answer has another form', ok({ result: 'ok', data: {} }), /without a broker that could be used/],
    ['the answer is nothing', ok(null), /without a broker that could be used/],
    ['the port is none', ok({ data: { ...mosquitto, port: 70_000 } }), /without a broker that could be used/],
  ])('is a sentence without the token when %s', async (_name, reply, reason) => {
    const answer = await brokerFromSupervisor(answering(reply).http, 'token-1', signal);
    expect(answer.ok).toBe(false);
    expect(!answer.ok && answer.reason).toMatch(reason);
    expect(JSON.stringify(answer)).not.toContain('token-1');
  });
});
