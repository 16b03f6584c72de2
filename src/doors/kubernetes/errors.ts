/** Every way in which a call to the Kubernetes API can go wrong, as a typed answer with one sentence. */

import { oneLine } from '../../secrets.ts';
import type { Failure, FailureKind } from '../ports.ts';

/** One call, in the words of a Role: verb, resource, and what it is done to. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';
  /** Empty for the core group. */
  group: string;
  /** Of the group; without it `v1`. */
  version?: string;
  resource: string;
  /** Null for what lies in no namespace. */
  namespace: string | null;
  name: string | null;
  /** What is asked of the thing itself: the answer comes through the API from a node, a pod or a service. */
  subresource?: 'log' | 'proxy' | 'exec';
  /** For `proxy` only. */
  road?: { port: number; path: string };
  query: Readonly<Record<string, string | readonly string[]>>;
  body?: unknown;
  contentType?: string;
}

/** The part of the API's own `Status` object that is read here. */
export interface Status {
  reason: string;
  message: string;
}

export interface ErrorAnswer {
  status: number;
  retryAfter: string | null;
  text: string;
}

const BODY_LENGTH = 200;
const MESSAGE_LENGTH = 120;

const DOING = { get: 'read', create: 'create', update: 'write', patch: 'restart', delete: 'delete' } as const;

/** What was tried, e.g. "Cannot restart deployment frigate/frigate". */
function attempt(call: Call): string {
  if (call.verb === 'list') return `Cannot list ${call.resource} in ${call.namespace ?? 'the cluster'}`;
  if (call.resource === 'selfsubjectaccessreviews') return 'Cannot ask what the account may do';
  const thing = `${call.resource.replace(/s$/, '')} ${[call.namespace, call.name].filter(Boolean).join('/')}`;
  switch (call.subresource) {
    case 'log':
      return `Cannot read the log of ${thing}`;
    case 'proxy':
      // A query may hold what nobody else should read.
      return `Cannot ask ${thing}:${call.road?.port}${call.road?.path.replace(/\?.*$/s, '')} through the API`;
    case 'exec':
      return `Cannot run a command in ${thing}`;
    default:
      return `Cannot ${DOING[call.verb]} ${thing}`;
  }
}

/** A failure of our own making or of the road, with its sentence. */
export function failure(call: Call, kind: FailureKind, why: string): Failure {
  return { ok: false, kind, reason: `${attempt(call)}: ${why}.` };
}

/** An answer with an HTTP status that is no success. `body` begins with the API's own reason, e.g. "Conflict". */
export function fromStatus(call: Call, answer: ErrorAnswer): Failure {
  const status = readStatus(answer.text);
  return {
    ...failure(call, 'status', status ? whyStatus(call, answer, status) : whyStranger(answer)),
    status: answer.status,
    body: status ? ownWords(status) : sampleOf(answer.text),
  };
}

/** The API's own reason and message, as `body` of a failure. */
export function ownWords(status: Status): string {
  return oneLine(`${status.reason}: ${status.message}`.slice(0, BODY_LENGTH));
}

/** The start of a text, for people: without control characters. */
export function sampleOf(text: string): string {
  return oneLine(text.trim().slice(0, BODY_LENGTH));
}

/** Was it the API server itself that answered? A proxy in front of a dead one has no `Status` object. */
export function isOwnAnswer(reply: Failure): boolean {
  return reply.kind === 'too_large' || /^[A-Z][A-Za-z]+: /.test(reply.body ?? '');
}

/** Said as plain text where it is too busy to make a `Status`: Kubernetes source, apiserver/pkg/server/filters. */
const TOO_MANY = /^(Too many requests|The apiserver [^<>\n]{1,60}), please try again later\.?$/;

/** What the API says of itself in a body; null where the body is from somebody else. */
export function readStatus(text: string): Status | null {
  const message = text.trim();
  if (TOO_MANY.test(message)) return { reason: 'TooManyRequests', message };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const status = parsed as { kind?: unknown; reason?: unknown; message?: unknown } | null;
  if (typeof status !== 'object' || status?.kind !== 'Status') return null;
  return {
    reason: typeof status.reason === 'string' && /^[A-Z][A-Za-z]+$/.test(status.reason) ? status.reason : 'Unknown',
    message: typeof status.message === 'string' ? status.message.replace(/\s+/g, ' ') : '',
  };
}

/** Why the API refuses or fails, for the end of a sentence. */
export function whyStatus(call: Call, answer: ErrorAnswer, status: Status): string {
  const tag = `${answer.status} ${status.reason}`;
  switch (answer.status) {
    case 401:
      return `the token or certificate is not accepted, it may have expired or been revoked (${tag})`;
    case 403:
      return whyForbidden(call, tag, status);
    case 404:
      return `it does not exist (${tag})`;
    case 409:
      return status.reason === 'AlreadyExists'
        ? `it exists already (${tag})`
        : `it was changed by someone else since it was read (${tag})`;
    case 422:
      return /metadata\.uid/.test(status.message)
        ? `another object has taken its place since it was read (${tag})`
        : `the API finds it invalid (${tag}): ${start(status.message)}`;
    case 429:
      return `the API asks to slow down${waitFor(answer.retryAfter)} (${tag})`;
    default:
      return `the API answers ${tag}${status.message ? `: ${start(status.message)}` : ''}`;
  }
}

/** RBAC says "cannot patch resource"; quota and admission say 403 as well, and then no verb is missing. */
function whyForbidden(call: Call, tag: string, status: Status): string {
  const verb = / cannot (\S+) resource /.exec(status.message)?.[1];
  if (verb === undefined) return `the API forbids it (${tag}): ${start(status.message)}`;
  const kind = call.group ? `${call.resource}.${call.group}` : call.resource;
  const resource = call.subresource ? `${kind}/${call.subresource}` : kind;
  const role = call.namespace ? `a Role in namespace ${call.namespace}` : 'a ClusterRole';
  return `the account lacks the verb "${verb}" on ${resource} in ${role} (${tag})`;
}

function whyStranger(answer: ErrorAnswer): string {
  const what = /<html|<!doctype/i.test(answer.text.slice(0, 1000)) ? 'a web page' : 'something else';
  const where = answer.status >= 500 ? 'a proxy in front of the API' : 'the address';
  return `${where} answers ${answer.status} with ${what} that is not from a Kubernetes API`;
}

function waitFor(retryAfter: string | null): string {
  return retryAfter && /^\d{1,5}$/.test(retryAfter) ? ` for ${retryAfter} s` : '';
}

/** The start of a message of the API, without its full stop. */
export function start(message: string): string {
  const clean = message.replace(/[.\s]+$/, '');
  return clean.length > MESSAGE_LENGTH ? `${clean.slice(0, MESSAGE_LENGTH)}…` : clean;
}

const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

const ROADS: Readonly<Record<string, [FailureKind, string]>> = {
  ECONNREFUSED: ['refused', 'the connection is refused'],
  ENOTFOUND: ['unreachable', 'the name is not known'],
  EAI_AGAIN: ['unreachable', 'the name server does not answer'],
  EHOSTUNREACH: ['unreachable', 'there is no route to the host'],
  ENETUNREACH: ['unreachable', 'there is no route to the network'],
  EHOSTDOWN: ['unreachable', 'the host is down'],
  ETIMEDOUT: ['timeout', 'the connection timed out'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'no connection came about in time'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'no answer came in time'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'the answer stopped in its middle'],
  ECONNRESET: ['unreachable', 'the connection was cut'],
  EPIPE: ['unreachable', 'the connection was cut'],
  UND_ERR_SOCKET: ['unreachable', 'the connection was cut'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['unreachable', 'the answer was cut short'],
  UND_ERR_DESTROYED: ['aborted', 'the door is closed'],
  UND_ERR_CLOSED: ['aborted', 'the door is closed'],
};

/** What the network or TLS threw. Only codes are read: the messages of some quote headers. */
export function fromThrown(call: Call, error: unknown, origin: string): Failure {
  const code = codeOf(error);
  const road = code === null ? undefined : ROADS[code];
  if (road) return failure(call, road[0], `${road[1]} (${origin}, ${code})`);
  if (code !== null && TLS.test(code)) {
    return failure(
      call,
      'tls',
      `the certificate of ${origin} is not trusted (${code}); check certificate_authority_data`,
    );
  }
  return failure(call, 'unreachable', `no connection to ${origin}${code === null ? '' : ` (${code})`}`);
}

/** The first code down the chain of causes; happy eyeballs puts several errors into one. */
function codeOf(error: unknown): string | null {
  let each: unknown = error;
  for (let depth = 0; depth < 5 && each instanceof Error; depth += 1) {
    const code = (each as { code?: unknown }).code;
    if (typeof code === 'string') return code;
    each = each instanceof AggregateError ? each.errors[0] : each.cause;
  }
  return null;
}
