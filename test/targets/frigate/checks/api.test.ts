import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/doors/ports.ts';
import type { Answer } from '../../../../src/rules/types.ts';
import { apiChecks } from '../../../../src/targets/frigate/checks/api.ts';
import { digest } from '../../../../src/targets/frigate/digest.ts';
import type { SeenFacts } from '../../../../src/targets/frigate/facts.ts';
import { look } from '../../../../src/targets/frigate/looked.ts';
import { type FrigateMemory, newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import type { FrigateAnswers, VantageId } from '../../../../src/targets/frigate/observe/answers.ts';
import type { FrigateSettings } from '../../../../src/targets/frigate/settings.ts';
import type { GroundAnswers, GroundFacts } from '../../../../src/targets/ground/types.ts';
import type { Json } from '../../ground/objects.ts';
import * as G from '../../ground/objects.ts';
import {
  answers,
  answersTo,
  assess,
  camera,
  failure,
  findingOf,
  last,
  orderedAfter,
  type Said,
  type Seen,
  START,
  settings,
  stats,
  WITH_CLUSTER,
  watch,
} from '../watching.ts';

const refused = failure('refused', { reason: 'Connection refused.' });
const html = failure('form', { reason: 'The answer is no JSON.', status: 200, body: '<html>' });
const http500 = failure('status', { reason: 'HTTP 500.', status: 500, body: '<html>' });
const login = failure('status', { reason: 'HTTP 401.', status: 401 });
const FINE = stats({ front: camera(5, 5, 0, 1) });

/** TABLE: what the two questions brought back, and what that says of the API. */
const ROWS: readonly [string, Failure | string, unknown, Answer, RegExp][] = [
  ['both answer', '0.17.2', FINE, 'ok', /answers/],
  ['stats alone answer', refused, FINE, 'ok', /answers/],
  ['both are refused', refused, refused, 'bad', /No valid answer from the API: Connection refused/],
  ['both time out', failure('timeout'), failure('timeout'), 'bad', /timeout/],
  ['both say HTTP 500, as while Frigate behind nginx is dead', http500, http500, 'bad', /HTTP 500/],
  ['both say HTTP 502', failure('status', { status: 502 }), failure('status', { status: 502 }), 'bad', /status/],
  ['both give HTML', html, html, 'bad', /no JSON/],
  ['the answers are of a wrong form', '<html>', { message: 'hello' }, 'bad', /not Frigate stats/],
  ['the stats are empty', refused, {}, 'bad', /not Frigate stats/],
  ['both want a login', login, login, 'ok', /wants a login \(HTTP 401\)/],
  ['only the version answers', '0.17.2', http500, 'ok', /not for its stats: HTTP 500/],
  ['the look was broken off', failure('aborted'), failure('aborted'), 'unknown', /aborted/],
  ['the certificate is not trusted', failure('tls'), failure('tls'), 'unknown', /tls/],
  [
    'the host cannot be reached, and no cluster is configured',
    failure('unreachable'),
    failure('unreachable'),
    'bad',
    /unreachable/,
  ],
];

describe('api', () => {
  it.each(ROWS)('when %s', (_, version, said, answer, detail) => {
    const finding = findingOf(last(watch([{ version, stats: said }])), 'api');
    expect(finding.answer).toBe(answer);
    expect(finding.detail).toMatch(detail);
    expect(finding.at).toBe(START);
  });

  it('does not prove recovery by a login page or a version alone', () => {
    for (const said of [{ version: login, stats: login }, { stats: http500 }]) {
      expect(findingOf(last(watch([said])), 'api').proves).toBe(false);
    }
    expect(findingOf(last(watch([{ stats: FINE }])), 'api').proves).toBeUndefined();
  });

  it('says which ingress has nobody to ask', () => {
    const body = failure('status', { status: 503, body: 'no available server' });
    const finding = findingOf(last(watch([{ version: body, stats: body }])), 'api');
    expect(finding).toMatchObject({ answer: 'bad', detail: expect.stringContaining('"no available server"') });
  });

  it('says since when, and begins anew after an answer', () => {
    const silent = { version: refused, stats: refused };
    const seen = watch([silent, silent, silent, { stats: FINE }, silent]);
    expect(seen.map((one) => findingOf(one, 'api').detail)).toEqual([
      'No valid answer from the API: Connection refused.',
      'No valid answer from the API for 15 s: Connection refused.',
      'No valid answer from the API for 30 s: Connection refused.',
      'The API answers.',
      'No valid answer from the API: Connection refused.',
    ]);
  });
});

describe('api above a cluster', () => {
  const silent = last(watch([{ stats: FINE }, { version: refused, stats: refused }])).facts;
  const away = last(watch([{ stats: FINE }, { version: failure('unreachable'), stats: failure('unreachable') }])).facts;
  const workload = (scaledToZero: boolean) => ({ known: true, value: { scaledToZero } });
  const pod = (start: string | null, ready: boolean) => ({ ready, container: { start } });
  const ask = (facts: SeenFacts, ground: unknown) =>
    apiChecks.find((row) => row.id === 'api')?.look({ ...facts, ground: ground as GroundFacts })[0]?.answer;
  const PODS = { known: true, value: [] };

  it.each([
    ['the workload is scaled to zero', { workload: workload(true), pods: PODS, pod: null }, 'not_observed'],
    ['there is no pod', { workload: workload(false), pods: PODS, pod: null }, 'not_observed'],
    ['the container does not run', { workload: workload(false), pods: PODS, pod: pod(null, false) }, 'not_observed'],
    ['the container runs', { workload: workload(false), pods: PODS, pod: pod('run-1', false) }, 'bad'],
    ['the pods cannot be seen', { workload: { known: false }, pods: { known: false }, pod: null }, 'bad'],
  ])('is asked as fits when %s', (_, ground, answer) => {
    expect(ask(silent, ground)).toBe(answer);
  });

  it('blames the way, not Frigate, when the host cannot be reached and the pod is ready', () => {
    expect(ask(away, { workload: workload(false), pods: PODS, pod: pod('run-1', true) })).toBe('unknown');
    expect(ask(away, { workload: workload(false), pods: PODS, pod: pod('run-1', false) })).toBe('bad');
    expect(ask(away, { workload: { known: false }, pods: { known: false }, pod: null })).toBe('unknown');
  });

  it('believes an answer more than a cluster that knows no pod', () => {
    const answering = last(watch([{ stats: FINE }])).facts;
    expect(ask(answering, { workload: workload(true), pods: PODS, pod: null })).toBe('ok');
  });
});

describe('api at an address that is wrong, before a Frigate that is well', () => {
  const both = (reply: Failure): Said => ({ version: reply, stats: reply });
  const moved = failure('status', { reason: 'http://f sends elsewhere (302).', status: 302 });
  const noServer = failure('status', { reason: 'http://f answered 503.', status: 503, body: 'no available server' });
  const ground = (at: number, changes: Json = {}) => G.answers({ pods: G.ok(G.list(G.pod(changes))) }, { at });
  const row = (said: Said, { before = [], pod = {} }: { before?: Said[]; pod?: Json } = {}) =>
    watch(
      [...before, ...Array<Said>(12).fill(said)].map((one, k) => ({ ground: ground(G.NOW + k * 30, pod), ...one })),
      { ...WITH_CLUSTER, every: 30, start: G.NOW },
    );
  const unready = (since: number, ready = false): Json => ({
    status: {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: G.stamp(G.NOW - since) }],
      containerStatuses: [G.nvr({ ready })],
    },
  });
  const WELL = { before: [{ stats: FINE }] };

  it.each<[string, Said, RegExp]>([
    ['nobody listens', both(refused), /Connection refused. No valid answer has ever come from this address/],
    ['a firewall drops all', both(failure('timeout')), /No valid answer has ever come/],
    ['a portal sends elsewhere', both(moved), /Something other than Frigate answers at its address: .* \(302\)/],
    ['an ingress knows no such path', both(failure('status', { status: 404 })), /Something other than Frigate/],
    ['a proxy gives up', both(failure('status', { status: 502 })), /No valid answer has ever come/],
    ['a portal gives its page', { version: '<html>', stats: '<html>' }, /Something other than Frigate/],
    ['something answers without end', both(failure('too_large')), /Something other than Frigate/],
    ['an ingress has no endpoint', both(noServer), /"no available server"/],
    ['a certificate is not trusted', both(failure('tls')), /tls/],
  ])('is unknown and leads to no restart when %s', (_, said, detail) => {
    const seen = row(said);
    expect(new Set(answersTo(seen, 'api'))).toEqual(new Set(['unknown']));
    expect(findingOf(last(seen), 'api').detail).toMatch(detail);
    expect(findingOf(last(seen), 'api').detail).toMatch(/must be Frigate's own, usually http:\/\/ and port 5000/);
    expect(last(seen).looked.cannotSee[0]).toBe(findingOf(last(seen), 'api').detail);
    const decisions = assess(seen);
    expect(orderedAfter(seen, decisions)).toBeNull();
    expect(new Set(decisions.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });

  it.each<[string, Said, Answer]>([
    ['nobody listens any more', both(refused), 'bad'],
    ['it hangs', both(failure('timeout')), 'bad'],
    ['its own server finds it dead', both(failure('status', { status: 502 })), 'bad'],
    ['a portal was put before it', both(moved), 'unknown'],
    ['a login page was put before it', { version: '<html>', stats: '<html>' }, 'unknown'],
    ['its ingress has lost it', both(noServer), 'unknown'],
    ['another ingress has lost it', both(failure('status', { status: 503 })), 'unknown'],
  ])('counts silence where it has answered before: %s', (_, said, answer) => {
    const seen = row(said, WELL);
    expect(answersTo(seen, 'api')).toEqual(['ok', ...Array(12).fill(answer)]);
    expect(orderedAfter(seen, assess(seen))).toBe(answer === 'bad' ? 90 : null);
  });

  it('does not count an answer that another address gave', () => {
    const { memory } = last(row({ stats: FINE }));
    const remembered = JSON.parse(JSON.stringify(memory));
    const looks = [{ ...both(refused), ground: ground(G.NOW + 600) }];
    const ask = (url: string) => watch(looks, { ...WITH_CLUSTER, url, start: G.NOW + 600 }, remembered);
    expect(answersTo(ask('http://frigate:5000'), 'api')).toEqual(['bad']);
    expect(answersTo(ask('http://frigate:5001'), 'api')).toEqual(['unknown']);
  });

  it.each<[string, Said, Json, Answer]>([
    ['not ready for longer than a start may take', both(refused), unready(601), 'bad'],
    ['not ready for as long as a start may take', both(refused), unready(240), 'unknown'],
    ['not ready, and a portal answers', both(moved), unready(7000), 'unknown'],
    ['not ready, and its ingress knows', both(noServer), unready(7000), 'bad'],
    ['not ready for a neighbour of the container', both(refused), unready(7000, true), 'unknown'],
    [
      'not ready, and its container has just started',
      both(refused),
      G.overlay(
        unready(7000),
        G.containers(G.nvr({ ready: false, state: { running: { startedAt: G.stamp(G.NOW) } } })),
      ),
      'unknown',
    ],
  ])('asks the pod where it never answered: %s', (_, said, pod, answer) => {
    expect(answersTo(row(said, { pod }), 'api')).toEqual(Array(12).fill(answer));
  });

  it('sees with its own eyes for how long a pod is not ready where the cluster does not say', () => {
    const pod = {
      status: { conditions: [{ type: 'Ready', status: 'False' }], containerStatuses: [G.nvr({ ready: false })] },
    };
    const seen = watch(
      [0, 600, 601].map((after) => ({ ...both(refused), ground: ground(G.NOW + after, pod) })),
      { ...WITH_CLUSTER, every: 300.5, start: G.NOW },
    );
    expect(seen.map(({ facts }) => facts.ground?.pod?.unreadySince)).toEqual(Array(3).fill(G.NOW));
    expect(answersTo(seen, 'api')).toEqual(['unknown', 'unknown', 'bad']);
  });

  it('is not blamed on Frigate, though it answered before, while only a neighbour of its container is not ready', () => {
    expect(last(answersTo(row(both(refused), { ...WELL, pod: unready(7000, true) }), 'api'))).toBe('unknown');
  });
});

describe('stats_fresh', () => {
  const at = (after: number) => ({ stats: stats({ front: camera(5, 5, 0, 1) }, { after }) });

  it('is bad when last_updated stands still for more than a minute of looks, whatever the clocks say', () => {
    const seen = watch([at(0), at(0), at(0), at(0), at(0), at(0), at(15)]);
    expect(answersTo(seen, 'stats_fresh')).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'bad', 'ok']);
    expect(seen.slice(1, 5).map((one) => findingOf(one, 'stats_fresh').proves)).toEqual([false, false, false, false]);
    expect(findingOf(seen[5] ?? last(seen), 'stats_fresh').detail).toMatch(/have stood still for 75 s though/);
  });

  it('does not mind a Frigate whose clock is a day off', () => {
    const seen = watch([at(-86_400), at(-86_385), at(-86_370)]);
    expect(answersTo(seen, 'stats_fresh')).toEqual(['ok', 'ok', 'ok']);
  });

  it('does not count the time in which the API gave no stats', () => {
    const silent = { version: refused, stats: refused };
    const seen = watch([at(0), silent, silent, silent, silent, silent, at(0), at(0)]);
    expect(answersTo(seen, 'stats_fresh')).toEqual(['ok', ...Array(5).fill('unknown'), 'ok', 'ok']);
    expect(findingOf(seen[6] ?? last(seen), 'stats_fresh').proves).toBe(false);
  });

  it('says that it cannot tell where the stats have no time of their own', () => {
    expect(answersTo(watch([{ stats: { cameras: {}, service: { uptime: 90 } } }]), 'stats_fresh')).toEqual(['unknown']);
    const old = { front: camera(5, 5, 0, 1), service: { uptime: 9000, last_updated: START } };
    expect(answersTo(watch([{ stats: old }]), 'stats_fresh')).toEqual(['not_observed']);
  });
});

/** Looks by several ways: what each said, above a cluster that answers unless its look says otherwise. */
interface Ways {
  vantages: FrigateAnswers['vantages'];
  version?: FrigateAnswers['version'];
  ground?: GroundAnswers;
}

function throughWays(
  looks: readonly Ways[],
  changes: Partial<FrigateSettings> = {},
  remembered: Partial<FrigateMemory> = {},
): readonly Seen[] {
  const fixed = settings({ ...WITH_CLUSTER, ...changes });
  let memory: FrigateMemory = { ...newFrigateMemory(), ...remembered };
  return looks.map(({ vantages, version = null, ground }, k) => {
    const at = G.NOW + k * 30;
    const vantage = (Object.keys(vantages) as VantageId[]).find((id) => vantages[id] === 'ok') ?? null;
    const failed = Object.values(vantages).find((said) => said !== 'ok') ?? null;
    const below = ground ?? G.answers({ pods: G.ok(G.list(G.pod())) }, { at });
    const base = answers(at, {
      stats: vantage ? stats({ front: camera(5, 5, 0, 1) }, { after: k * 30 }) : failed,
      ground: below,
    });
    const step = digest(fixed, memory, { ...base, version, vantage, vantages }, at);
    memory = JSON.parse(JSON.stringify(step.memory));
    return { at, facts: step.facts, looked: look(step.facts, at), memory: step.memory };
  });
}

const row = (vantages: FrigateAnswers['vantages'], looks = 6) => Array<Ways>(looks).fill({ vantages });
const timeout = failure('timeout', { reason: 'No answer within 8 s.' });
const http502 = failure('status', { reason: 'It answers 502.', status: 502 });

describe('api by several ways', () => {
  it.each<[string, FrigateAnswers['vantages']]>([
    ['the service', { direct: refused, service_proxy: 'ok', pod_proxy: refused }],
    ['the pod', { direct: timeout, service_proxy: refused, pod_proxy: 'ok' }],
    ['the container', { direct: http500, exec: 'ok' }],
  ])('is well when only one of them answers: %s', (_, vantages) => {
    const finding = findingOf(last(throughWays(row(vantages))), 'api');
    expect(finding).toMatchObject({
      answer: 'ok',
      detail: expect.stringMatching(/^The API answers (at|through|inside) its/),
    });
    expect(finding.proves).toBeUndefined();
  });

  /** TABLE: at an address that never answered. */
  const PROOFS: readonly [string, FrigateAnswers['vantages'], Answer][] = [
    ["the pod's own port refuses", { direct: timeout, pod_proxy: refused }, 'bad'],
    ["the pod's own server finds it dead", { direct: refused, pod_proxy: http502 }, 'bad'],
    ['its container refuses', { direct: refused, pod_proxy: timeout, exec: refused }, 'bad'],
    ['the pod is silent to the API server, as behind a firewall', { direct: timeout, pod_proxy: timeout }, 'unknown'],
    ['the API server does not reach the pod', { direct: refused, pod_proxy: failure('unreachable') }, 'unknown'],
    ['something else answers at the pod', { direct: refused, pod_proxy: html }, 'unknown'],
    ['only the service fails too', { direct: refused, service_proxy: refused }, 'unknown'],
    ['the host is away, and the pod refuses', { direct: failure('unreachable'), pod_proxy: refused }, 'bad'],
    ['a portal answers, and the pod refuses', { direct: html, pod_proxy: refused }, 'bad'],
    ['a certificate is not trusted, and the pod refuses', { direct: failure('tls'), pod_proxy: refused }, 'bad'],
  ];

  it.each(PROOFS)('is judged by what stands nearest to Frigate when %s', (_, vantages, answer) => {
    const seen = throughWays(row(vantages));
    expect(new Set(answersTo(seen, 'api'))).toEqual(new Set([answer]));
    expect(orderedAfter(seen, assess(seen)) !== null).toBe(answer === 'bad');
  });

  it('counts the silence of a pod that has answered before, at this very port', () => {
    const looks = [...row({ direct: refused, pod_proxy: 'ok' }, 1), ...row({ direct: refused, pod_proxy: timeout }, 3)];
    expect(answersTo(throughWays(looks), 'api')).toEqual(['ok', 'bad', 'bad', 'bad']);
    const silence = row({ direct: refused, pod_proxy: timeout }, 1);
    const [first] = throughWays(looks.slice(0, 1));
    expect(answersTo(throughWays(silence, {}, first?.memory), 'api')).toEqual(['bad']);
    expect(answersTo(throughWays(silence, { podPort: 5001 }, first?.memory), 'api')).toEqual(['unknown']);
  });

  it('does not take the answer of another way for one of its address', () => {
    const looks = [
      ...row({ direct: refused, service_proxy: 'ok' }, 2),
      ...row({ direct: refused, service_proxy: timeout }, 1),
    ];
    expect(answersTo(throughWays(looks), 'api')).toEqual(['ok', 'ok', 'unknown']);
  });

  it('names what refused, and has every way as evidence', () => {
    const finding = findingOf(last(throughWays(row({ direct: timeout, pod_proxy: http502 }, 2))), 'api');
    expect(finding.detail).toBe('No valid answer from the API for 30 s: It answers 502.');
    expect(finding.evidence).toEqual(['No answer within 8 s.', 'It answers 502.']);
  });

  it('blames nobody while the API server itself is away', () => {
    const away = G.broken('timeout');
    const ground = G.answers({ workload: away, configMap: away, pods: away, replicaSets: away, node: away });
    const looks = [{ vantages: { service_proxy: refused, pod_proxy: refused }, ground }];
    const memory = throughWays(row({ service_proxy: 'ok' }, 1), { url: null })[0]?.memory;
    const finding = findingOf(last(throughWays(looks, { url: null }, memory)), 'api');
    expect(finding).toMatchObject({
      answer: 'unknown',
      detail: expect.stringMatching(/only asked through the cluster/),
    });
  });

  it('speaks of service and port where there is no address', () => {
    const seen = throughWays(row({ service_proxy: refused }, 1), { url: null, service: { name: 'frigate', port: 1 } });
    expect(findingOf(last(seen), 'api').detail).toMatch(/Service and port in the options must be Frigate's own/);
  });

  it('lives when a version comes by any way', () => {
    const version = { ok: true, value: '0.17.2', status: 200, serverTime: null } as const;
    const seen = throughWays([{ vantages: { direct: refused, pod_proxy: http502 }, version }]);
    expect(findingOf(last(seen), 'api')).toMatchObject({ answer: 'ok', proves: false });
  });
});

describe('where nobody asks the API', () => {
  it('none of its rows is asked, though a log is read', () => {
    const [seen] = watch([{ stats: null }]);
    for (const check of ['api', 'stats_fresh', 'service_path']) {
      expect(findingOf(seen ?? last([]), check)).toMatchObject({ answer: 'not_observed' });
    }
    expect(seen?.looked.cannotSee[0]).toBe('Frigate is not asked for its stats.');
  });
});

describe('service_path', () => {
  const service = { name: 'frigate', port: 5000 };
  const answerOf = (vantages: FrigateAnswers['vantages'], changes: Partial<FrigateSettings> = {}) =>
    findingOf(last(throughWays(row(vantages, 2), changes)), 'service_path');

  /** TABLE: what each way says, and what that says of the way to Frigate. */
  const PATHS: readonly [string, FrigateAnswers['vantages'], Answer, RegExp][] = [
    ['the address answers', { direct: 'ok' }, 'ok', /answers at its address/],
    ['it answers, and its pod would not', { direct: 'ok', pod_proxy: refused }, 'ok', /answers at its address/],
    [
      'it does not, and its pod does',
      { direct: refused, pod_proxy: 'ok' },
      'bad',
      /at its pod, but has not answered at its address for 30 s: Connection refused/,
    ],
    [
      'it does not, and its service does',
      { direct: timeout, service_proxy: 'ok' },
      'bad',
      /through its service, but has not answered at its address/,
    ],
    [
      'it does not, and its container does',
      { direct: html, service_proxy: 'ok', exec: 'ok' },
      'bad',
      /inside its container, but has not answered at its address/,
    ],
    ['neither does', { direct: refused, pod_proxy: refused }, 'unknown', /answers in no way/],
    ['there is no other way', { direct: refused }, 'not_observed', /no other way to compare/],
    ['it wants a login', { direct: login, pod_proxy: 'ok' }, 'ok', /wants a login/],
    ['its certificate is not trusted', { direct: failure('tls'), pod_proxy: 'ok' }, 'unknown', /tls/],
    ['the look was broken off', { direct: failure('aborted'), pod_proxy: 'ok' }, 'unknown', /aborted/],
  ];

  it.each(PATHS)('when %s', (_, vantages, answer, detail) => {
    const finding = answerOf(vantages);
    expect(finding.answer).toBe(answer);
    expect(finding.detail).toMatch(detail);
  });

  it('compares the service with the pod where there is no address', () => {
    const through = { url: null, service };
    expect(answerOf({ service_proxy: 'ok' }, through).answer).toBe('ok');
    expect(answerOf({ service_proxy: refused, pod_proxy: 'ok' }, through)).toMatchObject({
      answer: 'bad',
      detail: expect.stringMatching(/^Frigate answers at its pod, but has not answered through its service for 30 s/),
    });
    expect(answerOf({ pod_proxy: 'ok' }, { url: null }).answer).toBe('ok');
  });

  it('does not prove the way by a login page', () => {
    expect(answerOf({ direct: login, pod_proxy: 'ok' }).proves).toBe(false);
    expect(answerOf({ direct: 'ok' }).proves).toBeUndefined();
  });

  it('is told as a fault of its own, and never restarts a Frigate that works', () => {
    const seen = throughWays(row({ direct: refused, pod_proxy: 'ok' }, 12));
    const decisions = assess(seen);
    expect(last(decisions)).toMatchObject({ verdict: 'unhealthy', cause: { check: 'service_path' } });
    expect(orderedAfter(seen, decisions)).toBeNull();
    expect(last(seen).facts.stats).not.toBeNull();
  });
});
