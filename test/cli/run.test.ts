import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startBroker } from '../../demo/broker.ts';
import { newFrigate, type SimulatedFrigate } from '../../demo/frigate/model.ts';
import { startFrigate } from '../../demo/frigate/server.ts';
import { startKubernetes } from '../../demo/kubernetes/index.ts';
import type { Arguments } from '../../src/cli/arguments.ts';
import { runCommand } from '../../src/cli/run.ts';
import { openHistory } from '../../src/doors/store/history.ts';
import { keptLog } from '../doors/hearing.ts';
import { eventually } from '../eventually.ts';
import { type Started, scratch, startCommand, startRun, written } from './started.ts';

const now = () => Date.now() / 1000;
const DAY = 86_400;
/** A start compiles all of the source, and the machine may be busy. */
const PATIENCE = { withinSeconds: 15 };

async function broker() {
  const started = await startBroker();
  onTestFinished(started.close);
  return started;
}

async function frigate(): Promise<{ url: string; model: SimulatedFrigate }> {
  const model = newFrigate(['doorbell'], now() - DAY);
  const server = await startFrigate(model, now);
  onTestFinished(server.close);
  return { url: server.url, model };
}

/** A port on which nobody listens any more. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address ? address.port : 0;
}

const linesWith = (started: Started, part: string) =>
  started
    .out()
    .split('\n')
    .filter((line) => line.includes(part));

const heard = (started: Started, part: string) =>
  eventually(() => started.out().includes(part), { ...PATIENCE, what: `"${part}" in the log` });

async function leave(started: Started, withinSeconds = 2): Promise<void> {
  started.kill('SIGTERM');
  expect(await started.ended).toMatchObject({ code: 0, signal: null });
  expect((await started.ended).seconds).toBeLessThan(withinSeconds);
  expect(started.errors()).toBe('');
}

const seen = { name: 'Frigate', url: 'http://127.0.0.1:5000' };

describe('a start that cannot be meant', () => {
  it('says every wrong option in a sentence of its own and starts nothing', async () => {
    const { url } = await frigate();
    const { port, clients } = await broker();
    const started = startRun({
      interval_seconds: 1,
      frigates: [{ name: 'Frigate', url, workload: 'frigate' }],
      mqtt: { host: '127.0.0.1', port, pasword: 'geheim-1' },
    });
    expect(await started.ended).toMatchObject({ code: 2 });
    expect(started.errors().trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^interval_seconds: 1 is not right; the least is 5\./),
      expect.stringMatching(/^frigates\[0\]\.workload: .*give it as deployment\/frigate/),
      expect.stringMatching(/^mqtt\.pasword: there is no such option; .*password/),
    ]);
    expect(started.errors()).not.toContain('geheim-1');
    expect(started.out()).toBe('');
    expect(existsSync(join(started.folder, 'kept'))).toBe(false);
    expect(clients()).toEqual([]);
  });

  const wrong: [what: string, options: unknown, sentence: RegExp][] = [
    ['options that are no JSON', '{"frigates": ', /options\.json is not JSON; check its commas, quotes and braces\.$/],
    [
      'a kubeconfig that is not there',
      { frigates: [{ ...seen, namespace: 'frigate' }], kubernetes: { kubeconfig: '/nowhere/kubeconfig' } },
      /^kubernetes\.kubeconfig cannot be read; give the path of a kubeconfig, or its text\.$/,
    ],
    [
      'a server that would get the token in clear text',
      { frigates: [{ ...seen, namespace: 'f' }], kubernetes: { server: 'http://192.0.2.1:6443', token: 'geheim-2' } },
      /^kubernetes\.server: begins with http:\/\/, .*; use https:\/\/\. \(in .*\)$/,
    ],
    [
      'a cluster around it that is none',
      { frigates: [{ ...seen, namespace: 'frigate' }], kubernetes: { in_cluster: true } },
      /^kubernetes: KUBERNETES_SERVICE_HOST is not set, so this is not a pod; /,
    ],
  ];
  it.each(wrong)('ends at once for %s', async (_, options, sentence) => {
    const folder = scratch();
    const said = await refusal({ optionsFile: written(folder, options), folder: join(folder, 'kept') });
    expect(said).toEqual([expect.stringMatching(sentence)]);
    expect(said.join()).not.toContain('geheim');
    expect(existsSync(join(folder, 'kept'))).toBe(false);
  });

  it('ends at once for a kubeconfig that is none, and quotes nothing of it', async () => {
    const folder = scratch();
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, 'users: [\n- token: geheim-3\n');
    const options = { frigates: [{ ...seen, namespace: 'frigate' }], kubernetes: { kubeconfig } };
    expect(await refusal({ optionsFile: written(folder, options), folder })).toEqual([
      expect.stringMatching(/^kubernetes: The kubeconfig is not valid YAML \(line \d\)\.$/),
    ]);
  });

  it('ends at once without an options file, and says how to name one', async () => {
    expect(await refusal({ optionsFile: '/nowhere/options.json', folder: scratch() })).toEqual([
      '/nowhere/options.json does not exist; name the options file with --options, or a Frigate with --frigate URL.',
    ]);
  });

  it('ends at once where the data folder cannot be made', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    const refused = await refusal({ frigateUrl: 'http://127.0.0.1:5000', folder: join(folder, 'file', 'data') });
    expect(refused).toEqual([
      expect.stringMatching(/^The data folder .*file\/data cannot be made: .*\. Give another with --data\.$/),
    ]);
  });
});

/** The lines on standard error of a start in this process that ends with exit code 2. */
async function refusal(given: Partial<Arguments>): Promise<readonly string[]> {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  expect(await runCommand({ command: 'run', optionsFile: null, folder: null, frigateUrl: null, ...given })).toBe(2);
  return write.mock.calls.join('').trimEnd().split('\n');
}

describe('run', () => {
  it('with a URL alone only observes, and says what it cannot see and show', async () => {
    const { url } = await frigate();
    const started = startCommand(['run', '--frigate', url, '--data', join(scratch(), 'kept')]);
    await heard(started, 'Frigate is healthy.');
    await heard(
      started,
      'No cluster, or no namespace, is set for this Frigate, so pod and node are not seen and its workload cannot be restarted.',
    );
    expect(linesWith(started, 'No MQTT broker is set (mqtt.host), so nothing is shown')).toHaveLength(1);
    await leave(started);
    expect(started.out()).toContain('Stopped as asked.');
  });

  it('has a page on this machine that says how Frigate is, and leaves at once while somebody reads it', async () => {
    const { url } = await frigate();
    const started = startCommand(['run', '--frigate', url, '--data', join(scratch(), 'kept')]);
    await heard(started, 'Frigate is healthy.');
    const [line = ''] = linesWith(started, 'The status page is at');
    const page = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0] ?? '';
    expect(await (await fetch(page)).text()).toContain('All that can be seen is good.');
    expect(await (await fetch(`${page}healthz`)).json()).toMatchObject({ status: 'turning' });
    await leave(started);
  });

  it('as an app opens it for Home Assistant alone, which knows where it is', async () => {
    const { url } = await frigate();
    const words = ['run', '--frigate', url, '--data', join(scratch(), 'kept')];
    const started = startCommand(words, { SUPERVISOR_TOKEN: 'token-geheim-5' });
    await heard(started, 'Frigate is healthy.');
    expect(linesWith(started, 'The status page is at')).toEqual([]);
    await leave(started);
  });

  it('shows a Frigate, its cluster and its cameras, and leaves with its last word when it is told to go', async () => {
    const [{ url }, { port, retained }] = [await frigate(), await broker()];
    const cluster = await startKubernetes({ now, token: 'token-geheim-4' });
    onTestFinished(cluster.close);
    const started = startRun({
      frigates: [{ name: 'Front house', url, namespace: 'frigate' }],
      kubernetes: { server: cluster.url, token: cluster.token },
      mqtt: { host: '127.0.0.1', port, username: 'warden', password: 'geheim-5' },
    });
    await eventually(() => retained.get('frigate_warden/status') === 'online', PATIENCE);
    const state = await eventually(() => retained.get('frigate_warden/front_house/state'), PATIENCE);
    expect(JSON.parse(state)).toMatchObject({ verdict: 'healthy' });
    expect([...retained.keys()].filter((topic) => topic.endsWith('/config')).toSorted()).toEqual([
      'homeassistant/device/frigate_warden/config',
      'homeassistant/device/frigate_warden_front_house/config',
      'homeassistant/device/frigate_warden_front_house_doorbell/config',
    ]);
    await leave(started);
    expect(retained.get('frigate_warden/status')).toBe('offline');
    const writes = cluster.calls.filter((call) => call.method !== 'GET');
    expect(writes.filter(({ path }) => !path.includes('/leases'))).toEqual([]);
    // The next Warden does not have to wait.
    expect(cluster.lease('frigate', 'frigate-warden')?.spec).toMatchObject({ holderIdentity: '' });
    for (const text of [started.out(), started.errors(), ...retained.values()]) expect(text).not.toContain('geheim');
  });

  it.each([1, 0])(
    'keeps what it saw beside its state, unless it may take no room: %d MB',
    async (history_megabytes) => {
      const { url } = await frigate();
      const started = startRun({ frigates: [{ name: 'Frigate', url }], history_megabytes, remedies: [] });
      await heard(started, 'was seen for the first time');
      await leave(started);
      const folder = join(started.folder, 'kept');
      const history = openHistory({ folder, log: keptLog(), readOnly: true });
      onTestFinished(history.close);
      const ever = { from: 0, to: Number.POSITIVE_INFINITY };
      const [look] = history.read('frigate', ever);
      const isKept = history_megabytes > 0;
      expect(existsSync(join(folder, 'history.db'))).toBe(isKept);
      expect(look).toEqual(
        isKept
          ? {
              at: expect.any(Number),
              answers: expect.objectContaining({ stats: expect.objectContaining({ ok: true }) }),
            }
          : undefined,
      );
      expect(history.rollups('frigate', ever)).toHaveLength(isKept ? 1 : 0);
    },
  );

  it('goes on without Frigate, cluster and broker, says each once, and shows all when the broker comes', async () => {
    const late = await broker();
    await late.stop();
    const [frigatePort, apiPort] = [await deadPort(), await deadPort()];
    const started = startRun({
      interval_seconds: 5,
      frigates: [{ name: 'Frigate', url: `http://127.0.0.1:${frigatePort}`, namespace: 'frigate' }],
      kubernetes: { server: `http://127.0.0.1:${apiPort}`, token: 'geheim-6' },
      mqtt: { host: '127.0.0.1', port: late.port },
    });
    await heard(started, `http://127.0.0.1:${frigatePort}/api/stats`);
    await heard(started, `The MQTT broker at 127.0.0.1:${late.port} is not connected: the connection was refused.`);
    await heard(started, `The Kubernetes API at http://127.0.0.1:${apiPort} does not answer.`);
    await late.start();
    await eventually(() => late.retained.get('frigate_warden/status') === 'online', PATIENCE);
    expect(late.retained.has('homeassistant/device/frigate_warden_frigate/config')).toBe(true);
    const first = late.retained.get('frigate_warden/frigate/state') ?? '';
    expect(JSON.parse(first)).toMatchObject({ verdict: 'unknown' });
    // A second look has been, and said nothing again.
    await eventually(() => late.messages.filter(({ topic }) => topic === 'frigate_warden/state').length > 1, PATIENCE);
    const warnings = linesWith(started, ' WARN ').map((line) => line.slice(line.indexOf(' ')));
    expect(new Set(warnings).size).toBe(warnings.length);
    await leave(started);
    expect(started.out()).not.toContain('geheim');
  });

  it('judges Frigate also while the cluster cannot be reached, and hides what a broker refuses', async () => {
    const [{ url }, { port, requireLogin, retained }] = [await frigate(), await broker()];
    requireLogin({ username: 'warden', password: 'another' });
    const started = startRun({
      frigates: [{ name: 'Frigate', url, namespace: 'frigate' }],
      kubernetes: { server: `http://127.0.0.1:${await deadPort()}`, token: 'geheim-7' },
      mqtt: { host: '127.0.0.1', port, username: 'warden', password: 'geheim-8' },
    });
    await heard(started, 'Frigate is healthy.');
    await heard(started, 'is not connected: bad user name or password');
    requireLogin(null);
    const state = await eventually(() => retained.get('frigate_warden/frigate/state'), PATIENCE);
    expect(JSON.parse(state)).toMatchObject({ verdict: 'healthy' });
    await leave(started);
    for (const text of [started.out(), ...retained.values()]) expect(text).not.toContain('geheim');
  });

  it('leaves in time while Frigate hangs, and waits for no broker that does not answer', async () => {
    const [{ url, model }, silent] = [await frigate(), await broker()];
    model.api = 'hangs';
    silent.holdAcks();
    const started = startRun({
      frigates: [{ name: 'Frigate', url }],
      mqtt: { host: '127.0.0.1', port: silent.port },
    });
    await eventually(() => silent.clients().length === 1, PATIENCE);
    await leave(started, 3);
  });

  it('hides the token of the Supervisor, and says that it could not be asked', async () => {
    const { url } = await frigate();
    const started = startCommand(['run', '--frigate', url, '--data', scratch()], { SUPERVISOR_TOKEN: 'geheim-9' });
    await heard(started, 'The Supervisor could not be asked for the MQTT broker: http://supervisor/services/mqtt');
    await leave(started);
    expect(started.out()).not.toContain('geheim');
  });
});
