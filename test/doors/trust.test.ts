import { X509Certificate } from 'node:crypto';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHttp } from '../../src/doors/http.ts';
import type { HttpRequest, TlsTrust } from '../../src/doors/ports.ts';
import { judgesItself } from '../../src/doors/trust.ts';
import { eventually } from '../eventually.ts';
import { selfSigned } from './kubernetes/self-signed.ts';

const http = openHttp();
const FRIGATE = selfSigned('Frigate');
const OTHER = selfSigned('Other');
const fingerprintOf = ({ cert }: { cert: string }) => new X509Certificate(cert).fingerprint256;
const PINNED: TlsTrust = { verify: true, fingerprint: fingerprintOf(FRIGATE) };
const UNVERIFIED: TlsTrust = { verify: false, fingerprint: null };
const MEGABYTE = 1024 * 1024;

interface Place {
  url: string;
  /** Connections that are open now. */
  living(): number;
  /** Connections that ever were. */
  accepted(): number;
}

async function listen(server: Server | TcpServer, host: string): Promise<Place> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    living: () => sockets.size,
    accepted: () => accepted,
  };
}

/** As Frigate's port 8971: TLS 1.3 only, and a certificate of its own making. */
const serve = (listener: RequestListener, options: ServerOptions = {}, host = '127.0.0.1') =>
  listen(createServer({ ...FRIGATE, minVersion: 'TLSv1.3', ...options }, listener), host);

const ask = (url: string, more: Partial<HttpRequest> = {}) =>
  http.json({ url, timeoutSeconds: 5, signal: new AbortController().signal, tls: PINNED, ...more });

describe('a certificate', () => {
  const forms: [string, string][] = [
    ['with colons', fingerprintOf(FRIGATE)],
    ['without colons', fingerprintOf(FRIGATE).replaceAll(':', '')],
    ['in small letters', fingerprintOf(FRIGATE).toLowerCase()],
  ];
  it.each(forms)('is trusted by its fingerprint %s, over TLS 1.3', async (_, fingerprint) => {
    const { url } = await serve(({ socket }, response) => {
      response.end(JSON.stringify((socket as TLSSocket).getProtocol()));
    });
    expect(await ask(url, { tls: { verify: true, fingerprint } })).toMatchObject({ ok: true, value: 'TLSv1.3' });
    // With a fingerprint nothing else counts.
    expect(await ask(url, { tls: { verify: false, fingerprint } })).toMatchObject({ ok: true });
  });

  it.each([true, false])(
    'with another fingerprint is not trusted, and gets no word of ours (verify: %s)',
    async (verify) => {
      let requests = 0;
      const { url, living } = await serve(() => {
        requests += 1;
      });
      const reply = await ask(`${url}/api/login`, {
        method: 'POST',
        body: { password: 'hunter22' },
        tls: { verify, fingerprint: fingerprintOf(OTHER) },
      });
      expect(reply).toEqual({
        ok: false,
        kind: 'tls',
        reason:
          `${url}/api/login has another certificate than the one that is trusted: ` +
          `its SHA-256 fingerprint is ${fingerprintOf(FRIGATE)}.`,
      });
      await eventually(() => living() === 0);
      expect(requests).toBe(0);
    },
  );

  it('of any kind will do where nothing is verified', async () => {
    const { url } = await serve((_request, response) => void response.end('1'));
    expect(await ask(url, { tls: UNVERIFIED })).toMatchObject({ ok: true, value: 1 });
  });

  it.each<[TlsTrust | null]>([[null], [{ verify: true, fingerprint: null }]])(
    'must be known to the system where nothing else is said: %j',
    async (tls) => {
      const { url } = await serve((_request, response) => void response.end('1'));
      const request = { url, timeoutSeconds: 5, signal: new AbortController().signal, ...(tls ? { tls } : {}) };
      expect(await http.json(request)).toMatchObject({
        kind: 'tls',
        reason: expect.stringContaining('not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)'),
      });
    },
  );

  it('is nothing that plain HTTP has: such a server is asked as ever', async () => {
    const server = createPlainServer((_request, response) => void response.end('1'));
    const { url } = await listen(server, '127.0.0.1');
    expect(await ask(url.replace('https:', 'http:'))).toMatchObject({ ok: true, value: 1 });
  });

  it.each<[TlsTrust, boolean]>([
    [{ verify: true, fingerprint: null }, false],
    [{ verify: false, fingerprint: null }, true],
    [{ verify: true, fingerprint: 'ab' }, true],
    [{ verify: false, fingerprint: 'ab' }, true],
  ])('is left to the system or not: %j', (trust, itself) => {
    expect(judgesItself(trust)).toBe(itself);
  });
});

describe('a request to a server that is trusted so', () => {
  it('carries what it is given, and says the server name', async () => {
    const { url } = await serve(
      async (request, response) => {
        let text = '';
        for await (const chunk of request) text += chunk;
        const { method, headers } = request;
        const name = (request.socket as TLSSocket & { servername?: string | false }).servername;
        response.end(
          JSON.stringify([method, headers['content-type'], headers['x-a'], headers['content-length'], text, name]),
        );
      },
      {},
      'localhost',
    );
    const reply = await ask(url, { method: 'POST', body: { b: 'ä' }, headers: { 'X-A': '1' } });
    expect(reply).toMatchObject({ value: ['POST', 'application/json', '1', '10', '{"b":"ä"}', 'localhost'] });
  });

  it('goes to IPv6 addresses', async () => {
    const { url } = await serve((_request, response) => void response.end('1'), {}, '::1');
    expect(await ask(url)).toMatchObject({ ok: true, value: 1 });
  });

  it('brings status, time and cookies, one by one', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'Set-Cookie': ['a=1; Secure', 'b=2'], Date: 'Tue, 06 Jan 2026 04:00:00 GMT' }).end();
    });
    const request = { url, timeoutSeconds: 5, signal: new AbortController().signal, tls: PINNED };
    expect(await http.cookies(request)).toEqual({
      ok: true,
      value: ['a=1; Secure', 'b=2'],
      status: 200,
      serverTime: 1_767_672_000,
    });
    expect(await http.text(request)).toMatchObject({ ok: true, value: '' });
  });

  it.each([204, 304])('takes an answer of %i, which has no body', async (status) => {
    const { url } = await serve((_request, response) => void response.writeHead(status).end());
    expect(await ask(url, { tls: PINNED })).toMatchObject({ ok: false, status });
  });

  it('follows no redirect', async () => {
    const { url } = await serve((_request, response) => void response.writeHead(302, { Location: '/elsewhere' }).end());
    expect(await ask(url)).toMatchObject({ status: 302, reason: expect.stringContaining('sends elsewhere (302)') });
  });

  it('keeps the start of a page that came with a wrong status', async () => {
    const { url } = await serve((_request, response) => void response.writeHead(401).end('{"message":"no"}'));
    expect(await ask(url)).toMatchObject({ kind: 'status', status: 401, body: '{"message":"no"}' });
  });

  it.each([
    [8, true],
    [9, false],
  ])('reads %i MB: %s', async (size, ok) => {
    const { url, living } = await serve((_request, response) => void response.end(Buffer.alloc(size * MEGABYTE, '1')));
    const reply = await http.text({ url, timeoutSeconds: 5, signal: new AbortController().signal, tls: UNVERIFIED });
    expect(reply).toMatchObject(ok ? { ok } : { kind: 'too_large' });
    await eventually(() => living() === 0);
  });

  it('gives up a server that never answers, and one whose body never ends, in time', async () => {
    const { url, living } = await serve((request, response) => {
      if (request.url === '/body') response.write('{"a":');
    });
    for (const path of ['/none', '/body']) {
      expect(await ask(`${url}${path}`, { timeoutSeconds: 0.3 })).toMatchObject({
        kind: 'timeout',
        reason: `${url}${path} did not answer within 0.3 s.`,
      });
    }
    await eventually(() => living() === 0);
  });

  it('gives up a server that never shakes hands, in time', async () => {
    const { url, living } = await listen(
      createTcpServer((socket) => void socket.resume()),
      '127.0.0.1',
    );
    expect(await ask(url, { timeoutSeconds: 0.1 })).toMatchObject({ kind: 'timeout' });
    await eventually(() => living() === 0);
  });

  it('ends with its signal, before and after the request is out', async () => {
    const stop = new AbortController();
    const { url, living, accepted } = await serve(() => stop.abort());
    expect(await ask(url, { signal: stop.signal })).toMatchObject({ kind: 'aborted' });
    expect(await ask(url, { signal: stop.signal })).toMatchObject({ kind: 'aborted' });
    await eventually(() => living() === 0);
    expect(accepted()).toBe(1);
  });

  it('survives a connection that is dropped in the middle of the body', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{', () => response.destroy());
    });
    expect(await ask(url)).toMatchObject({ ok: false, kind: 'unreachable' });
  });

  const rude: [what: string, says: string, kind: string][] = [
    ['that speaks no HTTP', 'SSH-2.0-OpenSSH\r\n', 'form'],
    ['with a status that does not exist', 'HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n', 'unreachable'],
    ['that hangs up', '', 'unreachable'],
  ];
  it.each(rude)('survives a server %s', async (_what, says, kind) => {
    const { url } = await listen(
      createTlsServer(FRIGATE, (socket) => void socket.end(says)),
      '127.0.0.1',
    );
    expect(await ask(url)).toMatchObject({ ok: false, kind });
  });

  it('lets go of a connection whose answer it cannot take', async () => {
    const { url, living } = await listen(
      createTlsServer(FRIGATE, (socket) => void socket.resume().write('HTTP/1.1 999 No\r\nContent-Length: 5\r\n\r\n')),
      '127.0.0.1',
    );
    expect(await ask(url, { timeoutSeconds: 30 })).toMatchObject({ kind: 'unreachable' });
    await eventually(() => living() === 0, { withinSeconds: 2 });
  });

  it('says that something does not speak TLS', async () => {
    const plain = createTcpServer((socket) => void socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { url } = await listen(plain, '127.0.0.1');
    expect(await ask(url)).toMatchObject({ kind: 'tls', reason: expect.stringContaining('does not speak TLS') });
  });

  it('says that a connection is refused', async () => {
    const server = createTcpServer();
    const { url } = await listen(server, '127.0.0.1');
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(url)).toEqual({ ok: false, kind: 'refused', reason: `${url}/ refuses connections.` });
  });
});
