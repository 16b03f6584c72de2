/**
 * A fetch for a server whose certificate no authority has signed, such as Frigate's own on port 8971.
 * The global fetch can judge a certificate by the system's authorities only.
 */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { TlsTrust } from './ports.ts';

/** Another certificate than the one that is trusted. Its fingerprint is public. */
export class WrongCertificate extends Error {
  readonly fingerprint: string | null;
  constructor(fingerprint: string | null) {
    super('the certificate has another fingerprint');
    this.fingerprint = fingerprint;
  }
}

export interface TrustingInit {
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
}

/** Does this trust need a judgement other than the system's? */
export function judgesItself({ verify, fingerprint }: TlsTrust): boolean {
  return !verify || fingerprint !== null;
}

/** Nothing is sent before the certificate is judged. One connection for each request; no redirect is followed. */
export async function fetchTrusting(url: string, init: TrustingInit, trust: TlsTrust): Promise<Response> {
  const { body, ...how } = init;
  const socket = await open(new URL(url), trust, init.signal);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request(url, { ...how, createConnection: () => socket });
  asked.once('response', resolve);
  // It stays: an error may also come after the answer has begun.
  asked.on('error', reject);
  asked.end(body);
  const message = await promise;
  try {
    return responseOf(message);
  } catch (error) {
    message.destroy();
    throw error;
  }
}

/** Throws for a status or a header that no answer may have. */
function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = message;
  const names = rawHeaders.filter((_text, at) => at % 2 === 0);
  const headers = names.map((name, at): [string, string] => [name, rawHeaders[2 * at + 1] ?? '']);
  if (status !== 204 && status !== 304) {
    return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, headers });
  }
  message.resume();
  return new Response(null, { status, headers });
}

/** A connection to somebody who has shown the right certificate. */
async function open({ hostname, port }: URL, trust: TlsTrust, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted();
  const host = hostname.replace(/^\[|\]$/g, '');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({
    host,
    port: Number(port || 443),
    // An address is no server name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: false,
  });
  const stop = () => socket.destroy(new Error('aborted'));
  signal.addEventListener('abort', stop, { once: true });
  socket.once('secureConnect', resolve);
  socket.once('error', reject);
  try {
    await promise;
    if (trust.fingerprint !== null) judge(socket, trust.fingerprint);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.off('error', reject);
  }
}

function judge(socket: TLSSocket, wanted: string): void {
  const actual = socket.getPeerX509Certificate()?.fingerprint256 ?? null;
  if (actual === null || digits(actual) !== digits(wanted)) throw new WrongCertificate(actual);
}

/** With or without colons, in any case. */
function digits(fingerprint: string): string {
  return fingerprint.replaceAll(/[^0-9a-f]/gi, '').toLowerCase();
}
