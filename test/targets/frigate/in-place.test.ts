import { describe, expect, it } from 'vitest';
import type { Failure, HttpDoor, HttpRequest, KubernetesDoor, ProxyRoad, Reply } from '../../../src/doors/ports.ts';
import type { Order } from '../../../src/rules/types.ts';
import { carryOutInPlace, inPlaceHazards, inPlaceRule } from '../../../src/targets/frigate/in-place.ts';
import type { VantageId } from '../../../src/targets/frigate/observe/answers.ts';
import { newSession } from '../../../src/targets/frigate/observe/session.ts';
import { configMap, factsOf, answers as groundAnswers, no, ok, cluster as scripted } from '../ground/objects.ts';
import { camera, failure, last, START, settings, stats, WITH_CLUSTER, watch } from './watching.ts';

const ORDER: Order = {
  id: 'frigate-1',
  at: START,
  remedy: 'in_place',
  signature: 'frigate:detector_queue',
  cause: null,
  by: 'warden',
  force: false,
  reason: 'because',
  incidentId: null,
};
const YES = '{"success":true,"message":"Restarting (this can take up to one minute)..."}';
const { facts: FACTS } = last(watch([{ stats: stats({ a: camera(5, 5, 0, 0) }) }]));
const taken = (text: string): Reply<string> => ({ ok: true, value: text, status: 200, serverTime: null });

interface Scene {
  way?: VantageId | null;
  /** What Frigate, or who stands before it, says to the request. */
  says?: Reply<string>;
  hasCluster?: boolean;
  hasPod?: boolean;
  /** What the ledger says to the write. */
  ledger?: Reply<unknown>;
  /** Why it must not be asked any more. */
  whyNot?: string | null;
}

/** What was asked of whom, in its order. */
async function carriedOut({ way = 'direct', says = taken(YES), hasCluster = false, ...scene }: Scene) {
  const { hasPod = true, ledger, whyNot = null } = scene;
  const asked: unknown[] = [];
  const http: HttpDoor = {
    json: () => Promise.reject(new Error('unasked')),
    cookies: () => Promise.reject(new Error('unasked')),
    text: async ({ url, method, body }: HttpRequest) => {
      asked.push([method, url, body]);
      return says;
    },
  };
  const { door, calls } = scripted({ configMap: ok(configMap('')), replaceConfigMap: ledger ?? ok({}) });
  const kubernetes: KubernetesDoor = {
    ...door,
    proxy: async (road: ProxyRoad) => {
      asked.push(road);
      return says;
    },
    exec: async (place, command) => {
      asked.push([place, command.join(' ')]);
      return says;
    },
  };
  const seen = factsOf(groundAnswers());
  const ground = hasCluster ? { ...seen, pod: hasPod ? seen.pod : null } : null;
  const receipt = await carryOutInPlace({
    order: ORDER,
    facts: { ...FACTS, vantage: way, ground },
    settings: settings(hasCluster ? WITH_CLUSTER : {}),
    session: newSession(),
    doors: { http, kubernetes: hasCluster ? kubernetes : null, tcp: null, mailbox: null },
    context: {
      clock: { now: () => START, jumpedAt: () => null },
      signal: new AbortController().signal,
      whyNotStill: () => whyNot,
    },
  });
  return { ...receipt, asked, calls: calls.map((call) => call.split(' ')[0]) };
}

describe('a restart in place', () => {
  it('needs an answer of this look and nothing of the cluster, and shows by a start', () => {
    expect(inPlaceRule).toEqual({ id: 'in_place', proof: 'start', needs: [{ seen: 'answer', optional: false }] });
  });

  it('is asked for once at Frigate’s own address, where there is no cluster', async () => {
    const done = await carriedOut({});
    expect(done).toMatchObject({
      orderId: 'frigate-1',
      answer: 'accepted',
      detail: 'Frigate restarts itself. The budget is kept by the Warden alone.',
      asked: [['POST', 'http://frigate:5000/api/restart', undefined]],
      calls: [],
    });
  });

  const POD = { kind: 'pods', namespace: 'cctv', name: 'frigate-6d5f-abcde', port: 5000, path: '/api/restart' };
  const ROAD = { ...POD, method: 'POST' };
  const CURL = 'curl -s --max-time 5 -X POST -w \\n%{http_code} http://127.0.0.1:5000/api/restart';

  it.each<[VantageId, unknown]>([
    ['direct', ['POST', 'http://frigate:5000/api/restart', undefined]],
    ['pod_proxy', ROAD],
    ['service_proxy', ROAD],
    ['exec', [{ namespace: 'cctv', pod: 'frigate-6d5f-abcde', container: 'nvr' }, CURL]],
  ])('is reserved, then asked for by the way that answered: %s', async (way, expected) => {
    const says = taken(way === 'exec' ? `${YES}\n200` : YES);
    const done = await carriedOut({ way, says, hasCluster: true });
    expect(done).toMatchObject({ answer: 'accepted', asked: [expected], calls: ['configMap', 'replaceConfigMap'] });
    expect(done.detail).toMatch(/It was reserved in frigate-health-state\.$/);
  });

  it.each<[string, Reply<unknown>, string]>([
    ['conflict', no(409), 'conflict'],
    ['silence', no(500), 'unanswered'],
  ])('is not asked for after the ledger’s %s', async (_, ledger, answer) => {
    expect(await carriedOut({ hasCluster: true, ledger })).toMatchObject({ answer, asked: [] });
  });

  it.each([true, false])(
    'is not asked for any more where the Warden stood still, with a cluster: %s',
    async (hasCluster) => {
      expect(await carriedOut({ hasCluster, whyNot: 'Too old.' })).toMatchObject({
        answer: 'conflict',
        detail: 'Too old.',
        asked: [],
      });
    },
  );

  it('goes on where nobody may write the ledger', async () => {
    const done = await carriedOut({ hasCluster: true, ledger: no(403) });
    expect(done).toMatchObject({ answer: 'accepted', detail: expect.stringMatching(/No right to update the ledger/) });
  });

  it.each<[string, Scene, RegExp]>([
    ['nothing answered in this look', { way: null, hasCluster: true }, /did not answer in this look/],
    ['there is no pod to lead to', { way: 'pod_proxy', hasCluster: true, hasPod: false }, /No living pod/],
    ['there is no pod to run a command in', { way: 'exec', hasCluster: true, hasPod: false }, /No living pod/],
    ['there is no cluster to go through', { way: 'pod_proxy' }, /No living pod/],
  ])('is refused, and nothing reserved, where %s', async (_, scene, detail) => {
    const done = await carriedOut(scene);
    expect(done).toMatchObject({ answer: 'refused', asked: [], calls: [] });
    expect(done.detail).toMatch(detail);
  });

  const status = (code: number, body = ''): Failure => failure('status', { status: code, body });
  it.each<[string, Scene['says'], VantageId, string, RegExp]>([
    ['a yes', taken(YES), 'direct', 'accepted', /restarts itself/],
    ['a no', taken('{"success":false,"message":"No."}'), 'direct', 'refused', /does not restart/],
    ['a page of somebody else’s', taken('<html>Welcome</html>'), 'direct', 'unanswered', /not Frigate’s word/],
    ['a list', taken('[]'), 'direct', 'unanswered', /not Frigate’s word/],
    ['an empty answer', taken(''), 'direct', 'unanswered', /not Frigate’s word/],
    ['a login that is wanted', status(401), 'direct', 'refused', /only an admin/],
    ['a viewer', status(403, '{"message":"Access denied"}'), 'direct', 'refused', /only an admin/],
    ['0.12', status(404), 'direct', 'refused', /came with 0\.13/],
    ['0.12 behind nginx', status(405), 'pod_proxy', 'refused', /came with 0\.13/],
    ['a redirect', status(302), 'direct', 'refused', /It failed/],
    ['a rate limit', status(429), 'direct', 'refused', /It failed/],
    ['no right to the proxy', failure('unreachable', { body: 'Forbidden: pods' }), 'pod_proxy', 'refused', /It failed/],
    ['credentials that expired', failure('unreachable', { body: 'Unauthorized: x' }), 'pod_proxy', 'refused', /failed/],
    ['a pod that is gone', failure('unreachable', { body: 'NotFound: pods' }), 'pod_proxy', 'conflict', /not there/],
    ['a busy API', failure('unreachable', { body: 'TooManyRequests: x' }), 'pod_proxy', 'conflict', /too busy/],
    ['an API that is left alone', status(429, 'TooManyRequests: not asked'), 'exec', 'conflict', /too busy/],
    ['a closed port', failure('refused'), 'direct', 'conflict', /Nobody took/],
    ['a closed port of the pod', failure('refused'), 'pod_proxy', 'conflict', /Nobody took/],
    ['curl without an answer', failure('status', { reason: 'exit code 52' }), 'exec', 'unanswered', /not known/],
    ['another certificate', failure('tls'), 'direct', 'refused', /It failed/],
    ['nginx without its API', status(500), 'direct', 'unanswered', /not known/],
    ['a gateway', status(502), 'direct', 'unanswered', /not known/],
    ['no answer in time', failure('timeout'), 'direct', 'unanswered', /not known/],
    ['a connection that breaks off', failure('unreachable'), 'direct', 'unanswered', /not known/],
    ['the end of the turn', failure('aborted'), 'direct', 'unanswered', /not known/],
    ['a command that breaks off', failure('unreachable', { status: 101 }), 'exec', 'unanswered', /not known/],
  ])('with %s', async (_, says, way, answer, detail) => {
    const done = await carriedOut({ way, hasCluster: way !== 'direct', ...(says ? { says } : {}) });
    expect(done.answer).toBe(answer);
    expect(done.detail).toMatch(detail);
    expect(done.asked).toHaveLength(1);
  });
});

describe('what speaks against it alone', () => {
  it.each<[string | null, number]>([
    ['0.12.1-367d724', 1],
    ['0.13.0', 0],
    ['0.17.2', 0],
    [null, 0],
  ])('in version %s: %i', (version, count) => {
    const said = inPlaceHazards(version);
    expect(said).toHaveLength(count);
    for (const { against } of said) expect(against).toEqual(['in_place']);
  });
});
