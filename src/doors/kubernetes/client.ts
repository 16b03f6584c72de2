/** One road to the Kubernetes API: kept connections, a deadline for each call, a limit on what is read, plain JSON. */

import { IsomorphicFetchHttpLibrary, KubeConfig, RequestContext } from '@kubernetes/client-node';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Log, Reply } from '../ports.ts';
import type { Credentials } from './credentials.ts';
import { type Call, failure, fromStatus, fromThrown } from './errors.ts';
import { createVoice } from './voice.ts';

export interface Client {
  call(call: Call, signal: AbortSignal): Promise<Reply<unknown>>;
  close(): Promise<void>;
}

export interface ClientOptions {
  log: Log;
  timeoutSeconds: number;
}

// Design: 8 MB a body at every door.
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;
type DispatcherOptions = ReturnType<KubeConfig['createDispatcherOptions']>;

/** The library opens a connection for every call; this keeps one dispatcher until certificates change. */
class KeptConfig extends KubeConfig {
  private dispatcher: Dispatcher | null = null;
  private material = '';

  override createDispatcherOptions(...given: Parameters<KubeConfig['createDispatcherOptions']>): DispatcherOptions {
    const { ca, cert, key } = given[1];
    const material = [ca, cert, key].map(String).join('|');
    if (this.dispatcher && material === this.material) return { type: 'none' };
    this.material = material;
    void this.dispatcher?.close();
    this.dispatcher = null;
    const options = super.createDispatcherOptions(...given);
    // Without an agent of our own the process-wide one would be used, which nobody may close.
    return options.type === 'none' ? { type: 'agent', connect: { keepAlive: true } } : options;
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.dispatcher ??= context.getDispatcher() ?? null;
    if (this.dispatcher) context.setDispatcher(this.dispatcher);
    // A token file ends in a line break, which the library keeps.
    const authorization = context.getHeaders().Authorization;
    if (authorization) context.setHeaderParam('Authorization', authorization.trim());
  }

  async close(): Promise<void> {
    await this.dispatcher?.destroy();
  }
}

export function openClient(credentials: Credentials, { log, timeoutSeconds }: ClientOptions): Client {
  const config = new KeptConfig();
  config.loadFromClusterAndUser(credentials.cluster, credentials.user);
  const library = new IsomorphicFetchHttpLibrary();
  const base = credentials.cluster.server;
  const origin = new URL(base).origin;
  const voice = createVoice(log, origin);
  const closed = new AbortController();

  async function exchange(call: Call, signal: AbortSignal, secrets: string[]): Promise<Reply<unknown>> {
    const context = requestFor(call, base);
    await config.applySecurityAuthentication(context);
    secrets.push(...secretsIn(context));
    context.setSignal(signal);
    const response = await library.send(context).toPromise();
    const { text, whole } = await readBody(response.body.stream());
    const { httpStatusCode: status, headers } = response;
    if (status < 200 || status > 299) {
      return fromStatus(call, { status, retryAfter: headers['retry-after'] ?? null, text: redact(text, secrets) });
    }
    if (!whole) return failure(call, 'too_large', 'the answer is larger than 8 MB');
    const value = parseObject(text);
    if (!value) return { ...failure(call, 'form', `what ${origin} answers is not a Kubernetes object`), status };
    return { ok: true, value, status, serverTime: readDate(headers.date) };
  }

  async function call(each: Call, signal: AbortSignal): Promise<Reply<unknown>> {
    const deadline = new AbortController();
    const stop = () => deadline.abort();
    const timer = setTimeout(stop, timeoutSeconds * 1000);
    const told = voice.begin();
    const stops = [signal, closed.signal];
    for (const one of stops) one.addEventListener('abort', stop, { once: true });
    const secrets: string[] = [];
    let reply: Reply<unknown>;
    try {
      if (stops.some((one) => one.aborted)) stop();
      reply = await exchange(each, deadline.signal, secrets);
    } catch (error) {
      reply = fromThrown(each, error, origin);
      if (closed.signal.aborted) reply = failure(each, 'aborted', 'the door is closed');
      else if (signal.aborted) reply = failure(each, 'aborted', 'the look was broken off');
      else if (deadline.signal.aborted) {
        reply = failure(each, 'timeout', `${origin} did not answer within ${timeoutSeconds} s`);
      }
    } finally {
      clearTimeout(timer);
      for (const one of stops) one.removeEventListener('abort', stop);
    }
    told(reply);
    return reply;
  }

  return {
    call,
    async close() {
      closed.abort();
      await config.close();
    },
  };
}

function requestFor(call: Call, base: string): RequestContext {
  const root = call.group ? `/apis/${call.group}/v1` : '/api/v1';
  const space = call.namespace === null ? '' : `/namespaces/${encodeURIComponent(call.namespace)}`;
  const name = call.name === null || call.verb === 'create' ? '' : `/${encodeURIComponent(call.name)}`;
  const context = new RequestContext(`${base}${root}${space}/${call.resource}${name}`, call.method);
  for (const [key, value] of Object.entries(call.query)) context.setQueryParam(key, value);
  context.setHeaderParam('Accept', 'application/json');
  context.setHeaderParam('User-Agent', `frigate-warden/${packageJson.version}`);
  if (call.body !== undefined) {
    context.setHeaderParam('Content-Type', call.contentType ?? 'application/json');
    context.setBody(JSON.stringify(call.body));
  }
  return context;
}

/** Reads up to the limit and lets go of the rest. */
async function readBody(stream: ReadableStream<Uint8Array> | null): Promise<{ text: string; whole: boolean }> {
  if (!stream) return { text: '', whole: true };
  const chunks: Uint8Array[] = [];
  let size = 0;
  let whole = true;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT_BYTES) {
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

function readDate(header: string | undefined): number | null {
  const milliseconds = Date.parse(header ?? '');
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

/** A rude proxy may print the request in its error page. */
function secretsIn(context: RequestContext): string[] {
  const token = context.getHeaders().Authorization?.replace(/^\w+\s+/, '');
  return token ? [token] : [];
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
