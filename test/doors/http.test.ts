import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { openHttp } from '../../src/doors/http.ts';
import type { HttpRequest } from '../../src/doors/ports.ts';
import { eventually } from '../eventually.ts';
import { selfSigned } from './kubernetes/self-signed.ts';

const http = openHttp();
const never = new AbortController().signal;
const open: (Server | TcpServer)[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  }
});

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const serve = (listener: RequestListener, host?: string) => listen(createServer(listener), host);
const ask = (url: string, more: { timeoutSeconds?: number; signal?: AbortSignal } = {}) =>
  http.json({ url, timeoutSeconds: 5, signal: never, ...more });

describe('the HTTP door', () => {
  it('brings JSON with its status and the time of the server', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('Date', 'Tue, 06 Jan 2026 04:00:00 GMT');
      response.end('{"a":1}');
    });
    expect(await ask(url)).toEqual({ ok: true, value: { a: 1 }, status: 200, serverTime: 1_767_672_000 });
  });

  it('brings text, and no time from a server that tells none', async () => {
    const url = await serve((_request, response) => {
      response.sendDate = false;
      response.end('0.17.2');
    });
    const reply = await http.text({ url, timeoutSeconds: 5, signal: never });
    expect(reply).toEqual({ ok: true, value: '0.17.2', status: 200, serverTime: null });
  });

  it('sends a body as JSON, and its headers', async () => {
    const url = await serve(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      response.end(JSON.stringify([request.method, request.headers['content-type'], request.headers['x-a'], text]));
    });
    const reply = await http.json({
      url,
      method: 'POST',
      body: { b: 2 },
      headers: { 'X-A': '1' },
      timeoutSeconds: 5,
      signal: never,
    });
    expect(reply).toMatchObject({ value: ['POST', 'application/json', '1', '{"b":2}'] });
  });

  it('talks to IPv6 addresses', async () => {
    const url = await serve((_request, response) => response.end('true'), '::1');
    expect(await ask(url)).toMatchObject({ ok: true, value: true });
  });

  it('says that a connection is refused', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(`${url}/api/stats?token=x`)).toEqual({
      ok: false,
      kind: 'refused',
      reason: `${url}/api/stats refuses connections.`,
    });
  });

  it('gives up a server that never answers, in time', async () => {
    const url = await serve(() => undefined);
    expect(await ask(url, { timeoutSeconds: 0.05 })).toMatchObject({
      kind: 'timeout',
      reason: `${url}/ did not answer within 0.05 s.`,
    });
  });

  it('gives up a body that never ends, in time', async () => {
    const url = await serve((_request, response) => void response.write('{"a":'));
    expect(await ask(url, { timeoutSeconds: 0.05 })).toMatchObject({ kind: 'timeout' });
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    expect(await ask(url, { signal: stop.signal })).toMatchObject({ kind: 'aborted' });
  });

  it('survives a connection that is dropped in the middle of the body', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
    });
    expect(await ask(url)).toMatchObject({ ok: false, kind: 'unreachable' });
  });

  it('survives something that does not speak HTTP', async () => {
    const url = await listen(createTcpServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await ask(url)).toMatchObject({ ok: false, kind: 'form' });
  });

  it('keeps the start of a page that came instead of an answer', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(500, { 'Content-Type': 'text/html' });
      response.end(`<html>${'x'.repeat(1000)}`);
    });
    const reply = await ask(url);
    expect(reply).toMatchObject({ kind: 'status', status: 500, reason: `${url}/ answered 500.` });
    expect(reply).toHaveProperty('body.length', 200);
  });

  it('knows the status of an answer whose body never ends', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(502);
      response.write('bad \u001b[31mgateway\n');
    });
    expect(await ask(url, { timeoutSeconds: 0.3 })).toEqual({
      ok: false,
      kind: 'status',
      status: 502,
      reason: `${url}/ answered 502.`,
      body: 'bad  [31mgateway ',
    });
  });

  it.each([1.005, 0.0333])(
    'takes a deadline of %d s, which is no whole number of milliseconds',
    async (timeoutSeconds) => {
      const url = await serve((_request, response) => void response.end('1'));
      expect((await ask(url, { timeoutSeconds })).ok).toBe(true);
    },
  );

  it('says that something does not speak TLS', async () => {
    const url = await serve((_request, response) => void response.end('1'));
    expect(await ask(url.replace('http:', 'https:'))).toMatchObject({
      kind: 'tls',
      reason: expect.stringContaining('does not speak TLS'),
    });
  });

  it('says that a certificate is not trusted', async () => {
    const url = await listen(createTlsServer(selfSigned('frigate'), (_request, response) => void response.end('1')));
    expect(await ask(url.replace('http:', 'https:'))).toMatchObject({
      kind: 'tls',
      reason: expect.stringContaining('not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)'),
    });
  });

  it('says that 200 with a page is no JSON', async () => {
    const url = await serve((_request, response) => void response.end('<html>'));
    expect(await ask(url)).toMatchObject({ kind: 'form', status: 200, body: '<html>' });
  });

  const MEGABYTE = 1024 * 1024;
  const large: [what: string, listener: RequestListener][] = [
    ['9 MB', (_request, response) => void response.end(Buffer.alloc(9 * MEGABYTE, 0x20))],
    [
      '9 MB in a small parcel',
      (_request, response) => {
        response.setHeader('Content-Encoding', 'gzip');
        response.end(gzipSync(Buffer.alloc(9 * MEGABYTE, 0x20)));
      },
    ],
  ];
  it.each(large)('reads no more than 8 MB of %s', async (_what, listener) => {
    expect(await ask(await serve(listener))).toMatchObject({ kind: 'too_large' });
  });

  it('reads a body of exactly 8 MB', async () => {
    const url = await serve((_request, response) => void response.end(`1${' '.repeat(8 * MEGABYTE - 1)}`));
    expect(await ask(url)).toMatchObject({ ok: true, value: 1 });
  });

  it('follows no redirect', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(302, { Location: 'http://elsewhere.invalid/' });
      response.end();
    });
    expect(await ask(url)).toMatchObject({
      kind: 'status',
      status: 302,
      reason: expect.stringContaining('sends elsewhere (302)'),
    });
  });

  it('names neither user nor query in a reason', async () => {
    const reply = await ask('http://me:hunter22@127.0.0.1:1/p?key=hunter22');
    expect(reply.ok).toBe(false);
    expect(JSON.stringify(reply)).not.toContain('hunter22');
  });

  it('says that something is no URL', async () => {
    expect(await ask('frigate')).toMatchObject({ ok: false, reason: expect.stringContaining('no URL') });
  });

  it('brings the cookies as they came, and reads nothing else', async () => {
    const cookies = ['frigate_token=abc; HttpOnly; Max-Age=86400', 'other=1'];
    let closed = 0;
    const url = await serve((request, response) => {
      request.socket.on('close', () => {
        closed += 1;
      });
      response.writeHead(request.method === 'POST' ? 200 : 405, { 'Set-Cookie': cookies });
      response.write('a body without an end');
    });
    const login = { method: 'POST', body: { user: 'me', password: 'hunter22' }, signal: never } as const;
    expect(await http.cookies({ url, timeoutSeconds: 30, ...login })).toMatchObject({
      ok: true,
      value: cookies,
      status: 200,
    });
    await eventually(() => closed === 1, { withinSeconds: 2 });
  });

  it('brings no cookies of an answer that has none, and those of a refusal are none', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/login') response.writeHead(401, { 'Set-Cookie': 'a=b' });
      response.end();
    });
    expect(await http.cookies({ url, timeoutSeconds: 5, signal: never })).toMatchObject({ ok: true, value: [] });
    expect(await http.cookies({ url: `${url}/login`, timeoutSeconds: 5, signal: never })).toMatchObject({
      kind: 'status',
      status: 401,
    });
  });

  const said: [what: string, request: Partial<HttpRequest>, body: string][] = [
    ['a password', { method: 'POST', body: { user: 'me', password: 'hunter22' } }, '***'],
    ['a token', { headers: { Authorization: 'Bearer hunter22' } }, 'Bearer ***'],
    ['a login', { headers: { authorization: 'Basic hunter22==' } }, 'Basic ***'],
    ['a cookie', { headers: { Cookie: 'frigate_token=hunter22; a=b' } }, 'frigate_token=***; a=b'],
  ];
  it.each(said)('hides %s that a rude server says back', async (_what, request, body) => {
    const url = await serve(async (request, response) => {
      let text = request.headers.authorization ?? request.headers.cookie ?? '';
      for await (const chunk of request) text += JSON.parse(String(chunk)).password;
      response.writeHead(request.url === '/page' ? 200 : 500);
      response.end(text);
    });
    for (const place of [url, `${url}/page`]) {
      const reply = await http.json({ url: place, timeoutSeconds: 5, signal: never, ...request });
      expect(JSON.stringify(reply)).not.toContain('hunter22');
      expect(reply).toHaveProperty('body', expect.stringContaining(body));
    }
  });
});
