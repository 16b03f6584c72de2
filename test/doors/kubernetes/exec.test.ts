import type { Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import type { KubernetesSettings } from '../../../src/doors/kubernetes/credentials.ts';
import { openKubernetes } from '../../../src/doors/kubernetes/index.ts';
import type { Failure, KubernetesDoor, Reply } from '../../../src/doors/ports.ts';
import { eventually } from '../../eventually.ts';
import { type ExecSession, execServer, serverFrame } from './exec-server.ts';
import { recordingLog, rudeHttp, rudeNet, statusBody, TOKEN } from './rude-server.ts';
import { selfSigned } from './self-signed.ts';

const PLACE = { namespace: 'frigate', pod: 'frigate-0', container: 'frigate' };
const COMMAND = ['curl', '-s', 'http://localhost:5000/api/stats'];
const never = () => new AbortController().signal;

function open(given: string | KubernetesSettings, timeoutSeconds = 5): KubernetesDoor & { lines: string[] } {
  const log = recordingLog();
  const settings = typeof given === 'string' ? ({ from: 'settings', server: given, token: TOKEN } as const) : given;
  const door = openKubernetes(settings, { log, timeoutSeconds });
  onTestFinished(() => door.close());
  return { ...door, lines: log.lines };
}

const run = (door: KubernetesDoor, signal = never()) => door.exec(PLACE, COMMAND, signal);

function failed(reply: Reply<unknown>): Failure {
  if (reply.ok) throw new Error('a failure was expected');
  expect(reply.reason).toMatch(/^Cannot run a command in pod frigate\/frigate-0: .*\.$/);
  expect(JSON.stringify(reply)).not.toContain(TOKEN);
  return reply;
}

describe('a command in a container', () => {
  it('is asked for as the API wants it, and its output comes back whole', async () => {
    const server = await execServer((session) => {
      // The API opens every channel with an empty message.
      for (const channel of [0, 1, 2, 3].slice(0, 3)) session.say(channel, '');
      session.say(1, '{"a":');
      session.say(2, 'a warning');
      session.say(1, '"ä€"}');
      session.end();
    });
    const reply = await run(open(server.url));
    expect(reply).toEqual({ ok: true, value: '{"a":"ä€"}', status: 101, serverTime: null });
    const [{ request } = { request: null }] = server.sessions;
    expect(request?.url).toBe(
      '/api/v1/namespaces/frigate/pods/frigate-0/exec?container=frigate&command=curl&command=-s' +
        '&command=http%3A%2F%2Flocalhost%3A5000%2Fapi%2Fstats&stdout=true&stderr=true',
    );
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'user-agent': `frigate-warden/${packageJson.version}`,
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'v5.channel.k8s.io, v4.channel.k8s.io',
    });
  });

  it('puts a letter together that was cut in two', async () => {
    const [first = 0, second = 0] = Buffer.from('ä');
    const server = await execServer((session) => {
      session.raw(serverFrame(2, Buffer.from([1, first])));
      session.raw(serverFrame(2, Buffer.from([1, second])));
      session.end();
    });
    expect(await run(open(server.url))).toMatchObject({ ok: true, value: 'ä' });
  });

  it('is taken leave of politely, and its connection is not kept', async () => {
    const server = await execServer((session) => session.end());
    await run(open(server.url));
    await eventually(() => server.living() === 0);
    expect(server.sessions[0]?.heard).toEqual(['close \u0003\u00e8']);
  });

  it('answers the pings of the server while it runs', async () => {
    const server = await execServer((session) => {
      session.raw(serverFrame(9, Buffer.from('are you there')));
      session.socket.once('data', () => session.end());
    });
    expect(await run(open(server.url))).toMatchObject({ ok: true });
    expect(server.sessions[0]?.heard[0]).toBe('pong are you there');
  });

  it('also runs on servers of version 4', async () => {
    const server = await execServer((session) => session.end(), { words: { protocol: 'v4.channel.k8s.io' } });
    expect(await run(open(server.url))).toMatchObject({ ok: true });
  });

  it('goes over TLS with the given authority, also where the server prefers HTTP/2', async () => {
    const right = selfSigned('Right');
    const make = () => createSecureServer({ ...right, allowHTTP1: true }) as unknown as Server;
    const settings = (port: number, certificateAuthority: string): KubernetesSettings => ({
      from: 'settings',
      server: `https://127.0.0.1:${port}`,
      token: TOKEN,
      certificateAuthority,
    });
    for (const each of [() => createTlsServer(right), make]) {
      const server = await execServer((session) => session.end(), { make: withClose(each), scheme: 'https' });
      expect(await run(open(settings(server.port, right.cert)))).toMatchObject({ ok: true });
      expect(failed(await run(open(settings(server.port, selfSigned('Other').cert)))).kind).toBe('tls');
      expect(server.sessions).toHaveLength(1);
    }
  });
});

/** An HTTP/2 server closes in other ways. */
function withClose(make: () => Server): () => Server {
  return () => Object.assign(make(), { closeAllConnections: () => undefined });
}

describe('a command that goes wrong', () => {
  it.each<[string, (session: ExecSession) => void, Partial<Failure>]>([
    [
      'with an exit code, and its complaints',
      (session) => {
        session.say(1, 'half a page');
        session.say(2, 'curl: (7) Failed to connect\n');
        session.end(7);
      },
      {
        kind: 'status',
        reason: 'Cannot run a command in pod frigate/frigate-0: it ended with exit code 7.',
        body: 'curl: (7) Failed to connect',
      },
    ],
    [
      'with an exit code and output only',
      (session) => {
        session.say(1, `Bearer ${TOKEN}`);
        session.end(22);
      },
      { kind: 'status', body: 'Bearer ***' },
    ],
    [
      'before it began',
      (session) =>
        session.say(3, statusBody(500, 'InternalError', 'error executing command: "curl": executable file not found.')),
      {
        kind: 'status',
        reason:
          'Cannot run a command in pod frigate/frigate-0: it could not be run: error executing command: "curl": executable file not found.',
      },
    ],
    [
      'without a word',
      (session) => session.say(3, 'null'),
      { kind: 'status', reason: expect.stringContaining('could not be run: no reason is given') },
    ],
    [
      'with an end of another form',
      (session) => session.say(3, '{"status":"Failure","details":{"causes":"x"},"message":7}'),
      { kind: 'status', reason: expect.stringContaining('no reason is given') },
    ],
    [
      'with an end that is no JSON',
      (session) => session.say(3, 'Success'),
      { kind: 'status', reason: expect.stringContaining('no reason is given') },
    ],
  ])('%s', async (_, onCommand, wanted) => {
    const server = await execServer(onCommand);
    expect(failed(await run(open(server.url)))).toMatchObject(wanted);
  });

  it.each<[string, (session: ExecSession) => void, Failure['kind']]>([
    ['is cut', (session) => session.socket.destroy(), 'unreachable'],
    ['ends without an end', (session) => session.socket.end(), 'unreachable'],
    ['is closed by the server', (session) => session.raw(serverFrame(8, Buffer.from([3, 243]))), 'unreachable'],
    ['breaks the rules', (session) => session.raw(Buffer.from('HTTP/1.1 200 OK\r\n')), 'form'],
  ])('on a connection that %s', async (_, onCommand, kind) => {
    const server = await execServer((session) => {
      session.say(1, 'begun');
      onCommand(session);
    });
    const door = open(server.url);
    expect(failed(await run(door))).toMatchObject({ kind, status: 101 });
    await eventually(() => server.living() === 0);
    // The API server had answered: it is not called down.
    expect(door.lines).toEqual([]);
  });

  it('by an empty message does nothing', async () => {
    const server = await execServer((session) => {
      session.raw(serverFrame(2, Buffer.alloc(0)));
      session.say(9, 'a channel that nobody knows');
      session.end();
    });
    expect(await run(open(server.url))).toMatchObject({ ok: true, value: '' });
  });

  it('with more than 8 MB is let go of', async () => {
    const server = await execServer((session) => {
      for (let count = 0; count < 9; count += 1) session.say(1, 'x'.repeat(1024 * 1024));
    });
    expect(failed(await run(open(server.url)))).toMatchObject({ kind: 'too_large' });
    await eventually(() => server.living() === 0);
  });

  it('with one frame of more than 8 MB is let go of', async () => {
    const server = await execServer((session) => session.raw(Buffer.from([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0])));
    expect(failed(await run(open(server.url)))).toMatchObject({ kind: 'form' });
  });
});

describe('a command that is refused', () => {
  const RBAC =
    'pods "frigate-0" is forbidden: User "w" cannot create resource "pods/exec" in API group "" in the namespace "frigate"';
  it.each<[string, number, string, Partial<Failure>]>([
    [
      'for want of a verb',
      403,
      statusBody(403, 'Forbidden', RBAC),
      { kind: 'status', status: 403, reason: expect.stringContaining('lacks the verb "create" on pods/exec') },
    ],
    ['by the API', 400, statusBody(400, 'BadRequest', 'container x is not valid'), { status: 400 }],
    [
      'because the pod is gone',
      404,
      statusBody(404, 'NotFound', 'pods "frigate-0" not found'),
      { reason: 'Cannot run a command in pod frigate/frigate-0: it does not exist (404 NotFound).' },
    ],
    ['by a page that prints the token', 502, `<html>Bearer ${TOKEN}`, { status: 502, body: '<html>Bearer ***' }],
    ['by a server that knows no upgrade', 200, '{}', { kind: 'form', status: 200 }],
  ])('%s', async (_, status, body, wanted) => {
    const url = await rudeHttp((_request, response) => void response.writeHead(status).end(body));
    expect(failed(await run(open(url)))).toMatchObject(wanted);
  });

  it.each([{ accept: () => 'c29tZXRoaW5nIGVsc2U=' }, { protocol: 'v1.channel.k8s.io' }])(
    'when the server shakes hands wrongly: %o',
    async (words) => {
      const server = await execServer((session) => session.end(), { words });
      expect(failed(await run(open(server.url)))).toMatchObject({ kind: 'form', status: 101 });
      await eventually(() => server.living() === 0);
    },
  );
});

describe('a command that hangs', () => {
  it('before the upgrade costs the deadline', async () => {
    expect(failed(await run(open(await rudeNet(() => undefined), 0.2)))).toMatchObject({ kind: 'timeout' });
  });

  it('after the upgrade costs the deadline, and its connection is let go of', async () => {
    const server = await execServer((session) => session.say(1, 'begun'));
    const door = open(server.url, 0.3);
    expect(failed(await run(door))).toMatchObject({ kind: 'timeout' });
    await eventually(() => server.living() === 0);
    // Behind the API server anybody may be silent.
    expect(door.lines).toEqual([]);
  });

  it('is let go of when the turn is broken off, before and after the upgrade', async () => {
    const turn = new AbortController();
    const server = await execServer(() => turn.abort());
    expect(failed(await run(open(server.url), turn.signal)).kind).toBe('aborted');
    await eventually(() => server.living() === 0);

    const early = new AbortController();
    let living = 0;
    const silent = await rudeNet((socket) => {
      living += 1;
      socket.on('close', () => {
        living -= 1;
      });
      socket.on('data', () => early.abort());
    });
    expect(failed(await run(open(silent), early.signal)).kind).toBe('aborted');
    await eventually(() => living === 0);
    expect(failed(await run(open(silent), AbortSignal.abort())).kind).toBe('aborted');
  });

  it('is let go of with the door', async () => {
    const server = await execServer(() => undefined);
    const door = open(server.url);
    const asked = run(door);
    await eventually(() => server.sessions.length === 1);
    await door.close();
    expect(failed(await asked)).toMatchObject({ kind: 'aborted', reason: expect.stringContaining('door is closed') });
    await eventually(() => server.living() === 0);
  });
});
