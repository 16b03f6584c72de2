import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubernetesSettings } from '../../../src/doors/kubernetes/credentials.ts';
import { openKubernetes } from '../../../src/doors/kubernetes/index.ts';
import { openLog } from '../../../src/doors/log.ts';
import { learner } from '../../../src/secrets.ts';
import { eventually } from '../../eventually.ts';
import { type ExecSession, execServer } from './exec-server.ts';
import { recordingLog, rudeNet, statusBody } from './rude-server.ts';
import { scratch } from './scratch.ts';
import { selfSigned } from './self-signed.ts';
import { type Speaks, type TlsWish, tlsServer } from './tls-server.ts';

const { signal } = new AbortController();
const server = selfSigned('Server');
const PATCH = {
  workload: { kind: 'deployment', namespace: 'frigate', name: 'frigate' },
  restartedAt: '2026-01-06T04:06:54Z',
  uid: 'u',
  resourceVersion: '1',
} as const;

function open(settings: KubernetesSettings, timeoutSeconds = 2) {
  const log = recordingLog();
  const clock = { seconds: 0 };
  const secrets: string[] = [];
  const door = openKubernetes(settings, {
    log,
    timeoutSeconds,
    now: () => clock.seconds,
    onSecrets: (more) => void secrets.push(...more),
  });
  onTestFinished(() => door.close());
  return { door, log, clock, secrets };
}

/** Takes one token at a time; remembers by whom it was asked. */
async function guarded(wish: Partial<TlsWish> = {}) {
  const state = { token: 'first', seen: [] as string[] };
  const living = await tlsServer({ pair: server, ...wish }, (request, response) => {
    const bearer = request.headers.authorization ?? '';
    const certificate = (request.socket as TLSSocket).getPeerCertificate?.()?.subject?.CN;
    state.seen.push(`${request.method} ${certificate ?? bearer.replace('Bearer ', '')}`);
    if (certificate || bearer === `Bearer ${state.token}`) return void response.end('{"kind":"Node"}');
    response.writeHead(401).end(statusBody(401, 'Unauthorized', 'Unauthorized'));
  });
  return { state, living, url: `https://127.0.0.1:${living.port}` };
}

const kubeconfig = (url: string, user: string, authority = 'certificate-authority: ca.crt') =>
  `{clusters: [{name: c, cluster: {server: '${url}', ${authority}}}], users: [{name: u, user: {${user}}}],
    contexts: [{name: x, context: {cluster: c, user: u}}]}`;

describe('a command that may have run', () => {
  const PLACE = { namespace: 'frigate', pod: 'frigate-0', container: 'frigate' };
  const run = (door: ReturnType<typeof open>['door']) => door.exec(PLACE, ['curl', '-X', 'POST', '/'], signal);

  it('is not sent a second time when it was cut off, though there are other credentials by then', async () => {
    let asked = 0;
    const url = await rudeNet((socket) =>
      socket.once('data', () => {
        asked += 1;
        writeFileSync(join(directory, 'token'), 'second');
        socket.resetAndDestroy();
      }),
    );
    const file = kubeconfig(url, 'tokenFile: token', 'insecure-skip-tls-verify: true');
    const directory = scratch({ token: 'first', kubeconfig: file });
    const { door } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    expect(await run(door)).toMatchObject({ ok: false, kind: 'unreachable' });
    expect(asked).toBe(1);
  });

  it('is sent again where the API itself did not let it in', async () => {
    const { state, url } = await guarded({ speaks: 'http/1.1' });
    const directory = scratch({
      token: 'first',
      'ca.crt': server.cert,
      kubeconfig: kubeconfig(url, 'tokenFile: token'),
    });
    const { door } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    state.token = 'second';
    writeFileSync(join(directory, 'token'), 'second');
    await run(door);
    expect(state.seen).toEqual(['GET first', 'GET second']);
  });
});

describe.each<Speaks>(['h2', 'http/1.1'])('credentials that change while the door is open, over %s', (speaks) => {
  it('a token: the first refusal leads to the new one, and the call is answered', async () => {
    const { state, living, url } = await guarded({ speaks });
    const directory = scratch({ token: 'first\n', 'ca.crt': server.cert });
    const { host, port } = { host: '127.0.0.1', port: new URL(url).port };
    const variables = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    const { door, log, secrets } = open({ from: 'service_account', directory, variables });
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    state.token = 'second';
    expect(await door.node('a', signal)).toMatchObject({ ok: false, status: 401 });
    writeFileSync(join(directory, 'token'), 'second\n');
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    expect(state.seen).toEqual(['GET first', 'GET first', 'GET first', 'GET second']);
    expect(secrets).toEqual(['first', 'second']);
    expect(log.lines).toEqual(['info The credentials for Kubernetes were renewed.']);
    await eventually(() => living.living() <= 1);
  });

  it('a token: also what comes through the API from elsewhere leads to the new one', async () => {
    const { state, url } = await guarded({ speaks });
    const files = { token: 'first', 'ca.crt': server.cert, kubeconfig: kubeconfig(url, 'tokenFile: token') };
    const directory = scratch(files);
    const { door } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    state.token = 'second';
    writeFileSync(join(directory, 'token'), 'second');
    const road = { kind: 'pods', namespace: 'frigate', name: 'a', port: 5000, path: '/' } as const;
    expect(await door.proxy(road, signal)).toMatchObject({ ok: true });
    expect(state.seen).toEqual(['GET first', 'GET second']);
  });

  it('a kubeconfig with another server: found when the old one falls silent', async () => {
    const young = await guarded({ speaks });
    const silent = await rudeNet(() => undefined);
    const directory = scratch({ 'ca.crt': server.cert, kubeconfig: kubeconfig(silent, 'token: first') });
    const { door } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') }, 0.3);
    writeFileSync(join(directory, 'kubeconfig'), kubeconfig(young.url, 'token: first'));
    expect(await door.node('a', signal)).toMatchObject({ ok: false, kind: 'timeout' });
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
  });

  it('a token: a restart that was refused is not sent a second time', async () => {
    const { state, url } = await guarded({ speaks });
    const directory = scratch({
      token: 'first',
      'ca.crt': server.cert,
      kubeconfig: kubeconfig(url, 'tokenFile: token'),
    });
    const { door } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    state.token = 'second';
    writeFileSync(join(directory, 'token'), 'second');
    expect(await door.restart(PATCH, signal)).toMatchObject({ ok: false, status: 401 });
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    expect(state.seen).toEqual(['PATCH first', 'GET second']);
  });

  it('a token that is not refused yet: taken up within a minute, and the old connections are closed', async () => {
    const { state, living, url } = await guarded({ speaks });
    const directory = scratch({
      token: 'first',
      'ca.crt': server.cert,
      kubeconfig: kubeconfig(url, 'tokenFile: token'),
    });
    const { door, clock } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    writeFileSync(join(directory, 'token'), 'second');
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    state.token = 'second';
    const before = living.opened();
    clock.seconds = 60;
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    expect(state.seen.at(-1)).toBe('GET second');
    expect(living.opened()).toBe(before + 1);
    await eventually(() => living.living() === 1);
  });

  it('a certificate authority: a server with a new certificate is trusted with the next call', async () => {
    const { url } = await guarded({ speaks });
    const directory = scratch({ 'ca.crt': selfSigned('Old').cert });
    writeFileSync(join(directory, 'kubeconfig'), kubeconfig(url, 'token: first'));
    const { door } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    expect(await door.node('a', signal)).toMatchObject({ ok: false, kind: 'tls' });
    writeFileSync(join(directory, 'ca.crt'), server.cert);
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
  });

  it('a client certificate: shown on new connections, and while only one half is new the old pair stays', async () => {
    const [before, after] = [selfSigned('before'), selfSigned('after')];
    const { state, living, url } = await guarded({ speaks, clientAuthority: before.cert + after.cert });
    const directory = scratch({ 'ca.crt': server.cert, 'tls.crt': before.cert, 'tls.key': before.key });
    writeFileSync(join(directory, 'kubeconfig'), kubeconfig(url, 'client-certificate: tls.crt, client-key: tls.key'));
    const { door, clock, log, secrets } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    await door.node('a', signal);
    writeFileSync(join(directory, 'tls.crt'), after.cert);
    clock.seconds += 60;
    await door.node('a', signal);
    writeFileSync(join(directory, 'tls.key'), after.key);
    clock.seconds += 60;
    await door.node('a', signal);
    expect(state.seen).toEqual(['GET before', 'GET before', 'GET after']);
    expect(log.lines).toHaveLength(2);
    expect(log.lines[0]).toMatch(/^warn .* client key is not that of its certificate/);
    expect(secrets).toContain(after.key.trim());
    await eventually(() => living.living() <= 1);
  });

  it('a kubeconfig with another server: found as soon as the old one is gone', async () => {
    const [old, young] = [await guarded({ speaks }), await guarded({ speaks })];
    const directory = scratch({ 'ca.crt': server.cert, kubeconfig: kubeconfig('https://127.0.0.1:1', 'token: first') });
    const { door, log } = open({ from: 'kubeconfig_file', path: join(directory, 'kubeconfig') });
    expect(await door.node('a', signal)).toMatchObject({ ok: false });
    writeFileSync(join(directory, 'kubeconfig'), kubeconfig(young.url, 'token: first'));
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    expect(old.state.seen).toEqual([]);
    expect(log.lines).toEqual([
      expect.stringMatching(/^warn The Kubernetes API at https:\/\/127\.0\.0\.1:1 does not answer/),
      'info The credentials for Kubernetes were renewed.',
      `info The Kubernetes API at ${young.url} answers again.`,
    ]);
  });
});

describe('a token that was renewed', () => {
  it('is out of the log as the first one was', async () => {
    const { state, url } = await guarded();
    const directory = scratch({ token: 'first-token', 'ca.crt': server.cert });
    writeFileSync(join(directory, 'kubeconfig'), kubeconfig(url, 'tokenFile: token'));
    const secrets: string[] = [];
    const lines: string[] = [];
    const log = openLog({ level: 'info', secrets, destination: { write: (line) => void lines.push(line) } });
    const settings = { from: 'kubeconfig_file', path: join(directory, 'kubeconfig') } as const;
    const door = openKubernetes(settings, { log, timeoutSeconds: 2, onSecrets: learner(secrets) });
    onTestFinished(() => door.close());
    log.info('before first-token second-token');
    state.token = 'second-token';
    writeFileSync(join(directory, 'token'), 'second-token');
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    log.info('after first-token second-token');
    expect(lines[0]).toContain('before *** second-token');
    expect(lines.at(-1)).toContain('after *** ***');
  });
});

describe('a server with an IPv6 address', () => {
  it.each<Speaks>(['h2', 'http/1.1'])('answers over %s, its certificate judged by that address', async (speaks) => {
    const { living } = await guarded({ speaks, host: '::1' });
    const settings = { from: 'settings', server: `https://[::1]:${living.port}`, token: 'first' } as const;
    const { door } = open({ ...settings, certificateAuthority: server.cert });
    expect(await door.node('a', signal)).toMatchObject({ ok: true });
    const { door: wary } = open({ ...settings, certificateAuthority: selfSigned('Other').cert });
    expect(await wary.node('a', signal)).toMatchObject({ ok: false, kind: 'tls' });
  });

  it('runs commands too', async () => {
    const say = (session: ExecSession) => {
      session.say(1, 'here');
      session.end();
    };
    const make = () => createServer(server);
    const { url } = await execServer(say, { make, scheme: 'https', host: '::1' });
    const { door } = open({ from: 'settings', server: url, token: 'first', certificateAuthority: server.cert });
    const place = { namespace: 'frigate', pod: 'a', container: 'frigate' };
    expect(await door.exec(place, ['true'], signal)).toMatchObject({ ok: true, value: 'here' });
  });
});
