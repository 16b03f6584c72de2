/** HTTP with a deadline and a size limit. Every failure is an answer with its reason; nothing is ever thrown. */
import { redactor } from '../secrets.ts';
import { NETWORK_CODES, type NetworkCodes } from './network-codes.ts';
import type { Failure, FailureKind, HttpDoor, HttpRequest, Reply } from './ports.ts';
import { fetchTrusting, judgesItself, WrongCertificate } from './trust.ts';

/** A whole day of Frigate stats with 64 cameras is far below; anything larger is not meant for us. */
const BODY_BYTES = 8 * 1024 * 1024;
/** So much of a wrong answer is kept: an ingress or a proxy says in it who it is. */
const SAMPLE_CHARACTERS = 200;

/** How a request goes out: as the global fetch does it. */
type Fetch = typeof globalThis.fetch;

export function openHttp({ fetch = globalThis.fetch }: { fetch?: Fetch } = {}): HttpDoor {
  const text = (request: HttpRequest) => ask(request, fetch, read);
  const json = async (request: HttpRequest): Promise<Reply<unknown>> => {
    const reply = await ask(request, fetch, read);
    if (!reply.ok) return reply;
    try {
      return { ...reply, value: JSON.parse(reply.value) as unknown };
    } catch {
      const reason = `${placeOf(request.url)} answered with something that is not JSON.`;
      const start = reply.value.slice(0, 10 * SAMPLE_CHARACTERS);
      return failure('form', reason, { status: reply.status, body: withoutSecretsOf(request)(start) });
    }
  };
  return { json, text, cookies: (request) => ask(request, fetch, readCookies) };
}

/** `take` gets what is wanted out of a good answer, or null where that is larger than we read. */
async function ask<T>(
  request: HttpRequest,
  fetch: Fetch,
  take: (response: Response) => Promise<T | null>,
): Promise<Reply<T>> {
  const place = placeOf(request.url);
  // Whole milliseconds only: anything else would be thrown back at us.
  const deadline = AbortSignal.timeout(Math.ceil(request.timeoutSeconds * 1000));
  try {
    const response = await send(request, fetch, AbortSignal.any([request.signal, deadline]));
    const { status } = response;
    if (!response.ok) {
      const body = withoutSecretsOf(request)(await sample(response));
      return failure('status', statusSentence(place, response), { status, body });
    }
    const value = await take(response);
    if (value === null) return failure('too_large', `${place} answered with more than 8 MB.`, { status });
    return { ok: true, value, status, serverTime: timeOf(response.headers.get('date')) };
  } catch (error) {
    if (request.signal.aborted) return failure('aborted', `The request to ${place} was given up.`);
    if (deadline.aborted) return failure('timeout', `${place} did not answer within ${request.timeoutSeconds} s.`);
    return explain(error, place);
  }
}

function send({ url, method = 'GET', headers, body, tls }: HttpRequest, fetch: Fetch, signal: AbortSignal) {
  const init = {
    method,
    headers: { Accept: 'application/json, text/plain;q=0.9', ...typeOf(body), ...headers },
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  if (tls && judgesItself(tls) && /^https:/i.test(url)) return fetchTrusting(url, init, tls);
  // A redirect would carry what we send to somebody we did not choose.
  return fetch(url, { ...init, redirect: 'manual' });
}

function typeOf(body: unknown): Record<string, string> {
  return body === undefined ? {} : { 'Content-Type': 'application/json' };
}

/** The whole text, or null when it is larger than we read. Counts what was unpacked, not what was promised. */
async function read(response: Response): Promise<string | null> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The start of a wrong answer. Its status is known, so a body that is broken or never ends takes nothing from it. */
async function sample(response: Response): Promise<string> {
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= SAMPLE_CHARACTERS) break;
    }
  } catch {
    return text;
  }
  return text;
}

/** A body is not wanted here, and must not hold the connection. */
async function readCookies(response: Response): Promise<readonly string[]> {
  await response.body?.cancel();
  return response.headers.getSetCookie();
}

/** A rude server may say back what it was sent: tokens, cookies, and what was typed into a login. */
function withoutSecretsOf({ headers = {}, body }: HttpRequest): (text: string) => string {
  const fields: unknown[] = typeof body === 'object' && body !== null ? Object.values(body) : [];
  const secrets = Object.entries(headers)
    .filter(([name]) => /^(authorization|cookie)$/i.test(name))
    .flatMap(([, value]) => [...value.matchAll(/(?:^\w+\s+|=)([^;]+)/g)].map((match) => match[1] ?? ''));
  return redactor([...secrets, ...fields.filter((value) => typeof value === 'string')]);
}

function statusSentence(place: string, response: Response): string {
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location !== null) {
    return `${place} sends elsewhere (${response.status}); give the address that answers itself.`;
  }
  return `${place} answered ${response.status}.`;
}

function failure(
  kind: FailureKind,
  reason: string,
  { status, body }: { status?: number; body?: string } = {},
): Failure {
  return {
    ok: false,
    kind,
    reason,
    ...(status === undefined ? {} : { status }),
    // It is shown to people: no control character of a stranger gets as far as a terminal.
    ...(body === undefined ? {} : { body: body.slice(0, SAMPLE_CHARACTERS).replaceAll(/\p{Cc}+/gu, ' ') }),
  };
}

/** Scheme, host and path: a query or a user may hold secrets. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'An address that is no URL';
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function timeOf(date: string | null): number | null {
  const milliseconds = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

const CODES: NetworkCodes = {
  ...NETWORK_CODES,
  EPIPE: ['unreachable', 'dropped the connection'],
  UND_ERR_SOCKET: ['unreachable', 'dropped the connection'],
  ENETUNREACH: ['unreachable', 'cannot be reached'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'does not accept connections in time'],
};

/** The parser's error has a name and not always a code. */
const NOT_HTTP = 'HPE_INVALID';

/** fetch hides the reason in the error's cause, and that one's when both address families failed. */
function explain(error: unknown, place: string): Failure {
  if (error instanceof WrongCertificate) return failure('tls', wrongCertificate(error, place));
  const code = codeOf(error);
  const known = CODES[code];
  if (known) return failure(known[0], `${place} ${known[1]}.`);
  if (code.startsWith('HPE_')) return failure('form', `${place} does not speak HTTP.`);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') {
    return failure('tls', `${place} does not speak TLS; its address may begin with http://.`);
  }
  if (/CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code)) {
    return failure('tls', `${place} has a certificate that is not trusted (${code}).`);
  }
  return failure('unreachable', `${place} cannot be asked${code ? ` (${code})` : ''}.`);
}

function wrongCertificate({ fingerprint }: WrongCertificate, place: string): string {
  const actual = fingerprint === null ? 'it shows none' : `its SHA-256 fingerprint is ${fingerprint}`;
  return `${place} has another certificate than the one that is trusted: ${actual}.`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error.name === 'HTTPParserError') return NOT_HTTP;
  return codeOf(error.cause);
}
