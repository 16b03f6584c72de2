/** A kubeconfig, as kubectl reads it: one context with its cluster and its user, data or files. */

import { dirname, isAbsolute, resolve } from 'node:path';
import { loadYaml, type User } from '@kubernetes/client-node';
import { z } from 'zod';
import { type Credentials, Refusal, readAuthority, readPair, readServer, readText, readToken } from './material.ts';

export interface KubeconfigPlace {
  /** The file it was read from, from which its own paths lead on; null where it was given as text. */
  path: string | null;
  /** In place of its current one. */
  context?: string | undefined;
}

const FLATTEN = 'make one that carries everything with: kubectl config view --raw --flatten --minify';
const SERVICE_ACCOUNT = 'give the token of a service account: kubectl create token';

const text = z.string().nullish();

const clusterForm = z.object({
  server: z.string(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
});

const userForm = z.object({
  token: text,
  tokenFile: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
  username: z.unknown().optional(),
  as: z.unknown().optional(),
});

const kubeconfigForm = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster: clusterForm })).nullish(),
  users: z.array(z.object({ name: z.string(), user: userForm })).nullish(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }))
    .nullish(),
  'current-context': text,
});

type ClusterForm = z.infer<typeof clusterForm>;
type UserForm = z.infer<typeof userForm>;

/** TABLE: ways to log in that need more than what is written down. */
const NOT_HERE: readonly [key: 'exec' | 'auth-provider' | 'username' | 'as', why: string][] = [
  ['exec', 'logs in through a program (exec), which is not here'],
  ['auth-provider', 'logs in through a program (auth-provider), which is not here'],
  ['username', 'logs in with a user name and a password, which Kubernetes takes no more'],
  ['as', 'acts as somebody else (as), which the Warden does not'],
];

/** Is it a kubeconfig itself, and no path of one? */
export function isKubeconfigText(value: string): boolean {
  return /^\s*\{|[\r\n]|^\s*["']?(apiVersion|kind|clusters|users|contexts|current-context|preferences)["']?\s*:/.test(
    value.trim(),
  );
}

/** Throws a `Refusal` where it leads nowhere. */
export function readKubeconfig(content: string, place: KubeconfigPlace): Credentials {
  const config = parse(content);
  const contexts = config.contexts ?? [];
  const name = place.context || config['current-context'] || (contexts.length === 1 ? contexts[0]?.name : undefined);
  if (!name) throw new Refusal('The kubeconfig has no current-context; set it to the name of one of its contexts.');
  const { context } = find(contexts, name, 'context');
  const { cluster } = find(config.clusters, context.cluster, 'cluster');
  const { user } = find(config.users, context.user, 'user');
  const files = fileReader(place.path);
  const { secrets, ...login } = userFrom(user, files);
  const proxy = proxyOf(cluster);
  return {
    cluster: { name: 'cluster', ...clusterFrom(cluster, files), ...(proxy ? { proxyUrl: proxy.href } : {}) },
    user: { name: 'warden', ...login },
    secrets: [...secrets, ...(proxy?.password ? [decodeURIComponent(proxy.password), proxy.password] : [])],
  };
}

function parse(content: string): z.infer<typeof kubeconfigForm> {
  let tree: unknown;
  try {
    tree = loadYaml<unknown>(content);
  } catch (error) {
    // The parser's own message quotes the line, and with it perhaps the token.
    const line = (error as { mark?: { line?: number } } | null)?.mark?.line;
    const where = line === undefined ? '' : ` (line ${line + 1})`;
    // A form with a single line takes the line breaks away.
    const isOneLine = /\S/.test(content) && !content.trim().includes('\n');
    const lost = isOneLine ? '; on a single line give JSON: kubectl config view --raw --flatten --minify -o json' : '';
    throw new Refusal(`The kubeconfig is not valid YAML${where}${lost}.`);
  }
  const parsed = kubeconfigForm.safeParse(tree);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') || 'its top level';
  throw new Refusal(`The kubeconfig has not the form of one at ${path}; ${FLATTEN}.`);
}

function find<E extends { name: string }>(entries: readonly E[] | null | undefined, name: string, kind: string): E {
  const entry = (entries ?? []).find((each) => each.name === name);
  if (entry) return entry;
  throw new Refusal(`The kubeconfig has no ${kind} named "${name}".`);
}

type FileReader = (path: string, key: string) => string;

/** Paths are relative to the kubeconfig's own folder, as for kubectl. */
function fileReader(kubeconfig: string | null): FileReader {
  return (path, key) => {
    if (kubeconfig === null && !isAbsolute(path)) {
      throw new Refusal(`The kubeconfig's ${key} is a path, and a kubeconfig given as text has no folder; ${FLATTEN}.`);
    }
    const full = kubeconfig === null ? path : resolve(dirname(kubeconfig), path);
    return readText(full, `the file of the kubeconfig's ${key}`, `put it where that leads, or ${FLATTEN}`);
  };
}

function clusterFrom(cluster: ClusterForm, files: FileReader) {
  const place = readServer(cluster.server, "the kubeconfig's server");
  if (cluster['insecure-skip-tls-verify'] && !place.skipTLSVerify) {
    throw new Refusal(
      'The kubeconfig sets insecure-skip-tls-verify, which gives the token to anyone who answers; ' +
        'give certificate-authority-data in its place.',
    );
  }
  const authority = dataOr(cluster, 'certificate-authority', files);
  const serverName = cluster['tls-server-name'];
  return {
    ...place,
    ...(authority ? { caData: readAuthority(authority.value, `the kubeconfig's ${authority.key}`) } : {}),
    ...(serverName ? { tlsServerName: serverName } : {}),
  };
}

function proxyOf(cluster: ClusterForm): URL | null {
  const given = cluster['proxy-url'];
  if (!given) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url && /^(https?|socks[45]?a?|socks5h):$/.test(url.protocol) && url.hostname !== '') return url;
  throw new Refusal("The kubeconfig's proxy-url is not an address of a proxy; right would be http://192.0.2.1:3128.");
}

type Login = Pick<User, 'token' | 'certData' | 'keyData'> & { secrets: readonly string[] };

function userFrom(user: UserForm, files: FileReader): Login {
  for (const [key, why] of NOT_HERE) {
    if (user[key]) throw new Refusal(`The kubeconfig ${why}; ${SERVICE_ACCOUNT}.`);
  }
  const token = tokenFrom(user, files);
  const cert = dataOr(user, 'client-certificate', files);
  const key = dataOr(user, 'client-key', files);
  const pair = cert && key ? readPair({ cert: cert.value, key: key.value }, "the kubeconfig's client ") : null;
  if (token === null && !pair) {
    throw new Refusal(
      "The kubeconfig's user has neither a token nor a client certificate with its key; " +
        'give token or tokenFile, or client-certificate with client-key.',
    );
  }
  const { secrets = [], ...certificate } = pair ?? {};
  return {
    ...(token === null ? {} : { token }),
    ...certificate,
    secrets: [...(token === null ? [] : [token]), ...secrets],
  };
}

/** The file goes before the token that is written down, as for kubectl: the file is the one that is renewed. */
function tokenFrom({ token, tokenFile }: UserForm, files: FileReader): string | null {
  if (!tokenFile) return token ? readToken(token, "the kubeconfig's token") : null;
  try {
    return readToken(files(tokenFile, 'tokenFile'), "the kubeconfig's tokenFile");
  } catch (error) {
    if (token && error instanceof Refusal) return readToken(token, "the kubeconfig's token");
    throw error;
  }
}

/** What is written down goes before a file, as for kubectl. */
function dataOr<K extends 'certificate-authority' | 'client-certificate' | 'client-key'>(
  entry: { readonly [key in K | `${K}-data`]?: string | null | undefined },
  key: K,
  files: FileReader,
): { key: string; value: string } | null {
  const written = entry[`${key}-data`];
  if (written) return { key: `${key}-data`, value: written };
  const path = entry[key];
  return path ? { key, value: files(path, key) } : null;
}
