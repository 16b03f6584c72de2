import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openKubernetes } from '../../../src/doors/kubernetes/index.ts';
import { eventually } from '../../eventually.ts';
import { execServer } from './exec-server.ts';
import { relayTo } from './relay.ts';
import { recordingLog, TOKEN } from './rude-server.ts';
import { selfSigned } from './self-signed.ts';
import { type Speaks, tlsServer } from './tls-server.ts';

const SEEDS = [1, 2, 3];
const CALLS = 150;
const pair = selfSigned('Storm');
const { signal } = new AbortController();

/** Mulberry32: the same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const escaped: unknown[] = [];
const keep = (error: unknown) => void escaped.push(error);
beforeAll(() => {
  process.on('unhandledRejection', keep);
  process.on('uncaughtException', keep);
});
afterAll(() => {
  process.off('unhandledRejection', keep);
  process.off('uncaughtException', keep);
});

const QUERY = { container: null, sinceTime: null, tailLines: null, previous: false, limitBytes: 100_000 };
const POD = { namespace: 'frigate', pod: 'frigate-0' };
const LOG = `${'2026-01-06T04:06:54.000000000Z a line of a log\n'.repeat(400)}`;

describe.each<Speaks>(['h2', 'http/1.1'])('connections over %s that are cut at any byte', (speaks) => {
  it.each(SEEDS)('never get past the door, seed %i', async (seed) => {
    const roll = dice(seed);
    const server = await tlsServer({ pair, speaks }, (request, response) => {
      response.end(request.url.includes('/log') ? LOG : '{"kind":"Node"}');
    });
    const relay = await relayTo(server.port);
    relay.cutAfter(() => (roll() < 0.2 ? Number.POSITIVE_INFINITY : Math.floor(roll() ** 3 * 30_000)));
    const settings = { server: `https://127.0.0.1:${relay.port}`, token: TOKEN, certificateAuthority: pair.cert };
    const log = recordingLog();
    const door = openKubernetes({ from: 'settings', ...settings }, { log, timeoutSeconds: 1 });
    onTestFinished(() => door.close());
    const kinds = new Set<string>();
    for (let call = 0; call < CALLS; call += 5) {
      const replies = await Promise.all([
        door.node('a', signal),
        door.log({ ...POD, ...QUERY }, signal),
        door.proxy({ kind: 'pods', namespace: 'frigate', name: 'a', port: 80, path: '/log' }, signal),
        door.node('b', AbortSignal.timeout(Math.ceil(roll() * 20))),
        door.log({ ...POD, ...QUERY }, AbortSignal.timeout(Math.ceil(roll() * 20))),
      ]);
      for (const reply of replies) {
        kinds.add(reply.ok ? 'ok' : reply.kind);
        if (reply.ok && typeof reply.value === 'string') expect(reply.value).toBe(LOG);
      }
    }
    expect(kinds).toContain('ok');
    expect(kinds).toContain('unreachable');
    await door.close();
    await eventually(() => server.living() === 0 && relay.living() === 0);
    expect(escaped).toEqual([]);
  });
});

describe('commands whose connection is cut at any byte', () => {
  it.each(SEEDS)('never get past the door, seed %i', async (seed) => {
    const roll = dice(seed);
    const server = await execServer((session) => {
      for (let part = 0; part < 20; part += 1) session.say(roll() < 0.1 ? 2 : 1, 'x'.repeat(Math.floor(roll() * 500)));
      session.end(roll() < 0.3 ? 3 : 0);
    });
    const relay = await relayTo(server.port);
    relay.cutAfter(() => (roll() < 0.3 ? Number.POSITIVE_INFINITY : Math.floor(roll() * 8000)));
    const settings = { from: 'settings', server: `http://127.0.0.1:${relay.port}`, token: TOKEN } as const;
    const door = openKubernetes(settings, { log: recordingLog(), timeoutSeconds: 1 });
    onTestFinished(() => door.close());
    const kinds = new Set<string>();
    for (let call = 0; call < CALLS; call += 5) {
      const replies = await Promise.all(
        [signal, signal, signal, signal, AbortSignal.timeout(Math.ceil(roll() * 10))].map((each) =>
          door.exec({ ...POD, container: 'frigate' }, ['true'], each),
        ),
      );
      for (const reply of replies) kinds.add(reply.ok ? 'ok' : reply.kind);
    }
    expect(kinds).toContain('ok');
    expect(kinds).toContain('unreachable');
    await door.close();
    await eventually(() => relay.living() === 0);
    expect(escaped).toEqual([]);
  });
});
