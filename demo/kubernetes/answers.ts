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

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

const PLACE = /^\/(?:api|apis\/([^/]+))\/v\d(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?/;

/** One request in the words of RBAC; `resource` has its part after a slash. */
export interface Attempt {
  verb: string;
  group: string;
  resource: string;
  /** Null for what lies in no namespace. */
  namespace: string | null;
  /** Empty where a list or a kind is meant. */
  name: string;
}

/** Null: the path leads to no object, and everybody may go there. */
export function attemptOf(method: string, path: string): Attempt | null {
  const [, group = '', namespace = null, resource, id, part] = PLACE.exec(path) ?? [];
  if (resource === undefined) return null;
  const name = decodeURIComponent(id ?? '');
  const verb = VERBS[method] ?? (name === '' ? 'list' : 'get');
  return { verb, group, resource: part === undefined ? resource : `${resource}/${part}`, namespace, name };
}

/** What RBAC says to an account without the right: apiserver, pkg/endpoints/handlers/responsewriters. */
export function forbidden(method: string, path: string): ApiAnswer {
  const nothing: Attempt = { verb: 'get', group: '', resource: '', namespace: null, name: '' };
  const { verb, group, resource: what, namespace, name } = attemptOf(method, path) ?? nothing;
  const resource = what.replace(/\/.*/, '');
  const kind = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const who = 'User "system:serviceaccount:frigate:frigate-warden"';
  const why = `${who} cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  return failed(403, `${kind}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`, { details });
}
