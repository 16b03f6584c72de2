import { describe, expect, it } from 'vitest';
import { frigateTarget } from '../../../../src/targets/frigate/index.ts';
import { eventually } from '../../../eventually.ts';
import * as G from '../../ground/objects.ts';
import { FORBIDDEN, ok, rig, START } from '../asked.ts';
import { camera, failure, settings, stats, WITH_CLUSTER } from '../watching.ts';

const FINE = stats({ front: camera(5, 5, 0, 1) });
const CONFIG = {
  cameras: Object.fromEntries(
    Array.from({ length: 30 }, (_, k) => [
      `cam${k}`,
      { enabled: true, ffmpeg: { inputs: [{ path: `rtsp://admin:hunter22@10.0.0.${k}/`, roles: ['detect'] }] } },
    ]),
  ),
};
const API = { '/api/stats': FINE, '/api/config': CONFIG };
const ALL = { ...WITH_CLUSTER, service: { name: 'frigate', port: 5000 }, exec: true };

describe('one look', () => {
  it('asks for the stats before anything else, and for cluster, log and stats at once where the pod is remembered', async () => {
    const [first] = await rig({ direct: API }, ALL).looks([0]);
    const { look, asked, release } = rig({ direct: API, hangs: () => true }, ALL);
    const looking = look(first?.memory ?? null, 30);
    await eventually(() => asked.length >= 7);
    expect(asked[0]).toBe('direct /api/stats');
    expect(new Set(asked.slice(1))).toEqual(
      new Set([
        'log frigate-6d5f-abcde',
        ...['workload', 'configMap', 'pods', 'replicaSets', 'node'].map((part) => `ground ${part}`),
      ]),
    );
    release();
    expect(await looking).toMatchObject({ vantage: 'direct', log: { current: { ok: true } } });
  });

  it('knocks at the cameras while Frigate and the cluster take their time', async () => {
    const world = { direct: API, pod: API, reach: {}, letters: [] };
    const [, second] = await rig(world, ALL).looks([0, 30]);
    const { look, asked, release } = rig({ ...world, hangs: (name) => name !== 'direct /api/stats' }, ALL);
    const looking = look(second?.memory ?? null, 3600);
    await eventually(() => asked.filter((name) => name.startsWith('reach')).length > 4);
    release();
    await looking;
  });

  it('holds every part when all fail, each with its failure', async () => {
    const { look } = rig({ log: () => failure('timeout'), pods: failure('timeout') }, ALL);
    expect(await look()).toMatchObject({
      at: START,
      stats: { kind: 'refused' },
      version: { kind: 'refused' },
      vantage: null,
      config: null,
      recordings: {},
      streams: null,
      reach: {},
      mail: null,
      log: null,
      ground: { pods: { reply: { kind: 'timeout' } } },
    });
  });

  it('empties the mailbox even while nobody answers', async () => {
    const letters = [{ at: START, topic: 'frigate/available', payload: 'offline', retained: true }];
    const { look, asked } = rig({ letters });
    expect((await look()).mail).toEqual({ connectedSince: START, letters, dropped: 0 });
    expect(asked.at(-1)).toBe('mail frigate frigate');
  });

  it('empties the mailbox as the target that it is', async () => {
    const { look, asked } = rig({ letters: [] }, { id: 'garage' });
    await look();
    expect(asked.at(-1)).toBe('mail garage frigate');
  });

  it('leaves the mail in its box when it is broken off', async () => {
    const { look, asked, stop } = rig({ letters: [] });
    stop();
    const answers = await look();
    expect(answers.mail).toEqual({ connectedSince: null, letters: [], dropped: 0 });
    expect(asked.filter((name) => name.startsWith('mail'))).toEqual([]);
  });

  it('keeps of Frigate’s stats in the mailbox only that they came', async () => {
    const payload = JSON.stringify({ cpu_usages: { 30: { cmdline: 'ffmpeg -i rtsp://admin:hunter22@10.0.0.7/' } } });
    const stats = { at: START, topic: 'frigate/stats', payload, retained: false };
    const status = { ...stats, topic: 'frigate/stats/status/detect', payload: 'online' };
    const { look } = rig({ direct: API, letters: [stats, status] });
    const answers = await look();
    expect(answers.mail?.letters).toEqual([{ ...stats, payload: '' }, status]);
    expect(JSON.stringify(answers)).not.toMatch(/hunter22|cmdline/);
  });

  it('is plain JSON', async () => {
    const { look } = rig({ direct: API, letters: [] }, ALL);
    const answers = await look();
    expect(JSON.parse(JSON.stringify(answers))).toEqual(answers);
  });
});

describe('a secret', () => {
  it('is in no answer, no memory and no sentence, whether the login is taken or not', async () => {
    const login = { username: 'warden', password: 'pa55word-of-ours' };
    const wanted = failure('status', { status: 401, reason: 'https://frigate:8971/api/stats answered 401.' });
    let [hasCookie, isTaken] = [false, true];
    const gated = (value: unknown) => () => (hasCookie ? value : wanted);
    const world = {
      direct: { '/api/stats': gated(FINE), '/api/config': gated(CONFIG), '/api/version': gated('0.17.2') },
      login: () => {
        hasCookie = isTaken;
        return isTaken ? ok(['frigate_token=c00kie-of-theirs; HttpOnly']) : failure('status', { status: 401 });
      },
    };
    const { looks, session, requests } = rig(world, { url: 'https://frigate:8971', login });
    const taken = await looks([0, 30]);
    expect(taken[1]?.answers.vantages).toEqual({ direct: 'ok' });
    expect(session.cookie).toBe('frigate_token=c00kie-of-theirs');
    expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    [hasCookie, isTaken] = [false, false];
    const refused = await looks([60, 90], taken[1]?.memory ?? null);
    expect(refused[0]?.answers.stats).toMatchObject({
      status: 401,
      reason: expect.stringContaining('refuses the login'),
    });
    expect(JSON.stringify([taken, refused])).not.toMatch(/pa55word|c00kie|hunter22/);
  });
});

describe('a Frigate as a target', () => {
  it('keeps its session from look to look, and shares it with no other', async () => {
    const logins: string[] = [];
    const http = (host: string) => {
      const json = async ({ headers }: { headers?: Record<string, string> }) =>
        headers?.Cookie === `t=${host}` ? ok<unknown>(FINE) : failure('status', { status: 401 });
      const cookies = async () => {
        logins.push(host);
        return ok([`t=${host}`]);
      };
      return { json, text: async () => failure('refused'), cookies };
    };
    const context = { clock: { now: () => START, jumpedAt: () => null }, signal: new AbortController().signal };
    for (const host of ['a', 'b']) {
      const target = frigateTarget(settings({ url: `https://${host}:8971`, login: { username: 'u', password: 'p' } }));
      const doors = { http: http(host), kubernetes: null, tcp: null, mailbox: null };
      for (let k = 0; k < 3; k += 1) {
        expect((await target.observe(doors, null, context)).stats?.ok).toBe(true);
      }
    }
    expect(logins).toEqual(['a', 'b']);
  });

  it('is digested with the cluster where one is configured', async () => {
    const target = frigateTarget(settings(WITH_CLUSTER));
    const refused = async () => failure('refused', { reason: 'The API server refused.' });
    const { door } = G.cluster({});
    const kubernetes = {
      ...door,
      workload: refused,
      pods: refused,
      replicaSets: refused,
      node: refused,
      nodes: refused,
      autoscalers: refused,
      configMap: refused,
      log: refused,
      proxy: refused,
    };
    const { json, text, cookies } = { json: async () => ok<unknown>(FINE), text: refused, cookies: refused };
    const context = { clock: { now: () => START, jumpedAt: () => null }, signal: new AbortController().signal };
    const answers = await target.observe(
      { http: { json, text, cookies }, kubernetes, tcp: null, mailbox: null },
      null,
      context,
    );
    expect(answers.ground?.workload.reply.ok).toBe(false);
    const { facts, memory } = target.digest(null, answers, START);
    const { readings, findings } = target.look(facts, START);
    expect(readings.cluster).toBe('disconnected');
    expect(findings).toContainEqual(expect.objectContaining({ check: 'cluster_api', answer: 'bad' }));
    expect(memory.ground).not.toBeNull();
  });

  it('says once why it cannot look through the cluster, where nothing else can see', async () => {
    const looked = async (world: Parameters<typeof rig>[0]) => {
      const changes = { ...ALL, url: null, exec: false };
      const target = frigateTarget(settings(changes));
      const answers = await rig(world, changes).look();
      return target.look(target.digest(null, answers, START).facts, START);
    };
    const shut = { '/api/stats': FORBIDDEN };
    const { cannotSee, findings } = await looked({ service: shut, pod: shut });
    expect(cannotSee.filter((one) => one.includes(FORBIDDEN.reason))).toHaveLength(1);
    for (const check of ['api', 'stats_fresh', 'service_path']) {
      expect(findings).toContainEqual(expect.objectContaining({ check, answer: 'not_observed' }));
    }
    const open = await looked({ service: shut, pod: API });
    expect(open.cannotSee.join()).not.toContain(FORBIDDEN.reason);
  });
});
