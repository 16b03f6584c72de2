import { describe, expect, it } from 'vitest';
import { fromNode, fromProxy, tellsOfApi } from '../../../src/doors/kubernetes/behind.ts';
import { execCall, logCall, proxyCall } from '../../../src/doors/kubernetes/calls.ts';
import type { Call } from '../../../src/doors/kubernetes/errors.ts';
import type { Failure, Reply } from '../../../src/doors/ports.ts';
import { statusBody } from './rude-server.ts';

const pod = { kind: 'pods', namespace: 'frigate', name: 'frigate-0', port: 5000, path: '/api/x?token=s3cret' } as const;
const proxy = proxyCall(pod);
const log = logCall({
  namespace: 'frigate',
  pod: 'frigate-0',
  container: null,
  sinceTime: null,
  tailLines: null,
  previous: false,
  limitBytes: 1000,
});
const exec = execCall({ namespace: 'frigate', pod: 'frigate-0', container: 'frigate' }, ['true']);
const node: Call = { ...log, resource: 'nodes', namespace: null, name: 'a', query: {} };
delete node.subresource;

const said = (status: number, text: string) => ({ status, retryAfter: null, text });
const ASK = 'Cannot ask pod frigate/frigate-0:5000/api/x through the API: ';

describe('a proxied answer that is no success', () => {
  it.each([
    [401, '{"message":"Login failed"}'],
    [500, '<html>500 Internal Server Error</html>'],
    [502, '<html>502 Bad Gateway</html>'],
    [302, ''],
    [404, '{"kind":"Page"}'],
  ])('is the word of what is behind: %i %s', (status, text) => {
    expect(fromProxy(proxy, said(status, text))).toEqual({
      ok: false,
      kind: 'status',
      status,
      reason: `${ASK}it answers ${status}.`,
      body: text,
    });
  });

  it('has no control characters of a stranger', () => {
    expect(fromProxy(proxy, said(500, 'bad \u001b[31mgateway\n\n')).body).toBe('bad  [31mgateway');
  });

  const dial = 'error trying to reach service: dial tcp 10.42.0.5:5000: ';
  it.each<[number, string, string, string, Failure['kind'], string]>([
    [
      503,
      'ServiceUnavailable',
      `${dial}connect: connection refused`,
      'the connection from the API server is refused',
      'refused',
      'a pod in which nobody listens',
    ],
    [503, 'ServiceUnavailable', `${dial}i/o timeout`, 'it does not answer the API server', 'timeout', 'a lost node'],
    [
      503,
      'ServiceUnavailable',
      `${dial}connect: no route to host`,
      'the API server has no route to it',
      'unreachable',
      'a network that is gone',
    ],
    [
      503,
      'ServiceUnavailable',
      'no endpoints available for service "frigate"',
      'the service has no pod that is ready',
      'unreachable',
      'a service without a ready pod',
    ],
    [
      503,
      'ServiceUnavailable',
      'error trying to reach service: EOF',
      'it cut the connection from the API server',
      'unreachable',
      'a connection that was cut',
    ],
    [
      502,
      'BadGateway',
      'proxy error from 127.0.0.1:6443 while dialing 10.42.0.5:5000, code 502: 502 Bad Gateway',
      'the API server does not reach it',
      'unreachable',
      'the tunnel of K3s without its other end',
    ],
  ])('of the API server (%i %s %s) says where the way ends', (status, reason, message, why, kind, _what) => {
    expect(fromProxy(proxy, said(status, statusBody(status, reason, message)))).toEqual({
      ok: false,
      kind,
      reason: `${ASK}${why} (${status} ${reason}: ${message}).`,
      body: `${reason}: ${message}`,
    });
  });

  it('is understood from old servers too, which say it in plain text', () => {
    const text = "Error trying to reach service: 'dial tcp 10.42.0.5:5000: getsockopt: connection refused'\n";
    expect(fromProxy(proxy, said(503, text))).toMatchObject({ kind: 'refused', body: expect.stringMatching(/^Serv/) });
  });

  it.each<[number, string, string, string]>([
    [401, 'Unauthorized', 'Unauthorized', 'the token or certificate is not accepted'],
    [
      403,
      'Forbidden',
      'pods "frigate-0:5000" is forbidden: User "w" cannot get resource "pods/proxy" in API group ""',
      'the account lacks the verb "get" on pods/proxy in a Role in namespace frigate (403 Forbidden)',
    ],
    [404, 'NotFound', 'pods "frigate-0" not found', 'it does not exist'],
    [404, 'NotFound', 'services "frigate-timeout" not found', 'it does not exist'],
    [400, 'BadRequest', 'address not allowed', 'the API answers 400 BadRequest: address not allowed'],
    [500, 'InternalError', 'etcdserver: leader changed', 'the API answers 500 InternalError: etcdserver'],
  ])('of the API server itself, %i %s, has no status of what is behind', (status, reason, message, why) => {
    const reply = fromProxy(proxy, said(status, statusBody(status, reason, message)));
    expect(reply).toEqual({
      ok: false,
      kind: 'unreachable',
      reason: expect.stringContaining(`${ASK}${why}`),
      body: `${reason}: ${message}`,
    });
  });
});

describe('a log or a command that the API does not bring', () => {
  it('keeps the status of the API, and says when it is the node that does not answer', () => {
    const message =
      'Get "https://10.0.0.5:10250/containerLogs/frigate/frigate-0/frigate": dial tcp 10.0.0.5:10250: connect: no route to host';
    expect(fromNode(log, said(500, statusBody(500, 'InternalError', message)))).toMatchObject({
      kind: 'status',
      status: 500,
      reason: expect.stringMatching(
        /^Cannot read the log of pod frigate\/frigate-0: the API server does not reach the pod's node: Get/,
      ),
      body: expect.stringMatching(/^InternalError: Get/),
    });
  });

  it.each<[Call, number, string, string, string]>([
    [
      log,
      400,
      'BadRequest',
      'container "frigate" in pod "frigate-0" is waiting to start: ContainerCreating',
      'Cannot read the log of pod frigate/frigate-0: the API answers 400 BadRequest: container "frigate" in pod "frigate-0" is waiting to start: ContainerCreating.',
    ],
    [
      log,
      400,
      'BadRequest',
      'previous terminated container "frigate" in pod "frigate-0" not found: dial tcp',
      'Cannot read the log of pod frigate/frigate-0: the API answers 400 BadRequest: previous terminated container "frigate" in pod "frigate-0" not found: dial tcp.',
    ],
    [
      exec,
      403,
      'Forbidden',
      'pods "frigate-0" is forbidden: User "w" cannot create resource "pods/exec" in API group "" in the namespace "frigate"',
      'Cannot run a command in pod frigate/frigate-0: the account lacks the verb "create" on pods/exec in a Role in namespace frigate (403 Forbidden).',
    ],
    [
      log,
      500,
      'InternalError',
      'etcdserver: leader changed',
      'Cannot read the log of pod frigate/frigate-0: the API answers 500 InternalError: etcdserver: leader changed.',
    ],
  ])('is a failure as any other (%o)', (call, status, reason, message, sentence) => {
    const reply = fromNode(call, said(status, statusBody(status, reason, message)));
    expect(reply).toMatchObject({ kind: 'status', status, reason: sentence });
  });

  it('may come from a stranger in front of the API', () => {
    expect(fromNode(log, said(502, '<html>'))).toMatchObject({
      reason: expect.stringContaining('a proxy in front of the API answers 502 with a web page'),
    });
  });
});

describe('whether a reply tells of the API server', () => {
  const fine: Reply<unknown> = { ok: true, value: '', status: 200, serverTime: null };
  const failed = (kind: Failure['kind'], more: Partial<Failure> = {}): Failure => ({
    ok: false,
    kind,
    reason: '',
    ...more,
  });
  it.each<[string, Call, Reply<unknown>, boolean]>([
    ['an object that came', node, fine, true],
    ['a silence about an object', node, failed('timeout'), true],
    ['a page in place of an object', node, failed('status', { status: 502, body: '<html>' }), true],
    ['a log that came', log, fine, true],
    ['a silence about a log', log, failed('timeout'), false],
    ['a proxied page', proxy, failed('status', { status: 502, body: '<html>' }), false],
    ['its own word on the way', proxy, failed('timeout', { body: 'ServiceUnavailable: i/o timeout' }), true],
    ['its own refusal', exec, failed('status', { status: 403, body: 'Forbidden: no' }), true],
    ['more than is read', log, failed('too_large'), true],
    ['a connection that it refuses', proxy, failed('refused'), true],
    ['a certificate that is not trusted', log, failed('tls'), true],
    ['a command whose connection was cut later', exec, failed('unreachable', { status: 101 }), false],
    ['a command that went wrong', exec, failed('status', { body: 'curl: (7)' }), false],
  ])('%s', (_, call, reply, tells) => {
    expect(tellsOfApi(call, reply)).toBe(tells);
  });
});
