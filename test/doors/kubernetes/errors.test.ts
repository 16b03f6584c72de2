import { describe, expect, it } from 'vitest';
import { type Call, fromStatus, fromThrown, isOwnAnswer } from '../../../src/doors/kubernetes/errors.ts';
import { statusBody } from './rude-server.ts';

const patch: Call = {
  method: 'PATCH',
  verb: 'patch',
  group: 'apps',
  resource: 'deployments',
  namespace: 'frigate',
  name: 'frigate',
  query: {},
};
const get: Call = { ...patch, method: 'GET', verb: 'get' };
const node: Call = { ...get, group: '', resource: 'nodes', namespace: null, name: 'node-a' };
const create: Call = { ...get, method: 'POST', verb: 'create', group: '', resource: 'configmaps', name: 'ledger' };
const list: Call = { ...get, verb: 'list', group: '', resource: 'pods', name: null };

const RBAC =
  'deployments.apps "frigate" is forbidden: User "system:serviceaccount:frigate:warden" ' +
  'cannot patch resource "deployments" in API group "apps" in the namespace "frigate"';
const MODIFIED = 'Operation cannot be fulfilled on deployments.apps "frigate": the object has been modified';
const OTHER_UID = 'Deployment.apps "frigate" is invalid: metadata.uid: Invalid value: "x": field is immutable';

describe('an answer with a status becomes one sentence and a body that begins with its reason', () => {
  it.each<[string, Call, [number, string, string, string?], string]>([
    [
      'a token that is not accepted',
      get,
      [401, 'Unauthorized', 'Unauthorized'],
      'Cannot read deployment frigate/frigate: the token or certificate is not accepted, it may have expired or been revoked (401 Unauthorized).',
    ],
    [
      'a verb that is missing in a Role',
      patch,
      [403, 'Forbidden', RBAC],
      'Cannot restart deployment frigate/frigate: the account lacks the verb "patch" on deployments.apps in a Role in namespace frigate (403 Forbidden).',
    ],
    [
      'a verb that is missing in a ClusterRole',
      node,
      [
        403,
        'Forbidden',
        'nodes "node-a" is forbidden: User "w" cannot get resource "nodes" in API group "" at the cluster scope',
      ],
      'Cannot read node node-a: the account lacks the verb "get" on nodes in a ClusterRole (403 Forbidden).',
    ],
    [
      'a question that nobody answers',
      { ...create, group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews', namespace: null, name: null },
      [500, 'InternalError', 'etcd is away'],
      'Cannot ask what the account may do: the API answers 500 InternalError: etcd is away.',
    ],
    [
      'a quota',
      create,
      [403, 'Forbidden', 'configmaps "ledger" is forbidden: exceeded quota: small.'],
      'Cannot create configmap frigate/ledger: the API forbids it (403 Forbidden): configmaps "ledger" is forbidden: exceeded quota: small.',
    ],
    [
      'a thing that is not there',
      get,
      [404, 'NotFound', 'deployments.apps "frigate" not found'],
      'Cannot read deployment frigate/frigate: it does not exist (404 NotFound).',
    ],
    [
      'a stale resourceVersion',
      patch,
      [409, 'Conflict', MODIFIED],
      'Cannot restart deployment frigate/frigate: it was changed by someone else since it was read (409 Conflict).',
    ],
    [
      'a thing that exists',
      create,
      [409, 'AlreadyExists', 'configmaps "ledger" already exists'],
      'Cannot create configmap frigate/ledger: it exists already (409 AlreadyExists).',
    ],
    [
      'another uid',
      patch,
      [422, 'Invalid', OTHER_UID],
      'Cannot restart deployment frigate/frigate: another object has taken its place since it was read (422 Invalid).',
    ],
    [
      'an invalid object',
      create,
      [422, 'Invalid', 'ConfigMap "ledger" is invalid: data: Too long'],
      'Cannot create configmap frigate/ledger: the API finds it invalid (422 Invalid): ConfigMap "ledger" is invalid: data: Too long.',
    ],
    [
      'too many requests',
      list,
      [429, 'TooManyRequests', 'slow down', '7'],
      'Cannot list pods in frigate: the API asks to slow down for 7 s (429 TooManyRequests).',
    ],
    [
      'too many requests without a time',
      list,
      [429, 'TooManyRequests', 'slow down', 'Wed, 21 Oct 2026 07:28:00 GMT'],
      'Cannot list pods in frigate: the API asks to slow down (429 TooManyRequests).',
    ],
    [
      'a fault of the server',
      list,
      [500, 'InternalError', 'etcdserver: leader changed'],
      'Cannot list pods in frigate: the API answers 500 InternalError: etcdserver: leader changed.',
    ],
    [
      'a server that is not ready and says nothing',
      list,
      [503, 'ServiceUnavailable', ''],
      'Cannot list pods in frigate: the API answers 503 ServiceUnavailable.',
    ],
    [
      'a wrong content type',
      patch,
      [415, 'UnsupportedMediaType', `the body was in an unknown format ${'-'.repeat(500)}`],
      `Cannot restart deployment frigate/frigate: the API answers 415 UnsupportedMediaType: the body was in an unknown format ${'-'.repeat(86)}….`,
    ],
  ])('%s', (_, call, [status, reason, message, retryAfter], sentence) => {
    const reply = fromStatus(call, {
      status,
      retryAfter: retryAfter ?? null,
      text: statusBody(status, reason, message),
    });
    expect(reply).toEqual({
      ok: false,
      kind: 'status',
      status,
      reason: sentence,
      body: `${reason}: ${message}`.slice(0, 200),
    });
    expect(isOwnAnswer(reply)).toBe(true);
  });

  it.each<[string, number, string, string]>([
    [
      'a page of a proxy',
      502,
      '<html><h1>502 Bad Gateway</h1></html>',
      'a proxy in front of the API answers 502 with a web page',
    ],
    ['a page in capitals', 503, '<!DOCTYPE HTML><p>no', 'a proxy in front of the API answers 503 with a web page'],
    ['an empty answer', 504, '', 'a proxy in front of the API answers 504 with something else'],
    ['an address that is no API', 404, '404 page not found\n', 'the address answers 404 with something else'],
    ['JSON of something else', 403, '{"kind":"Denied","message":"no"}', 'the address answers 403 with something else'],
    ['JSON that is null', 500, 'null', 'a proxy in front of the API answers 500 with something else'],
  ])('%s is told apart from the API', (_, status, text, sentence) => {
    const reply = fromStatus(get, { status, retryAfter: null, text });
    expect(reply.reason).toBe(`Cannot read deployment frigate/frigate: ${sentence} that is not from a Kubernetes API.`);
    expect(reply).toMatchObject({ kind: 'status', status, body: text.trim() });
    expect(isOwnAnswer(reply)).toBe(false);
  });

  it('a Status without reason or message still makes a sentence', () => {
    const reply = fromStatus(get, { status: 500, retryAfter: null, text: '{"kind":"Status","reason":"a b"}' });
    expect(reply).toMatchObject({ reason: expect.stringContaining('the API answers 500 Unknown.'), body: 'Unknown: ' });
  });
});

describe('what was thrown becomes one sentence by its code alone', () => {
  const caused = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('secret'), { code }) });

  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'unreachable'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['UND_ERR_SOCKET', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['EPROTO', 'tls'],
    ['EWHATEVER', 'unreachable'],
  ])('%s is %s', (code, kind) => {
    const reply = fromThrown(get, caused(code), 'https://192.0.2.10:6443');
    expect(reply.kind).toBe(kind);
    expect(reply.reason).toContain(code);
    expect(reply.reason).not.toContain('secret');
  });

  it('several refused addresses are one refusal', () => {
    const both = new AggregateError([caused('ECONNREFUSED'), caused('ECONNREFUSED')]);
    expect(fromThrown(get, new TypeError('fetch failed', { cause: both }), 'https://a').kind).toBe('refused');
  });

  it.each([new TypeError('Bearer secret is an invalid header value'), 'secret', undefined])(
    'without a code nothing is quoted',
    (thrown) => {
      expect(fromThrown(get, thrown, 'https://a').reason).toBe(
        'Cannot read deployment frigate/frigate: no connection to https://a.',
      );
    },
  );
});
