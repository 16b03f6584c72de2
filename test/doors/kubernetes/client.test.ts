import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createNetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubernetesSettings } from '../../../src/doors/kubernetes/credentials.ts';
import { openKubernetes } from '../../../src/doors/kubernetes/index.ts';
import type { Failure, KubernetesDoor, Reply } from '../../../src/doors/ports.ts';
import { eventually } from '../../eventually.ts';
import { listen, recordingLog, rudeHttp, rudeNet, statusBody, TOKEN } from './rude-server.ts';
import { selfSigned } from './self-signed.ts';

const never = () => new AbortController().signal;

function open(given: string | KubernetesSettings, timeoutSeconds = 10): KubernetesDoor & { lines: string[] } {
  const settings = typeof given === 'string' ? ({ from: 'settings', server: given, token: TOKEN } as const) : given;
  const log = recordingLog();
  const door = openKubernetes(settings, { log, timeoutSeconds });
  onTestFinished(() => door.close());
  return { ...door, lines: log.lines };
}

function failed(reply: Reply<unknown>): Failure {
  if (reply.ok) throw new Error('a failure was expected');
  expect(reply.reason).toMatch(/^Cannot .*\.$/);
  expect(reply.reason.length).toBeLessThan(400);
  expect(JSON.stringify(reply)).not.toContain(TOKEN);
  return reply;
}

async function tlsServer(pair: { cert: string; key: string }, onHandshake: (socket: Socket) => void): Promise<number> {
  const server = createTlsServer(pair, (_request, response) => response.end('{"kind":"Node"}'));
  server.on('secureConnection', onHandshake);
  return listen(server, () => server.closeAllConnections());
}

describe('a server that does not answer', () => {
  it('costs the deadline and no more', async () => {
    const door = open(await rudeNet(() => undefined), 0.2);
    const begin = performance.now();
    const reply = failed(await door.node('node-a', never()));
    expect(reply).toMatchObject({ kind: 'timeout', reason: expect.stringContaining('did not answer within 0.2 s') });
    expect(performance.now() - begin).toBeLessThan(3000);
  });

  it('costs the deadline when it stops in the middle of a body', async () => {
    const door = open(
      await rudeHttp((_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
        response.write('{"kind":');
      }),
      0.2,
    );
    expect(failed(await door.node('node-a', never())).kind).toBe('timeout');
  });

  it('is let go of when the turn is broken off', async () => {
    const seen: string[] = [];
    const url = await rudeNet((socket) => {
      socket.on('data', () => seen.push('request'));
      socket.on('close', () => seen.push('close'));
    });
    const door = open(url);
    const turn = new AbortController();
    const asked = door.node('node-a', turn.signal);
    await eventually(() => seen.length === 1);
    turn.abort(new Error(`secret ${TOKEN}`));
    expect(failed(await asked).kind).toBe('aborted');
    await eventually(() => seen.at(-1) === 'close');
  });

  it('is not asked at all when the turn is over already', async () => {
    let requests = 0;
    const url = await rudeHttp((_request, response) => {
      requests += 1;
      response.end('{}');
    });
    expect(failed(await open(url).node('node-a', AbortSignal.abort())).kind).toBe('aborted');
    expect(requests).toBe(0);
  });

  it('is let go of when the door is closed, and later calls are refused', async () => {
    const door = open(await rudeNet(() => undefined));
    const asked = door.node('node-a', never());
    await door.close();
    expect(failed(await asked)).toMatchObject({ kind: 'aborted', reason: expect.stringContaining('door is closed') });
    expect(failed(await door.node('node-a', never())).kind).toBe('aborted');
  });
});

describe('a road that is broken', () => {
  it('is refused where nobody listens', async () => {
    const door = open('http://127.0.0.1:9');
    const reply = failed(await door.node('node-a', never()));
    expect(['refused', 'unreachable']).toContain(reply.kind);
    const gone = await closedPort();
    expect(failed(await open(gone).node('node-a', never()))).toMatchObject({
      kind: 'refused',
      reason: `Cannot read node node-a: the connection is refused (${gone}, ECONNREFUSED).`,
    });
  });

  it('is unreachable where the name is unknown', async () => {
    const settings = { from: 'settings', server: 'https://kubernetes.invalid:6443', token: TOKEN } as const;
    expect(failed(await open(settings).node('node-a', never()))).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringMatching(/the name/),
    });
  });

  it('is unreachable when the connection is cut before an answer', async () => {
    const url = await rudeNet((socket) => socket.once('data', () => socket.destroy()));
    expect(failed(await open(url).node('node-a', never())).kind).toBe('unreachable');
  });

  it('is unreachable when the connection is reset in the middle of a body', async () => {
    const url = await rudeNet((socket) =>
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"kind":"Node",',
          () => socket.resetAndDestroy(),
        );
      }),
    );
    expect(failed(await open(url).node('node-a', never())).kind).toBe('unreachable');
  });

  it('is unreachable when something answers that speaks no HTTP', async () => {
    const url = await rudeNet((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    expect(failed(await open(url).node('node-a', never())).kind).toBe('unreachable');
  });
});

describe('certificates', () => {
  const right = selfSigned('Right');
  const settings = (port: number, host: string, cert: string): KubernetesSettings => ({
    from: 'settings',
    server: `https://${host}:${port}`,
    token: TOKEN,
    certificateAuthority: cert,
  });

  it('are trusted from the given authority, over kept connections', async () => {
    let handshakes = 0;
    const port = await tlsServer(right, () => {
      handshakes += 1;
    });
    const door = open(settings(port, '127.0.0.1', right.cert));
    for (let count = 0; count < 20; count += 1) expect(await door.node('a', never())).toMatchObject({ ok: true });
    expect(handshakes).toBeLessThanOrEqual(2);
  });

  it.each([
    ['another authority', '127.0.0.1', selfSigned('Other').cert],
    ['an address that the certificate does not name', 'localhost', right.cert],
  ])('are not trusted with %s', async (_, host, cert) => {
    const port = await tlsServer(right, () => undefined);
    const reply = failed(await open(settings(port, host, cert)).node('node-a', never()));
    expect(reply).toMatchObject({ kind: 'tls', reason: expect.stringContaining('is not trusted') });
  });

  it("of Node's own authorities serve where none is given, over connections of the door's own", async () => {
    const authorities = getCACertificates('default');
    setDefaultCACertificates([...authorities, right.cert]);
    onTestFinished(() => setDefaultCACertificates(authorities));
    const sockets = new Set<Socket>();
    const port = await tlsServer(right, (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    const door = open({ from: 'settings', server: `https://127.0.0.1:${port}`, token: TOKEN });
    expect(await door.node('a', never())).toMatchObject({ ok: true });
    expect(sockets.size).toBe(1);
    await door.close();
    await eventually(() => sockets.size === 0, { withinSeconds: 2 });
  });

  it('are missing where plain HTTP answers', async () => {
    const url = new URL(await rudeHttp((_request, response) => response.end('{}')));
    const reply = failed(await open(settings(Number(url.port), '127.0.0.1', right.cert)).node('node-a', never()));
    expect(reply.kind).toBe('tls');
  });

  it('of a service account are read again when they change, and its token is trimmed', async () => {
    const seen: string[] = [];
    const server = createTlsServer(right, (request, response) => {
      seen.push(request.headers.authorization ?? '');
      if (seen.length === 1) response.end('{"kind":"Node"}');
      else response.writeHead(502).end(`<html>${request.headers.authorization}</html>`);
    });
    const port = await listen(server, () => server.closeAllConnections());
    const directory = mkdtempSync(join(tmpdir(), 'warden-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'token'), `${TOKEN}\n`);
    writeFileSync(join(directory, 'ca.crt'), selfSigned('Other').cert);
    const variables = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
    const door = open({ from: 'service_account', directory, variables });
    expect(failed(await door.node('a', never())).kind).toBe('tls');
    writeFileSync(join(directory, 'ca.crt'), right.cert);
    expect(await door.node('a', never())).toMatchObject({ ok: true });
    expect(failed(await door.node('a', never())).body).toBe('<html>Bearer ***</html>');
    expect(seen).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
    rmSync(join(directory, 'ca.crt'));
    expect(failed(await door.node('a', never())).body).toBe('<html>Bearer ***</html>');
  });
});

describe('bodies', () => {
  const big = `{"kind":"PodList","padding":"${'x'.repeat(9 * 1024 * 1024)}"}`;

  it.each([
    ['with its length', (text: string) => ({ headers: { 'Content-Length': String(text.length) }, body: text })],
    ['in pieces', (text: string) => ({ headers: {}, body: text })],
    ['packed into little', (text: string) => ({ headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(text) })],
  ])('of 9 MB are not read, sent %s', async (_, make) => {
    const url = await rudeHttp((_request, response) => {
      const { headers, body } = make(big);
      response.writeHead(200, headers);
      response.end(body);
    });
    expect(failed(await open(url).pods('frigate', '', never()))).toMatchObject({
      kind: 'too_large',
      reason: 'Cannot list pods in frigate: the answer is larger than 8 MB.',
    });
  });

  it('of 7 MB are read, packed too', async () => {
    const url = await rudeHttp((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync(`{"kind":"PodList","padding":"${'x'.repeat(7 * 1024 * 1024)}"}`));
    });
    expect(await open(url).pods('frigate', '', never())).toMatchObject({ ok: true });
  });

  it.each(['<html>sign in</html>', '', '[]', 'null', '"ok"', '{"kind":'])(
    'that are no object are no answer: %s',
    async (body) => {
      const url = await rudeHttp((_request, response) => response.end(body));
      expect(failed(await open(url).node('node-a', never()))).toMatchObject({ kind: 'form', status: 200 });
    },
  );

  it('keep times as text and the server time apart', async () => {
    const date = 'Tue, 06 Jan 2026 04:06:54 GMT';
    const url = await rudeHttp((_request, response) => {
      response.writeHead(200, { Date: date });
      response.end('{"metadata":{"creationTimestamp":"2026-01-06T04:06:54Z"}}');
    });
    expect(await open(url).node('node-a', never())).toEqual({
      ok: true,
      status: 200,
      serverTime: 1767672414,
      value: { metadata: { creationTimestamp: '2026-01-06T04:06:54Z' } },
    });
  });

  it.each([
    ['no Date', {}],
    ['a Date that is none', { Date: 'soon' }],
  ])('with %s have no server time', async (_, headers) => {
    const url = await rudeHttp((_request, response) => {
      response.sendDate = false;
      response.writeHead(200, headers);
      response.end('{}');
    });
    expect(await open(url).node('node-a', never())).toMatchObject({ ok: true, serverTime: null });
  });

  it('that print the token are cleaned of it', async () => {
    const url = await rudeHttp((request, response) => {
      response.writeHead(502);
      response.end(`<html>bad gateway ${request.headers.authorization} ${TOKEN.repeat(20)}</html>`);
    });
    const reply = failed(await open(url).node('node-a', never()));
    expect(reply.body).toContain('bad gateway Bearer ***');
    expect(JSON.stringify(reply)).not.toContain(TOKEN.slice(0, 12));
  });

  it('of a Status that prints the token are cleaned of it', async () => {
    const url = await rudeHttp((_request, response) => {
      response.writeHead(500);
      response.end(statusBody(500, 'InternalError', `cannot review ${TOKEN}`));
    });
    expect(failed(await open(url).node('node-a', never())).reason).toContain('cannot review ***');
  });
});

describe('connections', () => {
  it('are kept: 200 calls in a row use one or two', async () => {
    let sockets = 0;
    const server = createHttpServer((_request, response) => response.end('{}'));
    server.on('connection', () => {
      sockets += 1;
    });
    const port = await listen(server, () => server.closeAllConnections());
    const door = open(`http://127.0.0.1:${port}`);
    for (let count = 0; count < 200; count += 1) {
      expect(await door.node('node-a', never())).toMatchObject({ ok: true });
    }
    expect(sockets).toBeLessThanOrEqual(2);
  });

  it('are closed with the door', async () => {
    let living = 0;
    const server = createHttpServer((_request, response) => response.end('{}'));
    server.on('connection', (socket) => {
      living += 1;
      socket.on('close', () => {
        living -= 1;
      });
    });
    const door = open(`http://127.0.0.1:${await listen(server, () => server.closeAllConnections())}`);
    await door.node('node-a', never());
    expect(living).toBe(1);
    await door.close();
    await eventually(() => living === 0, { withinSeconds: 2 });
  });

  it('leave no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const url = await rudeHttp((_request, response) => response.end('{}'));
    const door = open(url, 30);
    const before = timers();
    for (let count = 0; count < 30; count += 1) await door.node('node-a', never());
    expect(timers()).toBeLessThan(before + 15);
  });

  it('leave no listener on the signal of a turn', async () => {
    const url = await rudeHttp((_request, response) => response.end('{}'));
    const door = open(url);
    const { signal } = new AbortController();
    const added: string[] = [];
    const original = signal.addEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof original>) => {
      added.push('added');
      original(...given);
    };
    const removed = signal.removeEventListener.bind(signal);
    signal.removeEventListener = (...given: Parameters<typeof removed>) => {
      added.pop();
      removed(...given);
    };
    await door.node('node-a', signal);
    expect(added).toEqual([]);
  });
});

async function closedPort(): Promise<string> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}
