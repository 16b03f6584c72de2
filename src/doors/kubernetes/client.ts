/** One road to the Kubernetes API: who we are, kept connections, a deadline for each call, a voice. */

import { RequestContext } from '@kubernetes/client-node';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Failure, Log, Reply } from '../ports.ts';
import { tellsOfApi } from './behind.ts';
import { pathOf } from './calls.ts';
import { openConnections } from './connections.ts';
import { type Call, failure, fromThrown } from './errors.ts';
import { type Asked, askCommand, askObject, askText } from './exchange.ts';
import { openPatience } from './patience.ts';
import { openPlaces } from './places.ts';
import type { Renewal } from './renewal.ts';
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
  /** Seconds of a steady clock. */
  now(): number;
}

/** Eight targets at a time, with a few calls each. What a lost node keeps silent has places of its own. */
const MOST_AT_ONCE = 48;

/** A read waits for so much of its time for an API that is busy, so that a look under a little load sees everything. */
const WAIT_SHARE = 0.25;

type Ask<T> = (asked: Asked) => Promise<Reply<T>>;

interface Limits {
  /** The turn's. */
  signal: AbortSignal;
  /** Aborts at the end of the turn, with the door, and when the time for this call is over. */
  deadline: AbortSignal;
}

export function openClient(renewal: Renewal, { log, timeoutSeconds, now }: ClientOptions): Client {
  const originNow = () => new URL(renewal.current().cluster.server).origin;
  const voice = createVoice(log, originNow);
  const patience = openPatience(now, timeoutSeconds * WAIT_SHARE);
  const connections = openConnections();
  const closed = new AbortController();
  const places = { own: openPlaces(MOST_AT_ONCE), behind: openPlaces(MOST_AT_ONCE) };

  /** One request. */
  async function send<T>(call: Call, { signal, deadline }: Limits, ask: Ask<T>): Promise<Reply<T>> {
    const rest = patience.refusal(call);
    if (rest) return rest;
    const told = voice.begin();
    const credentials = renewal.current();
    const base = credentials.cluster.server;
    const { origin } = new URL(base);
    const context = requestFor(call, base);
    let reply: Reply<T>;
    try {
      await connections.apply(context, credentials);
      context.setSignal(deadline);
      reply = await endedBy(deadline, ask({ call, context, base, signal: deadline, onSlowDown: patience.asked }));
    } catch (error) {
      reply = fromThrown(call, error, origin);
      if (closed.signal.aborted) reply = failure(call, 'aborted', 'the door is closed');
      else if (signal.aborted) reply = failure(call, 'aborted', 'the look was broken off');
      else if (deadline.aborted) {
        reply = failure(call, 'timeout', `${origin} did not answer within ${timeoutSeconds} s`);
        // A connection may hang for good; a node that is lost says nothing of the one to the API server.
        if (!call.subresource) connections.leave(context);
      }
    }
    if (tellsOfApi(call, reply)) told(reply);
    return reply;
  }

  async function sendUntilAccepted<T>(call: Call, limits: Limits, ask: Ask<T>): Promise<Reply<T>> {
    const reply = await send(call, limits, ask);
    if (reply.ok) return reply;
    const mayRepeat = isRepeatable(call, reply) && !limits.deadline.aborted;
    if (mayNeedRenewal(call, reply) && renewal.renew()) return mayRepeat ? send(call, limits, ask) : reply;
    const isOver = mayRepeat && isSlowedDown(reply) && (await patience.outlast(limits.deadline));
    return isOver ? send(call, limits, ask) : reply;
  }

  async function within<T>(call: Call, signal: AbortSignal, ask: Ask<T>): Promise<Reply<T>> {
    const deadline = new AbortController();
    const stop = () => deadline.abort();
    const timer = setTimeout(stop, timeoutSeconds * 1000);
    const stops = [signal, closed.signal];
    for (const one of stops) one.addEventListener('abort', stop, { once: true });
    if (stops.some((one) => one.aborted)) stop();
    try {
      return await places[call.subresource ? 'behind' : 'own'].within(deadline.signal, () =>
        sendUntilAccepted(call, { signal, deadline: deadline.signal }, ask),
      );
    } finally {
      clearTimeout(timer);
      for (const one of stops) one.removeEventListener('abort', stop);
    }
  }

  return {
    object: (call, signal) => within(call, signal, askObject),
    text: (call, signal) => within(call, signal, askText),
    command: (call, signal) => within(call, signal, askCommand),
    async close() {
      closed.abort();
      await connections.close();
    },
  };
}

/** A request that waits for its connection hears of no signal, and a frozen server never gives it one. */
function endedBy<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = () => reject(new Error('no answer within the deadline'));
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return Promise.race([work, over]).finally(() => signal.removeEventListener('abort', end));
}

/** What writes is sent once, whatever became of it; and a command may write, unless it was surely not run. */
function isRepeatable({ method, subresource }: Call, reply: Failure): boolean {
  if (method !== 'GET') return false;
  return subresource !== 'exec' || reply.status === 401 || reply.status === 429;
}

/** Could other credentials help: a login that is refused, another certificate, another address? */
function mayNeedRenewal(call: Call, { kind, status, body }: Failure): boolean {
  // What a 401 of the API itself begins with, also where it was on the way to something behind.
  if (status === 401 || body?.startsWith('Unauthorized: ')) return true;
  if (status !== undefined || body !== undefined) return false;
  return ['tls', 'refused', 'unreachable'].includes(kind) || (kind === 'timeout' && !call.subresource);
}

/** Was it the API itself that is too busy, and not what is behind it? */
function isSlowedDown({ body }: Failure): boolean {
  return body?.startsWith('TooManyRequests: ') === true;
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
