/**
 * Runs a command in a container: a WebSocket to the API's exec, on which each message begins with its channel.
 * Made by hand over the door's own connections. The client library's Exec loses the API's reason for a refusal,
 * has no deadline, and throws outside of every promise for a message that it does not expect.
 */

import { addAbortSignal, type Duplex } from 'node:stream';
import type { RequestContext } from '@kubernetes/client-node';
import type { Failure, FailureKind, Reply } from '../ports.ts';
import { fromNode } from './behind.ts';
import { type Call, type ErrorAnswer, failure, readStatus, sampleOf, start } from './errors.ts';
import { clientFrame, handshake, readFrames } from './websocket.ts';

export type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/** Whom to ask, as whom, and for how long. */
export interface Wire {
  dispatcher: Dispatcher;
  origin: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  limitBytes: number;
  /** Called where the API itself answers 429, with its header. */
  onSlowDown(retryAfter: string | null): void;
  /** Takes secrets out of what the server says. */
  redact(text: string): string;
}

// Kubernetes source, apimachinery/pkg/util/remotecommand: from version 4 on the end of the command is told in JSON.
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const OUTPUT = 1;
const ERRORS = 2;
const STATUS = 3;

const UPGRADED = 101;
/** RFC 6455, section 7.4.1: 1000. */
const NORMAL_END = Buffer.from([0x03, 0xe8]);

/** So much of an error page or of the command's complaints is kept. */
const WORDS_BYTES = 64 * 1024;

/** Never throws for what the server says; for what the network does it throws as any request. */
export async function runCommand(call: Call, wire: Wire): Promise<Reply<string>> {
  const opened = await upgrade(wire);
  if (!('socket' in opened)) {
    if (opened.status === 429 && readStatus(opened.text)) wire.onSlowDown(opened.retryAfter);
    if (opened.status >= 300) return fromNode(call, opened);
    return { ...failure(call, 'form', 'what answers is not the exec of a Kubernetes API'), status: opened.status };
  }
  try {
    return await listen(call, addAbortSignal(wire.signal, opened.socket), wire);
  } catch (error) {
    if (wire.signal.aborted) throw error;
    return onTheWay(call, 'unreachable', 'the connection was cut before the command had ended');
  }
}

/** An answer that is no upgrade, or the socket. */
async function upgrade(wire: Wire): Promise<ErrorAnswer | { socket: Duplex }> {
  const { origin, path, signal } = wire;
  const { headers, accept } = handshake(PROTOCOLS);
  const request = {
    origin,
    path,
    method: 'GET',
    upgrade: 'websocket',
    headers: { ...wire.headers, ...headers },
    // HTTP/2, which the API server prefers, has no upgrade.
    allowH2: false,
  };
  const { promise, resolve, reject } = Promise.withResolvers<ErrorAnswer | { socket: Duplex }>();
  let abort: (reason: Error) => void = () => undefined;
  const stop = () => {
    const reason = new Error('aborted');
    abort(reason);
    reject(reason);
  };
  const answer: ErrorAnswer = { status: 0, retryAfter: null, text: '' };
  signal.addEventListener('abort', stop, { once: true });
  try {
    wire.dispatcher.dispatch(request, {
      onRequestStart(controller) {
        abort = (reason) => controller.abort(reason);
        // It may have waited for a connection until long after.
        if (signal.aborted) stop();
      },
      onRequestUpgrade(_controller, status, said, socket) {
        const fits = said['sec-websocket-accept'] === accept && PROTOCOLS.includes(`${said['sec-websocket-protocol']}`);
        if (!fits || signal.aborted) socket.destroy();
        resolve(fits ? { socket } : { ...answer, status });
      },
      onResponseStart(_controller, status, said) {
        Object.assign(answer, { status, retryAfter: said['retry-after'] ?? null });
      },
      onResponseData(_controller, chunk) {
        if (answer.text.length < WORDS_BYTES) answer.text += chunk.toString('utf8');
      },
      onResponseEnd: () => resolve({ ...answer, text: wire.redact(answer.text) }),
      onResponseError: (_controller, error) => reject(error),
    });
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Until the command has ended. */
async function listen(call: Call, socket: Duplex, wire: Wire): Promise<Reply<string>> {
  const frames = readFrames(wire.limitBytes);
  const hear = openChannels(call, wire);
  // Leaving the loop early ends the connection.
  for await (const chunk of socket) {
    for (const frame of frames.push(chunk)) {
      if (frame.kind === 'broken') return onTheWay(call, 'form', 'what came is against the rules of WebSocket');
      if (frame.kind === 'ping') socket.write(clientFrame('pong', frame.payload));
      if (frame.kind === 'close') return onTheWay(call, 'unreachable', 'it was ended before the command was');
      const reply = frame.kind === 'message' ? hear(frame.payload) : null;
      if (!reply) continue;
      socket.write(clientFrame('close', NORMAL_END));
      return reply;
    }
  }
  return onTheWay(call, 'unreachable', 'the connection was cut before the command had ended');
}

/** Takes one message after the other; the one that tells the end of the command gives the reply. */
function openChannels(call: Call, { limitBytes, redact }: Wire): (message: Buffer) => Reply<string> | null {
  const output: Buffer[] = [];
  let bytes = 0;
  let complaints = '';
  return (message) => {
    const [channel] = message;
    const content = message.subarray(1);
    if (channel === OUTPUT) {
      bytes += content.length;
      if (bytes > limitBytes) return failure(call, 'too_large', 'it wrote more than 8 MB');
      output.push(content);
    }
    if (channel === ERRORS && complaints.length < WORDS_BYTES) complaints += content.toString('utf8');
    if (channel !== STATUS) return null;
    const value = Buffer.concat(output).toString('utf8');
    const wrong = wrongIn(call, redact(content.toString('utf8')));
    if (!wrong) return { ok: true, value, status: UPGRADED, serverTime: null };
    return { ...wrong, body: sampleOf(redact(complaints || value)) };
  };
}

/** The API server itself had answered: it is what came after that failed. */
function onTheWay(call: Call, kind: FailureKind, why: string): Failure {
  return { ...failure(call, kind, why), status: UPGRADED };
}

/** How a command ended, from the API's `Status`: null where it went well. */
function wrongIn(call: Call, text: string): Failure | null {
  const end = readEnd(text);
  if (end?.status === 'Success') return null;
  const causes = Array.isArray(end?.details?.causes) ? end.details.causes : [];
  const code = causes.find((cause) => cause?.reason === 'ExitCode')?.message;
  if (typeof code === 'string' && /^\d{1,3}$/.test(code)) {
    return failure(call, 'status', `it ended with exit code ${code}`);
  }
  const message = typeof end?.message === 'string' ? end.message : 'no reason is given';
  return failure(call, 'status', `it could not be run: ${start(sampleOf(message))}`);
}

interface End {
  status?: unknown;
  message?: unknown;
  details?: { causes?: ({ reason?: unknown; message?: unknown } | null)[] } | null;
}

function readEnd(text: string): End | null {
  try {
    return JSON.parse(text) as End | null;
  } catch {
    return null;
  }
}
