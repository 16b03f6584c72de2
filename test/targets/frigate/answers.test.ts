import { describe, expect, it } from 'vitest';
import type { Doors, HttpRequest, Reply } from '../../../src/doors/ports.ts';
import { keepConfig, keepStats, keepVersion, observe } from '../../../src/targets/frigate/answers.ts';
import { frigateTarget } from '../../../src/targets/frigate/index.ts';
import { type FrigateMemory, newFrigateMemory } from '../../../src/targets/frigate/memory.ts';
import { camera, config, failure, START, settings, stats, WITH_CLUSTER } from './watching.ts';

const ok = <T>(value: T): Reply<T> => ({ ok: true, value, status: 200, serverTime: START });
const FINE = stats({ front: camera(5, 5, 0, 1) });

/** A door that gives these bodies, and tells what was asked. */
function doors(bodies: Record<string, Reply<unknown>>): { doors: Doors; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const answer = async (request: HttpRequest): Promise<Reply<unknown>> => {
    asked.push(request);
    return bodies[new URL(request.url).pathname] ?? failure('refused');
  };
  const text = answer as (request: HttpRequest) => Promise<Reply<string>>;
  return { asked, doors: { http: { json: answer, text }, kubernetes: null } };
}

async function paths(memory: FrigateMemory | null, after: number, body: unknown = FINE): Promise<readonly string[]> {
  const { doors: open, asked } = doors({
    '/api/version': ok('0.17.2'),
    '/api/stats': ok(body),
    '/api/config': ok(config({})),
  });
  const context = { clock: { now: () => START + after, jumpedAt: () => null }, signal: new AbortController().signal };
  await observe(settings({ url: 'http://frigate:5000/' }), open, memory, context);
  return asked.map((request) => new URL(request.url).pathname);
}

describe('one look', () => {
  const configured = { cameras: {}, detectors: {} };
  const read = { ...newFrigateMemory(), configured, configAskedAt: START, configDue: 'later' } as const;
  const soon = { ...read, configDue: 'soon' } as const;
  const run = { startedAt: START - 86_400, container: null, uptimeSeconds: 86_400, answeredAt: START };

  it.each<[string, FrigateMemory | null, number, boolean]>([
    ['at first', null, 0, true],
    ['before five minutes', read, 299, false],
    ['after five minutes', read, 300, true],
    ['soon when something is bad', soon, 60, true],
    ['not at once when something is bad', soon, 59, false],
    ['at once when a camera fell silent', { ...read, configDue: 'now' }, 15, true],
  ])('asks for the configuration %s', async (_, memory, after, isAsked) => {
    const asked = ['/api/version', '/api/stats', ...(isAsked ? ['/api/config'] : [])];
    expect(await paths(memory, after)).toEqual(asked);
  });

  it('asks for the configuration of a new run in the same look', async () => {
    const young = stats({}, { after: -86_390 });
    expect(await paths({ ...read, run }, 30, young)).toEqual(['/api/version', '/api/stats', '/api/config']);
    expect(await paths({ ...read, run }, 30)).toEqual(['/api/version', '/api/stats']);
  });

  it('gives each question its deadline and the signal of the turn, and keeps failures as answers', async () => {
    const { doors: open, asked } = doors({});
    const { signal } = new AbortController();
    const clock = { now: () => START, jumpedAt: () => null };
    const answers = await observe(settings({ timeoutSeconds: 7 }), open, null, { clock, signal });
    expect(asked.every((request) => request.timeoutSeconds === 7 && request.signal === signal)).toBe(true);
    expect(answers).toMatchObject({
      at: START,
      stats: { kind: 'refused' },
      version: { kind: 'refused' },
      ground: null,
    });
  });
});

describe('one look at the cluster', () => {
  it('goes with it where one is configured, and is digested with it', async () => {
    const { doors: open } = doors({ '/api/stats': ok(FINE) });
    const refused = async () => failure('refused', { reason: 'The API server refused.' });
    const kubernetes = {
      workload: refused,
      pods: refused,
      replicaSets: refused,
      node: refused,
      configMap: refused,
      replaceConfigMap: refused,
      createConfigMap: refused,
      restart: refused,
      close: async () => undefined,
    };
    const clock = { now: () => START, jumpedAt: () => null };
    const context = { clock, signal: new AbortController().signal };
    const target = frigateTarget(settings(WITH_CLUSTER));
    const answers = await target.observe({ ...open, kubernetes }, null, context);
    expect(answers.ground?.workload.reply.ok).toBe(false);
    const { facts, memory } = target.digest(null, answers, START);
    const { readings, findings } = target.look(facts, START);
    expect(readings.cluster).toBe('disconnected');
    expect(findings).toContainEqual(expect.objectContaining({ check: 'cluster_api', answer: 'bad' }));
    expect(memory.ground).not.toBeNull();
  });
});

describe('what is kept of an answer', () => {
  it('is the stats without command lines and figures that nobody reads', () => {
    const cpu_usages = {
      '12': { cpu: '1.0', cmdline: 'ffmpeg -i rtsp://admin:secret@10.0.0.1/' },
      'frigate.full_system': {},
    };
    const kept = keepStats(ok({ ...FINE, cpu_usages, gpu_usages: { a: {} }, bandwidth_usages: { b: {} } }));
    expect(kept).toMatchObject({ ok: true, value: { ...FINE, cpu_usages: { '12': {}, 'frigate.full_system': {} } } });
    expect(JSON.stringify(kept)).not.toMatch(/secret|gpu_usages|bandwidth/);
  });

  it('keeps a failure as it is', () => {
    const refused = failure('refused');
    expect([keepStats(refused), keepVersion(refused), keepConfig(refused)]).toEqual([refused, refused, refused]);
  });

  it.each([['<html>'], [[]], [null], [{ message: 'x' }], [7]])('is no stats of the wrong form: %j', (body) => {
    expect(keepStats(ok(body))).toMatchObject({ ok: false, kind: 'form' });
  });

  it.each([
    ['0.17.2-3d4dd3a\n', '0.17.2-3d4dd3a'],
    ['0.14.1-', '0.14.1-'],
    ['0.17.2.5+fregata', '0.17.2.5+fregata'],
    ['<!DOCTYPE html>', null],
    ['', null],
    ['not found', null],
  ])('is a version only if it is one: %j', (text, version) => {
    const kept = keepVersion(ok(text));
    expect(kept.ok ? kept.value : null).toBe(version);
  });

  it.each([200_000, 20])('is nothing that is nested %i deep, where nothing of Frigate is', (levels) => {
    const deep = JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const camera = (changes: object) => ({ cameras: { a: { ffmpeg: {}, ...changes } } });
    for (const body of [camera({ ffmpeg: { inputs: deep } }), camera({ detect: { width: deep } })]) {
      expect(keepConfig(ok(body))).toMatchObject({ ok: false, kind: 'form' });
    }
    expect(keepConfig(ok({ cameras: { a: { zones: deep } } }))).toMatchObject({ ok: true });
    expect(keepStats(ok({ ...FINE, more: deep }))).toMatchObject({ ok: false, kind: 'form' });
  });

  it('is no configuration of the wrong form', () => {
    expect(keepConfig(ok('<html>'))).toMatchObject({ ok: false, kind: 'form' });
  });
});
