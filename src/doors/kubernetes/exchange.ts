/** What comes back from the Kubernetes API: an object, a text, or a command's output; never more than 8 MB. */

import { IsomorphicFetchHttpLibrary, type RequestContext } from '@kubernetes/client-node';
import type { Reply } from '../ports.ts';
import { fromNode, fromProxy } from './behind.ts';
import { pathOf } from './calls.ts';
import { type Call, failure, fromStatus, readStatus } from './errors.ts';
import { runCommand, type Wire } from './exec.ts';

/** One call, ready to be sent. */
export interface Asked {
  call: Call;
  /** With its connections, its headers and its secrets. */
  context: RequestContext;
  /** The server's address, with a path where a proxy needs one. */
  base: string;
  signal: AbortSignal;
  /** Called where the API itself answers 429, with its header. */
  onSlowDown(retryAfter: string | null): void;
}

// Design: 8 MB a body at every door.
const LIMIT_BYTES = 8 * 1024 * 1024;

const library = new IsomorphicFetchHttpLibrary();

/** An object of the API's own. */
export async function askObject({ call, context, base, onSlowDown }: Asked): Promise<Reply<unknown>> {
  const response = await library.send(context).toPromise();
  const { text, whole } = await readBody(response.body.stream());
  const { httpStatusCode: status, headers } = response;
  if (status < 200 || status > 299) {
    const answer = { status, retryAfter: headers['retry-after'] ?? null, text: redact(text, context) };
    if (status === 429) onSlowDown(answer.retryAfter);
    return fromStatus(call, answer);
  }
  if (!whole) return tooLarge(call);
  const value = parseObject(text);
  if (!value) {
    return { ...failure(call, 'form', `what ${new URL(base).origin} answers is not a Kubernetes object`), status };
  }
  return { ok: true, value, status, serverTime: readDate(headers.date) };
}

/** A log, or what is behind a proxy. Not over fetch, which would go where a redirect of a stranger leads. */
export async function askText(asked: Asked): Promise<Reply<string>> {
  const { call, context, signal } = asked;
  const { dispatcher, origin, path, headers } = wireOf(asked);
  const response = await dispatcher.request({ origin, path, method: call.method, headers, signal });
  const { statusCode: status } = response;
  const { text, whole } = await readBody(response.body);
  if (status < 200 || status > 299) {
    const retryAfter = oneOf(response.headers['retry-after']) ?? null;
    const answer = { status, retryAfter, text: redact(text, context) };
    if (status === 429 && readStatus(text)) asked.onSlowDown(retryAfter);
    return call.subresource === 'proxy' ? fromProxy(call, answer) : fromNode(call, answer);
  }
  if (!whole) return tooLarge(call);
  return { ok: true, value: text, status, serverTime: readDate(oneOf(response.headers.date)) };
}

/** What a command in a container wrote to its standard output. */
export function askCommand(asked: Asked): Promise<Reply<string>> {
  return runCommand(asked.call, wireOf(asked));
}

/** What is needed below the library's fetch: the path goes out as it was checked. */
function wireOf({ call, context, base, signal, onSlowDown }: Asked): Wire {
  const dispatcher = context.getDispatcher();
  if (!dispatcher) throw new Error('The Kubernetes client has no connections of its own.');
  const { origin, pathname } = new URL(base);
  return {
    dispatcher,
    origin,
    path: `${pathname.replace(/\/$/, '')}${pathOf(call)}`,
    headers: context.getHeaders(),
    signal,
    limitBytes: LIMIT_BYTES,
    onSlowDown,
    redact: (text) => redact(text, context),
  };
}

function tooLarge(call: Call) {
  return failure(call, 'too_large', 'the answer is larger than 8 MB');
}

/** Reads up to the limit and lets go of the rest. */
async function readBody(stream: AsyncIterable<Uint8Array> | null): Promise<{ text: string; whole: boolean }> {
  if (!stream) return { text: '', whole: true };
  const chunks: Uint8Array[] = [];
  let size = 0;
  let whole = true;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > LIMIT_BYTES) {
      // Leaving the loop cancels the stream and with it the connection.
      whole = false;
      break;
    }
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), whole };
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** The first of a header that was sent more than once. */
function oneOf(header: string | string[] | undefined): string | undefined {
  return [header].flat()[0];
}

function readDate(header: string | undefined): number | null {
  const milliseconds = Date.parse(header ?? '');
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

/** A rude proxy may print the request in its error page. */
function redact(text: string, context: RequestContext): string {
  const token = context.getHeaders().Authorization?.replace(/^\w+\s+/, '');
  return token ? text.replaceAll(token, '***') : text;
}
