import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Log } from '../../src/doors/ports.ts';
import { openWeb, type Web, type WebOptions } from '../../src/publish/web.ts';
import { eventually } from '../eventually.ts';
import { NOW, view } from './views.ts';

/** Stands for the address from which Home Assistant asks: on Linux all of 127.0.0.0/8 is this machine. */
const INGRESS = '127.0.0.3';

interface Page extends Web {
  said: string[];
  port: number;
  clock: { now: number };
}

async function page(changes: Partial<WebOptions> = {}): Promise<Page> {
  const said: string[] = [];
  const clock = { now: NOW };
  const tell = (level: string) => (sentence: string) => void said.push(`${level} ${sentence}`);
  const log: Log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  const web = await openWeb({
    port: 0,
    audience: 'machine',
    ingressAddress: INGRESS,
    targets: [{ id: 'frigate', name: 'Frigate' }],
    intervalSeconds: 30,
    version: '1.2.3',
    now: () => clock.now,
    log,
    ...changes,
  });
  onTestFinished(web.close);
  return { ...web, said, clock, port: Number(web.urls[0] ? new URL(web.urls[0]).port : 0) };
}

interface Asking {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  host?: string;
  /** The address that the question comes from. */
  from?: string;
}

async function ask(port: number, { method = 'GET', path = '/', headers = {}, host = '127.0.0.1', from }: Asking = {}) {
  const asked = request({ host, port, method, path, headers, agent: false, ...(from ? { localAddress: from } : {}) });
  asked.end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const chunk of answer) body += chunk;
  return { status: answer.statusCode as number, headers: answer.headers as Record<string, string>, body };
}

describe('the page on this machine', () => {
  it('is open on both loopback addresses and nowhere else', async () => {
    const { urls, port, said } = await page();
    expect(urls).toEqual([`http://127.0.0.1:${port}/`, `http://[::1]:${port}/`]);
    for (const host of ['127.0.0.1', '::1']) expect((await ask(port, { host })).status).toBe(200);
    expect(said).toEqual([`info The status page is at http://127.0.0.1:${port}/`]);
  });

  it('shows what was last shown to it, in the order of the options', async () => {
    const { port, show } = await page({
      targets: [
        { id: 'b', name: 'Barn' },
        { id: 'frigate', name: 'Frigate' },
      ],
    });
    show(view({ state: { verdict: 'starting' } }));
    show(view());
    const { body, headers } = await ask(port);
    expect(body).toMatch(/Barn<\/h2><p>It was not looked at yet[\s\S]*Frigate<\/h2>[\s\S]*Healthy/);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it('forbids everything that it does not need, and is kept nowhere', async () => {
    const { port } = await page();
    for (const path of ['/', '/healthz', '/nothing']) {
      expect((await ask(port, { path })).headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'self'$/),
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  const answers: [what: string, asking: Asking, status: number][] = [
    ['the page', {}, 200],
    ['the page that stands still', { path: '/?still' }, 200],
    ['nothing else', { path: '/api' }, 404],
    ['no path that only begins like the page', { path: '//' }, 404],
    ['no address in place of a path', { path: 'http://127.0.0.1/' }, 404],
    ['localhost', { headers: { host: 'localhost:8099' } }, 200],
    ['an IPv6 name', { headers: { host: '[::1]:8099' } }, 200],
    ['no name that somebody else points here', { headers: { host: 'warden.example:8099' } }, 403],
    ['no name that only begins like ours', { headers: { host: 'localhost.example' } }, 403],
    ['its own origin', { headers: { host: 'localhost:1', origin: 'http://localhost:1' } }, 200],
    ['no other port of this machine', { headers: { host: 'localhost:1', origin: 'http://localhost:2' } }, 403],
    ['no foreign origin', { headers: { origin: 'https://evil.example' } }, 403],
    ['no origin that hides', { headers: { origin: 'null' } }, 403],
    ['no foreign site', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }, 403],
    ['a link on a foreign site', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } }, 200],
    ...['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'].map((method): [string, Asking, number] => [
      `no ${method}`,
      { method },
      405,
    ]),
  ];
  it.each(answers)('answers %s', async (_, asking, status) => {
    const { port } = await page();
    const answer = await ask(port, asking);
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.allow).toBe('GET');
  });

  it('takes another port where somebody else is at it, for a person reads it in the log', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port: taken } = other.address() as AddressInfo;
    const { port, said } = await page({ port: taken });
    expect(port).not.toBe(taken);
    expect((await ask(port)).status).toBe(200);
    expect(said).toEqual([`info The status page is at http://127.0.0.1:${port}/`]);
  });

  it('stands still only where it was asked to', async () => {
    const { port } = await page();
    const refreshes = async (path: string) => (await ask(port, { path })).body.includes('http-equiv="refresh"');
    expect([await refreshes('/'), await refreshes('/?still'), await refreshes('/?other')]).toEqual([true, false, true]);
  });

  it('lets nobody use up memory by connections: of forty that only hold on, eight are ended', async () => {
    const { port } = await page();
    const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'));
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
    let ended = 0;
    for (const socket of sockets) socket.on('close', () => (ended += 1)).on('error', () => (ended += 0));
    await eventually(() => ended === 8);
  });

  it('ends a caller that speaks no HTTP, and goes on', async () => {
    const { port } = await page();
    const socket = connect(port, '127.0.0.1');
    socket.write('hello\r\n\r\n');
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1\.1 400 /);
    await once(socket, 'close');
    expect((await ask(port)).status).toBe(200);
  });

  it('answers that it cannot be made, and goes on, where a view breaks it', async () => {
    const { port, show, said } = await page();
    show({ ...view(), decision: null as never });
    expect(await ask(port)).toMatchObject({ status: 500, body: 'The page could not be made; the log says why.\n' });
    expect(said.at(-1)).toMatch(/^error The status page could not be made: /);
    show(view());
    expect((await ask(port)).status).toBe(200);
  });

  it('is closed at once, whoever is still connected', async () => {
    const { port, close } = await page();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    await close();
    await ended;
    await expect(ask(port)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the page behind ingress', () => {
  const answers: [what: string, asking: Asking, status: number][] = [
    ['Home Assistant', { from: INGRESS }, 200],
    ['Home Assistant by whatever name', { from: INGRESS, headers: { host: '172.30.33.4:8099' } }, 200],
    ['Home Assistant about its health', { from: INGRESS, path: '/healthz' }, 503],
    ['the container itself about its health', { path: '/healthz' }, 503],
    ['the container itself about nothing else', {}, 403],
    ['nobody else', { from: '127.0.0.4' }, 403],
    ['nobody else about its health', { from: '127.0.0.4', path: '/healthz' }, 403],
    ['nobody who only says that it is Home Assistant', { headers: { 'x-forwarded-for': INGRESS } }, 403],
    ['no foreign site', { from: INGRESS, headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' } }, 403],
    ['no POST', { from: INGRESS, method: 'POST' }, 405],
  ];
  it.each(answers)('answers %s', async (_, asking, status) => {
    const { port } = await page({ audience: 'ingress' });
    expect((await ask(port, asking)).status).toBe(status);
  });

  it('is open on every address of the container, and says nothing of it', async () => {
    const { urls, port, said } = await page({ audience: 'ingress' });
    expect(urls).toEqual([`http://0.0.0.0:${port}/`]);
    expect(said).toEqual([]);
  });

  it('asks for the address of the Supervisor where no other is given', async () => {
    const { port } = await page({ audience: 'ingress', ingressAddress: undefined as never });
    expect((await ask(port, { from: INGRESS })).status).toBe(403);
  });

  it('says once that it cannot be opened, and is no reason to end', async () => {
    const other = createServer().listen(0, '0.0.0.0');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { urls, show, said } = await page({ audience: 'ingress', port });
    show(view());
    expect(urls).toEqual([]);
    expect(said).toEqual([
      `warn The status page cannot be opened: port ${port}: EADDRINUSE. The Warden watches without it.`,
    ]);
  });
});

describe('/healthz', () => {
  it('is 503 before the first turn, 200 while the loop turns, and 503 when it stands still', async () => {
    const { port, show, clock } = await page();
    const asked = async () => {
      const { status, body, headers } = await ask(port, { path: '/healthz' });
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      return [status, JSON.parse(body)];
    };
    const word = (status: string, seconds: number | null) => ({
      status,
      version: '1.2.3',
      seconds_since_turn: { frigate: seconds },
    });
    expect(await asked()).toEqual([503, word('starting', null)]);
    show(view({ state: { verdict: 'unhealthy' } }));
    clock.now += 40;
    expect(await asked()).toEqual([200, word('turning', 40)]);
    clock.now += 111;
    expect(await asked()).toEqual([503, word('stalled', 151)]);
  });
});
