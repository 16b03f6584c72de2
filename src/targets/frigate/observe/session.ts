/**
 * The login on Frigate's port 8971. A session lives in its target and nowhere else: no answer, memory, sentence or
 * log line ever holds a cookie or a password.
 */
import type { Failure, HttpDoor, Reply } from '../../../doors/ports.ts';
import type { LookContext } from '../../target.ts';
import type { FrigateSettings } from '../settings.ts';

export interface Session {
  /** The cookies that Frigate gave, as a request sends them back; null: none, or they hold no more. */
  cookie: string | null;
  /** No login is tried before this time. */
  restUntil: number;
  /** Why it rests, a sentence. */
  why: string;
}

export function newSession(): Session {
  return { cookie: null, restUntil: Number.NEGATIVE_INFINITY, why: '' };
}

/** A wrong password stays wrong until somebody changes it, and each try counts against a limit of Frigate's. */
const REFUSED_REST_SECONDS = 300;
/** Frigate's usual limits are a few logins a minute. */
const LIMITED_REST_SECONDS = 60;

export interface Visitor {
  settings: Pick<FrigateSettings, 'url' | 'login' | 'tls' | 'timeoutSeconds'>;
  session: Session;
  http: HttpDoor;
  context: LookContext;
}

/** Asks with the cookie of the session; where Frigate wants a login, logs in and asks once more. */
export type Visit = <T>(ask: (headers: Record<string, string>) => Promise<Reply<T>>) => Promise<Reply<T>>;

/** For one look: however many of its questions need it, there is at most one login. */
export function openVisit(visitor: Visitor): Visit {
  const { settings, session } = visitor;
  let attempt: Promise<Failure | null> | null = null;
  return async (ask) => {
    const before = session.cookie;
    const reply = await ask(headersOf(before));
    if (reply.ok || reply.status !== 401 || !settings.login) return reply;
    // While this question was out, another one may have brought a new cookie.
    if (session.cookie === null || session.cookie === before) {
      attempt ??= logIn(visitor, settings.login);
      const refusal = await attempt;
      if (refusal) return refusal;
    }
    const again = await ask(headersOf(session.cookie));
    if (again.ok || again.status !== 401) return again;
    return denied('Frigate takes the login, but then refuses its own cookie (HTTP 401).');
  };
}

function headersOf(cookie: string | null): Record<string, string> {
  return cookie === null ? {} : { Cookie: cookie };
}

/** Null: there is a new cookie. */
async function logIn(
  { settings, session, http, context }: Visitor,
  { username, password }: NonNullable<FrigateSettings['login']>,
): Promise<Failure | null> {
  if (context.clock.now() < session.restUntil) return denied(session.why);
  const reply = await http.cookies({
    url: `${baseOf(settings.url)}/api/login`,
    method: 'POST',
    body: { user: username, password },
    timeoutSeconds: settings.timeoutSeconds,
    signal: context.signal,
    tls: settings.tls,
  });
  session.cookie = reply.ok ? cookieOf(reply.value) : null;
  if (session.cookie !== null) return null;
  if (!reply.ok && reply.kind === 'aborted') return { ok: false, kind: 'aborted', reason: reply.reason };
  const status = reply.ok ? null : (reply.status ?? null);
  session.why = reply.ok ? 'Frigate takes the login, but gives no cookie for it.' : whyNot(reply);
  if (status === 401 || status === 403) session.restUntil = context.clock.now() + REFUSED_REST_SECONDS;
  if (status === 429) session.restUntil = context.clock.now() + LIMITED_REST_SECONDS;
  return denied(session.why);
}

function whyNot({ status, reason }: Failure): string {
  switch (status) {
    case 401:
    case 403:
      return `Frigate refuses the login (HTTP ${status}): the user name or the password in the options is wrong.`;
    case 404:
      return 'Frigate knows no login (HTTP 404), so what wants one stands before it (HTTP 401).';
    case 429:
      return 'Frigate limits how often one may log in (HTTP 429), so the next try is in a minute.';
    default:
      return `Frigate wants a login (HTTP 401), and logging in did not work: ${reason}`;
  }
}

/** It has answered 401, so it lives: that stays the answer, whatever came of the login. */
function denied(reason: string): Failure {
  return { ok: false, kind: 'status', status: 401, reason };
}

/** The cookie's name is a setting of Frigate's, so every cookie goes back; one without a value is taken away. */
function cookieOf(lines: readonly string[]): string | null {
  const pairs = lines
    .map((line) => line.split(';', 1)[0]?.trim() ?? '')
    .filter((pair) => /^[^=\s]+=[\x21-\x7e]+$/.test(pair) && !pair.endsWith('=""'));
  return pairs.length > 0 ? pairs.join('; ') : null;
}

/** Without slashes at its end. */
export function baseOf(url: string | null): string {
  return (url ?? '').replace(/\/+$/, '');
}
