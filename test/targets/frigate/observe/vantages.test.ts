import { describe, expect, it } from 'vitest';
import { eventually } from '../../../eventually.ts';
import { FORBIDDEN, ok, rig, START, type World } from '../asked.ts';
import { camera, failure, stats, WITH_CLUSTER } from '../watching.ts';

const FINE = stats({ front: camera(5, 5, 0, 1) });
const API = { '/api/stats': FINE, '/api/config': { cameras: {} } };
const NAMELESS = { ...FINE, service: { uptime: 86_400, last_updated: START } };
const ALL = { ...WITH_CLUSTER, service: { name: 'frigate', port: 5000 }, exec: true };
const http500 = failure('status', { status: 500 });
const POD = 'frigate-6d5f-abcde';

/** The questions for stats and version, in the order in which they were asked. */
const about = (asked: readonly string[]) => asked.filter((one) => /api\/(stats|version)$/.test(one));

describe('the way that is asked first', () => {
  it('is asked for its stats only, when these say the version', async () => {
    const { look, asked } = rig({ direct: API });
    expect(await look()).toMatchObject({ version: null, vantage: 'direct', vantages: { direct: 'ok' }, at: START });
    expect(about(asked)).toEqual(['direct /api/stats']);
  });

  it.each<[string, NonNullable<World['direct']>, object]>([
    [
      'the stats do not say it',
      { ...API, '/api/stats': NAMELESS, '/api/version': '0.17.2\n' },
      { version: ok('0.17.2') },
    ],
    ['they fail', { '/api/version': '0.17.2', '/api/stats': http500 }, { stats: http500, vantage: 'direct' }],
    [
      'they are of a wrong form',
      { '/api/version': '<html>', '/api/stats': [] },
      { version: { kind: 'form' }, stats: { kind: 'form' }, vantage: null },
    ],
  ])('is asked for its version when %s', async (_, direct, wanted) => {
    const { look, asked } = rig({ direct });
    expect(await look()).toMatchObject(wanted);
    expect(about(asked)).toEqual(['direct /api/stats', 'direct /api/version']);
  });

  it('carries trust, deadline and signal on every question', async () => {
    const tls = { verify: false, fingerprint: 'AB:CD' };
    const { look, requests } = rig(
      { direct: { '/api/version': '0.17.2', '/api/stats': NAMELESS } },
      { tls, timeoutSeconds: 7 },
    );
    await look();
    expect(requests).toHaveLength(3);
    expect(requests.every((one) => one.tls === tls && one.timeoutSeconds === 7 && !one.signal.aborted)).toBe(true);
    expect(requests[0]?.url).toBe('http://frigate:5000/api/stats');
  });

  it('is the service where Frigate has no address of its own, and then the pod', async () => {
    const { look, asked } = rig({ service: API, pod: API }, { ...ALL, url: null });
    expect(await look()).toMatchObject({ vantage: 'service_proxy', vantages: { service_proxy: 'ok' } });
    expect(about(asked)).toEqual(['service frigate:5000 /api/stats']);
    const without = rig({ pod: API }, { ...ALL, url: null, service: null });
    expect(await without.look()).toMatchObject({ vantage: 'pod_proxy', vantages: { pod_proxy: 'ok' } });
  });

  it('is the only one without a cluster', async () => {
    const { look, asked } = rig({}, { service: { name: 'frigate', port: 5000 }, exec: true });
    expect(await look()).toMatchObject({
      vantage: null,
      vantages: { direct: { kind: 'refused' } },
      ground: null,
      log: null,
    });
    expect(about(asked)).toEqual(['direct /api/stats', 'direct /api/version']);
  });
});

describe('the other ways', () => {
  /** TABLE: what each way says, who is believed, and what is noted of each. */
  const ROWS: readonly [string, World, string | null, object][] = [
    [
      'the service',
      { service: API, pod: API, exec: API },
      'service_proxy',
      { service_proxy: 'ok', pod_proxy: 'ok', exec: 'ok' },
    ],
    [
      'the pod',
      { service: { '/api/stats': http500 }, pod: API },
      'pod_proxy',
      { service_proxy: http500, pod_proxy: 'ok' },
    ],
    ['the command', { exec: API }, 'exec', { pod_proxy: { kind: 'refused' }, exec: 'ok' }],
    [
      'nobody',
      {},
      null,
      { direct: { kind: 'refused' }, service_proxy: { kind: 'refused' }, pod_proxy: { kind: 'refused' } },
    ],
    [
      'stats, not a page',
      { service: { '/api/stats': '<html>' }, pod: API },
      'pod_proxy',
      { service_proxy: { kind: 'form' } },
    ],
    [
      'stats before a version',
      { service: { '/api/version': '0.17.2' }, pod: API },
      'pod_proxy',
      { service_proxy: { kind: 'refused' } },
    ],
    [
      'a version before nothing',
      { pod: { '/api/version': '0.17.2' } },
      'pod_proxy',
      { pod_proxy: { kind: 'refused' } },
    ],
  ];

  it.each(ROWS)(
    'are asked in the same look when the first one fails; believed is %s',
    async (_, world, vantage, vantages) => {
      const { look, asked } = rig(world, ALL);
      const answers = await look();
      expect(answers.vantage).toBe(vantage);
      expect(answers.vantages).toMatchObject({ direct: { ok: false }, ...vantages });
      expect(new Set(about(asked))).toEqual(
        new Set(
          ['stats', 'version'].flatMap((what) => [
            `direct /api/${what}`,
            `service frigate:5000 /api/${what}`,
            `pod ${POD}:5000 /api/${what}`,
            `exec ${POD}/nvr /api/${what}`,
          ]),
        ),
      );
      expect(about(asked)[0]).toBe('direct /api/stats');
    },
  );

  it.each(['form', 'tls', 'timeout', 'unreachable', 'too_large'] as const)(
    'are asked whatever the failure is: %s',
    async (kind) => {
      const { look } = rig({ direct: { '/api/stats': failure(kind) }, pod: API }, ALL);
      expect(await look()).toMatchObject({ vantage: 'pod_proxy', stats: { ok: true } });
    },
  );

  it('are not asked when the look was broken off', async () => {
    const { look, asked } = rig({ direct: { '/api/stats': failure('aborted') }, pod: API }, ALL);
    await look();
    expect(about(asked)).toEqual(['direct /api/stats', 'direct /api/version']);
  });

  it('are asked all at once, and one that hangs keeps no other from being asked', async () => {
    const { look, asked, release } = rig({ pod: API, exec: API, hangs: (name) => name.startsWith('service') }, ALL);
    const looking = look();
    await eventually(
      () => asked.includes(`exec ${POD}/nvr /api/stats`) && asked.includes(`pod ${POD}:5000 /api/stats`),
    );
    release();
    expect(await looking).toMatchObject({ vantage: 'pod_proxy', vantages: { service_proxy: { kind: 'refused' } } });
  });

  it('are asked at the same time as the first one after it has failed, so that a hang costs one deadline only', async () => {
    const world = { pod: API, hangs: (name: string) => name.startsWith('direct') };
    const { looks } = rig({ pod: API }, ALL);
    const [down] = await looks([0]);
    expect(down?.memory.isWayDown).toBe(true);
    const { look, asked, release } = rig(world, ALL);
    const looking = look(down?.memory ?? null, 30);
    await eventually(() => asked.includes(`pod ${POD}:5000 /api/stats`) && asked.includes('direct /api/version'));
    release();
    expect((await looking).vantage).toBe('pod_proxy');
    const back = rig({ direct: API }, ALL);
    expect((await back.looks([0], down?.memory ?? null))[0]?.memory.isWayDown).toBe(false);
  });

  it('that the account may not use are no vantages, and are told apart from ways that fail', async () => {
    const { look } = rig(
      { service: { '/api/stats': FORBIDDEN }, pod: { '/api/stats': failure('status', { status: 403 }) } },
      { ...ALL, exec: false },
    );
    const answers = await look();
    expect(Object.keys(answers.vantages)).toEqual(['direct']);
    expect(answers.closed).toEqual([FORBIDDEN.reason, 'It failed: status.']);
    expect(answers.stats).toMatchObject({ kind: 'refused' });
  });

  it('leave nobody to ask where all of them are closed and there is no address', async () => {
    const { look } = rig(
      { service: { '/api/stats': FORBIDDEN }, pod: { '/api/stats': FORBIDDEN } },
      { ...ALL, url: null, exec: false },
    );
    expect(await look()).toMatchObject({ stats: null, version: null, vantage: null, vantages: {}, at: START });
  });
});

describe('the pod', () => {
  const gone = { name: 'frigate-gone', container: 'nvr', run: 'containerd://nvr-0' };

  it('is asked for by its remembered name, and by its new one where that is gone', async () => {
    const [first] = await rig({ pod: API }, ALL).looks([0]);
    expect(first?.memory.pod).toEqual({ name: POD, container: 'nvr', run: 'containerd://nvr-1' });
    const memory = first && { ...first.memory, pod: gone };
    const { look, asked } = rig({ pod: API }, ALL);
    expect((await look(memory ?? null)).vantage).toBe('pod_proxy');
    expect(asked).toContain('pod frigate-gone:5000 /api/stats');
    expect(asked).toContain(`pod ${POD}:5000 /api/stats`);
  });

  it('that is not there is no vantage', async () => {
    const { look } = rig({ pods: ok({ items: [] }) }, ALL);
    const { vantages, closed } = await look();
    expect(Object.keys(vantages)).toEqual(['direct', 'service_proxy']);
    expect(closed).toEqual(Array(2).fill('No living pod of Frigate is known.'));
  });

  it('that cannot be seen just now is still the remembered one', async () => {
    const [first] = await rig({ pod: API }, ALL).looks([0]);
    const { look } = rig({ pod: API, pods: failure('timeout') }, ALL);
    expect((await look(first?.memory ?? null)).vantage).toBe('pod_proxy');
  });
});

describe('a command in the container', () => {
  const body = JSON.stringify(FINE);
  const said = async (answer: unknown) => (await rig({ exec: { '/api/stats': answer } }, ALL).look()).vantages.exec;

  it.each<[string, unknown, unknown]>([
    ['a body with its status', `${body}\n200`, 'ok'],
    ['a body alone', body, 'ok'],
    ['a page with a status', '<html>500</html>\n500', { kind: 'status', status: 500 }],
    [
      'a refusal',
      failure('status', { reason: 'Cannot run a command: it ended with exit code 7.' }),
      { kind: 'refused' },
    ],
    [
      'a silence',
      failure('status', { reason: 'Cannot run a command: it ended with exit code 28.' }),
      { kind: 'refused' },
    ],
    [
      'no curl',
      failure('status', { reason: 'It could not be run: curl not found.' }),
      { kind: 'status', reason: /not found/ },
    ],
    ['nothing', '', { kind: 'form' }],
  ])('is read as it is: %s', async (_, answer, wanted) => {
    const got = await said(answer);
    if (typeof wanted === 'string') expect(got).toBe(wanted);
    else expect(JSON.stringify(got)).toContain(JSON.stringify((wanted as { kind: string }).kind));
    if (typeof wanted === 'object' && wanted !== null && 'status' in wanted) expect(got).toMatchObject(wanted);
  });

  it('is only run where the options allow it', async () => {
    const { look, asked } = rig({ exec: API }, { ...ALL, exec: false });
    await look();
    expect(asked.filter((one) => one.startsWith('exec'))).toEqual([]);
  });
});
