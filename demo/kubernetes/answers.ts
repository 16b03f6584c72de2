/** What the API says: objects, lists, and `Status` objects for what went wrong. */

export interface ApiAnswer {
  code: number;
  body: unknown;
  headers?: Record<string, string>;
}

// HTTP status → reason, as apimachinery's errors package gives them.
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

export function failed(code: number, message: string, more: { reason?: string; details?: unknown } = {}): ApiAnswer {
  const reason = more.reason ?? REASONS[code] ?? 'InternalError';
  const details = more.details === undefined ? {} : { details: more.details };
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...details, code };
  return { code, body, ...(code === 429 ? { headers: { 'Retry-After': '1' } } : {}) };
}

export function notFound(resource: string, name: string): ApiAnswer {
  const [kind = '', ...group] = resource.split('.');
  const details = { name, ...(group.length > 0 ? { group: group.join('.') } : {}), kind };
  return failed(404, `${resource} "${name}" not found`, { details });
}

/** A list; its items carry neither kind nor apiVersion, as on the wire. */
export function listOf(kind: string, apiVersion: string, revision: number, items: readonly object[]): ApiAnswer {
  const bare = items.map((item) => {
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = item as Record<string, unknown>;
    return rest;
  });
  const body = { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: String(revision) }, items: bare };
  return { code: 200, body };
}
