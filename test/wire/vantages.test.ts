import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { logOf } from '../../demo/frigate/log.ts';
import { breakDetector } from '../../demo/frigate/model.ts';
import { startFrigateWithLogin } from '../../demo/frigate/server.ts';
import { assessFolder } from '../../src/cli/assess.ts';
import { captureCommand } from '../../src/cli/capture.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { aFrigate } from '../cli/looked-at.ts';
import { printed } from '../cli/printed.ts';
import { scratch, written } from '../cli/started.ts';
import { typed } from '../cli/typed.ts';
import { selfSigned } from '../doors/kubernetes/self-signed.ts';
import { eventually } from '../eventually.ts';
import { startProduct } from './product.ts';
import { patchesOf, setStage, toldOn } from './stage.ts';
import { type Look, type Scene, setScene, watch } from './watcher.ts';

const ACCOUNT = { username: 'warden', password: 'geheim & lang/8971' };

/** Frigate's port 8971, and the options that lead there. */
async function withLogin({ frigate, now }: Pick<Scene, 'frigate' | 'now'>) {
  const { cert, key } = selfSigned('frigate');
  const server = await startFrigateWithLogin(frigate, now, { cert, key, ...ACCOUNT });
  onTestFinished(server.close);
  const fingerprint = new X509Certificate(cert).fingerprint256;
  return { server, options: { url: server.url, ...ACCOUNT, tls_fingerprint: fingerprint } };
}

const logCalls = ({ cluster }: Scene) => cluster.calls.filter(({ path }) => path.endsWith('/log'));

/** Every byte below a folder. */
function bytesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** The forms in which a secret may be written. */
function expectNowhere(secret: string, text: string): void {
  for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
    expect(text).not.toContain(form);
  }
}

const last = (looks: readonly Look[]): Look => looks.at(-1) as Look;

describe('the ways to Frigate', () => {
  it('tell a dead address from a dead Frigate: the way is named and nothing is restarted', async () => {
    const scene = await setScene();
    const watcher = watch(scene);
    expect(last(await watcher.looks(3)).decision.verdict).toBe('healthy');
    await scene.address.close();
    const seen = last(await watcher.looks(6));
    expect(seen.answers).toMatchObject({ vantage: 'pod_proxy', stats: { ok: true }, vantages: { pod_proxy: 'ok' } });
    expect(seen.finding('api')).toMatchObject({ answer: 'ok' });
    expect(seen.finding('service_path')).toMatchObject({ answer: 'bad' });
    expect(seen.decision.cause).toMatchObject({ check: 'service_path', layer: 'service_path' });
    expect(seen.looked.members).toHaveLength(3);
    expect(watcher.orders).toEqual([]);
    expect(patchesOf(scene.cluster)).toEqual([]);
  });

  it('need no address: with the service and the pod alone everything is seen', async () => {
    const scene = await setScene();
    const watcher = watch(scene, { url: null, service: 'frigate:5000' });
    const seen = last(await watcher.looks(3));
    expect(seen.answers).toMatchObject({ vantage: 'service_proxy', config: null });
    expect(seen.decision.verdict).toBe('healthy');
    scene.cluster.faults.forbid({ path: /\/services\// });
    const forbidden = last(await watcher.looks(1));
    expect(forbidden.answers).toMatchObject({ vantage: 'pod_proxy', vantages: { pod_proxy: 'ok' } });
    expect(forbidden.answers.closed?.join()).toMatch(/lacks the verb "get" on services\/proxy in a Role/);
    expect(forbidden.decision.verdict).toBe('healthy');
  });

  it('all lead to a dead API: that is named, and restarted once', async () => {
    const scene = await setScene();
    const watcher = watch(scene);
    await watcher.looks(3);
    scene.frigate.api = 'refuses';
    const seen = await watcher.looks(4);
    const ordered = seen.find(({ decision }) => decision.orders.length > 0);
    expect(ordered?.decision.cause).toMatchObject({ check: 'api', layer: 'api' });
    expect(ordered?.answers.vantages.pod_proxy).toMatchObject({ kind: 'refused' });
    expect(ordered?.answers.log?.current).toMatchObject({ ok: true });
    expect(ordered?.finding('service_path')).toMatchObject({ answer: 'unknown' });
    const after = last(await watcher.looks(10));
    expect(after.decision.verdict).toBe('healthy');
    expect(watcher.orders).toHaveLength(1);
    expect(patchesOf(scene.cluster, 200)).toHaveLength(1);
  });
});

describe('port 8971', () => {
  it('is read with a login over a pinned certificate, with one login for many looks', async () => {
    const scene = await setScene();
    const { server, options } = await withLogin(scene);
    const watcher = watch(scene, options);
    const seen = await watcher.looks(3);
    expect(seen.map(({ answers }) => [answers.vantage, answers.stats?.ok])).toEqual(Array(3).fill(['direct', true]));
    expect(last(seen).decision.verdict).toBe('healthy');
    expect(server.gate.tried).toEqual([true]);
    server.gate.forget();
    expect(last(await watcher.looks(1)).answers).toMatchObject({ vantage: 'direct', stats: { ok: true } });
    expect(server.gate.tried).toEqual([true, true]);
    const kept = JSON.stringify([seen, watcher.memory(), watcher.lines]);
    expectNowhere(ACCOUNT.password, kept);
    expect(kept).not.toMatch(/frigate_token|eyJhbGci/);
    expectNowhere(scene.cluster.token, kept);
  });

  it('with a wrong password is one sentence, and one login for a look at most', async () => {
    const scene = await setScene();
    const { server, options } = await withLogin(scene);
    const watcher = watch(scene, { ...options, password: 'falsch-12345', namespace: undefined });
    const [first] = await watcher.looks(1);
    expect(first?.finding('api')?.detail).toMatch(/the user name or the password in the options is wrong/);
    expect(server.gate.tried).toEqual([false]);
    const newTries: number[] = [];
    for (let i = 2; i <= 12; i += 1) {
      const before = server.gate.tried.length;
      await watcher.looks(1);
      newTries.push(server.gate.tried.length - before);
    }
    // A wrong password stays wrong: the next try is five minutes later, and it is a single one.
    expect(newTries.filter((tries) => tries > 0)).toEqual([1]);
    expect(watcher.orders).toEqual([]);
    expectNowhere('falsch-12345', JSON.stringify([first, watcher.memory(), watcher.lines]));
  });

  it('with another certificate than the pinned one hears neither password nor question', async () => {
    const scene = await setScene();
    const { server, options } = await withLogin(scene);
    const watcher = watch(scene, { ...options, tls_fingerprint: '00'.repeat(32) });
    const [seen] = await watcher.looks(1);
    expect(seen?.answers.vantages.direct).toMatchObject({ kind: 'tls' });
    expect(seen?.answers.vantage).toBe('pod_proxy');
    expect(server.gate.tried).toEqual([]);
  });

  it('leaves its secrets in no event, no line of the log and no byte that the product keeps', async () => {
    const stage = await setStage({ automatic_restarts: false }, { speed: 120 });
    onTestFinished(stage.close);
    const { server, options } = await withLogin(stage);
    const given = stage.settings.options as { kubernetes: { token: string } };
    const frigates = [{ name: 'Frigate', namespace: 'frigate', ...options }];
    const product = startProduct({ ...stage.settings, options: { ...given, frigates } });
    onTestFinished(product.close);
    await eventually(() => stage.broker.retained.get('frigate_warden/frigate/state')?.includes('"healthy"'));
    breakDetector(stage.frigate, 'orphaned_queue', stage.now());
    await eventually(() => toldOn(stage.broker).length > 0, { what: 'the incident', withinSeconds: 10 });
    const kept = [JSON.stringify(stage.broker.messages), ...product.lines, bytesIn(stage.settings.folder)].join('\n');
    expect(kept).toContain('detector_queue');
    expect(server.gate.tried).toContain(true);
    expectNowhere(ACCOUNT.password, kept);
    expect(kept).not.toMatch(/frigate_token|eyJhbGci/);
    expectNowhere(given.kubernetes.token, kept);
  });
});

describe('the log over the API server', () => {
  it('names a detector that hangs again and again, with its lines as evidence', async () => {
    const scene = await setScene();
    // Nobody restarts it before it has hung for the third time.
    const watcher = watch(scene, {}, { automatic_restarts: false });
    await watcher.looks(2);
    breakDetector(scene.frigate, 'stuck', scene.now());
    const looks = await watcher.looks(6);
    const found = looks.map((look) => look.finding('detector_stuck', 'coral')).find((one) => one?.answer === 'bad');
    expect(found?.evidence).toEqual([
      expect.stringContaining('Detection appears to be stuck. Restarting detection process...'),
      expect.stringContaining("Detection process didn't exit. Force killing..."),
    ]);
    expect(last(looks).decision.cause).toMatchObject({ check: 'detector_stuck', layer: 'detector', member: 'coral' });
  });

  it('is read once: the next look asks only for what is new, and no line counts twice', async () => {
    const scene = await setScene();
    const watcher = watch(scene, {}, { automatic_restarts: false });
    breakDetector(scene.frigate, 'stuck', scene.now());
    const looks = await watcher.looks(4);
    const stuck = logOf(scene.frigate, scene.now()).filter(({ text }) => text.includes('appears to be stuck'));
    expect(stuck.length).toBeGreaterThanOrEqual(2);
    const kept = (watcher.memory()?.log.kept.stuck ?? []).reduce((sum, [, count]) => sum + count, 0);
    expect(kept).toBe(stuck.length);
    const [first, ...others] = logCalls(scene).map(({ query }) => query);
    expect(first).toMatchObject({ timestamps: 'true', tailLines: '2000' });
    expect(others).toHaveLength(3);
    for (const query of others) {
      expect(query.sinceTime).toMatch(/^2026-01-0\dT\d\d:\d\d:\d\dZ$/);
      expect(query.tailLines).toBeUndefined();
    }
    const events = looks.flatMap(({ answers }) => (answers.log?.current.ok ? answers.log.current.value.events : []));
    expect(events.filter(({ pattern }) => pattern === 'stuck')).toHaveLength(stuck.length);
  });

  it('that may not be read is not observed, with the right that lacks, and holds no judgement up', async () => {
    const scene = await setScene();
    scene.cluster.faults.forbid({ path: /\/log$/ });
    const seen = last(await watch(scene).looks(3));
    expect(seen.looked.cannotSee.join()).toMatch(/lacks the verb "get" on pods\/log in a Role in namespace frigate/);
    expect(seen.decision.verdict).toBe('healthy');
  });
});

describe('a request that is never answered', () => {
  it('for the log holds nothing up: the look ends in time and the stats are judged', async () => {
    const scene = await setScene();
    const watcher = watch(scene);
    await watcher.looks(2);
    scene.cluster.faults.hang({ path: /\/log$/ });
    const [seen] = await watcher.looks(1);
    expect(seen?.took).toBeLessThan(2);
    expect(seen?.answers.log?.current).toMatchObject({ ok: false, kind: 'timeout' });
    expect(seen?.answers).toMatchObject({ vantage: 'direct', stats: { ok: true } });
    expect(seen?.finding('detector_speed', 'coral')).toMatchObject({ answer: 'ok' });
    expect(seen?.decision.verdict).toBe('healthy');
  });

  it('through one proxy holds nothing up where the other one answers', async () => {
    const scene = await setScene();
    const watcher = watch(scene, { service: 'frigate:5000' });
    await watcher.looks(2);
    await scene.address.close();
    scene.cluster.faults.hang({ path: /\/pods\/[^/]+\/proxy\// });
    const [seen] = await watcher.looks(1);
    expect(seen?.took).toBeLessThan(3);
    expect(seen?.answers).toMatchObject({ vantage: 'service_proxy', stats: { ok: true } });
    expect(seen?.answers.vantages.pod_proxy).toMatchObject({ ok: false, kind: 'timeout' });
    expect(seen?.finding('detector_speed', 'coral')).toMatchObject({ answer: 'ok' });
    expect(seen?.answers.log?.current).toMatchObject({ ok: true });
  });
});

describe('the commands at a live Frigate', () => {
  it('come to one verdict: check at once, and assess on what capture wrote', async () => {
    const { url } = await aFrigate();
    const folder = join(scratch(), 'case');
    const { out } = printed();
    const code = await checkCommand(typed('check', '--frigate', url, '--json'));
    const { verdict, version } = JSON.parse(out());
    expect([code, verdict]).toEqual([0, 'healthy']);
    expect(await captureCommand(typed('capture', '--frigate', url, '--every', '1', '--for', '1', folder))).toBe(0);
    expect(assessFolder(folder)).toMatchObject({ report: { verdict, version }, assessment: { looks: 2 } });
  });

  it('write no byte of a secret, though login, token and log are all in use', async () => {
    const scene = await setScene({ now: () => Date.now() / 1000 });
    const { server, options } = await withLogin({ frigate: scene.frigate, now: () => Date.now() / 1000 });
    const { url, token } = scene.cluster;
    const given = {
      frigates: [{ name: 'Frigate', namespace: 'frigate', ...options }],
      kubernetes: { server: url, token },
    };
    const [file, folder] = [written(scratch(), given), join(scratch(), 'case')];
    const { out, errors } = printed();
    expect(await captureCommand(typed('capture', '--options', file, '--every', '1', '--for', '1', folder))).toBe(0);
    await checkCommand(typed('check', '--options', file, '--json'));
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['log.txt', 'stats-001.json', 'kubernetes-001.json']));
    expect(server.gate.tried).toContain(true);
    const said = [bytesIn(folder), out(), errors()].join('\n');
    expect(said).toContain('Starting Frigate (0.17.2-3d4dd3a)');
    expectNowhere(ACCOUNT.password, said);
    expectNowhere(token, said);
    expect(said).not.toMatch(/frigate_token|eyJhbGci/);
  });
});
