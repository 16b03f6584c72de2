/** One road to the Kubernetes API: who we are, kept connections, a deadline for each call, a voice. */

import { KubeConfig, RequestContext } from '@kubernetes/client-node';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Log, Reply } from '../ports.ts';
import { tellsOfApi } from './behind.ts';
import { pathOf } from './calls.ts';
import type { Credentials } from './credentials.ts';
import { type Call, failure, fromThrown } from './errors.ts';
import { type Asked, askCommand, askObject, askText } from './exchange.ts';
import type { Dispatcher } from './exec.ts';
import { createVoice } from './voice.ts';

export interface Client {
  /** An object of the API's own. */
  object(call: Call, signal: AbortSignal): Promise<Reply<unknown>>;
  /** Text that the API passes on: a log, or what a pod or a service answers. */
  text(call: Call, signal: AbortSignal): Promise<Reply<string>>;
  /** What a command in a container wrote. */
  command(call: Call, signal: AbortSignal): Promise<Reply<string>>;
  close(): Promise<void>;
}

export interface ClientOptions {
  log: Log;
  timeoutSeconds: number;
}

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
  const base = credentials.cluster.server;
  const origin = new URL(base).origin;
  const voice = createVoice(log, origin);
  const closed = new AbortController();

  async function within<T>(
    each: Call,
    signal: AbortSignal,
    ask: (asked: Asked) => Promise<Reply<T>>,
  ): Promise<Reply<T>> {
    const deadline = new AbortController();
    const stop = () => deadline.abort();
    const timer = setTimeout(stop, timeoutSeconds * 1000);
    const told = voice.begin();
    const stops = [signal, closed.signal];
    for (const one of stops) one.addEventListener('abort', stop, { once: true });
    let reply: Reply<T>;
    try {
      if (stops.some((one) => one.aborted)) stop();
      const context = requestFor(each, base);
      await config.applySecurityAuthentication(context);
      context.setSignal(deadline.signal);
      reply = await ask({ call: each, context, base, signal: deadline.signal });
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
    if (tellsOfApi(each, reply)) told(reply);
    return reply;
  }

  return {
    object: (call, signal) => within(call, signal, askObject),
    text: (call, signal) => within(call, signal, askText),
    command: (call, signal) => within(call, signal, askCommand),
    async close() {
      closed.abort();
      await config.close();
    },
  };
}

function requestFor(call: Call, base: string): RequestContext {
  const context = new RequestContext(`${base}${pathOf(call)}`, call.method);
  // A log is refused to those who want text only; what is behind a proxy may speak as it likes.
  context.setHeaderParam('Accept', call.subresource ? 'application/json, */*;q=0.8' : 'application/json');
  context.setHeaderParam('User-Agent', `frigate-warden/${packageJson.version}`);
  if (call.body !== undefined) {
    context.setHeaderParam('Content-Type', call.contentType ?? 'application/json');
    context.setBody(JSON.stringify(call.body));
  }
  return context;
}
