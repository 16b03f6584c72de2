import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openTcp } from '../../src/doors/tcp.ts';
import { eventually } from '../eventually.ts';

const tcp = openTcp();
const never = () => new AbortController().signal;
const reach = (host: string, port: number, timeoutSeconds = 5, signal = never()) =>
  tcp.reach({ host, port }, { timeoutSeconds, signal });

interface Place {
  port: number;
  /** What each connection sent, whole once it has ended. */
  heard: string[];
  close(): Promise<void>;
}

async function listen(host = '127.0.0.1', onSocket: (socket: Socket) => void = () => undefined): Promise<Place> {
  const heard: string[] = [];
  const server: Server = createServer((socket) => {
    onSocket(socket);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', (error) => heard.push(error.message));
    socket.on('end', () => heard.push(text));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(close);
  return { port: (server.address() as { port: number }).port, heard, close };
}

/** The port of a process that listens and is then frozen: what it cannot queue is never answered. */
async function frozen(): Promise<number> {
  const program =
    "const s = require('net').createServer();" +
    "s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  return Number(String(port));
}

describe('an address', () => {
  it.each(['127.0.0.1', 'localhost', '::1', '[::1]'])('where somebody listens is reached: %s', async (host) => {
    const { port, heard } = await listen(host.replace(/[[\]]/g, ''), (socket) => void socket.write('hello'));
    expect(await reach(host, port)).toEqual({ ok: true, value: true, status: 0, serverTime: null });
    // It said nothing, and hung up as one does.
    await eventually(() => heard.length === 1);
    expect(heard[0]).toMatch(/^$|ECONNRESET/);
  });

  it.each([
    ['127.0.0.1', (port: number) => `127.0.0.1:${port} refuses connections.`],
    ['::1', (port: number) => `[::1]:${port} refuses connections.`],
    ['localhost', (port: number) => `localhost:${port} refuses connections.`],
  ])('where nobody listens refuses: %s', async (host, reason) => {
    const { port, close } = await listen();
    await close();
    expect(await reach(host, port)).toEqual({ ok: false, kind: 'refused', reason: reason(port) });
  });

  it('of a name with several addresses refuses where one of them does', async () => {
    const { port, close } = await listen();
    await close();
    const addresses = ['255.255.255.255', '127.0.0.1'].map((address) => ({ address, family: 4 }));
    const spy = vi.spyOn(dns, 'lookup').mockImplementation(((...given: unknown[]) => {
      const done = given.at(-1) as (error: null, found: typeof addresses) => void;
      queueMicrotask(() => done(null, addresses));
    }) as typeof dns.lookup);
    onTestFinished(() => spy.mockRestore());
    expect(await reach('camera.test', port)).toMatchObject({ kind: 'refused' });
    expect(spy).toHaveBeenCalledOnce();
  });

  it('that nobody has is unreachable', async () => {
    expect(await reach('camera.invalid', 554)).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringMatching(/^camera\.invalid:554 is a name that cannot be (found|looked up just now)\.$/),
    });
  });

  it('to which there is no way is unreachable', async () => {
    // No socket may be opened to the address of everybody.
    expect(await reach('255.255.255.255', 554)).toMatchObject({ ok: false, kind: 'unreachable' });
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])('has no port %d', async (port) => {
    expect(await reach('127.0.0.1', port)).toMatchObject({
      kind: 'form',
      reason: expect.stringContaining('1 to 65535'),
    });
  });
});

describe('a look that lasts', () => {
  it('ends at its deadline', async () => {
    const port = await frozen();
    const reason = `127.0.0.1:${port} did not answer within 0.2 s.`;
    let reply = await reach('127.0.0.1', port, 0.2);
    // The kernel still takes a few for the one that is frozen.
    for (let count = 0; reply.ok && count < 10; count += 1) reply = await reach('127.0.0.1', port, 0.2);
    expect(reply).toEqual({ ok: false, kind: 'timeout', reason });
  });

  it('ends with its signal, and is not begun after it', async () => {
    const stop = new AbortController();
    const { port, heard } = await listen();
    const asked = reach('127.0.0.1', port, 5, stop.signal);
    stop.abort();
    expect(await asked).toEqual({ ok: false, kind: 'aborted', reason: `The look at 127.0.0.1:${port} was given up.` });
    heard.length = 0;
    expect(await reach('127.0.0.1', port, 5, stop.signal)).toMatchObject({ kind: 'aborted' });
    expect(heard).toEqual([]);
  });

  it('leaves neither a timer nor a listener behind', async () => {
    const { port } = await listen();
    const { signal } = new AbortController();
    const kept = new Set<string>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      kept.add(given[0]);
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      kept.delete(given[0]);
      remove(...given);
    };
    const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();
    for (let count = 0; count < 20; count += 1) await reach('127.0.0.1', port, 30, signal);
    expect(kept.size).toBe(0);
    expect(timers()).toBeLessThan(before + 10);
  });
});
