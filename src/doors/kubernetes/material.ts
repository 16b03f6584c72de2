/** The parts of which credentials are made, each checked before it is used: server, token, certificates, files. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Cluster, User } from '@kubernetes/client-node';

/** Files are read by now: cluster and user hold what was in them. */
export interface Credentials {
  cluster: Cluster;
  user: User;
  /** What of it must never be shown. */
  secrets: readonly string[];
}

/** A sentence that ends the reading; `readCredentials` answers with it. It never holds what may be a secret. */
export class Refusal extends Error {}

/** Tokens, certificates and kubeconfigs are a few kilobytes; what is larger is another file. */
const FILE_BYTES = 1024 * 1024;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The text of a file; `mending` says what would be right, as the end of a sentence. Its path is not shown. */
export function readText(path: string, where: string, mending: string): string {
  try {
    const found = statSync(path);
    // A pipe or a device would hold up everything.
    if (found.isFile() && found.size <= FILE_BYTES) return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    throw new Refusal(`${sentence(where)} cannot be read; ${mending}.`);
  }
  throw new Refusal(`${sentence(where)} is not a file of at most 1 MB; ${mending}.`);
}

export function readServer(value: string, where: string): { server: string; skipTLSVerify: boolean } {
  const trimmed = value.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    const right = /:\/\/[^/[]*:[^/]*:/.test(trimmed) ? 'https://[2001:db8::10]:6443' : 'https://192.0.2.10:6443';
    throw new Refusal(`${sentence(where)} is not an address of a Kubernetes API; right would be ${right}.`);
  }
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !loopback) {
    throw new Refusal(
      `${sentence(where)} begins with http://, which would send the token in clear text; use https://.`,
    );
  }
  // The library refuses plain http unless it is told that no certificate will be checked.
  return { server: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, skipTLSVerify: url.protocol === 'http:' };
}

export function readToken(value: string, where: string): string {
  const token = value.trim().replace(/^Bearer\s+/i, '');
  if (!token) throw new Refusal(`${sentence(where)} is empty; right would be the token of a service account.`);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Refusal(`${sentence(where)} has spaces or line breaks inside; right would be one unbroken word.`);
  }
  return token;
}

/** Base64 of PEM, as the library wants it. */
export function readAuthority(value: string, where: string): string {
  const pem = pemOf(value);
  if (!holdsCertificates(pem)) {
    throw new Refusal(`${sentence(where)} holds no readable certificate; right would be PEM, or PEM in base64.`);
  }
  return Buffer.from(pem).toString('base64');
}

/** A certificate with its own key: while both are being replaced, one may be newer than the other. */
export function readPair(
  given: { cert: string; key: string },
  where: string,
): { certData: string; keyData: string; secrets: readonly string[] } {
  const [cert, key] = [pemOf(given.cert), pemOf(given.key)];
  if (!holdsCertificates(cert)) {
    throw new Refusal(`${sentence(where)}certificate is not readable; right would be PEM, or PEM in base64.`);
  }
  let fits: boolean;
  try {
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new Refusal(`${sentence(where)}key is not readable; right would be PEM without a passphrase.`);
  }
  if (!fits) throw new Refusal(`${sentence(where)}key is not that of its certificate; give both of one pair.`);
  const keyData = Buffer.from(key).toString('base64');
  return { certData: Buffer.from(cert).toString('base64'), keyData, secrets: [keyData, key.trim()] };
}

function pemOf(value: string): string {
  return value.includes('-----BEGIN') ? value : Buffer.from(value.replace(/\s+/g, ''), 'base64').toString('utf8');
}

function holdsCertificates(pem: string): boolean {
  const certificates = pem.match(CERTIFICATE) ?? [];
  // Half of a file has a beginning without its end.
  if (certificates.length === 0 || pem.split('-----BEGIN CERTIFICATE').length - 1 !== certificates.length) return false;
  try {
    return certificates.every((certificate) => new X509Certificate(certificate).subject !== null);
  } catch {
    return false;
  }
}

function sentence(where: string): string {
  return where.charAt(0).toUpperCase() + where.slice(1);
}
