/** The Kubernetes API as the rig itself uses it: JSON over HTTPS, and an error that knows its status. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Certificate } from './certificates.ts';

export class Refused extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(what: string, status: number, body: string) {
    const { reason = '', message = body } = parsed(body);
    super(`${what}: ${status} ${reason} ${message.slice(0, 300)}`);
    this.status = status;
    this.reason = reason;
  }
}

function parsed(body: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(body) as { reason?: string; message?: string };
  } catch {
    return { message: body };
  }
}

/** TABLE: how a patch is meant. */
const PATCHES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(how: keyof typeof PATCHES, path: string, body: unknown): Promise<T>;
  delete(path: string, body?: unknown): Promise<void>;
}

interface Access {
  server: string;
  authority: string;
  /** Who asks: a certificate or a token. */
  as: Certificate | { token: string };
  userAgent?: string;
}

const DEADLINE_SECONDS = 10;

export function openApi({ server, authority, as, userAgent = 'rig' }: Access): Api {
  const own = 'token' in as ? {} : { cert: readFileSync(as.cert), key: readFileSync(as.key) };
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: authority, ...own });
  const headers = { 'user-agent': userAgent, ...('token' in as ? { authorization: `Bearer ${as.token}` } : {}) };
  const send = async <T>(method: string, path: string, body?: unknown, type = 'application/json'): Promise<T> => {
    const sent = body === undefined ? '' : JSON.stringify(body);
    const { status, answer } = await new Promise<{ status: number; answer: string }>((resolve, reject) => {
      const call = request(`${server}${path}`, {
        method,
        agent,
        // The deadline drops the connection, so that a dead one is not used again.
        signal: AbortSignal.timeout(DEADLINE_SECONDS * 1000),
        headers: { ...headers, ...(sent ? { 'content-type': type, 'content-length': Buffer.byteLength(sent) } : {}) },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject);
      });
      call.end(sent);
    });
    if (status >= 400 || status === 0) throw new Refused(`${method} ${path}`, status, answer);
    return (answer.startsWith('{') ? JSON.parse(answer) : answer) as T;
  };
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (how, path, body) => send('PATCH', path, body, PATCHES[how]),
    delete: (path, body) => send('DELETE', path, body),
  };
}

/** Anything that may happen twice: null where it was there already, or gone. */
export async function unless<T>(status: 404 | 409, call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Refused && error.status === status) return null;
    throw error;
  }
}
