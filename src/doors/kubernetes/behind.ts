/** What lies behind the API server (a pod, a service, a node), and what the API says when it does not get there. */

import type { Failure, FailureKind, Reply } from '../ports.ts';
import {
  type Call,
  type ErrorAnswer,
  failure,
  fromStatus,
  isOwnAnswer,
  ownWords,
  readStatus,
  type Status,
  sampleOf,
  start,
  whyStatus,
} from './errors.ts';

/**
 * TABLE: how a way ends, by the words of the API server, which are those of Go's network library.
 * Kubernetes source, apimachinery/pkg/util/proxy, registry/core/service/storage; K3s dials through a tunnel of its own.
 */
const ENDS: readonly [words: RegExp, kind: FailureKind, why: string][] = [
  [/no endpoints available/i, 'unreachable', 'the service has no pod that is ready'],
  [/connection refused/i, 'refused', 'the connection from the API server is refused'],
  [/timed? ?out|deadline exceeded/i, 'timeout', 'it does not answer the API server'],
  [/no route to host|network is unreachable|host is down/i, 'unreachable', 'the API server has no route to it'],
  [/connection reset|broken pipe|\bEOF\b/, 'unreachable', 'it cut the connection from the API server'],
  [/proxy error from|dial tcp|error trying to reach|no such host/i, 'unreachable', 'the API server does not reach it'],
];

/** Versions before 1.22 say it as plain text. */
const PLAIN_WORDS = /^error trying to reach service/i;

/**
 * A proxied answer that is no success. Its kind is `status`, with that status, only where it is from behind:
 * a refusal or a failure of the API server itself has another kind and no status; `body` begins with its reason.
 */
export function fromProxy(call: Call, answer: ErrorAnswer): Failure {
  const own = readStatus(answer.text) ?? plainStatus(answer.text);
  if (!own) {
    return {
      ...failure(call, 'status', `it answers ${answer.status}`),
      status: answer.status,
      body: sampleOf(answer.text),
    };
  }
  const end = answer.status >= 500 ? endOf(own.message) : undefined;
  const why = end ? `${end[2]} (${answer.status} ${own.reason}: ${start(own.message)})` : whyStatus(call, answer, own);
  return { ...failure(call, end?.[1] ?? 'unreachable', why), body: ownWords(own) };
}

/** A log or a command comes from the node's kubelet; the API's own status stays, whoever did not answer. */
export function fromNode(call: Call, answer: ErrorAnswer): Failure {
  const refused = fromStatus(call, answer);
  const own = readStatus(answer.text);
  if (!own || answer.status < 500 || !endOf(own.message)) return refused;
  const { reason } = failure(call, 'status', `the API server does not reach the pod's node: ${start(own.message)}`);
  return { ...refused, reason };
}

/**
 * Does the reply tell whether the API server lives? What it passed on from elsewhere does not, nor does a silence:
 * a node that is lost keeps a log and a proxy silent for as long as one waits.
 */
export function tellsOfApi(call: Call, reply: Reply<unknown>): boolean {
  if (!call.subresource || reply.ok || isOwnAnswer(reply)) return true;
  return ['refused', 'unreachable', 'tls', 'aborted'].includes(reply.kind) && reply.status === undefined;
}

function plainStatus(text: string): Status | null {
  const message = text.trim();
  return PLAIN_WORDS.test(message) ? { reason: 'ServiceUnavailable', message } : null;
}

function endOf(message: string): (typeof ENDS)[number] | undefined {
  return ENDS.find(([words]) => words.test(message));
}
