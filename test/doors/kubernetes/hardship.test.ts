import { describe, expect, it, onTestFinished } from 'vitest';
import { openKubernetes } from '../../../src/doors/kubernetes/index.ts';
import type { KubernetesDoor, LogQuery, Reply } from '../../../src/doors/ports.ts';
import { eventually } from '../../eventually.ts';
import { relayTo } from './relay.ts';
import { recordingLog, statusBody, TOKEN } from './rude-server.ts';
import { selfSigned } from './self-signed.ts';
import { type Speaks, tlsServer } from './tls-server.ts';

const never = () => new AbortController().signal;
const pair = selfSigned('Hardship');
const BUSY = statusBody(429, 'TooManyRequests', 'slow down');
const LOG: LogQuery = {
  namespace: 'frigate',
  pod: 'frigate-0',
  container: null,
  sinceTime: null,
  tailLines: null,
  previous: false,
  limitBytes: 1000,
};
const ROAD = { kind: 'pods', namespace: 'frigate', name: 'frigate-0', port: 5000, path: '/api/stats' } as const;
const PATCH = {
  workload: { kind: 'deployment', namespace: 'frigate', name: 'frigate' },
  restartedAt: '2026-01-06T04:06:54Z',
  uid: 'u',
  resourceVersion: '1',
} as const;

function open(port: number, timeoutSeconds: number, now?: () => number): KubernetesDoor & { lines: string[] } {
  const log = recordingLog();
  const server = `https://127.0.0.1:${port}`;
  const settings = { from: 'settings', server, token: TOKEN, certificateAuthority: pair.cert } as const;
  const door = openKubernetes(settings, { log, timeoutSeconds, ...(now ? { now } : {}) });
  onTestFinished(() => door.close());
  return { ...door, lines: log.lines };
}

describe.each<Speaks>(['h2', 'http/1.1'])('an API server that speaks %s', (speaks) => {
  it('and a node that is lost: silent logs hold nothing else up, and their connections do not add up', async () => {
    let logs = 0;
    const server = await tlsServer({ pair, speaks }, (request, response) => {
      if (request.url.includes('/log') || request.url.includes('/proxy')) logs += 1;
      else response.end('{"kind":"Node"}');
    });
    const door = open(server.port, 1.5);
    expect(await door.node('a', never())).toMatchObject({ ok: true });
    for (let turn = 1; turn <= 2; turn += 1) {
      const silent = [door.log(LOG, never()), door.proxy(ROAD, never()), door.log(LOG, never())];
      let isSilent = true;
      const all = Promise.all(silent).finally(() => {
        isSilent = false;
      });
      for (let call = 0; call < 5; call += 1) expect(await door.node('a', never())).toMatchObject({ ok: true });
      expect(isSilent).toBe(true);
      for (const reply of await all) expect(reply).toMatchObject({ ok: false, kind: 'timeout' });
      expect(logs).toBe(turn * 3);
      await eventually(() => server.living() <= 2);
    }
    expect(door.lines).toEqual([]);
  });

  it('takes no more connections at once than there are places, and what hangs leaves room for the rest', async () => {
    let most = 0;
    const server = await tlsServer({ pair, speaks }, (request, response) => {
      most = Math.max(most, server.living());
      if (!request.url.includes('/log')) response.end('{"kind":"Node"}');
    });
    const door = open(server.port, 2);
    let hanging = 0;
    const logs = Array.from({ length: 200 }, async () => {
      hanging += 1;
      const reply = await door.log(LOG, never());
      hanging -= 1;
      return reply.ok ? 'ok' : reply.kind;
    });
    expect(await door.node('a', never())).toMatchObject({ ok: true });
    expect(hanging).toBe(200);
    expect(new Set(await Promise.all(logs))).toEqual(new Set(['timeout']));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(49);
    await eventually(() => server.living() <= 1);
  });

  it('is asked over a new connection after one that hangs, and the old one is closed', async () => {
    const server = await tlsServer({ pair, speaks }, (_request, response) => void response.end('{"kind":"Node"}'));
    const relay = await relayTo(server.port);
    const door = open(relay.port, 1);
    for (let call = 0; call < 4; call += 1) expect(await door.node('a', never())).toMatchObject({ ok: true });
    relay.strand();
    const stranded = relay.opened();
    const first = await Promise.all(Array.from({ length: 4 }, () => door.node('a', never())));
    expect(first.some((reply) => !reply.ok && reply.kind === 'timeout')).toBe(true);
    for (let call = 0; call < 4; call += 1) expect(await door.node('a', never())).toMatchObject({ ok: true });
    await eventually(() => relay.living() <= relay.opened() - stranded);
  });

  it('that takes connections and never says a word on them: no call, of whatever kind, outlasts its deadline', async () => {
    const server = await tlsServer({ pair, speaks }, (request, response) => {
      response.end(request.url.includes('/log') ? 'a line' : '{"kind":"Node"}');
    });
    const relay = await relayTo(server.port);
    const door = open(relay.port, 0.4);
    expect(await door.node('a', never())).toMatchObject({ ok: true });
    relay.freeze();
    for (let turn = 0; turn < 3; turn += 1) {
      const begun = performance.now();
      const asked = [
        door.node('a', never()),
        door.log(LOG, never()),
        door.proxy(ROAD, never()),
        door.log(LOG, never()),
      ];
      for (const reply of await Promise.all(asked)) expect(reply).toMatchObject({ ok: false, kind: 'timeout' });
      expect((performance.now() - begun) / 1000).toBeLessThan(2);
    }
    relay.thaw();
    await eventually(async () => (await door.log(LOG, never())).ok);
  });

  it('that freezes and comes back is answered again without help', async () => {
    const server = await tlsServer({ pair, speaks }, (_request, response) => void response.end('{"kind":"Node"}'));
    const relay = await relayTo(server.port);
    const door = open(relay.port, 0.4);
    expect(await door.node('a', never())).toMatchObject({ ok: true });
    relay.freeze();
    for (let turn = 0; turn < 3; turn += 1) {
      const replies = await Promise.all(Array.from({ length: 6 }, () => door.node('a', never())));
      for (const reply of replies) expect(reply).toMatchObject({ ok: false, kind: 'timeout' });
    }
    relay.thaw();
    await eventually(async () => (await door.node('a', never())).ok);
    expect(door.lines).toHaveLength(2);
    await eventually(() => relay.living() <= 3);
  });

  it('that carries a restart out and whose answer is lost is not asked twice', async () => {
    const seen: string[] = [];
    const server = await tlsServer({ pair, speaks }, (request, response) => {
      seen.push(request.method);
      if (request.method === 'PATCH') relay.loseAnswers();
      response.end('{"kind":"Node"}');
    });
    const relay = await relayTo(server.port);
    const door = open(relay.port, 2);
    await door.node('a', never());
    const reply = await door.restart(PATCH, never());
    expect(reply).toMatchObject({ ok: false, kind: 'unreachable' });
    expect(reply).not.toHaveProperty('status');
    expect(seen).toEqual(['GET', 'PATCH']);
  });

  it('that asks for a moment is read again after it, and only once', async () => {
    const seen: number[] = [];
    const server = await tlsServer({ pair, speaks }, (request, response) => {
      seen.push(performance.now());
      if (seen.length % 2 === 0) return void response.end('{"kind":"Node"}');
      response.writeHead(429, { 'Retry-After': '1' });
      response.end(request.url.includes('/log') ? 'Too many requests, please try again later.\n' : BUSY);
    });
    const door = open(server.port, 4);
    for (const reply of [await door.node('a', never()), await door.log(LOG, never())]) {
      expect(reply).toMatchObject({ ok: true });
    }
    expect(seen).toHaveLength(4);
    expect((seen[1] ?? 0) - (seen[0] ?? 0)).toBeGreaterThanOrEqual(1000);
    expect((seen[3] ?? 0) - (seen[2] ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it.each([
    ['a Status', BUSY],
    ['plain text', 'Too many requests, please try again later.\n'],
    ['its last words', 'The apiserver is shutting down, please try again later.\n'],
  ])('that asks for more than a moment, in %s, is known by that: a proxy behind it is not blamed', async (_, body) => {
    let requests = 0;
    const server = await tlsServer({ pair, speaks }, (_request, response) => {
      requests += 1;
      response.writeHead(429, { 'Retry-After': '5' }).end(body);
    });
    const ways: ((door: KubernetesDoor) => Promise<Reply<unknown>>)[] = [
      (door) => door.proxy(ROAD, never()),
      (door) => door.log(LOG, never()),
      (door) => door.exec({ namespace: 'frigate', pod: 'a', container: 'b' }, ['true'], never()),
      (door) => door.node('a', never()),
    ];
    for (const [at, ask] of ways.entries()) {
      const door = open(server.port, 2);
      expect(await ask(door)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('asks to slow down for 5 s'),
      });
      expect(await ask(door)).toMatchObject({ ok: false, reason: expect.stringContaining('was not asked') });
      expect(requests).toBe(at + 1);
      expect(door.lines).toEqual([]);
    }
  });

  it('leaves alone what is behind it where that is too busy: Frigate’s own 429 is Frigate’s', async () => {
    let requests = 0;
    const server = await tlsServer({ pair, speaks }, (_request, response) => {
      requests += 1;
      response.writeHead(429, { 'Retry-After': '5' }).end('{"message":"Rate limit exceeded"}');
    });
    const door = open(server.port, 2);
    for (let call = 0; call < 2; call += 1) expect(await door.proxy(ROAD, never())).toMatchObject({ status: 429 });
    expect(requests).toBe(2);
  });

  it('that asks to slow down is left alone until then, and not a moment longer', async () => {
    let now = 1000;
    const seen: string[] = [];
    let isBusy = true;
    const server = await tlsServer({ pair, speaks }, (request, response) => {
      seen.push(`${request.method} ${request.url.split('?')[0]?.split('/').at(-1)}`);
      if (!isBusy) return void response.end('{"kind":"Node"}');
      response.writeHead(429, { 'Retry-After': '7' });
      response.end(BUSY);
    });
    const door = open(server.port, 2, () => now);
    expect(await door.restart(PATCH, never())).toMatchObject({
      kind: 'status',
      status: 429,
      reason: 'Cannot restart deployment frigate/frigate: the API asks to slow down for 7 s (429 TooManyRequests).',
    });
    isBusy = false;
    now = 1006.9;
    for (const reply of [
      await door.restart(PATCH, never()),
      await door.log(LOG, never()),
      await door.node('a', never()),
    ]) {
      expect(reply).toMatchObject({ kind: 'status', status: 429, reason: expect.stringContaining('was not asked') });
    }
    now = 1007;
    expect(await door.node('a', never())).toMatchObject({ ok: true });
    expect(seen).toEqual(['PATCH frigate', 'GET a']);
    expect(door.lines).toEqual([]);
  });
});
