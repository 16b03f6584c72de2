import { describe, expect, it } from 'vitest';
import { execCall, logCall, metadataOf, pathOf, proxyCall, refuse } from '../../../src/doors/kubernetes/calls.ts';
import type { Call } from '../../../src/doors/kubernetes/errors.ts';
import type { LogQuery, ProxyRoad } from '../../../src/doors/ports.ts';

const LOG: LogQuery = {
  namespace: 'frigate',
  pod: 'frigate-0',
  container: null,
  sinceTime: null,
  tailLines: null,
  previous: false,
  limitBytes: 4_194_304,
};
const ROAD: ProxyRoad = { kind: 'pods', namespace: 'frigate', name: 'frigate-0', port: 5000, path: '/api/stats' };
const PLACE = { namespace: 'frigate', pod: 'frigate-0', container: 'frigate' };
const pods: Call = {
  method: 'GET',
  verb: 'list',
  group: '',
  resource: 'pods',
  namespace: 'frigate',
  name: null,
  query: { labelSelector: 'a=b,c in (d)' },
};

describe('the path of a call', () => {
  it.each<[string, Call, string]>([
    ['a list with its selector', pods, '/api/v1/namespaces/frigate/pods?labelSelector=a%3Db%2Cc+in+%28d%29'],
    [
      'an object of a group',
      { ...pods, verb: 'get', group: 'apps', resource: 'deployments', name: 'frigate', query: {} },
      '/apis/apps/v1/namespaces/frigate/deployments/frigate',
    ],
    [
      'what is created has no name yet',
      { ...pods, verb: 'create', resource: 'configmaps', name: 'ledger', query: {} },
      '/api/v1/namespaces/frigate/configmaps',
    ],
    [
      'a thing in no namespace',
      { ...pods, verb: 'get', resource: 'nodes', namespace: null, name: 'a', query: {} },
      '/api/v1/nodes/a',
    ],
    ['a whole log', logCall(LOG), '/api/v1/namespaces/frigate/pods/frigate-0/log?timestamps=true&limitBytes=4194304'],
    [
      'a log since a time, of the run before, of one container',
      logCall({ ...LOG, container: 'app', sinceTime: '2026-01-06T04:06:54Z', tailLines: 50, previous: true }),
      '/api/v1/namespaces/frigate/pods/frigate-0/log?timestamps=true&limitBytes=4194304' +
        '&container=app&sinceTime=2026-01-06T04%3A06%3A54Z&tailLines=50&previous=true',
    ],
    ['a pod behind the proxy', proxyCall(ROAD), '/api/v1/namespaces/frigate/pods/frigate-0:5000/proxy/api/stats'],
    [
      'what is posted to a pod behind the proxy',
      proxyCall({ ...ROAD, method: 'POST', path: '/api/restart' }),
      '/api/v1/namespaces/frigate/pods/frigate-0:5000/proxy/api/restart',
    ],
    [
      'a service behind the proxy, with a query',
      proxyCall({ ...ROAD, kind: 'services', name: 'frigate', path: '/api/door/recordings?after=1.5&before=2' }),
      '/api/v1/namespaces/frigate/services/frigate:5000/proxy/api/door/recordings?after=1.5&before=2',
    ],
    [
      'a command, each of its words apart',
      execCall(PLACE, ['curl', '-s', 'http://localhost:5000/api/stats?a=1&b=2']),
      '/api/v1/namespaces/frigate/pods/frigate-0/exec?container=frigate&command=curl&command=-s' +
        '&command=http%3A%2F%2Flocalhost%3A5000%2Fapi%2Fstats%3Fa%3D1%26b%3D2&stdout=true&stderr=true',
    ],
  ])('%s', (_, call, path) => {
    expect(pathOf(call)).toBe(path);
  });
});

describe('what is not sent', () => {
  const named = (name: string): [string, Call][] => [
    ['a node', { ...pods, verb: 'get', resource: 'nodes', namespace: null, name }],
    ['a namespace', { ...pods, namespace: name }],
    ['the pod of a log', logCall({ ...LOG, pod: name })],
    ['the container of a log', logCall({ ...LOG, container: name })],
    ['a proxy', proxyCall({ ...ROAD, name })],
    ['the container of a command', execCall({ ...PLACE, container: name }, ['true'])],
  ];

  it.each(['..', '../secrets', 'a/b', 'A', '', 'x'.repeat(254), 'a?b', 'a%2fb', 'a:80', 'a\n'])(
    'is "%s" in place of a name',
    (name) => {
      for (const [what, call] of named(name)) {
        expect([what, refuse(call)]).toEqual([what, expect.objectContaining({ ok: false, kind: 'form' })]);
      }
      for (const [, call] of named('frigate-0.a')) expect(refuse(call)).toBeNull();
    },
  );

  it.each([
    '',
    'api/stats',
    '/..',
    '/../../frigate-1:5000/proxy/',
    '/a/../../b',
    '/%2e%2e/secrets',
    '/%2E./secrets',
    '/a%2f..%2fb',
    '/a%5cb',
    '/a\\..\\b',
    '/a/./b',
    '/a b',
    '/a\nHost: evil',
    '/a\t',
    '/a#b',
    '/ä',
    '/a?b c',
  ])('is "%s" as a path behind the proxy', (path) => {
    expect(refuse(proxyCall({ ...ROAD, path }))).toMatchObject({
      kind: 'form',
      reason: expect.stringContaining('this is not a path that stays where it is sent'),
    });
  });

  it.each(['/', '/api/stats', '/api/front_door-2/recordings?after=1767672414.5&before=2', '//', '/a%20b?c=%C3%A4'])(
    'is not "%s", which leads nowhere else',
    (path) => {
      expect(refuse(proxyCall({ ...ROAD, path }))).toBeNull();
    },
  );

  it.each([0, -1, 65_536, 80.5, Number.NaN])('is %d as a port', (port) => {
    expect(refuse(proxyCall({ ...ROAD, port }))).toMatchObject({ kind: 'form' });
  });

  it('is a write that the server would not check', () => {
    const write: Call = { ...pods, method: 'PATCH', verb: 'patch', name: 'frigate', query: {} };
    expect(refuse(write)).toMatchObject({ reason: expect.stringContaining('without metadata.uid') });
    expect(refuse({ ...write, body: { metadata: { uid: 'u' } } })).toMatchObject({
      reason: expect.stringContaining('without metadata.resourceVersion'),
    });
    expect(refuse({ ...write, body: { metadata: { uid: 'u', resourceVersion: '1' } } })).toBeNull();
  });

  it('is a deletion of whatever has that name', () => {
    const end: Call = { ...pods, method: 'DELETE', verb: 'delete', name: 'frigate-0', query: {} };
    const reasonOf = (preconditions?: object) => refuse({ ...end, body: { preconditions } })?.reason;
    expect(refuse(end)?.reason).toMatch(/without preconditions\.uid/);
    expect(reasonOf({ resourceVersion: '1' })).toMatch(/without preconditions\.uid/);
    expect(reasonOf({ uid: 'u' })).toMatch(
      /without preconditions\.resourceVersion it would be for whatever has that name/,
    );
    expect(reasonOf({ uid: 'u', resourceVersion: '1' })).toBeUndefined();
    // What names the object in another place is no precondition.
    expect(refuse({ ...end, body: { metadata: { uid: 'u', resourceVersion: '1' } } })).not.toBeNull();
  });
});

describe('a call through the proxy', () => {
  it('is in the words of a Role a read, or a creation', () => {
    expect(proxyCall(ROAD)).toMatchObject({ method: 'GET', verb: 'get' });
    expect(proxyCall({ ...ROAD, method: 'POST' })).toMatchObject({ method: 'POST', verb: 'create' });
  });
});

describe('metadata', () => {
  it.each([null, undefined, 'text', {}, { metadata: null }, { metadata: 'text' }])(
    'is empty where %j has none',
    (body) => {
      expect(metadataOf(body)).toEqual({});
    },
  );
});
